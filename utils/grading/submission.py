"""What a child does for its one notebook: run cells, call functions, and send home what they did.

From the first cell on, the notebook's code can change anything here. It can then only send home other data,
which it could as well have computed.
"""

import contextlib
import signal
import socket
import time
import types

from ..answers import Raised, Result, call, hidden_loop, work
from .channel import Channel, Closed
from .messages import from_raised, from_result
from .protocol import ProtocolError, encode

_MOST_NAMES = 200
_FOREVER = 3600.0


class OutOfTime(KeyboardInterrupt):
    """A cell or a call took too long."""


def answer_requests(connection: socket.socket, shell) -> None:
    """Answer one request after another until the grader hangs up."""
    channel = Channel(connection)
    signal.signal(signal.SIGALRM, _interrupt)
    while True:
        try:
            request = channel.receive(time.monotonic() + _FOREVER)
        except (Closed, TimeoutError):
            return
        answer = {"id": request["id"], "answer": _answer(request, shell)}
        try:
            frame = encode(answer)
        except ProtocolError as error:
            refused = from_result(Result(refused=str(error)))
            frame = encode({"id": request["id"], "answer": {"status": "result", "result": refused}})
        channel.send(frame, time.monotonic() + _FOREVER)


def _answer(request: dict, shell) -> dict:
    try:
        with _time_limit(request["seconds"]):
            return _run_cell(request["cell"], shell) if "cell" in request else _call(request, shell.user_ns)
    except OutOfTime:
        return {"status": "timed out"}


def _run_cell(source: str, shell) -> dict:
    before = dict(shell.user_ns)
    outcome = shell.run_cell(source, store_history=True)
    error = outcome.error_before_exec or outcome.error_in_exec
    if isinstance(error, OutOfTime):
        return {"status": "timed out"}
    defined = [
        name
        for name, value in shell.user_ns.items()
        if isinstance(value, types.FunctionType) and before.get(name) is not value and isinstance(name, str)
    ]
    answer = {"status": "raised" if error else "ok", "raised": None, "defined": defined[:_MOST_NAMES]}
    if error:
        answer["raised"] = from_raised(Raised(type(error).__name__, _text(error)))
    return answer


def _call(request: dict, names: dict) -> dict:
    function = names.get(request["call"])
    if function is None:
        return {"status": "missing"}
    if not callable(function):
        return {"status": "not a function", "type": type(function).__name__}
    if request["measure"]:
        return {
            "status": "measured",
            "lines": work(function, request["arguments"]),
            "hidden_loop": hidden_loop(function),
        }
    return {"status": "result", "result": from_result(call(function, request["arguments"]))}


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


@contextlib.contextmanager
def _time_limit(seconds: float):
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(number, frame):
    raise OutOfTime
