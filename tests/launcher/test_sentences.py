"""One clear sentence, and no traceback, for what can go wrong before the course is open."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import COURSE, assert_one_sentence

START = COURSE / "start.py"


def old_python(version):
    """An old interpreter that runs, from pyenv or the search path, else None."""
    beside = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for python in [*map(str, beside), shutil.which(f"python{version}")]:
        if python and subprocess.call([python, "-c", "0"], stderr=subprocess.DEVNULL) == 0:
            return python
    return None


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10"])
def test_an_old_python_says_that_it_is_too_old(version):
    python = old_python(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    done = subprocess.run([python, str(START)], capture_output=True, encoding="utf-8", timeout=30)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in done.stderr and f"this is Python {version}:" in done.stderr


def test_old_grammars_can_read_start_py():
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 4))
    START.read_text(encoding="ascii")  # Python 2 refuses other characters


def test_a_version_that_claims_to_be_old_is_refused():
    program = f"import sys, runpy; sys.version_info = (3, 10, 0); runpy.run_path({str(START)!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=30)
    assert done.returncode == 1 and "this is Python 3.10:" in done.stderr


def test_pip_without_a_connection(course):
    (course.tools / "uv").unlink()
    (course.folder / "requirements.txt").write_text("jupyterlab>=4.6\n", encoding="utf-8")
    # Port 9 is the discard service, which listens nowhere.
    done = course.start(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")
    assert_one_sentence(done, "no package index answers", "connect to the internet")
    assert not course.stamp.exists()


def test_uv_without_a_connection(course):
    uv = shutil.which("uv")
    if uv is None or subprocess.call([uv, "--version"], stdout=subprocess.DEVNULL):
        pytest.skip("no uv on this machine")
    (course.tools / "uv").unlink()
    (course.tools / "uv").symlink_to(uv)
    (course.folder / "requirements.txt").write_text("jupyterlab>=4.6\n", encoding="utf-8")
    done = course.start(
        UV_DEFAULT_INDEX="http://127.0.0.1:9/simple",
        UV_HTTP_RETRIES="0",
        UV_NO_CONFIG="1",
        UV_CACHE_DIR=str(course.home / "cache"),
        PATH=os.environ["PATH"],
    )
    assert_one_sentence(done, "no package index answers", "connect to the internet")


def test_without_ensurepip_the_missing_package_is_named(course):
    (course.tools / "uv").unlink()
    program = (
        "import runpy, sys; sys.modules['ensurepip'] = None; "
        f"sys.argv = ['start.py']; runpy.run_path({str(course.folder / 'start.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=course.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=30,
    )
    assert_one_sentence(done, "sudo apt install python3-venv")
    assert not course.venv.exists()


def test_a_folder_that_cannot_be_written(course):
    if os.geteuid() == 0:  # permissions do not stop root, a read-only mount does
        script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" || exit 77; shift 0; exec "$@"'
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, str(course.folder), *course.command()],
            env=course.environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=30,
        )
        if done.returncode == 77 or "unshare failed" in done.stderr:
            pytest.skip("root here may not mount a folder read-only")
    else:
        course.folder.chmod(0o555)
        done = course.start()
        course.folder.chmod(0o755)
    assert_one_sentence(done, "Nothing can be written", str(course.folder))


def test_an_incomplete_course_folder(course):
    (course.folder / "requirements.txt").unlink()
    done = course.start()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "requirements.txt" in done.stderr and "is the course's folder complete?" in done.stderr


# ------------------------------------------------------------------ Windows' limit, and full disks


@pytest.fixture
def start():
    """start.py as a module."""
    spec = importlib.util.spec_from_file_location("start", START)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_path_too_deep_for_windows(start, monkeypatch, tmp_path):
    monkeypatch.setattr(start, "WINDOWS", True)
    monkeypatch.setattr(start, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(start, "HERE", "C:\\" + 95 * "x")
    monkeypatch.setattr(start, "long_paths_enabled", lambda: False)
    with pytest.raises(start.Trouble, match=r"too long for Windows \(98 characters; 97 are possible\)"):
        start.make_venv("uv")
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("length", [3, 97])
def test_a_path_that_windows_takes(start, length):
    assert not start.too_deep(length * "x")


def test_no_installed_file_is_longer_than_the_limit_allows(start):
    packages = Path(sysconfig.get_path("purelib"))
    longest = max(
        (
            os.path.relpath(os.path.join(folder, name), packages)
            for folder, _, files in os.walk(packages)
            for name in files
        ),
        key=len,
    )
    assert len("\\.venv\\Lib\\site-packages\\" + longest) <= start.LONGEST_INSIDE, longest


@pytest.mark.parametrize(
    "output",
    [
        "error: failed to copy file: no space left on device (os error 28)",
        "error: [errno 28] no space left on device: '/x' (from versions: none)",
        "[winerror 112] there is not enough space on the disk",
    ],
)
def test_a_full_disk_is_told_apart(start, output):
    assert start.why_it_failed(output).startswith("The disk is full")


def test_other_failures_point_at_what_the_installer_said(start):
    assert "the reason given above" in start.why_it_failed("error: no matching distribution for torch==99")
