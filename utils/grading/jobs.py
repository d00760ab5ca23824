"""What a worker does: one job is one notebook, one result its sheet of marks. Jobs cross to other processes.

A worker gets the key for the hidden cases of one student at a time, never the cohort's secret; it is trusted
with that, and sandboxes the notebook's code for itself.
"""

import atexit
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from utils.grading import notebook
from utils.grading.assignment import assignments, version
from utils.grading.grader import grade
from utils.grading.results import Graded
from utils.grading.runner import Runner
from utils.grading.sandbox import GradingError

_of_this_thread = threading.local()


@dataclass(frozen=True)
class Job:
    """A notebook to grade; ``notes`` are sentences on it that the sheet is to bear."""

    student: str
    name: str
    ids: Mapping[str, str]
    notes: tuple[str, ...]
    content: bytes
    key: bytes
    version: str


def work(job: Job) -> Graded:
    """Grade one notebook. GradingError when this worker cannot grade any."""
    if job.version != version():
        raise GradingError("A worker has another version of the course: bring all machines to the same one.")
    submitted = notebook.read(job.content, assignments())
    try:
        graded = grade(submitted, job.student, job.key, _runner())
    except BaseException:
        _close()
        raise
    return replace(graded, name=job.name, ids=dict(job.ids), problems=job.notes + graded.problems)


def start_worker() -> None:
    """Prepare a process of a pool: Ctrl-C is its parent's, and it does not outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _runner() -> Runner:
    """The runner of this thread: each has its own sandbox, which serves one notebook after another."""
    if not hasattr(_of_this_thread, "runner"):
        _of_this_thread.runner = Runner().__enter__()
        atexit.register(_of_this_thread.runner.close)
    return _of_this_thread.runner


def _close() -> None:
    """End a sandbox that broke off in the middle; the next job starts another."""
    if hasattr(_of_this_thread, "runner"):
        _of_this_thread.runner.close()
        del _of_this_thread.runner
