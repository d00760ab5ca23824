"""Lesson 1: its explorers tell the truth, its table finds what is wrong, its checks take all good answers."""

import re

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.explorers.l01_the_rectifier import bend, bend_view, three_bends, timing_picture, trial_table
from utils.figures import new_figure
from utils.judge import diagnose
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l01_the_rectifier as lesson

relu = ACTIVATIONS["relu"]
QUESTIONS = {question.id: question for question in lesson.QUESTIONS}


def outcome(name, function):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


@pytest.mark.parametrize(
    ("weight", "bias", "output_weight"),
    [(1.5, -1.5, 2.0), (-0.5, 1.0, -1.25), (2, 0, 1), (0.1, 1.0, 0.25), (-0.5, 0.3, 0.75)],
)
def test_the_bend_is_where_the_description_says(weight, bias, output_weight):
    told = bend().picture(weight=weight, bias=bias, output_weight=output_weight).description
    *_, kink, zero, slope = numbers(told)
    flat, sloped = re.findall(r"to the (left|right)", told)
    side = {"left": -1, "right": 1}

    def unit(x):
        return output_weight * relu(weight * x + bias)

    assert weight * kink + bias == pytest.approx(0, abs=1e-12)
    assert unit(kink + side[flat]) == unit(kink + 2 * side[flat]) == zero == 0
    measured = (unit(kink + 2 * side[sloped]) - unit(kink + side[sloped])) / side[sloped]
    assert measured == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.5])
def test_with_weight_zero_the_unit_is_told_to_be_its_constant(bias):
    told = bend().picture(weight=0.0, bias=bias, output_weight=-2.0).description
    assert f"the constant {-2 * max(bias, 0) + 0:g}." in told


@pytest.mark.parametrize(
    ("weight", "output_weight", "dots"), [(1.0, 1.0, 1), (-2.0, -0.25, 1), (1.0, 0.0, 0), (0.0, 1.0, 0)]
)
def test_the_dot_is_drawn_only_where_there_is_a_kink(weight, output_weight, dots):
    figure, axes = new_figure()
    told = bend_view(figure, weight, 0.5, output_weight)
    assert sum(line.get_marker() == "o" for line in axes.lines) == dots
    assert ("has its kink" in told) == bool(dots)


def test_a_kink_outside_the_picture_is_told():
    assert "outside the picture" in bend().picture(weight=0.1, bias=2.0).description


def bends(**settings):
    """What the sum of three bends is told to be: its slopes, kinks, heights there, and its end."""
    told = three_bends().picture(**settings).description
    parts = re.fullmatch(
        r"From .* the slopes (.*)\. The slope .* at (.*), where .* is (.*)\. At (.*)\.", told
    )
    return [numbers(part) for part in parts.groups()]


@pytest.mark.parametrize(
    ("first", "second", "kink", "third"),
    [
        (1.0, -1.0, 1.0, 0.0),
        (1.0, -2.0, 1.0, 1.0),
        (-0.5, 3.0, 0.25, 0.0),
        (0.0, 1.5, -0.25, -2.0),
        (1.0, 0.0, 1.0, 0.0),
        (1.0, 1.0, -1.0, 0.0),
        (0.0, 0.0, -1.0, 1.0),
        (1.0, -1.0, -1.0, 0.5),
    ],
)
def test_the_slope_changes_where_the_description_says_and_nowhere_else(first, second, kink, third):
    slopes, kinks, heights, (edge, at_edge) = bends(first=first, second=second, kink=kink, third=third)

    def total(x):
        return first * relu(x + 1) + second * relu(x - kink) + third * relu(x - 3)

    # The kinks of the explorer are multiples of 1/4.
    grid = np.arange(-3, 5.125, 0.125)
    steps = np.diff(total(grid)) / 0.125
    assert grid[1:-1][np.diff(steps) != 0].tolist() == kinks
    assert [steps[0], *steps[1:][np.diff(steps) != 0]] == slopes
    assert [total(x) for x in kinks] == heights
    assert (edge, at_edge) == (5, total(5))


@pytest.mark.parametrize(("first", "second", "kink"), [(0.0, 0.0, 1.0), (1.0, -1.0, -1.0)])
def test_without_a_change_of_slope_it_is_told_to_be_a_straight_line(first, second, kink):
    told = three_bends().picture(first=first, second=second, kink=kink, third=0.0).description
    assert told == "The sum is 0 for every x: it is a straight line."


def test_the_tasks_of_the_second_explorer_have_the_answers_that_the_lesson_gives():
    assert bends(first=1.0, second=-1.0, kink=1.0) == [[0, 1, 0], [-1, 1], [0, 2], [5, 2]]
    assert bends(first=1.0, second=-1.0, kink=2.0) == [[0, 1, 0], [-1, 2], [0, 3], [5, 3]]
    tent = bends(first=1.0, second=-2.0, kink=1.0, third=1.0)
    assert tent == [[0, 1, -1, 0], [-1, 1, 3], [0, 2, 0], [5, 0]]


