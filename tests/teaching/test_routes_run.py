"""Routes of sections run: the code of the chosen sections works without that of the sections left out."""

import builtins
import symtable

import nbformat
import pytest
from nbclient import NotebookClient

from utils.kit.stages import cells
from utils.lessons import ROOT
from utils.route import Part
from utils.routes import ROUTES

TIMED = {route.name: route for route in ROUTES if route.limit is not None}
PARTS = [(name, part) for name, route in TIMED.items() for part in route.parts]


def code(part: Part) -> dict[str, str]:
    """The cells that are run for a part, by their ids: the setup, those of `run`, those of its sections."""
    chosen = {"", *part.times}
    return {
        identifier: text
        for heading, identifier, text in cells(part.lesson)
        if identifier and (heading in chosen or identifier in part.run)
    }


def names(text: str) -> tuple[set[str], set[str]]:
    """The global names that a cell takes, and those that it gives."""
    top = symtable.symtable(text, "cell", "exec")
    taken, given = set(), set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                taken.add(symbol.get_name())
            if table is top and (symbol.is_assigned() or symbol.is_imported()):
                given.add(symbol.get_name())
    return taken, given


@pytest.mark.parametrize("part", [part for _, part in PARTS], ids=[f"{name}, {p.stem}" for name, p in PARTS])
def test_no_name_comes_from_a_cell_that_is_left_out(part):
    known = {*dir(builtins), "display"}
    for identifier, text in code(part).items():
        taken, given = names(text)
        known |= given
        assert taken <= known, f"{part.stem}: {identifier} needs {sorted(taken - known)}"


@pytest.mark.parametrize("part", TIMED["An hour"].parts, ids=lambda part: part.stem)
def test_the_hour_runs_with_nothing_but_its_own_cells(part, monkeypatch, tmp_path):
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text) for text in code(part).values()]
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": ROOT}}
    )
    client.execute()
    assert len(notebook.cells) > 3
    assert all(cell.execution_count for cell in notebook.cells)
