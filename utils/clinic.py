"""The clinic: wards of small networks, of which most are ill, as plain data.

A patient is a dictionary that says all about one network and its training:

    x (n, features), y (n,)     the samples and their labels
    weights, biases             lists with an array for each layer: (fan_in, fan_out) and (fan_out,)
    negative_slope              every hidden unit hands on max(0, z) + negative_slope * min(0, z)
    learning_rate               that of plain SGD in batches of `BATCH`
    losses (4,)                 the loss of these weights, and in each of three further epochs of training

Each has one of the conditions in `CONDITIONS`, made clear: chance draws that lie near the border of two are
drawn again.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from utils.activations import ACTIVATIONS
from utils.datasets import circles, digits
from utils.diagnostics import dead_units
from utils.initializers import he
from utils.layers import Affine, Elementwise
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import SGD
from utils.training import accuracy, fit

BATCH = 32
HEALTHY = "healthy"
CONDITIONS = (HEALTHY, "no bend", "dead layer", "dying", "alike", "faint", "exploding")


@dataclass(frozen=True)
class Case:
    """A patient, the condition it was given, and the hidden layer that has it: 1 is the first, 0 is none."""

    patient: dict
    condition: str
    layer: int


def ward(seed):
    """The cases of one ward, in random order: each illness once, and two or three healthy networks.

    seed: a whole number, or a numpy.random.Generator. One of the healthy ones always has dead units.
    """
    generator = np.random.default_rng(seed)
    makers = [*_ILL, _healthy_with_dead_units, _healthy_deep]
    more = generator.random()
    if more < 0.75:
        makers.append(_healthy_at_a_large_rate if more < 0.5 else _healthy_rings)
    return [makers[number](generator) for number in generator.permutation(len(makers))]


def network_of(patient):
    """The patient as a network that can be trained; the patient's own arrays stay as they are."""
    slope = patient["negative_slope"]
    activation = ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=slope)
    layers = []
    for weights, bias in zip(patient["weights"], patient["biases"], strict=True):
        layers += [Affine(weights.copy(), bias.copy()), Elementwise(activation)]
    return Network.of(layers[:-1])


def trained(patient, epochs, network=None):
    """Train a copy by plain SGD at the patient's rate, in batches that are always the same.

    network: what to train, instead of a new `network_of(patient)`: who gives it can look at it afterwards.

    Returns (the loss of each epoch, the share of its own samples that it gets right afterwards, the share of
    dead units in the hidden layer that has most of them).
    """
    network = network or network_of(patient)
    with np.errstate(all="ignore"):  # some diverge
        history = fit(
            network, patient["x"], patient["y"], loss="softmax_cross_entropy", epochs=epochs,
            optimizer=SGD(patient["learning_rate"]), batch_size=BATCH, generator=np.random.default_rng(0),
            progress=False,
        )  # fmt: skip
        right = float(accuracy(network, patient["x"], patient["y"]))
        network.forward(patient["x"])
    dead = max(dead_units(each).mean() for each in network.pre_activations)
    return history.loss, right, float(dead)


def pre_activations(patient):
    """z of each hidden layer for the patient's samples: a list of arrays (n, width)."""
    network = network_of(patient)
    network.forward(patient["x"])
    return network.pre_activations


def _is_clear(x, weights, biases, negative_slope=0.0, most_dead=0.4):
    """Whether this network keeps the signal's size, and no layer has too many dead units."""
    z = pre_activations({"x": x, "weights": weights, "biases": biases, "negative_slope": negative_slope})
    sizes = [np.sqrt(np.mean(each**2)) for each in z]
    dead = max(dead_units(each).mean() for each in z)
    return dead < most_dead and max(sizes) < 4 * sizes[0] and min(sizes) > sizes[0] / 4


# ----------------------------------------------------------------------------------------- the patients


def _images(generator, standardised=True, n=320):
    data = digits(standardised)
    chosen = generator.permutation(len(data.x_train))[:n]
    return data.x_train[chosen].astype(np.float64), data.y_train[chosen]


def _rings(generator, n=320):
    x, y = circles(n, generator)
    return x.astype(np.float64), y


