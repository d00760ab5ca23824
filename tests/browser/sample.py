"""Small explorers for the browser tests and the benchmarks: one bend v * relu(w * x + b)."""

import numpy as np

from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.figures import BLUE, GREY, LINES, new_figure

X = np.linspace(-3, 3, 601)


def scene():
    figure, axes = new_figure(width=6, height=4)
    dress(axes)
    return figure


def dress(axes):
    axes.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="input x", ylabel="output", title="One unit: v relu(w x + b)")
    axes.axhline(0, color=GREY, linewidth=1)


def view(figure, weight=1.0, bias=0.0, output_weight=1.0, line="solid"):
    axes = figure.axes[0]
    y = output_weight * np.maximum(0, weight * X + bias)
    axes.plot(X, y, color=BLUE, linewidth=2.5, linestyle={"solid": "-", "dashed": "--"}[line])
    axes.plot(X, weight * X + bias, **LINES[1])
    if weight == 0:
        return f"With weight 0 the output is {output_weight * max(0.0, bias):.2f} for every input."
    kink = -bias / weight + 0.0  # not -0.0
    axes.plot(kink, 0, "o", color="black")
    axes.text(-2.8, 2.6, f"kink at x = {kink:.2f}", fontsize=11)
    return f"The unit bends at x = {kink:.2f}; at x = 3 its output is {y[-1]:.2f}."


def bend():
    """One slider with 61 steps."""
    return Explorer(view, scene, {"bias": Range("bias b", -3, 3, 0.1, 0)})


def fine():
    """One slider with 12,001 steps: wherever it jumps, no picture is there yet."""
    return Explorer(view, scene, {"bias": Range("bias b", -3, 3, 0.0005, 0)})


def unit():
    """Three sliders, a choice and a tour: too many settings to be drawn ahead."""
    controls = {
        "weight": Range("weight w", -2, 2, 0.1, 1),
        "bias": Range("bias b", -3, 3, 0.1, 0),
        "output_weight": Range("output weight v", -2, 2, 0.1, 1),
        "line": Choice("line", ("solid", "dashed"), "solid"),
    }
    tour = [
        Stop("The bias moves the bend along the axis. Where is it now, and why not at 1?", {"bias": 1}),
        Stop("A negative weight lets the unit answer on the left.", {"weight": -1, "bias": 0.5}),
        Stop("A negative output weight bends down.", {"output_weight": -2}),
    ]
    return Explorer(view, scene, controls, tour)


def broken():
    """A view that raises for a positive bias."""

    def fails(figure, bias):
        if bias > 0:
            raise ZeroDivisionError("no bend for this bias")
        return view(figure, bias=bias)

    return Explorer(fails, scene, {"bias": Range("bias b", -3, 3, 0.1, 0)})


def descent(steps=40):
    """Gradient descent on one bias, step by step; it raises after a few steps when the rate is 1."""

    def run(figure, rate):
        bias = 2.5
        for step in range(steps):
            if rate == 1 and step == 3:
                raise OverflowError("the bias has left the picture")
            bias -= rate * bias
            view(figure, bias=bias)
            yield (step + 1) / steps, f"After step {step + 1} the bias is {bias:.3f}."

    return Live(run, scene, {"rate": Range("learning rate", 0, 1, 0.05, 0.1)})
