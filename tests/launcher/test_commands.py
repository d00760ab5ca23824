"""What start.py runs once .venv stands."""

import os
import signal
import subprocess

import pytest
from conftest import lab_report

from utils.__main__ import COMMANDS


def test_opens_the_course_map_with_the_course_folder_as_root(course):
    done = course.start("--no-browser", "--port", "9876", PYTHONPATH="/nowhere")
    assert done.returncode == 0, done.stderr
    report = lab_report(done)
    assert f"--ServerApp.root_dir={course.folder}" in report["argv"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_course_map.ipynb" in report["argv"]
    assert {"--no-browser", "--ServerApp.port=9876"} <= set(report["argv"])
    assert ("--allow-root" in report["argv"]) == (os.geteuid() == 0)
    assert report["cwd"] == str(course.folder)
    assert report["env"]["PYTHONPATH"] is None
    assert report["env"]["VIRTUAL_ENV"] == str(course.venv)
    assert report["env"]["JUPYTERLAB_WORKSPACES_DIR"].startswith(str(course.venv))


def test_a_browser_is_opened_unless_told_otherwise(course):
    assert "--no-browser" not in lab_report(course.start("open"))["argv"]


def test_a_link_to_start_py_opens_its_course(course):
    link = course.home / "relu.py"
    link.symlink_to(course.folder / "start.py")
    command = [*course.command()[:1], str(link)]
    done = subprocess.run(
        command, env=course.environment(), capture_output=True, encoding="utf-8", timeout=60
    )
    assert lab_report(done)["cwd"] == str(course.folder)


@pytest.mark.parametrize("to_group", [True, False], ids=["Ctrl-C", "terminated"])
def test_ends_quietly_and_leaves_nothing_running(course, to_group):
    process = subprocess.Popen(
        course.command(),
        env=course.environment(FAKE_LAB_WAITS="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    for line in process.stdout:
        if line.startswith("LAB "):
            break
    if to_group:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == "" and "opens the course again" in output
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_other_commands_go_to_the_course_s_own_utils_from_the_current_folder(course):
    package = course.folder / "utils"
    package.mkdir()
    (package / "__init__.py").touch()
    program = "import os, sys; print('UTILS', sys.argv[1:], os.getcwd()); sys.exit(3)"
    (package / "__main__.py").write_text(program, encoding="utf-8")
    other = course.home / "utils.py"
    other.write_text("raise SystemExit('the wrong utils')", encoding="utf-8")
    done = course.start("release", "--check", cwd=course.home)
    assert f"UTILS ['release', '--check'] {course.home}" in done.stdout
    assert done.returncode == 3


def test_help_lists_the_commands_and_installs_nothing(course):
    done = course.start("--help")
    assert done.returncode == 0
    for command in ("open", "test", *COMMANDS, "--port", "--no-browser"):
        assert command in done.stdout
    assert not course.venv.exists()


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--colour"], ["open", "now"]])
def test_wrong_options_are_told_before_anything_is_installed(course, arguments):
    done = course.start(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and "usage: python3 start.py" in done.stderr
    assert not course.venv.exists()
