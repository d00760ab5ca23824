"""A room for each file of tests, and a browser for those that look at a page."""

import pytest
from chromium import chromium, new_axe
from lab import Lab
from rooms import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("room") / "room") as room:
        yield room


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def axe():
    return new_axe()


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
