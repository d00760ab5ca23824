"""Lesson 6: what it claims of signals and gradients through depth, and that its explorers tell the truth."""

import re

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.explorers import l06_signals_through_depth as lesson
from utils.initializers import he, pytorch_default
from utils.judge import diagnose
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l06_signals_through_depth as questions
from utils.signals import chi, lengths, mean_squares, relu_correlation_map

QUESTIONS = {question.id: question for question in questions.QUESTIONS}
RELU, TANH, SIGMOID = (ACTIVATIONS[name] for name in ("relu", "tanh", "sigmoid"))


def outcome(name, function):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))


def square_network(activation, initializer, seed, width=256, depth=30):
    """A network of `depth` affine layers, all of one width, after a forward and a backward pass.

    Returns the mean squares of dL/dz by layer: the random one of the last layer, and those before it.
    """
    generator = np.random.default_rng(seed)
    network = Network(
        [width] * (depth + 1), activation=activation, initializer=initializer, generator=generator
    )
    x = generator.standard_normal((16, width))
    upstream = generator.standard_normal(network.forward(x).shape)
    network.backward(upstream)
    return np.append(mean_squares(network.pre_activation_gradients), np.mean(upstream**2))


# ------------------------------------------------------------------------------------------------ the claims


def root_of(sigma_w_squared):
    """An initialiser with this sigma_w^2."""

    def law(fan_in, fan_out, generator, **form):
        return np.sqrt(sigma_w_squared / 2).astype(np.float32) * he(fan_in, fan_out, generator, **form)

    return law


