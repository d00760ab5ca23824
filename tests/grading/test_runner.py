"""What a notebook's cells and functions do is reported as it is, and what breaks costs only itself."""

import os
import time
from dataclasses import replace

import numpy as np
import pytest
import sandboxes

from utils.answers import Result, call, unchanged
from utils.grading.runner import (
    DIED,
    NOT_RUN,
    OK,
    RAISED,
    TIMED_OUT,
    Call,
    CellReport,
    Measured,
    NoAnswer,
    Runner,
)

SETUP = 'import numpy as np\nfrom utils.check import Checker\n\ncheck = Checker("01_the_rectifier")'
RELU = "def relu(x):\n    return np.maximum(x, 0)"
X = np.array([-1.5, 0.0, 2.0])
RIGHT = Call("relu", (X,))


@pytest.fixture(scope="module", params=sandboxes.BACKENDS)
def runner(request):
    with Runner(sandboxes.LIMITS, (sandboxes.need(request.param),)) as started:
        yield started


def right(result) -> bool:
    return isinstance(result, Result) and np.array_equal(result.value, np.maximum(X, 0))


def statuses(report) -> list[str]:
    return [cell.status for cell in report.cells]


# -------------------------------------------------------------------------------- what calls give back


FUNCTIONS = {
    "value": "def f(x):\n    return np.maximum(x, 0)",
    "float": "def f(x):\n    return float(x[0])",
    "nested": "def f(x):\n    return {'a': [x, (1, None)], 2: 'text'}",
    "raised": "def f(x):\n    raise ValueError('no: ' + str(x.shape))",
    "not implemented": "def f(x):\n    raise NotImplementedError()",
    "in another function": "def g(x):\n    return 1 / 0\n\ndef f(x):\n    return g(x)",
    "mutated": "def f(x):\n    x[0] = 9\n    return x",
    "warned": "def f(x):\n    return np.log(x)",
    "generator": "def f(x):\n    return (each for each in x)",
    "printed": "def f(x):\n    print(x)\n    return x",
    "other arguments": "def f():\n    return 1",
    "exit": "def f(x):\n    raise SystemExit(3)",
    "class": "class f:\n    def __init__(self, x):\n        pass",
}


@pytest.mark.parametrize("source", FUNCTIONS.values(), ids=FUNCTIONS)
def test_results_are_those_of_a_call_right_here(runner, source):
    names = {"np": np}
    exec(compile(source, "cell", "exec"), names)
    expected = call(names["f"], (X,))
    (result,) = runner.run(["import numpy as np", source], [Call("f", (X,))]).results
    assert isinstance(result, Result)
    assert unchanged(result.value, expected.value)
    assert (result.refused, result.mutated, result.warnings) == (
        expected.refused,
        expected.mutated,
        expected.warnings,
    )
    if expected.raised:
        raised = replace(expected.raised, source=result.raised.source)
        assert result.raised == raised
        assert result.raised.source in source


def test_a_name_that_is_missing_or_no_function(runner):
    report = runner.run(["f = 3"], [Call("missing", ()), Call("f", ())])
    assert report.results[0] == NoAnswer("it is not defined")
    assert "of type int" in report.results[1].reason


def test_work_is_measured(runner):
    loop = "def f(x):\n    total = 0\n    for each in x:\n        total += each\n    return total"
    calls = [Call(name, (np.ones(size),), measure=True) for name in "fghk" for size in (10, 100)]
    cells = ["import numpy as np", loop, "g = np.sum", "h = lambda x: 1 / 0", "k = np.vectorize(abs)"]
    loops, whole, failing, hidden = zip(*[iter(runner.run(cells, calls).results)] * 2, strict=True)
    assert loops[1].lines - loops[0].lines == 2 * 90
    assert whole[0].lines == whole[1].lines and not whole[0].hidden_loop
    assert failing[0] == Measured(None, False)
    assert hidden[0].hidden_loop


# ----------------------------------------------------------------------------- untidy but honest cells


UNTIDY = {
    "magic": "%timeit -n1 -r1 1 + 1\n%precision 3",
    "cell magic": "%%time\ny = 1",
    "capture": "%%capture said\nprint('x')",
    "matplotlib magic": "%matplotlib inline",
    "shell": "!echo hello > file.txt && cat file.txt",
    "shell into a name": "listed = !ls /",
    "await": "import asyncio\nawait asyncio.sleep(0.01)",
    "async for": "async def numbers():\n    yield 1\nasync for n in numbers():\n    print(n)",
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('ü')\nplt.show()",
    "savefig": "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('figure.png')",
    "widgets": "import ipywidgets\nipywidgets.interact(lambda x: x, x=(0, 3))",
    "display": "display({'text/plain': 'x'}, raw=True)\nfrom IPython.display import HTML\nHTML('<b>')",
    "stderr": "import sys, warnings\nprint('x', file=sys.stderr)\nwarnings.warn('careful')",
    "last value": "1 + 1",
    "help": "len?",
    "exit": "exit",
    "semicolon": "1;",
    "empty": "",
    "comment": "# nothing",
    "files": "from pathlib import Path\nPath('a.txt').write_text('x')\nassert Path.home().is_dir()",
    "temporary files": "import tempfile\nwith tempfile.TemporaryDirectory() as t:\n    open(t + '/x', 'w')",
    "copying": "import shutil\nopen('a', 'w').close()\nshutil.copy('a', 'b')",
    "threads": "from concurrent.futures import ThreadPoolExecutor\nlist(ThreadPoolExecutor(2).map(abs, [1]))",
    "subprocess": "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'], check=True)",
    "pickle": "import pickle\nclass A: pass\npickle.loads(pickle.dumps(A()))",
    "scipy": "import scipy.special\nscipy.special.expit(0.0)",
    "check": "check('relu')\ncheck.hint('relu')\ncheck.progress()",
}


