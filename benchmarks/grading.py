"""The grader beside `nbgrader autograde`, on the same right answers of lessons 1 to 3, in turns; how the time
of the whole command grows with the class, on one worker, two, and Dask's two; a notebook of each lesson.

    python -m benchmarks grading

Both run the notebooks' code and end with the points in a SQLite database. nbgrader grades in one process; its
import and its release of the exercises are not counted. The start of our workers stands by itself.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from utils import lessons
from utils.grading import cohort, executors, notebook
from utils.grading.assignment import assignments
from utils.grading.gradebook import Gradebook
from utils.grading.grader import grade
from utils.grading.run import grade_all, plan
from utils.grading.runner import Runner
from utils.grading.submissions import find

sys.path.insert(0, str(lessons.ROOT / "tests" / "grading"))

from nbgrader_course import Course

SECRET = b"benchmark" * 4
ROUNDS, OURS, THEIRS = 3, 180, 6
STEMS = [each.stem for each in assignments()][:3]
REPEATS = {1: 5, 10: 5, 100: 3, 1000: 1}  # of the whole command, by the size of the class

# The whole command, which then tells the highest memory of its own process, workers not included.
COMMAND = """
import re, sys
from utils.__main__ import main
assert main(sys.argv[1:]) == 0
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def _submissions(count):
    """Student and notebook, the lessons in turn."""
    solutions = {stem: lessons.lesson(stem).solution.read_bytes() for stem in STEMS}
    return [(f"student {place}", STEMS[place % len(STEMS)], solutions) for place in range(count)]


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


def _whole_command(folder, count, executor):
    """Seconds of the whole command with all its reports, and MiB at the parent's highest."""
    _hand_in(folder / "in", count)
    arguments = ["grade", "in", "--out", "out", *executor]
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


@contextlib.contextmanager
def _executors():
    """What the command takes to grade on one worker, on two, and on Dask's two where that is installed."""
    local = {"one worker": ["--workers", "1"], "two workers": ["--workers", "2"]}
    try:
        from distributed import LocalCluster
    except ImportError:
        yield local
        return
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield local | {"Dask, two workers": ["--scheduler", cluster.scheduler_address]}


def _compare():
    with Runner() as runner:
        print(f"Sandbox: {runner.backend}. Lessons: {', '.join(STEMS)}, in turn.\n")
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


def _grow():
    print("| submissions | executor | the whole command, s | submissions a second | parent's memory, MiB |")
    print("|---|---|---|---|---|")
    with _executors() as known:
        for count, repeats in REPEATS.items():
            found = {name: [] for name in known}
            for _ in range(repeats):
                for name, executor in known.items():
                    with tempfile.TemporaryDirectory() as folder:
                        found[name].append(_whole_command(Path(folder), count, executor))
            for name, pairs in found.items():
                seconds, memory = np.median(pairs, axis=0)
                print(
                    f"| {count:,} | {name} | {seconds:.1f} | {count / seconds:.1f} | {memory:.0f} |",
                    flush=True,
                )


def _by_lesson():
    """What a right notebook of each lesson takes, of a student who was not graded before."""
    print("| lesson | seconds a notebook |")
    print("|---|---|")
    with Runner() as runner:
        for each in assignments():
            content = lessons.lesson(each.stem).solution.read_bytes()
            took = []
            for place in range(4):
                started = time.perf_counter()
                key = cohort.student_key(SECRET, f"student {place}")
                sheet = grade(notebook.read(content, assignments()), f"student {place}", key, runner)
                took.append(time.perf_counter() - started)
                _full([sheet], 1)
            # The first pays for what is made once, such as data sets.
            print(f"| {int(each.stem[:2])} | {np.median(took[1:]):.2g} |", flush=True)


def main():
    """Print the three tables."""
    _compare()
    print()
    _grow()
    print()
    _by_lesson()


if __name__ == "__main__":
    main()
