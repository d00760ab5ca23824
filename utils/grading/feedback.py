"""Feedback for each student: a page that says of every question how it went, and what to do next.

It is made from marks alone, which hold no hidden input and no expected value. What the student's code printed
or raised in the hidden calls is not in them; remarks on the run that could carry any of it stay out as well.
"""

import html
from collections.abc import Sequence
from pathlib import Path

from utils.grading.exports import ordered
from utils.grading.output import file_stems, write_whole
from utils.grading.page import address, foreign, lesson_title, page, section_title, table
from utils.grading.results import READ, TO_READ, Graded, Marked
from utils.lessons import Lesson, lesson
from utils.notes import marked
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

_WORDS = {
    RIGHT: ("✓", "Right", "right"),
    WRONG: ("✗", "Not right yet", "wrong"),
    RAISED: ("⚠", "Stopped with an error", "raised"),
    NOT_ATTEMPTED: ("○", "Not attempted", "none"),
    TO_READ: ("…", "Waits to be read", "none"),
    READ: ("✎", "Read", "read"),
}
# What a sandbox reports of a run is for the instructor: a notebook could make it say what it likes.
_FOR_INSTRUCTOR = "The sandbox"
_ADVICE = (
    "The links open a lesson while the course runs on your own computer as <code>python3 start.py</code> "
    "starts it. Elsewhere, open the notebook with the given name. In both cases the table of contents, in "
    "JupyterLab's left sidebar, leads to the section."
)


def write_feedback(sheets: Sequence[Graded], folder: Path) -> dict[str, Path]:
    """Write one page for each student into ``folder`` and return where each student's is.

    The names come from ``output.file_stems``, so they are safe and differ, and with the same class stay the
    same. A page needs no other file. OSError when one cannot be written.
    """
    own: dict[str, list[Graded]] = {}
    for sheet in ordered(sheets):
        own.setdefault(sheet.student, []).append(sheet)
    stems = file_stems(own)
    return {
        student: write_whole(folder / f"{stems[student]}.html", feedback(student, mine))
        for student, mine in own.items()
    }


def feedback(student: str, sheets: Sequence[Graded]) -> str:
    """The page of one student as HTML. ``sheets`` are those of the student's notebooks."""
    read = [sheet for sheet in sheets if sheet.lesson]
    parts = [f"<h1>Feedback for {foreign(student)}</h1>", _overview(read)]
    parts += [_refused(sheet) for sheet in sheets if not sheet.lesson]
    parts += [_lesson(sheet) for sheet in read]
    if read:
        parts.append(f"<h2>How to find a section</h2>\n<p>{_ADVICE}</p>")
    return page(f"Feedback for {student}", "\n".join(filter(None, parts)))


def _overview(sheets: Sequence[Graded]) -> str:
    if not sheets:
        return ""
    points, of = sum(sheet.points for sheet in sheets), sum(sheet.of for sheet in sheets)
    waiting = sum(mark.status == TO_READ for sheet in sheets for mark in sheet.marks)
    words = f"<p><strong>{_points(points, of)}</strong>{_waits(waiting)}</p>"
    if len(sheets) == 1:
        return words
    rows = [
        [
            f'<a href="#{sheet.lesson}">{marked(lesson_title(lesson(sheet.lesson)))}</a>',
            str(sheet.points),
            str(sheet.of),
        ]
        for sheet in sheets
    ]
    return words + table("Points by lesson", {"Lesson": "", "Points": "number", "Of": "number"}, rows)


def _waits(texts: int) -> str:
    if not texts:
        return " in all."
    return f" so far; {'a text waits' if texts == 1 else f'{texts} texts wait'} to be read."


def _refused(sheet: Graded) -> str:
    problems = "".join(f"<li>{foreign(problem)}</li>" for problem in sheet.problems)
    return (
        "<h2>Not graded</h2>\n"
        "<p>A file that you handed in could not be read as an exercise of this course:</p>\n"
        f"<ul>{problems}</ul>\n"
        "<p><strong>Next step.</strong> Open your notebook in JupyterLab and save it, check that it is the "
        "exercise (its name ends with <code>.ipynb</code>), and hand it in again.</p>"
    )


def _lesson(sheet: Graded) -> str:
    about = lesson(sheet.lesson)
    told = [problem for problem in sheet.problems if not problem.startswith(_FOR_INSTRUCTOR)]
    problems = "".join(f"<li>{foreign(problem)}</li>" for problem in told)
    notes = f'<div class="note"><p>Please note:</p><ul>{problems}</ul></div>' if problems else ""
    questions = "\n".join(_question(mark, about) for mark in sheet.marks)
    return (
        f'<section aria-labelledby="{sheet.lesson}">\n'
        f'<h2 id="{sheet.lesson}">{marked(lesson_title(about))}</h2>\n'
        f"<p><strong>{_points(sheet.points, sheet.of)}</strong> for your file {foreign(sheet.name)}. "
        f"The lesson is <code>notebooks/{about.stem}.ipynb</code>, "
        f"its exercise <code>exercises/{about.stem}.ipynb</code>.</p>\n"
        f"{notes}{questions}\n</section>"
    )


def _question(mark: Marked, about: Lesson) -> str:
    sign, word, kind = _WORDS[mark.status]
    points = _points(mark.points, mark.of) if mark.status != TO_READ else f"up to {_count(mark.of)}"
    lines = [
        f"<h3>{marked(mark.title)}</h3>",
        f'<p class="status"><span aria-hidden="true">{sign}</span> {word} · {points}</p>',
    ]
    if mark.status in (WRONG, RAISED):
        lines.append(f"<p>{marked(mark.summary)}</p>")
    if mark.remarks:
        remarks = "".join(f"<li>{marked(remark)}</li>" for remark in mark.remarks)
        lines.append(f"<p>It costs no points, but:</p><ul>{remarks}</ul>")
    if mark.comment:
        lines.append(f'<p>Your instructor writes:</p><div class="text">{foreign(mark.comment)}</div>')
    lines.append(f"<p><strong>Next step.</strong> {_next_step(mark, about)}</p>")
    return f'<div class="question {kind}">\n' + "\n".join(lines) + "\n</div>"


def _next_step(mark: Marked, about: Lesson) -> str:
    section, name = _section(mark, about), html.escape(mark.question)
    if mark.status == NOT_ATTEMPTED:
        return f"Read {section}, then answer <code>{name}</code> in the exercise. A try costs nothing."
    if mark.status in (WRONG, RAISED):
        return (
            f"Read {section} again, then mend <code>{name}</code> in the exercise. There "
            f'<code>check("{name}")</code> tells you how far you are, and '
            f'<code>check.hint("{name}")</code> gives a hint.'
        )
    if mark.status == TO_READ:
        return f"None for now: your instructor will read your text. It belongs to {section}."
    if mark.points < mark.of:
        return f"Compare your answer with {section}."
    if mark.remarks:
        return f"See whether you can do without what is remarked; {section} has the background."
    return f"Nothing to mend. To look it up again: {section}."


def _section(mark: Marked, about: Lesson) -> str:
    if not mark.section:
        return f'the <a href="{address(about)}">lesson</a>'
    title = marked(section_title(about, mark.section))
    return f'the section <a href="{address(about, mark.section)}">“{title}”</a>'


def _points(points: int, of: int) -> str:
    return f"{points} of {_count(of)}"


def _count(points: int) -> str:
    return f"{points} {'point' if points == 1 else 'points'}"
