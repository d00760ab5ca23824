"""Small pieces of Markdown, right on GitHub."""

import re

from utils.sections import Section


def plain(text: str) -> str:
    """Plain text, in which backticks mark code, as Markdown that shows it letter by letter."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(
        each if each.startswith("`") else re.sub(r"([\\*_<\[$~])", r"\\\1", each) for each in pieces
    )


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
