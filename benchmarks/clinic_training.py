"""Part B of the last exercise: what sensible, naive and failed trainings reach on fresh draws of MNIST-1D."""

import functools
import json
import time

import numpy as np

from utils import lessons
from utils.convolution import mnist1d_cnn
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.questions import clinic_build
from utils.training import fit

SEEDS = 20


def trained(network_of, optimizer_of, epochs, batch_size=50):
    """An answer to a question of part B: train a network of the course, and return its labels."""

    def answer(x_train, y_train, x_test, seed):
        generator = np.random.default_rng(seed)
        network = network_of(generator)
        run = {"optimizer": optimizer_of(), "epochs": epochs, "batch_size": batch_size, "progress": False}
        fit(network, x_train, y_train, loss="softmax_cross_entropy", generator=generator, **run)
        with np.errstate(all="ignore"):
            return network.forward(x_test).argmax(axis=1)

    return answer


def mlp(*hidden, **how):
    """A function that makes a fully connected network for MNIST-1D."""
    return lambda generator: Network([40, *hidden, 10], generator=generator, **how)


def cnn(**how):
    """A function that makes a convolutional network for MNIST-1D."""
    return lambda generator: mnist1d_cnn(generator, **how)


def mirrored(answer):
    """The answer on samples that run backwards, as for kernels that are turned round."""
    return lambda x_train, y_train, x_test, seed: answer(x_train[:, ::-1], y_train, x_test[:, ::-1], seed)


def all_zero(network_of):
    """The same networks with all parameters 0."""

    def network_with_zeros(generator):
        network = network_of(generator)
        network.parameters[...] = 0
        return network

    return network_with_zeros


def nearest_neighbour(x_train, y_train, x_test, seed):
    """The label of the training sample that is nearest: no network at all."""
    distances = np.square(x_train).sum(axis=1) - 2 * x_test @ x_train.T
    return y_train[distances.argmin(axis=1)]


def random_features(x_train, y_train, x_test, seed):
    """Least squares on 1000 random hidden units that are never trained."""
    generator = np.random.default_rng(seed)
    weights, bias = generator.normal(size=(40, 1000)) / np.sqrt(40), generator.normal(size=1000)
    train, test = (np.maximum(x @ weights + bias, 0) for x in (x_train, x_test))
    squares = train.T @ train + 10 * np.eye(1000)
    return (test @ np.linalg.solve(squares, train.T @ np.eye(10)[y_train])).argmax(axis=1)


def averaged(answer, networks=6):
    """The label that most of so many trainings give."""

    def by_majority(x_train, y_train, x_test, seed):
        labels = [answer(x_train, y_train, x_test, [seed, each]) for each in range(networks)]
        return sum(np.eye(10)[each] for each in labels).argmax(axis=1)

    return by_majority


@functools.cache
def solution(old="", new=""):
    """The functions that the solution notebook defines, run without its checks; ``new`` replaces ``old``."""
    names = {"np": np}
    for cell in json.loads(lessons.lesson("14_clinic").solution.read_bytes())["cells"]:
        source = "".join(cell["source"]).replace(old, new) if old else "".join(cell["source"])
        if cell["cell_type"] == "code" and "check" not in source:
            exec(compile(source, cell["id"], "exec"), names)
    return names


