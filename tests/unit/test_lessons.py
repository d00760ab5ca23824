"""The map of the course: its stems, prerequisites and modules."""

import re

import pytest

from utils.lessons import COURSE_MAP, LESSONS, ROOT, anchors, lesson, module, stems_with


def test_the_stems_are_numbered_from_one_to_fourteen():
    assert COURSE_MAP.number == 0
    assert [each.number for each in LESSONS] == list(range(1, 15))
    for each in (COURSE_MAP, *LESSONS):
        assert re.fullmatch(r"\d\d_[a-z_]+", each.stem)
        assert each.question.endswith("?")
        assert each.minutes > 0
        assert each.summary.endswith(".")


def test_prerequisites_come_before():
    for each in LESSONS:
        assert all(lesson(stem).number < each.number for stem in each.prerequisites)


def test_an_unknown_stem_names_the_known_ones():
    with pytest.raises(ValueError, match=r"no lesson '15_more'.*08_born_dead"):
        lesson("15_more")


def test_modules_are_found_by_kind_and_stem():
    for stem in stems_with("questions"):
        assert module("questions", stem).__name__ == f"utils.questions.l{stem}"
    with pytest.raises(ValueError, match=r"lesson 14_clinic has no nothing"):
        module("nothing", "14_clinic")


def test_anchors_are_those_that_jupyterlab_gives_its_headings():
    text = (
        "# 1 · Is `max(0, x)` enough?\n\nwords\n\n```python\n# no heading\n```\n## The *one* unit ##\n#hash"
    )
    assert anchors(text) == ("1-·-Is-max(0,-x)-enough?", "The-one-unit")


def test_the_readme_lists_every_lesson_and_links_those_that_are_there():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for each in LESSONS:
        row = next(line for line in readme.splitlines() if line.startswith(f"| {each.number} |"))
        assert each.question in row
        assert (f"(notebooks/{each.stem}.ipynb)" in row) == each.written
        assert (f"(exercises/{each.stem}.ipynb)" in row) == each.exercise.exists()
