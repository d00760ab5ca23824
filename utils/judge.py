"""The judgement of what an answer returned: right, wrong because, raised, or not attempted.

``judge`` is pure and sees results only, so that it may stand in another process than the learner's function;
``diagnose`` does both halves for an exercise.
"""

import builtins
import inspect
import re
from collections.abc import Callable, Sequence

import numpy as np

from utils.answers import Raised, Result, collect, hidden_loop, work
from utils.compare import difference, kind, shown
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG, Mistake, Outcome, Question, Remark


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
        return Outcome(RIGHT, outcome.message, outcome.summary, None, (*outcome.remarks, remark))
    return outcome


def judge(question: Question, cases: Sequence[tuple], results: Sequence[Result]) -> Outcome:
    """Judge what an answer did on the cases. Nothing of the learner's is called here.

    ValueError when there is not one result for each case; only after a NotImplementedError may the rest lack.
    """
    unwritten = bool(results and results[-1].raised and results[-1].raised.type == "NotImplementedError")
    if len(results) != len(cases) and not (unwritten and len(results) < len(cases)):
        raise ValueError(f"{question.id}: {len(cases)} cases, but {len(results)} results")
    first = results[0].raised
    if first and first.type == "NotImplementedError" and first.function in ("", question.id):
        return not_attempted(f"`{question.id}` is not written yet: it still raises NotImplementedError.")
    expected = collect(question.reference, cases)
    calls = list(zip(cases, results, expected, strict=False))
    complaints = [_difference(question, result, wanted, case) for case, result, wanted in calls]
    place = next((number for number, complaint in enumerate(complaints) if complaint), None)
    if place is None:
        text = "All cases agree."
        return Outcome(RIGHT, text, text, remarks=_remarks(results, expected))
    status = RAISED if results[place].raised else WRONG
    if status == RAISED:
        message, summary = _told(question, results[place].raised)
    else:
        given, complaint = _spoken(question, cases[place]), complaints[place]
        message = f"For {given} {complaint}." if given else f"{complaint[0].upper()}{complaint[1:]}."
        summary = "Some results differ from the expected ones."
    mistake = _known_mistake(question, cases, results)
    if mistake:
        return Outcome(status, f"{mistake.sentence} {message}", mistake.sentence, mistake.name)
    return Outcome(status, message, summary)


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


def _difference(question: Question, result: Result, wanted: Result, arguments: tuple) -> str | None:
    """None when one call did what was wanted of it, else a clause."""
    if wanted.raised:
        if result.raised and result.raised.type == wanted.raised.type:
            return None
        return f"it should raise {wanted.raised.type}, and did not"
    if result.raised:
        return f"it raised {result.raised.type}"
    if result.refused:
        return f"it returned {result.refused}"
    if question.compare:
        try:
            return question.compare(result.value, wanted.value, arguments)
        except Exception:  # it reads the form that is asked for, and this is another one
            return f"it returned {kind(result.value)}, expected {kind(wanted.value)}"
    return difference(result.value, wanted.value, question.relative, question.absolute)


def _known_mistake(question: Question, cases: Sequence[tuple], results: Sequence[Result]) -> Mistake | None:
    """The first known mistake that does the same as the answer on every case."""
    for mistake in question.mistakes:
        made = collect(mistake.function, cases)
        if len(made) == len(results) and all(
            _same_mistake(question, *each) for each in zip(results, made, cases, strict=False)
        ):
            return mistake
    return None


def _same_mistake(question: Question, result: Result, made: Result, arguments: tuple) -> bool:
    """Whether one call did what the mistake does; of two exceptions with a text the texts decide too."""
    if made.raised and made.raised.message and result.raised:
        texts = [re.sub(r"\d+", "", each.raised.message) for each in (made, result)]
        return made.raised.type == result.raised.type and texts[0] == texts[1]
    if made.refused:
        return result.refused == made.refused
    return _difference(question, result, made, arguments) is None


def _told(question: Question, raised: Raised) -> tuple[str, str]:
    """An exception as a sentence, with its text and line, and without them."""
    known = isinstance(getattr(builtins, raised.type, None), type)
    summary = f"Your function raised {raised.type if known else 'an exception'}."
    text = f": {raised.message}" if raised.message else ""
    place = f" (line {raised.line}: `{raised.source}`)" if raised.source else ""
    message = f"Your function raised {raised.type}{text}{place}."
    if raised.type == "TypeError" and not raised.line:
        message += f" The check calls it as `{_call(question)}`."
    if raised.type == "NotImplementedError":
        message = f"It calls `{raised.function}`, which is not written yet."
    return message, summary


def _names(question: Question) -> list[str]:
    return list(inspect.signature(question.reference).parameters)


def _call(question: Question) -> str:
    return f"{question.id}({', '.join(_names(question))})"


def _spoken(question: Question, arguments: tuple) -> str:
    """The arguments of a case for a sentence: "x = `[1, 2]` and negative_slope = `0.1`"."""
    return " and ".join(
        f"{name} = {shown(argument)}" for name, argument in zip(_names(question), arguments, strict=False)
    )


_NUMPY_WARNING = re.compile(r"(overflow|underflow|divide by zero|invalid value) encountered in \w+")


def _remarks(results, expected) -> tuple[Remark, ...]:
    """What is to say of right values: input changed, another dtype or form, warnings of its own."""
    found = {}
    for result, wanted in zip(results, expected, strict=True):
        if result.mutated:
            found["mutates"] = (
                "It changes the array that it was given; whoever calls it may still need it. Work on a copy."
            )
        found |= _form(result.value, wanted.value)
        for warning in set(result.warnings) - set(wanted.warnings):
            text = _NUMPY_WARNING.search(warning)
            found["warns"] = f"NumPy warned: {text.group()}." if text else "It gave a warning."
    return tuple(Remark(name, sentence) for name, sentence in found.items())


def _form(got: object, wanted: object) -> dict[str, str]:
    """Remarks on the form of one value: a list for an array, another dtype."""
    if isinstance(wanted, np.ndarray) and isinstance(got, list | tuple):
        return {"list": f"It returns a {type(got).__name__} where an array is asked for."}
    if isinstance(wanted, list | tuple) and isinstance(got, list | tuple):
        found = {}
        for item, item_wanted in zip(got, wanted, strict=False):
            found |= _form(item, item_wanted)
        return found
    if isinstance(wanted, dict) and isinstance(got, dict):
        found = {}
        for key in wanted:
            found |= _form(got.get(key), wanted[key])
        return found
    typed = np.ndarray | np.generic
    if isinstance(wanted, typed) and isinstance(got, typed) and got.dtype != wanted.dtype:
        return {"dtype": f"It returns {got.dtype} where {wanted.dtype} is right; mind the dtype."}
    return {}
