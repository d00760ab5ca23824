"""The size of a slide and of what stands on it, estimated in CSS pixels before any browser has seen it.

A slide is 1280 by 720 pixels, scaled to the projector as a whole. Estimates are rather too high than too low:
fonts differ from machine to machine. Whether pages fit is measured in a browser (tests/pages/test_slides.py).
"""

import html
import math
import re

TEXT = 1200  # the width of a slide without its margins
BODY, CODE = 24, 18  # the smallest font sizes: of text and of code
ROOM = 640  # and its height

LINE = 34  # of text
PER_LINE = 90  # characters of text in a line
CODE_LINE = 25
CODE_SIZES = (26, 24, 22, 20, CODE)
MONOSPACE = 0.61  # the width of a character, by its height
FIGURE = 430  # the most that a picture takes
EXPLORER = ROOM  # it has a slide of its own
MARGIN = 14  # between paragraphs


def text_length(source):
    """How many characters a piece of Markdown shows, formulas included."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", source)
    text = re.sub(r"\\(?:mathrm|text|operatorname|left|right|mathbf|underbrace|,|;|!)", "", text)
    text = re.sub(r"\\[A-Za-z]+", "xx", text)
    return len(re.sub(r"[*`${}^_\\]|<[^>]+>", "", text))


def lines(source, per_line=PER_LINE):
    """How many lines a piece of Markdown fills."""
    return max(1, math.ceil(text_length(source) / per_line))


def heading(text, level):
    """The height of a heading of level 1, 2 or 3."""
    size = {1: 46, 2: 38}.get(level, 32)
    return math.ceil(text_length(text) * size * 0.6 / TEXT) * size * 1.25 + 16


def formula(source):
    """The height of a displayed formula."""
    rows = source.count(r"\\") + 1
    tall = 34 if re.search(r"\\(?:d?frac|sum|prod|underbrace|begin|sqrt)", source) else 8
    return rows * (LINE + tall) + 2 * MARGIN


def formula_width(source):
    """The width of a displayed formula."""
    rows = re.sub(r"\\(?:begin|end)\{\w+\}", "", source).split(r"\\")
    return max(map(text_length, rows)) * BODY * 0.5


def code_size(source):
    """The largest font size with which a code cell fits on a slide, and its height then."""
    rows = source.rstrip("\n").split("\n")
    longest = max(map(len, rows))
    for size in CODE_SIZES:
        height = len(rows) * size * CODE_LINE / CODE + 2 * MARGIN
        if longest * size * MONOSPACE <= TEXT and height <= ROOM - 60:
            break
    return size, height


def printed(text):
    """The height of what a cell printed; lines that are too long are wrapped."""
    most = TEXT / (CODE * MONOSPACE)
    rows = sum(max(1, math.ceil(len(line) / most)) for line in text.rstrip("\n").split("\n"))
    return rows * CODE_LINE + MARGIN


def prose_of(page):
    """The text of a piece of HTML."""
    page = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def paragraphs(texts):
    """The height of paragraphs of HTML one below the other."""
    return sum(lines(prose_of(text)) * (LINE + 4) for text in texts)
