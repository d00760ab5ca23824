"""Sections: what stands under each heading of a lesson, with its minutes."""

import json

import pytest

from utils.lessons import LESSONS, lesson
from utils.sections import section, sections


def test_the_sections_of_a_lesson_add_up_to_it():
    for each in LESSONS:
        assert sum(one.minutes for one in sections(each.stem)) == each.minutes


def test_a_section_has_its_prose_and_code():
    found = section("03_derivatives", "One corner has many slopes")
    assert found.lesson is lesson("03_derivatives")
    assert found.anchor == "One-corner-has-many-slopes"
    assert "lesson.secant()" in found.code and "**subgradient**" in found.prose
    assert "lesson.masks()" not in found.code


def test_the_opening_belongs_to_the_first_section():
    first, *_ = sections("03_derivatives")
    assert first.heading == "Recall" and "After this lesson you can" in first.prose
    assert any("import numpy" in code for code in first.code)


def test_an_unknown_heading_names_the_known_ones():
    with pytest.raises(ValueError, match=r"no section 'More'.*Backpropagation is a mask"):
        section("03_derivatives", "More")


def test_a_heading_without_minutes_is_refused(monkeypatch, tmp_path):
    cells = [{"cell_type": "markdown", "source": "# Title\n## One\nwords\n## Two\n"}]
    notebook = {"cells": cells, "metadata": {"relu_course": {"sections": {"One": 3}}}}
    path = tmp_path / "03_derivatives.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr("utils.lessons.Lesson.notebook", path)
    sections.cache_clear()
    with pytest.raises(ValueError, match=r"has the headings \['One', 'Two'\].*\['One'\]"):
        sections("03_derivatives")
    sections.cache_clear()
