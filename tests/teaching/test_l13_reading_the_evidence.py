"""What lesson 13 says: the court, what few seeds can tell, and what a network loses task by task."""

import re
from functools import partial
from itertools import islice, pairwise

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.adding import BASELINE, train_to_add
from utils.datasets import digits
from utils.diagnostics import dead_units
from utils.evidence import (
    paired_interval,
    seeds_needed,
    studies,
    unpaired_interval,
    unpaired_studies,
)
from utils.explorers import l13_reading_the_evidence as lesson
from utils.explorers.l09_dying_and_rescue import reinitialised
from utils.gated import GATES
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import Adam
from utils.plasticity import learn_tasks
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l13_reading_the_evidence as questions
from utils.recurrent import Recurrent

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


def test_random_networks_have_no_more_pieces_when_they_are_deeper():
    for widths in ([30], [15, 15], [10, 10, 10], [6] * 5):
        assert abs(lesson.pieces_on_a_line(widths, networks=40).mean() - 31) < 5
    assert lesson.pieces_on_a_line([3] * 10, networks=40).mean() < 31


def test_relu_networks_learn_to_add_even_from_common_weights():
    for initializer, least in (("identity", 18), ("he", 11)):
        generator = np.random.default_rng(1)
        law = {"activation": "relu", "initializer": initializer, "replicas": 20}
        network = Recurrent(2, 16, 1, generator=generator, **law)
        run = {"time": 30, "steps": 400, "batch_size": 32, "generator": generator}
        errors = np.mean(list(train_to_add(network, Adam(0.003), **run))[-40:], axis=0)
        assert np.sum(errors < 0.75 * BASELINE) >= least


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
    assert 14 <= np.argmax(own >= 0.6) + 3 <= 21 and 7 <= np.argmax(same >= 0.6) + 3 <= 11
    five, thirty = lesson.shares("GELU", lesson.DESIGNS[0])[0, [2, 27]]
    assert 0.4 < five < 0.5 and thirty > 1 / 3


def test_all_runs_together_decide_for_elu_alone():
    for contender in lesson.CONTENDERS:
        mean, low, high = lesson.lead(contender)
        assert low < mean < high and mean > 0 and (low > 0) == (contender == "ELU")
        told = lesson.seeds().picture(contender=contender).description
        assert ("do not decide" in told) == (contender != "ELU")


def test_studies_are_told_as_they_are():
    explorer = lesson.seeds()
    for contender in lesson.CONTENDERS:
        for design in lesson.DESIGNS:
            for n in (3, 7, 30):
                told = explorer.picture(contender=contender, design=design, seeds=n).description
                mean, low, high = lesson.compared(contender, design, n)
                given = [float(each) for each in re.findall(r"([\d.]+)%", told)]
                expected = [100 * np.mean(each) for each in (mean < 0, low > 0, high < 0)]
                np.testing.assert_allclose(given, expected, atol=0.051)


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


def through_tasks(unit, seed=5, rate=0.01, between=None, replicas=24):
    data, generator = digits(standardised=True), np.random.default_rng(seed)
    network = Network([64, 32, 32, 10], activation=lesson.UNITS[unit], generator=generator, replicas=replicas)
    run = {"tasks": 40, "epochs": 10, "batch_size": 64, "generator": generator, "between": between}
    found = list(learn_tasks(network, Adam(rate), data.x_train[:320], data.y_train[:320], **run))
    return np.array([task.accuracy for task in found]), np.array([task.off for task in found])


@pytest.fixture(scope="module")
def runs():
    found = {unit: through_tasks(unit) for unit in lesson.UNITS}
    for renew in (reinitialised, lesson.living_renewed):
        fresh = np.random.default_rng(6)
        between = partial(lambda renew, fresh, network, x: renew(network, x, fresh), renew, fresh)
        found[renew.__name__] = through_tasks("ReLU", between=between)
    return found


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


