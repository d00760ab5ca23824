import numpy as np
import pytest

from utils.gradients import numeric_gradient, relative_error

pytestmark = pytest.mark.filterwarnings("error")


def relu(x):
    return np.maximum(x, 0)


def test_central_differences_reach_nine_digits():
    x = np.random.default_rng(0).normal(0, 3, (4, 5))
    np.testing.assert_allclose(numeric_gradient(np.sin, x), np.cos(x), rtol=0, atol=1e-9)


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_sided_differences_reach_seven_digits(side):
    x = np.random.default_rng(0).normal(0, 3, (4, 5))
    np.testing.assert_allclose(numeric_gradient(np.sin, x, side=side), np.cos(x), rtol=0, atol=1e-7)


def test_default_steps_are_near_the_best():
    x = np.linspace(0.3, 1.2, 20)
    for side, default in (("central", 6e-6), ("right", 1.5e-8)):
        error = np.abs(numeric_gradient(np.exp, x, side=side) - np.exp(x)).max()
        for worse in (default * 300, default / 300):
            assert error < np.abs(numeric_gradient(np.exp, x, step=worse, side=side) - np.exp(x)).max()


@pytest.mark.parametrize("function", [relu, lambda x: relu(x).sum()], ids=["elementwise", "scalar"])
@pytest.mark.parametrize(("side", "slope"), [("left", 0.0), ("right", 1.0), ("central", 0.5)])
def test_the_three_sides_differ_at_the_kink(function, side, slope):
    np.testing.assert_array_equal(numeric_gradient(function, [[0.0, 0.0]], side=side), [[slope, slope]])
    np.testing.assert_allclose(numeric_gradient(function, [-2.0, 2.0], side=side), [0, 1], rtol=1e-12)


def test_a_central_difference_within_a_step_of_the_kink_mixes_both_slopes():
    np.testing.assert_allclose(numeric_gradient(relu, [0.25], step=1.0), [0.625], rtol=1e-12)


def test_a_function_that_couples_its_elements():
    generator = np.random.default_rng(1)
    matrix, x = generator.normal(size=(3, 3)), generator.normal(size=3)
    gradient = numeric_gradient(lambda v: v @ matrix @ v, x)
    np.testing.assert_allclose(gradient, (matrix + matrix.T) @ x, rtol=1e-8)


def test_large_elements_keep_their_digits():
    x = np.array([1e6, -3e7, 1e-9])
    np.testing.assert_allclose(numeric_gradient(lambda v: v**2, x), 2 * x, rtol=1e-9, atol=1e-9)


def test_unmoved_elements_cancel_exactly():
    x = np.array([1e-3, 1e12])
    np.testing.assert_allclose(numeric_gradient(lambda v: v**2, x)[0], 2e-3, rtol=1e-7)


def test_x_is_left_alone_even_by_a_function_that_writes_into_its_argument():
    x = np.array([1.0, 2.0], dtype=np.float32)

    def careless(v):
        np.square(v, out=v)
        return v.sum()

    np.testing.assert_allclose(numeric_gradient(careless, x), [2, 4], rtol=1e-9)
    np.testing.assert_array_equal(x, np.array([1, 2], dtype=np.float32))
    assert numeric_gradient(careless, x).dtype == np.float64


def test_shapes_of_scalars_and_empty_arrays():
    assert numeric_gradient(np.sin, 0.5).shape == ()
    assert numeric_gradient(np.sin, np.zeros((0, 3))).shape == (0, 3)


def test_nan_gives_nan():
    assert np.isnan(numeric_gradient(lambda v: v * np.nan, [1.0])).all()


def test_refusals_say_what_to_do():
    with pytest.raises(ValueError, match="central, left, right"):
        numeric_gradient(np.sin, [1.0], side="both")
    for step in (0, -1e-3, np.inf, np.nan):
        with pytest.raises(ValueError, match="positive finite"):
            numeric_gradient(np.sin, [1.0], step=step)
    with pytest.raises(ValueError, match="larger"):
        numeric_gradient(np.sin, [1e10], step=1e-9)
    with pytest.raises(ValueError, match="one shape"):
        relative_error([1.0], [[1.0]])


def test_relative_error():
    assert relative_error([1.0, 2.0], [1.0, 2.2]) == pytest.approx(0.2 / 2.2)
    assert relative_error([2.2, 1.0], [2.0, 1.0]) == pytest.approx(0.2 / 2.2)
    assert relative_error(-1.0, 1.0) == 2.0
    assert relative_error(1e308, -1e308) == 2.0
    assert relative_error(1e-300, 0.0) == 1.0


def test_relative_error_at_its_corners():
    assert relative_error([0.0, -0.0], [0.0, 0.0]) == 0.0
    assert relative_error([np.inf, 1.0], [np.inf, 1.0]) == 0.0
    assert relative_error([np.inf], [1.0]) == np.inf
    assert relative_error([np.inf], [-np.inf]) == np.inf
    assert np.isnan(relative_error([np.nan, 1.0], [np.nan, 1.0]))
    assert np.isnan(relative_error([np.nan, np.inf], [np.inf, 1.0]))
    assert relative_error([], []) == 0.0
