"""Gated units and CReLU against their definitions, differences and automatic differentiation."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.scipy.special import erf
from numeric import assert_gradients_are_numeric

from utils.gated import GATES, GatedUnit, crelu
from utils.layers import Affine
from utils.networks import Network

# Written down once more, for automatic differentiation.
INDEPENDENT = {
    "glu": lambda z: 1 / (1 + anp.exp(-z)),
    "reglu": lambda z: anp.maximum(z, 0),
    "geglu": lambda z: z * (1 + erf(z / anp.sqrt(2))) / 2,
    "swiglu": lambda z: z / (1 + anp.exp(-z)),
}


def build(kind, replicas=(), n=6, fan_in=3, units=4, seed=0):
    generator = np.random.default_rng(seed)
    shapes = [(fan_in, units), (units,)] * 2
    arrays = [generator.normal(size=(*replicas, *shape)) for shape in shapes]
    x = generator.normal(size=(*replicas, n, fan_in))
    return GatedUnit(*arrays, kind), x, generator.normal(size=(*replicas, n, units))


def test_the_gates_are_all_tried():
    assert set(GATES) == set(INDEPENDENT)


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
def test_forward_and_backward_are_what_automatic_differentiation_gives(kind, replicas):
    layer, x, upstream = build(kind, replicas)
    a, x_gradient = layer.forward(x), layer.backward(upstream)
    for r in np.ndindex(replicas):

        def output(x, weights, bias, value_weights, value_bias):
            return INDEPENDENT[kind](x @ weights + bias) * (x @ value_weights + value_bias)

        def loss(*given, r=r):
            return anp.sum(output(*given) * upstream[r])

        here = x[r], *(each[r] for each in layer.parameters)
        np.testing.assert_allclose(a[r], output(*here), rtol=1e-12)
        for place, mine in enumerate((x_gradient, *layer.gradients)):
            np.testing.assert_allclose(mine[r], grad(loss, place)(*here), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", GATES)
def test_in_a_network_its_gradients_are_the_numeric_ones(kind):
    layer, x, _ = build(kind, replicas=(2,), seed=1)
    generator = np.random.default_rng(2)
    head = Affine(generator.normal(size=(2, 4, 3)), generator.normal(size=(2, 3)))
    network, y = Network.of([layer, head], replicas=2), generator.integers(0, 3, size=6)
    assert_gradients_are_numeric(network, x, y)


def test_the_gradient_of_the_input_is_skipped_where_nobody_needs_it():
    layer, x, upstream = build("swiglu")
    layer.forward(x)
    assert layer.backward(upstream, needs_input_gradient=False) is None


def test_an_unknown_kind_is_told_the_known_ones():
    with pytest.raises(ValueError, match="glu, reglu, geglu, swiglu"):
        GatedUnit(*build("glu")[0].parameters, kind="gate")


def test_crelu_loses_nothing_and_keeps_the_sum_of_squares():
    z = np.random.default_rng(0).normal(size=(3, 5, 4))
    both = crelu(z)
    assert both.shape == (3, 5, 8)
    np.testing.assert_array_equal(both[..., :4] - both[..., 4:], z)
    np.testing.assert_allclose(np.sum(both**2, axis=-1), np.sum(z**2, axis=-1), rtol=1e-12)
