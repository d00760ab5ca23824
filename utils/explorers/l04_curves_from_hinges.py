"""Lesson 4, curves from hinges: straight pieces on a curve, their error, and where the knots stand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.hinges import ROUNDING, error_curve, interpolate, largest_error


@dataclass(frozen=True)
class Curve:
    """A function on [0, 1], and what theory says of its largest error with n equal pieces, for large n:
    at most constant / n**order. `formula` is that in words.
    """

    function: Callable
    constant: float
    order: float
    formula: str


def _ramp(x):
    """Slope 2 from x = 1/4 to 3/4, flat elsewhere, with rounded shoulders: |f''| is largest there, 30."""
    return (np.logaddexp(0, 60 * (x - 0.25)) - np.logaddexp(0, 60 * (x - 0.75))) / 30


CURVES = MappingProxyType(
    {
        "sin 2πx": Curve(lambda x: np.sin(2 * np.pi * x), np.pi**2 / 2, 2, "(π²/2) / n²"),
        "bump": Curve(lambda x: np.exp(-50 * (x - 0.6) ** 2), 12.5, 2, "12.5 / n²"),
        "ramp": Curve(_ramp, 3.75, 2, "3.75 / n²"),
        "x²": Curve(np.square, 0.25, 2, "(1/4) / n²"),
        "√x": Curve(np.sqrt, 0.25, 0.5, "(1/4) / √n"),
        "|x − 1/3|": Curve(lambda x: np.abs(x - 1 / 3), 4 / 9, 1, "(4/9) / n"),
    }
)
_FINE = np.linspace(0, 1, 161)
_CURVE = {"color": "#A8A8A8", "linewidth": 5}
_PIECES = {"color": BLUE, "linewidth": 1.8, "marker": "o", "markersize": 5}
_ERROR = {"color": ORANGE, "linewidth": 1.6}
MARKERS = ("o", "^", "s", "D")


def told_error(error):
    """An error in words: three figures, or that it is rounding."""
    if error <= ROUNDING:
        return "0, up to rounding"
    return np.format_float_positional(error, precision=3, fractional=False, trim="-")


# ----------------------------------------------------------------------------------------- more equal pieces

MOST = 64


@lru_cache
def equal_errors(name):
    """The largest error of a curve with 1, 2, …, MOST equal pieces: an array (MOST,)."""
    function = CURVES[name].function
    return np.array([largest_error(function, np.linspace(0, 1, n + 1)) for n in range(1, MOST + 1)])


def _more_scene():
    figure, (plane, chart) = new_figure(1, 2, width=6.4, height=3.2)
    plane.set(xlim=(0, 1), ylim=(-1.15, 1.15), xlabel="input x", ylabel="f(x)")
    chart.set(xscale="log", yscale="log", xlim=(0.85, 80), ylim=(3e-5, 20))
    chart.set(xlabel="pieces n", ylabel="largest error")
    chart.set_xticks([1, 2, 4, 8, 16, 32, 64], ["1", "2", "4", "8", "16", "32", "64"])
    chart.set_xticks([], minor=True)
    chart.text(0.98, 0.84, "dots: measured", transform=chart.transAxes, ha="right", fontsize=10, color=ORANGE)
    return figure


def _more(figure, curve, n):
    plane, chart = figure.axes
    shape, errors = CURVES[curve], equal_errors(curve)
    knots = np.linspace(0, 1, n + 1)
    plane.plot(_FINE, shape.function(_FINE), **_CURVE)
    plane.plot(knots, shape.function(knots), **_PIECES)
    pieces = np.arange(1, MOST + 1)
    theory = shape.constant / pieces**shape.order
    chart.plot(pieces, theory, color=BLACK, linestyle="--", linewidth=1.5)
    seen = errors > ROUNDING
    chart.plot(pieces[seen], errors[seen], ".", color=ORANGE, markersize=4)
    chart.text(0.98, 0.93, f"dashed: {shape.formula}", transform=chart.transAxes, ha="right", fontsize=10)
    error = errors[n - 1]
    if error > ROUNDING:
        chart.plot([n], [error], "o", color=ORANGE, markersize=10, markeredgecolor=BLACK)
    many = "piece" if n == 1 else "equal pieces"
    told = f"{curve} with {n} {many}: the largest error is {told_error(error)}"
    return f"{told}; the dashed line is at {told_error(theory[n - 1])}."


def more_pieces() -> Explorer:
    """Choose a curve and the number of equal pieces; the error on logarithmic axes beside the theory."""
    return Explorer(
        _more,
        _more_scene,
        {
            "curve": Choice("curve", tuple(CURVES), "sin 2πx"),
            "n": Range("pieces n", 1, MOST, 1, 8),
        },
        [
            Stop("Eight straight pieces, and the sine is there already to the eye.", {"n": 8}),
            Stop("Twice as many: the error is about a quarter.", {"n": 16}),
            Stop("The root looks calmer. The trouble is the first piece.", {"curve": "√x", "n": 16}),
            Stop("A corner between two knots costs one piece's accuracy.", {"curve": "|x − 1/3|", "n": 16}),
            Stop("One piece fewer, and the error is gone. Why?", {"curve": "|x − 1/3|", "n": 15}),
        ],
    )


# ----------------------------------------------------------------------------------------- dragging the knots

SIXTIETHS = 60
INNER = 4


def knots_at(*places):
    """Knots from places in sixtieths, in order and each once, with the ends 0 and 1."""
    return np.unique([0, *places, SIXTIETHS]) / SIXTIETHS


def _drag_scene():
    figure, (plane, below) = new_figure(2, 1, width=5.2, height=4.2, sharex=True, height_ratios=(1.3, 1))
    plane.set(xlim=(-0.01, 1.01), ylim=(-1.15, 1.15), ylabel="f(x)")
    below.set(yscale="log", ylim=(1e-3, 4), xlabel="input x", ylabel="size of the error")
    below.text(
        0.99, 0.97, "dashed: the largest · dotted: with equal knots", transform=below.transAxes,
        ha="right", va="top", fontsize=10,
    )  # fmt: skip
    return figure


def _drag(figure, curve, knot_1, knot_2, knot_3, knot_4):
    plane, below = figure.axes
    function = CURVES[curve].function
    knots = knots_at(knot_1, knot_2, knot_3, knot_4)
    plane.plot(_FINE, function(_FINE), **_CURVE)
    plane.plot(knots, function(knots), **_PIECES)
    x, error = error_curve(function, knots)
    peaks = np.abs(error).max(axis=1)
    below.plot(x.ravel(), np.maximum(np.abs(error), 1e-9).ravel(), **_ERROR)
    below.plot(knots, np.full(knots.size, 1e-3), "o", color=BLUE, markersize=6, clip_on=False)
    equal = largest_error(function, np.linspace(0, 1, INNER + 2))
    below.axhline(equal, color=GREY, linestyle=":", linewidth=1.5)
    largest = peaks.max()
    if largest > ROUNDING:
        below.axhline(largest, color=BLACK, linestyle="--", linewidth=1.2)
    where = ", ".join(f"{knot:.2f}" for knot in knots[1:-1])
    inner = "inner knot" if knots.size == 3 else "inner knots"
    told = f"{curve} with {knots.size - 1} pieces, {inner} at {where}: the largest error is "
    return f"{told}{told_error(largest)}{_worst(knots, peaks)}. Equal knots give {told_error(equal)}."


def _worst(knots, peaks):
    """Where the largest error is, as the end of a sentence: the piece, or the pieces that share it."""
    worst = np.flatnonzero(peaks >= peaks.max() * (1 - 1e-6))
    if peaks.max() <= ROUNDING:
        return ""
    if worst.size == peaks.size:
        return ", on all pieces alike"
    return ", " + " and ".join(f"between {knots[i]:.2f} and {knots[i + 1]:.2f}" for i in worst)


def drag_knots() -> Explorer:
    """Move four inner knots of five pieces, in sixtieths, and watch the error below the curve."""
    numbers = range(1, INNER + 1)
    equal = SIXTIETHS // (INNER + 1)
    return Explorer(
        _drag,
        _drag_scene,
        {
            "curve": Choice("curve", tuple(CURVES), "√x"),
            **{f"knot_{i}": Range(f"knot {i} (in 60ths)", 1, 59, 1, equal * i) for i in numbers},
        },
        [
            Stop("Equal knots on the root: one high peak, the others far below.", {}),
            Stop("The first knot further left: its peak sinks, the next one grows.", {"knot_1": 4}),
            Stop("A corner between two knots: one peak, all other pieces are exact.", {"curve": "|x − 1/3|"}),
            Stop(
                "One knot on the corner, at 20/60 = 1/3, and nothing is left of the error.",
                {"curve": "|x − 1/3|", "knot_2": 20},
            ),
            Stop("The ramp with equal knots: where are its peaks?", {"curve": "ramp"}),
        ],
    )


# ----------------------------------------------------------------------------------- pictures of the notebook


def points_picture(function, knots):
    """The hinges through the points of a curve, and their weights: (figure, description)."""
    hinges = interpolate(knots, function(knots))
    figure, (plane, bars) = new_figure(1, 2, width=8.2, height=3.8)
    plane.plot(_FINE, function(_FINE), **_CURVE)
    plane.plot(knots, hinges(knots), **_PIECES)
    plane.set(xlabel="input x", ylabel="output", title="grey: the curve · blue: the network")
    slopes = np.cumsum(hinges.weights)
    for before, after, slope in zip(knots[:-1], knots[1:], slopes, strict=True):
        bars.plot([before, after], [slope, slope], color=GREY, linestyle="-", linewidth=3)
    bars.vlines(hinges.knots, np.concatenate([[0], slopes[:-1]]), slopes, color=BLUE, linewidth=2)
    bars.plot(hinges.knots, slopes, "o", color=BLUE, markersize=6)
    bars.axhline(0, color=GREY, linewidth=0.8)
    bars.set(xlabel="input x", ylabel="slope", title="grey: slopes · blue: weights")
    gap = np.abs(hinges(knots) - function(knots)).max()
    return figure, (
        f"{knots.size} points, {hinges.knots.size} hidden units. At the points the network misses the curve "
        f"by {gap:.0e} at most, elsewhere by up to {largest_error(function, knots):.3f}. The first weight is "
        f"{hinges.weights[0]:.2f}, the first slope."
    )


def errors_picture(pieces, errors, theory=None):
    """Largest errors against the number of pieces on logarithmic axes: (figure, description).

    pieces (m,); errors: name -> (m,), drawn as marks and joined by lines; theory: name -> (m,), which the
    lines then show instead. What is 0 up to rounding, or NaN, is not drawn but told.
    """
    figure, axes = new_figure(width=7, height=4.4)
    axes.set(xscale="log", yscale="log", xlabel="pieces n", ylabel="largest error")
    told = []
    for (name, values), look, marker in zip(errors.items(), LINES, MARKERS, strict=False):
        seen = values > ROUNDING
        if not seen.any():
            told.append(f"{name} {'not a number' if np.isnan(values).any() else '0, up to rounding'}")
            continue
        axes.plot(pieces[seen], values[seen], marker, color=look["color"], markersize=6)
        if theory:
            axes.plot(pieces, theory[name], **look)
        else:
            axes.plot(pieces[seen], values[seen], **look)
        axes.annotate(
            name, (pieces[seen][-1], values[seen][-1]), xytext=(8, 0), textcoords="offset points",
            color=look["color"], va="center", fontsize=11,
        )  # fmt: skip
        told.append(f"{name} {values[seen][0]:.2g} to {values[seen][-1]:.2g}")
    axes.set_xticks(pieces, [str(n) for n in pieces])
    axes.set_xticks([], minor=True)
    axes.set_xlim(pieces[0] * 0.8, pieces[-1] * 3.2)
    lines = " The lines are the theory's." if theory else ""
    return figure, f"Largest error from n = {pieces[0]} to {pieces[-1]}: {'; '.join(told)}.{lines}"


def placed_picture(pieces, equal, placed):
    """Largest errors of √x and the ramp with equal and with placed knots: (figure, description).

    pieces (m,); equal, placed: name -> (m,).
    """
    ways = (("equal", equal), ("placed", placed))
    return errors_picture(
        pieces, {f"{name}, {way}": errors[name] for way, errors in ways for name in ("√x", "ramp")}
    )


def trained_picture(trained, written, placed):
    """Largest errors of trained networks beside those of written hinges: (figure, description).

    trained: name -> (replicas,); written, placed: name -> the error with equal and with placed knots, or 0.
    """
    figure, axes = new_figure(width=7, height=4.2)
    told = []
    for place, (name, errors) in enumerate(trained.items()):
        axes.plot(
            place + np.linspace(-0.25, 0.25, errors.size), np.sort(errors), "o", color=BLUE, markersize=5
        )
        for error, look, colour in ((written[name], "-", ORANGE), (placed[name], "--", BLACK)):
            if error > ROUNDING:
                axes.plot([place - 0.35, place + 0.35], [error, error], look, color=colour, linewidth=2)
        told.append(
            f"{name}: trained {errors.min():.2g} to {errors.max():.2g} (median {np.median(errors):.2g}), "
            f"equal knots {written[name]:.2g}, placed knots {told_error(placed[name])}"
        )
        if placed[name] <= ROUNDING:
            axes.text(place - 0.1, 0.02, "↓ placed: 0", transform=axes.get_xaxis_transform(), fontsize=11)
    axes.set(yscale="log", ylabel="largest error", xlim=(-0.5, 3.3))
    axes.set_xticks(range(len(trained)), list(trained))
    for height, name, colour in ((0.7, "● trained", BLUE), (0.58, "— equal knots", ORANGE)):
        axes.text(0.82, height, name, color=colour, transform=axes.transAxes, fontsize=11)
    axes.text(0.82, 0.46, "-- placed knots", transform=axes.transAxes, fontsize=11)
    return figure, f"One dot for each of {errors.size} starts, sorted by its error. {'. '.join(told)}."


EXPLORERS = {"more_pieces": more_pieces, "drag_knots": drag_knots}
