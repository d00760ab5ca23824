"""Calling an answer and writing down what it did: plain data, errors, mutations, warnings, work.

This is the half of a check that touches the learner's code. It judges nothing, so a grader can run it in
another process and send the results home; ``utils.judge`` is the other half.
"""

import contextlib
import copy
import functools
import io
import linecache
import os
import sys
import sysconfig
import types
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

_DEPTH = 20
_LONGEST_MESSAGE = 300
_SCALARS = frozenset({int, float, complex, bool, str, type(None)})
_LIBRARIES = tuple(
    os.path.normcase(os.path.join(folder, ""))
    for folder in {
        *(sysconfig.get_paths()[each] for each in ("stdlib", "platstdlib", "purelib", "platlib")),
        os.path.dirname(os.path.dirname(np.__file__)),
    }
)
_NUMPY_SCALARS = frozenset(kind for kind in np.sctypeDict.values() if np.dtype(kind).kind in "biufcU")


class NotPlain(ValueError):
    """A value is not made of the data that a check compares. The message says what it is."""


@dataclass(frozen=True)
class Raised:
    """An exception as data: its type's name, its text, and the line of the answer where it passed.

    ``function`` is the function in which it began; ``line`` is 0 when no line of the answer took part, as
    when the number of arguments is wrong.
    """

    type: str
    message: str = ""
    line: int = 0
    source: str = ""
    function: str = ""


@dataclass(frozen=True)
class Result:
    """What one call did. Exactly one of these holds: it returned ``value``, it was ``refused`` because it
    returned something that is no plain data, or it ``raised``."""

    value: object = None
    refused: str = ""
    raised: Raised | None = None
    mutated: bool = False
    warnings: tuple[str, ...] = ()
    printed: bool = False


def plain(value: object, depth: int = 0) -> object:
    """An independent copy of ``value`` made of plain data only.

    Plain are: Python and NumPy numbers, booleans and strings, None, arrays of numbers, booleans or strings,
    and tuples, lists and dictionaries of them. Types are compared exactly: an object of any other class, also
    one derived from these, could lie about being equal. NotPlain says what was found.
    """
    kind = type(value)
    if kind in _SCALARS or kind in _NUMPY_SCALARS:
        return value
    if depth > _DEPTH:
        raise NotPlain(f"lists or tuples nested more than {_DEPTH} deep")
    if kind is np.ndarray:
        if value.dtype.kind not in "biufcU":
            raise NotPlain(f"an array of dtype {value.dtype}, which does not hold plain numbers")
        return value.copy()
    if kind is list or kind is tuple:
        return kind(plain(item, depth + 1) for item in value)
    if kind is dict:
        return {plain(key, depth + 1): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, types.GeneratorType):
        raise NotPlain("a generator, which has not computed anything yet")
    if callable(value):
        raise NotPlain("a function, not the result of calling it")
    raise NotPlain(f"an object of type {kind.__name__}, not plain numbers or arrays")


def unchanged(before: object, after: object) -> bool:
    """Whether two pieces of plain data are the same to the last bit."""
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        same_form = before.shape == after.shape and before.dtype == after.dtype
        return same_form and before.tobytes() == after.tobytes()
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(unchanged, before, after))
    if isinstance(before, dict):
        return list(before) == list(after) and all(unchanged(before[key], after[key]) for key in before)
    return before == after or (before != before and after != after)  # the second: both are NaN


class _Nowhere(io.TextIOBase):
    """A stream that forgets what it is told, and remembers only that there was something."""

    used = False

    def write(self, text: str) -> int:
        self.used = True
        return len(text)


def call(function: Callable, arguments: tuple) -> Result:
    """Call an answer once on its own copy of the arguments and write down what happened.

    What it prints is dropped. Every exception becomes data, SystemExit too; only KeyboardInterrupt passes, so
    that an endless loop can be interrupted.
    """
    handed = copy.deepcopy(arguments)
    value, refused, raised = None, "", None
    nowhere = _Nowhere()
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        warnings.simplefilter("always")
        try:
            value = plain(function(*handed))
        except KeyboardInterrupt:
            raise
        except NotPlain as error:
            refused = str(error)
        except BaseException as error:
            raised = describe(error, function)
    said = tuple(dict.fromkeys(f"{each.category.__name__}: {each.message}" for each in caught))
    mutated = not unchanged(arguments, handed)
    return Result(value, refused, raised, mutated, said, nowhere.used)


def collect(function: Callable, cases: Sequence[tuple]) -> list[Result]:
    """Call an answer on every case. After the first NotImplementedError the rest is not tried."""
    results = []
    for arguments in cases:
        results.append(call(function, arguments))
        if results[-1].raised and results[-1].raised.type == "NotImplementedError":
            break
    return results


def describe(error: BaseException, function: Callable) -> Raised:
    """An exception as data; the line is the last one that stands in the file or cell of ``function``."""
    code = getattr(function, "__code__", None)
    home = getattr(code, "co_filename", None)
    number, began = 0, ""
    step = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        began = frame.f_code.co_name
        if frame.f_code.co_filename == home:
            number = step.tb_lineno
        step = step.tb_next
    try:
        message = " ".join(str(error)[:_LONGEST_MESSAGE].split())
    except Exception:
        message = ""
    source = linecache.getline(home, number).strip() if number else ""
    return Raised(type(error).__name__, message, number, source, began)


def work(function: Callable, arguments: tuple, most: int = 200_000) -> int | None:
    """How many lines and calls of the learner's own Python one call takes, counted up to ``most``.

    Python inside the standard library and the installed packages does not count: NumPy prints an array with
    it. But what these call of the learner's does. A comprehension counts a line for each element, and so does
    ``numpy.vectorize`` of an own function, a call. None when the call fails. The tracing of a debugger or of
    a coverage tool is put back afterwards.
    """
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if event == "call" and _of_a_library(frame.f_code.co_filename):
            return None
        count += 1
        if count >= most:
            sys.settrace(None)
        return trace

    before = sys.gettrace()
    handed = copy.deepcopy(arguments)

    def traced(*given):
        sys.settrace(trace)
        try:
            return function(*given)
        finally:
            sys.settrace(before)

    failed = call(traced, handed).raised is not None
    return None if failed else count


@functools.cache
def _of_a_library(file: str) -> bool:
    return file.startswith("<frozen ") or file == __file__ or os.path.normcase(file).startswith(_LIBRARIES)


def hidden_loop(function: Callable) -> bool:
    """Whether a name tells of a loop in C, such as ``map(max, ...)``, which takes no line of Python."""
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    known = {"vectorize", "frompyfunc", "map", "apply_along_axis"}
    return isinstance(function, np.vectorize) or not known.isdisjoint(names)
