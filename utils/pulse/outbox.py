"""What is still to be sent to the room: a file for each result, so that notebooks do not disturb each other.

A file is named by what is in it. So the same result twice is one file, and to send it twice does no harm.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

from utils import progress

MOST = 500


def folder() -> Path:
    """The folder of the files; it need not exist."""
    return progress.path().with_name("room-outbox")


def put(result: dict[str, str]) -> str:
    """Keep a result and return its file's name. OSError when that is impossible, or too many wait."""
    content = json.dumps(result).encode("utf-8")
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.json"
    target = folder() / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        return name
    if len(names()) >= MOST:
        raise OSError("too many results wait already")
    handle, draft = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(draft, target)
    return name


def names() -> list[str]:
    """The names of the files that wait."""
    try:
        return sorted(each for each in os.listdir(folder()) if each.endswith(".json"))
    except OSError:
        return []


def read(name: str) -> bytes | None:
    """A result as it is sent, None when it is not there any more."""
    try:
        return (folder() / name).read_bytes()
    except OSError:
        return None


def remove(name: str) -> None:
    """Forget a result."""
    with contextlib.suppress(OSError):
        (folder() / name).unlink()


def clear() -> None:
    """Forget everything."""
    for name in names():
        remove(name)
