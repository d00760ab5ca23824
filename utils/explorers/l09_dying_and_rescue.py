"""Lesson 9, dying and rescue: one step's push on a unit, a network that dies while you watch."""

import copy
from functools import lru_cache

import numpy as np
from matplotlib.colors import PowerNorm, to_rgba
from matplotlib.ticker import MaxNLocator

from utils.activations import ACTIVATIONS
from utils.batch_norm import with_batch_norm
from utils.datasets import digits
from utils.diagnostics import dead_units, dead_units_of
from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, SEQUENTIAL, new_figure
from utils.initializers import he
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import SGD
from utils.training import accuracy

WIDTH = 256
BATCH = 32
DEAD = to_rgba(ORANGE)
INPUTS = ("pixels 0 to 16", "pixels 0 to 1", "standardised")


@lru_cache
def images(inputs):
    """The digits as one of INPUTS: (x_train, y_train, x_test, y_test)."""
    data = digits(standardised=inputs == "standardised")
    scale = np.float32(1 / 16 if inputs == "pixels 0 to 1" else 1)
    return data.x_train * scale, data.y_train, data.x_test * scale, data.y_test


def reinitialised(network, x, generator):
    """Return a copy of the network in which every hidden unit that is dead on x starts anew.

    It has fresh He weights, bias 0 and outgoing weights 0 (those to a unit that starts anew itself are among
    that one's fresh weights), so that the output on x stays the same.
    """
    network = copy.deepcopy(network)
    for layer, dead in enumerate(dead_units_of(network, x)):
        weights, bias = network.weights[layer], network.biases[layer]
        fresh = he(*weights.shape[-2:], generator, replicas=network.replicas, dtype=network.dtype)
        np.copyto(weights, fresh, where=dead[..., None, :])
        bias[dead] = 0
        network.weights[layer + 1][dead] = 0
    return network


# ------------------------------------------------------------------------------------ one step, dragged

RATES = tuple(round(0.02 * k, 2) for k in range(1, 16))
STEPS = 4
SHOWN = slice(1, 6)  # five units that fare differently
EDGES = np.linspace(-8, 4, 61)


@lru_cache
def first_steps(inputs):
    """The first STEPS steps of one network, the same start and batches for each of RATES.

    Returns the parameters of the SHOWN units (steps + 1, rates, 65, units), the last row their biases, and
    the share of all units that are dead on the training images, (steps + 1, rates).
    """
    x, y, _, _ = images(inputs)
    generator = np.random.default_rng(0)
    network = Network([64, WIDTH, 10], generator=generator, replicas=len(RATES))
    network.parameters[...] = network.parameters[0].copy()
    order = generator.permutation(len(x))
    rates = np.array(RATES, np.float32)[:, None]
    shown, dead = [], []
    for step in range(STEPS + 1):
        weights, bias = network.weights[0], network.biases[0]
        shown.append(np.concatenate([weights, bias[:, None, :]], axis=1)[..., SHOWN])
        largest = np.max(x @ weights, axis=1) + bias
        dead.append((largest <= 0).mean(axis=-1))
        batch = order[step * BATCH : (step + 1) * BATCH]
        _, upstream = softmax_cross_entropy(network.forward(x[batch]), y[batch])
        network.backward(upstream, needs_input_gradient=False)
        network.parameters -= rates * network.gradients
    return np.array(shown), np.array(dead)


def before_and_after(inputs, learning_rate, step, unit):
    """z of one unit (1 is the first) for all training images, before and after a step (1 is the first)."""
    shown, _ = first_steps(inputs)
    parameters = shown[step - 1 : step + 1, RATES.index(learning_rate), :, unit - 1]
    return images(inputs)[0] @ parameters[:, :-1].T + parameters[:, -1]


@lru_cache
def _size_at_start(inputs, unit):
    """The root mean square of a unit's z before any step: the unit of the picture's axis."""
    return float(np.sqrt(np.square(before_and_after(inputs, RATES[0], 1, unit)[:, 0]).mean()))


