"""One site for all tests, made by the real command, which may talk to no other machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Every Python of the build refuses what would leave it: connections, and questions for addresses.
ALONE = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"{event} {arguments[1:]}")
sys.addaudithook(refuse)
"""


def build(out, *arguments, scratch):
    """Run the command; returns the finished process."""
    (scratch / "sitecustomize.py").write_text(ALONE, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(scratch), str(ROOT)))}
    command = [sys.executable, "-m", "utils", "lite", "--out", str(out), *arguments]
    return subprocess.run(
        command, env=environment, cwd=scratch, capture_output=True, text=True, encoding="utf-8", timeout=300
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site: with RELU_COURSE_PYODIDE it holds that Pyodide, else it relies on the web."""
    chosen = os.environ.get("RELU_COURSE_PYODIDE")
    out = tmp_path_factory.mktemp("lite") / "site"
    arguments = ["--pyodide", chosen] if chosen else []
    done = build(out, *arguments, scratch=tmp_path_factory.mktemp("scratch"))
    assert done.returncode == 0, done.stderr
    return out
