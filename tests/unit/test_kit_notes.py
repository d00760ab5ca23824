"""Teaching notes: each lesson has them, they fit it, and its page tells all of it as it is."""

import re

import pytest
from kit_pages import INSTRUCTOR, as_shown, broken_links, shown

from utils.kit import lesson_page
from utils.kit.notes import FRAME, notes, path
from utils.kit.stages import calls
from utils.lessons import LESSONS, module
from utils.sections import sections

STEMS = [each.stem for each in LESSONS]


@pytest.mark.parametrize("stem", STEMS)
def test_notes_fit_the_lesson_and_say_something_of_each_section(stem):
    written = notes(stem)
    assert written.goal.count(". ") == 0 and written.goal.endswith(".")
    assert 2 <= len(written.goes_wrong) <= 6
    for names in written.mistakes.values():
        assert 1 <= len(names) <= 5 and len(set(names)) == len(names)
    for section in sections(stem):
        assert section.heading in written.sections or section.heading in FRAME


@pytest.mark.parametrize("stem", STEMS)
def test_the_page_asks_each_prediction_once_before_its_experiment(stem):
    page = shown(lesson_page.page(stem))
    known = {each.id: each for each in module("questions", stem).CHOICES}
    asked = [name for section in sections(stem) for _, name in calls(section, "predict")]
    assert asked and len(set(asked)) == len(asked)
    position = 0
    for name in asked:
        prompt = as_shown(known[name].prompt)
        assert page.count(prompt) == 1, name
        assert page.index(prompt) > position, name
        position = page.index(prompt)
        for option in known[name].options:
            sign = "✓ " if option.right else ""
            reason = re.sub(r"^(?:Yes|Right)[.:] ", "", option.feedback)  # the ✓ says it already
            line = f"{sign}{as_shown(option.text)}: {as_shown(reason)}"
            assert line.lower() in page[position:].lower(), line
    for section in sections(stem):
        for _, name in calls(section, "ask"):
            assert as_shown(known[name].prompt) in page, name


@pytest.mark.parametrize("stem", STEMS)
def test_the_page_tells_the_exercises_with_mistakes_to_expect(stem):
    page = shown(lesson_page.page(stem))
    for question in module("questions", stem).QUESTIONS:
        assert question.title in page and f"{question.id}, {question.points} point" in page
        sentences = {each.name: each.sentence for each in question.mistakes}
        for name in notes(stem).mistakes.get(question.id, ()):
            assert f"{name}: {as_shown(sentences[name])}" in page, name


@pytest.mark.parametrize("stem", STEMS)
def test_the_links_of_the_page_lead_somewhere(stem):
    made = {INSTRUCTOR / "lessons" / f"{each}.md": "" for each in STEMS}
    assert broken_links(INSTRUCTOR / "lessons" / f"{stem}.md", lesson_page.page(stem), made) == []


def test_there_are_no_notes_of_other_lessons():
    assert {file.stem for file in path("03_derivatives").parent.glob("*")} == set(STEMS)


FAULTS = {
    "a wrong heading": (
        '[sections."Backpropagation is a mask"]',
        '[sections."Masks"]',
        "Masks.*Backpropagation is",
    ),
    "a wrong mistake": ('"no_mask"', '"no_musk"', "no_musk.*no_mask"),
    "a wrong question": (
        "relu_backward =",
        "relu_backwards =",
        "relu_backwards.*relu_backward, network_backward",
    ),
    "a wrong key": ("point =", "points =", "points.*point, draw, skip, ask, watch"),
    "no question to ask": (
        'ask = "Your gradient',
        'watch = "Your gradient',
        "no TOML|has no ask .*no prediction",
    ),
    "no goal": ("goal =", "goals =", "goals.*goal, goes_wrong, mistakes, sections"),
    "no TOML": ("goal =", "goal", "is no TOML"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_notes_is_told_in_a_sentence_with_what_is_known(monkeypatch, tmp_path, fault):
    before, after, said = FAULTS[fault]
    text = path("03_derivatives").read_text(encoding="utf-8")
    assert before in text
    faulty = tmp_path / "03_derivatives.toml"
    faulty.write_text(text.replace(before, after), encoding="utf-8")
    monkeypatch.setattr("utils.kit.notes.path", lambda stem: faulty)
    with pytest.raises(ValueError, match=said):
        notes.__wrapped__("03_derivatives")


def test_missing_notes_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr("utils.kit.notes.path", lambda stem: tmp_path / "nothing.toml")
    with pytest.raises(ValueError, match=r"instructor/notes/03_derivatives\.toml is missing"):
        notes.__wrapped__("03_derivatives")
