"""The command as an instructor runs it: its files, its sentences, and what is handed out."""

import sys
import zipfile

import pytest
from honest_corpus import RECTIFIER
from instructor_place import Place, expected, table

from utils import __main__ as command_line
from utils import lessons
from utils.grading import executors
from utils.grading.gradebook import Gradebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


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
