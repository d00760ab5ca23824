"""Lesson 7, training thirty layers: its pictures, gradients layer by layer, and a live training."""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from utils.datasets import digits
from utils.diagnostics import gradient_norms
from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.figures import BLACK, BLUE, GREY, ORANGE, new_figure
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.training import accuracy, train

CHANCE = np.log(10)
LAYERS, WIDTH, REPLICAS, BATCH = 30, 32, 20, 32
# The colour tells the activation, the line the initialisation.
COLOURS = {"relu": BLUE, "tanh": ORANGE, "sigmoid": BLACK}
LINE_STYLES = {"he": "-", "xavier": (0, (4, 4))}
TITLES = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "he": "He", "xavier": "Xavier"}
MARKERS = {"he": "o", "xavier": "^"}


def title(*names):
    """The names of a recipe as they are written: "ReLU, He"."""
    return ", ".join(TITLES.get(name, name) for name in names)


def optimizer_named(name):
    """A new optimiser with the lesson's learning rate."""
    return SGD(0.003, momentum=0.9) if name == "SGD" else Adam(0.001)


def draw_chance(axes, at):
    """Draw the line ln 10, with its name above it, to the left of one place."""
    axes.axhline(CHANCE, color=GREY, linestyle=":", linewidth=1.5)
    axes.text(at, CHANCE + 0.03, "ln 10", color=GREY, fontsize=10, ha="right")


def apart(heights, gap):
    """The heights of labels, moved upwards as little as it takes to stand at least `gap` apart."""
    order = np.argsort(heights)
    placed = np.array(heights, float)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    return placed


# ------------------------------------------------------------------------------------- pictures of the cells


def curves_picture(losses, shares):
    """Return the figure of the recipes' losses and test accuracies, and its description.

    losses: (activation, initialiser) -> (epochs, replicas); shares: the same -> accuracies (replicas,).
    """
    figure, (left, right) = new_figure(1, 2, width=9.6, height=4.2, width_ratios=(1.25, 1))
    epochs = 1 + np.arange(len(next(iter(losses.values()))))
    places = apart([values[-1].mean() for values in losses.values()], 0.17)
    told = []
    for place, (recipe, values) in zip(places, losses.items(), strict=True):
        colour, line = COLOURS[recipe[0]], LINE_STYLES[recipe[1]]
        if recipe[0] == "sigmoid":  # it lies on ReLU's: each shows between the other's dashes
            line = (4, (4, 4))
        left.fill_between(epochs, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.15)
        left.plot(epochs, values.mean(axis=1), color=colour, linestyle=line, linewidth=2.2)
        left.text(epochs[-1] + 0.2, place, title(*recipe), color=colour, va="center", fontsize=10)
        told.append(f"{title(*recipe)} {values[-1].mean():.2f}")
    left.plot([0.7, epochs[-1]], [CHANCE, CHANCE], color=GREY, linestyle=":", linewidth=1.5)
    left.text(epochs[-1] - 0.1, CHANCE - 0.03, "ln 10", color=GREY, fontsize=10, ha="right", va="top")
    limits = {"xlim": (0.7, 1.42 * epochs[-1]), "ylim": (0, 2.85)}
    left.set(
        xlabel="epoch (dashed: Xavier)", ylabel="training loss, mean and range", xticks=epochs[1::2], **limits
    )
    for row, (recipe, values) in enumerate(shares.items()):
        scatter = row + np.linspace(-0.25, 0.25, values.size)
        style = {"color": COLOURS[recipe[0]], "marker": MARKERS[recipe[1]], "linestyle": ""}
        right.plot(values, scatter, **style, markersize=4, alpha=0.7)
    right.set(xlim=(0, 1), ylim=(len(shares) - 0.5, -0.5), xlabel="test accuracy, one mark a network")
    right.set_yticks(range(len(shares)), [title(*recipe) for recipe in shares])
    right.axvline(0.1, color=GREY, linestyle=":", linewidth=1.5)
    stuck = [title(*recipe) for recipe, values in losses.items() if abs(values[-1].mean() - CHANCE) < 0.05]
    return figure, (
        f"Mean loss in epoch {epochs[-1]}: {'; '.join(told)}. At ln 10 = {CHANCE:.2f}, and at a test "
        f"accuracy near 0.1, stay {' and '.join(stuck)}."
    )


