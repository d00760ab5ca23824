"""A folder for each sandbox, locked while its grader lives; a later one removes what a killed one left."""

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from . import wipe

_PREFIX = "relu-grading-"


def make() -> tuple[str, int]:
    """A new folder, and the open file whose lock says that it is in use."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = _lock(str(path), os.O_RDWR)
            remove(str(path), lock)
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    return folder, _lock(folder, os.O_RDWR | os.O_CREAT)


def remove(folder: str, lock: int) -> None:
    """Remove a folder with all that is in it. No process may be left that uses it."""
    wipe.empty(folder)
    with contextlib.suppress(OSError):
        os.rmdir(folder)
    os.close(lock)


def _lock(folder: str, flags: int) -> int:
    lock = os.open(os.path.join(folder, "lock"), flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock
