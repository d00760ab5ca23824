"""Lesson 6: the size of the signal and of the gradient layer by layer, and two inputs that become alike."""

from functools import lru_cache
from types import MappingProxyType

import numpy as np
from matplotlib.lines import Line2D

from utils.activations import ACTIVATIONS
from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.signals import (
    WideSample,
    chi,
    length_map,
    relu_correlation_map,
    second_moment,
)

CHOSEN = MappingProxyType(
    {
        "sigmoid": ACTIVATIONS["sigmoid"],
        "tanh": ACTIVATIONS["tanh"],
        "ReLU": ACTIVATIONS["relu"],
        "leaky ReLU, slope 0.2": ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=0.2),
    }
)
NAMES = tuple(CHOSEN)
THEORY = {"color": BLACK, "linestyle": "--", "linewidth": 1.6}
STAIR = {"color": ORANGE, "linestyle": "-", "linewidth": 1.4}


def _number(value, digits):
    """The number with so many decimals, and never "-0.0"."""
    return f"{round(float(value), digits) + 0.0:.{digits}f}"


# ------------------------------------------------------------------------------------- pictures of the lesson


def activations_picture():
    """Sigmoid, tanh and ReLU beside their slopes: (figure, description)."""
    figure, (values, slopes) = new_figure(1, 2, width=8.4, height=3.2)
    z = np.linspace(-4, 4, 401)
    shown = {"sigmoid": LINES[2], "tanh": LINES[1], "ReLU": LINES[0]}
    for name, look in shown.items():
        values.plot(z, CHOSEN[name](z), **look)
    parts = (z < 0, z > 0)
    for name, look in shown.items():
        for part in parts if name == "ReLU" else (slice(None),):  # no line across the jump
            slopes.plot(z[part], CHOSEN[name].derivative(z[part]), **look)
    for axes, places in (
        (values, {"ReLU": (1.5, 1.72), "tanh": (2.75, 0.74), "sigmoid": (-3.9, 0.16)}),
        (slopes, {"ReLU": (2.6, 1.05), "tanh": (-2.15, 0.62), "sigmoid": (-3.9, 0.16)}),
    ):
        for name, place in places.items():
            right = axes is values and name == "ReLU"
            axes.text(*place, name, color=shown[name]["color"], fontsize=11, ha="right" if right else "left")
    values.set(ylim=(-1.15, 2.05), xlabel="pre-activation z", ylabel="activation f(z)")
    slopes.set(ylim=(-0.08, 1.2), xlabel="pre-activation z", ylabel="slope f'(z)")
    far = {name: float(CHOSEN[name].derivative(4.0)) for name in shown}
    steepest = {name: CHOSEN[name].derivative(z).max() for name in shown}
    return figure, (
        f"The largest slope is {steepest['sigmoid']:.2f} for sigmoid, {steepest['tanh']:.0f} for tanh and "
        f"{steepest['ReLU']:.0f} for ReLU. At z = 4 the slopes are {far['sigmoid']:.3f}, "
        f"{far['tanh']:.4f} and {far['ReLU']:.0f}."
    )


def _spread(axes, layers, values, look, marker, every):
    """Band from the smallest to the largest of the networks, and their median as marks."""
    axes.fill_between(layers, values.min(axis=0), values.max(axis=0), color=look["color"], alpha=0.2, lw=0)
    middle = np.median(values, axis=0)[::every]
    axes.plot(layers[::every], middle, marker, color=look["color"], markersize=5)


def forward_picture(sizes, theory):
    """Sizes of the signal for several sigma_w^2, with the theory as lines: (figure, description).

    sizes: {sigma_w^2: root mean squares (networks, layers)}; theory: {sigma_w^2: (layers,)}.
    """
    figure, axes = new_figure(width=6.8, height=4.0)
    told = []
    looks = (LINES[1], LINES[0], LINES[2])
    for (sigma, measured), look, marker in zip(sizes.items(), looks, ("v", "o", "^"), strict=True):
        networks, depth = measured.shape
        layers = np.arange(1, depth + 1)
        _spread(axes, layers, np.log10(measured), look, marker, 3)
        axes.plot(layers, np.log10(theory[sigma]), **look | {"linewidth": 1.5})
        middle = np.log10(np.median(measured[:, -1]))
        axes.text(
            depth + 1, middle, f"$\\sigma_w^2$ = {sigma:g}", color=look["color"], va="center", fontsize=11
        )
        told.append(f"{np.median(measured[:, -1]) / np.median(measured[:, 0]):.2g} for σ_w² = {sigma:g}")
    axes.set(
        xlim=(0, depth + 9),
        xlabel="layer",
        ylabel="$\\log_{10}$ of the root mean square of z",
        yticks=range(-8, 7, 2),
    )
    axes.text(1, 5.2, "marks: median; band: all; line: theory", fontsize=10, color=GREY)
    return figure, (
        f"From layer 1 to layer {depth} the typical size of z is multiplied by {', '.join(told)} "
        f"(median of {networks} networks)."
    )


