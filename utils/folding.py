"""ReLU networks built by hand to fold: every layer lays its input on itself several times.

All give hidden layers as `utils.regions` takes them: a list of (weights (fan_in, width), bias (width,)).
"""

import numpy as np


def tent_layers(folds, peak=1.0):
    """Return `folds` layers of three units, each of which forms the tent of what the layer before it gives.

    The tent 2 peak relu(x) - 4 peak relu(x - 1/2) + 2 peak relu(x - 1) rises from 0 to `peak` at 1/2 and
    falls back to 0 at 1; with peak 1 it is Telgarsky's (2015). Its output weights are merged into the next
    layer.
    """
    kinks = np.array([0.0, 0.5, 1.0])
    output = peak * np.array([2.0, -4.0, 2.0])
    return [(np.ones((1, 3)), -kinks)] + [(np.outer(output, np.ones(3)), -kinks)] * (folds - 1)


def square_layers(folds):
    """Return layers of three units for x - sum_{s=1}^{folds} g_s / 4**s on 0 <= x <= 1, and output weights.

    g_s is the tent applied s times. The distance to x**2 is at most 4**-(folds + 1) (Yarotsky 2017). A layer
    has the units relu(g), relu(g - 1/2), and the result so far, which is never negative and so passes as it
    is. The output weights (3,) make the result of the last layer's units. ValueError for fewer than one fold.
    """
    if folds < 1:
        raise ValueError(f"folds must be at least 1, not {folds}.")
    bias, wave = np.array([0, -0.5, 0]), np.array([2.0, -4.0, 0.0])
    weights, layers = np.ones((1, 3)), []
    for fold in range(1, folds + 1):
        layers.append((weights, bias))
        result = np.array([0, 0, 1]) - wave / 4**fold
        weights = np.stack([wave, wave, result], axis=1)
    return layers, result


def folding_layers(widths):
    """Return layers of these widths, two inputs, that have `deep_lower_bound(widths)` pieces in 0 <= x <= 1.

    In each layer but the last, p = width // 2 units make a zigzag of p pieces from 0 to 1 and back out of
    each input, so that p * p small squares lie on each other; spare units get the weight 0. The last layer
    draws lines in general position that all cross within the square. After Montufar, Pascanu, Cho & Bengio
    2014.

    Raises ValueError where a width is below 2.
    """
    if min(widths) < 2:
        raise ValueError("each layer needs at least 2 units, one for each input.")
    layers, output = [], np.eye(2)  # output: what makes the two coordinates out of the units so far
    for width in widths[:-1]:
        each = width // 2
        inputs, bias, zigzag = np.zeros((2, width)), np.zeros(width), np.zeros((width, 2))
        slopes = each * np.where(np.arange(each) % 2, -2.0, 2.0)
        slopes[0] = each
        for coordinate in range(2):
            units = slice(coordinate * each, (coordinate + 1) * each)
            inputs[coordinate, units], bias[units] = 1, -np.arange(each) / each
            zigzag[units, coordinate] = slopes
        layers.append((output @ inputs, bias))
        output = zigzag
    weights, bias = _crossing_lines(widths[-1])
    return [*layers, (output @ weights, bias)]


def _crossing_lines(n):
    """Weights (2, n) and bias (n,) of n lines that all cross in the unit square.

    No three of them meet in one point: tested for n up to 24.
    """
    angle = np.pi * (np.arange(n) + 0.3) / n
    weights = np.stack([np.cos(angle), np.sin(angle)])
    shift = 0.4 / n * np.cos(5 * np.arange(n) ** 2)  # any irregular offsets that keep the crossings inside
    return weights, shift - weights.sum(axis=0) / 2
