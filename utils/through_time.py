"""Layers that read a sequence step by step, with the same weights at every step, and return their last state.

The state h_t is what they remember after t of the T time steps; h_0 = 0. The backward pass walks the steps in
reverse (backpropagation through time: Werbos 1990), and keeps dL/dh_t for every t.

Inside, time comes first and samples are columns: array[t], of step t, is (*replicas, rows, n), so that the
rows of each gate of an LSTM are one block of memory.
"""

import math

import numpy as np

from utils.aligned import aligned_zeros


class ThroughTime:
    """What the layers share: each step, z_t = x_t @ W + h_(t-1) @ U + b is one product, weights @ columns[t].

    A column of columns[t] is what the step reads of a sample: h_(t-1), x_t, and a 1 for the bias. The weights
    have U, W and b side by side, transposed, and below each other those of the gates, if there are several.
    """

    sample_axes = 2
    gates = ()  # the parameters' axis of gates: none, or (4,)

    def __init__(self, input_weights, recurrent_weights, bias):
        """Take W (*replicas, *gates, features, units), U (*replicas, *gates, units, units), and b (*replicas,
        *gates, units).
        """
        self.parameters = [input_weights, recurrent_weights, bias]
        self.gradients = [np.zeros_like(each) for each in self.parameters]
        self.units = bias.shape[-1]
        self.shape = None

    @property
    def states(self):
        """h_0 to h_T of the last forward pass: a view (time + 1, *replicas, units, n)."""
        return self.columns[..., : self.units, :]

    @property
    def state_gradients(self):
        """dL/dh_0 to dL/dh_T of the last backward pass: a view (time + 1, *replicas, units, n)."""
        return self.column_gradients[..., : self.units, :]

    def _read(self, x):
        """Write what the steps read: the weights, and x, which may be shared by the replicas."""
        if x.shape[-3:] != self.shape:
            self._allocate(*x.shape[-3:])
        for part, values in zip(self._parts(self.weights), self.parameters, strict=True):
            part[...] = values
        x = np.broadcast_to(x, (*self.columns.shape[1:-2], *self.shape))
        self.columns[:-1, ..., self.units : -1, :] = np.moveaxis(x, -2, 0).swapaxes(-1, -2)

    def _allocate(self, n, time, features):
        """Make the arrays for n sequences of that many steps."""
        self.shape = n, time, features
        bias = self.parameters[2]
        replicas = bias.shape[: bias.ndim - 1 - len(self.gates)]
        rows, height = math.prod(self.gates) * self.units, self.units + features + 1
        self.weights, self.weight_gradients = aligned_zeros((2, *replicas, rows, height), bias.dtype)
        self.columns, self.column_gradients = aligned_zeros((2, time + 1, *replicas, height, n), bias.dtype)
        self.columns[..., -1, :] = 1
        self.z, self.z_gradients = aligned_zeros((2, time, *replicas, rows, n), bias.dtype)

    def _parts(self, weights):
        """View W, U and b, as the parameters are laid out, in the weights of a step or their gradients."""
        by_gate = weights.reshape(*self.parameters[2].shape, -1).swapaxes(-1, -2)
        return by_gate[..., self.units : -1, :], by_gate[..., : self.units, :], by_gate[..., -1, :]

    def _gather(self):
        """Fill the gradients from dL/dz_t and the columns, and return dL/dx (*replicas, n, time, features).

        The weights are the same at every step, so that their gradients are sums over the steps as well as
        over the samples: one product.
        """
        z_gradients, columns = _steps_side_by_side(self.z_gradients), _steps_side_by_side(self.columns[:-1])
        np.matmul(z_gradients, columns.swapaxes(-1, -2), out=self.weight_gradients)
        for gradient, part in zip(self.gradients, self._parts(self.weight_gradients), strict=True):
            gradient[...] = part
        return np.moveaxis(self.column_gradients[:-1, ..., self.units : -1, :].swapaxes(-1, -2), 0, -2)


def _steps_side_by_side(array):
    """Return (time, *replicas, rows, n) as (*replicas, rows, time * n)."""
    by_row = np.moveaxis(array, 0, -2)
    return by_row.reshape(*by_row.shape[:-2], -1)


class RecurrentLayer(ThroughTime):
    """h_t = f(z_t) with z_t = x_t @ W + h_(t-1) @ U + b, for an activation f."""

    def __init__(self, input_weights, recurrent_weights, bias, activation):
        """Take the parameters as `ThroughTime` does, and an `Activation`."""
        super().__init__(input_weights, recurrent_weights, bias)
        self.activation = activation

    def forward(self, x):
        """Return h_T (*replicas, n, units) for x (*replicas, n, time, features), or (n, time, features)
        shared.
        """
        self._read(x)
        states = self.states
        for t, z in enumerate(self.z):
            np.matmul(self.weights, self.columns[t], out=z)
            self.activation.value_into(z, states[t + 1])
        return states[-1].swapaxes(-1, -2)

    def backward(self, upstream):
        """Fill the gradients from upstream = dL/dh_T (*replicas, n, units), and return dL/dx.

        From the last step to the first: dL/dz_t = dL/dh_t * f'(z_t), and dL/dh_(t-1) = dL/dz_t @ U^T.
        """
        self.activation.derivative_into(self.z, self.z_gradients)
        transposed, state_gradients = self.weights.swapaxes(-1, -2), self.state_gradients
        state_gradients[-1] = upstream.swapaxes(-1, -2)
        for t in reversed(range(len(self.z))):
            self.z_gradients[t] *= state_gradients[t + 1]
            np.matmul(transposed, self.z_gradients[t], out=self.column_gradients[t])
        return self._gather()


