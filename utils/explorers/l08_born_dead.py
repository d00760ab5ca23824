"""Lesson 08: random networks as little pictures, bounds on how many are born dead, and what training does."""

from functools import lru_cache

import numpy as np
from matplotlib.collections import LineCollection

from utils.activations import ACTIVATIONS
from utils.born_dead import lower_bound, ray_activations, safe_width, upper_bound
from utils.datasets import curve
from utils.diagnostics import dead_units, dead_units_of
from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.losses import squared_error
from utils.networks import Network
from utils.optimizers import Adam

ALIVE = {"color": BLUE, "linestyle": "-", "linewidth": 1.8}
DEAD = {"color": ORANGE, "linestyle": (0, (2, 1)), "linewidth": 2.2}
UPPER, LOWER = {"color": BLACK, "linestyle": "--", "linewidth": 1.8}, LINES[2]
SIMULATED = {"color": BLUE, "linestyle": "-", "linewidth": 2}


def dead_networks(network):
    """Whether some hidden layer was off for all samples of the last forward pass: booleans (*replicas,)."""
    return np.any([dead_units(z).all(axis=-1) for z in network.pre_activations], axis=0)


def born_dead_networks(network, x):
    """Whether some hidden layer is off for all samples x (n, features): booleans (*replicas,)."""
    return np.any([dead.all(axis=-1) for dead in dead_units_of(network, x)], axis=0)


def is_constant(outputs):
    """Whether outputs (*replicas, n) are the same for all n samples, but for rounding: booleans (*replicas,).

    A layer that is off for all samples gives equal rows, which a matrix product may round differently.
    """
    return np.ptp(outputs, axis=-1) <= 1e-6 * np.abs(outputs).max(axis=-1)


# ---------------------------------------------------------------------------------- many networks as icons


