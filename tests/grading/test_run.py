"""Grading a class through an executor: what is handed out when, what is kept, what one failure costs."""

import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import example_class
import pytest

from utils.grading import jobs
from utils.grading import run as running
from utils.grading.assignment import assignments
from utils.grading.cohort import student_key
from utils.grading.gradebook import Gradebook
from utils.grading.notebook import read
from utils.grading.results import Graded, Marked
from utils.grading.run import grade_all, plan
from utils.grading.runner import Runner
from utils.grading.sandbox import GradingError
from utils.grading.submissions import find

SECRET = b"s" * 32


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "gradebook.sqlite") as made:
        yield made


@pytest.fixture
def class_folder(tmp_path):
    example_class.make(tmp_path / "class")
    return tmp_path / "class"


class Recorder(Executor):
    """Runs each job at once, or as late as possible, with a function of the test's own."""

    def __init__(self, function, late=False):
        self.function, self.late = function, late
        self.jobs, self.waiting, self.most = [], [], 0

    def submit(self, function, job):
        self.jobs.append(job)
        future = Future()
        self.waiting.append((future, job))
        self.most = max(self.most, len(self.waiting))
        if self.late:
            threading.Timer(0.05, self.settle).start()
        else:
            self.settle()
        return future

    def settle(self):
        future, job = self.waiting.pop(0)
        try:
            future.set_result(self.function(job))
        except Exception as error:
            future.set_exception(error)


def easily(job):
    lesson = read(job.content, assignments()).stem
    return Graded(job.student, lesson, (Marked("relu", "t", 1, 2, "right", "s"),), job.notes, job.name)


def test_a_class_in_two_threads_each_with_a_sandbox_of_its_own(class_folder, book):
    planned, refused = plan(find(class_folder))
    assert not refused
    with ThreadPoolExecutor(2) as executor:
        tally = grade_all(planned, book, SECRET, executor, 4)
    assert (tally.graded, tally.before, tally.failed) == (len(example_class.STUDENTS), 0, [])
    found = {each.student: each.points for each in book.rows()}
    assert found == {student: points for student, (_, points) in example_class.STUDENTS.items()}
    executor = Recorder(easily)
    tally = grade_all(planned, book, SECRET, executor, 4)
    assert (tally.graded, tally.before, executor.jobs) == (0, len(planned), [])


def test_only_so_many_jobs_at_a_time_and_no_secret_in_them(class_folder, book):
    executor = Recorder(easily, late=True)
    told = []
    grade_all(plan(find(class_folder))[0], book, SECRET, executor, 3, lambda: told.append(1))
    assert 1 < executor.most <= 3
    assert len(executor.jobs) == len(told) == 10
    assert all(SECRET not in (job.key, job.content) for job in executor.jobs)
    assert len({job.key for job in executor.jobs}) == 10
    assert executor.jobs[0].key == student_key(SECRET, executor.jobs[0].student)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder, patch: (folder / "Ada Lovelace.ipynb").write_bytes(
            example_class.content(example_class.solved("02_why_bend"))
        ),
        lambda folder, patch: patch.setattr(running, "version", lambda: "another"),
        lambda folder, patch: (folder / "Ada Lovelace.ipynb").rename(folder / "Ada L.ipynb"),
    ],
)
def test_what_has_changed_is_graded_again_and_nothing_else(change, class_folder, book, monkeypatch):
    grade_all(plan(find(class_folder))[0], book, SECRET, Recorder(easily), 4)
    change(class_folder, monkeypatch)
    executor = Recorder(easily)
    tally = grade_all(plan(find(class_folder))[0], book, SECRET, executor, 4)
    assert tally.graded == len(executor.jobs) == (10 if running.version() == "another" else 1)
    assert tally.graded + tally.before == 10


def test_another_secret_is_another_grade(class_folder, book):
    planned = plan(find(class_folder))[0]
    grade_all(planned, book, SECRET, Recorder(easily), 4)
    assert grade_all(planned, book, b"t" * 32, Recorder(easily), 4).graded == 10


def test_one_failure_costs_one_notebook(class_folder, book):
    def fails(job):
        if job.student.startswith("Ada"):
            raise RuntimeError("it broke")
        return easily(job)

    tally = grade_all(plan(find(class_folder))[0], book, SECRET, Recorder(fails, late=True), 4)
    assert tally.graded == len(book.rows()) == 9
    assert tally.failed == [("Ada Lovelace.ipynb", "grading it failed (RuntimeError: it broke)")]


@pytest.mark.parametrize(
    ("error", "words"),
    [(BrokenExecutor("x"), "fewer --workers"), (GradingError("No sandbox."), "No sandbox")],
)
def test_a_failure_of_the_grading_ends_the_run_and_keeps_what_was_done(error, words, class_folder, book):
    def fails(job):
        if job.student.startswith("Isaac"):
            raise error
        return easily(job)

    with pytest.raises(GradingError, match=words):
        grade_all(plan(find(class_folder))[0], book, SECRET, Recorder(fails), 1)
    assert 0 < len(book.rows()) < 10
    assert grade_all(plan(find(class_folder))[0], book, SECRET, Recorder(easily), 4).before > 0


def test_a_file_that_changes_meanwhile_is_not_graded_as_another(class_folder, book):
    planned = plan(find(class_folder))[0]
    (class_folder / "Ada Lovelace.ipynb").write_bytes(b"{}")
    (class_folder / "Alan Turing.ipynb").unlink()
    tally = grade_all(planned, book, SECRET, Recorder(easily), 4)
    assert [name for name, _ in tally.failed] == ["Ada Lovelace.ipynb", "Alan Turing.ipynb"]
    assert "changed while" in tally.failed[0][1] and tally.graded == 8


def test_a_worker_of_another_version_grades_nothing():
    job = jobs.Job("ada", "ada.ipynb", {}, (), b"{}", b"k", "another version")
    with pytest.raises(GradingError, match="another version of the course"):
        jobs.work(job)


def test_a_sandbox_that_breaks_off_is_replaced(class_folder, book, monkeypatch):
    planned = plan(find(class_folder))[0][:2]
    run, calls = Runner.run, []

    def broken(self, cells, asked):
        if any(call.function == "relu" for call in asked):  # no call of the sandbox's own test
            calls.append(self)
            if len(calls) == 1:
                raise MemoryError
        return run(self, cells, asked)

    monkeypatch.setattr(Runner, "run", broken)
    monkeypatch.setattr(jobs, "_of_this_thread", threading.local())
    with ThreadPoolExecutor(1) as executor:
        tally = grade_all(planned, book, SECRET, executor, 1)
    assert (tally.graded, len(tally.failed)) == (1, 1)
    assert calls[0] is not calls[1]
