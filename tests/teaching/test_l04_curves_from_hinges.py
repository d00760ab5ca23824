"""Lesson 4: what it claims of hinges, errors, knots and training, and that its explorers tell the truth."""

import itertools
import re

import numpy as np
import pytest

from utils.explorers import l04_curves_from_hinges as lesson
from utils.hinges import equal_shares, error_curve, interpolate, largest_error
from utils.hinges import error_order as order_of
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import Adam
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l04_curves_from_hinges as questions
from utils.training import fit

QUESTIONS = {question.id: question for question in questions.QUESTIONS}
PIECES = 2 ** np.arange(4, 10)
SINE, ROOT, CORNER, RAMP = (lesson.CURVES[name].function for name in ("sin 2πx", "√x", "|x − 1/3|", "ramp"))


def outcome(name, function, seed=PUBLIC_SEED):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(seed))


def equal_knots(n):
    return np.linspace(0, 1, n + 1)


def errors(function, knots_of=equal_knots, pieces=PIECES):
    return np.array([largest_error(function, knots_of(n)) for n in pieces])


# ------------------------------------------------------------------------------------------------ the claims


def test_the_smooth_curve_falls_by_its_theory():
    scaled = errors(SINE) * PIECES**2
    assert scaled[-1] == pytest.approx(4.9348, abs=0.002)
    assert (np.diff(scaled) > 0).all() and scaled.max() <= np.pi**2 / 2


def test_the_two_that_fall_behind():
    assert order_of(PIECES, errors(ROOT)) == pytest.approx(0.5, abs=1e-6)
    assert order_of(PIECES, errors(CORNER)) == pytest.approx(1, abs=1e-6)
    multiples = 3 * PIECES
    assert errors(CORNER, pieces=multiples).max() < 1e-12


@pytest.mark.parametrize("name", lesson.CURVES)
def test_the_theory_line_is_a_bound_and_is_reached(name):
    curve = lesson.CURVES[name]
    measured, pieces = lesson.equal_errors(name), np.arange(1, lesson.MOST + 1)
    theory = curve.constant / pieces**curve.order
    assert (measured <= theory * (1 + 1e-9)).all()
    large = largest_error(curve.function, equal_knots(1000))
    assert large == pytest.approx(curve.constant / 1000**curve.order, rel=2e-3)


@pytest.mark.parametrize("name", ["sin 2πx", "bump", "ramp", "x²"])
def test_the_constant_of_a_smooth_curve_is_an_eighth_of_its_second_derivative(name):
    x, step = np.linspace(0, 1, 20_001), 1e-4
    function = lesson.CURVES[name].function
    second = (function(x + step) - 2 * function(x) + function(x - step)) / step**2
    assert np.abs(second).max() / 8 == pytest.approx(lesson.CURVES[name].constant, rel=1e-3)


def test_where_the_knots_stand_brings_the_order_back():
    graded = errors(ROOT, lambda n: equal_knots(n) ** 4)
    assert order_of(PIECES, graded) == pytest.approx(2, abs=0.01)
    x = equal_knots(4000)
    bending = np.abs(np.gradient(np.gradient(RAMP(x), x), x))
    spread = errors(RAMP, lambda n: equal_shares(x, np.sqrt(bending), n))
    assert order_of(PIECES, spread) == pytest.approx(2, abs=0.1)
    assert spread[-1] < errors(RAMP)[-1] / 10
    assert largest_error(CORNER, [0, 1 / 3, 1]) < 1e-12


def test_a_jump_has_order_0_and_the_cube_root_a_third():
    jump = errors(lambda x: np.where(x < 0.3, 0.0, 1.0))
    assert jump.min() > 0.5 and abs(order_of(PIECES, jump)) < 0.1
    assert order_of(PIECES, errors(np.cbrt)) == pytest.approx(1 / 3, abs=1e-6)


def test_one_piece_more_can_hurt():
    bump = lesson.equal_errors("bump")
    assert bump[6 - 1] > 2 * bump[5 - 1]


def test_fewer_hinges_than_pieces_are_not_enough_in_general():
    """Least squares over all weights of hinges at the inner knots alone leaves a gap; with one at a, none."""
    generator = np.random.default_rng(0)
    knots, values = np.cumsum(generator.uniform(0.5, 1, 13)), generator.normal(size=13)
    for first, enough in ((0, True), (1, False)):
        table = np.column_stack([np.maximum(knots[:, None] - knots[first:-1], 0), np.ones(13)])
        weights = np.linalg.lstsq(table, values, rcond=None)[0]
        assert (np.abs(table @ weights - values).max() < 1e-9) == enough


def trained_errors(function, optimizers):
    """Largest errors (20,) of networks with 16 units, trained on with one optimizer after the other."""
    x, dense = equal_knots(256)[:, None], equal_knots(4000) ** 2
    generator = np.random.default_rng(3)
    network = Network([1, 16, 1], generator=generator, replicas=20)
    for optimizer, rate in optimizers:
        optimizer.learning_rate = rate
        run = {"optimizer": optimizer, "epochs": 1000, "batch_size": None, "progress": False}
        fit(network, 2 * x - 1, function(x), loss="squared_error", generator=generator, **run)
    return np.abs(network.forward(2 * dense[:, None] - 1)[..., 0] - function(dense)).max(axis=1)


