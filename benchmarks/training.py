"""Training with the course's networks beside PyTorch and scikit-learn: one epoch each in turn, in one
process.

All sides have the same data, batch size, momentum SGD and one BLAS thread. The course and PyTorch also have
the same initial weights and the same batches, so that their losses must agree: the program stops if they do
not.
"""

import time
import warnings
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from utils.networks import Network
from utils.optimizers import SGD
from utils.training import train

LEARNING_RATE, MOMENTUM = 0.001, 0.9
AGREEMENT = 1e-4


@dataclass(frozen=True)
class Workload:
    """A network, its batch size, the batches of an epoch, and how many networks are trained at once."""

    name: str
    sizes: tuple[int, ...]
    batch_size: int
    batches: int = 40
    replicas: tuple[int, ...] = ()


ONE = (
    Workload("64-32-10", (64, 32, 10), 32),
    Workload("64-64-64-64-10", (64, 64, 64, 64, 10), 64),
    Workload("2-16-16-16-2", (2, 16, 16, 16, 2), 32),
    Workload("64-(64 x 20)-10", (*[64] * 21, 10), 64, batches=10),
    Workload("784-256-128-10", (784, 256, 128, 10), 128, batches=10),
    Workload("40-100-100-10", (40, 100, 100, 10), 100),
)
FIFTY = (
    Workload("2-16-16-16-2", (2, 16, 16, 16, 2), 32, batches=20, replicas=(50,)),
    Workload("64-32-10", (64, 32, 10), 32, batches=20, replicas=(50,)),
)


def data_of(work):
    """Return normal samples and labels that depend on them, so that there is something to learn."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((work.batch_size * work.batches, work.sizes[0]), np.float32)
    y = (x @ generator.standard_normal((work.sizes[0], work.sizes[-1]), np.float32)).argmax(axis=1)
    return x, y


def course_epochs(work, network, x, y):
    """Train with the course; yield the loss of each epoch, (*replicas,)."""
    run = train(
        network,
        x,
        y,
        loss="softmax_cross_entropy",
        optimizer=SGD(LEARNING_RATE, MOMENTUM),
        epochs=1_000_000,
        batch_size=work.batch_size,
        generator=np.random.default_rng(1),
    )
    for epoch in run:
        yield epoch.loss


def pytorch_epochs(work, network, x, y):
    """Train one PyTorch network after the other, as its tutorials do; yield what the course yields."""
    import torch

    torch.set_num_threads(1)
    models = []
    for r in np.ndindex(work.replicas):
        layers = []
        for weights, bias in zip(network.weights, network.biases, strict=True):
            linear = torch.nn.Linear(*weights[r].shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weights[r].T.copy()))
                linear.bias.copy_(torch.from_numpy(bias[r].copy()))
            layers += [linear, torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers[:-1])
        models.append((model, torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)))
    criterion = torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    generator = np.random.default_rng(1)
    order = np.broadcast_to(np.arange(len(x)), (*work.replicas, len(x)))
    while True:
        order = generator.permuted(order, axis=-1)
        losses = []
        for (model, optimizer), own in zip(models, torch.from_numpy(order.reshape(-1, len(x))), strict=True):
            total = 0.0
            for batch in own.split(work.batch_size):
                optimizer.zero_grad()
                loss = criterion(model(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.item()
            losses.append(total / work.batches)
        yield np.reshape(losses, work.replicas)


def scikit_learn_epochs(work, network, x, y):
    """Train scikit-learn's MLPClassifier, from its own initial weights; yield its loss of each epoch."""
    classifier = MLPClassifier(
        work.sizes[1:-1],
        solver="sgd",
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
    """Do nothing but the matrix products of an epoch: what no training in NumPy can do without."""
    random = np.random.default_rng(0).standard_normal
    layers = []
    for fan_in, fan_out in pairwise(work.sizes):
        shapes = ((work.batch_size, fan_in), (fan_in, fan_out), (work.batch_size, fan_out))
        operands = [random((*work.replicas, *shape), np.float32) for shape in shapes]
        layers.append((*operands, *(np.empty_like(operand) for operand in operands)))
    while True:
        for _ in range(work.batches):
            for i, (a, weights, upstream, a_gradient, weight_gradient, z) in enumerate(layers):
                np.matmul(a, weights, out=z)
                np.matmul(a.swapaxes(-1, -2), upstream, out=weight_gradient)
                if i:
                    np.matmul(upstream, weights.swapaxes(-1, -2), out=a_gradient)
        yield None


def measure(work, sides, seconds=6.0):
    """Return the seconds of each epoch, (repeats, sides): the sides take turns, once to warm up.

    Raises RuntimeError when the losses of the first two sides, the course and PyTorch, differ by more than
    rounding in their second epoch.
    """
    x, y = data_of(work)
    network = Network(work.sizes, generator=np.random.default_rng(2), replicas=work.replicas)
    # PyTorch copies the initial weights when its first epoch starts: it goes first.
    runs = [side(work, network, x, y) for side in sides]
    losses = [next(run) for run in reversed(runs)][::-1]
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 7:
        row = []
        for i, run in enumerate(runs):
            start = time.perf_counter()
            losses[i] = next(run)
            row.append(time.perf_counter() - start)
        times.append(row)
        # Later on, training magnifies rounding as it does any difference, the deeper the network the faster.
        if len(times) == 1:
            difference = np.max(np.abs(losses[0] / losses[1] - 1))
            if not difference < AGREEMENT:
                raise RuntimeError(f"{work.name}: the losses differ by {difference:.1e} of their size.")
    return np.array(times)


def main():
    """Print both tables."""
    try:
        import torch
    except ImportError:
        raise SystemExit("This part compares with PyTorch: pip install -e .[benchmarks]") from None
    warnings.filterwarnings("ignore", module="sklearn")
    with threadpool_limits(1):
        print(f"NumPy {np.__version__}, PyTorch {torch.__version__}; medians over alternating epochs.")
        print("Microseconds a step; ratio = PyTorch / course.\n")
        print("| One network | batch | course | PyTorch | scikit-learn | matrix products alone | ratio |")
        print("|---|---|---|---|---|---|---|")
        ratios = []
        for work in ONE:
            times = measure(work, (course_epochs, pytorch_epochs, scikit_learn_epochs, product_epochs))
            cells = " | ".join(f"{t:.0f}" for t in np.median(times, axis=0) / work.batches * 1e6)
            ratios.append(np.median(times[:, 1] / times[:, 0]))
            print(f"| {work.name} | {work.batch_size} | {cells} | **{ratios[-1]:.1f}** |", flush=True)
        print(f"\nThe median of the {len(ratios)} ratios is {np.median(ratios):.1f}.\n")
        print("| Fifty networks, a step of one | batch | course, all at once | PyTorch, in turn | ratio |")
        print("|---|---|---|---|---|")
        for work in FIFTY:
            times = measure(work, (course_epochs, pytorch_epochs), seconds=12)
            course, pytorch = np.median(times, axis=0) / work.batches / 50 * 1e6
            ratio = np.median(times[:, 1] / times[:, 0])
            print(
                f"| {work.name} | {work.batch_size} | {course:.1f} | {pytorch:.0f} | **{ratio:.0f}** |",
                flush=True,
            )