def factorial_picture(shares):
    """Return the figure of a 2 x 2 x 2 experiment, a panel for each optimiser, and its description.

    shares: (activation, initialiser, optimiser) -> test accuracies (replicas,).
    """
    figure, axes = new_figure(1, 2, width=9, height=4, sharey=True)
    told = []
    for panel, optimizer in zip(axes, ("SGD", "Adam"), strict=True):
        for shift, (activation, marker) in zip((-0.04, 0.04), (("relu", "o"), ("tanh", "^")), strict=True):
            colour = COLOURS[activation]
            columns = [shares[activation, initializer, optimizer] for initializer in ("xavier", "he")]
            for column, values in enumerate(columns):
                spread = column + shift * (1 + np.arange(values.size) % 5 / 2)
                panel.plot(spread, values, marker, color=colour, markersize=4, alpha=0.5)
            means = [values.mean() for values in columns]
            line = {"relu": "-", "tanh": "--"}[activation]
            panel.plot([0, 1], means, color=colour, linestyle=line, linewidth=2.2)
            panel.text(1.2, means[1], TITLES[activation], color=colour, va="center", fontsize=11)
            told.append(f"{TITLES[activation]} with {optimizer}, {means[0]:.2f} to {means[1]:.2f}")
        name = "SGD with momentum" if optimizer == "SGD" else optimizer
        panel.set(title=name, xlim=(-0.3, 1.5), ylim=(0, 1), xlabel="initialisation")
        panel.set_xticks([0, 1], ["Xavier", "He"])
        panel.axhline(0.1, color=GREY, linestyle=":", linewidth=1.5)
    axes[0].text(0.5, 0.11, "chance", color=GREY, fontsize=10, va="bottom", ha="center")
    axes[0].set_ylabel("test accuracy")
    return figure, f"Mean test accuracy from Xavier to He: {'; '.join(told)}."


def signs_picture(runs):
    """Return the figure of several trainings, a column each, and its description.

    runs: name -> (losses (epochs + 1, replicas), gradient norms (layers, replicas) before the first step).
    """
    figure, axes = new_figure(2, len(runs), width=10.4, height=4.6, sharex="row", sharey="row")
    told = []
    for column, (name, (losses, norms)) in enumerate(runs.items()):
        top, bottom = axes[:, column]
        epochs, layers = np.arange(len(losses)), 1 + np.arange(len(norms))
        shown = np.clip(np.nan_to_num(losses, nan=9, posinf=9), 0, 9)
        top.plot(epochs, shown, color=BLUE, linewidth=1, alpha=0.5)
        top.axhline(CHANCE, color=GREY, linestyle=":", linewidth=1.5)
        top.set_title(name, fontsize=10.5)
        top.set(ylim=(0, 3.6), xlabel="epoch", xticks=epochs)
        if not np.isfinite(losses[-1]).any():
            style = {"transform": top.transAxes, "color": ORANGE, "fontsize": 12, "ha": "center"}
            top.text(0.5, 0.2, "huge,\nthen NaN", **style)
        if (norms > 0).any():
            bottom.plot(layers, _exponents(norms, -30), color=ORANGE, linewidth=1, alpha=0.5)
        else:
            bottom.text(0.5, 0.5, "exactly 0", transform=bottom.transAxes, color=ORANGE, ha="center")
        bottom.set(ylim=(-20, 11), xlabel="layer", xticks=(1, 15, 30))
        told.append(f"{name}, {_span(norms[0])} in the first and {_span(norms[-1])} in the last layer")
    axes[0, 0].set_ylabel("training loss")
    axes[1, 0].set_ylabel("log₁₀ of the gradient's\nnorm, before step 1")
    axes[0, 0].text(0.05, CHANCE + 0.08, "ln 10", color=GREY, fontsize=10)
    return figure, f"Median norm of the weights' gradient before training: {'; '.join(told)}."


