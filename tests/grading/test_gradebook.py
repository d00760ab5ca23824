"""The gradebook: transactions, marks by hand, and what happens when the file cannot be used."""

import contextlib
import multiprocessing
import os
import sqlite3
import subprocess
import sys

import pytest

from utils import lessons
from utils.grading import gradebook
from utils.grading.gradebook import Gradebook, Score
from utils.grading.results import READ, TO_READ, Graded, Marked
from utils.grading.sandbox import GradingError

RELU = Marked("relu", "ReLU", 2, 2, "right", "All cases agree.", remarks=("It loops.",), section="Six-ways")
TEXT = Marked("why", "Why", 0, 3, TO_READ, "Your text waits to be read.", answer='Because "NaN", 0\n=1')


def sheet(student="ada", lesson="01_the_rectifier", *marks, **more):
    return Graded(student, lesson, marks or (RELU, TEXT), **more)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "gradebook.sqlite"


def test_a_sheet_comes_back_as_it_went_in(path):
    odd = sheet(
        "Zoë 🎓 '; DROP TABLE graded;--", problems=("Cell 1 died.",), name="a/b", ids={"canvas_user": "1"}
    )
    with Gradebook(path) as book:
        book.add(odd, "print 1")
    with Gradebook(path) as book:
        assert book.rows() == [odd]
        assert book.holds(odd.student, odd.lesson, "print 1")
        assert not book.holds(odd.student, odd.lesson, "print 2")
        assert not book.holds("ada", odd.lesson, "print 1")


def test_a_newer_sheet_takes_the_place_of_the_older_and_rows_are_in_order(path):
    newer = sheet("ada", "01_the_rectifier", RELU)
    with Gradebook(path) as book:
        for each in (sheet("bob"), sheet("ada", "02_why_bend"), sheet("ada"), newer):
            book.add(each, "x")
        assert book.rows() == [newer, sheet("ada", "02_why_bend"), sheet("bob")]


def test_what_was_set_aside_is_forgotten_when_the_student_hands_in_again(path):
    def refused(student):
        return Graded(student, "", problems=("no notebook",))

    with Gradebook(path) as book:
        book.set_aside({"ada", "bob"}, [refused("ada"), refused("bob")])
        book.add(sheet("ada"), "x")
        book.set_aside({"ada", "cy"}, [refused("cy")])
        assert book.rows() == [sheet("ada"), refused("bob"), refused("cy")]


def test_marks_by_hand_are_merged_all_or_none(path):
    with Gradebook(path) as book:
        book.add(sheet(), "x")
        for wrong in (
            Score("ada", "why", 4),
            Score("ada", "why", -1),
            Score("ada", "nothing", 1),
            Score("eve", "why", 1),
        ):
            with pytest.raises(ValueError, match=r"points|question"):
                book.mark([Score("ada", "why", 1), wrong])
        assert book.rows() == [sheet()]
        book.mark([Score("ada", "why", 1, "Good."), Score("ada", "relu", 1, "Copied.")])
        relu, why = book.rows()[0].marks
        assert (why.points, why.status, why.comment, why.answer) == (1, READ, "Good.", TEXT.answer)
        assert (relu.points, relu.status, relu.comment, relu.summary) == (1, "right", "Copied.", RELU.summary)
        assert book.rows()[0].complete and not sheet().complete


def test_a_mark_by_hand_outlives_a_new_run_but_not_a_new_text(path):
    with Gradebook(path) as book:
        book.add(sheet(), "x")
        book.mark([Score("ada", "why", 2)])
        book.add(sheet(), "another version of the course")
        assert book.rows()[0].marks[1].points == 2
        other = Marked("why", "Why", 0, 3, TO_READ, "Your text waits to be read.", answer="Other")
        book.add(sheet("ada", "01_the_rectifier", RELU, other), "y")
        assert book.rows()[0].marks[1] == other


def test_it_belongs_to_one_cohort(path):
    with Gradebook(path) as book:
        assert book.cohort() is None
        book.belong_to("autumn")
        book.belong_to("autumn")
        with pytest.raises(GradingError, match=r"'autumn'.*--cohort autumn"):
            book.belong_to("spring")
        assert book.cohort() == "autumn"


def test_others_on_the_machine_cannot_read_it(path):
    Gradebook(path)
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


def write_many(path, student):
    with Gradebook(path) as book:
        for number in range(40):
            book.add(sheet(f"{student}{number}"), "x")


