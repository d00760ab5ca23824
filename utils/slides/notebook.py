"""The slides of a lesson as a notebook for jupyterlab-deck, and the style rules of its cells."""

import re

import nbformat

from utils.slides import style
from utils.slides.deck import Prose, passing, slides

# A click into an output makes its cell the active one, and jupyterlab-deck would go back to the cell's first
# view. So while slides are shown, JupyterLab does not hear of it; the output does what the click asks for.
STAY = """<script>
if (!window.reluStays) {
  window.reluStays = true;
  const stay = (event) => {
    const inside = event.target.closest?.(".jp-Deck .jp-deck-mod-visible .jp-OutputArea");
    // What has no focus of its own gives it to the cell.
    const cell = event.type === "focusin" && event.target.matches?.(".jp-Deck .jp-Cell:not(.jp-mod-active)");
    if ((inside || cell) && document.body.dataset.jpDeckMode === "presenting") event.stopPropagation();
  };
  for (const kind of ["mousedown", "focusin"]) document.addEventListener(kind, stay, true);
}
</script>"""


def make(executed):
    """The deck of an executed notebook (an nbformat notebook) and its style rules: (notebook, CSS).

    Cells of prose are pages; code cells are the lesson's own, whole and in order, and come one after another
    below a page: jupyterlab-deck stops at every cell, and each stop should show something new. A code cell
    whose outputs come later than its source, or on several slides, is followed by empty steps, at which the
    style rules show the next of its faces. Cells that are not shown stay as cells to be skipped. There are no
    subslides: jupyterlab-deck 0.2 passes over all but the last of a column.
    """
    cells, rules, left = [], [], [cell for cell in executed.cells if cell.cell_type == "code"]
    faces, kept = {}, {}
    for cell in left:
        cell.outputs = [output for output in cell.outputs if not passing(output)]
        kept[cell.id] = len(cell.outputs)

    def skipped(until):
        """The code cells before `until` that no slide shows."""
        while left and left[0].id != until:
            cell = left.pop(0)
            cell.metadata = nbformat.from_dict({"slideshow": {"slide_type": "skip"}})
            cells.append(cell)

    together = []  # the cells of the slide as jupyterlab-deck sees it: with the steps of its last cell
    for slide in slides(executed):
        begins = True
        text = [part.text for part in slide.parts if isinstance(part, Prose)]
        shown = [part for part in slide.parts if not isinstance(part, Prose)]
        if text or not shown:
            page = _page("\n\n".join([slide.markdown, *text]).strip(), f"slide-{len(cells)}")
            cells.append(page)
            together = [page.id]
            rules.append(style.cell(page.id, scale=slide.scale))
            begins = False
        for part in shown:
            identifier = part.cell["id"]
            if identifier in faces:
                below = part is not shown[0] and faces[identifier][-1] == (
                    True,
                    [],
                )  # its source is shown here
                faces[identifier].append((below, part.outputs))
                step = _step(f"{identifier}-step-{len(faces[identifier])}")
                cells.append(step)
                if begins and together != [identifier]:  # on a slide of its own
                    rules.append(style.alone(identifier, step.id, together, _plain(slide.markdown)))
                begins = False
                continue
            skipped(identifier)
            cell = left.pop(0)
            cell.metadata = nbformat.from_dict(
                {"slideshow": {"slide_type": "slide" if begins else "fragment"}}
            )
            cells.append(cell)
            together = [identifier] if begins else [*together, identifier]
            faces[identifier] = [(part.shown, part.outputs)]
            title = "" if text or part is not shown[0] else _plain(slide.markdown)
            font = part.font if part.shown else None
            rules.append(style.cell(identifier, font=font, scale=slide.scale, title=title))
            begins = False
    skipped(None)
    cells.append(_script())
    rules += [style.steps(identifier, each, kept[identifier]) for identifier, each in faces.items()]
    deck = nbformat.v4.new_notebook(cells=cells, metadata=executed.metadata)
    return deck, "".join(rules)


def _page(text, identifier):
    page = nbformat.v4.new_markdown_cell(with_links(text))
    page.id = identifier
    page.metadata["slideshow"] = {"slide_type": "slide"}
    return page


def _script():
    """A cell that is not shown, and whose output is the page's own script."""
    output = nbformat.v4.new_output("display_data", {"text/html": STAY})
    metadata = {"slideshow": {"slide_type": "skip"}}
    return nbformat.v4.new_code_cell("", id="stay", outputs=[output], metadata=metadata)


def _step(identifier):
    step = nbformat.v4.new_markdown_cell("<!-- the next view of the cell above -->")
    step.id = identifier
    step.metadata.update({"slideshow": {"slide_type": "fragment"}, "tags": ["relu-step"]})
    return step


def _plain(markdown):
    """A heading without its marks, as a string of CSS."""
    text = re.sub(r"<[^>]+>|^#+ |[`*$]", "", markdown.replace("<small>", "· "))
    return text.replace("\\", "\\\\").replace('"', '\\"')


def with_links(markdown):
    """Links of a lesson, for a notebook in the folder `present` beside that of the lessons."""
    return re.sub(r"\]\((?!\.\.|[a-z]+:|#)([^()\s]+\.ipynb)", r"](../notebooks/\1", markdown)
