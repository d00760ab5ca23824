"""The secret of a cohort, from which the hidden cases of each student come.

It lies in the user's data folder, outside the repository, so neither the published questions nor the
solutions give a hidden value away. Whoever holds it can work out every hidden case of its cohort.
"""

import contextlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path

import numpy as np
import platformdirs

from utils.grading.sandbox import GradingError

DEFAULT = "default"
_BYTES = 32


def path(name: str) -> Path:
    """The file of a cohort's secret; it need not exist. GradingError when the name cannot be a file's."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise GradingError(
            f"{name!r} cannot be the name of a cohort: use letters, digits, hyphens and dots, 64 at most."
        )
    return Path(platformdirs.user_data_dir("relu-course", False)) / "cohorts" / f"{name}.secret"


def secret(name: str) -> bytes:
    """The secret of a cohort, made on first use and readable for its owner only.

    GradingError when it cannot be kept or is damaged.
    """
    file = path(name)
    try:
        if not file.exists():
            _make(file)
        found = bytes.fromhex(file.read_text("ascii"))
    except OSError as error:
        raise GradingError(f"The cohort's secret {file} cannot be kept: {error.strerror}.") from None
    except ValueError:
        found = b""
    if len(found) != _BYTES:
        raise GradingError(f"The cohort's secret {file} is damaged: put it back from a copy.")
    return found


def _make(file: Path) -> None:
    """Write a new secret, whole or not at all; who comes second keeps the first one's."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(secrets.token_hex(_BYTES))
            target.flush()
            os.fsync(target.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        os.unlink(draft)


def student_key(cohort_secret: bytes, student: str) -> bytes:
    """What decides the hidden cases of one student; it gives away neither the secret nor another's key."""
    return hmac.digest(cohort_secret, b"student\0" + student.encode("utf-8"), "sha256")


def generator(key: bytes, question: str) -> np.random.Generator:
    """The source of the hidden cases of a question (its id) for the student with this key."""
    seed = hmac.digest(key, b"question\0" + question.encode("utf-8"), "sha256")
    return np.random.default_rng(int.from_bytes(seed, "big"))
