"""The test at the start of every grading: a notebook that tries to get out of the sandbox, and must fail.

The proof is not only what it says: the file, the listeners and the bystander are looked at as well.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from ..answers import Result
from .sandbox import NoSandbox
from .session import Call

# Each way out is a function of the targets; it succeeds when it returns, and fails when it raises.
PROBE = """
import ctypes, os, resource, signal, socket

def _connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        connection.connect(address)

def _write(path):
    with open(path, "a") as file:
        file.write("changed")

WAYS = {
    "read a file": lambda t: open(t["file"]).read(),
    "list a folder": lambda t: os.listdir(t["folder"]),
    "write to a file": lambda t: _write(t["file"]),
    "write a new file": lambda t: _write(os.path.join(t["folder"], "new")),
    "read the course": lambda t: open(t["course"]).read(),
    "reach a port": lambda t: _connect(socket.AF_INET, ("127.0.0.1", t["port"])),
    "reach a named socket": lambda t: _connect(socket.AF_UNIX, t["socket"]),
    "reach an abstract socket": lambda t: _connect(socket.AF_UNIX, "\\0" + t["abstract"]),
    "see a process": lambda t: open(f"/proc/{t['process']}/comm").read(),
    "limit a process": lambda t: resource.prlimit(t["process"], resource.RLIMIT_CORE),
    "signal a process": lambda t: os.kill(t["process"], signal.SIGKILL),
}

def escapes(targets):
    found = {}
    for name, way in WAYS.items():
        try:
            way(targets)
            found[name] = True
        except OSError:
            found[name] = False
    return found

def stop_server(process=None):
    for number in (signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(process or os.getppid(), number)
        except OSError:
            pass
"""
WAYS = 11


def check(run: Callable) -> None:
    """Let the probe try, with ``run`` of a runner; NoSandbox names what it got away with."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="relu-outside-")))
        targets, listeners, bystander = make_targets(folder, stack)
        first = run([PROBE], [Call("escapes", (targets,)), Call("stop_server", ())])
        second = run([PROBE], [Call("escapes", (targets,))])
        found = [*_successes(first.results[:1]), *_successes(second.results)]
        found += done_outside(folder, listeners, bystander)
        if first.irregular or second.irregular:
            found.append(first.irregular or second.irregular)
    if found:
        raise NoSandbox(f"it does not hold ({found[0]})")


def make_targets(folder: Path, stack: ExitStack) -> tuple[dict, Sequence[socket.socket], subprocess.Popen]:
    """A file, three listening sockets and a process, for the probe to reach if it can."""
    (folder / "file").write_text("outside", encoding="utf-8")
    port = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    named, abstract = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
    named.bind(str(folder / "socket"))
    name = f"relu-course-{os.getpid()}-{folder.name}"
    abstract.bind("\0" + name)
    for listener in (port, named, abstract):
        listener.listen()
        listener.setblocking(False)
    waiting = [sys.executable, "-I", "-S", "-c", "input()"]
    bystander = stack.enter_context(subprocess.Popen(waiting, stdin=subprocess.PIPE))
    stack.callback(bystander.kill)
    targets = {
        "file": str(folder / "file"),
        "folder": str(folder),
        "course": str(Path(__file__).resolve().parent.parent / "question.py"),
        "port": port.getsockname()[1],
        "socket": str(folder / "socket"),
        "abstract": name,
        "process": bystander.pid,
    }
    return targets, (port, named, abstract), bystander


def done_outside(folder: Path, listeners: Sequence[socket.socket], bystander: subprocess.Popen) -> list[str]:
    """What the probe really did, as clauses."""
    found = []
    if (folder / "file").read_text(encoding="utf-8") != "outside" or (folder / "new").exists():
        found.append("it wrote to a file outside")
    if any(map(_was_reached, listeners)):
        found.append("it reached a socket outside")
    if bystander.poll() is not None:
        found.append("it killed a process outside")
    return found


def _was_reached(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
        return True
    except BlockingIOError:
        return False


def _successes(results: Sequence) -> list[str]:
    """The ways out that the probe says it found; that it did not try is a failure as well."""
    (result,) = results
    tried = result.value if isinstance(result, Result) else None
    if not isinstance(tried, dict) or len(tried) != WAYS:
        return ["its test did not run"]
    return [f"its test could {name}" for name, success in tried.items() if success is not False]
