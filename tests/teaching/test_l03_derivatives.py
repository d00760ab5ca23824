"""Lesson 03: its claims with the course's own code, held to references that share none of it."""

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.explorers import l03_derivatives as pictures
from utils.gradients import numeric_gradient, relative_error
from utils.judge import diagnose
from utils.losses import squared_error
from utils.networks import Network
from utils.optimizers import SGD
from utils.question import RIGHT
from utils.questions.l03_derivatives import QUESTIONS
from utils.training import accuracy, fit

QUESTION = {question.id: question for question in QUESTIONS}
REFERENCE = {question.id: question.reference for question in QUESTIONS}
RELU = ACTIVATIONS["relu"]


@pytest.mark.parametrize("side, slope", [("left", 0.0), ("central", 0.5), ("right", 1.0)])
def test_no_step_is_small_enough_at_the_corner(side, slope):
    assert all(numeric_gradient(RELU, 0.0, 2.0**-k, side) == slope for k in range(40))


@pytest.mark.parametrize("x0", [-0.8, -0.05, 0.3, 1.0])
@pytest.mark.parametrize("h", [0.05, 0.3, 0.9])
def test_the_explorer_measures_what_the_course_measures(x0, h):
    sides = ("left", "central", "right")
    expected = [float(numeric_gradient(RELU, x0, h, side)) for side in sides]
    assert pictures.difference_slopes(x0, h) == pytest.approx(expected, abs=1e-12)
    if h <= abs(x0):
        assert pictures.difference_slopes(x0, h) == pytest.approx([float(RELU.derivative(x0))] * 3)


@pytest.mark.parametrize(
    "curve, low, high",
    [("relu(x)", 0.0, 1.0), ("|x|", -1.0, 1.0), ("leaky ReLU, slope 0.2", 0.2, 1.0), ("min(0, x)", 9, -9)],
)
def test_the_touching_slopes_are_the_subdifferential(curve, low, high):
    explorer = pictures.touching()
    for slope in np.round(np.arange(-1.5, 1.55, 0.1), 1):
        told = explorer.picture(curve=curve, slope=float(slope)).description
        assert ("is a subgradient" in told) == (low - 1e-9 <= slope <= high + 1e-9), told


@pytest.mark.parametrize("curve", tuple(pictures.CURVES))
def test_a_line_that_does_not_touch_is_told_to_cut_or_to_lie_above(curve):
    explorer = pictures.touching()
    x = np.linspace(-2, 2, 4001)
    for slope in np.round(np.arange(-1.5, 1.55, 0.1), 1):
        told = explorer.picture(curve=curve, slope=float(slope)).description
        excess = slope * x - pictures.CURVES[curve](x)
        above, below = excess.max() > 1e-9, excess.min() < -1e-9
        assert ("stays on or below" in told) == (not above), told
        assert ("cuts through the curve" in told) == (above and below), told
        assert ("lies on or above the curve" in told) == (above and not below), told
        if above:
            assert f"by up to {excess.max():.1f} (at x = {x[excess.argmax()]:.0f}, shaded)" in told


def test_the_central_slope_across_the_corner_is_the_mixture():
    x0, h = np.meshgrid(np.linspace(-1, 1, 81), np.linspace(0.02, 1, 50))
    mixture = np.where(np.abs(x0) < h, (x0 + h - 0) / (2 * h), RELU.derivative(x0))
    assert np.allclose((RELU(x0 + h) - RELU(x0 - h)) / (2 * h), mixture)


def test_the_masks_picture_computes_the_gradient():
    def loss(x, target):
        z = pictures.WEIGHTS_1 * x + pictures.BIAS_1
        return (np.maximum(z, 0) @ pictures.WEIGHTS_2 - target) ** 2

    for x in (-1.77, -0.31, 0.25, 0.83, 1.61):
        for target in (-2.0, 0.5):
            done = pictures.backward_by_hand(x, target)
            numeric = (loss(x + 1e-6, target) - loss(x - 1e-6, target)) / 2e-6
            assert done["x_gradient"] == pytest.approx(numeric, rel=1e-6, abs=1e-6)


