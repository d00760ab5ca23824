"""Explorers beside `ipywidgets.interact` with `plt.show()` of the same view, in one JupyterLab and Chromium.

    python -m benchmarks explorers

Latency runs from the slider's event to the changed picture: new canvas content; new image, decoded. There
`interact` draws at one pixel for each CSS pixel, the explorer at four. A busy machine slows both.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from chromium import FLAGS, find_browser
from lab import Lab

INTERACT = """
import ipywidgets, sample
import matplotlib.pyplot as plt
from utils.figures import style
def draw(bias):
    figure, axes = plt.subplots(figsize=(6, 4), dpi=100, layout="constrained")
    style(axes)
    sample.dress(axes)
    sample.view(figure, bias=bias)
    plt.show()
ipywidgets.interact(draw, bias=ipywidgets.FloatSlider(0, min=-3, max=3, step=0.1));
"""

# What both sides offer: move() causes a slider event, changed(done) calls done at each new picture.
SIDES = """
window.sides = {
  explorer(number, target) {
    const root = document.querySelectorAll('.relu-explorer')[number];
    const slider = root.querySelector('input'), canvas = root.querySelector('canvas');
    const last = Number(slider.max);
    return {
      move(i) {
        slider.value = target === 'far' ? (i * 7919 + 13) % (last + 1) : i % (last + 1);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      },
      changed(done) {
        const observer = new MutationObserver(done);
        observer.observe(canvas, { attributeFilter: ['data-key'] });
        return () => observer.disconnect();
      },
    };
  },
  interact() {
    const box = document.querySelector('.widget-interact'), handle = box.querySelector('.noUi-handle');
    let key = 'ArrowRight';
    return {
      move() {
        const value = Number(handle.getAttribute('aria-valuenow'));
        if (value >= 2.9) key = 'ArrowLeft';
        if (value <= -2.9) key = 'ArrowRight';
        handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      },
      changed(done) {
        let shown = box.querySelector('img')?.src;
        const observer = new MutationObserver(async () => {
          const image = box.querySelector('img');
          if (!image || image.src === shown) return;
          shown = image.src;
          await image.decode().catch(() => {});
          done();
        });
        observer.observe(box, { childList: true, subtree: true, attributes: true });
        return () => observer.disconnect();
      },
    };
  },
};
"""

LATENCY = """async ([side, times, rest]) => {
  const { move, changed } = eval(side), took = [];
  for (let i = 1; i <= times; i++) {
    await new Promise((resolve) => {
      const started = performance.now();
      const stop = changed(() => { took.push(performance.now() - started); stop(); resolve(); });
      setTimeout(() => { stop(); resolve(); }, 5000);
      move(i);
    });
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
  return took;
}"""

DRAG = """async ([side, seconds]) => {
  const { move, changed } = eval(side);
  let pictures = 0, frames = 0;
  const stop = changed(() => pictures++);
  const started = performance.now();
  while (performance.now() - started < seconds * 1000) {
    await new Promise(requestAnimationFrame);
    frames++;
    move(frames);
  }
  stop();
  const took = (performance.now() - started) / 1000;
  return [pictures / took, frames / took];
}"""

FRAMES = """async (seconds) => {
  let frames = 0;
  const started = performance.now();
  while (performance.now() - started < seconds * 1000) { await new Promise(requestAnimationFrame); frames++; }
  return frames / seconds;
}"""

ALL_READY = """() => new Promise((resolve) => {
  let started;
  const look = () => {
    const root = document.querySelector('.relu-explorer');
    if (root) started ??= performance.now();
    if (root?.dataset.pictures === '61') resolve(performance.now() - started);
    else setTimeout(look, 5);
  };
  window.jupyterapp.commands.execute('notebook:run-all-cells');
  look();
})"""

NEXT_CELL = """async ([code, times, busy]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel, took = [];
  for (let i = 0; i < times; i++) {
    if (busy) sides.explorer(0, 'far').move(1000 + 31 * i);
    await new Promise((resolve) => setTimeout(resolve, busy ? 400 : 100));
    const started = performance.now();
    await kernel.requestExecute({ code }).done;
    took.push(performance.now() - started);
  }
  return took;
}"""

PRINTED = """(code) => new Promise((resolve) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code });
  future.onIOPub = (message) => message.content.text && resolve(message.content.text);
})"""

RESIDENT = "import psutil; print(psutil.Process().memory_info().rss)"


def _opened(lab, context, name, *sources, run=True):
    lab.write(name, *sources)
    page = lab.open(context, name, run=run)
    page.evaluate(SIDES)
    page.wait_for_timeout(1000)
    return page


def _summary(took):
    median, high = np.percentile(took, [50, 95])
    return f"median {median:6.1f} ms, 95th percentile {high:6.1f} ms ({len(took)} events)"


def _line(what, measured, target=""):
    print(f"  {what:<44} {measured}" + (f"   [wanted: {target}]" if target else ""), flush=True)


def _heap(page):
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")


def _drawn(lab, context):
    """One slider with all its pictures, and `interact`, in one notebook."""
    page = _opened(lab, context, "ready.ipynb", "import sample", "sample.bend()", run=False)
    ready = page.evaluate(ALL_READY)
    _line("all 61 pictures ready after first display", f"{ready:.0f} ms", "<= 2000 ms")
    _line("their size", f"{int(page.locator('.relu-explorer').get_attribute('data-bytes')) / 1024:.0f} KiB")
    lab.close(page)

    page = _opened(lab, context, "both.ipynb", INTERACT, "import sample", "sample.bend()")
    page.wait_for_function("() => document.querySelector('.relu-explorer').dataset.pictures === '61'")
    slow = page.evaluate(LATENCY, ["sides.interact()", 30, 150])
    fast = page.evaluate(LATENCY, ["sides.explorer(0, 'near')", 60, 50])
    _line("interact: latency", _summary(slow))
    _line("explorer, drawn: latency", _summary(fast))
    _line("times lower", f"{np.median(slow) / np.median(fast):.1f}", ">= 10")
    pictures, _ = page.evaluate(DRAG, ["sides.interact()", 5])
    _line("interact: pictures/s while dragging 5 s", f"{pictures:.1f}")
    pictures, frames = page.evaluate(DRAG, ["sides.explorer(0, 'near')", 5])
    _line("explorer, drawn: pictures/s, frames/s", f"{pictures:.1f}, {frames:.1f}", ">= 45")
    empty = context.new_page()
    _line("frames/s of an empty page", f"{empty.evaluate(FRAMES, 3):.1f}")
    empty.close()
    lab.close(page)
    return np.median(slow)


def _undrawn(lab, context, interact):
    """A slider too fine to be drawn ahead; the kernel's next cell; growth."""
    page = _opened(lab, context, "fine.ipynb", "import sample", "sample.fine()")
    took = page.evaluate(LATENCY, ["sides.explorer(0, 'far')", 40, 150])
    _line("explorer, not yet drawn: latency", _summary(took))
    _line("times lower than interact", f"{interact / np.median(took):.1f}", ">= 2")
    pictures, frames = page.evaluate(DRAG, ["sides.explorer(0, 'far')", 5])
    _line("not yet drawn: pictures/s, frames/s, dragging", f"{pictures:.1f}, {frames:.1f}")
    page.wait_for_timeout(8000)
    _line("next cell, kernel idle", _summary(page.evaluate(NEXT_CELL, ["1", 20, False])))
    _line("next cell, kernel drawing ahead", _summary(page.evaluate(NEXT_CELL, ["1", 20, True])))

    heap, resident = _heap(page), int(page.evaluate(PRINTED, RESIDENT))
    page.evaluate(DRAG, ["sides.explorer(0, 'far')", 1000 / 50])
    page.wait_for_timeout(1000)
    more, kernel = _heap(page) - heap, int(page.evaluate(PRINTED, RESIDENT)) - resident
    root = page.locator(".relu-explorer")
    kept = f"{root.get_attribute('data-pictures')} of {int(root.get_attribute('data-bytes')) / 2**20:.1f} MiB"
    _line("after 1,000 updates: JS heap, kernel", f"{more / 2**20:+.1f} MiB, {kernel / 2**20:+.1f} MiB")
    _line("pictures kept", kept, "<= 512 of 16 MiB")
    lab.close(page)


def main():
    from playwright.sync_api import sync_playwright

    path = find_browser()
    if path is None:
        sys.exit("This benchmark needs Chromium or Chrome: install one, or name it in the variable CHROMIUM.")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder, Lab(folder) as lab:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1100, "height": 1300})
        print(f"explorers, Chromium {browser.version}")
        interact = _drawn(lab, context)
        _undrawn(lab, context, interact)
        browser.close()


if __name__ == "__main__":
    main()
