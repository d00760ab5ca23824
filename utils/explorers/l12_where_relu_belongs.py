"""Lesson 12, where ReLU belongs: outputs and their floors, gradients through time, and the lesson's "
"pictures."""

from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from utils.activations import ACTIVATIONS
from utils.adding import BASELINE, adding_problem
from utils.datasets import curve
from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.layers import Elementwise
from utils.networks import Network
from utils.optimizers import Adam
from utils.recurrent import Recurrent
from utils.training import fit

NETWORKS = 20


def with_output(network, name):
    """The network with an activation after its last layer: a name in ACTIVATIONS."""
    return Network.of([*network.layers, Elementwise(ACTIVATIONS[name])], replicas=network.replicas)


# ------------------------------------------------------------------------------------ outputs, dragged

OUTPUTS = MappingProxyType({"none": "identity", "ReLU": "relu", "softplus": "softplus"})
LEVELS = tuple(round(0.5 * k, 1) for k in range(-2, 5))
POINTS = 41


@lru_cache
def fits(output):
    """For each of LEVELS, 20 networks 1-32-32-1 with that output, trained on sin 3x + level.

    Returns x (points,) and the trained outputs (levels, networks, points). Every level has the same starts.
    """
    x, y = curve("sine", POINTS)
    count = len(LEVELS) * NETWORKS
    network, starts = (
        Network([1, 32, 32, 1], generator=np.random.default_rng(0), replicas=n) for n in (count, NETWORKS)
    )
    network.parameters[...] = np.tile(starts.parameters, (len(LEVELS), 1))
    network = with_output(network, OUTPUTS[output])
    targets = y + np.repeat(np.array(LEVELS, np.float32), NETWORKS)[:, None, None]
    fit(
        network, np.broadcast_to(x, (count, *x.shape)), targets, loss="squared_error", optimizer=Adam(0.01),
        epochs=250, batch_size=None, generator=np.random.default_rng(1), progress=False,
    )  # fmt: skip
    return x[:, 0], network.forward(x)[..., 0].reshape(len(LEVELS), NETWORKS, POINTS)


def outputs() -> Explorer:
    """Twenty trained networks with one kind of output, the target, and the best that the output allows."""
    for output in OUTPUTS:
        fits(output)
    return Explorer(
        _outputs,
        _outputs_scene,
        {
            "output": Choice("output activation", tuple(OUTPUTS), "ReLU"),
            "level": Range("level c of the targets", LEVELS[0], LEVELS[-1], 0.5, 0.0),
        },
        (
            Stop("A ReLU output cannot follow the curve below 0, and most of the networks die.", {}),
            Stop("All targets positive: those that died had no need to.", {"level": 1.5}),
            Stop(
                "Softplus has the same floor. No network dies altogether, but each has lost a hump.",
                {"output": "softplus"},
            ),
            Stop("No activation: nothing stands between the network and its targets.", {"output": "none"}),
        ),
    )


def _outputs_scene():
    figure, (left, right) = new_figure(1, 2, width=7.0, height=3.7, width_ratios=(2.2, 1))
    left.set(xlim=(-2, 2), ylim=(-2.9, 3.4), xlabel="x", ylabel="output")
    left.axhline(0, color=GREY, linewidth=1)
    left.set_title("dashed: target; thick: best possible")
    right.set(xlim=(0, 1), ylim=(-4.3, 1.1), ylabel="$\\log_{10}$ of the mean squared error")
    right.set_title(f"{NETWORKS} networks")
    right.set_xticks([])
    return figure


