"""Training: a loop that trains one network or all replicas of one at once."""

from dataclasses import dataclass

import numpy as np
from tqdm.auto import tqdm

from utils.aligned import aligned_empty
from utils.losses import LOSSES, cross_entropy_of_checked, softmax_cross_entropy

# No thread watches the bars: each epoch moves them, and Python in a browser has no threads.
tqdm.monitor_interval = 0


@dataclass(frozen=True)
class Epoch:
    """What one epoch of training gave: each value an array (*replicas,), or None where it does not apply."""

    number: int
    """1 after the first epoch."""
    loss: np.ndarray
    """The mean over the epoch's batches, each measured before its step: not the loss of the final parameters.
    """
    validation_loss: np.ndarray | None = None
    validation_accuracy: np.ndarray | None = None


@dataclass(frozen=True)
class History:
    """The epochs of a training, stacked: arrays of shape (epochs, *replicas), or None where it does not
    apply.
    """

    loss: np.ndarray
    validation_loss: np.ndarray | None = None
    validation_accuracy: np.ndarray | None = None


def train(network, x, y, *, loss, optimizer, epochs, batch_size, generator, validation=None):
    """Train the network, and yield an `Epoch` after each: stop asking, and the training stops there.

    x: (n, features), or (*replicas, n, features) for samples of each replica's own; (n, time, features)
        likewise where the network takes sequences. y: labels (n,) for softmax_cross_entropy, targets (n,
        outputs) for squared_error; with *replicas before, again each replica's own.
    loss: "softmax_cross_entropy" or "squared_error", or a function like them.
    optimizer: an SGD or Adam; trained further with the same optimizer, a network keeps its momentum.
    batch_size: samples a step; the last batch of an epoch may be smaller. None takes all samples in every
        step.
    generator: the numpy.random.Generator of the batches. Each replica meets the samples in an order of its
        own.
    validation: (x, y) to measure after each epoch, in evaluation mode: its loss, and with whole-number labels
        its accuracy.

    A diverging replica is no error: its loss becomes infinite or NaN, and stays NaN; the others train on.
    Raises ValueError, before the first step, where shapes, labels, names or numbers do not fit.
    """
    loss = _named_loss(loss)
    x, y = _checked(network, loss, x, y)
    if validation is not None:
        validation = _checked(network, loss, *validation)
    _demand(epochs >= 0, f"epochs must be at least 0, not {epochs}.")
    n = _count(network, x)
    batch_size = n if batch_size is None else batch_size
    _demand(batch_size >= 1, f"batch_size must be at least 1, not {batch_size}.")
    return _epochs(network, x, y, loss, optimizer, epochs, min(batch_size, n), generator, validation)


def _checked(network, loss, x, y):
    """Return x and y as arrays; raise ValueError where they, the network and the loss do not fit."""
    x, y = np.asarray(x, network.dtype), np.asarray(y)
    n = _count(network, x) if x.ndim > network.sample_axes else 0
    sample = "features" if network.sample_axes == 1 else "time, features"
    _demand(n > 0, f"x has shape {x.shape}, which holds no samples; give (n, {sample}).")
    with np.errstate(all="ignore"), network.evaluation():
        # One sample tells how many outputs there are.
        output = network.forward(x.take([0], axis=-1 - network.sample_axes))
        outputs = np.broadcast_to(output, (*network.replicas, n, output.shape[-1]))
        _, upstream = loss(outputs, y)
    given = np.shape(upstream)
    _demand(given == outputs.shape, f"The loss's gradient has shape {given}, but the output {outputs.shape}.")
    return x, y


def _epochs(network, x, y, loss, optimizer, epochs, batch_size, generator, validation):
    replicas, n = network.replicas, _count(network, x)
    loss_of_batch = cross_entropy_of_checked if loss is softmax_cross_entropy else loss
    shared = x.ndim == 1 + network.sample_axes
    x, x_start = _one_axis(x, () if shared else replicas, n)
    y, y_start = _one_axis(y, replicas, n)
    order = np.broadcast_to(np.arange(n), (*replicas, n))
    x_batch = aligned_empty((*replicas, batch_size, *x.shape[1:]), x.dtype)
    each_replica = (slice(None),) * len(replicas)
    for number in range(1, epochs + 1):
        order = generator.permuted(order, axis=-1)
        x_order, y_in_order = order + x_start, y[order + y_start]
        total = np.zeros(replicas)
        # A diverging network overflows in every step: its loss says so, once.
        with np.errstate(all="ignore"):
            for start in range(0, n, batch_size):
                batch = (*each_replica, slice(start, start + batch_size))
                size = min(batch_size, n - start)
                whole = x_batch if size == batch_size else None
                output = network.forward(x.take(x_order[batch], axis=0, out=whole, mode="clip"))
                value, upstream = loss_of_batch(output, y_in_order[batch])
                network.backward(upstream, needs_input_gradient=False)
                optimizer.step(network.parameters, network.gradients)
                total += value * size
            measured = _validate(network, loss, validation)
        yield Epoch(number, total / n, *measured)


def fit(
    network,
    x,
    y,
    *,
    loss,
    optimizer,
    epochs,
    batch_size,
    generator,
    validation=None,
    progress=True,
    callback=None,
):
    """Train to the end, with the arguments of `train`, and return a `History`.

    progress: show a bar when the training takes longer than a second.
    callback: called with each `Epoch`.
    """
    run = train(
        network,
        x,
        y,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        generator=generator,
        validation=validation,
    )
    done = []
    for epoch in tqdm(run, total=epochs, delay=1, disable=not progress, unit="epoch"):
        done.append(epoch)
        if callback is not None:
            callback(epoch)
    return History(
        np.array([epoch.loss for epoch in done]).reshape(-1, *network.replicas),
        _stack([epoch.validation_loss for epoch in done]),
        _stack([epoch.validation_accuracy for epoch in done]),
    )


def accuracy(network, x, labels):
    """Return the share of samples whose largest logit is at their label: (*replicas,), between 0 and 1.

    x: (n, features) or (*replicas, n, features); labels: (n,) or (*replicas, n). The network is measured in
    evaluation mode, by `Network.evaluate`.
    """
    return _share_right(network.evaluate(x), np.asarray(labels))


def _share_right(logits, labels):
    return (logits.argmax(axis=-1) == labels).mean(axis=-1)


def _validate(network, loss, validation):
    if validation is None:
        return None, None
    x, y = validation
    output = network.evaluate(x)
    value, _ = loss(output, y)
    return value, _share_right(output, y) if loss is softmax_cross_entropy else None


def _count(network, x):
    """The number of samples in x."""
    return x.shape[-1 - network.sample_axes]


def _one_axis(values, replicas, n):
    """Return all samples on one axis, and where each replica's own start: (*replicas, 1), or 0 if shared."""
    if not replicas or values.shape[: len(replicas) + 1] != (*replicas, n):
        return values, 0
    starts = np.arange(int(np.prod(replicas))).reshape(*replicas, 1) * n
    return values.reshape(-1, *values.shape[len(replicas) + 1 :]), starts


def _stack(values):
    return None if not values or values[0] is None else np.array(values)


def _named_loss(loss):
    if isinstance(loss, str):
        _demand(loss in LOSSES, f"There is no loss named {loss!r}; choose one of: {', '.join(LOSSES)}.")
        return LOSSES[loss]
    return loss


def _demand(condition, sentence):
    if not condition:
        raise ValueError(sentence)
