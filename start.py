#!/usr/bin/env python3
"""Open the course: make .venv beside this file, install requirements.txt into it, start JupyterLab.

Needs the standard library only. A Python that is too old must be able to read the whole file before it
can say so; hence no f-strings, no annotations and nothing else that came after Python 2.7.
"""
# ruff: noqa: B904, RUF005, UP010, UP032, UP036

from __future__ import print_function

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "The course needs Python 3.11 or newer, and this is Python {}.{}: get a newer one from "
        "https://www.python.org/downloads/ and start the course with that.".format(*sys.version_info)
    )

import argparse
import collections
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time

WINDOWS = os.name == "nt"
# A link to this file leads to the course, too. Not on Windows, where realpath() turns drive letters
# of network folders into names that other programs refuse.
HERE = os.path.dirname(os.path.abspath(__file__) if WINDOWS else os.path.realpath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "relu-course.json")
FIRST_PAGE = "notebooks/00_course_map.ipynb"

# The longest file that the packages put below the course's folder, and what Windows allows in all.
LONGEST_INSIDE = 162
LONGEST_PATH_ON_WINDOWS = 259

LAB_OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # A widget's messages wait for the running cell, so that its callbacks never run beside it.
    "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"},
    # A notebook that was saved with its outputs shows its explorers' pictures again tomorrow.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}

NO_CONNECTION = (
    "(from versions: none)",
    "connection refused",
    "connectionerror",
    "connecttimeout",
    "dns error",
    "error sending request",
    "failed to fetch",
    "getaddrinfo failed",
    "name resolution",
    "network is unreachable",
    "operation timed out",
)
DISK_FULL = ("no space left on device", "not enough space on the disk")

# What a command needs beyond requirements.txt: extras of pyproject.toml.
EXTRAS = {
    "present": ("present",),
    "site": ("site",),
    "lite": ("lite",),
    "test": ("hub", "lite", "present", "site", "test"),
}

HELP = """\
python3 start.py [open] [--no-browser] [--port PORT]
    opens the course in JupyterLab; the first start installs what it needs into .venv
python3 start.py test [ARGUMENT ...]
    lint, tests and every notebook; with arguments, only pytest with these
python3 start.py release [--cohort NAME] [--gradescope]
    makes exercises/ anew from solutions/; with --cohort, a copy to hand out to a class
python3 start.py grade SUBMISSIONS --out FOLDER
    grades a folder or zip file of handed-in notebooks (see instructor/grading.md)
python3 start.py present LESSON [--static FOLDER] [--dark]
    shows a lesson as slides with live code, or makes slides that need no Python
python3 start.py pulse [--open] [--port PORT] [--folder FOLDER] [--new]
    shows a workshop's leader how far the room is (see instructor/README.md)
python3 start.py site [--out FOLDER]
    makes a static site of the whole course
python3 start.py lite [--out FOLDER] [--pyodide FOLDER] [--serve PORT]
    makes a site on which the course runs in the reader's browser, without a server
python3 start.py kit
    makes the pages of routes and teaching notes in instructor/ anew from the lessons
"""


class Trouble(Exception):
    """What went wrong and what to do about it, in a sentence for the learner."""


def say(text):
    print("course: " + text, flush=True)


def too_deep(folder):
    """Whether Windows' old limit on the length of a path forbids installing below this folder."""
    return len(folder) + LONGEST_INSIDE > LONGEST_PATH_ON_WINDOWS


def long_paths_enabled():
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:
        return False


def child_environment():
    """The environment for everything that runs in .venv: as if .venv had been activated."""
    environment = dict(os.environ)
    # These would lead to packages outside .venv, or make the installers install there.
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "UV_SYSTEM_PYTHON", "UV_TARGET"):
        environment.pop(name, None)
    environment["PIP_USER"] = "0"
    environment["VIRTUAL_ENV"] = VENV
    environment["PATH"] = os.path.dirname(PYTHON) + os.pathsep + environment.get("PATH", os.defpath)
    return environment


# ------------------------------------------------------------------ the state of .venv


