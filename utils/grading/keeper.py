"""Ending every process of a sandbox, also where no process namespace does that by itself."""

import contextlib
import os
import select
import signal
import socket
import time


def kill_all() -> set[int]:
    """Kill every other process that this one can signal; which, when not one is left below it.

    As the first process of its own process namespace, or in a Landlock domain that confines signals, it
    reaches the sandbox and nothing beyond. Orphans come to it, so that none is missed.
    """
    killed = set()
    while True:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(-1, signal.SIGKILL)
        try:
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if os.WIFSIGNALED(ended[1]):
                    killed.add(ended[0])
        except ChildProcessError:
            return killed
        time.sleep(0.001)


def fork_server(control: socket.socket) -> None:
    """Go on as a new process, and keep watch in this one: when the grader hangs up, it kills all and ends.

    It also does so when the server ends. Only the new process returns.
    """
    server = os.fork()
    if server == 0:
        return
    try:
        poll = select.poll()
        poll.register(control, 0)  # reports the end of the conversation and takes nothing from it
        poll.register(os.pidfd_open(server), select.POLLIN)
        poll.poll()
    finally:
        kill_all()
        os._exit(0)
