"""The learner's desk: what ``check`` shows, records and never does."""

import subprocess
import sys

import pytest
import sample_lesson

from utils import check as desk
from utils import progress
from utils.check import Checker
from utils.notebook_state import last_definition_is_broken, nearly_named

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
        (CHANGES, "right", "It changes an argument that it was given"),
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


@pytest.mark.parametrize("identifier", ['"relu"', "3", "None", "[]", ""])
def test_an_unknown_question_is_answered_with_the_known_ones(shown, identifier):
    run(f"check({identifier}); check.hint({identifier})")
    assert len(shown) == 2
    for note in shown:
        assert repr(note).endswith('this lesson\'s questions are `"leaky_relu"`, `"statistics"`.')


def test_a_mistake_and_its_case_stand_on_lines_of_their_own(shown):
    run('import numpy as np\ndef leaky_relu(x, s): return np.maximum(x, 0)\ncheck("leaky_relu")')
    first, second, third = repr(shown[0]).splitlines()
    assert first == "✗ Not yet: The slope does nothing here."
    assert second.startswith("For x = ")
    assert third == 'For a hint, run `check.hint("leaky_relu")`.'


@pytest.mark.parametrize("code", [RIGHT, WRONG])
def test_it_is_said_that_prints_are_not_shown(shown, code):
    run(code.replace("return", 'print("here"); return') + 'check("leaky_relu")')
    assert "What your function prints is not shown here." in repr(shown[0])
    run(code + 'check("leaky_relu")')
    assert "prints" not in repr(shown[1])


def test_a_warning_alone_leaves_the_answer_plainly_right(shown):
    run(RIGHT.replace("return", "x / (0 * x); return") + 'check("leaky_relu")')
    assert repr(shown[0]).startswith("✓ Right: `leaky_relu` does what is asked.\nNumPy warned: ")


@pytest.mark.parametrize("name", ["Leaky_Relu", "leakyrelu", "leaky_relu_"])
def test_a_name_that_nearly_fits_is_pointed_out(shown, name):
    run(RIGHT.replace("leaky_relu", name) + 'check("leaky_relu")')
    assert f"There is a function `{name}`. Its name must be `leaky_relu`" in repr(shown[0])


@pytest.mark.parametrize("code", ["def median(x): return x\n", "class Leaky_Relu: pass\n", "leakyrelu = 3\n"])
def test_other_names_are_not(shown, code):
    run(code + 'check("leaky_relu")')
    assert [note.sign for note in shown] == ["not attempted"]


def test_the_function_of_another_question_is_no_wrong_name():
    function = {"leaky_relu": len}
    assert nearly_named("leaky_relu2", function) == "leaky_relu"
    assert nearly_named("leaky_relu2", function, others=["leaky_relu"]) is None


@pytest.mark.parametrize(
    ("inputs", "broken"),
    [
        (["def f(x):\n    return x"], False),
        (["def f(x):\n    return x", "def f(x)\n    return x"], True),
        (["def f(x)\n    return x", "def f(x):\n    return x"], False),
        (["def f(x):\n    return x", "def g(x)\n    return x"], False),
        (["def f(x):\n    return x", "print(f(1)", "check('f')"], False),
        (["await g()\nasync def f(x): return '\\d'"], False),
        (["class A:\n    def f(x)\n"], True),
        (["return 1\ndef f(x): pass"], True),
        ([None, 3, ""], False),
        (["def f(x): return '\0'"], True),
    ],
)
def test_a_definition_that_python_could_not_read_is_noticed(inputs, broken):
    assert last_definition_is_broken("f", inputs) is broken


def test_an_interrupted_check_names_the_line_and_shows_no_traceback(shown):
    waits = "def leaky_relu(x, s):\n    while True:\n        raise KeyboardInterrupt\n"
    run(waits + 'check("leaky_relu")')
    assert repr(shown[0]).startswith(
        "⚠ Stopped: You stopped the check while it was in line 3 of your function:"
    )
    assert repr(shown[0]).endswith("Does a loop there never end?")
    assert progress.read().answers == {"leaky_relu": "tried"}
    run(
        "def stop(x, s): raise KeyboardInterrupt\nimport functools\n"
        'leaky_relu = functools.partial(stop)\ncheck("leaky_relu")'
    )
    assert repr(shown[1]) == "⚠ Stopped: You stopped the check of `leaky_relu` before it was done."


def test_strictly_an_interrupt_passes_through(monkeypatch):
    monkeypatch.setenv("RELU_COURSE_STRICT", "1")
    with pytest.raises(KeyboardInterrupt):
        run('def leaky_relu(x, s): raise KeyboardInterrupt\ncheck("leaky_relu")')


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


def said_in_a_real_shell(*sources):
    """What a real IPython prints when it runs these cells after the one that makes ``check``."""
    program = f"""
import sys
sys.path.insert(0, {str(sys.modules["sample_lesson"].__file__.rsplit("sample_lesson", 1)[0])!r})
import sample_lesson
sys.modules["utils.questions.l14_clinic"] = sample_lesson
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from utils.check import Checker; check = Checker('14_clinic')")
for source in {sources!r}:
    shell.run_cell(source, store_history=True)
"""
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True
    ).stdout


def test_in_a_real_shell_the_function_is_found_and_the_line_of_the_cell_is_named():
    answer = "def leaky_relu(x, s):\n    y = x + 1\n    return y.reshape(1000)"
    said = said_in_a_real_shell(answer, "check('leaky_relu')")
    assert "your function raised ValueError: cannot reshape array of size 6 into shape (1000,)" in said
    assert "(line 3: `return y.reshape(1000)`)" in said
    assert "Traceback" not in said


def test_in_a_real_shell_a_verdict_on_an_older_version_says_so():
    broken = "%matplotlib inline\ndef leaky_relu(x, s)\n    return x"
    said = said_in_a_real_shell(RIGHT, broken, "check('leaky_relu')")
    cause = "⚠ Not read: The cell with `def leaky_relu` that you ran last has a syntax error"
    assert cause in said
    assert "the verdict on the version before it.\n✓ Right: `leaky_relu` does what is asked." in said
    assert cause in said_in_a_real_shell(broken, "check('leaky_relu')")
    assert cause not in said_in_a_real_shell(broken, RIGHT, "check('leaky_relu')")
