"""The exact pieces of networks: against counts by hand, formulas, fine grids, and an independent count."""

import numpy as np
import pytest

from utils.diagnostics import activation_patterns, count_patterns
from utils.folding import tent_layers
from utils.networks import Network
from utils.regions import breakpoints, deep_lower_bound, regions, restricted, shallow_maximum


def random_network(*sizes, seed, replicas=()):
    """A float64 network with random biases too."""
    generator = np.random.default_rng(seed)
    network = Network([*sizes, 1], generator=generator, replicas=replicas, dtype=np.float64)
    for bias in network.biases:
        bias[...] = generator.normal(size=bias.shape)
    return network


def area(corners):
    x, y = corners[..., 0], corners[..., 1]
    return 0.5 * np.abs(np.sum(x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1), axis=1))


def pre_activations(layers, x):
    found = []
    for weights, bias in layers:
        found.append(x @ weights + bias)
        x = np.maximum(found[-1], 0)
    return found


# ------------------------------------------------------------------------------------------------- on a line


def test_breakpoints_of_one_layer_are_where_its_units_bend():
    layers = [(np.array([[1.0, -2.0, 0.0, 4.0, 1.0]]), np.array([-0.5, 0.5, 1.0, 1.0, -1.0]))]
    assert breakpoints(layers).tolist() == [0.25, 0.5]  # the third has none, the others lie outside
    assert breakpoints(layers, -1, 2).tolist() == [-0.25, 0.25, 0.5, 1]
    assert breakpoints([(np.array([[1.0, 2.0]]), np.array([-0.5, -1.0]))]).tolist() == [0.5]  # both at once


def test_a_unit_that_only_touches_0_adds_no_breakpoint():
    layers = [*tent_layers(1), (np.outer([2.0, -4.0, 2.0], [1.0]), np.array([-1.0]))]
    assert breakpoints(layers).tolist() == [0.5]


@pytest.mark.parametrize("sizes", [(1, 5), (2, 6, 6), (3, 4, 4, 4), (40, 10, 8, 6, 4)])
def test_breakpoints_are_where_the_pattern_changes(sizes):
    for seed in range(20):
        network = random_network(*sizes, seed=seed)
        start, end = np.random.default_rng(seed).normal(size=(2, sizes[0]))
        layers = restricted(network, start, [end - start])
        found = breakpoints(layers)
        assert (np.diff(found) > 0).all() and (0 < found).all() and (found < 1).all()
        ends = np.concatenate([[0], found, [1]])
        middles = (ends[:-1] + ends[1:]) / 2
        network.forward(start + middles[:, None] * (end - start))
        patterns = activation_patterns(network.pre_activations)
        assert (patterns[:-1] != patterns[1:]).any(axis=1).all()
        network.forward(start + np.linspace(0, 1, 4001)[:, None] * (end - start))
        assert count_patterns(activation_patterns(network.pre_activations)) <= len(found) + 1
        # Within each piece nothing changes: close to both of its ends the pattern is that of its middle.
        for share in (1e-6, 1 - 1e-6):
            inside = ends[:-1] + share * np.diff(ends)
            network.forward(start + inside[:, None] * (end - start))
            assert np.array_equal(activation_patterns(network.pre_activations), patterns)


def test_on_a_line_inputs_outputs_and_replicas_fit_together():
    network = random_network(3, 6, 5, seed=1, replicas=4)
    for replica in range(4):
        layers = restricted(network, np.ones(3), np.eye(3)[:1], replica=replica)
        assert [weights.shape for weights, _ in layers] == [(1, 6), (6, 5)]
        z = pre_activations(layers, np.array([[0.3]]))
        network.forward(np.array([[1.3, 1.0, 1.0]]))
        for mine, its in zip(z, network.pre_activations, strict=True):
            assert np.allclose(mine, its[replica])


@pytest.mark.parametrize("find", [breakpoints, regions])
@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (0, np.inf), (np.nan, 1)])
def test_an_empty_or_endless_window_is_refused(find, low, high):
    with pytest.raises(ValueError, match="low must be below high"):
        find(tent_layers(1), low, high)


# ------------------------------------------------------------------------------------------------ in a window


