"""Lesson 7: what it claims of thirty layers, and that its explorers tell the truth."""

import re

import numpy as np
import pytest

from utils.datasets import digits
from utils.diagnostics import dead_units, gradient_norms
from utils.explorers import l07_training_thirty_layers as lesson
from utils.judge import diagnose
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l07_training_thirty_layers as questions
from utils.training import accuracy, fit

DATA = digits(standardised=True)
QUESTIONS = {question.id: question for question in questions.QUESTIONS}


def outcome(name, function):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))


def networks(activation, initializer, *, width=32, layers=30, replicas=20, seed=5):
    law = {"activation": activation, "initializer": initializer, "generator": np.random.default_rng(seed)}
    return Network([64, *[width] * (layers - 1), 10], replicas=replicas, **law)


def trained(network, optimizer, epochs, batch_size=32):
    run = {"epochs": epochs, "batch_size": batch_size, "generator": np.random.default_rng(6)}
    run |= {"optimizer": optimizer, "loss": "softmax_cross_entropy", "progress": False}
    history = fit(network, DATA.x_train, DATA.y_train, **run)
    return history.loss, accuracy(network, DATA.x_test, DATA.y_test)


def worst_layer(network):
    """The share of dead units in the hidden layer that has most of them: (replicas,)."""
    network.forward(DATA.x_train)
    return np.array([dead_units(z).mean(axis=-1) for z in network.pre_activations]).max(axis=0)


def first_gradients(network):
    _, upstream = softmax_cross_entropy(network.forward(DATA.x_train), DATA.y_train)
    network.backward(upstream)
    return gradient_norms(network)


# ------------------------------------------------------------------------------------------------ the claims


def at_width_64(activation, initializer, epochs=30):
    network = networks(activation, initializer, width=64, replicas=3, seed=0)
    return trained(network, SGD(0.002, momentum=0.9), epochs, batch_size=64)


def test_twice_the_width_and_more_epochs():
    """The comparison in a larger setting: ReLU with He catches up, and the two stuck ones are far off."""
    relu_losses, relu = at_width_64("relu", "he")
    tanh_losses, tanh = at_width_64("tanh", "xavier", 20)
    assert relu.mean() > 0.8 and tanh.mean() > 0.88 and tanh.mean() > relu.mean() - 0.02
    assert np.median(relu_losses[-1]) < 0.5 and np.median(tanh_losses[-1]) < 0.3
    losses, sigmoid = at_width_64("sigmoid", "xavier", 6)
    assert sigmoid.max() < 0.15 and np.abs(losses[2:] - np.log(10)).max() < 0.02
    # All networks with ReLU and Xavier stay at chance for 10 epochs; then some just begin to leave it.
    losses, faint = at_width_64("relu", "xavier")
    assert np.abs(losses[:10] - np.log(10)).max() < 0.01
    assert faint.mean() < 0.2 and losses[-1].min() < np.log(10) - 0.005


def test_a_third_of_the_rate_does_not_help_the_two_that_are_stuck():
    def run(*recipe):
        return trained(networks(*recipe, replicas=10), SGD(0.001, momentum=0.9), 4)

    assert np.median(run("relu", "he")[0][-1]) < 2.2  # at this rate something can be learnt
    for recipe in (("relu", "xavier"), ("sigmoid", "xavier")):
        losses, shares = run(*recipe)
        assert losses.min() > 2.25 and shares.max() < 0.25


def test_at_three_times_adams_rate_relu_with_he_is_ahead_of_tanh():
    """The order of the activations belongs to the learning rates of the lesson."""
    relu, xavier, he = (
        trained(networks(*recipe, replicas=6), Adam(0.003), 8)[1].mean()
        for recipe in (("relu", "he"), ("tanh", "xavier"), ("tanh", "he"))
    )
    assert relu > (xavier + he) / 2 + 0.05


def test_adam_rescues_most_faint_relu_networks_but_not_all_and_no_sigmoid():
    network = networks("relu", "xavier", replicas=30, seed=8)
    losses, _ = trained(network, Adam(0.001), 3)
    stuck = losses[-1] > 2.25
    assert 0 < stuck.mean() < 0.4
    worst = worst_layer(network)  # the stuck ones have lost nearly all units of a layer
    assert np.median(worst[stuck]) > 0.85 > 0.75 > np.median(worst[~stuck])
    losses, _ = trained(networks("sigmoid", "xavier", replicas=10), Adam(0.001), 2)
    assert losses.min() > 2.25


