"""What grading gives: a mark for each question, a sheet of marks for each notebook; plain data throughout.

Everything here can be pickled and written as JSON, so that it may cross processes and lie in a gradebook.
Texts that come from a student (``student``, ``name``, ``answer``) are hostile input to whatever shows them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

# Statuses of a mark: those of utils.question, and two for free text, which no machine grades.
TO_READ, READ = "to be read", "read"


@dataclass(frozen=True)
class Marked:
    """The mark of one question.

    ``points`` of ``of`` points, whole numbers. ``status`` is one of utils.question (NOT_ATTEMPTED, WRONG,
    RAISED, RIGHT), or TO_READ (free text that waits for the instructor) or READ (free text with a mark).
    ``summary`` is a sentence for the student that tells nothing of the hidden cases; ``mistake`` is the name
    of the known mistake, if the answer makes one. ``remarks`` are sentences about a right answer; they cost
    nothing. ``section`` is the anchor of the heading in the lesson, "" where there is none. ``answer`` is the
    student's text where it is free text, ``comment`` what the instructor wrote with a mark given by hand.
    """

    question: str
    title: str
    points: int
    of: int
    status: str
    summary: str
    mistake: str | None = None
    remarks: tuple[str, ...] = ()
    section: str = ""
    answer: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Graded:
    """All marks of one notebook, in the order of the lesson's questions.

    ``lesson`` is the lesson's stem, "" for a file that could not be read as an exercise of this course;
    such a sheet has no marks, and ``problems`` says why. Else these are sentences on what was odd (an older
    notebook that does not count, a cell that never ended). ``name`` is the path of the file inside the
    submissions. ``ids`` is what the name told of the student: "canvas_user" and "canvas_submission", or
    "moodle_participant", each a string of digits.
    """

    student: str
    lesson: str
    marks: tuple[Marked, ...] = ()
    problems: tuple[str, ...] = ()
    name: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(mark.points for mark in self.marks)

    @property
    def of(self) -> int:
        return sum(mark.of for mark in self.marks)

    @property
    def complete(self) -> bool:
        """Whether it was read, and no answer of it waits to be."""
        return bool(self.lesson) and all(mark.status != TO_READ for mark in self.marks)


def as_data(graded: Graded) -> dict:
    """A sheet as dictionaries, lists and strings, for JSON."""
    return asdict(graded)


def from_data(data: Mapping) -> Graded:
    """The sheet that ``as_data`` made into data. TypeError or KeyError when it is none."""
    marks = tuple(Marked(**mark | {"remarks": tuple(mark["remarks"])}) for mark in data["marks"])
    return Graded(**{**data, "marks": marks, "problems": tuple(data["problems"]), "ids": dict(data["ids"])})
