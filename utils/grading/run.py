"""Grades a class: plans which notebooks count, hands them to an executor, enters each sheet as it comes.

Any ``concurrent.futures.Executor`` will do. Few notebooks are in memory at once, however large the class is.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field

from utils.grading import cohort, notebook
from utils.grading.assignment import assignments, version
from utils.grading.files import Unreadable
from utils.grading.gradebook import Gradebook
from utils.grading.jobs import Job, work
from utils.grading.results import Graded
from utils.grading.sandbox import GradingError
from utils.grading.submissions import Submission


@dataclass(frozen=True)
class Planned:
    """A notebook that counts: the lesson that it answers, the digest of its bytes, and notes on it."""

    submission: Submission
    lesson: str
    digest: str
    notes: tuple[str, ...] = ()

    def fingerprint(self, key: bytes) -> str:
        """What the sheet depends on: as long as it is the same, nothing needs to be graded again."""
        one = self.submission
        told = [one.student, one.name, one.ids, self.notes, self.digest, key.hex(), version()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass
class Tally:
    """How a run went: numbers of notebooks graded now and before, and who could not be graded, and why."""

    graded: int = 0
    before: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def plan(submissions: Sequence[Submission]) -> tuple[list[Planned], list[Graded]]:
    """What is to be graded, and a sheet without marks for each submission that cannot be.

    Of several notebooks of one student for one lesson the last counts: the one with the highest number of
    attempts in its name, then the one changed last, then the last by name. The others are noted on its sheet.
    """
    found: dict[tuple[str, str], list[Planned]] = {}
    refused: dict[str, list[tuple[Submission, str]]] = {}
    for submission in submissions:
        try:
            content = _content(submission)
            lesson = notebook.read(content, assignments()).stem
        except Unreadable as problem:
            sentence = f"{submission.name} cannot be graded: {problem}."
            refused.setdefault(submission.student, []).append((submission, sentence))
            continue
        one = Planned(submission, lesson, hashlib.sha256(content).hexdigest())
        found.setdefault((submission.student, lesson), []).append(one)
    chosen = [_last(each) for each in found.values()]
    return chosen, [_sheet(each) for each in refused.values()]


def grade_all(
    planned: Sequence[Planned],
    book: Gradebook,
    secret: bytes,
    executor: Executor,
    width: int,
    tell: Callable[[], object] = lambda: None,
) -> Tally:
    """Grade what the gradebook does not hold yet; ``width`` jobs are handed out at a time.

    ``tell`` is called after each notebook. GradingError ends the run; what is graded by then is kept.
    """
    tally = Tally()
    pending: dict[Future, Planned] = {}
    todo = _jobs(planned, book, secret, tally, tell)
    try:
        while True:
            while len(pending) < width and (job := next(todo, None)):
                pending[executor.submit(work, job[1])] = job[0]
            if not pending:
                return tally
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                _enter(future, pending.pop(future), book, secret, tally)
                tell()
    finally:
        for future in pending:
            future.cancel()


def _jobs(planned, book, secret, tally, tell) -> Iterator[tuple[Planned, Job]]:
    for one in planned:
        submission = one.submission
        key = cohort.student_key(secret, submission.student)
        if book.holds(submission.student, one.lesson, one.fingerprint(key)):
            tally.before += 1
            tell()
            continue
        try:
            content = _content(submission)
            if hashlib.sha256(content).hexdigest() != one.digest:
                raise Unreadable("it changed while the class was graded")
        except Unreadable as problem:
            tally.failed.append((submission.name, str(problem)))
            tell()
            continue
        yield (
            one,
            Job(submission.student, submission.name, submission.ids, one.notes, content, key, version()),
        )


def _enter(future: Future, one: Planned, book: Gradebook, secret: bytes, tally: Tally) -> None:
    try:
        graded = future.result()
    except GradingError:
        raise
    except BrokenExecutor:
        raise GradingError(
            "A worker process ended unexpectedly, perhaps for want of memory: run the same command again, "
            "with fewer --workers; what was graded is kept."
        ) from None
    except Exception as error:
        tally.failed.append((one.submission.name, f"grading it failed ({type(error).__name__}: {error})"))
        return
    book.add(graded, one.fingerprint(cohort.student_key(secret, one.submission.student)))
    tally.graded += 1


def _content(submission: Submission) -> bytes:
    if submission.problem:
        raise Unreadable(submission.problem)
    return submission.read()


def _last(several: list[Planned]) -> Planned:
    *older, last = sorted(several, key=lambda each: each.submission.order)
    notes = tuple(
        f"{each.submission.name} is for the same lesson and does not count: {last.submission.name} is newer."
        for each in older
    )
    return Planned(last.submission, last.lesson, last.digest, notes)


def _sheet(refused: list[tuple[Submission, str]]) -> Graded:
    """What is kept of all files of one student that cannot be graded."""
    first = refused[0][0]
    problems = tuple(sentence for _, sentence in refused)
    return Graded(first.student, "", (), problems, first.name, dict(first.ids))
