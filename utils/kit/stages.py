"""What happens within a section of a lesson: its stages (Predict, Experiment …), and when they begin."""

import json
import re
from dataclasses import dataclass
from functools import cache

from utils.lessons import Lesson
from utils.sections import Section

# Minutes for what a stage consists of, before they are scaled so that the section takes its own minutes.
_WORDS_A_MINUTE = 150
_LINE_OF_CODE = 0.12
_PICTURE = 1.0
_TASK = 2.0  # of an Explore, whether it has an explorer or asks to change a cell
_QUIZ = {"predict": 2.0, "reveal": 1.0, "ask": 1.0}


@dataclass(frozen=True)
class Stage:
    """A `### ` heading of a section ("" for what comes before the first), from which of the section's minutes
    on, and the calls of the quiz in it: ("predict", "flat_side")."""

    name: str
    start: int
    calls: tuple[tuple[str, str], ...]


@cache
def cells(lesson: Lesson) -> tuple[tuple[str, str, str], ...]:
    """The cells of a lesson's notebook: heading of the section ("" before the first one), id, source.

    A Markdown cell that holds headings is cut at them; ids of Markdown cells are "".
    """
    found, heading = [], ""
    for cell in json.loads(lesson.notebook.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            found.append((heading, cell["id"], text))
            continue
        first, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
        found.append((heading, "", first))
        for title, below in zip(rest[::2], rest[1::2], strict=True):
            heading = title.strip()
            found.append((heading, "", below))
    return tuple(found)


def stages(section: Section) -> tuple[Stage, ...]:
    """The stages of a section in order."""
    names, weights, calls = [""], [0.0], [[]]
    for heading, identifier, text in cells(section.lesson):
        if heading != section.heading:
            continue
        if identifier:
            found = re.findall(r'quiz\.(predict|reveal|ask)\("(\w+)"\)', text)
            calls[-1] += found
            weights[-1] += _LINE_OF_CODE * len(text.splitlines()) + sum(_QUIZ[kind] for kind, _ in found)
            weights[-1] += _PICTURE * text.count("show(")
            continue
        first, *rest = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
        weights[-1] += len(first.split()) / _WORDS_A_MINUTE
        for title, below in zip(rest[::2], rest[1::2], strict=True):
            names.append(title.strip())
            weights.append(len(below.split()) / _WORDS_A_MINUTE)
            if title.strip() == "Explore":
                weights[-1] += _TASK * len(re.findall(r"^\d+\. ", below, flags=re.MULTILINE))
            calls.append([])
    total = sum(weights) or 1.0
    before = [section.minutes * sum(weights[:i]) / total for i in range(len(weights))]
    starts = [min(round(each), section.minutes - 1) for each in before]  # each begins within the section
    found = zip(names, starts, calls, weights, strict=True)
    return tuple(Stage(name, start, tuple(made)) for name, start, made, weight in found if name or weight)


def calls(section: Section, kind: str) -> tuple[tuple[int, str], ...]:
    """The section's predictions ("predict") or questions ("ask") in order: start of the stage, id."""
    return tuple(
        (stage.start, name) for stage in stages(section) for made, name in stage.calls if made == kind
    )
