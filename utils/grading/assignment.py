"""What a lesson's exercise asks, as the course itself knows it: its questions, free-text tasks and stubs.

Points and tasks come from the course's own solution, never from what was handed in.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from utils import lessons, release
from utils.question import Question


@dataclass(frozen=True)
class Task:
    """A question that a person reads: its grade_id, points, and the heading that it stands under."""

    id: str
    title: str
    points: int


@dataclass(frozen=True)
class Assignment:
    """The exercise of one lesson. ``stubs`` maps the id of a question or task to its unanswered cell."""

    stem: str
    questions: tuple[Question, ...]
    tasks: tuple[Task, ...]
    stubs: Mapping[str, str]

    @property
    def ids(self) -> tuple[str, ...]:
        return (*(each.id for each in self.questions), *(each.id for each in self.tasks))


@functools.cache
def assignment(stem: str) -> Assignment:
    """The exercise of the lesson with this stem. ValueError when there is none."""
    asked = lessons.module("questions", stem).QUESTIONS
    path = lessons.ROOT / "solutions" / f"{stem}.ipynb"
    cells = json.loads(release.exercise(path.read_bytes()))["cells"] if path.exists() else []
    tasks, stubs, heading = [], {}, ""
    for cell in cells:
        source, marks = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        if marks.get("solution") or marks.get("task"):
            stubs[marks["grade_id"]] = source
        if marks.get("task") or (marks.get("solution") and marks.get("grade")):
            tasks.append(Task(marks["grade_id"], heading or marks["grade_id"], int(marks["points"])))
        if cell["cell_type"] == "markdown" and source.startswith("#"):
            heading = source.split("\n")[0].lstrip("# ")
    return Assignment(stem, tuple(asked), tuple(tasks), stubs)


@functools.cache
def assignments() -> tuple[Assignment, ...]:
    """The exercises of all lessons that ask something, in the order of the lessons."""
    found = (assignment(stem) for stem in lessons.stems_with("questions"))
    return tuple(each for each in found if each.ids)


@functools.cache
def version() -> str:
    """A digest of all that decides a grade: the course's own programs and its solutions.

    The same on every system: line ends do not count.
    """
    course = lessons.ROOT
    files = [
        *(course / "utils").glob("*.py"),
        *(course / "utils" / "questions").glob("*.py"),
        *(course / "utils" / "grading").rglob("*.py"),
        *(course / "solutions").glob("*.ipynb"),
    ]
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(course).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]
