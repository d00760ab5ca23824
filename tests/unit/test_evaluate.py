"""A network evaluated a few samples at a time gives what it gives for all at once, in less memory."""

import tracemalloc

import numpy as np
import pytest

from utils.attention import mnist1d_transformer
from utils.batch_norm import with_batch_norm
from utils.convolution import mnist1d_cnn
from utils.diagnostics import dead_units, dead_units_of
from utils.explorers.l08_born_dead import born_dead_networks
from utils.networks import Network
from utils.recurrent import Recurrent
from utils.training import accuracy


def fully_connected(**law):
    return Network([40, 8, 8, 10], **law)


def normalised(**law):
    network = with_batch_norm(Network([40, 8, 10], **law))
    network.forward(np.random.default_rng(9).normal(size=(50, 40)) + 1)  # running means other than 0
    return network


def recurrent(**law):
    return Recurrent(4, 6, 10, **law)


@pytest.mark.parametrize("n", [0, 1, 32, 33, 300])
@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)])
@pytest.mark.parametrize("make", [fully_connected, normalised, recurrent, mnist1d_cnn, mnist1d_transformer])
def test_parts_give_what_the_whole_gives(make, replicas, n):
    network = make(generator=np.random.default_rng(0), replicas=replicas, dtype=np.float64)
    sample = (10, 4) if make is recurrent else (40,)
    for shape in ((n, *sample), (*replicas, n, *sample)):
        x = np.random.default_rng(1).normal(size=shape)
        if n:
            with network.evaluation():
                whole = network.forward(x)
            np.testing.assert_allclose(network.evaluate(x), whole, rtol=1e-9, atol=1e-12)
        elif make in (fully_connected, normalised):
            assert network.evaluate(x).shape == (*replicas, 0, 10)


def test_what_is_inside_the_last_part_is_not_taken_for_the_whole():
    network = fully_connected(generator=np.random.default_rng(0))
    x = np.ones((200, 40))
    network.forward(x)
    output = network.evaluate(x)
    for look in (lambda: network.pre_activations, lambda: network.backward(output)):
        with pytest.raises(ValueError, match="forward"):
            look()
    network.forward(x)
    assert network.pre_activations[0].shape == (200, 8)
    with pytest.raises(ValueError, match="40 features"):
        network.evaluate(np.ones((200, 39)))


def test_accuracy_of_many_samples_in_many_replicas_needs_little_memory():
    """All at once, the eight hidden layers would hold 2 x 8 x 5 MB, and as much again for the gradients."""
    network = Network([64] + [32] * 8 + [10], generator=np.random.default_rng(0), replicas=20)
    x = np.random.default_rng(1).normal(size=(2000, 64)).astype(np.float32)
    labels = np.zeros(2000, int)
    tracemalloc.start()
    try:
        accuracy(network, x, labels)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12e6


def test_a_network_is_dead_when_one_layer_is_off_for_every_part_of_the_samples():
    generator = np.random.default_rng(2)
    network = Network([3, 2, 2, 2, 1], generator=generator, replicas=300)
    x = generator.normal(size=(450, 3)) + 2 * np.sign(np.linspace(-1, 1, 450))[:, None]  # sorted, so to speak
    network.forward(x)
    expected = np.any([dead_units(z).all(axis=-1) for z in network.pre_activations], axis=0)
    assert 0.05 < expected.mean() < 0.95
    units = [dead_units(z) for z in network.pre_activations]
    for given in (x, np.broadcast_to(x, (300, *x.shape))):
        for one, other in zip(dead_units_of(network, given), units, strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(born_dead_networks(network, x), expected)
    network.forward(x[:200])
    first = np.any([dead_units(z).all(axis=-1) for z in network.pre_activations], axis=0)
    assert (first != expected).any()  # a part alone would say something else
