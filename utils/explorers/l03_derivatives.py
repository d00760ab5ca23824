"""Lesson 03: the slope at the corner by differences and by touching lines, and backpropagation as a mask."""

from types import MappingProxyType

import numpy as np

from utils.activations import ACTIVATIONS
from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.gradients import relative_error
from utils.losses import squared_error
from utils.networks import Network

_RELU = ACTIVATIONS["relu"]


def secant() -> Explorer:
    """Slopes of ReLU by differences: choose the point x0 and the step size h."""
    return Explorer(
        _secant,
        _secant_scene,
        {
            "x0": Range("Point x₀", -1.0, 1.0, 0.05, 0.6),
            "h": Range("Step size h", 0.05, 1.0, 0.05, 0.3),
        },
        (
            Stop("Far from the corner all three slopes agree with the exact one.", {"x0": 0.6, "h": 0.3}),
            Stop("A step larger than x₀ reaches past the corner.", {"x0": 0.2, "h": 0.6}),
            Stop("A smaller step cures it: now both probes are on one side.", {"x0": 0.2, "h": 0.15}),
            Stop("At the corner itself no step is small enough.", {"x0": 0.0, "h": 0.05}),
        ),
    )


def difference_slopes(x0: float, h: float) -> tuple[float, float, float]:
    """The left, central and right difference slope of relu at x0 with step size h > 0."""
    low, middle, high = (float(_RELU(x)) for x in (x0 - h, x0, x0 + h))
    return (middle - low) / h, (high - low) / (2 * h), (high - middle) / h


def _secant_scene():
    figure, (plane, ruler) = new_figure(1, 2, width=6.4, height=3.9, width_ratios=(2.1, 1))
    x = np.linspace(-2, 2, 5)
    plane.plot(x, _RELU(x), color=GREY, linewidth=5, alpha=0.45, solid_capstyle="round")
    plane.set(xlim=(-2, 2), ylim=(-0.75, 2), xlabel="x", ylabel="relu(x)", title="Lines through two points")
    ruler.set(xlim=(-0.5, 2.5), ylim=(-0.12, 1.18), ylabel="slope", title="Their slopes\n(line: exact)")
    ruler.set_xticks([0, 1, 2], ["left", "central", "right"])
    return figure


def _secant(figure, x0, h):
    plane, ruler = figure.axes
    left, central, right = difference_slopes(x0, h)
    exact = float(_RELU.derivative(x0))
    at = _RELU(np.array([x0 - h, x0, x0 + h]))
    looks = ((left, x0, BLUE, "--", "o"), (central, x0 - h, BLACK, "-", "s"), (right, x0, ORANGE, ":", "^"))
    for place, (slope, start, colour, line, marker) in enumerate(looks):
        height = float(_RELU(start))
        ends = np.array([-2.0, 2.0])
        plane.plot(ends, height + slope * (ends - start), color=colour, linestyle=line, linewidth=1.8)
        ruler.plot([place], [slope], marker, color=colour, markersize=9)
        ruler.text(place, slope + 0.05, f"{slope:.2f}", ha="center", fontsize=10)
    plane.plot([x0 - h, x0 + h], at[[0, 2]], "o", color=BLACK, markersize=6, markerfacecolor="white")
    plane.plot([x0], at[1:2], "o", color=BLACK, markersize=7)
    known = "there is no exact slope at the corner"
    if x0:
        ruler.axhline(exact, color=GREY, linewidth=1)
        known = f"the exact slope is {exact:.0f}"
    across = abs(x0) < h - 1e-9
    sides = "The probes lie on both sides" if across else "Both probes lie on one side"
    return (
        f"At x₀ = {x0:.2f} with h = {h:.2f} the slope is {left:.2f} from the left, {central:.2f} central and "
        f"{right:.2f} from the right; {known}. {sides} of the corner."
    )


CURVES = MappingProxyType(
    {
        "relu(x)": _RELU,
        "|x|": np.abs,
        "leaky ReLU, slope 0.2": ACTIVATIONS["leaky_relu"].with_parameters(negative_slope=0.2),
        "min(0, x)": lambda x: np.minimum(x, 0.0),
    }
)


