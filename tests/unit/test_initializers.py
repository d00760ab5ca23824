"""Initial weights: shapes, dtypes, and variances within what so many samples allow."""

import numpy as np
import pytest

from utils.initializers import INITIALIZERS, he, identity, initial_biases, lecun, pytorch_default, xavier

FAN_IN, FAN_OUT, REPLICAS = 60, 40, 50
NORMAL = [
    (he, {}, 2 / FAN_IN),
    (he, {"negative_slope": 0.2}, 2 / (1.04 * FAN_IN)),
    (he, {"negative_slope": 1.0}, 1 / FAN_IN),
    (he, {"negative_slope": -2.0}, 2 / (5 * FAN_IN)),
    (xavier, {}, 2 / (FAN_IN + FAN_OUT)),
    (lecun, {}, 1 / FAN_IN),
]


def draw(function, **changes):
    return function(FAN_IN, FAN_OUT, np.random.default_rng(0), replicas=(REPLICAS,), **changes)


def within_sampling_error(weights, variance, kurtosis):
    """Mean and variance of N independent draws scatter by sqrt(v / N) and v sqrt((kurtosis - 1) / N)."""
    weights = weights.astype(np.float64)
    assert abs(weights.mean()) < 5 * (variance / weights.size) ** 0.5
    assert abs(weights.var() - variance) < 5 * variance * ((kurtosis - 1) / weights.size) ** 0.5
    fourth = (weights**4).mean() / variance**2
    # The fourth moment scatters by sqrt((E z^8 - kurtosis^2) / N); 96 is the normal law's, more than the
    # uniform's.
    assert abs(fourth - kurtosis) < 5 * (96 / weights.size) ** 0.5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("function", "changes", "variance"), NORMAL)
def test_normal_laws_have_their_variance(function, changes, variance, dtype):
    weights = draw(function, dtype=dtype, **changes)
    assert weights.dtype == dtype
    within_sampling_error(weights, variance, kurtosis=3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pytorchs_default_is_uniform_with_a_sixth_of_hes_variance(dtype):
    weights = draw(pytorch_default, dtype=dtype)
    assert weights.dtype == dtype
    assert np.abs(weights).max() <= FAN_IN**-0.5
    within_sampling_error(weights, 1 / (3 * FAN_IN), kurtosis=9 / 5)


def test_pytorchs_default_biases_follow_the_same_law():
    biases = draw(lambda *a, **k: initial_biases(pytorch_default, *a, **k))
    assert biases.shape == (REPLICAS, FAN_OUT)
    assert np.abs(biases).max() <= FAN_IN**-0.5
    within_sampling_error(biases, 1 / (3 * FAN_IN), kurtosis=9 / 5)


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("replicas", [(), (3,), (2, 3)])
def test_shapes_and_repetition(name, replicas):
    function = INITIALIZERS[name]
    first, again = (function(4, 6, np.random.default_rng(7), replicas=replicas) for _ in range(2))
    assert first.shape == (*replicas, 4, 6) and first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    biases = initial_biases(function, 4, 6, np.random.default_rng(7), replicas=replicas)
    assert biases.shape == (*replicas, 6) and (biases.any() == (name == "pytorch_default"))


@pytest.mark.parametrize("function", [he, xavier, lecun, pytorch_default])
def test_replicas_differ(function):
    weights = draw(function)
    assert len(np.unique(weights[:, 0, 0])) == REPLICAS


def test_identity_passes_its_input_on():
    x = np.arange(6.0).reshape(2, 3)
    assert (x @ identity(3, 3)).tolist() == x.tolist()
    assert (x @ identity(3, 5, replicas=(2,)))[1].tolist() == [[0, 1, 2, 0, 0], [3, 4, 5, 0, 0]]
    assert (x @ identity(3, 2)).tolist() == [[0, 1], [3, 4]]
