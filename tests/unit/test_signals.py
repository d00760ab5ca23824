"""The theory of wide layers against exact values and against whole networks."""

import mpmath
import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.networks import Network
from utils.signals import (
    WideSample,
    chi,
    expectation,
    gain,
    length_map,
    lengths,
    mean_squares,
    relu_correlation_map,
    second_moment,
    squared_slope,
)

RELU, TANH = ACTIVATIONS["relu"], ACTIVATIONS["tanh"]


def exact(function, *kinks):
    """E[function(z)], z ~ N(0, 1), by another quadrature in 30 digits."""
    with mpmath.workdps(30):
        points = [-14, -3, *kinks, 3, 14]
        return float(mpmath.quad(lambda z: function(z) * mpmath.npdf(z), sorted(points)))


def test_moments_of_the_normal_law():
    assert [expectation(lambda z, n=n: z**n) for n in (2, 4, 6, 8)] == pytest.approx(
        [1, 3, 15, 105], rel=1e-13
    )
    assert expectation(np.ones_like) == pytest.approx(1, rel=1e-14)
    assert expectation(lambda z: z) == pytest.approx(0, abs=1e-14)
    assert np.isnan(expectation(lambda z: z * np.nan))


@pytest.mark.parametrize("kink", [-2.7, -0.1, 0.123456, 1.0, 3.999])
def test_kinks_cost_no_accuracy(kink):
    bend = expectation(lambda z: np.maximum(z - kink, 0), (kink,))
    step = expectation(lambda z: (z > kink).astype(float), (kink,))
    assert step == pytest.approx(float(mpmath.ncdf(-kink)), rel=1e-12)
    assert bend == pytest.approx(float(mpmath.npdf(kink) - kink * mpmath.ncdf(-kink)), rel=1e-12)


def test_a_kink_out_of_reach_is_no_edge():
    assert expectation(np.square, (50.0, -50.0)) == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize("q", [1e-4, 0.3, 1.0, 4.0, 100.0])
def test_tanh_and_hardswish_at_any_size(q):
    root = mpmath.sqrt(q)
    assert second_moment(TANH, q) == pytest.approx(exact(lambda z: mpmath.tanh(root * z) ** 2, 0), rel=1e-10)
    slope = exact(lambda z: mpmath.sech(root * z) ** 4, -0.3, 0, 0.3)
    assert squared_slope(TANH, q) == pytest.approx(slope, rel=1e-9)
    kinks = [k / root for k in (-3, 3)]

    def hardswish_slope(z):
        x = root * z
        return 0 if x < -3 else 1 if x > 3 else (2 * x + 3) / 6

    inside = [kink for kink in kinks if abs(kink) < 14]
    expected = exact(lambda z: hardswish_slope(z) ** 2, *inside)
    assert squared_slope(ACTIVATIONS["hardswish"], q) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "squared"),
    [
        ("relu", 2),
        ("tanh", 2.5362),
        ("elu", 1.5505),
        ("gelu", 2.3517),
        ("silu", 2.8108),
        ("identity", 1),
        ("selu", 1),
    ],
)
def test_gains(name, squared):
    assert gain(ACTIVATIONS[name]) ** 2 == pytest.approx(squared, abs=5e-5)


@pytest.mark.parametrize("slope", [-1.0, 0.0, 0.01, 0.2, 1.0, 5**0.5])
def test_leaky_relu_has_he_s_gain_at_any_size(slope):
    leaky = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=slope)
    assert gain(leaky) ** 2 == pytest.approx(2 / (1 + slope**2), rel=1e-12)
    for q in (1e-20, 0.7, 1e20):
        assert second_moment(leaky, q) == pytest.approx(q * (1 + slope**2) / 2, rel=1e-12)
        assert chi(leaky, 3.0, q) == pytest.approx(3 * (1 + slope**2) / 2, rel=1e-12)