def test_training_finds_the_corner_but_not_the_best_places():
    rates, knots = (0.02, 0.004, 0.0008), equal_knots(16)
    one = Adam(0.02)
    errors_of = {f: trained_errors(f, [(one, rate) for rate in rates]) for f in (SINE, ROOT, CORNER)}
    assert (errors_of[SINE] > largest_error(SINE, knots)).sum() >= 17
    assert errors_of[ROOT].min() > 5 * largest_error(ROOT, knots**4)
    assert (errors_of[CORNER] < largest_error(CORNER, knots)).sum() >= 16
    # Beside equal knots the recipe decides: here an optimiser that forgets its means at each new rate.
    forgetful = trained_errors(ROOT, [(Adam(0.02), rate) for rate in rates])
    equal = largest_error(ROOT, knots)
    assert (forgetful < equal).sum() >= (errors_of[ROOT] < equal).sum() + 6
    assert forgetful.min() > 5 * largest_error(ROOT, knots**4)


# --------------------------------------------------------------------------------------------- the explorers


def told_error(description):
    found = re.search(r"largest error is (?:0, up to rounding|([0-9.e-]*[0-9]))", description)
    return float(found[1] or 0)


def test_the_error_told_of_equal_pieces_is_that_of_the_hinges():
    explorer = lesson.more_pieces()
    x = np.linspace(0, 1, 20_001)
    for name, curve in lesson.CURVES.items():
        for n in (1, 2, 3, 16, 63, 64):
            told = explorer.picture(curve=name, n=n).description
            knots = equal_knots(n)
            dense = np.abs(curve.function(x) - interpolate(knots, curve.function(knots))(x)).max()
            assert told_error(told) == pytest.approx(dense, rel=0.01, abs=2e-4 if name == "√x" else 1e-5)
            assert ("0, up to rounding" in told) == (name == "|x − 1/3|" and n % 3 == 0)
            assert "e-" not in told


def test_the_knots_told_are_those_that_are_drawn():
    assert lesson.knots_at(30, 10, 30, 59).tolist() == [0, 1 / 6, 0.5, 59 / 60, 1]
    told = lesson.drag_knots().picture(curve="|x − 1/3|", knot_1=20, knot_2=20, knot_3=20, knot_4=20)
    assert told.description == (
        "|x − 1/3| with 2 pieces, inner knot at 0.33: the largest error is 0, up to rounding. Equal knots "
        "give 0.0889."
    )


def test_dragging_tells_the_largest_error_and_its_piece():
    explorer, generator = lesson.drag_knots(), np.random.default_rng(5)
    for name, curve in lesson.CURVES.items():
        for _ in range(5):
            places = [int(place) for place in generator.integers(1, 60, 4)]
            settings = {f"knot_{i}": place for i, place in enumerate(places, 1)}
            told = explorer.picture(curve=name, **settings).description
            knots = lesson.knots_at(*places)
            _, error = error_curve(curve.function, knots)
            worst = np.abs(error).max(axis=1).argmax()
            assert told_error(told) == pytest.approx(np.abs(error).max(), rel=6e-3)
            assert f"between {knots[worst]:.2f} and {knots[worst + 1]:.2f}" in told


@pytest.mark.parametrize(
    ("curve", "places", "where"),
    [
        ("x²", (12, 24, 36, 48), "0.01, on all pieces alike. "),
        ("ramp", (12, 24, 36, 48), "0.0573, between 0.20 and 0.40 and between 0.60 and 0.80. "),
        ("√x", (12, 24, 36, 48), "0.112, between 0.00 and 0.20. "),
    ],
)
def test_dragging_tells_every_piece_that_shares_the_largest_error(curve, places, where):
    settings = {f"knot_{i}": place for i, place in enumerate(places, 1)}
    assert f"the largest error is {where}" in lesson.drag_knots().picture(curve=curve, **settings).description


def test_the_tasks_of_dragging_can_be_done():
    _, error = error_curve(ROOT, lesson.knots_at(1, 5, 16, 33))
    assert np.abs(error).max() < 0.033 and np.abs(error).max(axis=1).argmax() == 0
    assert largest_error(RAMP, lesson.knots_at(14, 16, 44, 46)) < 0.008


def test_the_ramp_is_followed_by_two_knots_at_each_shoulder_only():
    """Of all sets of four knots, those within the goal."""
    costs = np.zeros((61, 61))
    for left in range(60):
        for right in range(left + 1, 61):
            costs[left, right] = largest_error(RAMP, [left / 60, right / 60])
    places = np.array(list(itertools.combinations(range(1, 60), 4)))
    ends = np.pad(places, ((0, 0), (1, 0))), np.pad(places, ((0, 0), (0, 1)), constant_values=60)
    error = costs[ends].max(axis=1)
    assert places[error.argmin()].tolist() == [14, 16, 44, 46]
    good = places[error < 0.015]
    assert len(good) > 30 and (np.abs(good - [15, 15, 45, 45]) <= 3).all()
    one_each = error[(places == [15, 30, 45, 59]).all(axis=1)]
    assert 0.016 < one_each.item() < 0.017


