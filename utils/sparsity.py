"""Sparse activity: a penalty that asks for zeros, and what is gained by skipping them."""

import numpy as np

from utils.layers import Elementwise
from utils.networks import Network


class ActivityPenalty:
    """Adds strength * (sum over the units of |a|, mean over the samples) to the loss: an L1 penalty.

    A layer to put after an activation. It hands a on unchanged; in the backward pass the penalty's derivative
    with respect to each a joins what comes from above. Its value is part of no loss that is reported.
    """

    parameters = gradients = ()

    def __init__(self, strength):
        """Take the strength, often called lambda: a number, or one for each replica as an array that
        broadcasts to a, such as (replicas, 1, 1).

        Raises ValueError unless it is at least 0.
        """
        self.strength = np.asarray(strength)
        if not np.all(self.strength >= 0):
            raise ValueError(f"strength must be at least 0, not {strength}.")

    def forward(self, a):
        """Return a (*replicas, n, width) itself."""
        self.a = a
        return a

    def backward(self, upstream):
        """Return dL/da = upstream + strength * sign(a) / n, with sign(0) = 0."""
        n = self.a.shape[-2]
        return upstream + np.asarray(self.strength / n, self.a.dtype) * np.sign(self.a)


def with_penalty(network, strength, kind=ActivityPenalty):
    """Return a network of the same layers, with a penalty of this kind after each elementwise one."""
    layers = []
    for layer in network.layers:
        layers += [layer, kind(strength)] if isinstance(layer, Elementwise) else [layer]
    return Network.of(layers, replicas=network.replicas)


def sparse_product(activation, weights):
    """Return activation @ weights from the rows of weights alone whose activation is not 0.

    activation (fan_in,), weights (fan_in, fan_out) -> (fan_out,). The chosen rows are copied first, as NumPy
    does whenever it is given places to choose. A NaN in activation counts as not 0; one in a row that is
    skipped has no effect.
    """
    places = np.flatnonzero(activation)
    return activation[places] @ weights[places]


def rows_needed(sparsity, batch):
    """Return the expected share of rows that at least one of a batch of samples needs: 1 - sparsity**batch.

    This holds where each activation is 0 with probability sparsity, whatever the other samples do. If the
    units are not alike, take the mean over the units of what this gives for the sparsity of each: it is less.
    """
    return 1 - np.asarray(sparsity, float) ** batch


def rows_used(activation, batch):
    """Return the share of units that at least one sample of a batch needs, as a mean over disjoint batches.

    activation (*replicas, n, units) -> (*replicas,). It is cut into batches of `batch` samples; a rest that
    fills none is left out. Compare with `rows_needed`. Raises ValueError if there is no whole batch.
    """
    count = activation.shape[-2] // batch
    if not count:
        raise ValueError(f"{activation.shape[-2]} samples fill no batch of {batch}.")
    cut = activation[..., : count * batch, :]
    batches = cut.reshape(*cut.shape[:-2], count, batch, cut.shape[-1])
    return (batches != 0).any(axis=-2).mean(axis=(-2, -1))


def speed_up(sparsity, batch=1, row_cost=3.0, fixed_cost=0.0):
    """Return the time of a dense product over that of a sparse one, in a model that counts rows.

    The dense product reads every row once. The sparse one spends row_cost times as much on each row that it
    needs, and fixed_cost on finding them, as a share of the whole dense product. Copying the rows first reads
    them, writes them and reads the copy: a row_cost of 3. Infinity where nothing is spent.
    """
    spent = row_cost * rows_needed(sparsity, batch) + fixed_cost
    with np.errstate(divide="ignore"):
        return 1 / spent