def test_gradients_before_the_first_step():
    faint = first_gradients(networks("relu", "xavier", replicas=10))
    assert faint.max() < 1e-3 and np.median(faint[0] / faint[-1]) > 0.1
    vanishing = first_gradients(networks("sigmoid", "xavier", replicas=10))
    assert (vanishing[0] < 1e-15).all() and (vanishing[-1] > 0.01).all()
    for recipe in (("tanh", "xavier"), ("tanh", "he"), ("relu", "he")):
        healthy = first_gradients(networks(*recipe, replicas=10))
        assert (np.maximum(healthy[0] / healthy[-1], healthy[-1] / healthy[0]) < 100).all()
        assert (healthy.max(axis=0) > 1e-3).all()


def test_hes_scale_leaves_chi_of_tanh_close_to_one():
    points, weights = np.polynomial.hermite_e.hermegauss(101)
    weights /= weights.sum()
    square = 1.0  # of the pre-activations: it settles
    for _ in range(200):
        square = 2 * weights @ np.tanh(np.sqrt(square) * points) ** 2
    assert 1 < 2 * weights @ np.cosh(np.sqrt(square) * points) ** -4 < 1.15


def test_the_faint_networks_lose_units_in_training():
    network = networks("relu", "xavier", replicas=10)
    before = worst_layer(network)
    trained(network, SGD(0.003, momentum=0.9), 2)
    assert 0.2 < np.median(before) < 0.6 < np.median(worst_layer(network))


def test_a_constant_answer_costs_the_entropy():
    counts = np.array([50, 30, 0, 20])
    labels = np.repeat(np.arange(4), counts)
    with np.errstate(divide="ignore"):
        best = np.log(counts / counts.sum())
    loss, _ = softmax_cross_entropy(np.tile(best, (100, 1)), labels)
    assert np.isclose(loss, questions.constant_loss(counts))
    for seed in range(20):
        logits = best + np.random.default_rng(seed).normal(scale=0.1, size=4)
        assert softmax_cross_entropy(np.tile(logits, (100, 1)), labels)[0] > loss


def test_the_step_of_the_exercise_is_that_of_the_course():
    generator = np.random.default_rng(0)
    parameters = generator.normal(size=7)
    mine, mean, square, rule = parameters.copy(), np.zeros(7), np.zeros(7), Adam(0.01)
    for step in range(1, 30):
        gradients = generator.normal(size=7) * 10.0 ** generator.integers(-8, 3, size=7)
        rule.step(parameters, gradients)
        mine, mean, square = questions.adam_step(mine, gradients, mean, square, step, 0.01)
        assert np.allclose(mine, parameters, rtol=1e-10)


def test_the_exercises_initialisation_has_the_variances_of_the_course():
    for rule in ("he", "xavier", "lecun"):
        weights, _ = questions.initialise([300, 200, 100], rule, 3)
        course = Network([300, 200, 100], initializer=rule, generator=np.random.default_rng(4)).weights
        for mine, theirs in zip(weights, course, strict=True):
            assert mine.shape == theirs.shape and np.isclose(mine.std(), theirs.std(), rtol=0.03)


# --------------------------------------------------------------------------------------------- the explorers


