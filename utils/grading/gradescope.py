"""Gradescope: the results that it shows a student, and the autograder that makes them there.

The layout is that of Gradescope's autograder specification: a zip with setup.sh and run_autograder, which
leaves results/results.json. Inside, the same grader runs as here, with the same secret and the same sandbox.
"""

import io
import json
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from utils.grading import cohort
from utils.grading.assignment import assignments, version
from utils.grading.exports import ordered
from utils.grading.jobs import Job, work
from utils.grading.output import file_stems, write_whole
from utils.grading.page import section_title
from utils.grading.results import READ, TO_READ, Graded, Marked
from utils.grading.run import plan
from utils.grading.sandbox import GradingError
from utils.grading.submissions import find
from utils.lessons import ROOT, lesson
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

SETTINGS = "gradescope.json"
_PYTHON = "/opt/relu-course"
_SETUP = f"""#!/usr/bin/env bash
# Installs the grader when Gradescope builds the autograder's image (Ubuntu 22.04 or newer).
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
for python in python3.13 python3.12 python3.11; do
    apt-get install -y --no-install-recommends "$python" "$python-venv" && break
done
# The stronger sandbox; where the container forbids it, the grader takes the kernel's Landlock.
apt-get install -y --no-install-recommends bubblewrap || true
"$python" -m venv {_PYTHON}
cd /autograder/source
chmod 700 .
{_PYTHON}/bin/python -m pip install --no-cache-dir -r requirements.txt
"""
_RUN = f"""#!/usr/bin/env bash
set -euo pipefail
cd /autograder/source
exec {_PYTHON}/bin/python -m utils.grading.gradescope /autograder
"""
_WORDS = {
    RIGHT: "Right.",
    WRONG: "Not right yet.",
    RAISED: "Stopped with an error.",
    NOT_ATTEMPTED: "Not attempted.",
    TO_READ: "Your text waits to be read; its points are not in the score yet.",
    READ: "Your text was read.",
}
# A file's date says nothing here, and the same class is to give the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def write_results(sheets: Sequence[Graded], folder: Path) -> list[Path]:
    """Write STUDENT/LESSON/results.json below ``folder`` for every notebook that was graded."""
    read = [sheet for sheet in ordered(sheets) if sheet.lesson]
    stems = file_stems(sheet.student for sheet in sheets)
    return [
        write_whole(folder / stems[sheet.student] / sheet.lesson / "results.json", _json(results([sheet])))
        for sheet in read
    ]


def write_autograders(folder: Path, cohort_secret: bytes) -> list[Path]:
    """Write gradescope-LESSON.zip, the autograder to upload, for each lesson that asks something.

    Each holds the course, with solutions, and the cohort's secret: whoever has the zip can work out every
    hidden case. Its files can be read by their owner only; the sandbox shows none of them to a notebook.
    """
    return [
        write_whole(folder / f"gradescope-{each.stem}.zip", autograder(each.stem, cohort_secret))
        for each in assignments()
    ]


def autograder(stem: str, cohort_secret: bytes) -> bytes:
    """The autograder of one lesson as the bytes of a zip file; the same for the same course and secret."""
    settings = json.dumps({"lesson": stem, "secret": cohort_secret.hex()})
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in _course()}
    files |= {SETTINGS: settings.encode("utf-8")}
    scripts = {"setup.sh": _SETUP.encode("utf-8"), "run_autograder": _RUN.encode("utf-8")}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted((files | scripts).items()):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            mode = 0o755 if name in scripts else 0o600 if name == SETTINGS else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            target.writestr(entry, content)
    return made.getvalue()


def _course() -> list[Path]:
    """The files that the grader needs: the package, what pip needs to install it, the lessons' notebooks."""
    package = (path for path in (ROOT / "utils").rglob("*") if path.suffix in (".py", ".js", ".css"))
    notebooks = (
        ROOT / folder / f"{each.stem}.ipynb"
        for folder in ("notebooks", "solutions")
        for each in assignments()
    )
    named = (ROOT / name for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"))
    return sorted(path for path in (*package, *notebooks, *named) if path.is_file())


def results(sheets: Sequence[Graded]) -> dict:
    """What Gradescope reads of these notebooks of one student: the score, and a test for each question."""
    marks = [(sheet, mark) for sheet in sheets for mark in sheet.marks]
    notes = [problem for sheet in sheets if not sheet.lesson for problem in sheet.problems]
    return {
        "score": sum(sheet.points for sheet in sheets),
        "output": "\n".join(notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(number, mark, sheet.lesson) for number, (sheet, mark) in enumerate(marks, 1)],
    }


def _test(number: int, mark: Marked, stem: str) -> dict:
    test = {
        "number": str(number),
        "name": mark.title.replace("`", ""),
        "name_format": "text",
        "score": mark.points,
        "max_score": mark.of,
        "output": "\n".join(_lines(mark, stem)),
        "output_format": "text",
        "visibility": "visible",
    }
    if mark.status in (RIGHT, WRONG, RAISED, NOT_ATTEMPTED):
        test["status"] = "passed" if mark.status == RIGHT else "failed"
    return test


def _lines(mark: Marked, stem: str) -> list[str]:
    lines = [_WORDS[mark.status]]
    if mark.status in (WRONG, RAISED):
        lines.append(mark.summary)
    lines += mark.remarks
    if mark.comment:
        lines.append(f"Your instructor writes: {mark.comment}")
    if mark.status in (WRONG, RAISED, NOT_ATTEMPTED) and mark.section:
        section = section_title(lesson(stem), mark.section)
        lines.append(f"Next step: read the section “{section}” of notebooks/{stem}.ipynb, then try again.")
    return [line.replace("`", "") for line in lines]


# ------------------------------------------------------------------------------------- inside Gradescope


def grade_there(autograder_folder: Path, source: Path) -> Path:
    """Grade what was handed in, and write results/results.json. This runs in Gradescope's container.

    What the student did wrong (no notebook, another lesson's) is in the results. GradingError when the grader
    itself cannot work, as without a sandbox: then there are no results, and no one loses points by it.
    """
    settings = json.loads((source / SETTINGS).read_text("utf-8"))
    student = _student(autograder_folder / "submission_metadata.json")
    key = cohort.student_key(bytes.fromhex(settings["secret"]), student)
    sheets = _graded(autograder_folder / "submission", student, key, settings["lesson"])
    return write_whole(autograder_folder / "results" / "results.json", _json(results(sheets)))


def _graded(folder: Path, student: str, key: bytes, stem: str) -> list[Graded]:
    try:
        found = find(folder)
    except GradingError:  # nothing that could be a notebook
        return [Graded(student, "", (), ("There is no notebook (.ipynb) in what you handed in.",))]
    planned, refused = plan([replace(each, student=student) for each in found])
    right = [each for each in planned if each.lesson == stem]
    if not right:
        other = [f"{each.submission.name} answers {each.lesson}, not {stem}." for each in planned]
        return [*refused, Graded(student, "", (), tuple(other))]
    one = right[0]
    content = one.submission.read()
    return [work(Job(student, one.submission.name, {}, one.notes, content, key, version()))]


def _student(path: Path) -> str:
    """Who handed in: the numbers of Gradescope's users, so that nobody can choose them."""
    try:
        users = json.loads(path.read_text("utf-8"))["users"]
        return "gradescope " + " ".join(sorted(str(int(user["id"])) for user in users))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GradingError(f"{path} does not say who handed in ({type(error).__name__}).") from None


def _json(data: dict) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    try:
        grade_there(Path(sys.argv[1]), Path.cwd())
    except GradingError as problem:
        sys.exit(str(problem))
