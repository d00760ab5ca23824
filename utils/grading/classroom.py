"""A page about the whole class: points by question, who needs help, the commonest mistakes, texts to read."""

import html
from collections.abc import Iterator, Sequence
from pathlib import Path

from utils.grading import class_facts, class_pictures
from utils.grading.class_facts import Asked, Behind
from utils.grading.exports import ordered
from utils.grading.output import write_whole
from utils.grading.page import foreign, lesson_title, page, table
from utils.grading.results import TO_READ, Graded
from utils.lessons import lesson
from utils.notes import marked
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

_MOST_MISTAKES = 25
_MOST_BARS = 10
_TEXTS_SHOWN_OPEN = 30


def write_class(sheets: Sequence[Graded], folder: Path) -> Path:
    """Write class.html, one file with its pictures inside. OSError when it cannot be written.

    The same sheets give the same page, in whatever order they come. It holds names and marks: it is for
    instructors only.
    """
    sheets = ordered(sheets)
    read = [sheet for sheet in sheets if sheet.lesson]
    parts = ["<h1>The class</h1>", _overview(sheets, read)]
    if read:
        parts.append(_points(read))
    if sheets:
        parts.append(_help(sheets))
    if read:
        parts += [_mistakes(read), _texts(read)]
    return write_whole(folder / "class.html", page("The class", "\n".join(parts)))


def _overview(sheets: list[Graded], read: list[Graded]) -> str:
    students = len({sheet.student for sheet in sheets})
    refused = len(sheets) - len(read)
    waiting = sum(mark.status == TO_READ for sheet in read for mark in sheet.marks)
    words = f"{_count(students, 'student')}, {_count(len(read), 'notebook')} graded"
    words += f"; {_count(refused, 'student')} with a file that could not be graded" if refused else ""
    words += f"; {_count(waiting, 'text')} to be read" if waiting else ""
    return f"<p>{words}.</p>"


def _points(read: list[Graded]) -> str:
    parts = ["<h2>Points by question</h2>"]
    for stem in sorted({sheet.lesson for sheet in read}):
        own = [sheet for sheet in read if sheet.lesson == stem]
        asked = class_facts.asked(own)
        title = lesson_title(lesson(stem))
        parts.append(f"<h3>{marked(title)}</h3>")
        shares = {_bare(each.title): each.shares for each in asked if not each.by_hand}
        if shares:
            parts.append(class_pictures.answers(shares, len(own)))
        waits = any(each.by_hand for each in asked)
        columns = [
            "Right",
            "Wrong",
            "Error",
            "Not attempted",
            *(["To be read"] if waits else []),
            "Mean",
            "Of",
        ]
        caption = f"Answers in {_count(len(own), 'notebook')}, and the mean of the points: {_bare(title)}"
        numbers = dict.fromkeys(columns, "number")
        parts.append(table(caption, {"Question": ""} | numbers, [_row(each, waits) for each in asked]))
    return "\n".join(parts)


def _row(one: Asked, waits: bool) -> list[str]:
    statuses = (RIGHT, WRONG, RAISED, NOT_ATTEMPTED, *((TO_READ,) if waits else ()))
    meaningless = (RIGHT, WRONG, RAISED) if one.by_hand else (TO_READ,)
    numbers = ["–" if status in meaningless else str(one.counts[status]) for status in statuses]
    mean = "–" if one.mean is None else f"{one.mean:.1f}"
    return [marked(one.title), *numbers, mean, str(one.of)]


def _help(sheets: list[Graded]) -> str:
    found = class_facts.behind(sheets)
    limit = f"under {100 * class_facts.HELP_BELOW:.0f}\N{NO-BREAK SPACE}%"
    rule = f"{limit} of the points that a machine gives, or a file that was not graded"
    title = "<h2>Who needs help</h2>\n"
    if not found:
        return f"{title}<p>Nobody stands out ({rule}).</p>"
    students = _count(len({sheet.student for sheet in sheets}), "student")
    rows = [
        [
            foreign(each.student),
            f"{each.points} of {each.of}" if each.of else "–",
            "<br>".join(_reasons(each)),
        ]
        for each in found
    ]
    columns = {"Student": "", "Points": "number", "Why": ""}
    return f"{title}<p>{len(found)} of {students}, those furthest behind first: {rule}.</p>\n" + table(
        "Who needs help, and why", columns, rows
    )


def _reasons(one: Behind) -> Iterator[str]:
    """Why somebody needs help, as pieces of HTML."""
    yield from map(foreign, one.problems)
    if one.missing:
        yield f"{one.missing} of {_count(one.questions, 'question')} not attempted"
    if one.mistakes:
        yield ", ".join(
            f"<code>{html.escape(question)}</code>: {_name(name)}" for question, name in one.mistakes
        )
    if one.other:
        yield f"{_count(one.other, 'answer')} wrong or stopped in a way without a name"


def _mistakes(read: list[Graded]) -> str:
    found = class_facts.common(read)
    title = "<h2>The commonest mistakes</h2>\n"
    if not found:
        return f"{title}<p>No answer makes a mistake that the course knows.</p>"
    rows = [
        [_name(each.name), marked(each.title), _share(each.count, each.of), marked(each.sentence)]
        for each in found[:_MOST_MISTAKES]
    ]
    bars = [(_plain(each.name), each.question, each.count, each.of) for each in found[:_MOST_BARS]]
    columns = {"Mistake": "", "Question": "", "Notebooks": "number", "What the student is told": ""}
    rest = found[_MOST_MISTAKES:]
    times = "once" if rest and rest[0].count == 1 else f"{rest[0].count} times at most" if rest else ""
    more = f"<p>{_count(len(rest), 'further mistake')}, each made {times}.</p>" if rest else ""
    return (
        title + class_pictures.mistakes(bars) + table("The commonest mistakes, by name", columns, rows) + more
    )


def _texts(read: list[Graded]) -> str:
    marks = [(sheet, mark) for sheet in read for mark in sheet.marks if class_facts.is_by_hand(mark)]
    waiting = [(sheet, mark) for sheet, mark in marks if mark.status == TO_READ]
    if not marks:
        return ""
    if not waiting:
        return "<h2>Texts to read</h2>\n<p>Every text has been read.</p>"
    parts = [
        "<h2>Texts to read</h2>",
        f"<p>{_count(len(waiting), 'text')} to be read. Write points and comments into "
        "<code>to_read.csv</code>, which lies beside this page, and merge them with <code>--manual</code>."
        "</p>",
    ]
    shown = " open" if len(waiting) <= _TEXTS_SHOWN_OPEN else ""
    for question in dict.fromkeys(mark.question for _, mark in waiting):
        answers = [(sheet, mark) for sheet, mark in waiting if mark.question == question]
        first = answers[0][1]
        parts.append(f"<h3>{marked(first.title)}</h3>")
        words = f"{_count(len(answers), 'text')}, up to {_count(first.of, 'point')} each"
        parts.append(f"<details{shown}>\n<summary>{words}</summary>")
        parts += [
            f'<h4>{foreign(sheet.student)}</h4>\n<div class="text">{foreign(mark.answer)}</div>'
            for sheet, mark in answers
        ]
        parts.append("</details>")
    return "\n".join(parts)


def _share(count: int, of: int) -> str:
    return f"{count} of {of} ({100 * count / of:.0f}\N{NO-BREAK SPACE}%)"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _name(mistake: str) -> str:
    return html.escape(_plain(mistake))


def _bare(text: str) -> str:
    return text.replace("`", "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
