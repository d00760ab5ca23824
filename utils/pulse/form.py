"""The form of the course map with which a workshop's participant joins the leader's room, and leaves it.

What is typed goes to the kernel in a message and is no part of the widget's state, which JupyterLab may save
with the notebook: so no code and no name is ever in a notebook's file.
"""

import threading
from pathlib import Path

import anywidget
from IPython.display import display

from utils import static
from utils.notes import Note
from utils.pulse import joining, membership, names, outbox


def show_form() -> None:
    """Show the form; on a page without a kernel, say what it is for."""
    if static.is_on():
        display(Note("note", "In JupyterLab a form stands here, with which you join the room."))
    else:
        display(RoomForm())


class RoomForm(anywidget.AnyWidget):
    """Address, code and name with a button to join; or where one is, with a button to leave."""

    _esm = Path(__file__).with_name("form.js")

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, _buffers: self._receive(content))

    def _receive(self, content: dict) -> None:
        kind = content.get("type")
        if kind == "join":
            # In a thread, so that the notebook's cells run meanwhile.
            fields = [str(content.get(name, "")) for name in ("address", "code", "name")]
            try:
                threading.Thread(target=self._join, args=fields, daemon=True).start()
            except RuntimeError:  # in a browser's Python
                self._tell("This notebook's Python cannot reach a room.")
        elif kind == "leave":
            self._leave()
        elif kind == "hello":
            self._tell()

    def _join(self, address: str, code: str, name: str) -> None:
        try:
            joining.join(address, code, name)
        except ValueError as error:
            self._tell(str(error))
        else:
            self._tell("You have joined the room. Your checks are sent to it from now on.")

    def _leave(self) -> None:
        try:
            joining.leave()
        except OSError as error:
            self._tell(f"{membership.path()} cannot be written ({error.strerror}): delete it to leave.")
        else:
            self._tell("You have left the room. Nothing is sent any more; what was sent stays there.")

    def _tell(self, sentence: str = "") -> None:
        """Tell the page where the learner is."""
        member = membership.current()
        self.send(
            {
                "joined": member is not None,
                "address": member.address if member else "",
                "name": member.name if member else "",
                "waiting": len(outbox.names()) if member else 0,
                "longest": names.LONGEST,
                "sentence": sentence,
            }
        )
