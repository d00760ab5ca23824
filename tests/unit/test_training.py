"""Training: optimisers against textbook loops, replicas against lone networks, repetition, divergence, real
digits.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from utils.datasets import circles, digits
from utils.losses import softmax_cross_entropy, squared_error
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.training import accuracy, fit, train

CROSS_ENTROPY = "softmax_cross_entropy"


def network_of(replicas=(), seed=0, sizes=(2, 8, 8, 2), **changes):
    return Network(list(sizes), generator=np.random.default_rng(seed), replicas=replicas, **changes)


def settings(**changes):
    return {
        "loss": CROSS_ENTROPY,
        "optimizer": SGD(0.1, momentum=0.9),
        "epochs": 3,
        "batch_size": 16,
        "generator": np.random.default_rng(1),
        "progress": False,
        **changes,
    }


@pytest.fixture
def rings():
    return circles(100, np.random.default_rng(2))


def textbook_sgd(parameters, gradients, learning_rate, momentum):
    velocity = [0.0] * len(parameters)
    for gradient in gradients:
        for i, g in enumerate(gradient):
            velocity[i] = momentum * velocity[i] + g
            parameters[i] -= learning_rate * velocity[i]


def textbook_adam(parameters, gradients, learning_rate, beta1, beta2, epsilon):
    m = [0.0] * len(parameters)
    v = [0.0] * len(parameters)
    for t, gradient in enumerate(gradients, start=1):
        for i, g in enumerate(gradient):
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g**2
            m_hat = m[i] / (1 - beta1**t)
            v_hat = v[i] / (1 - beta2**t)
            parameters[i] -= learning_rate * m_hat / (v_hat**0.5 + epsilon)


@pytest.mark.parametrize(
    ("optimizer", "textbook", "numbers"),
    [
        (SGD(0.1), textbook_sgd, (0.1, 0.0)),
        (SGD(0.1, momentum=0.9), textbook_sgd, (0.1, 0.9)),
        (Adam(), textbook_adam, (0.001, 0.9, 0.999, 1e-8)),
        (Adam(0.05, beta1=0.5, beta2=0.9, epsilon=0.1), textbook_adam, (0.05, 0.5, 0.9, 0.1)),
    ],
)
def test_optimisers_do_what_the_textbook_says(optimizer, textbook, numbers):
    generator = np.random.default_rng(0)
    start, gradients = generator.normal(size=6), generator.normal(size=(20, 6))
    expected = start.tolist()
    textbook(expected, gradients.tolist(), *numbers)
    for shape in ((6,), (2, 3)):  # twice: another array of parameters starts afresh
        parameters = start.reshape(shape).copy()
        for gradient in gradients:
            given = gradient.reshape(shape).copy()
            optimizer.step(parameters, given)
            np.testing.assert_array_equal(given.ravel(), gradient)
        np.testing.assert_allclose(parameters.ravel(), expected, rtol=1e-12)


@pytest.mark.parametrize("optimizer", [SGD(0.01, momentum=0.9), Adam()], ids=["SGD", "Adam"])
def test_a_running_mean_without_gradient_ends_at_zero_and_never_at_slow_numbers(optimizer):
    parameters = np.ones(4, np.float32)
    gradients = np.array([1, -1e-3, 0, 1], np.float32)
    tiny = np.finfo(np.float32).tiny
    for _ in range(3):
        optimizer.step(parameters, gradients)
    gradients[:3] = 0
    for _ in range(1000):
        optimizer.step(parameters, gradients)
        mean = optimizer.velocity if isinstance(optimizer, SGD) else optimizer.mean
        assert not np.any((mean != 0) & (np.abs(mean) < tiny))
    assert mean[:3].tolist() == [0, 0, 0] and mean[3] > 0.9


def test_training_is_the_plain_loop(rings):
    """One network by fit, against a loop that writes out batches, layers, loss and steps once more."""
    x, y = rings[0].astype(np.float64), rings[1]
    network = network_of(sizes=(2, 6, 2), dtype=np.float64)
    w1, w2 = (w.copy() for w in network.weights)
    b1, b2 = (b.copy() for b in network.biases)
    history = fit(network, x, y, **settings(optimizer=SGD(0.2), batch_size=30))
    generator = np.random.default_rng(1)
    order = np.arange(100)
    for epoch in range(3):
        order = generator.permuted(order, axis=-1)
        losses = []
        for batch in (order[:30], order[30:60], order[60:90], order[90:]):
            z = x[batch] @ w1 + b1
            logits = np.maximum(z, 0) @ w2 + b2
            p = np.exp(logits)
            p /= p.sum(axis=1, keepdims=True)
            losses += [-np.log(p[np.arange(len(batch)), y[batch]])]
            delta = (p - np.eye(2)[y[batch]]) / len(batch)
            hidden_delta = delta @ w2.T * (z > 0)
            w2 -= 0.2 * np.maximum(z, 0).T @ delta
            b2 -= 0.2 * delta.sum(axis=0)
            w1 -= 0.2 * x[batch].T @ hidden_delta
            b1 -= 0.2 * hidden_delta.sum(axis=0)
        np.testing.assert_allclose(history.loss[epoch], np.concatenate(losses).mean(), rtol=1e-9)
    for trained, plain in zip(network.weights + network.biases, [w1, w2, b1, b2], strict=True):
        np.testing.assert_allclose(trained, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("make", [lambda: SGD(0.2, momentum=0.9), lambda: Adam(0.01)])
def test_a_replica_trains_as_it_would_alone(rings, make):
    together = network_of(replicas=(2, 3), dtype=np.float64)
    lone = {r: network_of(dtype=np.float64) for r in np.ndindex(2, 3)}
    for r, network in lone.items():
        network.parameters[...] = together.parameters[r]
    history = fit(together, *rings, **settings(optimizer=make(), epochs=40, batch_size=None))
    assert history.loss.shape == (40, 2, 3)
    for r, network in lone.items():
        alone = fit(network, *rings, **settings(optimizer=make(), epochs=40, batch_size=None))
        # The orders of a full batch's samples differ, and with them the rounding.
        np.testing.assert_allclose(together.parameters[r], network.parameters, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(history.loss[(slice(None), *r)], alone.loss, rtol=1e-8)


def test_each_replica_meets_the_samples_in_its_own_order(rings):
    network = network_of(replicas=(4,))
    network.parameters[...] = network.parameters[0]
    fit(network, *rings, **settings(epochs=1))
    assert len(np.unique(network.parameters, axis=0)) == 4


def test_each_replica_may_have_samples_of_its_own(rings):
    x, y = rings
    generator = np.random.default_rng(3)
    orders = np.stack([generator.permutation(100)[:60] for _ in range(3)])
    together = network_of(replicas=(3,), dtype=np.float64)
    alone = [network_of(dtype=np.float64) for _ in range(3)]
    for r, network in enumerate(alone):
        network.parameters[...] = together.parameters[r]
        fit(network, x[orders[r]], y[orders[r]], **settings(batch_size=None))
    fit(together, x[orders], y[orders], **settings(batch_size=None))
    np.testing.assert_allclose(together.parameters, [n.parameters for n in alone], rtol=1e-9, atol=1e-12)

    def seen(network, x, y):
        batches = []

        def spy(output, target):
            if network.pre_activations[0].shape[-2] == 20:
                batches.append(target.copy())
            return squared_error(output, target)

        fit(network, x, y, **settings(loss=spy, batch_size=20, epochs=1))
        return np.concatenate(batches, axis=1)

    targets = np.stack([np.arange(60.0) + 100 * r for r in range(3)])[..., None] * [1, 2]
    met = seen(network_of(replicas=(3,), dtype=np.float64), x[orders], targets)
    np.testing.assert_array_equal(np.sort(met, axis=1), targets)


def test_two_runs_are_equal_to_the_last_bit(rings):
    def run():
        network = network_of(replicas=(5,))
        history = fit(network, *rings, **settings(optimizer=Adam(0.01), validation=rings))
        return network.parameters, history.loss, history.validation_loss, history.validation_accuracy

    for a, b in zip(run(), run(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_data_come_out_as_they_went_in(rings):
    before = [array.copy() for array in rings]
    fit(network_of(replicas=(2,)), *rings, **settings())
    for array, copied in zip(rings, before, strict=True):
        np.testing.assert_array_equal(array, copied)


def test_training_can_be_watched_and_stopped(rings):
    arguments = {k: v for k, v in settings(epochs=1000).items() if k != "progress"}
    stopped, whole = network_of(), network_of()
    numbers = []
    for epoch in train(stopped, *rings, **arguments):
        numbers.append(epoch.number)
        if epoch.number == 3:
            break
    heard = []
    history = fit(whole, *rings, **settings(callback=heard.append))
    assert numbers == [e.number for e in heard] == [1, 2, 3]
    np.testing.assert_array_equal(stopped.parameters, whole.parameters)
    np.testing.assert_array_equal(history.loss, [e.loss for e in heard])
    assert history.validation_loss is None and history.validation_accuracy is None


def test_validation_measures_the_network_after_each_epoch(rings):
    network = network_of(replicas=(3,))
    other = circles(50, np.random.default_rng(9))
    history = fit(network, *rings, **settings(validation=other))
    assert history.validation_loss.shape == history.validation_accuracy.shape == (3, 3)
    np.testing.assert_array_equal(history.validation_accuracy[-1], accuracy(network, *other))
    predicted = network.forward(other[0]).argmax(axis=-1)
    plain = [np.mean([p == label for p, label in zip(row, other[1], strict=True)]) for row in predicted]
    np.testing.assert_allclose(accuracy(network, *other), plain)


def test_no_epochs_are_an_empty_history(rings):
    network = network_of(replicas=(3,))
    before = network.parameters.copy()
    assert fit(network, *rings, **settings(epochs=0)).loss.shape == (0, 3)
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.filterwarnings("error")
def test_divergence_is_recorded_and_stays_with_its_replica(rings):
    network = network_of(replicas=(2,))
    alone = network_of()
    alone.parameters[...] = network.parameters[1]
    network.parameters[0] *= 1e30
    arguments = {"epochs": 5, "batch_size": None, "optimizer": SGD(0.1)}
    history = fit(network, *rings, **settings(**arguments, validation=rings))
    assert not np.isfinite(history.loss[-1, 0])
    fit(alone, *rings, **settings(**{**arguments, "optimizer": SGD(0.1)}))
    np.testing.assert_allclose(network.parameters[1], alone.parameters, rtol=1e-4, atol=1e-5)


def test_the_callers_error_state_is_left_alone(rings):
    arguments = {k: v for k, v in settings().items() if k != "progress"}
    with np.errstate(all="raise"):
        expected = np.geterr()
        for _ in train(network_of(), *rings, **arguments):
            assert np.geterr() == expected


def test_a_short_training_shows_no_bar(rings, capsys):
    fit(network_of(), *rings, **settings(progress=True, epochs=2))
    assert capsys.readouterr() == ("", "")


def test_a_long_training_shows_a_bar(rings, capsys):
    import time

    fit(network_of(), *rings, **settings(progress=True, epochs=3, callback=lambda _: time.sleep(0.6)))
    assert "3/3" in capsys.readouterr().err


def test_digits_are_learnt():
    """The course's own measure: 64-64-10 on raw digits, 20 seeds."""
    data = digits()
    network = Network([64, 64, 10], generator=np.random.default_rng(0), replicas=20)
    history = fit(
        network,
        data.x_train / 16,
        data.y_train,
        **settings(epochs=20, batch_size=32, validation=(data.x_test / 16, data.y_test)),
    )
    assert np.median(history.validation_accuracy[-1]) > 0.97


