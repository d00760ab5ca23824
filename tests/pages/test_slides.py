"""The static slides of every lesson in a browser of 1280 by 720 pixels: nothing overflows, all is there."""

import copy
import re

import nbformat
import pytest

from utils.lessons import COURSE_MAP, LESSONS
from utils.slides import static

LESSONS = (COURSE_MAP, *LESSONS)
# What a slide shows: its text with the font sizes, and how far anything reaches. What is folded, hidden or
# only read aloud (a formula's MathML) is not looked at.
LOOK = """() => {
  const section = Reveal.getCurrentSlide();
  const unseen = 'aside.notes, .relu-paper, script, style, mjx-assistive-mml, ' +
    'details:not([open]) > :not(summary)';
  const outside = [], small = [];
  for (const node of section.querySelectorAll('*')) {
    const box = node.getBoundingClientRect();
    if (node.closest(unseen) || !box.width || !box.height) continue;
    const name = `${node.tagName} ${node.className} ${Math.round(box.right)} ${Math.round(box.bottom)}`;
    if (box.bottom > 720.5 || box.right > 1280.5 || box.left < -0.5 || box.top < -0.5) outside.push(name);
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!own || node.closest('mjx-container')) continue;
    const least = node.closest('pre, code') ? 18 : 23.9;
    const size = parseFloat(getComputedStyle(node).fontSize);
    if (size < least) small.push(`${name} ${size} ${node.textContent.slice(0, 30)}`);
  }
  const pictures = [...section.querySelectorAll('img, canvas')].filter((one) => !one.closest('.relu-paper'));
  return {
    outside, small, text: section.innerText.trim(), pictures: pictures.length,
    blank: pictures.filter((one) => one.getBoundingClientRect().width < 200).length,
  };
}"""


TO_EXPLORER = """() => {
  const place = Reveal.getIndices(document.querySelector('canvas').closest('section'));
  Reveal.slide(place.h, place.v);
}"""


def look(browser, page_file):
    """What each slide of a page shows, all its steps taken, and the addresses that were asked for."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(page_file.as_uri())
    page.wait_for_function("() => window.Reveal?.isReady()", timeout=60_000)
    found = []
    for place in page.evaluate("() => Reveal.getSlides().map((one) => Reveal.getIndices(one))"):
        page.evaluate("([h, v]) => Reveal.slide(h, v ?? 0, 99)", [place["h"], place.get("v")])
        found.append(page.evaluate(LOOK))
    page.close()
    return found, asked, complaints


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_slide_fits_and_can_be_read_and_nothing_comes_from_elsewhere(
    lesson, executed, browser, tmp_path
):
    notebook = nbformat.read(executed / "notebooks" / lesson.notebook.name, as_version=4)
    page_file = static.write(notebook, lesson, tmp_path)
    found, asked, complaints = look(browser, page_file)
    for number, slide in enumerate(found, 1):
        assert slide["outside"] == [], (number, slide["text"][:80])
        assert slide["small"] == [], (number, slide["text"][:80])
        assert slide["blank"] == 0, (number, slide["text"][:80])
        body = re.sub(r"^.*\n?", "", slide["text"], count=1).strip()
        assert body or slide["pictures"], f"slide {number} shows nothing below {slide['text']!r}"
    assert complaints == []
    here = tmp_path.as_uri()
    assert [address for address in asked if not address.startswith((here, "data:", "blob:"))] == []
    written = page_file.read_text(encoding="utf-8")
    for cell in notebook.cells:
        kind = cell.metadata.slideshow.slide_type
        if cell.cell_type == "code" and kind not in ("skip", "notes"):  # notes are no slide
            assert f'data-cell="{cell.id}"' in written or not cell.outputs, cell.id
        elif cell.cell_type == "markdown" and kind != "skip":
            missing = [word for word in words(cell.source) if word not in written]
            assert missing == [], cell.id


def words(markdown):
    """The plain words of a Markdown cell: those that formulas, code and marks leave as they are."""
    text = re.sub(r"\$\$.*?\$\$|\$[^$]+\$|`[^`]*`|\]\([^)]*\)|<[^>]+>", " ", markdown, flags=re.DOTALL)
    return re.findall(r"(?<![\w&\\])[A-Za-z]{5,}(?![\w;])", text)


def test_a_cell_that_is_too_long_is_seen(executed, browser, tmp_path):
    lesson = LESSONS[3]
    notebook = nbformat.read(executed / "notebooks" / lesson.notebook.name, as_version=4)
    notebook.cells = copy.deepcopy(notebook.cells[:3])
    notebook.cells[2].metadata["slideshow"] = {"slide_type": "subslide"}
    tall = nbformat.v4.new_code_cell("\n".join(f"x = {number}" for number in range(60)), id="tall")
    wide = nbformat.v4.new_code_cell(f"x = '{'x' * 150}'", id="wide")
    for cell in (tall, wide):
        cell.metadata["slideshow"] = {"slide_type": "subslide"}
        notebook.cells.append(cell)
    found = look(browser, static.write(notebook, lesson, tmp_path))[0]
    assert [bool(slide["outside"]) for slide in found[-2:]] == [True, True]
    assert not any(slide["outside"] for slide in found[:-2])


def test_on_paper_slides_keep_their_margins_and_an_explorer_is_a_picture(executed, browser, tmp_path):
    lesson = LESSONS[3]
    notebook = nbformat.read(executed / "notebooks" / lesson.notebook.name, as_version=4)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(static.write(notebook, lesson, tmp_path).as_uri() + "?print-pdf")
    page.wait_for_selector(".pdf-page section:not(.stack) h1", timeout=60_000)
    page.emulate_media(media="print")
    margins = """() => [...document.querySelectorAll('.pdf-page')].map((one) => {
      const box = one.querySelector('h1, h2, h3, h4, img')?.getBoundingClientRect();
      return box ? box.left - one.getBoundingClientRect().left : 40;
    })"""
    assert min(page.evaluate(margins)) >= 40
    shown = page.locator(".relu-saved").first.locator("img, canvas")
    assert [one.evaluate("node => node.tagName") for one in shown.all() if one.is_visible()] == ["IMG"]
    page.close()


def test_an_explorer_moves_on_its_slide_and_in_the_dark(executed, browser, tmp_path):
    lesson = LESSONS[3]
    notebook = nbformat.read(executed / "notebooks" / lesson.notebook.name, as_version=4)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(static.write(notebook, lesson, tmp_path, dark=True).as_uri())
    page.wait_for_function("() => window.Reveal?.isReady()", timeout=60_000)
    page.evaluate(TO_EXPLORER)
    explorer = page.locator("section.present > section.present .relu-explorer")
    before = explorer.locator(".relu-description").inner_text()
    explorer.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "([one, text]) => one.textContent !== text",
        arg=[explorer.locator(".relu-description").element_handle(), before],
    )
    assert explorer.evaluate("root => root.classList.contains('relu-dark')")
    page.close()
