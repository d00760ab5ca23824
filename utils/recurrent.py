"""Recurrent networks: they read a sequence step by step, with the same weights at every step, and answer at
its end. How they read is in `utils.through_time`.
"""

import numpy as np

from utils.activations import ACTIVATIONS
from utils.initializers import INITIALIZERS, lecun, xavier
from utils.layers import Affine
from utils.networks import Network, named, replica_axes
from utils.through_time import LSTMLayer, RecurrentLayer


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
        return self.layers[0].states.swapaxes(-1, -2).copy()

    @property
    def state_gradient_norms(self):
        """The length of dL/dh_t in the last backward pass, over the samples and units together, from h_0 to
        h_T: (time + 1, *replicas) in float64.
        """
        squares = np.square(self.layers[0].state_gradients, dtype=np.float64)
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
