"""What the tests of the sandbox share: which kinds work here, and which processes are still there."""

import functools
import os
import time
from pathlib import Path

import pytest

from utils.grading import bubblewrap, containers
from utils.grading.runner import Runner
from utils.grading.sandbox import GradingError, Limits

BACKENDS = {backend.NAME: backend for backend in (bubblewrap, containers)}
# Short, so that what never ends costs little; memory and disk so that what fills them stays harmless.
LIMITS = Limits(
    cell_seconds=1.0,
    call_seconds=0.7,
    grace_seconds=0.7,
    whole_seconds=20.0,
    memory=2 * 2**30,
    disk=48 * 2**20,
    tasks=64,
)


@functools.cache
def trouble(name: str) -> str:
    """Why this kind of sandbox does not work here, or nothing."""
    try:
        with Runner(LIMITS, (BACKENDS[name],)):
            return ""
    except GradingError as error:
        return str(error)


def need(name: str):
    """This kind of sandbox. Without it a test is skipped, but where everything is tested it fails."""
    if trouble(name):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no {name}: {trouble(name)}")
    return BACKENDS[name]


def processes(words: str) -> list[int]:
    """The processes of this machine that have these words in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if words.encode() in line.replace(b"\0", b" ") and int(path.parent.name) != os.getpid():
            found.append(int(path.parent.name))
    return found


def soon_there(words: str, count: int = 1, seconds: float = 10.0) -> bool:
    """Whether so many such processes are there, at the latest after some seconds."""
    deadline = time.monotonic() + seconds
    while len(processes(words)) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(processes(words)) >= count


def soon_gone(words: str, seconds: float = 10.0) -> bool:
    """Whether no such process is left, at the latest after some seconds."""
    deadline = time.monotonic() + seconds
    while processes(words) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not processes(words)
