"""The penalty on activity against numeric and automatic differentiation; the sparse product; the model."""

from itertools import pairwise

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.layers import Affine, Elementwise
from utils.networks import Network
from utils.sparsity import ActivityPenalty, rows_needed, rows_used, sparse_product, speed_up, with_penalty

N, SIZES, STRENGTH = 7, (5, 6, 4, 3), 0.3


def penalised(generator, activation="relu", replicas=(), strength=STRENGTH):
    """A network of float64 with a penalty after each hidden layer."""
    layers = []
    for fan_in, fan_out in pairwise(SIZES):
        weights = generator.normal(size=(*replicas, fan_in, fan_out))
        layers += [Affine(weights, generator.normal(size=(*replicas, fan_out)))]
        layers += [Elementwise(ACTIVATIONS[activation])]
    return with_penalty(Network.of(layers[:-1], replicas=replicas), strength)


def total_loss(network, x, direction, strength):
    """The loss sum(output * direction) with the penalty, as the docstring defines it."""
    output = network.forward(x)
    penalty = sum(np.abs(a).sum(axis=(-2, -1)) / x.shape[-2] for a in network.activations)
    return (output * direction).sum(axis=(-2, -1)) + strength * penalty


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
def test_the_gradient_is_that_of_the_loss_with_its_penalty(activation):
    generator = np.random.default_rng(1)
    network = penalised(generator, activation)
    x, direction = generator.normal(size=(N, SIZES[0])), generator.normal(size=(N, SIZES[-1]))
    network.forward(x)
    network.backward(direction)
    found, step = network.gradients.copy(), 1e-6
    for place in range(network.parameters.size):
        values = []
        for sign in (1, -1):
            network.parameters[place] += sign * step
            values.append(total_loss(network, x, direction, STRENGTH))
            network.parameters[place] -= sign * step
        assert found[place] == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-5, abs=1e-6)


def test_automatic_differentiation_agrees():
    generator = np.random.default_rng(2)
    network = penalised(generator)
    x, direction = generator.normal(size=(N, SIZES[0])), generator.normal(size=(N, SIZES[-1]))
    pairs = list(zip(network.weights, network.biases, strict=True))

    def loss(weights):
        a, total = x, 0.0
        for number, (weight, (_, bias)) in enumerate(zip(weights, pairs, strict=True)):
            z = a @ weight + bias
            if number == len(pairs) - 1:
                return total + (z * direction).sum()
            a = anp.maximum(z, 0)
            total = total + STRENGTH * anp.abs(a).sum() / N

    network.forward(x)
    network.backward(direction)
    expected = autograd.grad(loss)([weights.copy() for weights in network.weights])
    for mine, theirs in zip(network.weight_gradients, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


def test_each_replica_may_have_its_own_strength():
    strengths = np.array([0.0, 0.1, 2.0])
    network = penalised(np.random.default_rng(3), replicas=(3,), strength=strengths[:, None, None])
    generator = np.random.default_rng(4)
    x, direction = generator.normal(size=(N, SIZES[0])), generator.normal(size=(3, N, SIZES[-1]))
    network.forward(x)
    network.backward(direction)
    for replica, strength in enumerate(strengths):
        alone = penalised(np.random.default_rng(0), strength=strength)
        alone.parameters[...] = network.parameters[replica]
        alone.forward(x)
        alone.backward(direction[replica])
        np.testing.assert_allclose(network.gradients[replica], alone.gradients, rtol=1e-12)


def test_it_hands_on_what_it_gets_keeps_float32_and_pulls_no_zero():
    layer = ActivityPenalty(2.0)
    a = np.array([[0.0, -0.0, 3.0], [-1.0, 0.5, 0.0]], np.float32)
    assert layer.forward(a) is a
    back = layer.backward(np.zeros_like(a))
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, [[0, 0, 1], [-1, 1, 0]])


def test_the_strengths_may_come_as_a_list():
    layer = ActivityPenalty([[[0.5]], [[2.0]]])
    layer.forward(np.ones((2, 1, 3)))
    np.testing.assert_array_equal(layer.backward(np.zeros((2, 1, 3)))[:, 0, 0], [0.5, 2])


@pytest.mark.parametrize("strength", [-0.1, float("nan"), np.array([0.1, -1.0])])
def test_a_negative_strength_is_refused(strength):
    with pytest.raises(ValueError, match="strength must be at least 0"):
        ActivityPenalty(strength)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 1.0])
def test_the_sparse_product_is_the_dense_one_and_reads_no_row_of_a_zero(share):
    generator = np.random.default_rng(5)
    weights, activation = generator.normal(size=(40, 7)), generator.normal(size=40)
    activation[: round(share * 40)] = 0
    expected = activation @ weights
    np.testing.assert_allclose(sparse_product(activation, weights), expected, rtol=1e-12, atol=1e-12)
    weights[activation == 0] = np.nan
    np.testing.assert_allclose(sparse_product(activation, weights), expected, rtol=1e-12, atol=1e-12)


def test_rows_needed_is_the_mean_over_random_batches():
    generator = np.random.default_rng(6)
    for sparsity, batch in ((0.5, 1), (0.5, 3), (0.9, 8)):
        needed = (generator.random((batch, 200_000)) >= sparsity).any(axis=0).mean()
        assert rows_needed(sparsity, batch) == pytest.approx(needed, abs=0.005)


def test_the_model_breaks_even_where_the_costs_are_equal():
    assert speed_up(2 / 3) == pytest.approx(1)
    assert speed_up(0.5) == pytest.approx(2 / 3)
    assert speed_up(0.9, row_cost=1) == pytest.approx(10)
    assert speed_up(0.5, batch=1, row_cost=1, fixed_cost=0.5) == pytest.approx(1)
    assert speed_up(0.0, batch=8, row_cost=1) == 1
    assert speed_up(1.0) == np.inf


def test_rows_used_counts_what_any_sample_of_a_batch_needs():
    activation = np.zeros((2, 5, 4))
    activation[0, :, 0] = 1.0  # needed by all samples
    activation[0, 1, 2] = -3.0  # by one sample of the first pair
    activation[0, 4, 3] = 1.0  # by the rest, which fills no pair
    np.testing.assert_allclose(rows_used(activation, 2), [(2 + 1) / 8, 0])
    np.testing.assert_allclose(rows_used(activation, 1), [7 / 20, 0])
    independent = np.random.default_rng(7).random((40_000, 5)) < 0.5
    assert rows_used(independent, 4) == pytest.approx(rows_needed(0.5, 4), abs=0.01)


def test_units_that_differ_need_fewer_rows_than_units_that_are_alike():
    zero = np.array([0.0, 0.5, 0.9, 0.99, 1.0])
    activation = np.random.default_rng(8).random((64_000, 5)) >= zero
    expected = rows_needed(zero, 16).mean()
    assert rows_used(activation, 16) == pytest.approx(expected, abs=0.01)
    assert expected < rows_needed(zero.mean(), 16) - 0.2


def test_a_batch_that_is_never_full_is_refused():
    with pytest.raises(ValueError, match="5 samples fill no batch of 6"):
        rows_used(np.ones((2, 5, 4)), 6)
