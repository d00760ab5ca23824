"""Markdown pages of the kit, read as GitHub's readers see them."""

import html
import json
import re
from pathlib import Path

import mistune

from utils.kit.markdown import slug
from utils.lessons import ROOT, anchors
from utils.notes import marked

_RENDER = mistune.create_markdown(plugins=["table", "strikethrough"])


def shown(markdown: str) -> str:
    """The text that a reader sees, without its formatting, blanks made one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", _RENDER(markdown))).split())


def as_shown(text: str) -> str:
    """The text of a question as the notebook shows it, without its formatting."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", marked(text))).split())


def headings(markdown: str) -> list[str]:
    return re.findall(r"^#{1,6} (.+)$", markdown, flags=re.MULTILINE)


def broken_links(page: Path, markdown: str, made: dict[Path, str]) -> list[str]:
    """The links of a page that lead to no file or to no heading; `made` holds pages by their path."""
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", markdown) if not _leads(page, link, made)]


def _leads(page: Path, link: str, made: dict[Path, str]) -> bool:
    if link.startswith("https://"):
        return True
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    text = made.get(target)
    if text is None and not target.exists():
        return False
    if not anchor:
        return True
    if target.suffix == ".ipynb":
        return anchor.replace("%28", "(").replace("%29", ")") in _notebook_anchors(target)
    return anchor in [slug(title) for title in headings(text or target.read_text(encoding="utf-8"))]


def _notebook_anchors(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [anchor for text in prose for anchor in anchors(text)]


INSTRUCTOR = ROOT / "instructor"