momentum = functools.partial(SGD, 0.05, 0.9)
SENSIBLE = {
    "train_mlp": {
        "100-100, momentum, 30 epochs": trained(mlp(100, 100), momentum, 30),
        "100-100, Adam 0.001, 30 epochs": trained(mlp(100, 100), functools.partial(Adam, 0.001), 30),
        "64, Adam 0.003, 20 epochs": trained(mlp(64), functools.partial(Adam, 0.003), 20),
        "100-100, plain SGD 0.1, 40 epochs": trained(mlp(100, 100), functools.partial(SGD, 0.1), 40),
        "200-200, momentum, 20 epochs": trained(mlp(200, 200), momentum, 20),
    },
    "train_cnn": {
        "25 channels, momentum, 20 epochs": trained(cnn(), momentum, 20),
        "the same, samples mirrored": mirrored(trained(cnn(), momentum, 20)),
        "25 channels, Adam 0.003, 15 epochs": trained(cnn(), functools.partial(Adam, 0.003), 15),
        "16 channels, momentum, 15 epochs": trained(cnn(channels=16), momentum, 15),
        "25 channels, plain SGD 0.1, 25 epochs": trained(cnn(), functools.partial(SGD, 0.1), 25),
    },
}
NAIVE = {
    "train_mlp": {
        "no hidden layer": trained(mlp(), momentum, 20),
        "no bend": trained(mlp(100, 100, activation="identity"), functools.partial(SGD, 0.02, 0.9), 15),
        "all weights 0": trained(all_zero(mlp(100, 100)), momentum, 5),
        "learning rate 0.00001": trained(mlp(100, 100), functools.partial(Adam, 1e-5), 15),
        "learning rate 3": trained(mlp(100, 100), functools.partial(SGD, 3.0, 0.9), 5),
        "3 epochs, Adam 0.001": trained(mlp(100, 100), functools.partial(Adam, 0.001), 3),
    },
    "train_cnn": {
        "an MLP, 200-200": trained(mlp(200, 200), momentum, 30),
        "no bend": trained(cnn(activation="identity"), functools.partial(SGD, 0.02, 0.9), 6),
        "all weights 0": trained(all_zero(cnn()), momentum, 2),
        "learning rate 3": trained(cnn(), functools.partial(SGD, 3.0, 0.9), 2),
        "2 epochs, Adam 0.001": trained(cnn(), functools.partial(Adam, 0.001), 2),
    },
}


def judged_by_labels():
    """Attempts that are no answer to the question, or a faulty one, and that labels alone cannot tell."""
    rules = {"nearest neighbour": nearest_neighbour, "random features, least squares": random_features}
    assigned = {"the solution, = in place of +=": solution("] += part", "] = part")["train_cnn"]}
    ensemble = {"six MLPs, 200-200, by majority": averaged(trained(mlp(200, 200), momentum, 20))}
    return {"train_mlp": rules, "train_cnn": rules | assigned | ensemble}


QUESTIONS = {question.id: question for question in clinic_build.QUESTIONS}
THRESHOLDS = {"train_mlp": clinic_build.MLP_SHARE, "train_cnn": clinic_build.CNN_SHARE}


def shares(question, attempts, seeds=SEEDS):
    """Return {attempt: (shares of right labels, seconds of processor time)}, an array (seeds,) of each.

    Each seed is another draw, the same for all attempts.
    """
    right, seconds = ({name: [] for name in attempts} for _ in range(2))
    for seed in range(seeds):
        (case,) = QUESTIONS[question].cases(np.random.default_rng(seed))
        labels = QUESTIONS[question].reference(*case)
        for name, answer in attempts.items():
            start = time.process_time()
            right[name].append(np.mean(answer(*case) == labels))
            seconds[name].append(time.process_time() - start)
    return {name: (np.array(right[name]), np.array(seconds[name])) for name in attempts}


def table(question, attempts, seeds=SEEDS):
    """Print what the attempts reach."""
    threshold = THRESHOLDS[question]
    print(f"\n{question}: {threshold:.0%} are asked, {seeds} draws\n")
    print("| attempt | mean | standard deviation | least | most | passes | seconds |")
    print("|---|---|---|---|---|---|---|")
    for name, (right, seconds) in shares(question, attempts, seeds).items():
        of_right = f"{right.mean():.3f} | {right.std(ddof=1):.3f} | {right.min():.3f} | {right.max():.3f}"
        passes = np.sum(right >= threshold)
        print(f"| {name} | {of_right} | {passes} | {np.median(seconds):.2f} |", flush=True)


def main():
    """Print what the solution and all other attempts reach on 20 draws."""
    for question in QUESTIONS:
        attempts = {"the solution": solution()[question]}
        table(question, attempts | SENSIBLE[question] | NAIVE[question] | judged_by_labels()[question])
