"""The bounds of Lu et al. 2020 beside a simulation, exact small cases, and safe widths and depths."""

import itertools

import numpy as np
import pytest

from utils.born_dead import (
    BATCH,
    first_dead_layer,
    lower_bound,
    ray_activations,
    safe_depth,
    safe_width,
    upper_bound,
)
from utils.diagnostics import dead_units
from utils.initializers import pytorch_default
from utils.networks import Network

# Simulated shares of 5 x 20,000 networks, by width, for 10 and 20 layers.
TABLE = {2: (0.8796, 0.9930), 3: (0.5797, 0.8914), 4: (0.2934, 0.6259), 5: (0.1295, 0.3533)}


@pytest.mark.parametrize("width", TABLE)
def test_the_simulation_gives_the_known_shares_and_lies_between_the_bounds(width):
    first = first_dead_layer(width, 19, 20_000, np.random.default_rng(width))
    for layers, share in zip((10, 20), TABLE[width], strict=True):
        assert (first < layers).mean() == pytest.approx(share, abs=0.015)
    for layers in range(2, 21):
        margin = 5 * np.sqrt(0.25 / first.size)
        assert lower_bound(width, layers) - margin <= (first < layers).mean()
        assert (first < layers).mean() <= upper_bound(width, layers) + margin


def test_the_upper_bound_is_exact_at_one_point_in_any_dimension():
    generator = np.random.default_rng(0)
    for inputs, width, hidden in ((1, 2, 4), (3, 2, 9), (64, 4, 6)):
        network = Network([inputs] + [width] * hidden + [1], generator=generator, replicas=20_000)
        dead = ~network.forward(generator.normal(size=(1, inputs))).any(axis=(1, 2))
        assert dead.mean() == pytest.approx(upper_bound(width, hidden + 1), abs=0.015)


def test_the_lower_bound_is_a_chain_of_three_states():
    for width, layers in itertools.product((1, 2, 3, 6), (2, 3, 4, 9)):
        off = 2.0**-width
        stay = 1 - 2 * off - (width - 1) * off**2
        step = np.array([[stay, 1 - stay - off**2, off**2], [0, 1 - off, off], [0, 0, 1]])
        start = np.array([1 - 2 * off, 2 * off, 0])
        chain = start @ np.linalg.matrix_power(step, layers - 2)
        assert lower_bound(width, layers) == pytest.approx(chain[2], rel=1e-12, abs=1e-15)


def test_one_unit_a_layer_is_known_exactly():
    layers = np.arange(2, 12)
    assert np.allclose(lower_bound(1, layers), 1 - 2.0 ** -(layers - 2), atol=1e-15)
    first = first_dead_layer(1, 11, 40_000, np.random.default_rng(1))
    assert first.min() == 2  # a single hidden layer always passes 1 or -1
    for each in layers:
        assert (first < each).mean() == pytest.approx(1 - 2.0 ** -(each - 2), abs=0.015)


def test_bounds_of_known_cases_arrays_and_large_widths():
    assert (
        upper_bound(1, 1) == 0
        and upper_bound(1, 2) == 0.5
        and upper_bound(2, 3) == pytest.approx(1 - 0.75**2)
    )
    assert lower_bound(5, 2) == 0 and not np.signbit(upper_bound(1, 1))
    table = upper_bound(np.array([[2], [3]]), np.array([5, 10, 20]))
    assert table.shape == (2, 3) and table[1, 1] == pytest.approx(1 - (7 / 8) ** 9)
    assert lower_bound(np.array([[2], [3]]), np.array([5, 10, 20])).shape == (2, 3)
    assert upper_bound(60, 11) == pytest.approx(10 * 2.0**-60, rel=1e-12)
    widths, layers = np.meshgrid(np.arange(1, 20), np.arange(2, 200))
    assert (lower_bound(widths, layers) <= upper_bound(widths, layers)).all()


def test_safe_widths_and_depths_are_the_last_ones():
    for layers, probability in itertools.product((2, 3, 7, 10, 51, 1001), (0.003, 0.01, 0.07, 0.3, 0.9)):
        width = safe_width(layers, probability)
        assert upper_bound(width, layers) <= probability
        assert width == 1 or upper_bound(width - 1, layers) > probability
    for width, probability in itertools.product((1, 2, 5, 10, 20), (0.003, 0.01, 0.07, 0.3, 0.9)):
        layers = safe_depth(width, probability)
        assert upper_bound(width, layers) <= probability < upper_bound(width, layers + 1)
    assert safe_depth(1, 0.01) == 1


def test_a_probability_that_equals_the_bound_is_safe():
    for width, layers in itertools.product(range(1, 12), (2, 3, 5, 10, 17, 33, 50, 100, 365)):
        probability = float(upper_bound(width, layers))
        if probability < 1:
            assert safe_width(layers, probability) == width
            depth = safe_depth(width, probability)
            assert upper_bound(width, depth) <= probability < upper_bound(width, depth + 1)


def test_a_ray_dead_at_a_layer_is_the_networks_own():
    rays = np.array([[1.0], [-1.0]])
    generator = np.random.default_rng(3)
    network = Network([1, 3, 3, 3, 3, 1], generator=generator, replicas=500)
    network.forward(rays)
    by_network = np.array([dead_units(z).all(axis=-1) for z in network.pre_activations])
    generator = np.random.default_rng(3)
    by_rays = [~a.any(axis=(1, 2)) for a in ray_activations(3, 4, 500, generator)]
    assert np.array_equal(by_network, by_rays) and by_network.any()


def test_scale_makes_no_difference_and_great_depth_no_underflow():
    def scaled(factor):
        def initializer(fan_in, fan_out, generator, *, replicas=(), dtype=np.float32):
            return generator.standard_normal((*replicas, fan_in, fan_out), dtype) * dtype(factor)

        return first_dead_layer(3, 30, 500, np.random.default_rng(4), initializer=initializer)

    assert np.array_equal(scaled(1), scaled(1 / 64)) and np.array_equal(scaled(1), scaled(1024))
    deep = first_dead_layer(24, 400, 50, np.random.default_rng(5))
    assert (deep == 401).mean() > 0.9
    shallow_law = first_dead_layer(4, 9, 20_000, np.random.default_rng(6), initializer=pytorch_default)
    assert (shallow_law < 10).mean() == pytest.approx(TABLE[4][0], abs=0.02)


def test_batches_and_counts():
    assert first_dead_layer(2, 3, 0, np.random.default_rng(0)).shape == (0,)
    first = first_dead_layer(1, 2, BATCH + 7, np.random.default_rng(0))
    assert first.shape == (BATCH + 7,) and set(first) == {2, 3}


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (upper_bound, (0, 5)),
        (upper_bound, (2, 0)),
        (upper_bound, (2.5, 3)),
        (upper_bound, (np.nan, 3)),
        (upper_bound, (2, np.inf)),
        (lower_bound, (2, 1)),
        (safe_width, (1, 0.1)),
        (safe_width, (5, 0)),
        (safe_width, (5, 1)),
        (safe_depth, (0, 0.1)),
        (safe_depth, (2000, 0.1)),
        (safe_depth, (5, np.nan)),
    ],
)
def test_sizes_and_probabilities_out_of_range_are_refused(function, arguments):
    with pytest.raises(ValueError, match="must"):
        function(*arguments)
