"""Lesson 08: the claims of born dead with the course's own code, its explorers, and other right answers."""

import re

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.born_dead import upper_bound
from utils.datasets import curve, digits
from utils.diagnostics import dead_units
from utils.explorers import l08_born_dead as lesson
from utils.judge import diagnose
from utils.losses import softmax_cross_entropy, squared_error
from utils.networks import Network
from utils.optimizers import Adam
from utils.question import PUBLIC_SEED, RIGHT, WRONG
from utils.questions import l08_born_dead as questions
from utils.training import accuracy, fit

BY_ID = {question.id: question for question in questions.QUESTIONS}
LEAKY = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=0.2)


def outcome(name, function, seed=PUBLIC_SEED):
    return diagnose(BY_ID[name], function, np.random.default_rng(seed))


# ------------------------------------------------------------------------------------------------ the claims


def learnt_absolute(width, activation, replicas=100):
    """Train on |x|: whether each network was constant before, whether it is after, and its outputs."""
    x, y = curve("absolute", 64, -1, 1)
    generator = np.random.default_rng(21)
    sizes = [1] + [width] * 9 + [1]
    network = Network(sizes, activation=activation, generator=generator, replicas=replicas)
    before = lesson.is_constant(network.forward(x)[..., 0])
    run = {"optimizer": Adam(0.01), "epochs": 600, "batch_size": None, "progress": False}
    fit(network, x, y, loss="squared_error", generator=generator, **run)
    outputs = network.forward(x)[..., 0]
    return before, lesson.is_constant(outputs), outputs


def test_width_two_is_mostly_constant_after_training_on_the_absolute_value():
    before, after, outputs = learnt_absolute(2, "relu")
    assert 0.78 < before.mean() < 0.97  # expected 0.88
    assert after[before].all() and 0.85 < after.mean()
    _, y = curve("absolute", 64, -1, 1)
    assert np.allclose(outputs[after], y.mean(), atol=1e-3)


def test_leaky_units_are_never_constant():
    before, after, outputs = learnt_absolute(2, LEAKY)
    _, y = curve("absolute", 64, -1, 1)
    assert not before.any() and not after.any()
    assert (np.square(outputs - y[:, 0]).mean(axis=1) < 0.001).mean() > 0.6


def test_of_a_dead_network_only_the_output_bias_has_a_gradient():
    x, y = curve("absolute", 40, -1, 1)
    for width, hidden in ((1, 4), (2, 9), (3, 20)):
        network = Network([1] + [width] * hidden + [1], generator=np.random.default_rng(3), replicas=200)
        dead = lesson.born_dead_networks(network, x)
        _, upstream = squared_error(network.forward(x), y)
        network.backward(upstream)
        assert dead.sum() > 50
        gradients = network.gradients[dead]
        assert not gradients[:, :-1].any() and gradients[:, -1].all()  # the output bias comes last


def test_behind_a_layer_that_died_in_training_weights_may_still_have_a_gradient():
    x, y = curve("absolute", 64, -1, 1)
    generator, later = np.random.default_rng(2), []
    network = Network([1] + [6] * 9 + [1], generator=generator, replicas=120)
    born = lesson.born_dead_networks(network, x)
    run = {"optimizer": Adam(0.01), "epochs": 300, "batch_size": None, "progress": False}
    fit(network, x, y, loss="squared_error", generator=generator, **run)
    dead = np.array([dead_units(z).all(axis=-1) for z in network.pre_activations])  # (layers, replicas)
    network.forward(x)
    network.backward(np.ones((120, 64, 1), np.float32))
    gradients = [each.reshape(120, -1).any(axis=1) for each in network.weight_gradients]
    for replica in np.flatnonzero(dead.any(axis=0)):
        first = dead[:, replica].argmax()
        assert not any(each[replica] for each in gradients[: first + 2])  # the next layer's input is 0
        later.append(any(each[replica] for each in gradients))
        assert not (born[replica] and later[-1])
    assert 2 < np.sum(later) < len(later)


def test_a_digit_network_dead_at_birth_stays_at_chance():
    data = digits()
    x, x_test = data.x_train / 16, data.x_test / 16
    generator = np.random.default_rng(5)
    network = Network([64] + [5] * 19 + [10], generator=generator, replicas=40)
    born = lesson.born_dead_networks(network, x)
    assert 0.1 < born.mean() < upper_bound(5, 20)
    optimizer = Adam(0.003)
    for batch in np.array_split(generator.permutation(len(x)), 22):
        _, upstream = softmax_cross_entropy(network.forward(x[batch]), data.y_train[batch])
        network.backward(upstream)
        optimizer.step(network.parameters, network.gradients)
    assert lesson.born_dead_networks(network, x)[born].all()
    assert accuracy(network, x_test, data.y_test)[born].max() < 0.12


