"""What a network does inside: units that never or always fire, sizes of gradients, sparsity, activation
patterns.

All take pre-activations, as `network.pre_activations` holds for each hidden layer after `network.forward(x)`:
z of shape (*replicas, n, width).
"""

import numpy as np

_AT_A_TIME = 32  # samples, as in `Network.evaluate`


def dead_units(pre_activation):
    """Return which units have z <= 0 on *all* samples: booleans (*replicas, width).

    ReLU gives 0 for all of them, and they pass no gradient back. Dead on these data: other data may wake
    them. A NaN anywhere counts as not dead.
    """
    return (pre_activation <= 0).all(axis=-2)


def dead_units_of(network, x):
    """Return `dead_units` of each hidden layer on the samples x: a list of booleans (*replicas, width).

    x: (n, features), or (*replicas, n, features); n is at least 1. The network is in evaluation mode. The
    samples pass a few at a time, so that many of them need little memory: a unit is dead on all of them when
    it is on each few.
    """
    dead = None
    with network.evaluation():
        for start in range(0, x.shape[-2], _AT_A_TIME):
            network.forward(x[..., start : start + _AT_A_TIME, :])
            some = [dead_units(z) for z in network.pre_activations]
            dead = some if dead is None else [one & other for one, other in zip(dead, some, strict=True)]
    return dead


def always_on_units(pre_activation):
    """Return which units have z > 0 on *all* samples: booleans (*replicas, width). ReLU is linear there."""
    return (pre_activation > 0).all(axis=-2)


def sparsity(activation):
    """Return the share of exact zeros among activations (*replicas, n, width): (*replicas,), 0 to 1."""
    return (activation == 0).mean(axis=(-2, -1))


def gradient_norms(network):
    """Return the norm of each affine layer's weight gradient after `backward`: (layers, *replicas)."""
    return np.array([np.sqrt(np.square(g).sum(axis=(-2, -1))) for g in network.weight_gradients])


def signal_gradient_norms(network):
    """Return the norm of dL/dz of each hidden layer after `backward`: (hidden layers, *replicas)."""
    return np.array([np.sqrt(np.square(g).sum(axis=(-2, -1))) for g in network.pre_activation_gradients])


def activation_patterns(pre_activations):
    """Return which units fire (z > 0) for each sample: booleans (*replicas, n, units of all hidden layers).

    pre_activations: the list of the hidden layers' z. Samples of one pattern share one affine piece of a
        ReLU network.
    """
    return np.concatenate([z > 0 for z in pre_activations], axis=-1)


def count_patterns(patterns):
    """Return how many distinct patterns (*replicas, n, units) holds for each replica: whole numbers
    (*replicas,).
    """
    packed = np.packbits(patterns, axis=-1)
    rows = packed.reshape(-1, *packed.shape[-2:])
    return np.array([len(np.unique(one, axis=0)) for one in rows]).reshape(patterns.shape[:-2])
