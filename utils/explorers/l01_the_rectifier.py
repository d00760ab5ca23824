"""Lesson 1, the rectifier: one unit as a bend, three bends as a shape, the table of ways to write ReLU."""

import html
from dataclasses import dataclass

import numpy as np

from utils.activations import ACTIVATIONS
from utils.explorer import Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, new_figure

RELU = ACTIVATIONS["relu"]
# Straight pieces need no more points than their ends.
EDGES = np.array([-3.0, 3.0])
FIRST_KINK, THIRD_KINK, RIGHT_EDGE = -1.0, 3.0, 5.0
# What the learner should look at is broad, so that the thin lines over it stay visible.
SUM = {"color": BLUE, "linestyle": "-", "linewidth": 3.5}


def _legend(axes, columns=3):
    """A legend above the axes, with one line of room between them for labels that change."""
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=columns, frameon=False, fontsize=10)


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
    if output_weight == 0:
        _label(axes, 0, "constant 0")
        return f"{name} is 0 for every x: the output weight 0 silences the unit."
    axes.plot(kink, 0, "o", color=BLACK, markersize=8)
    slope = f"slope {output_weight * weight:g}"
    flat, sloped = ("left", "right") if weight > 0 else ("right", "left")
    _label(axes, 0, f"kink at x = {kink:.3g}, flat to the {flat}, {slope} to the {sloped}")
    outside = "" if abs(kink) <= 3 else ", outside the picture"
    return (
        f"{name} has its kink at x = {kink:.3g}{outside}. It is flat, at 0, to the {flat} of the kink "
        f"and has {slope} to the {sloped} of it."
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


def _three_bends_scene():
    figure, axes = new_figure(width=6, height=4)
    axes.set(xlim=(-3, RIGHT_EDGE), ylim=(-4, 6), xlabel="input x", ylabel="value")
    axes.axhline(0, color=GREY, linewidth=0.8)
    for number, line in enumerate(LINES[1:], 1):
        axes.plot([], [], **line, label=f"unit {number}")
    axes.plot([], [], **SUM, label="their sum")
    _legend(axes, columns=4)
    return figure


def three_bends_view(figure, first, second, kink, third):
    """v1 relu(x + 1) + v2 relu(x - kink) + v3 relu(x - 3), with the slope of every piece above it."""
    axes = figure.axes[0]
    places, output_weights = np.array([FIRST_KINK, kink, THIRD_KINK]), np.array([first, second, third])
    x = np.array([EDGES[0], *places, RIGHT_EDGE])
    units = output_weights * RELU(x[:, np.newaxis] - places)
    total = units.sum(axis=1) + 0.0
    axes.plot(x, total, **SUM)
    for unit, line in zip(units.T, LINES[1:], strict=True):
        axes.plot(x, unit, **line)
    changes = {place: output_weights[places == place].sum() for place in dict.fromkeys(places.tolist())}
    bends = [place for place, change in changes.items() if change != 0]
    slopes = np.cumsum([0.0, *(changes[place] for place in bends)])
    ends = [EDGES[0], *bends, RIGHT_EDGE]
    for left, right, slope in zip(ends[:-1], ends[1:], slopes, strict=True):
        if left != EDGES[0]:
            axes.axvline(left, color=GREY, linewidth=0.8)
        # A piece narrower than its label goes without one; the description names every slope.
        if right - left >= 1:
            _label(axes, (left + right) / 2, f"slope {slope:g}" if right - left >= 1.5 else f"{slope:g}")
    if not bends:
        return "The sum is 0 for every x: it is a straight line."
    heights = _listed(total[np.searchsorted(x, bends)])
    return (
        f"From left to right the sum has the slopes {_listed(slopes)}. The slope changes at "
        f"{_listed(bends, 'x = ')}, where the sum is {heights}. At the right edge, x = {RIGHT_EDGE:g}, it is "
        f"{total[-1]:g}."
    )


def _listed(numbers, before=""):
    """Numbers for a sentence: "1", "1 and 2", "1, 2 and 3", each with ``before`` in front."""
    *most, last = (f"{before}{number:g}" for number in numbers)
    return f"{', '.join(most)} and {last}" if most else last


def three_bends() -> Explorer:
    """Three units with w = 1 whose outputs are added."""
    return Explorer(
        three_bends_view,
        _three_bends_scene,
        {
            "first": Range("output weight v₁, kink at -1", -2.0, 2.0, 0.25, 1.0),
            "second": Range("output weight v₂", -3.0, 3.0, 0.25, 0.0),
            "kink": Range("second kink", -1.0, 2.0, 0.25, 1.0),
            "third": Range("output weight v₃, kink at 3", -2.0, 2.0, 0.25, 0.0),
        },
        [
            Stop("Units 2 and 3 are silent: one bend, one hinge.", {}),
            Stop("Unit 2 adds slope: the line becomes steeper.", {"second": 1.0}),
            Stop("It takes some slope away: the line becomes less steep.", {"second": -0.5}),
            Stop("It takes away more than there was: the line turns down.", {"second": -3.0}),
            Stop("Unit 3 can do the same, further to the right.", {"second": -0.5, "third": -2.0}),
        ],
    )


EXPLORERS = {"bend": bend, "three_bends": three_bends}


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
