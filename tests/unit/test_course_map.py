"""The course map: standings follow the progress file, and the map, the tables and the routes tell them."""

import pytest

from utils import course_map, progress
from utils.lessons import LESSONS, lesson, module
from utils.route import Exercises, Part
from utils.routes import ROUTES
from utils.standings import DONE, OPEN, STARTED, standings


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """What the map displays, as a list of HTML texts, with an empty progress file."""
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    found = []

    def keep(value, raw=False):
        found.append(value["text/html"] if raw else value.data)

    monkeypatch.setattr("utils.course_map.display", keep)
    monkeypatch.setattr("utils.figures.display", keep)
    return found


def word(stem):
    return next(each.word for each in standings() if each.lesson.stem == stem)


def test_a_lesson_goes_from_open_to_started_to_done(shown):
    stem = "01_the_rectifier"
    questions = module("questions", stem).QUESTIONS
    ids, points = [each.id for each in questions], sum(each.points for each in questions)
    assert word(stem) == OPEN
    progress.record("check", ids[0], lesson=stem, status="wrong")
    assert word(stem) == STARTED
    for name in ids:
        progress.record("check", name, lesson=stem, status="right")
    assert word(stem) == DONE
    course_map.show_lessons()
    assert f"✓ done ({len(ids)} of {len(ids)} solved, {points} of {points} points)" in shown[0]
    assert f"{len(ids)} exercises</a>, {points} points" in shown[0]
    course_map.show_map()
    assert f"You have {points} of " in shown[1]


def test_a_prediction_starts_a_lesson(shown):
    stem = "01_the_rectifier"
    choice = module("questions", stem).CHOICES[0]
    progress.record("prediction", choice.id, lesson=stem, text=choice.options[0].text)
    assert word(stem) == STARTED


def test_every_lesson_is_linked_with_its_exercises(shown):
    course_map.show_lessons()
    for each in LESSONS:
        assert f'href="{each.stem}.ipynb"' in shown[0]
        assert f'href="../exercises/{each.stem}.ipynb"' in shown[0]


def test_the_map_says_in_words_what_it_shows(shown):
    course_map.show_map()
    numbers = ", ".join(str(each.number) for each in LESSONS)
    assert f"{len(LESSONS)} lessons" in shown[0] and f"Open: {numbers}." in shown[0]


def test_every_route_is_told_with_its_time(shown):
    course_map.show_routes()
    assert all(route.name in shown[0] for route in ROUTES)
    assert course_map._hours(175) == "2 h 55 min" and course_map._hours(50) == "50 min"


def test_a_route_with_a_clock_is_told_minute_by_minute(shown):
    course_map.show_routes()
    rows = shown[0].split("<tr>")[2:]
    for route, row in zip(ROUTES, rows, strict=True):
        assert [f'"{stem}.ipynb">{lesson(stem).number}<' in row for stem in route.stems] == [True] * len(
            route.stems
        )
        assert ("Minute by minute" in row) == (route.limit is not None)
        for day in route.days if route.limit else ():
            start = 0
            for step in day:
                if isinstance(step, Part):
                    for section in step.sections:
                        place = f'{step.stem}.ipynb#{section.anchor}">'
                        told = f'lesson {step.lesson.number}: <a href="{place}'
                        assert f"<div>{start // 60}:{start % 60:02d} {told}" in row
                        start += section.minutes
                    continue
                if isinstance(step, Exercises):
                    assert f"exercises/{step.stem}.ipynb" in row
                start += step.minutes
            assert f"<div>{start // 60}:{start % 60:02d} end</div>" in row


def test_headings_that_a_learner_wrote_into_a_lesson_do_not_stop_the_routes(shown, monkeypatch, tmp_path):
    text = lesson("02_why_bend").notebook.read_text(encoding="utf-8")
    changed = tmp_path / "02_why_bend.ipynb"
    changed.write_text(text.replace("## Recall", '## My notes\\n",\n    "## Recall'), encoding="utf-8")
    own = type(lesson("02_why_bend")).notebook.fget
    monkeypatch.setattr(
        "utils.lessons.Lesson.notebook", property(lambda each: changed if each.number == 2 else own(each))
    )
    assert "## My notes" in lesson("02_why_bend").notebook.read_text(encoding="utf-8")
    course_map.show_routes()
    assert "What more linear layers buy" in shown[0]
