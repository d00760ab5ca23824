"""Lesson 1, the rectifier: one unit as a bend, two bends as a shape, and the table of ways to write ReLU."""

import html
from dataclasses import dataclass

import numpy as np

from utils.activations import ACTIVATIONS
from utils.explorer import Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, new_figure

RELU = ACTIVATIONS["relu"]
# Straight pieces need no more points than their ends.
EDGES = np.array([-3.0, 3.0])
FIRST_KINK = -1.0
# What the learner should look at is broad, so that the thin lines over it stay visible.
SUM = {"color": BLUE, "linestyle": "-", "linewidth": 3.5}


def _legend(axes):
    """A legend above the axes, with one line of room between them for labels that change."""
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=3, frameon=False, fontsize=10)


def _label(axes, x, text):
    """Text just above the axes, at the input ``x``."""
    axes.text(x, 1.02, text, transform=axes.get_xaxis_transform(), ha="center", fontsize=11)


def _bend_scene():
    figure, axes = new_figure(width=6, height=4)
    axes.set(xlim=(-3, 3), ylim=(-4, 4), xlabel="input x", ylabel="value")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.plot([], [], **LINES[1], label="pre-activation  z = w x + b")
    axes.plot([], [], **SUM, label="output  y = v relu(z)")
    axes.plot([], [], "o", color=BLACK, label="kink")
    _legend(axes)
    return figure


def bend_view(figure, weight, bias, output_weight):
    """One unit, v relu(w x + b), with its pre-activation and its kink."""
    axes = figure.axes[0]
    name = f"y = {output_weight:g} relu({_line(weight, bias)})"
    if weight == 0:
        height = output_weight * RELU(bias) + 0.0
        axes.plot(EDGES, [height, height], **SUM)
        axes.plot(EDGES, [bias, bias], **LINES[1])
        _label(axes, 0, f"constant {height:g}")
        return f"{name} does not depend on x: it is the constant {height:g}. With w = 0 there is no kink."
    kink = -bias / weight + 0.0
    x = np.sort(np.append(EDGES, np.clip(kink, *EDGES)))
    axes.plot(x, output_weight * RELU(weight * x + bias), **SUM)
    axes.plot(EDGES, weight * EDGES + bias, **LINES[1])
    axes.plot(kink, 0, "o", color=BLACK, markersize=8)
    slope = output_weight * weight
    flat, sloped = ("left", "right") if weight > 0 else ("right", "left")
    if output_weight == 0:
        _label(axes, 0, "constant 0")
        return f"{name} is 0 for every x: the output weight 0 silences the unit."
    _label(axes, 0, f"kink at x = {kink:.2f}, flat to the {flat}, slope {slope:.2f} to the {sloped}")
    outside = "" if abs(kink) <= 3 else ", outside the picture"
    return (
        f"{name} has its kink at x = {kink:.2f}{outside}. It is flat, at 0, to the {flat} of the kink "
        f"and has slope {slope:.2f} to the {sloped} of it."
    )


def _line(weight, bias):
    return f"{weight:g} x {'-' if bias < 0 else '+'} {abs(bias):g}"


def bend() -> Explorer:
    """One unit with its weight, bias and output weight."""
    return Explorer(
        bend_view,
        _bend_scene,
        {
            "weight": Range("weight w", -2.0, 2.0, 0.1, 1.0),
            "bias": Range("bias b", -2.0, 2.0, 0.1, 0.0),
            "output_weight": Range("output weight v", -2.0, 2.0, 0.25, 1.0),
        },
        [
            Stop("Plain ReLU: w = 1, b = 0, v = 1. The bend sits at 0.", {}),
            Stop("A bias moves the bend, here by one to the left.", {"bias": 1.0}),
            Stop(
                "A negative weight turns it round: now the right side is flat.", {"weight": -1.0, "bias": 1.0}
            ),
            Stop("A negative output weight lets the line go down.", {"bias": 1.0, "output_weight": -1.0}),
            Stop("With weight 0 the input no longer matters.", {"weight": 0.0, "bias": 1.0}),
        ],
    )


def _two_bends_scene():
    figure, axes = new_figure(width=6, height=4)
    axes.set(xlim=(-3, 3), ylim=(-4, 4), xlabel="input x", ylabel="value")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.plot([], [], **LINES[1], label="first unit")
    axes.plot([], [], **LINES[2], label="second unit")
    axes.plot([], [], **SUM, label="their sum")
    _legend(axes)
    return figure


def two_bends_view(figure, first, second, kink):
    """v1 relu(x + 1) + v2 relu(x - kink), with the slope of every piece written above it."""
    axes = figure.axes[0]
    x = np.array([EDGES[0], FIRST_KINK, kink, EDGES[1]])
    one, two = first * RELU(x - FIRST_KINK), second * RELU(x - kink)
    axes.plot(x, one + two, **SUM)
    axes.plot(x, one, **LINES[1])
    axes.plot(x, two, **LINES[2])
    slopes = [0.0, first, first + second]
    for place in (FIRST_KINK, kink):
        axes.axvline(place, color=GREY, linewidth=0.8)
    # A piece narrower than its label goes without one; the description names every slope.
    for left, right, slope in zip(x[:-1], x[1:], slopes, strict=True):
        if right - left >= 1:
            _label(axes, (left + right) / 2, f"slope {slope:g}")
    top = first * (kink - FIRST_KINK) + 0.0
    if kink == FIRST_KINK:
        pieces = f"Both bends sit at x = {kink:g} and act as one: the slope changes from 0 to {slopes[2]:g}."
    else:
        pieces = (
            f"From left to right the sum has the slopes 0, {first:g} and {slopes[2]:g}. The kinks are at "
            f"x = {FIRST_KINK:g} and x = {kink:g}, where the sum is 0 and {top:g}."
        )
    return f"{pieces} At the right edge, x = 3, it is {(one + two)[-1]:g}."


