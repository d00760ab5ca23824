"""Slopes by differences: the numeric check of every derivative, and how far two results differ."""

import numpy as np

_EPS = float(np.finfo(np.float64).eps)
_RELATIVE_STEPS = {"central": _EPS ** (1 / 3), "left": _EPS ** (1 / 2), "right": _EPS ** (1 / 2)}


def numeric_gradient(function, x, step=None, side="central") -> np.ndarray:
    """The gradient of function at x by differences, one element of x at a time: float64, of x's shape.

    function takes an array of x's shape and returns a number, or an array, which stands for its sum (so an
    elementwise function gives its own slopes). It sees float64 copies: x stays as it is.

    side="central" is (f(x + h) - f(x - h)) / 2h, "right" is (f(x + h) - f(x)) / h, "left" is
    (f(x) - f(x - h)) / h. At a kink the three differ: relu at 0 gives 1/2, 1 and 0. Within h of a kink the
    central difference mixes the slopes of both sides.

    step is h, one number for all elements. By default h = max(1, |x_i|) eps^p, where p balances the error of
    cutting Taylor's series against that of rounding, eps / h: p = 1/3 for central differences (error h^2),
    1/2 for one-sided ones (error h). Expect 9 to 10 correct digits from the first, 7 to 8 from the second.

    NaN in f gives NaN. ValueError for an unknown side, or a step that is not positive and finite or so small
    that it is lost beside an element of x.
    """
    if side not in _RELATIVE_STEPS:
        raise ValueError(f"side must be one of {', '.join(_RELATIVE_STEPS)}, not {side!r}.")
    if step is not None and not 0 < step < np.inf:
        raise ValueError(f"step must be a positive finite number, not {step!r}.")
    x = np.array(x, dtype=np.float64)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        h = _RELATIVE_STEPS[side] * max(1.0, abs(x[index])) if step is None else step
        high, low = x.copy(), x.copy()
        if side != "left":
            high[index] += h
        if side != "right":
            low[index] -= h
        # Not 2h or h: this is the distance between the two points once they are rounded.
        distance = high[index] - low[index]
        if distance == 0:
            raise ValueError(f"step {step!r} is lost beside the element {x[index]!r}: take a larger one.")
        # The difference before the sum: in an elementwise function what did not move cancels exactly.
        gradient[index] = np.sum(np.subtract(function(high), function(low), dtype=np.float64)) / distance
    return gradient


def relative_error(a, b) -> float:
    """The largest |a - b| / max(|a|, |b|) over the elements of two arrays of one shape.

    0 where the two are equal (both 0, or the same infinity), infinity where they differ and one is infinite,
    NaN when either holds a NaN, 0.0 for empty arrays; 2 at most for finite numbers. How to read it for a
    gradient in float64: below 1e-7 right; above it, look first for a kink between the probes and for slopes
    so small that rounding swamps them, then for a mistake. ValueError for different shapes.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"relative_error needs two arrays of one shape, not {a.shape} and {b.shape}.")
    differ = a != b
    scale = np.maximum(np.abs(a), np.abs(b))
    infinite = differ & np.isinf(scale)
    errors = np.zeros(a.shape)
    errors[infinite] = np.inf
    finite = differ & ~infinite
    errors[finite] = np.abs(a[finite] / scale[finite] - b[finite] / scale[finite])
    return float(np.max(errors, initial=0.0))
