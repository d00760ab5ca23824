"""One step of training in lesson 12's networks beside PyTorch: recurrent, convolutional, and with attention.

A step is the lesson's: forward, loss, backward, gradients clipped where the network is recurrent, and Adam.
Both sides have the same batches, the same initial weights and one thread; they take turns, and the program
stops when their losses differ by more than rounding.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from utils.adding import adding_problem
from utils.attention import mnist1d_transformer
from utils.convolution import mnist1d_cnn
from utils.losses import softmax_cross_entropy, squared_error
from utils.networks import Network
from utils.optimizers import Adam
from utils.recurrent import LSTM, Recurrent, clip

BATCHES = 10
MAX_NORM = 1.0
LEARNING_RATE = 0.001
AGREEMENT = 1e-4


@dataclass(frozen=True)
class Workload:
    """A network that the course makes with `make(**sizes, ...)`, and PyTorch with pytorch_models.<name>.

    time: the length of the adding problem's sequences, for recurrent networks; the others get signals.
    """

    name: str
    make: Callable
    sizes: dict
    batch_size: int
    time: int | None = None

    def network(self, **law):
        """Return the course's network; law: generator, replicas and dtype."""
        return self.make(**self.sizes, **law)

    @property
    def loss(self):
        """The course's: a recurrent network answers with a number, the others with a class."""
        return squared_error if self.time else softmax_cross_entropy

    def batches(self, generator, replicas=()):
        """Draw BATCHES pairs (x, y), of each replica's own: the adding problem, or noise of the length of
        MNIST-1D's signals, with labels.
        """
        if self.time:
            return [
                adding_problem(self.batch_size, self.time, generator, replicas=replicas)
                for _ in range(BATCHES)
            ]
        shape = (*replicas, self.batch_size)
        return [
            (generator.standard_normal((*shape, 40), np.float32), generator.integers(10, size=shape))
            for _ in range(BATCHES)
        ]


def irnn(**how):
    """A recurrent network of ReLU units whose recurrent weights start as the identity."""
    return Recurrent(activation="relu", initializer="identity", **how)


def workloads(units, lstm_units, time, channels, width=12, hidden=32, sequences=16, samples=50):
    """Return the four networks: so many units, steps of time, channels; width and hidden are of attention."""
    one_number = {"features": 2, "outputs": 1}
    block = {"width": width, "hidden": hidden, "token_width": 8}
    return (
        Workload("irnn", irnn, {**one_number, "units": units}, sequences, time),
        Workload("lstm", LSTM, {**one_number, "units": lstm_units}, sequences, time),
        Workload("mnist1d_cnn", mnist1d_cnn, {"channels": channels}, samples),
        Workload("Transformer", mnist1d_transformer, block, samples),
    )


def course_steps(work, network, batches):
    """Train with the course; yield the loss of each step, (*replicas,)."""
    optimizer = Adam(LEARNING_RATE)
    while True:
        for x, y in batches:
            loss, upstream = work.loss(network.forward(x), y)
            network.backward(upstream, needs_input_gradient=False)
            if work.time:
                clip(network.gradients, MAX_NORM)
            optimizer.step(network.parameters, network.gradients)
            yield loss


def pytorch_steps(work, network, batches):
    """Train one PyTorch network after the other, as its tutorials do; yield what the course yields."""
    import torch

    from benchmarks import pytorch_models

    places = list(np.ndindex(network.replicas))
    models = [pytorch_models.model_of(work, network, replica) for replica in places]
    optimizers = [torch.optim.Adam(model.parameters(), lr=LEARNING_RATE) for model in models]
    criterion = torch.nn.MSELoss() if work.time else torch.nn.CrossEntropyLoss()
    batches = [
        [(torch.from_numpy(x[replica]), torch.from_numpy(y[replica])) for replica in places]
        for x, y in batches
    ]
    while True:
        for batch in batches:
            losses = []
            for model, optimizer, (x, y) in zip(models, optimizers, batch, strict=True):
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                if work.time:
                    torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
                optimizer.step()
                losses.append(loss.item())
            yield np.reshape(losses, network.replicas)