def _icons(count, columns):
    """The middle of each of so many cells, row by row from the top: (count, 2)."""
    place = np.arange(count)
    return np.stack([place % columns, -(place // columns)], axis=1)


def _icon_axes(axes, count, columns):
    rows = -(-count // columns)
    axes.set(xlim=(-0.55, columns - 0.45), ylim=(0.45 - rows, 0.55), xticks=(), yticks=())
    axes.spines[:].set_visible(False)
    axes.grid(False)


def _draw_icons(axes, x, values, dead, columns):
    """Draw functions with values (count, points) between -1 and 1 on x from -1 to 1, each in its own cell."""
    lines = np.stack(np.broadcast_arrays(0.4 * x, 0.4 * values), axis=-1)
    lines = lines + _icons(len(values), columns)[:, None]
    for which, look in ((~dead, ALIVE), (dead, DEAD)):
        if which.any():
            axes.add_collection(LineCollection(lines[which], **look), autolim=False)


def _through_zero(rays):
    """The values at x = -1, 0 and 1 from those at 1 and -1, each function scaled to a largest size of 1."""
    largest = np.abs(rays).max(axis=1, keepdims=True)
    scaled = rays / np.where(largest > 0, largest, 1)
    return np.stack([scaled[:, 1], np.zeros(len(rays)), scaled[:, 0]], axis=1)


def _kinds(rays):
    """How many functions are 0 everywhere, and how many on one side only, by their values at 1 and -1."""
    sides = (rays != 0).sum(axis=1)
    return int((sides == 0).sum()), int((sides == 1).sum())


def _are(count):
    return f"{count} {'is' if count == 1 else 'are'}"


def _percent(probability):
    """A bound with true digits: what is not 0 is not called 0, and none of them is 1."""
    if 0 < probability < 1e-4:
        return "under 0.01%"
    if probability > 1 - 1e-4:
        return "over 99.99%"
    return f"{probability:.2%}"


def ensemble_picture(outputs):
    """Return the figure of random networks as functions, and its description, from outputs (n, 2) at 1 and
    -1.
    """
    figure, axes = new_figure(width=6.4, height=3.6)
    dead, half = _kinds(outputs)
    _icon_axes(axes, len(outputs), 10)
    _draw_icons(axes, np.array([-1, 0, 1]), _through_zero(outputs), ~outputs.any(axis=1), 10)
    axes.set_title("each icon: one network's output for x from -1 to 1\n(dashed: dead)", fontsize=11)
    return figure, (
        f"Of these {len(outputs)} networks {_are(dead)} dead: output 0 for every x. Of the others, "
        f"{_are(half)} 0 on one side of x = 0 only. (All that are alive are scaled to one height.)"
    )


# --------------------------------------------------------------------------------- the explorer of N and L

WIDEST, DEEPEST = 14, 100
TRIALS, SHOWN = 1000, 40
LAYERS = np.arange(2, DEEPEST + 1)


@lru_cache
def random_networks(width):
    """Return (shares (99,), outputs (99, SHOWN, 2)) of random networks with 2 to DEEPEST layers.

    shares: how many of TRIALS networks are born dead. outputs: those of the first ones at 1 and -1, each up
    to a positive factor. The same networks at every depth: each has one hidden layer more than before, and
    the same output weights.
    """
    generator = np.random.default_rng([8, width])
    output_weights = generator.standard_normal((SHOWN, width, 1))
    shares, outputs = [], []
    for activation in ray_activations(width, DEEPEST - 1, TRIALS, generator):
        shares.append((~activation.any(axis=(1, 2))).mean())
        outputs.append((activation[:SHOWN] @ output_weights)[..., 0])
    return np.array(shares), np.array(outputs)


def born_dead_scene():
    figure, (left, right) = new_figure(1, 2, width=6.2, height=3.4, width_ratios=(1, 1.1))
    left.set(xlim=(0, DEEPEST + 2), ylim=(-0.02, 1.06), xlabel="layers L", ylabel="share born dead")
    names = ((UPPER, "upper bound"), (SIMULATED, "simulated"), (LOWER, "lower bound"))
    for look, name in names:
        left.plot([], [], **look, label=name)
    where = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": 2}
    left.legend(**where, frameon=False, fontsize=9, columnspacing=1.2, handlelength=2.2)
    _icon_axes(right, SHOWN, 8)
    right.set_title("40 of 1000 random networks,\neach as a function (dashed: dead)", fontsize=10)
    return figure


def _born_dead(figure, width, layers):
    left, right = figure.axes
    shares, outputs = random_networks(width)
    bounds = upper_bound(width, LAYERS), lower_bound(width, LAYERS)
    at = layers - LAYERS[0]
    for values, look in zip((bounds[0], shares, bounds[1]), (UPPER, SIMULATED, LOWER), strict=True):
        left.plot(LAYERS[::2], values[::2], **look)
    left.axvline(layers, color=GREY, linewidth=1)
    left.plot([layers], [shares[at]], "o", color=BLACK, markersize=7)
    now = outputs[at]
    _draw_icons(right, np.array([-1, 0, 1]), _through_zero(now), ~now.any(axis=1), 8)
    dead, half = _kinds(now)
    upper, lower = (bound[at] for bound in bounds)
    likely = min(max(shares[at], lower), upper)
    points = 100 * np.sqrt(likely * (1 - likely) / TRIALS)
    error = f"{points:.1f}" if points >= 0.1 else "under 0.1"
    return (
        f"Width {width}, {layers} layers: {shares[at]:.1%} of {TRIALS} random networks are born dead, with a "
        f"standard error of {error} points. The bounds are {_percent(lower)} and {_percent(upper)}. Of the "
        f"{SHOWN} drawn {_are(dead)} dead, and {_are(half)} 0 on one side of x = 0 only."
    )


def born_dead() -> Explorer:
    """How many random networks are born dead, for each width and depth, beside both bounds."""
    for width in range(1, WIDEST + 1):  # once, so that no picture has to wait for it
        random_networks(width)
    return Explorer(
        _born_dead,
        born_dead_scene,
        {
            "width": Range("width N", 1, WIDEST, 1, 2),
            "layers": Range("layers L", 2, DEEPEST, 2, 10),
        },
        (
            Stop("With two layers, one of them hidden, no network is dead.", {"width": 2, "layers": 2}),
            Stop("Ten layers of width 2: one network in eight gets through.", {"width": 2, "layers": 10}),
            Stop("Twice as wide, and most are alive.", {"width": 4, "layers": 10}),
            Stop("Deeper again: what was alive dies layer by layer, and never returns.",
                 {"width": 4, "layers": 40}),
            Stop("Width 12 carries a hundred layers, most of the time.", {"width": 12, "layers": 100}),
        ),
    )  # fmt: skip


# ------------------------------------------------------------------------------------ pictures of the cells


def bounds_picture(widths, layers, shares):
    """Return the figure of simulated shares between their bounds, and its description.

    layers: (depths,); shares: width -> simulated shares (seeds, depths).
    """
    figure, axes = new_figure(1, len(widths), width=9.6, height=3.3, sharey=True)
    for one, width in zip(axes, widths, strict=True):
        low, high = shares[width].min(axis=0), shares[width].max(axis=0)
        one.plot(layers, upper_bound(width, layers), **UPPER, label="upper bound")
        one.fill_between(layers, low, high, color=BLUE, alpha=0.3, linewidth=0)
        one.plot(layers, shares[width].mean(axis=0), **SIMULATED, label="simulated")
        one.plot(layers, lower_bound(width, layers), **LOWER, label="lower bound")
        one.set(title=f"width {width}", xlabel="layers L", ylim=(-0.02, 1.05), xlim=(0, layers[-1] + 1))
    axes[0].set_ylabel("share born dead")
    axes[0].legend(loc="lower right", frameon=False, fontsize=9)
    told = [f"{shares[width][:, -1].mean():.2f} at width {width}" for width in widths]
    spread = max(np.ptp(each, axis=0).max() for each in shares.values())
    means = np.array([shares[width].mean(axis=0) for width in widths])
    bounds = [np.array([bound(width, layers) for width in widths]) for bound in (lower_bound, upper_bound)]
    outside = np.maximum(bounds[0] - means, means - bounds[1])
    errors = np.array([shares[width].std(axis=0, ddof=1) / np.sqrt(len(shares[width])) for width in widths])
    off = (outside > 1e-9) & (errors > 0)
    where = "All means lie between their bounds."
    if off.any():
        most = np.ceil(10 * (outside[off] / errors[off]).max()) / 10
        where = f"Where a mean lies outside, it does so by at most {most:.1f} standard errors: it scatters."
    return figure, (
        f"Simulated share born dead with {layers[-1]} layers: {', '.join(told)}. The narrow band around each "
        f"line is the range over {len(shares[widths[0]])} seeds, at most {spread:.3f} wide. {where}"
    )


def safe_picture(layers, probabilities):
    """Return the figure of safe widths over the depth, a line for each probability, and its description."""
    figure, axes = new_figure(width=6.4, height=3.8)
    told = []
    for probability, look in zip(probabilities, LINES, strict=False):
        widths = [safe_width(int(each), probability) for each in layers]
        axes.plot(layers, widths, drawstyle="steps-post", **look)
        name = f"at most {100 * probability:g} %"
        axes.text(layers[-1] * 1.2, widths[-1], name, color=look["color"], fontsize=10, va="center")
        told.append(f"{name}: from {widths[0]} to {widths[-1]}")
    axes.set(xscale="log", xlim=(layers[0], layers[-1] * 1.1), ylim=(0, None))
    axes.set(xlabel="layers L (each step along the axis: ten times as many)", ylabel="smallest safe width N")
    return figure, (
        f"Smallest width that keeps the upper bound at a limit or below, from {layers[0]:,} to "
        f"{layers[-1]:,} layers: {'; '.join(told)}."
    )


def constants_picture(cases):
    """Return the figure of the shares of constant networks before and after training, and its description.

    cases: name -> (constant before (replicas,), constant after (replicas,)), booleans.
    """
    figure, axes = new_figure(width=6.8, height=0.62 * len(cases) + 1.3)
    told, names = [], []
    for place, (name, (before, after)) in enumerate(cases.items()):
        for shift, values, marker, colour in ((0.14, before, "o", BLACK), (-0.14, after, "^", ORANGE)):
            share = values.mean()
            error = 2 * np.sqrt(share * (1 - share) / values.size)
            span = np.clip([share - error, share + error], 0, 1)
            axes.plot(span, [-place + shift] * 2, color=colour, linewidth=1.6)
            axes.plot(share, -place + shift, marker, color=colour, markersize=8)
        told.append(f"{name}, {before.sum()} of {before.size} before and {after.sum()} after")
        names.append(f"{name}\n{before.sum()} → {after.sum()} of {before.size}")
    axes.set_yticks(-np.arange(len(cases)), names)
    axes.set(xlim=(-0.03, 1.03), ylim=(-len(cases) + 0.4, 0.6), xlabel="share of networks that are constant")
    for marker, colour, name in (("o", BLACK, "before training"), ("^", ORANGE, "after training")):
        axes.plot([], [], marker, color=colour, markersize=8, label=name)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize=10)
    return figure, f"Constant networks: {'; '.join(told)}. Lines: two standard errors each way."


def digits_picture(groups):
    """Return the figure of test accuracies on the digits, one mark a network, and its description.

    groups: name -> (accuracies (n,), whether this is a group of dead networks).
    """
    figure, axes = new_figure(width=6.8, height=3.9)
    generator, told = np.random.default_rng(0), []
    for place, (name, (shares, dead)) in enumerate(groups.items()):
        look = {"marker": "^", "color": ORANGE} if dead else {"marker": "o", "color": BLUE}
        places = place + generator.uniform(-0.25, 0.25, shares.size)
        axes.plot(places, shares, linestyle="none", markersize=4.5, alpha=0.7, **look)
        span = f"{shares.min():.2f} to {shares.max():.2f}" if shares.size else "none"
        told.append(f"{name.replace(chr(10), ' ')}: {shares.size}, {span}")
    axes.axhline(0.1, color=BLACK, linestyle=":", linewidth=1.5)
    axes.text(len(groups) - 0.45, 0.115, "chance", fontsize=10, ha="right")
    axes.set_xticks(range(len(groups)), list(groups))
    axes.set(ylabel="test accuracy", ylim=(0, 1), xlim=(-0.5, len(groups) - 0.4))
    return figure, f"Networks of each kind and their test accuracies. {'. '.join(told)}."


# ------------------------------------------------------------------------- learning |x|, while you watch

LEARNERS, COLUMNS, STEPS, A_FRAME = 24, 6, 400, 10
UNITS = {
    "relu": "relu",
    "leaky ReLU, slope 0.2": ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=0.2),
}


def absolute_scene():
    figure, axes = new_figure(width=6.6, height=4.2)
    _icon_axes(axes, LEARNERS, COLUMNS)
    target = np.broadcast_to([0.8, -0.8, 0.8], (LEARNERS, 3))
    lines = np.stack(np.broadcast_arrays([-0.4, 0, 0.4], 0.4 * target), axis=-1)
    lines = lines + _icons(LEARNERS, COLUMNS)[:, None]
    axes.add_collection(LineCollection(lines, color=GREY, linewidth=4, alpha=0.3), autolim=False)
    axes.set_title(
        "24 networks that learn |x| (wide grey line); dashed: dead.\nA line ends where it leaves its cell",
        fontsize=11,
    )
    return figure


def _learn_absolute(figure, width, layers, activation, start):
    x, y = curve("absolute", 64, -1, 1)
    network = Network(
        [1] + [width] * (layers - 1) + [1],
        activation=UNITS[activation],
        generator=np.random.default_rng([start, width, layers]),
        replicas=LEARNERS,
    )
    optimizer = Adam(0.01)
    for step in range(STEPS + 1):
        output = network.forward(x)
        loss, upstream = squared_error(output, y)
        if step % A_FRAME == 0:
            values = output[..., 0]
            dead = dead_networks(network) & (activation == "relu")  # leaky units hand something on
            drawn = 1.6 * values - 0.8
            drawn[np.abs(drawn) > 1.2] = np.nan
            _draw_icons(figure.axes[0], x[:, 0], drawn, dead, COLUMNS)
            learnt = int((loss < 0.001).sum())
            have = "has" if learnt == 1 else "have"
            told = f"of {LEARNERS} networks {_are(dead.sum())} dead, {learnt} {have} learnt |x|"
            yield step / STEPS, f"Step {step}: {told} (a mean squared error below 0.001)."
        network.backward(upstream, needs_input_gradient=False)
        optimizer.step(network.parameters, network.gradients)


def learn_absolute() -> Live:
    """Two dozen networks that learn |x|, of a width and depth to choose."""
    return Live(
        _learn_absolute,
        absolute_scene,
        {
            "width": Range("width N", 1, 16, 1, 2),
            "layers": Range("layers L", 2, 20, 1, 10),
            "activation": Choice("activation", tuple(UNITS), "relu"),
            "start": Range("random start", 1, 20, 1, 1),
        },
    )


EXPLORERS = {"born_dead": born_dead, "learn_absolute": learn_absolute}