def test_pieces_that_can_be_counted_by_hand():
    upright, level, diagonal = [1.0, 0.0], [0.0, -2.0], [1.0, 1.0]
    for folds, biases, count in (
        ([[0.0, 0.0]], [1.0], 1),
        ([upright], [0.0], 2),
        ([upright], [2.0], 1),  # outside
        ([upright], [1.0], 1),  # along the edge
        ([upright, level], [0.5, 1.0], 4),
        ([upright, [-3.0, 0.0]], [0.5, -1.5], 2),  # one line twice
        ([upright, level, diagonal], [0.0, 0.0, 0.0], 6),  # through one point
        ([upright, level, diagonal], [0.0, 0.0, 0.5], 7),
        ([diagonal], [-2.0], 1),  # through a corner
        ([diagonal], [0.0], 2),  # through two corners
    ):
        found = regions([(np.array(folds).T, np.array(biases))])
        assert found.count == count, (folds, biases)
        assert np.isclose(area(found.corners).sum(), 4)


@pytest.mark.parametrize("sizes", [(2, 9), (2, 6, 6), (2, 5, 4, 5), (2, 4, 4, 4, 4), (2, 2, 7)])
def test_pieces_fill_the_window_and_have_the_patterns_of_the_network(sizes):
    for seed in range(20):
        network = random_network(*sizes, seed=seed)
        found = regions(restricted(network), -2, 2)
        assert np.isclose(area(found.corners).sum(), 16)
        assert len(found.folds) == len(found.layer) == found.count - 1
        assert len(np.unique(found.patterns, axis=0)) == found.count
        generator = np.random.default_rng(seed)
        share = generator.dirichlet(np.ones(found.corners.shape[1]), size=(found.count, 5))
        for points in np.moveaxis(share @ found.corners, 1, 0):
            network.forward(points)
            assert np.array_equal(activation_patterns(network.pre_activations), found.patterns)
        # No point has a pattern that was not found.
        network.forward(generator.uniform(-2, 2, size=(4_000, 2)))
        seen = np.unique(activation_patterns(network.pre_activations), axis=0)
        together = np.unique(np.concatenate([seen, found.patterns]), axis=0)
        assert len(together) == found.count


def test_each_fold_lies_where_a_unit_of_its_layer_is_0():
    network = random_network(2, 6, 5, 4, seed=3)
    found = regions(restricted(network), -2, 2)
    for layer in range(3):
        middles = found.folds[found.layer == layer].mean(axis=1)
        assert len(middles)
        network.forward(middles)
        assert np.abs(network.pre_activations[layer]).min(axis=1).max() < 1e-9


def test_without_biases_the_pieces_are_sectors():
    for seed in range(5):
        network = random_network(2, 8, seed=seed)
        network.biases[0][...] = 0
        assert regions(restricted(network)).count == 16


def test_a_plane_through_many_features():
    network = random_network(10, 6, 6, seed=4)
    generator = np.random.default_rng(4)
    origin, directions = generator.normal(size=10), generator.normal(size=(2, 10))
    found = regions(restricted(network, origin, directions))
    network.forward(origin + found.corners.mean(axis=1) @ directions)
    assert np.array_equal(activation_patterns(network.pre_activations), found.patterns)


# ---------------------------------------------------------------------------------------------- the formulas


def test_one_layer_in_general_position_has_the_shallow_maximum():
    assert [shallow_maximum(n) for n in range(5)] == [1, 2, 4, 7, 11]
    for n in (1, 2, 5, 12, 24):
        assert shallow_maximum(n) == 1 + n + n * (n - 1) // 2
        assert shallow_maximum(n, inputs=1) == n + 1
        for seed in range(5):
            network = random_network(2, n, seed=seed)
            assert regions(restricted(network), -1e4, 1e4).count == shallow_maximum(n)
            assert len(breakpoints(restricted(network, [0, 0], [[1, 2]]), -1e4, 1e4)) == n


def test_the_lower_bound_of_four_layers_of_twelve():
    assert deep_lower_bound([12, 12, 12, 12]) == 6**6 * 79 == 3_685_824
    assert deep_lower_bound([5], inputs=2) == shallow_maximum(5)
    assert deep_lower_bound([3] * 4, inputs=1) == 3**3 * 4
    with pytest.raises(ValueError, match="at least 2 units"):
        deep_lower_bound([4, 1])
