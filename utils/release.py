"""Makes the exercises from the solutions: the same notebooks, with every solution replaced by a stub.

Cells become what nbgrader's ClearSolutions makes of them, so that the same source works in nbgrader. The
result depends on the source alone, byte for byte, so that a drift between the two folders can be found.
"""

import json
import re
from pathlib import Path

STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
TEXT_STUB = ("YOUR ANSWER HERE",)
SOLUTION_ONLY = "solution-only"


def clear(source: str, stub: tuple[str, ...] = STUB) -> str:
    """A cell with each region from BEGIN SOLUTION to END SOLUTION replaced by the stub.

    ValueError when a region is nested, not closed or not opened.
    """
    lines, inside = [], False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            if inside:
                raise ValueError("a BEGIN SOLUTION stands inside another one")
            inside = True
            indent = re.match(r"\s*", line).group()
            lines += [indent + text for text in stub]
        elif "END SOLUTION" in line:
            if not inside:
                raise ValueError("an END SOLUTION has no BEGIN SOLUTION")
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise ValueError("a BEGIN SOLUTION has no END SOLUTION")
    return "\n".join(lines)


def exercise(solution: bytes) -> bytes:
    """The exercise notebook for a solution notebook, both as the bytes of their files.

    Cells tagged "solution-only" are left out; outputs, execution counts and version stamps are removed. A
    cell that nbgrader knows as a solution but that has no region is replaced by the stub as a whole.
    """
    notebook = json.loads(solution.decode("utf-8"))
    cells = [
        _cell(cell) for cell in notebook["cells"] if SOLUTION_ONLY not in cell["metadata"].get("tags", [])
    ]
    metadata = {key: value for key, value in notebook["metadata"].items() if key != "language_info"}
    metadata["language_info"] = {"name": "python"}
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def _cell(cell: dict) -> dict:
    made = {key: cell[key] for key in ("cell_type", "id", "metadata")}
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    stub = STUB if cell["cell_type"] == "code" else TEXT_STUB
    if cell["cell_type"] == "code":
        made |= {"execution_count": None, "outputs": []}
    cleared = clear(source, stub)
    is_solution = cell["metadata"].get("nbgrader", {}).get("solution", False)
    source = "\n".join(stub) if is_solution and cleared == source else cleared
    made["source"] = source.splitlines(keepends=True)
    return made


def exercises(root: Path) -> dict[Path, bytes]:
    """What the exercises folder should hold: path to bytes. ValueError names a wrong solution."""
    made = {}
    for source in sorted((root / "solutions").glob("*.ipynb")):
        try:
            made[root / "exercises" / source.name] = exercise(source.read_bytes())
        except (ValueError, KeyError) as error:
            raise ValueError(f"solutions/{source.name} cannot be released: {error}") from error
    return made


def drift(root: Path) -> list[str]:
    """One sentence for each exercise that is missing, differs from its solution, or has none."""
    made = exercises(root)
    found = []
    for path, content in made.items():
        if not path.exists():
            found.append(f"exercises/{path.name} is missing.")
        elif path.read_bytes() != content:
            found.append(f"exercises/{path.name} is not what solutions/{path.name} makes.")
    stale = sorted(set((root / "exercises").glob("*.ipynb")) - set(made))
    return found + [f"exercises/{path.name} has no solution to be made from." for path in stale]


def write(root: Path) -> list[Path]:
    """Write the exercises that differ, remove those without a solution, and return the paths touched."""
    made = exercises(root)
    (root / "exercises").mkdir(exist_ok=True)
    touched = []
    for path, content in made.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            touched.append(path)
    for path in sorted(set((root / "exercises").glob("*.ipynb")) - set(made)):
        path.unlink()
        touched.append(path)
    return touched
