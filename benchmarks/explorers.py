"""Each explorer of the course beside `ipywidgets.interact` with `plt.show()`, in one JupyterLab and Chromium.

    python -m benchmarks explorers
    python -m benchmarks.explorers bend masks       # only these

Latency runs from the event of a slider or a choice to the changed picture: new canvas content; new image,
decoded. There `interact` draws at one pixel for each CSS pixel, the explorer at four. The control with the
most values is moved, the others stay at their start. A live run is compared with the same run behind the
button of an `interact_manual`, which shows its figure after each step. A busy machine slows both sides.
"""

import itertools
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.pictures import measured
from utils.explorer import Explorer, Live
from utils.lessons import module, stems_with

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from chromium import FLAGS, find_browser
from lab import Lab

SCRIPT = Path(__file__).with_name("explorers.js").read_text(encoding="utf-8")
MAKE = """from benchmarks.interact import interact, interact_live
from utils.lessons import module
make = module('explorers', '{stem}').EXPLORERS['{name}']"""
# The first explorer draws ahead, as it does for a learner; the second never does, so that all its pictures
# are still to be drawn.
CELLS = (
    "explorer = make(); explorer",
    "blank = make(); blank.draw_ahead = lambda: False; blank",
    "interact(explorer);",
)
LIVE_SECONDS = 5
LIVE_CELLS = ("live = make(); live", f"interact_live(live, {LIVE_SECONDS});")
WAITING = "print(len(explorer._ahead))"
RESIDENT = "import gc, psutil; gc.collect(); print(psutil.Process().memory_info().rss)"

DRAWN_MOVES = 40
FRESH_MOVES = 20
INTERACT_MOVES = 20
DRAG_SECONDS = 5
INTERACT_DRAG_SECONDS = 3
WARMING = 100
UPDATES = 1000

HEAD = (
    "lesson", "explorer", "update, ms", "first time, at most", "drawn, ms", "not yet drawn", "`interact`, ms",
    "times lower", "frames/s", "`interact`", "growth of page, kernel, MiB",
)  # fmt: skip
LIVE_HEAD = (
    "lesson", "live run", "step, ms", "Start to first picture, ms", "`interact`, ms", "pictures/s",
    "`interact`, pictures/s",
)  # fmt: skip


def chosen(names):
    """The stem, name and factory of each explorer, or of those in `names`."""
    found = [
        (stem, name, factory)
        for stem in stems_with("explorers")
        for name, factory in module("explorers", stem).EXPLORERS.items()
    ]
    unknown = set(names) - {name for _stem, name, _factory in found}
    if unknown:
        sys.exit(f"There is no explorer {sorted(unknown)[0]!r}.")
    return [one for one in found if not names or one[1] in names]


def there_and_back(grid, control):
    """Moves of one control for ever: up from its start to its last value, down to its first, and so on."""
    last = len(list(grid.controls.values())[control].values) - 1
    start = grid.start[control]
    cycle = [*range(start + 1, last + 1), *range(last - 1, -1, -1), *range(1, start + 1)]
    return itertools.cycle([(control, position) for position in cycle])


def to_new_places(grid, control):
    """Moves that never come back: one control through its values, then a step of another, and so on."""
    sizes = [len(one.values) for one in grid.controls.values()]
    up = list(range(sizes[control]))
    yield from ((control, position) for position in up if position != grid.start[control])
    for other, size in enumerate(sizes):
        for position in range(size):
            if other != control and position != grid.start[other]:
                yield other, position
                up.reverse()
                yield from ((control, position) for position in up[1:])


def wander(grid, control):
    """Moves for ever as a learner's: one control there and back, then a step of another, and so on."""
    dragged = there_and_back(grid, control)
    others = [there_and_back(grid, other) for other in range(len(grid.controls)) if other != control]
    for number in itertools.count():
        yield from itertools.islice(dragged, 239)
        if others:
            yield next(others[number % len(others)])


