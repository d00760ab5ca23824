"""What the marks of a class tell: how each question went, who needs help, which mistakes are common."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from utils.grading.results import READ, TO_READ, Graded, Marked
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

HELP_BELOW = 0.5


@dataclass(frozen=True)
class Asked:
    """How one question went: numbers of notebooks by status, and the mean of the points given so far.

    ``by_hand`` says that it is free text; ``mean`` is None while every one of its texts waits to be read.
    """

    question: str
    title: str
    of: int
    by_hand: bool
    counts: Counter
    mean: float | None

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares that are right, wrong (with or without an error) and not attempted."""
        right, missing = self.counts[RIGHT], self.counts[NOT_ATTEMPTED]
        total = self.counts.total()
        return right / total, (self.counts[WRONG] + self.counts[RAISED]) / total, missing / total


@dataclass(frozen=True)
class Behind:
    """A student who needs help: the points of the questions that a machine grades, and why, in clauses.

    ``mistakes`` are pairs of a question's id and the name of the known mistake.
    """

    student: str
    points: int
    of: int
    problems: tuple[str, ...]
    missing: int
    mistakes: tuple[tuple[str, str], ...]
    other: int
    questions: int


@dataclass(frozen=True)
class Common:
    """A known mistake: in which question, what the student is told, and in how many of the notebooks."""

    name: str
    question: str
    title: str
    sentence: str
    count: int
    of: int


def is_by_hand(mark: Marked) -> bool:
    """Whether it is free text, which a person reads; a question for the machine always has a section."""
    return mark.status in (TO_READ, READ) or (mark.status == NOT_ATTEMPTED and not mark.section)


def asked(sheets: Iterable[Graded]) -> list[Asked]:
    """The questions of one lesson's notebooks, in the order asked."""
    marks: dict[str, list[Marked]] = {}
    for sheet in sheets:
        for mark in sheet.marks:
            marks.setdefault(mark.question, []).append(mark)
    return [_asked(own) for own in marks.values()]


def _asked(own: list[Marked]) -> Asked:
    given = [mark.points for mark in own if mark.status != TO_READ]
    return Asked(
        own[0].question,
        own[0].title,
        own[0].of,
        any(map(is_by_hand, own)),
        Counter(mark.status for mark in own),
        sum(given) / len(given) if given else None,
    )


def behind(sheets: Iterable[Graded]) -> list[Behind]:
    """Who has under half of a machine's points, or a file that was not graded; the furthest behind first."""
    own: dict[str, list[Graded]] = {}
    for sheet in sheets:
        own.setdefault(sheet.student, []).append(sheet)
    found = [_standing(student, mine) for student, mine in own.items()]
    found = [each for each in found if each.problems or each.points < HELP_BELOW * each.of]
    return sorted(found, key=lambda each: (each.points / each.of if each.of else -1.0, each.student))


def _standing(student: str, own: list[Graded]) -> Behind:
    marks = [mark for sheet in own for mark in sheet.marks if not is_by_hand(mark)]
    return Behind(
        student,
        points=sum(mark.points for mark in marks),
        of=sum(mark.of for mark in marks),
        problems=tuple(problem for sheet in own if not sheet.lesson for problem in sheet.problems),
        missing=sum(mark.status == NOT_ATTEMPTED for mark in marks),
        mistakes=tuple((mark.question, mark.mistake) for mark in marks if mark.mistake),
        other=sum(mark.status in (WRONG, RAISED) and not mark.mistake for mark in marks),
        questions=len(marks),
    )


def common(sheets: Sequence[Graded]) -> list[Common]:
    """The known mistakes, the commonest first."""
    marks = [mark for sheet in sheets for mark in sheet.marks]
    notebooks = Counter(mark.question for mark in marks)
    made = Counter((mark.question, mark.mistake) for mark in marks if mark.mistake)
    example = {(mark.question, mark.mistake): mark for mark in marks if mark.mistake}
    ranked = sorted(made, key=lambda key: (-made[key], key))
    return [
        Common(name, question, one.title, one.summary, made[question, name], notebooks[question])
        for question, name in ranked
        for one in [example[question, name]]
    ]
