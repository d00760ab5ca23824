"""What a room knows of the course: its lessons, their questions, and the mistakes of each question."""

from dataclasses import dataclass
from functools import cache

from utils import lessons
from utils.question import Question


@dataclass(frozen=True)
class Catalogue:
    """`questions` maps ids to questions; `stems` tells the lesson of each; `lessons` keeps their order."""

    questions: dict[str, Question]
    stems: dict[str, str]
    lessons: dict[str, tuple[str, ...]]

    def mistake(self, question: str, name: str) -> str | None:
        """The sentence of a question's known mistake, None for another name."""
        found = (each for each in self.questions[question].mistakes if each.name == name)
        return next((each.sentence for each in found), None)


@cache
def catalogue() -> Catalogue:
    """All questions of the course."""
    asked = {stem: lessons.module("questions", stem).QUESTIONS for stem in lessons.stems_with("questions")}
    return Catalogue(
        questions={each.id: each for found in asked.values() for each in found},
        stems={each.id: stem for stem, found in asked.items() for each in found},
        lessons={stem: tuple(each.id for each in found) for stem, found in asked.items() if found},
    )
