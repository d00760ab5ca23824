"""A small course folder: the real start.py, a real .venv, a fake uv that installs a fake JupyterLab."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parents[2]

FAKE_UV = """\
import json, os, pathlib, subprocess, sys, time
here = pathlib.Path(__file__).parent
with open(here / "uv.log", "a", encoding="utf-8") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "venv":
    command = [sys.argv[sys.argv.index("--python") + 1], "-m", "venv", "--without-pip", sys.argv[-1]]
    sys.exit(subprocess.call(command))
if sys.argv[1] == "pip":
    venv = pathlib.Path(sys.argv[sys.argv.index("--python") + 1]).parent.parent
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "course.pth").write_text(os.getcwd(), encoding="utf-8")
    if "FAKE_UV_WAITS" in os.environ:
        print("downloading", flush=True)
        time.sleep(30)
    (packages / "jupyterlab.py").write_text((here / "jupyterlab.py").read_text(encoding="utf-8"))
"""

FAKE_LAB = """\
import json, os, sys, time
names = ("JUPYTERLAB_WORKSPACES_DIR", "PYTHONPATH", "VIRTUAL_ENV")
report = {"argv": sys.argv[1:], "cwd": os.getcwd(), "prefix": sys.prefix}
report["env"] = {name: os.environ.get(name) for name in names}
try:
    print("LAB " + json.dumps(report), flush=True)
    if "FAKE_LAB_WAITS" in os.environ:
        time.sleep(30)
except KeyboardInterrupt:
    sys.exit(0)
"""


class SmallCourse:
    """The folder, and what the fakes noted."""

    def __init__(self, folder):
        self.folder = folder / "Kurs ü 1"
        self.tools = folder / "tools"
        self.home = folder / "home"
        for path in (self.folder / "tests", self.tools, self.home):
            path.mkdir(parents=True)
        shutil.copy(COURSE / "start.py", self.folder)
        (self.folder / "requirements.txt").write_text("-e .\n", encoding="utf-8")
        (self.folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
        (self.tools / "uv.py").write_text(FAKE_UV, encoding="utf-8")
        uv = self.tools / "uv"  # by way of sh, because a #! line takes no path with a space
        uv.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{uv}.py" "$@"\n', encoding="utf-8")
        uv.chmod(0o755)
        (self.tools / "jupyterlab.py").write_text(FAKE_LAB, encoding="utf-8")

    @property
    def venv(self):
        return self.folder / ".venv"

    @property
    def stamp(self):
        return self.venv / "relu-course.json"

    def environment(self, **changes):
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "FAKE"))
        }
        search = os.pathsep.join([str(self.tools), "/usr/bin", "/bin"])
        return {**kept, "PATH": search, "HOME": str(self.home), "PIP_CONFIG_FILE": os.devnull, **changes}

    def command(self, *arguments):
        return [sys.executable, str(self.folder / "start.py"), *arguments]

    def start(self, *arguments, cwd=None, **environment):
        return subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.home,
            env=self.environment(**environment),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )

    def uv_calls(self):
        """The first words of uv's calls since the last look, without the `uv --version` that finds it."""
        log = self.tools / "uv.log"
        calls = (
            [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
            if log.exists()
            else []
        )
        log.unlink(missing_ok=True)
        return [call for call in calls if call != ["--version"]]


@pytest.fixture
def course(tmp_path):
    if os.name == "nt":
        pytest.skip("the fake uv is a script with a #! line, which Windows does not run")
    return SmallCourse(tmp_path)


def lab_report(done):
    """What the fake JupyterLab said of itself."""
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("LAB ")]
    return json.loads(line[4:])


def assert_one_sentence(done, *words):
    """The last line is a sentence with these words, there is no traceback, and the status says failure."""
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.startswith("course: ") and sentence.endswith(".")
    for word in words:
        assert word in sentence
