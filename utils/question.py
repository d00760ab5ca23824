"""The form of a question: data that an exercise, a check and a grader share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PUBLIC_SEED = 20_260_101
NOT_ATTEMPTED, WRONG, RAISED, RIGHT = "not attempted", "wrong", "raised", "right"


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: its name, a function that makes it, and the sentence that helps who made it.

    An answer agrees with it in a case when it returns the same as ``function``, or raises the same exception
    with the same text (numbers apart; any text where ``function`` raises without one). When that is enough
    stands in ``utils.mistakes``.
    """

    name: str
    function: Callable
    sentence: str


@dataclass(frozen=True)
class Question:
    """What is asked of the learner, who writes a function named ``id``.

    ``cases(generator)`` makes a list of argument tuples of plain data from a ``numpy.random.Generator``.
    ``hints`` go from a nudge to nearly the answer. ``section`` is the anchor of the lesson's heading.
    ``relative`` and ``absolute`` replace the tolerances of ``utils.compare.difference``.
    ``compare(got, expected, arguments)``, where many answers are right, replaces it: it returns None when
    ``got`` will do, else a clause ("it returned …"); with a known mistake's value in place of ``expected`` it
    also decides whether ``got`` is that mistake.
    ``names`` name the items of a tuple, where the answer returns one: ("w", "b", "v").
    ``vectorised`` says that the answer must not loop over elements in Python. That is measured on the first
    case with an array and on the same with its arrays repeated along the first axis, or, where that makes no
    sense, on the arguments ``sized(50)`` and ``sized(450)``, which have so many elements or rows.
    """

    id: str
    title: str
    points: int
    reference: Callable
    cases: Callable[[np.random.Generator], list[tuple]]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    section: str
    relative: float | None = None
    absolute: float | None = None
    compare: Callable[[object, object, tuple], str | None] | None = None
    vectorised: bool = False
    sized: Callable[[int], tuple] | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One answer to choose, and what is said to who chose it. Text between backticks is shown as code."""

    text: str
    feedback: str
    right: bool = False


@dataclass(frozen=True)
class Choice:
    """A prediction or a quiz: one option is right. ``section`` is the anchor of the lesson's heading."""

    id: str
    prompt: str
    options: tuple[Option, ...]
    section: str


@dataclass(frozen=True)
class Remark:
    """Something to say of an answer whose values are right."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Outcome:
    """The judgement. ``message`` may quote a case, so it is for public cases; ``summary`` never does.

    ``message`` has a line for the sentence of a known mistake, if there is one, and a line for a case.
    ``mistake`` is the name of that mistake; ``summary`` is then its sentence alone, also when it explains
    only part of what is wrong, so that equal mistakes of a class have equal summaries. ``printed`` says that
    the answer printed something, which nobody saw.
    """

    status: str
    message: str
    summary: str
    mistake: str | None = None
    remarks: tuple[Remark, ...] = ()
    printed: bool = False