def test_the_tasks_of_the_explorers_have_the_answers_they_suggest():
    explorer = pictures.masks()
    for x in np.round(np.arange(-2, 2.05, 0.1), 1):
        alone = "Units that pass it: 2;" in explorer.picture(x=float(x), target=2.0).description
        assert alone == (x <= -1.5), x
    corners = -pictures.BIAS_1 / pictures.WEIGHTS_1
    assert corners.tolist() == [0, 0.5, 1, -1.5]
    assert pictures.backward_by_hand(0.5, 2.0)["z"][1] == 0
    assert "the upstream gradient 0.00" in explorer.picture(x=0.5, target=-0.5).description
    secant = pictures.secant()
    assert "1.00 from the left" in secant.picture(x0=0.6, h=0.6).description
    assert "0.92 from the left" in secant.picture(x0=0.6, h=0.65).description


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_backward_pass_is_the_gradient_and_that_of_the_course(seed):
    generator = np.random.default_rng(seed)
    network = Network([3, 6, 1], generator=generator, dtype=np.float64)
    network.biases[0][...] = generator.normal(size=6)
    x, target = generator.normal(size=(7, 3)), generator.normal(size=(7, 1))
    network.backward(squared_error(network.forward(x), target)[1])
    parameters = {
        "weights_1": network.weights[0],
        "bias_1": network.biases[0],
        "weights_2": network.weights[1],
        "bias_2": network.biases[1],
    }
    ours = REFERENCE["network_backward"](x, target, **parameters)
    theirs = [network.weight_gradients[0], network.bias_gradients[0]]
    theirs += [network.weight_gradients[1], network.bias_gradients[1]]
    for (name, gradient), other in zip(ours.items(), theirs, strict=True):
        assert relative_error(gradient, other) < 1e-10, name

        def loss(value, name=name):
            p = parameters | {name: value}
            hidden = np.maximum(x @ p["weights_1"] + p["bias_1"], 0)
            return np.mean((hidden @ p["weights_2"] + p["bias_2"] - target) ** 2)

        assert gradient == pytest.approx(numeric_gradient(loss, parameters[name], 1e-6), rel=1e-5, abs=1e-7)


def probes(seed, step):
    """What the exercise's check is given, of a real network whose backward pass is right."""
    generator = np.random.default_rng(seed)
    network = Network([3, 8, 1], generator=generator, dtype=np.float64)
    x = generator.normal(size=(16, 3))
    y = np.sin(x.sum(axis=1, keepdims=True))
    network.backward(squared_error(network.forward(x), y)[1])
    analytic, start = network.gradients.copy(), network.parameters.copy()
    losses, z = [], []
    for change in (-step, step):
        for i in range(start.size):
            network.parameters[...] = start
            network.parameters[i] += change
            losses.append(squared_error(network.forward(x), y)[0])
            z.append(network.pre_activations[0].ravel())
    low, high = np.array(losses).reshape(2, -1)
    return (high - low) / (2 * step), analytic, *np.array(z).reshape(2, start.size, -1)


def test_the_check_of_the_exercise_clears_a_right_gradient_and_catches_a_wrong_one():
    plain_fails = 0
    for seed in range(20):
        numeric, analytic, minus, plus = probes(seed, 1e-2)
        with np.errstate(invalid="ignore"):  # 0 / 0 where both gradients are 0
            trusted, worst = REFERENCE["gradient_check"](numeric, analytic, minus, plus)
        assert trusted.mean() > 0.5 and worst < 1e-7
        plain_fails += relative_error(numeric, analytic) > 1e-4
        wrong = analytic.copy()
        wrong[np.flatnonzero(trusted & (analytic != 0))[0]] *= 1.1
        with np.errstate(invalid="ignore"):
            assert REFERENCE["gradient_check"](numeric, wrong, minus, plus)[1] > 0.05
    assert plain_fails >= 5  # without the exercise's care, a right gradient fails


