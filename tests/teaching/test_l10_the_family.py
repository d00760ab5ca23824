"""Lesson 10: what it claims of the family, of SELU, PReLU and a ranking; and that its explorers tell it."""

import re

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.datasets import digits, mnist1d
from utils.explorers import l10_the_family as lesson
from utils.gated import GATES, GatedUnit, crelu
from utils.gradients import numeric_gradient
from utils.judge import diagnose
from utils.networks import Network
from utils.optimizers import Adam
from utils.prelu import slopes, with_prelu
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l10_the_family as questions
from utils.signals import expectation, gain, length_map, lengths, second_moment
from utils.training import accuracy, fit

QUESTIONS = {question.id: question for question in questions.QUESTIONS}
SELU = ACTIVATIONS["selu"]


@pytest.fixture(scope="module")
def compare():
    return lesson.compare()


@pytest.fixture(scope="module")
def healing():
    return lesson.healing()


def mean(f):
    return expectation(f, f.kinks)


def error_factor(f):
    return expectation(lambda z: z * f(z) * f.derivative(z), f.kinks) / second_moment(f)


# ------------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize(
    ("name", "expected"),
    [("relu", 2), ("tanh", 2.5362), ("elu", 1.5505), ("gelu", 2.3517), ("silu", 2.8108), ("selu", 1)],
)
def test_the_gains_squared(name, expected):
    assert gain(ACTIVATIONS[name]) ** 2 == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "identity"])
def test_the_error_factor_is_the_slope_of_the_length_map_at_the_gain(name):
    f = ACTIVATIONS[name]
    low, high = (length_map(f, q, gain(f) ** 2) for q in (0.999, 1.001))
    assert (high - low) / 0.002 == pytest.approx(error_factor(f), abs=1e-4)


def test_whose_errors_heal_stay_and_grow():
    for names, holds in (
        (("tanh", "elu", "celu", "selu", "softplus"), lambda factor: factor < 0.95),
        (("relu", "leaky_relu", "prelu", "rrelu"), lambda factor: abs(factor - 1) < 1e-9),
        (("gelu", "silu", "mish", "hardswish"), lambda factor: factor > 1.05),
        (("squared_relu",), lambda factor: abs(factor - 2) < 1e-9),
    ):
        assert all(holds(error_factor(ACTIVATIONS[name])) for name in names)


@pytest.mark.parametrize("name", ["relu", "softplus", "silu", "selu"])
def test_the_common_part_is_the_correlation_of_unrelated_inputs_one_layer_on(name):
    f, generator = ACTIVATIONS[name], np.random.default_rng(0)
    z, other = generator.normal(size=(2, 400_000))
    found = np.mean(f(z) * f(other)) / np.sqrt(np.mean(f(z) ** 2) * np.mean(f(other) ** 2))
    assert found == pytest.approx(mean(f) ** 2 / second_moment(f), abs=0.01)


@pytest.mark.parametrize("kind", GATES)
def test_gated_units_have_mean_zero_and_the_second_moment_of_their_gate(kind):
    generator = np.random.default_rng(1)
    weights, values = generator.normal(scale=1 / 16, size=(2, 20, 256, 200))
    x = generator.normal(size=(60, 256))
    x /= np.sqrt(np.mean(x**2, axis=1, keepdims=True))
    zeros = np.zeros((20, 200))
    a = GatedUnit(weights, zeros, values, zeros, kind).forward(x)
    assert abs(a.mean()) < 0.01
    assert np.mean(a**2) == pytest.approx(second_moment(GATES[kind]), rel=0.03)
    twice = GatedUnit(weights, zeros, values, zeros, kind).forward(np.sqrt(2) * x)
    assert np.mean(twice**2) == pytest.approx(2 * second_moment(GATES[kind], 2.0), rel=0.03)


