"""Slides that need no Python and no network: a page of nbconvert, reveal.js and MathJax beside it."""

import copy
import importlib.util
import re
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter

from utils.site.execute import execute_all
from utils.slides.deck import Prose, slides

HERE = Path(__file__).parent
ASSETS = "slides"  # the folder beside the page


def execute(lesson):
    """The notebook of a `Lesson`, run for a page without a kernel. ValueError when a cell fails."""
    with tempfile.TemporaryDirectory() as folder:
        execute_all([lesson.notebook], Path(folder))
        return nbformat.read(Path(folder) / "notebooks" / lesson.notebook.name, as_version=4)


def write(notebook, lesson, folder, dark=False):
    """Write the slides of an executed notebook into `folder`; returns the page's path."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _copy_assets(folder / ASSETS)
    path = folder / f"{lesson.stem}.html"
    path.write_text(page(notebook, lesson, dark), encoding="utf-8", newline="\n")
    return path


def page(notebook, lesson, dark=False):
    """The HTML of the slides of an executed notebook."""
    cells = [cell for slide in slides(notebook) for cell in _cells(slide)]
    metadata = {"title": f"{lesson.number} · {lesson.question}".replace("`", ""), "assets": ASSETS}
    made = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    exporter = SlidesExporter(
        template_name="relu_slides",
        extra_template_basedirs=[str(HERE / "templates")],
        theme="dark" if dark else "light",
        sanitize_html=False,
        exclude_output_prompt=True,
    )
    return exporter.from_notebook_node(made)[0]


def _cells(slide):
    """A slide as cells of a notebook for nbconvert."""
    text = [part.text for part in slide.parts if isinstance(part, Prose)]
    cells = [nbformat.v4.new_markdown_cell(without_links("\n\n".join([slide.markdown, *text]).strip()))]
    shown = False
    for part in slide.parts:
        if isinstance(part, Prose):
            continue
        cell = nbformat.v4.new_code_cell("".join(part.cell["source"]) if part.shown else "")
        cell.outputs = [copy.deepcopy(part.cell["outputs"][number]) for number in part.outputs]
        cell.metadata = nbformat.from_dict({"cell": part.cell["id"], "font": part.font if part.shown else 0})
        if shown:  # the outcome comes after a step, when the room has seen the code
            cell.metadata["slideshow"] = {"slide_type": "fragment"}
        shown = part.shown
        cells.append(cell)
    notes = [nbformat.v4.new_markdown_cell(without_links(note)) for note in slide.notes]
    for note in notes:
        note.metadata["slideshow"] = {"slide_type": "notes"}
    cells[0].metadata["slideshow"] = {"slide_type": slide.begins, "data": {"scale": str(slide.scale)}}
    return cells + notes


def without_links(markdown):
    """Links to other notebooks lead nowhere from a page that stands alone: their words stay."""
    return re.sub(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^()\s]*\.ipynb(?:#[^()\s]*)?\)", r"\1", markdown)


def _copy_assets(folder):
    folder.mkdir(exist_ok=True)
    reveal = _package("sphinx_revealjs") / "_static" / "revealjs"
    mathjax = _package("mathjax") / "static" / "mathjax" / "es5"
    for source in (
        reveal / "dist" / "reveal.css",
        reveal / "dist" / "reveal.js",
        reveal / "plugin" / "notes" / "notes.js",
        mathjax / "tex-svg-full.js",
        HERE / "room.css",
    ):
        shutil.copyfile(source, folder / source.name)


def _package(name):
    """The folder of an installed package, which is not imported: only its files are wanted."""
    return Path(importlib.util.find_spec(name).origin).parent
