"""What people would use instead of an explorer: `ipywidgets.interact` with `plt.show()` of the same view."""

import time

import ipywidgets
import matplotlib.pyplot as plt
from IPython.display import clear_output, display

import utils.figures
from utils.controls import Range


def interact(explorer):
    """The controls, the scene and the view of `explorer` as an `interact`: a new pyplot figure each time.

    From now on every scene of this kernel is a pyplot figure: its explorers must have drawn theirs.
    """
    utils.figures.Figure = plt.figure
    scene, view = explorer._stage._scene, explorer._view

    def draw(**settings):
        print(view(scene(), **settings))
        plt.show()

    return ipywidgets.interact(draw, **_widgets(explorer))


def interact_live(live, seconds):
    """The run of a `Live` behind a button: one figure, shown anew after each step, for so many seconds."""
    utils.figures.Figure = plt.figure
    scene, run = live._stage._scene, live._run

    def play(**settings):
        figure, until = scene(), time.monotonic() + seconds
        plt.close(figure)  # else it would be shown once more at the end
        still = {parent: set(parent.get_children()) for parent in (figure, *figure.axes)}
        for _fraction, description in run(figure, **settings):
            clear_output(wait=True)
            print(description)
            display(figure)
            for parent, children in still.items():
                for artist in set(parent.get_children()) - children:
                    artist.remove()
            if time.monotonic() > until:
                break

    return ipywidgets.interact_manual(play, **_widgets(live))


def _widgets(explorer):
    return {name: _widget(control) for name, control in explorer._grid.controls.items()}


def _widget(control):
    kind = ipywidgets.SelectionSlider if isinstance(control, Range) else ipywidgets.Dropdown
    return kind(
        options=list(zip(control.texts, control.values, strict=True)),
        value=control.start,
        description=control.label,
    )
