"""Lesson 11: what it claims of zeros, penalties and counts, and that its explorers tell the truth.

No test here depends on a time.
"""

import re
from functools import lru_cache

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.diagnostics import dead_units, sparsity
from utils.explorers import l11_cost_and_sparsity as lesson
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.question import PUBLIC_SEED, RAISED, RIGHT, WRONG
from utils.questions import l11_cost_and_sparsity as questions
from utils.sparsity import ActivityPenalty, rows_needed, rows_used, speed_up, with_penalty
from utils.training import accuracy, fit

QUESTIONS = {question.id: question for question in questions.QUESTIONS}
SIZES = [64, 64, 64, 10]
HOW = {"loss": "softmax_cross_entropy", "epochs": 15, "batch_size": 50, "progress": False}


def outcome(name, function):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))


def shares(network):
    """The share of zeros on the last data, mean over the hidden layers: (*replicas,)."""
    return np.mean([sparsity(a) for a in network.activations], axis=0)


# ------------------------------------------------------------------------------------------------ the claims


@pytest.mark.parametrize("seed", [1, 2])
def test_training_moves_the_share_of_zeros_either_way(seed):
    data = digits(standardised=True)
    change = []
    for optimizer in (Adam(0.002), SGD(0.1, momentum=0.9)):
        generator = np.random.default_rng(seed)
        network = Network(SIZES, generator=generator, replicas=20)
        network.forward(data.x_test)
        before = shares(network)
        assert np.all((before > 0.45) & (before < 0.55))
        fit(network, data.x_train, data.y_train, optimizer=optimizer, generator=generator, **HOW)
        assert accuracy(network, data.x_test, data.y_test).mean() > 0.955
        network.forward(data.x_test)
        change.append(shares(network) - before)
    fewer, more = change
    assert fewer.max() < 0 and -0.09 < fewer.mean() < -0.03
    assert more.min() > 0 and 0.08 < more.mean() < 0.2


STRENGTHS = (0, 1e-4, 1e-3, 1e-2, 0.1, 0.3)


@lru_cache
def penalised(seed):
    """Twenty networks for each of STRENGTHS, from the same starts, after training, and their accuracy."""
    data = digits(standardised=True)
    generator = np.random.default_rng(seed)
    replicas = (len(STRENGTHS), 20)
    plain = Network(SIZES, generator=generator, replicas=replicas)
    plain.parameters[...] = plain.parameters[0]
    network = with_penalty(plain, np.array(STRENGTHS, np.float32)[:, None, None, None])
    fit(network, data.x_train, data.y_train, optimizer=Adam(0.002), generator=generator, **HOW)
    reached = accuracy(network, data.x_test, data.y_test)
    network.forward(data.x_test)
    return network, reached


def test_a_penalty_raises_the_share_of_zeros_and_costs_little_until_it_costs_all():
    network, reached = penalised(1)
    means = shares(network).mean(axis=1)
    assert np.all(np.diff(means) > 0.01)
    assert 0.38 < means[0] < 0.5 and 0.48 < means[2] < 0.6 and 0.65 < means[3] < 0.77 and means[4] > 0.85
    assert np.all(np.abs(reached[:4].mean(axis=1) - reached[0].mean()) < 0.01)
    assert 0.93 < reached[4].mean() < reached[0].mean() and reached[5].max() < 0.2
    dead = dead_units(network.pre_activations[1]).mean(axis=(1, 2))
    assert dead[4] > 0.05 > dead[3]
    assert sparsity(network.activations[1][5]).min() > 0.99


def test_a_batch_needs_the_rows_that_the_single_units_shares_of_zeros_tell():
    """Units that fire rarely leave rows out; dead units with one share for the others do not explain it."""
    network, _ = penalised(1)
    a = network.activations[1]
    for row in (0, 3, 4):
        own = np.mean(a[row] == 0, axis=-2)
        for batch in (1, 8, 64):
            expected = rows_needed(own, batch).mean(axis=-1)
            np.testing.assert_allclose(rows_used(a[row], batch), expected, atol=0.05)
    for row in (0, 3):
        assert rows_used(a[row], 64).mean() > 0.9
    counted, zeros, alive = rows_used(a[4], 64), sparsity(a[4]), np.mean(own < 1, axis=-1)
    assert rows_needed(zeros, 64).min() > 0.99
    without_dead = alive * rows_needed(1 - (1 - zeros) / alive, 64)
    assert np.all(counted < without_dead - 0.05) and np.mean(own >= 0.98) > 0.4


