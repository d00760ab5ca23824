"""Free text: listed for the instructor, marked by hand, merged, and put into nbgrader's gradebook."""

import contextlib
import csv
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

import example_class
import pytest
from honest_corpus import RECTIFIER, solved, text
from instructor_place import Place, table

from utils import __main__ as command_line
from utils import lessons
from utils.grading import assignment, command
from utils.grading.results import TO_READ

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture
def with_a_text(place, monkeypatch):
    """The course asks for a text, too; the class is graded by a thread, which sees the changed course."""
    marks = {"grade_id": "why-nan", "solution": True, "grade": True, "points": 3, "schema_version": 3}
    question = text("## Why NaN?")
    cells = [
        *solved(RECTIFIER),
        question,
        text("Because.", nbgrader=marks | {"task": False, "locked": False}),
    ]
    solution = example_class.content([{**cell, "id": str(number)} for number, cell in enumerate(cells)])
    (place.folder / "solutions").mkdir()
    (place.folder / "solutions" / f"{RECTIFIER}.ipynb").write_bytes(solution)
    for path in (place.folder / "class").iterdir():
        path.unlink()
    for student, said in {"ada": "NaN > 0 is false.", "=bob": '=1+1, "so"\nit is', "cy": ""}.items():
        written = text(said, nbgrader=marks | {"points": 1000})
        content = example_class.content([*solved(RECTIFIER), question, written])
        (place.folder / "class" / f"{student}.ipynb").write_bytes(content)
    monkeypatch.setattr(lessons, "ROOT", place.folder)
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(place.folder / "data"))
    cached = (assignment.assignment, assignment.assignments, assignment.version)

    @contextlib.contextmanager
    def threads(workers):
        with ThreadPoolExecutor(1) as executor:
            yield executor, 2

    monkeypatch.setattr(command.executors, "local", threads)
    for each in cached:
        each.cache_clear()
    yield place
    for each in cached:
        each.cache_clear()


def grade(*arguments):
    return command_line.main(["grade", *arguments, "--out", "graded"])


def test_texts_are_listed_marked_by_hand_and_merged(with_a_text, capsys):
    place = with_a_text
    waiting = place.folder / "graded" / "to_read.csv"
    assert grade("class") == 0
    assert "2 texts to be read" in capsys.readouterr().out
    rows = table(waiting)
    assert [(row["student"], row["question"], row["of"], row["points"], row["answer"]) for row in rows] == [
        ("'=bob", "why-nan", "3", "", '\'=1+1, "so"\nit is'),
        ("ada", "why-nan", "3", "", "NaN > 0 is false."),
    ]
    assert {mark.status for sheet in place.rows() for mark in sheet.marks if mark.question == "why-nan"} == {
        TO_READ,
        "not attempted",
    }

    for row, points in zip(rows, ("2", ""), strict=True):
        row.update(points=points, comment="=Good; but why?")
    with open(waiting, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")  # as some spreadsheets save
        writer.writeheader()
        writer.writerows(rows)
    begun = waiting.read_bytes()
    assert grade("class") == 0
    assert "holds marks of yours and was left as it is" in capsys.readouterr().out
    assert waiting.read_bytes() == begun

    assert grade("--manual", str(waiting)) == 0
    assert "1 text to be read" in capsys.readouterr().out
    bob = next(mark for mark in place.rows()[0].marks if mark.question == "why-nan")
    assert (bob.points, bob.of, bob.comment) == (2, 3, "=Good; but why?")
    assert place.points() == {"=bob": 12, "ada": 10, "cy": 10}
    assert [row["student"] for row in table(waiting)] == ["ada"]
    scores = place.folder / "scores.csv"
    scores.write_text("student,question,points\nada,why-nan,3\n")
    assert grade("class", "--manual", str(scores)) == 0
    assert not waiting.exists() and place.points()["ada"] == 13


WRONG_SCORES = {
    "student,question\nada,why-nan\n": "no column points",
    "student,question,points\nada,why-nan,2.5\n": "line 2: points are whole numbers, not '2.5'",
    "student,question,points\n\nada,why-nan,all\n": "line 3: points are whole numbers",
    "student,question,points\nada,why-nan,inf\n": "line 2: points are whole numbers",
    "student,question,points\nada,why-nan,1\nada,why-nan,4\n": "0 to 3 points, not 4",
    "student,question,points\neve,why-nan,1\n": "'eve'; none of its marks was entered",
    "student,question,points\nZo\ufffd,x,1\n".encode("utf-16"): "CSV UTF-8",
    'student,question,points\nada,"' + "x" * 200_000 + '",1\n': "field larger",
}


def test_wrong_scores_are_named_and_nothing_is_merged(with_a_text, capsys):
    assert grade("class") == 0
    before = with_a_text.rows()
    scores = with_a_text.folder / "scores.csv"
    for content, words in WRONG_SCORES.items():
        scores.write_bytes(content if isinstance(content, bytes) else content.encode())
        capsys.readouterr()
        assert grade("--manual", str(scores)) == 1
        assert words in capsys.readouterr().err
        assert with_a_text.rows() == before


def test_into_the_gradebook_of_nbgrader(with_a_text):
    assert grade("class", "--nbgrader-db", "course") == 0
    (with_a_text.folder / "class" / "cy.ipynb").unlink()
    assert grade("--nbgrader-db", "course") == 0
    with contextlib.closing(sqlite3.connect(with_a_text.folder / "course" / "gradebook.db")) as base:
        scores = base.execute("SELECT sum(auto_score) FROM grade GROUP BY notebook_id").fetchall()
    assert scores == [(10,)] * 3
    copies = list((with_a_text.folder / "course" / "autograded").rglob("*.ipynb"))
    assert len(copies) == 3 and all("NaN" in path.read_text() for path in copies)
