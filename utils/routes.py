"""All routes through the course: those with a clock, and those of whole lessons for one interest."""

from utils.lessons import LESSONS
from utils.route import Part, Route
from utils.timed_routes import TIMED


def _whole(name: str, purpose: str, *numbers: int) -> Route:
    """A route of whole lessons, given by their numbers."""
    return Route(name, purpose, (tuple(Part(LESSONS[number - 1].stem) for number in numbers),))


ROUTES = (
    *TIMED,
    _whole("The whole course", "Every lesson in its order.", *(each.number for each in LESSONS)),
    _whole(
        "My network does not train", "Signals, gradients, dead units and their cures.", 1, 2, 3, 6, 7, 8, 9
    ),
    _whole(
        "The mathematics",
        "What functions such networks are: hinges, folds, regions, bounds.",
        *(1, 2, 3, 4, 5, 6, 8),
    ),
    _whole(
        "Which activation shall I use?",
        "The variants, their cost, and where each belongs.",
        *(1, 2, 3, 6, 10, 11, 12),
    ),
)
