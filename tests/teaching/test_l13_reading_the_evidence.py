"""What lesson 13 says: the court, what few seeds can tell, and what a network loses task by task."""

import copy
import re
from itertools import islice, pairwise

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.evidence import (
    paired_interval,
    seeds_needed,
    studies,
    unpaired_interval,
    unpaired_studies,
    verdict,
)
from utils.explorers import l13_reading_the_evidence as lesson
from utils.gated import GATES
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import Adam
from utils.plasticity import learn_tasks
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l13_reading_the_evidence as questions

# ---------------------------------------------------------------------------------------- the court


def test_the_court_has_all_three_verdicts_several_times():
    verdicts = [
        next(option.text for option in choice.options if option.right)
        for choice in questions.CHOICES
        if choice.id.startswith("judge_")
    ]
    assert len(verdicts) == 8
    assert {each: verdicts.count(each) for each in set(verdicts)} == {
        "Supported": 2,
        "Overstated": 3,
        "False": 3,
    }


def test_random_networks_have_about_as_many_pieces_at_every_depth():
    for widths in ([30], [15, 15], [10, 10, 10], [6] * 5):
        assert abs(lesson.pieces_on_a_line(widths, networks=40).mean() - 31) < 5


def test_half_the_zeros_are_never_twice_the_speed():
    for hidden in ([256], [4096], [256] * 20, [2048] * 300):
        sizes = [64, *hidden, 10]
        counts = np.array([a * b for a, b in pairwise(sizes)], float)
        assert 1 < counts.sum() / (counts.sum() - counts[1:].sum() / 2) < 2


# ---------------------------------------------------------------------------------------- seeds


def test_five_seeds_seldom_show_the_lead_of_elu_and_pairs_show_it_more_often():
    pairs = np.stack([lesson.reached("relu"), lesson.reached("elu")])
    truth = np.mean(pairs[1] - pairs[0])
    assert 0.004 < truth < pairs[0].std(ddof=1) < 0.012
    for seed in range(3):
        generator = np.random.default_rng(seed)
        own = unpaired_interval(*unpaired_studies(pairs, 5, 2000, generator))
        same = paired_interval(*studies(pairs, 5, 2000, generator))
        for _, low, high in (own, same):
            assert 0.92 < np.mean((low < truth) & (truth < high)) < 0.98
        assert 0.11 < np.mean(own[1] > 0) < 0.2 and 0.24 < np.mean(same[1] > 0) < 0.38
        assert 0.08 < np.mean(own[0] < 0) < 0.14 and np.mean(same[0] < 0) < 0.035


def test_more_seeds_name_the_wrong_winner_less_often():
    wrong = {n: np.mean(lesson.compared("ELU", lesson.DESIGNS[0], n)[0] < 0) for n in (3, 5, 20)}
    assert wrong[3] > wrong[5] + 0.03 and wrong[5] > wrong[20] + 0.05


@pytest.mark.parametrize("n", [3, 5, 20])
def test_student_s_interval_covers_as_often_as_it_says(n):
    a, b = np.random.default_rng(n).normal(size=(2, 20_000, n))
    _, low, high = paired_interval(a, b + 0.2)
    assert abs(np.mean((low < 0.2) & (0.2 < high)) - 0.95) < 0.01


def test_the_tasks_of_the_seeds_have_the_answers_of_the_lesson():
    own, same = (lesson.shares("ELU", design)[1] for design in lesson.DESIGNS)
    assert 14 <= np.argmax(own >= 0.6) + 2 <= 21 and 7 <= np.argmax(same >= 0.6) + 2 <= 11
    wrong = lesson.shares("GELU", lesson.DESIGNS[0])[0]
    assert 0.4 < wrong[3] < 0.5 and wrong[28] > 1 / 3


def test_studies_are_told_as_they_are():
    explorer = lesson.seeds()
    for contender in lesson.CONTENDERS:
        for design in lesson.DESIGNS:
            for n in (2, 7, 30):
                told = explorer.picture(contender=contender, design=design, seeds=n).description
                mean, low, _ = lesson.compared(contender, design, n)
                assert lesson.lead(contender) > 0
                given = [float(each) for each in re.findall(r"([\d.]+)%", told)]
                expected = [100 * np.mean(mean < 0), 100 * np.mean(low > 0)]
                np.testing.assert_allclose(given[:2], expected, atol=0.051)


# ---------------------------------------------------------------------------------------- SwiGLU