def two_bends() -> Explorer:
    """Two units with w = 1 whose outputs are added."""
    return Explorer(
        two_bends_view,
        _two_bends_scene,
        {
            "first": Range("first output weight v₁", -2.0, 2.0, 0.25, 1.0),
            "second": Range("second output weight v₂", -3.0, 3.0, 0.25, 0.0),
            "kink": Range("second kink", -1.0, 2.0, 0.25, 1.0),
        },
        [
            Stop("The second unit is silent: one bend, one hinge.", {}),
            Stop("It adds slope: the line becomes steeper.", {"second": 1.0}),
            Stop("It takes some slope away: the line becomes less steep.", {"second": -0.5}),
            Stop("It takes away more than there was: the line turns down.", {"second": -3.0}),
        ],
    )


EXPLORERS = {"bend": bend, "two_bends": two_bends}


@dataclass(frozen=True)
class TrialTable:
    """What each way gave on each input, as an HTML table and as text.

    ``cells`` holds the results in words by (way, input), ``wrong`` the pairs whose result is not right.
    """

    ways: tuple[str, ...]
    inputs: tuple[str, ...]
    cells: dict[tuple[str, str], str]
    wrong: frozenset[tuple[str, str]]

    def _text(self, way, name):
        return ("✗ " if (way, name) in self.wrong else "") + self.cells[way, name]

    def __repr__(self):
        rows = [("", *self.inputs)]
        rows += [(way, *(self._text(way, name) for name in self.inputs)) for way in self.ways]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.inputs)
        body = ""
        for way in self.ways:
            body += f'<tr><th scope="row" style="text-align:left"><code>{html.escape(way)}</code></th>'
            for name in self.inputs:
                text = html.escape(self._text(way, name))
                body += f"<td>{f'<strong>{text}</strong>' if (way, name) in self.wrong else text}</td>"
            body += "</tr>"
        caption = f"Each row is a way, each column an input. ✗ marks the {len(self.wrong)} wrong results."
        return (
            f'<div style="overflow-x:auto"><table><caption style="text-align:left">{caption}</caption>'
            f'<thead><tr><th scope="col" style="text-align:left">way</th>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )


def trial_table(ways, inputs) -> TrialTable:
    """Call every way on every input and compare with what is right.

    ``ways`` maps a text to a function, ``inputs`` a text to (input, right result). For arrays shape and dtype
    must be right as well; a number need only have the right value (NaN equals NaN, and -0.0 equals 0.0).
    """
    cells, wrong = {}, set()
    for way, function in ways.items():
        for name, (x, right) in inputs.items():
            try:
                with np.errstate(all="ignore"):
                    result = function(x)
            except (TypeError, ValueError) as error:
                cells[way, name] = type(error).__name__
                wrong.add((way, name))
                continue
            cells[way, name] = _shown(result)
            if not _is_right(np.asarray(result), np.asarray(right), strict=isinstance(right, np.ndarray)):
                wrong.add((way, name))
    return TrialTable(tuple(ways), tuple(inputs), cells, frozenset(wrong))


def _shown(result):
    array = np.asarray(result)
    return np.array2string(array, separator=", ") if array.ndim else f"{array[()]}"


def _is_right(got, right, strict):
    same = got.shape == right.shape and np.array_equal(got, right, equal_nan=True)
    return same and (not strict or got.dtype == right.dtype)


def timing_picture(times):
    """A figure of the ``times`` (way -> nanoseconds an element, one for each repetition), and its text.

    Dots are the medians, bars go from the shortest to the longest; the axis is logarithmic.
    """
    figure, axes = new_figure(width=6.4, height=0.6 + 0.42 * len(times))
    medians = {way: float(np.median(each)) for way, each in times.items()}
    for row, (way, each) in enumerate(times.items()):
        axes.plot([min(each), max(each)], [row, row], "-", color=BLUE, linewidth=3)
        axes.plot(medians[way], row, "o", color=BLACK)
    axes.set(xscale="log", xlabel="nanoseconds for each element (logarithmic)", ylim=(len(times) - 0.5, -0.5))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(times)), list(times), fontfamily="monospace", fontsize=10)
    axes.grid(False, axis="y")
    listed = ", ".join(f"{way}: {_two_digits(median)}" for way, median in medians.items())
    slowest, fastest = max(medians, key=medians.get), min(medians, key=medians.get)
    description = (
        f"Measured here, median nanoseconds for each element: {listed}. "
        f"{slowest} takes {medians[slowest] / medians[fastest]:.0f} times as long as {fastest}."
    )
    return figure, description


def _two_digits(number):
    """A positive number with two digits, and never with an exponent: 0.23, 5.3, 180."""
    return f"{float(f'{number:.1e}'):g}"
