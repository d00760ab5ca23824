"""Self-attention, and the block around it of which transformers are built: Vaswani et al. 2017, "Attention Is
All You Need"; with the normalisation before each part, as in Xiong et al. 2020.

A sample is a few tokens, each a vector. The tokens of all samples are the rows (*replicas, n * tokens, width)
of one array: every layer treats each row by itself, as it would a sample, and only `Attention` lets the
tokens of a sample see each other.
"""

import numpy as np

from utils.activations import ACTIVATIONS
from utils.gated import GATES, GatedUnit
from utils.initializers import he, lecun
from utils.layers import Affine, Elementwise
from utils.networks import Network, named, replica_axes


class Attention:
    """Each token asks all tokens of its sample (query against keys), and gets a mean of their values.

    Q, K, V = x @ W_Q, x @ W_K, x @ W_V; share = softmax(Q K^T / sqrt(width)); y = share V @ W_O: one head.
    """

    def __init__(self, query, key, value, output, *, tokens):
        """Take W_Q, W_K, W_V and W_O, each (*replicas, width, width), and the tokens in a sample."""
        self.parameters = [query, key, value, output]
        self.gradients = [np.zeros_like(each) for each in self.parameters]
        self.tokens = tokens

    def forward(self, x):
        """Return y for x, both (*replicas, n * tokens, width).

        share (*replicas, n, tokens, tokens) is kept: the weight of each token (last axis) for each that asks;
        every row sums to 1. A NaN in a token makes all tokens of its sample NaN.
        """
        self.x = x
        query, key, value, output = self.parameters
        self.query, self.key, self.value = (self._by_sample(x @ each) for each in (query, key, value))
        scores = self.query @ self.key.swapaxes(-1, -2) * x.shape[-1] ** -0.5
        scores -= scores.max(axis=-1, keepdims=True)  # changes no share, and no exponential overflows
        self.share = np.exp(scores)
        self.share /= self.share @ _ones(self.tokens, x.dtype)
        self.mixed = _as_rows(self.share @ self.value)
        return self.mixed @ output

    def backward(self, upstream):
        """Fill the four gradients from upstream = dL/dy, and return dL/dx, of the same shape.

        Softmax: dL/dscore = share * (dL/dshare - the mean of dL/dshare, weighted by the shares). x went three
        ways, so that three gradients come back and are added.
        """
        query, key, value, output = self.parameters
        mixed_gradient = self._by_sample(upstream @ output.swapaxes(-1, -2))
        share_gradient = mixed_gradient @ self.value.swapaxes(-1, -2)
        mean = (share_gradient * self.share) @ _ones(self.tokens, upstream.dtype)
        score_gradient = self.share * (share_gradient - mean) * self.x.shape[-1] ** -0.5
        gradients = [
            score_gradient @ self.key,  # dL/dQ
            score_gradient.swapaxes(-1, -2) @ self.query,  # dL/dK
            self.share.swapaxes(-1, -2) @ mixed_gradient,  # dL/dV
        ]
        x_gradient = np.zeros_like(upstream)
        for weights, gradient, into in zip((query, key, value), gradients, self.gradients[:3], strict=True):
            rows = _as_rows(gradient)
            np.matmul(self.x.swapaxes(-1, -2), rows, out=into)
            x_gradient += rows @ weights.swapaxes(-1, -2)
        np.matmul(self.mixed.swapaxes(-1, -2), upstream, out=self.gradients[3])
        return x_gradient

    def _by_sample(self, rows):
        return rows.reshape(*rows.shape[:-2], -1, self.tokens, rows.shape[-1])


def _ones(count, dtype):
    """A column of ones: `rows @ ones` adds up each row, several times faster than `sum` for short rows."""
    return np.ones((count, 1), dtype)


def _as_rows(by_sample):
    return by_sample.reshape(*by_sample.shape[:-3], -1, by_sample.shape[-1])


class LayerNorm:
    """y = gamma (x - mean) / deviation + beta, with the mean and deviation of each row over its own features.

    Ba, Kiros & Hinton 2016. Unlike batch norm, it knows no batch: training and evaluation are the same.
    """

    def __init__(self, gamma, beta, *, epsilon=1e-5):
        """Take gamma and beta (*replicas, width); deviation = sqrt(variance + epsilon)."""
        self.parameters = [gamma, beta]
        self.gradients = [np.zeros_like(gamma), np.zeros_like(beta)]
        self.epsilon = epsilon

    def forward(self, x):
        """Return y for x, both (*replicas, rows, width). NaN makes its row NaN; a constant row gives beta."""
        gamma, beta = (each[..., None, :] for each in self.parameters)
        width = x.shape[-1]
        self.mean = _ones(width, x.dtype) / width  # x @ mean is the mean of each row
        self.normalised = x - x @ self.mean
        self.deviation = np.sqrt(np.square(self.normalised) @ self.mean + self.epsilon)
        self.normalised /= self.deviation
        y = self.normalised * gamma
        y += beta
        return y

    def backward(self, upstream):
        """Fill both gradients from upstream = dL/dy, and return dL/dx, of the same shape.

        Each feature also moves the mean and the deviation of its row, which takes two terms away, as in batch
        norm (`utils.batch_norm`).
        """
        gamma, _ = self.parameters
        np.einsum("...rw,...rw->...w", upstream, self.normalised, out=self.gradients[0])
        np.einsum("...rw->...w", upstream, out=self.gradients[1])
        change = upstream * gamma[..., None, :]
        along = (change * self.normalised) @ self.mean
        change -= change @ self.mean
        change -= self.normalised * along
        change /= self.deviation
        return change


