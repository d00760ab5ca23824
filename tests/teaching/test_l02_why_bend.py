"""Lesson 2: what it claims of linear stacks, folds and fences, and that its explorers tell the truth."""

import re

import numpy as np
import pytest

from utils.datasets import circles
from utils.diagnostics import activation_patterns, count_patterns
from utils.explorers import l02_why_bend as lesson
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import Adam
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l02_why_bend as questions
from utils.training import accuracy, fit

QUESTIONS = {question.id: question for question in questions.QUESTIONS}


def outcome(name, function):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))


def stack(seed, *sizes, activation="identity"):
    """A network with random biases too, in float64."""
    generator = np.random.default_rng(seed)
    network = Network(list(sizes), activation=activation, generator=generator, dtype=np.float64)
    for bias in network.biases:
        bias[...] = generator.normal(size=bias.shape)
    return network


# ------------------------------------------------------------------------------------------------ the claims


@pytest.mark.parametrize("sizes", [(2, 2), (2, 3, 1), (3, 7, 2, 5), (2, 16, 16, 16, 16, 2)])
def test_a_collapsed_stack_is_the_stack(sizes):
    for seed in range(20):
        network = stack(seed, *sizes)
        x = np.random.default_rng(seed).normal(size=(50, sizes[0]))
        weight, bias = questions.collapse(network.weights, network.biases)
        assert np.allclose(x @ weight + bias, network.forward(x), rtol=1e-11, atol=1e-11)


def test_a_layer_narrower_than_its_neighbours_lets_fewer_maps_through():
    for seed in range(20):
        network = stack(seed, 5, 2, 5)
        weight, _ = questions.collapse(network.weights, network.biases)
        assert np.linalg.matrix_rank(weight) == 2


def test_the_affine_piece_is_the_network_wherever_the_pattern_is_the_same():
    for seed in range(20):
        network = stack(seed, 3, 6, 6, 2, activation="relu")
        x = np.random.default_rng(seed).normal(size=(500, 3))
        output = network.forward(x)
        patterns = activation_patterns(network.pre_activations)
        weight, bias = questions.affine_piece(x[0], network.weights, network.biases)
        same = (patterns == patterns[0]).all(axis=1)
        assert same[0] and np.allclose(x[same] @ weight + bias, output[same], rtol=1e-11, atol=1e-11)


def test_relu_passes_the_homogeneity_part_of_superposition_only():
    generator = np.random.default_rng(0)
    (a, b), (x, y) = generator.normal(size=(2, 100, 1)), generator.normal(size=(2, 100, 2))
    relu = lambda values: np.maximum(values, 0)  # noqa: E731
    gaps = questions.superposition_gaps(a, b, np.zeros(2), relu(x), relu(y), relu(a * x + b * y))
    assert min(gaps) > 0.1
    one, none = np.abs(a), np.zeros_like(b)
    gaps = questions.superposition_gaps(one, none, np.zeros(2), relu(x), relu(y), relu(one * x))
    assert max(gaps) < 1e-12


def test_no_identity_network_beats_the_best_line_and_relu_does():
    x, labels, x_test, labels_test = lesson.data()
    best = lesson.best_line(x_test, labels_test)
    assert 0.6 < best < 0.7
    for activation, initializer in (("identity", "lecun"), ("relu", "he")):
        generator = np.random.default_rng(11)
        law = {"activation": activation, "initializer": initializer, "generator": generator}
        network = Network([2, 16, 16, 2], replicas=20, **law)
        run = {"optimizer": Adam(0.01), "epochs": 40, "batch_size": 32, "progress": False}
        fit(network, x, labels, loss="softmax_cross_entropy", generator=generator, **run)
        shares = accuracy(network, x_test, labels_test)
        if activation == "identity":
            assert shares.max() <= best + 0.002 and 0.4 < shares.mean() < 0.6
        else:
            assert shares.min() > 0.93


def test_two_units_never_fence_in_the_inner_ring():
    generator = np.random.default_rng(12)
    network = Network([2, 2, 2], generator=generator, replicas=2000)
    for values in (*network.weights, *network.biases):
        values[...] = generator.normal(size=values.shape)
    assert not lesson.fence_closed(network).any()


def test_three_units_can_fence_it_in():
    angles = np.array([0, 2, 4]) * np.pi / 3
    network = Network([2, 3, 2], generator=np.random.default_rng(0))
    network.weights[0][...] = np.stack([np.cos(angles), np.sin(angles)])
    network.biases[0][...] = 0
    network.weights[1][...] = [[1, -1]] * 3
    network.biases[1][...] = [-0.7, 0.7]
    assert lesson.fence_closed(network)
    x, labels = circles(2000, np.random.default_rng(1), noise=0)
    assert accuracy(network, x, labels) == 1


# --------------------------------------------------------------------------------------------- the explorers


