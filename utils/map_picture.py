"""The picture of the course map: a box for each lesson, and lines from a lesson to those that build on it.

Only what a lesson builds on *directly* is drawn: lesson 3 needs lesson 1, but lesson 2 already does. Lessons
on which the same others build share their lines, which meet in a dot. All lengths are inches.
"""

from dataclasses import dataclass

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from utils.figures import BLACK, BLUE, GREY, new_figure
from utils.lessons import LESSONS, lesson
from utils.standings import DONE, OPEN, SIGNS, Standing

# Column and row of each lesson, chosen by hand so that no line crosses a box or another line.
PLACES = {
    1: (0, 2),
    2: (1, 2),
    3: (2, 3),
    4: (2, 1),
    5: (3, 1),
    6: (3, 3),
    7: (4, 2),
    8: (3, 4),
    9: (4, 4),
    10: (4, 3),
    11: (2, 0),
    12: (5, 3),
    13: (6, 1),
    14: (6, 3),
}
BOX_WIDTH, BOX_HEIGHT = 1.12, 0.72
GAP = 0.34  # between two columns
ROW = 0.92  # from row to row
MARGIN = 0.05
PORT = 0.26  # between two arrows into one box
MOST_LETTERS = 15  # in a line of a box
ROWS = 1 + max(row for _, row in PLACES.values())
COLUMNS = 1 + max(column for column, _ in PLACES.values())
WIDTH = 2 * MARGIN + COLUMNS * BOX_WIDTH + (COLUMNS - 1) * GAP
HEIGHT = 2 * MARGIN + (ROWS - 1) * ROW + BOX_HEIGHT


@dataclass(frozen=True)
class Link:
    """Lines from some lessons to all lessons that build directly on each of them (numbers of lessons).

    ``lane`` is where the lines that come from the left meet; ``ports`` are the heights at which they end.
    """

    sources: tuple[int, ...]
    targets: tuple[int, ...]
    lane: float
    ports: tuple[float, ...]

    @property
    def lines(self) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """Start and end of each piece; the last ones, as many as there are targets, are arrows."""
        starts = [_centre(number) for number in self.sources]
        heights = [y for _, y in starts] + list(self.ports)
        into = [((x + BOX_WIDTH / 2, y), (self.lane, y)) for x, y in starts]
        along = [((self.lane, min(heights)), (self.lane, max(heights)))]
        ends = [_centre(number)[0] - BOX_WIDTH / 2 for number in self.targets]
        return into + along + [((self.lane, y), (x, y)) for x, y in zip(ends, self.ports, strict=True)]

    @property
    def dots(self) -> list[tuple[float, float]]:
        """Where three or more lines meet."""
        left, right = {_centre(number)[1] for number in self.sources}, set(self.ports)
        heights = sorted(left | right)
        return [
            (self.lane, y)
            for y in heights
            if (y in left) + (y in right) + (y > heights[0]) + (y < heights[-1]) > 2
        ]


def draw(found: tuple[Standing, ...]):
    """The map as a figure, with the learner's standing in each box."""
    figure, axes = new_figure(width=WIDTH, height=HEIGHT)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.axis("off")
    for link in links():
        plain, arrows = link.lines[: -len(link.targets)], link.lines[-len(link.targets) :]
        for start, end in plain:
            axes.plot(*zip(start, end, strict=True), color=GREY, linewidth=1.4)
        for start, end in arrows:
            head = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
            axes.add_patch(FancyArrowPatch(start, end, color=GREY, linewidth=1.4, **head))
        for x, y in link.dots:
            axes.plot(x, y, "o", color=GREY, markersize=5)
    for standing in found:
        _box(axes, standing)
    return figure


def links() -> list[Link]:
    """All links: lessons on which the same others build share one."""
    shared: dict[tuple[int, ...], list[int]] = {}  # from the targets to the sources
    for each in LESSONS:
        targets = tuple(other.number for other in LESSONS if each.stem in direct(other.stem))
        if targets:
            shared.setdefault(targets, []).append(each.number)
    # From the top row down, so that lines that end at one box do so in this order.
    pairs = sorted(shared.items(), key=lambda pair: min(PLACES[number][1] for number in pair[1]))
    entering = {each.number: [pair for pair in pairs if each.number in pair[0]] for each in LESSONS}
    found, lanes = [], {}
    for pair in pairs:
        targets, sources = pair
        ports = []
        for number in targets:
            middle, place = (len(entering[number]) - 1) / 2, entering[number].index(pair)
            ports.append(_centre(number)[1] + PORT * (middle - place))
        column = min(PLACES[number][0] for number in targets)
        bends = len({_centre(number)[1] for number in sources} | set(ports)) > 1
        lanes[column] = lanes.get(column, 0) + bends
        lane = _left(column) - GAP * (0.94 - 0.22 * max(lanes[column], 1))
        found.append(Link(tuple(sources), targets, lane, tuple(ports)))
    return found


def direct(stem: str) -> list[str]:
    """The prerequisites of a lesson that none of its other prerequisites already needs."""
    needed = lesson(stem).prerequisites
    return [each for each in needed if not any(each in _all_needed(other) for other in needed)]


def _all_needed(stem):
    needed = lesson(stem).prerequisites
    return set(needed).union(*(_all_needed(each) for each in needed))


def _left(column):
    """The left edge of the boxes of a column."""
    return MARGIN + column * (BOX_WIDTH + GAP)


def _centre(number):
    column, row = PLACES[number]
    return _left(column) + BOX_WIDTH / 2, HEIGHT - MARGIN - BOX_HEIGHT / 2 - row * ROW


def _box(axes, standing):
    word = standing.word
    x, y = _centre(standing.lesson.number)
    axes.add_patch(
        FancyBboxPatch(
            (x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2),
            BOX_WIDTH,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=BLUE if word == DONE else "none",
            edgecolor=BLACK if word == OPEN else BLUE,
            linewidth=1.2 if word == OPEN else 2.4,
        )
    )
    how = {"ha": "center", "va": "center", "color": "#FFFFFF" if word == DONE else BLACK}
    axes.text(x, y + 0.1, _title(standing), fontsize=9.5, linespacing=1.2, **how)
    axes.text(x, y - 0.24, _score(standing), fontsize=8.5, **how)


def _title(standing):
    """Number and name in one line, or in the two that are most equally long."""
    name = standing.lesson.stem[3:].replace("_", " ").replace("relu", "ReLU")
    whole = f"{standing.lesson.number} · {name[0].upper()}{name[1:]}"
    if len(whole) <= MOST_LETTERS:
        return whole
    words = whole.split(" ")
    halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(2, len(words))]
    return "\n".join(min(halves, key=lambda pair: max(map(len, pair))))


def _score(standing):
    if standing.word == OPEN:
        return f"{standing.points} points"
    if standing.word == DONE:
        return f"{SIGNS[DONE]} {standing.points} points"
    return f"{standing.points_solved} of {standing.points} points"
