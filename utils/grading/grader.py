"""Grades one notebook: its code runs in the runner's sandbox, everything that decides a point stands here."""

from collections.abc import Iterator
from dataclasses import dataclass

from utils.answers import Result, collect
from utils.grading import cohort
from utils.grading.assignment import Task, assignment
from utils.grading.bounds import bounded
from utils.grading.notebook import Submitted
from utils.grading.results import TO_READ, Graded, Marked
from utils.grading.runner import Call, Measured, NoAnswer, Runner, RunReport
from utils.grading.unanswered import ENDED, unanswered
from utils.judge import judge, small_and_large
from utils.question import NOT_ATTEMPTED, RIGHT, WRONG, Outcome, Question

_LOOPS = "It loops over the elements in Python; whole-array operations are far faster."
_WARNS = "A warning is given while it runs."


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
            expected = collect(asked.question.reference, asked.cases)
            return judge(asked.question, asked.cases, bounded(results, expected), expected)
        except Exception:  # whatever was handed in, the other questions are judged
            sentence = "Your function returned something that cannot be compared with numbers."
            return Outcome(WRONG, sentence, sentence)
    return unanswered(asked.question.id, silent, submitted, report)


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
        if cell.status in ENDED:
            yield f"Code cell {number} {ENDED[cell.status]}."
    if report.irregular:
        yield f"The sandbox had to be replaced: {report.irregular}."
