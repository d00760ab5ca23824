"""Whose notebook it is, read from its path: in plain folders and in the downloads of Canvas and Moodle."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# lovelaceada_LATE_123_456_homework-2.ipynb: user, submission; the last number counts further attempts.
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<user>\d+)_(?P<submission>\d+)_(?P<title>.+)")
_CANVAS_ATTEMPT = re.compile(r"-(\d{1,3})\.ipynb", re.IGNORECASE)
# A folder "Ada Lovelace_12345_assignsubmission_file_", or the same in front of the file's own name.
_MOODLE = re.compile(r"(?P<name>.+)_(?P<participant>\d+)_assignsubmission_file(?:_.*)?")
# Browsers put .txt or .json behind names that they do not know.
_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """What a path says: the student's name, ids in the learning platform, and which attempt it is.

    ``own`` says that the path alone shows that a student handed this in, whatever kind of file it is.
    """

    student: str
    ids: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 0
    own: bool = False


def is_notebook(name: str) -> bool:
    return bool(_NOTEBOOK.search(name))


def origin(parts: Sequence[str]) -> Origin:
    """Read the parts of a path below the submissions, the file's name last."""
    first = parts[0]
    moodle = _MOODLE.fullmatch(first)
    if moodle:
        return Origin(clean(moodle["name"]), {"moodle_participant": moodle["participant"]}, own=True)
    if len(parts) > 1:
        return Origin(clean(first), own=True)
    canvas = _CANVAS.fullmatch(first)
    if canvas:
        attempt = _CANVAS_ATTEMPT.search(first)
        ids = {"canvas_user": canvas["user"], "canvas_submission": canvas["submission"]}
        return Origin(clean(canvas["name"]), ids, int(attempt[1]) if attempt else 0, own=True)
    return Origin(clean(re.sub(r"\.zip$", "", _NOTEBOOK.sub("", first), flags=re.IGNORECASE)))


def clean(name: str) -> str:
    """A name in one form of Unicode, as systems differ, of characters that can be written and shown."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)
    return " ".join(unicodedata.normalize("NFC", text).split()) or "(no name)"


def told_apart(origins: Sequence[Origin]) -> list[str]:
    """The students' names; where two people bear the same one, with their ids behind."""
    people: dict[str, set[str]] = {}
    for each in origins:
        people.setdefault(each.student, set()).add(_person(each))
    return [
        f"{each.student} ({_person(each)})"
        if len(people[each.student]) > 1 and _person(each)
        else each.student
        for each in origins
    ]


def _person(origin: Origin) -> str:
    return origin.ids.get("canvas_user") or origin.ids.get("moodle_participant") or ""