# Width 256, 30 layers: log10 of the size of the gradient in layer 1, as a share of layer 30's.
TABLE = {
    ("sigmoid", "xavier"): (-18.18, 0.1),
    ("tanh", "xavier"): (-0.82, 0.1),
    ("relu", "xavier"): (-4.365, 0.1),
    ("relu", "he"): (0.0, 0.1),
    ("relu", "pytorch_default"): (-11.28, 0.1),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_gradient_that_is_left_after_thirty_layers(case):
    expected, tolerance = TABLE[case]
    found = []
    for seed in range(20):
        squares = square_network(*case, seed)
        found.append(0.5 * np.log10(squares[0] / squares[-1]))
    assert np.mean(found) == pytest.approx(expected, abs=tolerance)
    assert np.ptp(found) < 0.6
    sigma = {"xavier": 1.0, "he": 2.0, "pytorch_default": 1 / 3}[case[1]]
    activation = ACTIVATIONS[case[0]]
    factors = [chi(activation, sigma, q) for q in lengths(activation, sigma, 29, sigma)]
    theory = 0.5 * np.sum(np.log10(factors))
    assert np.mean(found) == pytest.approx(theory, abs=0.15)


@pytest.mark.parametrize(("sigma", "expected"), [(1 / 3, 1 / 6), (1.0, 0.5), (2.0, 1.0), (3.0, 1.5)])
def test_chi_measured_is_chi_derived_for_relu(sigma, expected):
    assert chi(RELU, sigma) == pytest.approx(expected, rel=1e-12)
    found = []
    for seed in range(20):
        squares = square_network("relu", root_of(sigma), seed, width=96)
        found.append((squares[0] / squares[-1]) ** (1 / 29))
    assert np.mean(found) == pytest.approx(expected, rel=0.02)


def test_the_default_of_pytorch_has_a_sixth_of_he_s_variance():
    generator = np.random.default_rng(0)
    weights = pytorch_default(300, 4000, generator)
    assert np.abs(weights).max() <= 300**-0.5
    assert weights.var() * 300 == pytest.approx(1 / 3, rel=0.01)
    assert he(300, 4000, generator).var() / weights.var() == pytest.approx(6, rel=0.02)


@pytest.mark.parametrize("width", [32, 64, 96])
def test_single_networks_stray_by_five_times_depth_over_width(width):
    generator = np.random.default_rng(width)
    a = generator.standard_normal((200, 1, width), dtype=np.float32)
    for _ in range(30):
        a = np.maximum(a @ he(width, width, generator, replicas=(200,)), 0)
    assert np.log(np.mean(a**2, axis=-1)).var() == pytest.approx(5 * 30 / width, rel=0.4)


@pytest.mark.parametrize(
    ("activation", "initializer", "exact"),
    [
        ("relu", "he", True),
        ("relu", "xavier", True),
        ("leaky_relu", "xavier", True),
        ("prelu", "he", True),
        ("identity", "lecun", True),
        ("relu", "pytorch_default", False),
        ("gelu", "he", False),
        ("silu", "he", False),
        ("tanh", "xavier", False),
    ],
)
def test_euler_s_identity_holds_without_biases_for_homogeneous_activations(activation, initializer, exact):
    data = digits(standardised=True)
    law = {"activation": activation, "initializer": initializer, "generator": np.random.default_rng(1)}
    network = Network([64, 20, 30, 25, 10], replicas=20, dtype=np.float64, **law)
    logits = network.forward(data.x_train[:40])
    upstream = softmax_cross_entropy(logits, data.y_train[:40])[1]
    network.backward(upstream)
    pairs = zip(network.weights, network.weight_gradients, strict=True)
    sums = np.array([np.sum(weights * gradient, axis=(1, 2)) for weights, gradient in pairs])
    gap = np.ptp(sums, axis=0) / np.abs(sums).max(axis=0)
    if exact:
        assert gap.max() < 1e-9
        assert sums[0] == pytest.approx(np.sum(logits * upstream, axis=(1, 2)), rel=1e-9)
    else:
        assert gap.min() > 1e-3


def test_a_bounded_activation_explodes_with_large_weights_and_not_with_xavier():
    for sigma in (1.0, 1.5, 2.0, 4.0):
        factor = chi(TANH, sigma, lengths(TANH, 1.0, 400, sigma)[-1])
        assert (factor > 1) == (sigma > 1)
    assert all(chi(TANH, 1.0, q) < 1 for q in (1e-3, 0.1, 1.0, 10.0))


def test_the_scale_of_the_weights_cancels_from_the_correlation():
    x = digits(standardised=True).x_train[:6].astype(float)
    found = []
    for scale in (0.1, 1.0, 10.0):
        generator, a = np.random.default_rng(3), x
        for _ in range(10):
            z = a @ (scale * he(a.shape[1], 128, generator, dtype=np.float64))
            a = np.maximum(z, 0)
        directions = z / np.linalg.norm(z, axis=1, keepdims=True)
        found.append(directions @ directions.T)
    assert np.allclose(found[0], found[1], rtol=1e-9) and np.allclose(found[1], found[2], rtol=1e-9)


def test_after_thirteen_layers_unrelated_inputs_are_alike_by_nine_tenths():
    c = [0.0]
    for _ in range(50):
        c.append(float(relu_correlation_map(c[-1])))
    assert c[12] < 0.9 < c[13] and round(c[50], 3) == 0.988


# --------------------------------------------------------------------------------------------- the explorers


def ranges(told):
    """What an explorer of signals tells: (lowest, highest, theory) of the signal, and of the gradient."""
    number = r"(-?\d+\.\d\d)"
    found = re.findall(rf"\({number} to {number} in 20 networks\), theory {number}", told)
    assert len(found) == 2 and "-0.00" not in told
    return [tuple(map(float, each)) for each in found]


@pytest.mark.parametrize("activation", lesson.NAMES)
def test_the_staircase_is_the_length_map(activation):
    explorer = lesson.lengths()
    for sigma, bias, start in ((0.25, 0.0, 0.25), (2.0, 0.0, 4.0), (4.0, 1.0, 4.0), (1.5, 0.5, 1.0)):
        settings = {"sigma_w_squared": sigma, "sigma_b_squared": bias, "start": start}
        told = explorer.picture(activation=activation, **settings).description
        values = lengths(lesson.CHOSEN[activation], start, lesson.STEPS + 1, sigma, bias)
        assert f"goes to {values[1]:.3g} in the next layer and to {values[-1]:.3g}" in told
        assert ("leaves the picture" in told) == (max(values) > lesson.HIGHEST_Q)


def test_the_explorer_of_signals_tells_what_whole_networks_do():
    explorer = lesson.signals()
    for activation, name in (("ReLU", "relu"), ("tanh", "tanh")):
        for sigma in (1.0, 2.0, 3.0):
            told = explorer.picture(activation=activation, sigma_w_squared=sigma, width=128).description
            _, (low, high, theory) = ranges(told)
            whole = []
            for seed in range(5):
                squares = square_network(name, root_of(sigma), seed, width=128)
                whole.append(0.5 * np.log10(squares[0] / squares[-1]))
            assert low - 0.3 < min(whole) and max(whole) < high + 0.3
            assert abs(np.mean(whole) - theory) < 0.3


def test_the_explorer_says_when_a_curve_leaves_the_picture():
    explorer = lesson.signals()
    for settings, below in (
        ({"activation": "sigmoid", "depth": 50}, True),
        ({"activation": "sigmoid", "depth": 10}, False),
        ({"sigma_w_squared": 0.25, "depth": 50}, True),
        ({"sigma_w_squared": 2.0, "depth": 50}, False),
    ):
        assert ("below the picture" in explorer.picture(**settings).description) == below


def test_most_narrow_networks_lie_below_the_theory():
    """What a tour stop says: the theory is the mean of the squares, which a few large networks carry."""
    below = []
    for width in (32, 256):
        generator, a = np.random.default_rng(1), np.ones((200, 1, width), np.float32)
        for _ in range(50):
            a = np.maximum(a @ he(width, width, generator, replicas=(200,)), 0)
        below.append(np.mean(np.mean(a**2, axis=-1) < 1))  # the theory: 1, as at the start
    assert below[0] > 0.8 > below[1] > 0.5


def test_no_curve_leaves_the_picture_of_signals_above():
    explorer = lesson.signals()
    for activation in lesson.NAMES:
        for width in lesson.WIDTHS:
            for bias in (0.0, 1.0):
                settings = {
                    "activation": activation,
                    "sigma_w_squared": 4.0,
                    "sigma_b_squared": bias,
                    "width": width,
                }
                told = explorer.picture(depth=50, **settings).description
                assert max(max(each) for each in ranges(told)) < lesson.HIGHEST


def test_the_explorer_of_correlations_counts_its_layers():
    explorer = lesson.correlation()
    assert "c = 0.0000 after 1 ReLU layer:" in explorer.picture(start=-1.0, layers=1).description
    assert "c = 0.3183 after 2 ReLU layers:" in explorer.picture(start=-1.0, layers=2).description
    assert "to 90 degrees" in explorer.picture(start=-1.0, layers=1).description


# --------------------------------------------------------------------------------------------- the questions


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("he_scale", lambda shape, negative_slope: (2 / (1 + negative_slope**2) / shape[0]) ** 0.5),
        (
            "correlation_map",
            lambda c: (np.sin(t := np.arccos(np.clip(c, -1, 1))) + np.cos(t) * (np.pi - t)) / np.pi,
        ),
        (
            "correlation_map",
            lambda c: relu_correlation_map(np.minimum(np.maximum(c, -1), 1)),
        ),
        (
            "chi",
            lambda pre_activation, weights, negative_slope: (
                np.mean(np.sum(weights**2, axis=1))
                * np.mean((pre_activation > 0) + negative_slope**2 * (pre_activation <= 0))
            ),
        ),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function):
    result = outcome(name, function)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def test_the_examples_of_the_exercise():
    assert questions.he_scale((50, 20), 0.0) == pytest.approx(0.2)
    assert round(float(questions.he_scale((8, 3), 1.0)), 2) == 0.35
    weights = [np.array([[1.0, 0.0], [0.0, -1.0]]), np.array([[2.0], [5.0]])]
    sizes = questions.signal_sizes(np.array([[3.0, 4.0]]), weights)
    assert sizes == pytest.approx([3.53553391, 6])
    weights = np.array([[1.0, 0.0, -1.0], [1.0, 1.0, 0.0]])
    assert questions.chi(np.array([[1.0, -2.0]]), weights, 0.5) == pytest.approx(1.25)
    assert questions.correlation_map(np.array([-1.0, 0.0, 1.0])) == pytest.approx([0, 0.31830989, 1])


def test_chi_of_the_exercise_predicts_one_step_back():
    generator = np.random.default_rng(0)
    z, weights = generator.normal(size=(500, 60)), generator.normal(scale=0.2, size=(60, 90))
    delta = generator.normal(size=(500, 90))
    back = (delta @ weights.T) * np.where(z > 0, 1.0, 0.1)
    assert np.mean(back**2) / np.mean(delta**2) == pytest.approx(questions.chi(z, weights, 0.1), rel=0.02)