def _outputs(figure, output, level):
    left, right = figure.axes
    x, all_fits = fits(output)
    answers = all_fits[LEVELS.index(level)].astype(float)
    target = np.sin(3 * x.astype(float)) + level
    best = target if output == "none" else np.maximum(target, 0)
    floor = np.mean((best - target) ** 2)
    errors = np.mean((answers - target) ** 2, axis=1)
    dead = (answers == 0).all(axis=1)
    left.plot(x, answers[~dead].T, color=BLUE, linewidth=0.8, alpha=0.7)
    if dead.any():
        left.plot(x, np.zeros_like(x), color=ORANGE, linewidth=3)
        left.text(-1.9, -2.8, f"{dead.sum()} dead: 0 everywhere", color=ORANGE, va="bottom", fontsize=11)
    left.plot(x, best, color=BLACK, linewidth=2.6)
    left.plot(x, target, color=BLACK, linestyle="--", linewidth=1.6)
    place = np.linspace(0.1, 0.9, NETWORKS)
    heights = np.log10(np.maximum(errors, 1e-4))
    right.plot(place[~dead], heights[~dead], "o", color=BLUE, markersize=5)
    right.plot(place[dead], heights[dead], "x", color=ORANGE, markersize=7)
    if floor > 1e-4:
        right.axhline(np.log10(floor), color=BLACK, linewidth=1.6)
        right.text(0.02, np.log10(floor) - 0.08, "floor", va="top", fontsize=10)
    else:
        right.text(0.02, -4.2, "floor: 0", va="bottom", fontsize=10)
    shifted = f" {'+' if level > 0 else '−'} {abs(level):g}" if level else ""
    return (
        f"sin 3x{shifted} with {_spoken(output)}: the best possible error is {floor:.3f}. "
        f"{_fates(errors, dead)}"
    )


def _spoken(output):
    return "no output activation" if output == "none" else f"a {output} output"


def _fates(errors, dead):
    alive = errors[~dead]
    told = (
        f"{dead.sum()} of {NETWORKS} networks answer 0 everywhere, with error {errors[dead].mean():.3f}"
        if dead.any()
        else ""
    )
    if not alive.size:
        return f"{told}."
    low, high = _error(alive.min()), _error(alive.max())
    rest = low if low == high else f"{low} to {high}"
    return f"{told}; the others reach {rest}." if told else f"None answers 0 everywhere; they reach {rest}."


def _error(error):
    return f"{error:.3f}" if error >= 0.001 else "less than 0.001"


# ------------------------------------------------------------------------- gradient through time, dragged

FIVE_LINES = (*LINES, {"color": BLUE, "linestyle": (0, (1, 1)), "linewidth": 2.2})
UNITS = 32
TIME = 100
LOWEST, HIGHEST = -12, 12
STATES = MappingProxyType({"tanh": "tanh", "ReLU": "relu", "none": "identity"})
MATRICES = ("random", "identity")


@lru_cache
def _sequences():
    return adding_problem(4, TIME, np.random.default_rng(3))[0].astype(np.float64)


@lru_cache(maxsize=256)
def through_time_sizes(activation, matrix, scale):
    """log10 of the size of h_t, and of the length of dL/dh_t as a share of that at the end.

    20 recurrent networks of UNITS units, not trained, read sequences of TIME steps. Returns two arrays
    (TIME + 1, networks), the first without a value at h_0 = 0 (NaN there).
    """
    start = "identity" if matrix == "identity" else "lecun"
    how = {"activation": STATES[activation], "initializer": start, "dtype": np.float64}
    network = Recurrent(2, UNITS, 1, generator=np.random.default_rng(4), replicas=NETWORKS, **how)
    network.recurrent_weights[...] *= scale
    network.backward(np.ones_like(network.forward(_sequences())))
    sizes = np.sqrt(np.mean(network.states**2, axis=(-2, -1)))
    lengths = network.state_gradient_norms
    with np.errstate(divide="ignore"):
        sizes, shares = np.log10(sizes), np.log10(lengths / lengths[-1])
    sizes[0] = np.nan
    return sizes, shares


def through_time() -> Explorer:
    """The size of the state and of the gradient along 100 steps, for any recurrent matrix of two kinds."""
    return Explorer(
        _through_time,
        _through_time_scene,
        {
            "activation": Choice("activation", tuple(STATES), "ReLU"),
            "matrix": Choice("recurrent matrix U", MATRICES, "random"),
            "scale": Range("scale g of U", 0.5, 1.5, 0.05, 1.0),
        },
        (
            Stop("A random matrix, ReLU: state and gradient fade.", {}),
            Stop(
                "He's scale: kept in the middle, but single networks stray by many powers of ten.",
                {"scale": 1.4},
            ),
            Stop("The identity hands on what it gets: the gradient arrives.", {"matrix": "identity"}),
            Stop("A tenth more, a hundred times over.", {"matrix": "identity", "scale": 1.1}),
            Stop("Tanh bounds the state. The gradient fades all the same.", {"activation": "tanh"}),
        ),
    )


