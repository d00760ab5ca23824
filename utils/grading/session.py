"""One child of the server: what the grader asks of it, and what it makes of the answers."""

import secrets
import socket
import time
from dataclasses import dataclass

from ..answers import Raised, Result
from . import messages, protocol
from .channel import Channel, Closed
from .protocol import ProtocolError
from .sandbox import Confined, Limits

OK, RAISED, TIMED_OUT, DIED, FORGED, NOT_RUN = "ok", "raised", "timed out", "died", "forged", "not run"
_MOST_BYTES = 64 * 2**20
_MOST_NAMES = 200
_SERVER_GONE = "the server was gone"
TOO_LONG = "the whole notebook took too long"


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


class Broken(Exception):
    """The child cannot be spoken to any more. ``status`` is one of the states of a cell.

    ``culprit`` is the call, or the place of the cell, at which that happened.
    """

    culprit: Call | int | None = None

    def __init__(self, status: str, reason: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Session:
    """One child of the server, from its fork to its end."""

    def __init__(self, confined: Confined, limits: Limits, deadline: float):
        self._control = confined.control
        self._limits = limits
        self._deadline = deadline
        self._channel: Channel | None = None
        self._trouble: str | None = None
        self.server_gone = False
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
                self.server_gone = True
                raise Broken(DIED, _SERVER_GONE) from None

    def run_cell(self, source: str) -> CellReport:
        """Run one cell."""
        seconds = self._limits.cell_seconds
        try:
            protocol.encode(source)
        except ProtocolError as error:
            return CellReport(NOT_RUN, Raised("ProtocolError", str(error)))
        answer = self._ask({"cell": source, "seconds": seconds}, seconds, "it took too long")
        status = answer["status"]
        if status == TIMED_OUT:
            return CellReport(TIMED_OUT)
        try:
            found = messages.checked(answer, {"status": str, "raised": object, "defined": list})
            if status not in (OK, RAISED) or not all(type(name) is str for name in found["defined"]):
                raise ProtocolError("a report of an unknown form")
            return CellReport(
                status, messages.to_raised(found["raised"]), tuple(found["defined"][:_MOST_NAMES])
            )
        except ProtocolError as error:
            raise self._forged(error) from None

    def call(self, call: Call) -> Result | Measured | NoAnswer:
        """Call one function once. ProtocolError when the arguments are no plain data."""
        seconds = self._limits.call_seconds
        request = {"call": call.function, "arguments": call.arguments, "measure": call.measure}
        answer = self._ask(request | {"seconds": seconds}, seconds, self.too_slow)
        status = answer["status"]
        if status == TIMED_OUT:
            return NoAnswer(self.too_slow)
        if status == "missing":
            return NoAnswer("it is not defined")
        try:
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
        try:
            self._control.settimeout(self._limits.grace_seconds)
            self._control.sendall(protocol.encode({"order": "end"}))
            report = self._last_report()
        except (TimeoutError, ProtocolError):
            return self._trouble or "the server did not answer"
        except OSError:
            self.server_gone = True
        if self.server_gone:
            return _SERVER_GONE
        if report["trouble"]:
            return report["trouble"]
        if report["others"]:
            return self._trouble or "it left processes behind"
        if not report["clean"]:
            return self._trouble or "it left files that could not be removed"
        return self._trouble

    def _last_report(self) -> dict:
        fields = {"ended": bool, "others": int, "clean": bool, "trouble": object}
        for _ in range(2):  # the news that the child has ended may come first
            message = self._control.recv(4096)
            if not message:
                raise ConnectionError
            data = protocol.decode(message[4:])
            if isinstance(data, dict) and "clean" in data:
                return messages.checked(data, fields)
        raise ProtocolError("no report")

    def _ask(self, request: dict, seconds: float, too_slow: str) -> dict:
        """Send a request and wait for its answer: a dictionary with a status, and more is not known."""
        identifier = secrets.token_hex(16)
        frame = protocol.encode({"id": identifier, **request})
        deadline = min(time.monotonic() + seconds + self._limits.grace_seconds, self._deadline)
        try:
            self._channel.send(frame, deadline, self._control)
            message = self._channel.receive(deadline, self._control)
            found = messages.checked(message, {"id": str, "answer": dict})
            if found["id"] != identifier or type(found["answer"].get("status")) is not str:
                raise ProtocolError("an answer to nothing that was asked")
            if self._channel.received > _MOST_BYTES:
                raise ProtocolError("more data than a whole notebook may")
            return found["answer"]
        except TimeoutError:
            self._trouble = TOO_LONG if deadline == self._deadline else too_slow
            raise Broken(TIMED_OUT, self._trouble) from None
        except Closed:
            raise Broken(DIED, "it ended the process") from None
        except ProtocolError as error:
            raise self._forged(error) from None

    def _forged(self, error: ProtocolError) -> Broken:
        self._trouble = f"it sent {error}"
        return Broken(FORGED, self._trouble)
