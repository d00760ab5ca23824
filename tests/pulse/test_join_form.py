"""The course map's form in a real JupyterLab: joining, a check that reaches the room, leaving."""

import json

import pytest

from utils.lessons import ROOT

STEP = "import numpy as np\ndef relu(x):\n    return (x > 0).astype(x.dtype)\n"
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def page(lab, browser):
    context = browser.new_context(viewport={"width": 1100, "height": 1300})
    context.set_default_timeout(20_000)
    course_map = json.loads((ROOT / "notebooks/00_course_map.ipynb").read_text(encoding="utf-8"))
    (cell,) = (each for each in course_map["cells"] if each["id"] == "join-room")
    lab.write(
        "room.ipynb",
        "# A room",
        "".join(cell["source"]),
        "from utils.check import Checker\ncheck = Checker('01_the_rectifier')\n" + STEP + "check('relu')",
    )
    opened = lab.open(context, "room.ipynb")
    yield opened
    lab.close(opened)
    context.close()


def run_last_cell(page):
    page.evaluate(
        """async () => {
            const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
            content.activeCellIndex = 2;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )


def output(page):
    return page.locator(".jp-Cell").nth(2).locator(".jp-OutputArea").first


def test_from_joining_to_leaving(page, served, lab):
    form = page.locator(".relu-room")
    form.get_by_text("You are in no room, and nothing is sent.").wait_for()
    assert "room" not in output(page).inner_text()
    # A wrong code is told, and what was typed stays.
    form.get_by_label("Address").fill(served.address)
    form.get_by_label("Room's code").fill("KTW-4HQ-M9R")
    form.get_by_role("button", name="Join").click()
    form.get_by_text("That is not the code of this room.").wait_for()
    assert form.get_by_label("Address").input_value() == served.address
    # With the keyboard alone; letters that are commands of JupyterLab do nothing.
    cells = page.locator(".jp-Cell").count()
    form.get_by_label("Room's code").fill("")
    form.get_by_label("Room's code").press_sequentially(served.code.lower())
    page.keyboard.press("Tab")
    page.keyboard.type("Ada d")
    page.keyboard.press("Enter")
    form.get_by_text("You have joined the room.").wait_for()
    form.get_by_text(f"You are in the room at {served.address} as “Ada d”.").wait_for()
    assert page.locator(".jp-Cell").count() == cells
    assert form.get_by_role("textbox").count() == 0
    # A check reaches the room, and its line says so.
    run_last_cell(page)
    output(page).get_by_text("Sent to the room.").wait_for()
    assert "Not yet" in output(page).inner_text()
    assert served.question("relu")["mistakes"][0]["title"] == "step"
    assert served.overview()["names"] == [
        {"name": "Ada d", "solved": 0, "open": ["ReLU for arrays of any shape"]}
    ]
    # Neither code nor name nor token is in what JupyterLab saves.
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    saved = (lab.folder / "room.ipynb").read_text(encoding="utf-8")
    kept = json.loads((lab.folder.parent / "private/room.json").read_text(encoding="utf-8"))
    assert "Sent to the room." in saved
    for secret in (served.code, served.code.lower(), "Ada d", kept["token"], kept["number"]):
        assert secret not in saved
    # And it ends.
    form.get_by_role("button", name="Leave").click()
    form.get_by_text("You have left the room.").wait_for()
    run_last_cell(page)
    output(page).get_by_text("Not yet").wait_for()
    page.wait_for_timeout(300)
    assert "room" not in output(page).inner_text()
    assert page.complaints == []


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_in_the_form(page, lab, axe, theme):
    lab.theme(page, theme)
    found = axe.run(page, context=".relu-room", options=AXE_RULES).response
    assert found["passes"], "axe-core has looked at nothing"
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_the_map_says_what_is_sent():
    text = (ROOT / "notebooks/00_course_map.ipynb").read_text(encoding="utf-8")
    for words in ("the name of the question", "the verdict", "the name of the mistake", "a random number"):
        assert words in text
    assert "unless you join a room" in text