def test_crelu_has_the_second_moment_of_relu_in_twice_as_many_outputs():
    z = np.random.default_rng(2).normal(size=(50, 4000))
    assert np.mean(crelu(z) ** 2) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize("slope", [1.5, 2.0, 3.0])
def test_maximum_with_a_slope_above_one_shows_in_the_mean_alone(slope):
    right = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=slope)
    wrong = lesson.Maximum(slope)
    assert second_moment(wrong) == pytest.approx(second_moment(right)) and gain(wrong) == pytest.approx(
        gain(right)
    )
    assert mean(wrong) == pytest.approx(-mean(right)) and mean(right) < -0.1
    z = np.linspace(-3, 3, 61)
    assert not np.allclose(wrong(z), right(z))
    np.testing.assert_allclose(wrong.derivative(z[z != 0]), numeric_gradient(wrong, z[z != 0]), rtol=1e-6)
    gentle = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=1 / slope)
    np.testing.assert_allclose(lesson.Maximum(1 / slope)(z), gentle(z))


def through(cases, seed, depth=50, width=256):
    """The variance of the activations in the last layer, in 20 networks: {name: (20,)}.

    cases: {name: (activation, sigma_w^2, mean and variance of the inputs)}.
    """
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((10, width), dtype=np.float32)
    a = {name: start[0] + np.float32(start[1] ** 0.5) * x for name, (_, _, start) in cases.items()}
    for _ in range(depth):
        weights = generator.standard_normal((20, width, width), dtype=np.float32)
        for name, (activation, sigma_w_squared, _) in cases.items():
            scale = np.float32((sigma_w_squared / width) ** 0.5)
            a[name] = ACTIVATIONS[activation](scale * (a[name] @ weights))
    return {name: each.astype(float).var(axis=(1, 2)) for name, each in a.items()}


def test_fifty_layers():
    cases = {start: ("selu", 1, start) for start in ((0, 1), (0, 4), (1, 0.25))}
    cases |= {
        "elu": ("elu", 1, (0, 1)),
        "relu": ("relu", 1, (0, 1)),
        "selu he": ("selu", 2, (0, 1)),
        "selu third": ("selu", 1 / 3, (0, 1)),
        "gelu he": ("gelu", 2, (0, 1)),
    }
    left = through(cases, seed=0)
    for start in ((0, 1), (0, 4), (1, 0.25)):
        assert 0.94 < left[start].mean() < 1.04 and 0.8 < left[start].min() < left[start].max() < 1.2
    assert 0.0015 < left["elu"].min() < left["elu"].max() < 0.005
    assert 1e-17 < left["relu"].min() < left["relu"].max() < 1e-13
    assert 150 < left["selu he"].min() and 500 < left["selu he"].mean() < 4000
    assert left["selu third"].max() < 1e-7
    assert np.median(left["gelu he"]) < 1e-8


@pytest.mark.parametrize("seed", [1, 3])
def test_with_gelu_s_own_gain_single_images_fade_or_swell_in_the_same_network(seed):
    gelu, generator = ACTIVATIONS["gelu"], np.random.default_rng(seed)
    a = generator.standard_normal((10, 256), dtype=np.float32)
    a = gelu(a / np.sqrt(np.mean(a**2, axis=1, keepdims=True)))
    for _ in range(49):
        z = np.float32(gain(gelu) / 16) * a @ generator.standard_normal((20, 256, 256), dtype=np.float32)
        a = gelu(z)
    sizes = np.sqrt(np.mean(z**2, axis=2))
    assert np.mean(sizes < 0.1) > 0.2 and np.mean(sizes > 1) > 0.2
    assert np.sum((sizes < 0.1).any(axis=1) & (sizes > 1).any(axis=1)) >= 12


