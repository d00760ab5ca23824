"""What a check finds in the learner's notebook: a name that nearly fits, a cell that Python cannot read."""

import ast
import difflib
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence

_ALIKE = 0.8


def nearly_named(name: str, variables: Mapping[str, object], others: Iterable[str] = ()) -> str | None:
    """The name of a function in ``variables`` that differs little from ``name``; never one of ``others``."""
    found = {
        each.lower(): each
        for each, value in variables.items()
        if callable(value) and not isinstance(value, type) and each not in others and not each.startswith("_")
    }
    near = difflib.get_close_matches(name.lower(), found, 1, _ALIKE)
    return found[near[0]] if near else None


def last_definition_is_broken(name: str, inputs: Sequence[str]) -> bool:
    """Whether the newest cell that defines ``name`` cannot be read by Python, so that it defined nothing.

    ``inputs`` are the cells in the order in which they were run, as IPython has transformed them.
    """
    definition = re.compile(rf"^[ \t]*(async[ \t]+)?def[ \t]+{re.escape(name)}\b", re.MULTILINE)
    for source in reversed(inputs):
        if isinstance(source, str) and definition.search(source):
            return not _readable(source)
    return False


def _readable(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of "\d" in a text again each time that it reads it
        try:
            compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
    return True
