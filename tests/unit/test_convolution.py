"""Convolution against its definition, automatic differentiation and differences, alone and in a network."""

import copy
import pickle

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from utils.convolution import AsSequence, Convolution, Flatten, mnist1d_cnn
from utils.datasets import mnist1d
from utils.layers import Affine
from utils.networks import Network
from utils.optimizers import Adam
from utils.training import accuracy, fit

SHAPES = [(0, 1), (1, 2), (2, 3), (0, 4), (3, 1)]  # padding, stride
KERNEL, CHANNELS_IN, CHANNELS_OUT, LENGTH = 3, 2, 4, 9


def build(replicas=(), padding=0, stride=1, seed=0, dtype=np.float64):
    generator = np.random.default_rng(seed)
    weights = generator.normal(size=(*replicas, KERNEL, CHANNELS_IN, CHANNELS_OUT)).astype(dtype)
    bias = generator.normal(size=(*replicas, CHANNELS_OUT)).astype(dtype)
    layer = Convolution(weights, bias, padding=padding, stride=stride)
    return layer, generator.normal(size=(*replicas, 5, LENGTH, CHANNELS_IN)).astype(dtype), generator


def in_elementary_steps(x, weights, bias, padding, stride):
    """One replica's convolution, window by window."""
    zeros = np.zeros((len(x), padding, CHANNELS_IN))
    padded = anp.concatenate([zeros, x, zeros], axis=1)
    starts = range(0, LENGTH + 2 * padding - KERNEL + 1, stride)
    rows = [sum(anp.dot(padded[:, start + k], weights[k]) for k in range(KERNEL)) + bias for start in starts]
    return anp.stack(rows, axis=1)


