"""The teaching notes of a lesson, which people write: `instructor/notes/<stem>.toml`.

What the notebook or the questions say already (objectives, minutes, predictions, answers) is not in them.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from utils.kit.stages import calls
from utils.lessons import ROOT, lesson, module
from utils.sections import sections

# Sections that close a lesson, or open it: they may have notes, and need none.
FRAME = ("Recall", "Misconceptions", "Exercise", "Take-away", "Sources")
_REQUIRED, _OPTIONAL = ("point", "draw", "skip"), ("ask", "watch")


@dataclass(frozen=True)
class SectionNotes:
    """Notes on a section, each a piece of Markdown ("" for none).

    ``point``: the one sentence that should stay; ``draw``: what to draw on the board; ``skip``: what to leave
    out when late, and what to say instead; ``ask``: an opening question; ``watch``: what goes wrong here.
    """

    point: str
    draw: str
    skip: str
    ask: str = ""
    watch: str = ""


@dataclass(frozen=True)
class LessonNotes:
    """``goal`` is one sentence; ``mistakes`` names, for each question of the exercise, those to expect."""

    goal: str
    goes_wrong: tuple[str, ...]
    mistakes: dict[str, tuple[str, ...]]
    sections: dict[str, SectionNotes]


def path(stem: str) -> Path:
    """The file of a lesson's notes."""
    return ROOT / "instructor" / "notes" / f"{stem}.toml"


@cache
def notes(stem: str) -> LessonNotes:
    """The notes of a lesson, compared with its notebook and its questions.

    ValueError says in one sentence what is missing, or names what is there in place of what is not.
    """
    file = path(lesson(stem).stem)
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{_name(stem)} is missing: write the notes of lesson {stem}") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{_name(stem)} is no TOML: {error}") from None
    _known(stem, found, ("goal", "goes_wrong", "mistakes", "sections"), "keys")
    for key in ("goal", "goes_wrong", "mistakes", "sections"):
        if not found.get(key):
            raise ValueError(f"{_name(stem)} has no {key}")
    return LessonNotes(
        found["goal"], tuple(found["goes_wrong"]), _mistakes(stem, found), _sections(stem, found)
    )


def _sections(stem: str, found: dict) -> dict[str, SectionNotes]:
    headings = {each.heading: each for each in sections(stem)}
    _known(stem, found["sections"], headings, "sections")
    made = {}
    for heading, section in headings.items():
        if heading not in found["sections"]:
            if heading in FRAME:
                continue
            raise ValueError(f"{_name(stem)} has no [sections.{heading!r}], which the lesson has")
        texts = found["sections"][heading]
        where = f"in [sections.{heading!r}] the keys"
        _known(stem, texts, (*_REQUIRED, *_OPTIONAL), where)
        needed = (*_REQUIRED, "ask") if not calls(section, "predict") else _REQUIRED
        missing = [key for key in needed if not texts.get(key)]
        if missing and heading not in FRAME:
            why = " (the section has no prediction to ask)" if missing == ["ask"] else ""
            raise ValueError(f"{_name(stem)}: [sections.{heading!r}] has no {missing[0]}{why}")
        made[heading] = SectionNotes(**{key: texts.get(key, "") for key in (*_REQUIRED, *_OPTIONAL)})
    return made


def _mistakes(stem: str, found: dict) -> dict[str, tuple[str, ...]]:
    questions = {each.id: each for each in module("questions", stem).QUESTIONS}
    _known(stem, found["mistakes"], questions, "questions")
    for name, question in questions.items():
        chosen = found["mistakes"].get(name, ())
        _known(stem, chosen, [each.name for each in question.mistakes], f"for {name} the mistakes")
        if question.mistakes and not chosen:
            raise ValueError(f"{_name(stem)} names no mistakes to expect for {name}")
    return {name: tuple(chosen) for name, chosen in found["mistakes"].items()}


def _known(stem: str, names, known, what: str) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"{_name(stem)} names {unknown[0]!r}; the known {what} are: {', '.join(known)}")


def _name(stem: str) -> str:
    return f"instructor/notes/{stem}.toml"
