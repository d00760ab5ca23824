"""The second kind of sandbox, for machines such as containers that let nobody make namespaces: Landlock.

The process confines itself, with Landlock (files, TCP, signals), seccomp (other processes, every other kind
of network) and limits, before it runs anything untrusted. Weaker than bubblewrap in this: names, sizes and
dates of files outside can be asked for, and the disk is watched, not partitioned.
"""

import os
import socket
import subprocess
import tempfile

from . import landlock, visible
from .sandbox import Confined, Limits, NoSandbox, assemble, environment, python_command

NAME = "landlock"


def start(limits: Limits) -> Confined:
    """Start a server that confines itself; NoSandbox when this kernel's Landlock is too old."""
    if landlock.version() < landlock.NEEDED_VERSION:
        raise NoSandbox("the kernel has no Landlock that confines signals (Linux 6.12 has it)")
    from . import scratch  # only Linux has what it needs

    folder, lock = scratch.make()
    inside = assemble(folder)
    runs = os.path.join(folder, "runs")
    os.mkdir(runs)
    read = [inside, *map(str, visible.without_hidden())]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    settings = {"control": theirs.fileno(), "landlock": read, "runs": runs, "wiped": [runs]}
    log = tempfile.TemporaryFile()
    with theirs:
        process = subprocess.Popen(
            python_command(inside, limits, settings),
            cwd=runs,
            env=environment(runs),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return Confined(ours, process, None, folder, lock, log)
