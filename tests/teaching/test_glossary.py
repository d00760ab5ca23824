"""The glossary: terms and symbols are those of the lessons it names, and every link to it leads to a term."""

import re

import pytest
from course_notebooks import FILES, cells, read, source

from utils.lessons import GLOSSARY, LESSONS, anchors

PROSE = "\n".join(map(source, cells(GLOSSARY, "markdown")))
SYMBOLS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PROSE.splitlines()
    if line.startswith("| ") and not line.startswith("| Symbol")
]
ENTRIES = dict(part.strip().split("\n\n", 1) for part in re.split("^### ", PROSE, flags=re.MULTILINE)[1:])


def reference(text):
    """The lesson that a reference names: a link to its notebook where that is there, else words alone."""
    found = re.fullmatch(r"\[lesson (\d+)\]\((\w+)\.ipynb\)|lesson (\d+)", text)
    assert found, text
    each = LESSONS[int(found[1] or found[3]) - 1]
    assert found[2] == (each.stem if each.written else None), text
    return each


def prose_of(lesson):
    return "\n".join(map(source, cells(lesson.notebook, "markdown")))


def formulas_of(lesson):
    """All that stands in a lesson's formulas, without spaces about a slash."""
    found = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", prose_of(lesson), re.DOTALL)
    return re.sub(r" */ *", "/", "\n".join(a or b for a, b in found))


@pytest.fixture(params=ENTRIES)
def term(request):
    return request.param


def test_it_only_explains():
    assert [cell["cell_type"] for cell in read(GLOSSARY)["cells"]].count("code") == 0
    assert len(ENTRIES) == len(re.findall("^### ", PROSE, re.MULTILINE)) > 60


def test_the_terms_are_in_the_order_of_the_alphabet():
    assert list(ENTRIES) == sorted(ENTRIES, key=str.casefold)


def test_a_term_is_explained_in_a_few_words(term):
    text, after = ENTRIES[term].split("\n\n→ ")
    assert term[0].isupper()
    assert "\n" not in text
    assert 5 <= len(text.split()) <= 75
    assert "\n" not in after


def test_the_lesson_of_a_term_uses_it(term):
    each = reference(ENTRIES[term].split("→ ")[1].split(" · ")[0])
    if each.written:
        words = re.sub(r"[*$]", "", prose_of(each) + "\n".join(map(source, cells(each.notebook, "code"))))
        assert term.casefold() in " ".join(words.split()).casefold()


def test_a_term_names_others_but_not_itself(term):
    see = re.findall(r"\[([^\]]+)\]\(#([^)]+)\)", ENTRIES[term])
    assert see
    for name, anchor in see:
        assert name in ENTRIES and name != term
        assert anchors(f"### {name}") == (anchor,)


@pytest.mark.parametrize("row", SYMBOLS, ids=lambda row: row[0])
def test_the_lesson_of_a_symbol_uses_it(row):
    signs, say, meaning, shape, lesson = row
    each = reference(lesson)
    assert say and meaning and shape
    if each.written:
        letters = re.sub(r"\\(text|mathrm)\{.*?\}|\\[A-Za-z]+", " ", formulas_of(each))
        for sign in signs.split(", "):
            bare = sign.strip("$`")
            place = letters if len(bare) == 1 else formulas_of(each) if sign[0] == "$" else prose_of(each)
            assert bare in place, sign


@pytest.mark.parametrize("name", FILES)
def test_links_to_the_glossary_lead_to_a_heading(name):
    here = anchors(PROSE)
    text = "\n".join(map(source, cells(FILES[name], "markdown")))
    for target in re.findall(r"\]\((?:\.\./notebooks/)?glossary\.ipynb#(.+?)\)", text):
        assert target in here
    if FILES[name] == GLOSSARY:
        assert set(re.findall(r"\]\(#(.+?)\)", text)) <= set(here)
