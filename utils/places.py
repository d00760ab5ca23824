"""Where a command may write: asked before minutes of work, not after them."""

import tempfile
from pathlib import Path


def check_place(out: Path) -> None:
    """ValueError when no folder `out` can be made, because of what is there or of whose it is."""
    try:
        if out.exists() and not out.is_dir():
            raise ValueError(f"{out} is a file: name a folder with --out.")
        there = next((folder for folder in out.parents if folder.exists()), out)
        with tempfile.TemporaryDirectory(dir=there):
            pass
    except OSError as error:
        raise ValueError(
            f"{out} cannot be made ({error.strerror}): name another folder with --out."
        ) from None
