"""Recurrent networks: they read a sequence step by step, with the same weights at every step, and answer at
its end.

The state h_t is what they remember after t of the T time steps; h_0 = 0. The backward pass walks the steps in
reverse (backpropagation through time: Werbos 1990), and keeps dL/dh_t for every t.

Within a layer, arrays are (*replicas, time, n, units): the rows of all steps lie one after the other, and
what does not depend on the step before, such as the product of inputs and weights, is one operation for all.
"""

import numpy as np

from utils.activations import ACTIVATIONS
from utils.initializers import INITIALIZERS, lecun, xavier
from utils.layers import Affine
from utils.networks import Network, named, replica_axes

SIGMOID = ACTIVATIONS["sigmoid"]


class RecurrentLayer:
    """h_t = f(z_t) with z_t = x_t @ W + h_(t-1) @ U + b: takes a sequence, and returns its last state h_T."""

    sample_axes = 2

    def __init__(self, input_weights, recurrent_weights, bias, activation):
        """Take W (*replicas, features, units), U (*replicas, units, units), b (*replicas, units) and an
        `Activation`.
        """
        self.parameters = [input_weights, recurrent_weights, bias]
        self.gradients = [np.zeros_like(each) for each in self.parameters]
        self.activation = activation
        self.shape = None

    def forward(self, x):
        """Return h_T (*replicas, n, units) for x (*replicas, n, time, features), or (n, time, features)
        shared.
        """
        input_weights, recurrent_weights, bias = self.parameters
        self._allocate(*x.shape[-3:-1])
        self.x = _time_first(x)
        np.matmul(self.x, input_weights, out=_rows(self.z))
        self.z += bias[..., None, None, :]
        states = _steps(self.states)
        for t, z in enumerate(_steps(self.z)):
            z += np.matmul(states[t], recurrent_weights, out=self.product)
            self.activation.value_into(z, states[t + 1])
        return states[-1]

    def backward(self, upstream):
        """Fill the gradients from upstream = dL/dh_T (*replicas, n, units), and return dL/dx.

        From the last step to the first: dL/dz_t = dL/dh_t * f'(z_t), and dL/dh_(t-1) = dL/dz_t @ U^T. The
        weights are the same at every step, so that their gradients are sums over the steps as well as over
        the samples.
        """
        input_weights, recurrent_weights, _ = self.parameters
        self.activation.derivative_into(self.z, self.z_gradient)
        z_gradients, state_gradients = _steps(self.z_gradient), _steps(self.state_gradient)
        state_gradients[-1][...] = upstream
        for t in reversed(range(len(z_gradients))):
            z_gradients[t] *= state_gradients[t + 1]
            np.matmul(z_gradients[t], recurrent_weights.swapaxes(-1, -2), out=state_gradients[t])

        delta = _rows(self.z_gradient)
        input_gradient, recurrent_gradient, bias_gradient = self.gradients
        np.matmul(self.x.swapaxes(-1, -2), delta, out=input_gradient)
        np.matmul(_rows(self.states[..., :-1, :, :]).swapaxes(-1, -2), delta, out=recurrent_gradient)
        np.sum(delta, axis=-2, out=bias_gradient)
        return _samples_first(delta @ input_weights.swapaxes(-1, -2), self.shape)

    def _allocate(self, n, time):
        """Make the arrays for n sequences of that many steps, unless those of the last call fit."""
        if self.shape == (n, time):
            return
        self.shape = n, time
        _, weights, _ = self.parameters
        *replicas, _, units = weights.shape
        self.z, self.z_gradient = np.zeros((2, *replicas, time, n, units), weights.dtype)
        self.states, self.state_gradient = np.zeros((2, *replicas, time + 1, n, units), weights.dtype)
        self.product = np.zeros((*replicas, n, units), weights.dtype)


