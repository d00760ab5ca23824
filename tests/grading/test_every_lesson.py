"""Each lesson through the real command: its solution keeps every point, its untouched exercise gets none."""

import shutil
import sys

import pytest
from instructor_place import Place

from utils.lessons import lesson, module, stems_with
from utils.question import NOT_ATTEMPTED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")
STEMS = [stem for stem in stems_with("questions") if module("questions", stem).QUESTIONS]


def test_solutions_keep_all_points_and_exercises_have_none(tmp_path):
    place = Place(tmp_path)
    for student, kind in (("Ada", "solution"), ("Zoë", "exercise")):
        folder = tmp_path / "hand_ins" / student
        folder.mkdir(parents=True)
        for stem in STEMS:
            shutil.copy(getattr(lesson(stem), kind), folder / f"{stem}.ipynb")
    status, out, err = place.run("grade", "hand_ins", "--out", "graded")
    assert status == 0, err
    assert f"{2 * len(STEMS)} graded now, 0 graded before, 0 not graded." in out
    rows = {(row.student, row.lesson): row for row in place.rows()}
    for stem in STEMS:
        full = sum(question.points for question in module("questions", stem).QUESTIONS)
        assert rows["Ada", stem].points == full, [
            (mark.question, mark.summary) for mark in rows["Ada", stem].marks if mark.points < mark.of
        ]
        assert all(mark.remarks == () for mark in rows["Ada", stem].marks)
        assert rows["Ada", stem].problems == () and rows["Zoë", stem].points == 0
        assert {mark.status for mark in rows["Zoë", stem].marks} == {NOT_ATTEMPTED}
