"""What lesson 9 claims of dying units and their cures, on the real digits; its explorers; its questions."""

import copy
import re
from dataclasses import replace

import numpy as np
import pytest

from utils.activations import ACTIVATIONS
from utils.batch_norm import with_batch_norm
from utils.datasets import digits
from utils.diagnostics import dead_units
from utils.explorers import l09_dying_and_rescue as lesson
from utils.judge import diagnose
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import l09_dying_and_rescue as questions
from utils.training import accuracy, fit

SEEDS = 20
CROSS_ENTROPY = "softmax_cross_entropy"


def trained(network, data, learning_rate, epochs, optimizer=SGD):
    fit(
        network, data.x_train, data.y_train, loss=CROSS_ENTROPY, optimizer=optimizer(learning_rate),
        epochs=epochs, batch_size=32, generator=np.random.default_rng(1), progress=False,
    )  # fmt: skip
    return network


def network_of(*sizes, activation="relu"):
    return Network(list(sizes), activation=activation, generator=np.random.default_rng(0), replicas=SEEDS)


def dead_share(network, x):
    with network.evaluation():
        network.forward(x)
    return dead_units(network.pre_activations[0]).mean(axis=-1)


@pytest.fixture(scope="module")
def raw():
    """20 networks trained with each learning rate on raw pixels, as in the brief: 64-256-10, ten epochs."""
    return {rate: trained(network_of(64, 256, 10), digits(), rate, epochs=10) for rate in (0.03, 0.1, 0.3)}


# ---------------------------------------------------------------------------------------- dying


def test_dead_units_by_learning_rate_and_what_they_cost(raw):
    data = digits()
    share = {rate: dead_share(network, data.x_train) for rate, network in raw.items()}
    reached = {rate: accuracy(network, data.x_test, data.y_test) for rate, network in raw.items()}
    assert share[0.03].max() < 0.08
    assert 0.2 < np.median(share[0.1]) < 0.5 and share[0.1].min() > 0.15
    assert abs(np.median(reached[0.1]) - np.median(reached[0.03])) < 0.015 < np.median(reached[0.1]) - 0.93
    assert share[0.3].min() > 0.97 and reached[0.3].max() < 0.3


@pytest.mark.parametrize("cure", ["standardised", "batch norm"])
def test_standardised_inputs_and_batch_norm_prevent_all_deaths(cure):
    data = digits(standardised=cure == "standardised")
    network = network_of(64, 256, 10)
    network = trained(with_batch_norm(network) if cure == "batch norm" else network, data, 0.1, epochs=5)
    assert dead_share(network, data.x_train).max() == 0
    assert np.median(accuracy(network, data.x_test, data.y_test)) > 0.95


def test_elu_and_leaky_relu_do_not_prevent_that_units_go_off_everywhere():
    data = digits()
    off, reached = {}, {}
    for name in ("ReLU", "leaky ReLU, slope 0.01", "leaky ReLU, slope 0.2", "ELU", "ReLU with batch norm"):
        network = network_of(64, 256, 10, activation=lesson.RECIPES[name])
        network = trained(with_batch_norm(network) if "batch" in name else network, data, 0.1, epochs=1)
        off[name] = np.median(dead_share(network, data.x_train))
        reached[name] = np.median(accuracy(network, data.x_test, data.y_test))
    for name in ("leaky ReLU, slope 0.01", "leaky ReLU, slope 0.2", "ELU"):
        assert off[name] > off["ReLU"] + 0.1 and reached[name] < reached["ReLU"] - 0.2, name
    assert off["ReLU with batch norm"] == 0 and reached["ReLU with batch norm"] > 0.9


def test_the_first_step_overshoots_and_the_second_pushes_down_who_votes_for_the_favoured_digit():
    data = digits()
    network, order = network_of(64, 256, 10), np.random.default_rng(1).permutation(len(data.x_train))
    means, norms, same, fires = [], [], [], []
    for step in range(3):
        output = network.forward(data.x_train)
        means.append(network.pre_activations[0].mean(axis=1))
        fires.append((network.pre_activations[0] > 0).mean(axis=1))
        if step == 1:
            digit = np.array([np.bincount(each).argmax() for each in output.argmax(axis=-1)])
            vote = np.take_along_axis(network.weights[1], digit[:, None, None], axis=2)[..., 0]
        norms.append(np.linalg.norm(network.weights[1], axis=(1, 2)))
        same.append([np.bincount(each).max() / each.size for each in output.argmax(axis=-1)])
        batch = order[32 * step : 32 * (step + 1)]
        _, upstream = softmax_cross_entropy(network.forward(data.x_train[batch]), data.y_train[batch])
        network.backward(upstream)
        network.parameters -= np.float32(0.1) * network.gradients
    falls, living = means[2] < means[1], fires[1] > 0
    dies = living & (fires[2] == 0)
    assert falls[living & (vote > 0)].mean() > 0.65 and falls[living & (vote < 0)].mean() < 0.35
    assert np.mean(vote[dies] > 0) > 0.95 and np.median(fires[1][dies]) > 0.8
    assert np.all(norms[1] > 1.2 * norms[0])
    assert np.sum(np.array(same[1]) > 0.9) >= 7


