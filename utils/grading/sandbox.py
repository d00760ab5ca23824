"""A process that can hurt nobody: what every kind of sandbox shares."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from . import protocol

_HERE = Path(__file__).resolve().parent
_SECONDS_TO_END = 5.0
# Imports make no garbage; without the collector, which looks for it, a server is there a tenth sooner.
_BOOT = (
    "import gc, sys; gc.disable(); sys.path.insert(0, sys.argv.pop(1)); "
    "from course.grading.worker import main; main()"
)
_INSIDE = (
    "channel.py",
    "confine.py",
    "guard.py",
    "keeper.py",
    "landlock.py",
    "messages.py",
    "protocol.py",
    "seccomp.py",
    "shell.py",
    "submission.py",
    "wipe.py",
    "worker.py",
)


class GradingError(RuntimeError):
    """Grading cannot go on. The message says in one sentence what to do."""


class NoSandbox(GradingError):
    """This kind of sandbox does not work on this machine. The message says why."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use. Times are in seconds, sizes in bytes.

    A cell and a call are interrupted after ``cell_seconds`` and ``call_seconds``; where that does not help,
    the whole sandbox ends ``grace_seconds`` later. ``memory`` and ``tasks`` (processes and threads) hold for
    each process and for all of a notebook's processes together; ``disk`` for each file and for all.
    """

    cell_seconds: float = 20.0
    call_seconds: float = 10.0
    whole_seconds: float = 120.0
    grace_seconds: float = 2.0
    start_seconds: float = 60.0
    cpu_seconds: int = 240
    memory: int = 4 * 2**30
    disk: int = 128 * 2**20
    tasks: int = 128


@dataclass
class Confined:
    """A started sandbox: the socket to its server, and the means to end it.

    ``first`` is a handle of its first process, with which all the others end; None where there is no such.
    """

    control: socket.socket
    process: subprocess.Popen
    first: int | None
    scratch: str
    lock: int
    log: BinaryIO

    def await_ready(self, seconds: float) -> None:
        """Wait until the server says that it is ready; NoSandbox with its last words when it does not."""
        self.control.settimeout(seconds)
        try:
            message = self.control.recv(4096)
        except OSError:
            message = b""
        if message != protocol.encode({"ready": True}):
            self.log.seek(0)
            words = self.log.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
            self.kill()
            raise NoSandbox(words[-1] if words else "its server did not start")

    def kill(self) -> None:
        """End every process of the sandbox, at once and for certain, and remove what it wrote."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)  # also where another process still holds our end
        self.control.close()
        if self.first is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.first, signal.SIGKILL)
            os.close(self.first)
            self.first = None
        try:
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        from . import scratch  # not on Windows, where this module is needed for its GradingError

        scratch.remove(self.scratch, self.lock)


def assemble(scratch: str) -> str:
    """Copy what is needed inside to a folder below ``scratch``, and nothing that knows an answer."""
    inside = Path(scratch, "inside")
    grading = inside / "course" / "grading"
    grading.mkdir(parents=True)
    for name in _INSIDE:
        shutil.copyfile(_HERE / name, grading / name)
    shutil.copyfile(_HERE.parent / "answers.py", inside / "course" / "answers.py")
    for package in (inside / "course", grading):
        (package / "__init__.py").touch()
    (inside / "utils").mkdir()
    for path in (_HERE / "inside" / "utils").glob("*.py"):
        shutil.copyfile(path, inside / "utils" / path.name)
    return str(inside)


def python_command(inside: str, limits: Limits, settings: dict) -> list[str]:
    """The command that starts the server, isolated from the user's own packages and settings."""
    numbers = asdict(limits) | {"user_tasks": _tasks_of_this_user() + 4 * limits.tasks}
    settings = settings | {"grader": os.getpid(), "limits": numbers}
    program = os.path.abspath(sys.executable)  # a sandbox has no folder that leads there by way of ".."
    return [program, "-I", "-B", "-X", "utf8", "-c", _BOOT, inside, json.dumps(settings)]


def environment(folder: str) -> dict[str, str]:
    """All the environment that a sandbox gets."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "MPLCONFIGDIR": folder,
        "IPYTHONDIR": folder,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _tasks_of_this_user() -> int:
    """How many threads this user runs now, since older kernels count them against a sandbox's limit."""
    user, count = os.getuid(), 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count
