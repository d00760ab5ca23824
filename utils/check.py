"""The learner's desk: ``check("relu")`` tells what an answer does, and never raises at the learner.

With RELU_COURSE_STRICT=1 in the environment it does raise, AssertionError, on anything but a right answer
without remarks: so that the solutions can be proved, and so that an automatic grader sees a failure.
"""

import os
import sys
from collections.abc import Mapping

import numpy as np
from IPython import get_ipython
from IPython.display import display

from utils import lessons, progress
from utils.answers import Raised, describe
from utils.judge import diagnose
from utils.notebook_state import last_definition_is_broken, nearly_named
from utils.notes import Note
from utils.pulse import client
from utils.question import NOT_ATTEMPTED, PUBLIC_SEED, RAISED, RIGHT, Outcome, Question


class Checker:
    """The checks, hints and progress of one lesson. ValueError when the lesson has no questions."""

    def __init__(self, stem: str):
        self.stem = stem
        self._questions = {each.id: each for each in lessons.module("questions", stem).QUESTIONS}
        self._hints_given: dict[str, int] = {}

    def __call__(self, identifier: str | None = None) -> None:
        """Check the function of this name, as it is in the notebook now."""
        strict = os.environ.get("RELU_COURSE_STRICT") == "1"
        question = self._find(identifier)
        if question is None:
            if strict:
                raise AssertionError(f"There is no question {identifier!r} in {self.stem}.")
            return
        variables = _namespace()
        function = variables.get(identifier)
        try:
            outcome = diagnose(question, function, np.random.default_rng(PUBLIC_SEED))
        except KeyboardInterrupt as stop:
            if strict:
                raise
            display(_stopped(question, describe(stop, function)))
            self._record(question.id, RAISED)
            return
        note = _note(question, outcome)
        if strict and (outcome.status != RIGHT or outcome.remarks):
            raise AssertionError(f"{question.id}: {note!r}")
        self._tell_why(question.id, variables)
        display(note)
        if not strict and outcome.status != NOT_ATTEMPTED:
            self._record(question.id, outcome.status, outcome.mistake)

    def hint(self, identifier: str | None = None) -> None:
        """Show the next hint, and after the last one where the solution is."""
        question = self._find(identifier)
        if question is None:
            return
        given = self._hints_given.get(identifier, 0)
        many = len(question.hints)
        if given < many:
            self._hints_given[identifier] = given + 1
            display(Note("note", question.hints[given], word=f"Hint {given + 1} of {many}"))
        else:
            display(
                Note("note", f"That was the last hint. The solution is in `solutions/{self.stem}.ipynb`.")
            )

    def progress(self) -> None:
        """Show which questions of the lesson are solved."""
        answers = progress.read().answers
        words = {"solved": "✓ solved", "tried": "… tried", None: "○ not yet"}
        lines = tuple(
            f"{words[answers.get(each.id)]}: {each.title} (`{each.id}`, {_points(each)})"
            for each in self._questions.values()
        )
        solved = sum(answers.get(identifier) == "solved" for identifier in self._questions)
        display(Note("note", f"{solved} of {len(lines)} questions solved.", lines))

    def _record(self, name: str, status: str, mistake: str | None = None) -> None:
        """Keep the verdict, and send it to the room where the learner has joined one."""
        details = {"mistake": mistake} if mistake else {}
        progress.record("check", name, lesson=self.stem, status=status, **details)
        client.report(name, status, mistake)

    def _tell_why(self, name: str, variables: Mapping[str, object]) -> None:
        """Say what in the notebook makes the verdict another one than the learner may expect."""
        missing = variables.get(name) is None
        inputs = variables.get("In")
        if isinstance(inputs, list) and last_definition_is_broken(name, inputs):
            cause = f"The cell with `def {name}` that you ran last has a syntax error, so it defined nothing."
            verdict = "" if missing else " What follows is the verdict on the version before it."
            display(Note("raised", cause + verdict, word="Not read"))
        near = nearly_named(name, variables, self._questions) if missing else None
        if near:
            display(
                Note("note", f"There is a function `{near}`. Its name must be `{name}`, letter for letter.")
            )

    def _find(self, identifier: str | None) -> Question | None:
        question = self._questions.get(identifier) if isinstance(identifier, str) else None
        if question is None:
            known = ", ".join(f'`"{each}"`' for each in self._questions)
            wrong = (
                "Say which question, by its name"
                if identifier is None
                else f"There is no question {identifier!r} here"
            )
            sentence = f"{wrong}; this lesson's questions are {known}."
            display(Note("note", sentence))
        return question


def _points(question: Question) -> str:
    return "1 point" if question.points == 1 else f"{question.points} points"


def _namespace() -> dict:
    """The notebook's variables; outside a notebook those of the caller of ``check``."""
    shell = get_ipython()
    return shell.user_ns if shell is not None else sys._getframe(2).f_globals


def _note(question: Question, outcome: Outcome) -> Note:
    remarks = tuple(remark.sentence for remark in outcome.remarks)
    printed = ("What your function prints is not shown here. Call it in a cell of its own to see it.",)
    printed = printed if outcome.printed else ()
    if outcome.status == RIGHT and any(remark.name != "warns" for remark in outcome.remarks):
        more = (*remarks, *printed)
        return Note("right", "Something is still to be mended:", more, word="Right values")
    if outcome.status == RIGHT:
        return Note("right", f"`{question.id}` does what is asked.", (*remarks, *printed))
    sentence, *more = outcome.message.split("\n")
    if outcome.status != NOT_ATTEMPTED:
        more += [*printed, f'For a hint, run `check.hint("{question.id}")`.']
    return Note(outcome.status, sentence, tuple(more))


def _stopped(question: Question, interrupt: Raised) -> Note:
    """What is said when the learner has interrupted a check."""
    if not interrupt.line:
        return Note("raised", f"You stopped the check of `{question.id}` before it was done.", word="Stopped")
    line = f"line {interrupt.line} of your function: `{interrupt.source}`."
    sentence = f"You stopped the check while it was in {line} Does a loop there never end?"
    return Note("raised", sentence, word="Stopped")