# ---------------------------------------------------------------------------------------- returning


def watched(momentum, learning_rate, epochs=1):
    """Who is dead after each step, (steps + 1, layer, network, unit), and how often a dead unit moved."""
    data = digits()
    network, generator = network_of(64, 48, 48, 10), np.random.default_rng(2)
    optimizer, dead, moves = SGD(learning_rate, momentum), [], 0
    order = np.broadcast_to(np.arange(len(data.x_train)), (SEEDS, len(data.x_train)))
    for _ in range(epochs):
        for batch in np.array_split(generator.permuted(order, axis=1), 45, axis=1):
            network.forward(data.x_train)
            dead.append([dead_units(z) for z in network.pre_activations])
            before = network.weights[0].copy()
            _, upstream = softmax_cross_entropy(network.forward(data.x_train[batch]), data.y_train[batch])
            network.backward(upstream)
            optimizer.step(network.parameters, network.gradients)
            moves += int(((network.weights[0] != before).any(axis=1) & dead[-1][0]).sum())
    return np.array(dead), moves


@pytest.mark.parametrize(("momentum", "learning_rate"), [(0.0, 0.05), (0.9, 0.01)])
def test_first_layer_units_never_return_and_second_layer_units_do(momentum, learning_rate):
    dead, moves = watched(momentum, learning_rate)
    deaths = (~dead[:-1] & dead[1:]).sum(axis=(0, 3))
    returns = (dead[:-1] & ~dead[1:]).sum(axis=(0, 3))
    assert deaths[0].sum() > 50 and returns[0].sum() == 0
    assert (returns[1] > 0).sum() >= 15
    assert (moves == 0) == (momentum == 0)


def test_with_momentum_a_dead_unit_can_return():
    """Why the lesson calls it an observation: a velocity that points up carries a dead unit back."""
    network = Network([1, 1, 1], generator=np.random.default_rng(0), dtype=np.float64)
    network.weights[0][...], network.weights[1][...] = -0.01, 1.0
    optimizer, x = SGD(0.1, momentum=0.9), np.array([[1.0], [2.0]])
    network.forward(x)
    optimizer.step(network.parameters, 0 * network.gradients)
    optimizer.velocity[0] = -1.0  # the push of an earlier step
    network.forward(x)
    network.backward(np.ones((2, 1)))
    assert dead_units(network.pre_activations[0]).all() and not network.weight_gradients[0].any()
    optimizer.step(network.parameters, network.gradients)
    network.forward(x)
    assert not dead_units(network.pre_activations[0]).any()


# ---------------------------------------------------------------------------------------- reviving


def test_outgoing_weights_of_dead_units_matter_on_test_images_only(raw):
    data, network = digits(), copy.deepcopy(raw[0.1])
    output_test = network.forward(data.x_test)
    fires = (network.pre_activations[0] > 0).any(axis=1)
    output = network.forward(data.x_train)
    dead = dead_units(network.pre_activations[0])
    network.weights[1][dead] = 0
    np.testing.assert_array_equal(network.forward(data.x_train), output)
    assert (network.forward(data.x_test) != output_test).any(axis=(1, 2)).sum() >= 15
    on_in_test = (dead & fires).sum(axis=1)
    assert on_in_test.max() < 15 and (on_in_test > 0).sum() >= 15


def test_reinitialised_units_live_again_and_leaky_relu_brings_few_back(raw):
    data, start = digits(), raw[0.1]
    before = dead_share(start, data.x_train)
    revived = lesson.reinitialised(start, data.x_train, np.random.default_rng(3))
    np.testing.assert_array_equal(revived.forward(data.x_train), start.forward(data.x_train))
    assert dead_share(revived, data.x_train).max() < 0.06
    leaky = network_of(64, 256, 10, activation="leaky_relu")
    leaky.parameters[...] = start.parameters
    after = {
        name: np.median(dead_share(trained(network, data, 0.01, epochs=5), data.x_train))
        for name, network in (("leaky", leaky), ("revived", revived))
    }
    assert after["revived"] < 0.03 < np.median(before) - 0.1 < after["leaky"]


