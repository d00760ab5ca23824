"""Puts scores and comments into nbgrader's own gradebook, through its API (optional extra ``nbgrader``).

So formgrader, `nbgrader export` and `nbgrader generate_feedback` show them, and nbgrader runs none of the
students' code. What somebody entered in formgrader stays: nbgrader keeps marks of machine and hand apart.
"""

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from utils import release
from utils.grading import notebook
from utils.grading.assignment import assignments
from utils.grading.exports import ordered
from utils.grading.output import file_stems, write_whole
from utils.grading.results import READ, TO_READ, Graded, Marked
from utils.grading.sandbox import GradingError
from utils.lessons import lesson
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

DATABASE = "gradebook.db"
_WORDS = {
    RIGHT: "Right.",
    WRONG: "Not right yet.",
    RAISED: "Stopped with an error.",
    NOT_ATTEMPTED: "Not attempted.",
    TO_READ: "",
    READ: "",
}


def write_nbgrader(
    sheets: Sequence[Graded], folder: Path, read: Callable[[Graded], bytes | None] = lambda sheet: None
) -> Path:
    """Enter all sheets into gradebook.db of the nbgrader course in ``folder``, made where there is none.

    A lesson belongs to the assignment that has a notebook of its name, or to a new one of that name. Entering
    the same sheets again changes nothing. ``read`` gives the bytes of the notebook that a sheet is about, or
    None; of what it gives a copy for formgrader and generate_feedback is put into autograded/, with its code
    as text and none of its outputs or metadata. Returns the database. GradingError when
    nbgrader is not installed or the database cannot be used; OSError when a copy cannot be written.
    """
    try:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise GradingError("nbgrader is not installed: pip install -e '.[nbgrader]'") from None
    path = folder / DATABASE
    folder.mkdir(parents=True, exist_ok=True)
    stems = file_stems(sheet.student for sheet in sheets)
    sheets = [sheet for sheet in ordered(sheets) if sheet.lesson]
    try:
        with _quiet(), _programs_found(), Gradebook(f"sqlite:///{path.resolve()}") as book:
            names = {stem: _prepare(book, stem) for stem in sorted({sheet.lesson for sheet in sheets})}
            for sheet in sheets:
                student = _identifier(sheet.student, stems)
                _enter(book, sheet, names[sheet.lesson], student)
                content = read(sheet)
                if content is not None:
                    copy = folder / "autograded" / student / names[sheet.lesson] / f"{sheet.lesson}.ipynb"
                    write_whole(copy, shown(sheet, content))
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise GradingError(f"nbgrader's database {path} cannot be used: {reason}.") from None
    return path


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without SQLAlchemy's warnings on how nbgrader itself uses it."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


@contextlib.contextmanager
def _programs_found() -> Iterator[None]:
    """nbgrader starts a program of its own environment by name, which need not be on the path."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _identifier(student: str, stems: dict[str, str]) -> str:
    """nbgrader's name of the student, which is a folder's too."""
    harmless = student and not student.startswith(".") and not set(student) & set('/\\:*?"<>|\0')
    return student if harmless else stems[student]


def _skeleton(stem: str) -> dict:
    """The exercise as it was handed out."""
    return json.loads(release.exercise(lesson(stem).solution.read_bytes()))


def _marks_of(cell: dict) -> dict:
    return cell["metadata"].get("nbgrader", {})


# ----------------------------------------------------------------------------------------- the database


def _prepare(book, stem: str) -> str:
    """Make sure of the assignment, its notebook and its cells; the assignment's name."""
    named = [each.name for each in book.assignments if any(one.name == stem for one in each.notebooks)]
    name = named[0] if named else stem
    if not named:
        book.update_or_create_assignment(name)
        book.update_or_create_notebook(stem, name)
    for cell in _skeleton(stem)["cells"]:
        marks, source = _marks_of(cell), "".join(cell["source"])
        if not marks:
            continue
        place = (marks["grade_id"], stem, name)
        graded = {"max_score": float(marks.get("points", 0)), "cell_type": cell["cell_type"]}
        if marks.get("grade"):
            book.update_or_create_grade_cell(*place, **graded)
        if marks.get("solution"):
            book.update_or_create_solution_cell(*place)
        if marks.get("task"):
            book.update_or_create_task_cell(*place, **graded)
        text = {"cell_type": cell["cell_type"], "source": source, "locked": bool(marks.get("locked"))}
        book.update_or_create_source_cell(*place, **text)
    return name


