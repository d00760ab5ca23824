"""Diagnostics on values made by hand, and on a network against plain loops."""

import numpy as np

from utils.diagnostics import (
    activation_patterns,
    always_on_units,
    count_patterns,
    dead_units,
    gradient_norms,
    signal_gradient_norms,
    sparsity,
)
from utils.networks import Network

# Two samples; units: dead, dead at exactly 0, sometimes on, always on, unknown.
Z = np.array([[-1.0, 0.0, 2.0, 3.0, np.nan], [-2.0, 0.0, -1.0, 1e-30, -1.0]])


def test_dead_and_always_on_units():
    assert dead_units(Z).tolist() == [True, True, False, False, False]
    assert always_on_units(Z).tolist() == [False, False, False, True, False]


def test_one_replica_says_nothing_about_another():
    both = np.stack([Z, -Z])
    assert dead_units(both).tolist() == [dead_units(Z).tolist(), [False, True, False, True, False]]
    assert always_on_units(both)[1].tolist() == [True, False, False, False, False]


def test_sparsity_counts_exact_zeros():
    assert sparsity(np.maximum(Z[:, :4], 0)) == 5 / 8
    assert sparsity(np.stack([np.zeros((2, 3)), np.ones((2, 3))])).tolist() == [1, 0]


def test_a_dead_unit_passes_no_gradient_back():
    network = Network([3, 5, 2], generator=np.random.default_rng(0))
    network.biases[0][2] = -100
    x = np.random.default_rng(1).normal(size=(20, 3))
    network.forward(x)
    network.backward(np.ones((20, 2)))
    assert dead_units(network.pre_activations[0]).tolist() == [False, False, True, False, False]
    assert not network.weight_gradients[0][:, 2].any()
    assert network.weight_gradients[0][:, [0, 1, 3, 4]].any(axis=0).all()


def test_norms_are_those_of_each_layer_and_replica():
    network = Network([3, 5, 4, 2], generator=np.random.default_rng(0), replicas=(6,), dtype=np.float64)
    network.forward(np.random.default_rng(1).normal(size=(20, 3)))
    network.backward(np.random.default_rng(2).normal(size=(6, 20, 2)))
    of_weights, of_signals = gradient_norms(network), signal_gradient_norms(network)
    assert of_weights.shape == (3, 6) and of_signals.shape == (2, 6)
    for layer, r in np.ndindex(3, 6):
        np.testing.assert_allclose(of_weights[layer, r], np.linalg.norm(network.weight_gradients[layer][r]))
    for layer, r in np.ndindex(2, 6):
        np.testing.assert_allclose(
            of_signals[layer, r], np.linalg.norm(network.pre_activation_gradients[layer][r])
        )


def test_patterns_tell_the_affine_pieces_apart():
    # relu(x) and relu(x - 1) cut the line into three pieces; 0 and 1 themselves lie with the piece on their
    # left.
    x = np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0])
    patterns = activation_patterns([x[:, None], x[:, None] - 1])
    assert patterns.tolist() == [[False, False]] * 3 + [[True, False]] * 2 + [[True, True]]
    assert count_patterns(patterns) == 3


def test_patterns_are_counted_for_each_replica():
    patterns = np.random.default_rng(0).random((2, 3, 40, 11)) < 0.2
    counts = count_patterns(patterns)
    assert counts.shape == (2, 3)
    for r in np.ndindex(2, 3):
        assert counts[r] == len({row.tobytes() for row in patterns[r]})
