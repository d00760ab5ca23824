"""What a kill at any moment, a second run, a full disk and Ctrl-C leave: everything that was graded."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time

import example_class
import pytest
from instructor_place import Place, expected

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


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
        status, _, err = place.run("grade", "class", "--out", "graded", "--workers", "1")
        assert status == 1
        assert "The disk with the gradebook is full: what was graded is kept" in err.strip().splitlines()[-1]
        kept = place.graded_so_far()
        assert kept < 10
        subprocess.run(["mount", "-o", "remount,size=80k", disk], check=True)
        status, _, err = place.run("grade", "class", "--out", "graded", "--workers", "1")
        assert status == 1 and "every mark is kept in the gradebook" in err.strip().splitlines()[-1]
        assert place.graded_so_far() == 10
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True)
        status, out, _ = place.run("grade", "class", "--out", "graded", "--workers", "1")
        assert status == 0 and "0 graded now, 10 graded before" in out
        assert place.points() == expected()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        status, _, err = place.run("grade", "class", "--out", "graded", "--workers", "1")
        assert status == 1 and "cannot be written" in err.strip().splitlines()[-1]
