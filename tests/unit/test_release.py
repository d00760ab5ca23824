"""Exercises made from solutions: stubs in place, nothing left of the answer, the same bytes every time."""

import json

import pytest

from utils import __main__ as command_line
from utils import release

ANSWER = '''def relu(x):
    """The rectifier."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0)
    ### END SOLUTION
'''


def cell(identifier, source, kind="code", **metadata):
    made = {"cell_type": kind, "id": identifier, "metadata": metadata, "source": source.splitlines(True)}
    return made | ({"execution_count": 7, "outputs": [{"secret": 1}]} if kind == "code" else {})


def notebook(*cells):
    metadata = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python", "version": "3.11.7"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "01_a.ipynb").write_bytes(notebook(cell("answer", ANSWER)))
    monkeypatch.setattr("utils.release_command.ROOT", tmp_path)
    return tmp_path


def test_a_region_becomes_the_stub_at_its_indent():
    assert release.clear(ANSWER.rstrip("\n")) == (
        'def relu(x):\n    """The rectifier."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    )


def test_several_regions_and_none():
    two = "### BEGIN SOLUTION\na\n### END SOLUTION\nkeep\n  # BEGIN SOLUTION\nb\n  # END SOLUTION"
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    assert release.clear(two) == f"{stub}\nkeep\n  # YOUR CODE HERE\n  raise NotImplementedError()"
    assert release.clear("x = 1\n") == "x = 1\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("### BEGIN SOLUTION\nx", "no END SOLUTION"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside another"),
        ("x\n### END SOLUTION", "no BEGIN SOLUTION"),
    ],
)
def test_a_broken_region_is_refused(source, words):
    with pytest.raises(ValueError, match=words):
        release.clear(source)


def test_the_exercise_keeps_ids_and_metadata_and_loses_outputs_versions_and_answers():
    made = json.loads(
        release.exercise(
            notebook(
                cell("title", "# Title", "markdown"),
                cell("answer", ANSWER, nbgrader={"solution": True}),
                cell("why", "# Why", "markdown", tags=["solution-only"]),
                cell("whole", "answer = 3", nbgrader={"solution": True}),
                cell("check", 'check("relu")', nbgrader={"solution": False, "grade": True}),
            )
        )
    )
    assert [each["id"] for each in made["cells"]] == ["title", "answer", "whole", "check"]
    assert made["cells"][1]["metadata"] == {"nbgrader": {"solution": True}}
    assert made["cells"][2]["source"] == ["# YOUR CODE HERE\n", "raise NotImplementedError()"]
    assert made["cells"][3]["source"] == ['check("relu")']
    assert made["metadata"] == {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    for each in made["cells"][1:]:
        assert (each["execution_count"], each["outputs"]) == (None, [])
    assert "np.maximum" not in json.dumps(made)


def test_a_text_answer_becomes_the_text_stub():
    made = release.exercise(notebook(cell("why", "Because.", "markdown", nbgrader={"solution": True})))
    assert json.loads(made)["cells"][0]["source"] == ["YOUR ANSWER HERE"]


def test_the_bytes_do_not_depend_on_the_order_of_keys_or_on_runs():
    solution = notebook(cell("answer", ANSWER))
    turned = json.loads(solution, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert release.exercise(solution) == release.exercise(json.dumps(turned).encode())
    assert b"\r" not in release.exercise(solution)


def test_the_command_writes_once_and_then_finds_nothing_to_do(course, capsys):
    assert command_line.main(["release"]) == 0
    assert capsys.readouterr().out == "exercises/01_a.ipynb\n"
    assert command_line.main(["release"]) == 0
    assert "up to date" in capsys.readouterr().out
    assert command_line.main(["release", "--check"]) == 0


def test_drift_is_named_and_fails(course, capsys):
    command_line.main(["release"])
    exercise = course / "exercises" / "01_a.ipynb"
    exercise.write_bytes(exercise.read_bytes().replace(b"YOUR CODE", b"MY CODE"))
    (course / "exercises" / "02_b.ipynb").write_bytes(b"{}")
    (course / "solutions" / "03_c.ipynb").write_bytes(notebook())
    assert command_line.main(["release", "--check"]) == 1
    said = capsys.readouterr().err
    assert "exercises/01_a.ipynb is not what solutions/01_a.ipynb makes." in said
    assert "exercises/02_b.ipynb has no solution to be made from." in said
    assert "exercises/03_c.ipynb is missing." in said
    assert command_line.main(["release"]) == 0
    assert not (course / "exercises" / "02_b.ipynb").exists()
    assert command_line.main(["release", "--check"]) == 0


@pytest.mark.parametrize(
    "content", [b"not json", notebook(cell("answer", "### BEGIN SOLUTION")), b"\xff", b"{}"]
)
def test_a_solution_that_cannot_be_released_is_named_without_a_traceback(course, capsys, content):
    (course / "solutions" / "01_a.ipynb").write_bytes(content)
    assert command_line.main(["release"]) == 1
    assert "solutions/01_a.ipynb cannot be released: " in capsys.readouterr().err