def _through_time_scene():
    figure, (forward, backward) = new_figure(1, 2, width=7.0, height=3.7)
    titles = (
        "Forward: $\\log_{10}$ of the size of $h_t$",
        "Backward: $\\log_{10}$ of the length\nof $dL/dh_t$ (at the end: 0)",
    )
    for axes, title in zip((forward, backward), titles, strict=True):
        axes.axhline(0, color=GREY, linewidth=1)
        axes.set(xlim=(0, TIME), ylim=(LOWEST, HIGHEST), xlabel="time step t", title=title)
    forward.text(3, -9, f"line: median; band: all {NETWORKS}", color=BLUE, fontsize=10)
    backward.set_xlabel("← the gradient travels; time step t")
    return figure


def _through_time(figure, activation, matrix, scale):
    sizes, shares = through_time_sizes(activation, matrix, scale)
    steps = np.arange(TIME + 1)
    for axes, values, first in zip(figure.axes, (sizes, shares), (1, 0), strict=True):
        inside = np.clip(values[first:], 10 * LOWEST, 10 * HIGHEST)
        edges = np.concatenate([inside.min(axis=1), inside.max(axis=1)[::-1]])
        t = steps[first:]
        axes.fill(np.concatenate([t, t[::-1]]), edges, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(t, np.median(inside, axis=1), color=BLUE, linewidth=2.6)
    outside = min(shares.min(), sizes[1:].min()) < LOWEST or max(shares.max(), sizes[1:].max()) > HIGHEST
    name = "No activation" if activation == "none" else activation[0].upper() + activation[1:]
    kind = "the identity" if matrix == "identity" else "a random matrix"
    return (
        f"{name}, U = {scale:.2f} times {kind}. log10 of the size of the last state: {_range(sizes[-1])}. "
        f"log10 of what arrives of the gradient at h_0: {_range(shares[0])}."
        + (" Part of it lies outside the picture." if outside else "")
    )


def _range(values):
    def told(value):
        return (
            f"{round(value, 1) + 0.0:.1f}".replace("-", "−") if np.isfinite(value) else "minus infinity (0)"
        )

    low, middle, high = values.min(), np.median(values), values.max()
    return f"median {told(middle)} ({told(low)} to {told(high)} in {NETWORKS} networks)"


# ------------------------------------------------------------------------------------- the pictures


def outputs_picture(x, y, answers):
    """Trained fits with several outputs, one panel each: (figure, description).

    x, y: (n, 1). answers: {"none", "ReLU" or "softplus": outputs (networks, n, 1)}.
    """
    figure, panels = new_figure(1, len(answers), width=9.2, height=3.6, sharey=True)
    told = []
    for axes, (output, fitted) in zip(panels, answers.items(), strict=True):
        fitted, dead = fitted[..., 0], (fitted == 0).all(axis=(1, 2))
        axes.plot(x, fitted[~dead].T, color=BLUE, linewidth=0.9, alpha=0.7)
        if dead.any():
            axes.plot(x, np.zeros_like(x), color=ORANGE, linewidth=3)
            axes.text(
                -1.95, -1.42, f"{dead.sum()} dead: 0 everywhere", color=ORANGE, va="bottom", fontsize=11
            )
        axes.plot(x, y, color=BLACK, linestyle="--", linewidth=1.8)
        errors = np.mean((fitted - y[:, 0].astype(float)) ** 2, axis=1)
        axes.set(xlabel="x", ylim=(-1.5, 1.6), title=_spoken(output)[0].upper() + _spoken(output)[1:])
        told.append(f"{_spoken(output)}: {_fates(errors, dead)}")
    panels[0].set_ylabel("output (dashed: target)")
    return figure, " ".join(each[0].upper() + each[1:] for each in told)


def dots_picture(results, label, limits=None, note=None, middle="median"):
    """One row of dots for each name, with its median or mean: (figure, description).

    results: {name: one value for each network}. note: (value, text) of a vertical reference line.
    """
    figure, axes = new_figure(width=7.4, height=0.9 + 0.52 * len(results))
    names, middle_of = list(results), {"median": np.median, "mean": np.mean}[middle]
    for row, values in enumerate(results.values()):
        values = np.sort(np.asarray(values, float))
        axes.plot(values, np.full(len(values), row), "o", color=BLUE, alpha=0.45, markersize=7)
        axes.plot([middle_of(values)] * 2, [row - 0.32, row + 0.32], color=ORANGE, linewidth=2.6)
    axes.set_yticks(range(len(names)), names)
    axes.set(ylim=(len(names) - 0.45, -0.75), xlabel=f"{label} (orange: {middle})", xlim=limits)
    axes.grid(False, axis="y")
    if note:
        axes.axvline(note[0], color=GREY, linestyle=":", linewidth=1.6)
        axes.text(note[0], -0.5, f" {note[1]}", color=GREY, va="bottom", fontsize=10)
    told = [
        f"{name} {middle_of(each):.3f} ({np.min(each):.3f} to {np.max(each):.3f})"
        for name, each in results.items()
    ]
    return figure, f"{label[0].upper()}{label[1:]}, {middle} and range: {'; '.join(told)}."


def time_picture(shares):
    """What is left of the gradient, by time step, on a logarithmic axis: (figure, description).

    shares: {name: |dL/dh_t| / |dL/dh_T| (time + 1, networks)}.
    """
    figure, axes = new_figure(width=7.2, height=4.1)
    told, starts = [], []
    for (name, each), look in zip(shares.items(), LINES, strict=False):
        logs = np.log10(np.maximum(each, 1e-30))
        steps, middle = np.arange(len(logs)), np.median(logs, axis=1)
        band = {"color": look["color"], "alpha": 0.16, "linewidth": 0}
        axes.fill_between(steps, logs.min(axis=1), logs.max(axis=1), **band)
        axes.plot(steps, middle, **look)
        starts.append(middle[0])
        told.append(f"{name} {middle[0]:.1f} ({logs[0].min():.1f} to {logs[0].max():.1f})".replace("-", "−"))
    for name, look, height in zip(shares, LINES, _apart(starts, 1.3), strict=False):
        axes.text(-2, height, name, color=look["color"], fontsize=11, ha="right", va="center")
    axes.set(xlim=(-0.28 * len(logs), len(logs) - 1), xticks=range(0, len(logs), 20))
    axes.set_xlabel("time step t (the gradient travels from right to left)")
    axes.set_ylabel("$\\log_{10}$ of the length of $dL/dh_t$\n(at the last step: 0)")
    return figure, (
        f"log10 of what arrives at h_0, median and range of the networks: {'; '.join(told)}. "
        "Lines: medians; bands: all networks."
    )


def _apart(heights, least):
    """The heights, moved apart where two are closer than `least`; their order stays."""
    order = np.argsort(heights)
    moved = np.array(heights, float)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + least)
    return moved