def test_the_pull_of_a_square_gives_zeros_too_but_fewer_at_the_same_accuracy():
    class SquarePenalty(ActivityPenalty):
        def backward(self, upstream):
            return upstream + np.float32(2 * self.strength / self.a.shape[-2]) * self.a

    data = digits(standardised=True)
    zeros, reached = [], []
    for kind in (ActivityPenalty, SquarePenalty):
        generator = np.random.default_rng(3)
        plain = Network(SIZES, generator=generator, replicas=20)
        network = with_penalty(plain, 0.01, kind)
        fit(network, data.x_train, data.y_train, optimizer=Adam(0.002), generator=generator, **HOW)
        reached.append(accuracy(network, data.x_test, data.y_test).mean())
        network.forward(data.x_test)
        zeros.append(shares(network))
    absolute, square = zeros
    assert np.all(absolute > square + 0.03) and square.min() > 0.5
    assert abs(reached[0] - reached[1]) < 0.01


def test_half_of_the_pre_activations_are_negative_for_any_fixed_input():
    x = np.random.default_rng(0).normal(size=(1, 64)) + 2
    network = Network(SIZES, generator=np.random.default_rng(1), replicas=500)
    network.forward(x)
    for a in network.activations:
        assert sparsity(a).mean() == pytest.approx(0.5, abs=0.02)


def test_the_ways_of_relu_agree_and_one_gives_negative_zeros():
    x = np.array([-3.0, 2.0, 0.0])
    product = x * (x > 0)
    assert np.array_equal(product, np.maximum(x, 0)) and np.signbit(product[0])
    leaky = ACTIVATIONS["leaky_relu"](np.random.default_rng(0).normal(size=1000))
    assert np.mean(leaky == 0) == 0


# ------------------------------------------------------------------------------------- comparisons of times


def test_a_comparison_takes_the_ratios_round_by_round():
    load = np.array([1.0, 9.0, 2.0, 1.0, 5.0])
    times = {"a": 3 * load, "b": load, "c": load + np.array([0, 0.1, 0, -0.1, 0])}
    assert lesson.compared(times, "a", "b") == (
        "a takes 3.00 times as long as b (middle half 3.00 to 3.00; longer in 5 of 5 rounds)"
    )
    assert "longer in 1 of 5 rounds)" in lesson.compared(times, "c", "b")
    times["d"] = load * np.array([1, 1, 2, 3, 3])
    assert "longer in 3 of 5 rounds; uneven" in lesson.compared(times, "d", "b")


def test_where_skipping_pays_is_the_last_crossing():
    shares = [0.25, 0.5, 0.75, 0.9]
    assert "about 62% zeros" in lesson.paid(shares, [0.4, 0.5, 2.0, 4.0])
    assert "about 87% zeros" in lesson.paid(shares, [0.4, 1.5, 0.5, 1.2])
    assert "every share measured, from 25%" in lesson.paid(shares, [1.1, 1.5, 2, 3])
    assert "not pay even at 90%" in lesson.paid(shares, [0.1, 0.2, 2, 0.9])


def made_up_times(names, generator, rounds=7):
    return {name: generator.uniform(1, 2, rounds) * 1e-5 for name in names}


def test_the_pictures_of_times_take_any_times():
    """Bars and medians are those of the times given, however they lie; nothing is measured."""
    generator = np.random.default_rng(0)
    costs = {title: made_up_times(("copy", "maximum"), generator) for title in ("small", "large")}
    _, told = lesson.cost_picture(costs, {"small": 10, "large": 1000})
    assert f"small: copy {np.median(costs['small']['copy']) * 1e8:.2g}" in told
    ways = ("affine part", "ReLU", "tanh")
    layers = {width: made_up_times(ways, generator) for width in (16, 256)}
    one = layers[16]
    expected = np.median(100 * one["tanh"] / (one["tanh"] + one["affine part"]))
    assert f"tanh {expected:.2g} % at width 16" in lesson.share_picture(layers, batch=64)[1]
    both = {share: made_up_times(("plain", "skipping"), generator) for share in (0.5, 0.9)}
    expected = np.median(both[0.9]["plain"] / both[0.9]["skipping"])
    assert f"{expected:.2g} at 90%" in lesson.skipping_picture(both)[1]


# --------------------------------------------------------------------------------------------- the explorers


def test_the_computer_on_paper_answers_the_prediction_and_the_tasks():
    explorer = lesson.roofline()
    told = explorer.picture().description
    assert "ReLU takes 0.5 nanoseconds" in told and "takes 0.5, just as long: memory" in told
    assert "just as long" in explorer.picture(operations=16).description
    assert "2 times as long: the processor" in explorer.picture(operations=32).description
    told = explorer.picture(bandwidth=256).description
    assert "12 times as long" in told
    shares_told = [float(each) for each in re.findall(r"([\d.]+) %", told)]
    assert len(shares_told) == 2 and max(shares_told) < 1