# --------------------------------------------------------------------------------------------- the questions


def weights_by_walking(knots, values):
    slope, weights = 0.0, []
    for left, right, low, high in zip(knots[:-1], knots[1:], values[:-1], values[1:], strict=True):
        weights.append((high - low) / (right - left) - slope)
        slope += weights[-1]
    return np.array(weights)


def weights_by_solving(knots, values):
    table = np.maximum(knots[1:, None] - knots[:-1], 0)
    return np.linalg.solve(table, values[1:] - values[0])


def output_by_broadcasting(x, knots, weights, bias):
    return bias + (weights[:, None] * (x - knots[:, None]).clip(0)).sum(axis=0)


def units_by_counting(max_second_derivative, length, error):
    n = 1
    while (length / n) ** 2 * max_second_derivative / 8 > error:
        n += 1
    return n


def order_by_formula(pieces, errors):
    x, y = np.log10(pieces[errors != 0]), np.log10(errors[errors != 0])
    return float(((x - x.mean()) * (y.mean() - y)).sum() / ((x - x.mean()) ** 2).sum())


@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1, 2, 3])
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("hinge_weights", weights_by_solving),
        ("hinge_output", output_by_broadcasting),
        ("units_needed", units_by_counting),
        ("convergence_order", order_by_formula),
        ("convergence_order", order_of),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function, seed):
    result = outcome(name, function, seed)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def output_by_adding(x, knots, weights, bias):
    output = np.full(x.shape, bias)
    for knot, weight in zip(knots, weights, strict=True):
        output += weight * np.maximum(x - knot, 0)
    return output


def output_of_each(x, knots, weights, bias):
    return np.array([bias + weights @ np.maximum(each - knots, 0) for each in x])


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("hinge_weights", weights_by_walking),
        ("hinge_output", output_by_adding),
        ("hinge_output", output_of_each),
    ],
)
def test_a_loop_is_remarked(name, function):
    assert {remark.name for remark in outcome(name, function).remarks} == {"loops"}


def test_the_science_and_the_exercise_agree():
    for knots, values in QUESTIONS["hinge_weights"].cases(np.random.default_rng(1)):
        np.testing.assert_allclose(questions.hinge_weights(knots, values), interpolate(knots, values).weights)
    for x, knots, weights, bias in QUESTIONS["hinge_output"].cases(np.random.default_rng(1)):
        by_interp = np.interp(x, *_corners(knots, weights, bias, x))
        np.testing.assert_allclose(questions.hinge_output(x, knots, weights, bias), by_interp, atol=1e-9)


def _corners(knots, weights, bias, x):
    """The corners of a sum of hinges, with a point beyond either end, by adding up slopes."""
    places = np.concatenate([[min(x.min(), knots[0]) - 1], knots, [max(x.max(), knots[-1]) + 1]])
    slopes = np.concatenate([[0], np.cumsum(weights)])
    return places, bias + np.concatenate([[0], np.cumsum(slopes * np.diff(places))])


def test_units_needed_keeps_its_promise():
    for arguments in QUESTIONS["units_needed"].cases(np.random.default_rng(2)):
        bending, length, error = arguments
        n = questions.units_needed(*arguments)
        assert (length / n) ** 2 * bending / 8 <= error
        assert n == 1 or (length / (n - 1)) ** 2 * bending / 8 > error


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("hinge_output", lambda x, t, v, c: np.maximum(x - t, 0) @ v + c, "no_column"),
        ("hinge_output", lambda x, t, v, c: sum(np.maximum(v * (x[:, None] - t), 0).T) + c, "weights_inside"),
        ("units_needed", lambda m, length, e: int(length * (m / 8 / e) ** 0.5) or 1, "floor"),
        ("units_needed", lambda m, length, e: int(length * (m / 8 / e) ** 0.5) + 1, "floor_plus_one"),
        ("convergence_order", lambda n, e: np.polyfit(np.log2(n[e > 0]), np.log2(e[e > 0]), 1)[0], "sign"),
        ("convergence_order", lambda n, e: -np.polyfit(np.log(n), np.log(e + 1e-12), 1)[0], "tiny_1e-12"),
    ],
)
def test_usual_ways_to_a_wrong_answer_are_recognised(name, function, mistake):
    assert outcome(name, function).mistake == mistake


@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1, 2, 3, 4])
def test_pairs_torn_apart_are_wrong(seed):
    def sorted_apart(pieces, errors):
        pieces, errors = pieces[errors > 0], errors[errors > 0]
        return order_of(np.sort(pieces), np.sort(errors)[::-1])

    assert outcome("convergence_order", sorted_apart, seed).status != RIGHT
