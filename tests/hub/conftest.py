"""One hub for all tests of this folder: four users who have opened a lesson each and run it to its end."""

import os
import shutil

import pytest
from chromium import chromium, unavailable

# Short ones: all of them run at the same time.
LESSONS = {
    "first": "01_the_rectifier",
    "second": "03_derivatives",
    "third": "04_curves_from_hinges",
}
MAP = "relu-course/notebooks/00_course_map.ipynb"


@pytest.fixture(scope="session")
def hub():
    for name in ("jupyterhub", "nbgitpuller", "playwright"):
        try:
            __import__(name)
        except ImportError:
            unavailable(f"{name} is not installed: pip install -e '.[hub,test]'")
    if os.name == "nt":
        unavailable("JupyterHub runs on Linux and macOS")
    if shutil.which("git") is None:
        unavailable("git is not installed, and the learners' copies of the course come by it")
    if shutil.which("configurable-http-proxy") is None:
        unavailable(
            "JupyterHub's proxy is not installed: apt install node-configurable-http-proxy, or by npm"
        )
    from hub import Hub

    with Hub() as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="session")
def users(hub, browser):
    """Name -> user. All lessons run at the same time, each in its user's own server."""
    from hub import User

    users = {name: User(hub, browser, name) for name in LESSONS}
    try:
        for user in users.values():
            user.log_in()
        for name, user in users.items():
            # Without an address of their own, they come to the course map.
            user.land(MAP)
            user.open(f"relu-course/notebooks/{LESSONS[name]}.ipynb")
            user.start_all_cells()
        for user in users.values():
            user.await_all_cells(300)
    except Exception:
        print(hub.log()[-6000:])
        raise
    return users
