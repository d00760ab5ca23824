"""The judgement of what an answer returned: right, wrong because, raised, or not attempted.

``judge`` is pure and sees results only, so that it may stand in another process than the learner's function;
``diagnose`` does both halves for an exercise.
"""

import builtins
import dataclasses
import inspect
from collections.abc import Callable, Sequence

import numpy as np

from utils.answers import Raised, Result, collect, hidden_loop, work
from utils.compare import differing_row
from utils.mistakes import complaint_of, known_mistake
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG, Outcome, Question, Remark
from utils.remarks import remarks
from utils.words import MOST_NUMBERS, shown


def diagnose(question: Question, function: object, generator: np.random.Generator) -> Outcome:
    """Call ``function`` on the question's cases and judge it. ``function`` is None when there is none yet."""
    if function is None:
        return not_attempted(f"There is no function `{question.id}` yet. Run the cell that defines it first.")
    if not callable(function):
        text = (
            f"`{question.id}` is of type {type(function).__name__}, not a function. Was the name used again?"
        )
        return Outcome(WRONG, text, text)
    cases = question.cases(generator)
    results = collect(function, cases)
    outcome = judge(question, cases, results)
    if outcome.status == RIGHT and question.vectorised and loops(question, function, cases):
        remark = Remark(
            "loops", "It loops over the elements in Python; whole-array operations are far faster."
        )
        return dataclasses.replace(outcome, remarks=(*outcome.remarks, remark))
    return outcome


def judge(
    question: Question,
    cases: Sequence[tuple],
    results: Sequence[Result],
    expected: Sequence[Result] | None = None,
) -> Outcome:
    """Judge what an answer did on the cases. Nothing of the learner's is called here.

    ``expected`` is what the reference gives for the cases, where that is known already.
    ValueError when there is not one result for each case; only after a NotImplementedError may the rest lack.
    """
    unwritten = bool(results and results[-1].raised and results[-1].raised.type == "NotImplementedError")
    if len(results) != len(cases) and not (unwritten and len(results) < len(cases)):
        raise ValueError(f"{question.id}: {len(cases)} cases, but {len(results)} results")
    first = results[0].raised
    if first and first.type == "NotImplementedError" and first.function in ("", question.id):
        return not_attempted(f"`{question.id}` is not written yet: it still raises NotImplementedError.")
    if expected is None:
        expected = collect(question.reference, cases)
    calls = list(zip(results, expected, cases, strict=False))
    complaints = [complaint_of(question, *each) for each in calls]
    printed = any(result.printed for result in results)
    if not any(complaints):
        text = "All cases agree."
        return Outcome(RIGHT, text, text, remarks=remarks(question, calls), printed=printed)
    known = known_mistake(question, cases, results, expected, complaints)
    place = known.place if known else next(number for number, each in enumerate(complaints) if each)
    result, wanted, case = calls[place]
    if result.raised:
        status, (message, summary) = RAISED, _told(question, result.raised, case)
    else:
        status, summary = WRONG, "Some results differ from the expected ones."
        tolerances = question.relative, question.absolute
        row = None if question.compare else differing_row(result.value, wanted.value, *tolerances)
        given = _spoken(question, case, row)
        complaint = complaints[place]
        message = f"For {given}, {complaint}." if given else f"{complaint[0].upper()}{complaint[1:]}."
    if known is None:
        return Outcome(status, message, summary, printed=printed)
    mistake = known.mistake
    message = f"{'' if known.whole else 'At least this: '}{mistake.sentence}\n{message}"
    return Outcome(status, message, mistake.sentence, mistake.name, printed=printed)


def not_attempted(sentence: str) -> Outcome:
    return Outcome(NOT_ATTEMPTED, sentence, "Not attempted.")


def loops(question: Question, function: Callable, cases: Sequence[tuple]) -> bool:
    """Whether the work in Python grows with the number of elements, or a name tells of a hidden loop."""
    if hidden_loop(function):
        return True
    small, large, rows = small_and_large(question, cases)
    little, much = work(function, small), work(function, large)
    return little is not None and much is not None and much - little >= rows


def small_and_large(question: Question, cases: Sequence[tuple]) -> tuple[tuple, tuple, int]:
    """Two lists of arguments of one form, and how many more rows the second has."""
    if question.sized:
        return question.sized(50), question.sized(450), 400
    small = next(case for case in cases if any(map(_can_grow, case)))
    large = tuple(np.repeat(each, 41, axis=0) if _can_grow(each) else each for each in small)
    return small, large, 40 * max(len(each) for each in small if _can_grow(each))


def _can_grow(argument: object) -> bool:
    return isinstance(argument, np.ndarray) and argument.ndim > 0 and len(argument) > 0


def _told(question: Question, raised: Raised, arguments: tuple) -> tuple[str, str]:
    """An exception as a sentence, with its text, line and input, and without them."""
    known = isinstance(getattr(builtins, raised.type, None), type)
    summary = f"Your function raised {raised.type if known else 'an exception'}."
    if raised.type == "NotImplementedError":
        return f"It calls `{raised.function}`, which is not written yet.", summary
    text = f": {raised.message}" if raised.message else ""
    place = f" (line {raised.line}: `{raised.source}`)" if raised.source else ""
    message = f"raised {raised.type}{text}{place}."
    if raised.type == "TypeError" and not raised.line:
        return f"Your function {message} The check calls it as `{_call(question)}`.", summary
    given = _spoken(question, arguments)
    return f"For {given}, your function {message}" if given else f"Your function {message}", summary


def _names(question: Question) -> list[str]:
    return list(inspect.signature(question.reference).parameters)


def _call(question: Question) -> str:
    return f"{question.id}({', '.join(_names(question))})"


def _spoken(question: Question, arguments: tuple, row: int | None = None) -> str:
    """The arguments of a case for a sentence: "x = `[1, 2]` and negative_slope = `0.1`".

    Of an array that is too large to show there is only the row that matters.
    """
    said = []
    for name, argument in zip(_names(question), arguments, strict=False):
        if isinstance(argument, np.ndarray) and argument.size > MOST_NUMBERS and row is not None:
            if argument.ndim > 1 and len(argument) > row and argument[row].size <= MOST_NUMBERS:
                said.append(f"{name}[{row}] = {shown(argument[row])}")
                continue
        said.append(f"{name} = {shown(argument)}")
    return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]]))
