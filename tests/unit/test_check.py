"""The learner's desk: what ``check`` shows, records and never does."""

import subprocess
import sys

import pytest
import sample_lesson

from utils import check as desk
from utils import progress
from utils.check import Checker

RIGHT = "import numpy as np\ndef leaky_relu(x, s):\n    return np.where(x > 0, x, s * x).astype(x.dtype)\n"
WRONG = "def leaky_relu(x, s):\n    return x\n"
CHANGES = "def leaky_relu(x, s):\n    x[x < 0] *= x.dtype.type(s)\n    return x\n"
STUB = "def leaky_relu(x, s):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"


@pytest.fixture(autouse=True)
def shown(tmp_path, monkeypatch):
    """What was displayed."""
    notes = []
    monkeypatch.setattr(desk, "display", notes.append)
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.delenv("RELU_COURSE_STRICT", raising=False)
    monkeypatch.setitem(sys.modules, "utils.questions.l14_clinic", sample_lesson)
    return notes


def run(code):
    """Run a cell of code with a checker of the sample lesson in its globals."""
    exec(code, {"check": Checker("14_clinic")})


@pytest.mark.parametrize(
    ("code", "sign", "words"),
    [
        (RIGHT, "right", "✓ Right: `leaky_relu` does what is asked."),
        (CHANGES, "right", "It changes the array that it was given"),
        (WRONG, "wrong", "✗ Not yet: For x = "),
        ("def leaky_relu(x): return x\n", "raised", "The check calls it as `leaky_relu(x, negative_slope)`"),
        (STUB, "not attempted", "is not written yet"),
        ("", "not attempted", "There is no function `leaky_relu` yet."),
        ("leaky_relu = 3\n", "wrong", "is of type int, not a function"),
    ],
)
def test_each_outcome_has_its_sign_and_words(shown, code, sign, words):
    run(code + 'check("leaky_relu")')
    (note,) = shown
    assert note.sign == sign
    assert words in repr(note)


def test_it_records_attempts_only():
    run(STUB + 'check("leaky_relu")')
    assert progress.read().answers == {}
    run(WRONG + 'check("leaky_relu")')
    assert progress.read().answers == {"leaky_relu": "tried"}
    run(RIGHT + 'check("leaky_relu")')
    assert progress.read().answers == {"leaky_relu": "solved"}


@pytest.mark.parametrize("code", [CHANGES, WRONG, STUB, "", "leaky_relu = 3\n"])
def test_strictly_anything_but_right_without_remarks_raises(shown, monkeypatch, code):
    monkeypatch.setenv("RELU_COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match=r"^leaky_relu: "):
        run(code + 'check("leaky_relu")')
    assert progress.read().answers == {}


def test_strictly_a_right_answer_passes(shown, monkeypatch):
    monkeypatch.setenv("RELU_COURSE_STRICT", "1")
    run(RIGHT + 'check("leaky_relu")')
    assert [note.sign for note in shown] == ["right"]


@pytest.mark.parametrize("identifier", ['"relu"', "3", "None", "[]"])
def test_an_unknown_question_is_answered_with_the_known_ones(shown, identifier):
    run(f"check({identifier}); check.hint({identifier})")
    for note in shown:
        assert repr(note).endswith('this lesson\'s questions are `"leaky_relu"`, `"statistics"`.')


def test_strictly_an_unknown_question_raises(monkeypatch):
    monkeypatch.setenv("RELU_COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match="There is no question"):
        run('check("relu")')


def test_hints_come_in_steps(shown):
    run('for _ in range(4): check.hint("leaky_relu")')
    assert [repr(note) for note in shown[:2]] == [
        "→ Hint 1 of 2: Which part of `x` changes?",
        "→ Hint 2 of 2: Use `np.where`.",
    ]
    assert all("solutions/14_clinic.ipynb" in repr(note) for note in shown[2:])


def test_progress_lists_every_question(shown):
    run(RIGHT + 'check("leaky_relu"); check.progress()')
    text = repr(shown[-1])
    assert "1 of 2 questions solved" in text
    assert "✓ solved: Leaky ReLU (`leaky_relu`, 3 points)" in text
    assert "○ not yet: Mean and count (`statistics`, 1 point)" in text


def test_what_the_learner_wrote_is_escaped_in_html(shown):
    code = 'def leaky_relu(x, s):\n    raise ValueError("<img src=x onerror=alert(1)> `<b>`")\n'
    run(code + 'check("leaky_relu")')
    html = shown[0]._repr_html_()
    assert "<img" not in html
    assert "<b>" not in html
    assert "<code>&lt;b&gt;</code>" in html


def test_in_a_real_shell_the_function_is_found_and_the_line_of_the_cell_is_named(tmp_path):
    program = f"""
import sys
sys.path.insert(0, {str(sys.modules["sample_lesson"].__file__.rsplit("sample_lesson", 1)[0])!r})
import sample_lesson
sys.modules["utils.questions.l14_clinic"] = sample_lesson
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from utils.check import Checker; check = Checker('14_clinic')")
shell.run_cell("def leaky_relu(x, s):\\n    y = x + 1\\n    return y.reshape(1000)")
shell.run_cell("check('leaky_relu')")
"""
    command = [sys.executable, "-c", program]
    said = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True
    ).stdout
    assert "your function raised ValueError: cannot reshape array of size 6 into shape (1000,)" in said
    assert "(line 3: `return y.reshape(1000)`)" in said
    assert "Traceback" not in said