def test_the_best_line_of_a_case_that_can_be_counted():
    x = np.array([[-2.0, 0.1], [-1.0, -0.2], [1.0, 0.3], [2.0, 0.0], [3.0, -0.1]])
    assert lesson.best_line(x, np.array([0, 0, 1, 1, 1])) == 1
    assert lesson.best_line(x, np.array([1, 1, 0, 0, 0])) == 1
    assert lesson.best_line(x, np.array([1, 1, 1, 1, 1])) == 1
    assert lesson.best_line(np.linspace(-1, 1, 5)[:, None] * [[1, 1]], np.array([0, 1, 0, 1, 0])) == 0.6


def test_a_straight_boundary_is_told_from_a_bent_one():
    t = np.linspace(-1, 1, 50)
    assert lesson.is_straight(np.stack([t, 0.3 - 2 * t], axis=1))
    assert lesson.is_straight(np.stack([np.full(50, 0.2), t], axis=1))
    assert not lesson.is_straight(np.stack([t, np.abs(t)], axis=1))


@pytest.mark.parametrize("depth", [0, 2, 4])
def test_the_live_run_tells_of_a_straight_line_without_a_bend(depth):
    frames = list(lesson.learn().frames(hidden_layers=depth, activation="identity", width=4, start=3))
    assert len(frames) == lesson.EPOCHS
    for _, _, told in frames:
        assert "straight line" in told or "No boundary" in told


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_live_run_learns_the_rings_with_a_bend(activation):
    *_, (_, fraction, told) = lesson.learn().frames(hidden_layers=2, activation=activation, width=16, start=2)
    assert fraction == 1 and "The boundary bends." in told
    assert int(re.search(r"(\d+)% of 1000", told)[1]) >= 95


def test_the_pieces_are_counted_and_the_fence_is_told_as_it_is():
    explorer = lesson.affine_pieces()
    for width in (1, 2, 3, 5, 8):
        network = lesson.trained(width)[lesson.STORED]
        told = explorer.picture(width=width, epoch=lesson.STORED).description
        network.forward(lesson.GRID)
        pieces = int(count_patterns(activation_patterns(network.pre_activations)))
        assert f": {pieces} pieces in view" in told
        assert (
            pieces <= 1 + width + width * (width - 1) // 2
        )  # Zaslavsky: the most that so many lines can make
        closed = "fence around the inner ring is closed" in told
        assert closed == (width >= 3)


def test_before_training_all_folds_pass_through_the_middle():
    for width in (1, 8):
        assert (lesson.trained(width)[0].biases[0] == 0).all()
        assert (lesson.trained(width)[lesson.STORED].biases[0] != 0).any()


# --------------------------------------------------------------------------------------------- the questions


def collapse_from_the_end(weights, biases):
    weight, bias = weights[-1], biases[-1]
    for before, shift in zip(weights[-2::-1], biases[-2::-1], strict=True):
        bias = shift @ weight + bias
        weight = before @ weight
    return weight, bias


def collapse_by_probing(weights, biases):
    def through(x):
        for weight, bias in zip(weights, biases, strict=True):
            x = x @ weight + bias
        return x

    bias = through(np.zeros((1, len(weights[0]))))[0]
    return through(np.eye(len(weights[0]))) - bias, bias


def piece_by_selecting(x, weights, biases):
    weight, bias, here = np.eye(x.size), np.zeros(x.size), x
    for number, (w, b) in enumerate(zip(weights, biases, strict=True)):
        weight, bias, here = weight @ w, bias @ w + b, here @ w + b
        if number < len(weights) - 1:
            off = here <= 0
            weight[:, off], bias[off], here[off] = 0, 0, 0
    return weight, bias


def forward_by_recursion(x, weights, biases):
    if len(weights) == 1:
        return x @ weights[0] + biases[0]
    return forward_by_recursion((x @ weights[0] + biases[0]).clip(0), weights[1:], biases[1:])


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("collapse", collapse_from_the_end),
        ("collapse", collapse_by_probing),
        ("affine_piece", piece_by_selecting),
        ("forward_pass", forward_by_recursion),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function):
    result = outcome(name, function)
    assert (result.status, result.remarks) == (RIGHT, ())


def test_a_loop_over_the_samples_is_remarked_and_one_over_the_layers_is_not():
    def looping(x, weights, biases):
        rows = [questions.forward_pass(row[None], weights, biases)[0] for row in x]
        return np.array(rows).reshape(len(x), len(biases[-1]))

    assert {remark.name for remark in outcome("forward_pass", looping).remarks} == {"loops"}
    assert outcome("forward_pass", questions.forward_pass).remarks == ()


def test_a_bias_added_in_place_is_remarked():
    def in_place(weights, biases):
        weight, bias = weights[0], biases[-1]
        carried = biases[0]
        for next_weight, next_bias in zip(weights[1:], biases[1:], strict=True):
            weight, carried = weight @ next_weight, carried @ next_weight + next_bias
        bias[:] = carried
        return weight, bias

    assert {remark.name for remark in outcome("collapse", in_place).remarks} == {"mutates"}
