"""How large signals and gradients become in deep random networks: the theory of wide layers, and samples.

The weights of a layer are independent, of mean 0 and variance sigma_w^2 / fan_in, its biases normal of
variance sigma_b^2, and all layers are equally wide. In a wide network the pre-activations z are then close
to normal, of mean 0 over the draws of the weights, and one number tells their size: q = E[z^2].

Sources: Glorot & Bengio 2010 (variances by layer, forward and back); He, Zhang, Ren & Sun 2015 (the factor 2
of ReLU); Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli 2016 (the length map and chi); Schoenholz, Gilmer,
Ganguli & Sohl-Dickstein 2017 (gradients by chi); Cho & Saul 2009 (the correlation of two inputs with ReLU).
"""

from functools import lru_cache

import numpy as np

_REACH = 12.0  # beyond it the standard normal density is below 1e-31
_PANELS = 96  # of width 1/4, with an edge at 0
_NODES = 16  # Gauss-Legendre points in each panel


def expectation(function, kinks=()):
    """E[function(z)] for z ~ N(0, 1): Gauss-Legendre quadrature in panels, with an edge at every kink.

    function takes an array and returns one of its shape; it may grow like a polynomial. Between kinks it
    should vary little within 1/20: then the result is right to about 12 digits. (Gauss-Hermite quadrature,
    which knows nothing of kinks, is right to 2 or 3 digits for ReLU's slope.) NaN anywhere gives NaN.
    """
    z, weights = _rule(tuple(sorted(float(kink) for kink in kinks)))
    return float(function(z) @ weights)


@lru_cache(maxsize=64)
def _rule(kinks):
    """Points and weights, such that function(points) @ weights is the expectation."""
    panels = np.linspace(-_REACH, _REACH, _PANELS + 1)
    edges = np.union1d(panels, [kink for kink in kinks if abs(kink) < _REACH])
    at, share = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    z = ((edges[:-1] + edges[1:])[:, None] / 2 + half * at).ravel()
    weights = (half * share).ravel() * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return z, weights / weights.sum()


def _scaled(activation, q):
    """sqrt(q), and where the kinks of activation(sqrt(q) z) lie. ValueError unless 0 <= q < infinity."""
    if not 0 <= q < np.inf:
        raise ValueError(f"q is a mean square: a finite number of 0 or more, not {q}.")
    root = np.sqrt(q)
    return root, tuple(kink / root for kink in activation.kinks) if root else ()


def second_moment(activation, q=1.0):
    """E[f(z)^2] for z ~ N(0, q): what a unit hands on, squared, on average. For ReLU it is q / 2."""
    root, kinks = _scaled(activation, q)
    return expectation(lambda z: activation(root * z) ** 2, kinks)


def squared_slope(activation, q=1.0):
    """E[f'(z)^2] for z ~ N(0, q). For ReLU it is 1/2, for every q > 0."""
    root, kinks = _scaled(activation, q)
    return expectation(lambda z: activation.derivative(root * z) ** 2, kinks)


def gain(activation):
    """The sigma_w that hands on a mean square of 1 unchanged: 1 / sqrt(E[f(z)^2]), z ~ N(0, 1).

    For ReLU it is sqrt(2), He et al. 2015. (`torch.nn.init.calculate_gain` has the same for ReLU and leaky
    ReLU; its 5/3 for tanh is another number.)
    """
    return second_moment(activation) ** -0.5


def length_map(activation, q, sigma_w_squared, sigma_b_squared=0.0):
    """The mean square of z one layer on: sigma_w^2 E[f(sqrt(q) z)^2] + sigma_b^2 (Poole et al. 2016)."""
    return sigma_w_squared * second_moment(activation, q) + sigma_b_squared


def lengths(activation, q, layers, sigma_w_squared, sigma_b_squared=0.0):
    """The mean squares of z in `layers` layers, the first of which has q: an array (layers,).

    ValueError when they grow beyond the largest float.
    """
    values = [q]
    while len(values) < layers:
        values.append(length_map(activation, values[-1], sigma_w_squared, sigma_b_squared))
    return np.array(values)


def chi(activation, sigma_w_squared, q=1.0):
    """The factor of the gradient's mean square, one layer back: sigma_w^2 E[f'(sqrt(q) z)^2].

    Below 1 gradients vanish with depth, above 1 they explode (Poole et al. 2016, Schoenholz et al. 2017).
    """
    return sigma_w_squared * squared_slope(activation, q)


def relu_correlation_map(c):
    """The correlation of two inputs' z one ReLU layer on, where theirs was c, without biases.

    It is [sqrt(1 - c^2) + c (pi - arccos c)] / pi.
    c: a number or an array; beyond -1 and 1, where rounding may put it, it counts as the nearer of the two.
    NaN stays NaN. Cho & Saul 2009, the arc-cosine kernel of degree 1, divided by its value at c = 1.
    """
    c = np.clip(c, -1.0, 1.0)
    return (np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))) / np.pi


def mean_squares(layers):
    """Return the mean square over samples and units of each array (*replicas, n, width): (layers, *replicas).

    For `network.pre_activations` it is the size of the signal, for `network.pre_activation_gradients` that of
    the gradient. Computed in float64: the squares of small float32 numbers would underflow.
    """
    return np.array([np.square(array, dtype=np.float64).mean(axis=(-2, -1)) for array in layers])


class WideSample:
    """Random networks of which only what one signal and its gradient meet is drawn.

    A normal matrix W times a given vector a is a normal vector of variance sigma_w^2 |a|^2 / width. And once
    u = W a is known, W^T delta is a (u . delta) / |a|^2 along a, and across a as if W were drawn anew. So for
    one input, and a gradient in the last layer that is drawn independently of the network, the distribution
    is exactly that of whole normal matrices, at the price of vectors.
    """

    def __init__(self, width, depth, networks, generator):
        shape = (3, depth, networks, width)
        self._forward, self._biases, self._backward = generator.standard_normal(shape)

    def sizes(self, activation, sigma_w_squared, sigma_b_squared=0.0, q=1.0, depth=None):
        """Root mean squares of z, and of dL/dz as a share of the last layer's: two arrays (depth, networks).

        q is the mean square of the input; depth is at most that of the sample, which it is if left out. The
        gradient in the last layer is random. The draws are the same at every call.
        """
        depth = len(self._forward) if depth is None else depth
        z, sums, activations = [], [], []
        for layer in range(depth):
            sums.append(self._forward[layer] * np.sqrt(sigma_w_squared * q))
            z.append(sums[-1] + np.sqrt(sigma_b_squared) * self._biases[layer])
            activations.append(activation(z[-1]))
            q = np.square(activations[-1]).mean(axis=-1, keepdims=True)
        delta = self._backward[depth - 1]
        lengths = [_dot(delta, delta)]
        for layer in range(depth - 2, -1, -1):
            a, noise = activations[layer], self._backward[layer]
            scale = np.sqrt(sigma_w_squared * lengths[-1] / a.shape[-1])
            along = _dot(sums[layer + 1], delta) - scale * _dot(noise, a)
            length = _dot(a, a)
            along = np.divide(along, length, out=np.zeros_like(length), where=length > 0)
            delta = noise * scale[:, None]
            delta += a * along[:, None]
            delta *= activation.derivative(z[layer])
            lengths.append(_dot(delta, delta))
        return np.sqrt(np.square(z).mean(axis=-1)), np.sqrt(np.array(lengths[::-1]) / lengths[0])


def _dot(one, other):
    """The products along the last axis, summed."""
    return np.einsum("...i,...i->...", one, other)
