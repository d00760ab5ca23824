"""How far the learner is with each lesson: the questions of its exercises beside the progress file."""

from dataclasses import dataclass

from utils import progress
from utils.lessons import LESSONS, Lesson, module
from utils.question import Question

DONE, STARTED, OPEN = "done", "started", "open"
SIGNS = {DONE: "✓", STARTED: "…", OPEN: "○"}


@dataclass(frozen=True)
class Standing:
    """One lesson: the questions of its exercises, those that were solved, and whether anything was tried."""

    lesson: Lesson
    questions: tuple[Question, ...]
    solved: tuple[Question, ...]
    touched: bool

    @property
    def word(self) -> str:
        if len(self.solved) == len(self.questions):
            return DONE
        return STARTED if self.touched else OPEN

    @property
    def points(self) -> int:
        return sum(each.points for each in self.questions)

    @property
    def points_solved(self) -> int:
        return sum(each.points for each in self.solved)


def standings() -> tuple[Standing, ...]:
    """Where the learner stands with each of the lessons, read from the progress file."""
    state, found = progress.read(), []
    for each in LESSONS:
        about = module("questions", each.stem)
        questions, choices = about.QUESTIONS, about.CHOICES
        solved = tuple(question for question in questions if state.answers.get(question.id) == "solved")
        touched = any(question.id in state.answers for question in questions) or any(
            choice.id in state.quizzes or choice.id in state.predictions for choice in choices
        )
        found.append(Standing(each, tuple(questions), solved, touched))
    return tuple(found)