def touching() -> Explorer:
    """A line through the corner: which slopes keep it on or below the curve?"""
    return Explorer(
        _touching,
        _touching_scene,
        {
            "curve": Choice("Curve", tuple(CURVES), "relu(x)"),
            "slope": Range("Slope of the line", -1.5, 1.5, 0.1, -0.4),
        },
        (
            Stop("On the left this line rises above the curve: it cuts, it does not touch.", {"slope": -0.4}),
            Stop("This one touches only at the corner and stays below: a subgradient.", {"slope": 0.5}),
            Stop("The slope of a side is the last one that still works.", {"slope": 1.0}),
            Stop("A sharper corner lets more slopes touch.", {"curve": "|x|", "slope": -0.8}),
            Stop("A corner that points up lets none.", {"curve": "min(0, x)", "slope": 0.5}),
        ),
    )


def _touching_scene():
    figure, axes = new_figure(width=6.0, height=4.2)
    axes.set(xlim=(-2, 2), ylim=(-3.2, 4.4), xlabel="x", ylabel="value")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.8)
    return figure


def _touching(figure, curve, slope):
    axes = figure.axes[0]
    x = np.linspace(-2, 2, 81)
    values, line = CURVES[curve](x), slope * x
    excess = line - values
    touches = bool(excess.max() <= 1e-12)
    look = {"color": BLACK, "linestyle": "-"} if touches else {"color": ORANGE, "linestyle": "--"}
    shade = {"color": ORANGE, "alpha": 0.35, "linewidth": 0}
    axes.fill_between(x, values, line, where=excess > 0, **shade)
    axes.plot(x, values, color=BLUE, linewidth=2.6)
    axes.plot(x, line, linewidth=1.8, **look)
    axes.plot([0], [0], "o", color=BLACK, markersize=6)
    verdict = "cuts through the curve"
    if touches:
        verdict = "touches from below"
    elif excess.min() >= -1e-12:
        verdict = "lies on or above the curve"
    axes.text(-1.9, 4.05, f"{curve}: thick line", color=BLUE, fontsize=11, va="center")
    axes.text(-1.9, 3.5, f"slope {slope:.1f}: {verdict}", color=BLACK, fontsize=11, va="center")
    if touches:
        return (
            f"The line of slope {slope:.1f} stays on or below {curve} everywhere: "
            f"{slope:.1f} is a subgradient at 0."
        )
    worst = int(excess.argmax())
    return (
        f"The line of slope {slope:.1f} {verdict}: in the picture it is above {curve} by up to "
        f"{excess[worst]:.1f} (at x = {x[worst]:.0f}, shaded). So {slope:.1f} is no subgradient at 0."
    )


# Four units of one input for the picture of the masks. Their corners lie at x = 0, 0.5, 1 and -1.5.
WEIGHTS_1 = np.array([1.0, -2.0, 2.0, 1.0])
BIAS_1 = np.array([0.0, 1.0, -2.0, 1.5])
WEIGHTS_2 = np.array([1.0, -1.0, 0.5, -0.5])


def backward_by_hand(x: float, target: float) -> dict[str, object]:
    """Forward and backward pass of the four units for one sample, with the loss (output - target)^2.

    Returns z, a, output, the upstream gradients at the output ("output_gradient"), at a and at z, and dL/dx.
    """
    z = WEIGHTS_1 * x + BIAS_1
    a = _RELU(z)
    output = float(WEIGHTS_2 @ a)
    output_gradient = 2 * (output - target)
    a_gradient = output_gradient * WEIGHTS_2
    z_gradient = a_gradient * (z > 0)
    return {
        "z": z,
        "a": a,
        "output": output,
        "output_gradient": output_gradient,
        "a_gradient": a_gradient,
        "z_gradient": z_gradient,
        "x_gradient": float(WEIGHTS_1 @ z_gradient),
    }


def masks() -> Explorer:
    """Which of four hidden units pass the gradient back, for one sample x and one target."""
    return Explorer(
        _masks,
        _masks_scene,
        {
            "x": Range("Input x", -2.0, 2.0, 0.1, 0.8),
            "target": Range("Target", -2.0, 2.0, 0.5, 2.0),
        },
        (
            Stop(
                "Two gates are open, and only these two units pass the gradient back.",
                {"x": 0.8, "target": 2.0},
            ),
            Stop("Another input, another mask.", {"x": -1.0, "target": 2.0}),
            Stop("Unit 2 has z = 0 exactly: by convention it blocks.", {"x": 0.5, "target": 2.0}),
            Stop(
                "Here the output is the target: the gates are open, but the upstream gradient is 0.",
                {"x": 0.5, "target": -0.5},
            ),
        ),
    )


