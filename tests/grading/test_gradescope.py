"""Gradescope: its results file, and the autograder's zip, which is unpacked and run as Gradescope runs it."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from sheets import HOSTILE, RECTIFIER, sheet, small_class, text

from utils.grading.assignment import assignments
from utils.grading.gradescope import autograder, results, write_autograders, write_results
from utils.grading.results import READ
from utils.lessons import ROOT, lesson
from utils.question import NOT_ATTEMPTED, RIGHT, WRONG

SECRET = bytes(range(32))


def test_results_have_the_documented_fields():
    made = results([sheet("Ada", (RIGHT, WRONG, NOT_ATTEMPTED, RIGHT), mistake="maximum")])
    assert made["score"] == sum(test["score"] for test in made["tests"]) == 5
    assert made["stdout_visibility"] == "hidden" and made["visibility"] == "visible"
    for test in made["tests"]:
        assert test.keys() >= {
            "name",
            "score",
            "max_score",
            "output",
            "visibility",
            "output_format",
            "status",
        }
        assert test["output_format"] == test["name_format"] == "text", "nothing is read as HTML"
    right, wrong, missing, _ = made["tests"]
    assert (right["status"], wrong["status"], missing["status"]) == ("passed", "failed", "failed")
    assert "The larger of a·x and x is leaky ReLU only for slopes" in wrong["output"]
    assert "Next step: read the section “Bends add up to shapes”" in wrong["output"]


def test_unread_text_is_neither_passed_nor_failed():
    waiting = results([sheet("Ada", (RIGHT,) * 4)])["tests"]
    assert len(waiting) == 4
    one = sheet("Ada", (RIGHT,) * 4)
    made = results([type(one)(**{**vars(one), "marks": (text(), text(READ, 3, "Good."))})])
    assert made["score"] == 3 and not any("status" in test for test in made["tests"])
    assert "waits to be read" in made["tests"][0]["output"] and "Good." in made["tests"][1]["output"]


def test_one_file_for_each_notebook_in_a_folder_of_its_own(tmp_path):
    written = write_results(small_class(), tmp_path)
    assert len(written) == len(set(written)) == 6
    for path in written:
        assert path.name == "results.json" and path.is_relative_to(tmp_path)
        assert json.loads(path.read_text(encoding="utf-8"))["tests"]
    ada = tmp_path / "Ada"
    assert sorted(path.parent.name for path in ada.rglob("results.json")) == [RECTIFIER, "03_derivatives"]
    again = {path: path.read_bytes() for path in written}
    write_results(small_class()[::-1], tmp_path)
    assert again == {path: path.read_bytes() for path in written}
    assert not any(HOSTILE in str(path) for path in written)


def test_zip_has_the_scripts_at_its_root_and_is_the_same_every_time(tmp_path):
    written = write_autograders(tmp_path, SECRET)
    assert [path.name for path in written] == [f"gradescope-{each.stem}.zip" for each in assignments()]
    assert written[0].read_bytes() == autograder(assignments()[0].stem, SECRET)
    if os.name == "posix":
        assert written[0].stat().st_mode & 0o077 == 0, "it holds the secret"
    with zipfile.ZipFile(written[0]) as packed:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in packed.infolist()}
        content = {name: packed.read(name) for name in modes}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["gradescope.json"] == 0o600
    assert content["setup.sh"].startswith(b"#!") and b"\r" not in content["setup.sh"]
    assert b"-m utils.grading.gradescope /autograder" in content["run_autograder"]
    holders = [name for name, each in content.items() if SECRET.hex().encode() in each or SECRET in each]
    assert holders == ["gradescope.json"]
    assert not [
        name for name in modes if "__pycache__" in name or name.startswith((".git", "tests", ".venv"))
    ]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_scripts_are_bash():
    with zipfile.ZipFile(io.BytesIO(autograder(RECTIFIER, SECRET))) as packed:
        for name in ("setup.sh", "run_autograder"):
            checked = subprocess.run(["bash", "-n"], input=packed.read(name), capture_output=True)
            assert checked.returncode == 0, checked.stderr


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """Folders as in Gradescope's container, with the zip unpacked in ``source``."""
    folder = tmp_path_factory.mktemp("autograder")
    with zipfile.ZipFile(io.BytesIO(autograder(RECTIFIER, SECRET))) as packed:
        packed.extractall(folder / "source")
    (folder / "results").mkdir()
    return folder


def run(container, files, metadata=None):
    """Hand in these files (name to bytes) and run the autograder; its process, and the results if any."""
    shutil.rmtree(container / "submission", ignore_errors=True)
    (container / "submission").mkdir()
    (container / "results" / "results.json").unlink(missing_ok=True)
    for name, content in files.items():
        (container / "submission" / name).write_bytes(content)
    metadata = (
        {"users": [{"id": 1234, "name": HOSTILE, "email": "a@example.org"}]} if metadata is None else metadata
    )
    (container / "submission_metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-m", "utils.grading.gradescope", str(container)],
        cwd=container / "source",
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    path = container / "results" / "results.json"
    return ran, json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def needs_sandbox(ran):
    if ran.returncode and "sandbox" in ran.stderr.lower() and os.environ.get("CI") != "true":
        pytest.skip(f"no sandbox on this machine: {ran.stderr.strip()[-200:]}")


def test_solution_gets_all_points_there_and_the_exercise_none(container):
    solution = lesson(RECTIFIER).solution.read_bytes()
    ran, found = run(container, {"my answers.ipynb": solution})
    needs_sandbox(ran)
    assert ran.returncode == 0, ran.stderr
    assert found["score"] == 10 and [test["status"] for test in found["tests"]] == ["passed"] * 4
    ran, found = run(container, {"empty.ipynb": lesson(RECTIFIER).exercise.read_bytes()})
    assert found["score"] == 0 and all("Not attempted." in test["output"] for test in found["tests"])


def test_another_lesson_gives_no_points_for_this_one(container):
    ran, found = run(container, {"other.ipynb": lesson("03_derivatives").solution.read_bytes()})
    assert ran.returncode == 0, ran.stderr
    assert found["score"] == 0 and "answers 03_derivatives, not 01_the_rectifier" in found["output"]


@pytest.mark.parametrize(
    "files, words",
    [({}, "no notebook"), ({"essay.txt": b"x"}, "no notebook"), ({"broken.ipynb": b"{"}, "not JSON")],
)
def test_what_a_student_did_wrong_is_said_in_the_results(container, files, words):
    ran, found = run(container, files)
    assert ran.returncode == 0, ran.stderr
    assert found["score"] == 0 and words in found["output"]


def test_without_a_student_there_are_no_results_rather_than_wrong_ones(container):
    solution = lesson(RECTIFIER).solution.read_bytes()
    ran, found = run(container, {"a.ipynb": solution}, {"users": [{"name": "x"}]})
    assert ran.returncode == 1 and found is None
    assert "does not say who handed in" in ran.stderr and "Traceback" not in ran.stderr


def test_zip_holds_all_that_the_course_needs():
    with zipfile.ZipFile(io.BytesIO(autograder(RECTIFIER, SECRET))) as packed:
        names = set(packed.namelist())
    for path in (ROOT / "utils").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    assert {"requirements.txt", "pyproject.toml", f"solutions/{RECTIFIER}.ipynb"} <= names