# --------------------------------------------------------------------------------------------- the explorers


def test_what_the_explorer_tells_is_counted():
    explorer = lesson.born_dead()
    for settings in (*explorer.corners(), *explorer.tour(), {"width": 4, "layers": 14}):
        settings = {"width": 2, "layers": 10} | settings
        told = explorer.picture(**settings).description
        shares, outputs = lesson.random_networks(settings["width"])
        now = outputs[settings["layers"] - 2]
        dead, half = (int(each) for each in re.search(r"drawn (\d+) .* and (\d+) ", told).groups())
        assert dead == (now == 0).all(axis=1).sum() and dead + half == (now == 0).any(axis=1).sum()
        assert f"layers: {shares[settings['layers'] - 2]:.1%} of 1000" in told
        ends = re.search(r"are ([\w. ]+)% and ([\w. ]+)%", told).groups()
        for end, bound in zip(ends, (lesson.lower_bound, upper_bound), strict=True):
            exact = bound(settings["width"], settings["layers"])
            assert (end == "0.00") == (exact == 0) and end != "100.00"
            assert float(end.split()[-1]) == pytest.approx(100 * exact, abs=0.0101)


def test_the_explorers_networks_die_for_good_and_as_often_as_the_bounds_say():
    for width in (1, 2, 4, 8, 14):
        shares, outputs = lesson.random_networks(width)
        dead = (outputs == 0).all(axis=2)
        assert (dead[1:] >= dead[:-1]).all() and (np.diff(shares) >= 0).all()
        margin = 5 * np.sqrt(0.25 / lesson.TRIALS)
        assert (shares <= upper_bound(width, lesson.LAYERS) + margin).all()
        assert (shares >= lesson.lower_bound(width, lesson.LAYERS) - margin).all()


def test_the_tasks_of_the_explorer_have_their_answers():
    shares, _ = lesson.random_networks(4)
    assert shares[14 - 2] < 0.5 < shares[16 - 2]
    assert upper_bound(13, 50) < 0.01 < upper_bound(12, 50)


def test_the_live_run_tells_of_constants_and_of_learners():
    def numbers(**settings):
        *_, (_, _, told) = lesson.learn_absolute().frames(**settings)
        return [int(each) for each in re.findall(r"(\d+) (?:are|is|have|has) ", told)]

    dead, learnt = numbers()
    assert dead >= 17 and learnt <= 5
    assert numbers(width=12)[1] >= 21
    dead, learnt = numbers(activation="leaky ReLU, slope 0.2")
    assert dead == 0 and learnt >= 14
    assert numbers(activation="leaky ReLU, slope 0.2", layers=20)[0] == 0  # nearly flat ones are not dead


def test_constant_is_what_differs_by_rounding_only():
    outputs = np.array([[0, 0, 0], [0.5, 0.5, np.nextafter(0.5, 1)], [1e-9, 2e-9, 1e-9]], np.float32)
    assert lesson.is_constant(outputs).tolist() == [True, True, False]


def test_pictures_of_the_cells_are_described_by_their_numbers():
    _, told = lesson.ensemble_picture(np.array([[0, 0], [1, 0], [0, -2], [3, 4]]))
    assert "Of these 4 networks 1 is dead" in told and "2 are 0 on one side" in told
    layers = np.arange(2, 31)
    middle = (lesson.lower_bound(2, layers) + upper_bound(2, layers)) / 2
    shares = {2: np.stack([middle - 0.001, middle + 0.001]), 3: np.stack([middle * 0, middle * 0 + 0.02])}
    assert "All means lie between their bounds" in lesson.bounds_picture((2, 2), layers, shares)[1]
    assert (
        "Where a mean lies outside, it does so by at most" in lesson.bounds_picture((2, 3), layers, shares)[1]
    )
    _, told = lesson.safe_picture(np.array([2, 50, 100]), (0.01,))
    assert "at most 1 %: from 7 to 14" in told


# --------------------------------------------------------------------------------------------- the questions


def share_by_a_loop(width, layers, trials, seed):
    generator = np.random.default_rng(seed)
    dead = 0
    for _ in range(trials):
        h = np.array([[1.0], [-1.0]])
        for _ in range(layers - 1):
            h = np.maximum(h @ generator.standard_normal((h.shape[1], width)), 0)
        dead += h.max() == 0
    return dead / trials


