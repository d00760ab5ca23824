"""Activations that are no function of one number: gated units, and CReLU.

Sources: Dauphin, Fan, Auli & Grangier 2017 (the gated linear unit, GLU); Shazeer 2020 (its variants ReGLU,
GEGLU and SwiGLU); Shang, Sohn, Almeida & Lee 2016 (CReLU).
"""

from types import MappingProxyType

import numpy as np

from utils.activations import ACTIVATIONS

GATES = MappingProxyType(
    {
        "glu": ACTIVATIONS["sigmoid"],
        "reglu": ACTIVATIONS["relu"],
        "geglu": ACTIVATIONS["gelu"],
        "swiglu": ACTIVATIONS["silu"],
    }
)
"""The activation f of the gate, by the name of the unit."""


class GatedUnit:
    """A layer of units a = f(x W + b) * (x V + c): one product opens or shuts the other."""

    def __init__(self, weights, bias, value_weights, value_bias, kind="swiglu"):
        """Take W and V (*replicas, fan_in, units), b and c (*replicas, units), and a name in GATES.

        Raises ValueError for another name.
        """
        if kind not in GATES:
            raise ValueError(f"There is no gated unit {kind!r}; choose one of {', '.join(GATES)}.")
        self.activation = GATES[kind]
        self.parameters = [weights, bias, value_weights, value_bias]
        self.gradients = [np.zeros_like(each) for each in self.parameters]

    def forward(self, x):
        """Return a (*replicas, n, units) for x (*replicas, n, fan_in), or (n, fan_in) shared."""
        weights, bias, value_weights, value_bias = self.parameters
        self.x = x
        self.z = x @ weights + bias[..., None, :]
        self.value = x @ value_weights + value_bias[..., None, :]
        self.gate = self.activation(self.z)
        return self.gate * self.value

    def backward(self, upstream, needs_input_gradient=True):
        """Fill the four gradients from upstream = dL/da, and return dL/dx, or None where nobody needs it.

        A product: dL/dvalue = upstream * gate, and dL/dz = upstream * value * f'(z). Both come from x, so
        dL/dx is the sum of the two ways back.
        """
        z_gradient = upstream * self.value * self.activation.derivative(self.z)
        value_gradient = upstream * self.gate
        x_transposed = self.x.swapaxes(-1, -2)
        self.gradients[0][...] = x_transposed @ z_gradient
        self.gradients[1][...] = z_gradient.sum(axis=-2)
        self.gradients[2][...] = x_transposed @ value_gradient
        self.gradients[3][...] = value_gradient.sum(axis=-2)
        if not needs_input_gradient:
            return None
        weights, _, value_weights, _ = self.parameters
        return z_gradient @ weights.swapaxes(-1, -2) + value_gradient @ value_weights.swapaxes(-1, -2)


def crelu(z):
    """The positive and the negative parts side by side: z (..., units) -> (..., 2 units).

    Nothing is lost: the first half minus the second is z again.
    """
    return np.concatenate([np.maximum(z, 0), np.maximum(-z, 0)], axis=-1)
