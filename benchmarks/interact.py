"""What people would use instead of an explorer: `ipywidgets.interact` with `plt.show()` of the same view."""

import ipywidgets
import matplotlib.pyplot as plt

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

    return ipywidgets.interact(draw, **{name: _widget(one) for name, one in explorer._grid.controls.items()})


def _widget(control):
    kind = ipywidgets.SelectionSlider if isinstance(control, Range) else ipywidgets.Dropdown
    return kind(
        options=list(zip(control.texts, control.values, strict=True)),
        value=control.start,
        description=control.label,
    )
