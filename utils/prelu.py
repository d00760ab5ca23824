"""PReLU as a layer: He, Zhang, Ren & Sun 2015, "Delving Deep into Rectifiers", section 2.1."""

import copy

import numpy as np

from utils.activation_kernels import step
from utils.layers import Elementwise
from utils.networks import Network


class PReLU:
    """a = z where z > 0, and slope z elsewhere, with one slope for the whole layer, which is learned.

    The slope is a parameter like any other: nothing keeps it positive, or below 1.
    """

    def __init__(self, slope):
        """Take the slopes at the start, one for each replica: an array (*replicas,)."""
        self.parameters = [slope]
        self.gradients = [np.zeros_like(slope)]
        self.z = self.a = self.negative = self.z_gradient = None

    def forward(self, z):
        """Return a for z, both (*replicas, n, width): an array that the next call may overwrite.

        NaN stays NaN, and where the slope is 0, minus infinity becomes NaN.
        """
        if self.a is None or (z.shape, z.dtype) != (self.a.shape, self.a.dtype):
            self.a, self.negative, self.z_gradient = (np.empty_like(z) for _ in range(3))
        self.z = z
        np.minimum(z, 0, out=self.negative)
        np.multiply(self.negative, self._slope(), out=self.a)
        self.a += np.maximum(z, 0)
        return self.a

    def backward(self, upstream):
        """Fill the slope's gradient from upstream = dL/da, and return dL/dz, of the same shape.

        da/dslope = min(z, 0), and every sample and unit of the layer uses the same slope: so dL/dslope is the
        sum of upstream * min(z, 0) over both. da/dz is 1 where z > 0, and the slope elsewhere: at 0, too.
        """
        self.gradients[0][...] = np.einsum("...nu,...nu->...", upstream, self.negative)
        step(self.z, self.z_gradient)  # 1 on the right; a mask of random signs would take five times as long
        left = 1 - self.z_gradient
        left *= self._slope()
        self.z_gradient += left
        return np.multiply(self.z_gradient, upstream, out=self.z_gradient)

    def _slope(self):
        return self.parameters[0][..., None, None]


def with_prelu(network, slope=0.25):
    """Return a copy of the network with a `PReLU` in the place of each of its activations.

    slope is where all of them start: 0.25, as in the paper. Weights and biases are those of `network`, which
    is left as it is.
    """
    layers = copy.deepcopy(network.layers)
    for place, layer in enumerate(layers):
        if isinstance(layer, Elementwise):
            layers[place] = PReLU(np.full(network.replicas, slope, network.dtype))
    return Network.of(layers, replicas=network.replicas)


def slopes(network):
    """The slope of each PReLU layer, first layer first: views of shape (*replicas,)."""
    return [layer.parameters[0] for layer in network.layers if isinstance(layer, PReLU)]
