"""`start.py test` on a tiny course: all parts run, one failure shows, the learner's progress is safe."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import COURSE

NOT_STRICT = "import os; assert 'RELU_COURSE_STRICT' not in os.environ"
STRICT = "import os; assert os.environ['RELU_COURSE_STRICT'] == '1'"
PROGRESS = "open(os.environ['RELU_COURSE_PROGRESS'], 'a', encoding='utf-8').write('{}')"


def write_notebook(path, source):
    path.parent.mkdir(exist_ok=True)
    cell = {"cell_type": "code", "id": "cell", "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {
        "cells": [{**cell, "source": source + "\n"}],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def tiny(tmp_path):
    (tmp_path / "tests").mkdir()
    shutil.copy(COURSE / "tests" / "run_all.py", tmp_path / "tests")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n', encoding="utf-8"
    )
    (tmp_path / "tests" / "test_one.py").write_text("def test_one():\n    pass\n", encoding="utf-8")
    return tmp_path


def run_all(folder, *arguments):
    environment = {**os.environ, "RELU_COURSE_PROGRESS": str(folder / "mine"), "RELU_COURSE_STRICT": "1"}
    program = [sys.executable, str(folder / "tests" / "run_all.py"), *arguments]
    return subprocess.run(program, env=environment, capture_output=True, encoding="utf-8", timeout=120)


def test_all_parts_run_though_one_fails(tiny):
    write_notebook(tiny / "notebooks" / "good.ipynb", f"{NOT_STRICT}\n{PROGRESS}")
    write_notebook(tiny / "exercises" / "bad.ipynb", "1 / 0")
    write_notebook(tiny / "solutions" / "good.ipynb", f"{STRICT}\n{PROGRESS}")
    done = run_all(tiny)
    assert done.returncode == 1
    verdicts = dict(re.findall(r"^(\w[\w, ]+?)\s+[\d.]+ s  (passed|FAILED)", done.stdout, re.MULTILINE))
    assert verdicts["notebooks, exercises"] == "FAILED"
    assert verdicts["tests"] == verdicts["solutions"] == "passed", done.stdout
    # Ruff finds fault with the one-line notebooks or not: its two parts count one each.
    linted = sum(verdicts[name] == "passed" for name in ("ruff check", "ruff format"))
    last = done.stdout.splitlines()[-1]
    assert last == f"{3 + linted} passed, {1 + 2 - linted} failed, 0 skipped", done.stdout
    assert not (tiny / "mine").exists()


def test_arguments_run_pytest_alone(tiny):
    done = run_all(tiny, "-k", "one")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"
    assert "ruff" not in done.stdout


def test_no_test_found_is_a_failure(tiny):
    done = run_all(tiny, "-k", "nothing")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"
