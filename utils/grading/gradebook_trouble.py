"""What SQLite says of a gradebook, as sentences for the instructor: what is wrong, and what to do."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from utils.grading.sandbox import GradingError

GO_ON = "what was graded is kept; put that right and run the same command again"
_SENTENCES = {
    "SQLITE_FULL": f"The disk with the gradebook is full: {GO_ON}",
    "SQLITE_BUSY": f"The gradebook is locked by another program: {GO_ON}",
    "SQLITE_LOCKED": f"The gradebook is locked by another program: {GO_ON}",
    "SQLITE_READONLY": f"The gradebook cannot be written: {GO_ON}",
    "SQLITE_CANTOPEN": f"The gradebook cannot be opened or made: {GO_ON}",
    "SQLITE_IOERR": f"The disk with the gradebook is full or broken: {GO_ON}",
    "SQLITE_NOTADB": "The file in the gradebook's place is none: move it away or give another --out",
    "SQLITE_CORRUPT": "The gradebook is damaged: put it back from a copy, or move it away and grade anew",
}


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise GradingError in the place of every error that SQLite has with this file."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        sentence = next((said for start, said in _SENTENCES.items() if name.startswith(start)), None)
        sentence = sentence or f"The gradebook cannot be used ({error}): {GO_ON}"
        raise GradingError(f"{sentence} ({path}).") from None
