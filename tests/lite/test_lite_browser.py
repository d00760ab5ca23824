"""The site in a browser: opened as a learner opens it and, where there is a whole Pyodide, used.

Pyodide's packages cannot be installed with pip or npm. With RELU_COURSE_PYODIDE=FOLDER (a whole one,
unpacked) the last test starts the kernel and runs a lesson; without it that one is skipped.
"""

import http.server
import json
import os
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest
from chromium import chromium
from lab import ROOT, STATE

from utils.lite.command import FIRST_PAGE, Handler

LESSON = "notebooks/01_the_rectifier.ipynb"
PLACE = "https://cdn.jsdelivr.net/pyodide/v"
WHOLE = os.environ.get("RELU_COURSE_PYODIDE")
KEPT = """async () => {
  const options = { content: true, type: 'file', format: 'text' };
  const contents = window.jupyterapp.serviceManager.contents;
  const file = await contents.get('progress.jsonl', options).catch(() => null);
  return file?.content ?? '';
}"""


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def address(site, tmp_path_factory):
    """The site on this machine, its application within reach of the tests."""
    folder = tmp_path_factory.mktemp("served") / "site"
    shutil.copytree(site, folder)
    page = read(folder / "jupyter-lite.json")
    page["jupyter-config-data"]["exposeAppInBrowser"] = True
    (folder / "jupyter-lite.json").write_text(json.dumps(page), encoding="utf-8")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(address):
    """A page whose requests to other machines go nowhere and are kept in the list `outside`."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        one = context.new_page()
        one.outside = []
        context.route(
            lambda url: not url.startswith((address, "data:", "blob:")),
            lambda route: (one.outside.append(route.request.url), route.abort()),
        )
        yield one


def test_the_link_opens_the_course_map_beside_the_lessons(page, address):
    page.goto(f"{address}/{FIRST_PAGE}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    title = read(ROOT / "notebooks/00_course_map.ipynb")["cells"][0]["source"][0].removeprefix("# ").strip()
    page.get_by_role("heading", level=1, name=title).wait_for(timeout=60_000)
    listed = page.locator(".jp-DirListing-itemName").all_inner_texts()
    assert Path(LESSON).name in listed and "14_clinic.ipynb" in listed
    if not WHOLE:  # the kernel asks for Pyodide, in the place that its makers have for it
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext", timeout=60_000)
        page.wait_for_timeout(3000)
    assert all(url.startswith(PLACE) for url in page.outside) and bool(page.outside) != bool(WHOLE)


@pytest.mark.skipif(not WHOLE, reason="needs a whole Pyodide, named in RELU_COURSE_PYODIDE")
def test_a_lesson_runs_to_its_end_and_the_progress_outlives_the_page(page, address):
    page.goto(f"{address}/lab/index.html?path={LESSON}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    page.wait_for_function(f"() => ({STATE})().idle", timeout=300_000)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    page.wait_for_function(f"() => ({STATE})().finished", timeout=300_000)
    assert page.evaluate(STATE)["errors"] == []
    # An explorer shows what the page had not: the kernel draws and sends it.
    explorer = page.locator(".relu-explorer").first
    pictures = int(explorer.get_attribute("data-pictures"))
    said = explorer.locator(".relu-description").inner_text()
    explorer.get_by_role("slider").first.press("End")
    page.wait_for_function(
        """([explorer, said, pictures]) => Number(explorer.dataset.pictures) > pictures
            && explorer.querySelector(".relu-description").innerText !== said""",
        arg=[explorer.element_handle(), said, pictures],
        timeout=60_000,
    )
    # An answer to a quiz is kept in the browser's storage and is there when the page is opened again.
    page.locator(".jp-OutputArea input[type=radio]").last.check()
    page.locator(".jp-OutputArea").get_by_role("button", name="Check", exact=True).last.click()
    for _ in range(120):
        if "quiz" in (first := page.evaluate(KEPT)):
            break
        page.wait_for_timeout(500)
    assert '"kind": "quiz"' in first
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function("() => window.jupyterapp?.serviceManager.contents")
    assert page.evaluate(KEPT) == first
    assert page.outside == []