def test_the_length_map_and_its_iterates():
    assert length_map(RELU, 3.0, 2.0, 0.5) == pytest.approx(3.5)
    assert lengths(RELU, 8.0, 4, 1.0) == pytest.approx([8, 4, 2, 1])
    assert lengths(TANH, 5.0, 1, 2.0) == pytest.approx([5])
    assert length_map(TANH, 0.0, 2.0, 0.25) == pytest.approx(0.25)
    ends = [lengths(TANH, q, 200, 2.0)[-1] for q in (0.01, 9.0)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


@pytest.mark.parametrize("q", [-1.0, np.nan, np.inf])
def test_a_mean_square_must_be_one(q):
    with pytest.raises(ValueError, match="mean square"):
        second_moment(RELU, q)


def test_the_correlation_map_is_that_of_correlated_normal_numbers():
    generator = np.random.default_rng(0)
    one, other = generator.normal(size=(2, 2_000_000))
    for c in (-0.8, 0.0, 0.5, 0.9):
        z = c * one + np.sqrt(1 - c**2) * other
        measured = 2 * np.mean(np.maximum(one, 0) * np.maximum(z, 0))
        assert relu_correlation_map(c) == pytest.approx(measured, abs=0.004)


def test_the_correlation_map_at_its_ends_and_beyond():
    assert relu_correlation_map(np.array([-1.0, 0.0, 1.0])) == pytest.approx([0, 1 / np.pi, 1], abs=1e-15)
    assert relu_correlation_map(np.array([1 + 1e-15, -1 - 1e-15])) == pytest.approx([1, 0], abs=1e-15)
    assert np.isnan(relu_correlation_map(np.nan))
    c = 0.1
    for _ in range(10_000):
        c = relu_correlation_map(c)
    assert (1 - c) * 10_000**2 == pytest.approx(9 * np.pi**2 / 2, rel=0.01)


def test_mean_squares_do_not_underflow():
    layers = [np.full((4, 3, 5), 1e-30, np.float32), np.full((4, 3, 2), 2.0, np.float32)]
    assert mean_squares(layers) == pytest.approx(np.array([[1e-60] * 4, [4.0] * 4]), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "sigma"), [("relu", 2.0), ("tanh", 1.5), ("sigmoid", 1.0), ("leaky_relu", 1.5)]
)
@pytest.mark.parametrize("bias", [0.0, 0.5])
def test_a_wide_sample_has_the_law_of_whole_networks(name, sigma, bias):
    """Mean and standard deviation of the logarithms, where narrow layers make the scatter large."""
    width, depth, count = 12, 8, 1500
    activation = ACTIVATIONS[name]
    generator = np.random.default_rng(5)

    def law(fan_in, fan_out, generator, *, replicas=(), dtype=np.float64):
        return np.sqrt(sigma / fan_in) * generator.standard_normal((*replicas, fan_in, fan_out), dtype)

    sizes = [width] * (depth + 2)
    network = Network(
        sizes, activation=activation, initializer=law, generator=generator, replicas=count, dtype=np.float64
    )
    for biases in network.biases:
        biases[...] = np.sqrt(bias) * generator.standard_normal(biases.shape)
    network.forward(np.sqrt(width) * np.eye(width)[:1])
    # A random gradient at the last hidden layer's z, as the sample has it.
    upstream = generator.standard_normal((count, 1, width))
    shares = {depth: np.square(upstream).sum(axis=(1, 2))}
    for layer in range(depth - 1, 0, -1):
        upstream = upstream @ network.weights[layer].swapaxes(1, 2)
        upstream = upstream * activation.derivative(network.pre_activations[layer - 1])
        shares[layer] = np.square(upstream).sum(axis=(1, 2))
    whole = logs(np.sqrt(mean_squares(network.pre_activations)[-1]), np.sqrt(shares[1] / shares[depth]))
    drawn, share = WideSample(width, depth, count, np.random.default_rng(6)).sizes(activation, sigma, bias)
    sampled = logs(drawn[-1], share[0])
    for mine, theirs in zip(sampled, whole, strict=True):
        assert mine.mean() == pytest.approx(theirs.mean(), abs=5 * theirs.std() / np.sqrt(count))
        assert mine.std() == pytest.approx(theirs.std(), rel=0.12)
    # Forward and backward are drawn together: the two depend on each other as in whole networks.
    assert np.corrcoef(*sampled)[0, 1] == pytest.approx(np.corrcoef(*whole)[0, 1], abs=0.12)


def logs(forward, backward):
    """The logarithms of both in the networks that are alive: (2, networks)."""
    alive = (forward > 0) & (backward > 0)
    assert alive.mean() > 0.99
    return np.log([forward[alive], backward[alive]])


def test_a_shallower_sample_has_the_same_draws():
    sample = WideSample(16, 6, 3, np.random.default_rng(0))
    deep, shallow = sample.sizes(TANH, 1.0), sample.sizes(TANH, 1.0, depth=4)
    assert deep[0].shape == (6, 3) and shallow[1].shape == (4, 3)
    assert np.array_equal(deep[0][:4], shallow[0])
    assert np.array_equal(shallow[1][-1], np.ones(3))


def test_a_sample_that_dies_stays_finite():
    sample = WideSample(
        1, 5, 50, np.random.default_rng(0)
    )  # one unit: half of the networks die in each layer
    sizes, shares = sample.sizes(RELU, 2.0)
    assert np.isfinite(sizes).all() and np.isfinite(shares).all() and (sizes[-1] == 0).any()
