"""Predictions and quizzes: committed once, remembered, revealed, answered."""

import json
import re
import sys

import pytest
import sample_lesson

from utils import certificate, course_map, predict, progress, selftest
from utils.predict import Form, Quiz
from utils.standings import standings


@pytest.fixture(autouse=True)
def shown(tmp_path, monkeypatch):
    notes = []
    monkeypatch.setattr(predict, "display", notes.append)
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.setitem(sys.modules, "utils.questions.l14_clinic", sample_lesson)
    return notes


@pytest.fixture
def quiz():
    return Quiz("14_clinic")


def test_a_prediction_says_nothing_of_what_is_right(quiz, shown):
    quiz.predict("slope_two")
    (form,) = shown
    assert isinstance(form, Form)
    assert form.prompt == "Is <code>max(a * x, x)</code> leaky ReLU for <code>a = 2</code>?"
    assert (form.options, form.button, form.locked, form.message) == (["Yes", "No"], "Commit", False, "")
    form.chosen = 0
    assert form.locked
    assert "You said: Yes." in form.message
    assert "gives" not in form.message


def test_a_commitment_is_still_there_tomorrow(quiz, shown):
    quiz.predict("slope_two")
    shown[0].chosen = 1
    Quiz("14_clinic").predict("slope_two")
    assert (shown[1].chosen, shown[1].locked) == (1, True)
    assert "You said: No." in shown[1].message
    assert progress.read().predictions == {"slope_two": "No"}


def test_a_commitment_to_a_text_that_is_gone_is_open_again(quiz, shown):
    progress.record("prediction", "slope_two", text="Perhaps")
    quiz.predict("slope_two")
    assert not shown[0].locked
    shown[0].chosen = 1
    quiz.reveal("slope_two")
    assert "You predicted: No." in repr(shown[1])


def test_reveal_without_a_commitment_keeps_the_answer_folded(quiz, shown):
    quiz.reveal("slope_two")
    html = shown[0]._repr_html_()
    assert "You have not committed to an answer yet" in html
    before, inside = html.split("<details>")
    assert "No." not in before
    assert "No.<br>For a &gt; 1 the larger of the two is the wrong one.</details>" in inside


@pytest.mark.parametrize(
    ("number", "sign", "sentences"),
    [
        (
            0,
            "wrong",
            ["You predicted: Yes.", "leaky ReLU gives -6.", "What is right: No. For a > 1 the larger"],
        ),
        (1, "right", ["You predicted: No.", "For a > 1 the larger of the two is the wrong one."]),
    ],
)
def test_reveal_after_a_commitment(quiz, shown, number, sign, sentences):
    quiz.predict("slope_two")
    shown[0].chosen = number
    quiz.reveal("slope_two")
    assert shown[1].sign == sign
    for sentence in sentences:
        assert sentence in repr(shown[1])


def test_a_quiz_answers_at_once_and_can_be_tried_again(quiz, shown):
    quiz.ask("slope_two")
    (form,) = shown
    form.chosen = 0
    assert "Not yet" in form.message
    assert "leaky ReLU gives -6." in form.message
    assert not form.locked
    form.chosen = -1
    form.chosen = 1
    assert "Right" in form.message
    assert progress.read().quizzes == {"slope_two": "solved"}


def test_an_unknown_id_names_the_known_ones(quiz):
    with pytest.raises(ValueError, match="no prediction or quiz 'slope_three'; there are slope_two"):
        quiz.predict("slope_three")


def test_the_page_asks_no_other_host_for_anything():
    code = Form._esm if isinstance(Form._esm, str) else str(Form._esm)
    assert "function render" in code
    assert not re.search(r"https?://|import\s", code)


@pytest.fixture
def page(monkeypatch, quiz, shown):
    """What a method of the quiz displays in static mode: its data, its plain HTML and its text."""
    monkeypatch.setenv("RELU_COURSE_STATIC", "1")

    def show(method, identifier):
        getattr(quiz, method)(identifier)
        bundle = shown.pop()._repr_mimebundle_()
        found = re.search(r'<script type="application/json">(.*?)</script>', bundle["text/html"])
        return json.loads(found.group(1)), bundle["text/html"][: found.start()], bundle["text/plain"]

    return show


def test_a_static_prediction_tells_nothing_before_the_reveal(page):
    data, plain, text = page("predict", "slope_two")
    assert (data["kind"], data["id"], data["options"]) == ("predict", "slope_two", ["Yes", "No"])
    assert ["You said: Yes." in data["answers"][0], "You said: No." in data["answers"][1]] == [True, True]
    assert "gives" not in json.dumps(data) + plain
    assert "<li>Yes</li><li>No</li>" in plain and text.endswith("( ) Yes\n( ) No")


def test_a_static_reveal_has_the_note_that_each_option_deserves(page, quiz, shown, monkeypatch):
    data, plain, _text = page("reveal", "slope_two")
    assert "You have not committed to an answer yet: choose one above." in plain
    monkeypatch.delenv("RELU_COURSE_STATIC")
    for option, answer in zip(("Yes", "No"), data["answers"], strict=True):
        progress.record("prediction", "slope_two", text=option)
        quiz.reveal("slope_two")
        assert shown.pop()._repr_html_() == answer


def test_a_static_quiz_answers_as_the_live_one(page, quiz, shown, monkeypatch):
    identifier = next(iter(quiz._choices))
    data, plain, _text = page("ask", identifier)
    assert "<summary>Show the answer</summary>" in plain
    monkeypatch.delenv("RELU_COURSE_STATIC")
    quiz.ask(identifier)
    (form,) = shown
    for number, answer in enumerate(data["answers"]):
        form.chosen = number
        assert form.message == answer


def test_static_pages_say_nothing_of_the_reader(monkeypatch, tmp_path):
    monkeypatch.setenv("RELU_COURSE_STATIC", "1")
    progress.record("answer", "leaky_relu", lesson="14_clinic", status="solved")
    said = []
    monkeypatch.setattr(certificate, "display", said.append)
    monkeypatch.setattr(course_map, "display", lambda page: said.append(page.data))
    certificate.show("Your name")
    course_map.show_lessons()
    certificate_page, lessons_page = said
    assert "on your own computer" in certificate_page.sentence
    assert "solved" not in lessons_page and ">You<" not in lessons_page
    assert "python3 start.py" in selftest.run().sentence and str(tmp_path) not in repr(selftest.run())
    assert "You" not in course_map._spoken(standings())
