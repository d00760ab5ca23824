"""The files in a folder or a zip file, and nothing that can be reached through them.

Nothing is ever unpacked to disk, no link is followed, and no more is read than a notebook may be long.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from utils.grading.names import is_notebook
from utils.grading.sandbox import GradingError

LONGEST = 20 * 2**20
MOST_FILES = 50_000
MOST_BYTES = 16 * 2**30
_DEEPEST = 20


class Unreadable(ValueError):
    """A file cannot be read as what it should be. The message is a clause about it: "it is a link"."""


@dataclass(frozen=True)
class File:
    """A file as it was found: the parts of its path, when it was changed, and how to read it."""

    parts: tuple[str, ...]
    modified: tuple[int, ...] = ()
    read: Callable[[], bytes] | None = None
    problem: str | None = None


# ---------------------------------------------------------------------------------------------- folders


def in_folder(root: Path) -> Iterator[File]:
    waiting: list[tuple[str, ...]] = [()]
    count = 0
    while waiting:
        above = waiting.pop()
        try:
            entries = sorted(os.scandir(root.joinpath(*above)), key=lambda entry: entry.name)
        except OSError as error:
            if not above:
                raise GradingError(f"{root} cannot be read ({error.strerror}): allow reading it.") from None
            yield File((*above, "?"), problem=f"its folder cannot be read ({error.strerror})")
            continue
        for entry in entries:
            count += 1
            if count > MOST_FILES:
                raise GradingError(
                    f"{root} holds more than {MOST_FILES} files: name a folder of submissions."
                )
            parts = (*above, entry.name)
            if entry.is_symlink():
                yield File(parts, problem="it is a link, and links are not followed")
            elif not entry.is_dir(follow_symlinks=False):
                yield _file(entry, parts)
            elif len(parts) >= _DEEPEST:
                yield File(parts, problem=f"it lies more than {_DEEPEST} folders deep")
            else:
                waiting.append(parts)


def _file(entry: os.DirEntry, parts: tuple[str, ...]) -> File:
    state = entry.stat(follow_symlinks=False)
    problem = None
    if not stat.S_ISREG(state.st_mode):
        problem = "it is no regular file"
    elif is_notebook(entry.name):
        problem = _too_long(state.st_size)
    return File(parts, (state.st_mtime_ns,), lambda: _read_file(entry.path), problem)


def _read_file(path: str) -> bytes:
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            return _checked(file.read(LONGEST + 1))
    except OSError as error:
        raise Unreadable(f"it cannot be read ({error.strerror})") from None


def _too_long(size: int) -> str | None:
    if size <= LONGEST:
        return None
    return f"it has {size / 2**20:.0f} MB, and {LONGEST // 2**20} are the most: clear its outputs"


def _checked(content: bytes) -> bytes:
    if len(content) > LONGEST:
        raise Unreadable(_too_long(len(content)))
    return content


# ------------------------------------------------------------------------------------------------- zips


def in_zip(path: Path) -> Iterator[File]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise GradingError(f"{path} cannot be read as a zip file ({error}): download it again.") from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES or sum(_size(entry) for entry in entries) > MOST_BYTES:
        raise GradingError(
            f"{path} claims to hold more than {MOST_FILES} files or {MOST_BYTES // 2**30} GB of notebooks: "
            "a class does not, so look at what it is."
        )
    for entry in entries:
        parts = tuple(entry.filename.replace("\\", "/").split("/"))
        usual = tuple(part for part in parts if part not in ("", ".", ".."))
        if usual:
            yield File(
                usual, entry.date_time, lambda entry=entry: _read_entry(archive, entry), _odd(entry, parts)
            )


def _size(entry: zipfile.ZipInfo) -> int:
    return entry.file_size if is_notebook(entry.filename) and entry.file_size <= LONGEST else 0


def _odd(entry: zipfile.ZipInfo, parts: tuple[str, ...]) -> str | None:
    """None for an entry like those that learning platforms make, else a clause."""
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == 3 else 0
    if kind == stat.S_IFLNK:
        return "it is a link, and links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is no regular file"
    if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
        return "its path leads out of the zip file"
    if not is_notebook(parts[-1]):
        return None
    if entry.flag_bits & 1:
        return "it is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in an unusual way: pack it again, as a usual zip"
    return _too_long(entry.file_size)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as file:
            return _checked(file.read(LONGEST + 1))
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"it is damaged in the zip file ({error})") from None