def test_the_share_of_a_layer_falls_with_its_width_at_every_setting():
    for bandwidth in lesson.LOG_STEPS[3:]:
        for rate in lesson.LOG_STEPS[3:]:
            for batch in (1, 64, 256):
                found = lesson.layer_share(lesson.WIDTHS, batch, 1, rate, bandwidth)
                assert np.all(np.diff(found) <= 1e-12) and 1e-4 < found.min() and found.max() < 1


def test_the_computer_on_paper_says_what_sets_the_time_and_speaks_of_one_nanosecond():
    explorer = lesson.roofline()
    assert "takes 1 nanosecond for" in explorer.picture(bandwidth=8).description
    tie = explorer.picture(operations=16).description
    assert "just as long: memory and the processor together set" in tie
    told = explorer.picture(bandwidth=256).description
    assert "ReLU takes 0.049 % of the time, the function 0.58 %" in told


def zeros_told(told):
    """The per cent of zeros, how many units are nearly always 0 and always 0, and the per cent right."""
    form = r"([\d.]+)% zeros.* images: (\d+) of 64; on all of them: (\d+)\. Right are ([\d.]+)%"
    return tuple(map(float, re.search(form, told).groups()))


def test_the_explorer_of_activity_answers_the_tasks():
    explorer = lesson.activity()
    without, with_penalty = (zeros_told(explorer.picture(strength=s).description) for s in (0, 0.1))
    assert with_penalty[0] > without[0] + 30 and with_penalty[3] > 92
    assert with_penalty[1] > 32 and 9 <= with_penalty[2] <= 15 and max(without[1:3]) < 5
    momentum = {"recipe": "momentum, learning rate 0.1"}
    other = zeros_told(explorer.picture(**momentum).description)
    assert 30 < other[0] - without[0] < 40 and abs(other[3] - without[3]) < 2
    assert zeros_told(explorer.picture(**momentum, strength=0.1).description)[3] < 85
    before = zeros_told(explorer.picture(epoch=0).description)
    assert 40 < before[0] < 60
    told = explorer.picture(strength=0.3).description
    assert "more than 99.9% zeros" in told and "100.0%" not in told and zeros_told(told)[3] < 20


@pytest.mark.parametrize("recipe", lesson.RECIPES)
def test_the_explorer_of_activity_shows_what_it_counts(recipe):
    stored = lesson.trained(recipe)
    assert len(stored) == lesson.EPOCHS + 1
    negative = (lesson.EDGES.size - 1) // 2
    for _, layers in stored:
        for zero, counts in layers:
            assert np.all(counts.sum(axis=1) == 64 * 360)
            left = counts[:, :negative].sum(axis=1) / (64 * 360)
            np.testing.assert_allclose(left, zero.mean(axis=1), atol=1e-6)
    start = stored[0]
    assert np.all(start[0] == start[0][0])  # all strengths begin alike


def test_the_explorer_of_skipping_answers_the_tasks():
    explorer = lesson.skipping()
    assert "pays above 66.7% zeros" in explorer.picture().description
    assert "skipping is practically as fast" in explorer.picture(row_cost=2).description
    assert "skipping is 10 times as fast" in explorer.picture(zeros=0.9, row_cost=1).description
    told = explorer.picture(zeros=0.9, row_cost=1, batch=64).description
    assert "99.9% of the rows" in told and "skipping is practically as fast" in told
    assert "only above 96.3% zeros does it gain a tenth" in told
    assert speed_up(0.963, 64, 1.0) == pytest.approx(1.1, abs=0.005)


@pytest.mark.parametrize("batch", [1, 2, 64])
@pytest.mark.parametrize("row_cost", [1.0, 1.5, 5.0])
def test_the_explorer_of_skipping_does_not_round_to_all_or_to_once(batch, row_cost):
    explorer = lesson.skipping()
    for zeros in (0, 0.01, 0.33, 0.5, 0.9, 0.99):
        told = explorer.picture(zeros=zeros, batch=batch, row_cost=row_cost).description
        assert "100.0%" not in told and " 1 times" not in told
        assert ("all of the rows" in told) == (zeros == 0)
        assert ("from the first zero on" in told) == (batch == 1 and row_cost == 1)


def test_the_break_even_is_where_the_model_is_one():
    for batch in (1, 4, 64):
        for cost in (1.0, 2.5, 5.0):
            for fixed in (0.0, 0.3, 0.5):
                even = lesson.break_even(batch, cost, fixed)
                assert 0 <= even < 1
                assert speed_up(even, batch, cost, fixed) == pytest.approx(1)
                assert speed_up(even + 0.99 * (1 - even), batch, cost, fixed) > 1


# --------------------------------------------------------------------------------------------- the questions


def picked(activation, weights):
    places = np.nonzero(activation)[0]
    return np.einsum("i,ij->j", activation[places], weights[places])


