"""A network's gradients held to differences, for the tests of its layers."""

import numpy as np

from utils.gradients import numeric_gradient
from utils.losses import softmax_cross_entropy


def assert_gradients_are_numeric(network, x, labels):
    """The gradients of all parameters, for the cross-entropy of a network in float64."""
    network.backward(softmax_cross_entropy(network.forward(x), labels)[1])
    found = network.gradients.copy()

    def loss(parameters):
        network.parameters[...] = parameters
        return softmax_cross_entropy(network.forward(x), labels)[0]

    expected = numeric_gradient(loss, network.parameters.copy())
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-9)
