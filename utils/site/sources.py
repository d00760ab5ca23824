"""The pages of the site as Sphinx reads them: the course's notebooks, and the pages that lead to them.

Notebooks keep their folders and names, so `../exercises/03_derivatives.ipynb#heading` becomes
`../exercises/03_derivatives.html#heading`. JupyterLab's anchors keep case and punctuation, Sphinx makes
others: every heading gets both.
"""

import html
import re
from pathlib import Path

import nbformat

from utils.lessons import COURSE_MAP, GLOSSARY, LESSONS, ROOT, Lesson, anchors
from utils.site.outputs import Store, lighten

LOCAL = "python3 start.py"
# A link in Markdown to a notebook, with or without a heading, or to a heading of the same page.
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])+)\]\(((?:[\w./-]+\.ipynb)?(?:#[^\s()]+(?:\([^\s()]*\))?)?)\)")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_OUTPUT_LINK = re.compile(r'href="([\w./-]+)\.ipynb((?:#[^"]*)?)"')
_MARKER = re.compile(r"^\s*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)

_HOW = (
    f"open the course on your own computer: `{LOCAL}` "
    "([how](../index.ipynb#On-this-page-and-on-your-own-computer))."
)
LESSON = (
    "*On this page everything has run already: where it says “run”, look below the code. "
    f"To run it yourself, {_HOW}*"
)
EXERCISE = f"*Nothing runs on this page. To write your answers and have them checked, {_HOW}*"
SOLUTION = "*One right answer to each question of [exercise {number}](../exercises/{stem}.ipynb).*"


def write(executed: Path, folder: Path, course: Path = ROOT) -> None:
    """Write all sources to `folder`: from the `executed` notebooks, and from the exercises of `course`."""
    folder.mkdir(parents=True)
    store = Store(folder / "_static", "../_static")
    for path in sorted((executed / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if path.stem != GLOSSARY.stem:
            _say_under_title(notebook, LESSON)
        _write(folder / "notebooks" / path.name, notebook, store)
    for lesson in LESSONS:
        name = lesson.exercise.name
        notebook = nbformat.read(course / "exercises" / name, as_version=4)
        _say_under_title(notebook, EXERCISE)
        _write(folder / "exercises" / name, notebook, store)
        notebook = nbformat.read(executed / "solutions" / name, as_version=4)
        _write(folder / "solutions" / name, _solution(notebook, lesson), store)


def _write(path, notebook, store):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = markdown(cell.source)
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                page = lighten(output.data["text/html"], store)
                output.data["text/html"] = _OUTPUT_LINK.sub(r'href="\1.html\2"', page)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def markdown(text: str) -> str:
    """A cell's Markdown with links that lead to pages, and JupyterLab's anchor at each heading."""
    lines = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        heading = not fenced and re.match(r"(#{1,6})\s", line)
        if heading:
            mark = "".join(f'<div id="{html.escape(anchor)}"></div>' for anchor in anchors(line))
            # Sphinx takes a page's title from its first element.
            line = f"{line}\n\n{mark}\n" if heading.group(1) == "#" else f"\n{mark}\n\n{line}"
        lines.append(line)
    parts = _CODE.split("\n".join(lines))
    return "".join(
        part if number % 2 else _LINK.sub(_link, part) for number, part in enumerate(_shield(parts))
    )


def _shield(parts):
    """The parts of a text, code at the odd places; code inside the text of a link stays with its link."""
    shielded = [""]
    for number, part in enumerate(parts):
        inline = number % 2 and not part.startswith("```")
        before = shielded[-1]
        if inline and before.rfind("[") > before.rfind("]"):
            shielded[-1] += part
        elif len(shielded) % 2 and number % 2 == 0:
            shielded[-1] += part
        elif number % 2:
            shielded += [part, ""]
    return shielded


def _link(found):
    text, target = found.groups()
    if not target:
        return found.group(0)
    return f'<a href="{html.escape(target.replace(".ipynb", ".html", 1))}">{text}</a>'


def _say_under_title(notebook, sentence):
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{sentence}\n{rest}"


def _solution(notebook, lesson: Lesson):
    first = notebook.cells[0]
    title = first.source.partition("\n")[0].replace("# Exercise", "# Solutions", 1)
    first.source = f"{title}\n\n{SOLUTION.format(number=lesson.number, stem=lesson.stem)}"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _MARKER.sub("", cell.source)
    return notebook


def pages() -> tuple[str, ...]:
    """The names of the lessons' pages in their order, the map first and the glossary last."""
    return (COURSE_MAP.stem, *(lesson.stem for lesson in LESSONS if lesson.written), "glossary")
