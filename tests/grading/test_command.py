"""The command as an instructor runs it: its files, its sentences, and what a kill at any moment leaves."""

import contextlib
import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import example_class
import pytest
from honest_corpus import RECTIFIER, solved, text

from utils import __main__ as command_line
from utils import lessons
from utils.grading import command, executors
from utils.grading.gradebook import Gradebook
from utils.grading.results import TO_READ

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")
BROKEN = {"Eve": ([], None)}


@pytest.fixture
def place(tmp_path):
    """A place with a class, its own secrets and its own temporary folder."""
    (tmp_path / "temporary").mkdir()
    example_class.make(tmp_path / "class")
    return Place(tmp_path)


class Place:
    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            **os.environ,
            "XDG_DATA_HOME": str(folder / "data"),
            "TMPDIR": str(folder / "temporary"),
            "PYTHONPATH": str(lessons.ROOT),
        }

    def start(self, *arguments):
        command = [sys.executable, "-m", "utils", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, start_new_session=True, **pipes
        )

    def run(self, *arguments):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return process.returncode, out, err

    def rows(self, out="graded"):
        with Gradebook(self.folder / out / "gradebook.sqlite") as book:
            return book.rows()

    def points(self, out="graded"):
        return {each.student: each.points for each in self.rows(out)}

    def graded_so_far(self, out="graded"):
        with contextlib.suppress(sqlite3.Error):
            path = self.folder / out / "gradebook.sqlite"
            if path.exists():
                with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
                    return base.execute("SELECT count(*) FROM graded WHERE lesson != ''").fetchone()[0]
        return 0

    def await_graded(self, number):
        end = time.monotonic() + 60
        while self.graded_so_far() < number:
            assert time.monotonic() < end
            time.sleep(0.02)

    def processes(self):
        """All processes that were started from here, by their environment or command line."""
        found, mark = [], os.fsencode(str(self.folder))
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    about = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                    if (
                        mark in about
                        and "Z" not in (entry / "stat").read_text().rpartition(")")[2].split()[0]
                    ):
                        found.append(int(entry.name))
        return found

    def await_end_of_all(self):
        end = time.monotonic() + 10
        while self.processes():
            assert time.monotonic() < end, self.processes()
            time.sleep(0.05)


def expected(extra=()):
    return {student: points for student, (_, points) in (example_class.STUDENTS | dict(extra)).items()}


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_class_is_graded_once_and_again_to_the_same_bytes(place):
    (place.folder / "class" / "Eve.ipynb").write_text("{")
    status, out, err = place.run("grade", "class", "--out", "graded")
    assert status == 1  # one could not be graded
    assert "10 graded now, 0 graded before, 1 not graded." in out
    assert "01_the_rectifier: 6 notebooks, 5.8 of 10 points on average." in out
    assert "Eve: Eve.ipynb cannot be graded: it is not a notebook: its content is not JSON." in out
    assert "10/10" in err  # the progress bar
    assert place.points() == expected() | {"Eve": 0}
    place.await_end_of_all()
    files = {
        path: path.read_bytes() for path in sorted((place.folder / "graded").rglob("*")) if path.is_file()
    }
    names = {path.relative_to(place.folder / "graded").as_posix() for path in files}
    assert {"grades.csv", "canvas.csv", "moodle.csv", "class.html", "feedback/Ada_Lovelace.html"} <= names
    assert {row["student"]: row["points"] for row in table(place.folder / "graded" / "grades.csv")} == {
        student: str(points) for student, points in expected().items()
    } | {"Eve": ""}

    (place.folder / "class" / "Eve.ipynb").unlink()
    status, out, _ = place.run("grade", "class", "--out", "graded", "--workers", "1")
    assert "0 graded now, 10 graded before, 0 not graded." in out and status == 0

    with zipfile.ZipFile(place.folder / "class.zip", "w") as archive:
        for path in sorted((place.folder / "class").iterdir(), reverse=True):
            archive.write(path, path.name)
    (place.folder / "class" / "Eve.ipynb").write_text("{")
    status, _, err = place.run("grade", "class", "--out", "again", "--workers", "1")
    assert status == 1 and len(place.rows("again")) == 11, err
    for path, content in files.items():
        if path.suffix in (".csv", ".html", ".json"):
            again = place.folder / "again" / path.relative_to(place.folder / "graded")
            assert again.read_bytes() == content, path.name
    status, *_ = place.run("grade", "class.zip", "--out", "zipped")
    assert status == 0 and place.points("zipped") == expected()


def slow_class(place):
    """A class that takes seconds, so that there is time to break in."""
    example_class.make(place.folder / "class", seconds=0.4)


def test_killed_at_any_moment_it_goes_on_and_grades_nothing_twice(place):
    slow_class(place)
    before = 0
    for number in (1, 4):
        process = place.start("grade", "class", "--out", "graded", "--workers", "2")
        place.await_graded(number)
        process.kill()
        process.communicate()
        place.await_end_of_all()
        assert place.graded_so_far() < 10
        before = place.graded_so_far()
        assert before >= number
    status, out, _ = place.run("grade", "class", "--out", "graded")
    assert status == 0 and f"{10 - before} graded now, {before} graded before" in out
    assert place.points() == expected()
    place.run("grade", "class", "--out", "whole")
    assert place.rows("whole") == place.rows()


