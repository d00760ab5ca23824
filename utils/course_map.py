"""The course map on the page: which lesson builds on which, how far the learner is, and the routes.

The data is in `utils.lessons`, the progress in `utils.progress`; this module puts them side by side.
"""

import html
from dataclasses import dataclass

from IPython.display import HTML, display
from matplotlib.patches import FancyBboxPatch

from utils import progress
from utils.figures import BLACK, BLUE, GREY, new_figure, show
from utils.lessons import LESSONS, ROUTES, Lesson, lesson, module, stems_with
from utils.notes import marked

DONE, STARTED, OPEN, PLANNED = "done", "started", "open", "not written yet"
_SIGNS = {DONE: "✓", STARTED: "…", OPEN: "○", PLANNED: "–"}
_BOX_WIDTH, _BOX_HEIGHT = 1.62, 0.6


@dataclass(frozen=True)
class Standing:
    """How far the learner is with one lesson: exercises solved, and how many there are."""

    lesson: Lesson
    solved: int
    exercises: int
    touched: bool

    @property
    def word(self) -> str:
        if not self.lesson.written:
            return PLANNED
        if self.exercises and self.solved == self.exercises:
            return DONE
        return STARTED if self.touched else OPEN


def standings() -> tuple[Standing, ...]:
    """Where the learner stands with each of the 14 lessons, read from the progress file."""
    state = progress.read()
    asked = set(stems_with("questions"))
    found = []
    for each in LESSONS:
        questions = module("questions", each.stem) if each.stem in asked else None
        exercises = [question.id for question in questions.QUESTIONS] if questions else []
        choices = [choice.id for choice in questions.CHOICES] if questions else []
        solved = sum(state.answers.get(name) == "solved" for name in exercises)
        touched = any(name in state.answers for name in exercises) or any(
            name in state.quizzes or name in state.predictions for name in choices
        )
        found.append(Standing(each, solved, len(exercises), touched))
    return tuple(found)


def show_map() -> None:
    """Draw the lessons with an arrow from each to those that build directly on it, and the standing."""
    found = {standing.lesson.stem: standing for standing in standings()}
    places = _places()
    columns = 1 + max(x for x, _ in places.values())
    figure, axes = new_figure(width=9.6, height=4.4)
    axes.set(xlim=(-0.9, columns - 0.1 + 0.9 * (columns - 1)), ylim=(-2.45, 2.45))
    axes.axis("off")
    points = {stem: (1.9 * x, y) for stem, (x, y) in places.items()}
    for stem, (x, y) in points.items():
        for needed in _direct(stem):
            start_x, start_y = points[needed]
            axes.annotate(
                "",
                xy=(x - _BOX_WIDTH / 2, y),
                xytext=(start_x + _BOX_WIDTH / 2, start_y),
                arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0},
            )
    for stem, (x, y) in points.items():
        _box(axes, x, y, found[stem])
    show(figure, _spoken(tuple(found.values())))


def _box(axes, x, y, standing):
    word = standing.word
    axes.add_patch(
        FancyBboxPatch(
            (x - _BOX_WIDTH / 2, y - _BOX_HEIGHT / 2),
            _BOX_WIDTH,
            _BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.1",
            facecolor=BLUE if word == DONE else "none",
            edgecolor={PLANNED: GREY, OPEN: BLACK}.get(word, BLUE),
            linestyle="--" if word == PLANNED else "-",
            linewidth=2.4 if word in (STARTED, DONE) else 1.2,
        )
    )
    title = standing.lesson.stem[3:].replace("_", " ").replace("relu", "ReLU")
    words = title.split()
    if len(title) > 16:
        half = (len(words) + 1) // 2
        title = " ".join(words[:half]) + "\n" + " ".join(words[half:])
    sign = f"{_SIGNS[word]} " if word in (DONE, STARTED) else ""
    colour = {DONE: "#FFFFFF", PLANNED: "#5A5A5A"}.get(word, BLACK)
    label = f"{sign}{standing.lesson.number} · {title}"
    axes.text(x, y, label, ha="center", va="center", fontsize=9.5, color=colour, linespacing=1.25)


def _direct(stem: str) -> list[str]:
    """The prerequisites of a lesson that none of its other prerequisites already needs."""
    needed = lesson(stem).prerequisites
    return [each for each in needed if not any(each in _all_needed(other) for other in needed)]


def _all_needed(stem: str) -> set[str]:
    direct = lesson(stem).prerequisites
    return set(direct).union(*(_all_needed(each) for each in direct))


def _places() -> dict[str, tuple[int, float]]:
    """Column and height of each lesson: right of all it needs, and level with them where there is room."""
    column: dict[str, int] = {}
    for each in LESSONS:
        column[each.stem] = max((column[needed] + 1 for needed in each.prerequisites), default=0)
    places: dict[str, tuple[int, float]] = {}
    for x in range(max(column.values()) + 1):
        here = [stem for stem in column if column[stem] == x]
        here.sort(key=lambda stem: -_level(stem, places))
        for number, stem in enumerate(here):
            places[stem] = (x, 0.98 * ((len(here) - 1) / 2 - number))
    return places


def _level(stem, places):
    heights = [places[needed][1] for needed in _direct(stem)]
    return sum(heights) / len(heights) if heights else 0.0


def _spoken(found: tuple[Standing, ...]) -> str:
    groups = {word: [str(each.lesson.number) for each in found if each.word == word] for word in _SIGNS}
    said = "; ".join(f"{word}: {', '.join(numbers)}" for word, numbers in groups.items() if numbers)
    return f"{len(found)} lessons, each to the right of those that it builds on. {said[0].upper()}{said[1:]}."


def show_lessons() -> None:
    """A table of all lessons: question, minutes, what each needs, exercises, and the learner's standing."""
    rows = [_row(standing) for standing in standings()]
    heads = ("Lesson", "The question", "Minutes", "Builds on", "Exercises", "You")
    display(HTML(_table("The lessons", heads, rows)))


def _row(standing: Standing) -> tuple[str, ...]:
    each = standing.lesson
    question, exercise = marked(each.question), "–"
    if each.written:
        question = f'<a href="{each.stem}.ipynb">{question}</a>'
        exercise = f'<a href="../exercises/{each.stem}.ipynb">{standing.exercises} exercises</a>'
    needed = ", ".join(str(lesson(stem).number) for stem in each.prerequisites) or "nothing"
    you = f"{_SIGNS[standing.word]} {standing.word}"
    if standing.word in (STARTED, DONE):
        you += f" ({standing.solved} of {standing.exercises} solved)"
    return str(each.number), question, str(each.minutes), needed, exercise, you


def show_routes() -> None:
    """A table of the routes: for whom, which lessons, and how long they take together."""
    rows = [
        (
            html.escape(route.name),
            marked(route.purpose),
            " → ".join(str(lesson(stem).number) for stem in route.stems),
            _hours(route.minutes),
        )
        for route in ROUTES
    ]
    display(HTML(_table("Routes", ("Route", "What it is for", "Lessons in order", "Time"), rows)))


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest else []))


def _table(caption: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table as HTML; cells are HTML already."""
    left = 'style="text-align:left;vertical-align:top"'
    head = "".join(f'<th scope="col" {left}>{each}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td {left}>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<table style="max-width:100%"><caption style="text-align:left">{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
