"""Small pieces of Markdown, right on GitHub."""

import re

from utils.notes import EMPHASIS
from utils.sections import Section


def plain(text: str) -> str:
    """Text of the questions as Markdown: backticks are code, asterisks emphasis, all else as it stands."""
    pieces = re.split(r"(`[^`]+`)", text)
    pieces[::2] = [_escaped(each) for each in pieces[::2]]
    return "".join(pieces)


def _escaped(text: str) -> str:
    pieces = EMPHASIS.split(text)
    pieces = [re.sub(r"([\\*_<\[$~])", r"\\\1", each) for each in pieces]
    pieces[1::2] = [f"*{each}*" for each in pieces[1::2]]
    return "".join(pieces)


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading of a Markdown page."""
    kept = "".join(each for each in heading.lower() if each.isalnum() or each in " -_")
    return kept.replace(" ", "-")


def in_notebook(section: Section, text: str) -> str:
    """A link to the section in its notebook, from a page in a folder of instructor/."""
    anchor = section.anchor.replace("(", "%28").replace(")", "%29")
    return f"[{text}](../../notebooks/{section.lesson.stem}.ipynb#{anchor})"


def from_notebook(markdown: str) -> str:
    """Markdown of a notebook for a page in a folder of instructor/: its links lead to the same places."""
    moved = markdown.replace("](../", "](../../")
    return re.sub(r"\]\((?=[\w-]+\.ipynb)", "](../../notebooks/", moved)


def minutes(number: int) -> str:
    return f"{number} minute" + ("" if number == 1 else "s")


def listed(names: list[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
