"""What lesson 12 claims of outputs, convolutions, recurrence and attention; its explorers; its questions."""

import re

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.adding import adding_problem
from utils.attention import mnist1d_transformer
from utils.convolution import mnist1d_cnn
from utils.datasets import curve, digits, mnist1d
from utils.explorers import l12_where_relu_belongs as lesson
from utils.gradients import numeric_gradient
from utils.judge import diagnose
from utils.losses import softmax_cross_entropy, squared_error
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.question import PUBLIC_SEED, RIGHT, WRONG
from utils.questions import l12_where_relu_belongs as questions
from utils.recurrent import Recurrent
from utils.training import accuracy, fit


def trained(network, x, y, loss, epochs, learning_rate, batch_size):
    fit(
        network, x, y, loss=loss, optimizer=Adam(learning_rate), epochs=epochs, batch_size=batch_size,
        generator=np.random.default_rng(1), progress=False,
    )  # fmt: skip
    return network


def of(seed):
    return {"generator": np.random.default_rng(seed), "replicas": 20}


# ---------------------------------------------------------------------------------------- the last layer


def test_no_relu_output_passes_its_floor_and_most_die():
    x, y = curve("sine")
    floor = np.mean(np.minimum(y.astype(float), 0) ** 2)
    network = lesson.with_output(Network([1, 32, 32, 1], **of(2)), "relu")
    born = (network.forward(x) == 0).all(axis=(1, 2))
    answers = trained(network, x, y, "squared_error", 300, 0.01, None).forward(x)
    errors = np.mean((answers - y.astype(float)) ** 2, axis=(1, 2))
    dead = (answers == 0).all(axis=(1, 2))
    assert errors.min() > floor and dead.sum() >= 10 and dead[born].all() and born.any()
    np.testing.assert_allclose(errors[dead], np.mean(y.astype(float) ** 2))
    np.testing.assert_allclose(questions.OUTPUT_FLOOR.reference(y.astype(float), 0, np.inf)[1], floor)


def test_a_dead_output_stops_every_parameter_whatever_the_targets_and_the_optimiser():
    x, y = curve("sine")
    for optimizer in (SGD(0.1, momentum=0.9), Adam(0.01)):
        network = lesson.with_output(Network([1, 32, 32, 1], **of(0)), "relu")
        born = (network.forward(x) == 0).all(axis=(1, 2))
        start = network.parameters.copy()
        for _ in range(20):
            network.backward(squared_error(network.forward(x), y + 1.5)[1])
            optimizer.step(network.parameters, network.gradients)
        moved = (network.parameters != start).any(axis=1)
        np.testing.assert_array_equal(moved, ~born)
        assert 3 <= born.sum() <= 12


def test_relu_after_the_logits_loses_classes():
    data = digits()
    x, x_test = data.x_train / 16, data.x_test / 16
    reached, dead = {}, {}
    for head in ("identity", "relu"):
        network = lesson.with_output(Network([64, 64, 10], **of(3)), head)
        trained(network, x, data.y_train, "softmax_cross_entropy", 8, 0.003, 64)
        reached[head] = accuracy(network, x_test, data.y_test)
        dead[head] = (network.forward(x) == 0).all(axis=1).sum(axis=1)
    assert reached["identity"].min() > 0.92 and dead["identity"].max() == 0
    assert np.median(reached["relu"]) < 0.8 and np.median(dead["relu"]) >= 1


@pytest.mark.parametrize("targets", ["amount", "count", "class", "labels"])
def test_the_slopes_of_the_table_of_heads(targets):
    generator = np.random.default_rng(5)
    z = generator.normal(0, 2, size=(1, 4))
    y = {"class": np.eye(4)[2:3], "labels": np.array([[1.0, 0.0, 0.0, 1.0]])}.get(targets, np.array([[3.0]]))
    losses = {
        "amount": lambda p: np.sum((p - y) ** 2) / 2,
        "count": lambda p: np.sum(p - y * np.log(p)),
        "class": lambda p: -np.sum(y * np.log(p)),
        "labels": lambda p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
    }
    head = questions.HEAD_OF[targets]
    expected = head(z) - y
    if targets == "amount":
        expected *= ACTIVATIONS["sigmoid"](z)
    measured = numeric_gradient(lambda z: losses[targets](head(z)), z)
    np.testing.assert_allclose(measured, expected, rtol=1e-5, atol=1e-7)
    if targets == "class":
        np.testing.assert_allclose(softmax_cross_entropy(z, np.array([2]))[1], expected)


