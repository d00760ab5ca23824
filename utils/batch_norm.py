"""Batch normalisation as a layer: Ioffe & Szegedy 2015, "Batch Normalization", algorithms 1 and 2."""

import copy

import numpy as np

from utils.layers import Elementwise
from utils.networks import Network


class BatchNorm:
    """y = gamma (z - mean) / deviation + beta, for each unit by itself.

    In training mode, mean and deviation = sqrt(variance + epsilon) are those of the batch, with the variance
    over n, not n - 1; and running means of both are kept. In evaluation mode those running means take their
    place, so that the output of a sample does not depend on its company.
    """

    def __init__(self, gamma, beta, *, momentum=0.1, epsilon=1e-5):
        """Take gamma and beta (*replicas, width). momentum is the newest batch's share in a running mean.

        Raises ValueError unless 0 < momentum <= 1 and epsilon > 0.
        """
        if not 0 < momentum <= 1:
            raise ValueError(f"momentum must be above 0 and at most 1, not {momentum}.")
        if not epsilon > 0:
            raise ValueError(f"epsilon must be above 0, not {epsilon}.")
        self.parameters = [gamma, beta]
        self.gradients = [np.zeros_like(gamma), np.zeros_like(beta)]
        self.momentum = momentum
        self.epsilon = epsilon
        self.training = True
        self.running_mean = np.zeros_like(gamma)
        self.running_variance = np.ones_like(gamma)
        self.normalised = None

    def forward(self, z):
        """Return y for z, both (*replicas, n, width). A NaN in a batch makes its unit's whole column NaN.

        Training mode updates the running mean and variance; the variance that goes into the latter is the one
        over n - 1 (algorithm 2). It raises ValueError for a batch of one sample, which has no variance.
        """
        gamma, beta = (each[..., None, :] for each in self.parameters)
        n = z.shape[-2]
        if self.normalised is None or z.shape != self.normalised.shape:
            self.normalised, self.y, self.z_gradient = (np.empty_like(z) for _ in range(3))
            self.ones = np.ones((1, n), z.dtype)
        # The mode of this pass: its backward pass must be of the same.
        self.of_batch = self.training
        if self.of_batch:
            if n < 2:
                raise ValueError(
                    "Batch norm needs 2 samples or more in a batch, not 1: choose another batch_size, or "
                    "evaluation mode."
                )
            mean = self.ones @ z / n
            np.subtract(z, mean, out=self.normalised)
            np.square(self.normalised, out=self.y)
            variance = self.ones @ self.y / n
            for running, now in (
                (self.running_mean, mean),
                (self.running_variance, variance * (n / (n - 1))),
            ):
                running += self.momentum * (now[..., 0, :] - running)
        else:
            variance = self.running_variance[..., None, :]
            np.subtract(z, self.running_mean[..., None, :], out=self.normalised)
        self.deviation = np.sqrt(variance + self.epsilon)
        self.normalised /= self.deviation
        np.multiply(self.normalised, gamma, out=self.y)
        self.y += beta
        return self.y

    def backward(self, upstream):
        """Fill both gradients from upstream = dL/dy, and return dL/dz, of the same shape.

        dL/dgamma sums upstream * normalised over the samples, dL/dbeta upstream. In training mode each z
        also moves the mean and the variance of its batch, which takes two terms away from upstream (section
        3): its mean over the samples, and normalised times the mean of upstream * normalised.
        """
        n = upstream.shape[-2]
        gamma_gradient, beta_gradient = (each[..., None, :] for each in self.gradients)
        change = self.z_gradient
        np.matmul(self.ones, upstream, out=beta_gradient)
        np.multiply(upstream, self.normalised, out=change)
        np.matmul(self.ones, change, out=gamma_gradient)
        if self.of_batch:
            np.multiply(self.normalised, gamma_gradient / -n, out=change)
            change += upstream
            change -= beta_gradient / n
        else:
            change[...] = upstream
        change *= self.parameters[0][..., None, :] / self.deviation
        return change


def with_batch_norm(network):
    """Return a copy of the network with a `BatchNorm` before each of its activations.

    gamma is 1 and beta 0 at the start; weights and biases are those of `network`, which is left as it is.
    """
    layers = []
    width = None
    for layer in copy.deepcopy(network.layers):
        if isinstance(layer, Elementwise):
            shape = (*network.replicas, width)
            layers.append(BatchNorm(np.ones(shape, network.dtype), np.zeros(shape, network.dtype)))
        elif layer.parameters:
            width = layer.parameters[-1].shape[-1]
        layers.append(layer)
    return Network.of(layers, replicas=network.replicas)