def measure(work, replicas=(), seconds=8.0):
    """Return the seconds of a step, (repeats, 2): the course and PyTorch take turns, BATCHES steps each.

    Raises RuntimeError when their losses differ by more than rounding in the first BATCHES steps.
    """
    batches = work.batches(np.random.default_rng(0), replicas)
    network = work.network(generator=np.random.default_rng(1), replicas=replicas)
    # PyTorch copies the initial weights when its first step starts: it goes first.
    runs = [side(work, network, batches) for side in (pytorch_steps, course_steps)]
    pairs = [[next(run) for run in runs] for _ in range(BATCHES)]
    difference = max(np.max(np.abs(course / pytorch - 1)) for pytorch, course in pairs)
    print(f"{work.name}: the losses differ by at most {difference:.1e} of their size", file=sys.stderr)
    if not difference < AGREEMENT:
        raise RuntimeError(f"{work.name}: the losses differ by {difference:.1e} of their size.")
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 7:
        row = []
        for run in reversed(runs):
            start = time.perf_counter()
            for _ in range(BATCHES):
                next(run)
            row.append((time.perf_counter() - start) / BATCHES)
        times.append(row)
    return np.array(times)


NAMES = {"irnn": "IRNN", "lstm": "LSTM", "mnist1d_cnn": "CNN", "Transformer": "attention"}


def print_table(works, title, replicas=()):
    """Print a row for each network: medians, and the median and the ratio of the shortest times."""
    print(f"| {title} | batch | course | PyTorch | PyTorch / course | of the shortest times |")
    print("|---|---|---|---|---|---|")
    for work in works:
        times = measure(work, replicas) * 1e6
        course, pytorch = np.median(times, axis=0)
        ratio, least = np.median(times[:, 1] / times[:, 0]), np.divide(*times.min(axis=0)[::-1])
        size = f"{work.sizes['units']} units, {work.time} steps" if work.time else ""
        size = f"{work.sizes['channels']} channels" if "channels" in work.sizes else size
        name = f"{NAMES[work.name]}, {size}" if size else NAMES[work.name]
        print(
            f"| {name} | {work.batch_size} | {course:.0f} | {pytorch:.0f} | **{ratio:.2f}** | {least:.2f} |",
            flush=True,
        )


def main():
    """Print both tables."""
    try:
        import torch
    except ImportError:
        raise SystemExit("This part compares with PyTorch: pip install -e .[benchmarks]") from None
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            print(
                f"NumPy {np.__version__}, PyTorch {torch.__version__}; sides in turn, {BATCHES} steps each."
            )
            print("Microseconds a step, medians.\n")
            print_table(workloads(units=64, lstm_units=64, time=60, channels=25), "One network")
            print()
            lesson = workloads(units=32, lstm_units=16, time=30, channels=16)
            print_table(lesson, "Twenty networks, a step of all", replicas=(20,))
    finally:
        torch.set_num_threads(threads)


REFERENCE = {work.name: work for work in workloads(8, 4, 6, 3, width=4, hidden=6, sequences=4, samples=4)}
"""Small networks of which PyTorch gives losses and gradients for the tests, by name."""


def problem(work) -> tuple[Network, list]:
    """Return a float64 network and batches, so that gradients are right to the last digits."""
    generator = np.random.default_rng(3)
    network = work.network(generator=generator, dtype=np.float64)
    network.parameters += generator.normal(size=network.parameters.shape) / 10
    batches = work.batches(generator)
    return network, [(x.astype(float), y.astype(float) if work.time else y) for x, y in batches]


def reference():
    """Return what PyTorch gives, for the tests: the losses of BATCHES steps, and the first gradients."""
    import torch

    from benchmarks import pytorch_models

    numbers = {"torch": torch.__version__}
    for name, work in REFERENCE.items():
        network, batches = problem(work)
        model = pytorch_models.model_of(work, network)
        x, y = (torch.from_numpy(each) for each in batches[0])
        criterion = torch.nn.MSELoss() if work.time else torch.nn.CrossEntropyLoss()
        criterion(model(x), y).backward()
        run = pytorch_steps(work, network, batches)
        numbers[name] = {
            "losses": [float(next(run)) for _ in range(BATCHES)],
            "gradients": pytorch_models.gradients_of(model, network).tolist(),
        }
    return numbers
