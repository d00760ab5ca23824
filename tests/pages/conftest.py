"""What the tests of the site and of the static slides share: notebooks executed once, and a browser."""

import os
from pathlib import Path

import pytest
from chromium import chromium


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
    with chromium() as one:
        yield one