def trained(scale, at_zero, output_scale=1.0):
    """20 networks in float64 as in the lesson, their test accuracies, and how often z was exactly 0."""
    data, zeros = digits(), 0
    relu = RELU.with_derivative_at_zero(at_zero)
    start = {"generator": np.random.default_rng(5), "replicas": 20, "dtype": np.float64}
    networks = Network([64, 32, 10], activation=relu, **start)
    networks.weights[0][...] *= scale
    networks.weights[1][...] *= output_scale

    class Counting(SGD):
        def step(self, parameters, gradients):
            nonlocal zeros
            zeros += np.sum(networks.pre_activations[0] == 0)
            super().step(parameters, gradients)

    fit(
        networks,
        data.x_train / 16,
        data.y_train,
        loss="softmax_cross_entropy",
        optimizer=Counting(0.1, momentum=0.9),
        epochs=5,
        batch_size=32,
        generator=np.random.default_rng(6),
        progress=False,
    )
    return networks, accuracy(networks, data.x_test / 16, data.y_test), zeros


def test_at_the_zero_start_the_convention_decides_everything():
    stuck, reached, _ = trained(0.0, 0.0)
    assert reached.max() < 0.15
    assert not stuck.weights[0].any()
    guesses = stuck.forward(digits().x_test / 16).argmax(axis=-1)
    assert np.all(guesses == guesses[:, :1])
    for at_zero in (0.5, 1.0):
        assert trained(0.0, at_zero)[1].min() > 0.85


def test_tiny_is_not_zero():
    assert trained(1e-30, 0.0)[1].min() > 0.85


def test_with_all_weights_zero_no_convention_helps():
    assert trained(0.0, 1.0, output_scale=0.0)[1].max() < 0.15


def test_with_he_initialisation_the_convention_is_not_asked_for():
    start, _, zeros = trained(1.0, 0.0)
    assert zeros == 0
    for at_zero in (0.5, 1.0):
        networks, _, zeros = trained(1.0, at_zero)
        assert zeros == 0
        assert np.array_equal(networks.parameters, start.parameters)


def told(answer):
    return diagnose(QUESTION["gradient_check"], answer, np.random.default_rng(3))


def test_the_usual_way_round_zero_by_zero_is_right_without_a_remark():
    def with_where(numeric, analytic, minus, plus):
        trusted = ~((minus < 0) & (plus > 0) | (minus > 0) & (plus < 0)).any(axis=1)
        top, bottom = np.abs(numeric - analytic), np.maximum(np.abs(numeric), np.abs(analytic))
        errors = np.where(bottom == 0, 0, top / bottom)
        return trusted, errors[trusted].max() if trusted.any() else np.nan

    def with_product(numeric, analytic, minus, plus):
        trusted = ~(minus * plus < 0).any(axis=1)
        bottom = np.maximum(np.abs(numeric), np.abs(analytic))
        errors = np.abs(numeric - analytic) / np.where(bottom == 0, 1, bottom)
        return trusted, errors[trusted].max() if trusted.any() else float("nan")

    for answer in (with_where, with_product):
        outcome = told(answer)
        assert (outcome.status, outcome.remarks) == (RIGHT, ()), outcome.message


def settled(numeric, analytic, minus, plus):
    """`trusted` as it should be, and the errors with 0 for 0 / 0 and with NaN."""
    bottom = np.maximum(np.abs(numeric), np.abs(analytic))
    errors = np.abs(numeric - analytic) / bottom
    return ~(minus * plus < 0).any(axis=1), np.where(bottom == 0, 0, errors), errors


