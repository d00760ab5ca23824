"""The course's notebook files, read for the tests."""

import json
from pathlib import Path

from utils.lessons import ROOT

FOLDERS = ("notebooks", "exercises", "solutions")
FILES = {
    f"{folder}/{path.name}": path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.ipynb"))
}


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: dict) -> str:
    return "".join(cell["source"])


def cells(path: Path, kind: str) -> list[dict]:
    """The cells of one kind, "code" or "markdown"."""
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == kind]
