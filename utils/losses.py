"""What training makes small: each loss returns its value for each replica, and its gradient for the backward
pass.
"""

from types import MappingProxyType

import numpy as np


def softmax_cross_entropy(logits, labels):
    """Return the mean of -ln softmax(logits)[label] over the samples, and its gradient with respect to the
    logits.

    logits: (*replicas, n, classes). labels: whole numbers from 0 to classes - 1, (n,) or (*replicas, n).
    Returns (loss (*replicas,), upstream (*replicas, n, classes)). The gradient is (softmax - one_hot) / n.
    The largest logit is subtracted first, so that no exponential overflows; a NaN or +inf logit makes its
    replica's loss NaN, and -inf counts as probability 0 (loss inf where it is the label's). Raises
    ValueError where shapes do not fit or a label is out of range.
    """
    labels = np.asarray(labels)
    n, classes = logits.shape[-2:]
    if labels.dtype.kind not in "iu":
        raise ValueError(f"Labels must be whole numbers, not {labels.dtype}; use labels.astype(int).")
    if labels.shape not in ((n,), logits.shape[:-1]):
        raise ValueError(f"Labels of shape {labels.shape} do not fit logits of shape {logits.shape}.")
    if n == 0:
        raise ValueError("There are no samples: the loss of nothing is not defined.")
    # As unsigned numbers, negative labels are huge: one pass finds those too low and those too high.
    if labels.astype(np.int64, copy=False).view(np.uint64).max() >= classes:
        raise ValueError(
            f"Labels must lie in 0..{classes - 1}, but run from {labels.min()} to {labels.max()}."
        )
    return cross_entropy_of_checked(logits, labels)


def cross_entropy_of_checked(logits, labels):
    """Return what `softmax_cross_entropy` does for labels that it has accepted before, without its checks."""
    n, classes = logits.shape[-2:]
    # Classes first: the reductions over classes then run along whole rows of samples.
    scores = np.ascontiguousarray(logits.reshape(-1, classes).T)
    samples = scores.shape[1]
    flat = scores.reshape(-1)
    at_label = labels.astype(np.intp, copy=False) * samples + np.arange(samples).reshape(logits.shape[:-1])
    scores -= np.maximum.reduce(scores, axis=0)
    losses = -flat[at_label]
    np.exp(scores, out=scores)
    total = np.add.reduce(scores, axis=0)
    losses += np.log(total).reshape(losses.shape)
    loss = np.add.reduce(losses, axis=-1) / n
    scores /= total
    flat[at_label] -= 1
    scores /= n
    return loss, np.ascontiguousarray(scores.T).reshape(logits.shape)


def squared_error(output, target):
    """Return the mean of (output - target)**2 over samples *and* outputs, and its gradient.

    output: (*replicas, n, outputs). target: (n, outputs) or (*replicas, n, outputs).
    Returns (loss (*replicas,), upstream (*replicas, n, outputs)). There is no factor 1/2: the gradient is
    2 (output - target) / (n outputs), as in PyTorch's `mse_loss`. Raises ValueError where shapes do not fit.
    """
    target = np.asarray(target)
    if target.shape not in (output.shape[-2:], output.shape):
        raise ValueError(f"Targets of shape {target.shape} do not fit an output of shape {output.shape}.")
    if output.shape[-2] == 0:
        raise ValueError("There are no samples: the loss of nothing is not defined.")
    upstream = output - target.astype(output.dtype, copy=False)
    loss = np.square(upstream).mean(axis=(-2, -1))
    upstream *= 2 / (output.shape[-2] * output.shape[-1])
    return loss, upstream


LOSSES = MappingProxyType({"softmax_cross_entropy": softmax_cross_entropy, "squared_error": squared_error})