def push() -> Explorer:
    """One unit's pre-activations for all digits, before and after one step."""
    for inputs in INPUTS:
        first_steps(inputs)
    return Explorer(
        _push,
        _push_scene,
        {
            "inputs": Choice("inputs", INPUTS, INPUTS[0]),
            "learning_rate": Range("learning rate", RATES[0], RATES[-1], 0.02, 0.1),
            "step": Range("step", 1, STEPS, 1, 1),
            "unit": Range("unit", 1, SHOWN.stop - SHOWN.start, 1, 1),
        },
        (
            Stop("The first step moves all images together.", {"step": 1}),
            Stop("The second step is the larger one.", {"step": 2}),
            Stop("With a small learning rate it is harmless.", {"step": 2, "learning_rate": 0.02}),
            Stop(
                "With a large one more than half of all units are dead after it.",
                {"step": 2, "learning_rate": 0.3},
            ),
            Stop(
                "Standardised, the images pull a unit in different directions.",
                {"inputs": INPUTS[2], "step": 2, "learning_rate": 0.3},
            ),
        ),
    )


def _push_scene():
    figure, (one, all_units) = new_figure(1, 2, width=6.6, height=3.3, width_ratios=(1.9, 1))
    one.axvspan(EDGES[0], 0, color=GREY, alpha=0.13, linewidth=0)
    one.axvline(0, color=BLACK, linewidth=1)
    one.set(xlim=(EDGES[0], EDGES[-1]), ylim=(0, 0.32), ylabel="share of the training images")
    one.set_xticks(range(-8, 5, 2), ["≤ −8", "−6", "−4", "−2", "0", "2", "≥ 4"])
    one.set(xlabel="pre-activation z of the unit / its size at the start", title="One unit, all images")
    one.text(-0.15, 0.315, "off", ha="right", va="top", color=GREY, fontsize=11)
    one.text(0.15, 0.315, "on", ha="left", va="top", color=GREY, fontsize=11)
    all_units.set(xlim=(0, 0.31), ylim=(-0.02, 1.02), xlabel="learning rate", ylabel="share of units dead")
    all_units.set(title=f"All {WIDTH} units")
    return figure


def _push(figure, inputs, learning_rate, step, unit):
    one, all_units = figure.axes
    z = before_and_after(inputs, learning_rate, step, unit)
    size = _size_at_start(inputs, unit)
    looks = (("before (dashed)", 0, LINES[3], 0.28), ("after", 1, LINES[0], 0.25))
    for name, column, style, height in looks:
        scaled = np.clip(z[:, column] / size, EDGES[0] + 1e-6, EDGES[-1] - 1e-6)
        shares = np.histogram(scaled, EDGES)[0] / len(z)
        one.plot(np.repeat(EDGES, 2)[1:-1], np.repeat(shares, 2), **style)
        write = {"color": style["color"], "va": "center", "fontsize": 10}
        one.text(-7.4, height, f"{name}: {_share((z[:, column] > 0).mean())} on", **write)
        if shares[0] > 0.32:  # the one bar that can grow beyond the axis
            one.text(-7.4, height - 0.07, f"↑ {_share(shares[0])} {name.split()[0]}", **write)
    _, dead = first_steps(inputs)
    place = RATES.index(learning_rate)
    all_units.plot(RATES, dead[step], color=BLUE, linewidth=1.8)
    all_units.plot([learning_rate], dead[step, place : place + 1], "o", color=BLUE, markersize=8)
    moved = (z[:, 1] - z[:, 0]) / size
    typical = np.abs(moved).mean()
    shift = f"by {typical:.2f}" if typical >= 0.01 else "by less than 0.01"
    shift += f" times its size at the start on average: {_share((moved > 0).mean())} of the images go up, "
    shift += f"{_share((moved < 0).mean())} down"
    shift = shift if moved.any() else "not at all"
    fate = "dead on the training images" if z[:, 1].max() <= 0 else f"on for {_share((z[:, 1] > 0).mean())}"
    return (
        f"Step {step} at learning rate {learning_rate:.2f}, {inputs}: z of unit {unit} moves {shift}; "
        f"afterwards the unit is {fate}. Of all {WIDTH} units {dead[step - 1, place]:.1%} were dead before "
        f"this step and {dead[step, place]:.1%} are dead after it."
    )