def test_reinitialising_two_layers_leaves_the_output_and_the_original():
    network = network_of(5, 8, 7, 3)
    x = np.random.default_rng(4).normal(size=(30, 5)).astype(np.float32)
    network.biases[0][:, ::2], network.biases[1][:, 1::2] = -50, -50
    start, output = network.parameters.copy(), network.forward(x)
    first, second = (dead_units(z) for z in network.pre_activations)
    revived = lesson.reinitialised(network, x, np.random.default_rng(5))
    np.testing.assert_array_equal(network.parameters, start)
    np.testing.assert_array_equal(revived.forward(x), output)
    assert all(dead_units(z).mean() < 0.3 for z in revived.pre_activations)
    assert not revived.weights[1][first[:, :, None] & ~second[:, None, :]].any()
    assert not revived.weights[2][second].any()


def dead_start(width, activation="relu"):
    network = network_of(64, width, width, 10, activation=activation)
    for bias in network.biases[:2]:
        bias[...] = -2
    return network


def contest(activation, data, learning_rate, epochs, width, optimizer=SGD):
    network = trained(dead_start(width, activation), data, learning_rate, epochs, optimizer)
    return accuracy(network, data.x_test, data.y_test)


def leaky(slope):
    return ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=slope)


def test_leaky_relu_rescues_with_a_slope_of_a_fifth_and_not_of_a_hundredth():
    """The brief's setting: biases of -2, 64-100-100-10, 15 epochs at 0.05, standardised inputs."""
    data = digits(standardised=True)
    assert np.median(contest(leaky(0.2), data, 0.05, 15, 100)) > 0.93
    assert contest(leaky(0.01), data, 0.05, 15, 100).max() < 0.45


def test_with_adam_leaky_relu_rescues_with_the_usual_slope_too():
    data = digits()
    data = replace(data, x_train=data.x_train / 16, x_test=data.x_test / 16)
    assert np.median(contest(leaky(0.01), data, 0.001, 12, 64, Adam)) > 0.88
    assert contest("relu", data, 0.001, 12, 64, Adam).max() < 0.2  # a gradient of exactly 0 stays 0


def test_standardised_inputs_keep_the_first_layer_alive_but_off_for_most_images():
    network = dead_start(64)
    network.forward(digits(standardised=True).x_train)
    assert dead_units(network.pre_activations[0]).mean() < 0.02
    assert all((z > 0).mean() < 0.2 for z in network.pre_activations)


def test_nearly_all_units_of_the_contest_start_anew():
    """Why the line of the re-initialised is that of a healthy start."""
    network, x = dead_start(64), digits().x_train / 16
    network.forward(x)
    first, second = (dead_units(z).mean() for z in network.pre_activations)
    assert first > 0.85 and second > 0.98
    revived = lesson.reinitialised(network, x, np.random.default_rng(5))
    assert revived.weights[1].any(axis=-1).mean() > 0.98  # not 0: they lead to units that start anew


# ---------------------------------------------------------------------------------------- the explorers


def test_the_push_is_told_as_it_is():
    explorer = lesson.push()
    for inputs in lesson.INPUTS:
        for rate in (0.02, 0.1, 0.3):
            for step in (1, 2, 4):
                told = explorer.picture(inputs=inputs, learning_rate=rate, step=step, unit=2).description
                z = lesson.before_and_after(inputs, rate, step, 2)
                assert ("is dead on" in told) == bool((z[:, 1] <= 0).all())
                assert ("moves not at all" in told) == np.array_equal(z[:, 0], z[:, 1])
                assert "-" not in told.replace("re-", ""), told  # no signed zero
                shares = [float(each) for each in re.findall(r"([\d.]+)% (?:were|are) dead", told)]
                dead = lesson.first_steps(inputs)[1][step - 1 : step + 1, lesson.RATES.index(rate)]
                np.testing.assert_allclose(shares, 100 * dead, atol=0.051)


def test_the_push_is_what_a_lone_network_does():
    """The shares of dead units after three steps, once more by the course's training parts."""
    x, y, _, _ = lesson.images("pixels 0 to 16")
    generator = np.random.default_rng(0)
    network = Network([64, lesson.WIDTH, 10], generator=generator, replicas=len(lesson.RATES))
    alone = Network([64, lesson.WIDTH, 10], generator=generator)
    alone.parameters[...] = network.parameters[0]
    generator = np.random.default_rng(0)
    Network([64, lesson.WIDTH, 10], generator=generator, replicas=len(lesson.RATES))
    order, optimizer = generator.permutation(len(x)), SGD(0.1)
    for step in range(3):
        batch = order[32 * step : 32 * (step + 1)]
        _, upstream = softmax_cross_entropy(alone.forward(x[batch]), y[batch])
        alone.backward(upstream)
        optimizer.step(alone.parameters, alone.gradients)
    dead = lesson.first_steps("pixels 0 to 16")[1][3, lesson.RATES.index(0.1)]
    assert abs(dead_share(alone, x) - dead) <= 1 / lesson.WIDTH