def adding_picture(losses):
    """Learning curves on the adding problem: (figure, description). losses: {name: (steps, networks)}."""
    figure, axes = new_figure(width=7.6, height=4.2)
    count = len(next(iter(losses.values())))
    steps = 20 * np.arange(count // 20) + 10
    ends, told = [], []
    for (name, each), look in zip(losses.items(), FIVE_LINES, strict=False):
        smooth = np.median(each[: len(steps) * 20].reshape(len(steps), 20, -1), axis=1)
        low, middle, high = np.percentile(smooth, [25, 50, 75], axis=1)
        axes.fill_between(steps, low, high, color=look["color"], alpha=0.13, linewidth=0)
        axes.semilogy(steps, middle, **look)
        ends.append(np.log10(middle[-1]))
        told.append(f"{name} {middle[-1]:.3f}")
    for name, look, height in zip(losses, FIVE_LINES, _apart(np.array(ends) + 0.02, 0.11), strict=False):
        axes.text(steps[-1] + 4, 10**height, name, color=look["color"], fontsize=11, va="center")
    axes.plot([0, 0.98 * count], [BASELINE] * 2, color=GREY, linewidth=1)
    axes.text(count / 2, BASELINE * 1.12, "line: always answering 1", color=GREY, fontsize=10, ha="center")
    axes.set(xlim=(0, count * 1.24), xlabel="training step", ylabel="mean squared error (logarithmic)")
    axes.set_yticks([0.3, 0.1, 0.03, 0.01, 0.003], ["0.3", "0.1", "0.03", "0.01", "0.003"])
    axes.minorticks_off()
    return figure, (
        f"Median error in the last 20 of {count} steps: {'; '.join(told)}; always answering 1 gives "
        f"{BASELINE:.3f}. Line: median of the networks; band: the middle half of them."
    )


EXPLORERS = MappingProxyType({"outputs": outputs, "through_time": through_time})
