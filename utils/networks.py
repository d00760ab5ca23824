"""Networks with an explicit forward and backward pass, for one network or for many replicas at once.

A leading replica axis runs through everything: weights are (*replicas, fan_in, fan_out), and `@` multiplies
the last two axes for each replica. So the code for one network is the code for fifty, and every random
result can come with its spread.

What a layer returns is overwritten by its next call (see `utils.layers`); a `Network` hands out copies.
"""

from contextlib import contextmanager
from itertools import accumulate, pairwise

import numpy as np

from utils.activations import ACTIVATIONS
from utils.aligned import aligned_empty
from utils.initializers import INITIALIZERS, initial_biases
from utils.layers import Affine, Elementwise

# Samples that `Network.evaluate` passes on together: no more than in a usual step of training, for which the
# layers have their arrays already.
_AT_A_TIME = 32


def replica_axes(replicas):
    """Return the shape of the leading axes: an integer n stands for (n,), and () for one network."""
    return (replicas,) if isinstance(replicas, int) else tuple(replicas)


class Network:
    """A stack of layers, whose parameters and gradients lie in one flat array each.

    `parameters` and `gradients` have shape (*replicas, number of parameters); `weights[l]` is a view of shape
    (*replicas, fan_in, fan_out) and `biases[l]` of shape (*replicas, fan_out), so that writing
    `network.weights[0][...] = 0` changes the network, and an optimiser needs a few array operations at any
    depth.
    """

    def __init__(
        self, sizes, *, generator, activation="relu", initializer="he", replicas=(), dtype=np.float32
    ):
        """Build a fully connected network: affine layers with the activation between them, none after the
        last.

        sizes: widths from the inputs to the outputs, such as [2, 16, 16, 2].
        generator: the numpy.random.Generator of the initial weights.
        activation: a name in ACTIVATIONS, or an Activation.
        initializer: a name in INITIALIZERS, or a function with their signature.
        replicas: the shape of the leading axes; an integer n stands for (n,). () is one network.

        Raises ValueError for an unknown name, and for fewer than two sizes or a size below 1.
        """
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes must be at least two whole numbers of 1 or more, not {sizes!r}.")
        activation = named(activation, ACTIVATIONS, "activation")
        initializer = named(initializer, INITIALIZERS, "initializer")
        replicas = replica_axes(replicas)
        law = {"replicas": replicas, "dtype": dtype}
        layers = []
        for fan_in, fan_out in pairwise(sizes):
            weights = initializer(fan_in, fan_out, generator, **law)
            bias = initial_biases(initializer, fan_in, fan_out, generator, **law)
            layers += [Affine(weights, bias), Elementwise(activation)]
        self._adopt(layers[:-1], replicas)

    @classmethod
    def of(cls, layers, *, replicas=()):
        """Return a network of the given layers: objects with what `utils.layers` says that a layer has."""
        network = cls.__new__(cls)
        network._adopt(list(layers), replica_axes(replicas))
        return network

    def _adopt(self, layers, replicas):
        """Move parameters and gradients into two flat arrays, and give the layers views of them."""
        self.layers = layers
        self.replicas = replicas
        # A sample is a row of features, or a sequence of them where the first layer says 2.
        self.sample_axes = getattr(layers[0], "sample_axes", 1) if layers else 1
        self._leaves = list(_without_nesting(layers))
        arrays = [array for layer in self._leaves for array in layer.parameters]
        if not arrays:
            raise ValueError("A network needs at least one layer with parameters.")
        counts = [int(np.prod(array.shape[len(replicas) :])) for array in arrays]
        self.dtype = np.result_type(*arrays)
        shape = (*replicas, sum(counts))
        self.parameters, self.gradients = (aligned_empty(shape, self.dtype) for _ in range(2))
        parts = iter(zip(accumulate(counts, initial=0), counts, strict=False))
        for layer in self._leaves:
            for i in range(len(layer.parameters)):
                start, count = next(parts)
                for flat, own in (
                    (self.parameters, layer.parameters),
                    (self.gradients, layer.gradients),
                ):
                    view = flat[..., start : start + count].reshape(own[i].shape)
                    view[...] = own[i]
                    own[i] = view
        self._affine = [layer for layer in self._leaves if isinstance(layer, Affine)]
        # One array for all gradients of a shape: what fits into the processor's cache is far faster. Not for
        # layers within a layer, which may still need the gradient that it was given.
        scratch = {}
        for layer in layers:
            if isinstance(layer, Affine):
                layer.scratch = scratch
        self._output = None

    @contextmanager
    def evaluation(self):
        """Within `with network.evaluation():` layers that behave otherwise in training, such as batch norm,
        do not.

        Without such layers it changes nothing.
        """
        layers = [layer for layer in self._leaves if getattr(layer, "training", False)]
        for layer in layers:
            layer.training = False
        try:
            yield
        finally:
            for layer in layers:
                layer.training = True

    def __getstate__(self):
        return self.layers, self.replicas

    def __setstate__(self, state):
        # A copy of the views would no longer be views: what copies or unpickles a network adopts its layers
        # anew.
        self._adopt(*state)

    @property
    def weights(self):
        """The weights of each affine layer: views of shape (*replicas, fan_in, fan_out)."""
        return [layer.parameters[0] for layer in self._affine]

    @property
    def biases(self):
        """The bias of each affine layer: views of shape (*replicas, fan_out)."""
        return [layer.parameters[1] for layer in self._affine]

    @property
    def weight_gradients(self):
        """dL/dweights of each affine layer after `backward`: views of shape (*replicas, fan_in, fan_out)."""
        return [layer.gradients[0] for layer in self._affine]

    @property
    def bias_gradients(self):
        """dL/dbias of each affine layer after `backward`: views of shape (*replicas, fan_out)."""
        return [layer.gradients[1] for layer in self._affine]

    @property
    def pre_activations(self):
        """z of each hidden layer in the last forward pass: copies of shape (*replicas, n, width)."""
        return [layer.z.copy() for layer in self._hidden()]

    @property
    def activations(self):
        """f(z) of each hidden layer in the last forward pass: copies of shape (*replicas, n, width)."""
        return [layer.a.copy() for layer in self._hidden()]

    @property
    def pre_activation_gradients(self):
        """dL/dz of each hidden layer in the last backward pass: copies of shape (*replicas, n, width)."""
        return [layer.z_gradient.copy() for layer in self._hidden()]

    def _hidden(self):
        if self._output is None:
            raise ValueError("There is nothing inside the network to look at yet: call forward(x) first.")
        return [layer for layer in self._leaves if isinstance(layer, Elementwise)]

    def forward(self, x):
        """Return the output (*replicas, n, fan_out).

        x: (n, fan_in), the same samples for every replica, or (*replicas, n, fan_in), its own for each.
            Where the first layer takes sequences, a sample is (time, features) in place of (fan_in,).
        Values are converted to the network's dtype; NaN and infinity pass through the layers.
        Raises ValueError where the shapes do not fit.
        """
        x = self._checked(x)
        for layer in self.layers:
            x = layer.forward(x)
        self._output = x
        return x.copy()

    def evaluate(self, x):
        """Return what `forward` does, in evaluation mode and without keeping anything of the layers inside.

        The samples pass a few at a time, so that many of them in many replicas need little memory. `backward`
        and what looks inside, such as `pre_activations`, need a `forward` again. Raises what `forward` does.
        """
        x = self._checked(x)
        inner = (slice(None),) * self.sample_axes
        n = x.shape[-1 - self.sample_axes]
        with self.evaluation():
            parts = [
                self.forward(x[..., start : start + _AT_A_TIME, *inner])
                for start in range(0, max(n, 1), _AT_A_TIME)
            ]
        self._output = None
        return np.concatenate(parts, axis=-2)

    def _checked(self, x):
        """Return x in the network's dtype, or raise ValueError where its shape does not fit."""
        x = np.asarray(x, self.dtype)
        first = self.layers[0]
        reads = isinstance(first, Affine) or self.sample_axes > 1  # with weights, its first parameters
        if reads and x.shape[-1:] != first.parameters[0].shape[-2:-1]:
            fan_in = first.parameters[0].shape[-2]
            raise ValueError(f"The network takes samples of {fan_in} features, but x has shape {x.shape}.")
        shape = ("n", "features") if self.sample_axes == 1 else ("n", "time", "features")
        if x.ndim < len(shape) or x.shape[: -len(shape)] not in ((), self.replicas):
            own = f" or {(*self.replicas, *shape)}" if self.replicas else ""
            raise ValueError(f"x has shape {x.shape}, but must have shape {shape}{own}.")
        return x

    def backward(self, upstream, needs_input_gradient=True):
        """Fill `gradients` for the last forward pass, from upstream = dL/doutput (*replicas, n, fan_out).

        Returns dL/dx, (*replicas, n, fan_in), or None where needs_input_gradient is False, which saves a
        product.
        Raises ValueError before any forward pass, and where the shapes do not fit.
        """
        if self._output is None:
            raise ValueError("There is nothing to differentiate yet: call forward(x) first.")
        upstream = np.asarray(upstream, self.dtype)
        if upstream.shape != self._output.shape:
            raise ValueError(f"upstream has shape {upstream.shape}, but the output {self._output.shape}.")
        first, *rest = self.layers
        for layer in reversed(rest):
            upstream = layer.backward(upstream)
        if isinstance(first, Affine):
            x_gradient = first.backward(upstream, needs_input_gradient)
        else:
            x_gradient = first.backward(upstream)
        return x_gradient.copy() if needs_input_gradient else None


def _without_nesting(layers):
    """Yield the layers, and in place of one that consists of layers, those."""
    for layer in layers:
        if hasattr(layer, "layers"):
            yield from _without_nesting(layer.layers)
        else:
            yield layer


def named(choice, registry, kind):
    """Return the registry's entry of that name, or the choice itself if it is no name.

    Raises ValueError, which lists the names, for another name.
    """
    if not isinstance(choice, str):
        return choice
    if choice not in registry:
        raise ValueError(f"There is no {kind} named {choice!r}; choose one of: {', '.join(registry)}.")
    return registry[choice]
