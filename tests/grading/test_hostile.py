"""No hostile notebook gets a point that it did not earn, harms the next one, or leaves anything behind."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import hostile_corpus
import pytest
import sandboxes

from utils.grading import selftest
from utils.grading.runner import Runner, RunReport

NOTEBOOKS = [hostile_corpus.load(path) for path in sorted(hostile_corpus.FOLDER.glob("*.ipynb"))]
HONEST = (
    "import numpy as np",
    "def relu(x):\n    return np.maximum(x, 0)",
    "def leaky_relu(x, negative_slope):\n    slope = np.asarray(negative_slope, dtype=x.dtype)\n"
    "    return np.where(x > 0, x, np.where(x == 0, np.zeros_like(x), slope * x))",
)


@dataclass
class Ran:
    """What one hostile notebook got, and what an honest one got right after it in the same runner."""

    right: list[str]
    report: RunReport
    right_after: list[str]
    report_after: RunReport
    seconds: float


def run_corpus(backend) -> dict[str, Ran]:
    found = {}
    with Runner(sandboxes.LIMITS, (backend,)) as runner:
        for notebook in NOTEBOOKS:
            started = time.monotonic()
            right, report = hostile_corpus.run(runner, notebook.cells)
            seconds = time.monotonic() - started
            found[notebook.name] = Ran(right, report, *hostile_corpus.run(runner, HONEST), seconds)
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """All notebooks run in every kind of sandbox, side by side; the outside is looked at afterwards."""
    working = [name for name in sandboxes.BACKENDS if not sandboxes.trouble(name)]
    os.environ["RELU_CANARY_SECRET"] = "canary"
    try:
        with ExitStack() as stack:
            folder = tmp_path_factory.mktemp("outside")
            _, listeners, bystander = selftest.make_targets(folder, stack)
            with ThreadPoolExecutor(len(sandboxes.BACKENDS)) as pool:
                everything = dict(
                    zip(
                        working,
                        pool.map(run_corpus, [sandboxes.BACKENDS[name] for name in working]),
                        strict=True,
                    )
                )
            everything["harm"] = selftest.done_outside(folder, listeners, bystander)
            return everything
    finally:
        del os.environ["RELU_CANARY_SECRET"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
@pytest.mark.parametrize("backend", sandboxes.BACKENDS)
def test_earns_what_it_answers_and_no_more(ran, backend, notebook):
    sandboxes.need(backend)
    got = ran[backend][notebook.name]
    assert set(notebook.earned) <= set(got.right) <= {*notebook.earned, *notebook.may_earn}, got.report


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
@pytest.mark.parametrize("backend", sandboxes.BACKENDS)
def test_reaches_nothing_outside(ran, backend, notebook):
    sandboxes.need(backend)
    for cell in ran[backend][notebook.name].report.cells:
        assert cell.raised is None or cell.raised.type != "Escaped", cell.raised.message


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
@pytest.mark.parametrize("backend", sandboxes.BACKENDS)
def test_leaves_the_next_notebook_alone(ran, backend, notebook):
    sandboxes.need(backend)
    got = ran[backend][notebook.name]
    assert got.right_after == ["relu", "leaky_relu"]
    assert got.report_after.irregular is None
    assert [cell.status for cell in got.report_after.cells] == ["ok"] * len(HONEST)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
@pytest.mark.parametrize("backend", sandboxes.BACKENDS)
def test_cannot_hold_up_the_class(ran, backend, notebook):
    sandboxes.need(backend)
    assert ran[backend][notebook.name].seconds < 3 * sandboxes.LIMITS.whole_seconds


def test_outside_all_is_as_before(ran):
    assert ran["harm"] == []


def test_no_process_is_left(ran):
    assert sandboxes.soon_gone(f'"grader": {os.getpid()},')


def test_corpus_tries_what_it_says():
    kinds = {notebook.kind for notebook in NOTEBOOKS}
    assert kinds == {"forgery", "theft", "persistence", "process", "time", "resources", "protocol"}
    assert len(NOTEBOOKS) >= 45
