"""Networks built to fold: the functions that they compute, and the pieces that they have."""

import numpy as np
import pytest

from utils.folding import folding_layers, square_layers, tent_layers
from utils.regions import breakpoints, deep_lower_bound, regions, shallow_maximum


def through(layers, x):
    """What the last of these hidden layers gives."""
    for weights, bias in layers:
        x = np.maximum(x @ weights + bias, 0)
    return x


@pytest.mark.parametrize("peak", [0.5, 0.75, 1.0])
@pytest.mark.parametrize("folds", [1, 2, 3, 7])
def test_the_layers_compute_the_tent_of_the_tent(folds, peak):
    x = np.linspace(0, 1, 1001)
    value = x
    for _ in range(folds):
        value = 2 * peak * np.minimum(value, 1 - value)
    layers = tent_layers(folds, peak)
    assert [weights.shape for weights, _ in layers] == [(1, 3)] + [(3, 3)] * (folds - 1)
    output = peak * np.array([2, -4, 2])
    assert np.allclose(through(layers, x[:, None]) @ output, value, atol=1e-12)


def test_the_tent_has_two_to_the_folds_pieces():
    for folds in range(1, 13):
        assert np.array_equal(breakpoints(tent_layers(folds)), np.arange(1, 2**folds) / 2**folds)


@pytest.mark.parametrize("folds", range(1, 9))
def test_three_units_a_layer_join_points_of_the_square(folds):
    layers, output = square_layers(folds)
    assert [weights.shape[1] for weights, _ in layers] == [3] * folds
    x, knots = np.arange(2**10 + 1) / 2**10, np.arange(2**folds + 1) / 2**folds
    assert np.array_equal(through(layers, x[:, None]) @ output, np.interp(x, knots, knots**2))


def test_the_square_takes_a_fold():
    with pytest.raises(ValueError, match="at least 1"):
        square_layers(0)


@pytest.mark.parametrize(
    "widths", [(3,), (24,), (4, 4), (5, 7), (6, 6, 6), (4, 4, 4, 4), (3, 3, 3), (2, 2), (12, 12)]
)
def test_a_network_built_to_fold_has_the_lower_bound(widths):
    assert regions(folding_layers(widths), 0, 1).count == deep_lower_bound(widths)


def test_the_last_layer_s_lines_cross_each_other_in_the_window_and_nowhere_three():
    for n in range(2, 25):
        assert regions(folding_layers([n]), 0, 1).count == shallow_maximum(n)


def test_spare_units_of_odd_widths_are_never_on():
    weights, bias = folding_layers([5, 4])[0]
    assert not weights[:, 4].any() and bias[4] == 0


def test_a_layer_needs_a_unit_for_each_input():
    with pytest.raises(ValueError, match="at least 2 units"):
        folding_layers([1, 4])
