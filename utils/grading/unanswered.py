"""What a student is told where a function gave no result to judge.

The sentences are our own: the runner's reasons may quote the notebook, and a notebook could tell itself a
hidden case that way.
"""

import builtins

from utils.grading.notebook import Submitted
from utils.grading.runner import DIED, FORGED, NOT_RUN, OK, TIMED_OUT, CellReport, NoAnswer, RunReport
from utils.question import NOT_ATTEMPTED, RAISED, WRONG, Outcome

# How a cell ended that did more than raise an exception.
ENDED = {
    TIMED_OUT: "was stopped because it took too long",
    DIED: "ended the whole process",
    FORGED: "sent forged results",
    NOT_RUN: "could not be run in the time for the notebook",
}
_NOT_DEFINED = "it is not defined"
_SILENT = {
    "it took": "Your function took too long and was stopped.",
    "it ended": "Your function ended the whole process.",
    "the whole": "The notebook as a whole took too long.",
}
_NO_USE = "Your function gave no result that could be used."


def unanswered(name: str, silent: NoAnswer, submitted: Submitted, report: RunReport) -> Outcome:
    """The outcome for the question ``name``, of whose function the runner says why it has no result."""
    if silent.reason == _NOT_DEFINED:
        return _undefined(name, submitted, report)
    return _wrong(next((said for start, said in _SILENT.items() if silent.reason.startswith(start)), _NO_USE))


def _undefined(name: str, submitted: Submitted, report: RunReport) -> Outcome:
    """Why a function is not there: its cell broke off, defines another one, or was never filled."""
    places = submitted.answers.get(name, ())
    for place in places:
        cell = report.cells[place]
        if cell.status != OK:
            why = ENDED.get(cell.status) or _raised(cell)
            return Outcome(RAISED, "", f"The cell of your answer {why}, so there is no function `{name}`.")
    if any(submitted.code[place].strip() for place in places):
        return _wrong(f"The cell of your answer defines no function `{name}`.")
    return Outcome(NOT_ATTEMPTED, "", "Not attempted.")


def _raised(cell: CellReport) -> str:
    name = cell.raised.type if cell.raised else ""
    known = isinstance(getattr(builtins, name, None), type)
    return f"raised {name}" if known else "raised an exception"


def _wrong(sentence: str) -> Outcome:
    return Outcome(WRONG, sentence, sentence)
