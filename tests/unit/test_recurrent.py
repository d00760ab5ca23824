"""Backward through time against automatic differentiation and differences, and what the networks promise."""

import copy
import pickle

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from utils.optimizers import SGD, Adam
from utils.recurrent import LSTM, Recurrent, clip
from utils.training import fit, train

SIZES = {"features": 2, "units": 4, "outputs": 3}


def make_tanh(**changes):
    return Recurrent(**SIZES, **changes)


def make_irnn(**changes):
    return Recurrent(**SIZES, activation="relu", initializer="identity", **changes)


def make_lstm(**changes):
    return LSTM(**SIZES, **changes)


MAKERS = {"tanh": make_tanh, "irnn": make_irnn, "lstm": make_lstm}


def build(kind, replicas=(), time=6, seed=0):
    """A network with parameters of its own for each replica, sequences, and an upstream gradient."""
    generator = np.random.default_rng(seed)
    network = MAKERS[kind](generator=generator, replicas=replicas, dtype=np.float64)
    network.parameters += 0.3 * generator.normal(size=network.parameters.shape)
    x = generator.normal(size=(*replicas, 5, time, 2))
    return network, x, generator.normal(size=(*replicas, 5, 3))


def plain_forward(kind, arrays, x, state):
    """One network's output, in nothing but elementary operations; state is h_0 (n, units)."""
    w, u, b, read_out, read_out_bias = arrays
    cell = 0 * state
    for t in range(x.shape[1]):
        if kind == "lstm":
            read, write, forget, candidate = (
                anp.dot(x[:, t], w[i]) + anp.dot(state, u[i]) + b[i] for i in range(4)
            )
            cell = cell / (1 + anp.exp(-forget)) + anp.tanh(candidate) / (1 + anp.exp(-write))
            state = anp.tanh(cell) / (1 + anp.exp(-read))
        else:
            z = anp.dot(x[:, t], w) + anp.dot(state, u) + b
            state = anp.tanh(z) if kind == "tanh" else anp.where(z > 0, z, 0 * z)
    return anp.dot(state, read_out) + read_out_bias


def arrays_of(network, r):
    return [array[r] for layer in network.layers for array in layer.parameters]


