"""Where training starts: initial weights of shape (*replicas, fan_in, fan_out), and initial biases.

Every function takes `(fan_in, fan_out, generator, *, replicas=(), dtype=np.float32)`, so that a network can
call whichever is named. The variance of the weights decides whether signals grow or fade from layer to layer.
"""

from types import MappingProxyType

import numpy as np


def he(fan_in, fan_out, generator, *, replicas=(), dtype=np.float32, negative_slope=0.0):
    """Normal weights of variance 2 / ((1 + negative_slope**2) fan_in): He et al. 2015, equations 10 and 15.

    It keeps the second moment of the pre-activations through layers of ReLU (negative_slope=0) or leaky ReLU.
    A negative_slope of 1 is a linear layer, and gives LeCun's variance 1 / fan_in.
    """
    variance = 2 / ((1 + negative_slope**2) * fan_in)
    return _normal(variance, fan_in, fan_out, generator, replicas, dtype)


def xavier(fan_in, fan_out, generator, *, replicas=(), dtype=np.float32):
    """Normal weights of variance 2 / (fan_in + fan_out): Glorot & Bengio 2010, section 4.2.1.

    The paper's own experiments draw from the uniform law of the same variance; this is the normal form.
    """
    return _normal(2 / (fan_in + fan_out), fan_in, fan_out, generator, replicas, dtype)


def lecun(fan_in, fan_out, generator, *, replicas=(), dtype=np.float32):
    """Normal weights of variance 1 / fan_in: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", section
    4.6.
    """
    return _normal(1 / fan_in, fan_in, fan_out, generator, replicas, dtype)


def identity(fan_in, fan_out, generator=None, *, replicas=(), dtype=np.float32):
    """Ones on the diagonal, zeros elsewhere: Le, Jaitly & Hinton 2015, for recurrent weights."""
    weights = np.zeros((*replicas, fan_in, fan_out), dtype)
    weights[...] = np.eye(fan_in, fan_out, dtype=dtype)
    return weights


def pytorch_default(fan_in, fan_out, generator, *, replicas=(), dtype=np.float32):
    """Uniform weights between -1 / sqrt(fan_in) and 1 / sqrt(fan_in), of variance 1 / (3 fan_in).

    It is what `torch.nn.Linear` does unless told otherwise (its source calls `kaiming_uniform_` with a =
    sqrt(5)): a sixth of He's variance. PyTorch draws the biases from the same law: see `initial_biases`.
    """
    return _uniform((*replicas, fan_in, fan_out), fan_in, generator, dtype)


def zeros(fan_in, fan_out, generator=None, *, replicas=(), dtype=np.float32):
    """Zeros; draws nothing. In all layers, a ReLU network then learns its output biases alone.

    Zeros in the hidden layer only leave it to f'(0) whether anything else is learnt.
    """
    return np.zeros((*replicas, fan_in, fan_out), dtype)


INITIALIZERS = MappingProxyType(
    {
        "he": he,
        "xavier": xavier,
        "lecun": lecun,
        "identity": identity,
        "pytorch_default": pytorch_default,
        "zeros": zeros,
    }
)


def initial_biases(initializer, fan_in, fan_out, generator, *, replicas=(), dtype=np.float32):
    """The biases that go with an initialiser's weights, of shape (*replicas, fan_out).

    They are zeros, but for `pytorch_default`: uniform, with the bound of the weights.
    """
    if initializer is pytorch_default:
        return _uniform((*replicas, fan_out), fan_in, generator, dtype)
    return np.zeros((*replicas, fan_out), dtype)


def _normal(variance, fan_in, fan_out, generator, replicas, dtype):
    weights = generator.standard_normal((*replicas, fan_in, fan_out), dtype)
    weights *= variance**0.5
    return weights


def _uniform(shape, fan_in, generator, dtype):
    values = generator.random(shape, dtype)
    values *= 2
    values -= 1
    values *= fan_in**-0.5
    return values