COLUMNS = ("sigmoid", "tanh", "ReLU")
STARTS = {"He": (LINES[0], "o"), "Xavier": (LINES[1], "v"), "PyTorch default": (LINES[2], "D")}


def _nine(axes_row, values, theory, first):
    """One row of panels, an activation each: bands and medians of three initialisations, theory as lines.

    values: {"activation, initialisation": (networks, layers)}, the layers from `first` on; theory: {the same:
    (layers,)}, or None: then lines join the medians.
    """
    for axes, activation in zip(axes_row, COLUMNS, strict=True):
        for start, (look, marker) in STARTS.items():
            each = values[f"{activation}, {start}"]
            layers = np.arange(first, first + each.shape[1])
            _spread(axes, layers, each, look, marker, 4)
            line = np.median(each, axis=0) if theory is None else theory[f"{activation}, {start}"]
            axes.plot(layers, line, **look | {"linewidth": 1.5})
        axes.set_xticks([1, 10, 20, 30])
    axes_row[0].set_xlim(0, layers[-1] + 1)


def _starts_legend(figure):
    handles = [
        Line2D([], [], **look | {"linewidth": 1.5}, marker=marker, markersize=5, label=start)
        for start, (look, marker) in STARTS.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=11)


def combinations_picture(sizes, shares, theory_sizes, theory_shares):
    """Signal and gradient by layer for three activations and three initialisations: (figure, description).

    sizes, shares: {"activation, initialisation": log10 of the size of z, and of dL/dz as a share of the last
    hidden layer's (networks, layers)}; theory_sizes, theory_shares: {the same: (layers,)}.
    """
    figure, (top, bottom) = new_figure(2, 3, width=9.0, height=5.6, sharex=True, sharey="row")
    _nine(top, sizes, theory_sizes, 1)
    _nine(bottom, shares, theory_shares, 1)
    for axes, activation in zip(top, COLUMNS, strict=True):
        axes.set_title(activation)
    for axes in bottom:
        axes.set_xlabel("hidden layer")
    top[0].set(ylabel="forward:\n$\\log_{10}$ of the size of z", ylim=(-5.2, 0.8))
    bottom[0].set(ylabel="backward: $\\log_{10}$ of the size\nof dL/dz (layer 30: 0)", ylim=(-26, 3))
    _starts_legend(figure)
    told = [
        f"{name} {_number(np.median(each[:, -1]), 1)} and {_number(np.median(shares[name][:, 0]), 1)}"
        for name, each in sizes.items()
    ]
    networks, depth = sizes["ReLU, He"].shape
    return figure, (
        f"log10 of the size of z in layer {depth}, and of the gradient's size in layer 1 as a share of layer "
        f"{depth}'s: {'; '.join(told)}. Marks: median of {networks} networks; band: all; lines: theory."
    )


def weight_gradients_picture(sizes):
    """Sizes of the weight gradients by layer: (figure, description).

    sizes: {"activation, initialisation": log10 of the size of dL/dW (networks, layers 2 to the last hidden)}.
    """
    figure, panels = new_figure(1, 3, width=9.0, height=3.6, sharex=True, sharey=True)
    _nine(panels, sizes, None, 2)
    for axes, activation in zip(panels, COLUMNS, strict=True):
        axes.set(title=activation, xlabel="hidden layer")
    panels[0].set_ylabel("$\\log_{10}$ of the size\nof the weight gradient")
    _starts_legend(figure)
    middle = {name: np.median(each, axis=0) for name, each in sizes.items()}
    told = [f"{name} {_number(each[0], 1)} and {_number(each[-1], 1)}" for name, each in middle.items()]
    networks, layers = sizes["ReLU, He"].shape
    return figure, (
        f"log10 of the size of dL/dW in layers 2 and {layers + 1}, median of {networks} networks: "
        f"{'; '.join(told)}. Marks: median; band: all networks."
    )


