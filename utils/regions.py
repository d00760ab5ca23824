"""The affine pieces of a ReLU network, found exactly: along a line, and in a window of the plane.

Both go through the network layer by layer. On a piece on which all earlier layers are affine, a unit's
pre-activation is affine too, so where it changes sign follows from its values at the piece's ends or corners.
What is counted are activation regions: pieces on each of which the same units fire (z > 0). Neighbouring ones
may happen to carry the same affine map, as where the next layer ignores the unit that changed.

Exact means up to rounding in float64: pieces thinner than about 1e-11 of the window are not told apart.
"""

from dataclasses import dataclass
from math import comb, prod

import numpy as np

_TOLERANCE = 1e-11


def restricted(network, origin=None, directions=None, replica=()):
    """Return the hidden layers of a network on a line or plane, as a list of (weights, bias) in float64.

    The points are x = origin + c @ directions, with coordinates c (n, d): origin (features,), directions
    (d, features), d = 1 for a line and 2 for a plane. The first weights are (d, width) then. Without them the
    inputs are the coordinates. replica: the index of one network where there are several.
    """
    layers = [
        (weights[replica].astype(float), bias[replica].astype(float))
        for weights, bias in zip(network.weights[:-1], network.biases[:-1], strict=True)
    ]
    if directions is not None:
        weights, bias = layers[0]
        layers[0] = np.asarray(directions, float) @ weights, np.asarray(origin, float) @ weights + bias
    return layers


def breakpoints(layers, low=0.0, high=1.0):
    """Return the coordinates between low and high where a unit starts or stops firing: sorted, each once.

    layers: hidden layers with one input, as `restricted` returns them. So there is one piece more than there
    are breakpoints. A unit that only touches 0 adds none. Raises ValueError unless low < high and both are
    finite.
    """
    _check_window(low, high)
    at = np.array([low, high], float)
    values = at[:, None]  # what the next layer is given at these coordinates
    for weights, bias in layers:
        z = _settled(values @ weights + bias)
        before, after = z[:-1], z[1:]
        piece, unit = np.nonzero(before * after < 0)
        share = before[piece, unit] / (before[piece, unit] - after[piece, unit])
        crossings = z[piece] + share[:, None] * (z[piece + 1] - z[piece])
        crossings[np.arange(len(unit)), unit] = 0  # exactly, whatever the rounding
        at = np.concatenate([at, at[piece] + share * (at[piece + 1] - at[piece])])
        at, first = np.unique(at, return_index=True)
        values = np.maximum(np.concatenate([z, crossings])[first], 0)
    return at[1:-1]


@dataclass(frozen=True)
class Regions:
    """The pieces of a network in a window of the plane.

    corners: (pieces, most corners, 2), in order around each piece; those beyond `sides` repeat the last one.
    sides: how many corners each piece has, (pieces,). patterns: which units fire in it, (pieces, units).
    folds: the edges between pieces, (pieces - 1, 2 ends, 2): where a piece was cut in two.
    layer: which hidden layer made each of them, (pieces - 1,), from 0.
    """

    corners: np.ndarray
    sides: np.ndarray
    patterns: np.ndarray
    folds: np.ndarray
    layer: np.ndarray

    @property
    def count(self):
        return len(self.corners)


def regions(layers, low=-1.0, high=1.0):
    """Return the `Regions` of the square low <= c1, c2 <= high.

    layers: hidden layers with two inputs, as `restricted` returns them. Each unit's line, straight within
    every piece so far, cuts the pieces that it crosses in two. Raises ValueError unless low < high and both
    are finite.
    """
    _check_window(low, high)
    corners = np.array([[[low, low], [high, low], [high, high], [low, high]]], float)
    sides = np.array([4])
    slopes, shifts = np.eye(2)[None], np.zeros((1, 2))  # of the next layer's inputs on each piece
    patterns, folds, layer = np.empty((1, 0), bool), [np.empty((0, 2, 2))], []
    for number, (weights, bias) in enumerate(layers):
        slopes, shifts = slopes @ weights, shifts @ weights + bias
        piece = np.arange(len(corners))  # whose slopes a piece has, while this layer cuts it
        for unit in range(len(bias)):
            z = _settled((corners @ slopes[piece, :, unit, None])[..., 0] + shifts[piece, unit, None])
            crossed = np.flatnonzero((z.min(axis=1) < 0) & (z.max(axis=1) > 0))
            positive, negative, fold = _cut(corners[crossed], sides[crossed], z[crossed])
            corners, sides = _replaced(corners, sides, crossed, positive, negative)
            piece = np.concatenate([piece, piece[crossed]])
            folds.append(fold)
            layer += [number] * len(fold)
        inside = corners.mean(axis=1, keepdims=True)
        fires = (inside @ slopes[piece])[:, 0] + shifts[piece] > 0
        patterns = np.concatenate([patterns[piece], fires], axis=1)
        slopes, shifts = slopes[piece] * fires[:, None], shifts[piece] * fires
    return Regions(corners, sides, patterns, np.concatenate(folds), np.array(layer, int))


