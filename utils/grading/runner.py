"""The trusted side of running a notebook: what its cells do, and what its functions return when called.

Nothing that comes back is executed or trusted: it is data, checked byte by byte. Whatever a notebook does,
the worst outcome is a ``NoAnswer`` for a call of its own.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..answers import Result
from . import bubblewrap, containers, selftest
from .sandbox import Confined, GradingError, Limits, NoSandbox
from .session import (
    DIED,
    FORGED,
    NOT_RUN,
    OK,
    RAISED,
    TIMED_OUT,
    TOO_LONG,
    Broken,
    Call,
    CellReport,
    Measured,
    NoAnswer,
    Session,
)

__all__ = [
    "BACKENDS",
    "DIED",
    "FORGED",
    "NOT_RUN",
    "OK",
    "RAISED",
    "TIMED_OUT",
    "Call",
    "CellReport",
    "Measured",
    "NoAnswer",
    "RunReport",
    "Runner",
]

BACKENDS = (bubblewrap, containers)
_MOST_ATTEMPTS = 8
_MOST_SANDBOXES = 4


@dataclass(frozen=True)
class RunReport:
    """``results`` has one entry for each call, ``cells`` one for each cell, in their order.

    ``irregular`` is None, or a clause that says what made this run end a sandbox.
    """

    results: tuple[Result | Measured | NoAnswer, ...]
    cells: tuple[CellReport, ...]
    irregular: str | None = None


@dataclass
class _Progress:
    """What is known of one notebook, kept over the attempts to run it."""

    deadline: float
    cells: dict[int, CellReport] = field(default_factory=dict)
    results: dict[int, Result | Measured | NoAnswer] = field(default_factory=dict)
    bad_cells: dict[int, CellReport] = field(default_factory=dict)
    bad_functions: dict[str, str] = field(default_factory=dict)
    irregular: str | None = None
    attempts: int = 0
    sandboxes: int = 0
    finished: bool = False


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
        progress = _Progress(time.monotonic() + self.limits.whole_seconds)
        while not progress.finished and progress.attempts < _MOST_ATTEMPTS:
            started = time.monotonic()
            confined = self._server()
            progress.deadline += time.monotonic() - started  # no notebook pays for the start of a sandbox
            self._attempt(confined, cells, calls, progress)
            if time.monotonic() >= progress.deadline or progress.sandboxes >= _MOST_SANDBOXES:
                break
        late = TOO_LONG if time.monotonic() >= progress.deadline else "the notebook broke off too often"
        for place, call in enumerate(calls):
            progress.results.setdefault(place, NoAnswer(progress.bad_functions.get(call.function, late)))
        known = progress.cells | progress.bad_cells
        reports = [known.get(place, CellReport(NOT_RUN)) for place in range(len(cells))]
        results = [progress.results[place] for place in range(len(calls))]
        return RunReport(tuple(results), tuple(reports), progress.irregular)

    def _server(self) -> Confined:
        if self._confined is None:
            confined = self._backend.start(self.limits)
            confined.await_ready(self.limits.start_seconds)
            self._confined = confined
        return self._confined

    def _attempt(self, confined: Confined, cells, calls, progress: _Progress) -> None:
        """Run all cells and the calls that have no result yet. What breaks is marked, to be left out next."""
        progress.attempts += 1
        session = Session(confined, self.limits, progress.deadline)
        blamed = None
        try:
            session.begin()
            self._run_cells(session, cells, progress)
            self._run_calls(session, calls, progress)
            progress.finished = True
        except Broken as broken:
            blamed = broken
        finally:
            trouble = session.finish()
            if trouble:
                progress.irregular = progress.irregular or trouble
                progress.sandboxes += 1
                self.close()
        # Somebody outside may have ended the sandbox, so its first end is nobody's fault.
        if blamed and not (session.server_gone and progress.sandboxes == 1):
            self._blame(blamed, progress)

    def _blame(self, broken: Broken, progress: _Progress) -> None:
        if isinstance(broken.culprit, Call):
            progress.bad_functions[broken.culprit.function] = broken.reason
        elif broken.culprit is not None:
            progress.bad_cells[broken.culprit] = CellReport(broken.status)

    def _run_cells(self, session: Session, cells: Sequence[str], progress: _Progress) -> None:
        for place, source in enumerate(cells):
            if place in progress.bad_cells:
                continue
            try:
                progress.cells[place] = session.run_cell(source)
            except Broken as broken:
                broken.culprit = place
                raise

    def _run_calls(self, session: Session, calls: Sequence[Call], progress: _Progress) -> None:
        for place, call in enumerate(calls):
            if place in progress.results:
                continue
            if call.function in progress.bad_functions:
                progress.results[place] = NoAnswer(progress.bad_functions[call.function])
                continue
            try:
                progress.results[place] = session.call(call)
            except Broken as broken:
                broken.culprit = call
                raise
            if progress.results[place] == NoAnswer(session.too_slow):
                progress.bad_functions[call.function] = session.too_slow
