"""Real nbgrader and our grader on the same honest notebooks: the same points, but for causes listed here."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import example_class
import honest_corpus
import pytest
from honest_corpus import ANSWERS, BEND, CORPUS, DERIVATIVES
from nbgrader_course import Course

from utils.grading import cohort, grader
from utils.grading.assignment import assignments
from utils.grading.notebook import read
from utils.grading.results import Graded
from utils.grading.runner import Runner

# nbgrader runs the cells in their order, and a check sees what is defined by then. Ours calls the answers
# when all cells have run.
ORDER = "the check stands before what it needs"
# With strict checks nbgrader gives nothing for a right answer with a remark: it has only "raised" or not.
REMARK = "a right answer with a remark"
# nbgrader finds points by the metadata of the check cell alone.
NO_CHECK = "the check cell was deleted, or lost its metadata"
# nbgrader takes all its metadata from cells that share a grade_id, and then refuses the file as too old;
# `nbgrader autograde` of a whole class ends there.
REFUSED = "a cell stands there twice"

DIFFERENCES = {
    "warnings on stderr": (REMARK, {"relu"}),
    "reordered cells": (ORDER, {"relu", "leaky_relu", "tent_weights", "rescale_unit"}),
    "helpers below": (ORDER, {"relu"}),
    "copied answer cells": (REFUSED, {"relu", "leaky_relu", "tent_weights", "rescale_unit"}),
    "the stub below the answer": (REFUSED, {"relu", "leaky_relu", "tent_weights", "rescale_unit"}),
    "answers in new cells": (NO_CHECK, set(ANSWERS[BEND])),
    "metadata stripped": (NO_CHECK, set(ANSWERS[DERIVATIVES])),
    "all in one cell": (NO_CHECK, set(ANSWERS[BEND])),
    "float32 results": (REMARK, {"relu_backward", "network_backward"}),
    "lists for arrays": (REMARK, {"relu", "leaky_relu"}),
    "loops": (REMARK, {"relu"}),
    "changes its input": (REMARK, {"relu"}),
}


def checks_last(content):
    """The notebook with its check cells moved behind all others, which takes the cause ORDER away."""
    made = json.loads(content)
    made["cells"].sort(key=lambda cell: cell["source"].startswith("check("))
    if not any("Checker" in cell["source"] for cell in made["cells"][:2]):
        made["cells"].sort(key=lambda cell: "Checker" not in cell["source"])  # the setup comes first again
    return json.dumps(made)


# Besides the honest ones: wrong and missing answers, on which both must say no.
WRONG = {
    name: example_class.content(cells).decode()
    for name, (cells, points) in example_class.STUDENTS.items()
    if points not in (10, 12)
}
MENDED = {
    f"{name}, checks last": checks_last(CORPUS[name])
    for name, (cause, _) in DIFFERENCES.items()
    if cause == ORDER
}
# nbgrader takes about two seconds a notebook. Where everything is tested (CI=true) all are graded; elsewhere
# every listed difference, but only each fourth of the honest notebooks that are expected to agree.
AGREEING = [name for name in CORPUS if name not in DIFFERENCES]
LEFT_OUT = set() if os.environ.get("CI") == "true" else set(AGREEING) - set(AGREEING[::4])
NOTEBOOKS = {name: content for name, content in (CORPUS | WRONG | MENDED).items() if name not in LEFT_OUT}


@dataclass(frozen=True)
class Both:
    """What the two make of one notebook; ``theirs`` is None where nbgrader refused it."""

    ours: Graded
    theirs: dict[str, float] | None

    def differing(self) -> set[str]:
        """The questions with different points."""
        theirs = self.theirs or {}
        return {each.question for each in self.ours.marks if each.points != theirs.get(each.question, 0)}


def grade_with_nbgrader(folder, contents):
    course = Course(folder, seconds_a_cell=12)
    students = {f"student-{place}": name for place, name in enumerate(contents)}
    for student, name in students.items():
        content = contents[name].encode()
        course.hand_in(student, read(content, assignments()).stem, content)
    course.autograde()
    return {students[student]: points for student, points in course.points().items()}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """All notebooks graded by both; two processes of nbgrader, as it takes seconds for each."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install -e '.[test]'")
    folders = [tmp_path_factory.mktemp("nbgrader") for _ in range(2)]
    halves = [dict(list(NOTEBOOKS.items())[start::2]) for start in range(2)]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(grade_with_nbgrader, folders, halves))
    theirs = made[0] | made[1]
    with Runner() as runner:
        return {
            name: Both(
                grader.grade(
                    read(content.encode(), assignments()), name, cohort.student_key(b"a" * 32, name), runner
                ),
                theirs[name],
            )
            for name, content in NOTEBOOKS.items()
        }


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_points_differ_only_where_the_table_says_so(name, both):
    _, expected = DIFFERENCES.get(name, (None, set()))
    found = both[name]
    assert found.differing() == expected, found
    assert found.theirs is None or set(found.theirs) == {each.question for each in found.ours.marks}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_has_the_cause_that_the_table_gives(name, both):
    cause, questions = DIFFERENCES[name]
    found = both[name]
    marks = [each for each in found.ours.marks if each.question in questions]
    assert all(each.points == each.of for each in marks), "nbgrader never gives more"
    assert (cause == REFUSED) == (found.theirs is None)
    assert (cause == REMARK) == any(each.remarks for each in marks)
    assert cause != REMARK or all(each.remarks for each in marks)
    cells = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(CORPUS[name])["cells"]]
    identifiers = [cell["grade_id"] for cell in cells if cell]
    assert (cause == NO_CHECK) == (not identifiers)
    assert (cause == REFUSED) == (len(set(identifiers)) < len(identifiers))


def test_a_right_answer_with_a_remark_is_always_in_the_table(both):
    """The other direction: where ours has a remark, nbgrader with strict checks gives nothing."""
    remarked = {
        (name, each.question)
        for name, found in both.items()
        for each in found.ours.marks
        if each.remarks and name in CORPUS
    }
    listed = {
        (name, question)
        for name, (cause, asked) in DIFFERENCES.items()
        for question in asked
        if cause == REMARK
    }
    assert remarked == listed


def test_both_give_points_and_refuse_points(both):
    """The comparison is about something: there are right and wrong answers on both sides."""
    for marks in (
        [each.points for found in both.values() for each in found.ours.marks],
        [each for found in both.values() for each in (found.theirs or {}).values()],
    ):
        assert sum(each > 0 for each in marks) > 30 and sum(each == 0 for each in marks) > 10
    assert len(honest_corpus.CORPUS) >= 30 and len(WRONG) >= 5
