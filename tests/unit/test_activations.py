"""Every activation against the textbook definition, worked out by mpmath, and what holds for all of them."""

import copy
import pickle
from collections.abc import Mapping

import autograd.numpy as anp
import mpmath
import numpy as np
import pytest
from autograd import elementwise_grad
from autograd.scipy.special import erf as autograd_erf
from matplotlib.mathtext import MathTextParser
from mpmath import mp

from utils.activation_kernels import BLOCK
from utils.activations import ACTIVATIONS
from utils.gradients import numeric_gradient

pytestmark = pytest.mark.filterwarnings("error")

NAMES = list(ACTIVATIONS)
METHODS = ["__call__", "derivative"]
VARIANTS = [(name, {}) for name in NAMES] + [
    *[("leaky_relu", {"negative_slope": slope}) for slope in (0.0, -0.5, -1.0, -3.0, 0.3, 1.0, 2.5, 1e6)],
    ("prelu", {"weight": -0.2}),
    ("rrelu", {"lower": 0.5, "upper": 1.0}),
    *[("elu", {"alpha": alpha}) for alpha in (0.2, 1.7, -0.5, 0.0)],
    *[("celu", {"alpha": alpha}) for alpha in (0.3, 2.5)],
    *[("softplus", {"beta": beta}) for beta in (0.5, 10.0)],
]

# --- the textbook definitions -----------------------------------------------------------------------------
# Each gives, for a point x, the smooth piece that x belongs to: at a kink, the piece whose slope is the
# declared convention. So the value is piece(x) and the derivative is mpmath's derivative of the piece.

DIGITS = 400  # 1 + e^x keeps an e^x of 1e-300 and has a hundred digits left


def smooth(function):
    return lambda x: function


def constant(value):
    return lambda x: mp.mpf(value)


def two_pieces(left, right):
    return lambda x: left if x <= 0 else right


def slopes(a):
    return two_pieces(lambda x: mp.mpf(a) * x, lambda x: x)


def relu6(x):
    return constant(0) if x <= 0 else (lambda x: x) if x < 6 else constant(6)


def hardswish(x):
    return constant(0) if x <= -3 else (lambda x: x * (x + 3) / 6) if x < 3 else (lambda x: x)


def selu():
    # Klambauer and others (2017): the constants in closed form, for the fixed point (0, 1)
    tail, root_e = mp.erfc(1 / mp.sqrt(2)), mp.exp(0.5)
    alpha = -mp.sqrt(2 / mp.pi) / (tail * root_e - 1)
    below = 2 * mp.erfc(mp.sqrt(2)) * mp.exp(2) + mp.pi * tail**2 * mp.e
    below += -2 * (2 + mp.pi) * tail * root_e + mp.pi + 2
    scale = (1 - tail * root_e) * mp.sqrt(2 * mp.pi) / mp.sqrt(below)
    return two_pieces(lambda x: scale * alpha * (mp.exp(x) - 1), lambda x: scale * x)


TEXTBOOK = {
    "identity": lambda: smooth(lambda x: x),
    "sigmoid": lambda: smooth(lambda x: 1 / (1 + mp.exp(-x))),
    "tanh": lambda: smooth(lambda x: (mp.exp(2 * x) - 1) / (mp.exp(2 * x) + 1)),
    "relu": lambda: slopes(0),
    "leaky_relu": lambda negative_slope: slopes(negative_slope),
    "prelu": lambda weight: slopes(weight),
    "rrelu": lambda lower, upper: slopes((mp.mpf(lower) + mp.mpf(upper)) / 2),
    "elu": lambda alpha: two_pieces(lambda x: mp.mpf(alpha) * (mp.exp(x) - 1), lambda x: x),
    "celu": lambda alpha: two_pieces(lambda x: mp.mpf(alpha) * (mp.exp(x / mp.mpf(alpha)) - 1), lambda x: x),
    "selu": selu,
    "gelu": lambda: smooth(lambda x: x / 2 * mp.erfc(-x / mp.sqrt(2))),
    "gelu_tanh": lambda: smooth(
        lambda x: x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mp.mpf("0.044715") * x**3)))
    ),
    "silu": lambda: smooth(lambda x: x / (1 + mp.exp(-x))),
    "mish": lambda: smooth(lambda x: x * mp.tanh(mp.log(1 + mp.exp(x)))),
    "softplus": lambda beta: smooth(lambda x: mp.log(1 + mp.exp(mp.mpf(beta) * x)) / mp.mpf(beta)),
    "relu6": lambda: relu6,
    "hardswish": lambda: hardswish,
    "squared_relu": lambda: two_pieces(constant(0), lambda x: x**2),
}


