"""The adding problem: a task that can be solved only by remembering over many time steps."""

import numpy as np

from utils.losses import squared_error
from utils.networks import replica_axes
from utils.recurrent import clip

BASELINE = 1 / 6
"""The mean squared error of always answering 1: the variance of a sum of two uniform numbers, 2 / 12."""


def adding_problem(n, time, generator, *, replicas=()):
    """Draw sequences of numbers of which two are marked, and the sum of these two.

    Returns x (*replicas, n, time, 2) and y (*replicas, n, 1), float32. x[..., 0] are uniform numbers between
    0 and 1; x[..., 1] is 1 at one step of the first half and at one of the second half, else 0. The problem
    is of Hochreiter & Schmidhuber 1997; one mark in each half is a usual form of it.

    The best constant answer is the mean, 1, and its mean squared error the variance, 1/12 + 1/12 = 1/6: who
    does not beat BASELINE has learnt nothing of the task. Raises ValueError for a time below 2.
    """
    if time < 2:
        raise ValueError(f"time must be at least 2, for two marked steps, not {time}.")
    replicas = replica_axes(replicas)
    shape = (*replicas, n)
    x = np.zeros((*shape, time, 2), np.float32)
    x[..., 0] = generator.random((*shape, time), np.float32)
    half = time // 2
    for marked in (generator.integers(half, size=shape), generator.integers(half, time, size=shape)):
        np.put_along_axis(x[..., 1], marked[..., None], 1, axis=-1)
    return x, (x[..., 0] * x[..., 1]).sum(axis=-1, keepdims=True)


def train_to_add(network, optimizer, *, time, steps, batch_size, generator, max_norm=1.0):
    """Train on the adding problem, and yield the loss (*replicas,) of each step: stop asking, and it stops.

    Every step draws sequences that were never seen before, other ones for each replica: the loss of a step is
    a test. Gradients longer than max_norm are clipped to it.
    """
    for _ in range(steps):
        x, y = adding_problem(batch_size, time, generator, replicas=network.replicas)
        # A diverging replica is no error: its loss says so.
        with np.errstate(all="ignore"):
            loss, upstream = squared_error(network.forward(x), y)
            network.backward(upstream)
            clip(network.gradients, max_norm)
            optimizer.step(network.parameters, network.gradients)
        yield loss