def test_the_heads_agree_with_the_course_s_activations():
    z = np.array([[-1000.0, -30.0, -1.0, 0.0, 2.0, 40.0, 1000.0]])
    for targets, name in (("amount", "softplus"), ("labels", "sigmoid"), ("number", "identity")):
        np.testing.assert_allclose(questions.HEAD_OF[targets](z), ACTIVATIONS[name](z), rtol=1e-9, atol=1e-12)


# ---------------------------------------------------------------------------------- convolution, attention


def test_a_cnn_without_relu_stays_at_a_linear_classifier_s_level():
    data = mnist1d()
    reached = {}
    for name, epochs in (("relu", 3), ("identity", 2)):
        network = mnist1d_cnn(activation=name, channels=16, **of(4))
        trained(network, data.x_train, data.y_train, "softmax_cross_entropy", epochs, 0.01, 50)
        reached[name] = accuracy(network, data.x_test, data.y_test)
    offset = network.forward(np.zeros((1, 40)))
    table = network.forward(np.eye(40)) - offset
    np.testing.assert_allclose(
        data.x_test[:50] @ table + offset, network.forward(data.x_test[:50]), atol=1e-3
    )
    assert np.median(reached["relu"]) > 0.62
    assert reached["identity"].max() < 0.36 and np.median(reached["identity"]) > 0.25


def test_a_single_network_with_25_channels_passes_three_quarters():
    data = mnist1d()
    network = mnist1d_cnn(np.random.default_rng(0))
    trained(network, data.x_train, data.y_train, "softmax_cross_entropy", 10, 0.01, 100)
    assert accuracy(network, data.x_test, data.y_test) > 0.75


def block_accuracy(kind, token_width, epochs):
    data = mnist1d()
    network = mnist1d_transformer(kind=kind, width=12, hidden=32, token_width=token_width, **of(0))
    trained(network, data.x_train, data.y_train, "softmax_cross_entropy", epochs, 0.02, 50)
    return accuracy(network, data.x_test, data.y_test)


def test_short_tokens_and_more_training_set_swiglu_ahead():
    """The first task of the lesson's last section: more than two standard errors of 20 networks each."""
    relu, swiglu = (block_accuracy(kind, 5, 6) for kind in ("relu", "swiglu"))
    error = np.sqrt((relu.var(ddof=1) + swiglu.var(ddof=1)) / 20)
    assert swiglu.mean() - relu.mean() > 2 * error


# ------------------------------------------------------------------------------------- through time


def shares(activation, initializer, time=100, units=64):
    network = Recurrent(2, units, 1, activation=activation, initializer=initializer, **of(6))
    x, y = adding_problem(16, time, np.random.default_rng(7))
    network.backward(squared_error(network.forward(x), y)[1])
    return np.log10(network.state_gradient_norms[0] / network.state_gradient_norms[-1])


def test_what_arrives_of_the_gradient_after_100_steps():
    irnn, he, tanh = shares("relu", "identity"), shares("relu", "he"), shares("tanh", "xavier")
    assert -0.7 < irnn.min() and irnn.max() < 0.1
    assert np.ptp(he) > 8 and np.ptp(tanh) > 3
    assert np.median(tanh) < np.median(irnn) - 0.5


def test_only_a_straight_unbounded_side_holds_numbers():
    held = np.array([0.2, 0.5, 1.0, 2.0])
    for _ in range(30):
        held = np.tanh(held)
    assert np.ptp(held) < 0.1 and held.max() < 0.25


# ------------------------------------------------------------------------------------- the explorers