def alike_picture(correlations, theory):
    """How far pairs of images are from alike by layer, on logarithmic axes: (figure, description).

    correlations: (networks, layers), the mean over the pairs; theory: the map iterated (layers,).
    """
    figure, axes = new_figure(width=6.4, height=4.0)
    networks, depth = correlations.shape
    layers = np.arange(1, depth + 1)
    apart = 1 - correlations
    axes.fill_between(layers, apart.min(axis=0), apart.max(axis=0), color=BLUE, alpha=0.2, lw=0)
    axes.loglog(layers, np.median(apart, axis=0), "o", color=BLUE, markersize=4)
    axes.loglog(layers, 1 - theory, **THEORY)
    axes.loglog(layers[5:], 9 * np.pi**2 / (2 * layers[5:] ** 2), color=ORANGE, linestyle=":", linewidth=2)
    axes.text(1.1, 0.32, "theory: the map,\nlayer by layer (dashed)", fontsize=10, va="top")
    axes.text(12, 0.42, r"$9\pi^2 / (2 l^2)$", color=ORANGE, fontsize=12)
    axes.text(
        1.1, 0.02, f"marks: median of {networks}\nnetworks; band: all", color=BLUE, fontsize=10, va="top"
    )
    axes.set(xlabel="layer l", ylabel="1 − correlation c, mean over the pairs", ylim=(0.0025, 1.4))
    axes.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    axes.set_yticks([1, 0.1, 0.01], ["1\n(c = 0)", "0.1\n(c = 0.9)", "0.01\n(c = 0.99)"])
    axes.minorticks_off()
    middle = np.median(correlations, axis=0)
    return figure, (
        f"The mean correlation of the pairs rises from {middle[0]:.2f} in layer 1 to {middle[9]:.2f} in "
        f"layer 10 and {middle[-1]:.3f} in layer {depth} (theory {theory[-1]:.3f})."
    )


# ------------------------------------------------------------------------------- the length map, step by step

HIGHEST_Q = 4.0
STEPS = 12
Q_GRID = np.linspace(0, HIGHEST_Q, 41)


@lru_cache
def _moments(activation):
    """E[f(sqrt(q) z)^2] on the grid of q."""
    return np.array([second_moment(CHOSEN[activation], q) for q in Q_GRID])


def _lengths_scene():
    figure, axes = new_figure(width=4.2, height=4.6)
    axes.plot([0, HIGHEST_Q], [0, HIGHEST_Q], color=GREY, linestyle=":", linewidth=1.5)
    axes.set(xlim=(0, HIGHEST_Q), ylim=(0, HIGHEST_Q), title="Blue: the length map\n(dotted: no change)")
    axes.set(xlabel="mean square q of z in a layer", ylabel="mean square in the next layer")
    axes.set_box_aspect(1)
    return figure


def _capital(name):
    return name[0].upper() + name[1:]


def _stairs(axes, values, floor):
    """A staircase between a map and the diagonal, from the floor through successive values."""
    corners = np.repeat(values, 2)
    axes.plot(corners[:-1], np.append(floor, corners[2:]), **STAIR)
    axes.plot(values[:1], [floor], "o", color=ORANGE, markersize=8, clip_on=False)


def _lengths(figure, activation, sigma_w_squared, sigma_b_squared, start):
    axes = figure.axes[0]
    axes.plot(Q_GRID, sigma_w_squared * _moments(activation) + sigma_b_squared, color=BLUE, linewidth=2.4)
    values = [start]
    for _ in range(STEPS):
        values.append(length_map(CHOSEN[activation], values[-1], sigma_w_squared, sigma_b_squared))
    _stairs(axes, values, 0)
    if values[-1] <= HIGHEST_Q:
        axes.plot([values[-1]], [values[-1]], "s", color=ORANGE, markersize=7)
    left = "" if max(values) <= HIGHEST_Q else " The staircase leaves the picture."
    return (
        f"{_capital(activation)} with σ_w² = {sigma_w_squared:g} and σ_b² = {sigma_b_squared:g}: from "
        f"{start:.2f} the mean square goes to {values[1]:.3g} in the next layer and to {values[-1]:.3g} "
        f"after {STEPS} layers.{left}"
    )


