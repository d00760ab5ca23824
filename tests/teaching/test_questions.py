"""Every question and every choice of every lesson: right, caught, told apart, and in its notebooks."""

import collections
import itertools
import re

import numpy as np
import pytest
from course_notebooks import cells, source

from utils import check, release
from utils.answers import collect, plain, work
from utils.judge import diagnose, small_and_large
from utils.lessons import anchors, lesson, module, stems_with
from utils.mistakes import complaint_of
from utils.question import NOT_ATTEMPTED, PUBLIC_SEED, RIGHT

STEMS = stems_with("questions")
QUESTIONS = {
    question.id: (stem, question) for stem in STEMS for question in module("questions", stem).QUESTIONS
}
CHOICES = {choice.id: (stem, choice) for stem in STEMS for choice in module("questions", stem).CHOICES}
MISTAKES = {
    f"{identifier}-{mistake.name}": (question, mistake)
    for identifier, (_, question) in QUESTIONS.items()
    for mistake in question.mistakes
}
SEEDS = (PUBLIC_SEED, 1, 2, 3, 4, 5)
WITH_EXERCISE = [stem for stem in STEMS if module("questions", stem).QUESTIONS]


@pytest.fixture(params=QUESTIONS)
def asked(request):
    """The stem and the question."""
    return QUESTIONS[request.param]


@pytest.fixture(params=CHOICES)
def chosen(request):
    """The stem and the choice."""
    return CHOICES[request.param]


def headings(stem):
    return anchors("\n\n".join(map(source, cells(lesson(stem).notebook, "markdown"))))


def solution_cells(stem):
    """The nbgrader cells of a solution by their grade_id."""
    found = [cell for cell in cells(lesson(stem).solution, "code") if "nbgrader" in cell["metadata"]]
    return {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in found}


