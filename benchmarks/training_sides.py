"""The sides of the comparison in `benchmarks.training`: generators that train for an epoch whenever asked.

All have the same data, batch size, rule and learning rate. The course and PyTorch also have the same initial
weights and the same batches, and yield the losses of the epoch, (*replicas,).
"""

import copy
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.neural_network import MLPClassifier

from utils.aligned import aligned_empty
from utils.optimizers import SGD, Adam
from utils.training import train

LEARNING_RATE, MOMENTUM = 0.001, 0.9


@dataclass(frozen=True)
class Workload:
    """A network, its batch size, the batches of an epoch, and how many networks are trained at once."""

    name: str
    sizes: tuple[int, ...]
    batch_size: int
    batches: int = 40
    replicas: tuple[int, ...] = ()
    adam: bool = False
    """Adam in place of momentum SGD."""


def data_of(work):
    """Return normal samples and labels that depend on them, so that there is something to learn."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((work.batch_size * work.batches, work.sizes[0]), np.float32)
    y = (x @ generator.standard_normal((work.sizes[0], work.sizes[-1]), np.float32)).argmax(axis=1)
    return x, y


def orders_of(work):
    """Yield the orders in which the course's `train` takes the samples in each epoch: (*replicas, n)."""
    generator = np.random.default_rng(1)
    n = work.batch_size * work.batches
    order = np.broadcast_to(np.arange(n), (*work.replicas, n))
    while True:
        order = generator.permuted(order, axis=-1)
        yield order


def course_epochs(work, network, x, y):
    """Train with the course."""
    run = train(
        network,
        x,
        y,
        loss="softmax_cross_entropy",
        optimizer=Adam(LEARNING_RATE) if work.adam else SGD(LEARNING_RATE, MOMENTUM),
        epochs=1_000_000,
        batch_size=work.batch_size,
        generator=np.random.default_rng(1),
    )
    for epoch in run:
        yield epoch.loss


def pytorch_models(network):
    """Return one PyTorch model for each replica of the network, with copies of its weights and its dtype."""
    import torch

    models = []
    for r in np.ndindex(network.replicas):
        layers = []
        for weights, bias in zip(network.weights, network.biases, strict=True):
            linear = torch.nn.Linear(*weights[r].shape)
            linear.weight = torch.nn.Parameter(torch.from_numpy(weights[r].T.copy()))
            linear.bias = torch.nn.Parameter(torch.from_numpy(bias[r].copy()))
            layers += [linear, torch.nn.ReLU()]
        models.append(torch.nn.Sequential(*layers[:-1]))
    return models


def pytorch_epochs(work, network, x, y):
    """Train one PyTorch network after the other, as its tutorials do."""
    import torch

    models = pytorch_models(network)
    rules = [
        torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        if work.adam
        else torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
        for model in models
    ]
    criterion = torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    for order in orders_of(work):
        losses = []
        orders = torch.from_numpy(order.reshape(-1, len(x)))
        for model, optimizer, own in zip(models, rules, orders, strict=True):
            total = 0.0
            for batch in own.split(work.batch_size):
                optimizer.zero_grad()
                loss = criterion(model(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.item()
            losses.append(total / work.batches)
        yield np.reshape(losses, work.replicas)


def vmap_epochs(work, network, x, y):
    """Train all replicas at once by `torch.func.vmap`, as the tutorial on model ensembling writes it.

    The parameters are stacked, and one fused SGD steps them all.
    """
    import torch
    from torch.func import functional_call, grad_and_value, stack_module_state, vmap

    models = pytorch_models(network)
    parameters, buffers = stack_module_state(models)
    parameters = {name: values.detach() for name, values in parameters.items()}
    base = copy.deepcopy(models[0]).to("meta")
    optimizer = torch.optim.SGD(parameters.values(), lr=LEARNING_RATE, momentum=MOMENTUM, fused=True)

    def loss_of(parameters, buffers, x, y):
        return torch.nn.functional.cross_entropy(functional_call(base, (parameters, buffers), (x,)), y)

    gradients_and_losses = vmap(grad_and_value(loss_of))
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    for order in orders_of(work):
        total = torch.zeros(work.replicas)
        for batch in torch.from_numpy(order).split(work.batch_size, dim=-1):
            gradients, losses = gradients_and_losses(parameters, buffers, x[batch], y[batch])
            for name, values in parameters.items():
                values.grad = gradients[name]
            optimizer.step()
            total += losses
        yield (total / work.batches).numpy()


def scikit_learn_epochs(work, network, x, y):
    """Train scikit-learn's MLPClassifier, from its own initial weights and with batches of its own."""
    classifier = MLPClassifier(
        work.sizes[1:-1],
        solver="adam" if work.adam else "sgd",
        alpha=0,
        batch_size=work.batch_size,
        learning_rate_init=LEARNING_RATE,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        random_state=0,
    )
    while True:
        classifier.partial_fit(x, y, classes=np.arange(work.sizes[-1]))
        yield classifier.loss_


def product_epochs(work, network, x, y):
    """Do nothing but the matrix products of an epoch: what no training in NumPy can do without.

    Arrays are ready, and lie as the course's do; one batch stays in the cache, and of two matrices np.dot is
    the faster to call.
    """
    random = np.random.default_rng(0).standard_normal
    product = np.matmul if work.replicas else np.dot
    layers = []
    for fan_in, fan_out in pairwise(work.sizes):
        shapes = 2 * ((work.batch_size, fan_in), (fan_in, fan_out), (work.batch_size, fan_out))
        layers.append([aligned_empty((*work.replicas, *shape), np.float32) for shape in shapes])
        for operand in layers[-1]:
            operand[...] = random(operand.shape, np.float32)
    while True:
        for _ in range(work.batches):
            for i, (a, weights, upstream, a_gradient, weight_gradient, z) in enumerate(layers):
                product(a, weights, out=z)
                product(a.swapaxes(-1, -2), upstream, out=weight_gradient)
                if i:
                    product(upstream, weights.swapaxes(-1, -2), out=a_gradient)
        yield None