def test_a_curve_is_learnt():
    x = np.linspace(-1, 1, 64)[:, None]
    y = np.abs(x)
    network = Network([1, 16, 1], generator=np.random.default_rng(0), replicas=10)
    history = fit(network, x, y, **settings(loss="squared_error", optimizer=Adam(0.02), epochs=200))
    assert history.validation_accuracy is None
    assert np.median(history.loss[-1]) < 1e-3 < np.median(history.loss[0])


@dataclass
class KeepingLoss:
    """A loss of somebody's own: it cannot be hashed, keeps what it gets, and computes in float64."""

    kept: list

    def __call__(self, output, labels):
        self.kept.append((output, output.copy()))
        return softmax_cross_entropy(np.asarray(output, np.float64), labels)


@pytest.mark.parametrize("replicas", [(), 3])
def test_a_loss_of_ones_own_trains_like_the_courses_and_may_keep_what_it_gets(rings, replicas):
    loss, runs = KeepingLoss([]), []
    for each in ("softmax_cross_entropy", loss):
        network = network_of(replicas=replicas)
        runs.append(fit(network, *rings, **settings(loss=each)).loss)
    np.testing.assert_allclose(runs[1], runs[0], rtol=1e-4)
    for output, copied in loss.kept:
        np.testing.assert_array_equal(output, copied)


