"""Every notebook in a real JupyterLab: run to its end, each widget moved, and nothing complained of."""

import shutil

import pytest
from lab import ROOT

NOTEBOOKS = sorted(
    path.relative_to(ROOT)
    for folder in ("notebooks", "exercises", "solutions")
    for path in (ROOT / folder).glob("*.ipynb")
)
# The picture is that of the controls: none that was asked for on the way, and comes late, is taken for it.
FOLLOWED = """root => {
  const controls = [...root.querySelectorAll('.relu-controls :is(input, select)')];
  return root.querySelector('canvas').dataset.key === controls.map((control) => control.value).join();
}"""


@pytest.fixture(scope="module")
def windows(context):
    """The page in which JupyterLab runs, if there is one that can be used again."""
    found = []
    yield found
    for one in found:
        one.close()


@pytest.fixture(params=NOTEBOOKS, ids=str)
def page(request, lab, context, windows):
    """The notebook, run to its end; in a new page where something failed in the one before."""
    target = lab.folder / request.param
    target.parent.mkdir(exist_ok=True)
    shutil.copy(ROOT / request.param, target)
    name, failed = request.param.as_posix(), request.session.testsfailed
    if windows:
        page = windows.pop()
        lab.open_next(page, name, wait=240)
    else:
        page = lab.open(context, name, wait=240)
    yield page
    if request.session.testsfailed == failed:
        lab.put_away(page)
        windows.append(page)
    else:
        lab.close(page)


def test_it_runs_and_every_widget_answers(page):
    assert page.complaints == []
    for form in page.locator(".relu-form").all():
        answer(form)
    for explorer in page.locator(".relu-explorer").all():
        explorer.scroll_into_view_if_needed()
        if explorer.get_by_role("button", name="Start").count():
            run_live(page, explorer)
        else:
            move_every_control(page, explorer)
    assert page.complaints == []
    assert all("127.0.0.1" in address for address in page.requests if address.startswith("http"))


def move_every_control(page, explorer):
    """Drag each slider to both ends and choose each option: the picture and its description must follow."""
    canvas = explorer.locator("canvas")
    follow(page, explorer)
    told = {explorer.locator(".relu-description").inner_text()}
    for slider in explorer.get_by_role("slider").all():
        ends = (1.0, 0.0) if slider.input_value() != slider.get_attribute("max") else (0.0, 1.0)
        for share in ends:
            before = canvas.get_attribute("data-key")
            drag(page, slider, share)
            follow(page, explorer)
            assert canvas.get_attribute("data-key") != before
            told.add(explorer.locator(".relu-description").inner_text())
    for select in explorer.get_by_role("combobox").all():
        for index in reversed(range(select.locator("option").count())):
            before, value = canvas.get_attribute("data-key"), select.input_value()
            select.select_option(index=index)
            follow(page, explorer)
            assert (canvas.get_attribute("data-key") != before) == (select.input_value() != value)
            told.add(explorer.locator(".relu-description").inner_text())
    assert len(told) > 1
    next_stop = explorer.get_by_role("button", name="Next")
    while next_stop.get_attribute("aria-disabled") != "true":
        next_stop.click()
    explorer.get_by_role("button", name="Reset").click()
    assert "could not be drawn" not in " ".join(told)


def follow(page, explorer):
    """Wait until the picture is that of the controls."""
    page.wait_for_function(FOLLOWED, arg=explorer.element_handle(), timeout=60_000)


def drag(page, slider, share):
    """Drag the thumb, 16 pixels wide, from where it is to `share` of the way."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    at, last = float(slider.input_value()), float(slider.get_attribute("max"))
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8 + at / last * (box["width"] - 16), height)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + share * (box["width"] - 16), height, steps=8)
    page.mouse.up()


def run_live(page, explorer):
    """Start a run, see it move, stop it."""
    canvas, progress = explorer.locator("canvas"), explorer.locator("progress")
    before = explorer.locator(".relu-description").inner_text()
    explorer.get_by_role("button", name="Start").click()
    page.wait_for_function("one => one.value > 0.05", arg=progress.element_handle(), timeout=60_000)
    assert canvas.get_attribute("data-key") == "live"
    explorer.get_by_role("button", name="Stop").click()
    explorer.get_by_role("button", name="Start", exact=True).wait_for()
    assert explorer.locator(".relu-description").inner_text() != before


def answer(form):
    """Choose the first option of a prediction or quiz, and press its button: it must say something."""
    form.get_by_role("radio").first.check()
    form.get_by_role("button").click()
    form.locator("[role=status]:not(:empty)").wait_for()