class Bench:
    """A page of JupyterLab, with the notebook of one explorer after another."""

    def __init__(self, lab, context):
        self._lab, self._context = lab, context
        self.page = None

    def open(self, stem, name, cells):
        """Open a notebook that makes the explorer, and run all its cells."""
        notebook = f"{stem}_{name}.ipynb"
        self._lab.write(notebook, MAKE.replace("{stem}", stem).replace("{name}", name), *cells)
        if self.page is None:
            self.page = self._lab.open(self._context, notebook, run=False)
            self.page.evaluate(SCRIPT)
            self._lab.put_away(self.page)
        self._lab.open_next(self.page, notebook, wait=300)
        if self.page.complaints:
            raise RuntimeError(self.page.complaints[0])

    def close(self):
        self._lab.put_away(self.page)

    def give_up(self):
        """Forget the page: whatever went wrong, the next notebook begins in a new one."""
        if self.page is not None:
            self.page.close()
        self.page = None

    def printed(self, code):
        return int(self.page.evaluate("code => bench.printed(code)", code))

    def latency(self, side, moves, pause=0):
        return self.page.evaluate(
            f"([moves, pause]) => bench.latency(bench.{side}, moves, pause)", [list(moves), pause]
        )

    def drag(self, side, moves, seconds):
        return self.page.evaluate(
            f"([moves, seconds]) => bench.drag(bench.{side}, moves, seconds)", [list(moves), seconds]
        )

    def watch(self, side):
        return self.page.evaluate(f"(seconds) => bench.watch(bench.{side}, seconds)", LIVE_SECONDS)

    def wait_until_drawn(self):
        """All pictures along the control moved last, as far as the kernel draws them ahead."""
        self.page.wait_for_timeout(500)
        while self.printed(WAITING):
            self.page.wait_for_timeout(200)

    def memory(self):
        """Bytes that the page's objects and the kernel take."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        heap = next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")
        session.detach()
        return np.array([heap, self.printed(RESIDENT)])


def row(bench, stem, name, explorer):
    """The cells of an explorer's row."""
    first, update, _sizes = measured(explorer)
    grid = explorer._grid
    sizes = [len(one.values) for one in grid.controls.values()]
    control = int(np.argmax(sizes))
    moves = list(itertools.islice(there_and_back(grid, control), 2 * (sizes[control] - 1)))
    bench.open(stem, name, CELLS)
    bench.latency("explorer(0)", moves[:2], 300)  # now the kernel draws ahead along this control
    bench.wait_until_drawn()
    drawn = bench.latency("explorer(0)", itertools.islice(itertools.cycle(moves), 2, DRAWN_MOVES + 2), 30)
    frames = bench.drag("explorer(0)", moves, DRAG_SECONDS)
    fresh = bench.latency("explorer(1)", itertools.islice(to_new_places(grid, control), FRESH_MOVES), 50)
    slow = bench.latency("interact()", itertools.islice(itertools.cycle(moves), INTERACT_MOVES), 50)
    slow_frames = bench.drag("interact()", moves, INTERACT_DRAG_SECONDS)
    bench.page.wait_for_timeout(1000)
    wandering = wander(grid, control)
    bench.latency("explorer(0)", itertools.islice(wandering, WARMING))
    before = bench.memory()
    bench.latency("explorer(0)", itertools.islice(wandering, UPDATES))
    page, kernel = (bench.memory() - before) / 2**20
    bench.close()
    return (
        both(update), f"{first.max():.0f}", both(drawn), f"{np.median(fresh):.0f}", both(slow, 0),
        f"**{np.median(slow) / np.median(drawn):.0f}**", f"{frames:.0f}", f"{slow_frames:.1f}",
        f"{page:+.1f}, {kernel:+.1f}",
    )  # fmt: skip


def live_row(bench, stem, name, live):
    """The cells of a live run's row."""
    steps = []
    until, started = time.monotonic() + LIVE_SECONDS, time.process_time()
    for _frame in live.frames():
        steps.append(1000 * (time.process_time() - started))
        started = time.process_time()
        if time.monotonic() > until:
            break
    bench.open(stem, name, LIVE_CELLS)
    first, pictures = bench.watch("explorer(0)")
    bench.page.wait_for_timeout(500)
    slow_first, slow_pictures = bench.watch("interact()")
    bench.close()
    return both(steps), f"{first:.0f}", f"{slow_first:.0f}", f"{pictures:.0f}", f"{slow_pictures:.1f}"


def both(took, decimals=1):
    """The median and the 95th percentile as text."""
    return " / ".join(f"{one:.{decimals}f}" for one in np.percentile(took, [50, 95]))


def table(head, measure, bench, explorers):
    """Print a table with a row of `measure` for each of the explorers; one that fails is tried once more."""
    if explorers:
        print(f"\n| {' | '.join(head)} |\n{'|---' * len(head)}|", flush=True)
    for stem, name, explorer in explorers:
        started = time.perf_counter()
        for attempt in ("first", "second"):
            try:
                cells = measure(bench, stem, name, explorer)
                break
            except Exception as error:
                bench.give_up()
                problem = str(error).splitlines()[0]
                print(f"{name}, {attempt} attempt: {problem}", file=sys.stderr)
                cells = ("not measured",)
        print(f"| {int(stem[:2])} | `{name}` | {' | '.join(cells)} |", flush=True)
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)


def main(names=()):
    from playwright.sync_api import sync_playwright

    path = find_browser()
    if path is None:
        sys.exit("This benchmark needs Chromium or Chrome: install one, or name it in the variable CHROMIUM.")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, Lab(folder) as lab:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1100, "height": 1300})
        bench = Bench(lab, context)
        everything = [(stem, name, factory()) for stem, name, factory in chosen(names)]
        for kind, head, measure in ((Explorer, HEAD, row), (Live, LIVE_HEAD, live_row)):
            table(head, measure, bench, [one for one in everything if isinstance(one[-1], kind)])
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