@pytest.mark.parametrize(
    "worst, mistake",
    [
        (lambda trusted, errors, raw: errors.max(), "worst_of_all"),
        (
            lambda trusted, errors, raw: errors.max() if trusted.any() else np.nan,
            "worst_of_all_or_none",
        ),
        (lambda trusted, errors, raw: raw[trusted].max(), "zero_by_zero_and_largest_of_none"),
        (lambda trusted, errors, raw: np.nanmax(raw[trusted]), "nanmax_of_none"),
        (lambda trusted, errors, raw: np.nanmax(errors[trusted]), "nanmax_of_none"),
        (lambda trusted, errors, raw: errors[trusted].max(), "largest_of_none"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_the_ways_to_a_wrong_worst_error_are_told_apart(worst, mistake):
    def answer(*given):
        trusted, errors, raw = settled(*given)
        return trusted, worst(trusted, errors, raw)

    outcome = told(answer)
    assert outcome.mistake == mistake and not outcome.message.startswith("At least")


def test_two_mistakes_at_once_draw_no_praise():
    def answer(numeric, analytic, minus, plus):
        trusted = ((minus > 0) == (plus > 0)).all(axis=1)
        _, errors, _ = settled(numeric, analytic, minus, plus)
        return trusted, errors.max() if trusted.any() else np.nan

    message = told(answer).message
    assert (
        message.startswith("At least this: The worst error is taken over all") and "is right" not in message
    )


@pytest.mark.parametrize("step", [None, 1e-3, 1e-4, 1e-5, 1e-6])
def test_measuring_instead_of_going_back_is_recognised(step):
    def answer(x, target, *parameters):
        def gradient(place):
            def loss(value):
                w1, b1, w2, b2 = (*parameters[:place], value, *parameters[place + 1 :])
                return np.sum((target - b2 - np.where(x @ w1 + b1 > 0, x @ w1 + b1, 0) @ w2) ** 2) / len(x)

            return numeric_gradient(loss, parameters[place], step)

        names = ("weights_1", "bias_1", "weights_2", "bias_2")
        return {name: gradient(place) for place, name in enumerate(names)}

    outcome = diagnose(QUESTION["network_backward"], answer, np.random.default_rng(3))
    assert outcome.mistake == f"differences_{step or 'default'}"


def test_the_convention_of_one_half_is_not_taken_for_measuring():
    def answer(x, target, weights_1, bias_1, weights_2, bias_2):
        z = x @ weights_1 + bias_1
        upstream = 2 * (np.maximum(z, 0) @ weights_2 + bias_2 - target) / len(x)
        z_gradient = upstream @ weights_2.T * (0.5 * (z > 0) + 0.5 * (z >= 0))
        gradients = {"weights_1": x.T @ z_gradient, "bias_1": z_gradient.sum(axis=0)}
        return gradients | {"weights_2": np.maximum(z, 0).T @ upstream, "bias_2": upstream.sum(axis=0)}

    outcome = diagnose(QUESTION["network_backward"], answer, np.random.default_rng(3))
    assert outcome.mistake == "half_at_zero"


def test_comparing_with_nan_is_told_of():
    def answer(upstream, z):
        return np.where(z == np.nan, np.nan, upstream * (z > 0))

    outcome = diagnose(QUESTION["relu_backward"], answer, np.random.default_rng(3))
    assert "use `np.isnan`" in outcome.summary


def test_the_code_for_one_sample_is_recognised_with_and_without_the_mean():
    def copied(share):
        def network_backward(x, target, weights_1, bias_1, weights_2, bias_2):
            z = x @ weights_1 + bias_1
            a = np.maximum(z, 0)
            output = a @ weights_2 + bias_2
            upstream = 2 * (output - target) * share(x)
            a_gradient = upstream * weights_2
            z_gradient = a_gradient * (z > 0)
            weights_1_gradient = np.outer(x, z_gradient)
            names = ("weights_1", "bias_1", "weights_2", "bias_2")
            return dict(zip(names, (weights_1_gradient, z_gradient, upstream * a, upstream), strict=True))

        return network_backward

    for share in (lambda x: 1, lambda x: 1 / len(x)):
        outcome = diagnose(QUESTION["network_backward"], copied(share), np.random.default_rng(3))
        assert outcome.mistake == "one_sample"


def test_wrong_broadcasting_does_not_survive():
    for case in QUESTION["network_backward"].cases(np.random.default_rng(3)):
        x, _, weights_1, *_ = case
        sizes = (len(x), *weights_1.shape)
        assert len(set(sizes)) == 3, sizes
