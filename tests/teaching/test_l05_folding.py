"""Lesson 5: its claims of folds, of random and of trained networks; and its explorers tell the truth."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from utils.datasets import digits, mnist1d
from utils.diagnostics import count_patterns
from utils.explorers import l05_folding as lesson
from utils.folding import folding_layers, tent_layers
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import Adam
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l05_folding as questions
from utils.regions import breakpoints, deep_lower_bound, regions, restricted, shallow_maximum
from utils.training import fit

QUESTIONS = {question.id: question for question in questions.QUESTIONS}


def outcome(name, function):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))


# ------------------------------------------------------------------------------------------------ the claims


@pytest.mark.parametrize("folds", range(1, 14))
def test_k_folds_make_two_to_the_k_equal_pieces(folds):
    at = breakpoints(tent_layers(folds))
    assert np.array_equal(at, np.arange(1, 2**folds) / 2**folds)
    values = questions.folded_tent(np.arange(2**folds + 1) / 2**folds, folds)
    assert np.array_equal(values, np.arange(2**folds + 1) % 2)  # down, up, down ...


def test_two_units_a_layer_do_where_the_input_stays_between_0_and_1():
    output = np.array([2.0, -4.0])
    layers = [(np.ones((1, 2)), np.array([0, -0.5]))]
    layers += [(np.outer(output, np.ones(2)), np.array([0, -0.5]))] * 9
    assert breakpoints(layers).size + 1 == 2**10


def test_one_layer_has_at_most_one_piece_more_than_units():
    for seed in range(20):
        network = lesson.random_network([25], 1, np.random.default_rng(seed))
        assert breakpoints(restricted(network), -1e6, 1e6).size <= 25


@pytest.mark.parametrize("folds", range(0, 11))
def test_the_square_is_missed_by_exactly_a_power_of_four(folds):
    x = np.arange(2**13 + 1) / 2**13
    error = np.abs(questions.folded_square(x, folds) - x**2)
    assert error.max() == 4.0 ** -(folds + 1)
    knots = np.arange(2**folds + 1) / 2**folds
    assert np.array_equal(questions.folded_square(x, folds), np.interp(x, knots, knots**2))


def test_no_straight_piece_comes_closer_than_half_the_gap():
    x = np.linspace(0.3, 0.8, 2001)
    h, errors = 0.5, []
    for slope in np.linspace(0.9, 1.3, 81):
        gap = x**2 - slope * x
        errors.append(np.ptp(gap) / 2)  # with the best height
    assert min(errors) == pytest.approx(h**2 / 8, rel=1e-3)


@pytest.mark.parametrize("depth", [1, 2, 3, 6, 12])
def test_random_networks_have_about_as_many_pieces_on_a_line_as_units(depth):
    networks = lesson.random_network([120 // depth] * depth, 2, np.random.default_rng(0), replicas=60)
    paths = [restricted(networks, [0.3, 0.1], [[0.6, 0.8]], replica) for replica in range(60)]
    counts = np.array([breakpoints(path, -1e4, 1e4).size + 1 for path in paths])
    assert counts.mean() == pytest.approx(121, rel=0.15)
    assert depth > 1 or counts.min() >= 119


def test_narrow_layers_have_fewer_pieces_than_units():
    networks = lesson.random_network([5] * 12, 2, np.random.default_rng(0), replicas=60)
    paths = [restricted(networks, [0.3, 0.1], [[0.6, 0.8]], replica) for replica in range(60)]
    assert np.mean([breakpoints(path, -1e4, 1e4).size + 1 for path in paths]) < 0.95 * 61
    found = regions(folding_layers([3] * 4), 0, 1).count
    networks = lesson.random_network([3] * 4, 2, np.random.default_rng(0), replicas=20)
    counts = [regions(restricted(networks, replica=i), -1000, 1000).count for i in range(20)]
    assert found == deep_lower_bound([3] * 4) == 7 < min(counts)


def with_folds_through_data(widths, inputs, generator, replicas):
    """Random networks, each unit's bias such that its fold passes through one of 200 random points."""
    network = lesson.random_network(widths, inputs, generator, replicas)
    a = generator.uniform(-3, 3, size=(replicas, 200, inputs))
    for weights, bias in zip(network.weights[:-1], network.biases[:-1], strict=True):
        z = a @ weights
        point = generator.integers(200, size=(replicas, 1, weights.shape[-1]))
        bias[...] = -np.take_along_axis(z, point, axis=1).reshape(bias.shape)
        a = np.maximum(z + bias.reshape(replicas, 1, -1), 0)
    return network


