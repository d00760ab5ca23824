"""The course map on the page: which lesson builds on which, how far the learner is, and the routes."""

import html

from IPython.display import HTML, display

from utils import map_picture, static
from utils.figures import show
from utils.lessons import anchor, lesson
from utils.notes import marked, table
from utils.route import Exercises, Part, Route, Step, clock
from utils.routes import ROUTES
from utils.standings import OPEN, SIGNS, Standing, standings


def show_map() -> None:
    """Draw the lessons with lines from each to those that build directly on it, and the standing."""
    found = standings()
    show(map_picture.draw(found), _spoken(found))


def _spoken(found: tuple[Standing, ...]) -> str:
    picture = f"{len(found)} lessons, each to the right of those that it builds on."
    if static.is_on():  # a page for readers, of whose progress nothing is known
        return f"{picture} The exercises have {sum(each.points for each in found)} points in all."
    groups = {word: [str(each.lesson.number) for each in found if each.word == word] for word in SIGNS}
    said = "; ".join(f"{word}: {', '.join(numbers)}" for word, numbers in groups.items() if numbers)
    points = f"{sum(each.points_solved for each in found)} of {sum(each.points for each in found)} points"
    return f"{picture} {said[0].upper()}{said[1:]}. You have {points} of the exercises."


def show_lessons() -> None:
    """A table of all lessons: question, minutes, what each needs, exercises, and the learner's standing."""
    rows = [_row(standing) for standing in standings()]
    heads = ("Lesson", "The question", "Minutes", "Builds on", "Exercises", "You")
    if static.is_on():
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    display(HTML(table("The lessons", heads, rows)))


def _row(standing: Standing) -> tuple[str, ...]:
    each = standing.lesson
    question = f'<a href="{each.stem}.ipynb">{marked(each.question)}</a>'
    exercise = f'<a href="../exercises/{each.stem}.ipynb">{len(standing.questions)} exercises</a>'
    exercise += f", {standing.points} points"
    needed = ", ".join(str(lesson(stem).number) for stem in each.prerequisites) or "nothing"
    you = f"{SIGNS[standing.word]} {standing.word}"
    if standing.word != OPEN:
        solved = f"{len(standing.solved)} of {len(standing.questions)} solved"
        you += f" ({solved}, {standing.points_solved} of {standing.points} points)"
    return str(each.number), question, str(each.minutes), needed, exercise, you


def show_routes() -> None:
    """A table of the routes: what each is for, its lessons in order, and how long it takes.

    What a route with a clock takes from its lessons opens below its purpose, minute by minute.
    """
    rows = [(html.escape(each.name), _purpose(each), _lessons(each), _hours(each.minutes)) for each in ROUTES]
    display(HTML(table("Routes", ("Route", "What it is for", "Lessons in order", "Time"), rows)))


def _lessons(route: Route) -> str:
    return " → ".join(_link(f"{stem}.ipynb", str(lesson(stem).number)) for stem in route.stems)


def _purpose(route: Route) -> str:
    if route.limit is None:
        return marked(route.purpose)
    days = "".join(_day(number, day, len(route.days)) for number, day in enumerate(route.days, 1))
    return f"{marked(route.purpose)}<details><summary>Minute by minute</summary>{days}</details>"


def _day(number: int, steps: tuple[Step, ...], days: int) -> str:
    lines, start = [], 0
    for step in steps:
        lines += [f"{clock(start + after)} {what}" for after, what in _lines(step)]
        start += step.minutes
    lines.append(f"{clock(start)} end")
    title = f"<div><strong>Day {number}</strong></div>" if days > 1 else ""
    return title + "".join(f"<div>{line}</div>" for line in lines)


def _lines(step: Step) -> list[tuple[int, str]]:
    """What a step shows on the map: minutes after its start, and HTML."""
    if isinstance(step, Exercises):
        link = _link(f"../exercises/{step.stem}.ipynb", f"exercises of lesson {step.lesson.number}")
        return [(0, link)]
    if not isinstance(step, Part):
        return [(0, html.escape(step.title.lower()))]
    lines, after = [], 0
    for heading, minutes in step.times.items():
        link = _link(f"{step.stem}.ipynb#{anchor(heading)}", heading)
        lines.append((after, f"lesson {step.lesson.number}: {link}"))
        after += minutes
    return lines


def _link(address: str, text: str) -> str:
    return f'<a href="{html.escape(address)}">{marked(text)}</a>'


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest else []))