def _check_window(low, high):
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"low must be below high, and both finite, not {low} and {high}.")


def _settled(z):
    """z with exact zeros where only rounding keeps it from 0."""
    return np.where(np.abs(z) <= _TOLERANCE * np.abs(z).max(), 0, z)


def _cut(corners, sides, z):
    """Cut convex pieces where z, affine on each and given at its corners, is 0.

    Returns (corners, sides) of the parts with z >= 0 and of those with z <= 0, and the cuts (pieces, 2, 2).
    """
    n, most, _ = corners.shape
    place = np.arange(most)
    following = np.where(place < sides[:, None] - 1, place + 1, 0)
    z_next = np.take_along_axis(z, following, axis=1)
    valid = place < sides[:, None]
    crosses = valid & (z * z_next < 0)
    share = np.divide(z, z - z_next, out=np.zeros_like(z), where=crosses)[..., None]
    step = np.take_along_axis(corners, following[..., None], axis=1) - corners
    # Each corner, and behind it the crossing on the way to the next one.
    points = np.stack([corners, corners + share * step], axis=2).reshape(n, 2 * most, 2)
    side = np.stack([np.sign(z), np.zeros_like(z)], axis=2).reshape(n, 2 * most)
    valid = np.stack([valid, crosses], axis=2).reshape(n, 2 * most)
    positive = _kept(points, valid & (side >= 0))
    negative = _kept(points, valid & (side <= 0))
    return positive, negative, _kept(points, valid & (side == 0))[0][:, :2]


def _kept(points, keep):
    """The points to keep of each row, moved to its front; the last one fills the rest."""
    sides = keep.sum(axis=1)
    order = np.argsort(~keep, axis=1, kind="stable")[:, : max(sides.max(initial=0), 2)]
    last = np.minimum(np.arange(order.shape[1]), sides[:, None] - 1)
    order = np.take_along_axis(order, np.maximum(last, 0), axis=1)
    return np.take_along_axis(points, order[..., None], axis=1), sides


def _replaced(corners, sides, crossed, positive, negative):
    """All pieces, with the positive parts where the pieces were that are cut, and the negative parts last."""
    most = max(corners.shape[1], positive[0].shape[1], negative[0].shape[1])
    corners, one, other = (_widened(each, most) for each in (corners, positive[0], negative[0]))
    corners, sides = np.concatenate([corners, other]), np.concatenate([sides, negative[1]])
    corners[crossed], sides[crossed] = one, positive[1]
    return corners, sides


def _widened(corners, most):
    missing = most - corners.shape[1]
    return np.concatenate([corners, np.repeat(corners[:, -1:], missing, axis=1)], axis=1)


def shallow_maximum(units, inputs=2):
    """Return into how many pieces `units` hyperplanes can cut a space of `inputs` dimensions at most.

    It is the sum of the binomials (units over j), j = 0 ... inputs: in the plane 1 + n + n (n - 1) / 2, on a
    line 1 + n (Zaslavsky 1975; in the plane Steiner 1826). So many has one hidden layer whose folds are in
    general position, counted in the whole space.
    """
    return sum(comb(units, j) for j in range(inputs + 1))


def deep_lower_bound(widths, inputs=2):
    """Return a number of pieces that some ReLU network with these hidden widths has: the maximum is no lower.

    Each layer but the last folds every input direction floor(width / inputs) times, and the last one cuts
    what is left on top of each other as one layer does: Montufar, Pascanu, Cho & Bengio 2014, theorem 5.
    Raises ValueError where a width is below the number of inputs.
    """
    if min(widths) < inputs:
        raise ValueError(f"each layer needs at least {inputs} units, as many as there are inputs.")
    return prod((width // inputs) ** inputs for width in widths[:-1]) * shallow_maximum(widths[-1], inputs)