def test_where_all_folds_pass_through_the_data_depth_adds_pieces_but_does_not_multiply_them():
    line, plane = [], []
    for depth in (1, 2, 4):
        networks = with_folds_through_data([60 // depth] * depth, 1, np.random.default_rng(depth), 30)
        line.append(np.mean([breakpoints(restricted(networks, replica=i), -3, 3).size for i in range(30)]))
        networks = with_folds_through_data([24 // depth] * depth, 2, np.random.default_rng(depth), 30)
        plane.append(np.mean([regions(restricted(networks, replica=i), -3, 3).count for i in range(30)]))
    assert 1.15 * line[0] < line[1] and 1.1 * line[1] < line[2] < 2 * line[0]
    assert plane[0] < min(plane[1:]) and max(plane) < 2 * plane[0]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("law", ["normal", "PyTorch's"])
def test_random_networks_have_about_half_the_square_of_pieces_in_the_plane(depth, law):
    sizes = [2, *[36 // depth] * depth, 1]
    if law == "normal":
        networks = lesson.random_network(sizes[1:-1], 2, np.random.default_rng(0), replicas=20)
    else:
        init = {"initializer": "pytorch_default", "generator": np.random.default_rng(0)}
        networks = Network(sizes, replicas=20, dtype=np.float64, **init)
    counts = [regions(restricted(networks, replica=i), -3000, 3000).count for i in range(20)]
    assert np.mean(counts) == pytest.approx(36**2 / 2, rel=0.25)
    assert np.mean(counts) < 1.1 * shallow_maximum(36)


def test_built_to_fold_they_have_far_more():
    for shape in ([12, 12], [4, 4, 4, 4], [6, 6, 6]):
        count = regions(folding_layers(shape), 0, 1).count
        assert count == deep_lower_bound(shape) == questions.folded_pieces(shape)
        assert count > 4 * shallow_maximum(sum(shape))


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("name", ["digits", "MNIST-1D"])
def test_training_changes_the_number_of_pieces_little(name, depth):
    data = digits() if name == "digits" else mnist1d()
    scale = 16 if name == "digits" else 1
    x, x_test = data.x_train / scale, data.x_test / scale
    pairs = x_test[:24].reshape(12, 2, -1)
    generator = np.random.default_rng(depth)
    sizes = [x.shape[1], *[96 // depth] * depth, 10]
    network = Network(sizes, generator=generator, replicas=20)
    before = lesson.pieces_between(network, pairs).mean()
    fit(
        network, x, data.y_train, loss="softmax_cross_entropy", optimizer=Adam(0.003), epochs=3,
        batch_size=100, generator=generator, progress=False,
    )  # fmt: skip
    assert 0.5 < lesson.pieces_between(network, pairs).mean() / before < 1.5


# --------------------------------------------------------------------------------------------- the explorers


def test_the_fold_explorer_counts_what_a_fine_grid_sees():
    explorer = lesson.fold()
    x = np.linspace(0, 1, 2**14 + 1)
    for folds in (1, 2, 3, 5, 8):
        for peak in (0.5, 0.6, 0.74, 0.9, 0.98, 1.0):
            _, at, y = lesson.graph(folds, peak)
            value = x
            for _ in range(folds):
                value = 2 * peak * np.minimum(value, 1 - value)
            assert np.allclose(np.interp(x, at, y), value, atol=1e-9)
            turns = np.count_nonzero(np.diff(np.sign(np.diff(y))))
            assert turns == at.size - 2  # it changes direction at every kink
            told = explorer.picture(folds=folds, peak=peak).description
            assert f" {at.size - 1} pieces." in told
            assert f"at most {3 * folds + 1}." in told


def patterns_on_a_grid(layers, half):
    side = np.linspace(-half, half, 201)
    x = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    patterns = []
    for weights, bias in layers:
        z = x @ weights + bias
        patterns.append(z > 0)
        x = np.maximum(z, 0)
    return np.concatenate(patterns, axis=1)


def test_the_plane_explorer_counts_what_a_grid_sees_and_more():
    explorer = lesson.pieces_of_the_plane()
    for layers in (1, 2, 4):
        for units, start, half in ((24, 1, 1), (24, 7, 5), (36, 20, 30)):
            told = explorer.picture(layers=layers, units=units, start=start, half=half).description
            count = int(re.search(r": ([\d,]+) pieces", told)[1].replace(",", ""))
            network = lesson.random_network([units // layers] * layers, 2, np.random.default_rng(start))
            seen = patterns_on_a_grid(restricted(network), half)
            found = lesson.found_pieces(layers, units, start, half)
            assert count_patterns(np.concatenate([seen, found.patterns])) == found.count == count
            if half < 30:  # in a wider window most pieces are smaller than a cell of the grid
                assert count_patterns(seen) > 0.5 * count
            assert f"at most {shallow_maximum(units):,}" in told
            assert f"has {deep_lower_bound([units // layers] * layers):,}." in told


def test_no_number_of_the_plane_explorer_is_cut_off_at_any_corner():
    explorer = lesson.pieces_of_the_plane()
    for settings in explorer.corners():
        picture = np.asarray(Image.open(io.BytesIO(explorer.picture(**settings).png)).convert("RGBA"))
        for edge in (picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]):
            assert not edge[..., 3].any(), settings


def test_what_is_built_to_fold_has_more_pieces_than_one_layer_wherever_layers_fold():
    for units in lesson.TOTALS:
        for layers in (2, 3, 4):
            assert units % layers == 0
            assert deep_lower_bound([units // layers] * layers) > shallow_maximum(units)


def test_the_task_in_the_plane_has_the_answer_that_the_lesson_gives():
    first, second = ([lesson.found_pieces(n, 24, start, 30).count for n in (1, 2, 3, 4)] for start in (1, 2))
    assert first == sorted(first, reverse=True) and second == sorted(second)
    assert max(first + second) < 2 * shallow_maximum(24) < deep_lower_bound([12, 12]) / 4
    windows = [lesson.found_pieces(1, 24, 1, half).count for half in (1, 2, 5, 10, 20, 30)]
    means = [np.mean([lesson.found_pieces(n, 24, s, 30).count for s in range(1, 21)]) for n in (1, 4)]
    assert means[1] < 0.9 * means[0]  # start 2 is an exception
    assert windows == sorted(windows) and windows[2] > 0.8 * windows[-1] > 2 * windows[0]


def test_the_square_through_three_samples_holds_them():
    samples = np.random.default_rng(0).normal(size=(3, 64))
    origin, directions, half = lesson.through(samples)
    assert np.allclose(directions @ directions.T, np.eye(2))
    places = (samples - origin) @ directions.T
    assert np.allclose(origin + places @ directions, samples)
    assert np.abs(places).max() < half < 1.2 * np.abs(places).max()


# --------------------------------------------------------------------------------------------- the questions


def tent_by_distance(x, folds):
    for _ in range(folds):
        x = np.maximum(0, 1 - np.abs(2 * x - 1))
    return x


def tent_by_recursion(x, folds):
    return x if folds == 0 else tent_by_recursion(tent_by_distance(x, 1), folds - 1)


def square_by_interpolation(x, folds):
    knots = np.linspace(0, 1, 2**folds + 1)
    return np.interp(x, knots, knots**2)


def square_by_list(x, folds):
    waves = [x]
    for _ in range(folds):
        waves.append(tent_by_distance(waves[-1], 1))
    return x - sum((wave / 4**s for s, wave in enumerate(waves) if s), np.zeros_like(x))


def breakpoints_by_direction(weights, bias, start, end):
    slope = weights.T @ (end - start)
    where = slope != 0
    t = -(start @ weights + bias)[where] / slope[where]
    t = t[np.logical_and(t > 0, t < 1)]
    return np.array(sorted(set(t.tolist())))


def breakpoints_by_sign(weights, bias, start, end):
    one, other = start @ weights + bias, end @ weights + bias
    crosses = one * other < 0
    return np.unique(one[crosses] / (one[crosses] - other[crosses]))


def pieces_by_numpy(widths):
    widths = np.array(widths)
    n = int(widths[-1])
    return int(np.prod((widths[:-1] // 2) ** 2)) * (1 + n + n * (n - 1) / 2)


def tent_with_python_max(x, folds):
    for _ in range(folds):
        x = max(0, 1 - abs(2 * x - 1))
    return x


def breakpoints_with_the_ends(weights, bias, start, end):
    return np.concatenate([[0], breakpoints_by_sign(weights, bias, start, end), [1]])


def breakpoints_after_relu(weights, bias, start, end):
    one, other = np.maximum(start @ weights + bias, 0), np.maximum(end @ weights + bias, 0)
    moves = one != other
    t = one[moves] / (one[moves] - other[moves])
    return np.unique(t[(t > 0) & (t < 1)])


def pieces_all_halved(widths):
    n = widths[-1]
    return int(np.prod([(width // 2) ** 2 for width in widths[:-1]])) * ((1 + n + n * (n - 1)) // 2)


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("folded_tent", tent_with_python_max, "python_max"),
        ("line_breakpoints", breakpoints_with_the_ends, "ends_added"),
        ("line_breakpoints", breakpoints_after_relu, "never_any"),
        ("folded_pieces", pieces_all_halved, "all_halved"),
    ],
)
def test_a_mistake_is_told_for_what_it_is(name, function, mistake):
    assert outcome(name, function).mistake == mistake


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("folded_tent", tent_by_distance),
        ("folded_tent", tent_by_recursion),
        ("folded_square", square_by_interpolation),
        ("folded_square", square_by_list),
        ("line_breakpoints", breakpoints_by_direction),
        ("line_breakpoints", breakpoints_by_sign),
        ("folded_pieces", pieces_by_numpy),
    ],
)
def test_other_good_answers_are_right(name, function):
    assert outcome(name, function).status == RIGHT


def test_a_breakpoint_found_by_dividing_first_is_right_and_its_warning_is_told():
    def dividing(weights, bias, start, end):
        one, other = start @ weights + bias, end @ weights + bias
        t = one / (one - other)
        return np.unique(t[(t > 0) & (t < 1)])

    result = outcome("line_breakpoints", dividing)
    assert result.status == RIGHT
    assert [remark.name for remark in result.remarks] == ["warns"]


def test_the_lesson_s_own_breakpoints_agree_with_the_exercise():
    for seed in range(20):
        network = lesson.random_network([9], 3, np.random.default_rng(seed))
        start, end = np.random.default_rng(seed).normal(size=(2, 3))
        mine = questions.line_breakpoints(network.weights[0], network.biases[0], start, end)
        assert np.allclose(mine, breakpoints(restricted(network, start, [end - start])))