@pytest.mark.parametrize(("padding", "stride"), SHAPES)
@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
def test_forward_and_backward_are_what_automatic_differentiation_gives(replicas, padding, stride):
    layer, x, generator = build(replicas, padding, stride)
    z = layer.forward(x).copy()
    upstream = generator.normal(size=z.shape)
    x_gradient = layer.backward(upstream)
    assert x_gradient.shape == x.shape
    for r in np.ndindex(replicas):

        def loss(x, weights, bias, r=r):
            return anp.sum(in_elementary_steps(x, weights, bias, padding, stride) * upstream[r])

        here = x[r], layer.parameters[0][r], layer.parameters[1][r]
        np.testing.assert_allclose(z[r], in_elementary_steps(*here, padding, stride), rtol=1e-12)
        for place, mine in enumerate((x_gradient, *layer.gradients)):
            np.testing.assert_allclose(mine[r], grad(loss, place)(*here), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("replicas", [(), (2,)], ids=str)
def test_a_networks_backward_is_what_differences_give(replicas, activation):
    generator = np.random.default_rng(1)
    network = mnist1d_cnn(generator, activation=activation, channels=2, replicas=replicas, dtype=np.float64)
    network.parameters += 0.1 * generator.normal(size=network.parameters.shape)
    x = generator.normal(size=(*replicas, 3, 40))
    upstream, step = generator.normal(size=(*replicas, 3, 10)), 1e-6
    network.forward(x)
    x_gradient, gradients = network.backward(upstream), network.gradients.copy()
    for values, gradient in ((network.parameters, gradients), (x, x_gradient)):
        for place in np.ndindex(values.shape[-1:]):
            start, sums = values[..., *place].copy(), []
            for change in (step, -step):
                values[..., *place] = start + change
                sums.append((network.forward(x) * upstream).sum())
            values[..., *place] = start
            numeric = (sums[0] - sums[1]) / (2 * step)
            assert numeric == pytest.approx(gradient[..., *place].sum(), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(("padding", "stride"), SHAPES)
def test_shared_signals_are_the_same_for_each_replica(padding, stride):
    layer, x, generator = build((3,), padding, stride)
    own = layer.forward(np.stack([x[0]] * 3)).copy()
    upstream = generator.normal(size=own.shape)
    results = own, layer.backward(upstream).copy(), *(each.copy() for each in layer.gradients)
    again = layer.forward(x[0]), layer.backward(upstream), *layer.gradients
    for a, b in zip(results, again, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_a_shifted_signal_gives_a_shifted_result():
    layer, x, _ = build()
    wide = np.concatenate([x, x], axis=-2)
    np.testing.assert_allclose(layer.forward(wide)[:, 4:10], layer.forward(wide[:, 4:])[:, :6], rtol=1e-12)


def test_a_kernel_as_long_as_the_signal_is_an_affine_layer():
    generator = np.random.default_rng(3)
    weights, bias = generator.normal(size=(2, 6, 3, 4)), generator.normal(size=(2, 4))
    x, upstream = generator.normal(size=(2, 5, 6, 3)), generator.normal(size=(2, 5, 4))
    convolution, affine = Convolution(weights, bias), Affine(weights.reshape(2, 18, 4), bias)
    z = convolution.forward(x)
    np.testing.assert_allclose(z[..., 0, :], affine.forward(x.reshape(2, 5, 18)), rtol=1e-12)
    x_gradient = convolution.backward(upstream[..., None, :])
    np.testing.assert_allclose(x_gradient.reshape(2, 5, 18), affine.backward(upstream), rtol=1e-9)
    np.testing.assert_allclose(convolution.gradients[0].reshape(2, 18, 4), affine.gradients[0], rtol=1e-9)


def test_nan_stays_with_the_windows_that_see_it():
    layer, x, _ = build(padding=1)
    x[2, 4, 0] = np.nan
    seen = np.isnan(layer.forward(x)).all(axis=-1)
    assert seen[2].tolist() == [False] * 3 + [True] * 3 + [False] * 3
    assert not np.delete(seen, 2, axis=0).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_the_input_gradient_is_spared(dtype):
    layer, x, _ = build((2,), 1, 2, dtype=dtype)
    z = layer.forward(x)
    assert {each.dtype for each in (z, layer.backward(z), *layer.gradients)} == {np.dtype(dtype)}
    kept = [each.copy() for each in layer.gradients]
    assert layer.backward(z, needs_input_gradient=False) is None
    np.testing.assert_array_equal(kept[0], layer.gradients[0])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_is_whole_and_apart(duplicate):
    network = mnist1d_cnn(np.random.default_rng(0), channels=3, replicas=2)
    x = np.random.default_rng(1).normal(size=(4, 40)).astype(np.float32)
    output = network.forward(x)
    network.backward(output)
    other = duplicate(network)
    np.testing.assert_array_equal(other.forward(x), output)
    assert not np.array_equal(other.forward(x + 1), output)
    other.backward(output)
    other.parameters[...] = 0
    assert not other.forward(x).any()
    np.testing.assert_array_equal(network.forward(x), output)


def test_reshaping_undoes_itself():
    x = np.arange(2 * 3 * 12).reshape(2, 3, 12)
    signals, flat = AsSequence(channels=4), Flatten()
    assert signals.forward(x).shape == (2, 3, 3, 4)
    np.testing.assert_array_equal(signals.backward(signals.forward(x)), x)
    np.testing.assert_array_equal(flat.forward(signals.forward(x)), x)
    np.testing.assert_array_equal(flat.backward(x), signals.forward(x))


def test_the_networks_sizes_are_the_papers():
    network = mnist1d_cnn(np.random.default_rng(0), replicas=2)
    network.forward(np.ones((3, 40)))
    assert [z.shape for z in network.pre_activations] == [(2, 3, length, 25) for length in (19, 9, 4)]
    assert network.parameters.shape == (2, (5 + 1) * 25 + 2 * (125 + 1) * 25 + (100 + 1) * 10)


def test_with_relu_it_learns_mnist1d_and_without_it_is_one_affine_layer():
    """Lesson size: 8 channels, 4 replicas."""
    data = mnist1d()
    reached = {}
    for activation in ("relu", "identity"):
        network = mnist1d_cnn(np.random.default_rng(0), activation=activation, channels=8, replicas=4)
        fit(
            network,
            data.x_train,
            data.y_train,
            loss="softmax_cross_entropy",
            optimizer=Adam(0.02),
            epochs=8,
            batch_size=100,
            generator=np.random.default_rng(1),
            progress=False,
        )
        reached[activation] = accuracy(network, data.x_test, data.y_test)
    assert reached["relu"].min() > 0.6
    assert reached["identity"].max() < 0.36


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda layer: Convolution(*layer.parameters, padding=-1), "padding must be 0 or more"),
        (lambda layer: Convolution(*layer.parameters, stride=0), "stride 1 or more"),
        (lambda layer: layer.forward(np.ones((2, 9, 3))), "2 channels"),
        (lambda layer: layer.forward(np.ones((2, 2, 2))), "at least 3 positions"),
        (lambda layer: mnist1d_cnn(None, activation="rleu"), "no activation named 'rleu'"),
        (lambda layer: Network.of([Flatten()]), "at least one layer"),
    ],
)
def test_mistakes_get_a_sentence(act, sentence):
    with pytest.raises(ValueError, match=sentence):
        act(build()[0])
