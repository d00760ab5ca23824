"""The class's page: right numbers, the order of need, and that it is safe and readable at every size."""

import html
import random
import re
from dataclasses import replace

import pytest
from pages import faultless
from sheets import DERIVATIVES, HOSTILE, RECTIFIER, mark, sheet, small_class, text

from utils.grading.class_facts import asked, behind, common
from utils.grading.classroom import write_class
from utils.grading.results import READ, Graded
from utils.lessons import module, stems_with
from utils.question import NOT_ATTEMPTED, RAISED, RIGHT, WRONG


def large_class(students):
    """So many students with notebooks for every lesson that asks something; the same at every call."""
    chance = random.Random(students)
    sheets = []
    for number in range(students):
        skill, name = chance.random(), f"Student {number:04}"
        for stem in stems_with("questions"):
            marks = []
            for question in module("questions", stem).QUESTIONS:
                status = RIGHT if chance.random() < skill else chance.choice((WRONG, RAISED, NOT_ATTEMPTED))
                mistake = chance.choice(question.mistakes).name if status == WRONG else None
                marks.append(mark(question, status, mistake))
            if stem == DERIVATIVES:
                marks.append(text(answer=f"{HOSTILE} {number}"))
            sheets.append(Graded(name, stem, tuple(marks), name=f"{name}/{stem}.ipynb"))
    return sheets


def shown(sheets, folder):
    """The page as text without tags."""
    body = write_class(sheets, folder).read_text(encoding="utf-8").split("<main>")[1]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_questions_are_counted_by_outcome():
    found = {
        each.question: each for each in asked(each for each in small_class() if each.lesson == RECTIFIER)
    }
    relu = found["relu"]
    assert (relu.counts[RIGHT], relu.counts[WRONG], relu.of) == (3, 2, 2)
    assert relu.mean == pytest.approx(3 * 2 / 5) and relu.shares == pytest.approx((0.6, 0.4, 0.0))
    assert found["rescale_unit"].shares == pytest.approx((0.6, 0.2, 0.2)), "an error counts as wrong"
    assert found["why_dead"].by_hand and found["why_dead"].mean == 3, "an unread text has no points yet"
    assert list(found)[:4] == ["relu", "leaky_relu", "tent_weights", "rescale_unit"]


def test_who_is_furthest_behind_comes_first_with_the_reason():
    found = behind(small_class())
    assert [each.student for each in found] == ["Zoë", HOSTILE, "Grace"]
    no_notebook, hostile, grace = found
    assert no_notebook.of == 0 and "not JSON" in no_notebook.problems[0]
    assert hostile.missing == 3 and hostile.mistakes == (("relu", "python_max"),)
    assert (grace.points, grace.of, grace.other, grace.questions) == (2, 10, 1, 4)


def test_free_text_decides_of_nobody_that_help_is_needed():
    waiting = sheet("Emmy", (RIGHT, RIGHT, WRONG, RIGHT))
    assert behind([replace(waiting, marks=(*waiting.marks, *[text()] * 9))]) == []
    silent = replace(text(), status=NOT_ATTEMPTED, answer="")
    assert behind([replace(waiting, marks=(*waiting.marks, *[silent] * 9))]) == []


def test_half_the_points_is_enough_and_less_is_not():
    assert behind([sheet("Ada", (RIGHT, NOT_ATTEMPTED, RIGHT, NOT_ATTEMPTED))]) == []  # 5 of 10
    assert len(behind([sheet("Ada", (RIGHT, RIGHT, NOT_ATTEMPTED, NOT_ATTEMPTED))])) == 1  # 4 of 10


def test_mistakes_are_ranked_with_count_and_sentence():
    sheets = [sheet(f"A{number}", (WRONG, RIGHT, RIGHT, RIGHT), mistake="np_max") for number in range(3)]
    sheets += [sheet("B", (RIGHT, WRONG, RIGHT, RIGHT), mistake="maximum"), sheet("C", (WRONG,) * 4)]
    first, second = common(sheets)
    assert (first.name, first.question, first.count, first.of) == ("np_max", "relu", 3, 5)
    assert (second.name, second.count) == ("maximum", 1)
    known = {each.name: each.sentence for each in module("questions", RECTIFIER).QUESTIONS[0].mistakes}
    assert first.sentence == known["np_max"]


def test_page_states_what_was_computed(tmp_path):
    words = shown(small_class(), tmp_path)
    assert "6 students, 6 notebooks graded; 1 student with a file that could not be graded" in words
    assert "; 1 text to be read." in words
    assert "3 of 6 students, those furthest behind first" in words
    assert "Of 5 notebooks, 60 % have each question right." in words
    assert "The one notebook has 2 of 3 questions right." in words
    assert "np max" in words and "1 of 5 (20 %)" in words
    assert "Because <b>the</b> unit is dead." in words, "the text to read stands on the page, as text"
    assert "to_read.csv" in words


def test_pictures_have_descriptions_that_are_also_text(tmp_path):
    page = write_class(small_class(), tmp_path).read_text(encoding="utf-8")
    pairs = re.findall(r'<img alt="([^"]+)".*?<figcaption>(.*?)</figcaption>', page)
    assert len(pairs) == page.count("<img ") == 3
    assert all(alt == caption and re.search(r"\d", alt) for alt, caption in pairs)


def test_read_texts_are_not_listed_again(tmp_path):
    one = sheet("Noor", (RIGHT,) * 4)
    words = shown([replace(one, marks=(*one.marks, text(READ, 3)))], tmp_path)
    assert "Every text has been read." in words and "unit is dead" not in words


def test_same_class_in_any_order_gives_the_same_bytes(tmp_path):
    sheets = small_class()
    first = write_class(sheets, tmp_path / "a").read_bytes()
    assert write_class(sheets[::-1], tmp_path / "b").read_bytes() == first


def test_no_class_and_a_class_without_a_readable_notebook(tmp_path):
    assert "0 students, 0 notebooks graded." in shown([], tmp_path)
    refused = [each for each in small_class() if not each.lesson]
    assert "Zoë" in shown(refused, tmp_path)


def test_a_thousand_students_and_hostile_ones_are_readable_and_harmless(tmp_path):
    large = write_class(large_class(1000), tmp_path / "large")
    assert large.stat().st_size < 3_000_000
    assert "<script" not in large.read_text(encoding="utf-8")
    for seen in faultless(write_class(small_class(), tmp_path)):
        assert seen.startswith("The class")
