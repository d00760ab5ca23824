"""The static site: its links, anchors and pictures, and that it is made of the notebooks alone."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import psutil
import pytest

from utils.lessons import LESSONS, ROOT, anchors
from utils.site import sources
from utils.site.build import MARK, build
from utils.site.execute import execute_all

# What converters write where a picture has no alt text.
PLACEHOLDERS = ("", "no description has been provided for this image", "image", "png", "output")
LESSON = "notebooks/01_the_rectifier.html"
KINDS = ("notebooks", "exercises", "solutions")


class Page(HTMLParser):
    """What a page has: ids, links, what it loads, pictures."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.images, self.relations = set(), [], [], [], {}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "link" and found.get("rel") in ("prev", "next"):
            self.relations[found["rel"]] = found["href"]
        if tag in ("script", "img", "link", "source", "iframe"):
            self.loads += [found[name] for name in ("src", "href") if name in found]
        if "data-src" in found:
            self.loads.append(found["data-src"])
        if tag == "img":
            self.images.append(found)


@pytest.fixture(scope="session")
def parsed(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}


def test_every_notebook_has_its_page(site):
    for folder in KINDS:
        there = {path.stem for path in (site / folder).glob("*.html")} - {"index"}
        assert there == {path.stem for path in (ROOT / folder).glob("*.ipynb")}


def test_every_link_leads_to_a_page_and_a_place_on_it(parsed):
    broken = []
    for path, page in parsed.items():
        for link in page.links + list(page.relations.values()):
            parts = urlsplit(link)
            if parts.scheme:
                if parts.scheme not in ("https", "mailto") or not (parts.netloc or parts.path):
                    broken.append((path.name, link))
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                broken.append((path.name, link))
            elif target in parsed and parts.fragment and unquote(parts.fragment) not in parsed[target].ids:
                broken.append((path.name, link))
    assert broken == []


def test_nothing_is_loaded_from_elsewhere_or_missing(parsed):
    missing = [
        (path.name, address)
        for path, page in parsed.items()
        for address in page.loads
        if address != "#"  # the page itself, said of it in its own head
        and (urlsplit(address).scheme or not (path.parent / urlsplit(address).path).resolve().is_file())
    ]
    assert missing == []


def test_every_picture_has_an_alt_text_of_its_own(parsed):
    images = [(path.name, image) for path, page in parsed.items() for image in page.images]
    assert len(images) > 150
    poor = [
        (name, image.get("src"))
        for name, image in images
        if " ".join((image.get("alt") or "").lower().split()).rstrip(".") in PLACEHOLDERS
        or re.fullmatch(r"[\w./-]+\.(png|svg)", image["alt"])
    ]
    assert poor == []


@pytest.mark.parametrize("folder", ["notebooks", "exercises"])
def test_every_heading_has_the_anchor_that_jupyterlab_gives_it(folder, site, parsed):
    for path in sorted((ROOT / folder).glob("*.ipynb")):
        page = parsed[site / folder / f"{path.stem}.html"]
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                assert set(anchors(cell.source)) <= page.ids, path


def test_previous_and_next_stay_among_pages_of_one_kind(site, parsed):
    for path, page in parsed.items():
        if path.parent == site:
            continue
        for target in page.relations.values():
            assert (path.parent / target).resolve().parent == path.parent, path
        html = path.read_text(encoding="utf-8")
        footer = html.partition('class="prev-next-area"')[2].partition("</div>\n</div>")[0]
        assert "solutions/" not in footer


