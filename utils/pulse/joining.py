"""Joining a room, and leaving it."""

import json
import random
import time

from utils.pulse import codes, membership, names, outbox
from utils.pulse.post import NoAnswer, address, post

# How often a try that the server did not look at is repeated: about a minute in all.
_TRIES = 60


def join(typed_address: str, code: str, name: str = "") -> membership.Membership:
    """Join the room at an address. ValueError, in one sentence, where that is impossible."""
    room, name = address(typed_address), names.clean(name)
    if not codes.typed(code):
        raise ValueError("Write the room's code, as the leader shows it.")
    number = membership.number_at(room)
    body = json.dumps({"number": number, "name": name}).encode("utf-8")
    try:
        for _ in range(_TRIES):
            status, answer = post(room, "join", codes.typed(code), body)
            if status != 429:
                break
            time.sleep(random.uniform(0.5, 1.5))
    except NoAnswer as error:
        raise ValueError(f"The room was not reached: {error}. Look at the address again.") from None
    token = answer.get("token")
    if status != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise ValueError(str(answer.get("error", "The room did not let you in."))[:200])
    outbox.clear()  # what waits was meant for the room before
    try:
        return membership.begin(room, number, token, name)
    except OSError as error:
        raise ValueError(
            f"{membership.path()} cannot be written ({error.strerror}), so you are not in the room."
        ) from None


def leave() -> None:
    """Leave the room; what waits to be sent is thrown away. OSError when that cannot be kept."""
    membership.end()
    outbox.clear()
