"""How much memory and time a learner's kernel takes: each lesson and each solved exercise, run to its end.

    python -m benchmarks memory [STEM ...]        # on Linux; without a stem all lessons, several minutes

Every notebook runs in a kernel of its own, cell by cell, as JupyterLab runs it. Explorers are told that a
page is open, so that they draw ahead, as they do for a learner. Linux keeps the highest memory of a process
(VmHWM) and lets it be set back, which is done before each cell. Memory is what is resident, in MiB; the time
of the processor is that of all threads of the kernel; seconds are those that the cells take, without the
kernel's start and the drawing ahead.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from utils.lessons import COURSE_MAP, LESSONS

STEMS = tuple(each.stem for each in (COURSE_MAP, *LESSONS) if each.written)
KIB = 1024


@dataclass(frozen=True)
class Cell:
    """What one cell took: MiB and seconds."""

    name: str
    before: float
    peak: float
    after: float
    processor: float
    seconds: float

    @property
    def rise(self):
        """How far memory rose above what it was before the cell."""
        return self.peak - self.before


class Process:
    """A process of Linux, by its number."""

    def __init__(self, number):
        self._folder = Path(f"/proc/{number}")

    def memory(self):
        """Resident memory in MiB: now, and the highest since the process began or `forget` was called."""
        status = (self._folder / "status").read_text()
        return tuple(int(re.search(rf"{key}:\s+(\d+) kB", status)[1]) / KIB for key in ("VmRSS", "VmHWM"))

    def forget(self):
        """Set the highest memory back to what it is now."""
        (self._folder / "clear_refs").write_text("5")

    def processor_seconds(self):
        """User and system time of all threads."""
        fields = (self._folder / "stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def run(path):
    """Run a notebook, and return the kernel's memory before any cell and a `Cell` for each code cell."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "RELU_COURSE_PROGRESS": str(Path(folder) / "progress.jsonl"),
            "RELU_COURSE_STRICT": "1",  # a wrong answer fails its cell
        }
        manager, client = start_new_kernel(cwd=str(path.parent), env=environment, stderr=subprocess.DEVNULL)
        try:
            process = Process(manager.provisioner.pid)
            start, _ = process.memory()
            cells = [
                measured(client, process, cell)
                for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                if cell["cell_type"] == "code"
            ]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return start, cells


def measured(client, process, cell):
    """Run one cell, and let its explorers draw; raise ValueError where the cell fails."""
    explorers = []

    def note(message):
        content = message["content"]
        if message["msg_type"] == "comm_open" and "first" in content["data"].get("state", {}):
            explorers.append(content["comm_id"])

    process.forget()
    before, _ = process.memory()
    processor, started = process.processor_seconds(), time.perf_counter()
    reply = client.execute_interactive(
        "".join(cell["source"]), allow_stdin=False, output_hook=note, timeout=900
    )
    seconds = time.perf_counter() - started
    if reply["content"]["status"] != "ok":
        raise ValueError(f"The cell {cell['id']} failed: {reply['content'].get('evalue')}")
    for explorer in explorers:
        open_page(client, explorer)
    if explorers:
        wait_until_idle(process)
    after, peak = process.memory()
    return Cell(cell["id"], before, peak, after, process.processor_seconds() - processor, seconds)


def open_page(client, explorer):
    """Tell an explorer what its page says first."""
    content = {"comm_id": explorer, "data": {"method": "custom", "content": {"type": "ready"}}}
    client.shell_channel.send(client.session.msg("comm_msg", content))


def wait_until_idle(process):
    """Return when the process has done nothing for half a second."""
    last = None
    while (now := process.processor_seconds()) != last:
        last = now
        time.sleep(0.5)


def row(kind, stem, start, cells):
    """One line of the table. The first cell of a notebook holds the imports."""
    imports, *others = cells
    others = others or [imports]
    biggest = max(others, key=lambda cell: cell.rise)
    slowest = max(others, key=lambda cell: cell.processor)
    return (
        f"| {stem[:2]} {kind} | {start:.0f} | {imports.after:.0f} | **{max(c.peak for c in cells):.0f}**"
        f" | {cells[-1].after:.0f} | {sum(c.processor for c in cells):.1f}"
        f" | {sum(c.seconds for c in cells):.1f} | `{biggest.name}` +{biggest.rise:.0f}"
        f" | `{slowest.name}` {slowest.processor:.1f} s |"
    )


def main(stems=STEMS):
    if sys.platform != "linux":
        print("Needs Linux, which keeps the highest memory of a process.")
        return
    for stem in stems:
        if stem not in STEMS:
            raise SystemExit(f"There is no lesson named {stem!r}; choose from: {', '.join(STEMS)}.")
    print("| | start | imports | peak | end | processor, s | seconds | most memory | most time |")
    print("|---|---|---|---|---|---|---|---|---|")
    for stem in stems:
        lesson = next(each for each in (COURSE_MAP, *LESSONS) if each.stem == stem)
        for kind, path in (("lesson", lesson.notebook), ("solution", lesson.solution)):
            if path.exists():
                print(row(kind, stem, *run(path)), flush=True)
