"""One network that learns one task after another: does it still learn the last as well as the first?

The tasks are the same images with their pixels in another order each time, which no fully connected network
that has just been initialised can tell apart from the first order: all tasks are equally hard. What a trained
network learns worse than a new one, it has lost through its training: its plasticity (Dohare et al. 2024; the
permuted tasks are those of Goodfellow et al. 2013).
"""

import copy
from typing import NamedTuple

import numpy as np

from utils.diagnostics import dead_units
from utils.training import accuracy, fit


class Task(NamedTuple):
    """What a task has left behind: arrays (*replicas,)."""

    accuracy: np.ndarray  # on the task's own images, after its last epoch
    off: np.ndarray  # the share of the hidden units with z <= 0 for all of these images


def learn_tasks(network, optimizer, x, y, *, tasks, epochs, batch_size, generator, between=None):
    """Train on one task after another, and yield a `Task` after each: stop asking, and it stops.

    x (n, features) and labels y (n,). Each replica meets its own orders of the features, the first one
    shuffled, too. between(network, x), if given, is called before each task but the first, with the images
    of the new task (replicas, n, features), and returns the network to go on with. Each task trains a copy of
    the network that the last one left, with which an optimiser starts anew, too: the network handed in has
    learnt the first task alone. It needs one replica axis.
    """
    (replicas,) = network.replicas
    for task in range(tasks):
        orders = generator.permuted(np.tile(np.arange(x.shape[1]), (replicas, 1)), axis=1)
        images = np.ascontiguousarray(x[:, orders].swapaxes(0, 1))
        if task:
            network = copy.deepcopy(network if between is None else between(network, images))
        run = {"epochs": epochs, "batch_size": batch_size, "generator": generator, "progress": False}
        fit(network, images, y, loss="softmax_cross_entropy", optimizer=optimizer, **run)
        reached = accuracy(network, images, y)
        network.forward(images)
        off = np.concatenate([dead_units(z) for z in network.pre_activations], axis=-1)
        yield Task(reached, off.mean(axis=-1))