@pytest.mark.parametrize(
    ("name", "function"),
    [
        (
            "fair_ratio",
            lambda times_a, times_b, warm_up: np.quantile((times_a / times_b)[warm_up:], [0.25, 0.5, 0.75]),
        ),
        (
            "fair_ratio",
            lambda times_a, times_b, warm_up: np.percentile((times_a / times_b)[warm_up:], [25, 50, 75]),
        ),
        (
            "l1_gradient",
            lambda activation, strength: (
                ((activation > 0).astype(activation.dtype) - (activation < 0)) * (strength / len(activation))
            ).astype(activation.dtype),
        ),
        (
            "zero_report",
            lambda activation: (
                np.count_nonzero(activation == 0) / activation.size,
                int(np.sum(np.all(activation == 0, axis=0))),
                np.mean(activation[:, np.any(activation != 0, axis=0)] == 0),
            ),
        ),
        ("sparse_product", picked),
        (
            "sparse_product",
            lambda activation, weights: weights[np.flatnonzero(activation)].T @ activation[activation != 0],
        ),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function):
    result = outcome(name, function)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def chosen_by_weights(activation, weights):
    rows = ~np.isnan(weights).any(axis=1)
    return activation[rows] @ weights[rows]


def with_dead(rule):
    def zero_report(activation):
        zero, dead = activation == 0, rule(activation)
        return zero.mean(), dead.sum(), zero[:, ~dead].mean()

    return zero_report


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("sparse_product", lambda activation, weights: activation @ np.nan_to_num(weights), "nan_removed"),
        (
            "sparse_product",
            lambda activation, weights: np.nansum(activation[:, None] * weights, axis=0),
            "nan_removed",
        ),
        ("sparse_product", chosen_by_weights, "rows_by_weights"),
        (
            "sparse_product",
            lambda activation, weights: (
                activation[np.abs(activation) > 1e-12] @ weights[np.abs(activation) > 1e-12]
            ),
            "small_skipped",
        ),
        (
            "sparse_product",
            lambda activation, weights: (
                np.delete(activation, np.flatnonzero(activation == 0))
                @ np.delete(weights, np.flatnonzero(activation == 0))
            ),
            "one_cut",
        ),
        ("zero_report", with_dead(lambda a: a.sum(axis=0) == 0), "dead_by_sum"),
        ("zero_report", with_dead(lambda a: a.max(axis=0) == 0), "dead_if_never_positive"),
        ("zero_report", with_dead(lambda a: (a <= 0).all(axis=0)), "dead_if_never_positive"),
        ("zero_report", with_dead(lambda a: a.std(axis=0) == 0), "dead_if_constant"),
        ("zero_report", with_dead(lambda a: (a == 0).all()), "no_unit_is_dead"),
    ],
)
def test_answers_that_once_passed_or_were_accused_falsely(name, function, mistake, seed):
    result = diagnose(QUESTIONS[name], function, np.random.default_rng(seed))
    assert result.status in (WRONG, RAISED) and result.mistake == mistake, result.message


def test_a_loop_over_units_is_told_so_too():
    def looped(activation):
        zero = activation == 0
        dead = np.array([column.all() for column in zero.T])
        return zero.mean(), dead.sum(), zero[:, ~dead].mean()

    result = outcome("zero_report", looped)
    assert result.status == RIGHT and [remark.name for remark in result.remarks] == ["loops"]


def test_a_product_in_a_loop_is_right_and_told_so():
    def looped(activation, weights):
        total = np.zeros(weights.shape[1], weights.dtype)
        for a, row in zip(activation, weights, strict=True):
            if a != 0:
                total += a * row
        return total

    result = outcome("sparse_product", looped)
    assert result.status == RIGHT and [remark.name for remark in result.remarks] == ["loops"]


def test_the_examples_of_the_exercise():
    a, b = np.array([9.0, 2.0, 3.0, 2.0]), np.array([1.0, 1.0, 1.0, 2.0])
    assert questions.fair_ratio(a, b, 1) == (1.5, 2.0, 2.5)
    np.testing.assert_allclose(
        questions.l1_gradient(np.array([[0.0, 3.0], [-1.0, 0.5]]), 0.2), [[0, 0.1], [-0.1, 0.1]]
    )
    assert questions.zero_report(np.array([[0.0, 1.0, 0.0], [0.0, 2.0, 5.0]])) == (0.5, 1, 0.25)
    weights = np.array([[np.nan, np.nan, np.nan], [1.0, 0.0, 5.0]])
    assert questions.sparse_product(np.array([0.0, 2.0]), weights).tolist() == [2, 0, 10]


def test_the_gradient_of_the_exercise_is_what_the_layer_of_the_lesson_adds():
    a = np.maximum(np.random.default_rng(0).normal(size=(7, 5)), 0)
    layer = ActivityPenalty(0.3)
    layer.forward(a)
    np.testing.assert_allclose(layer.backward(np.zeros_like(a)), questions.l1_gradient(a, 0.3))