def test_the_usual_slope_loses_less_than_relu_and_several_times_as_much_as_a_fifth(runs):
    relu, small, large = (1 - np.median(runs[unit][0][-1]) for unit in list(lesson.UNITS)[:3])
    assert 4 * large < small < 0.8 * relu
    assert 0.03 < runs["leaky ReLU, slope 0.01"][1][-1].mean() < runs["ReLU"][1][-1].mean() / 2


def test_fresh_units_cure_in_the_place_of_dead_and_of_living_ones(runs):
    for name in ("reinitialised", "living_renewed"):
        assert runs[name][0][-1].mean() > 0.95
        assert paired_interval(runs["ReLU"][0][-1], runs[name][0][-1])[1] > 0.1
    assert runs["living_renewed"][1][-1].mean() > 2 * runs["reinitialised"][1][-1].mean()


def test_as_many_living_units_start_anew_as_there_are_dead_ones():
    generator = np.random.default_rng(7)
    network = Network([5, 12, 9, 2], generator=generator, replicas=3)
    network.biases[0][:, :4], network.biases[1][:, 2:4] = -100, -100
    network.biases[1][2, :8] = -100
    x = generator.normal(size=(40, 5)).astype(np.float32)
    network.forward(x)
    dead = [dead_units(z) for z in network.pre_activations]
    assert np.all(dead[0].sum(axis=-1) >= 4) and dead[1][2].sum() >= 8
    after = lesson.living_renewed(network, x, generator)
    for layer, was_dead in enumerate(dead):
        weights = after.weights[layer]
        renewed = np.all((weights != network.weights[layer]) & (weights != 0), axis=-2)
        expected = np.minimum(was_dead.sum(axis=-1), (~was_dead).sum(axis=-1))
        np.testing.assert_array_equal(renewed.sum(axis=-1), expected)
        assert not np.any(renewed & was_dead)
        assert np.all(after.biases[layer][was_dead] == network.biases[layer][was_dead])


def test_the_loss_depends_on_the_learning_rate(runs):
    def lost(found):
        accuracy, off = found
        return np.median(accuracy[0] - accuracy[-1]), off[-1].mean()

    slow, fast = (lost(through_tasks("ReLU", rate=rate, replicas=6)) for rate in (0.003, 0.02))
    usual = lost(runs["ReLU"])
    assert slow[0] < usual[0] - 0.1 < fast[0] - 0.2 and slow[1] < 0.12 < usual[1] < fast[1]


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
    z, n = questions.NormalDist().inv_cdf, 2
    first = z(0.5 + confidence / 2)
    while n - first**2 / 2 < ((first + z(power)) * spread / effect) ** 2:
        n += 1
    return n


def swiglu_by_einsum(x, weights, value_weights, output):
    z, value = np.einsum("ni,ih->nh", x, weights), np.einsum("ni,ih->nh", x, value_weights)
    return np.einsum("nh,ho->no", z * value / (1 + np.exp(-z)), output)


def deciding_by_sorting(claimed, measured):
    by_low = sorted((low, case) for case, (low, _) in measured.items())
    by_high = sorted((high, case) for case, (_, high) in measured.items())
    if by_low[0][0] > claimed:
        return ["supported", by_low[0][1], np.float64(by_low[0][0])]
    if by_high[0][0] < claimed and (by_high[-1][0] < claimed or by_low[-1][0] > claimed):
        refuted = by_high[-1][0] < claimed
        number, case = by_high[-1 if refuted else 0]
        return "false" if refuted else "overstated", case, number
    return "not decided", None, None


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("paired_interval", interval_by_the_formula),
        ("paired_interval", paired_interval),
        ("seeds_needed", needed_by_counting),
        ("seeds_needed", seeds_needed),
        ("swiglu", swiglu_by_einsum),
        ("deciding_number", deciding_by_sorting),
    ],
)
def test_other_good_answers_are_right(name, function):
    assert outcome(name, function).status == RIGHT, outcome(name, function).message