def _patient(x, y, weights, biases, learning_rate, negative_slope=0.0):
    patient = {"x": x, "y": y, "weights": weights, "biases": biases}
    patient |= {"negative_slope": float(negative_slope), "learning_rate": float(learning_rate)}
    with np.errstate(all="ignore"):
        before, _ = softmax_cross_entropy(network_of(patient).forward(x), y)
    return patient | {"losses": np.array([before, *trained(patient, 3)[0]])}


def _drawn(generator, sizes, negative_slope=0.0):
    """Weights by He's rule for the layers between these sizes."""
    law = {"dtype": np.float64, "negative_slope": negative_slope}
    return [he(*pair, generator, **law) for pair in pairwise(sizes)]


def _zeros(weights):
    return [np.zeros(each.shape[1]) for each in weights]


def _outweighed(generator, x, weights, negative_slope=0.0):
    """Small random biases, but in one hidden layer far below 0, where its weights are raised to match.

    So biases far below 0 are no illness by themselves: nobody dies of these. The weights change in place.
    """
    biases = [0.1 * generator.standard_normal(each.shape[1]) for each in weights]
    at, shift = int(generator.integers(1, len(weights) - 1)), generator.uniform(2, 6)
    patient = {"x": x, "weights": weights, "biases": biases, "negative_slope": negative_slope}
    z = pre_activations(patient)[at - 1]
    weights[at] += shift / np.where(z > 0, z, negative_slope * z).sum(axis=1).mean()
    biases[at] -= shift
    return biases


def _clear(generator, x, sizes, negative_slope=0.0, with_biases=False):
    """Weights and biases of a network well initialised: without biases, or with `_outweighed` ones."""
    while True:
        weights = _drawn(generator, sizes, negative_slope)
        biases = _outweighed(generator, x, weights, negative_slope) if with_biases else _zeros(weights)
        if _is_clear(x, weights, biases, negative_slope):
            return weights, biases


def _deep(generator):
    """The sizes of a network of six to eight hidden layers on the digits."""
    return [64] + [int(generator.integers(32, 45))] * int(generator.integers(6, 9)) + [10]


def _scaled(low, high):
    """A maker of networks whose hidden layers have sigma_w^2 between low and high, all the same."""

    def make(generator):
        x, y = _images(generator)
        weights, biases = _clear(generator, x, _deep(generator))
        factor = np.sqrt(np.exp(generator.uniform(np.log(low), np.log(high))) / 2)
        weights = [factor * each for each in weights[:-1]] + weights[-1:]
        condition = "faint" if factor < 1 else "exploding"
        return Case(_patient(x, y, weights, biases, generator.choice([0.03, 0.05])), condition, 0)

    return make


def _dead_layer(generator):
    """Three to five hidden layers, and one whose biases lie below all that its inputs can bring."""
    hidden, width = int(generator.integers(3, 6)), int(generator.integers(16, 33))
    x, y = _images(generator) if generator.random() < 0.5 else _rings(generator)
    layer = int(generator.integers(1, hidden + 1))
    while True:
        weights = _drawn(generator, [x.shape[1]] + [width] * hidden + [int(y.max()) + 1])
        biases = [0.1 * generator.standard_normal(each.shape[1]) for each in weights]
        patient = {"x": x, "weights": weights, "biases": biases, "negative_slope": 0.0}
        reach = pre_activations(patient)[layer - 1].max(axis=0)
        biases[layer - 1] -= reach + generator.uniform(2, 5, size=width)
        patient = _patient(x, y, weights, biases, 0.05)
        mended = [each * (at != layer) for at, each in enumerate(biases, 1)]
        if _does_well(patient | {"biases": mended}):
            return Case(patient, "dead layer", layer)


def _alike(generator):
    """Three to five hidden layers, one of them made of copies of one unit: the same weights in and out."""
    hidden, width = int(generator.integers(3, 6)), int(generator.integers(24, 41))
    x, y = _images(generator)
    layer = int(generator.integers(1, hidden + 1))
    while True:
        weights = _drawn(generator, [64] + [width] * hidden + [10])
        weights[layer - 1][:] = weights[layer - 1][:, :1]
        weights[layer][:] = weights[layer][:1] / np.sqrt(width)
        biases = _zeros(weights)
        patient = {"x": x, "negative_slope": 0.0, "weights": weights, "biases": biases}
        on = (pre_activations(patient)[layer - 1][:, 0] > 0).mean()
        if 0.3 < on < 0.95 and _is_clear(x, weights, biases, most_dead=0.6):
            return Case(_patient(x, y, weights, biases, 0.05), "alike", layer)


