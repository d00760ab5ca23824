"""What must be computed while the learner watches, such as training: in the kernel, with Start and Stop.

    from utils.explorer import Live, Range

    def run(figure, learning_rate):                    # a generator
        network = ...
        for epoch in range(100):
            ...one epoch...
            figure.axes[0].plot(losses, color=BLUE)    # each step draws anew: what it added is taken away
            yield (epoch + 1) / 100, f"After {epoch + 1} epochs the loss is {loss:.3f}."

    Live(run, scene, {"learning_rate": Range("learning rate", 0.01, 0.5, 0.01, 0.1)})

Each `yield` is one picture: the fraction done (0 to 1) and the description. A step should take well under
100 ms, because the kernel listens (to Stop, to the next cell) between steps only. Controls count at the
next Start.
"""

import asyncio
import contextlib

from utils.figures import check_description
from utils.widget import Picture, PictureWidget, sentence_about

WAITING = "Nothing has run yet: press Start."


class _Ended(Exception):
    """The generator has no further step."""


class Live(PictureWidget):
    """A widget that runs the generator `run(figure, **settings)` over `scene()` and shows each step."""

    PAUSE = 0.002  # seconds between two steps, for Stop and for other cells

    def __init__(self, run, scene, controls):
        super().__init__(scene, controls, live=True)
        self._run = run
        self._task = None
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        png, _ = self._stage.picture(lambda figure: None)
        self.first = [{"key": "still", "png": png, "description": WAITING}]

    def frames(self, **settings):
        """The run at `settings` (those left out at their start): yields `(png, fraction_done, description)`.

        Raises what the run raises; ValueError for a fraction outside 0 to 1 or an empty description.
        """
        settings = self._grid.settings(self._grid.key(settings))
        steps = None

        def step(figure):
            nonlocal steps
            if steps is None:
                steps = self._run(figure, **settings)
            try:
                fraction, description = next(steps)
            except StopIteration:
                raise _Ended from None
            if not 0 <= fraction <= 1:
                raise ValueError(f"The fraction done must lie between 0 and 1, not {fraction}.")
            return float(fraction), check_description(description)

        try:
            while True:
                try:
                    png, (fraction, description) = self._stage.picture(step)
                except _Ended:
                    return
                yield png, fraction, description
        finally:
            if steps is not None:
                steps.close()

    def html(self):
        """A self-contained HTML fragment: the run at the start settings, recorded, behind one slider."""
        pictures = {}
        texts = []
        for png, fraction, description in self.frames():
            pictures[str(len(texts))] = Picture(png, description).packed()
            texts.append(f"{fraction:.0%}")
        label = "recorded run: done"
        slider = {"label": label, "kind": "range", "texts": texts, "start": len(texts) - 1}
        return self._page(pictures, str(len(texts) - 1), controls=[slider], live=False)

    def _receive(self, content):
        loop = self._loop or asyncio.get_running_loop()
        if content["type"] == "at":
            self._at = self._grid.check(content["key"])
        elif content["type"] == "start":
            self._at = self._grid.check(content["key"])
            loop.call_soon_threadsafe(self._start, loop, int(content["run"]))
        elif content["type"] == "stop":
            loop.call_soon_threadsafe(self._stop)

    def _start(self, loop, number):
        self._stop()
        self._task = loop.create_task(self._play(number))

    def _stop(self):
        if self._task is not None:
            self._task.cancel()

    async def _play(self, number):
        try:
            with contextlib.closing(self.frames(**self.settings)) as frames:
                for png, fraction, description in frames:
                    self._send_picture("live", Picture(png, description), fraction=fraction, run=number)
                    await asyncio.sleep(self.PAUSE)
        except Exception as error:
            self.send({"type": "failed", "description": sentence_about(error), "run": number})
        finally:
            self.send({"type": "ended", "run": number})
