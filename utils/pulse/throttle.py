"""Bounds how many wrong codes are looked at, so that a short code cannot be found by trying.

There is one bound for the whole room and none for an address: a class often has a single one. Only joining
asks for the code, so who has joined is never held up. Who joins while somebody guesses is only slower: a try
that was not looked at is told so, and the notebook repeats it.
"""

import time
from collections.abc import Callable

# At 50 a second, trying for a whole day finds one code in 2**40 with a chance of 4 in a million.
WRONG_A_SECOND = 50
AT_ONCE = 300


class Throttle:
    """A bucket of tries, which fills itself again; a wrong code takes one out, a right one none."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._left, self._at = float(AT_ONCE), clock()
        self._told = False

    def looks(self) -> bool:
        """Whether a code is looked at now."""
        now = self._clock()
        self._left = min(AT_ONCE, self._left + (now - self._at) * WRONG_A_SECOND)
        self._at = now
        return self._left >= 1

    def wrong(self) -> None:
        """Count a wrong code."""
        self._left -= 1

    def first(self) -> bool:
        """Whether a try that was not looked at is the first one, so that it is told once."""
        told, self._told = self._told, True
        return not told
