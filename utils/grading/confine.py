"""What a process of the sandbox gives up before anything untrusted runs."""

import ctypes
import os
import resource
import struct

from . import landlock

_DROP_FROM_BOUNDING_SET = 24
_CAPABILITIES_VERSION = 0x20080522
_DEVICES = {"/dev/null": True, "/dev/zero": False, "/dev/random": False, "/dev/urandom": False}


def limit(limits: dict) -> None:
    """Set the kernel's limits for this process and all that descend from it; they cannot be raised again."""
    chosen = {
        resource.RLIMIT_AS: limits["memory"],
        resource.RLIMIT_NPROC: limits["user_tasks"],
        resource.RLIMIT_FSIZE: limits["disk"],
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for name, value in chosen.items():
        resource.setrlimit(name, (value, value))


def drop_capabilities() -> None:
    """Give up what root may do beyond other users. Without effect for everybody else."""
    library = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        for number in range(64):
            library.prctl(_DROP_FROM_BOUNDING_SET, number, 0, 0, 0)
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    if library.capset(header, b"\0" * 24):
        raise OSError(ctypes.get_errno(), "the kernel does not let this process give up its capabilities")


def landlock_rules(read: list[str], folder: str) -> tuple[landlock.Ruleset, landlock.Ruleset]:
    """The rules for the server, and those for its children.

    The server also reads /proc, to count what a notebook's processes use.
    """
    return (
        landlock.Ruleset([*read, "/proc"], [folder], _DEVICES),
        landlock.Ruleset(read, [folder], _DEVICES),
    )


def signals_stay_inside(outside: int) -> bool:
    """Whether this process can signal neither this process outside nor the machine's first one."""
    if os.getpid() == 1:
        return True
    for process in (outside, 1):
        try:
            os.kill(process, 0)
            return False
        except OSError:
            continue
    return True
