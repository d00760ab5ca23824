"""The README's answers to the twelve questions lead to places that are there."""

import json
import re

import pytest

from utils.lessons import COURSE_MAP, LESSONS, ROOT, anchors

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in README.split("## Twelve questions, answered")[1].split("\n## ")[0].splitlines()
    if re.match(r"\| \d", line)
]
# Where each of the questions is answered.
LESSONS_OF = {
    1: {1},
    2: {2, 6},
    3: {1, 3, 4},
    4: {6, 7, 11},
    5: {8, 9},
    6: {6, 7, 9},
    7: {10},
    8: {5, 7, 8},
    9: {11},
    10: {3, 6},
    11: {12},
    12: {12, 13},
}


def test_twelve_questions_have_an_answer_of_one_sentence():
    assert [int(row[0]) for row in ROWS] == list(LESSONS_OF)
    for _, question, answer, _ in ROWS:
        assert question.endswith("?") and answer.endswith(".")
        assert not re.search(r"[.?!] [A-Z]", answer)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_an_answer_names_places_in_its_lessons(row):
    named = row[3].split("; ")
    assert named
    for place in named:
        each = LESSONS[int(re.search(r"lesson (\d+)", place)[1]) - 1]
        assert each.number in LESSONS_OF[int(row[0])]
        link = re.fullmatch(r"\[lesson \d+: [^\]]+\]\(notebooks/(\w+)\.ipynb#(\S+)\)", place)
        if each.written:
            assert link, f"{place}: link to a heading of {each.notebook.name}"
            cells = json.loads(each.notebook.read_text(encoding="utf-8"))["cells"]
            prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
            assert link[1] == each.stem
            assert link[2] in [anchor for text in prose for anchor in anchors(text)]


def test_it_and_the_course_map_say_how_long_lessons_and_exercises_take():
    *usual, clinic = [
        json.loads(each.exercise.read_text(encoding="utf-8"))["metadata"]["relu_course"]["minutes"]
        for each in LESSONS
    ]
    lessons = [each.minutes for each in LESSONS]
    exercises = f"{min(usual)} to {max(usual)} minutes"
    assert (
        f"a notebook of {min(lessons)} to {max(lessons)} minutes, followed by exercises of {exercises}"
        in README
    )
    assert f"add {exercises} a lesson" in COURSE_MAP.notebook.read_text(encoding="utf-8")
    assert clinic == 3 * 60 and "about three hours" in README