def test_many_writers_at_once_lose_nothing(path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, name)) for name in "abc"]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with Gradebook(path) as book:
        assert {each.student for each in book.rows()} == {f"{a}{n}" for a in "abc" for n in range(40)}


KILLED_WITHIN = """
import os, sys
from pathlib import Path
from utils.grading.gradebook import Gradebook
from utils.grading.results import Graded
book = Gradebook(Path(sys.argv[1]))
book.add(Graded("ada", "l"), "x")
with book._change():
    book._put(Graded("bob", "l"), "x")
    book._base.execute("PRAGMA cache_spill = 1")
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_killed_within_a_transaction_it_holds_what_was_before(path):
    done = subprocess.run([sys.executable, "-c", KILLED_WITHIN, path], cwd=lessons.ROOT)
    assert done.returncode == -9
    with Gradebook(path) as book:
        assert [each.student for each in book.rows()] == ["ada"]
        book.add(sheet("bob"), "x")


# -------------------------------------------------------------------- a file that cannot be used


def test_locked(path, monkeypatch):
    monkeypatch.setattr(gradebook, "SECONDS_TO_WAIT", 0.1)
    with Gradebook(path) as book:
        book.add(sheet(), "x")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(GradingError, match=r"locked by another program.*run the same command again"):
                book.add(sheet("bob"), "x")
        book.add(sheet("bob"), "x")
        assert len(book.rows()) == 2


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"\0" * 5000])
def test_another_file_in_its_place(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(GradingError, match="--out"):
        Gradebook(path)
    assert path.read_bytes() == content


def test_another_database_in_its_place(path):
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (x)")
    with pytest.raises(GradingError, match="no gradebook of this course"):
        Gradebook(path)


def test_a_damaged_gradebook(path):
    with Gradebook(path) as book:
        for number in range(200):
            book.add(sheet(f"s{number}"), "x")
    data = bytearray(path.read_bytes())
    data[4096 : len(data) // 2] = bytes(len(data) // 2 - 4096)
    path.write_bytes(data)
    with pytest.raises(GradingError, match=r"damaged"), Gradebook(path) as book:
        book.rows()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GradingError, match="cannot be written"):
        Gradebook(tmp_path / "file" / "out" / "gradebook.sqlite")


WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from utils.grading.gradebook import Gradebook
from utils.grading.results import Graded
from utils.grading.sandbox import GradingError
book = Gradebook(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    for number in range(10_000):
        book.add(Graded(f"s{number:04}", "l", problems=("x" * 500,)), "x")
except GradingError as error:
    print(number, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
def test_without_room_to_grow_it_keeps_what_it_has(path):
    command = [sys.executable, "-c", WITHOUT_ROOM, path]
    done = subprocess.run(command, cwd=lessons.ROOT, capture_output=True, text=True)
    number, _, sentence = done.stdout.partition(" ")
    assert "full or broken: what was graded is kept" in sentence and sentence.count("\n") == 1
    with Gradebook(path) as book:
        assert [each.student for each in book.rows()] == [f"s{n:04}" for n in range(int(number))]
        book.add(sheet("after"), "x")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(path):
    path.parent.mkdir(mode=0o500)
    with pytest.raises(GradingError, match="cannot be written"):
        Gradebook(path)


@contextlib.contextmanager
def mounted(folder, options):
    """A small file system of its own; only root can make one."""
    folder.mkdir(exist_ok=True)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True
    ).returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_loses_nothing(tmp_path):
    with mounted(tmp_path / "disk", "size=256k") as disk:
        book = Gradebook(disk / "gradebook.sqlite")
        entered = []
        with pytest.raises(GradingError, match=r"full.*run the same command again"):
            for number in range(2_000):
                book.add(sheet(f"s{number:04}"), "x")
                entered.append(f"s{number:04}")
        assert [each.student for each in book.rows()] == entered
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        book.add(sheet("after"), "x")
        assert len(book.rows()) == len(entered) + 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount")
def test_a_disk_that_cannot_be_written(tmp_path):
    with mounted(tmp_path / "disk", "size=1m") as disk:
        with Gradebook(disk / "gradebook.sqlite") as book:
            book.add(sheet(), "x")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(GradingError, match="cannot be written"):
            Gradebook(disk / "gradebook.sqlite").add(sheet("bob"), "x")
        with pytest.raises(GradingError, match="cannot be written"):
            Gradebook(disk / "new" / "gradebook.sqlite")
