"""Which paths a sandbox shows: the system's programs and this Python, and nothing of the course."""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
# What programs need to find their libraries, fonts and time zone; no accounts, no keys.
_SETTINGS = ("ld.so.cache", "alternatives", "fonts", "localtime", "mime.types")


def readable() -> list[Path]:
    """The folders and files that a sandbox shows, read-only, the outer before the inner ones."""
    python = {Path(sys.base_prefix), Path(sys.prefix), Path(sys.base_exec_prefix)}
    python |= {path.resolve() for path in python} | {Path(sys.executable).resolve().parent.parent}
    system = {Path(path) for path in _SYSTEM} | {Path("/etc", name) for name in _SETTINGS}
    found = {path for path in system | python if path.exists()}
    return sorted(found, key=lambda path: len(path.parts))


def hidden() -> list[Path]:
    """What must not be seen where it lies inside a readable folder: the course with all its answers."""
    course = _PACKAGE.parent
    return [course] if (course / "pyproject.toml").exists() else [_PACKAGE]


def without_hidden() -> list[Path]:
    """``readable()`` as a list of paths none of which has anything hidden below it."""
    secret = hidden()

    def parts(path: Path) -> list[Path]:
        real = path.resolve()
        if real in secret:
            return []
        if not any(real in each.parents for each in secret):
            return [path]
        return [inner for name in sorted(os.listdir(path)) for inner in parts(path / name)]

    return [part for path in readable() for part in parts(path)]