def test_nobody_comes_upon_a_solution_by_chance(site, parsed):
    for lesson in LESSONS:
        path = site / "solutions" / f"{lesson.stem}.html"
        assert '<meta name="robots" content="noindex">' in path.read_text(encoding="utf-8")
        for folder in ("notebooks", "exercises"):
            page = (site / folder / f"{lesson.stem}.html").read_text(encoding="utf-8")
            assert f"solutions/{lesson.stem}" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL)
    solution = (site / "solutions" / "01_the_rectifier.html").read_text(encoding="utf-8")
    assert "SOLUTION" not in solution and "Right" in solution and "NotImplementedError" not in solution
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    titles = re.search(r'"?docnames"?:\s*\[(.*?)\]', index).group(1).replace('"', "").split(",")
    hidden = {number for number, name in enumerate(titles) if name.startswith("solutions/0")}
    terms = re.search(r'[,{]"?terms"?:\{(.*?)\}', index).group(1)
    found = {
        int(number) for list_ in re.findall(r":\[?([\d,]+)", terms) for number in list_.split(",") if number
    }
    assert hidden and not hidden & found


def test_no_trace_of_the_machine_or_the_day(site):
    traces = (str(ROOT), os.path.expanduser("~") + "/.", "/tmp/", "Traceback (most recent call last)")
    for path in [*site.rglob("*.html"), site / "searchindex.js"]:
        text = path.read_text(encoding="utf-8")
        assert not [trace for trace in traces if trace in text], path
        assert "it/s]" not in text and "epoch/s]" not in text, path


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_notebooks_give_the_same_bytes_and_a_changed_one_changes_its_page(site, executed, tmp_path):
    changed = tmp_path / "executed"
    shutil.copytree(executed, changed)
    path = changed / "notebooks" / "05_folding.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source += "\nseen_in_the_page = 'Zwiebelfisch'"
    nbformat.write(notebook, path)
    out = tmp_path / "site"
    build(changed, out)
    before, after = digests(site), digests(out)
    differing = {name for name in before | after if before.get(name) != after.get(name)}
    assert differing == {"notebooks/05_folding.html", "searchindex.js"}
    assert "Zwiebelfisch" in (out / "notebooks" / "05_folding.html").read_text(encoding="utf-8")


def test_the_same_lesson_gives_the_same_outputs(executed, tmp_path):
    path = ROOT / "notebooks" / "00_course_map.ipynb"
    execute_all([path], tmp_path)
    name = "notebooks/00_course_map.ipynb"
    assert (tmp_path / name).read_bytes() == (executed / name).read_bytes()


def test_a_cell_that_fails_is_named_and_nothing_is_written(tmp_path):
    cells = [nbformat.v4.new_code_cell("1 + 1", id="fine"), nbformat.v4.new_code_cell("1 / 0", id="bad")]
    path = tmp_path / "notebooks" / "15_broken.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    with pytest.raises(ValueError, match=r"notebooks/15_broken.ipynb fails in cell 'bad': ZeroDivisionError"):
        execute_all([path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to another process alone")
def test_ctrl_c_ends_the_kernels_with_one_word(tmp_path):
    command = [sys.executable, "-m", "utils", "site", "--out", str(tmp_path / "site")]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen(command, cwd=ROOT, **options) as process:
        assert process.stdout.readline().startswith("executed notebooks/")
        kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "Stopped.\n")
    assert kernels and not psutil.wait_procs(kernels, timeout=5)[1] and os.listdir(tmp_path) == []


def test_an_older_site_stays_when_the_new_one_fails_and_other_folders_are_never_touched(tmp_path, executed):
    out = tmp_path / "site"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="holds something else than a site of this course"):
        build(executed, out)
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
    (out / MARK).touch()
    with pytest.raises(FileNotFoundError):
        build(tmp_path / "nothing", out)
    assert (out / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_links_in_markdown_become_links_to_pages_but_not_in_code():
    text = "## Is `max(0, x)` enough?\n[a `b` c](x.ipynb#A-(b)) `[d](y.ipynb)` [e](#F) [g](https://h.i/)"
    page = sources.markdown(text)
    assert '<div id="Is-max(0,-x)-enough?"></div>' in page
    assert '<a href="x.html#A-(b)">a `b` c</a> `[d](y.ipynb)` <a href="#F">e</a> [g](https://h.i/)' in page