def test_the_tasks_of_the_push_have_the_answers_of_the_lesson():
    for step, sign in ((1, 1), (2, -1)):
        z = lesson.before_and_after("pixels 0 to 16", 0.1, step, 1)
        assert np.all(sign * (z[:, 1] - z[:, 0]) > 0)
    dead = lesson.first_steps("standardised")[1]
    assert dead[2, lesson.RATES.index(0.3)] == dead[0, 0] == 0
    assert np.ptp(lesson.first_steps("pixels 0 to 1")[1][:, : lesson.RATES.index(0.1) + 1]) < 0.01


def test_the_tasks_of_the_live_run_have_the_answers_of_the_lesson():
    def end(**changes):
        start = {"recipe": "ReLU", "inputs": "pixels 0 to 16", "learning_rate": 0.1, "start": 1}
        *_, (dead, reached) = lesson.dying(**start | changes)
        return dead.sum(), reached

    for start in (1, 2, 3, 12):
        off, reached = end(start=start)
        more, less = end(start=start, recipe="ELU")
        assert more > 1.5 * off and less < reached - 0.2
        path = list(lesson.dying("leaky ReLU, slope 0.2", lesson.INPUTS[0], 0.1, start))
        assert max(dead.sum() for dead, _ in path) > 0.85 * lesson.WIDTH and path[-1][1] < reached - 0.2
    for change in (
        {"recipe": "ReLU with batch norm"},
        {"inputs": "standardised"},
        {"inputs": "pixels 0 to 1"},
        {"learning_rate": 0.02},
    ):
        few, good = end(**change)
        assert few < 10 and good >= 0.85, change


def test_far_below_zero_elu_units_stand_still_and_leaky_units_move():
    data, still, losses = digits(), {}, {}
    for name in ("ReLU", "ELU", "leaky ReLU, slope 0.2"):
        generator = np.random.default_rng(1)
        network = Network([64, 256, 10], activation=lesson.RECIPES[name], generator=generator, replicas=6)
        optimizer, losses[name], still[name] = SGD(0.1), [], []
        for batch in np.array_split(generator.permutation(len(data.x_train)), 45)[:15]:
            network.forward(data.x_train)
            before = network.pre_activations[0].copy()
            loss, upstream = softmax_cross_entropy(network.forward(data.x_train[batch]), data.y_train[batch])
            network.backward(upstream)
            optimizer.step(network.parameters, network.gradients)
            network.forward(data.x_train)
            moved = np.abs(network.pre_activations[0] - before).max(axis=-2)[dead_units(before)]
            still[name].append((moved < 0.1).mean())
            losses[name].append(np.median(loss))
    assert min(still["ReLU"]) == 1 and min(still["ELU"][4:]) > 0.9
    assert max(still["leaky ReLU, slope 0.2"]) < 0.1
    assert losses["ELU"][10] > 5 * losses["ReLU"][10]
    assert losses["leaky ReLU, slope 0.2"][-1] > losses["leaky ReLU, slope 0.2"][0]


def test_a_run_that_overflows_says_so_and_ends():
    settings = {"recipe": "leaky ReLU, slope 0.2", "learning_rate": 0.3, "start": 1}
    *_, before, (_, fraction, told) = lesson.deaths().frames(**settings)
    assert "units are off" in before[2] and "overflowed" in told and "units are off" not in told
    assert fraction == 1


def test_with_batch_norm_no_unit_is_off_for_all_images_from_the_start():
    """Off under the mean and deviation of the images, not under running means that have just begun."""
    for start in (1, 2, 7, 13):
        for dead, _ in lesson.dying("ReLU with batch norm", lesson.INPUTS[0], 0.1, start):
            assert not dead.any()


# ---------------------------------------------------------------------------------------- the questions


def outcome(name, function):
    question = next(each for each in questions.QUESTIONS if each.id == name)
    return diagnose(question, function, np.random.default_rng(PUBLIC_SEED))


def mask_by_largest(pre_activations):
    dead = pre_activations.max(axis=0) <= 0
    return dead, np.count_nonzero(dead) / dead.size


