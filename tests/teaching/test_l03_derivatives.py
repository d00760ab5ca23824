"""Lesson 03: its claims with the course's own code, held to references that share none of it."""

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.explorers import l03_derivatives as pictures
from utils.gradients import numeric_gradient, relative_error
from utils.losses import squared_error
from utils.networks import Network
from utils.optimizers import SGD
from utils.questions.l03_derivatives import QUESTIONS
from utils.training import accuracy, fit

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
    [("relu(x)", 0.0, 1.0), ("|x|", -1.0, 1.0), ("leaky relu, slope 0.2", 0.2, 1.0), ("min(0, x)", 9, -9)],
)
def test_the_touching_slopes_are_the_subdifferential(curve, low, high):
    explorer = pictures.touching()
    for slope in np.round(np.arange(-1.5, 1.55, 0.1), 1):
        told = explorer.picture(curve=curve, slope=float(slope)).description
        assert ("is a subgradient" in told) == (low - 1e-9 <= slope <= high + 1e-9), told


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
    assert "Units that pass it: 2;" in explorer.picture(x=-1.8, target=2.0).description
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
        trusted, worst = REFERENCE["gradient_check"](numeric, analytic, minus, plus)
        assert trusted.mean() > 0.5 and worst < 1e-7
        plain_fails += relative_error(numeric, analytic) > 1e-4
        wrong = analytic.copy()
        wrong[np.flatnonzero(trusted & (analytic != 0))[0]] *= 1.1
        assert REFERENCE["gradient_check"](numeric, wrong, minus, plus)[1] > 0.05
    assert plain_fails >= 5  # without the exercise's care, a right gradient fails


def trained(scale, at_zero, output_scale=1.0):
    data = digits()
    relu = RELU.with_derivative_at_zero(at_zero)
    networks = Network([64, 32, 10], activation=relu, generator=np.random.default_rng(5), replicas=20)
    networks.weights[0][...] *= scale
    networks.weights[1][...] *= output_scale
    fit(
        networks,
        data.x_train / 16,
        data.y_train,
        loss="softmax_cross_entropy",
        optimizer=SGD(0.1, momentum=0.9),
        epochs=5,
        batch_size=32,
        generator=np.random.default_rng(6),
        progress=False,
    )
    return networks, accuracy(networks, data.x_test / 16, data.y_test)


def test_at_the_zero_start_the_convention_decides_everything():
    stuck, reached = trained(0.0, 0.0)
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
    (zero, _), (one, _) = trained(1.0, 0.0), trained(1.0, 1.0)
    assert (zero.parameters == one.parameters).all(axis=-1).sum() >= 16