def textbook(name, parameters, x, method):
    with mpmath.workdps(DIGITS):
        pieces = TEXTBOOK[name](**parameters)
        points = [mp.mpf(float(point)) for point in x]
        if method == "derivative":
            results = [mp.diff(pieces(point), point) for point in points]
        else:
            results = [pieces(point)(point) for point in points]
        return np.array([float(result) for result in results])


def grid(dtype):
    smallest = [np.finfo(dtype).tiny, np.finfo(dtype).smallest_subnormal]
    near = [float(np.nextafter(dtype(k), dtype(to))) for k in (3, 6) for to in (0, 9)]
    positive = [
        *smallest,
        *near,
        1e-30,
        1e-8,
        1e-4,
        0.1,
        0.5,
        1,
        1.25,
        2,
        3,
        4,
        6,
        10,
        20,
        37,
        39.9,
        40.1,
        1e4,
    ]
    generator = np.random.default_rng(0)
    return np.array([0, -0.0, *positive, *np.negative(positive), *generator.normal(0, 3, 20)], dtype=dtype)


@pytest.fixture(params=VARIANTS, ids=lambda v: "-".join([v[0], *(f"{k}={p}" for k, p in v[1].items())]))
def activation(request):
    name, parameters = request.param
    return ACTIVATIONS[name].with_parameters(**parameters)


@pytest.mark.parametrize("name", ["relu", "relu6", "squared_relu"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_slope_of_zero_on_the_left_has_no_sign(name, dtype):
    left = np.array([-1e30, -2, -1, -0.5, -1e-30], dtype)
    assert not np.signbit(ACTIVATIONS[name].derivative(left)).any()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-6)])
def test_agrees_with_the_textbook(activation, method, dtype, tolerance):
    x = grid(dtype)
    expected = textbook(activation.name, activation.parameters, x, method)
    result = getattr(activation, method)(x)
    assert result.dtype == dtype
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("method", METHODS)
def test_left_tails_keep_their_relative_accuracy(activation, method):
    # Down to 1e-290 or so; the smallest numbers of all have fewer digits.
    x = np.array([-5, -8, -12, -20, -30, -36, -40, -100, -300, -650], dtype=np.float64)
    expected = textbook(activation.name, activation.parameters, x, method)
    x, expected = x[abs(expected) > 1e-290], expected[abs(expected) > 1e-290]
    np.testing.assert_allclose(getattr(activation, method)(x), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-6)])
def test_small_inputs_keep_their_relative_accuracy(activation, method, dtype, tolerance):
    positive = np.array([1e-15, 1e-10, 1e-6, 1e-3, 0.05])
    x = np.append(positive, -positive).astype(dtype)
    expected = textbook(activation.name, activation.parameters, x, method)
    np.testing.assert_allclose(getattr(activation, method)(x), expected, rtol=tolerance, atol=0)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_right_tails_of_the_saturating_derivatives_keep_their_relative_accuracy(name):
    x = np.array([5, 12, 20, 40, 100, 300], dtype=np.float64)
    expected = textbook(name, {}, x, "derivative")
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(x), expected, rtol=1e-12, atol=0)