class LSTMLayer:
    """Long short-term memory: a cell c_t that is kept, written and read through gates between 0 and 1.

    c_t = forget * c_(t-1) + write * candidate and h_t = read * tanh(c_t). The gates are sigmoids and the
    candidate is a tanh, each of a z_t = x_t @ W + h_(t-1) @ U + b of its own: Hochreiter & Schmidhuber 1997;
    the forget gate is of Gers, Schmidhuber & Cummins 2000. Returns the last state h_T.

    An axis of 4 holds read, write, forget and candidate, in this order.
    """

    sample_axes = 2

    def __init__(self, input_weights, recurrent_weights, bias):
        """Take W (*replicas, 4, features, units), U (*replicas, 4, units, units), b (*replicas, 4, units)."""
        self.parameters = [input_weights, recurrent_weights, bias]
        self.gradients = [np.zeros_like(each) for each in self.parameters]
        self.shape = None

    def forward(self, x):
        """Return h_T (*replicas, n, units) for x (*replicas, n, time, features), or (n, time, features)
        shared.
        """
        input_weights, recurrent_weights, bias = self.parameters
        self._allocate(*x.shape[-3:-1])
        self.x = _time_first(x)[..., None, :, :]
        np.matmul(self.x, input_weights, out=_rows(self.gates))
        self.gates += bias[..., None, None, :]
        states, cells, readings = _steps(self.states), _steps(self.cells), _steps(self.readings)
        for t, gates in enumerate(_steps(self.gates)):
            gates += np.matmul(states[t][..., None, :, :], recurrent_weights, out=self.product)
            SIGMOID.value_into(gates[..., :3, :, :], gates[..., :3, :, :])
            np.tanh(gates[..., 3, :, :], out=gates[..., 3, :, :])
            read, write, forget, candidate = np.moveaxis(gates, -3, 0)
            np.multiply(forget, cells[t], out=cells[t + 1])
            cells[t + 1] += np.multiply(write, candidate, out=states[t + 1])
            np.tanh(cells[t + 1], out=readings[t])
            np.multiply(read, readings[t], out=states[t + 1])
        return states[-1]

    def backward(self, upstream):
        """Fill the gradients from upstream = dL/dh_T (*replicas, n, units), and return dL/dx.

        dL/dc_(t-1) = dL/dc_t * forget, and what comes through h_(t-1) besides: along the cell there is no
        weight and no slope to shrink the gradient, as long as the forget gate is open.
        """
        input_weights, recurrent_weights, _ = self.parameters
        read, write, forget, candidate = np.moveaxis(self.gates, -4, 0)
        # The derivatives for all steps at once: of h_t by z of the read gate, of c_t by the other three z,
        # and of h_t by c_t. sigmoid' = sigmoid (1 - sigmoid), tanh' = 1 - tanh^2.
        slopes = np.moveaxis(self.z_gradient, -4, 0)
        slopes[0] = self.readings * read * (1 - read)
        slopes[1] = candidate * write * (1 - write)
        slopes[2] = self.cells[..., :-1, :, :] * forget * (1 - forget)
        slopes[3] = write * (1 - candidate**2)
        through_cell = _steps(read * (1 - self.readings**2))

        z_gradients, state_gradients = _steps(self.z_gradient), _steps(self.state_gradient)
        forget = _steps(forget)
        state_gradients[-1][...] = upstream
        cell_gradient = np.zeros_like(state_gradients[-1])
        for t in reversed(range(len(forget))):
            cell_gradient += state_gradients[t + 1] * through_cell[t]
            z_gradients[t][..., 0, :, :] *= state_gradients[t + 1]
            z_gradients[t][..., 1:, :, :] *= cell_gradient[..., None, :, :]
            np.matmul(z_gradients[t], recurrent_weights.swapaxes(-1, -2), out=self.product)
            np.add(self.product[..., 0, :, :], self.product[..., 1, :, :], out=state_gradients[t])
            state_gradients[t] += self.product[..., 2, :, :]
            state_gradients[t] += self.product[..., 3, :, :]
            cell_gradient *= forget[t]

        delta = _rows(self.z_gradient)
        input_gradient, recurrent_gradient, bias_gradient = self.gradients
        before = _rows(self.states[..., :-1, :, :])[..., None, :, :]
        np.matmul(self.x.swapaxes(-1, -2), delta, out=input_gradient)
        np.matmul(before.swapaxes(-1, -2), delta, out=recurrent_gradient)
        np.sum(delta, axis=-2, out=bias_gradient)
        return _samples_first((delta @ input_weights.swapaxes(-1, -2)).sum(axis=-3), self.shape)

    def _allocate(self, n, time):
        """Make the arrays for n sequences of that many steps, unless those of the last call fit."""
        if self.shape == (n, time):
            return
        self.shape = n, time
        _, weights, _ = self.parameters
        *replicas, _, _, units = weights.shape
        self.gates, self.z_gradient = np.zeros((2, *replicas, 4, time, n, units), weights.dtype)
        self.states, self.cells, self.state_gradient = np.zeros(
            (3, *replicas, time + 1, n, units), weights.dtype
        )
        self.readings = np.zeros((*replicas, time, n, units), weights.dtype)
        self.product = np.zeros((*replicas, 4, n, units), weights.dtype)


def _steps(array):
    """View (..., time, n, units) with the time first, so that array[t] is step t of all replicas."""
    return np.moveaxis(array, -3, 0)