def test_two_thirds_of_the_width_are_the_same_budget():
    for inputs, width in ((24, 96), (40, 48)):
        assert 2 * inputs * width == 3 * inputs * (2 * width // 3)
    network = lesson.swiglu_network(40, 26, 10, np.random.default_rng(0), replicas=2)
    plain = Network([40, 48, 10], generator=np.random.default_rng(0), replicas=2)
    assert 0.95 < network.parameters.shape[1] / plain.parameters.shape[1] < 1


def test_the_course_s_layer_is_the_exercise_s():
    network = lesson.swiglu_network(5, 4, 3, np.random.default_rng(1), replicas=1)
    x = np.random.default_rng(2).normal(size=(6, 5)).astype(np.float32)
    weights, _, value_weights, _ = network.layers[0].parameters
    right = questions.SWIGLU.reference(x, weights[0], value_weights[0], network.layers[1].parameters[0][0])
    np.testing.assert_allclose(network.forward(x)[0], right, rtol=1e-4, atol=1e-5)
    assert GATES["swiglu"] == ACTIVATIONS["silu"]


# ---------------------------------------------------------------------------------------- task after task


def through_tasks(unit, seed=5, rate=0.01, between=None, replicas=12):
    data, generator = digits(standardised=True), np.random.default_rng(seed)
    network = Network([64, 32, 32, 10], activation=lesson.UNITS[unit], generator=generator, replicas=replicas)
    run = {"tasks": 40, "epochs": 10, "batch_size": 64, "generator": generator, "between": between}
    found = list(learn_tasks(network, Adam(rate), data.x_train[:320], data.y_train[:320], **run))
    return np.array([task.accuracy for task in found]), np.array([task.off for task in found])


@pytest.fixture(scope="module")
def runs():
    fresh = np.random.default_rng(6)
    found = {unit: through_tasks(unit) for unit in lesson.UNITS}
    found["control"] = through_tasks("ReLU", between=lambda network, x: copy.deepcopy(network))
    anew = lambda network, x: lesson.reinitialised(network, x, fresh)  # noqa: E731
    return found | {"anew": through_tasks("ReLU", between=anew)}


def test_relu_loses_units_and_plasticity_and_slope_a_fifth_and_tanh_lose_no_units(runs):
    accuracy, off = runs["ReLU"]
    assert off[0].mean() < 0.03 and off[-1].mean() > 0.15 and off[20].mean() > off[5].mean() > off[0].mean()
    assert accuracy[0].min() > 0.97 and np.median(accuracy[-1]) < 0.85
    for unit in ("leaky ReLU, slope 0.2", "tanh"):
        assert runs[unit][1][-1].mean() < 0.01
        assert paired_interval(accuracy[-1], runs[unit][0][-1])[1] > 0.1


def test_all_lose_something(runs):
    for accuracy, _ in runs.values():
        assert paired_interval(accuracy[0], accuracy[-1])[2] < 0
    leaky, tanh = (runs[unit][0][-1] for unit in ("leaky ReLU, slope 0.2", "tanh"))
    assert paired_interval(tanh, leaky)[1] > 0


def test_the_usual_slope_is_more_like_relu(runs):
    relu, small, large = (np.median(runs[unit][0][-1]) for unit in list(lesson.UNITS)[:3])
    assert small < (relu + large) / 2
    assert runs["leaky ReLU, slope 0.01"][1][-1].mean() > 0.08


def test_the_dead_units_are_the_cause_here(runs):
    control, anew = runs["control"][0][-1], runs["anew"][0][-1]
    assert verdict(*paired_interval(control, anew)[1:], 0.1) == "supported"
    assert anew.mean() > 0.95 and np.median(control) < 0.85 and runs["control"][1][-1].mean() > 0.15


def test_the_loss_depends_on_the_learning_rate(runs):
    def lost(found):
        accuracy, off = found
        return np.median(accuracy[0] - accuracy[-1]), off[-1].mean()

    slow, fast = (lost(through_tasks("ReLU", rate=rate, replicas=6)) for rate in (0.003, 0.02))
    usual = lost(runs["ReLU"])
    assert slow[0] < usual[0] - 0.1 < fast[0] - 0.2 and slow[1] < 0.08 < usual[1] < fast[1]


def test_the_live_run_tells_what_it_measures():
    *_, (_, fraction, told) = islice(lesson.tasks().frames(unit="tanh", start=2), 3)
    assert fraction == 3 / 40 and "After task 3 " in told and " 0% of the units" in told


# ---------------------------------------------------------------------------------------- the questions


def outcome(name, function):
    question = next(each for each in questions.QUESTIONS if each.id == name)
    return diagnose(question, function, np.random.default_rng(PUBLIC_SEED))


def interval_by_the_formula(a, b, confidence):
    n, d = a.size, b - a
    s = np.sqrt(np.sum((d - d.mean()) ** 2) / (n - 1))
    reach = questions.stdtrit(n - 1, 0.5 + confidence / 2) * s * n**-0.5
    return np.array([d.mean(), d.mean() - reach, d.mean() + reach])


def needed_by_counting(effect, spread, confidence, power):
    normal, n = questions.NormalDist(), 2
    both = normal.inv_cdf(0.5 + confidence / 2) + normal.inv_cdf(power)
    while both * spread / n**0.5 > abs(effect):
        n += 1
    return n


def swiglu_by_einsum(x, weights, value_weights, output):
    z, value = np.einsum("ni,ih->nh", x, weights), np.einsum("ni,ih->nh", x, value_weights)
    return np.einsum("nh,ho->no", z * value / (1 + np.exp(-z)), output)


def verdict_by_sides(low, high, claimed):
    if not (low > claimed or high < claimed):
        return ["not decided", 0]
    return (verdict(low, high, claimed), min(abs(low - claimed), abs(high - claimed)))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("paired_interval", interval_by_the_formula),
        ("paired_interval", paired_interval),
        ("seeds_needed", needed_by_counting),
        ("seeds_needed", seeds_needed),
        ("swiglu", swiglu_by_einsum),
        ("verdict", verdict_by_sides),
    ],
)
def test_other_good_answers_are_right(name, function):
    assert outcome(name, function).status == RIGHT, outcome(name, function).message
