"""The program inside the sandbox: a server that forks a child for each handed-in notebook.

It starts with the heavy packages imported, so that a child is there in milliseconds. A child has one socket to
the grader, its own fresh folder and nothing else; the server alone has the control socket. When a notebook is
done, the server kills every process but itself, and empties the folders.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time

from . import confine, protocol
from .guard import Guard

_TICK_MILLISECONDS = 50
_SET_DUMPABLE, _SET_SUBREAPER = 4, 36
_UNWELCOME = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


def main() -> None:
    """Read the settings from the command line, confine this process, and serve until the grader hangs up."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    limits = settings["limits"]
    confine.limit(limits)
    if settings["landlock"]:
        confine.enter(settings["landlock"])
    library = ctypes.CDLL(None)
    # Nobody but this process may read its memory or take its sockets, and orphans come to it.
    library.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    library.prctl(_SET_SUBREAPER, 1, 0, 0, 0)
    for number in _UNWELCOME:
        signal.signal(number, signal.SIG_DFL)
    sys.path[:] = [folder for folder in sys.path if os.path.isfile(folder) or os.access(folder, os.R_OK)]
    shell = _prepare()
    gc.collect()
    gc.freeze()
    control.sendall(protocol.encode({"ready": True}))
    _Server(control, settings, shell).serve()


def _prepare():
    """Import what notebooks need, and make the shell that runs their cells."""
    import ipywidgets  # noqa: F401
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.figure
    import matplotlib.pyplot  # noqa: F401

    from .shell import make_shell

    return make_shell()


class _Server:
    def __init__(self, control: socket.socket, settings: dict, shell):
        self._control = control
        self._settings = settings
        self._shell = shell
        self._number = 0

    def serve(self) -> None:
        """Handle one notebook after another until the grader is gone."""
        while True:
            message, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
            if not message:
                return
            if protocol.decode(message[4:]) != {"order": "begin"} or len(descriptors) != 1:
                continue
            self._number += 1
            folder = os.path.join(self._settings["runs"], str(self._number))
            os.mkdir(folder, 0o700)
            child = os.fork()
            if child == 0:
                self._become_child(descriptors[0], folder)
            os.close(descriptors[0])
            self._control.sendall(protocol.encode(self._watch(child)))

    def _watch(self, child: int) -> dict:
        """Wait for the end of a notebook, clear up after it, and report."""
        guard = Guard(self._settings["limits"], self._settings["wiped"])
        handle = os.pidfd_open(child)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(handle, select.POLLIN)
        trouble = None
        ended = False
        while True:
            ready = dict(poll.poll(_TICK_MILLISECONDS))
            if self._control.fileno() in ready:
                if not self._control.recv(4096):
                    _kill_all()
                    sys.exit()
                break
            if handle in ready:
                poll.unregister(handle)
                ended = True
                self._control.sendall(protocol.encode({"ended": True}))
            if trouble is None:
                trouble = guard.trouble()
                if trouble:
                    _kill_all()
        os.close(handle)
        others = len(guard.processes() - {child})
        _kill_all()
        return {"ended": ended, "others": others, "clean": self._wipe(), "trouble": trouble}

    def _wipe(self) -> bool:
        """Empty the folders that a notebook can write to; whether nothing is left."""
        for folder in self._settings["wiped"]:
            with contextlib.suppress(OSError, RecursionError):
                for entry in os.scandir(folder):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path)
                    else:
                        os.unlink(entry.path)
        try:
            return not any(os.listdir(folder) for folder in self._settings["wiped"])
        except OSError:
            return False

    def _become_child(self, descriptor: int, folder: str) -> None:
        """Everything a child does. It never returns into the server's loop."""
        try:
            os.setsid()
            self._control.close()
            nothing = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(nothing, number)
            os.environ.update(HOME=folder, TMPDIR=folder, IPYTHONDIR=os.path.join(folder, ".ipython"))
            os.environ.update(MPLCONFIGDIR=os.path.join(folder, ".matplotlib"))
            os.chdir(folder)
            if self._settings["landlock"]:
                confine.enter_deeper(self._settings["landlock"], folder)
            seconds = self._settings["limits"]["cpu_seconds"]
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            from .submission import answer_requests

            answer_requests(socket.socket(fileno=descriptor), self._shell)
        finally:
            os._exit(0)


def _kill_all() -> None:
    """Kill every other process in the sandbox, and wait until not one is left.

    As the first process of its own process namespace, or inside a Landlock domain that scopes signals, this
    process reaches the sandbox and nothing beyond with -1.
    """
    while True:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(-1, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)