def _rows(array):
    """View (..., time, n, units) as (..., time * n, units)."""
    return array.reshape(*array.shape[:-3], -1, array.shape[-1])


def _time_first(x):
    """Return x (..., n, time, features) as rows (..., time * n, features)."""
    return _rows(np.ascontiguousarray(x.swapaxes(-2, -3)))


def _samples_first(rows, shape):
    """Undo `_time_first`, for shape = (n, time)."""
    n, time = shape
    return rows.reshape(*rows.shape[:-2], time, n, rows.shape[-1]).swapaxes(-2, -3)


class _Reader(Network):
    """A recurrent layer and an affine read-out of its last state."""

    def __init__(self, layer, units, outputs, generator, replicas, dtype):
        weights = lecun(units, outputs, generator, replicas=replicas, dtype=dtype)
        self._adopt([layer, Affine(weights, np.zeros((*replicas, outputs), dtype))], replicas)

    @property
    def input_weights(self):
        """W: a view, as are the next two."""
        return self.layers[0].parameters[0]

    @property
    def recurrent_weights(self):
        return self.layers[0].parameters[1]

    @property
    def recurrent_bias(self):
        return self.layers[0].parameters[2]

    @property
    def states(self):
        """h_t of the last forward pass, from h_0 to h_T: a copy (time + 1, *replicas, n, units)."""
        return _steps(self.layers[0].states).copy()

    @property
    def state_gradient_norms(self):
        """The length of dL/dh_t in the last backward pass, over the samples and units together, from h_0 to
        h_T: (time + 1, *replicas) in float64.
        """
        squares = np.square(_steps(self.layers[0].state_gradient), dtype=np.float64)
        return np.sqrt(squares.sum(axis=(-2, -1)))


class Recurrent(_Reader):
    """A recurrent layer, h_t = f(x_t @ W + h_(t-1) @ U + b), with an affine read-out of its last state.

    A `Network` whose samples are sequences: forward takes x (n, time, features), the same for every replica,
    or (*replicas, n, time, features), of any n and time, and returns (*replicas, n, outputs).
    """

    def __init__(
        self,
        features,
        units,
        outputs,
        *,
        generator,
        activation="tanh",
        initializer="xavier",
        replicas=(),
        dtype=np.float32,
    ):
        """Draw the weights; biases are 0.

        activation: a name in ACTIVATIONS, or an Activation.
        initializer: of U, a name in INITIALIZERS, or a function with their signature. "identity" with
            activation="relu" is the IRNN of Le, Jaitly & Hinton 2015: before training, a unit that stays
            positive adds up its inputs.

        W is Xavier's and the read-out LeCun's. The size of W matters: it decides how soon tanh saturates, and
        how large the sums of an IRNN are. Raises ValueError for an unknown name.
        """
        activation = named(activation, ACTIVATIONS, "activation")
        initializer = named(initializer, INITIALIZERS, "initializer")
        replicas = replica_axes(replicas)
        law = {"replicas": replicas, "dtype": dtype}
        layer = RecurrentLayer(
            xavier(features, units, generator, **law),
            initializer(units, units, generator, **law),
            np.zeros((*replicas, units), dtype),
            activation,
        )
        super().__init__(layer, units, outputs, generator, replicas, dtype)


class LSTM(_Reader):
    """An `LSTMLayer` with an affine read-out of its last state: takes and returns what `Recurrent` does."""

    def __init__(self, features, units, outputs, *, generator, replicas=(), dtype=np.float32):
        """Draw weights of LeCun's variance, 1 / fan_in. Biases are 0, but 1 for the forget gate, which is
        then more open than shut, at sigmoid(1) = 0.73 (Jozefowicz, Zaremba & Sutskever 2015).
        """
        replicas = replica_axes(replicas)
        law = {"replicas": (*replicas, 4), "dtype": dtype}
        bias = np.zeros((*replicas, 4, units), dtype)
        bias[..., 2, :] = 1
        layer = LSTMLayer(
            lecun(features, units, generator, **law), lecun(units, units, generator, **law), bias
        )
        super().__init__(layer, units, outputs, generator, replicas, dtype)


def clip(gradients, norm):
    """Shorten each replica's gradients (*replicas, parameters), in place, to a length of at most norm.

    The direction stays (Pascanu, Mikolov & Bengio 2013, algorithm 1). Returns the lengths as they were,
    (*replicas,) in float64. NaN and infinities are not mended: what holds one becomes NaN, all or in part.
    """
    lengths = np.sqrt(np.einsum("...i,...i->...", gradients, gradients, dtype=np.float64))
    gradients *= np.minimum(1, norm / np.maximum(lengths, norm)).astype(gradients.dtype)[..., None]
    return lengths
