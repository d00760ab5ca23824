"""Lesson 1: its explorers tell the truth, its table finds what is wrong, its checks take all good answers."""

import re

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.explorers.l01_the_rectifier import bend, timing_picture, trial_table, two_bends
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
    ("weight", "bias", "output_weight"), [(1.5, -1.0, 2.0), (-0.5, 1.0, -1.25), (2, 0, 1)]
)
def test_the_bend_is_where_the_description_says(weight, bias, output_weight):
    told = bend().picture(weight=weight, bias=bias, output_weight=output_weight).description
    *_, kink, zero, slope = numbers(told)
    flat, sloped = re.findall(r"to the (left|right)", told)
    side = {"left": -1, "right": 1}

    def unit(x):
        return output_weight * relu(weight * x + bias)

    assert unit(kink + side[flat]) == unit(kink + 2 * side[flat]) == zero == 0
    measured = (unit(kink + 2 * side[sloped]) - unit(kink + side[sloped])) / side[sloped]
    assert measured == pytest.approx(slope, abs=0.006)


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.5])
def test_with_weight_zero_the_unit_is_told_to_be_its_constant(bias):
    told = bend().picture(weight=0.0, bias=bias, output_weight=-2.0).description
    assert f"the constant {-2 * max(bias, 0) + 0:g}." in told


def test_a_kink_outside_the_picture_is_told():
    assert "outside the picture" in bend().picture(weight=0.1, bias=2.0).description


@pytest.mark.parametrize(("first", "second", "kink"), [(1.0, -1.0, 1.0), (1.0, -2.0, 1.0), (-0.5, 3.0, 0.25)])
def test_two_bends_have_the_slopes_that_the_description_says(first, second, kink):
    told = numbers(two_bends().picture(first=first, second=second, kink=kink).description)
    left, middle, right, first_kink, second_kink, low, high, edge, at_edge = told

    def total(x):
        return first * relu(x + 1) + second * relu(x - kink)

    assert (first_kink, second_kink, edge) == (-1, kink, 3)
    assert (low, high, at_edge) == (total(-1), total(kink), total(3))
    assert left == total(-2) - total(-3)
    assert middle == pytest.approx((total(kink) - total(-1)) / (kink + 1))
    assert right == pytest.approx((total(3) - total(kink)) / (3 - kink))


def test_the_tasks_of_the_second_explorer_have_the_answers_that_the_lesson_gives():
    ramp = numbers(two_bends().picture(first=1.0, second=-1.0, kink=1.0).description)
    assert (ramp[2], ramp[6]) == (0, 2)
    assert numbers(two_bends().picture(first=1.0, second=-1.0, kink=2.0).description)[6] == 3
    tent = numbers(two_bends().picture(first=1.0, second=-2.0, kink=1.0).description)
    assert (tent[2], tent[8]) == (-1, 0)


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


def test_other_ways_to_the_same_mistake_are_recognised():
    assert outcome("relu", lambda x: max(x, 0)).mistake == "python_max"
    assert outcome("relu", lambda x: np.fmax(x, 0)).mistake == "nan_becomes_zero"
    assert outcome("relu", lambda x: [max(0, number) for number in x]).mistake == "loop_over_numbers"
    assert outcome("relu", lambda x: np.minimum(np.maximum(0, x), 1)).mistake == "clipped_at_one"
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


def _factors(w):
    norm = np.linalg.norm(w) or 1.0
    return 1 / norm, 1 / norm, norm


def test_a_tent_may_be_drawn_by_other_units():
    def from_the_right(left, peak, right, height):
        w, b, v = lesson.tent_weights(-right, -peak, -left, height)
        return [*-3 * w, 0.0], [*3 * b, -1.0], [*v / 3, 7.0]  # mirrored, rescaled, and one silent unit

    result = outcome("tent_weights", from_the_right)
    assert result.status == RIGHT


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
