"""PReLU against its definition, differences and automatic differentiation, alone and in a network."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from numeric import assert_gradients_are_numeric

from utils.activations import ACTIVATIONS
from utils.gradients import numeric_gradient
from utils.networks import Network
from utils.optimizers import SGD
from utils.prelu import PReLU, slopes, with_prelu
from utils.training import fit

# A slope learns to be negative, and above 1: both must be right.
SLOPES = (0.25, -0.7, 0.0, 1.0, 2.5)


def build(replicas=(), n=6, width=4, seed=0):
    generator = np.random.default_rng(seed)
    slope = np.array(generator.normal(size=replicas))
    shape = (*replicas, n, width)
    return PReLU(slope), generator.normal(size=shape), generator.normal(size=shape)


@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
def test_forward_and_backward_are_what_automatic_differentiation_gives(replicas):
    layer, z, upstream = build(replicas)
    a, z_gradient = layer.forward(z).copy(), layer.backward(upstream)
    for r in np.ndindex(replicas):

        def output(z, slope):
            return anp.where(z > 0, z, slope * z)

        def loss(z, slope, r=r):
            return anp.sum(output(z, slope) * upstream[r])

        here = z[r], float(layer.parameters[0][r])
        np.testing.assert_allclose(a[r], output(*here), rtol=1e-12)
        np.testing.assert_allclose(z_gradient[r], grad(loss, 0)(*here), rtol=1e-12)
        np.testing.assert_allclose(layer.gradients[0][r], grad(loss, 1)(*here), rtol=1e-12)


@pytest.mark.parametrize("slope", SLOPES)
def test_backward_is_the_numeric_gradient(slope):
    _, z, upstream = build(seed=1)

    def loss(z, slope):
        return np.sum(upstream * PReLU(slope).forward(z))

    layer = PReLU(np.array(slope))
    layer.forward(z)
    z_gradient = layer.backward(upstream)
    expected = numeric_gradient(lambda each: loss(each, np.array(slope)), z)
    np.testing.assert_allclose(z_gradient, expected, rtol=1e-6)
    expected = numeric_gradient(lambda each: loss(z, each), np.array(slope))
    np.testing.assert_allclose(layer.gradients[0], expected, rtol=1e-6)


@pytest.mark.parametrize("slope", SLOPES)
def test_it_is_the_activation_of_the_registry(slope):
    activation = ACTIVATIONS["prelu"].with_parameters(weight=slope)
    z = np.array([[-2.0, -0.0, 0.0, 3.0, np.nan]])
    layer = PReLU(np.array(slope))
    np.testing.assert_array_equal(layer.forward(z), activation(z))
    np.testing.assert_array_equal(
        layer.backward(np.ones_like(z))[:, :4],
        activation.derivative(z)[:, :4],
    )


def test_the_result_has_the_precision_of_each_call():
    layer = PReLU(np.array(0.25, dtype=np.float32))
    single = np.array([[-1.0, 2.0]], dtype=np.float32)
    assert layer.forward(single).dtype == np.float32
    double = np.array([[-1.0, 0.1]])
    np.testing.assert_array_equal(layer.forward(double), [[-0.25, 0.1]])


def test_a_network_with_prelu_is_the_network_as_long_as_the_slope_is_that_of_its_activation():
    leaky = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=0.25)
    network = Network([5, 6, 7, 3], activation=leaky, generator=np.random.default_rng(0), replicas=4)
    learning = with_prelu(network)
    x = np.random.default_rng(1).normal(size=(8, 5))
    np.testing.assert_allclose(learning.forward(x), network.forward(x), rtol=1e-5, atol=1e-6)
    assert [each.shape for each in slopes(learning)] == [(4,), (4,)]
    assert learning.parameters.shape == (4, network.parameters.shape[1] + 2)


def test_each_replica_learns_its_own_slopes_as_if_it_were_alone():
    generator = np.random.default_rng(2)
    x, y = generator.normal(size=(30, 5)), generator.integers(0, 3, size=30)
    together = with_prelu(Network([5, 6, 3], generator=np.random.default_rng(3), replicas=3))
    start = together.parameters.copy()
    rule = {"loss": "softmax_cross_entropy", "epochs": 5, "batch_size": None, "progress": False}
    alone = []
    for each in start:
        network = with_prelu(Network([5, 6, 3], generator=np.random.default_rng(0)))
        network.parameters[...] = each
        fit(network, x, y, optimizer=SGD(0.5), generator=np.random.default_rng(0), **rule)
        alone.append(slopes(network)[0].copy())
    fit(together, x, y, optimizer=SGD(0.5), generator=np.random.default_rng(0), **rule)
    np.testing.assert_allclose(slopes(together)[0], alone, rtol=1e-4)
    assert np.all(np.abs(np.array(alone) - 0.25) > 1e-3)


def test_in_a_network_the_slopes_gradient_is_the_numeric_one():
    generator = np.random.default_rng(4)
    x, y = generator.normal(size=(9, 4)), generator.integers(0, 3, size=9)
    network = with_prelu(Network([4, 5, 5, 3], generator=generator, replicas=2, dtype=np.float64), slope=-0.3)
    assert_gradients_are_numeric(network, x, y)