def share_with_other_weights(law):
    def born_dead_share(width, layers, trials, seed):
        generator = np.random.default_rng(seed)
        h = np.tile(np.array([[1.0], [-1.0]], np.float32), (trials, 1, 1))
        dead = np.zeros(trials, bool)
        for _ in range(layers - 1):
            z = h @ law(generator, (trials, h.shape[-1], width)).astype(np.float32)
            dead |= (z <= 0).all(axis=(1, 2))
            h = np.where(z > 0, z, 0)
        return dead.sum() / trials

    return born_dead_share


def safe_depth_by_steps(width, probability):
    layers = 1
    while 1 - (1 - 2.0**-width) ** layers <= probability:
        layers += 1
    return layers


def first_by_pre_activations(weights):
    plus, minus = np.ones(1), -np.ones(1)
    for number, weight in enumerate(weights):
        plus, minus = plus @ weight, minus @ weight
        if (plus <= 0).all() and (minus <= 0).all():
            return number + 1
        plus, minus = plus.clip(0), minus.clip(0)
    return 0


@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1, 2])
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("born_dead_share", share_by_a_loop),
        ("born_dead_share", share_with_other_weights(lambda rng, shape: rng.normal(0, 0.1, shape))),
        ("born_dead_share", share_with_other_weights(lambda rng, shape: rng.uniform(-1, 1, shape))),
        ("safe_depth", safe_depth_by_steps),
        ("first_dead_layer", first_by_pre_activations),
        ("upper_bound", lambda width, layers: 1 - np.power(1 - 1 / np.power(2, width), layers - 1)),
        ("upper_bound", upper_bound),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function, seed):
    result = outcome(name, function, seed)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def simulated(law, trials=None, digits=None):
    """A right simulation but for what the arguments say: other trials, a rounded share, a formula."""

    def born_dead_share(width, layers, number, seed):
        if law:
            return float(law(width, layers))
        share = questions.BORN_DEAD_SHARE.reference(width, layers, trials or number, seed)
        return share if digits is None else round(share, digits)

    return born_dead_share


@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1, 2, 3])
@pytest.mark.parametrize(
    "function",
    [
        simulated(lambda *size: lesson.lower_bound(*size)),
        simulated(upper_bound),
        simulated(None, trials=300),
        simulated(None, digits=1),
        simulated(None, digits=2),
    ],
)
def test_what_is_no_simulation_of_so_many_trials_is_not_right(function, seed):
    assert outcome("born_dead_share", function, seed).status == WRONG


def test_a_loop_that_stops_early_and_the_formula_with_whole_powers_are_told():
    def capped(width, probability):
        return min(200, safe_depth_by_steps(width, probability))

    assert outcome("safe_depth", capped).status == WRONG
    told = outcome("upper_bound", lambda width, layers: 1 - (1 - 2**-width) ** (layers - 1))
    assert told.mistake == "integer_power"


@pytest.mark.parametrize(
    ("test", "name"),
    [
        (lambda z: (z <= 0).any(), "always_the_first"),
        (lambda z: (np.maximum(z, 0) == 0).any(), "always_the_first"),
        (lambda z: (z.mean(axis=0) <= 0).all(), "always_the_first"),
        (lambda z: (z < 0).all(), "strictly_below"),
    ],
)
def test_other_ways_to_look_at_a_layer_are_not_accused_of_what_they_do_not_do(test, name):
    def first(weights):
        activation = np.array([[1.0], [-1.0]])
        for number, weight in enumerate(weights, 1):
            z = activation @ weight
            if test(z):
                return number
            activation = np.maximum(z, 0)
        return 0

    assert outcome("first_dead_layer", first).mistake == name


@pytest.mark.parametrize("faulty", [None, float("nan"), [0.5], np.zeros(2), "0.5", -0.1, 2.0, True])
def test_what_is_no_share_is_no_right_simulation(faulty):
    assert outcome("born_dead_share", lambda *given: faulty).status != RIGHT


def test_the_cases_of_first_dead_layer_end_in_every_way():
    for seed in range(20):
        cases = questions.FIRST_DEAD_LAYER.cases(np.random.default_rng(seed))
        ends = {questions.FIRST_DEAD_LAYER.reference(*case) for case in cases}
        assert {0, 2, 3} <= ends and max(ends) >= 4