@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("kind", MAKERS)
def test_backward_is_what_automatic_differentiation_gives(kind, replicas):
    network, x, upstream = build(kind, replicas)
    output, x_gradient = network.forward(x), network.backward(upstream)
    norms = network.state_gradient_norms
    assert norms.shape == (6 + 1, *replicas)
    start = np.zeros((5, 4))
    for r in np.ndindex(replicas):

        def loss(arrays, x, state, r=r):
            return anp.sum(plain_forward(kind, arrays, x, state) * upstream[r])

        here = arrays_of(network, r), x[r], start
        np.testing.assert_allclose(output[r], plain_forward(kind, *here), rtol=1e-12)
        gradients = [array[r] for layer in network.layers for array in layer.gradients]
        for mine, right in zip(gradients, grad(loss, 0)(*here), strict=True):
            np.testing.assert_allclose(mine, right, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(x_gradient[r], grad(loss, 1)(*here), rtol=1e-9, atol=1e-12)
        by_state = grad(loss, 2)(*here)
        np.testing.assert_allclose(norms[0][r], np.linalg.norm(by_state), rtol=1e-9)
        last = upstream[r] @ network.weights[0][r].T
        np.testing.assert_allclose(norms[-1][r], np.linalg.norm(last), rtol=1e-12)


@pytest.mark.parametrize("replicas", [(), (2,)], ids=str)
@pytest.mark.parametrize("kind", MAKERS)
def test_backward_is_what_differences_give(kind, replicas):
    network, x, upstream = build(kind, replicas, seed=1)
    network.forward(x)
    x_gradient, gradients, step = network.backward(upstream), network.gradients.copy(), 1e-6
    for values, gradient in ((network.parameters, gradients), (x, x_gradient)):
        for place in np.ndindex(values.shape):
            start, sums = values[place], []
            for change in (step, -step):
                values[place] = start + change
                sums.append((network.forward(x) * upstream).sum())
            values[place] = start
            assert (sums[0] - sums[1]) / (2 * step) == pytest.approx(gradient[place], rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("kind", MAKERS)
def test_shared_sequences_are_the_same_for_each_replica(kind):
    network, x, upstream = build(kind, (3,))
    own = network.forward(np.stack([x[0]] * 3)), network.backward(upstream), network.gradients.copy()
    shared = network.forward(x[0]), network.backward(upstream), network.gradients
    for a, b in zip(own, shared, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", MAKERS)
def test_sequences_of_another_length_and_number_are_welcome(kind):
    network, x, upstream = build(kind, (2,))
    fresh = copy.deepcopy(network)
    network.forward(x)
    network.backward(upstream)
    short = x[:, :3, :4]
    np.testing.assert_array_equal(network.forward(short), fresh.forward(short))
    np.testing.assert_array_equal(network.backward(upstream[:, :3]), fresh.backward(upstream[:, :3]))
    np.testing.assert_array_equal(network.gradients, fresh.gradients)


@pytest.mark.parametrize("kind", MAKERS)
def test_parameters_and_states_are_seen_from_outside(kind):
    network, x, _ = build(kind, (3,))
    for view in (network.input_weights, network.recurrent_weights, network.recurrent_bias):
        assert np.shares_memory(view, network.parameters)
    network.forward(x)
    states = network.states
    assert states.shape == (7, 3, 5, 4) and not states[0].any()
    np.testing.assert_allclose(
        network.forward(x), states[-1] @ network.weights[0] + network.biases[0][:, None, :]
    )
    states[...] = 0
    assert network.states[-1].any()


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_is_whole_and_apart(kind, duplicate):
    network, x, upstream = build(kind, (3,))
    output = network.forward(x)
    other = duplicate(network)
    assert type(other) is type(network)
    np.testing.assert_array_equal(other.forward(x), output)
    np.testing.assert_array_equal(other.backward(upstream), network.backward(upstream))
    other.parameters[...] = 0
    assert not other.forward(x).any()
    np.testing.assert_array_equal(network.forward(x), output)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", MAKERS)
def test_dtype_is_kept(kind, dtype):
    network = MAKERS[kind](generator=np.random.default_rng(0), replicas=2, dtype=dtype)
    results = network.forward(np.ones((3, 4, 2))), network.backward(np.ones((2, 3, 3))), network.gradients
    assert {each.dtype for each in (*results, network.parameters, network.states)} == {np.dtype(dtype)}


def test_an_irnn_starts_as_an_adder():
    """With U = identity, a unit whose inputs are never negative holds their sum."""
    network = make_irnn(generator=np.random.default_rng(0), dtype=np.float64)
    network.input_weights[...] = np.abs(network.input_weights)
    x = np.random.default_rng(1).random((5, 30, 2))
    network.forward(x)
    np.testing.assert_allclose(network.states[-1], x.sum(axis=1) @ network.input_weights, rtol=1e-12)
    network.backward(np.ones((5, 3)))
    np.testing.assert_allclose(network.state_gradient_norms, network.state_gradient_norms[-1], rtol=1e-12)


def test_an_lstm_whose_gates_are_shut_holds_its_cell():
    """Forget gate at 1, write gate at 0: the state at the end, and its gradient, are those of the start."""
    network = make_lstm(generator=np.random.default_rng(0), dtype=np.float64)
    np.testing.assert_array_equal(network.recurrent_bias[2], 1)
    assert not np.delete(network.recurrent_bias, 2, axis=0).any()
    network.parameters[...] = 0
    read, write, forget, candidate = network.recurrent_bias
    read[...] = forget[...] = 40
    write[...] = -40
    candidate[...] = 1
    network.input_weights[1, 0] = 80  # the first feature opens the write gate
    x = np.zeros((1, 50, 2))
    x[0, 3, 0] = 1
    network.forward(x)
    np.testing.assert_allclose(network.states[4:, 0], np.tanh(np.tanh(1)), rtol=1e-12)


def test_what_is_left_of_the_gradient_after_100_steps():
    """20 untrained replicas of 64 units, with input weights of LeCun's size: an IRNN passes the gradient on,
    tanh loses it, and with He's weights it is anyone's guess.
    """
    x = np.random.default_rng(2).random((16, 100, 2))
    left = {}
    for name, activation, initializer in (
        ("irnn", "relu", "identity"),
        ("tanh", "tanh", "xavier"),
        ("he", "relu", "he"),
    ):
        network = Recurrent(
            2,
            64,
            1,
            generator=np.random.default_rng(3),
            activation=activation,
            initializer=initializer,
            replicas=20,
        )
        network.input_weights[...] *= (66 / 4) ** 0.5  # variance 2 / 66 becomes 1 / 2
        network.forward(x)
        network.backward(np.ones((20, 16, 1)))
        norms = network.state_gradient_norms
        left[name] = norms[0] / norms[-1]
    assert 0.3 < left["irnn"].min() and left["irnn"].max() < 1
    assert np.median(left["tanh"]) < 1e-4
    assert left["he"].min() < 0.01 and left["he"].max() > 1e4


def test_nan_stays_with_its_sequence():
    network, x, _ = build("tanh", ())
    x[2, 0, 0] = np.nan
    assert np.isnan(network.forward(x)).all(axis=-1).tolist() == [False, False, True, False, False]


# ------------------------------------------------------------------------------------------ clipping


def test_clip_shortens_long_gradients_and_leaves_short_ones():
    gradients = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    np.testing.assert_allclose(clip(gradients, 1.0), [5.0, 0.5, 0.0])
    np.testing.assert_allclose(gradients, [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]])
    one = np.array([30.0, 40.0], np.float32)
    assert clip(one, 5) == 50 and one.dtype == np.float32
    np.testing.assert_allclose(one, [3, 4])


def test_clip_bears_a_length_beyond_float32_and_keeps_nan_to_its_replica():
    gradients = np.array([[3e30, 4e30], [np.nan, 1], [6, 8]], np.float32)
    lengths = clip(gradients, 1.0)
    np.testing.assert_allclose(lengths[[0, 2]], [5e30, 10], rtol=1e-6)
    np.testing.assert_allclose(gradients[[0, 2]], [[0.6, 0.8]] * 2, rtol=1e-6)
    assert np.isnan(lengths[1]) and np.isnan(gradients[1]).all()


# ------------------------------------------------------------------------------------------ training


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("kind", MAKERS)
def test_fit_takes_sequences(kind, own):
    """Twenty sequences of twenty steps for twenty replicas: no axis is mistaken for another."""
    network = MAKERS[kind](generator=np.random.default_rng(0), replicas=20)
    alone = copy.deepcopy(network)
    generator = np.random.default_rng(1)
    x = generator.random((*((20,) if own else ()), 20, 20, 2)).astype(np.float32)
    y = np.broadcast_to(x.mean(axis=-2)[..., :1], (*x.shape[:-2], 3))
    settings = {"loss": "squared_error", "epochs": 5, "batch_size": None, "progress": False}
    history = fit(network, x, y, optimizer=SGD(0.001), generator=generator, validation=(x, y), **settings)
    assert history.loss.shape == history.validation_loss.shape == (5, 20)
    assert (history.loss[-1] < history.loss[0]).all()
    for _ in range(5):  # all samples in every step: their order does not matter
        upstream = 2 * (alone.forward(x) - y) / (20 * 3)
        alone.backward(upstream)
        alone.parameters -= np.float32(0.001) * alone.gradients
    np.testing.assert_allclose(network.parameters, alone.parameters, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda n: n.forward(np.ones((4, 2))),
            r"\('n', 'time', 'features'\) or \(3, 'n', 'time', 'features'\)",
        ),
        (lambda n: n.forward(np.ones((2, 4, 5, 2))), "must have shape"),
        (lambda n: n.forward(np.ones((4, 5, 3))), "2 features"),
        (lambda n: n.backward(np.ones((3, 4, 3))), "call forward"),
        (lambda n: Recurrent(2, 3, 1, generator=None, activation="rleu"), "no activation named 'rleu'"),
        (lambda n: Recurrent(2, 3, 1, generator=None, initializer="irnn"), "no initializer named 'irnn'"),
        (
            lambda n: train(
                n,
                np.ones((4, 2)),
                np.ones((4, 3)),
                loss="squared_error",
                optimizer=Adam(),
                epochs=1,
                batch_size=1,
                generator=None,
            ),
            r"no samples; give \(n, time, features\)",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["tanh", "lstm"])
def test_mistakes_get_a_sentence(kind, act, sentence):
    network = MAKERS[kind](generator=np.random.default_rng(0), replicas=3)
    with pytest.raises((ValueError, KeyError), match=sentence):
        act(network)
