"""Executes the course's notebooks in static mode, for pages that need no kernel: the site and static slides.

Each notebook runs in a kernel of its own, two at a time, with a progress file that nobody else uses. Lessons
show what a reader may play with; solutions are held to be right (RELU_COURSE_STRICT); exercises do not run.
"""

import asyncio
import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from utils import static
from utils.lessons import COURSE_MAP, GLOSSARY, LESSONS

AT_ONCE = 2
WIDGET = "application/vnd.jupyter.widget-view+json"
CELL_SECONDS = 120  # a cell has 10 s in the course's own rules; this leaves room for a busy machine


def lessons() -> list[Path]:
    """The notebooks that are read: the map, the lessons and the glossary."""
    return [COURSE_MAP.notebook, *(lesson.notebook for lesson in LESSONS if lesson.written), GLOSSARY]


def solutions() -> list[Path]:
    """The notebooks of the solutions."""
    return [lesson.solution for lesson in LESSONS if lesson.solution.exists()]


def execute_all(paths: Iterable[Path], folder: Path, told: Callable[[str], None] = lambda line: None) -> None:
    """Execute each notebook in its own folder and write it, with its outputs, to the same place in `folder`.

    ``notebooks/03_derivatives.ipynb`` becomes ``folder/notebooks/03_derivatives.ipynb``. `told` gets a line
    for each. ValueError names the first cell that failed, and why.
    """
    loop = task = None

    async def all_of_them():
        nonlocal loop, task
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        await _execute_all(list(paths), Path(folder), told)

    # In the main thread nbclient would take Ctrl-C for itself, and the first notebook for a dead kernel.
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(asyncio.run, all_of_them())
        try:
            done.result()
        except KeyboardInterrupt:
            if task:
                loop.set_exception_handler(lambda *_: None)  # what nbclient leaves behind says so, at length
                loop.call_soon_threadsafe(task.cancel)
            raise


async def _execute_all(paths, folder, told):
    places = asyncio.Semaphore(AT_ONCE)
    count = 0

    async def one(path, scratch):
        nonlocal count
        async with places:
            started = time.monotonic()
            notebook = await _executed(path, Path(scratch))
        target = folder / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        count += 1
        told(
            f"executed {path.parent.name}/{path.stem} in {time.monotonic() - started:.0f} s "
            f"({count} of {len(paths)})"
        )

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        tasks = [asyncio.create_task(one(path, scratch)) for path in paths]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                if not task.cancelling():  # a second time would cut off the end of its kernel
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)  # their kernels end


async def _executed(path, scratch):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    try:
        environment = _environment(path, scratch)
        await client.async_execute(env=environment, stderr=subprocess.DEVNULL)  # the kernel's own log
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise ValueError(_sentence(path, notebook, error)) from error
    with contextlib.suppress(KeyError):
        del notebook.metadata["widgets"]
    for cell in notebook.cells:
        if "outputs" in cell:  # what is left of widgets are bars of progress, which tell a reader nothing
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
    notebook.metadata["language_info"] = {"name": "python"}  # not the version of Python that ran it
    return notebook


def _environment(path, scratch):
    changed = dict(os.environ)
    changed.pop("RELU_COURSE_STRICT", None)
    if path.parent.name == "solutions":
        changed["RELU_COURSE_STRICT"] = "1"
    changed[static.VARIABLE] = "1"
    changed["RELU_COURSE_PROGRESS"] = str(scratch / f"{path.parent.name}-{path.stem}.jsonl")
    changed["IPYTHONDIR"] = str(scratch / "ipython")
    changed["PYTHONHASHSEED"] = "0"
    return changed


def _sentence(path, notebook, error):
    """What went wrong where, in a sentence."""
    place = f"{path.parent.name}/{path.name}"
    failed = None
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip():
            outputs = cell.get("outputs", [])
            if any(output.output_type == "error" for output in outputs) or cell.execution_count is None:
                failed = cell
                break
    cell = f"cell {failed.id!r}" if failed else "a cell"
    if isinstance(error, CellExecutionError):
        said = (error.evalue.strip().splitlines() or [""])[0]
        return f"{place} fails in {cell}: {error.ename}: {said}. Mend that cell, and build again."
    if isinstance(error, CellTimeoutError):
        return f"{place}: {cell} did not end within {CELL_SECONDS} s. Make it faster, and build again."
    return f"{place}: the kernel died in {cell}. Look whether the memory of this machine is full."
