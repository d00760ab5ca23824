"""Batch norm against its definition, differences and automatic differentiation, alone and in a network."""

import copy
import pickle

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from utils.activations import ACTIVATIONS
from utils.batch_norm import BatchNorm, with_batch_norm
from utils.layers import Affine, Elementwise
from utils.networks import Network
from utils.optimizers import SGD
from utils.training import accuracy, fit, train

EPSILON = 1e-5


def build(replicas=(), n=7, width=4, seed=0, dtype=np.float64, **changes):
    """A layer with parameters of its own for each unit, a batch, and an upstream gradient."""
    generator = np.random.default_rng(seed)
    gamma, beta = (generator.normal(size=(*replicas, width)).astype(dtype) for _ in range(2))
    layer = BatchNorm(gamma, beta, **changes)
    z = (3 + 2 * generator.normal(size=(*replicas, n, width))).astype(dtype)
    return layer, z, generator.normal(size=z.shape).astype(dtype)


def in_elementary_steps(z, gamma, beta, mean=None, variance=None):
    """One replica's batch norm for automatic differentiation: with the batch's mean and variance, or given
    ones.
    """
    if mean is None:
        mean = anp.sum(z, axis=0) / len(z)
        variance = anp.sum((z - mean) ** 2, axis=0) / len(z)
    return gamma * (z - mean) / anp.sqrt(variance + EPSILON) + beta


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
def test_forward_and_backward_are_what_automatic_differentiation_gives(replicas, training):
    layer, z, upstream = build(replicas)
    layer.forward(2 * z - 1)  # running means that are not those of the batch
    layer.training = training
    y, z_gradient = layer.forward(z).copy(), layer.backward(upstream)
    for r in np.ndindex(replicas):
        given = () if training else (layer.running_mean[r], layer.running_variance[r])

        def loss(z, gamma, beta, r=r, given=given):
            return anp.sum(in_elementary_steps(z, gamma, beta, *given) * upstream[r])

        here = z[r], layer.parameters[0][r], layer.parameters[1][r]
        np.testing.assert_allclose(y[r], in_elementary_steps(*here, *given), rtol=1e-12)
        for place, mine in enumerate((z_gradient, *layer.gradients)):
            np.testing.assert_allclose(mine[r], grad(loss, place)(*here), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("replicas", [(), (2,)], ids=str)
def test_a_networks_backward_is_what_differences_give(replicas, training):
    generator = np.random.default_rng(1)
    plain = Network([3, 5, 4, 2], activation="tanh", generator=generator, replicas=replicas, dtype=np.float64)
    network = with_batch_norm(plain)
    network.parameters += generator.normal(size=network.parameters.shape)
    x, upstream = generator.normal(size=(6, 3)), generator.normal(size=(*replicas, 6, 2))
    network.forward(2 * x + 1)
    for layer in network.layers:
        if isinstance(layer, BatchNorm):
            layer.training = training
    network.forward(x)
    network.backward(upstream)
    gradients, step = network.gradients.copy(), 1e-6
    for place in range(gradients.shape[-1]):
        start = network.parameters[..., place].copy()
        sums = []
        for change in (step, -step):
            network.parameters[..., place] = start + change
            sums.append((network.forward(x) * upstream).sum(axis=(-2, -1)))
        network.parameters[..., place] = start
        numeric = (sums[0] - sums[1]) / (2 * step)
        np.testing.assert_allclose(gradients[..., place], numeric, rtol=1e-5, atol=1e-8)


def test_the_normalised_values_have_mean_0_and_deviation_1():
    layer, z, _ = build((2,), n=50)
    layer.forward(z)
    np.testing.assert_allclose(layer.normalised.mean(axis=-2), 0, atol=1e-12)
    np.testing.assert_allclose(layer.normalised.std(axis=-2), 1, atol=1e-5)


def test_the_gradient_of_a_batch_is_orthogonal_to_ones_and_nearly_to_the_normalised_values():
    """Shifting a unit's batch does not change the output; stretching it does, by epsilon's effect alone."""
    layer, z, upstream = build((), epsilon=1e-12)
    layer.forward(z)
    gradient = layer.backward(upstream)
    np.testing.assert_allclose(gradient.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((gradient * layer.normalised).sum(axis=0), 0, atol=1e-9)


def test_running_means_are_those_of_algorithm_2():
    layer, z, _ = build((3,), momentum=0.25)
    mean, variance = np.zeros((3, 4)), np.ones((3, 4))
    for shift in (0, 5, -2):
        layer.forward(z + shift)
        mean = 0.75 * mean + 0.25 * (z + shift).mean(axis=-2)
        variance = 0.75 * variance + 0.25 * z.var(axis=-2, ddof=1)
    np.testing.assert_allclose(layer.running_mean, mean, rtol=1e-12)
    np.testing.assert_allclose(layer.running_variance, variance, rtol=1e-12)
    layer.training = False
    before = layer.running_mean.copy(), layer.running_variance.copy()
    layer.forward(z + 100)
    np.testing.assert_array_equal(before, (layer.running_mean, layer.running_variance))


def test_in_evaluation_a_sample_does_not_depend_on_its_company():
    layer, z, _ = build((2,))
    layer.forward(z)
    layer.training = False
    together = layer.forward(z).copy()
    alone = layer.forward(z[:, 2:3]).copy()
    np.testing.assert_allclose(alone, together[:, 2:3], rtol=1e-12)


def test_the_largest_normalised_value_of_a_batch():
    """One sample against m - 1 equal ones reaches sqrt(m - 1), and nothing goes beyond."""
    for m in (2, 5, 32, 64):
        layer = BatchNorm(np.ones(1), np.zeros(1), epsilon=1e-15)
        z = np.zeros((m, 1))
        z[0] = 1
        assert layer.forward(z).max() == pytest.approx((m - 1) ** 0.5)
        generator = np.random.default_rng(m)
        for _ in range(50):
            assert layer.forward(generator.standard_cauchy((m, 1))).max() <= (m - 1) ** 0.5 * (1 + 1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    layer, z, upstream = build((2,), dtype=dtype)
    results = layer.forward(z), layer.backward(upstream), *layer.gradients, layer.running_mean
    assert {each.dtype for each in (*results, layer.running_variance)} == {np.dtype(dtype)}
    exact, z, upstream = build((2,))
    np.testing.assert_allclose(results[0], exact.forward(z), rtol=1e-3, atol=1e-4)


def test_replicas_are_apart_and_a_batch_of_another_size_is_welcome():
    layer, z, upstream = build((3,))
    alone = BatchNorm(*(each[1].copy() for each in layer.parameters))
    for size in (7, 4, 7):
        np.testing.assert_allclose(layer.forward(z[:, :size])[1], alone.forward(z[1, :size]), rtol=1e-12)
        ours, theirs = layer.backward(upstream[:, :size])[1], alone.backward(upstream[1, :size])
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_nan_stays_with_its_unit():
    layer, z, _ = build()
    z[2, 1] = np.nan
    assert np.isnan(layer.forward(z)).all(axis=0).tolist() == [False, True, False, False]


def test_a_constant_unit_gives_beta():
    layer, z, upstream = build()
    z[:, 0] = 4.0
    np.testing.assert_array_equal(layer.forward(z)[:, 0], np.full(7, layer.parameters[1][0]))
    assert np.isfinite(layer.backward(upstream)).all()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda layer: layer.forward(np.ones((1, 4))), "2 samples or more"),
        (lambda layer: BatchNorm(*layer.parameters, momentum=0), "momentum must be"),
        (lambda layer: BatchNorm(*layer.parameters, momentum=1.5), "momentum must be"),
        (lambda layer: BatchNorm(*layer.parameters, epsilon=0), "epsilon must be"),
    ],
)
def test_mistakes_get_a_sentence(act, sentence):
    with pytest.raises(ValueError, match=sentence):
        act(build()[0])


