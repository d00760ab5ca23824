"""What the learner has done so far, kept on this computer only: one line of JSON for each event.

Lines are only ever added, each by one write, so two open notebooks do not disturb each other, and a line that
was cut short costs itself alone. The file lies in the user's data folder and survives a new installation; the
environment variable RELU_COURSE_PROGRESS names another file.
"""

import datetime
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

_said: set[str] = set()


@dataclass(frozen=True)
class State:
    """All events summed up.

    ``answers`` and ``quizzes`` map the id of a question or a quiz to "solved" (once is enough) or "tried";
    ``predictions`` maps the id of a choice to the text of the option that was committed to.
    ``solved_at`` maps the id of a solved question to the time of its first right answer, in UTC; a question
    is not in it where that line has no time that can be read.
    ``skipped`` counts the lines that could not be read.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    quizzes: Mapping[str, str] = field(default_factory=dict)
    predictions: Mapping[str, str] = field(default_factory=dict)
    skipped: int = 0
    solved_at: Mapping[str, datetime.datetime] = field(default_factory=dict)


def path() -> Path:
    """The file of the progress; it need not exist yet."""
    chosen = os.environ.get("RELU_COURSE_PROGRESS")
    return (
        Path(chosen) if chosen else Path(platformdirs.user_data_dir("relu-course", False)) / "progress.jsonl"
    )


def record(kind: str, identifier: str, **details: str) -> None:
    """Add one event; ``kind`` is "check", "quiz" or "prediction".

    When the file cannot be written, one sentence says so, once, and the lesson goes on.
    """
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    event = {"time": now, "kind": kind, "id": identifier, **details}
    # The newline in front keeps this line whole when the last one was cut short.
    line = ("\n" + json.dumps(event, ensure_ascii=False) + "\n").encode("utf-8")
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        file = os.open(path(), flags, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)
    except OSError as error:
        _say_once(f"Your progress cannot be kept: {path()} cannot be written ({error.strerror}).")


def read() -> State:
    """Sum up the events. Lines that are not events are skipped, counted, and mentioned once."""
    try:
        lines = path().read_bytes().splitlines()
    except FileNotFoundError:
        return State()
    except OSError as error:
        _say_once(f"Your progress cannot be read: {path()} ({error.strerror}).")
        return State()
    answers, quizzes, predictions, skipped, solved_at = {}, {}, {}, 0, {}
    for line in filter(None, map(bytes.strip, lines)):
        try:
            event = json.loads(line.decode("utf-8"))
            kind, identifier = str(event["kind"]), str(event["id"])
            if kind == "prediction":
                predictions[identifier] = str(event["text"])
            elif kind in ("check", "quiz"):
                found = answers if kind == "check" else quizzes
                solved = event["status"] == "right" or found.get(identifier) == "solved"
                if kind == "check" and solved and answers.get(identifier) != "solved":
                    solved_at[identifier] = _time(event.get("time"))
                found[identifier] = "solved" if solved else "tried"
        except (ValueError, KeyError, TypeError, RecursionError):
            skipped += 1
    if skipped:
        lines_were = "1 line was" if skipped == 1 else f"{skipped} lines were"
        _say_once(f"{lines_were} unreadable in {path()} and left out; the rest of your progress is there.")
    known = {identifier: time for identifier, time in solved_at.items() if time}
    return State(answers, quizzes, predictions, skipped, known)


def _time(text: object) -> datetime.datetime | None:
    """The time that ``record`` has written, else None."""
    try:
        time = datetime.datetime.fromisoformat(text)
        return time.astimezone(datetime.UTC) if time.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def reset() -> Path | None:
    """Begin again. The old file is kept beside it under another name, which is returned (None: no file)."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = path().with_name(f"{path().stem}-until-{now}{path().suffix}")
    try:
        os.replace(path(), kept)
    except FileNotFoundError:
        return None
    return kept


def _say_once(sentence: str) -> None:
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)
