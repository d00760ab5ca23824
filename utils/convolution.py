"""Convolution along one axis, as a layer: the same few weights look at every stretch of the input.

A signal is (*replicas, n, length, channels): n samples, each with `length` positions, each with `channels`
values. `AsSequence` makes signals of rows of features, `Flatten` makes rows of features of signals.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from utils.activations import ACTIVATIONS
from utils.initializers import he
from utils.layers import Affine, Elementwise
from utils.networks import Network, named, replica_axes


class Convolution:
    """z = window @ weights + bias, for every window of the input: neighbouring positions, all channels.

    What is called a convolution in neural networks is the cross-correlation of mathematics: the weights are
    not mirrored. (Fukushima 1980, with the rectifier; trained by backpropagation: LeCun et al. 1989.)
    """

    def __init__(self, weights, bias, *, padding=0, stride=1):
        """Take weights (*replicas, kernel, channels_in, channels_out) and bias (*replicas, channels_out).

        padding: zeros that are put before and after the signal. stride: positions from window to window.
        Raises ValueError for a negative padding, or a stride below 1.
        """
        if padding < 0 or stride < 1:
            raise ValueError(f"padding must be 0 or more and stride 1 or more, not {padding} and {stride}.")
        self.parameters = [weights, bias]
        self.gradients = [np.zeros_like(weights), np.zeros_like(bias)]
        self.padding = padding
        self.stride = stride
        self.shape = None

    def forward(self, x):
        """Return z (*replicas, n, new_length, channels_out) for x (*replicas, n, length, channels_in), or (n,
        length, channels_in) shared.

        new_length = (length + 2 padding - kernel) // stride + 1. Raises ValueError where no window fits.
        """
        if x.shape != self.shape:
            self._allocate(x.shape)
        weights, bias = self.parameters
        *samples, length, channels = x.shape
        kernel = weights.shape[-3]
        self.padded[..., self.padding : self.padding + length, :] = x
        windows = sliding_window_view(self.padded, kernel, axis=-2)[..., :: self.stride, :, :]
        self.windows[...] = windows.swapaxes(-1, -2)  # (*samples, new_length, kernel, channels)
        self.rows = self.windows.reshape(*samples[:-1], -1, kernel * channels)
        z = self.rows @ _as_matrix(weights)
        z += bias[..., None, :]
        return z.reshape(*z.shape[:-2], samples[-1], -1, z.shape[-1])

    def backward(self, upstream, needs_input_gradient=True):
        """Fill both gradients from upstream = dL/dz, and return dL/dx, or None where nobody needs it.

        Every window is a row of one product, so the gradients of weights and bias are those of an affine
        layer. A position of x lies in several windows: its gradient is the sum of what comes from each.
        """
        weights, _ = self.parameters
        kernel, channels, _ = weights.shape[-3:]
        *samples, new_length, _ = upstream.shape
        upstream = upstream.reshape(*samples[:-1], -1, upstream.shape[-1])
        np.matmul(self.rows.swapaxes(-1, -2), upstream, out=_as_matrix(self.gradients[0]))
        np.sum(upstream, axis=-2, out=self.gradients[1])
        if not needs_input_gradient:
            return None
        by_window = upstream @ _as_matrix(weights).swapaxes(-1, -2)
        by_window = by_window.reshape(*samples, new_length, kernel, channels)
        padded_length, length = self.padded.shape[-2], self.shape[-2]
        padded_gradient = np.zeros((*samples, padded_length, channels), by_window.dtype)
        reach = self.stride * new_length
        for k in range(kernel):
            padded_gradient[..., k : k + reach : self.stride, :] += by_window[..., k, :]
        return padded_gradient[..., self.padding : self.padding + length, :]

    def _allocate(self, shape):
        """Make the padded input and its windows for an input of that shape."""
        weights, _ = self.parameters
        *samples, length, channels = shape
        kernel, channels_in, _ = weights.shape[-3:]
        padded_length = length + 2 * self.padding
        if channels != channels_in or padded_length < kernel:
            raise ValueError(
                f"The convolution takes signals of {channels_in} channels, and with the padding of at least "
                f"{kernel} positions, but x has shape {shape}."
            )
        self.shape = shape
        new_length = (padded_length - kernel) // self.stride + 1
        self.padded = np.zeros((*samples, padded_length, channels), weights.dtype)
        self.windows = np.empty((*samples, new_length, kernel, channels), weights.dtype)


def _as_matrix(weights):
    """View weights (*replicas, kernel, channels_in, channels_out) as matrices: a row for each value of a
    window.
    """
    return weights.reshape(*weights.shape[:-3], -1, weights.shape[-1])


class AsSequence:
    """Rows of features (..., n, length * channels) as signals (..., n, length, channels)."""

    parameters = gradients = ()

    def __init__(self, channels=1):
        """Take the number of channels; the length follows."""
        self.channels = channels

    def forward(self, x):
        """Return x as (..., n, length, channels): neighbouring features share a position."""
        return x.reshape(*x.shape[:-1], -1, self.channels)

    def backward(self, upstream):
        """Return upstream = dL/dy as rows (..., n, length * channels)."""
        return upstream.reshape(*upstream.shape[:-2], -1)


class Flatten:
    """Signals (..., n, length, channels) as rows of features (..., n, length * channels)."""

    parameters = gradients = ()

    def forward(self, x):
        """Return x as rows."""
        self.shape = x.shape[-2:]
        return x.reshape(*x.shape[:-2], -1)

    def backward(self, upstream):
        """Return upstream = dL/dy as signals."""
        return upstream.reshape(*upstream.shape[:-1], *self.shape)


def mnist1d_cnn(generator, *, activation="relu", channels=25, replicas=(), dtype=np.float32):
    """Return a `Network` for MNIST-1D: three convolutions, each with the activation, and an affine layer.

    It takes x (n, 40) and returns logits (*replicas, n, 10). Kernel 5, stride 2 and padding 1, as in the
    convolutional network of Greydanus & Kobak 2024, "Scaling down deep learning with MNIST-1D", shrink the
    signal from 40 positions to 19, 9 and 4. Weights are He's, biases 0.

    activation: a name in ACTIVATIONS, or an Activation; ValueError for an unknown name.
    """
    replicas = replica_axes(replicas)
    activation = named(activation, ACTIVATIONS, "activation")
    law = {"replicas": replicas, "dtype": dtype}
    layers = [AsSequence()]
    kernel, length, channels_in = 5, 40, 1
    for _ in range(3):
        weights = he(kernel * channels_in, channels, generator, **law)
        weights = weights.reshape(*replicas, kernel, channels_in, channels)
        bias = np.zeros((*replicas, channels), dtype)
        layers += [Convolution(weights, bias, padding=1, stride=2), Elementwise(activation)]
        length, channels_in = (length + 2 - kernel) // 2 + 1, channels
    layers.append(Flatten())
    weights = he(length * channels, 10, generator, **law)
    return Network.of([*layers, Affine(weights, np.zeros((*replicas, 10), dtype))], replicas=replicas)