class Doubling:
    """A layer of somebody's own that returns float64 whatever it gets."""

    parameters = gradients = ()

    def forward(self, x):
        return np.asarray(x, np.float64) * 2

    def backward(self, upstream):
        return np.asarray(upstream, np.float64) * 2


@pytest.mark.parametrize("replicas", [(), 3])
def test_a_layer_of_ones_own_may_compute_in_another_precision(rings, replicas):
    first, hidden, *rest = network_of(replicas=replicas).layers
    network = Network.of([first, hidden, Doubling(), *rest], replicas=replicas)
    loss = fit(network, *rings, **settings()).loss
    assert np.all(loss[-1] < loss[0])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"loss": lambda output, y: (0.0, output[..., 0])},
            "gradient has shape .100,., but",
        ),
        ({"loss": "cross_entropy"}, "no loss named 'cross_entropy'.*softmax_cross_entropy"),
        ({"batch_size": 0}, "batch_size must be at least 1, not 0"),
        ({"epochs": -1}, "epochs must be at least 0, not -1"),
        ({"x": np.zeros((0, 2)), "y": np.zeros(0, int)}, "no samples"),
        ({"x": np.zeros(4)}, "no samples"),
        ({"x": np.zeros((100, 3))}, "samples of 2 features"),
        ({"y": np.zeros(99, int)}, "do not fit"),
        ({"y": np.arange(100)}, r"Labels must lie in 0\.\.1"),
        ({"y": np.zeros(100)}, "whole numbers"),
        ({"loss": "squared_error"}, "Targets of shape"),
        ({"validation": (np.zeros((5, 3)), np.zeros(5, int))}, "samples of 2 features"),
        ({"validation": (np.zeros((5, 2)), np.full(5, 2))}, r"Labels must lie in 0\.\.1"),
    ],
)
def test_mistakes_get_a_sentence_before_the_first_step(rings, changes, sentence):
    network = network_of()
    before = network.parameters.copy()
    x, y = rings
    arguments = settings(**changes)
    with pytest.raises(ValueError, match=sentence):
        fit(network, arguments.pop("x", x), arguments.pop("y", y), **arguments)
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SGD(0),
        lambda: SGD(float("nan")),
        lambda: SGD(0.1, momentum=1.0),
        lambda: SGD(0.1, momentum=-0.1),
        lambda: Adam(-1),
        lambda: Adam(beta1=1),
        lambda: Adam(beta2=-0.1),
        lambda: Adam(epsilon=0),
    ],
)
def test_optimisers_refuse_what_cannot_work(make):
    with pytest.raises(ValueError, match="must be"):
        make()
