"""Emptying a folder that somebody else has filled, who may have made that hard."""

import contextlib
import os


def empty(folder: str) -> bool:
    """Remove all that is in a folder, never what a link in it points to; whether nothing is left.

    Inner folders are first moved up, so that neither their depth nor the length of their paths matters.
    No process may be left that still changes the folder.
    """
    number = 0
    while True:
        removed = False
        for entry in _entries(folder):
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    removed = True
                    continue
                os.chmod(entry.path, 0o700)
                for inner in _entries(entry.path):
                    if inner.is_dir(follow_symlinks=False):
                        os.chmod(inner.path, 0o700)
                        number += 1
                        os.rename(inner.path, os.path.join(folder, f"moved-{os.getpid()}-{number}"))
                    else:
                        os.unlink(inner.path)
                os.rmdir(entry.path)
                removed = True
        if not removed:
            return not _entries(folder)


def _entries(folder: str) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []
