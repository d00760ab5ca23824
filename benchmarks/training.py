"""Training with the course's networks beside PyTorch and scikit-learn: one epoch each in turn, in one
process.

All sides have one BLAS thread. The losses of the course and of PyTorch must agree: the program stops if they
do not.
"""

import sys
import time
import warnings

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.training_sides import (
    Workload,
    course_epochs,
    data_of,
    product_epochs,
    pytorch_epochs,
    pytorch_models,
    scikit_learn_epochs,
    vmap_epochs,
)
from utils.losses import LOSSES
from utils.networks import Network

AGREEMENT = 1e-4

ONE = (
    Workload("64-32-10", (64, 32, 10), 32),
    Workload("64-64-64-64-10", (64, 64, 64, 64, 10), 64),
    Workload("2-16-16-16-2", (2, 16, 16, 16, 2), 32),
    Workload("64-(64 x 20)-10", (*[64] * 21, 10), 64, batches=10),
    Workload("784-256-128-10", (784, 256, 128, 10), 128, batches=10),
    Workload("40-100-100-10", (40, 100, 100, 10), 100),
)
WITH_ADAM = (Workload("40-100-100-10, Adam", (40, 100, 100, 10), 100, adam=True),)
FIFTY = (
    Workload("2-16-16-16-2", (2, 16, 16, 16, 2), 32, batches=20, replicas=(50,)),
    Workload("64-32-10", (64, 32, 10), 32, batches=20, replicas=(50,)),
)


def network_of(work):
    """Return the network with which the course and PyTorch begin."""
    return Network(work.sizes, generator=np.random.default_rng(2), replicas=work.replicas)


def measure(work, sides, seconds):
    """Return the seconds of each epoch, (repeats, sides): the sides take turns, once to warm up.

    Raises RuntimeError when the losses of PyTorch's sides differ from those of the first, the course, by more
    than rounding in their second epoch.
    """
    print(f"{work.name} ...", file=sys.stderr, flush=True)
    x, y = data_of(work)
    network = network_of(work)
    # PyTorch copies the initial weights when its first epoch starts: the course goes last.
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
            for side, loss in zip(sides, losses, strict=True):
                difference = (
                    np.max(np.abs(loss / losses[0] - 1)) if side in (pytorch_epochs, vmap_epochs) else 0
                )
                if not difference < AGREEMENT:
                    raise RuntimeError(f"{work.name}, {side.__name__}: losses differ by {difference:.1e}.")
    return np.array(times)


def ratios_of(times):
    """Return the median ratio of each side's time to the course's, the first, over epochs side by side."""
    return np.median(times / times[:, :1], axis=0)


def one_network():
    """Print the table of single networks."""
    sides = (course_epochs, pytorch_epochs, scikit_learn_epochs, product_epochs)
    head = "PyTorch / course | course / products"
    print(f"| One network | batch | course | PyTorch | scikit-learn | products | {head} |")
    print("|---|---|---|---|---|---|---|---|")
    found = []
    for work in ONE + WITH_ADAM:
        times = measure(work, sides, seconds=6)
        cells = " | ".join(f"{t:.0f}" for t in np.median(times, axis=0) / work.batches * 1e6)
        _, pytorch, _, products = ratios_of(times)
        found.append(pytorch)
        print(
            f"| {work.name} | {work.batch_size} | {cells} | **{pytorch:.1f}** | {1 / products:.2f} |",
            flush=True,
        )
    six = found[: len(ONE)]
    print(
        f"\nPyTorch / course, the {len(six)} with SGD: median {np.median(six):.1f}, least {min(six):.1f}.\n"
    )


def fifty_networks():
    """Print the table of fifty networks at once."""
    sides = (course_epochs, pytorch_epochs, vmap_epochs, product_epochs)
    head = "in turn / course | vmap / course | course / products"
    print(f"| Fifty networks, a step of one | batch | course | PyTorch in turn | vmap | products | {head} |")
    print("|---|---|---|---|---|---|---|---|---|")
    for work in FIFTY:
        times = measure(work, sides, seconds=12)
        cells = " | ".join(f"{t:.1f}" for t in np.median(times, axis=0) / work.batches / 50 * 1e6)
        _, pytorch, vmap, products = ratios_of(times)
        numbers = f"**{pytorch:.0f}** | **{vmap:.1f}** | {1 / products:.2f}"
        print(f"| {work.name} | {work.batch_size} | {cells} | {numbers} |", flush=True)


def main():
    """Print both tables."""
    try:
        import torch
    except ImportError:
        raise SystemExit("This part compares with PyTorch: pip install -e .[benchmarks]") from None
    warnings.filterwarnings("ignore", module="sklearn")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            print(f"NumPy {np.__version__}, PyTorch {torch.__version__}; medians over alternating epochs.")
            print("Microseconds a step.\n")
            one_network()
            fifty_networks()
    finally:
        torch.set_num_threads(threads)


REFERENCE = {
    "SGD": Workload("SGD", (2, 16, 16, 16, 2), 32, batches=5),
    "Adam": Workload("Adam", (2, 16, 16, 16, 2), 32, batches=5, adam=True),
    "wide": Workload("wide", (64, 64, 64, 10), 64, batches=5),
    "replicas": Workload("replicas", (2, 16, 16, 16, 2), 32, batches=5, replicas=(3,)),
}
"""Trainings whose losses PyTorch gives for the tests, by name."""
REFERENCE_EPOCHS = 5


def gradient_problem():
    """Return a small float64 network, samples, labels and targets, for gradients right to the last digits."""
    generator = np.random.default_rng(3)
    network = Network((2, 8, 8, 3), generator=generator, dtype=np.float64)
    network.parameters += generator.normal(size=network.parameters.shape) / 10
    x, targets = generator.normal(size=(16, 2)), generator.normal(size=(16, 3))
    return network, x, {"softmax_cross_entropy": generator.integers(3, size=16), "squared_error": targets}


def reference():
    """Return what PyTorch gives, for the tests: the losses of short trainings; losses and gradients."""
    import torch

    losses = {}
    for name, work in REFERENCE.items():
        run = pytorch_epochs(work, network_of(work), *data_of(work))
        losses[name] = [next(run).tolist() for _ in range(REFERENCE_EPOCHS)]
    network, x, answers = gradient_problem()
    criteria = {"softmax_cross_entropy": torch.nn.CrossEntropyLoss(), "squared_error": torch.nn.MSELoss()}
    gradients = {}
    for name in LOSSES:
        (model,) = pytorch_models(network)
        loss = criteria[name](model(torch.from_numpy(x)), torch.from_numpy(answers[name]))
        loss.backward()
        # The course's order: of each layer the weights (fan_in, fan_out), then the bias.
        flat = [part for layer in model[::2] for part in (layer.weight.grad.T.ravel(), layer.bias.grad)]
        gradients[name] = {"loss": loss.item(), "gradients": torch.cat(flat).tolist()}
    return {"torch": torch.__version__, "losses": losses, "gradients": gradients}
