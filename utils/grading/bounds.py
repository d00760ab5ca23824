"""Results far larger than what was asked for are not compared: a comparison may cost their product.

A list of a thousand texts of which one has a million characters is small on its way here, and as an array it
takes gigabytes.
"""

from collections.abc import Sequence

import numpy as np

from utils.answers import Result

_SPARE = 10_000
_TIMES = 10


def bounded(results: Sequence[Result], expected: Sequence[Result]) -> list[Result]:
    """The results, with a refusal in the place of each that is far larger than its expected one."""
    return [
        result
        if extent(result.value) <= _SPARE + _TIMES * extent(wanted.value)
        else Result(refused="far more than was asked for")
        for result, wanted in zip(results, expected, strict=False)
    ]


def extent(value: object) -> int:
    """How many numbers and characters there are in a piece of plain data, and how many containers."""
    if isinstance(value, str):
        return 1 + len(value)
    if isinstance(value, np.ndarray | np.generic):
        characters = value.dtype.itemsize // 4 if value.dtype.kind == "U" else 1
        return 1 + value.size * characters
    if isinstance(value, list | tuple):
        return 1 + sum(map(extent, value))
    if isinstance(value, dict):
        return 1 + sum(extent(key) + extent(item) for key, item in value.items())
    return 1
