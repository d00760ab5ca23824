"""The gradebook: a SQLite file that each notebook's marks enter in one transaction, as soon as there are any.

A run that was killed has lost nothing of what it had written; two runs may write at once.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from utils.grading.gradebook_trouble import GO_ON, told
from utils.grading.results import READ, TO_READ, Graded, Marked, as_data, from_data
from utils.grading.sandbox import GradingError

SECONDS_TO_WAIT = 20.0
_KIND = 0x52654C55  # "ReLU": says whose file it is
_FORM = 1
_TABLES = f"""
PRAGMA application_id = {_KIND};
PRAGMA user_version = {_FORM};
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE graded (
    student TEXT NOT NULL, lesson TEXT NOT NULL, fingerprint TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (student, lesson)
);
CREATE TABLE by_hand (
    student TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, points INTEGER NOT NULL,
    comment TEXT NOT NULL, PRIMARY KEY (student, question)
);
"""


@dataclass(frozen=True)
class Score:
    """A mark given by hand: whole points and a comment for one question of one student."""

    student: str
    question: str
    points: int
    comment: str = ""


class Gradebook:
    """The marks of a class, for one cohort. A context manager.

    It holds one sheet for each student and lesson: that of the notebook graded last. Every method raises
    GradingError, in one sentence, where the file cannot be used.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise GradingError(
                f"The gradebook {path} cannot be written ({error.strerror}): {GO_ON}."
            ) from None
        with told(path):
            self._base = sqlite3.connect(path, timeout=SECONDS_TO_WAIT, isolation_level=None)
            self._prepare()

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(self, *details) -> None:
        self._base.close()

    def belong_to(self, cohort: str) -> None:
        """Note whose class it is; GradingError when it is another cohort's already."""
        with self._change():
            self._base.execute("INSERT OR IGNORE INTO setting VALUES ('cohort', ?)", (cohort,))
        owner = self.cohort()
        if owner != cohort:
            raise GradingError(
                f"{self.path} is the gradebook of the cohort {owner!r}: grade with --cohort {owner}, or give "
                f"another --out for {cohort!r}."
            )

    def cohort(self) -> str | None:
        """Whose class it is, None when nobody's yet."""
        with told(self.path):
            found = self._base.execute("SELECT value FROM setting WHERE name = 'cohort'").fetchone()
        return found[0] if found else None

    def holds(self, student: str, lesson: str, fingerprint: str) -> bool:
        """Whether exactly this was graded already."""
        with told(self.path):
            query = "SELECT fingerprint FROM graded WHERE student = ? AND lesson = ?"
            found = self._base.execute(query, (student, lesson)).fetchone()
        return found is not None and found[0] == fingerprint

    def add(self, graded: Graded, fingerprint: str) -> None:
        """Enter a sheet, in the place of the older one for the same student and lesson."""
        with self._change():
            self._put(graded, fingerprint)

    def set_aside(self, students: Iterable[str], refused: Iterable[Graded]) -> None:
        """Enter what could not be read; for all these students what was set aside before is forgotten."""
        with self._change():
            for student in students:
                self._base.execute("DELETE FROM graded WHERE student = ? AND lesson = ''", (student,))
            for graded in refused:
                self._put(graded, "")

    def mark(self, scores: Iterable[Score]) -> None:
        """Enter marks given by hand, all or none of them.

        A mark for a free text holds for that text: when the student hands in another one, it waits to be
        read again. ValueError says which score fits no question that the gradebook holds.
        """
        asked = {(sheet.student, mark.question): mark for sheet in self._sheets() for mark in sheet.marks}
        rows = []
        for score in scores:
            mark = asked.get((score.student, score.question))
            if mark is None:
                raise ValueError(f"there is no question {score.question!r} of a student {score.student!r}")
            if not 0 <= score.points <= mark.of:
                raise ValueError(f"{score.question} gives 0 to {mark.of} points, not {score.points}")
            rows.append((score.student, score.question, mark.answer, score.points, score.comment))
        with self._change():
            self._base.executemany("INSERT OR REPLACE INTO by_hand VALUES (?, ?, ?, ?, ?)", rows)

    def rows(self) -> list[Graded]:
        """All sheets, with the marks given by hand, ordered by student and lesson."""
        with told(self.path):
            found = self._base.execute("SELECT * FROM by_hand").fetchall()
        by_hand = {(student, question): rest for student, question, *rest in found}
        return [
            replace(
                sheet,
                marks=tuple(_read(mark, by_hand.get((sheet.student, mark.question))) for mark in sheet.marks),
            )
            for sheet in self._sheets()
        ]

    def _sheets(self) -> list[Graded]:
        with told(self.path):
            found = self._base.execute("SELECT data FROM graded ORDER BY student, lesson").fetchall()
        return [from_data(json.loads(data)) for (data,) in found]

    def _put(self, graded: Graded, fingerprint: str) -> None:
        data = json.dumps(as_data(graded), ensure_ascii=True)
        row = (graded.student, graded.lesson, fingerprint, data)
        self._base.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?, ?)", row)

    def _prepare(self) -> None:
        """Make the tables where the file is new."""
        if self._base.execute("PRAGMA user_version").fetchone()[0] == 0:
            with self._change():
                if self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                    for statement in _TABLES.split(";"):
                        self._base.execute(statement)
        kind = self._base.execute("PRAGMA application_id").fetchone()[0]
        form = self._base.execute("PRAGMA user_version").fetchone()[0]
        if (kind, form) != (_KIND, _FORM):
            raise GradingError(f"{self.path} is no gradebook of this course's form: give another --out.")

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        with told(self.path):
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise


def _read(mark: Marked, by_hand: list | None) -> Marked:
    """A mark with what was given by hand for the same answer."""
    if by_hand is None or by_hand[0] != mark.answer:
        return mark
    _, points, comment = by_hand
    if mark.status == TO_READ:
        return replace(mark, points=points, comment=comment, status=READ, summary="Your text was read.")
    return replace(mark, points=points, comment=comment)
