"""Whether two pieces of plain data are the same answer, and if not, the difference in words."""

import re

import numpy as np

# (relative, absolute) by the coarser precision of the two numbers that are compared.
_TOLERANCES = {2: (1e-2, 1e-3), 4: (1e-5, 1e-6), 8: (1e-9, 1e-12)}
_SHOWN = 8


def difference(
    got: object, expected: object, relative: float | None = None, absolute: float | None = None
) -> str | None:
    """None when ``got`` is the same answer as ``expected``, else a clause that says where they part.

    Numbers agree when |got - expected| <= absolute + relative * |expected|; unless given, the two tolerances
    follow the coarser floating-point type of both (1e-9 and 1e-12 for float64, 1e-5 and 1e-6 for float32).
    Given ones are for float64: a coarser type keeps its own where these are wider. Integers must be equal.
    NaN agrees with NaN only, an infinity with itself only, -0.0 with 0.0. A 0-d array agrees with a number, a
    list with an array of its shape (an empty list with any empty array), a list with a tuple.
    """
    if expected is None or isinstance(expected, str):
        same = got is None if expected is None else isinstance(got, str) and str(got) == str(expected)
        return None if same else f"it returned {shown(got)}, expected {shown(expected)}"
    if isinstance(expected, dict):
        return _of_dicts(got, expected, relative, absolute)
    if isinstance(expected, list | tuple):
        return _of_sequences(got, expected, relative, absolute)
    return _of_arrays(got, expected, relative, absolute)


def _of_dicts(got, expected, relative, absolute):
    if not isinstance(got, dict):
        return f"it returned {kind(got)}, expected a dictionary"
    if set(got) != set(expected):
        return f"the dictionary has the keys {shown(list(got))}, expected {shown(list(expected))}"
    for key, item in expected.items():
        complaint = difference(got[key], item, relative, absolute)
        if complaint:
            return f"under the key {key!r} {complaint}"
    return None


def _of_sequences(got, expected, relative, absolute):
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, list | tuple):
        return f"it returned {kind(got)}, expected {kind(expected)}"
    if len(got) != len(expected):
        return f"it returned {len(got)} items, expected {len(expected)}"
    for place, (item, wanted) in enumerate(zip(got, expected, strict=True), 1):
        complaint = difference(item, wanted, relative, absolute)
        if complaint:
            return f"in item {place} of {len(expected)} {complaint}"
    return None


def _of_arrays(got, expected, relative, absolute):
    numbers = as_array(got)
    wanted = np.asarray(expected)
    if numbers is None or (numbers.dtype.kind == "U") != (wanted.dtype.kind == "U"):
        return f"it returned {kind(got)}, expected {kind(expected)}"
    if numbers.size == wanted.size == 0 and isinstance(got, list | tuple):
        return None  # a list that holds nothing cannot say how many columns it has not
    if numbers.shape != wanted.shape:
        return f"it returned {kind(got)}, expected {kind(expected)}"
    agree = _agree(numbers, wanted, relative, absolute)
    if agree.all():
        return None
    if wanted.size <= _SHOWN:
        return f"it returned {shown(got)}, expected {shown(expected)}"
    where = tuple(int(i) for i in np.argwhere(~agree)[0])
    place = str(list(where))
    many = f"{int((~agree).sum())} of {wanted.size} elements differ, the first at {place}"
    return f"{many}: it is {_number(numbers[where])}, expected {_number(wanted[where])}"


def _agree(got: np.ndarray, expected: np.ndarray, relative, absolute) -> np.ndarray:
    """Element by element, whether two arrays of one shape agree."""
    floats = [each.dtype for each in (got, expected) if each.dtype.kind in "fc"]
    if not floats or "U" in (got.dtype.kind, expected.dtype.kind):
        return np.asarray(got == expected)
    sizes = [each.itemsize // (2 if each.kind == "c" else 1) for each in floats]
    usual_relative, usual_absolute = _TOLERANCES[min(8, *sizes)]
    coarse = min(sizes) < 8
    relative = usual_relative if relative is None else max(relative, usual_relative * coarse)
    absolute = usual_absolute if absolute is None else max(absolute, usual_absolute * coarse)
    wide = np.complex128 if "c" in (got.dtype.kind, expected.dtype.kind) else np.float64
    got, expected = got.astype(wide), expected.astype(wide)
    with np.errstate(all="ignore"):
        close = np.abs(got - expected) <= absolute + relative * np.abs(expected)
    close &= np.isfinite(got) & np.isfinite(expected)
    return close | (got == expected) | (np.isnan(got) & np.isnan(expected))


def as_array(value: object) -> np.ndarray | None:
    """A number, an array, or a regular list of numbers as an array; None for everything else."""
    if value is None or isinstance(value, dict):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biufcU" else None


def _number(value) -> str:
    return f"{value.item()!r}" if isinstance(value, np.generic) else repr(value)


def kind(value: object) -> str:
    """What a value is, in words: "an array of shape (3, 2)", "a single number", "None"."""
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a single number"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list | tuple | dict):
        word = {list: "a list", tuple: "a tuple", dict: "a dictionary"}[type(value)]
        return f"{word} of {len(value)} items" if len(value) != 1 else f"{word} of one item"
    return "a single number"


def shown(value: object) -> str:
    """A value for a sentence: in full while it is short, else what it is."""
    if value is None:
        return kind(value)
    if isinstance(value, np.ndarray):
        if value.size > _SHOWN:
            return f"{kind(value)} ({value.dtype})"
        text = np.array2string(value, separator=", ", max_line_width=10_000, precision=6)
        text = re.sub(r"(?<=\[) +| +(?=[,\]])", "", " ".join(text.split()))
        return f"`{text}`"
    if isinstance(value, np.generic):
        return f"`{value.item()!r}`"
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python writes
        return kind(value)
    return f"`{text}`" if len(text) <= 80 else kind(value)
