"""Emptying a folder that somebody else has filled, who may have made that hard."""

import contextlib
import os

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def empty(folder: str) -> bool:
    """Remove all that is in a folder, never what a link in it points to; whether nothing is left.

    It goes down and up step by step, so that neither the depth of the folders nor the length of their paths
    matters. No process may be left that still changes them.
    """
    with contextlib.suppress(OSError):
        here = os.open(folder, _OPEN)
        names, waiting = [], [_remove_files(here)]
        while waiting[-1] or names:
            if waiting[-1]:
                name = waiting[-1].pop()
                inner = _open_folder(name, here)
                if inner is None:
                    _remove_folder(name, here)  # succeeds when it is closed, but empty
                    continue
                names.append(name)
                waiting.append(_remove_files(inner))
            else:
                waiting.pop()
                inner = os.open("..", _OPEN, dir_fd=here)
                _remove_folder(names.pop(), inner)
            os.close(here)
            here = inner
        os.close(here)
        return not os.listdir(folder)
    return False


def _open_folder(name: str, here: int) -> int | None:
    with contextlib.suppress(OSError):
        os.chmod(name, 0o700, dir_fd=here)
    try:
        return os.open(name, _OPEN, dir_fd=here)
    except OSError:
        return None


def _remove_files(here: int) -> list[str]:
    """Remove all in an open folder that is no folder, and name the folders."""
    folders = []
    with os.scandir(here) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                with contextlib.suppress(OSError):
                    os.unlink(entry.name, dir_fd=here)
    return folders


def _remove_folder(name: str, here: int) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(name, dir_fd=here)