class LSTMLayer(ThroughTime):
    """Long short-term memory: a cell c_t that is kept, written and read through gates between 0 and 1.

    c_t = forget * c_(t-1) + write * candidate and h_t = read * tanh(c_t). The gates are sigmoids and the
    candidate is a tanh, each of a z_t = x_t @ W + h_(t-1) @ U + b of its own: Hochreiter & Schmidhuber 1997;
    the forget gate is of Gers, Schmidhuber & Cummins 2000.

    An axis of 4 holds read, write, forget and candidate, in this order.
    """

    gates = (4,)

    def forward(self, x):
        """Return h_T (*replicas, n, units) for x (*replicas, n, time, features), or (n, time, features)
        shared.
        """
        self._read(x)
        shares = slice(3 * self.units)
        # sigmoid(z) = (1 + tanh(z / 2)) / 2, so that one call of tanh is enough for all four. Unlike the
        # activation, a gate that is nearly shut becomes 0: at z < -17 in float32, instead of 1e-8 or less.
        weights = self.weights.copy()
        weights[..., shares, :] *= 0.5
        cell = np.zeros_like(self.states[0])
        arrays = self.columns[:-1], self.z, self.z[..., shares, :], self._gates(self.z)
        arrays += self.written, self.held, self.readings, self.states[1:]
        for column, z, share, gates, written, held, reading, state in zip(*arrays, strict=True):
            np.matmul(weights, column, out=z)
            np.tanh(z, out=z)
            share *= 0.5
            share += 0.5
            read, write, forget, candidate = gates
            np.multiply(write, candidate, out=written)
            np.multiply(forget, cell, out=held)
            np.add(written, held, out=cell)
            np.tanh(cell, out=reading)
            np.multiply(read, reading, out=state)
        return self.states[-1].swapaxes(-1, -2)

    def backward(self, upstream):
        """Fill the gradients from upstream = dL/dh_T (*replicas, n, units), and return dL/dx.

        dL/dc_(t-1) = dL/dc_t * forget, and what comes through h_(t-1) besides: along the cell there is no
        weight and no slope to shrink the gradient, as long as the forget gate is open.
        """
        read, write, forget, candidate = np.moveaxis(self._gates(self.z), 1, 0)
        # The derivatives for all steps at once: of h_t by z of the read gate, of c_t by the other three z,
        # and of h_t by c_t. sigmoid' = sigmoid (1 - sigmoid), where h_t, written and held have the first
        # factor already; tanh' = 1 - tanh^2.
        by_gate = self._gates(self.z_gradients)
        by_read, by_write, by_forget, by_candidate = np.moveaxis(by_gate, 1, 0)
        np.subtract(1, self.z[..., : 3 * self.units, :], out=self.z_gradients[..., : 3 * self.units, :])
        by_read *= self.states[1:]
        by_write *= self.written
        by_forget *= self.held
        np.multiply(self.written, candidate, out=by_candidate)
        np.subtract(write, by_candidate, out=by_candidate)
        by_cell = self.states[1:] * self.readings
        np.subtract(read, by_cell, out=by_cell)

        state_gradients, transposed = self.state_gradients, self.weights.swapaxes(-1, -2)
        state_gradients[-1] = upstream.swapaxes(-1, -2)
        cell_gradient = np.zeros_like(state_gradients[0])
        arrays = self.z_gradients, by_read, by_gate[:, 1:], by_cell, forget
        arrays += state_gradients[1:], self.column_gradients[:-1]
        steps = zip(*(array[::-1] for array in arrays), strict=True)
        for z_gradient, own, others, slope, share, state_gradient, column_gradient in steps:
            slope *= state_gradient
            cell_gradient += slope
            own *= state_gradient
            others *= cell_gradient
            np.matmul(transposed, z_gradient, out=column_gradient)
            cell_gradient *= share
        return self._gather()

    def _allocate(self, n, time, features):
        super()._allocate(n, time, features)
        # What is written into the cell, what of it is held, and what there is to read.
        self.written, self.held, self.readings = aligned_zeros((3, *self.states[1:].shape), self.z.dtype)

    def _gates(self, array):
        """View (time, *replicas, 4 * units, n) as (time, 4, *replicas, units, n)."""
        by_gate = array.reshape(*array.shape[:-2], 4, self.units, array.shape[-1])
        return np.moveaxis(by_gate, -3, 1)