def test_stopped_by_ctrl_c_it_says_how_to_go_on(place):
    slow_class(place)
    process = place.start("grade", "class", "--out", "graded", "--workers", "2")
    place.await_graded(2)
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - started < 8
    assert process.returncode == 130
    assert "Stopped. What was graded is kept" in err and "Traceback" not in err
    place.await_end_of_all()
    assert 2 <= place.graded_so_far() < 10


def test_two_runs_at_once_on_one_gradebook(place):
    slow_class(place)
    runs = [place.start("grade", "class", "--out", "graded", "--workers", "1") for _ in range(2)]
    ends = [(*each.communicate(timeout=120), each.returncode) for each in runs]
    assert [status for *_, status in ends] == [0, 0], ends
    assert place.points() == expected()
    with contextlib.closing(sqlite3.connect(place.folder / "graded" / "gradebook.sqlite")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@contextlib.contextmanager
def small_disk(folder, options):
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_and_one_that_cannot_be_written(place):
    with small_disk(place.folder / "graded", "size=40k") as disk:
        status, _, err = place.run("grade", "class", "--out", "graded")
        assert status == 1
        assert "The disk with the gradebook is full: what was graded is kept" in err.strip().splitlines()[-1]
        kept = place.graded_so_far()
        assert kept < 10
        subprocess.run(["mount", "-o", "remount,size=80k", disk], check=True)
        status, _, err = place.run("grade", "class", "--out", "graded")
        assert status == 1 and "every mark is kept in the gradebook" in err.strip().splitlines()[-1]
        assert place.graded_so_far() == 10
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True)
        status, out, _ = place.run("grade", "class", "--out", "graded")
        assert status == 0 and "0 graded now, 10 graded before" in out
        assert place.points() == expected()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        status, _, err = place.run("grade", "class", "--out", "graded")
        assert status == 1 and "cannot be written" in err.strip().splitlines()[-1]


SENTENCES = {
    "no submissions": (["--out", "graded"], "There is nothing to do"),
    "no such folder": (["nowhere", "--out", "graded"], "nowhere does not exist"),
    "no workers": (["class", "--out", "graded", "--workers", "0"], "give 1 or more"),
    "a bad name": (["class", "--out", "graded", "--cohort", "../x"], "cannot be the name of a cohort"),
    "no scores": (["class", "--out", "graded", "--manual", "none.csv"], "none.csv cannot be read"),
    "no scheduler": (
        ["class", "--out", "graded", "--scheduler", "tcp://127.0.0.1:9"],
        "No Dask scheduler answers",
    ),
    "no address": (["class", "--out", "graded", "--scheduler", "nonsense"], "No Dask scheduler answers"),
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_what_cannot_be_done_is_said_in_a_sentence(kind, place, monkeypatch, capsys):
    arguments, words = SENTENCES[kind]
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(place.folder / "data"))
    monkeypatch.setattr(executors, "_SECONDS_TO_CONNECT", 0.5)
    assert command_line.main(["grade", *arguments]) == 1
    said = capsys.readouterr().err.strip()
    assert words in said and "\n" not in said.rpartition("notebooks/s]")[2].strip()


def test_a_gradebook_is_for_one_cohort(place, monkeypatch, capsys):
    monkeypatch.chdir(place.folder)
    with Gradebook(place.folder / "graded" / "gradebook.sqlite") as book:
        book.belong_to("autumn")
    assert command_line.main(["grade", "class", "--out", "graded", "--cohort", "spring"]) == 1
    assert "--cohort autumn" in capsys.readouterr().err


# ----------------------------------------------------------------------------------- marks by hand


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
    from concurrent.futures import ThreadPoolExecutor

    from utils.grading import assignment

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


# ------------------------------------------------------------------------------------- handing out


def test_exercises_to_hand_out_and_the_secret_of_a_cohort(place, monkeypatch, capsys):
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(place.folder / "data"))
    assert command_line.main(["release", "--cohort", "autumn"]) == 0
    said = capsys.readouterr().out
    secret = place.folder / "data" / "relu-course" / "cohorts" / "autumn.secret"
    assert str(secret) in said and secret.stat().st_mode & 0o777 == 0o600
    for path in lessons.ROOT.glob("exercises/*.ipynb"):
        assert (place.folder / "exercises-autumn" / path.name).read_bytes() == path.read_bytes()
    kept = secret.read_text()
    assert command_line.main(["release", "--cohort", "autumn", "--out", "elsewhere"]) == 0
    assert secret.read_text() == kept and (place.folder / "elsewhere" / f"{RECTIFIER}.ipynb").exists()
    assert kept not in "".join(path.read_text() for path in (place.folder / "elsewhere").iterdir())


def test_autograders_for_gradescope(place, monkeypatch, capsys):
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(place.folder / "data"))
    assert command_line.main(["release", "--gradescope", "--cohort", "autumn", "--out", "zips"]) == 0
    names = {path.name for path in (place.folder / "zips").iterdir()}
    assert f"gradescope-{RECTIFIER}.zip" in names
    assert "nobody else" in capsys.readouterr().out
