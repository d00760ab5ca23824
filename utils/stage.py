"""A stage: the still part of a picture is drawn once, and only what moves is drawn for each new picture."""

import threading

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox

from utils.figures import CYCLE, DOTS_PER_INCH, PIXEL_RATIO
from utils.palette import PaletteEncoder


class Stage:
    """Draws many pictures over one still background.

    `scene()` returns a matplotlib `Figure` with all that never changes: axes, fixed limits, labels,
    reference lines. It is called and drawn once. `picture(add)` then lets `add(figure)` put further artists
    on the figure (or whole new axes), draws only these above the background, and takes them away again.

    What `add` may not do is change the still part: limits, positions, scales, titles and axis labels stay
    those of the scene (ValueError). A text that changes is a new artist: `axes.text(...)` or
    `figure.text(...)`. One thread at a time draws; others wait.
    """

    def __init__(self, scene):
        self._scene = scene
        self._lock = threading.Lock()
        self._figure = None

    @property
    def size(self):
        """Width and height of the pictures in CSS pixels."""
        with self._lock:
            self._prepare()
            return tuple(round(inches * DOTS_PER_INCH) for inches in self._figure.get_size_inches())

    def picture(self, add):
        """PNG bytes of the scene with what `add(figure)` put on it, and what `add` returned.

        When `add` raises, the exception passes through and the stage is left as clean as before.
        """
        with self._lock:
            self._prepare()
            figure = self._figure
            for axes in self._marks:
                axes.set_prop_cycle(CYCLE)  # else each picture would start with the next colour
            try:
                told = add(figure)
                self._refuse_changes()
                figure.canvas.restore_region(self._background)
                renderer = figure.canvas.get_renderer()
                for artist in self._new_artists():
                    artist.draw(renderer)
                return self._encoder.encode(figure.canvas.buffer_rgba()), told
            finally:
                self._clean()

    def _prepare(self):
        if self._figure is not None:
            return
        figure = self._scene()
        if not isinstance(figure.canvas, FigureCanvasAgg):
            FigureCanvasAgg(figure)
        figure.set_dpi(DOTS_PER_INCH * PIXEL_RATIO)
        figure.set_facecolor("none")
        figure.canvas.draw()
        # The layout is settled now: nothing that is added later may push the axes about.
        figure.set_layout_engine("none")
        for axes in figure.axes:
            axes.set_autoscale_on(False)
        self._background = figure.canvas.copy_from_bbox(figure.bbox)
        self._encoder = PaletteEncoder(figure.canvas.buffer_rgba())
        self._still = {parent: set(parent.get_children()) for parent in (figure, *figure.axes)}
        self._containers = {axes: len(axes.containers) for axes in figure.axes}
        self._marks = {axes: _marks(axes) for axes in figure.axes}
        self._figure = figure

    def _new_artists(self):
        """What was added, in drawing order: axes by axes, each by z-order, then what lies on the figure."""
        found = []
        for parent in [*self._marks, self._figure]:
            new = [artist for artist in parent.get_children() if artist not in self._still[parent]]
            found += sorted(new, key=lambda artist: artist.get_zorder())
        return found

    def _refuse_changes(self):
        for axes, marks in self._marks.items():
            now = _marks(axes)
            changed = [name for name in marks if now[name] != marks[name]]
            if changed:
                raise ValueError(
                    f"The view changed the {' and the '.join(changed)} of an axes. Set it in the scene; "
                    "for text that changes, add axes.text(...) or figure.text(...)."
                )

    def _clean(self):
        for artist in self._new_artists():
            artist.remove()
        for axes, marks in self._marks.items():
            del axes.containers[self._containers[axes] :]
            now = _marks(axes)
            for name, mark in marks.items():
                if now[name] != mark:
                    axes.set(**{name: Bbox.from_extents(mark) if name == "position" else mark})
            axes.set_autoscale_on(False)  # setting a limit or a scale may switch it on again


def _marks(axes):
    return {
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "xlim": axes.get_xlim(),
        "ylim": axes.get_ylim(),
        "position": tuple(axes.get_position(original=True).extents),
        "title": axes.get_title(),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
    }
