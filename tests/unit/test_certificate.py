"""The certificate: given for everything and nothing less, with the name as text and the facts of the file."""

import html
import json
import re
import tomllib
from urllib.parse import unquote

import pytest

from utils import certificate, progress
from utils.lessons import ROOT, anchors
from utils.standings import standings


@pytest.fixture(autouse=True)
def shown(monkeypatch, tmp_path):
    """What is displayed, as texts of HTML."""
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(progress, "_said", set())
    found = []
    monkeypatch.setattr(certificate, "display", lambda value: found.append(value._repr_html_()))
    return found


QUESTIONS = [question for each in standings() for question in each.questions]


def solve(*questions):
    for question in questions:
        progress.record("check", question.id, status="right")


def test_with_everything_solved_it_says_what_was_checked(shown):
    days = iter(f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(200))
    lines = [
        {"time": f"{next(days)}T12:00:00+00:00", "kind": "check", "id": each.id, "status": "right"}
        for each in QUESTIONS
    ]
    progress.path().write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    certificate.show("Ada Lovelace")
    (text,) = shown
    points = sum(each.points for each in QUESTIONS)
    assert "<bdi>Ada Lovelace</bdi>" in text
    assert f"all {len(QUESTIONS)} exercises" in text and f"{points} points in all" in text
    assert f", from 2026-01-01 to {lines[-1]['time'][:10]}." in re.sub("</?span.*?>", "", text)
    rows = re.findall(r"<tr>" + r"<td.*?>(.*?)</td>" * 4, text)
    assert [(int(number), int(count), int(sum_of)) for number, _, count, sum_of in rows] == [
        (each.lesson.number, len(each.questions), each.points) for each in standings()
    ]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"version {version}" in text and "Nobody supervised this" in text


@pytest.mark.parametrize("without", [QUESTIONS[:1], QUESTIONS[-1:], QUESTIONS[3:7], QUESTIONS])
def test_with_anything_missing_it_lists_just_that_with_links(without, shown):
    solve(*(each for each in QUESTIONS if each not in without))
    for each in without[1:]:
        progress.record("check", each.id, status="wrong")
    certificate.show("Ada Lovelace")
    (text,) = shown
    assert "<bdi>" not in text
    assert f"You have solved {len(QUESTIONS) - len(without)} of {len(QUESTIONS)}." in text
    found = re.findall(r'<a href="\.\./(exercises/\w+\.ipynb)#(.*?)">', text)
    assert len(found) == len(without)
    for (file, anchor), question in zip(found, without, strict=True):
        cells = json.loads((ROOT / file).read_text(encoding="utf-8"))["cells"]
        headings = [each for cell in cells for each in anchors("".join(cell["source"]))]
        assert html.unescape(unquote(anchor)) in headings
        assert question.title.replace("`", "").replace(" ", "-") in unquote(anchor)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("  Ada \n Lovelace\t", "Ada Lovelace"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('O\'Brien & "Söhne"', "O&#x27;Brien &amp; &quot;Söhne&quot;"),
        ("\x00\x1b[31mRed\ud800", "[31mRed"),
        ("فاطمه\u200cسادات", "فاطمه\u200cسادات"),
        ("{course} `x`", "{course} `x`"),
        ("A" * 300, "A" * 300),
    ],
)
def test_a_name_is_text_and_nothing_else(typed, printed, shown, tmp_path):
    solve(*QUESTIONS)
    certificate.show(typed)
    assert f"<bdi>{printed}</bdi>" in shown[0]
    certificate.save(str(tmp_path / "page.html"), typed)
    assert f"<bdi>{printed}</bdi>" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", "  \n", "Your name", "\x00", None, 3])
def test_without_a_name_it_asks_for_one(name, shown, tmp_path):
    solve(*QUESTIONS)
    certificate.show(name)
    certificate.save(str(tmp_path / "page.html"), name)
    assert all("Write your name between the quotation marks" in text for text in shown) and len(shown) == 2
    assert not (tmp_path / "page.html").exists()


def test_damaged_lines_cost_only_themselves(shown, capsys):
    solve(*QUESTIONS[1:])
    with progress.path().open("ab") as file:
        file.write(b'\xff\n[1]\n{"kind": "check", "id": "' + QUESTIONS[0].id.encode() + b'", "stat')
    certificate.show("Ada Lovelace")
    assert "<bdi>" not in shown[0] and "unreadable" in capsys.readouterr().out
    with progress.path().open("a", encoding="utf-8") as file:
        broken = {"time": {"not": "a time"}, "kind": "check", "id": QUESTIONS[0].id, "status": "right"}
        file.write("\n" + json.dumps(broken) + "\n")
    certificate.show("Ada Lovelace")
    assert "<bdi>Ada Lovelace</bdi>" in shown[1] and "points in all, on <span" in shown[1]


def test_without_any_time_it_names_no_days(shown):
    lines = [json.dumps({"kind": "check", "id": each.id, "status": "right"}) for each in QUESTIONS]
    progress.path().write_text("\n".join(lines), encoding="utf-8")
    certificate.show("Ada Lovelace")
    assert "points in all.</p>" in shown[0]


def test_it_is_saved_as_a_page_only_when_it_is_earned(shown, tmp_path):
    page = tmp_path / "page.html"
    certificate.save(str(page), "Ada Lovelace")
    assert not page.exists() and "These are missing" in shown[0]
    solve(*QUESTIONS)
    certificate.save(str(page), "Ada Lovelace")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and "<h1>" in text and "src=" not in text
    assert str(page.resolve()) in shown[1]
    certificate.save(str(tmp_path / "none" / "page.html"), "Ada Lovelace")
    assert "Not saved" in shown[2]