def venv_version():
    """'3.11' for a .venv whose Python runs, else None."""
    command = [PYTHON, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.check_output(command, stderr=subprocess.DEVNULL, text=True).strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def requirements_digest():
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(HERE, name), "rb") as file:
            # Git may give the same file other line ends.
            digest.update(file.read().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def read_stamp():
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_whole(path, content):
    """Write a JSON file so that it is there whole or not at all."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    os.replace(path + ".new", path)


def write_settings(prefix):
    """Put the course's settings of JupyterLab where the Python below `prefix` finds them."""
    settings = os.path.join(prefix, "share", "jupyter", "lab", "settings")
    os.makedirs(settings, exist_ok=True)
    write_whole(os.path.join(settings, "overrides.json"), LAB_OVERRIDES)


def ensure_venv(extras=()):
    """Bring .venv to what requirements.txt and these extras ask for; do nothing when it is there already.

    The stamp is taken away before anything changes and written last: an install that was interrupted
    leaves none. Packages may then be there in part, which no installer notices, so .venv is made anew.
    It is made anew as well when the folder was moved, because its files hold the old path.
    """
    stamp = read_stamp()
    version = venv_version()
    digest = requirements_digest()
    sound = version is not None and stamp.get("python") == version and stamp.get("folder") == HERE
    there = set(stamp.get("extras", ())) if sound else set()
    if sound and stamp.get("requirements") == digest and there.issuperset(extras):
        return
    extras = sorted(there.union(extras))
    started = time.monotonic()
    uv = find_uv()
    if not sound:
        make_venv(uv)
        version = venv_version()
    elif os.path.exists(STAMP):
        os.remove(STAMP)
    install(uv, extras)
    write_settings(VENV)
    write_whole(STAMP, {"folder": HERE, "python": version, "requirements": digest, "extras": extras})
    say("installed in {:.0f} seconds".format(time.monotonic() - started))


# ------------------------------------------------------------------ making and filling .venv


def find_uv():
    """The path of a uv that runs, else None."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return uv if subprocess.call([uv, "--version"], **quiet) == 0 else None
    except OSError:
        return None


def can_make_venvs():
    """Whether this Python has venv and, in ensurepip, the pip to put in; Debian's lacks them at first."""
    try:
        import ensurepip
        import venv  # noqa: F401

        return bool(ensurepip.version())
    except (ImportError, AttributeError):
        return False


def make_venv(uv):
    if not uv and not can_make_venvs():
        raise Trouble(
            "This Python cannot make virtual environments: install what is missing, on Debian or Ubuntu with "
            "`sudo apt install python3-venv` (or python{}.{}-venv), and start again.".format(
                *sys.version_info
            )
        )
    if WINDOWS and too_deep(HERE) and not long_paths_enabled():
        raise Trouble(
            "This folder's path is too long for Windows ({} characters; {} are possible): move the course "
            "nearer to the drive's root, for example to C:\\relu, and start it there.".format(
                len(HERE), LONGEST_PATH_ON_WINDOWS - LONGEST_INSIDE
            )
        )
    if os.path.lexists(VENV):
        say("the .venv here is unfinished, moved or not this course's: making it anew")
        remove_venv()
    try:
        os.mkdir(VENV)
    except OSError as problem:
        raise Trouble(
            "Nothing can be written into the course's folder {} ({}): copy the course to a folder of your "
            "own and start it there.".format(HERE, problem.strerror)
        )
    say("making .venv with {}, for Python {}.{}".format("uv" if uv else "venv", *sys.version_info))
    # The Python below any virtual environment, because this one may have been started by the old .venv's.
    base = getattr(sys, "_base_executable", None) or sys.executable
    if uv:
        # --seed adds pip, so that %pip works in a notebook and a later start can do without uv.
        run_installer([uv, "venv", "--seed", "--no-project", "--python", base, VENV])
    else:
        run_installer([base, "-m", "venv", VENV])


def remove_venv():
    try:
        if os.path.exists(STAMP):
            os.remove(STAMP)
        if os.path.islink(VENV) or os.path.isfile(VENV):
            os.remove(VENV)
        else:
            shutil.rmtree(VENV)
    except OSError as problem:
        raise Trouble(
            "The old {} cannot be removed ({}): close JupyterLab and whatever else uses it, delete that "
            "folder and start again.".format(VENV, problem.strerror)
        )


def install(uv, extras):
    if uv:
        command = [uv, "pip", "install", "--python", PYTHON]
    else:
        command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--requirement", "requirements.txt"]
    if extras:
        command += ["--editable", ".[{}]".format(",".join(extras))]
    say(
        "installing what the course needs with {}; this may take a minute or two".format(
            "uv" if uv else "pip"
        )
    )
    run_installer(command)


def run_installer(command):
    """Run a command in the course's folder and show what it says; Trouble when it fails."""
    environment = child_environment()
    environment["PYTHONIOENCODING"] = "utf-8"
    last_lines = collections.deque(maxlen=20)
    process = subprocess.Popen(
        command,
        cwd=HERE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with process:
        for line in process.stdout:
            last_lines.append(line.rstrip())
            show_briefly(line.rstrip())
    show_briefly("")
    if process.returncode:
        if sys.stdout.isatty():
            print("\n".join(last_lines), file=sys.stderr)
        raise Trouble(why_it_failed("\n".join(last_lines).lower()))


def show_briefly(line):
    """On a terminal each line takes the place of the one before; elsewhere all are kept."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line[:width].ljust(width) + ("" if line else "\r"), end="", flush=True)
    elif line:
        print("  " + line, flush=True)


def why_it_failed(output):
    if any(sign in output for sign in DISK_FULL):
        return "The disk is full: make room (the course needs about 1 GB) and start again."
    if any(sign in output for sign in NO_CONNECTION):
        return (
            "The packages cannot be fetched, because no package index answers: connect to the internet (only "
            "an installing start needs it; proxies are set as for pip) and start again."
        )
    return "The installation failed, for the reason given above: put that right and start again."


# ------------------------------------------------------------------ what runs in .venv


def run_in_venv(arguments, **options):
    """Run the Python of .venv until it ends; Ctrl-C ends it. Returns its exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    child = subprocess.Popen([PYTHON] + arguments, **options)
    try:
        return child.wait()
    except KeyboardInterrupt:
        try:  # Ctrl-C in a terminal reaches the child as well; a signal to this process alone does not.
            child.wait(timeout=3)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            child.terminate()
            child.wait()
        raise


def open_course(arguments):
    parser = argparse.ArgumentParser(prog="start.py", usage=HELP, add_help=False)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--port", type=int)
    options = parser.parse_args(arguments)
    ensure_venv()
    command = ["-P", "-m", "jupyterlab"]
    command += ["--ServerApp.root_dir=" + HERE, "--LabApp.default_url=/lab/tree/" + FIRST_PAGE]
    command += ["--ServerApp.answer_yes=True"]  # Ctrl-C asks nothing
    if options.no_browser:
        command += ["--no-browser"]
    if options.port is not None:
        command += ["--ServerApp.port={}".format(options.port)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["--allow-root"]
    environment = child_environment()
    # The tabs of other projects stay out of this one's window.
    environment["JUPYTERLAB_WORKSPACES_DIR"] = os.path.join(VENV, "share", "jupyter", "lab", "workspaces")
    say("opening {} in JupyterLab; Ctrl-C here ends it".format(FIRST_PAGE))
    say("if no page opens by itself, copy the address with 'token' from below into a browser")
    try:
        return run_in_venv(command, cwd=HERE, env=environment)
    except KeyboardInterrupt:
        say("ended; `python3 start.py` opens the course again")
        return 0


def run_tests(arguments):
    ensure_venv(EXTRAS["test"])
    program = os.path.join(HERE, "tests", "run_all.py")
    return run_in_venv(["-P", program] + arguments, cwd=HERE, env=child_environment())


def hand_over(arguments):
    """The course's other commands. They keep the current folder, as their arguments may be paths in it."""
    ensure_venv(EXTRAS.get(arguments[0], ()))
    return run_in_venv(["-P", "-m", "utils"] + arguments, env=child_environment())


def main(arguments):
    sys.stdout.reconfigure(errors="replace")
    sys.stderr.reconfigure(errors="replace")
    command = arguments[0] if arguments else "open"
    try:
        if command in ("-h", "--help"):
            print(__doc__.splitlines()[0] + "\n\n" + HELP, end="")
            return 0
        if command == "open":
            return open_course(arguments[1:])
        if command.startswith("-"):
            return open_course(arguments)
        if command == "test":
            return run_tests(arguments[1:])
        return hand_over(arguments)
    except Trouble as trouble:
        print("course: {}".format(trouble), file=sys.stderr)
        return 1
    except OSError as problem:
        print("course: {}; is the course's folder complete?".format(problem), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ncourse: stopped; start again whenever you like", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
