"""The pages that lead to the notebooks: the first page, the list of the exercises, that of the solutions."""

import re

from utils.lessons import COURSE_MAP, LESSONS, ROOT
from utils.site.sources import markdown, pages

# Sections of the README that are for readers as well.
FROM_README = ("Twelve questions, answered", "Licences")

SITE = """\
## On this page and on your own computer

This is the course to read, with all its pictures. What has sliders can be dragged; predictions and quizzes
tell you what is right, and forget your answers when you close the page. Every number was computed when the
site was made; the times in [lesson 11](notebooks/11_cost_and_sparsity.ipynb) are those of the computer that
made it.

What a page cannot do: run code that you changed, train a network while you watch, check your exercises, and
keep your progress. For that, open the course on your own computer. You need
[Python](https://www.python.org/downloads/) 3.11 or newer, and nothing else; in the course's folder,
`python3 start.py` sets everything up at the first start and opens the first page. On Windows, write `py` for
`python3`.
"""
EXERCISES = """\
# Exercises

Each lesson has exercises, in a notebook of its own. Here you can read them; to write your answers and have
them checked, [open the course on your own computer](index.ipynb#On-this-page-and-on-your-own-computer). A
check says which mistake it recognises and gives hints in steps.
"""
SOLUTIONS = """\
# Solutions

**Try first.** A solution that you have read is soon forgotten; one that you have found stays. On your own
computer `check.hint(...)` gives you the next step without telling the end.
"""


def first_page(readme: str) -> str:
    """The Markdown of the first page, from the README's own words, the lessons and their routes."""
    title, _, rest = readme.partition("\n")
    introduction = rest.partition("\n## ")[0].strip()
    parts = [title, introduction, SITE, _lessons()]
    parts += [section(readme, heading) for heading in FROM_README]
    text = "\n\n".join(parts).replace("[LICENSE](LICENSE)", '<a href="LICENSE.txt">LICENSE</a>')
    return markdown(text) + _contents()


def section(text: str, heading: str) -> str:
    """A section of a Markdown text, with its heading. ValueError when there is none."""
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"README.md has no section {heading!r}: name another one in utils/site/pages.py.")
    return found.group(0).strip()


def _lessons():
    rows = [
        f"| {lesson.number} | [{lesson.question}](notebooks/{lesson.stem}.ipynb) | {lesson.summary} | "
        f"{lesson.minutes} | [exercises](exercises/{lesson.stem}.ipynb) |"
        for lesson in LESSONS
    ]
    lines = [
        "## The lessons",
        "",
        f"Start with the [map of the course](notebooks/{COURSE_MAP.stem}.ipynb): it shows how a lesson "
        f"works, and [routes](notebooks/{COURSE_MAP.stem}.ipynb#4.-Routes) through the lessons for an hour, "
        "for half a day and for an interest. A word that you have forgotten stands in the "
        "[glossary](notebooks/glossary.ipynb).",
        "",
        "| No. | The question | What is in it | Minutes | Then |",
        "|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines)


def _contents():
    lessons = "\n".join(f"notebooks/{stem}" for stem in pages())
    return (
        f"\n\n```{{toctree}}\n:hidden:\n:caption: Lessons\n\n{lessons}\n```\n\n"
        "```{toctree}\n:hidden:\n:caption: Practice\n\nexercises/index\nsolutions/index\n```\n"
    )


def list_page(opening: str) -> str:
    """The Markdown of the list of the exercises or of the solutions, which stand in the same folder."""
    names = "\n".join(lesson.stem for lesson in LESSONS)
    return (
        markdown(opening.replace("(index.", "(../index."))
        + f"\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"
    )


def write(folder) -> None:
    """Write these pages and what they show to the folder of the sources."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (folder / "index.md").write_text(first_page(readme), encoding="utf-8")
    for name, opening in (("exercises", EXERCISES), ("solutions", SOLUTIONS)):
        (folder / name / "index.md").write_text(list_page(opening), encoding="utf-8")
    for name in re.findall(r"!\[[^\]]*\]\(([\w./-]+)\)", readme):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    (folder / "_extra").mkdir()
    (folder / "_extra" / "LICENSE.txt").write_bytes((ROOT / "LICENSE").read_bytes())
