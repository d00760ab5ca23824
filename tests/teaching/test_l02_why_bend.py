"""Lesson 2: what it claims of linear stacks, folds and fences, and that its explorers tell the truth."""

import itertools
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


@pytest.mark.parametrize(
    ("sizes", "rank"),
    [((5, 2, 5), 2), ((4, 9, 3, 9, 5), 3), ((2, 16, 8, 16, 2), 2), ((10, 3, 3, 10), 3), ((5, 3, 2), 2)],
)
def test_a_layer_narrower_than_inputs_and_outputs_lets_fewer_maps_through(sizes, rank):
    assert rank == min(sizes)
    for seed in range(20):
        network = stack(seed, *sizes)
        weight, _ = questions.collapse(network.weights, network.biases)
        assert np.linalg.matrix_rank(weight) == rank


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
    best, cut_off, outer = lesson.best_line(x_test, labels_test)
    assert 0.6 < best < 0.7
    assert best == (outer + 500 - (cut_off - outer)) / 1000  # 500 of the 1000 are inner points
    assert outer > 0.9 * cut_off > 100
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


@pytest.mark.parametrize("angle", [0, 0.3, 0.5, 1.234567, 2])
def test_a_strip_between_two_parallel_folds_is_open(angle):
    normal = np.array([np.cos(angle), np.sin(angle)])
    network = Network([2, 2, 2], generator=np.random.default_rng(0))
    network.weights[0][...] = np.stack([normal, -normal], axis=1)
    network.biases[0][...] = 0
    network.weights[1][...] = [[1, -1]] * 2
    network.biases[1][...] = [-0.7, 0.7]
    assert np.diff(network.forward(np.zeros((1, 2)))) > 0
    assert not lesson.fence_closed(network)


def test_four_units_on_two_folds_can_fence_it_in():
    network = Network([2, 4, 2], generator=np.random.default_rng(0))
    network.weights[0][...] = [[1, -1, 0, 0], [0, 0, 1, -1]]
    network.biases[0][...] = 0
    network.weights[1][...] = [[1, -1]] * 4
    network.biases[1][...] = [-1, 1]
    assert lesson.fence_closed(network)


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
    assert lesson.best_line(x, np.array([0, 0, 1, 1, 1])) == (1, 2, 2)
    assert lesson.best_line(x, np.array([1, 1, 0, 0, 0])) == (1, 3, 3)
    assert lesson.best_line(x, np.array([1, 1, 1, 1, 1])) == (1, 0, 0)
    on_a_line = np.linspace(-1, 1, 5)[:, None] * [[1, 1]]
    assert lesson.best_line(on_a_line, np.array([1, 0, 0, 1, 0])) == (0.8, 4, 3)


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


def patterns_in_view(weights, biases):
    """How many patterns a fine grid finds in the square, helped by points close around every crossing.

    A piece too small for the grid has a corner where two folds cross, or where a fold meets the edge.
    """
    side = np.linspace(-lesson.EDGE, lesson.EDGE, 401) + 0.0013
    edges = [(np.array(normal), lesson.EDGE) for normal in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    corners = []
    for (w, b), (v, c) in itertools.combinations([*zip(weights.T, biases, strict=True), *edges], 2):
        if abs(w[0] * v[1] - w[1] * v[0]) > 1e-9:
            corners.append(np.linalg.solve([w, v], [-b, -c]))
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False) + 0.001
    around = np.array(corners)[:, None] + 1e-5 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    points = np.concatenate([grid.reshape(-1, 2), around.reshape(-1, 2)])
    points = points[(np.abs(points) < lesson.EDGE).all(axis=1)]
    return int(count_patterns(activation_patterns([points @ weights + biases])))


def test_the_pieces_are_counted_as_a_fine_grid_finds_them():
    explorer = lesson.affine_pieces()
    for width in range(1, 9):
        for epoch in (0, 5, 35, 70, 100):
            network = lesson.trained(width)[epoch]
            weights, biases = (each[0].astype(float) for each in (network.weights, network.biases))
            pieces = patterns_in_view(weights, biases)
            assert f": {pieces} pieces in view" in explorer.picture(width=width, epoch=epoch).description
            # Zaslavsky: the most that so many lines can make.
            assert pieces <= 1 + width + width * (width - 1) // 2
            assert pieces == 2 * width or epoch > 0  # all folds pass through one point


