"""Watches what a notebook's processes use together, which no limit of the kernel for one process covers."""

import os

_MOST_FILES = 5_000


class Guard:
    """The processes below this one, their threads and memory, and the files that they write."""

    def __init__(self, limits: dict, folders: list[str]):
        self._limits = limits
        self._folders = folders
        self._page = os.sysconf("SC_PAGE_SIZE")
        self._free = self._free_bytes()

    def processes(self) -> set[int]:
        """All processes that descend from this one."""
        found: set[int] = set()
        waiting = [os.getpid()]
        while waiting:
            for child in self._children(waiting.pop()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found

    def trouble(self) -> str | None:
        """None while all is within the limits, else a clause that says which one was passed."""
        processes = self.processes()
        tasks = sum(len(_names(f"/proc/{each}/task")) for each in processes)
        if tasks > self._limits["tasks"]:
            return f"it started more than {self._limits['tasks']} processes or threads"
        if sum(map(self._memory, processes)) > self._limits["memory"]:
            return f"it used more than {self._limits['memory'] // 2**20} MB of memory"
        if (
            self._written() > self._limits["disk"]
            or self._free - self._free_bytes() > 4 * self._limits["disk"]
        ):
            return f"it wrote more than {self._limits['disk'] // 2**20} MB to disk, or too many files"
        return None

    def _children(self, process: int) -> list[int]:
        found = []
        for task in _names(f"/proc/{process}/task"):
            try:
                with open(f"/proc/{process}/task/{task}/children", encoding="ascii") as file:
                    found += map(int, file.read().split())
            except OSError:
                continue
        return found

    def _memory(self, process: int) -> int:
        """The memory that a process shares with no file, in bytes."""
        try:
            with open(f"/proc/{process}/statm", encoding="ascii") as file:
                _, resident, shared = map(int, file.read().split()[:3])
        except (OSError, ValueError):
            return 0
        return (resident - shared) * self._page

    def _written(self) -> int:
        """The bytes in the folders; infinitely many where there are too many files or folders to look."""
        size, count, waiting = 0, 0, list(self._folders)
        while waiting:
            try:
                for entry in os.scandir(waiting.pop()):
                    count += 1
                    if count > _MOST_FILES:
                        return 2**63
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
            except OSError:
                continue  # removed meanwhile, or closed to us: then the free space tells
        return size

    def _free_bytes(self) -> int:
        return sum(each.f_bavail * each.f_frsize for each in map(os.statvfs, self._folders))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