_ROWS = np.array([3.0, 2.0, 1.0, 0.0])
_COLUMNS = (0.0, 3.0, 6.0)
_AT_Z, _AT_A = 1.55, 4.4  # where the gradients stand, on the lines before and after the hidden units
_AT_Z_HEIGHTS, _AT_A_HEIGHTS = (1.5 + (_ROWS - 1.5) * share for share in (0.5167, 0.5333))
# Each patch takes as long to draw as a whole line: the white boxes behind four numbers are markers of one.
_BOX_CORNERS = [(-1, -0.45), (1, -0.45), (1, 0.45), (-1, 0.45), (-1, -0.45)]
_BOX = {"marker": _BOX_CORNERS, "markersize": 26, "linestyle": "", "color": "white", "zorder": 2}
_SQUARE = {"marker": "s", "markersize": 34, "color": "white", "markeredgecolor": BLACK, "zorder": 2}
_OPEN = {"color": BLUE, "linewidth": 2.4, "linestyle": "-"}
_SHUT = {"color": GREY, "linewidth": 1.0, "linestyle": ":"}


def _masks_scene():
    figure, axes = new_figure(width=6.4, height=4.5)
    axes.set(xlim=(-0.9, 7.3), ylim=(-1.2, 3.95))
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    for column, name in zip(_COLUMNS, ("input", "hidden units", "output"), strict=True):
        axes.text(column, 3.75, name, ha="center", fontsize=11, color=GREY)
    axes.annotate(
        "", (0.6, -1.05), (5.4, -1.05), arrowprops={"arrowstyle": "->", "color": GREY, "linewidth": 1.2}
    )
    axes.text(3.0, -0.95, "the gradient flows this way", ha="center", fontsize=10, color=GREY)
    for column, name in ((_AT_Z, "dL/dz"), (_AT_A, "dL/da")):
        axes.text(column, 3.3, name, ha="center", fontsize=11, color=BLACK)
    for column, name in ((_COLUMNS[0], "dL/dx"), (_COLUMNS[2], "upstream")):
        axes.text(column, 0.85, name, ha="center", va="center", fontsize=10)
    for row in _ROWS:
        axes.plot(_COLUMNS[1:], [row, 1.5], color=BLACK, linewidth=1, linestyle="-")
    axes.plot([_AT_A] * 4, _AT_A_HEIGHTS, **_BOX)
    axes.plot(_COLUMNS[2], 1.5, **_SQUARE)
    for row, name in zip(_ROWS, ("z₁ = x", "z₂ = 1 − 2x", "z₃ = 2x − 2", "z₄ = x + 1.5"), strict=True):
        axes.text(3.0, row - 0.46, name, ha="center", va="center", fontsize=10)
    return figure


def _masks(figure, x, target):
    axes = figure.axes[0]
    done = backward_by_hand(x, target)
    on = done["z"] > 0
    # Adding 0.0 turns -0.0 into 0.0.
    at_a, at_z = done["a_gradient"] + 0.0, done["z_gradient"] + 0.0
    upstream, at_x = done["output_gradient"] + 0.0, done["x_gradient"] + 0.0
    left, middle, right = _COLUMNS
    centre = {"ha": "center", "va": "center", "fontsize": 10, "zorder": 3}
    for rows, look in ((_ROWS[on], _OPEN), (_ROWS[~on], _SHUT)):
        ends = np.array([[row, 1.5, np.nan] for row in rows]).ravel()
        axes.plot([middle, left, np.nan] * len(rows), ends, **look)
    axes.plot([_AT_Z] * 4, _AT_Z_HEIGHTS, **_BOX)
    axes.plot(left, 1.5, **_SQUARE)
    for rows, fill, edge in ((_ROWS[on], BLUE, BLUE), (_ROWS[~on], "white", GREY)):
        places = np.full(len(rows), middle)
        axes.plot(places, rows, "o", markersize=34, color=fill, markeredgecolor=edge, zorder=2)
    for unit, row in enumerate(_ROWS):
        axes.text(middle, row, f"{done['z'][unit]:.1f}", color="white" if on[unit] else BLACK, **centre)
        axes.text(_AT_Z, _AT_Z_HEIGHTS[unit], f"{at_z[unit]:.2f}", **centre)
        axes.text(_AT_A, _AT_A_HEIGHTS[unit], f"{at_a[unit]:.2f}", **centre)
    axes.text(left, 1.5, f"{x:.1f}", **centre)
    axes.text(right, 1.5, f"{done['output']:.2f}", **centre)
    axes.text(right, 0.65, f"{upstream:.2f}", **centre)
    axes.text(left, 0.65, f"{at_x:.2f}", **centre)
    return (
        f"For x = {x:.1f} and target {target:.1f} the output is {done['output']:.2f}, the upstream gradient "
        f"{upstream:.2f}. Units that pass it: {_numbers(on)}; units that block it: {_numbers(~on)}. "
        f"dL/dx = {at_x:.2f}."
    )