def lengths() -> Explorer:
    """The map from the mean square of z in one layer to that in the next, iterated as a staircase."""
    return Explorer(
        _lengths,
        _lengths_scene,
        {
            "activation": Choice("activation", NAMES, "ReLU"),
            "sigma_w_squared": Range("σ_w² = fan_in · Var(w)", 0.25, 4.0, 0.25, 1.0),
            "sigma_b_squared": Range("σ_b² = Var(b)", 0.0, 1.0, 0.25, 0.0),
            "start": Range("mean square q at the start", 0.25, 4.0, 0.25, 3.0),
        },
        (
            Stop("Each step of the staircase is a layer: up to the curve, across to the diagonal.", {}),
            Stop("ReLU's map is a straight line. With slope 1 every size stays.", {"sigma_w_squared": 2.0}),
            Stop("A little more, and the size grows without end.", {"sigma_w_squared": 2.5, "start": 0.5}),
            Stop(
                "Tanh bends the curve: large signals shrink, small ones grow, and all meet at one size.",
                {"activation": "tanh", "sigma_w_squared": 3.0, "start": 4.0},
            ),
        ),
    )


# -------------------------------------------------------------------------- signal and gradient through depth

NETWORKS = 20
DEEPEST = 50
WIDTHS = (32, 128, 256)
LOWEST, HIGHEST = -10, 10


@lru_cache
def _sample(width):
    return WideSample(width, DEEPEST, NETWORKS, np.random.default_rng(width))


@lru_cache(maxsize=64)
def _theory(activation, sigma_w_squared, sigma_b_squared):
    """log10 of the root mean square of z by layer, and of the root of chi by layer: two arrays (layers,)."""
    q, sizes, factors = sigma_w_squared + sigma_b_squared, [], []
    for _ in range(DEEPEST):
        sizes.append(q)
        factors.append(chi(CHOSEN[activation], sigma_w_squared, q))
        q = length_map(CHOSEN[activation], q, sigma_w_squared, sigma_b_squared)
    return 0.5 * np.log10(sizes), 0.5 * np.log10(factors)


def _signals_scene():
    figure, (forward, backward) = new_figure(1, 2, width=6.8, height=3.9)
    titles = (
        "Forward: $\\log_{10}$ of the size of z\n(input: size 1)",
        "Backward: $\\log_{10}$ of the size\nof dL/dz (last layer: 0)",
    )
    for axes, title in zip((forward, backward), titles, strict=True):
        axes.axhline(0, color=GREY, linewidth=1)
        axes.set(xlim=(0, DEEPEST + 1), ylim=(LOWEST, HIGHEST), xlabel="layer", title=title)
        axes.set_yticks(range(LOWEST, HIGHEST + 1, 5))
    forward.text(1, -7.6, f"blue: median; band: all {NETWORKS}", color=BLUE, fontsize=10)
    forward.text(1, -9.2, "dashed: theory of wide layers", fontsize=10)
    return figure


