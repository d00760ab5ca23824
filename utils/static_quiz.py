"""Predictions and quizzes as HTML that needs no kernel: the answers are in the page, which tells them.

Readers without JavaScript, and paper, get the question, its options and, folded, the answer.
"""

import html
import json
from pathlib import Path

from utils.notes import Note, marked
from utils.question import Choice


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


SCRIPT = (
    "(() => {\n" + _read("predict.js").replace("export default", "const form =") + _read("static_quiz.js")
) + "})();\n"
HEAD = f"<script>{SCRIPT}</script>\n"


class Page:
    """A part of a page: ``plain`` HTML that stands for it without JavaScript, and ``data`` for the script."""

    def __init__(self, data: dict, plain: str, text: str):
        self._data, self._plain, self._text = data, plain, text

    def _repr_mimebundle_(self, **_options) -> dict:
        data = json.dumps(self._data, ensure_ascii=False).replace("<", "\\u003c")
        page = (
            f'<div class="relu-quiz" data-relu-quiz="{self._data["kind"]}">\n{self._plain}\n'
            f'<script type="application/json">{data}</script>\n</div>\n{HEAD}'
        )
        return {"text/html": page, "text/plain": self._text}


def form(kind: str, choice: Choice, button: str, answers: list[Note], answer: str | None) -> Page:
    """A form ("predict" or "ask"): after the button the note of the chosen option is told.

    ``answer`` is what a reader without JavaScript may unfold; None where it comes later.
    """
    options = [marked(option.text) for option in choice.options]
    data = {
        "kind": kind,
        "id": choice.id,
        "prompt": marked(choice.prompt),
        "options": options,
        "button": button,
        "answers": [note._repr_html_() for note in answers],
    }
    listed = "".join(f"<li>{option}</li>" for option in options)
    plain = f"<p><strong>{data['prompt']}</strong></p><ul>{listed}</ul>"
    if answer:
        plain += f"<details><summary>Show the answer</summary>{marked(answer)}</details>"
    text = "\n".join([choice.prompt, *(f"( ) {option.text}" for option in choice.options)])
    return Page(data, plain, html.unescape(text))


def revelation(choice: Choice, answers: list[Note], uncommitted: Note) -> Page:
    """What is told after the experiment: the note of the option committed to, else ``uncommitted``."""
    data = {
        "kind": "reveal",
        "id": choice.id,
        "answers": [note._repr_html_() for note in answers],
        "uncommitted": uncommitted._repr_html_(),
    }
    return Page(data, data["uncommitted"], repr(uncommitted))
