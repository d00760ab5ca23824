"""The backward pass against differences and automatic differentiation, and the network's other promises."""

import copy
import pickle
from itertools import pairwise

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.scipy.special import erf

from utils.activations import ACTIVATIONS
from utils.initializers import INITIALIZERS
from utils.layers import Affine, Elementwise
from utils.networks import Network


def two_slopes(slope):
    return lambda z: anp.where(z > 0, z, slope * z)


def exponential_left(scale, alpha, beta):
    return lambda z: scale * anp.where(z > 0, z, alpha * (anp.exp(anp.minimum(z, 0) / beta) - 1))


# Written down once more, for automatic differentiation, with the default parameters.
INDEPENDENT = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": two_slopes(0.0),
    "leaky_relu": two_slopes(0.01),
    "prelu": two_slopes(0.25),
    "rrelu": two_slopes((1 / 8 + 1 / 3) / 2),
    "elu": exponential_left(1.0, 1.0, 1.0),
    "celu": exponential_left(1.0, 1.0, 1.0),
    "selu": exponential_left(1.0507009873554805, 1.6732632423543772, 1.0),
    "gelu": lambda z: z * (1 + erf(z / 2**0.5)) / 2,
    "gelu_tanh": lambda z: z / 2 * (1 + anp.tanh((2 / anp.pi) ** 0.5 * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1 + anp.exp(-z)),
    "mish": lambda z: z * anp.tanh(anp.log(1 + anp.exp(z))),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "relu6": lambda z: anp.minimum(anp.maximum(z, 0), 6),
    "hardswish": lambda z: z * anp.minimum(anp.maximum(z + 3, 0), 6) / 6,
    "squared_relu": lambda z: anp.maximum(z, 0) ** 2,
}
SIZES = {1: [3, 5, 2], 2: [3, 5, 4, 2], 3: [3, 5, 4, 4, 2]}


def build(activation, hidden, replicas, seed=0):
    generator = np.random.default_rng(seed)
    network = Network(
        SIZES[hidden], activation=activation, generator=generator, replicas=replicas, dtype=np.float64
    )
    for bias in network.biases:
        bias[...] = generator.normal(size=bias.shape)
    x = 2 * generator.normal(size=(*replicas, 6, 3))
    upstream = generator.normal(size=(*replicas, 6, 2))
    return network, x, upstream


def plain_forward(flat, x, sizes, function):
    """One network's output from its flat parameters, in nothing but elementary operations."""
    start = 0
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        if layer:
            x = function(x)
        end = start + fan_in * fan_out
        x = anp.dot(x, anp.reshape(flat[start:end], (fan_in, fan_out))) + flat[end : end + fan_out]
        start = end + fan_out
    return x


def test_every_activation_has_an_independent_form():
    assert set(INDEPENDENT) == set(ACTIVATIONS)


