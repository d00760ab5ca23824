"""The explorer of the course map: two rectifiers, one subtracted from the other."""

import numpy as np

from utils.activations import ACTIVATIONS
from utils.explorer import Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, ORANGE, new_figure

_relu = ACTIVATIONS["relu"]
_x = np.linspace(-2, 6, 801)


def scene():
    figure, axes = new_figure(width=6, height=3.6)
    axes.set(xlim=(-2, 6), ylim=(-3.2, 4.2), xlabel="input x", ylabel="output")
    axes.plot(_x, _relu(_x), color=GREY, linestyle=":", linewidth=1.6)
    axes.text(3.0, 3.45, "relu(x)", color="#5A5A5A", ha="right", fontsize=10)
    return figure


def two_ramps(figure, shift):
    """relu(x) - relu(x - shift), over its two parts."""
    axes = figure.axes[0]
    second = -_relu(_x - shift)
    axes.plot(_x, second, color=ORANGE, linestyle="--", linewidth=1.6)
    axes.text(shift + 2.3, -2.75, f"−relu(x − {shift:g})", color=ORANGE, ha="right", va="center", fontsize=10)
    axes.plot(_x, _relu(_x) + second, color=BLUE, linewidth=2.6)
    plateau = _relu(6.0) - _relu(6.0 - shift)
    axes.text(5.9, plateau + 0.15, "the difference", color=BLUE, ha="right", va="bottom", fontsize=10)
    axes.plot([0, shift], [0, plateau], "o", color=BLACK, markersize=5)
    if shift == 0:
        return "With shift 0 the two parts cancel: the difference is 0 everywhere."
    return (
        f"relu(x) − relu(x − {shift:g}) is 0 up to x = 0, rises to {plateau:g} at x = {shift:g}, "
        f"and stays at {plateau:g} from there on."
    )


def ramp():
    return Explorer(
        two_ramps,
        scene,
        {"shift": Range("shift s", 0, 3, 0.05, 1)},
        [
            Stop("With s = 1 the difference climbs from 0 to 1, and stays.", {"shift": 1}),
            Stop(
                "A larger s lets it climb higher: the corner on the right moves up the slope.", {"shift": 3}
            ),
            Stop(
                "With s close to 0 it is a small step: low and short, and still of slope 1.", {"shift": 0.2}
            ),
        ],
    )


EXPLORERS = {"ramp": ramp}
