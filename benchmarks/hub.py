"""How much memory a learner's server takes on a JupyterHub beside the kernels, and how long a start takes.

    python -m benchmarks hub                # on Linux; needs Chromium, ".[hub,test]" and JupyterHub's proxy

The example hub of instructor/hub/ with users in a real browser, one after another. Memory is in MiB:
resident, and the share (PSS) that is left when pages that several processes have in common are divided among
them. The seconds are from the login to the course map with a kernel that waits; they include the first pull.
"""

import re
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from utils.lessons import ROOT

sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "hub"))

from chromium import FLAGS, find_browser
from hub import Hub, User

MAP = "relu-course/notebooks/00_course_map.ipynb"
LESSON = "relu-course/notebooks/01_the_rectifier.ipynb"
USERS = ("first", "second", "third")
KIB = 1024


def memory(process):
    """Resident memory and its share of a process, in MiB."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return tuple(
        int(re.search(rf"^{key}:\s+(\d+) kB", text, re.MULTILINE)[1]) / KIB for key in ("Rss", "Pss")
    )


def children(parent, word):
    """The numbers of the processes that this one has started and whose command line has this word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            status = (folder / "status").read_text()
        except OSError:  # it has ended
            continue
        if word in command and f"PPid:\t{parent}\n" in status:
            found.append(int(folder.name))
    return found


def line(name, numbers):
    resident, share = (statistics.median(each) for each in zip(*map(memory, numbers), strict=True))
    print(f"| {name} | {resident:.0f} | {share:.0f} |", flush=True)


def kernels(users):
    return [int(user.execute("import os; print(os.getpid())")) for user in users]


def start(user):
    """Log in, wait for the course map, and return the seconds that took."""
    begin = time.perf_counter()
    user.log_in()
    user.land(MAP)
    return time.perf_counter() - begin


def main():
    if sys.platform != "linux":
        print("Needs Linux, which tells the memory of a process.")
        return
    with Hub() as hub, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        users = [User(hub, browser, name) for name in USERS]
        seconds = [start(user) for user in users]
        print(f"Start: {statistics.median(seconds):.1f} s; medians of {len(users)} users.\n")
        print("| | resident | share |\n|---|---|---|")
        process = int((hub.folder / "hub/jupyterhub.pid").read_text())
        servers = children(process, "jupyterhub.singleuser")
        line("a learner's server, JupyterLab open", servers)
        line("a kernel that has run nothing", kernels(users))
        for user in users:
            user.execute("import utils.explorers, matplotlib.figure, utils.check, utils.predict")
        line("a kernel with the course's imports", kernels(users))
        for user in users:
            user.open(LESSON)
            user.start_all_cells()
            user.await_all_cells(300)
        line("a learner's server, after a lesson", servers)
        line("a kernel after lesson 1", kernels(users))
        line("the hub", [process])
        line("the proxy", [int((hub.folder / "hub/proxy.pid").read_text())])
        line("the room pulse", children(process, "-m utils pulse"))
        browser.close()


if __name__ == "__main__":
    main()