def revive_by_where(weights, bias, outgoing, dead, seed):
    fresh = np.zeros_like(weights)
    generator = np.random.default_rng(seed)
    fresh[:, np.flatnonzero(dead)] = generator.normal(
        0, (2 / len(weights)) ** 0.5, (len(weights), dead.sum())
    )
    return np.where(dead, fresh, weights), np.where(dead, 0, bias), outgoing * ~dead[:, None]


def forward_by_hand(x, gamma, beta, epsilon):
    mean = x.sum(axis=0) / len(x)
    deviation = (((x - mean) ** 2).mean(axis=0) + epsilon) ** 0.5
    normalised = (x - mean) / deviation
    return beta + normalised * gamma, normalised, deviation


def forward_in_double_precision(x, gamma, beta, epsilon):
    return tuple(each.astype(x.dtype) for each in forward_by_hand(x.astype(float), gamma, beta, epsilon))


def backward_by_three_ways(upstream, normalised, gamma, deviation):
    at_normalised = gamma * upstream
    means = at_normalised.mean(axis=0), (at_normalised * normalised).mean(axis=0)
    gradient = (at_normalised - means[0] - normalised * means[1]) / deviation
    return gradient, np.einsum("ij,ij->j", upstream, normalised), upstream.sum(0)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("dead_mask", mask_by_largest),
        ("revive", revive_by_where),
        ("batch_norm_forward", forward_by_hand),
        ("batch_norm_forward", forward_in_double_precision),
        ("batch_norm_backward", backward_by_three_ways),
    ],
)
def test_other_good_answers_are_right_without_remarks(name, function):
    result = outcome(name, function)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def test_an_answer_that_changes_its_arguments_is_told_so():
    def in_place(weights, bias, outgoing, dead, seed):
        fresh, new_bias, new_outgoing = questions.REVIVE.reference(weights, bias, outgoing, dead, seed)
        weights[...], bias[...], outgoing[...] = fresh, new_bias, new_outgoing
        return weights, bias, outgoing

    assert {remark.name for remark in outcome("revive", in_place).remarks} == {"mutates"}


def test_weights_drawn_unit_by_unit_are_told_so_and_not_called_a_table():
    def one_by_one(weights, bias, outgoing, dead, seed):
        weights, bias, outgoing = weights.copy(), bias.copy(), outgoing.copy()
        generator, fan_in = np.random.default_rng(seed), len(weights)
        for unit in np.flatnonzero(dead):
            weights[:, unit] = generator.normal(0, np.sqrt(2 / fan_in), fan_in)
        bias[dead], outgoing[dead] = 0, 0
        return weights, bias, outgoing

    assert "drawn unit by unit" in outcome("revive", one_by_one).message


def test_a_mask_that_takes_columns_of_outgoing_is_recognised():
    def columns(weights, bias, outgoing, dead, seed):
        weights, bias, outgoing = weights.copy(), bias.copy(), outgoing.copy()
        outgoing[:, dead] = 0
        return weights, bias, outgoing

    assert outcome("revive", columns).mistake == "wrong_axis"


def test_the_references_are_the_course_s_layer():
    generator = np.random.default_rng(6)
    x, upstream = generator.normal(size=(2, 9, 4))
    gamma, beta = generator.normal(size=(2, 4))
    layer = lesson.with_batch_norm(Network([4, 4, 4], generator=generator, dtype=np.float64)).layers[1]
    layer.parameters[0][...], layer.parameters[1][...] = gamma, beta
    output, normalised, deviation = questions.BATCH_NORM_FORWARD.reference(x, gamma, beta, layer.epsilon)
    np.testing.assert_allclose(layer.forward(x), output, rtol=1e-12)
    gradient, *others = questions.BATCH_NORM_BACKWARD.reference(upstream, normalised, gamma, deviation)
    np.testing.assert_allclose(layer.backward(upstream), gradient, rtol=1e-10)
    np.testing.assert_allclose(layer.gradients, others, rtol=1e-10)


def test_a_revived_layer_keeps_the_training_output():
    generator = np.random.default_rng(7)
    x, weights, bias = generator.normal(size=(40, 5)), generator.normal(size=(5, 12)), -2 * np.ones(12)
    bias[::3] = -30
    outgoing = generator.normal(size=(12, 3))
    dead, _ = questions.DEAD_MASK.reference(x @ weights + bias)
    assert 4 <= dead.sum() < 12
    new = questions.REVIVE.reference(weights, bias, outgoing, dead, 8)
    before, after = (np.maximum(x @ w + b, 0) @ out for w, b, out in ((weights, bias, outgoing), new))
    np.testing.assert_allclose(after, before, rtol=1e-12)
    assert not questions.DEAD_MASK.reference(x @ new[0] + new[1])[0].any()
