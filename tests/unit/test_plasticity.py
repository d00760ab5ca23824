"""Learning one task after another: what is handed on, what is measured, and what may happen between tasks."""

import copy

import numpy as np
import pytest

from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.plasticity import learn_tasks


@pytest.fixture
def data():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(60, 5)).astype(np.float32)
    return x, (x[:, 0] > x[:, 1]).astype(int)


def learn(data, network, optimizer, tasks=3, **changes):
    run = {"epochs": 2, "batch_size": 20, "generator": np.random.default_rng(1)}
    return list(learn_tasks(network, optimizer, *data, tasks=tasks, **run | changes))


def small(activation="relu", replicas=4):
    return Network([5, 8, 6, 2], activation=activation, generator=np.random.default_rng(2), replicas=replicas)


def test_each_task_is_measured_for_each_replica(data):
    found = learn(data, small(), Adam(0.01))
    assert len(found) == 3
    for task in found:
        assert task.accuracy.shape == task.off.shape == (4,)
        assert np.all((task.accuracy > 0.3) & (task.accuracy <= 1) & (task.off >= 0) & (task.off < 1))


def test_every_replica_has_its_own_orders_of_the_same_features(data):
    seen = []
    learn(data, small(), SGD(0.01), tasks=4, between=lambda network, x: (seen.append(x.copy()), network)[1])
    assert len(seen) == 3 and seen[0].shape == (4, 60, 5)
    for images in seen:
        for one in images:
            np.testing.assert_array_equal(np.sort(one, axis=1), np.sort(data[0], axis=1))
    orders = {tuple(one[0]) for images in seen for one in images}
    assert len(orders) > 8


def test_dead_units_of_all_hidden_layers_are_counted(data):
    network = small()
    network.biases[0][:, :4] = -1000
    network.biases[1][:, :2] = -1000
    found = learn(data, network, SGD(1e-6), tasks=1)
    assert np.all(found[0].off >= 6 / 14)


def test_what_comes_between_is_what_goes_on(data):
    network = small()
    start = network.parameters.copy()
    learn(data, network, SGD(0.1), between=lambda network, x: copy.deepcopy(network))
    one_task = small()
    learn(data, one_task, SGD(0.1), tasks=1)
    assert not np.array_equal(network.parameters, start)
    np.testing.assert_array_equal(network.parameters, one_task.parameters)  # the later tasks had the copies


def test_it_repeats(data):
    first, again = (learn(data, small(), Adam(0.01)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_asking_no_further_ends_it(data):
    network = small()
    steps = learn_tasks(
        network, SGD(0.1), *data, tasks=5, epochs=1, batch_size=60, generator=np.random.default_rng(3)
    )
    next(steps)
    after = network.parameters.copy()
    steps.close()
    np.testing.assert_array_equal(network.parameters, after)
