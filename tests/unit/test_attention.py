"""Attention and its block against automatic differentiation and differences, and what makes them that."""

import copy
import pickle

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from utils.activations import ACTIVATIONS
from utils.attention import (
    AsTokens,
    Attention,
    LayerNorm,
    MeanOverTokens,
    Positions,
    Residual,
    feed_forward,
    mnist1d_transformer,
)
from utils.batch_norm import BatchNorm
from utils.datasets import mnist1d
from utils.layers import Affine, Elementwise
from utils.networks import Network
from utils.optimizers import Adam
from utils.training import accuracy, fit

N, TOKENS, WIDTH = 3, 4, 5


def softmax(scores):
    powers = anp.exp(scores - anp.max(scores, axis=-1, keepdims=True))
    return powers / anp.sum(powers, axis=-1, keepdims=True)


def plain_attention(x, query, key, value, output):
    """One replica, sample by sample."""
    results = []
    for sample in anp.reshape(x, (N, TOKENS, WIDTH)):
        q, k, v = (anp.dot(sample, each) for each in (query, key, value))
        results.append(anp.dot(anp.dot(softmax(anp.dot(q, k.T) / WIDTH**0.5), v), output))
    return anp.concatenate(results)


def plain_norm(x, gamma, beta):
    mean = anp.mean(x, axis=1, keepdims=True)
    variance = anp.mean((x - mean) ** 2, axis=1, keepdims=True)
    return gamma * (x - mean) / anp.sqrt(variance + 1e-5) + beta


def plain_positions(x, position):
    return anp.reshape(anp.reshape(x, (N, TOKENS, WIDTH)) + position, (N * TOKENS, WIDTH))


LAYERS = {
    "attention": (lambda *p: Attention(*p, tokens=TOKENS), [(WIDTH, WIDTH)] * 4, plain_attention),
    "norm": (LayerNorm, [(WIDTH,)] * 2, plain_norm),
    "positions": (Positions, [(TOKENS, WIDTH)], plain_positions),
}


@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("name", LAYERS)
def test_forward_and_backward_are_what_automatic_differentiation_gives(name, replicas):
    make, shapes, plain = LAYERS[name]
    generator = np.random.default_rng(0)
    layer = make(*(generator.normal(size=(*replicas, *shape)) for shape in shapes))
    x, upstream = generator.normal(size=(2, *replicas, N * TOKENS, WIDTH))
    y, x_gradient = layer.forward(x), layer.backward(upstream)
    for r in np.ndindex(replicas):

        def loss(*arguments, r=r):
            return anp.sum(plain(*arguments) * upstream[r])

        here = x[r], *(each[r] for each in layer.parameters)
        np.testing.assert_allclose(y[r], plain(*here), rtol=1e-11, atol=1e-12)
        for place, mine in enumerate((x_gradient, *layer.gradients)):
            np.testing.assert_allclose(mine[r], grad(loss, place)(*here), rtol=1e-8, atol=1e-11)


def small(kind="gelu", replicas=(), dtype=np.float64):
    return mnist1d_transformer(
        np.random.default_rng(0),
        kind=kind,
        width=4,
        hidden=6,
        token_width=10,
        replicas=replicas,
        dtype=dtype,
    )


@pytest.mark.parametrize("kind", ["relu", "gelu", "swiglu"])
@pytest.mark.parametrize("replicas", [(), (2,)], ids=str)
def test_a_networks_backward_is_what_differences_give(kind, replicas):
    generator = np.random.default_rng(1)
    network = small(kind, replicas)
    network.parameters += 0.1 * generator.normal(size=network.parameters.shape)
    x, upstream = generator.normal(size=(*replicas, 3, 40)), generator.normal(size=(*replicas, 3, 10))
    network.forward(x)
    x_gradient, gradients, step = network.backward(upstream), network.gradients.copy(), 1e-6
    for values, gradient in ((network.parameters, gradients), (x, x_gradient)):
        for place in range(values.shape[-1]):
            start, sums = values[..., place].copy(), []
            for change in (step, -step):
                values[..., place] = start + change
                sums.append((network.forward(x) * upstream).sum())
            values[..., place] = start
            numeric = (sums[0] - sums[1]) / (2 * step)
            assert numeric == pytest.approx(gradient[..., place].sum(), rel=1e-4, abs=1e-6)


