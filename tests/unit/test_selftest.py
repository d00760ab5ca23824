"""The test of the installation says what works, and what to do about what does not."""

import importlib.metadata

from utils import selftest


def test_this_installation_is_ready(monkeypatch, tmp_path):
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "deep" / "progress.jsonl"))
    note = selftest.run()
    assert note.sign == "right", note
    assert importlib.metadata.version("numpy") in repr(note)


def test_a_missing_package_is_told_with_what_to_do(monkeypatch):
    def none(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", none)
    note = selftest.run()
    assert note.sign == "wrong"
    assert "run start.py again" in repr(note) and "jupyterlab" in repr(note)


def test_a_progress_file_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    note = selftest.run()
    assert note.sign == "wrong" and "progress cannot be kept" in repr(note)
