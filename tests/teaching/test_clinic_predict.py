"""Part C of the last exercise: theory and simulation agree, and every right way to simulate is accepted."""

import itertools
import math

import numpy as np
import pytest

from benchmarks.clinic_training import solution
from utils.born_dead import first_dead_layer, lower_bound, upper_bound
from utils.judge import diagnose
from utils.networks import Network
from utils.question import PUBLIC_SEED, RIGHT, WRONG
from utils.questions.clinic_predict import CONFIRM_GRADIENT, CONFIRM_PIECES, FORECAST, QUESTIONS
from utils.regions import breakpoints, deep_lower_bound, restricted
from utils.signals import mean_squares


def outcome(question, function, seed=PUBLIC_SEED):
    return diagnose(question, function, np.random.default_rng(seed))


def test_the_forecast_is_that_of_the_lessons_where_layers_are_equally_wide():
    for width, layers in ((2, 4), (5, 3), (12, 6)):
        widths = [width] * layers + [1]
        chis, change, off, line, plane = FORECAST.reference(widths, np.full(layers, 2 / width))
        assert np.allclose(chis, 1) and len(chis) == layers - 2 and change == 0
        assert math.isclose(off, upper_bound(width, layers))
        assert line == 1 + width * (layers - 1) and plane == deep_lower_bound(widths[1:-1])
    assert FORECAST.reference([3, 7, 1], np.ones(2))[1:] == (0.0, 1 - (1 - 0.5**7), 8, 29)


def test_the_gradient_of_wide_networks_changes_as_forecast():
    widths, variances = [8, 90, 40, 70, 60, 4], np.array([1 / 8, 1 / 90, 2 / 40, 3 / 70, 2 / 60])
    network = Network(widths, generator=np.random.default_rng(3), replicas=40)
    for weights, variance, fan_in in zip(network.weights, variances, widths, strict=False):
        weights *= math.sqrt(variance * fan_in / 2)  # from He's
    network.backward(np.ones_like(network.forward(np.random.default_rng(4).normal(size=(10, 8)))))
    measured = np.log10(mean_squares(network.pre_activation_gradients)) / 2
    change = measured[0] - measured[-1]
    forecast = FORECAST.reference(widths, variances)[1]
    assert abs(change.mean() - forecast) < 0.08 and change.std() < 0.2
    ones = CONFIRM_GRADIENT.reference(widths, variances, 400, 5)
    assert abs(ones.mean() - forecast) < 0.08


def test_counted_deaths_and_pieces_are_those_of_the_courses_own_tools():
    trials = 6000
    off, dead, _ = CONFIRM_PIECES.reference([1, 3, 3, 3, 3, 1], trials, 1)
    error = math.sqrt(0.25 / trials)
    assert abs(off.mean() - upper_bound(3, 5)) < error
    first = first_dead_layer(3, 4, trials, np.random.default_rng(2))
    assert abs(dead.mean() - (first < 5).mean()) < 6 * error
    assert lower_bound(3, 5) < dead.mean() < off.mean() and not (dead & ~off).any()
    widths, generator = [1, 5, 2, 4, 6, 1], np.random.default_rng(6)
    network = Network(widths, generator=generator, replicas=400)
    for bias in network.biases:
        bias[...] = generator.normal(size=bias.shape)
    exact = np.array([1 + len(breakpoints(restricted(network, replica=one), -5, 5)) for one in range(400)])
    network.forward(np.linspace(-5, 5, 101)[:, None])
    on = np.concatenate(network.pre_activations, axis=-1) > 0
    seen = 1 + (on[:, 1:] != on[:, :-1]).any(axis=2).sum(axis=1)
    assert np.all(seen <= exact)
    pieces = CONFIRM_PIECES.reference(widths, 4000, 7)[2]
    assert abs(seen.mean() - pieces.mean()) < 5 * seen.std() / math.sqrt(400)
    assert np.mean(exact) < FORECAST.reference(widths, np.ones(5))[3]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_the_solution_is_right_on_many_seeds(question):
    for seed in range(6):
        assert outcome(question, solution()[question.id], seed).status == RIGHT


