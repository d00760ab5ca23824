"""Optimisers: rules that turn gradients into steps of the parameters, in place."""

import numpy as np

from utils.aligned import aligned_zeros

# When a unit dies, its gradient is 0, and its running mean shrinks in every step. Below the smallest normal
# number, 1e-38 in float32, processors take many times longer for each operation. So every so many steps,
# whatever has come within 2**30 of it becomes 0: far too little to be seen in a parameter.
_STEPS_BETWEEN = 100


def _drop_vanishing(mean):
    mean[np.abs(mean) < np.finfo(mean.dtype).tiny * 2**30] = 0


class SGD:
    """Gradient descent with momentum, as in PyTorch: velocity <- momentum velocity + gradient, parameters <-
    parameters - learning_rate velocity (Polyak 1964; Sutskever et al. 2013, who scale the velocity
    otherwise).

    The velocity belongs to one array of parameters, and starts at zero whenever another is given.
    """

    def __init__(self, learning_rate, momentum=0.0):
        """Raise ValueError unless learning_rate > 0 and 0 <= momentum < 1."""
        if not learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, not {learning_rate}.")
        if not (0 <= momentum < 1):
            raise ValueError(f"momentum must be at least 0 and below 1, not {momentum}.")
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.parameters = None

    def step(self, parameters, gradients):
        """Move the parameters in place, downhill; the gradients are left as they are."""
        if parameters is not self.parameters:
            self.parameters = parameters
            self.velocity = aligned_zeros(parameters.shape, parameters.dtype)
            self.change = aligned_zeros(parameters.shape, parameters.dtype)
            self.steps = 0
        self.steps += 1
        if self.steps % _STEPS_BETWEEN == 0:
            _drop_vanishing(self.velocity)
        np.multiply(self.velocity, self.momentum, out=self.velocity)
        np.add(self.velocity, gradients, out=self.velocity)
        np.multiply(self.velocity, self.learning_rate, out=self.change)
        np.subtract(parameters, self.change, out=parameters)


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1): steps of the running mean gradient over its running root mean
    square.

    Both running means start at zero whenever another array of parameters is given.
    """

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        """Raise ValueError unless learning_rate > 0, epsilon > 0 and 0 <= beta1, beta2 < 1."""
        if not learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, not {learning_rate}.")
        if not epsilon > 0:
            raise ValueError(f"epsilon must be above 0, not {epsilon}.")
        for name, beta in (("beta1", beta1), ("beta2", beta2)):
            if not (0 <= beta < 1):
                raise ValueError(f"{name} must be at least 0 and below 1, not {beta}.")
        self.learning_rate = learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.parameters = None

    def step(self, parameters, gradients):
        """Move the parameters in place; the gradients are left as they are."""
        if parameters is not self.parameters:
            self.parameters = parameters
            self.mean, self.square, self.change = (
                aligned_zeros(parameters.shape, parameters.dtype) for _ in range(3)
            )
            self.steps = 0
        self.steps += 1
        if self.steps % _STEPS_BETWEEN == 0:
            _drop_vanishing(self.mean)
        change = self.change
        np.multiply(gradients, 1 - self.beta1, out=change)
        self.mean *= self.beta1
        self.mean += change
        np.multiply(gradients, gradients, out=change)
        change *= 1 - self.beta2
        self.square *= self.beta2
        self.square += change
        # The running means start at zero: dividing by 1 - beta**steps takes that bias out.
        np.sqrt(self.square, out=change)
        change *= (1 - self.beta2**self.steps) ** -0.5
        change += self.epsilon
        np.divide(self.mean, change, out=change)
        change *= self.learning_rate / (1 - self.beta1**self.steps)
        np.subtract(parameters, change, out=parameters)
