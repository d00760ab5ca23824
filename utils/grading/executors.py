"""Where the notebooks are graded: in processes of this machine, or on the workers of a Dask scheduler."""

import contextlib
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor

from utils.grading.jobs import start_worker
from utils.grading.sandbox import GradingError

_SECONDS_TO_CONNECT = 10


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def local(workers: int) -> Iterator[tuple[Executor, int]]:
    """An executor of so many processes, and how many jobs to hand it at once.

    When the run breaks off, its workers end at once, whatever they were doing.
    """
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), start_worker)
    try:
        yield executor, 2 * workers
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


@contextlib.contextmanager
def dask(address: str) -> Iterator[tuple[Executor, int]]:
    """The same on the workers of the Dask scheduler at this address ("tcp://HOST:PORT").

    Each worker needs this course, in the same version, and a sandbox of its own. The line to the scheduler is
    neither encrypted nor closed to others: it belongs in a network that you trust.
    """
    try:
        from distributed import Client
    except ImportError:
        raise GradingError(
            "Grading on a Dask scheduler needs the package distributed: install it with "
            '`python -m pip install "distributed>=2025.1"` in the course\'s .venv, here and on the workers.'
        ) from None
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise GradingError(f"No Dask scheduler answers at {address} ({error}): start one there.") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise GradingError(f"The Dask scheduler at {address} has no workers: start some.")
        yield client.get_executor(pure=False), 2 * threads
