"""What a network does inside: units that never or always fire, sizes of gradients, sparsity, activation
patterns.

All take pre-activations, as `network.pre_activations` holds for each hidden layer after `network.forward(x)`:
z of shape (*replicas, n, width).
"""

import numpy as np


def dead_units(pre_activation):
    """Return which units have z <= 0 on *all* samples: booleans (*replicas, width).

    ReLU gives 0 for all of them, and they pass no gradient back. Dead on these data: other data may wake
    them. A NaN anywhere counts as not dead.
    """
    return (pre_activation <= 0).all(axis=-2)


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
