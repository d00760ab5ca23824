"""The sections of a lesson: what stands under each of its `## ` headings, and the minutes it takes.

A notebook's metadata gives the minutes of each section; routes, teaching notes, slides and the site are made
from this, so that they change with the lesson.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from utils.lessons import Lesson, anchor, lesson


@dataclass(frozen=True)
class Section:
    """One section: its heading, its minutes, its Markdown below the heading, its code cells."""

    lesson: Lesson
    heading: str
    minutes: int
    prose: str
    code: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The heading's anchor in JupyterLab."""
        return anchor(self.heading)


def section_minutes(stem: str) -> dict[str, int]:
    """The minutes of each section by its heading, from the notebook's metadata alone.

    So it holds as well for a learner's own copy, into which further headings may have been written.
    """
    return _minutes(lesson(stem).notebook)


@cache
def _minutes(notebook: Path) -> dict[str, int]:
    return json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["relu_course"]["sections"]


@cache
def sections(stem: str) -> tuple[Section, ...]:
    """The sections of a lesson in order. What comes before the first heading belongs to the first section.

    ValueError when the notebook's metadata names other headings than its cells have.
    """
    which = lesson(stem)
    notebook = json.loads(which.notebook.read_text(encoding="utf-8"))
    minutes = section_minutes(stem)
    headings, prose, code = [], [[]], [[]]
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            code[-1].append(text)
            continue
        first, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
        prose[-1].append(first)
        for heading, below in zip(rest[::2], rest[1::2], strict=True):
            headings.append(heading.strip())
            prose.append([below])
            code.append([])
    if headings != list(minutes):
        raise ValueError(
            f"{which.notebook.name} has the headings {headings}, and its metadata gives minutes for "
            f"{list(minutes)}: they must be the same, in the same order."
        )
    prose[1:2] = [prose[0] + prose[1]]
    code[1:2] = [code[0] + code[1]]
    return tuple(
        Section(which, heading, minutes[heading], "\n\n".join(prose[i]).strip(), tuple(code[i]))
        for i, heading in enumerate(headings, 1)
    )


def section(stem: str, heading: str) -> Section:
    """The section of a lesson with this heading. ValueError names the headings there are."""
    found = {each.heading: each for each in sections(stem)}
    if heading not in found:
        raise ValueError(f"{stem} has no section {heading!r}; there are {list(found)}")
    return found[heading]
