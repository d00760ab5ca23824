"""Grades one notebook: its code runs in the runner's sandbox, everything that decides a point stands here."""

import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from utils.answers import Result, collect
from utils.grading import cohort
from utils.grading.assignment import Task, assignment
from utils.grading.bounds import bounded
from utils.grading.notebook import Submitted
from utils.grading.results import TO_READ, Graded, Marked
from utils.grading.runner import (
    DIED,
    FORGED,
    NOT_RUN,
    OK,
    TIMED_OUT,
    Call,
    CellReport,
    Measured,
    NoAnswer,
    Runner,
    RunReport,
)
from utils.judge import judge, small_and_large
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG, Outcome, Question

_LOOPS = "It loops over the elements in Python; whole-array operations are far faster."
_WARNS = "A warning is given while it runs."
_NOT_DEFINED = "it is not defined"
# What a student is told where the runner has no answer. The runner's own reasons may quote the notebook, and
# a notebook could tell itself a hidden case that way.
_SILENT = {
    "it took": "Your function took too long and was stopped.",
    "it ended": "Your function ended the whole process.",
    "the whole": "The notebook as a whole took too long.",
}
_NO_USE = "Your function gave no result that could be used."
_ENDED = {
    TIMED_OUT: "was stopped because it took too long",
    DIED: "ended the whole process",
    FORGED: "sent forged results",
    NOT_RUN: "could not be run in the time for the notebook",
}


@dataclass(frozen=True)
class _Asked:
    """A question with its hidden cases, and the two calls that tell whether the answer loops."""

    question: Question
    cases: list[tuple]
    sized: tuple[tuple, ...] = ()
    rows: int = 0

    @property
    def calls(self) -> list[Call]:
        name = self.question.id
        judged = [Call(name, case) for case in self.cases]
        return judged + [Call(name, case, measure=True) for case in self.sized]


def grade(submitted: Submitted, student: str, key: bytes, runner: Runner) -> Graded:
    """The marks of one notebook. ``key`` decides the hidden cases (``cohort.student_key``).

    A question gives all its points when its answer is right in every case, else none; remarks cost nothing.
    GradingError when no sandbox can be started.
    """
    exercise = assignment(submitted.stem)
    asked = [_asked(question, key) for question in exercise.questions]
    report = runner.run(submitted.code, [call for each in asked for call in each.calls])
    answers = iter(report.results)
    marks = [_mark(each, [next(answers) for _ in each.calls], submitted, report) for each in asked]
    marks += [_waiting(task, submitted) for task in exercise.tasks]
    return Graded(student, submitted.stem, tuple(marks), tuple(_problems(report)))


def _asked(question: Question, key: bytes) -> _Asked:
    cases = question.cases(cohort.generator(key, question.id))
    if not question.vectorised:
        return _Asked(question, cases)
    small, large, rows = small_and_large(question, cases)
    return _Asked(question, cases, (small, large), rows)


def _mark(asked: _Asked, answers: list, submitted: Submitted, report: RunReport) -> Marked:
    question = asked.question
    results, measured = answers[: len(asked.cases)], answers[len(asked.cases) :]
    outcome = _outcome(asked, results, submitted, report)
    remarks = [_WARNS if each.name == "warns" else each.sentence for each in outcome.remarks]
    if outcome.status == RIGHT and _loops(measured, asked.rows):
        remarks.append(_LOOPS)
    return Marked(
        question=question.id,
        title=question.title,
        points=question.points if outcome.status == RIGHT else 0,
        of=question.points,
        status=outcome.status,
        summary=outcome.summary,
        mistake=outcome.mistake,
        remarks=tuple(remarks),
        section=question.section,
    )


def _outcome(asked: _Asked, results: list, submitted: Submitted, report: RunReport) -> Outcome:
    """The judgement; where there are no results to judge, a sentence on why."""
    unwritten = [place for place, each in enumerate(results) if _is_unwritten(each)]
    results = results[: unwritten[0] + 1] if unwritten else results
    silent = next((each for each in results if isinstance(each, NoAnswer)), None)
    if silent is None:
        try:
            results = bounded(results, collect(asked.question.reference, asked.cases))
            return judge(asked.question, asked.cases, results)
        except Exception:  # whatever was handed in, the other questions are judged
            return _wrong("Your function returned something that cannot be compared with numbers.")
    if silent.reason == _NOT_DEFINED:
        return _undefined(asked.question.id, submitted, report)
    return _wrong(next((said for start, said in _SILENT.items() if silent.reason.startswith(start)), _NO_USE))


def _undefined(name: str, submitted: Submitted, report: RunReport) -> Outcome:
    """Why a function is not there: its cell broke off, defines another one, or was never filled."""
    places = submitted.answers.get(name, ())
    for place in places:
        cell = report.cells[place]
        if cell.status != OK:
            why = _ENDED.get(cell.status) or _raised(cell)
            return Outcome(RAISED, "", f"The cell of your answer {why}, so there is no function `{name}`.")
    if any(submitted.code[place].strip() for place in places):
        return _wrong(f"The cell of your answer defines no function `{name}`.")
    return Outcome(NOT_ATTEMPTED, "", "Not attempted.")


def _raised(cell: CellReport) -> str:
    name = cell.raised.type if cell.raised else ""
    known = isinstance(getattr(builtins, name, None), type)
    return f"raised {name}" if known else "raised an exception"


def _wrong(sentence: str) -> Outcome:
    return Outcome(WRONG, sentence, sentence)


def _is_unwritten(result: object) -> bool:
    return isinstance(result, Result) and bool(result.raised) and result.raised.type == "NotImplementedError"


def _loops(measured: list, rows: int) -> bool:
    if not measured or not all(isinstance(each, Measured) for each in measured):
        return False
    little, much = measured
    if little.hidden_loop:
        return True
    return little.lines is not None and much.lines is not None and much.lines - little.lines >= rows


def _waiting(task: Task, submitted: Submitted) -> Marked:
    """The mark of a free text before a person has read it; nobody needs to read what is not there."""
    text = submitted.texts.get(task.id, "")
    status, summary = (TO_READ, "Your text waits to be read.") if text else (NOT_ATTEMPTED, "Not attempted.")
    return Marked(task.id, task.title, 0, task.points, status, summary, answer=text)


def _problems(report: RunReport) -> Iterator[str]:
    for number, cell in enumerate(report.cells, 1):
        if cell.status in _ENDED:
            yield f"Code cell {number} {_ENDED[cell.status]}."
    if report.irregular:
        yield f"The sandbox had to be replaced: {report.irregular}."