def test_shares_are_shares_and_a_mean_of_equal_values_is_that_value():
    generator = np.random.default_rng(2)
    layer = Attention(*generator.normal(size=(4, 2, WIDTH, WIDTH)), tokens=TOKENS)
    layer.forward(generator.normal(size=(2, N * TOKENS, WIDTH)))
    assert layer.share.shape == (2, N, TOKENS, TOKENS) and layer.share.min() >= 0
    np.testing.assert_allclose(layer.share.sum(axis=-1), 1, rtol=1e-12)
    token = generator.normal(size=(2, 1, WIDTH))
    _, _, value, output = layer.parameters
    y = layer.forward(np.repeat(token, TOKENS, axis=1))
    np.testing.assert_allclose(y, np.broadcast_to(token @ value @ output, y.shape), rtol=1e-9)


def test_large_scores_do_not_overflow():
    layer = Attention(*(np.eye(WIDTH, dtype=np.float32) for _ in range(4)), tokens=2)
    x = np.float32([[1e4] * WIDTH, [-1e4] * WIDTH])
    np.testing.assert_array_equal(layer.forward(x), x)
    assert np.isfinite(layer.backward(x)).all()


def test_attention_knows_no_order_and_samples_do_not_see_each_other():
    generator = np.random.default_rng(3)
    layer = Attention(*generator.normal(size=(4, WIDTH, WIDTH)), tokens=TOKENS)
    x = generator.normal(size=(N * TOKENS, WIDTH))
    y = layer.forward(x)
    order = np.array([2, 0, 3, 1])
    np.testing.assert_allclose(layer.forward(x[order]), y[order], rtol=1e-9)
    changed = x.copy()
    changed[0] = np.nan
    assert np.isnan(layer.forward(changed)).all(axis=1).tolist() == [True] * 4 + [False] * 8
    without_positions = [layer, MeanOverTokens(TOKENS)]
    for each in (x, x[order]):
        for step in without_positions:
            each = step.forward(each)
        np.testing.assert_allclose(each[0], y[:4].mean(axis=0), rtol=1e-9)


def test_a_normalised_row_has_mean_0_and_deviation_1_whatever_its_scale():
    x = np.random.default_rng(4).normal(3, 2, size=(6, 50))
    layer = LayerNorm(np.ones(50), np.zeros(50))
    y = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(layer.forward(1000 * x + 7), y, atol=1e-4)
    x[2, 1] = np.nan
    assert np.isnan(layer.forward(x)).all(axis=1).tolist() == [False, False, True, False, False, False]
    constant = LayerNorm(np.full(4, 2.0), np.arange(4.0))
    np.testing.assert_array_equal(constant.forward(np.full((1, 4), 9.0)), [[0, 1, 2, 3]])


def test_a_residual_of_a_branch_that_gives_zero_is_the_identity():
    affine = Affine(np.zeros((WIDTH, WIDTH)), np.zeros(WIDTH))
    layer = Residual([affine])
    x = np.random.default_rng(5).normal(size=(6, WIDTH))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)


def test_layers_within_a_layer_keep_their_hands_off_its_upstream():
    """All affine layers see one shape, for which those of a network share an array."""
    generator = np.random.default_rng(6)
    weights = generator.normal(size=(4, WIDTH, WIDTH))
    first, inner, second, last = (Affine(each, np.zeros(WIDTH)) for each in weights)
    network = Network.of([first, Residual([inner, second]), last])
    x, upstream = generator.normal(size=(2, 7, WIDTH))
    network.forward(x)
    whole = weights[0] @ (np.eye(WIDTH) + weights[1] @ weights[2]) @ weights[3]
    np.testing.assert_allclose(network.backward(upstream), upstream @ whole.T, rtol=1e-9)