AUTOGRAD = {
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
    "tanh": anp.tanh,
    "leaky_relu": lambda x: anp.where(x > 0, x, 0.01 * x),
    "elu": lambda x: anp.where(x > 0, x, anp.exp(x) - 1),
    "gelu": lambda x: 0.5 * x * (1 + autograd_erf(x / anp.sqrt(2))),
    "gelu_tanh": lambda x: 0.5 * x * (1 + anp.tanh(anp.sqrt(2 / anp.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1 + anp.exp(-x)),
    "mish": lambda x: x * anp.tanh(anp.log(1 + anp.exp(x))),
    "softplus": lambda x: anp.log(1 + anp.exp(x)),
    "squared_relu": lambda x: anp.where(x > 0, x, 0) ** 2,
}


@pytest.mark.parametrize("name", AUTOGRAD)
def test_derivative_agrees_with_automatic_differentiation(name):
    x = np.random.default_rng(2).normal(0, 2, (6, 7))
    expected = elementwise_grad(AUTOGRAD[name])(x)
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(x), expected, rtol=1e-10, atol=1e-12)


# --- kinks and conventions --------------------------------------------------------------------------------


def test_kinks_are_where_the_slope_jumps(activation):
    points = np.array([-6, -3, -1, 0, 1, 3, 6], dtype=np.float64)
    left, right = (numeric_gradient(activation, points, side=side) for side in ("left", "right"))
    assert tuple(points[np.abs(left - right) > 1e-5]) == activation.kinks


def test_the_derivative_at_a_kink_is_the_declared_one(activation):
    declared = activation.derivative_at_zero
    assert (declared is None) == (0.0 not in activation.kinks)
    if declared is not None:
        np.testing.assert_array_equal(activation.derivative([0.0, -0.0]), [declared, declared])
        left = numeric_gradient(activation, 0.0, side="left")
        np.testing.assert_allclose(declared, left, rtol=1e-6, atol=1e-6)


def test_the_derivative_at_the_other_kinks_is_that_of_the_outer_piece():
    assert ACTIVATIONS["relu6"].derivative(6.0) == 0
    np.testing.assert_array_equal(ACTIVATIONS["hardswish"].derivative([-3.0, 3.0]), [0, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0, 0.5, 1, -2.25])
def test_the_convention_at_zero_can_be_overridden(activation, value, dtype):
    if activation.derivative_at_zero is None:
        with pytest.raises(ValueError, match="smooth at 0"):
            activation.with_derivative_at_zero(value)
        return
    other = activation.with_derivative_at_zero(value)
    assert other.derivative_at_zero == value
    x = np.array([-2, -1e-30, 0, -0.0, 1e-30, 2, np.nan], dtype=dtype)
    expected = activation.derivative(x)
    expected[2:4] = value
    np.testing.assert_array_equal(other.derivative(x), expected)
    np.testing.assert_array_equal(other.derivative(x, out=x), expected)
    assert activation.derivative(0.0) == activation.derivative_at_zero


def test_overrides_survive_new_parameters_and_can_be_replaced():
    leaky = ACTIVATIONS["leaky_relu"].with_derivative_at_zero(0.5).with_parameters(negative_slope=3)
    assert leaky.derivative(0.0) == 0.5 and leaky.derivative(-1.0) == 3
    assert leaky.with_derivative_at_zero(0.25).derivative(0.0) == 0.25
    with pytest.raises(ValueError, match="smooth at 0"):
        leaky.with_parameters(negative_slope=1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("slope", [-2, -1, -0.3, 0, 0.01, 0.3, 1, 1.5, 7])
def test_the_slopes_of_leaky_relu_are_exact(slope, dtype):
    leaky = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=slope)
    np.testing.assert_array_equal(leaky.derivative(dtype([-3, 3])), dtype([slope, 1]))
    np.testing.assert_array_equal(leaky(dtype([-2, 2])), dtype([-2 * slope, 2]))


# --- what holds for every entry ---------------------------------------------------------------------------

LIMITS = {  # at minus and plus infinity: value, value, derivative, derivative
    "identity": (-np.inf, np.inf, 1, 1),
    "sigmoid": (0, 1, 0, 0),
    "tanh": (-1, 1, 0, 0),
    "relu": (0, np.inf, 0, 1),
    "leaky_relu": (-np.inf, np.inf, 0.01, 1),
    "prelu": (-np.inf, np.inf, 0.25, 1),
    "rrelu": (-np.inf, np.inf, 11 / 48, 1),
    "elu": (-1, np.inf, 0, 1),
    "celu": (-1, np.inf, 0, 1),
    "selu": (-1.7580993408473768, np.inf, 0, 1.0507009873554805),
    "gelu": (-0.0, np.inf, 0, 1),
    "gelu_tanh": (-0.0, np.inf, 0, 1),
    "silu": (-0.0, np.inf, 0, 1),
    "mish": (-0.0, np.inf, 0, 1),
    "softplus": (0, np.inf, 0, 1),
    "relu6": (0, 6, 0, 0),
    "hardswish": (-0.0, np.inf, 0, 1),
    "squared_relu": (0, np.inf, 0, np.inf),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_infinities_give_the_limits_and_nan_stays(name, dtype):
    x = dtype([-np.inf, np.inf, np.nan])
    value, slope = ACTIVATIONS[name](x), ACTIVATIONS[name].derivative(x)
    left, right, left_slope, right_slope = LIMITS[name]
    np.testing.assert_allclose(value, dtype([left, right, np.nan]), rtol=np.finfo(dtype).eps)
    np.testing.assert_allclose(slope, dtype([left_slope, right_slope, np.nan]), rtol=np.finfo(dtype).eps)
    if left == 0:
        assert np.signbit(value[0]) == np.signbit(left)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows_on_the_way_to_a_result_in_range(activation, method, dtype):
    x = dtype([-1e4, 1e4, -1e18, 1e18])
    if activation.name != "squared_relu":  # which is out of range itself
        x = np.append(x, dtype([-1e30, 1e30]))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(getattr(activation, method)(x)).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_half_precision_is_the_rounded_single_precision(name, method):
    x = np.float16([-9, -3, -0.7, 0, 0.3, 3, 6, 9])
    function = getattr(ACTIVATIONS[name], method)
    result = function(x)
    assert result.dtype == np.float16
    np.testing.assert_array_equal(result, function(x.astype(np.float32)).astype(np.float16))
    assert function(x, out=x) is x
    np.testing.assert_array_equal(x, result)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_other_real_numbers_become_float64(name, method):
    function = getattr(ACTIVATIONS[name], method)
    expected = function(np.array([-2.0, 0.0, 1.0]))
    for x in ([-2, 0, 1], np.array([-2, 0, 1]), np.array([-2, 0, 1], np.int8), np.longdouble([-2, 0, 1])):
        result = function(x)
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, expected)
    assert function(np.array([True])).dtype == np.float64
    with pytest.raises(TypeError, match="real"):
        function(np.array([1j]))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_scalars_in_scalars_out(name, method):
    function = getattr(ACTIVATIONS[name], method)
    expected = function(np.array([-1.5, 2.0]))
    for scalar, one in ((-1.5, expected[0]), (2, expected[1])):
        assert type(function(scalar)) is np.float64
        assert function(scalar) == function(np.array(float(scalar))) == one
    assert type(function(np.float32(2))) is np.float32
    out = np.empty(())
    assert function(2.0, out=out) is out
    assert out == expected[1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_every_shape_and_layout(name, method):
    function = getattr(ACTIVATIONS[name], method)
    whole = np.random.default_rng(3).normal(0, 4, (6, 8, 4))
    expected = function(whole.ravel()).reshape(whole.shape)
    views = {
        "strided": (whole[::2, ::-3], expected[::2, ::-3]),
        "transposed": (whole.T, expected.T),
        "fortran": (np.asfortranarray(whole), expected),
        "broadcast": (np.broadcast_to(whole[0], (5, 8, 4)), np.broadcast_to(expected[0], (5, 8, 4))),
        "swapped bytes": (whole.astype(">f8"), expected),
        "empty": (whole[:0], expected[:0]),
    }
    for layout, (x, right) in views.items():
        result = function(x)
        assert result.shape == x.shape, layout
        # One unit in the last place: vector and scalar loops of a ufunc may round differently.
        np.testing.assert_allclose(result, right, rtol=1e-14, atol=1e-15, err_msg=layout)
        out = np.full((*x.shape, 2), 7.0, dtype=x.dtype)[..., 0]
        assert function(x, out=out) is out
        np.testing.assert_allclose(out, right, rtol=1e-14, atol=1e-15, err_msg=layout)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_out_is_honoured_wherever_it_lies(activation, method, dtype):
    function = getattr(activation, method)
    x = np.random.default_rng(4).normal(0, 3, (5, 7)).astype(dtype)
    before = x.copy()
    expected = function(x)
    np.testing.assert_array_equal(x, before)
    out = np.empty_like(x)
    assert function(x, out=out) is out
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(x, before)
    assert function(x, out=x) is x
    np.testing.assert_array_equal(x, expected)
    x = before.copy()
    function(x, out=x[:])
    np.testing.assert_array_equal(x, expected)
    x = before.copy()
    function(x[1:], out=x[:-1])
    np.testing.assert_allclose(x[:-1], expected[1:], rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_large_arrays_give_what_their_pieces_give(activation, method, dtype):
    function = getattr(activation, method)
    x = np.random.default_rng(5).normal(0, 3, 2 * BLOCK + 100).astype(dtype)
    x[[0, BLOCK - 1, BLOCK, -1]] = 0, np.nan, 3, np.inf
    before = x.copy()
    expected = np.concatenate([function(piece) for piece in np.array_split(x, 4)])
    same = {"rtol": 8 * np.finfo(dtype).eps, "atol": np.finfo(dtype).eps}
    out = np.empty_like(x)
    function(x, out=out)
    np.testing.assert_allclose(out, expected, **same)
    np.testing.assert_array_equal(x, before)
    square = x[: 2 * BLOCK].reshape(2, 4, -1)
    np.testing.assert_allclose(function(square).ravel(), expected[: 2 * BLOCK], **same)
    np.testing.assert_allclose(function(square.T).T.ravel(), expected[: 2 * BLOCK], **same)
    for source, target in (
        (slice(None), slice(None)),
        (slice(1, None), slice(-1)),
        (slice(-1), slice(1, None)),
    ):
        x[...] = before
        function(x[source], out=x[target])  # in place, and shifted by one either way
        np.testing.assert_allclose(x[target], expected[source], **same)


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_out_is_refused(method):
    function = getattr(ACTIVATIONS["relu"], method)
    for out in (np.empty((3, 2)), np.empty((2, 3), np.float32), np.empty((2, 3), int)):
        with pytest.raises(ValueError, match=r"out must have the shape \(2, 3\) and the dtype float64"):
            function(np.zeros((2, 3)), out=out)
    with pytest.raises(ValueError, match="dtype float64"):
        function([1, 2], out=np.empty(2, int))


@pytest.mark.parametrize("name", NAMES)
def test_titles_and_formulas_are_there_and_render(name):
    activation = ACTIVATIONS[name]
    assert activation.name == name
    assert activation.title.strip() and activation.formula.strip()
    assert "$" not in activation.formula
    assert MathTextParser("path").parse(f"${activation.formula}$").width > 0


# --- the registry and the values --------------------------------------------------------------------------


def test_the_registry_is_a_mapping_with_the_names_of_torch():
    assert isinstance(ACTIVATIONS, Mapping)
    expected = "identity sigmoid tanh relu leaky_relu prelu rrelu elu celu selu gelu gelu_tanh silu mish "
    expected += "softplus relu6 hardswish squared_relu"
    assert set(ACTIVATIONS) == set(expected.split()) and len(ACTIVATIONS) == 18
    assert len({activation.title for activation in ACTIVATIONS.values()}) == 18
    assert set(TEXTBOOK) == set(LIMITS) == set(ACTIVATIONS)


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(KeyError) as caught:
        ACTIVATIONS["foo"]
    assert str(caught.value).startswith("There is no activation 'foo'; choose one of identity, sigmoid, ")
    assert "foo" not in ACTIVATIONS
    assert ACTIVATIONS.get("foo") is None


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("elu", {"alfa": 1}, "elu has no parameter alfa; its parameters: alpha."),
        ("relu", {"negative_slope": 1}, "relu has no parameter negative_slope; its parameters: none."),
        ("rrelu", {"slope": 1}, "its parameters: lower, upper."),
        ("rrelu", {"lower": 0.5}, "lower must not be above its upper"),
        ("celu", {"alpha": 0}, "celu needs alpha > 0"),
        ("softplus", {"beta": -1}, "softplus needs beta > 0"),
        ("leaky_relu", {"negative_slope": np.nan}, "finite negative_slope"),
    ],
)
def test_wrong_parameters_are_refused(name, changes, message):
    with pytest.raises(ValueError, match=message):
        ACTIVATIONS[name].with_parameters(**changes)


def test_activations_are_values(activation):
    again = ACTIVATIONS[activation.name].with_parameters(**activation.parameters)
    assert again == activation and hash(again) == hash(activation)
    for copied in (copy.deepcopy(activation), pickle.loads(pickle.dumps(activation))):
        assert copied == activation
    if activation.derivative_at_zero is not None:
        other = activation.with_derivative_at_zero(0.8125)
        assert other != activation
        assert pickle.loads(pickle.dumps(other)).derivative(0.0) == 0.8125
    with pytest.raises(AttributeError):
        activation.name = "mine"
    with pytest.raises(TypeError):
        activation.parameters["alpha"] = 2


def test_with_parameters_leaves_the_registry_alone():
    assert ACTIVATIONS["elu"].with_parameters(alpha=0.2) != ACTIVATIONS["elu"]
    assert ACTIVATIONS["elu"].parameters == {"alpha": 1.0}
    assert ACTIVATIONS["elu"].with_parameters() == ACTIVATIONS["elu"]
