"""The command `grade`: from a folder of notebooks to a gradebook, and what is made from it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from utils.grading import cohort, executors, manual
from utils.grading.files import Unreadable
from utils.grading.gradebook import Gradebook
from utils.grading.nbgrader_db import write_nbgrader
from utils.grading.results import Graded
from utils.grading.run import Tally, grade_all, plan
from utils.grading.sandbox import GradingError
from utils.grading.submissions import Submission, find

TO_READ_FILE = "to_read.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `grade` takes on the command line."""
    parser.add_argument("submissions", nargs="?", type=Path, help="a folder or zip file with the notebooks")
    parser.add_argument("--out", type=Path, required=True, help="the folder for gradebook and reports")
    parser.add_argument("--cohort", help="whose secret seeds the hidden cases (at first: default)")
    parser.add_argument("--manual", type=Path, metavar="SCORES.CSV", help="merge marks given by hand")
    parser.add_argument(
        "--nbgrader-db", type=Path, metavar="COURSE", help="enter it all in nbgrader's course"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, help="how many processes grade (as many as processors)")
    where.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="grade on this Dask scheduler's workers"
    )


def main(chosen: argparse.Namespace) -> int:
    """Grade; 130 when it was stopped."""
    try:
        return grade(chosen)
    except GradingError as error:
        raise ValueError(str(error)) from None
    except KeyboardInterrupt:
        print("Stopped. What was graded is kept: run the same command again to go on.", file=sys.stderr)
        return 130


def grade(chosen: argparse.Namespace) -> int:
    """Grade, merge, and write the reports. 0 when every submission was graded, else 1."""
    if chosen.submissions is None and chosen.manual is None and chosen.nbgrader_db is None:
        raise GradingError("There is nothing to do: name the folder or the zip file with the notebooks.")
    if chosen.workers is not None and chosen.workers < 1:
        raise GradingError(f"{chosen.workers} workers cannot grade anything: give 1 or more.")
    scores = manual.read_scores(chosen.manual) if chosen.manual else []
    submissions, tally = [], Tally()
    with Gradebook(chosen.out / "gradebook.sqlite") as book:
        if chosen.submissions is not None:
            submissions = find(chosen.submissions)
            tally = _grade(chosen, submissions, book)
        try:
            book.mark(scores)
        except ValueError as error:
            raise GradingError(f"{chosen.manual}: {error}; none of its marks was entered.") from None
        sheets = book.rows()
    try:
        lines = _write(sheets, chosen.out, merged=chosen.manual is not None)
        if chosen.nbgrader_db is not None:
            write_nbgrader(sheets, chosen.nbgrader_db, _reader(submissions))
    except OSError as error:
        raise GradingError(
            f"The reports cannot be written ({error.strerror}: {error.filename or chosen.out}): every mark "
            "is kept in the gradebook; put that right and run the same command again."
        ) from None
    print("\n".join([*_summary(sheets, tally), *lines]))
    return 1 if tally.failed else 0


def _grade(chosen: argparse.Namespace, submissions: Sequence[Submission], book: Gradebook) -> Tally:
    name = chosen.cohort or book.cohort() or cohort.DEFAULT
    book.belong_to(name)
    secret = cohort.secret(name)
    planned, refused = plan(submissions)
    book.set_aside({each.student for each in submissions}, refused)
    if chosen.scheduler:
        place = executors.dask(chosen.scheduler)
    else:
        place = executors.local(chosen.workers or executors.usable_processors())
    with place as (executor, width), tqdm(total=len(planned), unit=" notebooks", desc="Grading") as bar:
        tally = grade_all(planned, book, secret, executor, width, bar.update)
    tally.failed += [(each.student, problem) for each in refused for problem in each.problems]
    return tally


def _reader(submissions: Sequence[Submission]) -> Callable[[Graded], bytes | None]:
    """Gives the bytes of the notebook that a sheet is about, None where this run does not have it."""
    known = {(each.student, each.name): each for each in submissions if each.problem is None}

    def read(sheet: Graded) -> bytes | None:
        submission = known.get((sheet.student, sheet.name))
        try:
            return submission.read() if submission else None
        except Unreadable:
            return None

    return read


def _summary(sheets: Sequence[Graded], tally: Tally) -> list[str]:
    """What is to be said when all is done, a line each."""
    lines = [f"{tally.graded} graded now, {tally.before} graded before, {len(tally.failed)} not graded."]
    for stem in sorted({each.lesson for each in sheets if each.lesson}):
        own = [each for each in sheets if each.lesson == stem]
        mean = sum(each.points for each in own) / len(own)
        lines.append(f"{stem}: {_count(len(own), 'notebook')}, {mean:.1f} of {own[0].of} points on average.")
    odd = [f"  {each.student}: {problem}" for each in sheets if each.lesson for problem in each.problems]
    lines += ["Look at these:", *odd] if odd else []
    lines += (
        ["Not graded:", *(f"  {name}: {problem}" for name, problem in tally.failed)] if tally.failed else []
    )
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _write(sheets: Sequence[Graded], out: Path, merged: bool) -> list[str]:
    """Write everything that is made from the gradebook; what is to be said of it."""
    from utils.grading.reports import write_reports  # matplotlib: a second that no worker should wait for

    write_reports(sheets, out)
    table = out / TO_READ_FILE
    left = not manual.write_waiting(sheets, table, merged)
    many = len(manual.waiting(sheets))
    lines = []
    if left:
        lines.append(f"{table} holds marks of yours and was left as it is: merge them with --manual {table}.")
    elif many:
        lines.append(
            f"{_count(many, 'text')} to be read: fill in the points in {table}, then merge them with "
            f"--manual {table}."
        )
    return [*lines, f"Everything is in {out}: begin with {out / 'class.html'}."]
