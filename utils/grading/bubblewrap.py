"""The first kind of sandbox: bubblewrap gives a process its own users, processes, network and files."""

import json
import os
import select
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from . import visible
from .sandbox import Confined, Limits, NoSandbox, assemble, environment, python_command

NAME = "bubblewrap"
_INSIDE = "/relu-course"
_NOBODY = "65534"
_SECONDS = 10.0


def start(limits: Limits) -> Confined:
    """Start a server in a sandbox; NoSandbox when bubblewrap cannot make one on this machine."""

    def command(control: int) -> list[str]:
        runs = _writable()
        settings = {"control": control, "landlock": None, "runs": runs, "wiped": [runs, "/dev/shm"]}
        return python_command(_INSIDE, limits, settings)

    return launch(command, limits)


def launch(command: Callable[[int], list[str]], limits: Limits) -> Confined:
    """Start the command that is made for the number of its control socket."""
    program = shutil.which("bwrap")
    if program is None:
        raise NoSandbox("bubblewrap is not installed")
    from . import scratch  # only Linux has what it needs

    folder, lock = scratch.make()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    told, telling = os.pipe()
    log = tempfile.TemporaryFile()
    options = _options(assemble(folder), limits)
    try:
        process = subprocess.Popen(
            [program, "--info-fd", str(telling), *options, "--", *command(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=(theirs.fileno(), telling),
            start_new_session=True,
        )
    finally:
        theirs.close()
        os.close(telling)
    confined = Confined(ours, process, None, folder, lock, log)
    try:
        confined.first = _first_process(told)
    except NoSandbox:
        confined.await_ready(0)  # says what bubblewrap said
        raise
    finally:
        os.close(told)
    return confined


def _first_process(told: int) -> int:
    """A handle of the sandbox's first process: with it all others end, which is not so with bubblewrap's."""
    deadline = time.monotonic() + _SECONDS
    text = b""
    while not text.rstrip().endswith(b"}"):
        left = deadline - time.monotonic()
        part = os.read(told, 4096) if left > 0 and select.select([told], [], [], left)[0] else b""
        if not part:
            raise NoSandbox("bubblewrap did not start")
        text += part
    number = json.loads(text)["child-pid"]
    try:
        with open(f"/proc/{number}/oom_score_adj", "w", encoding="ascii") as file:
            file.write("800")
        return os.pidfd_open(number)
    except OSError:
        raise NoSandbox("bubblewrap's process ended at once") from None


def _options(inside: str, limits: Limits) -> list[str]:
    options = ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--disable-userns", "--uid", _NOBODY, "--gid", _NOBODY]
    options += ["--hostname", "sandbox", "--die-with-parent", "--as-pid-1", "--clearenv"]
    runs = _writable()
    for name, value in environment(runs).items():
        options += ["--setenv", name, value]
    options += ["--proc", "/proc", "--remount-ro", "/proc"]
    options += ["--dev", "/dev", "--size", str(limits.disk), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    for path in _mounts():
        options += path
    options += ["--size", str(limits.disk), "--tmpfs", runs, "--ro-bind", inside, _INSIDE]
    options += ["--remount-ro", "/", "--chdir", runs]
    return options


def _writable() -> str:
    """The one folder that notebooks may write to: /tmp, unless the course itself lies in there."""
    taken = any(Path("/tmp") in path.parents for path in visible.readable())
    return "/relu-writable" if taken else "/tmp"


def _mounts() -> list[list[str]]:
    """What is seen, and empty folders over what is not, the outer before the inner ones."""
    shown = [(path, _mount(path)) for path in visible.readable()]
    covers = [(path, ["--tmpfs", str(path), "--remount-ro", str(path)]) for path in visible.hidden()]
    covers = [each for each in covers if any(path in each[0].parents for path, _ in shown)]
    return [options for _, options in sorted(shown + covers, key=lambda each: len(each[0].parts))]


def _mount(path) -> list[str]:
    # /bin and /lib are often links into /usr; the way through /lib64 is how programs find their loader.
    if path.is_symlink() and path.parent == path.parent.parent:
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)]
