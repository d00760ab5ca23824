"""What a check does for the room: nothing at all, unless the learner has joined one.

Then it sends the question's id, the verdict and the name of the recognised mistake, and shows a line that
says whether that has reached the room.
"""

import contextlib

from IPython.display import display

from utils.notes import Note
from utils.pulse import membership, outbox
from utils.pulse.sender import Sender

_sender = Sender()


def report(question: str, status: str, mistake: str | None = None) -> None:
    """Send a verdict to the room that the learner is in. It never raises, and never waits for the network."""
    try:
        member = membership.current()
        if member is not None:
            name = outbox.put({"question": question, "status": status, "mistake": mistake or ""})
            _sender.send(name, member, Line().say)
    except Exception as error:  # whatever it is, the lesson goes on
        display(Note("note", f"Nothing was sent to the room: {error}."))


class Line:
    """A line below a check that can still change."""

    def __init__(self):
        self._said = "Sending to the room …"
        self._handle = display(Note("note", self._said), display_id=True)

    def say(self, sentence: str) -> None:
        """Say another sentence in the same place. For any thread."""
        if sentence != self._said and self._handle is not None:
            self._said = sentence
            with contextlib.suppress(Exception):  # the kernel may be ending
                self._handle.update(Note("note", sentence))