def test_selu_s_constants_and_its_window():
    alpha, scale = questions.selu_constants(1.0)
    assert (alpha, scale) == pytest.approx((1.6732632423543772, 1.0507009873554805), rel=1e-12)
    assert abs(mean(SELU)) < 1e-14 and abs(second_moment(SELU) - 1) < 1e-13
    low, high = 2 / (scale**2 * (1 + alpha**2)), 2 / scale**2
    assert 1 / 3 < low < 1 < high < 2
    for sigma, ends in ((0.95 * low, 0), (1.05 * low, None), (0.95 * high, None), (1.05 * high, np.inf)):
        small, large = (lengths(SELU, q, 400, sigma)[-1] for q in (1e-3, 1e3))
        if ends is None:
            assert small == pytest.approx(large, rel=0.2)
        else:
            assert (large < 1e-3) if ends == 0 else (small > 1e3)


@pytest.mark.parametrize("q", [0.3, 2.0])
def test_the_constants_of_any_size_keep_that_size(q):
    alpha, scale = questions.selu_constants(q)

    def f(z):
        return scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))

    assert abs(expectation(lambda z: f(np.sqrt(q) * z), (0.0,))) < 1e-12
    assert expectation(lambda z: f(np.sqrt(q) * z) ** 2, (0.0,)) == pytest.approx(q, rel=1e-10)


# ---------------------------------------------------------------------------------------------- the training


def after_training(network, data, epochs, learning_rate, seed):
    how = {"loss": "softmax_cross_entropy", "optimizer": Adam(learning_rate), "batch_size": 100}
    generator = np.random.default_rng(seed)
    fit(network, data.x_train, data.y_train, epochs=epochs, generator=generator, progress=False, **how)
    return accuracy(network, data.x_test, data.y_test)


def learned_slopes(data, epochs, start):
    sizes = [data.x_train.shape[1], 64, 64, 10]
    network = with_prelu(Network(sizes, generator=np.random.default_rng(50), replicas=20), slope=start)
    reached = after_training(network, data, epochs, 0.003, 51)
    return np.array(slopes(network)), reached.mean()


def test_on_mnist1d_the_second_layer_s_slopes_end_below_0():
    """With seeds that are not the lesson's."""
    learned, _ = learned_slopes(mnist1d(), 20, 0.25)
    assert learned[1].max() < 0


def test_on_the_digits_the_start_decides_the_sign_of_the_slopes():
    data = digits(standardised=True)
    above, reached = learned_slopes(data, 10, 0.25)
    below, other = learned_slopes(data, 10, -0.25)
    assert above.min() > 0.2 and below.max() < -0.03
    assert reached == pytest.approx(other, abs=0.01)


def accuracies(name, epochs, learning_rate, seed):
    f, generator = ACTIVATIONS[name], np.random.default_rng(seed)
    network = Network([40, 32, 32, 10], activation=f, initializer="lecun", generator=generator, replicas=20)
    for weights in network.weights[1:]:
        weights *= gain(f)
    return after_training(network, mnist1d(), epochs, learning_rate, seed + 1)


def test_early_differences_are_found_again_with_twenty_other_seeds():
    relu = accuracies("relu", 6, 0.01, 100)
    found = {}
    for name in ("leaky_relu", "silu", "softplus", "selu"):
        d = accuracies(name, 6, 0.01, 100) - relu
        found[name] = d.mean(), 2.093 * d.std(ddof=1) / np.sqrt(20)
    assert found["silu"][0] > found["silu"][1]
    assert all(found[name][0] < -found[name][1] for name in ("softplus", "selu"))
    assert abs(found["leaky_relu"][0]) < 0.012


def test_the_two_at_the_top_of_the_later_ranking_are_not_told_apart():
    relu, squared, silu = (accuracies(name, 24, 0.01, 100) for name in ("relu", "squared_relu", "silu"))
    for d in (squared - relu, silu - relu):
        assert d.mean() > 2.093 * d.std(ddof=1) / np.sqrt(20)
    d = squared - silu
    assert abs(d.mean()) < 2.093 * d.std(ddof=1) / np.sqrt(20)


