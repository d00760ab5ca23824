"""nbgrader's own gradebook after our marks: its API, formgrader's data, its export and its feedback."""

import csv
import html
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sheets import DERIVATIVES, HOSTILE, RECTIFIER, sheet, small_class, text

from utils.grading import nbgrader_db
from utils.grading.nbgrader_db import shown, write_nbgrader
from utils.grading.results import READ, Graded
from utils.grading.sandbox import GradingError
from utils.lessons import lesson, module
from utils.question import RIGHT, WRONG

ATTACK = "<script>alert(1)</script>\n~~~\n<img src=x onerror=alert(2)>"


def answers(graded):
    """What such a student might hand in: the exercise with an answer, a text and a cell of its own."""
    made = json.loads(lesson(graded.lesson).exercise.read_bytes())
    for cell in made["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "relu":
            cell["source"] = ["def relu(x):\n", f'    return "{graded.student}"\n']
    made["cells"].append(
        {
            "cell_type": "code",
            "id": "mine",
            "metadata": {"nbgrader": {"grade_id": "check-relu", "points": 100, "grade": True}},
            "execution_count": 1,
            "outputs": [{"output_type": "display_data", "data": {"text/html": ATTACK}, "metadata": {}}],
            "source": "print('my own cell')",
        }
    )
    made["cells"].append({"cell_type": "markdown", "id": "t", "metadata": {}, "source": ATTACK})
    return json.dumps(made).encode("utf-8")


@pytest.fixture(scope="module")
def api():
    return pytest.importorskip(
        "nbgrader.api", reason="nbgrader is not installed: pip install -e '.[nbgrader]'"
    )


@pytest.fixture(scope="module")
def course(api, tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    write_nbgrader(small_class(), folder, answers)
    return folder


@pytest.fixture
def copy(course, tmp_path):
    """A database of its own, with the marks of the small class."""
    (tmp_path / "gradebook.db").write_bytes((course / "gradebook.db").read_bytes())
    return tmp_path


@pytest.fixture
def opened(api):
    books = []

    def open_(folder):
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        books.append(api.Gradebook(f"sqlite:///{folder / 'gradebook.db'}"))
        return books[-1]

    before = os.environ["PATH"]
    yield open_
    os.environ["PATH"] = before
    for book in books:
        book.close()


def nbgrader(course, *arguments):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = {"PATH": path, "JUPYTER_CONFIG_DIR": str(course / "config")}
    command = [sys.executable, "-m", "nbgrader", *arguments, f"--CourseDirectory.root={course}"]
    ran = subprocess.run(
        command, cwd=course, env={**os.environ, **settings}, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_scores_and_maxima_are_ours(course, opened):
    book = opened(course)
    for one in small_class():
        if one.lesson and one.student != HOSTILE:
            machine = [mark for mark in one.marks if mark.question != "why_dead"]
            found = book.find_submission_notebook(one.lesson, one.lesson, one.student)
            assert (found.score, found.max_score) == (
                sum(mark.points for mark in machine),
                sum(mark.of for mark in machine),
            )
            assert not found.needs_manual_grade


def test_comments_are_the_mistakes_own_sentences(course, opened):
    comment = opened(course).find_comment("relu", RECTIFIER, RECTIFIER, "Grace").comment
    known = {each.name: each.sentence for each in module("questions", RECTIFIER).QUESTIONS[0].mistakes}
    assert comment == f"Not right yet. {known['np_max']}"


def test_formgraders_table_shows_our_scores(course, opened):
    dicts = {each["student"]: each for each in opened(course).submission_dicts(RECTIFIER)}
    assert (dicts["Ada"]["score"], dicts["Ada"]["max_score"]) == (10, 10)
    assert (dicts["Grace"]["score"], dicts["Grace"]["code_score"]) == (2, 2)
    books = {each["student"]: each for each in opened(course).notebook_submission_dicts(RECTIFIER, RECTIFIER)}
    assert books["Grace"]["failed_tests"] and not books["Ada"]["failed_tests"]


def test_nbgraders_own_export_shows_our_scores(course):
    target = course / "exported.csv"
    nbgrader(course, "export", "--to", str(target))
    with target.open(encoding="utf-8", newline="") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    assert rows[RECTIFIER, "Ada"]["score"] == "10.0" and rows[DERIVATIVES, "Ada"]["score"] == "6.0"
    assert rows[RECTIFIER, "Grace"]["score"] == "2.0" and rows[RECTIFIER, "Grace"]["max_score"] == "10.0"


def test_nbgraders_own_feedback_shows_scores_comments_and_the_code(course):
    nbgrader(course, "generate_feedback", RECTIFIER, "--student", "Grace")
    page = (course / "feedback" / "Grace" / RECTIFIER / f"{RECTIFIER}.html").read_text(encoding="utf-8")
    words = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert "(Score: 2.0 / 10.0)" in words and "Test cell (Score: 0.0 / 2.0)" in words
    assert "looks for the largest element of one array" in words
    assert 'return "Grace"' in words and "my own cell" in words
    assert "<script>alert(1)" not in page and "onerror=alert(2)" not in page


def test_entering_again_changes_nothing(copy, opened):
    def content():
        book = opened(copy)
        return sorted(
            (grade.assignment.name, grade.student.id, grade.to_dict()["id"], grade.name, grade.score)
            for submission in book.assignment_submissions(RECTIFIER)
            for notebook in submission.notebooks
            for grade in notebook.grades
        )

    first = content()
    assert len(first) == 5 * 4
    write_nbgrader(small_class()[::-1], copy)
    assert content() == first


def test_a_better_notebook_replaces_the_mark(copy, opened):
    write_nbgrader([sheet("Grace", (RIGHT,) * 4)], copy)
    book = opened(copy)
    assert book.find_submission_notebook(RECTIFIER, RECTIFIER, "Grace").score == 10
    assert book.find_comment("relu", RECTIFIER, RECTIFIER, "Grace").comment == "Right."


def test_what_somebody_entered_in_formgrader_stays_and_is_to_be_looked_at_again(copy, opened):
    book = opened(copy)
    book.find_grade("check-relu", RECTIFIER, RECTIFIER, "Grace").manual_score = 1.0
    book.find_comment("relu", RECTIFIER, RECTIFIER, "Grace").manual_comment = "Nearly."
    book.db.commit()
    book.close()
    write_nbgrader(small_class(), copy)
    grade = opened(copy).find_grade("check-relu", RECTIFIER, RECTIFIER, "Grace")
    assert grade.score == 1 and not grade.needs_manual_grade, "nothing is new"
    write_nbgrader([sheet("Grace", (RIGHT,) * 4)], copy)
    book = opened(copy)
    grade = book.find_grade("check-relu", RECTIFIER, RECTIFIER, "Grace")
    assert (grade.auto_score, grade.score, grade.needs_manual_grade) == (2, 1, True)
    assert book.find_comment("relu", RECTIFIER, RECTIFIER, "Grace").comment == "Nearly."


def test_free_text_waits_in_formgrader_and_takes_the_mark_given_by_hand(copy, opened, monkeypatch):
    marks = {
        "grade_id": "why_dead",
        "grade": True,
        "solution": True,
        "task": False,
        "points": 4,
        "locked": False,
    }
    task = {"cell_type": "markdown", "metadata": {"nbgrader": marks}, "source": "YOUR ANSWER HERE"}
    before = nbgrader_db._skeleton

    def with_text(stem):
        made = before(stem)
        return {**made, "cells": [*made["cells"], task]}

    monkeypatch.setattr(nbgrader_db, "_skeleton", with_text)
    write_nbgrader(small_class(), copy)  # the cell is new: the submissions in the database lack it
    book = opened(copy)
    waiting = book.find_grade("why_dead", RECTIFIER, RECTIFIER, "Emmy")
    assert waiting.needs_manual_grade and waiting.score == 0
    read = book.find_grade("why_dead", RECTIFIER, RECTIFIER, "Noor")
    assert (read.score, read.needs_manual_grade, read.max_score) == (3, False, 4)
    assert "which" in book.find_comment("why_dead", RECTIFIER, RECTIFIER, "Noor").comment
    book.close()
    emmy = next(each for each in small_class() if each.student == "Emmy")
    write_nbgrader([replace(emmy, marks=(*emmy.marks[:-1], text(READ, 2)))], copy)
    now = opened(copy).find_grade("why_dead", RECTIFIER, RECTIFIER, "Emmy")
    assert (now.score, now.needs_manual_grade) == (2, False)


def test_a_lesson_joins_the_assignment_that_has_its_notebook(api, tmp_path, opened):
    book = opened(tmp_path)
    book.add_assignment("week 1")
    book.add_notebook(RECTIFIER, "week 1")
    book.close()
    write_nbgrader([sheet("Ada", (RIGHT,) * 4)], tmp_path, answers)
    book = opened(tmp_path)
    assert [each.name for each in book.assignments] == ["week 1"]
    assert book.find_submission("week 1", "Ada").score == 10
    assert (tmp_path / "autograded" / "Ada" / "week 1" / f"{RECTIFIER}.ipynb").exists()


def test_no_name_leads_out_of_its_folder(copy):
    names = ["..", ".", "../x", "a/b", "C:\\x", HOSTILE, ".hidden", "Zoë 🐙"]
    write_nbgrader([sheet(name, (WRONG,) * 4) for name in names], copy, answers)
    made = list(copy.rglob("*.ipynb"))
    assert len(made) == len(names)
    assert {path.parents[2] for path in made} == {copy / "autograded"}


def test_the_copy_has_no_output_no_metadata_and_no_markup_of_the_student():
    made = json.loads(shown(sheet("Ada", (RIGHT,) * 4), answers(sheet("Ada", (RIGHT,) * 4))))
    assert all(not cell.get("outputs") for cell in made["cells"])
    points = [cell["metadata"].get("nbgrader", {}).get("points") for cell in made["cells"]]
    assert [each for each in points if each] == [2, 2, 3, 3]
    assert ATTACK not in json.dumps([cell for cell in made["cells"] if cell["cell_type"] == "markdown"])


def test_free_text_of_the_student_is_shown_as_typed():
    fenced = nbgrader_db._fenced(ATTACK)
    assert fenced.startswith("~~~~\n") and fenced.endswith("\n~~~~") and ATTACK in fenced


def test_without_nbgrader_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader.api", None)
    with pytest.raises(GradingError, match="pip install"):
        write_nbgrader(small_class(), tmp_path)


def test_a_file_that_is_no_database_is_one_sentence(api, tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"not a database" * 100)
    with pytest.raises(GradingError, match=r"gradebook\.db cannot be used"):
        write_nbgrader([Graded("Ada", RECTIFIER)], tmp_path)
