"""Routes: what they name is there, they fit their time, and their minutes are those of the notebooks."""

import json
import re

import pytest

from utils.lessons import LESSONS, lesson
from utils.route import Exercises, Part, Route
from utils.routes import ROUTES
from utils.sections import sections

TIMED = [route for route in ROUTES if route.limit is not None]
OPEN = [route for route in ROUTES if route.limit is None]


def metadata(stem):
    return json.loads(lesson(stem).notebook.read_text(encoding="utf-8"))["metadata"]["relu_course"]


def test_there_are_the_three_that_a_leader_needs():
    assert [(route.name, len(route.days), route.limit) for route in TIMED] == [
        ("An hour", 1, 60),
        ("Half a day", 1, 240),
        ("Two days", 2, 360),
    ]
    assert len({route.name for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", TIMED, ids=lambda route: route.name)
def test_a_day_fits_its_limit_and_leaves_little_of_it_unused(route):
    for day in route.days:
        assert route.limit - 15 <= sum(step.minutes for step in day) <= route.limit


@pytest.mark.parametrize("route", TIMED, ids=lambda route: route.name)
def test_nobody_sits_for_two_hours_without_a_break_or_an_exercise(route):
    for day in route.days:
        sitting = 0
        for step in day:
            sitting = sitting + step.minutes if isinstance(step, Part) else 0
            assert sitting < 120


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_minutes_are_those_of_the_notebooks(route):
    for part in route.parts:
        known = metadata(part.stem)["sections"]
        chosen = part.headings or known
        assert part.times == {heading: known[heading] for heading in chosen}
        assert [section.minutes for section in part.sections] == list(part.times.values())
    others = sum(step.minutes for step in route.steps if not isinstance(step, Part))
    assert route.minutes == others + sum(part.minutes for part in route.parts)


@pytest.mark.parametrize("route", OPEN, ids=lambda route: route.name)
def test_a_route_of_whole_lessons_has_what_they_build_on(route):
    stems = [part.stem for part in route.parts]
    assert stems == sorted(set(stems)) and not any(part.headings for part in route.parts)
    for stem in stems:
        assert set(lesson(stem).prerequisites) <= set(stems), stem
    assert route.minutes == sum(lesson(stem).minutes for stem in stems)


@pytest.mark.parametrize("route", TIMED, ids=lambda route: route.name)
def test_what_a_route_of_sections_leaves_out_is_told_instead(route):
    for part in route.parts:
        order = [section.heading for section in sections(part.stem)]
        places = [order.index(heading) for heading in part.headings]
        assert places == sorted(set(places)), f"{part.stem}: the sections in the lesson's order, each once"
        before = [heading for heading in order[: places[-1]] if heading not in (*part.headings, "Recall")]
        if before or part.lesson.prerequisites:
            assert len(part.tell) > 40, f"{part.stem}: what the leader says in place of what is left out"


def test_a_leader_is_told_what_to_drop_by_names_that_are_there():
    for route in TIMED:
        headings = {heading for part in route.parts for heading in part.times}
        named = re.findall(r"\*([^*]+)\*", route.late)
        assert named and set(named) <= headings, route.name


@pytest.mark.parametrize("route", TIMED, ids=lambda route: route.name)
def test_exercises_belong_to_what_was_shown_before(route):
    shown = set()
    for step in route.steps:
        if isinstance(step, Part):
            shown |= {section.anchor for section in step.sections}
        elif isinstance(step, Exercises):
            assert {question.section for question in step.questions} <= shown, step.stem


def test_a_fault_is_told_with_what_is_known():
    with pytest.raises(ValueError, match=r"no lesson '15_more'; the lessons are .*08_born_dead"):
        Part("15_more").minutes  # noqa: B018
    with pytest.raises(ValueError, match=r"03_derivatives has no section 'Masks'; there are .*is a mask"):
        Part("03_derivatives", ("Masks",)).minutes  # noqa: B018
    with pytest.raises(ValueError, match=r"no question 'relus'; there are relu, leaky_relu"):
        Exercises("01_the_rectifier", ("relus",), 5).questions  # noqa: B018


def test_a_lesson_that_takes_longer_makes_its_routes_longer(monkeypatch):
    before = {route.name: route.minutes for route in ROUTES}
    real = metadata("03_derivatives")["sections"]
    longer = real | {"Backpropagation is a mask": real["Backpropagation is a mask"] + 30}
    monkeypatch.setattr(
        "utils.route.section_minutes",
        lambda stem: longer if stem == "03_derivatives" else metadata(stem)["sections"],
    )
    changed = {route.name: route.minutes - before[route.name] for route in ROUTES}
    assert set(changed.values()) == {30} and max(route.minutes for route in TIMED[:1]) > TIMED[0].limit


def test_the_whole_course_is_a_route():
    assert any(route.stems == tuple(each.stem for each in LESSONS) for route in OPEN)
    assert isinstance(ROUTES[0], Route)
