"""Builds the site from executed notebooks with Sphinx, MyST-NB and the theme of Jupyter's books."""

import io
import logging
import re
import shutil
import tempfile
from pathlib import Path

import mathjax
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from utils.places import check_place
from utils.site import outputs, pages, sources

TITLE = "ReLU, one function in depth"
MARK = ".relu-course-site"  # what may be replaced by the next build
_MATHJAX = Path(mathjax.__file__).parent / "static" / "mathjax" / "es5"
# What Sphinx leaves beside the pages and no reader needs.
_LEFTOVERS = (".buildinfo", "objects.inv")
_MENDED = (
    ('(<div id="pst-primary-sidebar") ', r'\1 role="region" aria-label="The course" '),
    ('<summary>(<span class="toctree-toggle")', r'<summary aria-label="Show or hide the pages">\1'),
    # The corner of a table with names at its left heads nothing.
    (r'<th class="head">\s*(?:<p>\s*</p>)?\s*</th>', "<td></td>"),
)

SETTINGS = {
    "project": TITLE,
    "author": "the authors of the course",
    "language": "en",
    "extensions": ["myst_nb", "utils.site.extension"],
    "source_suffix": {".md": "myst-nb", ".ipynb": "myst-nb"},
    "myst_enable_extensions": ["dollarmath", "amsmath"],
    "nb_execution_mode": "off",
    "html_context": {"default_mode": "auto"},
    "html_theme": "sphinx_book_theme",
    "html_title": TITLE,
    "html_theme_options": {
        "home_page_in_toc": False,
        "navbar_persistent": [],  # the search field stands in the sidebar
        "navigation_with_keys": False,
        "pygments_dark_style": "a11y-high-contrast-dark",
        "pygments_light_style": "a11y-high-contrast-light",
        "show_navbar_depth": 1,
        "show_toc_level": 1,
        "use_download_button": False,
        "use_fullscreen_button": False,
    },
    "html_static_path": ["_static"],
    "html_extra_path": ["_extra"],
    "html_copy_source": False,
    "html_use_index": False,
    "html_show_sourcelink": False,
    "html_show_sphinx": False,
    "html_show_copyright": False,
    "html_last_updated_fmt": None,
    "mathjax_path": "mathjax/tex-chtml.js",
    # Without the menu no formula is a stop of the Tab key.
    "mathjax3_config": {"options": {"enableMenu": False}},
}


def build(executed: Path, out: Path) -> None:
    """Make the site of the notebooks in `executed` in the folder `out`, in place of an older one.

    The same notebooks give the same bytes. The older site stays until the new one is whole. ValueError when
    `out` is a folder with something else, or when Sphinx finds something wrong.
    """
    out = out.resolve()
    refuse(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "sources"
        sources.write(executed, folder)
        pages.write(folder)
        _write_static(folder / "_static")
        made = Path(scratch) / "site"
        _run_sphinx(folder, made, Path(scratch) / "doctrees")
        for name in _LEFTOVERS:
            (made / name).unlink(missing_ok=True)
        (made / "_sources").rmdir()
        for path in made.rglob("*.html"):
            _mend(path)
        (made / ".nojekyll").touch()  # else GitHub Pages leaves folders out that begin with _
        (made / MARK).touch()
        _put(made, out)


def refuse(out: Path) -> None:
    """ValueError when `out` holds something that is no site of this course, or cannot be made."""
    check_place(out)
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        raise ValueError(
            f"{out} holds something else than a site of this course: name another folder with --out."
        )


def _write_static(folder):
    folder.mkdir(exist_ok=True)
    sheet = Path(__file__).with_name("course.css").read_text(encoding="utf-8")
    (folder / "course.css").write_text(outputs.SHEET + "\n" + sheet, encoding="utf-8")
    script = Path(__file__).with_name("course.js").read_text(encoding="utf-8")
    (folder / "course.js").write_text(outputs.SCRIPT + script, encoding="utf-8")
    fonts = "output/chtml/fonts/woff-v2"
    shutil.copytree(_MATHJAX / fonts, folder / "mathjax" / fonts)
    shutil.copy(_MATHJAX / "tex-chtml.js", folder / "mathjax")


def _run_sphinx(folder, made, doctrees):
    said = io.StringIO()
    try:
        with docutils_namespace():  # else a second site of the same process finds everything there already
            app = Sphinx(
                folder,
                None,
                made,
                doctrees,
                "html",
                SETTINGS,
                status=None,
                warning=said,
                freshenv=True,
                verbosity=0,
            )
            app.build()
    except SphinxError as error:
        raise ValueError(f"Sphinx could not build the site: {error}") from error
    finally:
        # Sphinx would go on to listen to its own messages.
        logging.getLogger("sphinx").handlers.clear()
    if said.getvalue().strip():
        lines = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue()).replace(f"{folder}/", "").strip()
        raise ValueError(f"Sphinx is not content with the pages, so no site was made:\n{lines}")


def _mend(path):
    """What builder and theme leave out for those who hear a page: names, landmarks, heads of tables."""
    page = path.read_text(encoding="utf-8")
    for before, after in _MENDED:
        page = re.sub(before, after, page)
    path.write_text(page, encoding="utf-8", newline="\n")


def _put(made, out):
    """Put the folder `made` in the place of `out`; what was there stays until the new one is at hand."""
    new, old = out.with_name(f".{out.name}-new"), out.with_name(f".{out.name}-old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.move(made, new)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)