@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("hidden", SIZES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_is_what_automatic_differentiation_gives(activation, hidden, replicas):
    network, x, upstream = build(activation, hidden, replicas)
    output = network.forward(x)
    x_gradient = network.backward(upstream)
    function = INDEPENDENT[activation]
    for r in np.ndindex(replicas):

        def loss(flat, x, r=r):
            return anp.sum(plain_forward(flat, x, SIZES[hidden], function) * upstream[r])

        here = network.parameters[r]
        np.testing.assert_allclose(
            output[r], plain_forward(here, x[r], SIZES[hidden], function), rtol=1e-11, atol=1e-12
        )
        np.testing.assert_allclose(network.gradients[r], grad(loss, 0)(here, x[r]), rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(x_gradient[r], grad(loss, 1)(here, x[r]), rtol=1e-9, atol=1e-11)


H = 1e-6


def central_differences(function, values, h=H):
    """The derivative of function() with respect to each element of an array that it reads."""
    gradient = np.empty_like(values)
    for i in np.ndindex(values.shape):
        middle = values[i]
        values[i] = middle + h
        high = function()
        values[i] = middle - h
        gradient[i] = (high - function()) / (2 * h)
        values[i] = middle
    return gradient


@pytest.mark.parametrize("replicas", [(), (2,)], ids=str)
@pytest.mark.parametrize("hidden", SIZES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_is_what_differences_give(activation, hidden, replicas):
    network, x, upstream = build(activation, hidden, replicas, seed=1)
    output = network.forward(x)
    x_gradient = network.backward(upstream)
    gradients = network.gradients.copy()
    # Differences of large numbers round: a few eps of what is summed, divided by the step.
    rounding = 10 * np.finfo(float).eps * np.abs(output * upstream).sum() / H
    tolerance = {"rtol": 1e-6, "atol": 1e-7 + rounding}

    def loss():
        return (network.forward(x) * upstream).sum()

    np.testing.assert_allclose(gradients, central_differences(loss, network.parameters), **tolerance)
    np.testing.assert_allclose(x_gradient, central_differences(loss, x), **tolerance)


def test_shared_samples_are_the_same_samples_for_each_replica():
    network, x, upstream = build("relu", 2, (3,))
    own = network.forward(np.stack([x[0]] * 3)), network.backward(upstream), network.gradients.copy()
    shared = network.forward(x[0]), network.backward(upstream), network.gradients
    for a, b in zip(own, shared, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_weights_and_biases_are_views_of_the_flat_parameters():
    network = Network([2, 3, 1], generator=np.random.default_rng(0), replicas=4)
    assert network.parameters.shape == network.gradients.shape == (4, 2 * 3 + 3 + 3 + 1)
    assert [w.shape for w in network.weights] == [(4, 2, 3), (4, 3, 1)]
    assert [b.shape for b in network.biases] == [(4, 3), (4, 1)]
    network.parameters[...] = 7
    assert all((array == 7).all() for array in network.weights + network.biases)
    network.forward(np.ones((5, 2)))
    network.backward(np.ones((4, 5, 1)))
    flat = np.concatenate(
        [
            g.reshape(4, -1)
            for pair in zip(network.weight_gradients, network.bias_gradients, strict=True)
            for g in pair
        ],
        axis=1,
    )
    np.testing.assert_array_equal(flat, network.gradients)
    assert flat.all()


def test_what_a_network_returns_is_not_overwritten_by_its_next_pass():
    network, x, upstream = build("tanh", 2, ())
    kept = [network.forward(x), *network.pre_activations, *network.activations]
    kept += [network.backward(upstream), *network.pre_activation_gradients]
    before = [array.copy() for array in kept]
    network.forward(x + 1)
    network.backward(2 * upstream)
    for a, b in zip(kept, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_hidden_layers_report_their_values():
    network, x, upstream = build("relu", 2, (3,))
    network.forward(x)
    network.backward(upstream)
    first, second = network.pre_activations
    np.testing.assert_allclose(first, x @ network.weights[0] + network.biases[0][:, None, :])
    np.testing.assert_array_equal(network.activations[1], np.maximum(second, 0))
    expected = (upstream @ network.weights[2].swapaxes(-1, -2)) * (second > 0)
    np.testing.assert_allclose(network.pre_activation_gradients[1], expected)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_is_whole_and_apart(duplicate):
    network, x, upstream = build("relu", 2, (3,))
    output = network.forward(x)
    network.backward(upstream)
    other = duplicate(network)
    np.testing.assert_array_equal(other.gradients, network.gradients)
    np.testing.assert_array_equal(other.forward(x), output)
    other.parameters[...] = 0
    assert not other.forward(x).any()
    np.testing.assert_array_equal(network.forward(x), output)


def test_a_network_of_given_layers():
    class Doubling:
        parameters = gradients = ()

        def forward(self, x):
            return 2 * x

        def backward(self, upstream):
            return 2 * upstream

    affine = Affine(np.array([[1.0], [2.0]]), np.array([3.0]))
    network = Network.of([affine, Elementwise(ACTIVATIONS["relu"]), Doubling()])
    assert network.forward(np.array([[1.0, 1.0], [-9.0, 1.0]])).tolist() == [[12.0], [0.0]]
    assert network.backward(np.ones((2, 1))).tolist() == [[2.0, 4.0], [0.0, 0.0]]
    assert network.gradients.tolist() == [2.0, 2.0, 2.0]


def test_the_convention_at_zero_is_the_activations():
    zero_slope, unit_slope = (
        Network(
            [1, 2, 1],
            activation=ACTIVATIONS["relu"].with_derivative_at_zero(value),
            initializer="zeros",
            generator=np.random.default_rng(0),
        )
        for value in (0.0, 1.0)
    )
    for network, expected in ((zero_slope, 0.0), (unit_slope, 1.0)):
        network.weights[1][...] = 1
        network.forward(np.ones((1, 1)))
        network.backward(np.ones((1, 1)))
        assert (network.weight_gradients[0] == expected).all()


def test_pytorchs_default_draws_its_biases_too():
    generator = np.random.default_rng(0)
    assert not any(b.any() for b in Network([9, 9, 9], generator=generator).biases)
    network = Network([9, 9, 9], generator=generator, initializer="pytorch_default")
    assert all(b.all() and np.abs(b).max() <= 1 / 3 for b in network.biases)


def test_dtype_and_registry():
    for dtype in (np.float32, np.float64):
        for initializer in INITIALIZERS:
            network = Network(
                [4, 4, 2], generator=np.random.default_rng(0), initializer=initializer, dtype=dtype
            )
            assert network.forward(np.ones((3, 4))).dtype == network.parameters.dtype == dtype
            assert network.backward(np.ones((3, 2))).dtype == network.gradients.dtype == dtype


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda n: Network([2, 1], generator=None, activation="rleu"), "no activation named 'rleu'.*relu"),
        (lambda n: Network([2, 1], generator=None, initializer="kaiming"), "no initializer named.*he"),
        (lambda n: Network([2], generator=None), "at least two"),
        (lambda n: Network([2, 0, 1], generator=None), "1 or more"),
        (lambda n: Network.of([]), "at least one layer"),
        (lambda n: n.forward(np.ones((4, 3))), "samples of 2 features"),
        (lambda n: n.forward(np.ones(2)), "must have shape"),
        (lambda n: n.forward(np.ones((7, 4, 2))), r"\(5, 'n', 'features'\)"),
        (lambda n: n.backward(np.ones((5, 4, 1))), r"call forward\(x\) first"),
        (lambda n: n.pre_activations, r"call forward\(x\) first"),
        (lambda n: (n.forward(np.ones((4, 2))), n.backward(np.ones((4, 1)))), "but the output"),
    ],
)
def test_mistakes_get_a_sentence(act, sentence):
    network = Network([2, 3, 1], generator=np.random.default_rng(0), replicas=5)
    with pytest.raises(ValueError, match=sentence):
        act(network)
