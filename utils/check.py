"""The learner's desk: ``check("relu")`` tells what an answer does, and never raises at the learner.

With RELU_COURSE_STRICT=1 in the environment it does raise, AssertionError, on anything but a right answer
without remarks: so that the solutions can be proved, and so that an automatic grader sees a failure.
"""

import os
import sys

import numpy as np
from IPython import get_ipython
from IPython.display import display

from utils import lessons, progress
from utils.judge import diagnose
from utils.notes import Note
from utils.question import NOT_ATTEMPTED, PUBLIC_SEED, RIGHT, Outcome, Question


class Checker:
    """The checks, hints and progress of one lesson. ValueError when the lesson has no questions."""

    def __init__(self, stem: str):
        self.stem = stem
        self._questions = {each.id: each for each in lessons.module("questions", stem).QUESTIONS}
        self._hints_given: dict[str, int] = {}

    def __call__(self, identifier: str) -> None:
        """Check the function of this name, as it is in the notebook now."""
        strict = os.environ.get("RELU_COURSE_STRICT") == "1"
        question = self._find(identifier)
        if question is None:
            if strict:
                raise AssertionError(f"There is no question {identifier!r} in {self.stem}.")
            return
        function = _namespace().get(identifier)
        outcome = diagnose(question, function, np.random.default_rng(PUBLIC_SEED))
        if not strict and outcome.status != NOT_ATTEMPTED:
            details = {"mistake": outcome.mistake} if outcome.mistake else {}
            progress.record("check", question.id, lesson=self.stem, status=outcome.status, **details)
        note = _note(question, outcome)
        if strict and (outcome.status != RIGHT or outcome.remarks):
            raise AssertionError(f"{question.id}: {note!r}")
        display(note)

    def hint(self, identifier: str) -> None:
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

    def _find(self, identifier: str) -> Question | None:
        question = self._questions.get(identifier) if isinstance(identifier, str) else None
        if question is None:
            known = ", ".join(f'`"{each}"`' for each in self._questions)
            sentence = f"There is no question {identifier!r} here; this lesson's questions are {known}."
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
    if outcome.status == RIGHT and remarks:
        return Note("right", "Something is still to be mended:", remarks, word="Right values")
    if outcome.status == RIGHT:
        return Note("right", f"`{question.id}` does what is asked.")
    more = () if outcome.status == NOT_ATTEMPTED else (f'For a hint, run `check.hint("{question.id}")`.',)
    return Note(outcome.status, outcome.message, more)
