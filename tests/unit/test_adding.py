"""The adding problem: what is drawn, its baseline, and who learns it."""

import numpy as np
import pytest

from utils.adding import BASELINE, adding_problem, train_to_add
from utils.optimizers import SGD, Adam
from utils.recurrent import LSTM, Recurrent


@pytest.mark.parametrize("time", [2, 3, 60, 61])
@pytest.mark.parametrize("replicas", [(), 3, (2, 2)], ids=str)
def test_two_numbers_are_marked_one_in_each_half_and_added(time, replicas):
    x, y = adding_problem(200, time, np.random.default_rng(0), replicas=replicas)
    leading = (3,) if replicas == 3 else replicas
    assert x.shape == (*leading, 200, time, 2) and y.shape == (*leading, 200, 1)
    assert x.dtype == y.dtype == np.float32
    values, marks = x[..., 0], x[..., 1]
    assert 0 <= values.min() and values.max() < 1
    assert set(np.unique(marks)) <= {0, 1}
    assert (marks[..., : time // 2].sum(axis=-1) == 1).all()
    assert (marks[..., time // 2 :].sum(axis=-1) == 1).all()
    np.testing.assert_allclose(y[..., 0], np.where(marks == 1, values, 0).sum(axis=-1), rtol=1e-6)


def test_every_step_is_marked_at_times_and_replicas_differ():
    x, _ = adding_problem(500, 10, np.random.default_rng(1), replicas=2)
    assert x[..., 1].any(axis=(0, 1)).all()
    assert not np.array_equal(x[0], x[1])
    again, _ = adding_problem(500, 10, np.random.default_rng(1), replicas=2)
    np.testing.assert_array_equal(x, again)


def test_the_baseline_is_the_error_of_always_answering_1():
    _, y = adding_problem(200_000, 4, np.random.default_rng(2))
    assert np.square(y - 1).mean() == pytest.approx(BASELINE, rel=0.01)


def test_it_needs_two_steps():
    with pytest.raises(ValueError, match="time must be at least 2"):
        adding_problem(5, 1, np.random.default_rng(0))


def final_loss(network, learning_rate, **settings):
    """The mean over the last 50 steps: (*replicas,)."""
    losses = train_to_add(network, Adam(learning_rate), generator=np.random.default_rng(5), **settings)
    return np.array(list(losses))[-50:].mean(axis=0)


def recurrent(units, replicas, **settings):
    return Recurrent(2, units, 1, generator=np.random.default_rng(0), replicas=replicas, **settings)


FULL_SIZE = {"time": 60, "steps": 1000, "batch_size": 32}
LESSON_SIZE = {"time": 30, "steps": 400, "batch_size": 32}
IRNN = {"activation": "relu", "initializer": "identity"}


def test_an_irnn_learns_to_add_over_60_steps_where_tanh_hardly_starts():
    irnn = final_loss(recurrent(64, 5, **IRNN), 0.001, **FULL_SIZE)
    tanh = final_loss(recurrent(64, 5), 0.001, **FULL_SIZE)
    assert np.median(irnn) < 0.02
    assert np.median(tanh) > 0.08


def test_the_same_at_the_size_of_a_lesson_and_an_lstm_learns_too():
    irnn = final_loss(recurrent(32, 20, **IRNN), 0.004, **LESSON_SIZE)
    tanh = final_loss(recurrent(32, 20), 0.004, **LESSON_SIZE)
    lstm = LSTM(2, 16, 1, generator=np.random.default_rng(0), replicas=10)
    assert np.median(irnn) < 0.02 and irnn.max() < BASELINE / 2
    assert np.median(tanh) > 0.12
    assert np.median(final_loss(lstm, 0.02, **LESSON_SIZE)) < 0.02


def test_training_stops_when_nobody_asks_and_a_diverging_replica_is_no_error():
    network = recurrent(8, 2)
    network.parameters[0] *= 1e30
    run = train_to_add(
        network, SGD(0.1), time=10, steps=1000, batch_size=4, generator=np.random.default_rng(0)
    )
    losses = np.array([next(run) for _ in range(3)])
    assert np.isfinite(losses[:, 1]).all() and not np.isfinite(losses[:, 0]).all()
