"""Layers with an explicit forward and backward pass.

A layer is any object with `forward(x)`, `backward(upstream)` and two lists of the same shapes: `parameters`
and `gradients`, each array of shape (*replicas, ...). Layers keep their arrays between calls of the same
shape, so that a training step allocates nothing: what a layer returns is overwritten by its next call.
"""

import numpy as np

from utils.aligned import aligned_empty


class Affine:
    """z = x @ weights + bias."""

    def __init__(self, weights, bias):
        """Take weights (*replicas, fan_in, fan_out) and bias (*replicas, fan_out)."""
        self.parameters = [weights, bias]
        self.gradients = [np.zeros(each.shape, each.dtype) for each in self.parameters]
        self.weights = self.n = None
        self.scratch = {}

    def forward(self, x):
        """Return z (*replicas, n, fan_out) for x (*replicas, n, fan_in), or (n, fan_in) shared."""
        if x.shape[-2] != self.n or self.parameters[0] is not self.weights:
            self._allocate(x.shape[-2])
        self.x = x = np.asarray(x, self.z.dtype)
        self.product(x, self.weights, out=self.z)
        return np.add(self.z, self.bias_row, out=self.z)

    def backward(self, upstream, needs_input_gradient=True):
        """Fill both gradients from upstream = dL/dz (*replicas, n, fan_out), and return dL/dx.

        z = x @ weights + bias, so dL/dweights = x^T @ upstream, dL/dbias = the sum of upstream over the
        samples, and dL/dx = upstream @ weights^T. The last product is skipped, and None returned, where
        nobody needs it.
        """
        upstream = np.asarray(upstream, self.z.dtype)
        self.product(self.x.swapaxes(-1, -2), upstream, out=self.weight_gradient)
        # A row of ones sums over the samples: several times faster than `upstream.sum(axis=-2)`.
        self.product(self.ones, upstream, out=self.bias_gradient_row)
        if not needs_input_gradient:
            return None
        return self.product(upstream, self.transposed_weights, out=self.x_gradient)

    def _allocate(self, n):
        """Make the arrays for n samples, and the views that every step needs."""
        self.n = n
        self.weights, bias = self.parameters
        self.weight_gradient, bias_gradient = self.gradients
        *replicas, fan_in, fan_out = self.weights.shape
        dtype = self.weights.dtype
        # Of two matrices of one dtype both give the same, but np.dot starts faster.
        self.product = np.matmul if replicas else np.dot
        self.z = aligned_empty((*replicas, n, fan_out), dtype)
        # Read before the next layer's backward pass writes it, so a network's layers may share it.
        shape = (*replicas, n, fan_in)
        self.x_gradient = self.scratch.setdefault(shape, aligned_empty(shape, dtype))
        self.ones = np.ones((1, n), dtype)
        self.bias_row = bias[..., None, :]
        self.bias_gradient_row = bias_gradient[..., None, :]
        self.transposed_weights = self.weights.swapaxes(-1, -2)


class Elementwise:
    """a = f(z), for an activation f."""

    parameters = gradients = ()

    def __init__(self, activation):
        """Take an `Activation`: its value and its derivative."""
        self.activation = activation
        self.z = None

    def forward(self, z):
        """Return f(z), of the same shape."""
        if self.z is None or z.shape != self.z.shape:
            self.a = aligned_empty(z.shape, z.dtype)
            self.z_gradient = aligned_empty(z.shape, z.dtype)
        self.z = z
        self.activation.value_into(z, self.a)
        return self.a

    def backward(self, upstream):
        """Return dL/dz = upstream * f'(z), where upstream = dL/da."""
        derivative = self.z_gradient
        self.activation.derivative_into(self.z, derivative)
        return np.multiply(upstream, derivative, out=self.z_gradient)
