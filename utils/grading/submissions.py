"""Finds the notebooks that a class has handed in, and whose each is."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from utils.grading.files import File, in_folder, in_zip
from utils.grading.names import Origin, clean, is_notebook, origin, told_apart
from utils.grading.sandbox import GradingError


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in. ``problem`` is None, or a clause that says why it cannot be graded.

    ``name`` is its path inside the submissions, ``order`` grows with the student's attempts; ``read()`` gives
    the bytes (Unreadable where that fails).
    """

    student: str
    name: str
    ids: dict[str, str] = field(default_factory=dict)
    order: tuple = ()
    read: Callable[[], bytes] | None = None
    problem: str | None = None


def find(path: Path) -> list[Submission]:
    """All notebooks in a folder or zip file, in the order of their names. GradingError when there are none.

    The student is the first folder below ``path``, or the file's name where there are no folders; a folder
    "submitted" or "submissions", or one in a zip that bears the zip's name, is passed through. A student who
    handed in no notebook, an archive, a link, or something too large, is there with a ``problem``.
    """
    if path.is_dir():
        files = list(in_folder(path))
    elif path.is_file() and zipfile.is_zipfile(path):
        files = list(in_zip(path))
    else:
        what = "is neither a folder nor a zip file" if path.exists() else "does not exist"
        raise GradingError(f"{path} {what}: name the folder or the zip file with the notebooks to grade.")
    files = _without_container([each for each in files if not _hidden(each)], path)
    found = _submissions(files)
    if not found:
        raise GradingError(f"There is no notebook (.ipynb) in {path}.")
    return found


def _hidden(file: File) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in file.parts)


def _without_container(files: list[File], path: Path) -> list[File]:
    """Leave out a folder that stands around all students; of nbgrader's folders keep what is "submitted"."""
    for name in (*([path.stem] if path.is_file() else []), "submitted", "submissions"):
        inside = [each for each in files if each.parts[0] == name and len(each.parts) > 1]
        beside = [each for each in files if len(each.parts) > 1 or is_notebook(each.parts[0])]
        if inside and (name == "submitted" or len(inside) == len(beside)):
            files = [replace(each, parts=each.parts[1:]) for each in inside]
    return files


def _submissions(files: list[File]) -> list[Submission]:
    files = sorted(files, key=lambda each: each.parts)
    origins = [origin(each.parts) for each in files]
    students = told_apart(origins)
    found = [
        _submission(file, whose, student)
        for file, whose, student in zip(files, origins, students, strict=True)
        if is_notebook(file.parts[-1]) or file.problem
    ]
    served = {each.student for each in found}
    for file, whose, student in zip(files, origins, students, strict=True):
        if student not in served and (whose.own or file.parts[-1].lower().endswith(".zip")):
            archive = file.parts[-1].lower().endswith(".zip")
            problem = (
                "it is an archive: unpack it where it lies and grade again"
                if archive
                else "it is no notebook"
            )
            found.append(_submission(replace(file, problem=problem), whose, student))
            served.add(student)
    return found


def _submission(file: File, whose: Origin, student: str) -> Submission:
    name = "/".join(map(clean, file.parts))
    order = (whose.attempt, file.modified, name)
    return Submission(student, name, dict(whose.ids), order, file.read, file.problem)