def test_the_pieces_of_folds_that_can_be_counted_by_hand():
    none, upright, level = [0, 0], [1, 0], [0, -2]
    for folds, biases, pieces, drawn in (
        ([none], [1], 1, 0),
        ([upright], [0], 2, 1),
        ([upright], [2], 1, 0),  # outside the view
        ([upright, level], [0.5, 1], 4, 2),
        ([upright, level], [2, 1], 2, 1),
        ([upright, upright, level], [0.5, -0.5, 0], 6, 3),
        ([upright, [-3, 0]], [0.5, -1.5], 2, 1),  # the same line twice
        ([upright, level, [1, 1]], [0, 0, 0], 6, 3),  # through one point
        ([upright, level, [1, 1]], [0, 0, 0.5], 7, 3),  # a triangle
        ([[1, 1], [1, -1]], [-2, 2], 3, 2),  # they cross outside the view
    ):
        count, ends = lesson.cut_by_folds(np.array(folds, float).T, np.array(biases, float))
        assert (count, len(ends)) == (pieces, drawn), folds
        assert all(np.isclose(np.abs(end).max(axis=1), lesson.EDGE).all() for end in ends)


def test_what_is_told_of_the_fence_is_so():
    explorer = lesson.affine_pieces()
    _, _, x_test, labels_test = lesson.data()
    for width in (1, 2, 3, 5, 8):
        network = lesson.trained(width)[lesson.STORED]
        told = explorer.picture(width=width, epoch=lesson.STORED).description
        assert ("inner ring's side is closed off" in told) == (width >= 3)
        assert ("inner ring's side stays open" in told) == (width < 3)
        if width >= 3:
            inner = network.forward(x_test[labels_test == 1])
            kept = (inner[:, 1] > inner[:, 0]).sum()
            assert f"; {kept} of the ring's 500 new points lie on it" in told
    assert "The middle is not on the inner ring's side" in explorer.picture(width=8, epoch=0).description


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


def collapse_with(next_bias):
    """Collapse with another rule for the bias: (bias, weights, biases, layer, merged weight)."""

    def answer(weights, biases):
        weight, bias = weights[0], biases[0]
        for layer in range(1, len(weights)):
            weight = weight @ weights[layer]
            bias = next_bias(bias, weights, layer, weight) + biases[layer]
        return weight, bias

    return answer


@pytest.mark.parametrize(
    ("next_bias", "mistake"),
    [
        (lambda bias, weights, layer, weight: bias @ weight, "bias_by_merged"),
        (lambda bias, weights, layer, weight: np.dot(bias, weight), "bias_by_merged"),
        (lambda bias, weights, layer, weight: bias @ weights[layer - 1], "bias_by_own"),
        (lambda bias, weights, layer, weight: np.matmul(bias, weights[0]), "bias_by_first"),
        (lambda bias, weights, layer, weight: weights[layer] @ bias, "bias_from_the_right"),
    ],
)
def test_a_bias_times_the_wrong_matrix_is_not_called_a_wrong_order_of_the_weights(next_bias, mistake):
    assert outcome("collapse", collapse_with(next_bias)).mistake == mistake


def row_by_row(x, weights, biases, together=np.array):
    rows = []
    for row in x:
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            row = np.maximum(row @ weight + bias, 0)
        rows.append(row @ weights[-1] + biases[-1])
    return together(rows)


def test_a_loop_over_samples_that_fails_without_samples_is_asked_about():
    assert outcome("forward_pass", row_by_row).mistake == "looped"
    assert outcome("forward_pass", lambda *given: row_by_row(*given, np.stack)).mistake == "stacked"
    assert outcome("forward_pass", lambda *given: row_by_row(*given, np.vstack)).mistake == "stacked"


def test_relu_on_the_last_layer_is_seen_beside_another_fault():
    def looping(x, weights, biases):
        return row_by_row(x, weights, biases, lambda rows: np.maximum(np.array(rows), 0))

    result = outcome("forward_pass", looping)
    assert result.mistake == "relu_on_output" and result.message.startswith("At least this: ")


def test_a_superposition_gap_of_lengths_is_told():
    def lengths(a, b, f_zero, f_x, f_y, f_combination):
        linear = f_combination - (a * f_x + b * f_y)
        affine = (f_combination - f_zero) - (a * (f_x - f_zero) + b * (f_y - f_zero))
        return tuple(np.linalg.norm(gap, axis=1).max() for gap in (linear, affine))

    assert outcome("superposition_gaps", lengths).mistake == "norm_of_rows"
    first = questions.superposition_cases(np.random.default_rng(PUBLIC_SEED))[0]
    assert lengths(*first) != questions.superposition_gaps(*first) == (4, 5.5)