def _share(share):
    """A share in per cent that says 0% and 100% of nothing else."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{np.clip(share, 0.001, 0.999):.1%}"


# ------------------------------------------------------------------------------------- dying, live

LEAKY = ACTIVATIONS["leaky_relu"]
RECIPES = {
    "ReLU": ACTIVATIONS["relu"],
    "leaky ReLU, slope 0.01": LEAKY,
    "leaky ReLU, slope 0.2": LEAKY.with_parameters(negative_slope=0.2),
    "ELU": ACTIVATIONS["elu"],
    "ReLU with batch norm": ACTIVATIONS["relu"],
}
WATCHED = 45


def deaths() -> Live:
    """One network in its first epoch: which units are off for all images, and how accurate it is."""
    return Live(
        _deaths,
        _deaths_scene,
        {
            "recipe": Choice("kind of unit", tuple(RECIPES), "ReLU"),
            "inputs": Choice("inputs", INPUTS, INPUTS[0]),
            "learning_rate": Range("learning rate", 0.01, 0.3, 0.01, 0.1),
            "start": Range("random start", 1, 20, 1, 1),
        },
    )


def _deaths_scene():
    figure, (units, right) = new_figure(1, 2, width=7.6, height=3.9, width_ratios=(1.5, 1))
    units.set(xlim=(-0.5, WATCHED + 0.5), ylim=(WIDTH, 0), xlabel="step", ylabel="unit")
    units.set_title("■ off for all training images", color=ORANGE)
    units.grid(False)
    right.set(xlim=(0, WATCHED + 1), ylim=(0, 1.02), xlabel="step", ylabel="test accuracy")
    right.axhline(0.1, color=GREY, linestyle=":", linewidth=1.5)
    right.text(WATCHED, 0.11, "chance", color=GREY, ha="right", va="bottom", fontsize=10)
    return figure


def dying(recipe, inputs, learning_rate, start):
    """Train one network for WATCHED steps; yield after each, and before the first, which units are off for
    all training images (units,), and the test accuracy. None for the units, and no further step, when the
    numbers have overflowed. Batch norm uses the mean and deviation of all training images for `off`.
    """
    x, y, x_test, y_test = images(inputs)
    generator = np.random.default_rng(start)
    network = Network([64, WIDTH, 10], activation=RECIPES[recipe], generator=generator)
    if "batch norm" in recipe:
        network = with_batch_norm(network)
    optimizer = SGD(learning_rate)
    order = generator.permutation(len(x))
    for step in range(WATCHED + 1):
        with np.errstate(all="ignore"):  # a network that diverges overflows
            probe = copy.deepcopy(network)  # in training mode, its running means are not the network's
            finite = np.isfinite(probe.forward(x)).all()
            dead = dead_units(probe.pre_activations[0]) if finite else None
            yield dead, float(accuracy(network, x_test, y_test))
            if step == WATCHED or not finite:
                return
            batch = order[step * BATCH : (step + 1) * BATCH]
            _, upstream = softmax_cross_entropy(network.forward(x[batch]), y[batch])
            network.backward(upstream, needs_input_gradient=False)
            optimizer.step(network.parameters, network.gradients)


def _deaths(figure, recipe, inputs, learning_rate, start):
    units, right = figure.axes
    pixels, reached = np.zeros((WIDTH, WATCHED + 1, 4)), []
    for step, (dead, share) in enumerate(dying(recipe, inputs, learning_rate, start)):
        reached.append(share)
        told = f"its numbers have overflowed, which ends the training; test accuracy {share:.2f}."
        if dead is not None:
            pixels[dead, step] = DEAD
            told = f"{dead.sum()} of {WIDTH} units are off for all training images, "
            told += f"test accuracy {share:.2f}."
        extent = (-0.5, WATCHED + 0.5, WIDTH, 0)
        units.imshow(pixels, aspect="auto", extent=extent, interpolation="nearest")
        if step < WATCHED:
            units.axvline(step + 0.5, color=BLACK, linewidth=1)
        right.plot(np.arange(step + 1), reached, color=BLUE, linewidth=2.2)
        right.plot(step, share, "o", color=BLUE)
        if dead is None:
            units.text(step + 1, WIDTH / 2, "overflow", color=ORANGE, rotation=90, va="center", fontsize=13)
        steps = "1 step" if step == 1 else f"{step} steps"
        setting = f"{recipe}, {inputs}, learning rate {learning_rate:.2f}"
        yield (1.0 if dead is None else step / WATCHED), f"{setting}, after {steps}: {told}"


# ------------------------------------------------------------------------------------- the pictures


def _dead_pixels(dead):
    """The image of a boolean array: the dead in colour, the rest transparent."""
    pixels = np.zeros((*dead.shape, 4))
    pixels[dead] = DEAD
    return pixels


def first_steps_picture(fires):
    """Return the figure of who dies in the first steps, and its description.

    fires: (steps + 1, networks, units), the share of the training images for which a unit is on.
    """
    steps = len(fires) - 1
    figure, (heat, right) = new_figure(1, 2, width=9.2, height=4.2, width_ratios=(1.45, 1))
    one = fires[:, 0].T
    died = np.where((one == 0).any(axis=1), (one == 0).argmax(axis=1), steps + 1)
    one = one[np.lexsort((-one[:, -1], -died))]
    extent = (-0.5, steps + 0.5, len(one), 0)
    still = {"aspect": "auto", "extent": extent, "interpolation": "nearest"}
    # The root of the share: else units that are on for few images could not be told from the dead.
    image = heat.imshow(one, cmap=SEQUENTIAL, norm=PowerNorm(0.5, 0, 1), **still)
    heat.imshow(_dead_pixels(one == 0), **still)
    heat.set(xlabel="step", ylabel="unit, those that die first at the bottom", title="One network")
    heat.set_xticks(range(0, steps + 1, 5))
    heat.grid(False)
    dead_now = int((one[:, -1] == 0).sum())
    where = (0.62 * steps, len(one) - dead_now / 2)
    heat.text(*where, "dead", color="white", ha="center", va="center", fontsize=13, fontweight="bold")
    bar = figure.colorbar(image, ax=heat, pad=0.02)
    bar.set_label("share of the images that switch the unit on\n(white: next to none)", fontsize=10)
    shares = (fires == 0).mean(axis=2)
    right.plot(shares, color=GREY, linewidth=0.8, alpha=0.7)
    middle = np.median(shares, axis=1)
    right.plot(middle, "o-", color=BLUE, linewidth=2.2, markersize=4)
    right.text(steps, 0.02, "— one network each", color=GREY, ha="right", va="bottom", fontsize=10)
    right.text(steps, 0.05, "●— median", color=BLUE, ha="right", va="bottom", fontsize=10)
    right.set(xlim=(0, steps), ylim=(0, None), xlabel="step", ylabel="share of units dead")
    right.yaxis.tick_right()
    right.yaxis.set_label_position("right")
    right.set(title=f"{fires.shape[1]} networks", xticks=range(0, steps + 1, 5))
    low, high = shares[-1].min(), shares[-1].max()
    told = ", ".join(f"{middle[k]:.0%} after step {k}" for k in (1, 2, 3, 5, steps))
    return figure, (
        f"Median share of dead units in {fires.shape[1]} networks: {middle[0]:.0%} at the start, {told} "
        f"(from {low:.0%} to {high:.0%})."
    )


def rates_picture(runs):
    """Return the figure of test accuracy against dead units, and its text.

    runs: learning rate -> (share of units dead (networks,), test accuracy (networks,)).
    """
    figure, axes = new_figure(width=6.6, height=4)
    told = []
    for (rate, (dead, reached)), marker, colour in zip(
        runs.items(), "so^", (GREY, BLUE, ORANGE), strict=True
    ):
        axes.plot(dead, reached, marker, color=colour, markersize=6, alpha=0.7)
        low = reached.min() < 0.5
        height = reached.max() + 0.05 if low else reached.min() - 0.05
        place = min(float(np.median(dead)), 0.94)
        style = {"color": colour, "ha": "center", "va": "bottom" if low else "top", "fontsize": 10}
        axes.text(max(place, 0.08), height, f"learning rate\n{rate:g}", **style)
        told.append(f"{rate:g}: {_range(dead)} of the units dead, test accuracy {_range(reached)}")
    axes.set(xlim=(-0.03, 1.03), ylim=(0, 1.03), xlabel="share of hidden units that are dead")
    axes.set(ylabel="test accuracy")
    return figure, f"One mark for each of {len(dead)} networks. By learning rate, {'; '.join(told)}."


def returns_picture(dead):
    """Return the figure of dying and returning in two layers of one network, and its description.

    dead: (steps + 1, 2, units), booleans.
    """
    steps = len(dead) - 1
    figure, axes = new_figure(1, 2, width=8.4, height=3.8, sharey=True)
    told = []
    for layer, one in enumerate(axes):
        now = dead[:, layer].T
        now = now[np.lexsort((now.argmax(axis=1), ~now.any(axis=1)))]
        extent = (-0.5, steps + 0.5, 0, len(now))
        one.imshow(_dead_pixels(now), aspect="auto", extent=extent, interpolation="nearest", origin="lower")
        one.set(xlabel="step", title=f"hidden layer {layer + 1}: ■ dead")
        one.title.set_color(ORANGE)
        one.yaxis.set_major_locator(MaxNLocator(integer=True))
        one.grid(False)
        deaths, back = (~now[:, :-1] & now[:, 1:]).sum(), (now[:, :-1] & ~now[:, 1:]).sum()
        counts = f"{now[:, 0].sum()} dead at the start, {deaths} deaths, {back} returns"
        told.append(f"hidden layer {layer + 1}: {counts}")
    axes[0].set(ylim=(0, dead.any(axis=0).sum(axis=1).max() + 2), ylabel="units that are dead at some time")
    return figure, f"One of the networks, {steps} steps; {'; '.join(told)}."


def contest_picture(results, xlabel="test accuracy", limits=(0, 1.02)):
    """Return the figure of a number for each network of each contender, and its description.

    results: name -> (networks,), drawn from top to bottom.
    """
    figure, axes = new_figure(width=7.4, height=0.9 + 0.36 * len(results))
    names = list(results)
    for row, values in enumerate(results.values()):
        places = row + np.linspace(-0.22, 0.22, values.size)
        axes.plot(values, places, "o", color=BLUE, markersize=4, alpha=0.55)
        axes.plot([np.median(values)] * 2, [row - 0.36, row + 0.36], color=ORANGE, linewidth=2.6)
    axes.set(xlim=limits, ylim=(len(names) - 0.4, -0.6), xlabel=f"{xlabel}  (● one network, | median)")
    axes.set_yticks(range(len(names)), names)
    told = "; ".join(f"{name} {np.median(v):.2f} ({_range(v)})" for name, v in results.items())
    return figure, f"{xlabel.capitalize()}, median and range: {told}."


def _range(values):
    return f"{values.min():.2f} to {values.max():.2f}"


EXPLORERS = {"push": push, "deaths": deaths}
