"""A small class for the tests of what is written about it."""

from utils.grading.results import READ, TO_READ, Graded, Marked
from utils.lessons import module
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

RECTIFIER, DERIVATIVES = "01_the_rectifier", "03_derivatives"
HOSTILE = '</title><script>alert(1)</script><img src=x onerror="alert(2)"> & "Ada"'


def mark(question, status=RIGHT, mistake=None, remarks=(), summary=None):
    """The mark of one of the course's questions with this outcome, as the grader makes it."""
    known = next((each.sentence for each in question.mistakes if each.name == mistake), None)
    said = {
        RIGHT: "All cases agree.",
        WRONG: "Some results differ from the expected ones.",
        RAISED: "Your function raised TypeError.",
        NOT_ATTEMPTED: "Not attempted.",
    }
    return Marked(
        question=question.id,
        title=question.title,
        points=question.points if status == RIGHT else 0,
        of=question.points,
        status=status,
        summary=summary or known or said[status],
        mistake=mistake,
        remarks=tuple(remarks),
        section=question.section,
    )


def sheet(student, statuses, lesson=RECTIFIER, mistake=None, **more):
    """A notebook with one status for each of the lesson's questions; a wrong answer makes ``mistake``."""
    questions = module("questions", lesson).QUESTIONS
    marks = []
    for question, status in zip(questions, statuses, strict=True):
        known = {each.name for each in question.mistakes}
        made = mistake if status in (WRONG, RAISED) and mistake in known else None
        marks.append(mark(question, status, made))
    return Graded(student, lesson, tuple(marks), name=f"{student}/{lesson}.ipynb", **more)


def text(status=TO_READ, points=0, comment="", answer="Because <b>the</b> unit is dead."):
    """The mark of a free-text question."""
    summary = "Your text waits to be read." if status == TO_READ else "Your text was read."
    return Marked("why_dead", "Why is it dead?", points, 4, status, summary, answer=answer, comment=comment)


def small_class():
    """Six students: all right, mistakes, an unread text, a read one, no readable notebook, a hostile name."""
    mixed = sheet("Grace", (WRONG, RIGHT, NOT_ATTEMPTED, RAISED), mistake="np_max")
    waiting = sheet("Emmy", (RIGHT, WRONG, RIGHT, RIGHT), mistake="maximum", ids={"canvas_user": "77"})
    read = sheet("Noor", (RIGHT,) * 4, ids={"moodle_participant": "4711"})
    comment = "Well argued; say <i>which</i> inputs."
    return [
        sheet("Ada", (RIGHT,) * 4),
        sheet("Ada", (RIGHT, RIGHT, WRONG), DERIVATIVES),
        mixed,
        Graded(**{**vars(waiting), "marks": (*waiting.marks, text())}),
        Graded(**{**vars(read), "marks": (*read.marks, text(READ, 3, comment))}),
        Graded(
            "Zoë",
            "",
            (),
            ("Zoë/essay.ipynb: it is not a notebook: its content is not JSON.",),
            "Zoë/essay.ipynb",
        ),
        sheet(HOSTILE, (WRONG, NOT_ATTEMPTED, NOT_ATTEMPTED, NOT_ATTEMPTED), mistake="python_max"),
    ]
