"""Sends what is in the outbox, in a thread of its own, so that no notebook ever waits for the room."""

import contextlib
import random
import threading
from collections.abc import Callable

from utils.pulse import membership, outbox
from utils.pulse.membership import Membership
from utils.pulse.post import NoAnswer, post

SENT = "Sent to the room."
WAITS = "Not sent yet: the room does not answer. It is kept here and sent later."
UNKNOWN = "Not counted: the room knows another version of the course."
STRANGER = "Not sent: the room does not know you any more. Join it again on the course map."
LEFT = "Not sent: you are not in that room any more."
# Seconds between tries, about half an hour in all; each check, also in another notebook, begins anew.
_PAUSES = (1, 2, 4, 8, 15, 30, *[60] * 30)


class Sender:
    """One for each kernel. Its thread lives only while there is something to send."""

    def __init__(self):
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._told: list[tuple[str, Membership, Callable[[str], None]]] = []

    def send(self, name: str, member: Membership, tell: Callable[[str], None]) -> None:
        """Send all that waits; of the result `name` tell what becomes of it, perhaps several times."""
        with self._lock:
            self._told.append((name, member, tell))
            self._wake.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="room's sender", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pauses = iter(_PAUSES)
        while True:
            self._wake.clear()
            pause = None if self._send_all() else next(pauses, None)
            if pause is None:
                with self._lock:
                    if not self._wake.is_set():
                        self._thread = None
                        return
            elif not self._wake.wait(pause * random.uniform(0.7, 1.3)):
                continue
            pauses = iter(_PAUSES)  # there is something new

    def _send_all(self) -> bool:
        """Try once to send everything; whether nothing is left to do."""
        for name in outbox.names():
            member, body = membership.current(), outbox.read(name)
            if member is None:
                outbox.clear()
            if member is None or body is None:  # another notebook has sent it, or left the room
                continue
            try:
                status, _ = post(member.address, "result", member.token, body)
            except NoAnswer:
                status = 0
            if status == 401:
                self._turned_away(member)
                return True
            if status not in (200, 400):
                self._tell(None, WAITS)
                return False
            outbox.remove(name)
            self._tell(name, SENT if status == 200 else UNKNOWN)
        waiting, member = set(outbox.names()), membership.current()
        for name, joined, _ in self._listeners():
            if name not in waiting:
                self._tell(name, SENT if member == joined else LEFT)
        return not waiting

    def _turned_away(self, member: Membership) -> None:
        if membership.current() == member:  # and has not joined again meanwhile
            with contextlib.suppress(OSError):
                membership.end()
            outbox.clear()
        self._tell(None, STRANGER)

    def _tell(self, name: str | None, sentence: str) -> None:
        """Tell it to all who wait for `name` (None: for anything), most for the last time."""
        for each in self._listeners():
            if name in (None, each[0]):
                each[2](sentence)
                if sentence != WAITS:
                    with self._lock:
                        self._told.remove(each)

    def _listeners(self) -> list:
        with self._lock:
            return list(self._told)