def _exponents(norms, lowest):
    """log10 of the norms, and `lowest` for what is smaller, 0 included."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log10(norms), lowest)


def _span(norms):
    middle = np.median(norms)
    return "exactly 0" if middle == 0 else f"{middle:.0e}"


# ------------------------------------------------------------------- the gradients, layer by layer, over time

STEPS, EVERY = 90, 3
RECIPES = {
    "ReLU, He, SGD": ("relu", "he", "SGD"),
    "ReLU, Xavier, SGD": ("relu", "xavier", "SGD"),
    "ReLU, Xavier, Adam": ("relu", "xavier", "Adam"),
    "tanh, Xavier, SGD": ("tanh", "xavier", "SGD"),
    "sigmoid, Xavier, SGD": ("sigmoid", "xavier", "SGD"),
    "sigmoid, Xavier, Adam": ("sigmoid", "xavier", "Adam"),
}


@lru_cache
def recorded(name):
    """Losses (snapshots, replicas) and gradient norms (snapshots, layers, replicas) of 90 training steps."""
    activation, initializer, optimizer = RECIPES[name]
    data, generator = digits(standardised=True), np.random.default_rng(7)
    sizes = [64, *[WIDTH] * (LAYERS - 1), 10]
    law = {"activation": activation, "initializer": initializer, "generator": generator}
    network, rule = Network(sizes, replicas=REPLICAS, **law), optimizer_named(optimizer)
    losses, norms = [], []
    for step in range(STEPS + 1):
        batch = generator.choice(len(data.x_train), BATCH, replace=False)
        loss, upstream = softmax_cross_entropy(network.forward(data.x_train[batch]), data.y_train[batch])
        network.backward(upstream, needs_input_gradient=False)
        if step % EVERY == 0:
            losses.append(loss)
            norms.append(gradient_norms(network))
        rule.step(network.parameters, network.gradients)
    return np.array(losses), np.array(norms)


LOWEST = -20


def _norm_axes(axes):
    axes.set(xlim=(0, LAYERS + 1), ylim=(LOWEST, 2), yticks=range(LOWEST, 1, 5))
    axes.set(xlabel="layer l (1 is next to the input)", ylabel="log₁₀ of the gradient's norm")


def gradients_scene():
    figure, (left, right) = new_figure(1, 2, width=7.6, height=3.6)
    _norm_axes(left)
    right.set(xlim=(-2, STEPS + 2), ylim=(1, 3), xlabel="step", ylabel="loss of a batch")
    draw_chance(right, STEPS - 5)
    return figure


def gradients_view(figure, network, step):
    losses, norms = recorded(network)
    now = step // EVERY
    sizes = _exponents(norms[now], LOWEST)
    left, right = figure.axes
    layers, steps = 1 + np.arange(LAYERS), EVERY * np.arange(len(losses))
    left.fill_between(layers, sizes.min(axis=1), sizes.max(axis=1), color=ORANGE, alpha=0.25)
    left.plot(layers, np.median(sizes, axis=1), "o-", color=ORANGE, markersize=3)
    right.fill_between(steps, losses.min(axis=1), losses.max(axis=1), color=BLUE, alpha=0.2)
    right.plot(steps, np.median(losses, axis=1), color=BLUE, linewidth=2.2)
    right.plot(step, np.median(losses[now]), "o", color=BLUE, markersize=8)
    first, middle, last = (_power(norms[now, layer]) for layer in (0, LAYERS // 2 - 1, LAYERS - 1))
    return (
        f"{network}, step {step}. Median norm of the weights' gradient over {REPLICAS} networks: {first} in "
        f"layer 1, {middle} in layer {LAYERS // 2}, {last} in layer {LAYERS}. Loss of this batch: median "
        f"{np.median(losses[now]):.2f}, from {losses[now].min():.2f} to {losses[now].max():.2f}."
    )


def _power(norms):
    middle = np.median(norms)
    return f"10^{np.log10(middle):.1f}" if middle > 0 else "0"


def gradients():
    return Explorer(  # each network is recorded when its first picture is drawn, ahead of the learner
        gradients_view,
        gradients_scene,
        {
            "network": Choice("network", tuple(RECIPES), "ReLU, Xavier, SGD"),
            "step": Range("training step", 0, STEPS, EVERY, 0),
        },
        [
            Stop("He's scale: gradients of a useful size in every layer.", {"network": "ReLU, He, SGD"}),
            Stop("Xavier's scale: all layers shrink together.", {"network": "ReLU, Xavier, SGD"}),
            Stop(
                "Ninety steps of SGD later: still at ln 10.",
                {"network": "ReLU, Xavier, SGD", "step": STEPS},
            ),
            Stop(
                "With Adam the median network has found its way.",
                {"network": "ReLU, Xavier, Adam", "step": STEPS},
            ),
            Stop("Sigmoid: each layer weakens the gradient.", {"network": "sigmoid, Xavier, SGD"}),
            Stop(
                "Adam does not mend that: next to the input there is nothing left to rescale.",
                {"network": "sigmoid, Xavier, Adam", "step": STEPS},
            ),
        ],
    )


# ------------------------------------------------------------------------------------------- training, live

EPOCHS = 20


def watching_scene():
    figure, (left, right) = new_figure(1, 2, width=7.6, height=3.6)
    left.set(xlim=(0, EPOCHS + 0.5), ylim=(0, 2.8), xlabel="epoch", ylabel="training loss")
    draw_chance(left, EPOCHS - 1)
    _norm_axes(right)
    return figure


def watching(figure, activation, initializer, optimizer, layers, start):
    """Train one network on the digits; each step is an epoch."""
    data, generator = digits(standardised=True), np.random.default_rng(start)
    sizes = [64, *[WIDTH] * (layers - 1), 10]
    law = {"activation": activation, "initializer": initializer, "generator": generator}
    network, losses = Network(sizes, **law), []
    rule = optimizer_named("SGD" if optimizer.startswith("SGD") else optimizer)
    run = {"optimizer": rule, "epochs": EPOCHS, "batch_size": BATCH, "generator": generator}
    for epoch in train(network, data.x_train, data.y_train, loss="softmax_cross_entropy", **run):
        losses.append(float(epoch.loss))
        norms = gradient_norms(network)
        left, right = figure.axes
        left.plot(np.arange(1, len(losses) + 1), losses, color=BLUE, linewidth=2.2)
        left.plot(len(losses), losses[-1], "o", color=BLUE)
        sizes_now = _exponents(norms, LOWEST)
        right.plot(1 + np.arange(layers), sizes_now, "o-", color=ORANGE, markersize=3)
        share = float(accuracy(network, data.x_test, data.y_test))
        ends = " and ".join(
            f"{_power(norm)} in layer {n}" for norm, n in ((norms[0], 1), (norms[-1], layers))
        )
        yield (
            epoch.number / EPOCHS,
            f"{layers} layers, {title(activation, initializer, optimizer)}, epoch {epoch.number}: loss "
            f"{losses[-1]:.3f}, {share:.0%} of the test images right. The gradient's norm is {ends}.",
        )


def watch():
    return Live(
        watching,
        watching_scene,
        {
            "activation": Choice("activation", ("relu", "tanh", "sigmoid"), "relu"),
            "initializer": Choice("initialisation", ("he", "xavier"), "xavier"),
            "optimizer": Choice("optimiser", ("SGD with momentum", "Adam"), "SGD with momentum"),
            "layers": Range("layers", 2, LAYERS, 1, LAYERS),
            "start": Range("random start", 1, 20, 1, 1),
        },
    )


EXPLORERS = {"gradients": gradients, "watch": watch}
