"""A student's page: what it says of each question, what it must not say, and that it harms no reader."""

import html
import inspect
import json
import re
import sys
from dataclasses import replace

import pytest
from chromium import unavailable
from pages import faultless, look
from sheets import DERIVATIVES, HOSTILE, RECTIFIER, mark, sheet, small_class, text

from utils.grading import cohort, notebook
from utils.grading.assignment import assignments
from utils.grading.feedback import feedback, write_feedback
from utils.grading.grader import grade
from utils.grading.gradescope import results
from utils.grading.page import page, section_title
from utils.grading.results import READ, Graded
from utils.grading.runner import Runner
from utils.grading.sandbox import GradingError
from utils.lessons import lesson, module, stems_with
from utils.notes import marked
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG

QUESTIONS = module("questions", RECTIFIER).QUESTIONS


def said(*marks, problems=(), name="ada.ipynb"):
    """The page for one notebook with these marks, as text without tags."""
    made = feedback("Ada", [Graded("Ada", RECTIFIER, marks, problems, name)])
    body = made.split("<main>")[1]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body)))


def test_every_mistake_of_the_course_is_told_in_its_own_sentence():
    for stem in stems_with("questions"):
        for question in module("questions", stem).QUESTIONS:
            for mistake in question.mistakes:
                one = Graded("Ada", stem, (mark(question, WRONG, mistake.name),), name="ada.ipynb")
                assert marked(mistake.sentence) in feedback("Ada", [one])


@pytest.mark.parametrize(
    "status, words",
    [
        (RIGHT, ("Right · 2 of 2 points", "Nothing to mend")),
        (WRONG, ("Not right yet · 0 of 2 points", "Some results differ", 'check.hint("relu")')),
        (RAISED, ("Stopped with an error · 0 of 2 points", "raised TypeError", 'check("relu")')),
        (NOT_ATTEMPTED, ("Not attempted · 0 of 2 points", "then answer relu in the exercise")),
    ],
)
def test_each_outcome_has_word_points_and_next_step(status, words):
    found = said(mark(QUESTIONS[0], status))
    for word in words:
        assert word in found
    assert "Next step." in found and "the section “Six ways to write it”" in found


def test_remarks_cost_nothing_and_are_told():
    found = said(mark(QUESTIONS[0], remarks=("It returns a `list` where an array is asked for.",)))
    assert "costs no points" in found and "It returns a list where" in found and "2 of 2" in found


def test_free_text_waits_then_has_points_and_comment():
    assert "Waits to be read · up to 4 points" in said(text())
    found = said(text(READ, 3, "Well argued; say <i>which</i> inputs."))
    assert "Read · 3 of 4 points" in found and "Well argued; say <i>which</i> inputs." in found


def test_links_lead_to_sections_that_exist():
    for stem in stems_with("questions"):
        about = lesson(stem)
        questions = module("questions", stem).QUESTIONS
        made = feedback("Ada", [sheet("Ada", (WRONG,) * len(questions), stem)])
        for question in questions:
            target = html.escape(f"/lab/tree/notebooks/{stem}.ipynb#{question.section}")
            assert f'{target}"' in made
            if about.written:
                headings = "".join(about.notebook.read_text(encoding="utf-8"))
                assert f"# {section_title(about, question.section)}"[:20] in headings


def test_what_the_sandbox_reports_stays_with_the_instructor():
    secret = "The sandbox had to be replaced: expected 1.25."
    found = said(mark(QUESTIONS[0]), problems=("Code cell 3 was stopped because it took too long.", secret))
    assert "Code cell 3 was stopped" in found
    assert "1.25" not in found and "sandbox" not in found


def test_no_text_of_a_student_is_repeated_to_the_browser():
    """Not the answer to a free text: the page says how it went, and repeats nothing."""
    assert "unit is dead" not in said(replace(text(), answer="<script>x</script> unit is dead"))


LEAKS = {
    "relu": "print('LEAK', x)\n    raise ValueError(f'LEAK {x}')",
    "leaky_relu": "raise type(f'LEAK{negative_slope}', (Exception,), {})(f'LEAK {x}')",
    "tent_weights": "import warnings\n    warnings.warn(f'LEAK {left}')\n    return 'LEAK' + str(peak)",
    "rescale_unit": "import sys\n    sys.stderr.write(f'LEAK {w}')\n    sys.exit(f'LEAK {w}')",
}


@pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")
def test_nothing_that_the_code_saw_or_said_comes_back_to_the_student():
    """Answers that raise, print, warn and return what they were called with, graded for real."""
    names = {question.id: list(inspect.signature(question.reference).parameters) for question in QUESTIONS}
    source = "\n\n".join(f"def {name}({', '.join(names[name])}):\n    {body}" for name, body in LEAKS.items())
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    content = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    submitted = notebook.read(content, assignments())
    try:
        with Runner() as runner:
            graded = grade(submitted, "Ada", cohort.student_key(b"s" * 32, "Ada"), runner)
    except GradingError as reason:
        unavailable(str(reason))
    assert [mark.status for mark in graded.marks] == [RAISED, RAISED, WRONG, RAISED] and graded.points == 0
    assert "LEAK" not in feedback("Ada", [replace(graded, name="ada.ipynb")])
    assert "LEAK" not in json.dumps(results([graded]))


def test_hostile_names_are_text_everywhere(tmp_path):
    attack = sheet(HOSTILE, (WRONG,) * 4, problems=(HOSTILE,), ids={"canvas_user": HOSTILE})
    attack = replace(attack, name=HOSTILE + "\u202e.ipynb", marks=(*attack.marks, text(READ, 1, HOSTILE)))
    made = feedback(HOSTILE, [attack, Graded(HOSTILE, "", (), (HOSTILE,), HOSTILE)])
    assert "<script" not in made and "<img" not in made and made.count("</title>") == 1
    path = tmp_path / "page.html"
    path.write_text(made, encoding="utf-8")
    for shown in faultless(path):
        assert shown.startswith("Feedback for </title><script>alert(1)</script>")


def test_should_escaping_ever_fail_the_policy_still_holds(tmp_path):
    attack = (
        '<script>alert(1)</script><img src="https://example.org/x.png" onerror="alert(2)" alt="">'
        '<iframe src="javascript:alert(3)" title="x"></iframe><style>body{display:none}</style>'
    )
    path = tmp_path / "page.html"
    path.write_text(page("Test", f"<h1>Test</h1>{attack}"), encoding="utf-8")
    for seen in look(path):
        assert seen.dialogs == [] and seen.text.startswith("Test")
        assert not [each for each in seen.requests if each.startswith("http")]
        assert any("Content Security Policy" in each for each in seen.complaints), "nothing was blocked"


def test_pages_of_a_class_are_accessible_plain_files(tmp_path):
    sheets = [*small_class(), sheet("Grace", (WRONG, RIGHT, RAISED), DERIVATIVES)]
    written = write_feedback(sheets, tmp_path)
    assert len(written) == len(set(written.values())) == 6
    assert {path.parent for path in written.values()} == {tmp_path}
    shown = faultless(written["Grace"], written["Zoë"])
    assert [each.split("\n")[0] for each in shown[::2]] == ["Feedback for Grace", "Feedback for Zoë"]


def test_two_students_whose_names_collapse_get_their_own_page(tmp_path):
    names = ["Ada/", "Ada\\", "Ada", "ada", "🐙", "🐳", "CON", "x" * 500]
    written = write_feedback([sheet(name, (RIGHT,) * 4) for name in names], tmp_path)
    assert len(list(tmp_path.iterdir())) == len(names)
    for name, path in written.items():
        assert f"<title>Feedback for {html.escape(name)}</title>" in path.read_text(encoding="utf-8")


def test_nobody_reads_of_anybody_else(tmp_path):
    written = write_feedback(small_class(), tmp_path)
    for student, path in written.items():
        content = path.read_text(encoding="utf-8")
        for other in ("Grace", "Emmy", "Noor", "Zoë"):
            assert (other in content) == (other == student)


def test_same_class_gives_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write_feedback(small_class(), tmp_path / folder)
    first, second = (sorted((tmp_path / folder).iterdir()) for folder in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_unwritten_page_is_an_error_not_a_gap(tmp_path):
    (tmp_path / "folder").write_text("a file in the folder's place")
    with pytest.raises(OSError):
        write_feedback([sheet("Ada", (NOT_ATTEMPTED,) * 4)], tmp_path / "folder")
