"""When .venv is made, filled, repaired and left alone."""

import json
import os
import signal
import subprocess

import pytest
from conftest import lab_report


def names(calls):
    return [call[0] for call in calls]


def test_first_start_installs_and_the_second_does_not(course):
    first = course.start()
    assert first.returncode == 0, first.stderr
    calls = course.uv_calls()
    assert names(calls) == ["venv", "pip"]
    assert calls[1][-2:] == ["--requirement", "requirements.txt"]
    overrides = json.loads(
        (course.venv / "share/jupyter/lab/settings/overrides.json").read_text(encoding="utf-8")
    )
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert overrides["@jupyterlab/apputils-extension:kernels-settings"] == {"commsOverSubshells": "disabled"}

    second = course.start()
    assert second.returncode == 0
    assert course.uv_calls() == []
    assert lab_report(second)["prefix"] == str(course.venv)


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_requirements_are_installed_into_the_same_venv(course, name):
    course.start()
    course.uv_calls()
    with open(course.folder / name, "a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert course.start().returncode == 0
    assert names(course.uv_calls()) == ["pip"]


def test_other_line_ends_are_no_change(course):
    course.start()
    course.uv_calls()
    (course.folder / "requirements.txt").write_bytes(b"-e .\r\n")
    course.start()
    assert course.uv_calls() == []


def empty_folder(venv):
    venv.mkdir()


def plain_file(venv):
    venv.write_text("", encoding="utf-8")


def python_gone(venv):
    (venv / "bin" / "python").unlink()


def stamp_cut_short(venv):
    stamp = venv / "relu-course.json"
    stamp.write_text(stamp.read_text(encoding="utf-8")[:20], encoding="utf-8")


def stamp_of_another_python(venv):
    stamp = venv / "relu-course.json"
    stamp.write_text(stamp.read_text(encoding="utf-8").replace('"3.', '"2.'), encoding="utf-8")


@pytest.mark.parametrize("harm", [empty_folder, plain_file])
def test_a_venv_that_is_none_is_made_anew(course, harm):
    harm(course.venv)
    assert course.start().returncode == 0
    assert names(course.uv_calls()) == ["venv", "pip"]


@pytest.mark.parametrize("harm", [python_gone, stamp_cut_short, stamp_of_another_python])
def test_a_damaged_venv_is_made_anew(course, harm):
    course.start()
    course.uv_calls()
    harm(course.venv)
    assert course.start().returncode == 0
    assert names(course.uv_calls()) == ["venv", "pip"]


def test_an_interrupted_install_is_repaired_by_the_next_start(course):
    process = subprocess.Popen(
        course.command(),
        env=course.environment(FAKE_UV_WAITS="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    for line in process.stdout:
        if "downloading" in line:
            break
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.count("start again whenever you like") == 1 and 'start.py", line' not in errors
    assert not course.stamp.exists()
    (course.venv / "left over").touch()
    course.uv_calls()

    assert course.start().returncode == 0
    assert names(course.uv_calls()) == ["venv", "pip"]
    assert not (course.venv / "left over").exists()


def test_a_moved_folder_gets_a_new_venv_and_a_linked_one_does_not(course):
    course.start()
    course.uv_calls()
    course.folder = course.folder.rename(course.folder.with_name("moved é"))
    assert lab_report(course.start())["prefix"] == str(course.venv)
    assert names(course.uv_calls()) == ["venv", "pip"]

    link = course.home / "link"
    link.symlink_to(course.folder)
    course.folder = link
    assert course.start().returncode == 0
    assert course.uv_calls() == []


def test_the_tests_extras_are_added_once_and_kept(course):
    (course.folder / "tests" / "run_all.py").write_text(
        "import sys; print('RUN', sys.argv[1:])", encoding="utf-8"
    )
    course.start()
    course.uv_calls()
    assert "RUN ['-k', 'relu']" in course.start("test", "-k", "relu").stdout
    (call,) = course.uv_calls()
    assert call[-2:] == ["--editable", ".[hub,lite,present,site,test]"]
    course.start("test")
    course.start()
    course.start("site")
    assert course.uv_calls() == []


def test_a_command_adds_its_extra_to_those_that_are_there(course):
    course.start("release")
    assert all("--editable" not in call for call in course.uv_calls())
    course.start("site")
    assert course.uv_calls()[-1][-1] == ".[site]"
    course.start("present", "3")
    assert course.uv_calls()[-1][-1] == ".[present,site]"
    with open(course.folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write("# changed\n")
    course.start()
    assert course.uv_calls()[-1][-1] == ".[present,site]"


def test_a_uv_that_does_not_run_is_passed_over_for_pip(course):
    (course.tools / "uv").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (course.folder / "requirements.txt").write_text("# nothing\n", encoding="utf-8")
    done = course.start()
    assert "No module named jupyterlab" in done.stderr  # the fake uv would have brought it
    assert "with pip" in done.stdout
    assert course.stamp.exists()
