"""Plain data in words, for a sentence to the learner: in full while it is short, else what it is."""

import re

import numpy as np

MOST_NUMBERS = 40
_LONGEST = 800
# Not as the learner has set it: these are NumPy's own settings, but for the length of a line.
_PLAINLY = {
    "threshold": 1000,
    "linewidth": 10_000,
    "suppress": False,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "floatmode": "maxprec",
    "formatter": None,
    "legacy": False,
}
_FINE = 8  # more numbers than this are written with fewer digits


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
    """A value for a sentence: in full up to 40 numbers, else what it is."""
    if value is None:
        return kind(value)
    count = _count(value)
    if count <= MOST_NUMBERS:
        try:
            text = _text(value, 6 if count <= _FINE else 4)
        except (ValueError, RecursionError):  # an integer of more digits than Python writes
            return kind(value)
        if len(text) <= (80 if isinstance(value, str) else _LONGEST):
            return f"`{text}`"
    return f"{kind(value)} ({value.dtype})" if isinstance(value, np.ndarray) else kind(value)


def number(value: object) -> str:
    """One number with all its digits."""
    return f"{value.item()!r}" if isinstance(value, np.generic) else repr(value)


def without_signed_zeros(value: object) -> object:
    """The same data with 0.0 for -0.0, which is no difference between two answers."""
    if isinstance(value, np.ndarray | np.generic | float) and np.asarray(value).dtype.kind in "fc":
        return value + type(value)(0) if not isinstance(value, np.ndarray) else value + value.dtype.type(0)
    if isinstance(value, list | tuple):
        return type(value)(without_signed_zeros(item) for item in value)
    if isinstance(value, dict):
        return {key: without_signed_zeros(item) for key, item in value.items()}
    return value


def _count(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        return sum(map(_count, value.values()), len(value))
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1


def _text(value: object, digits: int) -> str:
    if isinstance(value, np.ndarray):
        with np.printoptions(**_PLAINLY):
            text = np.array2string(value, separator=", ", precision=digits)
        return re.sub(r"(?<=\[) +| +(?=[,\]])", "", " ".join(text.split()))
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, list | tuple):
        inside = ", ".join(_text(item, digits) for item in value)
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{comma})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_text(item, digits)}" for key, item in value.items()) + "}"
    return repr(value)