class Residual:
    """y = x + branch(x), for a branch of a few layers: the gradient has a way around it (He et al. 2016)."""

    parameters = gradients = ()

    def __init__(self, branch):
        """Take the layers of the branch; they return the shape that they are given."""
        self.layers = branch

    def forward(self, x):
        """Return x + branch(x)."""
        y = x
        for layer in self.layers:
            y = layer.forward(y)
        return x + y

    def backward(self, upstream):
        """Return dL/dx = upstream + what comes back through the branch, whose gradients it fills."""
        gradient = upstream
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return upstream + gradient


class AsTokens:
    """Samples (..., n, tokens * width) as rows of tokens (..., n * tokens, width)."""

    parameters = gradients = ()

    def __init__(self, width):
        """Take the width of a token: that many neighbouring features."""
        self.width = width

    def forward(self, x):
        """Return the rows."""
        self.features = x.shape[-1]
        return x.reshape(*x.shape[:-2], -1, self.width)

    def backward(self, upstream):
        """Return upstream = dL/drows as samples."""
        return upstream.reshape(*upstream.shape[:-2], -1, self.features)


class Positions:
    """y = x + position: a learned vector for each place in the sample, without which attention cannot tell
    one place from another.
    """

    def __init__(self, position):
        """Take the vectors (*replicas, tokens, width)."""
        self.parameters = [position]
        self.gradients = [np.zeros_like(position)]

    def forward(self, x):
        """Return y for x, both (*replicas, n * tokens, width)."""
        (position,) = self.parameters
        by_sample = x.reshape(*x.shape[:-2], -1, *position.shape[-2:])
        return _as_rows(by_sample + position[..., None, :, :])

    def backward(self, upstream):
        """Fill the gradient, the sum of upstream over the samples, and return dL/dx = upstream."""
        by_sample = upstream.reshape(*upstream.shape[:-2], -1, *self.parameters[0].shape[-2:])
        np.sum(by_sample, axis=-3, out=self.gradients[0])
        return upstream


class MeanOverTokens:
    """The mean of each sample's tokens: (..., n * tokens, width) to (..., n, width)."""

    parameters = gradients = ()

    def __init__(self, tokens):
        """Take the number of tokens of a sample."""
        self.tokens = tokens

    def forward(self, x):
        """Return the means."""
        return x.reshape(*x.shape[:-2], -1, self.tokens, x.shape[-1]).mean(axis=-2)

    def backward(self, upstream):
        """Return dL/dx: each token of a sample gets the same share of upstream."""
        return np.repeat(upstream / self.tokens, self.tokens, axis=-2)


def feed_forward(kind, width, hidden, generator, *, replicas=(), dtype=np.float32):
    """Return the layers of a feed-forward part: up to hidden units, the activation, and down to width again.

    kind: a name in ACTIVATIONS, such as "relu" or "gelu", or a gated unit such as "swiglu" (`utils.gated`),
        which has two matrices on the way up: it gets fewer units, so that the number of parameters is the
        same, (2 width + 1) hidden + width, up to rounding (Shazeer 2020 takes two thirds). ValueError for
        another name.
    Weights: on the way up He's, on the way down LeCun's; biases 0.
    """
    law = {"replicas": replicas, "dtype": dtype}
    if kind in GATES:
        hidden = round(hidden * (2 * width + 1) / (3 * width + 2))
    up = he(width, hidden, generator, **law), np.zeros((*replicas, hidden), dtype)
    if kind in GATES:
        value = lecun(width, hidden, generator, **law), np.zeros((*replicas, hidden), dtype)
        layers = [GatedUnit(*up, *value, kind)]
    else:
        layers = [Affine(*up), Elementwise(named(kind, ACTIVATIONS, "activation"))]
    down = lecun(hidden, width, generator, **law)
    return [*layers, Affine(down, np.zeros((*replicas, width), dtype))]


def block(kind, width, hidden, tokens, generator, *, replicas=(), dtype=np.float32):
    """Return the two layers of a block: x + attention(norm(x)), and x + feed_forward(norm(x))."""
    law = {"replicas": replicas, "dtype": dtype}
    weights = [lecun(width, width, generator, **law) for _ in range(4)]
    return [
        Residual([_norm(width, **law), Attention(*weights, tokens=tokens)]),
        Residual([_norm(width, **law), *feed_forward(kind, width, hidden, generator, **law)]),
    ]


def _norm(width, replicas, dtype):
    return LayerNorm(np.ones((*replicas, width), dtype), np.zeros((*replicas, width), dtype))


def mnist1d_transformer(
    generator, *, kind="relu", width=12, hidden=32, token_width=8, replicas=(), dtype=np.float32
):
    """Return a `Network` for MNIST-1D: x (n, 40) is cut into tokens, and logits (*replicas, n, 10) come out.

    Tokens of token_width values go through an affine layer to `width`, get their position, pass one block,
    and are normalised and averaged for an affine read-out. kind: the feed-forward part (see `feed_forward`).
    Raises ValueError for an unknown kind, and where tokens of that width do not fill the 40 values.
    """
    if 40 % token_width:
        raise ValueError(f"Tokens of {token_width} values do not fill 40 values: choose a divisor of 40.")
    replicas = replica_axes(replicas)
    law = {"replicas": replicas, "dtype": dtype}
    tokens = 40 // token_width
    embedding = Affine(lecun(token_width, width, generator, **law), np.zeros((*replicas, width), dtype))
    layers = [AsTokens(token_width), embedding, Positions(lecun(tokens, width, generator, **law))]
    layers += block(kind, width, hidden, tokens, generator, **law)
    layers += [_norm(width, **law), MeanOverTokens(tokens)]
    read_out = Affine(lecun(width, 10, generator, **law), np.zeros((*replicas, 10), dtype))
    return Network.of([*layers, read_out], replicas=replicas)
