"""Grading on a Dask scheduler with workers in other processes, one of which is killed midway."""

import contextlib
import os
import re
import subprocess
import sys
import time

import example_class
import pytest

from utils import lessons
from utils.grading import executors
from utils.grading.gradebook import Gradebook
from utils.grading.run import grade_all, plan
from utils.grading.sandbox import GradingError
from utils.grading.submissions import find

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")
SECRET = b"s" * 32


@contextlib.contextmanager
def process(folder, *command):
    """A process that is started in a folder of its own and killed in the end; its words are in a file."""
    log = folder / f"{command[0]}-{time.monotonic_ns()}.log"
    environment = {**os.environ, "PYTHONPATH": str(lessons.ROOT), "DASK_TEMPORARY_DIRECTORY": str(folder)}
    with open(log, "wb") as file:
        command = [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]]
        started = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield started, log
    finally:
        started.kill()
        started.wait()


def await_words(log, pattern, seconds=60):
    end = time.monotonic() + seconds
    while not (found := re.search(pattern, log.read_text())):
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return found


@pytest.fixture
def scheduler(tmp_path):
    arguments = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with process(tmp_path, "dask_scheduler", *arguments) as (_, log):
        yield await_words(log, r"tcp://127\.0\.0\.1:\d+").group()


@contextlib.contextmanager
def worker(folder, scheduler):
    arguments = (scheduler, "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard")
    with process(folder, "dask_worker", *arguments) as (started, log):
        await_words(log, "Registered to")
        yield started


def test_two_workers_one_killed_midway_and_the_same_grades(scheduler, tmp_path):
    expected = example_class.make(tmp_path / "class", seconds=0.2)
    planned, _ = plan(find(tmp_path / "class"))
    told = []
    with (
        worker(tmp_path, scheduler) as first,
        worker(tmp_path, scheduler),
        executors.dask(scheduler) as (executor, width),
        Gradebook(tmp_path / "dask.sqlite") as book,
    ):
        assert width == 4

        def kill_one_midway():
            told.append(first.poll())
            if len(told) == 3:
                first.kill()

        tally = grade_all(planned, book, SECRET, executor, width, kill_one_midway)
        assert (tally.graded, tally.failed) == (10, [])
        assert told[2] is None and first.wait() == -9
        rows = book.rows()
    assert {each.student: each.points for each in rows} == expected
    with executors.local(2) as (executor, width), Gradebook(tmp_path / "local.sqlite") as book:
        grade_all(planned, book, SECRET, executor, width)
        assert book.rows() == rows


def test_a_scheduler_without_workers_is_told_so(scheduler):
    with pytest.raises(GradingError, match="has no workers"), executors.dask(scheduler):
        pass


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(GradingError, match="needs the package distributed"), executors.dask("tcp://x:1"):
        pass