def one_by_one(widths, trials, seed):
    """Plain loops, all numbers drawn in another order, and lists in place of arrays."""
    generator, found = np.random.default_rng([seed, 1]), ([], [], [])
    for _ in range(trials):
        shapes = list(itertools.pairwise(widths[:-1]))
        biases = [generator.normal(size=shape[1]) for shape in shapes]
        weights = [generator.normal(0, math.sqrt(2 / shape[0]), shape) for shape in shapes]
        a, x, patterns = np.array([[1.0], [-1.0]]), np.linspace(-5, 5, 101)[:, None], []
        alive = np.array([True, True])
        for weight, bias in zip(weights, biases, strict=True):
            a, z = np.maximum(a @ weight, 0), x @ weight + bias
            alive &= a.any(axis=1)
            x = np.maximum(z, 0)
            patterns.append(z > 0)
        found[0].append(not alive[0])
        found[1].append(not alive.any())
        patterns = np.concatenate(patterns, axis=1)
        found[2].append(1 + int((patterns[1:] != patterns[:-1]).any(axis=1).sum()))
    return found


def other_gradient(widths, variances, trials, seed):
    """The course's own network, from other draws and in float32."""
    network = Network(widths, generator=np.random.default_rng([seed, 2]), replicas=trials)
    for weights, variance, fan_in in zip(network.weights, variances, widths, strict=False):
        weights *= math.sqrt(variance * fan_in / 2)
    network.backward(np.ones_like(network.forward(np.ones((1, widths[0])))))
    measured = np.log10(mean_squares(network.pre_activation_gradients)) / 2
    return (measured[0] - measured[-1]).astype(np.float32)