def _numbers(chosen):
    return ", ".join(str(unit) for unit in np.flatnonzero(chosen) + 1) or "none"


def check_networks(probe, steps):
    """Gradient checks of 24 random networks in float64: 3 inputs, 8 hidden units, 16 samples, squared error.

    probe(network, x, y, step) -> (measured gradient, whether a unit changed side), each (parameters,).
    Returns (worst, share) as `straddling_picture` takes them, with 24 networks.
    """
    worst, share = np.empty((len(steps), 24, 2)), np.empty((len(steps), 24))
    for seed in range(24):
        generator = np.random.default_rng(seed)
        network = Network([3, 8, 1], generator=generator, dtype=np.float64)
        x = generator.normal(size=(16, 3))
        y = np.sin(x.sum(axis=1, keepdims=True))
        network.backward(squared_error(network.forward(x), y)[1])
        exact = network.gradients.copy()
        for row, step in enumerate(steps):
            numeric, crossed = probe(network, x, y, step)
            worst[row, seed, 0] = relative_error(numeric, exact)
            worst[row, seed, 1] = relative_error(numeric[~crossed], exact[~crossed])
            share[row, seed] = crossed.mean()
    return worst, share


def straddling_picture(steps, worst, share):
    """The worst relative error of a gradient check against its step: (figure, description).

    worst: (steps, networks, 2), over all parameters and over those where no unit changed side;
    share: (steps, networks), the share of parameters where one did.
    """
    figure, axes = new_figure(width=6.4, height=3.8)
    kinds = ((0, "all parameters", "^", LINES[1]), (1, "where no unit changed side", "o", LINES[0]))
    for kind, name, marker, look in kinds:
        errors = worst[..., kind].max(axis=1)
        axes.loglog(steps, errors, marker=marker, **look)
        place = {"xytext": (0, 9 if kind == 0 else -16), "textcoords": "offset points", "ha": "right"}
        axes.annotate(name, (steps[0], errors[0]), color=look["color"], fontsize=11, **place)
    axes.set(xlabel="step of the probes", ylabel=f"worst relative error of {share.shape[1]} networks")
    axes.margins(y=0.15)
    return figure, (
        f"With step {steps[0]:g}, {share[0].mean():.0%} of the parameters moved a unit across its corner: "
        f"the worst error is {worst[0, :, 0].max():.1f}, and {worst[0, :, 1].max():.0e} among the others. "
        f"With step {steps[3]:g}, {share[3].mean():.1%} did. Rounding alone makes "
        f"{worst[-1, :, 1].max():.0e} with step {steps[-1]:g}."
    )


def training_picture(accuracies):
    """Test accuracies for each start and convention: (figure, description).

    accuracies: {(scale of the hidden weights, convention): (networks,)}, for scales 0, 1e-30, 1 and
    conventions 0, 1/2, 1.
    """
    figure, axes = new_figure(width=6.4, height=3.8)
    looks = {0.0: (ORANGE, "v"), 0.5: (BLACK, "s"), 1.0: (BLUE, "^")}
    places = {0.0: 1, 1e-30: 5, 1.0: 9}
    for (scale, at_zero), reached in accuracies.items():
        colour, marker = looks[at_zero]
        place = places[scale] + 2 * at_zero - 1 + np.linspace(-0.3, 0.3, len(reached))
        axes.plot(place, reached, marker, color=colour, markersize=4)
    axes.set_xticks([0, 1, 2, 4, 5, 6, 8, 9, 10], ["0", "½", "1"] * 3)
    for scale, name in ((0.0, "all exactly 0"), (1e-30, "He × 10⁻³⁰"), (1.0, "He")):
        axes.text(places[scale], 1.04, name, ha="center", fontsize=11)
    axes.set(xlabel="convention relu'(0), for three starts of the hidden weights", ylabel="test accuracy")
    axes.set_ylim(0, 1.13)
    means = {scale: [accuracies[scale, at_zero].mean() for at_zero in looks] for scale in places}
    told = [", ".join(f"{mean:.3f}" for mean in means[scale]) for scale in places]
    return figure, (
        f"Mean test accuracy with relu'(0) = 0, 1/2, 1. Hidden weights exactly 0 at the start: {told[0]}. "
        f"He times 10⁻³⁰: {told[1]}. He: {told[2]}. One mark for each network."
    )


EXPLORERS = MappingProxyType({"secant": secant, "touching": touching, "masks": masks})