def test_the_tour_of_the_gradients_tells_the_truth():
    medians = {name: np.median(lesson.recorded(name)[0], axis=1) for name in lesson.RECIPES}
    norms = {name: np.median(lesson.recorded(name)[1], axis=2) for name in lesson.RECIPES}
    assert norms["ReLU, He, SGD"][0].min() > 0.01
    assert norms["ReLU, Xavier, SGD"][0].max() < 1e-3 and np.ptp(np.log10(norms["ReLU, Xavier, SGD"][0])) < 1
    assert abs(medians["ReLU, Xavier, SGD"][-1] - np.log(10)) < 0.02
    assert medians["ReLU, Xavier, Adam"][-1] < 2.2
    assert (np.diff(np.log10(norms["sigmoid, Xavier, SGD"][0]))[1:] > 0.2).all()
    assert abs(medians["sigmoid, Xavier, Adam"][-1] - np.log(10)) < 0.05
    assert norms["sigmoid, Xavier, Adam"][-1][0] < 1e-8
    # The answer to the second task: first the gradients, between steps 30 and 60, then the loss.
    adam = norms["ReLU, Xavier, Adam"][:, :29].min(axis=1)
    assert adam[30 // lesson.EVERY] < 1e-4 and adam[60 // lesson.EVERY] > 1e-3
    assert medians["ReLU, Xavier, Adam"][60 // lesson.EVERY] > 2.25


def test_the_description_of_the_gradients_is_of_the_picture():
    explorer = lesson.gradients()
    told = explorer.picture(network="sigmoid, Xavier, SGD", step=0).description
    exponents = [float(each) for each in re.findall(r"10\^(-?[\d.]+\d)", told)]
    norms = np.median(lesson.recorded("sigmoid, Xavier, SGD")[1][0], axis=1)
    assert np.allclose(exponents, np.log10(norms[[0, 14, 29]]), atol=0.051)


def final_loss(**settings):
    *_, (_, fraction, told) = lesson.watch().frames(**settings)
    assert fraction == 1
    return float(re.search(r"loss ([\d.]+)", told)[1])


def test_the_live_run_begins_to_learn_between_20_and_24_layers_with_relu_and_xavier():
    assert final_loss(layers=18, start=2) < 2.2 < 2.25 < final_loss(layers=28, start=2)


def test_the_live_run_learns_three_layers_with_sigmoid():
    assert final_loss(layers=3, activation="sigmoid") < 2 < 2.2 < final_loss(layers=4, activation="sigmoid")


# --------------------------------------------------------------------------------------------- the questions


def test_other_good_answers_are_right_without_remarks():
    def from_probabilities(counts):
        share = counts / counts.sum()
        return float(-sum(p * np.log(p) for p in share if p > 0))

    def folded(parameters, gradients, mean, square, step, learning_rate):
        mean = mean + 0.1 * (gradients - mean)
        square = square + 0.001 * (gradients * gradients - square)
        size = np.sqrt(square) / np.sqrt(1 - 0.999**step) + 1e-8
        return parameters - learning_rate / (1 - 0.9**step) * mean / size, mean, square

    for name, function in (("constant_loss", from_probabilities), ("adam_step", folded)):
        result = outcome(name, function)
        assert (result.status, result.remarks) == (RIGHT, ())


def test_means_changed_in_place_are_remarked():
    def in_place(parameters, gradients, mean, square, step, learning_rate):
        mean *= 0.9
        mean += 0.1 * gradients
        square *= 0.999
        square += 0.001 * gradients**2
        corrected = mean / (1 - 0.9**step), square / (1 - 0.999**step)
        return parameters - learning_rate * corrected[0] / (np.sqrt(corrected[1]) + 1e-8), mean, square

    assert {remark.name for remark in outcome("adam_step", in_place).remarks} == {"mutates"}


@pytest.mark.parametrize(
    "rules",
    [
        {"learning": lambda losses, norms, dead, relative: relative < 0.85},
        {"learning": lambda losses, norms, dead, relative: relative < 0.95},
        {"faint": lambda losses, norms, dead, relative: norms.max() < 1e-2},
        {"faint": lambda losses, norms, dead, relative: norms.max() < 1e-4},
        {"faint": lambda losses, norms, dead, relative: norms[-1] < 1e-3},
        {"vanishing": lambda losses, norms, dead, relative: norms[0] < norms[-1] / 10_000},
        {"vanishing": lambda losses, norms, dead, relative: norms[0] < norms[-1] / 100},
        {"dead_layer": lambda losses, norms, dead, relative: (dead > 0.95).any()},
        {"dead_layer": lambda losses, norms, dead, relative: dead[-1] == 1},
        {"dead_layer": lambda losses, norms, dead, relative: dead[0] == 1},
    ],
)
def test_a_diagnosis_with_another_limit_is_wrong(rules):
    assert outcome("diagnose", questions._diagnosed(**rules)).status != RIGHT


def test_a_small_number_inside_the_logarithm_is_right():
    def safe(counts):
        share = counts / counts.sum()
        return -(share * np.log(share + 1e-12)).sum()

    assert outcome("constant_loss", safe).status == RIGHT
