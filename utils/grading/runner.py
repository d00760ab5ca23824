"""The trusted side of running a notebook: what its cells do, and what its functions return when called.

Nothing that comes back is executed or trusted: it is data, checked byte by byte. Whatever a notebook does,
the worst outcome is a ``NoAnswer`` for a call of its own.
"""

import secrets
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..answers import Raised, Result
from . import bubblewrap, containers, messages, protocol, selftest
from .channel import Channel, Closed
from .protocol import ProtocolError
from .sandbox import Confined, GradingError, Limits, NoSandbox

OK, RAISED, TIMED_OUT, DIED, FORGED, NOT_RUN = "ok", "raised", "timed out", "died", "forged", "not run"
BACKENDS = (bubblewrap, containers)
_MOST_ATTEMPTS = 8


@dataclass(frozen=True)
class Call:
    """A function to call on plain arguments; with ``measure`` to learn how much Python it runs."""

    function: str
    arguments: tuple
    measure: bool = False


@dataclass(frozen=True)
class NoAnswer:
    """Why a call has no result, as a clause about the function: "it is not defined"."""

    reason: str


@dataclass(frozen=True)
class Measured:
    """The lines of Python that a call runs (None when it fails), and whether a name tells of a loop."""

    lines: int | None
    hidden_loop: bool


@dataclass(frozen=True)
class CellReport:
    """How a cell ended, what it raised, and the names of the functions that it defined."""

    status: str
    raised: Raised | None = None
    defined: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunReport:
    """``results`` has one entry for each call, ``cells`` one for each cell, in their order.

    ``irregular`` is None, or a clause that says what made this run end a sandbox.
    """

    results: tuple[Result | Measured | NoAnswer, ...]
    cells: tuple[CellReport, ...]
    irregular: str | None = None


