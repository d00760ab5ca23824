"""Rules of the kernel's Landlock that a process puts on itself: which paths it may use, whom it may signal.

From Linux 6.12 on (its sixth version) a domain also confines signals: no process in it can signal one
outside, and -1 as a process means the domain's own. See the kernel's documentation, userspace-api/landlock.
"""

import ctypes
import os
import struct

NEEDED_VERSION = 6
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL = 0xFFFF
_DEVICES = 1 << 6 | 1 << 11 | 1 << 15  # make a character or block device, control a device
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
_NETWORK = 3
_SCOPES = 3
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = _ALL & ~_DEVICES
_NO_NEW_PRIVILEGES = 38


def version() -> int:
    """The version of Landlock that this kernel has, 0 when none."""
    try:
        return _call(_CREATE, None, 0, _ASK_VERSION)
    except OSError:
        return 0


class Ruleset:
    """Paths that may be read or written; everything else is forbidden to who enters."""

    def __init__(self, read: list[str], write: list[str], devices: dict[str, bool]):
        attributes = struct.pack("=QQQ", _ALL, _NETWORK, _SCOPES)
        self._handle = _call(_CREATE, attributes, len(attributes), 0)
        for path in read:
            self._allow(path, _READ)
        for path in write:
            self._allow(path, _WRITE)
        for path, writable in devices.items():
            self._allow(path, _READ_FILE | (_WRITE_FILE if writable else 0))

    def _allow(self, path: str, rights: int) -> None:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                rights &= _OF_FILES
            rule = struct.pack("=Qi", rights, handle)
            _call(_ADD, self._handle, _PATH_BENEATH, rule, 0)
        finally:
            os.close(handle)

    def enter(self) -> None:
        """Confine this process and all that descend from it, for ever, inside its present domain."""
        if ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise OSError("the kernel lets no process give up its privileges")
        _call(_RESTRICT, self._handle, 0)


def _call(number: int, *arguments) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = library.syscall(ctypes.c_long(number), *words)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
