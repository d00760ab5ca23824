"""The link of instructor/hub/README.md: nbgitpuller brings what is new and keeps what is the learner's."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import nbformat

README = Path(__file__).resolve().parents[2] / "instructor/hub/README.md"
TEMPLATE = re.search(r"^https://\S+/git-pull\?\S+$", README.read_text("utf-8"), flags=re.MULTILINE)[0]
EXERCISE, LESSON = "exercises/01_the_rectifier.ipynb", "notebooks/02_why_bend.ipynb"


def link(hub, notebook):
    """The README's link with this hub, this repository and this notebook in the places of the examples."""
    parts = urlsplit(TEMPLATE)
    example = parse_qs(parts.query)
    path = example["urlpath"][0].replace("notebooks/00_course_map.ipynb", notebook)
    query = TEMPLATE.split("?")[1].replace(
        quote(example["repo"][0], safe=""), quote(hub.repository.address, safe="")
    )
    query = query.replace(quote(example["urlpath"][0], safe=""), quote(path, safe=""))
    return f"{hub.address}{parts.path}?{query}"


def edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def answer(notebook, code):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and "def relu(" in cell.source)
    cell.source = code


def test_a_second_pull_brings_news_and_keeps_work_and_progress(users, hub):
    user, upstream = users["first"], hub.repository.work
    theirs = "def relu(x):\n    return np.maximum(0.0, x)  # mine"
    edit(user.course / EXERCISE, lambda notebook: answer(notebook, theirs))
    user.execute("from utils import progress; progress.record('quiz', 'a-test', status='right')")
    progress = user.home / ".local/share/relu-course/progress.jsonl"
    before = progress.read_bytes()

    edit(upstream / EXERCISE, lambda notebook: answer(notebook, "def relu(x):\n    raise SystemExit  # new"))
    edit(upstream / LESSON, lambda notebook: notebook.cells.append(nbformat.v4.new_markdown_cell("News.")))
    (upstream / "utils/news.py").write_text('NEWS = "from the second version"\n', "utf-8")
    hub.repository.publish("news")

    user.page.goto(link(hub, LESSON))
    user.land(f"relu-course/{LESSON}")
    assert nbformat.read(user.course / LESSON, as_version=4).cells[-1].source == "News."
    # The lesson and what it imports are of one version.
    assert user.execute("import utils.news; print(utils.news.NEWS)") == "from the second version"
    kept = nbformat.read(user.course / EXERCISE, as_version=4)
    assert theirs in [cell.source for cell in kept.cells]
    assert progress.read_bytes() == before
    assert b"a-test" in before and json.loads(before.splitlines()[-1])["kind"] == "quiz"