def test_the_explorer_of_outputs_says_what_the_fits_are():
    for output in lesson.OUTPUTS:
        x, fits = lesson.fits(output)
        for level, answers in zip(lesson.LEVELS, fits.astype(float), strict=True):
            target = np.sin(3 * x.astype(float)) + level
            low = -np.inf if output == "none" else 0
            floor = questions.OUTPUT_FLOOR.reference(target, low, np.inf)[1]
            dead = (answers == 0).all(axis=1).sum()
            told = lesson.outputs().picture(output=output, level=level).description
            assert f"is {floor:.3f}." in told
            assert (f"{dead} of 20 networks answer 0 everywhere" in told) == (dead > 0)
            # Float32 and the rounding of the curve leave a trifle below the floor at most.
            assert np.mean((answers - target) ** 2, axis=1).min() > floor - 1e-5


def test_each_softplus_network_has_lost_a_hump_though_none_answers_0_everywhere():
    x, fits = lesson.fits("softplus")
    answers = fits[lesson.LEVELS.index(0.0)]  # (networks, points)
    humps = (
        answers[:, np.abs(x + np.pi / 2) < 0.4].max(axis=1),
        answers[:, np.abs(x - np.pi / 6) < 0.4].max(axis=1),
    )
    assert np.minimum(*humps).max() < 1e-4 and np.maximum(*humps).min() > 0.5


def test_dead_before_training_is_dead_for_all_levels():
    _, fits = lesson.fits("ReLU")
    dead = (fits == 0).all(axis=2)
    born = (Network([1, 32, 32, 1], **of(0)).forward(curve("sine", lesson.POINTS)[0]) <= 0).all(axis=(1, 2))
    assert 4 <= born.sum() <= 10 and dead[:, :20][:, born[:20]].all()


def test_the_explorer_of_time_at_its_landmarks():
    for scale, power in ((0.9, -4.58), (1.0, 0.0), (1.1, 4.14)):
        _, gradient = lesson.through_time_sizes("none", "identity", scale)
        np.testing.assert_allclose(gradient[0], power, atol=0.01)
        _, gradient = lesson.through_time_sizes("ReLU", "identity", scale)
        assert np.all(np.abs(gradient[0] - power) < 0.6)
    states, gradient = lesson.through_time_sizes("tanh", "random", 1.5)
    assert np.nanmax(states) <= 0 and np.median(gradient[0]) > 1


def test_no_description_says_minus_with_a_hyphen():
    for explorer in (lesson.outputs(), lesson.through_time()):
        for settings in explorer.corners() + explorer.tour():
            told = explorer.picture(**settings).description
            assert not re.search(r"-\d|−0\.0\b|\+ 0 |nan|inf\b", told)


# ---------------------------------------------------------------------------------------- the questions


def outcome(name, function):
    question = next(each for each in questions.QUESTIONS if each.id == name)
    return diagnose(question, function, np.random.default_rng(PUBLIC_SEED))


def floor_by_where(y, low, high):
    best = np.minimum(np.maximum(y, low), high)
    return best, ((y - best) ** 2).sum() / y.size


def head_by_other_forms(z, targets):
    if targets == "class":
        shifted = z - np.max(z, axis=-1)[:, None]
        return np.exp(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
    small = np.exp(-np.abs(z))
    return {
        "labels": lambda: np.where(z >= 0, 1, small) / (1 + small),
        "amount": lambda: np.maximum(z, 0) + np.log1p(small),
        "count": lambda: np.exp(z),
        "number": lambda: z.copy(),
    }[targets]()


def head_by_tanh(z, targets):
    return (1 + np.tanh(z / 2)) / 2 if targets == "labels" else questions.HEAD_OF[targets](z)


def time_by_lists(states, U, upstream):
    gradients = [upstream]
    deltas = []
    for h in states[:0:-1]:
        deltas.insert(0, np.where(h > 0, gradients[-1], 0).astype(U.dtype))
        gradients.append(U @ deltas[0])
    return gradients[-1], states[:-1].T @ np.array(deltas).reshape(-1, len(U)).astype(U.dtype)


def irnn_by_fill(features, units, scale, seed):
    recurrent = np.zeros((units, units))
    np.fill_diagonal(recurrent, scale)
    given = np.random.default_rng(seed).normal(loc=0.0, scale=1e-3, size=(features, units))
    return {"recurrent": recurrent, "input": given, "bias": np.zeros(units)}


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("output_floor", floor_by_where),
        ("apply_head", head_by_other_forms),
        ("apply_head", head_by_tanh),
        ("backward_through_time", time_by_lists),
        ("irnn_weights", irnn_by_fill),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function):
    result = outcome(name, function)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_sigmoid_of_the_lesson_is_right_far_left_where_tanh_gives_0(dtype):
    z = np.array([[-80.0, -40.0, -20.0, -5.0, 5.0]], dtype)
    exact = np.exp(z.astype(np.longdouble)) / (1 + np.exp(z.astype(np.longdouble)))
    np.testing.assert_allclose(questions.HEAD_OF["labels"](z), exact, rtol=50 * np.finfo(dtype).eps)
    assert head_by_tanh(z, "labels")[0, 1] == 0