def test_squared_relu_falls_behind_at_three_times_the_rate():
    difference = accuracies("squared_relu", 6, 0.03, 100) - accuracies("relu", 6, 0.03, 100)
    assert difference.mean() < -0.03


# --------------------------------------------------------------------------------------------- the explorers


def told_numbers(told):
    number = r"(−?\d+\.\d{3})"
    found = re.findall(rf"mean {number}, second moment {number}, gain² {number}, common part {number}", told)
    assert len(found) == 2
    return [[float(each.replace("−", "-")) for each in numbers] for numbers in found]


@pytest.mark.parametrize("name", [name for name in lesson.NAMES if name != "max(p z, z)"])
@pytest.mark.parametrize("parameter", [-1.0, 0.2, 3.0])
def test_the_comparison_tells_the_moments_of_the_registry(compare, name, parameter):
    key, of = lesson.VARIANTS[name]
    used = max(parameter, lesson.LOWEST) if of in ("alpha", "beta") else parameter
    f = ACTIVATIONS[key].with_parameters(**({of: used} if of else {}))
    first, _ = told_numbers(compare.picture(first=name, first_parameter=parameter).description)
    second = second_moment(f)
    assert first == pytest.approx([mean(f), second, 1 / second, mean(f) ** 2 / second], abs=6e-4)


def test_the_comparison_shows_where_maximum_is_wrong(compare):
    for p, same in ((0.5, True), (2.0, False)):
        settings = {"first": "leaky ReLU, slope p", "second": "max(p z, z)"}
        told = compare.picture(first_parameter=p, second_parameter=p, **settings).description
        first, second = told_numbers(told)
        assert first[1:] == second[1:] and (first[0] == second[0]) == same


def test_the_comparison_says_whose_curve_leaves_the_picture(compare):
    for settings, leaves in (
        ({"first": "leaky ReLU, slope p", "first_parameter": 3.0}, True),
        ({"first": "softplus, β = p", "first_parameter": -1.0}, True),
        ({"first": "squared ReLU"}, True),
        ({"first": "leaky ReLU, slope p", "first_parameter": -1.0}, False),
        ({"first": "SELU"}, False),
    ):
        told = compare.picture(second="ReLU", **settings).description
        assert ("the curve leaves the picture" in told) == leaves, told


def test_softplus_comes_close_to_relu(compare):
    means = [
        told_numbers(compare.picture(first="softplus, β = p", first_parameter=p, second="ReLU").description)
        for p in (1.0, 2.0, 3.0)
    ]
    firsts = [first[0] for first, _ in means]
    assert firsts == sorted(firsts, reverse=True) and firsts[-1] > means[0][1][0]


@pytest.mark.parametrize("weights", lesson.WEIGHTS)
@pytest.mark.parametrize("activation", lesson.HEALING)
def test_the_explorer_of_fifty_layers_tells_the_length_map(healing, activation, weights):
    for start in (-2.0, 1.5):
        told = healing.picture(activation=activation, weights=weights, start=start).description
        f, sigma = ACTIVATIONS[lesson.HEALING[activation]], lesson._sigma(activation, weights)
        path = [10**start]
        while len(path) < 50 and abs(np.log10(path[-1])) <= lesson.FAR:
            path.append(length_map(f, path[-1], sigma))
        end = np.log10(path[-1])
        if abs(end) > lesson.FAR:
            assert f"beyond {'−' if end < 0 else ''}30 in layer {len(path)}" in told
        else:
            shown = re.search(r"and to (−?\d+\.\d\d) in layer 50", told).group(1)
            assert float(shown.replace("−", "-")) == pytest.approx(end, abs=0.006)
        assert ("leave the picture" in told) == (np.abs(np.log10(path)).max() > 10)
        assert ("first point lies outside" in told) == (abs(np.log10(path[1] / path[0])) > 1.2)
        shown = np.log10(path[:-1])
        later = (abs(np.diff(np.log10(path))) > 1.2) | (abs(shown) > 4)
        assert ("later points lie outside" in told) == later[1:].any()