def _dying(generator):
    """One hidden layer on raw pixels, after a few steps that were far too large: few units still live."""
    x, y = _images(generator, standardised=False)
    while True:
        width, rate = int(generator.integers(48, 81)), generator.uniform(0.2, 0.35)
        network, optimizer = Network([64, width, 10], generator=generator, dtype=np.float64), SGD(rate)
        for batch in np.split(generator.permutation(len(x))[: 10 * BATCH], 10):
            _, upstream = softmax_cross_entropy(network.forward(x[batch]), y[batch])
            network.backward(upstream, needs_input_gradient=False)
            optimizer.step(network.parameters, network.gradients)
            network.forward(x)
            living = int((~dead_units(network.pre_activations[0])).sum())
            if 2 <= living <= 3:
                parts = ([each.copy() for each in kind] for kind in (network.weights, network.biases))
                weights, biases = parts
                return Case(_patient(x, y, weights, biases, rate), "dying", 1)


def _no_bend(generator):
    """Two rings, and two to four hidden layers that are linear: their slope is 1 on both sides."""
    x, y = _rings(generator)
    width, hidden = int(generator.integers(12, 25)), int(generator.integers(2, 5))
    while True:
        weights, rate = _drawn(generator, [2] + [width] * hidden + [2], 1.0), generator.uniform(0.1, 0.25)
        patient = _patient(x, y, weights, _zeros(weights), rate, negative_slope=1.0)
        if _does_well(patient | {"negative_slope": 0.0}):
            return Case(patient, "no bend", 0)


# -------------------------------------------------------------------------------------- the healthy ones


def _does_well(patient, least=0.95):
    """Whether a network learns its samples, or keeps what it has learnt, at its own rate."""
    _, right, dead = trained(patient, 30)
    return right > least and dead < 0.6


def _healthy(generator, x, y, sizes, negative_slope, rate, with_biases):
    """A healthy case before its first step: its loss is high."""
    while True:
        weights, biases = _clear(generator, x, sizes, negative_slope, with_biases)
        patient = _patient(x, y, weights, biases, rate, negative_slope)
        if _does_well(patient):
            return Case(patient, HEALTHY, 0)


def _healthy_deep(generator):
    """The digits, three to eight hidden layers, nearly always with biases."""
    slope, width, hidden = float(generator.choice([0.0, 0.1, 0.2])), *generator.integers((32, 3), (45, 9))
    sizes = [64] + [int(width)] * int(hidden) + [10]
    return _healthy(generator, *_images(generator), sizes, slope, 0.05, generator.random() < 0.9)


def _healthy_at_a_large_rate(generator):
    """One hidden layer and a rate that would kill on raw pixels; on standardised ones it does not."""
    sizes = [64, int(generator.integers(48, 81)), 10]
    return _healthy(generator, *_images(generator), sizes, 0.0, generator.uniform(0.2, 0.35), False)


def _healthy_rings(generator):
    """Two rings, with a bend."""
    sizes = [2] + [int(generator.integers(12, 25))] * int(generator.integers(2, 6)) + [2]
    slope, rate = float(generator.choice([0.0, 0.1, 0.3])), generator.uniform(0.1, 0.25)
    return _healthy(generator, *_rings(generator), sizes, slope, rate, generator.random() < 0.5)


def _healthy_with_dead_units(generator):
    """Raw pixels, trained: part of its units have died, and the others are enough."""
    x, y = _images(generator, standardised=False)
    while True:
        network = Network([64, int(generator.integers(48, 81)), 10], generator=generator, dtype=np.float64)
        run = {"epochs": 8, "batch_size": BATCH, "generator": generator, "progress": False}
        fit(network, x, y, loss="softmax_cross_entropy", optimizer=SGD(0.05), **run)
        network.forward(x)
        weights, biases = ([each.copy() for each in kind] for kind in (network.weights, network.biases))
        patient = _patient(x, y, weights, biases, generator.uniform(0.02, 0.06))
        if 0.15 < dead_units(network.pre_activations[0]).mean() < 0.4 and _does_well(patient, 0.97):
            return Case(patient, HEALTHY, 0)


_ILL = (_no_bend, _dead_layer, _dying, _alike, _scaled(0.1, 0.25), _scaled(20.0, 32.0))
