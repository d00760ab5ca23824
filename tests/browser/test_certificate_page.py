"""The saved certificate as a reader and as axe-core see it, on a light phone and on a dark desktop."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "grading"))

from pages import faultless

from utils import certificate, progress
from utils.standings import standings


def test_the_page_has_no_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    for each in standings():
        for question in each.questions:
            progress.record("check", question.id, status="right")
    page = tmp_path / "page.html"
    certificate.save(str(page), "Ada " + "Lovelace" * 20)
    for text in faultless(page):
        assert certificate.COURSE in text and "Nobody supervised this" in text
