"""The name that a participant may give: printable, on one line, and short."""

import unicodedata

LONGEST = 40


def clean(name: str) -> str:
    """The name without what cannot be seen: controls, marks of direction, halves of characters, line ends.

    ValueError when more than LONGEST characters are left.
    """
    kept = "".join(
        sign if unicodedata.category(sign)[0] not in "CZ" else " " if sign.isspace() else ""
        for sign in unicodedata.normalize("NFC", name)
    )
    kept = " ".join(kept.split())
    if len(kept) > LONGEST:
        raise ValueError(f"The name is too long: {LONGEST} characters at most.")
    return kept