def other_forecast(widths, variances):
    """Lists and Python numbers, by loops."""
    hidden = widths[1:-1]
    chis = [n * v / 2 for n, v in zip(hidden[1:], variances[1:-1], strict=True)]
    alive, plane = 1.0, 1
    for n in hidden:
        alive *= 1 - 1 / 2**n
    for n in hidden[:-1]:
        plane *= (n // 2) * (n // 2)
    n = hidden[-1]
    change = 0.5 * sum(math.log10(each) for each in chis)
    return [chis, change, 1 - alive, float(sum(hidden) + 1), plane * (1 + n * (n + 1) // 2)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [(FORECAST, other_forecast), (CONFIRM_GRADIENT, other_gradient), (CONFIRM_PIECES, one_by_one)],
)
def test_other_right_answers_pass(question, answer):
    for seed in (PUBLIC_SEED, 1):
        found = outcome(question, answer, seed)
        assert found.status == RIGHT, found.message


def noisy(mean, spread):
    """Numbers about `mean` that no network has seen; None stands for the forecast's."""

    def answer(widths, variances, trials, seed):
        middle = FORECAST.reference(widths, variances)[1] - 0.09 if mean is None else mean
        return np.random.default_rng(seed).normal(middle, spread, trials)

    return answer


@pytest.mark.parametrize(("mean", "spread"), [(None, 0), (None, 1e-9), (0, 1), (0, 10), (0, 1e6)])
def test_numbers_without_a_network_are_no_simulated_gradient(mean, spread):
    for seed in range(4):
        assert outcome(CONFIRM_GRADIENT, noisy(mean, spread), seed).status == WRONG


@pytest.mark.parametrize(("least", "most"), [(-99, 120), (1, 20), (-(10**6), 10**6)])
def test_numbers_without_a_network_are_no_counted_pieces(least, most):
    def answer(widths, trials, seed):
        off, dead, _ = CONFIRM_PIECES.reference(widths, trials, seed)
        return off, dead, np.random.default_rng(seed).integers(least, most, trials)

    for seed in range(4):
        assert outcome(CONFIRM_PIECES, answer, seed).status == WRONG


def simulated(weight=lambda fan_in: math.sqrt(2 / fan_in), bias=1.0, shared=False):
    """An honest simulation of networks with another law."""

    def answer(widths, trials, seed):
        generator = np.random.default_rng([seed, 3])
        off, dead, _ = CONFIRM_PIECES.reference(widths, trials, seed)
        x, switches = np.linspace(-5, 5, 101)[:, None], False
        for fan_in, fan_out in itertools.pairwise(widths[:-1]):
            weights = generator.normal(0, weight(fan_in), (trials, fan_in, fan_out))
            z = x @ weights + generator.normal(0, bias, (trials, 1, 1 if shared else fan_out))
            x, on = np.maximum(z, 0), z > 0
            switches = switches | (on[:, 1:] != on[:, :-1]).any(axis=2)
        return off, dead, 1 + switches.sum(axis=1)

    return answer


OTHER_LAWS = {
    "right": (simulated(), None),
    "2 / fan_in": (simulated(lambda fan_in: 2 / fan_in), "variance_as_deviation"),
    "1 / fan_in": (simulated(lambda fan_in: math.sqrt(1 / fan_in)), "one_over_fan_in"),
    "biases of 0.5": (simulated(bias=0.5), None),
    "biases of 0.1": (simulated(bias=0.1), None),
    "one bias a layer": (simulated(shared=True), None),
}


@pytest.mark.parametrize("law", OTHER_LAWS)
def test_another_law_of_weights_or_biases_is_wrong_and_not_accused_falsely(law):
    answer, mistake = OTHER_LAWS[law]
    found = outcome(CONFIRM_PIECES, answer)
    assert (found.status, found.mistake) == (RIGHT if law == "right" else WRONG, mistake)


def test_networks_with_biases_die_otherwise():
    def answer(widths, trials, seed):
        generator = np.random.default_rng([seed, 4])
        off, _, pieces = CONFIRM_PIECES.reference(widths, trials, seed)
        a, dead = np.array([[1.0], [-1.0]]), False
        for fan_in, fan_out in itertools.pairwise(widths[:-1]):
            z = a @ generator.normal(0, math.sqrt(2 / fan_in), (trials, fan_in, fan_out))
            a = np.maximum(z + generator.normal(0, 1, (trials, 1, fan_out)), 0)
            dead = dead | (a == 0).all(axis=(1, 2))
        return off, dead, pieces

    assert outcome(CONFIRM_PIECES, answer).mistake == "biases_everywhere"


def test_the_same_network_in_every_trial_gets_its_sentence():
    def answer(widths, variances, trials, seed):
        return np.full(trials, CONFIRM_GRADIENT.reference(widths, variances, trials, seed)[seed % trials])

    assert outcome(CONFIRM_GRADIENT, answer).mistake == "one_network"


def without_a_number(function):
    """The same answer with half of its first array NaN."""

    def spoilt(*given):
        value = function(*given)
        first = np.array(value[0] if isinstance(value, tuple) else value, float)
        first[: len(first) // 2 + 1] = np.nan
        return (first, *value[1:]) if isinstance(value, tuple) else first

    return spoilt


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_nan_is_wrong_and_accused_of_nothing(question):
    found = outcome(question, without_a_number(question.reference))
    assert (found.status, found.mistake) == (WRONG, None)


@pytest.mark.parametrize("mistake", FORECAST.mistakes, ids=lambda each: each.name)
def test_one_wrong_item_among_right_ones_gets_its_sentence(mistake):
    def answer(widths, variances):
        wrong, right = mistake.function(widths, variances), FORECAST.reference(widths, variances)
        return tuple(b if a is None else a for a, b in zip(wrong, right, strict=True))

    for seed in (PUBLIC_SEED, 1, 2, 3):
        assert outcome(FORECAST, answer, seed).mistake == mistake.name


def says_nothing_of_some(mistake):
    return any(item is None for item in mistake.function([1, 3, 2, 1], 50, 0))


PARTIAL = [each for each in CONFIRM_PIECES.mistakes if says_nothing_of_some(each)]


@pytest.mark.parametrize("mistake", PARTIAL, ids=lambda each: each.name)
def test_one_wrong_sample_among_right_ones_gets_its_sentence(mistake):
    def answer(*given):
        wrong, right = mistake.function(*given), CONFIRM_PIECES.reference(*given)
        return tuple(right[place] if each is None else each for place, each in enumerate(wrong))

    for seed in (PUBLIC_SEED, 1, 2, 3):
        assert outcome(CONFIRM_PIECES, answer, seed).mistake == mistake.name