def _signals(figure, activation, sigma_w_squared, sigma_b_squared, width, depth):
    sample = _sample(width)
    sizes, shares = map(
        np.log10, sample.sizes(CHOSEN[activation], sigma_w_squared, sigma_b_squared, depth=depth)
    )
    expected, log_roots = _theory(activation, sigma_w_squared, sigma_b_squared)
    back = np.append(np.cumsum(log_roots[: depth - 1][::-1])[::-1], 0.0)
    layers = np.arange(1, depth + 1)
    for axes, values, line in zip(figure.axes, (sizes, shares), (expected[:depth], back), strict=True):
        # A polygon: `fill_between` takes milliseconds more.
        edges = np.concatenate([values.min(axis=1), values.max(axis=1)[::-1]])
        axes.fill(np.concatenate([layers, layers[::-1]]), edges, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(layers, np.median(values, axis=1), color=BLUE, linewidth=3.6)
        axes.plot(layers, line, **THEORY | {"linewidth": 1.2})
    lowest = min(sizes.min(), shares.min(), expected[depth - 1], back[0])
    below = " Part of it lies below the picture." if lowest < LOWEST else ""
    return (
        f"{_capital(activation)}, {depth} layers of {width} units. log10 of the size of z in the last layer: "
        f"{_among(sizes[-1], expected[depth - 1])}. log10 of the gradient's size in layer 1, as a share of "
        f"the last layer's: {_among(shares[0], back[0])}.{below}"
    )


def _among(values, theory):
    low, middle, high, right = (
        _number(each, 2) for each in (values.min(), np.median(values), values.max(), theory)
    )
    return f"median {middle} ({low} to {high} in {NETWORKS} networks), theory {right}"


def signals() -> Explorer:
    """Twenty random networks of a width: the size of the signal forward, and of the gradient back."""
    return Explorer(
        _signals,
        _signals_scene,
        {
            "activation": Choice("activation", NAMES, "ReLU"),
            "sigma_w_squared": Range("σ_w² = width · Var(w)", 0.25, 4.0, 0.25, 1.0),
            "sigma_b_squared": Range("σ_b² = Var(b)", 0.0, 1.0, 0.25, 0.0),
            "width": Choice("units in each layer", WIDTHS, 256),
            "depth": Range("layers", 5, DEEPEST, 5, 30),
        },
        (
            Stop("ReLU with Xavier: signal and gradient both fade, by the same factor in each layer.", {}),
            Stop("ReLU with He: both stay.", {"sigma_w_squared": 2.0, "depth": 50}),
            Stop("More than that, and both explode.", {"sigma_w_squared": 3.0, "depth": 50}),
            Stop(
                "Sigmoid: the size of the signal stays, and the gradient is gone all the same.",
                {"activation": "sigmoid", "depth": 30},
            ),
            Stop(
                "Tanh with large weights: the signal cannot explode, the gradient does.",
                {"activation": "tanh", "sigma_w_squared": 4.0, "depth": 50},
            ),
            Stop(
                "Narrow layers: single networks stray far from the theory, and most of them lie below it.",
                {"sigma_w_squared": 2.0, "width": 32, "depth": 50},
            ),
        ),
    )


# --------------------------------------------------------------------------------- two inputs, layer by layer

C_GRID = np.linspace(-1, 1, 201)


def _correlation_scene():
    figure, (square, fall) = new_figure(1, 2, width=6.6, height=3.4)
    square.plot([-1, 1], [-1, 1], color=GREY, linestyle=":", linewidth=1.5)
    square.plot(C_GRID, relu_correlation_map(C_GRID), color=BLUE, linewidth=2.4)
    square.text(-0.62, 0.2, "ReLU", color=BLUE, fontsize=11)
    square.text(-0.45, -0.62, "no change", color=GREY, fontsize=10, rotation=45, ha="center", va="center")
    square.set(
        xlim=(-1, 1.02),
        ylim=(-1, 1.02),
        xlabel="correlation c in a layer",
        ylabel="correlation in the next layer",
    )
    square.set_box_aspect(1)
    layers = np.arange(0, DEEPEST + 1)
    fall.plot(
        layers[2:], np.log10(9 * np.pi**2 / (2 * layers[2:] ** 2)), color=BLACK, linestyle="--", linewidth=1.5
    )
    fall.text(5, 0.45, "dashed: $9\\pi^2 / (2 l^2)$,\nright after hundreds of layers", fontsize=10)
    fall.set(xlim=(-1.5, DEEPEST + 1), ylim=(-3, 1), xlabel="layers l passed", ylabel="$\\log_{10}(1 - c)$")
    fall.set_box_aspect(1)
    return figure


def _correlation(figure, start, layers):
    square, fall = figure.axes
    values = [start]
    for _ in range(layers):
        values.append(float(relu_correlation_map(values[-1])))
    _stairs(square, values, -1)
    square.plot([values[-1]], [values[-1]], "s", color=ORANGE, markersize=7)
    fall.plot(np.log10(1 - np.array(values)), "o", color=ORANGE, markersize=4)
    fall.plot([layers], [np.log10(1 - values[-1])], "s", color=ORANGE, markersize=7)
    angle = np.degrees(np.arccos(values[-1]))
    return (
        f"Two inputs with c = {start:.2f} have c = {values[-1]:.4f} after {layers} ReLU "
        f"layer{'s' * (layers > 1)}: the angle between them has gone from {np.degrees(np.arccos(start)):.0f} "
        f"to {angle:.0f} degrees."
    )


def correlation() -> Explorer:
    """Iterate the correlation map of ReLU from any start."""
    return Explorer(
        _correlation,
        _correlation_scene,
        {
            "start": Range("correlation c at the start", -1.0, 0.95, 0.05, 0.0),
            "layers": Range("layers passed", 1, DEEPEST, 1, 10),
        },
        (
            Stop("Unrelated inputs: one layer makes them a little alike.", {"layers": 1}),
            Stop("Opposite inputs are unrelated one layer on.", {"start": -1.0, "layers": 1}),
            Stop("The curve meets the diagonal only at c = 1, so every start ends there.", {"layers": 50}),
            Stop(
                "But it touches it there: the steps become small, and the way is slow.",
                {"start": 0.9, "layers": 50},
            ),
        ),
    )


EXPLORERS = MappingProxyType({"lengths": lengths, "signals": signals, "correlation": correlation})
