"""The program inside the sandbox: a server that forks a child for each handed-in notebook.

It starts with the heavy packages imported, so that a child is there in milliseconds. A child has one socket
to the grader and a fresh folder; the server alone has the control socket. When a notebook is done, the server
kills every process but itself and empties the folder.
"""

import ctypes
import gc
import json
import os
import resource
import select
import signal
import socket
import sys

from . import confine, keeper, landlock, protocol, seccomp, wipe
from .guard import Guard
from .shell import make_shell
from .submission import answer_requests

_TICK_MILLISECONDS = 50
_MOST_DESCRIPTORS = 4096
_SET_DUMPABLE, _SET_SUBREAPER = 4, 36
_UNWELCOME = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


def main() -> None:
    """Read the settings from the command line, confine this process, and serve until the grader hangs up."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    for number in _UNWELCOME:
        signal.signal(number, signal.SIG_DFL)
    confine.limit(settings["limits"])
    confine.drop_capabilities()
    rules, child_rules = None, None
    if settings["landlock"] is not None:
        rules, child_rules = confine.landlock_rules(settings["landlock"], settings["runs"])
        rules.enter()
    seccomp.install(pretend=rules is not None)
    # From here on this process signals everybody whom it can, so it must not reach anybody outside.
    if not confine.signals_stay_inside(settings["grader"]):
        sys.exit("the sandbox lets signals out")
    _set(_SET_SUBREAPER, 1)
    if rules is not None:
        keeper.fork_server(control)
        rules.enter()  # once more: the server's signals do not reach the keeper
        _set(_SET_SUBREAPER, 1)
    # Nobody but this process may read its memory or take its sockets.
    _set(_SET_DUMPABLE, 0)
    sys.path[:] = [folder for folder in sys.path if os.path.isfile(folder) or os.access(folder, os.R_OK)]
    gc.freeze()  # what is imported stays; what follows collects garbage once, and need not look at it
    shell = make_shell()
    gc.collect()
    gc.freeze()
    gc.enable()
    _Server(control, settings, shell, child_rules).serve()


def _set(option: int, value: int) -> None:
    if ctypes.CDLL(None).prctl(option, value, 0, 0, 0):
        sys.exit("the kernel refused a setting that the sandbox needs")


class _Server:
    def __init__(self, control: socket.socket, settings: dict, shell, rules: landlock.Ruleset | None):
        self._control = control
        self._settings = settings
        self._shell = shell
        self._rules = rules
        self._parent = os.getppid()

    def serve(self) -> None:
        """Handle one notebook after another until the grader is gone."""
        self._wipe()
        self._control.sendall(protocol.encode({"ready": True}))
        while True:
            message, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
            if not message:
                return
            if protocol.decode(message[4:]) != {"order": "begin"} or len(descriptors) != 1:
                continue
            self._end_with_parent()
            child = os.fork()
            if child == 0:
                self._become_child(descriptors[0])
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
                    keeper.kill_all()
                    sys.exit()
                break
            if handle in ready:
                poll.unregister(handle)
                ended = True
                self._control.sendall(protocol.encode({"ended": True}))
            self._end_with_parent()
            if trouble is None:
                trouble = guard.trouble()
                if trouble:
                    keeper.kill_all()
        os.close(handle)
        others = keeper.kill_all() - {child}
        return {"ended": ended, "others": len(others), "clean": self._wipe(), "trouble": trouble}

    def _end_with_parent(self) -> None:
        """Without a keeper nobody would end this sandbox for certain; so it ends at once."""
        if os.getppid() != self._parent:
            keeper.kill_all()
            sys.exit()

    def _wipe(self) -> bool:
        """Empty the folders that a notebook can write to; whether nothing is left."""
        return all([wipe.empty(folder) for folder in self._settings["wiped"]])

    def _become_child(self, descriptor: int) -> None:
        """Everything a child does. It never returns into the server's loop."""
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(nothing, number)
            os.chdir(self._settings["runs"])
            seconds = self._settings["limits"]["cpu_seconds"]
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            if self._rules is not None:
                self._rules.enter()
            # Above all the control socket; and nothing that two notebooks would share.
            os.closerange(3, descriptor)
            os.closerange(descriptor + 1, _MOST_DESCRIPTORS)
            answer_requests(socket.socket(fileno=descriptor), self._shell)
        finally:
            os._exit(0)
