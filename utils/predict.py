"""Predictions and quizzes in a lesson: commit to an answer, see what happens, be told why.

``quiz.predict(id)`` takes a commitment and says nothing yet, ``quiz.reveal(id)`` comes after the experiment,
``quiz.ask(id)`` answers at once and can be tried again. A commitment is kept, so it is still there tomorrow.
"""

from pathlib import Path

import anywidget
import traitlets
from IPython.display import display

from utils import lessons, progress, static, static_quiz
from utils.notes import Note, marked
from utils.question import Choice, Option


class Form(anywidget.AnyWidget):
    """Options to choose from, and a button, which sends the option's number as ``chosen`` (-1: none yet)."""

    _esm = Path(__file__).with_name("predict.js")
    prompt = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    button = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    locked = traitlets.Bool(False).tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)


class Quiz:
    """The predictions and quizzes of one lesson. ValueError when the lesson has none."""

    def __init__(self, stem: str):
        self.stem = stem
        self._choices = {each.id: each for each in lessons.module("questions", stem).CHOICES}

    def predict(self, identifier: str) -> None:
        """Let the learner commit to an answer, without telling whether it is right."""
        choice = self._find(identifier)
        if static.is_on():
            said = [_said(option.text) for option in choice.options]
            display(static_quiz.form("predict", choice, "Commit", said, None))
            return
        form = _form(choice, "Commit")

        def commit(change: dict) -> None:
            if change["new"] < 0:
                return
            text = choice.options[change["new"]].text
            progress.record("prediction", choice.id, lesson=self.stem, text=text)
            _lock(form, text)

        before = _committed(choice)
        if before:
            form.chosen = choice.options.index(before)
            _lock(form, before.text)
        else:
            form.observe(commit, "chosen")
        display(form)

    def reveal(self, identifier: str) -> None:
        """Tell what was predicted and what is right; with nothing committed, the answer stays folded."""
        choice = self._find(identifier)
        if static.is_on():
            notes = [_revealed(choice, option) for option in choice.options]
            display(static_quiz.revelation(choice, notes, _uncommitted(choice, "choose one above.")))
            return
        mine = _committed(choice)
        if mine is None:
            display(_uncommitted(choice, "choose one above, then run this cell again."))
        else:
            display(_revealed(choice, mine))

    def ask(self, identifier: str) -> None:
        """Ask, and answer at once; the learner may try again."""
        choice = self._find(identifier)
        if static.is_on():
            notes = [_answer(option) for option in choice.options]
            right = _right(choice)
            told = f"{_sentence(right.text)} {right.feedback}"
            display(static_quiz.form("ask", choice, "Check", notes, told))
            return
        form = _form(choice, "Check")

        def answer(change: dict) -> None:
            if change["new"] < 0:
                return
            option = choice.options[change["new"]]
            status = "right" if option.right else "wrong"
            progress.record("quiz", choice.id, lesson=self.stem, status=status)
            form.message = _answer(option)._repr_html_()

        form.observe(answer, "chosen")
        display(form)

    def _find(self, identifier: str) -> Choice:
        if identifier not in self._choices:
            known = ", ".join(self._choices)
            raise ValueError(f"{self.stem} has no prediction or quiz {identifier!r}; there are {known}")
        return self._choices[identifier]


def _form(choice: Choice, button: str) -> Form:
    options = [marked(option.text) for option in choice.options]
    return Form(prompt=marked(choice.prompt), options=options, button=button)


def _lock(form: Form, text: str) -> None:
    form.message = _said(text)._repr_html_()
    form.locked = True


def _said(text: str) -> Note:
    return Note("note", f"You said: {_sentence(text)}")


def _answer(option: Option) -> Note:
    return Note("right" if option.right else "wrong", option.feedback)


def _revealed(choice: Choice, mine: Option) -> Note:
    if mine.right:
        return Note("right", f"You predicted: {_sentence(mine.text)}", (mine.feedback,))
    right = _right(choice)
    more = (mine.feedback, f"What is right: {_sentence(right.text)} {right.feedback}")
    return Note("wrong", f"You predicted: {_sentence(mine.text)}", more, word="Not what happens")


def _uncommitted(choice: Choice, what_to_do: str) -> Note:
    right = _right(choice)
    sentence = f"You have not committed to an answer yet: {what_to_do}"
    answer = (_sentence(right.text), right.feedback)
    return Note("note", sentence, folded=("Show the answer without predicting", answer))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _right(choice: Choice) -> Option:
    return next(option for option in choice.options if option.right)


def _committed(choice: Choice) -> Option | None:
    """The option that the learner committed to, now or earlier; None also when its text has changed."""
    text = progress.read().predictions.get(choice.id)
    return next((option for option in choice.options if option.text == text), None)
