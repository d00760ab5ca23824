"""A room for each file of tests, and a browser for those that look at a page."""

import os

import pytest
from rooms import Served

from tests.browser.lab import FLAGS, Lab, find_browser


def _unavailable(reason):
    """Skip on a learner's machine; fail where the tests must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("room") / "room") as room:
        yield room


@pytest.fixture(scope="module")
def browser():
    path = find_browser()
    if path is None:
        _unavailable("no Chromium or Chrome found: install one, or name it in the variable CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _unavailable("playwright is not installed: pip install -e '.[test]'")
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def axe():
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        _unavailable("axe is not installed: pip install -e '.[test]'")
    return Axe()


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """The folder of a learner's progress, with nothing in it yet."""
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "learner" / "progress.jsonl"))
    monkeypatch.delenv("RELU_COURSE_STRICT", raising=False)
    return tmp_path / "learner"