# --------------------------------------------------------------------------------------------- the questions


def by_quadrature(q):
    """SELU's constants for q without the four formulas."""
    z = np.sqrt(q) * np.linspace(-12, 12, 400_001)
    shares = np.exp(-(z**2) / (2 * q))
    shares /= shares.sum()
    bent = np.where(z > 0, 0.0, np.expm1(np.minimum(z, 0)))
    alpha = np.sum(shares * np.maximum(z, 0)) / -np.sum(shares * bent)
    return alpha, np.sqrt(q / np.sum(shares * (np.maximum(z, 0) + alpha * bent) ** 2))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("selu_constants", by_quadrature),
        (
            "prelu_backward",
            lambda upstream, z, slope: (
                np.where(z > 0, upstream, slope * upstream),
                np.add.reduceat((upstream * z * (z < 0)).sum(axis=0), range(len(slope))),
            ),
        ),
        (
            "gain_of",
            lambda values, weights: (
                np.average(values, axis=1, weights=weights),
                1 / np.sqrt(np.average(values**2, axis=1, weights=weights)),
            ),
        ),
        ("gelu", lambda x, form: ACTIVATIONS["gelu" if form == "exact" else "gelu_tanh"](x)),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function):
    result = diagnose(QUESTIONS[name], function, np.random.default_rng(PUBLIC_SEED))
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def told(name, answer):
    return diagnose(QUESTIONS[name], answer, np.random.default_rng(PUBLIC_SEED)).message


def test_a_sum_over_everything_is_not_taken_for_a_sum_along_an_axis():
    def gradient_of_z(upstream, z, slope):
        return upstream * np.where(z > 0, 1.0, slope)

    def total(upstream, z, slope):
        return gradient_of_z(upstream, z, slope), np.array([(upstream * np.minimum(0, z)).sum()])

    def along_axis_one(upstream, z, slope):
        each = upstream * np.minimum(0, z)
        summed = each.sum().reshape(1) if slope.shape == (1,) else each.sum(axis=1)
        return gradient_of_z(upstream, z, slope), summed

    assert "add up everything into one number" in told("prelu_backward", total)
    assert "axis 1" in told("prelu_backward", along_axis_one)


def test_gelu_with_a_rounded_constant_is_right():
    def rounded(x, form):
        if form == "exact":
            return ACTIVATIONS["gelu"](x)
        return x / 2 * (1 + np.tanh(0.79788456 * (x + 0.044715 * x**3)))

    result = diagnose(QUESTIONS["gelu"], rounded, np.random.default_rng(PUBLIC_SEED))
    assert result.status == RIGHT, result.message


def test_the_examples_of_the_exercise():
    values = np.array([[2.0, 0.0, -2.0, 4.0], [1.0, 1.0, 1.0, 3.0]])
    means, gains = questions.gain_of(values, np.array([1.0, 2.0, 1.0, 4.0]))
    assert means == pytest.approx([2, 2]) and gains == pytest.approx([0.33333333, 0.4472136])
    x = np.array([-1.0, 0.0, 2.0])
    assert questions.gelu(x, "exact") == pytest.approx([-0.15865525, 0, 1.95449974], abs=1e-8)
    assert questions.gelu(x, "tanh") == pytest.approx([-0.15880801, 0, 1.95459769], abs=1e-8)
    upstream, z = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[2.0, -1.0], [-3.0, 0.0]])
    z_gradient, shared = questions.prelu_backward(upstream, z, np.array([0.25]))
    assert z_gradient.tolist() == [[1, 0.5], [0.75, -0.25]] and shared.tolist() == [-11]
    assert questions.prelu_backward(upstream, z, np.array([0.25, 0.25]))[1].tolist() == [-9, -2]
    assert round(questions.selu_constants(2.0)[0], 3) == 1.971
