"""The grader beside `nbgrader autograde`, on the same right answers of all lessons, in turns.

    python -m benchmarks grading

Both run the notebooks' code and end with the points in a SQLite database. nbgrader grades in one process; its
import and its release of the exercises are not counted. The start of our workers stands by itself.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from utils import lessons
from utils.grading import executors
from utils.grading.assignment import assignments
from utils.grading.gradebook import Gradebook
from utils.grading.run import grade_all, plan
from utils.grading.runner import Runner
from utils.grading.submissions import find

sys.path.insert(0, str(lessons.ROOT / "tests" / "grading"))

from nbgrader_course import Course

SECRET = b"benchmark" * 4
ROUNDS, OURS, THEIRS = 3, 180, 6

# The whole command, which then tells the highest memory of its own process, workers not included.
COMMAND = """
import re, sys
from utils.__main__ import main
assert main(sys.argv[1:]) == 0
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def _submissions(count):
    """Student and notebook, the lessons in turn."""
    stems = [each.stem for each in assignments()]
    solutions = {stem: lessons.lesson(stem).solution.read_bytes() for stem in stems}
    return [(f"student {place}", stems[place % len(stems)], solutions) for place in range(count)]


def _hand_in(folder, count):
    for student, stem, solutions in _submissions(count):
        path = folder / student / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(solutions[stem])


def _full(sheets, count):
    """The benchmark stops when a right answer did not get its points."""
    assert len(sheets) == count and all(each.points == each.of > 0 for each in sheets), sheets


def _ours(folder, workers):
    """Submissions a second when the workers are there, and the seconds until the first one was graded."""
    planned, refused = plan(find(folder / "ours"))
    assert not refused
    with (
        tempfile.TemporaryDirectory() as out,
        Gradebook(Path(out) / "gradebook.sqlite") as book,
        executors.local(workers) as (executor, width),
    ):
        started = time.perf_counter()
        grade_all(planned[:1], book, SECRET, executor, width)
        start_up = time.perf_counter() - started
        warm = 4 * workers  # enough that every process has started its sandbox
        grade_all(planned[1:warm], book, SECRET, executor, width)
        started = time.perf_counter()
        grade_all(planned[warm:], book, SECRET, executor, width)
        seconds = time.perf_counter() - started
        _full(book.rows(), len(planned))
    return (len(planned) - warm) / seconds, start_up


def _nbgrader():
    with tempfile.TemporaryDirectory() as root:
        course = Course(Path(root))
        for student, stem, solutions in _submissions(THEIRS):
            course.hand_in(student.replace(" ", "-"), stem, solutions[stem])
        seconds = course.autograde()
        for points in course.points().values():
            assert points and all(points.values()), points
    return THEIRS / seconds


def _whole_command(folder, count, workers):
    """Seconds of the whole command with all its reports, and MiB at the parent's highest."""
    _hand_in(folder / "in", count)
    arguments = ["grade", "in", "--out", "out", "--workers", str(workers)]
    settings = {"PYTHONPATH": str(lessons.ROOT), "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
    started = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    with Gradebook(folder / "out" / "gradebook.sqlite") as book:
        _full(book.rows(), count)
    return seconds, int(ran.stdout.split()[-1]) / 1024


def main():
    with Runner() as runner:
        stems = ", ".join(each.stem for each in assignments())
        print(f"Sandbox: {runner.backend}. Lessons: {stems}, in turn.\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _hand_in(folder / "ours", OURS)
        runs = [(_nbgrader(), *_ours(folder, 1), *_ours(folder, 2)) for _ in range(ROUNDS)]
    theirs, one, first_of_one, two, first_of_two = map(np.array, zip(*runs, strict=True))
    print("| | submissions a second | times nbgrader's | seconds until the first is graded |")
    print("|---|---|---|---|")
    print(f"| nbgrader autograde | {np.median(theirs):.2f} | 1 | |")
    for name, rate, first in (("one worker", one, first_of_one), ("two workers", two, first_of_two)):
        ratio = np.median(rate / theirs)
        print(f"| {name} | {np.median(rate):.1f} | **{ratio:.0f}** | {np.median(first):.1f} |")
    print()
    print("| The whole command, two workers | seconds | submissions a second | parent's memory, MiB |")
    print("|---|---|---|---|")
    for count in (1, 10, 100, 1000):
        with tempfile.TemporaryDirectory() as name:
            seconds, memory = _whole_command(Path(name), count, 2)
        print(f"| {count:,} | {seconds:.1f} | {count / seconds:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
