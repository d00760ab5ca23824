"""Which known mistake an answer makes: what it returned is compared with what the mistakes return."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from utils.answers import Result, collect
from utils.compare import difference
from utils.question import Mistake, Question
from utils.words import kind


@dataclass(frozen=True)
class Known:
    """A mistake that an answer makes, and a case in which it shows.

    ``whole`` says that it explains all that the answer does; else there is at least one other fault.
    """

    mistake: Mistake
    place: int
    whole: bool


def complaint_of(question: Question, result: Result, wanted: Result, arguments: tuple) -> str | None:
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
    return difference(result.value, wanted.value, question.relative, question.absolute, question.names)


def known_mistake(
    question: Question,
    cases: Sequence[tuple],
    results: Sequence[Result],
    expected: Sequence[Result],
    complaints: Sequence[str | None],
) -> Known | None:
    """The first mistake that does the same as the answer in every case, else the one that explains most.

    To explain a case, the mistake must be wrong there and do the same as the answer. It must explain more
    than half of the cases in which the answer is wrong. And where the mistake is wrong, the answer must be
    wrong too: who gets such a case right does not make it. Of equals the first listed is taken.
    """
    failing = {place for place, complaint in enumerate(complaints) if complaint}
    best, most = None, len(failing) / 2
    for mistake in question.mistakes:
        made = collect(mistake.function, cases)
        if len(made) != len(results):
            continue
        calls = list(zip(results, made, cases, strict=True))
        same = _same_places(question, calls, failing, most)
        if len(same) == len(calls):
            return Known(mistake, min(failing), whole=True)
        if len(failing & same) <= most:
            continue
        wrong = {
            place
            for place, each in enumerate(zip(made, expected, cases, strict=True))
            if complaint_of(question, *each)
        }
        explained = failing & same & wrong
        if wrong <= failing and len(explained) > most:
            best, most = Known(mistake, min(explained), whole=False), len(explained)
    return best


def _same_places(question, calls, failing, most):
    """The places where answer and mistake did the same.

    It stops early, with fewer, once no more than ``most`` of the failing places can be among them.
    """
    same, parted = set(), 0
    for place in sorted(range(len(calls)), key=lambda place: place not in failing):
        if _same_mistake(question, *calls[place]):
            same.add(place)
        elif place in failing:
            parted += 1
            if len(failing) - parted <= most:
                break
    return same


def _same_mistake(question: Question, result: Result, made: Result, arguments: tuple) -> bool:
    """Whether one call did what the mistake does; of two exceptions with a text the texts decide too."""
    if made.raised and made.raised.message and result.raised:
        texts = [re.sub(r"\d+", "", each.raised.message) for each in (made, result)]
        return made.raised.type == result.raised.type and texts[0] == texts[1]
    if made.refused:
        return result.refused == made.refused
    return complaint_of(question, result, made, arguments) is None
