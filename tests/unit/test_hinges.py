import numpy as np
import pytest

from utils import hinges
from utils.networks import Network

pytestmark = pytest.mark.filterwarnings("error")
CURVES = {
    "sine": lambda x: np.sin(2 * np.pi * x),
    "root": np.sqrt,
    "corner": lambda x: np.abs(x - 1 / 3),
}


def unequal_knots(generator, n):
    return np.concatenate([[-1.5], -1.5 + np.cumsum(generator.uniform(0.05, 1, n))])


def test_weights_are_changes_of_slope():
    found = hinges.interpolate([0, 1, 3, 4], [2, 5, 4, 6])
    assert found.bias == 2
    assert found.knots.tolist() == [0, 1, 3]
    assert found.weights.tolist() == [3, -3.5, 2.5]


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_sum_passes_through_the_points_and_runs_straight_between_them(n):
    for seed in range(20):
        generator = np.random.default_rng(seed)
        knots, values = unequal_knots(generator, n), generator.normal(size=n + 1)
        found = hinges.interpolate(knots, values)
        x = generator.uniform(knots[0], knots[-1], size=(20, 10))
        assert found.weights.shape == found.knots.shape == (n,)
        np.testing.assert_allclose(found(knots), values, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(found(x), np.interp(x, knots, values), rtol=1e-10, atol=1e-10)


def test_outside_it_is_constant_on_the_left_and_goes_on_on_the_right():
    found = hinges.interpolate([0, 1, 3], [2, 5, 4])
    np.testing.assert_array_equal(found([-7, 0, 5]), [2, 2, 3])
    assert found(1.0).shape == () and np.isnan(found(np.nan))


def test_it_is_a_network_of_the_course():
    generator = np.random.default_rng(0)
    knots, values = unequal_knots(generator, 9), generator.normal(size=10)
    found = hinges.interpolate(knots, values)
    network = Network([1, 9, 1], generator=generator, dtype=np.float64)
    network.weights[0][...], network.biases[0][...] = 1, -found.knots
    network.weights[1][...], network.biases[1][...] = found.weights[:, None], found.bias
    x = generator.uniform(-3, 9, size=200)
    np.testing.assert_allclose(network.forward(x[:, None])[:, 0], found(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", CURVES)
def test_the_error_is_that_of_the_sum_on_a_far_denser_grid(name):
    for seed in range(20):
        knots = np.unique([0, *np.random.default_rng(seed).uniform(0, 1, 6), 1])
        found = hinges.interpolate(knots, CURVES[name](knots))
        x = np.unique(np.concatenate([np.linspace(0, 1, 200_001), [1 / 3]]))
        dense = np.abs(CURVES[name](x) - found(x)).max()
        assert hinges.largest_error(CURVES[name], knots) == pytest.approx(dense, rel=6e-3)


def test_the_error_of_a_parabola_is_its_bound():
    for n in (1, 2, 5, 64):
        error = hinges.largest_error(np.square, np.linspace(0, 1, n + 1))
        assert error == pytest.approx(1 / (4 * n**2), rel=1e-9)


def test_the_error_has_its_sign_and_is_0_at_the_knots():
    x, error = hinges.error_curve(np.sqrt, np.array([0, 0.25, 1]))
    assert x.shape == error.shape == (2, hinges.PARTS + 1)
    assert (error[:, [0, -1]] == 0).all() and (error[:, 1:-1] > 0).all()


def test_a_constant_may_be_a_single_number_and_nan_is_handed_on():
    assert hinges.largest_error(lambda x: 3, [0, 1, 4]) == 0
    assert np.isnan(hinges.largest_error(lambda x: x * np.nan, [0, 1, 4]))


def test_the_sine_reaches_half_of_pi_squared():
    for n in (50, 100, 400):
        error = hinges.largest_error(CURVES["sine"], np.linspace(0, 1, n + 1))
        assert error * n**2 == pytest.approx(4.9348, abs=0.005)


def test_the_root_falls_like_one_over_the_square_root():
    for n in (1, 2, 10, 1000):
        error = hinges.largest_error(np.sqrt, np.linspace(0, 1, n + 1))
        assert error * n**0.5 == pytest.approx(1 / 4, rel=1e-9)


def test_the_corner_falls_like_one_over_n_and_vanishes_for_multiples_of_three():
    for n in range(1, 101):
        error = hinges.largest_error(CURVES["corner"], np.linspace(0, 1, n + 1))
        assert error * n == pytest.approx(4 / 9 if n % 3 else 0, abs=1e-9)


def test_graded_knots_bring_the_root_back():
    for n in (8, 64, 512):
        error = hinges.largest_error(np.sqrt, np.linspace(0, 1, n + 1) ** 4)
        assert 0.49 < error * n**2 <= 0.5


def test_equal_shares():
    x = np.linspace(0, 1, 100_001)
    np.testing.assert_allclose(hinges.equal_shares(x, np.ones_like(x), 5), np.linspace(0, 1, 6), atol=1e-12)
    np.testing.assert_allclose(hinges.equal_shares(x, x, 4), np.sqrt(np.linspace(0, 1, 5)), atol=1e-5)
    x = np.linspace(0, 1, 100_001) ** 8  # close points where the density is large
    density = np.concatenate([[0], x[1:] ** -0.75])
    np.testing.assert_allclose(hinges.equal_shares(x, density, 6), np.linspace(0, 1, 7) ** 4, atol=1e-4)


def test_the_order_of_a_power_and_of_one_with_zeros():
    n = np.array([4, 8, 9, 32])
    assert hinges.error_order(n, 3.0 * n**-1.5) == pytest.approx(1.5)
    for zero in (0, 2e-16, np.nan, np.inf):
        assert hinges.error_order(n, np.where(n == 9, zero, 1 / n)) == pytest.approx(1)


def test_what_is_0_but_for_rounding_does_not_bend_the_order():
    n = np.arange(16, 25)  # 18, 21 and 24 put a knot on the corner
    errors = np.array([hinges.largest_error(CURVES["corner"], np.linspace(0, 1, k + 1)) for k in n])
    assert (errors < 1e-12).sum() == 3 and errors.any()
    assert hinges.error_order(n, errors) == pytest.approx(1, abs=1e-6)


def test_refusals_say_what_to_do():
    for knots in ([0, 0, 1], [1, 0], [0, np.nan], [0, np.inf]):
        with pytest.raises(ValueError, match="increase"):
            hinges.interpolate(knots, np.zeros(len(knots)))
    for knots in ([1, 0], [0], [[0, 1]]):
        with pytest.raises(ValueError, match="two or more"):
            hinges.error_curve(np.sqrt, knots)
        with pytest.raises(ValueError, match="two or more"):
            hinges.interpolate(knots, knots)
    with pytest.raises(ValueError, match="one value for each of the 2 knots"):
        hinges.interpolate([0, 1], [1])
    for errors in ([0, 0, 0], [0, 1, 0], [np.nan, 1, 1e-15]):
        with pytest.raises(ValueError, match="two or more finite errors"):
            hinges.error_order([2, 4, 8], errors)
    for density in ([1, -1], [0, 0], [1], [1, np.nan]):
        with pytest.raises(ValueError, match="density"):
            hinges.equal_shares([0, 1], density, 2)
