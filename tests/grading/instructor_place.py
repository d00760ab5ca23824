"""A place where an instructor works: a class, secrets and a temporary folder of its own, and the command."""

import contextlib
import csv
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import example_class

from utils import lessons
from utils.grading.gradebook import Gradebook


class Place:
    def __init__(self, folder):
        self.folder = folder
        (folder / "temporary").mkdir()
        example_class.make(folder / "class")
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


def expected():
    return {student: points for student, (_, points) in example_class.STUDENTS.items()}


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