def test_a_network_reaches_the_layers_within_its_layers():
    norm = BatchNorm(np.ones(WIDTH), np.zeros(WIDTH))
    relu = Elementwise(ACTIVATIONS["relu"])
    inner = Affine(np.eye(WIDTH), np.zeros(WIDTH))
    network = Network.of([Residual([norm, Residual([inner, relu])])])
    x = np.random.default_rng(7).normal(size=(6, WIDTH))
    network.forward(x)
    assert len(network.weights) == len(network.pre_activations) == 1
    assert network.parameters.size == 2 * WIDTH + WIDTH * WIDTH + WIDTH
    network.parameters[...] = 0
    assert not norm.parameters[0].any() and not inner.parameters[0].any()
    with network.evaluation():
        assert not norm.training
    assert norm.training


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_is_whole_and_apart(duplicate):
    network = small("swiglu", (2,))
    x = np.random.default_rng(8).normal(size=(3, 40))
    output = network.forward(x)
    other = duplicate(network)
    np.testing.assert_array_equal(other.forward(x), output)
    np.testing.assert_array_equal(other.backward(output), network.backward(output))
    other.parameters[...] = 0
    assert not other.forward(x).any()
    np.testing.assert_array_equal(network.forward(x), output)


@pytest.mark.parametrize("kind", ["relu", "swiglu"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype, kind):
    network = small(kind, (2,), dtype=dtype)
    x = np.random.default_rng(9).normal(size=(3, 40))
    y = network.forward(x)
    inner = next(layer for layer in network.layers if hasattr(layer, "layers")).layers[1]
    assert {each.dtype for each in (y, network.backward(y), network.gradients, inner.share)} == {
        np.dtype(dtype)
    }


def test_tokens_are_neighbouring_features_and_reshaping_undoes_itself():
    x = np.arange(2 * 3 * 20).reshape(2, 3, 20)
    layer = AsTokens(5)
    rows = layer.forward(x)
    assert rows.shape == (2, 12, 5) and rows[0, 1].tolist() == [5, 6, 7, 8, 9]
    np.testing.assert_array_equal(layer.backward(rows), x)
    mean = MeanOverTokens(4)
    np.testing.assert_allclose(mean.forward(rows)[1, 2], rows[1, 8:12].mean(axis=0))
    assert mean.backward(np.ones((2, 3, 5))).tolist() == np.full((2, 12, 5), 0.25).tolist()


def test_gated_units_cost_as_many_parameters():
    sizes = {
        kind: mnist1d_transformer(np.random.default_rng(0), kind=kind, width=16, hidden=50).parameters.size
        for kind in ("relu", "gelu", "swiglu", "reglu")
    }
    assert len(set(sizes.values())) == 1
    up, _ = feed_forward("swiglu", 16, 50, np.random.default_rng(0))
    assert up.parameters[0].shape == (16, 33)


def test_an_unknown_feed_forward_gets_a_sentence():
    with pytest.raises(ValueError, match="no activation named 'swigluu'"):
        small("swigluu")
    with pytest.raises(ValueError, match="40 values"):
        mnist1d_transformer(np.random.default_rng(0), token_width=7)


def test_a_block_learns_mnist1d_better_than_a_linear_classifier_can():
    data = mnist1d()
    for kind in ("relu", "swiglu"):
        network = mnist1d_transformer(np.random.default_rng(0), kind=kind, replicas=3)
        fit(
            network,
            data.x_train,
            data.y_train,
            loss="softmax_cross_entropy",
            optimizer=Adam(0.02),
            epochs=5,
            batch_size=100,
            generator=np.random.default_rng(1),
            progress=False,
        )
        assert accuracy(network, data.x_test, data.y_test).min() > 0.36
