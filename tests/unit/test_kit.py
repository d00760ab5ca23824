"""The kit's pages: made from the lessons byte by byte, with the notebooks' minutes and links that lead."""

import json
import re

import pytest
from kit_pages import INSTRUCTOR, as_shown, broken_links, shown

from utils import __main__ as command_line
from utils.kit import pages, route_page
from utils.kit.markdown import from_notebook, plain, slug
from utils.kit.notes import FRAME, notes
from utils.kit.stages import calls, stages
from utils.lessons import LESSONS, lesson, module
from utils.route import Exercises, Part, Pause, Route, clock
from utils.sections import section, sections
from utils.timed_routes import TIMED


@pytest.fixture(scope="module")
def made():
    return pages.pages()


def test_the_pages_on_the_disk_are_those_that_the_lessons_make():
    assert pages.drift(INSTRUCTOR) == []


def test_making_them_twice_gives_the_same(made):
    assert pages.pages() == made


def test_there_is_a_page_for_each_lesson_and_each_timed_route(made):
    assert [name for name in made if name.startswith("lessons/")] == [f"lessons/{e.stem}.md" for e in LESSONS]
    assert [name for name in made if name.startswith("routes/")] == [
        "routes/an-hour.md",
        "routes/half-a-day.md",
        "routes/two-days.md",
    ]


def test_every_link_leads_to_a_file_and_a_heading(made):
    known = {INSTRUCTOR / name: text for name, text in made.items()}
    for page, text in known.items():
        assert len(re.findall(r"\]\(", text)) > 5
        assert broken_links(page, text, known) == [], page.name


def test_a_broken_link_would_be_seen(made):
    page = INSTRUCTOR / "routes" / "an-hour.md"
    for link in (
        "../lessons/none.md",
        "../lessons/01_the_rectifier.md#none",
        "../../notebooks/08_born_dead.ipynb#no",
    ):
        assert broken_links(page, f"[x]({link})", {}) == [link]


@pytest.mark.parametrize("route", TIMED, ids=lambda route: route.name)
def test_a_route_tells_every_minute(made, route):
    page = made[f"routes/{route.file_name}"]
    days = page.split("minute by minute\n" if len(route.days) > 1 else "## Minute by minute\n")[1:]
    assert len(days) == len(route.days)
    for day, text in zip(route.days, days, strict=True):
        start, expected = 0, []
        for step in day:
            if isinstance(step, Part):
                for each in step.sections:
                    expected.append(f"### {clock(start)} · Lesson {step.lesson.number}: {each.heading}")
                    start += each.minutes
                continue
            title = step.title if isinstance(step, Pause) else f"Exercises of lesson {step.lesson.number}"
            expected.append(f"### {clock(start)} · {title}")
            start += step.minutes
        assert re.findall(r"^### .+$", text, flags=re.MULTILINE) == expected
        assert f"{clock(start)}: the end." in text
    assert f"{route.minutes} minutes in all" in page


@pytest.mark.parametrize("route", TIMED, ids=lambda route: route.name)
def test_a_route_asks_the_predictions_of_its_sections(made, route):
    page = shown(made[f"routes/{route.file_name}"])
    for part in route.parts:
        known = {each.id: each for each in module("questions", part.stem).CHOICES}
        for each in part.sections:
            for _, name in calls(each, "predict"):
                assert page.count(as_shown(known[name].prompt)) == 1, name
            for text in (
                notes(part.stem).sections[each.heading].draw,
                notes(part.stem).sections[each.heading].skip,
            ):
                assert text in made[f"routes/{route.file_name}"]


def test_the_minutes_of_a_lesson_are_those_of_its_metadata(made):
    for each in LESSONS:
        metadata = json.loads(each.notebook.read_text(encoding="utf-8"))["metadata"]["relu_course"]
        rows = re.findall(
            r"^\| (\d+:\d\d) \| \[(.+?)\]\(.*?\) \| (\d+) \|$", made[f"lessons/{each.stem}.md"], re.M
        )
        assert {heading: int(minutes) for _, heading, minutes in rows} == metadata["sections"]
        assert [time for time, _, _ in rows] == [
            clock(sum(list(metadata["sections"].values())[:i])) for i in range(len(rows))
        ]
        assert (
            f"| {clock(metadata['minutes'])} | end | {metadata['minutes']} |"
            in made[f"lessons/{each.stem}.md"]
        )


def test_the_readme_gives_each_route_its_minutes_and_leads_to_every_page(made):
    readme = (INSTRUCTOR / "README.md").read_text(encoding="utf-8")
    for route in TIMED:
        days = [in_words(sum(step.minutes for step in day)) for day in route.days]
        row = f"| [{route.name}](routes/{route.file_name}) | {' and '.join(days)}"
        assert f"\n{row}" in readme and f"| {route.purpose} |" in readme
    for each in LESSONS:
        assert f"| {each.number} | {each.question} | [notes](lessons/{each.stem}.md) |" in readme
    known = {INSTRUCTOR / name: text for name, text in made.items()}
    assert broken_links(INSTRUCTOR / "README.md", readme, known) == []


