"""The record of what was done: kept, summed up, and hard to break."""

import dataclasses
import datetime
import json
import subprocess
import sys

import pytest

from utils import progress


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "somewhere" / "progress.jsonl"
    monkeypatch.setenv("RELU_COURSE_PROGRESS", str(path))
    monkeypatch.setattr(progress, "_said", set())
    return path


def test_nothing_is_there_at_first(file):
    assert progress.read() == progress.State()
    assert not file.exists()


def test_events_are_summed_up():
    progress.record("check", "relu", status="wrong")
    progress.record("check", "relu", status="right")
    progress.record("check", "relu", status="raised")
    progress.record("check", "leaky_relu", status="wrong")
    progress.record("quiz", "relu", status="wrong")
    progress.record("prediction", "bend", text="an option that was worded anew since")
    progress.record("prediction", "bend", text="Größer als `0`")
    state = progress.read()
    assert list(state.solved_at) == ["relu"]
    assert dataclasses.replace(state, solved_at={}) == progress.State(
        {"relu": "solved", "leaky_relu": "tried"}, {"relu": "tried"}, {"bend": "Größer als `0`"}
    )


def test_the_time_is_that_of_the_first_right_answer(file):
    file.parent.mkdir()
    times = {
        "twice": ["2026-03-04T10:00:00+00:00", "2027-01-01T00:00:00+00:00"],
        "zone": ["2026-03-04T23:30:00-05:00"],
        "none": [None],
        "words": ["yesterday"],
        "naive": ["2026-03-04T10:00:00"],
        "end": ["9999-12-31T23:59:59-12:00"],
    }
    lines = [
        json.dumps({"time": time, "kind": "check", "id": name, "status": status})
        for name, all_of_it in times.items()
        for time, status in [("2020-01-01T00:00:00+00:00", "wrong"), *((each, "right") for each in all_of_it)]
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    state = progress.read()
    assert state.skipped == 0 and set(state.answers.values()) == {"solved"}
    assert {name: time.isoformat() for name, time in state.solved_at.items()} == {
        "twice": "2026-03-04T10:00:00+00:00",
        "zone": "2026-03-05T04:30:00+00:00",
    }
    assert state.solved_at["zone"].tzinfo == datetime.UTC


def test_unreadable_lines_are_skipped_counted_and_told_once(file, capsys):
    progress.record("check", "before", status="right")
    with file.open("ab") as stream:
        stream.write(
            b'\xff\xfe\n[1]\n{"kind": "check"}\n"text"\nnull\n' + b"[" * 100_000 + b'\n{"kind": "check", "id'
        )
    progress.record("check", "after", status="right")
    state = progress.read()
    assert state.answers == {"before": "solved", "after": "solved"}
    assert state.skipped == 7
    progress.read()
    assert capsys.readouterr().out.count("7 lines were unreadable") == 1


def test_events_of_a_kind_from_a_later_version_are_no_damage(file):
    progress.record("certificate", "all")
    assert progress.read() == progress.State()


def test_many_processes_at_once_lose_nothing(file):
    program = (
        "import sys; from utils import progress\n"
        "for i in range(200):\n"
        "    progress.record('check', f'{sys.argv[1]}-{i}', status='right', filler='x' * 300)"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(number)]) for number in range(6)]
    assert [process.wait(60) for process in running] == [0] * 6
    state = progress.read()
    assert state.skipped == 0
    assert len(state.answers) == 6 * 200


def test_a_folder_that_cannot_be_written_is_told_once_and_stops_nothing(file, monkeypatch, capsys):
    file.parent.write_text("a file where the folder should be")
    progress.record("check", "relu", status="right")
    progress.record("check", "relu", status="right")
    said = capsys.readouterr().out
    assert said.count("Your progress cannot be kept") == 1
    assert str(file) in said
    assert progress.read().answers == {}


def test_a_file_that_cannot_be_read_is_told(file, capsys):
    file.mkdir(parents=True)
    assert progress.read() == progress.State()
    assert "Your progress cannot be read" in capsys.readouterr().out


def test_beginning_again_keeps_the_old_file(file):
    assert progress.reset() is None
    progress.record("check", "relu", status="right")
    kept = progress.reset()
    assert progress.read() == progress.State()
    assert json.loads(kept.read_text(encoding="utf-8"))["id"] == "relu"


def test_it_is_kept_in_the_folder_for_data_of_the_user(monkeypatch):
    monkeypatch.delenv("RELU_COURSE_PROGRESS")
    path = progress.path()
    assert path.name == "progress.jsonl"
    assert "relu-course" in path.parts
    assert not path.is_relative_to(progress.__file__.rsplit("utils", 1)[0])
