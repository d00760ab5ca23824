"""All pages of the kit: what they should hold, and how they differ from what lies on the disk."""

from pathlib import Path

from utils.kit import lesson_page, route_page
from utils.lessons import LESSONS
from utils.timed_routes import TIMED

FOLDERS = ("lessons", "routes")


def pages() -> dict[str, str]:
    """The pages that the folder instructor/ should hold: path below it, and text.

    ValueError, in a sentence, when notes or routes name what is not there.
    """
    made = {f"lessons/{each.stem}.md": lesson_page.page(each.stem) for each in LESSONS}
    return made | {f"routes/{route.file_name}": route_page.page(route) for route in TIMED}


def drift(folder: Path) -> list[str]:
    """One sentence for each page below `folder` that is missing, differs, or belongs to nothing."""
    made, found = pages(), []
    for name, text in made.items():
        if not (folder / name).exists():
            found.append(f"instructor/{name} is missing.")
        elif (folder / name).read_bytes() != text.encode("utf-8"):
            found.append(f"instructor/{name} is not what the lessons and the notes make.")
    return found + [f"instructor/{name} belongs to no lesson and no route." for name in _stale(folder, made)]


def write(folder: Path) -> list[str]:
    """Write the pages that differ, remove those that belong to nothing, and return the names of both."""
    made = pages()
    stale = _stale(folder, made)
    changed = [
        name
        for name, text in made.items()
        if not (folder / name).exists() or (folder / name).read_bytes() != text.encode("utf-8")
    ]
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in changed:
        (folder / name).write_bytes(made[name].encode("utf-8"))
    for name in stale:
        (folder / name).unlink()
    return changed + stale


def _stale(folder: Path, made: dict[str, str]) -> list[str]:
    there = [path for name in FOLDERS for path in sorted((folder / name).glob("*.md"))]
    return [name for path in there if (name := path.relative_to(folder).as_posix()) not in made]