def in_words(minutes):
    return f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def test_tasks_without_an_explorer_get_their_time_and_no_stage_begins_at_the_end():
    found = stages(section("12_where_relu_belongs", "Inside an attention block"))
    names = [stage.name for stage in found]
    at = names.index("Explore")
    assert found[at + 1].start - found[at].start >= 2
    for each in LESSONS:
        for one in sections(each.stem):
            assert all(0 <= stage.start < one.minutes for stage in stages(one)), one.heading


def test_a_right_answer_is_marked_and_not_nodded_at(made):
    marked = [line for text in made.values() for line in text.splitlines() if "✓" in line]
    assert len(marked) > 100
    assert [line for line in marked if re.search(r"(?:\*\*:|[.?!]) (?:Yes|Right)[.:] ", line)] == []


def test_the_stages_of_a_section_follow_its_notebook():
    found = stages(section("03_derivatives", "Backpropagation is a mask"))
    names = ["", "Predict", "Experiment", "Explore", "Explain", "Many samples at once"]
    assert [stage.name for stage in found] == names
    starts = [stage.start for stage in found]
    assert starts == sorted(starts) and starts[0] == 0 and starts[-1] < 14
    assert found[1].calls == (("predict", "what_passes"),) and found[2].calls == (("reveal", "what_passes"),)


def test_every_section_with_an_experiment_has_a_question_and_something_to_draw():
    for each in LESSONS:
        for one in sections(each.stem):
            if any(stage.name.startswith(("Experiment", "Explore", "Predict")) for stage in stages(one)):
                assert one.heading not in FRAME
                own = notes(each.stem).sections[one.heading]
                assert own.draw and own.skip and own.point
                assert own.ask or calls(one, "predict")


def test_a_changed_lesson_is_a_drift(made, monkeypatch):
    monkeypatch.setattr(pages, "pages", lambda: made | {"lessons/03_derivatives.md": "other\n"})
    assert pages.drift(INSTRUCTOR) == [
        "instructor/lessons/03_derivatives.md is not what the lessons and the notes make."
    ]


def test_pages_are_written_and_what_belongs_to_nothing_goes(made, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "pages", lambda: made)
    assert (
        set(pages.write(tmp_path)) == set(made)
        and pages.drift(tmp_path) == []
        and pages.write(tmp_path) == []
    )
    (tmp_path / "routes" / "a-week.md").write_text("x", encoding="utf-8")
    (tmp_path / "lessons" / "01_the_rectifier.md").unlink()
    assert pages.drift(tmp_path) == [
        "instructor/lessons/01_the_rectifier.md is missing.",
        "instructor/routes/a-week.md belongs to no lesson and no route.",
    ]
    assert pages.write(tmp_path) == ["lessons/01_the_rectifier.md", "routes/a-week.md"]
    assert pages.drift(tmp_path) == []


def test_the_command_checks_and_writes(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("utils.kit.command.ROOT", tmp_path)
    assert command_line.main(["kit", "--check"]) == 1
    assert "Run `python3 start.py kit`" in capsys.readouterr().err
    assert not (tmp_path / "instructor").exists()
    assert command_line.main(["kit"]) == 0
    assert "instructor/lessons/14_clinic.md" in capsys.readouterr().out
    assert command_line.main(["kit", "--check"]) == 0
    assert command_line.main(["kit"]) == 0 and "up to date" in capsys.readouterr().out


def test_a_route_that_names_what_is_not_there_is_told_in_a_sentence():
    for step, said in (
        (Part("03_derivatives", ("Masks",)), r"no section 'Masks'; there are"),
        (
            Part("10_the_family", ("PReLU learns its slope",), run=("nothing",)),
            r"no cell 'nothing'; there are setup",
        ),
        (Exercises("03_derivatives", ("relu",), 5), r"no question 'relu'; there are relu_backward"),
    ):
        with pytest.raises(ValueError, match=said):
            route_page.page(Route("Test", "A test.", ((step,),), limit=60))


def test_what_is_left_out_but_needed_is_named_before_the_route_begins(made):
    page = made["routes/two-days.md"]
    assert page.count("under *PReLU learns its slope*") == 2  # before the room fills, and at its place


def test_plain_text_is_shown_letter_by_letter():
    text = (
        "It *can* be, a * b * c, f_m to f_(m+1), x < 0, [0, 1](x), $5 and $6, ~~no~~, |x| \\ y, `a_b * <d>`"
    )
    assert shown(plain(text)) == as_shown(text)
    assert slug("How wide is wide enough?") == "how-wide-is-wide-enough"
    assert from_notebook("[a](b.ipynb#c) [d](../exercises/e.ipynb)") == (
        "[a](../../notebooks/b.ipynb#c) [d](../../exercises/e.ipynb)"
    )
    assert lesson("03_derivatives").number == 3
