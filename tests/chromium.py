"""The browser of the tests: a Chromium or Chrome of this machine, and what is done where there is none."""

import os
import shutil
from contextlib import contextmanager

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_browser():
    """The path of a Chromium or Chrome on this machine, or None. The variable CHROMIUM comes first."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def unavailable(reason):
    """Skip on a learner's machine; fail where the tests must run."""
    import pytest  # benchmarks use this file without it

    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium():
    """A browser of playwright's, closed afterwards."""
    path = find_browser()
    if path is None:
        unavailable("no Chromium or Chrome found: install one, or name it in the variable CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("playwright is not installed: pip install -e '.[test]'")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


def new_axe():
    """What looks for barriers in a page."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        unavailable("axe is not installed: pip install -e '.[test]'")
    return Axe()
