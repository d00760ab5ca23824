"""What a participant may send: to join, and a result. Everything else is refused in a sentence."""

import json
import re
from typing import NamedTuple

from utils.pulse import names
from utils.pulse.catalogue import Catalogue
from utils.question import RAISED, RIGHT, WRONG

LONGEST_BODY = 2048
_NUMBER = re.compile(r"[0-9a-f]{32}")


class Join(NamedTuple):
    """Who wants to join: the random number, and a name or ''."""

    number: str
    name: str


class Result(NamedTuple):
    """What a participant's check said: question's id, status, name of the recognised mistake or ''."""

    number: str
    question: str
    status: str
    mistake: str


def read_join(body: bytes) -> Join:
    """ValueError when it is anything else."""
    content = _content(body, ("number", "name"))
    if not _NUMBER.fullmatch(content["number"]):
        raise ValueError("number must have 32 hexadecimal digits.")
    return Join(content["number"], names.clean(content["name"]))


def read_result(number: str, body: bytes, known: Catalogue) -> Result:
    """ValueError when it is anything else, or of another course."""
    result = Result(number, **_content(body, ("question", "status", "mistake")))
    if result.question not in known.questions:
        raise ValueError("This room knows no such question.")
    if result.status not in (RIGHT, WRONG, RAISED):
        raise ValueError("There is no such status.")
    mistake = result.mistake
    if mistake and (result.status == RIGHT or known.mistake(result.question, mistake) is None):
        raise ValueError("This room knows no such mistake.")
    return result


def _content(body: bytes, fields: tuple[str, ...]) -> dict[str, str]:
    """The fields, which are all texts; one that is not there is ''."""
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("This is no JSON.") from None
    if not isinstance(content, dict) or not content.keys() <= set(fields):
        raise ValueError(f"This is no object with the fields {', '.join(fields)}.")
    found = {name: content.get(name, "") for name in fields}
    if not all(isinstance(value, str) for value in found.values()):
        raise ValueError(f"{', '.join(fields)} must be texts.")
    return found
