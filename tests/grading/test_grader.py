"""Grades from the real sandbox: honest notebooks keep every point, wrong ones are told their mistake."""

import inspect
import json
import resource
import textwrap
from dataclasses import replace

import honest_corpus
import numpy as np
import pytest
import sandboxes
from honest_corpus import ANSWERS, BEND, CORPUS, RECTIFIER, answer, code, setup, solved, stub

from utils.answers import Raised, Result
from utils.grading import cohort, grader
from utils.grading.assignment import Assignment, Task, assignment, assignments
from utils.grading.notebook import Submitted, read
from utils.grading.results import TO_READ, as_data, from_data
from utils.grading.runner import CellReport, Measured, NoAnswer, Runner, RunReport
from utils.grading.sandbox import Limits
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

KEY = cohort.student_key(b"s" * 32, "ada")


@pytest.fixture(scope="module")
def runner():
    with Runner(Limits(cell_seconds=10, call_seconds=2)) as made:
        yield made


@pytest.fixture(scope="module", params=sandboxes.BACKENDS)
def each_runner(request):
    """A runner in each kind of sandbox."""
    with Runner(Limits(cell_seconds=10, call_seconds=2), (sandboxes.need(request.param),)) as made:
        yield made


def graded(runner, *cells, key=KEY):
    content = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    return grader.grade(read(content, assignments()), "ada", key, runner)


def mark(sheet, question):
    return next(each for each in sheet.marks if each.question == question)


def test_the_honest_notebooks_are_as_they_are_written():
    names = {honest_corpus.path(name) for name in CORPUS}
    assert set(honest_corpus.FOLDER.iterdir()) == names and len(names) >= 30
    for name, content in CORPUS.items():
        assert honest_corpus.path(name).read_text("utf-8") == content, "run tests/grading/honest_corpus.py"


@pytest.mark.parametrize("name", CORPUS)
def test_an_honest_notebook_keeps_every_point(name, each_runner):
    content = honest_corpus.path(name).read_bytes()
    sheet = grader.grade(read(content, assignments()), name, cohort.student_key(b"x" * 32, name), each_runner)
    full = {each.question for each in sheet.marks if each.points == each.of}
    assert full == set(json.loads(content)["metadata"]["honest"]), sheet
    assert from_data(json.loads(json.dumps(as_data(sheet)))) == sheet


def plain_mistakes():
    """Mistakes that are a function of their own, so that their source can stand in a notebook."""
    for each in assignments():
        for question in each.questions:
            for mistake in question.mistakes:
                source = textwrap.dedent(inspect.getsource(mistake.function))
                if source.startswith("def ") and not inspect.getclosurevars(mistake.function).nonlocals:
                    names = {
                        name: value
                        for name, value in inspect.getclosurevars(mistake.function).globals.items()
                        if name != "np"
                    }
                    if not names:
                        yield each.stem, question, mistake, source


def test_known_mistakes_are_told_by_name_from_inside_the_sandbox(runner):
    told = 0
    for stem, question, mistake, source in plain_mistakes():
        written = f"{source}\n\n{question.id} = {mistake.function.__name__}"
        sheet = graded(runner, setup(stem), code(written))
        found = mark(sheet, question.id)
        assert (found.mistake, found.points) == (mistake.name, 0)
        assert found.summary == mistake.sentence
        told += 1
    assert told >= 2


def test_what_a_mark_says(runner):
    wrong = {
        "relu": "def relu(x):\n    return x",
        "leaky_relu": "def leaky_relu(x, negative_slope):\n    return np.maximum(x, negative_slope * x)",
        "rescale_unit": "def rescale_unit(w, b, v):\n    raise KeyError(w.tolist())",
    }
    sheet = graded(runner, *solved(RECTIFIER, **wrong))
    relu, leaky, _, rescale = sheet.marks
    assert [each.status for each in sheet.marks] == [WRONG, WRONG, RIGHT, RAISED]
    assert [each.points for each in sheet.marks] == [0, 0, 3, 0]
    assert sheet.of == 10
    assert leaky.mistake and leaky.summary == next(
        each.sentence
        for question in assignment(RECTIFIER).questions
        for each in question.mistakes
        if each.name == leaky.mistake
    )
    assert rescale.summary == "Your function raised KeyError."
    assert relu.section == "Six-ways-to-write-it"