def test_the_table_marks_wrong_values_shapes_dtypes_and_errors_and_nothing_else():
    array = np.array([-1.0, 2.0], dtype=np.float32)
    inputs = {"nan": (np.nan, np.nan), "array": (array, np.array([0.0, 2.0], dtype=np.float32))}
    ways = {
        "right": lambda x: np.maximum(x, 0),
        "value": lambda x: np.nan_to_num(np.maximum(x, 0)),
        "shape": lambda x: np.maximum(x, 0)[..., np.newaxis],
        "dtype": lambda x: np.maximum(x, np.zeros(np.shape(x))),
        "error": lambda x: max(0, x),
    }
    table = trial_table(ways, inputs)
    assert table.wrong == {
        ("value", "nan"),
        ("shape", "nan"),
        ("shape", "array"),
        ("dtype", "array"),
        ("error", "nan"),
        ("error", "array"),
    }
    assert table.cells["error", "array"] == "ValueError"
    page, text = table._repr_html_(), repr(table)
    assert page.count("✗") - 1 == text.count("✗") == len(table.wrong)
    assert page.count('scope="row"') == len(ways) and page.count('scope="col"') == len(inputs) + 1


def test_the_text_of_the_timing_picture_is_that_of_its_times():
    _figure, told = timing_picture({"loop": [150.0, 180.0, 900.0], "array": [0.2, 0.45, 0.5]})
    assert "loop: 180, array: 0.45." in told
    assert "loop takes 400 times as long as array." in told


def one_question(x, otherwise=0):
    """ReLU, or a leaky one, as it is written for a single number."""
    if x > 0:
        return x
    else:
        return otherwise


def test_other_ways_to_the_same_mistake_are_recognised():
    assert outcome("relu", lambda x: max(x, 0)).mistake == "python_max"
    assert outcome("relu", lambda x: np.fmax(x, 0)).mistake == "nan_becomes_zero"
    assert outcome("relu", lambda x: [max(0, number) for number in x]).mistake == "loop_over_numbers"
    assert outcome("relu", lambda x: np.minimum(np.maximum(0, x), 1)).mistake == "clipped_at_one"
    assert outcome("relu", one_question).mistake == "python_max"
    assert outcome("relu", lambda x: np.array([v if v > 0 else 0 for v in x])).mistake == "loop_over_numbers"
    assert outcome("relu", lambda x: np.max(x, axis=0)).mistake == "np_max_along_axis"
    assert outcome("relu", lambda x: np.maximum(x, 0, dtype=np.float32)).mistake == "always_float32"
    assert outcome("leaky_relu", lambda x, a: one_question(x, a * x)).mistake == "python_max"
    flipped = outcome("leaky_relu", lambda x, a: np.maximum(x, 0) + a * np.maximum(-x, 0))
    assert flipped.mistake == "sign_flipped"


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("relu", lambda x: np.clip(x, 0, None)),
        ("relu", lambda x: np.where(x < 0, 0, x)),
        ("relu", lambda x: ACTIVATIONS["relu"](x) if x.dtype.kind == "f" else np.maximum(x, 0)),
        ("leaky_relu", lambda x, a: np.where(x <= 0, a, np.ones_like(x)).astype(x.dtype) * x),
        ("leaky_relu", lambda x, a: np.maximum(x, 0) + a * np.minimum(x, 0)),
        ("rescale_unit", lambda w, b, v: [each * s for each, s in zip((w, b, v), _factors(w), strict=True)]),
    ],
)
def test_other_right_answers_are_right(name, function):
    result = outcome(name, function)
    assert (result.status, result.remarks) == (RIGHT, ())


@pytest.mark.parametrize(
    ("condition", "mistake"),
    [
        (lambda w: w.all() == 0, "a_zero_is_enough"),
        (lambda w: 0 in w, "a_zero_is_enough"),
        (lambda w: w[0] == 0, "first_is_zero"),
        (lambda w: sum(w) == 0, "sum_is_zero"),
    ],
)
def test_a_condition_that_holds_for_other_weights_than_zeros_is_told(condition, mistake):
    def answer(w, b, v):
        return (w, b, v) if condition(w) else lesson.rescale_unit(w, b, v)

    assert outcome("rescale_unit", answer).mistake == mistake


def _factors(w):
    norm = np.linalg.norm(w) or 1.0
    return 1 / norm, 1 / norm, norm


def test_a_tent_may_be_drawn_by_other_units():
    def from_the_right(left, peak, right, height):
        w, b, v = map(np.array, lesson.tent_weights(-right, -peak, -left, height))
        return [*-3 * w, 0.0], [*3 * b, -1.0], [*v / 3, 7.0]  # mirrored, rescaled, and one silent unit

    result = outcome("tent_weights", from_the_right)
    assert result.status == RIGHT


@pytest.mark.parametrize("seed", range(20))
def test_a_tent_may_have_integers_or_float32(seed):
    def integers(left, peak, right, height):
        _, b, v = lesson.tent_weights(left, peak, right, height)
        return np.array([1, 1, 1]), np.array(b), np.array(v)

    def single(*tent):
        return tuple(np.array(each, dtype=np.float32) for each in lesson.tent_weights(*tent))

    for answer in (integers, single):
        result = diagnose(QUESTIONS["tent_weights"], answer, np.random.default_rng(seed))
        assert (result.status, result.remarks) == (RIGHT, ())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda *tent: np.ones(3), "return three arrays"),
        (lambda *tent: (np.ones(3), np.ones(3), np.ones(2)), "the shapes (3,), (3,), (2,)"),
        (lambda *tent: (1.0, 2.0, 3.0), "the shapes (), (), ()"),
        (lambda *tent: ("w", "b", "v"), "must be arrays of numbers"),
        (lambda *tent: (np.full(3, np.nan),) * 3, "the units draw nan"),
        (lambda *tent: None, "return three arrays"),
    ],
)
def test_a_tent_of_the_wrong_form_is_told_so(answer, words):
    result = outcome("tent_weights", answer)
    assert result.status != RIGHT and result.mistake is None
    assert words in result.message
