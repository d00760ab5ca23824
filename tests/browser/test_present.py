"""The real command `present` for one lesson: JupyterLab as slides, its keys, live code, a live explorer."""

import os
import re
import subprocess
import sys
import time

import pytest
from lab import HARMLESS, ROOT

pytest.importorskip("nbclient")

# What reaches over the edge of the window on the slide that is shown.
OUTSIDE = """() => [...document.querySelectorAll('.jp-deck-mod-visible *')].filter((node) => {
  const box = node.getBoundingClientRect();
  const unseen = 'mjx-assistive-mml, .cm-layer, [data-jpf-cell-tags*="relu-step"], ' +
    'details:not([open]) > :not(summary)';
  if (!box.width || !box.height || node.closest(unseen)) return false;
  if (getComputedStyle(node).visibility === 'hidden') return false;
  return box.bottom > 720.5 || box.right > 1280.5 || box.left < -0.5 || box.top < -0.5;
}).map((node) => `${node.tagName} ${node.className}`).slice(0, 3)"""
# What the slide that is shown cuts off; a formula's MathML is only read aloud.
CUT = """() => [...document.querySelectorAll('.jp-deck-mod-visible :is(.cm-scroller, .jp-OutputArea-output)')]
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).visibility !== 'hidden')
  .map((node) => `${node.className} ${node.scrollWidth} > ${node.clientWidth}`)"""
CORNER = {"x": 0, "y": 0, "width": 1100, "height": 600}  # all but the deck's own buttons
SHOWN = "() => [...document.querySelectorAll('.jp-deck-mod-visible')].map((node) => node.dataset.jpfCellId)"
BESIDE = (12, 500)  # left of what a slide shows
PLACE = """() => {
  const cell = window.jupyterapp.shell.currentWidget.content.activeCell;
  return [cell.model.id, cell.model.executionCount ?? 0];
}"""


@pytest.fixture(scope="module")
def address():
    environment = {**os.environ, "RELU_COURSE_EXPOSE_LAB": "1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "utils", "present", "3", "--no-browser"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                yield found[0]
                break
        else:
            pytest.fail(f"present ended with {process.wait()}")
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def page(browser, address):
    one = browser.new_page(viewport={"width": 1280, "height": 720})
    one.requests, one.complaints = [], []
    one.on("request", lambda request: one.requests.append(request.url))
    one.on("console", lambda message: message.type == "error" and one.complaints.append(message.text))
    one.on("pageerror", lambda error: one.complaints.append(str(error)))
    one.goto(address)
    await_deck(one)
    yield one
    one.close()


def await_deck(one):
    """Wait until the title is shown and has the focus, and the kernel is idle."""
    one.wait_for_function("() => document.body.dataset.jpDeckMode === 'presenting'", timeout=90_000)
    one.wait_for_selector(".jp-deck-mod-visible h1", timeout=60_000)
    one.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    one.wait_for_function("() => document.activeElement.closest('.jp-Cell')", timeout=30_000)


def press(page, key):
    """Press a key and wait until another cell is active; returns its id, or None if none becomes so."""
    before = page.evaluate(PLACE)[0]
    page.keyboard.press(key)
    for _ in range(40):
        page.wait_for_timeout(50)
        now = page.evaluate(PLACE)[0]
        if now != before:
            page.wait_for_timeout(150)  # the rest of the slide appears
            return now
    return None


def turn(page, *keys):
    """The slides that keys lead to, each pressed once."""
    return [press(page, key) for key in keys]


def go_back_to(page, identifier):
    while page.evaluate(PLACE)[0] != identifier:
        assert press(page, "PageUp")


def go_to(page, identifier):
    for _ in range(200):
        if page.evaluate(PLACE)[0] == identifier or press(page, "PageDown") in (identifier, None):
            break
    assert page.evaluate(PLACE)[0] == identifier


def test_it_begins_with_the_title_alone_and_large(page):
    assert page.evaluate(SHOWN) == ["slide-0"]
    sizes = page.evaluate(
        "() => ['h1', 'p'].map((name) => parseFloat(getComputedStyle("
        "document.querySelector(`.jp-deck-mod-visible ${name}`)).fontSize))"
    )
    assert sizes[0] > 40 and sizes[1] >= 24


def test_an_explorer_answers_before_anything_was_run_in_the_page(page):
    go_to(page, "secant")
    explorer = page.locator(".jp-deck-mod-visible .relu-explorer")
    text = explorer.locator(".relu-description")
    before = text.inner_text()
    explorer.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "([one, before]) => one.textContent !== before", arg=[text.element_handle(), before], timeout=20_000
    )
    assert page.evaluate(PLACE)[0] == "secant"


def test_shift_enter_runs_the_code_and_shows_its_result_on_the_next_view(page):
    page.locator(".jp-deck-mod-visible .relu-explorer").get_by_role("button", name="Reset").focus()
    page.keyboard.press("Shift+Enter")
    go_to(page, "three-programs")
    cell = page.locator("[data-jpf-cell-id='three-programs']")
    assert cell.locator(".cm-content").is_visible()
    assert not cell.locator(".jp-OutputArea-output").first.is_visible()
    count = page.evaluate(PLACE)[1]
    assert count > 0  # the lesson was run before the page opened
    assert press(page, "Shift+Enter") == "three-programs-step-2"
    page.wait_for_function(
        "before => window.jupyterapp.shell.currentWidget.content.widgets.find("
        "(one) => one.model.id === 'three-programs').model.executionCount > before",
        arg=count,
        timeout=30_000,
    )
    assert not cell.locator(".cm-content").is_visible()
    cell.locator(".jp-RenderedText", has_text="x + relu(-x)").first.wait_for()