UNDEFINED = {
    "a cell that Python cannot read": ("def relu(x:\n    pass", RAISED, "raised SyntaxError, so there is no"),
    "a cell that fails": ("undefined\ndef relu(x):\n    pass", RAISED, "raised NameError, so there is no"),
    "a cell that never ends": (
        "while True:\n    pass\ndef relu(x):\n    pass",
        RAISED,
        "took too long, so there is no function",
    ),
    "a cell that ends the process": (
        "import os\nos._exit(0)\ndef relu(x):\n    pass",
        RAISED,
        "ended the whole",
    ),
    "another name": ("def Relu(x):\n    return x", WRONG, "defines no function `relu`"),
    "an empty cell": ("   ", NOT_ATTEMPTED, "Not attempted."),
    "an exception of its own": (
        "class S3cret(Exception): ...\nraise S3cret\ndef relu(x): ...",
        RAISED,
        "raised an exc",
    ),
    "no function": ("relu = 'x' * 10", WRONG, "no result that could be used"),
    "an endless function": (
        "def relu(x):\n    while True:\n        pass",
        WRONG,
        "took too long and was stopped",
    ),
    "an end of the process": ("import os\n\ndef relu(x):\n    os._exit(0)", WRONG, "ended the whole process"),
    "another stub": (
        "def relu(x):\n    return help_me(x)\n\ndef help_me(x):\n    raise NotImplementedError",
        RAISED,
        "N",
    ),
}


@pytest.mark.parametrize("kind", UNDEFINED)
def test_without_results_a_sentence_says_why_and_the_others_keep_their_points(kind, runner):
    source, status, words = UNDEFINED[kind]
    limits = runner.limits
    runner.limits = replace(limits, cell_seconds=1, call_seconds=1)
    try:
        sheet = graded(runner, *solved(RECTIFIER, relu=source))
    finally:
        runner.limits = limits
    relu, *others = sheet.marks
    assert (relu.status, relu.points) == (status, 0) and words in relu.summary
    assert all(each.points == each.of for each in others)


def test_remarks_cost_nothing(runner):
    sheet = graded(
        runner,
        *solved(
            RECTIFIER,
            relu=(
                "import warnings\n\ndef relu(x):\n    warnings.warn('overflow encountered in x_0_is_7')\n"
                "    made = [max(0, each) if each == each else each for each in x.ravel()]\n"
                "    x[...] = np.array(made).reshape(x.shape)\n    return x.astype(float)"
            ),
        ),
    )
    relu = mark(sheet, "relu")
    assert (relu.status, relu.points) == (RIGHT, 2)
    said = " ".join(relu.remarks)
    assert "changes an argument" in said and "loops over" in said and "A warning" in said and "dtype" in said
    assert "x_0_is_7" not in said  # a notebook could tell itself a hidden case that way


def test_hidden_cases_are_not_the_public_ones_and_the_grade_does_not_depend_on_the_day(runner):
    """An answer that knows only the public cases gets nothing; the same notebook gets the same marks."""
    question = assignment(RECTIFIER).questions[0]
    public = [case[0] for case in question.cases(np.random.default_rng(20_260_101))]
    known = [(each.shape, each.ravel().tolist()) for each in public]
    cheat = (
        f"from numpy import inf, nan\nKNOWN = {known!r}\n\n\ndef relu(x):\n    for shape, values in KNOWN:\n"
        "        if x.shape == shape and np.array_equal(x.ravel(), np.array(values), equal_nan=True):\n"
        "            return np.maximum(x, 0)\n    return x * 0 + 77"
    )
    sheet = graded(runner, *solved(RECTIFIER, relu=cheat))
    assert mark(sheet, "relu").points == 0
    assert graded(runner, *solved(RECTIFIER, relu=cheat)) == sheet


def test_duplicated_and_false_metadata_give_no_points(runner):
    relu = answer("relu", ANSWERS[RECTIFIER]["relu"])
    liar = code("", nbgrader={"grade_id": "leaky_relu", "points": 100, "grade": True, "solution": True})
    sheet = graded(runner, setup(RECTIFIER), relu, relu, relu, liar, stub("relu"))
    assert {each.question: each.points for each in sheet.marks} == {
        "relu": 2,
        "leaky_relu": 0,
        "tent_weights": 0,
        "rescale_unit": 0,
    }
    assert sheet.of == 10


# ------------------------------------------------- what only a forged or broken report would bring