def _enter(book, sheet: Graded, assignment: str, student: str) -> None:
    from nbgrader.api import Comment, Grade

    book.update_or_create_student(student)
    book.update_or_create_submission(assignment, student)
    submitted = book.find_submission_notebook(sheet.lesson, assignment, student)
    grades = {each.name: each for each in submitted.grades}
    comments = {each.name: each for each in submitted.comments}
    released = submitted.notebook
    for cell in (*released.grade_cells, *released.task_cells):  # it may be newer than the submission
        if cell.name not in grades:
            grades[cell.name] = Grade(cell_id=cell.id, notebook=submitted)
            book.db.add(grades[cell.name])
    for cell in (*released.solution_cells, *released.task_cells):
        if cell.name not in comments:
            comments[cell.name] = Comment(cell_id=cell.id, notebook=submitted)
            book.db.add(comments[cell.name])
    for mark in sheet.marks:
        grade = grades.get(f"check-{mark.question}") or grades.get(mark.question)
        if grade is not None:
            _score(grade, mark)
        if mark.question in comments:
            comments[mark.question].auto_comment = _comment(mark) or None
    book.db.commit()


def _score(grade, mark: Marked) -> None:
    """Enter the mark; where somebody gave another one by hand, that counts, and is to be looked at again."""
    if mark.status == READ:
        grade.manual_score, grade.needs_manual_grade = float(mark.points), False
    elif mark.status == TO_READ:
        grade.needs_manual_grade = grade.manual_score is None
    else:
        changed = grade.auto_score != mark.points
        grade.auto_score = float(mark.points)
        grade.needs_manual_grade = grade.manual_score is not None and (changed or grade.needs_manual_grade)


def _comment(mark: Marked) -> str:
    """What the student is told, in Markdown."""
    said = [mark.summary] if mark.status in (WRONG, RAISED) else []
    return " ".join(filter(None, (_WORDS[mark.status], *said, *mark.remarks, mark.comment)))


# --------------------------------------------------------------------------------------------- the copy


def shown(sheet: Graded, content: bytes) -> str:
    """The notebook as formgrader is to show it: the exercise with the student's answers in it.

    Then follow the other code cells. Nothing of it is run, and text is shown as it was typed, because a page
    would carry out what HTML it holds.
    """
    submitted = notebook.read(content, assignments())
    made = _skeleton(sheet.lesson)
    known = {"".join(cell["source"]).strip() for cell in made["cells"]}
    used = set()
    for cell in made["cells"]:
        name = _marks_of(cell).get("grade_id")
        places = submitted.answers.get(name, ())
        if places:
            cell["source"] = "\n\n".join(submitted.code[place] for place in places)
            used |= set(places)
        elif submitted.texts.get(name):
            cell["source"] = _fenced(submitted.texts[name])
    others = [
        source
        for place, source in enumerate(submitted.code)
        if place not in used and source.strip() and source.strip() not in known
    ]
    if others:
        made["cells"].append(_cell("other-cells", "markdown", "## Other code cells of this notebook"))
        made["cells"] += [_cell(f"other-{number}", "code", each) for number, each in enumerate(others, 1)]
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _cell(identifier: str, kind: str, source: str) -> dict:
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": identifier, "metadata": {}, "source": source, **code}


def _fenced(text: str) -> str:
    """Text as a block of code in Markdown, which nothing in it can close."""
    fence = "~" * 3
    while fence in text:
        fence += "~"
    return f"{fence}\n{text}\n{fence}"
