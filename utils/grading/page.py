"""A whole HTML page in one file that asks for nothing: the frame that feedback and the class's page share.

A notebook is hostile input to a browser. So everything is escaped, and should that ever fail, the page's own
security policy lets no script run and nothing be loaded: only this style and pictures inside the page.
"""

import base64
import hashlib
import html
import json
import re
from functools import cache

from utils.lessons import Lesson, anchors

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --faint: #595959; --line: #c9c9c9;
  --soft: #f4f4f2; --link: #005a8f; --right: #0072b2; --wrong: #b34700; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --faint: #b3b3b3;
  --line: #4a4a4a; --soft: #232323; --link: #7cc4f5; --right: #6ab8ea; --wrong: #ff9a57; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1.1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .4rem 0 .6rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.4rem 0 .6rem; padding-top: .9rem;
  border-top: 2px solid var(--line); }
h3 { font-size: 1.06rem; line-height: 1.35; margin: 1.8rem 0 .3rem; }
h2 + h3, .question h3 { margin-top: 0; }
p, ul { margin: .5rem 0; }
ul { padding-left: 1.3rem; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 3px solid var(--link);
  outline-offset: 2px; }
code { font: .92em ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--soft); padding: .05em .3em; border-radius: 3px; }
.faint { color: var(--faint); }
.wide { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; overflow-wrap: normal; }
caption { text-align: left; color: var(--faint); padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0;
  border-bottom: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
h4 { font-size: 1rem; margin: 1rem 0 0; }
th[scope=col] { vertical-align: bottom; }
th[scope=row] { font-weight: 600; min-width: 8.5rem; }
.question { border-left: 5px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: 1.5rem 0; }
.question.right { border-color: var(--right); }
.question.wrong, .question.raised { border-color: var(--wrong); }
.status { font-weight: 600; margin: .15rem 0; }
.right .status { color: var(--right); }
.wrong .status, .raised .status { color: var(--wrong); }
.note { background: var(--soft); padding: .6rem .9rem; border-radius: 4px; }
.text { white-space: pre-wrap; background: var(--soft); padding: .6rem .9rem; border-radius: 4px;
  margin: .4rem 0; }
figure { margin: 1rem 0; }
img { display: block; max-width: 100%; height: auto; }
figcaption { max-width: 44em; }
details { margin: .6rem 0; }
summary { cursor: pointer; }
@media (prefers-color-scheme: dark) { img { filter: invert(1) hue-rotate(180deg); } }
@media (max-width: 34rem) { th, td { padding-right: .6rem; } h1 { font-size: 1.45rem; } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #fff; --faint: #333;
  --link: #000; --right: #00507d; --wrong: #8a3600; } main { max-width: none; padding: 0; }
  img { filter: none; } .question, figure, tr, .text { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""
# Where `start.py` serves the course, unless it was told another port.
_COURSE = "http://localhost:8888/lab/tree/notebooks"


def page(title: str, body: str) -> str:
    """The page with this title (plain text) and this content of its main part (HTML)."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def foreign(text: str) -> str:
    """Text of a stranger: escaped, and kept from turning the direction of what stands around it."""
    return f"<bdi>{html.escape(text)}</bdi>"


def table(caption: str, columns: dict[str, str], rows: list[list[str]]) -> str:
    """A table of HTML cells; the first of each row is its heading.

    ``columns`` maps the headings (plain text) to "number" or "". A wide one scrolls on its own, with the
    keyboard too.
    """
    head = "".join(
        f'<th scope="col"{_class(kind)}>{html.escape(title)}</th>' for title, kind in columns.items()
    )
    kinds = list(columns.values())
    body = "".join(
        "<tr>"
        + f'<th scope="row">{row[0]}</th>'
        + "".join(f"<td{_class(kind)}>{cell}</td>" for kind, cell in zip(kinds[1:], row[1:], strict=True))
        + "</tr>\n"
        for row in rows
    )
    name = html.escape(caption)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{name}"><table>\n'
        f"<caption>{name}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>"
    )


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def lesson_title(lesson: Lesson) -> str:
    """ "Lesson 1: Is `max(0, x)` enough?", with its backticks."""
    return f"Lesson {lesson.number}: {lesson.question}"


def address(lesson: Lesson, section: str = "") -> str:
    """Where a section of a lesson opens while the course runs on the reader's own machine."""
    anchor = f"#{html.escape(section)}" if section else ""
    return f"{_COURSE}/{lesson.stem}.ipynb{anchor}"


@cache
def _headings(lesson: Lesson) -> dict[str, str]:
    """The lesson's headings by their anchors; none where its notebook is not at hand."""
    if not lesson.notebook.exists():
        return {}
    cells = json.loads(lesson.notebook.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    titles = re.findall(r"^#{1,6} +(.+?) *$", text, flags=re.MULTILINE)
    return {anchor: title for title in titles for anchor in anchors(f"# {title}")}


def section_title(lesson: Lesson, section: str) -> str:
    """The words of the heading that has this anchor."""
    return _headings(lesson).get(section) or section.replace("-", " ")