@pytest.mark.parametrize("subtracted", [np.mean, np.median])
def test_softmax_needs_the_largest_of_the_row(subtracted):
    def safe_at_times(z, targets):
        if targets != "class":
            return questions.HEAD_OF[targets](z)
        with np.errstate(all="ignore"):
            powers = np.exp(z - subtracted(z, axis=1, keepdims=True))
            return powers / powers.sum(axis=1, keepdims=True)

    assert outcome("apply_head", safe_at_times).status == WRONG


def test_the_naive_sigmoid_is_right_and_told_of_its_overflow():
    def naive(z, targets):
        return 1 / (1 + np.exp(-z)) if targets == "labels" else questions.HEAD_OF[targets](z)

    result = outcome("apply_head", naive)
    assert result.status == RIGHT and {remark.name for remark in result.remarks} == {"warns"}


def test_a_gradient_added_in_place_to_the_upstream_is_told_so():
    def in_place(states, U, upstream):
        total = np.zeros_like(U)
        for t in range(len(states) - 1, 0, -1):
            upstream *= states[t] > 0
            total += np.outer(states[t - 1], upstream)
            upstream[...] = upstream @ U.T
        return upstream, total

    assert {remark.name for remark in outcome("backward_through_time", in_place).remarks} == {"mutates"}


def test_backward_through_time_is_the_course_s_and_the_measured_gradient():
    network = Recurrent(
        2, 5, 1, generator=np.random.default_rng(8), activation="relu", initializer="he", dtype=np.float64
    )
    x = np.random.default_rng(9).normal(size=(1, 7, 2))
    output = network.forward(x)
    network.backward(np.ones_like(output))
    states, upstream = network.states[:, 0], network.weights[0][:, 0]
    _, gradient = questions.BACKWARD_THROUGH_TIME.reference(states, network.recurrent_weights, upstream)
    layer = network.layers[0]
    np.testing.assert_allclose(gradient, layer.gradients[1], rtol=1e-10, atol=1e-12)

    def last(start, U):
        h = start
        for x_t in x[0]:
            h = np.maximum(x_t @ network.input_weights + h @ U + network.recurrent_bias, 0)
        return h @ upstream

    start = np.random.default_rng(10).normal(size=5)
    all_states = [start]
    for x_t in x[0]:
        all_states.append(
            np.maximum(x_t @ network.input_weights + all_states[-1] @ network.recurrent_weights, 0)
        )
    answer = questions.BACKWARD_THROUGH_TIME.reference(
        np.array(all_states), network.recurrent_weights, upstream
    )
    at_start = numeric_gradient(lambda h: last(h, network.recurrent_weights), start)
    at_weights = numeric_gradient(lambda U: last(start, U), network.recurrent_weights.copy())
    np.testing.assert_allclose(answer[0], at_start, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(answer[1], at_weights, rtol=1e-5, atol=1e-8)


def test_irnn_weights_hand_a_state_on():
    weights = questions.IRNN_WEIGHTS.reference(2, 6, 1.0, 3)
    state = np.random.default_rng(4).random(6)
    after = np.maximum(np.zeros(2) @ weights["input"] + state @ weights["recurrent"] + weights["bias"], 0)
    np.testing.assert_array_equal(after, state)