class _Broken(Exception):
    """The child cannot be spoken to any more. ``status`` is one of the states of a cell."""

    def __init__(self, status: str, reason: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass
class _Progress:
    """What is known of one notebook, kept over the attempts to run it."""

    cells: dict[int, CellReport] = field(default_factory=dict)
    results: dict[int, Result | Measured | NoAnswer] = field(default_factory=dict)
    bad_cells: dict[int, CellReport] = field(default_factory=dict)
    bad_functions: dict[str, str] = field(default_factory=dict)
    irregular: str | None = None


class Runner:
    """Runs notebooks one after another in one sandbox, and in a new one after anything irregular.

    A context manager. GradingError when this machine has no sandbox that holds.
    """

    def __init__(self, limits: Limits | None = None, backends: Sequence = BACKENDS):
        self.limits = limits or Limits()
        self._backends = backends
        self._backend = None
        self._confined: Confined | None = None

    def __enter__(self) -> "Runner":
        reasons = []
        for backend in self._backends if sys.platform == "linux" else ():
            self._backend = backend
            try:
                self._server()
                selftest.check(self.run)
                return self
            except NoSandbox as reason:
                reasons.append(f"{backend.NAME}: {reason}")
                self.close()
        raise GradingError(
            "Grading needs a sandbox, and none works here: on Debian or Ubuntu install one with `apt install "
            "bubblewrap`, on macOS or Windows grade in a Linux container or in WSL"
            + (f" ({'; '.join(reasons)})." if reasons else ".")
        )

    def __exit__(self, *details) -> None:
        self.close()

    @property
    def backend(self) -> str:
        """The name of the kind of sandbox in use."""
        return self._backend.NAME

    def close(self) -> None:
        """End the sandbox and every process in it."""
        if self._confined is not None:
            self._confined.kill()
            self._confined = None

    def run(self, cells: Sequence[str], calls: Sequence[Call]) -> RunReport:
        """Run the cells in their order, then the calls. A cell or function that breaks costs only itself.

        GradingError only when no sandbox starts any more; whatever the notebook does is in the report.
        """
        progress = _Progress()
        deadline = time.monotonic() + self.limits.whole_seconds
        for _ in range(_MOST_ATTEMPTS):
            if self._attempt(cells, calls, progress, deadline):
                break
        for place, call in enumerate(calls):
            reason = progress.bad_functions.get(call.function, "the whole notebook took too long")
            progress.results.setdefault(place, NoAnswer(reason))
        reports = [progress.cells.get(place, CellReport(NOT_RUN)) for place in range(len(cells))]
        results = [progress.results[place] for place in range(len(calls))]
        return RunReport(tuple(results), tuple(reports), progress.irregular)

    def _server(self) -> Confined:
        if self._confined is None:
            confined = self._backend.start(self.limits)
            confined.await_ready(self.limits.start_seconds)
            self._confined = confined
        return self._confined

    def _attempt(self, cells, calls, progress: _Progress, deadline: float) -> bool:
        """Run what is not known yet; whether that is finished. What breaks is marked, to be left out."""
        session = _Session(self._server(), self.limits, deadline)
        try:
            session.begin()
            self._run_cells(session, cells, progress)
            self._run_calls(session, calls, progress)
            return True
        except _Broken as broken:
            return broken.status == TIMED_OUT and time.monotonic() >= deadline
        finally:
            trouble = session.finish()
            if trouble:
                progress.irregular = progress.irregular or trouble
                self.close()

    def _run_cells(self, session: "_Session", cells: Sequence[str], progress: _Progress) -> None:
        for place, source in enumerate(cells):
            if place in progress.bad_cells:
                continue
            try:
                report = session.run_cell(source)
            except _Broken as broken:
                report = progress.bad_cells[place] = CellReport(broken.status)
                progress.cells[place] = report
                raise
            progress.cells[place] = report

    def _run_calls(self, session: "_Session", calls: Sequence[Call], progress: _Progress) -> None:
        for place, call in enumerate(calls):
            if place in progress.results:
                continue
            if call.function in progress.bad_functions:
                progress.results[place] = NoAnswer(progress.bad_functions[call.function])
                continue
            try:
                progress.results[place] = session.call(call)
            except _Broken as broken:
                progress.bad_functions[call.function] = broken.reason
                progress.results[place] = NoAnswer(broken.reason)
                raise
            if progress.results[place] == NoAnswer(session.too_slow):
                progress.bad_functions[call.function] = session.too_slow


class _Session:
    """One child of the server, from its fork to its end."""

    def __init__(self, confined: Confined, limits: Limits, deadline: float):
        self._control = confined.control
        self._limits = limits
        self._deadline = deadline
        self._channel: Channel | None = None
        self._trouble: str | None = None
        self.too_slow = f"it took longer than {limits.call_seconds:g} seconds"

    def begin(self) -> None:
        """Have the server fork a child."""
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        with theirs:
            try:
                self._control.settimeout(self._limits.grace_seconds)
                socket.send_fds(self._control, [protocol.encode({"order": "begin"})], [theirs.fileno()])
            except OSError:
                self._trouble = "the server was gone"
                raise _Broken(DIED, self._trouble) from None

    def run_cell(self, source: str) -> CellReport:
        """Run one cell."""
        seconds = self._limits.cell_seconds
        answer = self._ask({"cell": source, "seconds": seconds}, seconds, "it took too long")
        try:
            status = answer.get("status")
            if status == TIMED_OUT:
                messages.checked(answer, {"status": str})
                return CellReport(TIMED_OUT)
            found = messages.checked(answer, {"status": str, "raised": object, "defined": list})
            if status not in (OK, RAISED) or not all(type(name) is str for name in found["defined"]):
                raise ProtocolError("a report of an unknown form")
            return CellReport(status, messages.to_raised(found["raised"]), tuple(found["defined"]))
        except ProtocolError as error:
            raise self._forged(error) from None

    def call(self, call: Call) -> Result | Measured | NoAnswer:
        """Call one function once."""
        seconds = self._limits.call_seconds
        request = {"call": call.function, "arguments": call.arguments, "measure": call.measure}
        answer = self._ask(request | {"seconds": seconds}, seconds, self.too_slow)
        try:
            status = answer.get("status")
            if status == TIMED_OUT:
                return NoAnswer(self.too_slow)
            if status == "missing":
                return NoAnswer("it is not defined")
            if status == "not a function":
                found = messages.checked(answer, {"status": str, "type": str})
                return NoAnswer(f"the name stands for an object of type {found['type']}, not for a function")
            if call.measure:
                found = messages.checked(answer, {"status": str, "lines": object, "hidden_loop": bool})
                if found["lines"] is not None and type(found["lines"]) is not int:
                    raise ProtocolError("a count that is no number")
                return Measured(found["lines"], found["hidden_loop"])
            return messages.to_result(messages.checked(answer, {"status": str, "result": dict})["result"])
        except ProtocolError as error:
            raise self._forged(error) from None

    def finish(self) -> str | None:
        """End the child and everything that it started; None, or why the sandbox must not be used again."""
        if self._channel is not None:
            self._channel.close()
        if self._trouble == "the server was gone":
            return self._trouble
        try:
            self._control.settimeout(self._limits.grace_seconds)
            self._control.sendall(protocol.encode({"order": "end"}))
            report = self._last_report()
        except (OSError, ProtocolError):
            return self._trouble or "the server did not answer"
        if report["trouble"]:
            return report["trouble"]
        if report["others"]:
            return self._trouble or "it left processes behind"
        if not report["clean"]:
            return self._trouble or "it left files that could not be removed"
        return self._trouble

    def _last_report(self) -> dict:
        fields = {"ended": bool, "others": int, "clean": bool, "trouble": object}
        while True:
            message = self._control.recv(4096)
            data = protocol.decode(message[4:])
            if data != {"ended": True}:
                return messages.checked(data, fields)

    def _ask(self, request: dict, seconds: float, too_slow: str) -> dict:
        """Send a request and wait for its answer: a dictionary, of which nothing more is known."""
        identifier = secrets.token_hex(16)
        deadline = min(time.monotonic() + seconds + self._limits.grace_seconds, self._deadline)
        try:
            self._channel.send({"id": identifier, **request}, deadline, self._control)
            message = self._channel.receive(deadline, self._control)
            found = messages.checked(message, {"id": str, "answer": dict})
            if found["id"] != identifier:
                raise ProtocolError("an answer to nothing that was asked")
            return found["answer"]
        except TimeoutError:
            self._trouble = too_slow
            raise _Broken(TIMED_OUT, too_slow) from None
        except Closed:
            raise _Broken(DIED, "it ended the process") from None
        except ProtocolError as error:
            raise self._forged(error) from None

    def _forged(self, error: ProtocolError) -> _Broken:
        self._trouble = f"it sent {error}"
        return _Broken(FORGED, self._trouble)
