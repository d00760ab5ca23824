"""Marks given by hand: the table of the texts that wait to be read, and the same table with the marks."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from utils.grading.exports import plain, safe
from utils.grading.gradebook import Score
from utils.grading.output import write_whole
from utils.grading.results import TO_READ, Graded, Marked
from utils.grading.sandbox import GradingError

COLUMNS = ("student", "lesson", "question", "of", "points", "comment", "title", "answer")


def waiting(sheets: Sequence[Graded]) -> list[tuple[Graded, Marked]]:
    """The free texts that nobody has read, each with its sheet."""
    return [(sheet, mark) for sheet in sheets for mark in sheet.marks if mark.status == TO_READ]


def write_waiting(sheets: Sequence[Graded], path: Path, merged: bool) -> bool:
    """Write the table of the texts that wait, with points and comment to be filled in.

    A table in which somebody has begun to fill in points is left alone unless these are ``merged``; then the
    answer is False. Where nothing waits there is no table. OSError when it cannot be written.
    """
    if path.exists() and not merged and any(row.get("points", "").strip() for _, row in _table(path)):
        return False
    rows = [
        (sheet.student, sheet.lesson, mark.question, mark.of, "", "", mark.title, mark.answer)
        for sheet, mark in waiting(sheets)
    ]
    if not rows:
        path.unlink(missing_ok=True)
        return True
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[safe(str(cell)) for cell in row] for row in (COLUMNS, *rows)])
    write_whole(path, "\ufeff" + made.getvalue())
    return True


def read_scores(path: Path) -> list[Score]:
    """The marks in a table with the columns student, question, points and, at will, comment.

    Rows without points are passed over. GradingError names the line where something is wrong.
    """
    scores = []
    for line, row in _table(path):
        if missing := {"student", "question", "points"} - row.keys():
            raise GradingError(f"{path} has no column {' and no '.join(sorted(missing))} in its first line.")
        points = row["points"].strip()
        if not points:
            continue
        try:
            whole = float(points.replace(",", "."))
            if whole != int(whole):
                raise ValueError
        except (ValueError, OverflowError):
            raise GradingError(f"{path}, line {line}: points are whole numbers, not {points!r}.") from None
        scores.append(
            Score(plain(row["student"]), row["question"], int(whole), plain(row.get("comment", "")))
        )
    return scores


def _table(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with the numbers of their lines; commas or semicolons part the columns."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise GradingError(f'{path} is not in UTF-8: save it as "CSV UTF-8".') from None
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", restval="")
    try:
        for row in reader:
            yield reader.line_num, {name.strip().lower(): value for name, value in row.items() if name}
    except csv.Error as error:
        raise GradingError(f"{path}, line {reader.line_num}: {error}.") from None
