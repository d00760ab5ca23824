"""What a learner waits for: every notebook's run time under nbval, and the first and the second start.

    python -m benchmarks course

The starts fetch all packages anew: they need a connection to a package index, git, and uv for its rows.
"""

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

import pytest

from utils import lessons

FOLDERS = ("notebooks", "exercises", "solutions")
SECONDS_TO_START = 900
CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


class Clock:
    """A pytest plugin that notes the seconds of each cell's setup, call and teardown."""

    def __init__(self):
        self.phases = defaultdict(dict)
        self.failed = []

    def pytest_runtest_logreport(self, report):
        self.phases[report.nodeid.rpartition("Cell ")[2]][report.when] = report.duration
        if report.failed:
            self.failed.append(f"{report.nodeid}: {report.longreprtext}")


def run(path):
    """Run a notebook under nbval; seconds of each cell by its place, and those of the kernel's start.

    nbval starts the kernel in the setup of the first cell. RuntimeError when a cell fails.
    """
    clock = Clock()
    options = ["-q", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-cell-timeout=60"]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"RELU_COURSE_PROGRESS": str(Path(folder, "progress.jsonl"))}
        # A wrong answer fails its cell in a solution; the exercises are there to be unanswered.
        settings |= {"RELU_COURSE_STRICT": "1" if path.parent.name == "solutions" else ""}
        with environment(settings), contextlib.redirect_stdout(sys.stderr):
            status = pytest.main([*options, str(path)], plugins=[clock])
    if status or not clock.phases:
        raise RuntimeError(f"{path}: {clock.failed or int(status)}")
    cells = {int(place): phases["call"] for place, phases in clock.phases.items()}
    return cells, sum(phases["setup"] for phases in clock.phases.values())


@contextlib.contextmanager
def environment(settings):
    """These environment variables for a while."""
    before = os.environ.copy()
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def notebooks():
    """Print a line for each notebook of the course."""
    print("| notebook | cells | seconds | of these kernel start | slowest cell | its seconds |")
    print("|---|---|---|---|---|---|")
    everything = []
    for folder in FOLDERS:
        for path in sorted((lessons.ROOT / folder).glob("*.ipynb")):
            code = [
                cell["id"]
                for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                if cell["cell_type"] == "code"
            ]
            if not code:  # the glossary
                continue
            cells, start = run(path)
            slowest = max(cells, key=cells.get)
            everything.append((len(cells), sum(cells.values()) + start, start))
            print(
                f"| {folder}/{path.stem} | {len(cells)} | {everything[-1][1]:.1f} | {start:.1f}"
                f" | `{code[slowest]}` | {cells[slowest]:.1f} |",
                flush=True,
            )
    number, seconds, start = map(sum, zip(*everything, strict=True))
    print(f"| **all {len(everything)}** | {number} | **{seconds:.0f}** | {start:.0f} | | |")


# ------------------------------------------------------------------------------ from start.py to a page


def start(clone, home, hide_uv):
    """Seconds from `python start.py` to the answer 200 for the page that a browser is sent to."""
    kept = {name: value for name, value in os.environ.items() if name not in CACHES}
    kept |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONUNBUFFERED": "1"}
    if hide_uv:
        kept["PATH"] = os.pathsep.join([str(broken_uv(home)), kept["PATH"]])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = getattr(sys, "_base_executable", None) or sys.executable
    log = home / "start.log"
    with open(log, "wb") as file:
        started = time.perf_counter()
        process = subprocess.Popen(
            [base, "start.py", "--no-browser", "--port", str(port)],
            cwd=clone,
            env=kept,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        ask(address_told(process, log))
        return time.perf_counter() - started, "making .venv with uv" in log.read_text(encoding="utf-8")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def broken_uv(home):
    """A folder with a uv that does not run, which start.py then does without."""
    folder = home / "tools"
    folder.mkdir(exist_ok=True)
    program = folder / "uv"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def address_told(process, log):
    """The address that start.py tells the user to open, as soon as it is in the log."""
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        ended, said = process.poll() is not None, log.read_text(encoding="utf-8", errors="replace")
        if found := re.search(r"http://(127\.0\.0\.1|localhost):\d+/lab/\S*token=\w+\n", said):
            return found.group().strip()
        if ended:
            break
        time.sleep(0.02)
    raise RuntimeError(f"start.py gave no address: {said[-2000:]}")


def ask(address):
    """Ask for the page as a browser does, with cookies, until it is there."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    while True:
        try:
            with opener.open(address, timeout=60) as page:
                if b"<title>JupyterLab</title>" not in page.read():
                    raise RuntimeError(f"{address} is not JupyterLab's page")
            return
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:  # the address is told a moment before somebody listens there
            time.sleep(0.02)


def starts():
    """Print the seconds of a first and a second start, with each of the two installers."""
    print("| installer | first start, s | second start, s |")
    print("|---|---|---|")
    for name, hide_uv in (("pip", True), ("uv", False)):
        with tempfile.TemporaryDirectory() as folder:
            clone, home = Path(folder, "relu course"), Path(folder, "home")
            home.mkdir()
            subprocess.run(["git", "clone", "--quiet", str(lessons.ROOT), str(clone)], check=True)
            first, with_uv = start(clone, home, hide_uv)
            if with_uv == hide_uv:
                print(f"| {name} | not measured: it is not installed | |")
                continue
            second, _ = start(clone, home, hide_uv)
        print(f"| {name} | **{first:.1f}** | {second:.1f} |", flush=True)


def main():
    starts()
    print()
    notebooks()


if __name__ == "__main__":
    main()
