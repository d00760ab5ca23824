"""Reads a handed-in notebook: which exercise it answers, its code in order, and where each answer stands.

A notebook is data from a stranger. It is read as JSON within limits; none of its code is run or parsed here,
and its metadata can only tell where an answer is, never what it is worth.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from utils.grading.assignment import Assignment
from utils.grading.files import Unreadable

_MOST_PARTS = 1_000_000
_MOST_CELLS = 2_000
_CHECKER = re.compile(r"""Checker\(\s*(?:stem\s*=\s*)?["'](\w+)["']""")


@dataclass(frozen=True)
class Cell:
    """A cell: its kind ("code", "markdown", …), its source, and the grade_id that its metadata claims."""

    kind: str
    source: str
    grade_id: str | None = None


@dataclass(frozen=True)
class Submitted:
    """A handed-in exercise.

    ``code`` is what is to be run, in order. ``answers`` maps the id of a question to the places in ``code``
    of the cells that answer it, ``texts`` the id of a free-text task to what was written.
    """

    stem: str
    code: tuple[str, ...]
    answers: Mapping[str, tuple[int, ...]]
    texts: Mapping[str, str]


def read(content: bytes, known: Sequence[Assignment]) -> Submitted:
    """Read the bytes of a notebook's file. Unreadable when it is no notebook, or no exercise of ``known``.

    It belongs to the exercise that it holds most answers of, told by grade_id or by the name of a function
    that a cell defines; then to the one whose Checker it makes. So it survives metadata that are lost,
    copied or false. An unanswered stub beside an answer of the same question (a copied cell) is left out.
    """
    found = cells(content)
    chosen = _exercise(found, known)
    ids = {question.id for question in chosen.questions}
    spots = {number: _answered(cell, ids) for number, cell in enumerate(found)}
    written = {
        identifier
        for number, names in spots.items()
        for identifier in names
        if not _is_stub(found[number], identifier, chosen)
    }
    code, answers = [], {}
    for number, cell in enumerate(found):
        names = spots[number]
        copied = names and all(name in written and _is_stub(cell, name, chosen) for name in names)
        if cell.kind != "code" or copied:
            continue
        for name in names:
            answers[name] = (*answers.get(name, ()), len(code))
        code.append(cell.source)
    texts = {task.id: _text(found, task.id, chosen) for task in chosen.tasks}
    return Submitted(chosen.stem, tuple(code), answers, texts)


def cells(content: bytes) -> list[Cell]:
    """The cells of a notebook's file. Unreadable when it is none."""
    if content.count(b"{") + content.count(b"[") > _MOST_PARTS:
        raise Unreadable("it has far more parts than a notebook has")
    try:
        # Numbers say nothing here, and a number of a million digits takes its time.
        data = json.loads(content, parse_int=lambda text: 0, parse_float=lambda text: 0.0)
    except (ValueError, RecursionError):
        raise Unreadable("it is not a notebook: its content is not JSON") from None
    listed = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise Unreadable("it is not a notebook of format 4: it has no cells")
    if len(listed) > _MOST_CELLS:
        raise Unreadable(f"it has more than {_MOST_CELLS} cells")
    return [_cell(each) for each in listed if isinstance(each, dict)]


def _cell(data: dict) -> Cell:
    source = data.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = data.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    return Cell(
        kind=data.get("cell_type") if isinstance(data.get("cell_type"), str) else "",
        source=_characters(source) if isinstance(source, str) else "",
        grade_id=grade_id if isinstance(grade_id, str) else None,
    )


def _characters(text: str) -> str:
    """Without halves of characters, which JSON can hold and no file can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _exercise(found: Sequence[Cell], known: Sequence[Assignment]) -> Assignment:
    checkers = {name for cell in found if cell.kind == "code" for name in _CHECKER.findall(cell.source)}
    best, most = None, (0, False)
    for each in known:
        ids = set(each.ids)
        named = {cell.grade_id for cell in found} & ids
        defined = {name for cell in found for name in _answered(cell, ids)}
        score = (len(named | defined), each.stem in checkers)
        if score > most:
            best, most = each, score
    if best is None:
        raise Unreadable("it answers no question of this course")
    return best


def _answered(cell: Cell, ids: set[str]) -> list[str]:
    """The questions that a code cell answers: those whose functions it defines, else its own mark."""
    if cell.kind != "code":
        return []
    defined = set(re.findall(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", cell.source, re.MULTILINE))
    defined |= set(re.findall(r"^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", cell.source, re.MULTILINE))
    return sorted(defined & ids) or ([cell.grade_id] if cell.grade_id in ids else [])


def _is_stub(cell: Cell, identifier: str, chosen: Assignment) -> bool:
    stub = chosen.stubs.get(identifier)
    return stub is not None and cell.source.split() == stub.split()


def _text(found: Sequence[Cell], identifier: str, chosen: Assignment) -> str:
    """What was written for a free-text task; the stub itself is nothing."""
    written = [
        cell.source.strip()
        for cell in found
        if cell.grade_id == identifier and not _is_stub(cell, identifier, chosen)
    ]
    return "\n\n".join(filter(None, written))
