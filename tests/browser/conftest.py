"""A browser and a JupyterLab for each file of tests: playwright's event loop must not outlive them."""

import os

import pytest
from lab import FLAGS, Lab, find_browser


def _unavailable(reason):
    """Skip on a learner's machine; fail where the tests must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


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
def context(browser):
    one = browser.new_context(viewport={"width": 1100, "height": 1300})
    one.set_default_timeout(15_000)
    yield one
    one.close()


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab")) as running:
        yield running
