"""Markdown that was written to be read, cut into pages that fit on a slide.

Cuts are made between blocks (paragraphs, displayed formulas, code) and between the items of a list and the
rows of a table, whose head is repeated; within a paragraph only where it is longer than a page, between
sentences. Of all ways with the fewest pages, the one is taken whose pages are about equally full and that
parts no announcement ("... :") from what it announces.
"""

import itertools
import re
from dataclasses import dataclass

from utils.slides import room

NEVER = 1e6


@dataclass(frozen=True)
class Piece:
    """What is not cut. `glue` joins it to the piece before; `head` goes before it when it begins a page."""

    text: str
    height: float
    glue: str = "\n\n"
    head: str = ""
    head_height: float = 0
    cost: float = 0  # of a cut before this piece


@dataclass(frozen=True)
class Part:
    """A heading (level 0: none) and the Markdown below it, as far as the next heading."""

    level: int
    title: str
    body: str


def parts(source):
    """The parts of a Markdown cell."""
    found = []
    level, title, body, fenced = 0, "", [], False
    for line in source.split("\n"):
        fenced ^= line.startswith("```")
        match = None if fenced else re.match(r"(#{1,3}) +(.+)", line)
        if match:
            found.append(Part(level, title, "\n".join(body).strip()))
            level, title, body = len(match[1]), match[2].strip(), []
        else:
            body.append(line)
    found.append(Part(level, title, "\n".join(body).strip()))
    return [part for part in found if part.level or part.body]


def without_folded(body):
    """The Markdown without its `<details>`, and these, which are for the notes."""
    folded = re.findall(r"<details.*?</details>", body, flags=re.DOTALL)
    return re.sub(r"<details.*?</details>", "", body, flags=re.DOTALL).strip(), folded


def cut(body, space=room.ROOM):
    """`body` as a list of pages whose estimated height is at most `space`."""
    pieces = list(itertools.chain.from_iterable(_pieces(block, space) for block in _blocks(body)))
    if not pieces:
        return []
    # best[i]: the least cost of pieces[:i], and where its last page begins
    best = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        choices = []
        for begin in range(end - 1, -1, -1):
            height = pieces[begin].head_height + sum(piece.height for piece in pieces[begin:end])
            if height > space and begin < end - 1:
                break
            empty = max(0.0, 1 - height / space)
            choices.append((best[begin][0] + 5 + empty**2 + _cost(pieces, begin), begin))
        best.append(min(choices))
    pages, end = [], len(pieces)
    while end:
        begin = best[end][1]
        pages.append(_join(pieces[begin:end]))
        end = begin
    return pages[::-1]


def height(body):
    """The estimated height of Markdown without headings."""
    return sum(piece.height for block in _blocks(body) for piece in _pieces(block, NEVER))


def _cost(pieces, begin):
    """Of a page that begins here: what is announced should not part from its announcement."""
    if not begin:
        return 0.0
    return pieces[begin].cost + (0.9 if pieces[begin - 1].text.rstrip("*").endswith(":") else 0.0)


def _join(pieces):
    text = pieces[0].head + pieces[0].text
    for piece in pieces[1:]:
        text += piece.glue + piece.text
    return text


def _blocks(body):
    """The blocks of Markdown: what stands between blank lines, fenced code in one piece."""
    fences = re.split(r"(^```.*?^```[^\n]*$|^\$\$.*?\$\$[^\n]*$)", body, flags=re.MULTILINE | re.DOTALL)
    for number, text in enumerate(fences):
        if number % 2:
            yield text
        else:
            yield from (each.strip("\n") for each in re.split(r"\n\s*\n", text) if each.strip())


def _pieces(block, space):
    if block.startswith("```"):
        yield Piece(block, block.count("\n") * room.CODE_LINE + room.MARGIN, cost=0.5)
    elif block.startswith("$$"):
        yield Piece(block, room.formula(block), cost=0.8)
    elif block.startswith("|"):
        yield from _rows(block)
    elif re.match(r"(?:[-*+]|\d+[.)]) ", block):
        yield from _items(block, space)
    elif re.search(r"^(?:[-*+]|\d+[.)]) ", block, flags=re.MULTILINE):  # a list right below its announcement
        text, item = re.split(r"\n(?=(?:[-*+]|\d+[.)]) )", block, maxsplit=1)
        yield from _pieces(text, space)
        yield from _items(item, space)
    else:
        yield from _sentences(block, space)


def _rows(block):
    head, rule, *rows = block.split("\n")
    cells = [[room.text_length(cell) for cell in row.strip("| ").split(" | ")] for row in (head, *rows)]
    widths = [sum(column) / len(column) + 6 for column in zip(*cells, strict=False)]
    share = [width / sum(widths) for width in widths]

    def height(lengths):
        per_line = [max(6.0, 0.85 * room.PER_LINE * part) for part in share]
        return max(-(-n // m) for n, m in zip(lengths, per_line, strict=False)) * room.LINE + 18

    first = height(cells[0])
    for number, (row, lengths) in enumerate(zip(rows, cells[1:], strict=True)):
        text = row if number else f"{head}\n{rule}\n{row}"
        extra = 0 if number else first
        yield Piece(
            text,
            height(lengths) + extra,
            glue="\n" if number else "\n\n",
            head=f"{head}\n{rule}\n" if number else "",
            head_height=first if number else 0,
            cost=0.1 if number else 0.6,
        )


def _items(block, space):
    items = re.split(r"\n(?=(?:[-*+]|\d+[.)]) )", block)
    for number, item in enumerate(items):
        height = room.lines(item, room.PER_LINE - 4) * _line(item) + 8
        cost = 0.15 if number else 0.9
        if height <= space:
            yield Piece(item, height, "\n" if number else "\n\n", cost=cost)
        else:
            mark = re.match(r"(?:[-*+]|\d+[.)]) ", item)[0]
            for place, piece in enumerate(_sentences(item[len(mark) :], 0)):
                text = (mark if not place else "") + piece.text
                glue = " " if place else ("\n" if number else "\n\n")
                yield Piece(text, piece.height, glue, cost=0.6 if place else cost)


def _sentences(block, space):
    height = room.lines(block) * _line(block) + room.MARGIN
    if height <= space:
        yield Piece(block, height)
        return
    for place, sentence in enumerate(sentences(block)):
        height = room.text_length(sentence) / room.PER_LINE * _line(sentence)
        yield Piece(
            sentence, height + (0 if place else room.LINE), " " if place else "\n\n", cost=0.4 * bool(place)
        )


def sentences(text):
    """A paragraph as sentences; nothing is cut within formulas, code, links, emphasis or quotations."""
    kept = r"\$[^$]+\$|`[^`]+`|\[[^\]]*\]\([^)]*\)|\*\*.+?\*\*|\*[^*]+\*|\"[^\"]*\"|\([^()]*\)"
    hidden = re.sub(kept, lambda match: "x" * len(match[0]), text, flags=re.DOTALL)
    ends = [match.end() for match in re.finditer(r"[.!?:](?:\s+)(?=\S)", hidden)]
    return [text[a:b].strip() for a, b in itertools.pairwise([0, *ends, len(text)])]


def _line(text):
    """The height of a line of this text: fractions within a line need more."""
    return room.LINE + (10 if re.search(r"\$[^$]*\\d?frac", text) else 0)
