"""The page of a route for its leader: minute by minute, with what to say, ask and draw."""

from utils.kit.markdown import in_notebook, listed, minutes, plain, slug
from utils.kit.notes import SectionNotes, notes
from utils.kit.section_page import choices, hands_up, pace, paragraphs, right
from utils.kit.stages import cells
from utils.route import Exercises, Part, Pause, Route, Step, clock
from utils.sections import Section

MADE = (
    "*Made by `python3 start.py kit` from `utils/timed_routes.py`, the notebooks and "
    "[`instructor/notes/`](../notes): change those, not this page.*"
)


def page(route: Route) -> str:
    """The page as Markdown. ValueError when the route names what is not there."""
    lines = [f"# {route.name}", "", plain(route.purpose), "", MADE, ""]
    lines += [length(route), "", f"**When late:** {route.late}", "", *_before(route)]
    for number, day in enumerate(route.days, 1):
        title = f"Day {number} at a glance" if len(route.days) > 1 else "At a glance"
        lines += [f"## {title}", "", *_glance(day), ""]
    for number, day in enumerate(route.days, 1):
        title = f"Day {number}, minute by minute" if len(route.days) > 1 else "Minute by minute"
        lines += [f"## {title}", ""]
        start = 0
        for step in day:
            lines += _step(step, start)
            start += step.minutes
        lines += [f"{clock(start)}: the end.", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def length(route: Route) -> str:
    """How long the route takes, in one or two sentences."""
    kinds = (
        (Part, "in the lessons"),
        (Exercises, "for exercises"),
        (Pause, "for breaks, beginnings and ends"),
    )
    shares = [
        f"{sum(step.minutes for step in route.steps if isinstance(step, kind))} {where}"
        for kind, where in kinds
        if any(isinstance(step, kind) for step in route.steps)
    ]
    days = [sum(step.minutes for step in day) for day in route.days]
    ends = f", days of {listed([clock(each) for each in days])} hours" if len(days) > 1 else ""
    return f"{minutes(route.minutes)} in all{ends}: {listed(shares)}."


def _before(route: Route) -> list[str]:
    """What to have open and run before the room fills."""
    lines = [
        "## Before you begin",
        "",
        "Open these notebooks, each in its tab, and run these cells in them:",
        "",
    ]
    for stem in route.stems:
        parts = [part for part in route.parts if part.stem == stem]
        run = [sentence for part in parts for sentence in _cells_to_run(part)]
        more = f", and {listed(run)}" if run else ""
        link = f"[{parts[0].lesson.number} · {plain(parts[0].lesson.question)}](../../notebooks/{stem}.ipynb)"
        lines.append(f"- {link}: the first cell with code{more}")
    return [*lines, "", "The participants do the same when the route comes to each notebook.", ""]


def _cells_to_run(part: Part) -> list[str]:
    known = {identifier: (heading, text) for heading, identifier, text in cells(part.lesson) if identifier}
    unknown = [name for name in part.run if name not in known]
    if unknown:
        raise ValueError(f"{part.stem} has no cell {unknown[0]!r}; there are {', '.join(known)}")
    return [
        f"the cell that begins with `{known[name][1].splitlines()[0]}`, under *{known[name][0]}*"
        for name in part.run
    ]


def _glance(day: tuple[Step, ...]) -> list[str]:
    lines, start = ["| From | What | Minutes |", "|---|---|---|"], 0
    for step in day:
        if isinstance(step, Part):
            for section in step.sections:
                what = in_notebook(section, f"{step.lesson.number} · {section.heading}")
                lines.append(f"| {clock(start)} | {what} | {section.minutes} |")
                start += section.minutes
            continue
        what = f"Exercises of lesson {step.lesson.number}" if isinstance(step, Exercises) else step.title
        lines.append(f"| {clock(start)} | **{what}** | {step.minutes} |")
        start += step.minutes
    return [*lines, f"| {clock(start)} | end | {start} |"]


def _step(step: Step, start: int) -> list[str]:
    if isinstance(step, Pause):
        lines = [f"### {clock(start)} · {step.title}", "", f"{minutes(step.minutes)}. {step.text}".strip()]
        return [*lines, ""]
    if isinstance(step, Exercises):
        return _exercises(step, start)
    lines = []
    for section in step.sections:
        lines += _section(step, section, start, first=not lines)
        start += section.minutes
    return lines


def _exercises(step: Exercises, start: int) -> list[str]:
    link = f"[the exercises of lesson {step.lesson.number}](../../exercises/{step.stem}.ipynb)"
    lines = [f"### {clock(start)} · Exercises of lesson {step.lesson.number}", ""]
    lines += [f"{minutes(step.minutes)}, in {link}:", ""]
    for question in step.questions:
        expected = f"../lessons/{step.stem}.md#{slug(question.title)}"
        lines.append(f"- `{question.id}`, {question.title} ([mistakes to expect]({expected}))")
    return [*lines, "", "Walk round. Who is done goes on with the next one in the notebook.", ""]


def _section(part: Part, section: Section, start: int, first: bool) -> list[str]:
    until = clock(start + section.minutes)
    written = notes(part.stem).sections.get(section.heading, SectionNotes("", "", ""))
    lines = [f"### {clock(start)} · Lesson {part.lesson.number}: {section.heading}", ""]
    lines += [
        f"{minutes(section.minutes)}, to {until}. {in_notebook(section, 'Open it in the notebook')}.",
        "",
    ]
    if first and part.tell:
        lines += [f"**Tell first**, in place of what this route leaves out: {part.tell}", ""]
    if first and part.run:
        lines += [f"**Run first:** the first cell with code, then {listed(_cells_to_run(part))}.", ""]
    lines += pace(section, start)
    lines += paragraphs(written, "ask")
    for time, choice in choices(section, "predict", start):
        answers = f"../lessons/{part.stem}.md#{slug(section.heading)}"
        lines += [f"{hands_up(time, choice)} (✓ {right(choice)} [What each answer reveals]({answers}))", ""]
    return lines + paragraphs(written, "draw", "watch", "point", "skip")
