"""A browser and a JupyterLab for each file of tests: playwright's event loop must not outlive them."""

import pytest
from chromium import chromium
from lab import Lab


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


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