def test_ids_are_unique_in_the_whole_course():
    for kind in ("QUESTIONS", "CHOICES"):
        ids = collections.Counter(
            each.id for stem in STEMS for each in getattr(module("questions", stem), kind)
        )
        assert [identifier for identifier, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_is_right_without_remarks(asked, seed):
    _, question = asked
    outcome = diagnose(question, question.reference, np.random.default_rng(seed))
    assert (outcome.status, outcome.remarks) == (RIGHT, ())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_caught_and_told_its_own_sentence(name, seed):
    question, mistake = MISTAKES[name]
    outcome = diagnose(question, mistake.function, np.random.default_rng(seed))
    assert outcome.status != RIGHT
    assert outcome.mistake == mistake.name, outcome.message
    assert outcome.message.startswith(f"{mistake.sentence}\n")


def failing(question, function):
    """The places of the public cases in which a function is wrong."""
    cases = question.cases(np.random.default_rng(PUBLIC_SEED))
    calls = zip(collect(function, cases), collect(question.reference, cases), cases, strict=True)
    return [place for place, each in enumerate(calls) if complaint_of(question, *each)]


def with_a_fault(function, place):
    """A function that answers the call number ``place`` (from 0) with an empty text."""
    calls = itertools.count()
    return lambda *given: "" if next(calls) == place else function(*given)


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_reserve_beside_another_fault(name):
    question, mistake = MISTAKES[name]
    places = failing(question, mistake.function)
    faulty = with_a_fault(mistake.function, places[0])
    outcome = diagnose(question, faulty, np.random.default_rng(PUBLIC_SEED))
    if len(places) < 3:  # beside the fault it explains at most half of what is wrong
        assert outcome.mistake != mistake.name
        return
    assert outcome.mistake == mistake.name
    assert outcome.message.startswith(f"At least this: {mistake.sentence}\n")
    assert outcome.summary == mistake.sentence


def changed(value, change):
    """The same form with other numbers; strings and booleans stay."""
    if isinstance(value, tuple | list):
        return type(value)(changed(item, change) for item in value)
    if isinstance(value, dict):
        return {key: changed(item, change) for key, item in value.items()}
    number = isinstance(value, np.ndarray | np.generic | float | int) and np.asarray(value).dtype.kind != "b"
    return change(value) if number else value


UNRELATED = {
    "shifted": lambda reference: lambda *given: changed(reference(*given), lambda value: value + 0.37),
    "stretched": lambda reference: lambda *given: changed(reference(*given), lambda value: 1.37 * value),
    "nothing": lambda reference: lambda *given: None,
    "a text": lambda reference: lambda *given: "text",
    "one fault": lambda reference: with_a_fault(reference, 0),
}


@pytest.mark.parametrize("fault", UNRELATED)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_mistake_is_seen_in_an_unrelated_wrong_answer(asked, fault, seed):
    _, question = asked
    outcome = diagnose(question, UNRELATED[fault](question.reference), np.random.default_rng(seed))
    assert outcome.status != RIGHT
    assert outcome.mistake is None, outcome.message


def test_names_of_a_result_fit_it(asked):
    _, question = asked
    if question.names:
        result = question.reference(*question.cases(np.random.default_rng(PUBLIC_SEED))[0])
        assert isinstance(result, tuple) and len(result) == len(question.names)


def test_the_cases_are_plain_data_and_follow_the_seed(asked):
    _, question = asked
    first, again = (question.cases(np.random.default_rng(7)) for _ in range(2))
    assert first and all(isinstance(case, tuple) for case in first)
    np.testing.assert_equal(plain(first), again)
    results = collect(question.reference, first)
    assert any(result.raised is None for result in results)
    assert all(result.refused == "" for result in results)


def test_where_loops_are_counted_they_can_be(asked):
    _, question = asked
    if question.vectorised:
        small, large, rows = small_and_large(question, question.cases(np.random.default_rng(PUBLIC_SEED)))
        assert rows >= 40
        assert work(question.reference, small) is not None
        assert work(question.reference, large) is not None


def test_it_is_worth_points_and_says_enough(asked):
    _, question = asked
    assert question.points >= 1
    assert len(question.mistakes) >= 3
    assert len(question.hints) >= 2
    names, sentences = zip(*((each.name, each.sentence) for each in question.mistakes), strict=True)
    for texts in (question.hints, names, sentences):
        assert len(set(texts)) == len(texts)
    for text in (*question.hints, *sentences):
        assert text.strip() == text and re.search(r"([.?!]\)?|`)$", text), text


def test_a_question_leads_back_to_a_heading_of_its_lesson(asked):
    stem, question = asked
    assert question.section in headings(stem)


def test_the_solution_asks_it_with_the_metadata_of_nbgrader(asked):
    stem, question = asked
    found = solution_cells(stem)
    answer, checking = found[question.id], found[f"check-{question.id}"]
    base = {"schema_version": 3, "task": False}
    expected = base | {"grade": False, "grade_id": question.id, "locked": False, "solution": True}
    assert answer["metadata"]["nbgrader"] == expected
    expected = base | {"grade": True, "grade_id": f"check-{question.id}", "locked": True, "solution": False}
    assert checking["metadata"]["nbgrader"] == expected | {"points": question.points}
    assert f'check("{question.id}")' in source(checking)


def test_the_stub_is_not_attempted(asked):
    stem, question = asked
    stub = release.clear(source(solution_cells(stem)[question.id]))
    names = {"np": np}
    exec(stub, names)
    outcome = diagnose(question, names[question.id], np.random.default_rng(PUBLIC_SEED))
    assert outcome.status == NOT_ATTEMPTED


def run(path, monkeypatch):
    """Run a notebook's code in this process and return the notes that its checks showed."""
    notes = []
    monkeypatch.setattr(check, "display", notes.append)
    names = {"__name__": "__main__"}
    for cell in cells(path, "code"):
        exec(compile(source(cell), f"{path.name}:{cell['id']}", "exec"), names)
    return notes


@pytest.mark.parametrize("stem", WITH_EXERCISE)
def test_the_solution_passes_strictly(stem, monkeypatch):
    monkeypatch.setenv("RELU_COURSE_STRICT", "1")
    notes = run(lesson(stem).solution, monkeypatch)
    passed = [note for note in notes if note.sign == "right"]
    assert len(passed) == len(module("questions", stem).QUESTIONS)


@pytest.mark.parametrize("stem", WITH_EXERCISE)
def test_the_exercise_runs_and_every_check_says_not_attempted(stem, monkeypatch, tmp_path):
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.delenv("RELU_COURSE_STRICT", raising=False)
    notes = run(lesson(stem).exercise, monkeypatch)
    signs = [note.sign for note in notes if note.sign != "note"]
    assert signs == [NOT_ATTEMPTED] * len(module("questions", stem).QUESTIONS)


def test_a_choice_has_one_right_option_and_an_answer_to_each(chosen):
    _, choice = chosen
    assert len(choice.options) >= 2
    assert sum(option.right for option in choice.options) == 1
    for texts in ([option.text for option in choice.options], [option.feedback for option in choice.options]):
        assert all(text.strip() for text in texts)
        assert len(set(texts)) == len(texts)
    assert choice.prompt.strip()


def test_a_choice_is_asked_in_its_lesson_and_a_prediction_is_revealed(chosen):
    stem, choice = chosen
    code = "\n".join(map(source, cells(lesson(stem).notebook, "code")))
    uses = re.findall(rf'quiz\.(predict|reveal|ask)\("{choice.id}"\)', code)
    assert uses in (["ask"], ["predict", "reveal"])
    assert choice.section in headings(stem)