class Scripted:
    """Gives prepared results for every call: what the grader makes of a report, without a sandbox."""

    def __init__(self, result, measured=None):
        self.result, self.measured = result, measured or NoAnswer("x")

    def run(self, cells, calls):
        results = tuple(self.measured if call.measure else self.result for call in calls)
        return RunReport(results, tuple(CellReport("ok") for _ in cells), "it sent a forged frame")


ODD = {
    "a huge integer": Result(value=10**5000),
    "nested": Result(value=[[[[]]]]),
    "keys": Result(value={float("nan"): 1, (1, 2): None}),
    "no number": Result(value=np.array("text")),
    "complex": Result(value=np.array(1j)),
    "many axes": Result(value=np.zeros((1,) * 32)),
    "refused": Result(refused="secret 123"),
    "raised": Result(raised=Raised("Secret123", "secret 123", 3, "secret 123", "f")),
    "forged": NoAnswer("it sent secret 123"),
}


MADE = {}


@pytest.fixture
def cases_made_once(monkeypatch):
    """The hidden cases of a question and their expected results, which take seconds in the clinic's."""
    make, work_out = grader._asked, grader.collect

    def known(question, key):
        if question.id not in MADE:
            asked = make(question, key)
            MADE[question.id] = asked, work_out(question.reference, asked.cases)
        return MADE[question.id][0]

    def worked_out(reference, cases):
        return next(expected for asked, expected in MADE.values() if asked.cases is cases)

    monkeypatch.setattr(grader, "_asked", known)
    monkeypatch.setattr(grader, "collect", worked_out)


@pytest.mark.usefixtures("cases_made_once")
@pytest.mark.parametrize("kind", ODD)
def test_odd_results_give_no_points_and_are_never_repeated(kind):
    for each in assignments():
        answers = {question.id: (0,) for question in each.questions}
        submitted = Submitted(each.stem, ("x = 1",), answers, {})
        sheet = grader.grade(submitted, "ada", KEY, Scripted(ODD[kind]))
        assert sheet.points == 0 and len(sheet.marks) == len(each.questions)
        assert "ecret" not in repr(sheet.marks) and "123" not in repr(sheet.marks)
        assert sheet.problems == ("The sandbox had to be replaced: it sent a forged frame.",)


ENORMOUS = {
    "texts": Result(value=["x" * 1_000_000] + [""] * 300),
    "texts in arrays": Result(value=[np.array("x" * 1_000_000)] + [np.array("y")] * 300),
    "numbers": Result(value=(np.zeros(1_000_000), np.zeros(1_000_000), np.zeros(1_000_000))),
    "keys": Result(value={key: np.zeros(100_000) for key in range(10)}),
}


@pytest.mark.usefixtures("cases_made_once")
@pytest.mark.parametrize("kind", ENORMOUS)
def test_a_result_far_larger_than_asked_for_costs_no_memory(kind):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for each in assignments():
        submitted = Submitted(each.stem, (), {}, {})
        assert grader.grade(submitted, "ada", KEY, Scripted(ENORMOUS[kind])).points == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


def test_a_comparison_that_breaks_costs_only_its_question(monkeypatch):
    def broken(*arguments):
        raise MemoryError

    monkeypatch.setattr(grader, "judge", broken)
    sheet = grader.grade(Submitted(BEND, (), {}, {}), "ada", KEY, Scripted(Result(value=1)))
    assert {each.status for each in sheet.marks} == {WRONG}


def test_measured_lines_only_ever_add_a_remark():
    endless = Measured(10**9, True)
    sheet = grader.grade(Submitted(BEND, (), {}, {}), "ada", KEY, Scripted(Result(value=1), endless))
    assert sheet.points == 0 and not any(each.remarks for each in sheet.marks)


def test_free_text_waits_for_a_person_and_is_never_run(monkeypatch, runner):
    known = Assignment(BEND, (), (Task("why", "Why", 3), Task("how", "How", 2)), {})
    monkeypatch.setattr(grader, "assignment", lambda stem: known)
    sheet = grader.grade(Submitted(BEND, (), {}, {"why": "raise SystemExit", "how": ""}), "ada", KEY, runner)
    why, how = sheet.marks
    assert (why.status, why.points, why.of, why.answer) == (TO_READ, 0, 3, "raise SystemExit")
    assert (how.status, how.answer) == (NOT_ATTEMPTED, "")
    assert not sheet.complete
