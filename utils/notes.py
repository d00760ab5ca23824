"""Small notes to the learner: an icon, a word, a sentence; as HTML for the notebook and as plain text."""

import html
import re
from dataclasses import dataclass

# Blue and orange that colour-blind readers tell apart; both stand out on white and on black.
_SIGNS = {
    "right": ("✓", "Right", "#0072B2"),
    "wrong": ("✗", "Not yet", "#D55E00"),
    "raised": ("⚠", "Error", "#D55E00"),
    "not attempted": ("○", "Not attempted", "#7f7f7f"),
    "note": ("→", "", "#7f7f7f"),
}

# No product: that has letters, digits or spaces on both sides of its asterisk.
EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")


@dataclass(frozen=True)
class Note:
    """A note; ``sign`` is "right", "wrong", "raised", "not attempted" or "note"; ``word`` replaces its word.

    ``more`` are further sentences, a line each; ``folded`` (a heading and sentences) opens on a click.
    """

    sign: str
    sentence: str
    more: tuple[str, ...] = ()
    word: str | None = None
    folded: tuple[str, tuple[str, ...]] | None = None

    def __repr__(self) -> str:
        icon, word, _ = _SIGNS[self.sign]
        word = word if self.word is None else self.word
        lines = (f"{icon} {word}: {self.sentence}" if word else f"{icon} {self.sentence}", *self.more)
        if self.folded:
            lines = (*lines, f"{self.folded[0]}: {' '.join(self.folded[1])}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        icon, word, colour = _SIGNS[self.sign]
        word = word if self.word is None else self.word
        strong = f"<strong>{html.escape(word)}.</strong> " if word else ""
        lines = [
            f'<span aria-hidden="true" style="color:{colour}">{icon}</span> {strong}{marked(self.sentence)}'
        ]
        lines += [marked(sentence) for sentence in self.more]
        if self.folded:
            inside = "<br>".join(map(marked, self.folded[1]))
            lines.append(f"<details><summary>{html.escape(self.folded[0])}</summary>{inside}</details>")
        style = f"border-left:4px solid {colour};padding:2px 0 2px 10px;max-width:48em;line-height:1.5"
        return f'<div style="{style}">' + "".join(f"<div>{line}</div>" for line in lines) + "</div>"


def marked(text: str) -> str:
    """Plain text as HTML: escaped, `between backticks` as code, *between asterisks* with emphasis."""
    pieces = re.split(r"`([^`]+)`", html.escape(text))
    pieces[::2] = [EMPHASIS.sub(r"<em>\1</em>", each) for each in pieces[::2]]
    pieces[1::2] = [f"<code>{each}</code>" for each in pieces[1::2]]
    return "".join(pieces)


def table(caption: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table as HTML; cells are HTML already."""
    left = 'style="text-align:left;vertical-align:top"'
    head = "".join(f'<th scope="col" {left}>{each}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td {left}>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<table style="max-width:100%"><caption style="text-align:left">{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