def test_keys_work_after_a_click_beside_the_slide(page):
    go_back_to(page, "slide-1")
    for keys in (("Space", "Shift+Space"), ("PageDown", "PageUp"), ("ArrowRight", "ArrowLeft")):
        page.mouse.click(*BESIDE)
        there = press(page, keys[0])
        page.mouse.click(*BESIDE)
        assert (there, press(page, keys[1])) == ("slide-2", "slide-1")


def test_a_slide_does_not_scroll_out_of_sight(page):
    page.mouse.move(600, 300)
    page.mouse.wheel(0, 600)
    page.wait_for_timeout(500)
    assert (
        page.evaluate("() => document.querySelector('.jp-deck-mod-visible').getBoundingClientRect().top") > 0
    )


def test_keys_work_from_a_choice_and_after_it_was_committed(page):
    go_to(page, "predict-slopes")
    form = page.locator(".jp-deck-mod-visible .relu-form")
    form.get_by_role("radio").first.click()
    assert turn(page, "PageDown", "PageUp") == ["slide-6", "predict-slopes"]
    form.get_by_role("button", name="Commit").click()
    page.wait_for_function("() => document.activeElement.getAttribute('role') === 'status'")
    assert turn(page, "Space", "PageUp") == ["slide-6", "predict-slopes"]


def test_page_keys_work_from_an_explorers_buttons_and_not_from_its_sliders(page):
    go_to(page, "secant")
    explorer = page.locator(".jp-deck-mod-visible .relu-explorer")
    explorer.get_by_role("button", name="Reset").click()
    assert turn(page, "PageUp", "PageDown") == ["slide-6", "secant"]
    slider = explorer.get_by_role("slider").first
    slider.click()
    before = slider.input_value()
    assert press(page, "PageUp") is None and slider.input_value() != before
    page.mouse.click(*BESIDE)
    assert turn(page, "PageUp", "PageDown") == ["slide-6", "secant"]


def test_keys_work_after_code_was_edited(page):
    go_to(page, "three-programs")
    source = "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource()"
    before = page.evaluate(source)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type("  # it")
    page.keyboard.press("Escape")
    assert page.evaluate(source) == before + "  # it"
    assert turn(page, "Space", "Shift+Space") == ["three-programs-step-2", "three-programs"]
    assert press(page, "Shift+Enter") == "three-programs-step-2"


def test_a_click_on_a_later_view_of_a_cell_stays_there(page):
    go_to(page, "three-programs-step-2")
    cell = page.locator("[data-jpf-cell-id='three-programs']")
    cell.locator("summary").first.click()
    cell.locator(".jp-RenderedText", has_text="x + relu(-x)").first.click()
    page.wait_for_timeout(500)
    assert page.evaluate(PLACE)[0] == "three-programs-step-2"
    assert cell.locator("details[open]").is_visible()
    assert turn(page, "Space", "PageUp") == ["slide-21", "three-programs-step-2"]


def test_keys_work_after_a_reload(page):
    page.once("dialog", lambda dialog: dialog.accept())  # the code was changed: shall that be lost?
    page.reload()
    await_deck(page)
    assert page.evaluate(SHOWN) == ["slide-0"]
    assert turn(page, "Space", "PageDown", "PageUp") == ["slide-1", "slide-2", "slide-1"]


def test_every_slide_fits_each_key_shows_something_new_and_the_last_is_reached(page):
    while press(page, "PageUp"):
        pass
    seen, look = [], None
    while True:
        assert page.evaluate(OUTSIDE) == [] and page.evaluate(CUT) == [], page.evaluate(SHOWN)
        before, look = look, page.screenshot(clip=CORNER)
        assert look != before, f"at {page.evaluate(PLACE)[0]} the slide does not change"
        seen.append(page.evaluate(PLACE)[0])
        if press(page, "Space") is None:
            break
    assert len(seen) > 45
    heading = page.locator(".jp-deck-mod-visible h2").first.inner_text()
    assert heading.startswith("Take-away")


def test_shift_enter_on_the_last_slide_adds_no_cell(page):
    count = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    before, shown = page.evaluate(count), page.evaluate(SHOWN)
    page.keyboard.press("Shift+Enter")
    page.mouse.click(*BESIDE)
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(1000)
    assert (page.evaluate(count), page.evaluate(SHOWN)) == (before, shown)
    assert press(page, "PageUp")


def test_the_page_complains_of_nothing(page):
    assert [one for one in page.complaints if not any(harmless in one for harmless in HARMLESS)] == []


def test_nothing_was_asked_of_another_host(page):
    ours = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    assert [one for one in page.requests if not one.startswith(ours)] == []


def test_a_wrong_lesson_and_a_taken_port_are_each_told_in_a_sentence(address):
    def refuse(*arguments):
        command = [sys.executable, "-m", "utils", "present", *arguments, "--no-browser"]
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 1 and time.monotonic() - started < 90
        assert "Traceback" not in done.stderr
        return done.stderr

    assert refuse("99").startswith(
        "There is no lesson '99'; the lessons are 0 (course_map), 1 (the_rectifier)"
    )
    port = re.search(r":(\d+)/", address)[1]
    assert f"Port {port} is taken" in refuse("3", "--port", port)
