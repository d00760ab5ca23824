"""What the grader and the sandbox say to each other; what comes back is checked field by field."""

from ..answers import Raised, Result
from .protocol import ProtocolError

_LONGEST_TEXT = 2_000
_MOST_WARNINGS = 50


def from_raised(raised: Raised | None) -> dict | None:
    """An exception for the journey."""
    if raised is None:
        return None
    return {
        "type": _short(raised.type),
        "message": _short(raised.message),
        "line": raised.line,
        "source": _short(raised.source),
        "function": _short(raised.function),
    }


def from_result(result: Result) -> dict:
    """What one call did, for the journey."""
    return {
        "value": result.value,
        "refused": _short(result.refused),
        "raised": from_raised(result.raised),
        "mutated": result.mutated,
        "warnings": [_short(each) for each in result.warnings[:_MOST_WARNINGS]],
    }


def to_raised(data: object) -> Raised | None:
    """The exception that arrived; ProtocolError when it is none."""
    if data is None:
        return None
    fields = {"type": str, "message": str, "line": int, "source": str, "function": str}
    return Raised(**checked(data, fields))


def to_result(data: object) -> Result:
    """What one call did, as it arrived; ProtocolError when it is not that."""
    fields = {"value": object, "refused": str, "raised": object, "mutated": bool, "warnings": list}
    found = checked(data, fields)
    if len(found["warnings"]) > _MOST_WARNINGS or not all(type(each) is str for each in found["warnings"]):
        raise ProtocolError("warnings of an unknown form")
    found["warnings"] = tuple(each[:_LONGEST_TEXT] for each in found["warnings"])
    found["raised"] = to_raised(found["raised"])
    return Result(**found)


def checked(data: object, fields: dict[str, type]) -> dict:
    """The same dictionary when it has exactly these keys with values of exactly these types.

    ``object`` stands for any type. Texts are cut where they are longer than a message of ours has them.
    """
    if type(data) is not dict or data.keys() != fields.keys():
        raise ProtocolError("a message with other fields than were asked for")
    found = {}
    for name, kind in fields.items():
        value = data[name]
        if kind is not object and type(value) is not kind:
            raise ProtocolError(f"a message whose {name} is of another type than was asked for")
        found[name] = value[:_LONGEST_TEXT] if kind is str else value
    return found


def _short(text: str) -> str:
    """A text that can travel: not too long, and nothing in it that is no character."""
    return str(text)[:_LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
