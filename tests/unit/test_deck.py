"""Lessons cut into slides: prose into pages, cells onto slides, slides into a deck for JupyterLab."""

import json

import nbformat
import pytest

from utils.lessons import COURSE_MAP, LESSONS
from utils.slides import pages, room
from utils.slides.command import find
from utils.slides.deck import Code, Prose, slides
from utils.slides.notebook import make, with_links
from utils.slides.static import without_links

WORDS = "A sentence of about sixty characters, to fill a line or so. "


def markdown(source, identifier="text", **show):
    cell = nbformat.v4.new_markdown_cell(source, id=identifier)
    cell.metadata["slideshow"] = {"slide_type": "subslide", **show}
    return cell


def code(source, *outputs, identifier="code", **show):
    cell = nbformat.v4.new_code_cell(source, id=identifier, outputs=list(outputs))
    cell.metadata["slideshow"] = {"slide_type": "subslide", **show}
    return cell


def printed(lines):
    return nbformat.v4.new_output("stream", name="stdout", text="number\n" * lines)


def lesson_of(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def test_a_short_text_is_one_page():
    assert pages.cut("One line.") == ["One line."]
    assert pages.cut("") == []


def test_a_long_text_loses_no_word_and_no_page_is_too_high():
    body = "\n\n".join(WORDS * count for count in (4, 20, 60, 3, 9))
    cut = pages.cut(body, 400)
    assert " ".join(" ".join(cut).split()) == " ".join(body.split())
    assert len(cut) > 5
    assert all(pages.height(page) <= 400 + room.LINE for page in cut)


def test_pages_are_about_equally_full():
    cut = pages.cut("\n\n".join([WORDS * 6] * 6), 4.5 * pages.height(WORDS * 6))
    assert [page.count("\n\n") + 1 for page in cut] == [3, 3]


def test_a_table_is_cut_between_rows_and_its_head_is_repeated():
    rows = [f"| row {number} | {WORDS} |" for number in range(12)]
    cut = pages.cut("\n".join(["| a | b |", "|---|---|", *rows]), 300)
    assert len(cut) > 2
    assert all(page.startswith("| a | b |\n|---|---|\n| row ") for page in cut)
    assert [line for page in cut for line in page.split("\n")[2:]] == rows


def test_a_list_is_cut_between_items_and_keeps_its_numbers():
    items = [f"{number}. {WORDS * 3}".strip() for number in range(1, 9)]
    cut = pages.cut("\n".join(items), 300)
    assert len(cut) > 1
    assert [line for page in cut for line in page.split("\n")] == items


def test_an_announcement_stays_with_what_it_announces():
    text = f"{WORDS * 5}\n\nThese are the rules:\n\n- {WORDS * 5}\n- {WORDS * 5}"
    first, second = pages.cut(text, pages.height(f"{WORDS * 5}\n\nThese are the rules:") + 10)[:2]
    assert "rules" not in first
    assert second.startswith("These are the rules:\n\n- ")


def test_formulas_and_code_are_not_cut():
    formula = "$$\\begin{cases} 1 \\\\\n\n 0 \\end{cases}$$"
    fence = "```\na\n\nb\n```"
    cut = pages.cut(f"{WORDS * 9}\n\n{formula}\n\n{fence}", 200)
    assert any(formula in page for page in cut)
    assert any(fence in page for page in cut)


def test_sentences_end_outside_of_formulas_code_and_quotations():
    text = 'With $f. G$ it is `a. B` and "One. Two." here. Then [a. b](c.ipynb) ends. So.'
    assert pages.sentences(text) == [
        'With $f. G$ it is `a. B` and "One. Two." here.',
        "Then [a. b](c.ipynb) ends.",
        "So.",
    ]


def test_headings_begin_slides_and_what_is_too_long_goes_on_under_the_same_heading():
    source = f"# Title\n\nWords.\n\n## One\n\n{WORDS * 60}\n\n### Predict\n\nWhat?"
    made = slides(lesson_of(markdown(source, slide_type="slide")))
    assert [slide.begins for slide in made] == ["slide", "slide", *["subslide"] * (len(made) - 2)]
    assert [slide.markdown for slide in made[:3]] == ["# Title", "## One", "## One (2)"]
    assert made[-1].markdown == "### Predict <small>One</small>"


def test_text_is_larger_where_there_is_little_and_equal_under_one_heading():
    short = slides(lesson_of(markdown("## One\n\nFew words.")))[0]
    long = slides(lesson_of(markdown(f"## One\n\n{WORDS * 24}\n\n{WORDS * 2}\n\n{WORDS * 3}")))
    assert short.scale == 1.35
    assert len({slide.scale for slide in long}) == 1


def test_code_and_its_results_are_parted_only_when_they_do_not_fit_together():
    together = slides(lesson_of(markdown("## One\n\nText."), code("x = 1\nprint(x)", printed(2))))
    assert [[type(part) for part in slide.parts] for slide in together] == [[Prose], [Code, Code]]
    apart = slides(lesson_of(markdown("## One\n\nText."), code("x = 1\n" * 20, printed(15))))
    assert [[part.shown for part in slide.parts] for slide in apart[1:]] == [[True], [False]]


def test_what_is_folded_or_for_the_notes_is_not_on_the_slide():
    cells = (
        markdown("## One\n\nText.\n\n<details>\n<summary>More</summary>\n\nFolded.\n\n</details>"),
        code("assert True\nprint(1)", printed(1), identifier="claim", slide_type="-", code="notes"),
        markdown("## End\n\nWords.\n\n## Sources\n\n- A book.", "end", slide_type="slide", notes=["Sources"]),
    )
    made = slides(lesson_of(*cells))
    shown = "".join(part.text for slide in made for part in slide.parts if isinstance(part, Prose))
    assert "Folded" not in shown and "book" not in shown
    assert [part.shown for part in made[0].parts if isinstance(part, Code)] == [False]
    notes = "\n".join(note for slide in made for note in slide.notes)
    assert "Folded." in notes and "assert True" in notes and "A book." in notes


def test_the_deck_keeps_every_code_cell_whole_and_in_order():
    cells = (
        code("import numpy", identifier="setup", slide_type="skip"),
        markdown("## One\n\nText."),
        code("x = 1\n" * 20, printed(15), printed(20), identifier="long"),
        code("y = 1", identifier="silent", code="notes"),
    )
    deck, rules = make(lesson_of(*cells))
    *made, script = [cell for cell in deck.cells if cell.cell_type == "code"]
    assert script.source == "" and script.metadata.slideshow.slide_type == "skip"
    assert [(cell.id, cell.source) for cell in made] == [
        (c.id, c.source) for c in cells if "source" in c and c.cell_type == "code"
    ]
    assert [cell.metadata.get("slideshow", {}).get("slide_type") for cell in made] == [
        "skip",
        "slide",
        "slide",
    ]
    steps = [cell for cell in deck.cells if "relu-step" in cell.metadata.get("tags", [])]
    assert [cell.metadata.slideshow.slide_type for cell in steps] == ["fragment"] * len(steps)
    assert len(steps) == 2
    assert '[data-jpf-cell-id="long"]' in rules
    assert "subslide" not in {cell.metadata.get("slideshow", {}).get("slide_type") for cell in deck.cells}
    nbformat.validate(deck)


def test_cells_of_one_slide_come_one_after_another():
    cells = (
        markdown("## One\n\nText."),
        code("y = 1", printed(2), identifier="claim", slide_type="-", code="notes"),
    )
    deck, _rules = make(lesson_of(*cells))
    assert [cell.metadata.slideshow.slide_type for cell in deck.cells[:2]] == ["slide", "fragment"]


def test_results_on_a_slide_of_their_own_stand_there_alone():
    cells = (
        code("first", printed(3), identifier="first", code="notes"),
        code("second", printed(15), printed(15), identifier="second", slide_type="-", code="notes"),
    )
    deck, rules = make(lesson_of(markdown("## One\n\n" + WORDS * 60), *cells))
    assert [cell.id for cell in deck.cells[-4:-1]] == ["first", "second", "second-step-2"]
    step = deck.cells[-2]
    hidden = f'[data-jpf-cell-id="first"]:has(~ [data-jpf-cell-id="{step.id}"].jp-deck-mod-visible)'
    assert f".jp-Deck .jp-Cell{hidden} {{ display: none; }}" in rules
    assert f'~ [data-jpf-cell-id="{step.id}"].jp-deck-mod-visible)::before {{ content: "One' in rules


def test_links_lead_from_the_deck_and_are_only_words_on_a_page_that_stands_alone():
    source = "[**unit**](glossary.ipynb#Unit), [2](../exercises/02.ipynb), [web](https://a.org/b.ipynb)"
    assert with_links(source).startswith(
        "[**unit**](../notebooks/glossary.ipynb#Unit), [2](../exercises/02.ipynb), [web](https"
    )
    assert without_links(source).startswith("**unit**, 2,")


@pytest.mark.parametrize("name", ["3", "03", "03_derivatives", "derivatives"])
def test_a_lesson_is_found_by_its_number_or_name(name):
    assert find(name).stem == "03_derivatives"


@pytest.mark.parametrize("name", ["99", "derivative", "", "3.5"])
def test_another_name_gets_one_sentence_that_lists_the_lessons(name):
    with pytest.raises(ValueError, match=r"^There is no lesson .* 3 \(derivatives\), .* 14 \(clinic\)\.$"):
        find(name)


@pytest.mark.parametrize("lesson", (COURSE_MAP, *LESSONS), ids=lambda lesson: lesson.stem)
def test_every_cell_of_a_lesson_says_how_it_is_shown(lesson):
    cells = json.loads(lesson.notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        show = cell["metadata"].get("slideshow", {})
        assert show.get("slide_type") in ("slide", "subslide", "-", "notes", "skip"), cell["id"]
        assert set(show) <= {"slide_type", "code" if cell["cell_type"] == "code" else "notes"}, cell["id"]
        for heading in show.get("notes", []) if cell["cell_type"] == "markdown" else ():
            assert (
                f"## {heading}" in "".join(cell["source"]).split("\n") or f"## {heading}\n" in cell["source"]
            )
    assert cells[0]["metadata"]["slideshow"]["slide_type"] == "slide"