@pytest.mark.parametrize("source", UNTIDY.values(), ids=UNTIDY)
def test_untidy_cell_runs_and_costs_nothing(runner, source, monkeypatch):
    # Nothing here is about time: on a busy machine an import or a plot may take longer than the short limits.
    monkeypatch.setattr(runner, "limits", replace(runner.limits, cell_seconds=10.0, call_seconds=10.0))
    costs_nothing(runner, source)


def test_slow_cell_within_its_time_costs_nothing(runner):
    costs_nothing(runner, "import time\ntime.sleep(0.4)")


def costs_nothing(runner, source):
    report = runner.run([SETUP, source, RELU], [RIGHT])
    assert statuses(report) == [OK, OK, OK], report.cells
    assert right(report.results[0])
    assert report.irregular is None


def test_earlier_results_have_their_names(runner):
    report = runner.run(["1 + 1", "assert _ == 2", "40 + _", "assert Out[3] == 42 and In[1] == '1 + 1'"], [])
    assert statuses(report) == [OK] * 4, report.cells


def test_cells_share_names_and_functions_are_named(runner):
    report = runner.run(
        ["a = 1", "def f():\n    return a\n\ndef g():\n    pass", "f = f\na = 2"], [Call("f", ())]
    )
    assert [cell.defined for cell in report.cells] == [(), ("f", "g"), ()]
    assert report.results[0].value == 2


# ---------------------------------------------------------------------------- what breaks costs itself


BROKEN = {
    "raises": ("1 / 0", RAISED),
    "syntax": ("def (", RAISED),
    "leaves": ("import sys\nsys.exit(1)", RAISED),
    "ends": ("import os\nos._exit(1)", DIED),
    "crashes": ("import ctypes\nctypes.string_at(0)", DIED),
    "sleeps": ("import time\ntime.sleep(60)", TIMED_OUT),
    "loops": ("while True:\n    pass", TIMED_OUT),
    "loops and swallows": (
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
        TIMED_OUT,
    ),
    "too long": ("x = '" + "y" * 2_000_000 + "'", NOT_RUN),
    "no Unicode": ("x = '\ud800'", NOT_RUN),
}


@pytest.mark.parametrize(("source", "status"), BROKEN.values(), ids=BROKEN)
def test_broken_cell_costs_only_itself(runner, source, status):
    report = runner.run([SETUP, source, RELU], [RIGHT])
    assert statuses(report) == [OK, status, OK]
    assert right(report.results[0])


def test_what_a_cell_raised_is_told(runner):
    report = runner.run(["raise ValueError('no')"], [])
    assert report.cells[0].raised.type == "ValueError" and report.cells[0].raised.message == "no"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("while True:\n        pass", "it took longer than 0.7 seconds"),
        ("import os\n    os._exit(0)", "it ended the process"),
    ],
    ids=["loops", "ends"],
)
def test_broken_function_costs_only_itself(runner, body, reason):
    cells = [SETUP, f"def bad(x):\n    {body}", RELU]
    calls = [RIGHT, Call("bad", (X,)), Call("bad", (X,)), RIGHT, Call("bad", (X,), measure=True)]
    started = time.monotonic()
    results = runner.run(cells, calls).results
    assert right(results[0]) and right(results[3])
    assert [results[place] for place in (1, 2, 4)] == [NoAnswer(reason)] * 3
    assert time.monotonic() - started < 6, "the same function is not waited for again"


def test_whole_notebook_has_a_deadline():
    name = next((each for each in sandboxes.BACKENDS if not sandboxes.trouble(each)), "bubblewrap")
    limits = replace(sandboxes.LIMITS, whole_seconds=2.0)
    with Runner(limits, (sandboxes.need(name),)) as runner:
        started = time.monotonic()
        report = runner.run([SETUP, *["import time\ntime.sleep(0.9)"] * 9, RELU], [RIGHT])
        assert time.monotonic() - started < 5
        assert report.results == (NoAnswer("the whole notebook took too long"),)
        assert report.cells[-1] == CellReport(NOT_RUN)
        assert right(runner.run([SETUP, RELU], [RIGHT]).results[0])


def test_dead_server_is_replaced(runner):
    assert right(runner.run([SETUP, RELU], [RIGHT]).results[0])
    runner._confined.process.kill()
    runner._confined.process.wait()
    report = runner.run([SETUP, RELU], [RIGHT])
    assert right(report.results[0])
    assert report.irregular == "the server was gone"
    assert runner.run([SETUP, RELU], [RIGHT]).irregular is None


def test_arguments_that_are_no_plain_data_are_the_graders_mistake(runner):
    with pytest.raises(ValueError, match="object of type"):
        runner.run([SETUP, RELU], [Call("relu", (object(),))])
    assert right(runner.run([SETUP, RELU], [RIGHT]).results[0])


# --------------------------------------------------------------------------------------- a whole class


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_class_is_quick_and_takes_no_more_memory_or_files(runner):
    cells = [SETUP, *[RELU.replace("relu", name) for name in "abcd"], "check('relu')"]
    calls = [Call(name, (np.ones((20, 20)),)) for name in "abcd" for _ in range(8)]
    for _ in range(30):
        runner.run(cells, calls)
    memory, files = resident_bytes(), len(os.listdir("/proc/self/fd"))
    started = time.monotonic()
    for _ in range(100):
        assert runner.run(cells, calls).irregular is None
    # Far above what it takes (see the benchmarks), so that a busy machine does not matter.
    assert time.monotonic() - started < 30
    assert resident_bytes() - memory < 2**21
    assert len(os.listdir("/proc/self/fd")) == files
