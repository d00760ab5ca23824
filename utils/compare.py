"""Whether two pieces of plain data are the same answer, and if not, the difference in words."""

from collections.abc import Sequence

import numpy as np

from utils.words import MOST_NUMBERS, kind, number, shown, without_signed_zeros

# (relative, absolute) by the coarser precision of the two numbers that are compared.
_TOLERANCES = {2: (1e-2, 1e-3), 4: (1e-5, 1e-6), 8: (1e-9, 1e-12)}
_SEEN_AT_A_GLANCE = 8


def difference(
    got: object,
    expected: object,
    relative: float | None = None,
    absolute: float | None = None,
    names: Sequence[str] = (),
) -> str | None:
    """None when ``got`` is the same answer as ``expected``, else a clause that says where they part.

    Numbers agree when |got - expected| <= absolute + relative * |expected|; unless given, the two tolerances
    follow the coarser floating-point type of both (1e-9 and 1e-12 for float64, 1e-5 and 1e-6 for float32).
    Given ones are for float64: a coarser type keeps its own where these are wider. Integers must be equal.
    NaN agrees with NaN only, an infinity with itself only, -0.0 with 0.0. A 0-d array agrees with a number, a
    list with an array of its shape (an empty list with any empty array), a list with a tuple. ``names`` name
    the items when a tuple or list of so many is expected.
    """
    if expected is None or isinstance(expected, str):
        same = got is None if expected is None else isinstance(got, str) and str(got) == str(expected)
        return None if same else f"it returned {shown(got)}, expected {shown(expected)}"
    if isinstance(expected, dict):
        return _of_dicts(got, expected, relative, absolute)
    if isinstance(expected, list | tuple):
        return _of_sequences(got, expected, relative, absolute, names)
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


def _of_sequences(got, expected, relative, absolute, names=()):
    names = names if len(names) == len(expected) else ()
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, list | tuple):
        return f"it returned {kind(got)}, expected {kind(expected)}"
    if len(got) != len(expected):
        these = f": {', '.join(f'`{name}`' for name in names)}" if names else ""
        return f"it returned {len(got)} items, expected {len(expected)}{these}"
    for place, (item, wanted) in enumerate(zip(got, expected, strict=True), 1):
        complaint = difference(item, wanted, relative, absolute)
        if complaint:
            where = f"as `{names[place - 1]}`" if names else f"in item {place} of {len(expected)}"
            return f"{where} {complaint}"
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
    where = tuple(int(i) for i in np.argwhere(~agree)[0])
    differing = int((~agree).sum())
    many = f"{differing} of {wanted.size} elements {'differs' if differing == 1 else 'differ'}"
    one = f"at {list(where)} it is `{number(numbers[where])}`, expected `{number(wanted[where])}`"
    in_row = _both(numbers[where[0]], wanted[where[0]]) if wanted.ndim > 1 else None
    if wanted.size <= _SEEN_AT_A_GLANCE:
        return _both(got, expected) or one
    if wanted.size <= MOST_NUMBERS and _both(got, expected):
        return f"{_both(got, expected)}: {many}, the first at {list(where)}"
    if in_row and wanted[where[0]].size <= MOST_NUMBERS:
        return f"{many}; in row {where[0]} (the first is row 0) {in_row}"
    return f"{many}; {one}"


def _both(got: object, expected: object) -> str | None:
    """What was returned beside what was expected; None where the digits that are shown are the same."""
    mine, wanted = (shown(without_signed_zeros(each)) for each in (got, expected))
    return f"it returned {mine}, expected {wanted}" if mine != wanted else None


def differing_row(got: object, expected: object, relative=None, absolute=None) -> int | None:
    """The first row in which two arrays of one shape differ when they are too large to show, else None."""
    numbers, wanted = as_array(got), as_array(expected)
    if numbers is None or wanted is None or numbers.shape != wanted.shape or wanted.size <= MOST_NUMBERS:
        return None
    places = np.argwhere(~_agree(numbers, wanted, relative, absolute))
    return int(places[0][0]) if len(places) else None


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
