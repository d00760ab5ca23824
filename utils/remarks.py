"""What is to be said of an answer whose values are right: a changed input, another dtype, warnings."""

import inspect
import re
from collections.abc import Mapping, Sequence

import numpy as np

from utils.answers import Result
from utils.question import Question, Remark

_NUMPY_WARNING = re.compile(r"(overflow|underflow|divide by zero|invalid value) encountered in (\w+)")
_DIVISIONS = {"divide", "true_divide", "scalar_divide"}


def remarks(question: Question, calls: Sequence[tuple[Result, Result, tuple]]) -> tuple[Remark, ...]:
    """The remarks on calls with right values. Of each: its result, the reference's, and its arguments."""
    found = {}
    names = list(inspect.signature(question.reference).parameters)
    for result, wanted, arguments in calls:
        if result.mutated:
            found["mutates"] = (
                "It changes an argument that it was given; its owner may still need it. Work on a copy."
            )
        found |= _form(result.value, wanted.value, dict(zip(names, arguments, strict=False)))
        for warning in set(result.warnings) - set(wanted.warnings):
            found["warns"] = _warned(warning)
    return tuple(Remark(name, sentence) for name, sentence in found.items())


def _warned(warning: str) -> str:
    """A sentence for a warning; only NumPy's own texts are repeated."""
    text = _NUMPY_WARNING.search(warning)
    if not text:
        return "It gave a warning."
    sentence = f"NumPy warned: {text.group()}. The values are right all the same."
    if text.group(2) in _DIVISIONS:
        sentence += (
            " To divide only where it is allowed, pick out those elements first, or `np.divide` has `where=` "
            "and `out=`. (`np.where` computes both of its branches everywhere, and only then chooses.)"
        )
    return sentence


def _form(got: object, wanted: object, arguments: Mapping[str, object]) -> dict[str, str]:
    """Remarks on the form of one value: a list for an array, another dtype."""
    if isinstance(wanted, np.ndarray) and isinstance(got, list | tuple):
        return {"list": f"It returns a {type(got).__name__} where an array is asked for."}
    if isinstance(wanted, list | tuple) and isinstance(got, list | tuple):
        found = {}
        for item, item_wanted in zip(got, wanted, strict=False):
            found |= _form(item, item_wanted, arguments)
        return found
    if isinstance(wanted, dict) and isinstance(got, dict):
        found = {}
        for key in wanted:
            found |= _form(got.get(key), wanted[key], arguments)
        return found
    typed = np.ndarray | np.generic
    if isinstance(wanted, typed) and isinstance(got, typed) and got.dtype != wanted.dtype:
        alike = (
            name
            for name, each in arguments.items()
            if isinstance(each, typed) and each.dtype == wanted.dtype and each.dtype != got.dtype
        )
        name = next(alike, None)
        cure = f"`.astype({name}.dtype)`" if name else f'`.astype("{wanted.dtype}")`'
        return {"dtype": f"It returns {got.dtype} where {wanted.dtype} is right; mend it with {cure}."}
    return {}
