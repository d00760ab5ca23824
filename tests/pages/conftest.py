"""What the tests of the site and of the static slides share: notebooks executed once, and a browser."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "browser"))


def _unavailable(reason):
    """Skip on a learner's machine; fail where the tests must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def executed(tmp_path_factory):
    """A folder with `notebooks/` and `solutions/`, executed in static mode.

    The variable RELU_COURSE_EXECUTED names such a folder to use again, while one writes tests.
    """
    if "RELU_COURSE_EXECUTED" in os.environ:
        return Path(os.environ["RELU_COURSE_EXECUTED"])
    from utils.site.execute import execute_all, lessons, solutions

    folder = tmp_path_factory.mktemp("executed")
    execute_all([*lessons(), *solutions()], folder)
    return folder


@pytest.fixture(scope="session")
def site(executed, tmp_path_factory):
    """The site. The variable RELU_COURSE_SITE names one to use again, while one writes tests."""
    if "RELU_COURSE_SITE" in os.environ:
        return Path(os.environ["RELU_COURSE_SITE"])
    from utils.site.build import build

    out = tmp_path_factory.mktemp("site") / "site"
    build(executed, out)
    return out


@pytest.fixture(scope="session")
def browser():
    from lab import FLAGS, find_browser

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
