"""`start.py test` on a tiny course: all parts run, some at a time, a failure shows, the progress is safe."""

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
# Each part waits for the other one's file, and none may find its own progress file in use.
WAITS = """
import os, pathlib, time

def test_waits_for_the_other():
    progress = pathlib.Path(os.environ["RELU_COURSE_PROGRESS"])
    assert not progress.exists()
    progress.touch()
    pathlib.Path(__file__).with_name("here").touch()
    other = pathlib.Path(__file__).parents[1] / "{other}" / "here"
    end = time.monotonic() + 60
    while not other.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
"""
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
    write_test(tmp_path / "tests" / "test_one.py", "def test_one():\n    pass\n")
    return tmp_path


def write_test(path, source):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def run_all(folder, *arguments):
    environment = {**os.environ, "RELU_COURSE_PROGRESS": str(folder / "mine"), "RELU_COURSE_STRICT": "1"}
    program = [sys.executable, str(folder / "tests" / "run_all.py"), *arguments]
    return subprocess.run(program, env=environment, capture_output=True, encoding="utf-8", timeout=120)


def summary(done):
    """For each part its verdict and its numbers of passed, failed and skipped tests."""
    line = r"^(\w[\w, ]+?)\s+[\d.]+ s\s+(\d+) passed\s+(\d+) failed\s+(\d+) skipped  (passed|FAILED)"
    found = re.findall(line, done.stdout, re.MULTILINE)
    return {name: (verdict, *map(int, numbers)) for name, *numbers, verdict in found}


def test_all_parts_run_though_one_fails(tiny):
    write_notebook(tiny / "notebooks" / "good.ipynb", f"{NOT_STRICT}\n{PROGRESS}")
    write_notebook(tiny / "exercises" / "bad.ipynb", "1 / 0")
    write_notebook(tiny / "solutions" / "good.ipynb", f"{STRICT}\n{PROGRESS}")
    write_test(tiny / "tests" / "left" / "test_left.py", WAITS.format(other="right"))
    write_test(
        tiny / "tests" / "right" / "deeper" / "test_right.py", "def test_right():\n    assert 1 == 2\n"
    )
    write_test(tiny / "tests" / "right" / "test_beside.py", WAITS.format(other="left"))
    done = run_all(tiny)
    assert done.returncode == 1
    parts = summary(done)
    assert parts["notebooks, exercises"] == ("FAILED", 1, 1, 0)
    assert parts["right"] == ("FAILED", 1, 1, 0)
    assert parts["left"] == parts["tests"] == parts["solutions"] == ("passed", 1, 0, 0), done.stdout
    # Ruff finds fault with the one-line notebooks or not: its two parts count one each.
    linted = sum(parts[name][0] == "passed" for name in ("ruff check", "ruff format"))
    assert len(parts) == 7
    last = done.stdout.splitlines()[-1]
    assert last == f"{5 + linted} passed, {2 + 2 - linted} failed, 0 skipped", done.stdout
    # What a part says stands below its name, in one piece.
    said = re.split(r"^===== (.+) =====$", done.stdout, flags=re.MULTILINE)
    assert "assert 1 == 2" in said[said.index("right") + 1]
    assert "ZeroDivisionError" in said[said.index("notebooks, exercises") + 1]
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
