"""Curves from hinges: the straight pieces through given points of a curve, as a hidden layer of ReLU units.

A hinge is v relu(x - t): flat up to its knot t, and of slope v after it. A sum of hinges, one at each knot,
changes its slope at each knot by that hinge's weight. Nothing here is trained.
"""

from dataclasses import dataclass

import numpy as np

PARTS = 192  # of each piece, where the error is measured: divisible by 2, 3 and 4
ROUNDING = 1e-12  # an error up to this may be 0, but for rounding


@dataclass(frozen=True)
class HingeSum:
    """bias + weights[0] relu(x - knots[0]) + weights[1] relu(x - knots[1]) + ..., with arrays of shape (n,).

    As a network: a hidden layer with weights 1 and biases -knots, the output weights and the output bias.
    """

    knots: np.ndarray
    weights: np.ndarray
    bias: float

    def __call__(self, x):
        """The sum at x, finite numbers in an array of any shape: float64 of that shape."""
        hidden = np.maximum(np.asarray(x, float)[..., None] - self.knots, 0)
        return self.bias + hidden @ self.weights


def interpolate(knots, values):
    """The hinges that pass through the n + 1 points (knots, values) and run straight between them.

    n pieces take n hinges and an output bias: the bias is the first value, the first hinge carries the slope
    of the first piece, each later one the change of slope at its knot. The last knot, where nothing bends,
    has no hinge. Left of the first knot the sum stays at the first value, right of the last one it goes on
    with the last slope. Knots need not be equally far apart. Raises ValueError unless there are two or more,
    finite and increasing, with a value for each.
    """
    knots, values = _increasing(knots), np.asarray(values, float)
    if values.shape != knots.shape:
        raise ValueError(f"Give one value for each of the {knots.size} knots, not shape {values.shape}.")
    slopes = np.diff(values) / np.diff(knots)
    return HingeSum(knots[:-1], np.diff(slopes, prepend=0), float(values[0]))


def error_curve(function, knots):
    """How far `function` lies above the straight pieces through its points at `knots` (n + 1,).

    It is called once, with an array, and may return a single number where it is constant.
    Returns (x, error), both (n, PARTS + 1): a row for each piece, with both of its ends, in equal parts.
    """
    knots = _increasing(knots)
    share = np.linspace(0, 1, PARTS + 1)
    x = knots[:-1, None] * (1 - share) + knots[1:, None] * share
    values = np.broadcast_to(function(x), x.shape)
    return x, values - (values[:, :1] * (1 - share) + values[:, -1:] * share)


def largest_error(function, knots):
    """The largest |error| that `error_curve` sees, a float: NaN where the function is.

    What a dense grid sees can only be too small. Where |f''| <= M on a piece of length h it falls short of
    the true maximum by at most M (h / PARTS)**2 / 8: the bound M h**2 / 8 on a piece as short as the grid's.
    """
    return float(np.abs(error_curve(function, knots)[1]).max())


def equal_shares(x, density, pieces):
    """Knots (pieces + 1,) from x[0] to x[-1] between which the integral of a density is the same each time.

    x (m,) increasing; density (m,) at x, non-negative and not all 0, taken as straight between the points.
    With density sqrt(|f''|), each piece's h**2 |f''| / 8 is about the same: de Boor 1978.
    """
    x, density = _increasing(x), np.asarray(density, float)
    if density.shape != x.shape or not (density >= 0).all() or not density.any():
        raise ValueError("A density needs one number for each x, none below 0 and not all 0.")
    area = np.concatenate([[0], np.cumsum(np.diff(x) * (density[1:] + density[:-1]) / 2)])
    return np.interp(np.linspace(0, area[-1], pieces + 1), area, x)


def error_order(pieces, errors):
    """The p of errors ~ C pieces**-p: minus the slope of the straight line through (log pieces, log errors).

    Least squares; both (m,). Pairs whose error is 0 up to ROUNDING have no logarithm of any use, and are
    left out, as are infinity and NaN. Raises ValueError when fewer than two are left.
    """
    pieces, errors = np.asarray(pieces, float), np.asarray(errors, float)
    known = (errors > ROUNDING) & np.isfinite(errors)
    if known.sum() < 2:
        raise ValueError("A slope needs two or more finite errors above 0.")
    slope, _ = np.polyfit(np.log(pieces[known]), np.log(errors[known]), 1)
    return float(-slope)


def _increasing(knots):
    knots = np.asarray(knots, float)
    if knots.ndim != 1 or knots.size < 2 or not (np.isfinite(knots).all() and (np.diff(knots) > 0).all()):
        raise ValueError("Give two or more finite numbers that increase from left to right.")
    return knots
