"""How likely a ReLU network is dead before training: two bounds, and a simulation of many networks at once.

Lu, Shin, Su & Karniadakis 2020, "Dying ReLU and Initialization: Theory and Numerical Examples". A network of
L layers has L - 1 hidden layers of the same width N. A hidden layer is dead when all its units are off
(z <= 0) for every input: the network is then a constant. It is born dead when that is so before training.

Here the biases are 0 and the weights independent draws from a continuous law that is symmetric about 0.
"""

import numpy as np

from utils.initializers import he

BATCH = 20_000


def upper_bound(width, layers):
    """Return 1 - (1 - 2**-width)**(layers - 1): no network of this size is more likely to be born dead.

    It is the exact probability that some hidden layer is off at *one* given input other than 0, in any number
    of input dimensions (Lu et al. 2020): a layer that is off everywhere is off there, too. A network of one
    layer has no hidden layer, and the result is 0. Relative accuracy does not suffer for large widths.

    width, layers: whole numbers of 1 or more, or arrays of them that broadcast. Returns float64.
    Raises ValueError for numbers below 1.
    """
    width, layers = _whole(width, "width", 1), _whole(layers, "layers", 1)
    return 0 - np.expm1((layers - 1) * np.log1p(-np.exp2(-width)))  # 0 - 0 is 0, and -0 is -0


def lower_bound(width, layers):
    """Return what a network with a *single input number* is at least as likely to be born dead.

    With zero biases such a network is decided by the inputs 1 and -1 (see `ray_activations`). Lu et al. 2020
    follow whether both, one or none is still alive: see the formula in the code, with a1 the probability
    that a layer passes one of them, and a2 the largest that both stay alive and different.

    width: whole numbers of 1 or more; layers: of 2 or more; arrays broadcast. Returns float64. Exact for
    width 1, and 0 for two layers: one hidden layer always passes 1 or -1. The error is about 1e-16, which is
    much of a tiny result. Raises ValueError below that.
    """
    width, layers = _whole(width, "width", 1), _whole(layers, "layers", 2)
    off = np.exp2(-width)
    a1 = 1 - off
    a2 = 1 - 2 * off - (width - 1) * off**2
    share = (1 - 2 * off) * (1 - off) / (1 + (width - 1) * off)
    return 1 - a1 ** (layers - 2) + share * (a2 ** (layers - 2) - a1 ** (layers - 2))


def ray_activations(width, hidden_layers, trials, generator, *, initializer=he):
    """Yield the activations (trials, 2, width) after each hidden layer, at the inputs 1 and -1.

    These two say all: with zero biases the network's output at x > 0 is x times that at 1, and at x < 0 it is
    -x times that at -1. Each network's activations are divided by their largest, which changes no sign in
    the layers after and keeps any depth from overflow and underflow.
    """
    activation = np.broadcast_to(np.array([[1], [-1]], np.float32), (trials, 2, 1))
    for _ in range(hidden_layers):
        weights = initializer(activation.shape[-1], width, generator, replicas=(trials,))
        activation = np.maximum(activation @ weights, 0)
        largest = activation.max(axis=(1, 2), keepdims=True)
        activation /= np.where(largest > 0, largest, 1)
        yield activation


def first_dead_layer(width, hidden_layers, trials, generator, *, initializer=he):
    """Return the number (1, 2, ...) of each random network's first dead layer: integers (trials,).

    It is hidden_layers + 1 where no hidden layer is dead, so that `(result < layers).mean()` is the share of
    networks with `layers` layers that are born dead, for every `layers` up to hidden_layers + 1.
    """
    found = []
    for start in range(0, trials, BATCH):
        first = np.full(min(BATCH, trials - start), hidden_layers + 1)
        of_layers = ray_activations(width, hidden_layers, first.size, generator, initializer=initializer)
        for layer, activation in enumerate(of_layers, 1):
            dead = ~activation.any(axis=(1, 2))
            np.minimum(first, layer, out=first, where=dead)
        found.append(first)
    return np.concatenate(found) if found else np.empty(0, int)


def safe_width(layers, probability):
    """Return the smallest width at which `upper_bound` is at most `probability`: a whole number of 1 or more.

    From (1 - 2**-N)**(L - 1) >= 1 - probability; about log2((L - 1) / probability) for small probabilities.
    Raises ValueError for layers below 2, or a probability that is not between 0 and 1.
    """
    _whole(layers, "layers", 2)
    _check_probability(probability)
    one_layer = -np.expm1(np.log1p(-probability) / (layers - 1))
    width = max(1, int(np.ceil(-np.log2(one_layer))))
    # The logarithm may round to the other side of a whole number: the bound itself decides.
    if upper_bound(width, layers) > probability:
        return width + 1
    return width - 1 if width > 1 and upper_bound(width - 1, layers) <= probability else width


def safe_depth(width, probability):
    """Return the largest number of layers at which `upper_bound` is at most `probability`: 1 or more.

    Exact below some 10**15 layers. Raises ValueError for a width below 1 or above 1000, where no float64
    holds the depth, or a probability that is not between 0 and 1.
    """
    if _whole(width, "width", 1) > 1000:
        raise ValueError(f"width must be at most 1000, not {width}.")
    _check_probability(probability)
    layers = 1 + int(np.floor(np.log1p(-probability) / np.log1p(-np.exp2(-float(width)))))
    if upper_bound(width, layers) > probability:
        return layers - 1
    return layers + 1 if upper_bound(width, layers + 1) <= probability else layers


def _whole(values, name, least):
    values = np.asarray(values, np.float64)
    if not ((values >= least) & (values < np.inf) & (values == np.floor(values))).all():
        raise ValueError(f"{name} must be whole numbers of at least {least}, not {values}.")
    return values


def _check_probability(probability):
    if not (0 < probability < 1):
        raise ValueError(f"probability must lie between 0 and 1, not {probability}.")
