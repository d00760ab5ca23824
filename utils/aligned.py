"""Arrays that begin where a line of the processor's cache begins."""

import math

import numpy as np

_LINE = 128
"""Bytes of a line on Apple's processors; on most others it is 64, which 128 is a multiple of."""


def aligned_empty(shape, dtype):
    """Return an array like `np.empty(shape, dtype)` whose first number is the first of a cache line.

    NumPy's own arrays begin anywhere, at a multiple of 16 bytes. A vector instruction on 64 bytes then reads
    and writes two lines each time, and adding two arrays that are in the cache takes nearly twice as long.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + _LINE, np.uint8)
    start = -room.ctypes.data % _LINE
    return room[start : start + size].view(dtype).reshape(shape)


def aligned_zeros(shape, dtype):
    """Return an array like `np.zeros(shape, dtype)`, placed like that of `aligned_empty`."""
    array = aligned_empty(shape, dtype)
    array[...] = 0
    return array
