"""The class's points as CSV files: all of them, and what Canvas and Moodle import.

The same sheets give the same bytes, in whatever order they come. Every cell is quoted, and a text that a
spreadsheet would take for a formula gets an apostrophe in front (``safe``; ``plain`` takes it away again).
A notebook with free text that nobody has read yet has no total for a learning platform: its cell is empty.
"""

import csv
import html
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from utils.grading.output import write_whole
from utils.grading.results import TO_READ, Graded

# Their full-width forms begin a formula too where East Asian input is in use.
_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_POINTS_ROW = "Points Possible"


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_BEGIN_FORMULAS) else text


def plain(cell: str) -> str:
    """The text that ``safe`` made into this cell."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_BEGIN_FORMULAS) else cell


def write_grades(sheets: Sequence[Graded], folder: Path) -> Path:
    """Write grades.csv, everything in one table: a row a notebook, a column a question.

    Columns: student, file, lesson, points, of, complete ("yes", or "no" while free text waits), problems,
    then the questions by their ids, empty where the lesson does not ask them or the text waits. It begins
    with a byte order mark, by which spreadsheets know UTF-8: read it with the encoding utf-8-sig.
    """
    sheets = ordered(sheets)
    questions = _questions(sheets)
    rows = [["student", "file", "lesson", "points", "of", "complete", "problems", *questions]]
    for sheet in sheets:
        points = {mark.question: mark.points for mark in sheet.marks if mark.status != TO_READ}
        totals = [sheet.points, sheet.of] if sheet.lesson else ["", ""]
        complete = "yes" if sheet.complete else "no"
        about = [sheet.student, sheet.name, sheet.lesson, *totals, complete, " ".join(sheet.problems)]
        rows.append([*about, *(points.get(question, "") for question in questions)])
    return write_whole(folder / "grades.csv", "\ufeff" + _table(rows))


def write_canvas(sheets: Sequence[Graded], folder: Path) -> Path:
    """Write canvas.csv, for Grades > Import in Canvas: a row a student, a column a lesson.

    The layout is that of Canvas's own export: Student, ID, SIS User ID, SIS Login ID, Section, then the
    assignments, and a second row "Points Possible". ID is Canvas's number of the user, from the name that
    Canvas gave the file; without it the student's name stands as SIS Login ID, as in nbgrader's folders.
    A column becomes the assignment that has the lesson's stem as its name.
    """
    lessons = _lessons(sheets)
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *lessons]]
    rows.append([f"    {_POINTS_ROW}", "", "", "", "", *(_of(sheets, stem) for stem in lessons)])
    for student, own in _by_student(sheets).items():
        user = next((each.ids["canvas_user"] for each in own if "canvas_user" in each.ids), "")
        name = student.replace(_POINTS_ROW, "Points-Possible")  # nobody's name may pose as the second row
        rows.append([name, user, "", "" if user else student, "", *_totals(own, lessons)])
    return write_whole(folder / "canvas.csv", _table(rows))


def write_moodle(sheets: Sequence[Graded], folder: Path) -> list[Path]:
    """Write what Moodle imports: moodle.csv, and a grading worksheet for each lesson that Moodle handed out.

    moodle.csv is for Grades > Import > CSV file: map "username" to the user's field that your file names
    bear, and each lesson to its grade item. moodle-LESSON.csv is for the assignment's "Upload grading
    worksheet"; it knows the participants by the numbers that Moodle put into the file names. Tick there
    "Allow updating records that have been modified more recently in Moodle than in the spreadsheet" when
    you upload it a second time.
    """
    lessons = _lessons(sheets)
    students = _by_student(sheets).items()
    rows = [["username", *lessons], *([student, *_totals(own, lessons)] for student, own in students)]
    written = [write_whole(folder / "moodle.csv", _table(rows))]
    for stem in lessons:
        own = [each for each in ordered(sheets) if each.lesson == stem and "moodle_participant" in each.ids]
        if own:
            written.append(write_whole(folder / f"moodle-{stem}.csv", _table(_worksheet(own))))
    return written


def _worksheet(sheets: list[Graded]) -> list[list]:
    rows = [
        ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)", "Feedback comments"]
    ]
    for sheet in sheets:
        identifier = f"Participant {sheet.ids['moodle_participant']}"
        grade = sheet.points if sheet.complete else ""
        rows.append([identifier, sheet.student, grade, sheet.of, "-", _comments(sheet)])
    return rows


def _comments(sheet: Graded) -> str:
    """A line for each question, as the HTML that Moodle reads a comment as."""
    lines = [
        f"{mark.title}: {mark.points} of {mark.of} points. {' '.join((mark.summary, mark.comment)).strip()}"
        for mark in sheet.marks
    ]
    return "<br>".join(html.escape(line) for line in lines)


def ordered(sheets: Iterable[Graded]) -> list[Graded]:
    """The sheets by student, then lesson, then file."""
    return sorted(sheets, key=lambda each: (each.student, each.lesson, each.name))


def _questions(sheets: Sequence[Graded]) -> list[str]:
    """All questions, lesson by lesson, in the order in which each lesson asks them."""
    by_lesson = sorted(ordered(sheets), key=lambda each: each.lesson)
    return list(dict.fromkeys(mark.question for each in by_lesson for mark in each.marks))


def _lessons(sheets: Sequence[Graded]) -> list[str]:
    return sorted({each.lesson for each in sheets if each.lesson})


def _of(sheets: Sequence[Graded], stem: str) -> int:
    return max(each.of for each in sheets if each.lesson == stem)


def _by_student(sheets: Sequence[Graded]) -> dict[str, list[Graded]]:
    found: dict[str, list[Graded]] = {}
    for each in ordered(sheets):
        found.setdefault(each.student, []).append(each)
    return found


def _totals(own: list[Graded], lessons: list[str]) -> list:
    """A student's points in each lesson; empty where there is no notebook, or its free text waits."""
    points = {each.lesson: each.points for each in own if each.complete}
    return [points.get(stem, "") for stem in lessons]


def _table(rows: list[list]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[safe(str(cell)) for cell in row] for row in rows])
    return made.getvalue()
