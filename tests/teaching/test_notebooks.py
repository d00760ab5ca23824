"""The anatomy of the notebooks: what every file must have so that it opens, runs and stays small."""

import re

import pytest
from course_notebooks import FILES, cells, read, source

from utils import release
from utils.lessons import COURSE_MAP, GLOSSARY, LESSONS, ROOT, lesson
from utils.sections import sections

TEACHING = [each for each in (COURSE_MAP, *LESSONS) if each.written]
MOST_CELLS = 36  # about 25 of substance; predictions and their answers take a line each
MOST_LINES = 20


@pytest.fixture(params=FILES)
def path(request):
    return FILES[request.param]


@pytest.fixture(params=TEACHING, ids=lambda each: each.stem)
def written(request):
    return request.param


def test_the_file_belongs_to_a_lesson(path):
    assert path == GLOSSARY or lesson(path.stem)


def test_it_names_its_kernel_and_no_version(path):
    notebook = read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["metadata"]["language_info"] == {"name": "python"}


def test_it_is_stored_without_outputs(path):
    for cell in cells(path, "code"):
        assert cell["outputs"] == [], cell["id"]
        assert cell["execution_count"] is None, cell["id"]
    assert "widgets" not in read(path)["metadata"]


def test_its_cells_have_speaking_ids(path):
    found = [cell["id"] for cell in read(path)["cells"]]
    assert len(set(found)) == len(found)
    for identifier in found:
        assert re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", identifier), identifier
        # JupyterLab's own ids are eight or more random hexadecimal digits.
        assert not re.fullmatch(r"[0-9a-f-]{8,}", identifier), identifier


def test_its_code_cells_are_short(path):
    for cell in cells(path, "code"):
        if not cell["metadata"].get("jupyter", {}).get("source_hidden"):
            assert source(cell).count("\n") < MOST_LINES, cell["id"]


def test_its_file_ends_in_one_newline_and_has_no_other_line_ends(path):
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    assert b"\r" not in content


def test_minutes_and_prerequisites_are_those_of_the_map(written):
    found = read(written.notebook)["metadata"]["relu_course"]
    assert set(found) == {"minutes", "prerequisites", "sections"}
    assert found["prerequisites"] == list(written.prerequisites)
    assert found["minutes"] == sum(found["sections"].values())


def test_every_section_has_its_minutes(written):
    found = sections(written.stem)
    prose = "\n".join(map(source, cells(written.notebook, "markdown")))
    assert [each.heading for each in found] == re.findall(r"^## (.+)$", prose, re.MULTILINE)
    assert all(isinstance(each.minutes, int) and each.minutes >= 1 for each in found)
    code = [text for each in found for text in each.code]
    assert code == [source(cell) for cell in cells(written.notebook, "code")]


def test_the_title_is_the_question(written):
    title = source(cells(written.notebook, "markdown")[0]).splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith(written.question)
    opening = source(cells(written.notebook, "markdown")[0])
    assert f"{written.minutes} minutes" in opening
    assert written is COURSE_MAP or f"{written.number} of {len(LESSONS)}" in opening
    assert "(glossary.ipynb)" in opening


def test_a_lesson_is_not_too_long(written):
    assert len(read(written.notebook)["cells"]) <= MOST_CELLS


def test_it_has_one_title_and_asserts_its_claims(written):
    headings = re.findall(
        r"^# .*$", "\n".join(map(source, cells(written.notebook, "markdown"))), re.MULTILINE
    )
    assert len(headings) == 1
    assert re.search(r"^\s*assert ", "\n".join(map(source, cells(written.notebook, "code"))), re.MULTILINE)


def test_a_lesson_leads_to_its_exercise(written):
    if written is COURSE_MAP:
        return
    prose = "\n".join(map(source, cells(written.notebook, "markdown")))
    assert f"../exercises/{written.stem}.ipynb" in prose
    assert written.exercise.exists()
    assert written.solution.exists()


def test_the_links_between_notebooks_lead_somewhere(path):
    for target in re.findall(
        r"\]\((?!https?:|#|mailto:)([^)#\s]+)", "\n".join(map(source, cells(path, "markdown")))
    ):
        assert (path.parent / target).exists(), target


def test_the_exercises_are_what_the_solutions_make():
    assert release.drift(ROOT) == []
