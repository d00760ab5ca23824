"""Whether this computer's user has joined a room: a small file beside the progress, for all their notebooks.

It ends when the user leaves, or by itself after a day. The random number is kept for the next time at the
same address, so that nobody is counted twice there; another address gets a new one.
"""

import contextlib
import dataclasses
import datetime
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from utils import progress
from utils.pulse import codes

LASTS = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Membership:
    """Where and as whom the user is in a room; `until` is a time in UTC, in ISO's form."""

    address: str
    number: str
    token: str
    name: str
    until: str


def path() -> Path:
    """The file; it need not exist."""
    return progress.path().with_name("room.json")


def current() -> Membership | None:
    """The membership that holds now, None where there is none, also when its file cannot be read."""
    found = _read()
    if found is None or not found.token:
        return None
    try:
        left = datetime.datetime.fromisoformat(found.until) - datetime.datetime.now(datetime.UTC)
    except (ValueError, TypeError):
        return None
    # A clock that was put back must not make a membership longer.
    return found if datetime.timedelta(0) < left <= LASTS else None


def number_at(address: str) -> str:
    """The random number for a room at this address: the one used there last, else a new one."""
    found = _read()
    return found.number if found and found.address == address else codes.new_number()


def begin(address: str, number: str, token: str, name: str) -> Membership:
    """Keep that the user has joined. OSError when that cannot be kept."""
    until = datetime.datetime.now(datetime.UTC) + LASTS
    membership = Membership(address, number, token, name, until.isoformat(timespec="seconds"))
    _write(membership)
    return membership


def end() -> None:
    """Keep that the user has left. OSError when that cannot be kept."""
    found = _read()
    if found:
        _write(dataclasses.replace(found, token="", name="", until=""))


def _read() -> Membership | None:
    try:
        found = Membership(**json.loads(path().read_bytes().decode("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return found if all(isinstance(each, str) for each in dataclasses.astuple(found)) else None


def _write(membership: Membership) -> None:
    """Write the file, for the user alone, whole or not at all."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix="room-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(membership), file)
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
