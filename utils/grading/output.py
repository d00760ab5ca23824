"""Files for people: names that every system takes, one for each student, and writing whole or not at all."""

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_LONGEST = 40
# Names that Windows keeps for devices, whatever ending follows.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin|conout|com\d|lpt\d)", re.IGNORECASE)
_MARKED = re.compile(r"-[0-9a-f]{16}$")


def file_stems(students: Iterable[str]) -> dict[str, str]:
    """A file name without ending for each student: the name where it can be, else with a mark of its own.

    At most 57 characters, letters of any script, digits and ``_-``; no two are the same for a system that
    does not tell capitals apart. The same students give the same names. ValueError should two marks agree.
    """
    students = sorted(set(students))
    plain = {student: _plain(student) for student in students}
    bearers: dict[str, int] = {}
    for stem, _ in plain.values():
        bearers[stem.casefold()] = bearers.get(stem.casefold(), 0) + 1
    stems = {}
    for student, (stem, enough) in plain.items():
        alone = bearers[stem.casefold()] == 1
        digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        stems[student] = stem if enough and alone else f"{stem}-{digest}"
    if len({stem.casefold() for stem in stems.values()}) < len(students):
        raise ValueError("Two students' names give the same file name: rename one of their notebooks.")
    return stems


def _plain(student: str) -> tuple[str, bool]:
    """The name made of harmless characters, and whether it says enough by itself."""
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", student))
    stem = re.sub(r"[^\w-]+", "_", name).strip("_-")
    short = stem[:_LONGEST].rstrip("_-")
    enough = bool(short) and short == stem and not _DEVICES.fullmatch(short) and not _MARKED.search(short)
    return short or "student", enough


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that there is the old one or the new one, never a half. OSError when it cannot be."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(draft, 0o600)
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
    return path
