"""The secrets of a room: a code to write into it, a key to read it, a token for each participant.

The code is short, because people type it from a projector; `utils.pulse.throttle` makes it safe. Key and
tokens are long, and nobody can guess them.
"""

import hmac
import secrets

# No vowels, so that no word appears, and no signs that look like others: 0 O, 1 I L, 2 Z, 5 S, 8 B, U.
_SIGNS = "CDFGHJKMNPQRTVWXY34679"
_GROUPS, _GROUP = 3, 3


def new_code() -> str:
    """A new code, like `KTW-4HQ-M9R`: one of 22**9, about 2**40."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def typed(code: str) -> str:
    """A code as somebody typed it, in the form that is compared: case, gaps and hyphens are free."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def new_key() -> str:
    """A new key: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_number() -> str:
    """The random number that stands for a participant: 128 bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def token(secret: str, number: str) -> str:
    """What a participant shows with each result: nobody makes one who does not have the room's secret."""
    return (
        f"{number}.{hmac.digest(secret.encode('utf-8'), number.encode('utf-8', 'replace'), 'sha256').hex()}"
    )


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
