"""Explorers: a book of matplotlib pictures that the learner leafs through by dragging.

How to write one: a still scene, a view that adds what moves, controls on a grid, and a short tour.

    from utils.explorer import Choice, Explorer, Range, Stop
    from utils.figures import BLUE, new_figure

    def scene():                                   # called once: axes, fixed limits, labels, reference lines
        figure, axes = new_figure(width=6, height=4)
        axes.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="input x", ylabel="output")
        return figure

    def view(figure, weight, bias):                # for each picture: adds artists, returns the text
        axes = figure.axes[0]
        x = np.linspace(-3, 3, 601)
        axes.plot(x, np.maximum(0, weight * x + bias), color=BLUE)
        return f"relu({weight:g} x + {bias:g}) is positive on {...:.0%} of the axis."

    def bend():
        return Explorer(
            view,
            scene,
            {"weight": Range("weight w", -2, 2, 0.1, 1), "bias": Range("bias b", -2, 2, 0.1, 0)},
            [Stop("With weight 0 nothing is left of x.", {"weight": 0})],
        )

Rules. The view is pure: what it adds depends on its settings alone. It may add artists to the scene's axes
and whole new axes, but not change limits, titles or labels (the stage refuses); what it adds is drawn over
the still part, legend and spines included. `imshow` needs `aspect="auto"`. Keep a view near 10 ms:
precompute outside it. Test it with `explorer.picture(**settings)` at `explorer.corners()` and along
`explorer.tour()`: in the live widget an exception becomes a sentence for the learner, in `picture` it is
raised. What must be computed while the learner watches (training) is a `Live` instead: see `utils.live`.
"""

import asyncio
import weakref

from utils.controls import Choice, Range, Stop
from utils.figures import check_description
from utils.live import Live
from utils.widget import Picture, PictureWidget, sentence_about

__all__ = ["Choice", "Explorer", "Live", "Picture", "Range", "Stop"]

# As in explorer.js: the page keeps at most so much, so more need not be drawn ahead.
MOST_PICTURES = 512
MOST_BYTES = 16 * 2**20
# What a saved page may hold of one explorer: more would load slowly.
MOST_SAVED_BYTES = 3 * 2**20


class Explorer(PictureWidget):
    """A widget that shows `view(figure, **settings)` over `scene()`.

    `controls` is a dict from the name of a view's argument to a `Range` or a `Choice`; `tour` a list of
    `Stop`. The first picture is drawn at once, so an error in it is raised here. The others are drawn when
    the page asks, and ahead of it while the kernel is idle.
    """

    def __init__(self, view, scene, controls, tour=()):
        super().__init__(scene, controls, tour)
        self._view = view
        self._axis = 0
        self._ahead = []
        self._sent = {}
        self._loop = _running_loop()
        self.first = [{"key": _text(self._at), **self._draw(self._at)._asdict()}]

    def picture(self, **settings):
        """The `Picture` at `settings` (those left out at their start). Raises what the view raises."""
        return self._draw(self._grid.key(settings))

    def html(self):
        """A self-contained HTML fragment that works with no kernel and asks no host for anything.

        It holds the start, the stops of the tour, and from each of them every picture along each single
        control, as far as 3 MiB go, the controls with few values first, so that most stops have one that
        moves freely; a control moved to where there is no picture takes the nearest one.
        """
        anchors = [self._grid.start, *(key for _sentence, key in self._tour)]
        axes = range(len(self._grid.controls))
        lines = [self._grid.along(anchor, axis) for anchor in anchors for axis in axes]
        own = len(axes)  # those of the start, before all others
        keys = anchors + [key for line in (*lines[:own], *sorted(lines[own:], key=len)) for key in line]
        pictures = {}
        room = MOST_SAVED_BYTES
        for key in dict.fromkeys(keys):
            pictures[_text(key)] = picture = self._draw(key).packed()
            room -= len(picture.png)
            if room < 0:
                break
        return self._page(pictures, _text(self._grid.start))

    def _draw(self, key):
        settings = self._grid.settings(key)
        png, description = self._stage.picture(lambda figure: self._view(figure, **settings))
        return Picture(png, check_description(description))

    def _receive(self, content):
        moved = content["type"] == "at"
        if moved:
            self._at = self._grid.check(content["key"])
            self._axis = int(content["axis"])
            if content["want"]:
                self._answer(self._at)
        else:  # "ready": a page has just opened, with nothing but the first picture
            self._sent = {self._grid.start: len(self.first[0]["png"])}
        along = self._grid.along(self._at, self._axis)
        keys = [*along, *(key for _sentence, key in self._tour), *self._grid.neighbours(self._at)]
        self._ahead = [key for key in dict.fromkeys(keys) if key not in self._sent][: MOST_PICTURES // 2]
        loop = self._loop or _running_loop()
        if loop and self._ahead:
            loop.call_soon_threadsafe(_idle(loop).add, self, moved)

    def _answer(self, key):
        """Send the picture at `key`, or the sentence that it could not be drawn."""
        try:
            picture = self._draw(key)
        except Exception as error:
            self.send({"type": "failed", "key": _text(key), "description": sentence_about(error)})
        else:
            self._push(key, picture)

    def _push(self, key, picture):
        self._sent.pop(key, None)
        self._sent[key] = len(picture.png)
        while len(self._sent) > MOST_PICTURES or sum(self._sent.values()) > MOST_BYTES:
            del self._sent[next(iter(self._sent))]
        self._send_picture(_text(key), picture)

    def draw_ahead(self):
        """Draw and send one picture that the page may want next; False when there is nothing left to draw."""
        while self._ahead and self.comm is not None:
            key = self._ahead.pop(0)
            if key in self._sent:
                continue
            try:
                picture = self._draw(key)
            except Exception:
                continue  # told to the learner who goes there
            self._push(key, picture)
            return True
        return False


class _Idle:
    """Draws ahead for all explorers of one event loop: one picture, then whatever else the loop has to do."""

    PAUSE = 0.001  # seconds; long enough for the loop to start a cell that has just arrived
    QUIET = 0.2  # seconds after a wish of the learner's: more wishes may follow, and come first

    def __init__(self, loop):
        self._loop = loop
        self._waiting = []
        self._running = False
        self._quiet_until = 0.0

    def add(self, explorer, first):
        """Draw for `explorer` before all others when it is the one in use (`first`), else after them."""
        others = [other for other in self._waiting if other is not explorer]
        self._waiting = [explorer, *others] if first else [*others, explorer]
        if first:
            self._quiet_until = self._loop.time() + self.QUIET
        if not self._running:
            self._running = True
            self._loop.call_later(self.PAUSE, self._turn)

    def _turn(self):
        quiet = self._quiet_until - self._loop.time()
        if quiet > 0:
            self._loop.call_later(quiet, self._turn)
            return
        while self._waiting and not self._waiting[0].draw_ahead():
            self._waiting.pop(0)
        self._running = bool(self._waiting)
        if self._running:
            self._loop.call_later(self.PAUSE, self._turn)


_IDLES = weakref.WeakKeyDictionary()


def _idle(loop):
    return _IDLES.setdefault(loop, _Idle(loop))


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _text(key):
    return ",".join(map(str, key))
