"""The file of a room: a SQLite database that has everything that was acknowledged, also after a crash.

A result is a fact that stays true: this participant has once solved this question, or has once made this
mistake. So the order in which results arrive does not matter, and one that arrives twice changes nothing.
What a room can hold is bounded by the participants, the questions and their known mistakes.
"""

import datetime
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from utils.pulse import codes
from utils.pulse.messages import Join, Result

MOST_PARTICIPANTS = 2_000
NAME = "room.sqlite"
_KIND = 0x50756C73  # "Puls": says whose file it is
_FORM = 1
_TABLES = f"""
PRAGMA application_id = {_KIND};
PRAGMA user_version = {_FORM};
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE participant (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE result (
    id INTEGER PRIMARY KEY, participant INTEGER NOT NULL REFERENCES participant, question TEXT NOT NULL,
    status TEXT NOT NULL, mistake TEXT NOT NULL, UNIQUE (question, participant, status, mistake)
);
"""


class Room:
    """A room, open for one process alone. ValueError, in one sentence, where its file cannot be used.

    `changes` counts what has changed since it was opened. Not for several threads at once.
    """

    def __init__(self, folder: Path):
        self.path = folder / NAME
        self.changes = 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise ValueError(
                f"The room cannot be kept in {folder} ({error.strerror}): name another folder with --folder."
            ) from None
        self.database = sqlite3.connect(self.path, timeout=1, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except BaseException as error:
            self.database.close()
            if isinstance(error, sqlite3.Error):
                raise ValueError(_why(error, self.path)) from None
            raise
        settings = dict(self.database.execute("SELECT name, value FROM setting"))
        self.code, self.key, self._secret = (settings[name] for name in ("code", "key", "secret"))

    def close(self) -> None:
        """Close the file. The room stays."""
        self.database.close()

    def token(self, number: str) -> str:
        """What the participant with this number must show with a result."""
        return codes.token(self._secret, number)

    def commit(self, changes: Sequence[Callable[[], bool]]) -> list[bool]:
        """Carry out changes (`join` and `add` with what they take) in one transaction; what each returned.

        They are on the disk when this returns. sqlite3.Error when none of them could be carried out.
        """
        before = self.database.total_changes
        self.database.execute("BEGIN IMMEDIATE")
        try:
            answers = [change() for change in changes]
            self.database.execute("COMMIT")
        except BaseException:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
            raise
        self.changes += self.database.total_changes - before
        return answers

    def join(self, who: Join) -> bool:
        """Let somebody in, or change the name of who is in. False when the room is full."""
        row = (who.name, who.number)
        if self.database.execute("UPDATE participant SET name = ? WHERE number = ?", row).rowcount:
            return True
        if self.database.execute("SELECT count(*) FROM participant").fetchone()[0] >= MOST_PARTICIPANTS:
            return False
        self.database.execute("INSERT INTO participant (name, number) VALUES (?, ?)", row)
        return True

    def add(self, result: Result) -> bool:
        """Enter a result. False when nobody with this number has joined."""
        query = "SELECT id FROM participant WHERE number = ?"
        found = self.database.execute(query, (result.number,)).fetchone()
        if found is None:
            return False
        row = (found[0], result.question, result.status, result.mistake)
        insert = "INSERT OR IGNORE INTO result (participant, question, status, mistake) VALUES (?, ?, ?, ?)"
        self.database.execute(insert, row)
        return True

    def _prepare(self) -> None:
        """Take the file for this process alone, make its tables where it is new, and see that it is sound."""
        self.database.execute("PRAGMA locking_mode = EXCLUSIVE")
        new = self.database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        kind = self.database.execute("PRAGMA application_id").fetchone()[0]
        form = self.database.execute("PRAGMA user_version").fetchone()[0]
        if not new and (kind, form) != (_KIND, _FORM):
            raise ValueError(
                f"{self.path} is no room of this version of the course: begin another with --new, which "
                "keeps that file under another name, or name another folder with --folder."
            )
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute("BEGIN EXCLUSIVE")
        if new:
            for statement in _TABLES.split(";"):
                self.database.execute(statement)
            secrets = {"code": codes.new_code(), "key": codes.new_key(), "secret": codes.new_key()}
            self.database.executemany("INSERT INTO setting VALUES (?, ?)", secrets.items())
        self.database.execute("COMMIT")
        if self.database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("quick_check")


def set_aside(folder: Path) -> Path | None:
    """Keep the folder's room under another name, which is returned; None when there is none.

    ValueError when it is in use or cannot be moved.
    """
    path = folder / NAME
    if not path.exists():
        return None
    if _in_use(path):
        raise ValueError(_in_use_already(path))
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = path.with_name(f"{path.stem}-until-{now}{path.suffix}")
    try:
        for end in ("-wal", "-shm", ""):
            if (part := path.with_name(path.name + end)).exists():
                part.replace(kept.with_name(kept.name + end))
    except OSError as error:
        raise ValueError(f"{path} cannot be moved out of the way ({error.strerror}).") from None
    return kept


def _in_use(path: Path) -> bool:
    """Whether another process has the room open."""
    database = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    except sqlite3.DatabaseError:
        return False  # it is damaged
    finally:
        database.close()
    return False


def _in_use_already(path: Path) -> str:
    return f"The room {path} is open already: end the other `pulse` first, or name another --folder."


def _why(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_BUSY:
        return _in_use_already(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL):
        return f"The room {path} cannot be written ({error}): name another folder with --folder."
    return (
        f"The room {path} is damaged: begin another with --new, which keeps that file under another name, or "
        "put it back from a copy."
    )
