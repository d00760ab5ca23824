"""A course of real nbgrader in a folder: releases our exercises, runs handed-in notebooks, gives points."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from utils import lessons

_PLACE_OF_PYTHON = str(Path(sys.executable).parent)
# What nbgrader says of a notebook that it does not take: cells with the metadata of others look old to it.
_REFUSAL = "use an old version"


class Course:
    """What `nbgrader generate_assignment` and `nbgrader autograde` make of solutions/ and of notebooks.

    The checks are strict (RELU_COURSE_STRICT=1): whatever is not right, or right with a remark, raises.
    """

    def __init__(self, folder: Path, seconds_a_cell: int = 30):
        self.folder = folder
        self.seconds_a_cell = seconds_a_cell
        self.handed_in: dict[str, str] = {}

    def hand_in(self, student: str, stem: str, content: bytes) -> None:
        """Lay a notebook where nbgrader looks for it, under the only name that nbgrader knows."""
        path = self.folder / "submitted" / student / stem / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        self.handed_in[student] = stem

    def autograde(self) -> float:
        """Release the lessons, then grade all notebooks in one process; the seconds that the grading took.

        Each by its own call of nbgrader's API: a notebook that nbgrader cannot take ends the command
        `nbgrader autograde` for the whole class.
        """
        for stem in set(self.handed_in.values()):
            source = self.folder / "source" / stem / f"{stem}.ipynb"
            source.parent.mkdir(parents=True)
            source.write_bytes(lessons.lesson(stem).solution.read_bytes())
        settings = {
            "PATH": os.pathsep.join([_PLACE_OF_PYTHON, os.environ["PATH"]]),
            "PYTHONPATH": str(lessons.ROOT),
            "RELU_COURSE_STRICT": "1",
            "RELU_COURSE_PROGRESS": str(self.folder / "progress.jsonl"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }
        told = json.dumps([str(self.folder), self.seconds_a_cell, self.handed_in])
        log = self.folder / "nbgrader.log"
        with log.open("ab") as file:
            ran = subprocess.run(
                [sys.executable, __file__, told],
                cwd=self.folder,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                timeout=1800,
            )
        assert ran.returncode == 0, log.read_text("utf-8", "replace")[-2000:]
        return float((self.folder / "seconds").read_text())

    def points(self) -> dict[str, dict[str, float] | None]:
        """For each student the points by question; None where nbgrader refused the notebook."""
        from nbgrader.api import Gradebook

        found = {}
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
            for student, stem in self.handed_in.items():
                if not (self.folder / "autograded" / student / stem / f"{stem}.ipynb").exists():
                    found[student] = None
                    continue
                marks = book.find_submission_notebook(stem, stem, student).grades
                found[student] = {mark.name.removeprefix("check-"): mark.score for mark in marks}
        return found


def main(folder: str, seconds_a_cell: int, handed_in: dict[str, str]) -> None:
    """What the process does that runs nbgrader."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    # The last output of a cell may come late on a busy machine; nbgrader's own limit for it is 4 seconds.
    execute = {"timeout": seconds_a_cell, "iopub_timeout": 60}
    config = Config({"CourseDirectory": {"root": folder}, "Execute": execute})
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for stem in set(handed_in.values()):
        released = api.generate_assignment(stem)
        assert released["success"], released
    started = time.monotonic()
    for student, stem in handed_in.items():
        graded = api.autograde(stem, student)
        if not graded["success"] and _REFUSAL not in graded["error"]:
            # Not the notebook's fault: a kernel's ports, chosen free, can be taken before it has bound them.
            print(student, graded, flush=True)
            graded = api.autograde(stem, student)
        print(student, graded, flush=True)
        assert graded["success"] or _REFUSAL in graded["error"]
    Path(folder, "seconds").write_text(str(time.monotonic() - started))


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
