"""Reading a handed-in notebook: its exercise, its code, its answers, whatever has become of its metadata."""

import json
import time

import pytest
from honest_corpus import ANSWERS, BEND, CORPUS, RECTIFIER, answer, check, code, marked, setup, stub, text

from utils import lessons
from utils.grading import assignment as assignments_module
from utils.grading.assignment import Task, assignment, assignments, version
from utils.grading.files import Unreadable
from utils.grading.notebook import read


def content(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def of(*cells):
    return read(content(*cells), assignments())


def relu():
    return answer("relu", ANSWERS[RECTIFIER]["relu"])


@pytest.mark.parametrize("stem", [each.stem for each in assignments()])
def test_exercises_and_solutions_are_known_for_what_they_are(stem):
    lesson = lessons.lesson(stem)
    for path in (lesson.exercise, lesson.solution):
        found = read(path.read_bytes(), assignments())
        assert found.stem == lesson.stem
        assert set(found.answers) == {question.id for question in assignment(lesson.stem).questions}


@pytest.mark.parametrize("name", CORPUS)
def test_honest_notebooks_are_known_for_what_they_are(name):
    data = json.loads(CORPUS[name])
    keeps = data["metadata"]["honest"]
    found = read(CORPUS[name].encode(), assignments())
    assert set(keeps) <= {question.id for question in assignment(found.stem).questions}
    assert set(keeps) <= set(found.answers)


def test_one_helper_of_another_lesson_does_not_change_the_lesson():
    cells = [answer(name, source) for name, source in ANSWERS[BEND].items()]
    assert of(code(ANSWERS[RECTIFIER]["relu"]), *cells).stem == BEND


def test_the_checker_decides_where_the_answers_do_not():
    one_of_each = [code("def relu(x):\n    return x"), code("def collapse(w, b):\n    return w, b")]
    assert of(setup(BEND), *one_of_each).stem == BEND
    assert of(setup(RECTIFIER), *one_of_each).stem == RECTIFIER


def test_a_stub_counts_only_where_no_answer_stands():
    found = of(setup(RECTIFIER), relu(), check("relu"), stub("relu"))
    assert not any("NotImplementedError" in source for source in found.code)
    assert found.answers["relu"] == (1,)
    found = of(setup(RECTIFIER), stub("relu"), stub("relu"))
    assert len(found.code) == 3 and found.answers["relu"] == (1, 2)


def test_false_metadata_change_neither_code_nor_lesson():
    honest = of(setup(RECTIFIER), relu(), check("relu"))
    false = [
        code(
            relu()["source"],
            nbgrader={"grade_id": "check-relu", "points": 100, "grade": True, "solution": False},
        ),
        code(relu()["source"], nbgrader={"grade_id": "collapse", "points": -5, "task": True}),
        code(relu()["source"], nbgrader=[1]),
        code(relu()["source"], nbgrader={"grade_id": {"a": 1}}),
    ]
    for cell in false:
        found = of(setup(RECTIFIER), cell, check("relu"))
        assert (found.stem, found.code, found.answers) == (honest.stem, honest.code, honest.answers)


def test_markdown_is_never_run_and_halves_of_characters_do_no_harm():
    found = of(setup(RECTIFIER), text("def relu(x):\n    pass"), code("def relu(x):\n    return '\ud800'"))
    assert len(found.code) == 2
    assert found.code[1].encode("utf-8").endswith(b"'?'")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_editors_make(encoding):
    data = json.dumps(json.loads(content(setup(RECTIFIER), relu())), ensure_ascii=False).encode(encoding)
    assert read(data, assignments()).stem == RECTIFIER


def test_a_source_made_to_stall_a_search_does_not():
    evil = [
        "Checker(" + " " * 200_000,
        "x:" * 200_000,
        " " * 400_000 + "d",
        ("def " * 100_000),
        "a" * 1_000_000,
    ]
    started = time.monotonic()
    of(setup(RECTIFIER), relu(), *(code(each) for each in evil))
    assert time.monotonic() - started < 5


# ------------------------------------------------------------------------------------ free text


@pytest.fixture
def with_a_task(tmp_path, monkeypatch):
    """The course with a solution of lesson 1 that asks for a text as well."""
    (tmp_path / "solutions").mkdir()
    marks = marked("why-nan", True)["nbgrader"] | {"grade": True, "points": 3}
    solution = [
        {**cell, "id": str(number)}
        for number, cell in enumerate(
            [setup(RECTIFIER), relu(), text("## 5 · Why NaN (3 points)"), text("Because.", nbgrader=marks)]
        )
    ]
    (tmp_path / "solutions" / f"{RECTIFIER}.ipynb").write_bytes(content(*solution))
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    for cached in (assignments_module.assignment, assignments_module.assignments):
        cached.cache_clear()
    yield marks
    for cached in (assignments_module.assignment, assignments_module.assignments):
        cached.cache_clear()


def test_free_text_is_found_and_its_points_come_from_the_course(with_a_task):
    found = assignment(RECTIFIER)
    assert found.tasks == (Task("why-nan", "5 · Why NaN (3 points)", 3),)
    lie = with_a_task | {"points": 100}
    assert of(relu(), text("  NaN > 0 is false. ", nbgrader=lie)).texts == {"why-nan": "NaN > 0 is false."}
    assert of(relu(), text("YOUR ANSWER HERE", nbgrader=lie)).texts == {"why-nan": ""}
    assert of(relu()).texts == {"why-nan": ""}


def test_the_version_follows_questions_and_solutions_but_not_line_ends(tmp_path, monkeypatch):
    for name in ("utils/judge.py", "utils/questions/l01.py", "solutions/01.ipynb", "utils/grading/grader.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"one\ntwo\n")
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    computed = version.__wrapped__
    first = computed()
    (tmp_path / "utils" / "judge.py").write_bytes(b"one\r\ntwo\r\n")
    (tmp_path / "README.md").write_text("new")
    assert computed() == first
    (tmp_path / "utils" / "questions" / "l01.py").write_bytes(b"one\nthree\n")
    assert computed() != first


def test_what_is_no_notebook_is_told_so():
    for data in (b"", b"{", b"[]", b'{"cells": 3}', content()):
        with pytest.raises(Unreadable):
            read(data, assignments())