# ------------------------------------------------------------------------------------------ in a network


def network_of(replicas=(), **changes):
    plain = Network([3, 6, 5, 2], generator=np.random.default_rng(0), replicas=replicas, **changes)
    return plain, with_batch_norm(plain)


def test_a_network_gets_one_before_each_activation_and_keeps_its_weights():
    plain, network = network_of((4,))
    kinds = [Affine, BatchNorm, Elementwise, Affine, BatchNorm, Elementwise, Affine]
    assert [type(layer) for layer in network.layers] == kinds
    assert network.parameters.shape == (4, plain.parameters.shape[1] + 2 * (6 + 5))
    for mine, theirs in zip(network.weights, plain.weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert not np.shares_memory(mine, theirs)
    network.parameters[...] = 0
    assert plain.parameters.any() and not network.layers[1].parameters[0].any()


def test_what_the_activation_sees_is_the_normalised_pre_activation():
    _, network = network_of()
    x = np.random.default_rng(1).normal(size=(20, 3))
    network.forward(x)
    for z in network.pre_activations:
        np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(z.std(axis=0), 1, atol=1e-3)


def test_a_bias_before_it_does_nothing():
    _, network = network_of(dtype=np.float64)
    x = np.random.default_rng(1).normal(size=(20, 3))
    before = network.forward(x)
    network.biases[0][...] += 7
    np.testing.assert_allclose(network.forward(x), before, rtol=1e-9)
    network.backward(np.random.default_rng(2).normal(size=(20, 2)))
    np.testing.assert_allclose(network.bias_gradients[0], 0, atol=1e-12)


def test_evaluation_lasts_as_long_as_its_block_whatever_happens():
    _, network = network_of()
    norms = [layer for layer in network.layers if isinstance(layer, BatchNorm)]
    with pytest.raises(ZeroDivisionError), network.evaluation():
        with network.evaluation():
            assert not any(norm.training for norm in norms)
        assert not any(norm.training for norm in norms)  # the inner block leaves the outer one's mode
        raise ZeroDivisionError
    assert all(norm.training for norm in norms)


def test_training_measures_in_evaluation_mode_and_keeps_its_hands_off_the_running_means():
    _, network = network_of((2,))
    generator = np.random.default_rng(3)
    x, y = generator.normal(size=(40, 3)).astype(np.float32), generator.integers(0, 2, 40)
    run = {"loss": "softmax_cross_entropy", "optimizer": SGD(0.1), "batch_size": 20, "generator": generator}
    train(network, x, y, epochs=1, validation=(x[:1], y[:1]), **run)  # checks, and does nothing yet
    norm = network.layers[1]
    assert not norm.running_mean.any() and (norm.running_variance == 1).all()
    history = fit(network, x, y, epochs=3, validation=(x[:1], y[:1]), progress=False, **run)
    kept = norm.running_mean.copy()
    np.testing.assert_array_equal(history.validation_accuracy[-1], accuracy(network, x[:1], y[:1]))
    np.testing.assert_array_equal(norm.running_mean, kept)
    with network.evaluation():
        alone = network.forward(x[:1])
        np.testing.assert_allclose(network.forward(x)[:, :1], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_is_whole_and_apart(duplicate):
    _, network = network_of((3,))
    x = np.random.default_rng(4).normal(size=(9, 3))
    network.forward(x)
    other = duplicate(network)
    np.testing.assert_array_equal(other.layers[1].running_mean, network.layers[1].running_mean)
    other.parameters[...] = 0
    assert not other.forward(x).any() and network.forward(x).any()


def test_a_network_without_it_is_the_same_in_both_modes():
    network = Network([3, 5, 2], activation=ACTIVATIONS["relu"], generator=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(4, 3))
    with network.evaluation():
        inside = network.forward(x)
    np.testing.assert_array_equal(inside, network.forward(x))


def test_it_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    layer, z, upstream = build((), n=6, width=3)
    theirs = torch.nn.BatchNorm1d(3, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight.copy_(torch.from_numpy(layer.parameters[0]))
        theirs.bias.copy_(torch.from_numpy(layer.parameters[1]))
    given = torch.from_numpy(z).requires_grad_()
    result = theirs(given)
    result.backward(torch.from_numpy(upstream))
    np.testing.assert_allclose(layer.forward(z), result.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.backward(upstream), given.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.gradients[0], theirs.weight.grad.numpy(), rtol=1e-9)
    np.testing.assert_allclose(layer.running_variance, theirs.running_var.numpy(), rtol=1e-12)
