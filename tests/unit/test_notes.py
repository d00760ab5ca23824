"""The small marks in the texts of questions: code, emphasis, and everything else letter by letter."""

import pytest

from utils.kit.markdown import plain
from utils.notes import marked

TEXTS = {
    "the *mean* of `a * b * c`": ("the <em>mean</em> of <code>a * b * c</code>",) * 2,
    "2 * x * y and x*y*z": ("2 * x * y and x*y*z", r"2 \* x \* y and x\*y\*z"),
    "it *is* one, *not two*.": ("it <em>is</em> one, <em>not two</em>.",) * 2,
    "f(*rest) and f(**more)": ("f(*rest) and f(**more)", r"f(\*rest) and f(\*\*more)"),
    "`*` and a_b < c": ("<code>*</code> and a_b &lt; c", r"<code>*</code> and a\_b \< c"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_marks_in_a_page(text):
    assert marked(text) == TEXTS[text][0]


@pytest.mark.parametrize("text", TEXTS)
def test_marks_in_markdown(text):
    expected = TEXTS[text][1]
    for html, mark in (("<em>", "*"), ("</em>", "*"), ("<code>", "`"), ("</code>", "`")):
        expected = expected.replace(html, mark)
    assert plain(text) == expected
