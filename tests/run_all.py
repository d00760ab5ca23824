"""Everything that must hold, three parts at a time: lint, each folder of tests, every notebook.

`python3 start.py test` runs this with the Python of .venv, in the course's folder. Arguments are pytest's,
and then only pytest runs, with these. All parts run even when one fails; the exit status is 0 when none did.
What a part says is shown when it has ended, so that no two write into each other's lines.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

COURSE = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-P", "-m"]
PYTEST = ["pytest", "-q", "-p", "no:cacheprovider"]
# A cell has 10 s in the course's own rules; this leaves room for a busy machine.
NBVAL = [*PYTEST, "--nbval-lax", "--nbval-cell-timeout=60"]
AT_ONCE = 3  # on two cores, too: the longest part spends more than half of its time waiting for time limits
# Where a long part comes last, the rest of the machine has nothing to do meanwhile.
LONGEST = (
    "grading",
    "browser",
    "pages",
    "notebooks, exercises",
    "teaching",
    "hub",
    "pulse",
    "lite",
    "launcher",
)


@dataclass
class Part:
    """One command and how it ended: seconds, exit status, numbers of tests."""

    name: str
    command: list
    strict: bool = False
    seconds: float = 0.0
    status: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def notebooks(*folders):
    """The notebooks of these folders; the folder itself where it has none, so that its part fails."""
    found = []
    for folder in folders:
        inside = sorted((COURSE / folder).glob("*.ipynb"))
        found += [str(path.relative_to(COURSE)) for path in inside] or [folder]
    return found


def tests():
    """A part for each folder in tests/ that has tests, and one for the tests beside those folders."""
    files = sorted(path.relative_to(COURSE) for path in (COURSE / "tests").rglob("test_*.py"))
    folders = sorted({file.parts[1] for file in files if len(file.parts) > 2})
    parts = [Part(folder, [*PYTEST, f"tests/{folder}"]) for folder in folders]
    beside = [str(file) for file in files if len(file.parts) == 2]
    return [*parts, Part("tests", [*PYTEST, *beside])] if beside or not parts else parts


def all_parts(arguments):
    """The parts in the order in which they start."""
    if arguments:
        return [Part("tests", ["pytest", "-q", *arguments])]
    parts = [
        *tests(),
        Part("notebooks, exercises", [*NBVAL, *notebooks("notebooks", "exercises")]),
        Part("solutions", [*NBVAL, *notebooks("solutions")], strict=True),
    ]
    places = {name: place for place, name in enumerate(LONGEST)}
    parts.sort(key=lambda part: places.get(part.name, len(places)))
    return [
        Part("ruff check", ["ruff", "check"]),
        Part("ruff format", ["ruff", "format", "--check"]),
        *parts,
    ]


def environment(scratch, strict):
    """The caller's environment without the learner's progress and settings."""
    changed = dict(os.environ)
    changed.pop("RELU_COURSE_STRICT", None)
    if strict:
        changed["RELU_COURSE_STRICT"] = "1"
    changed["RELU_COURSE_PROGRESS"] = str(scratch / "progress.jsonl")
    changed["IPYTHONDIR"] = str(scratch / "ipython")
    changed["JUPYTER_CONFIG_DIR"] = str(scratch / "jupyter")
    return changed


class Run:
    """A part under way, in a folder of its own. Where it is the only one it writes to the terminal itself."""

    def __init__(self, part, alone):
        self.part = part
        self._folder = tempfile.TemporaryDirectory()
        scratch = Path(self._folder.name)
        self._report, self._output = scratch / "report.xml", scratch / "output.txt"
        extra = [f"--junitxml={self._report}"] if part.command[0] == "pytest" else []
        print(f"{part.name}: started", flush=True)
        self._started = time.monotonic()
        with open(self._output, "wb") as file:
            self._process = subprocess.Popen(
                [*PYTHON, *part.command, *extra],
                cwd=COURSE,
                env=environment(scratch, part.strict),
                stdout=None if alone else file,
                stderr=None if alone else subprocess.STDOUT,
            )

    def ended(self):
        return self._process.poll() is not None

    def note(self):
        """Note how the part ended and show what it said."""
        self.part.seconds = time.monotonic() - self._started
        self.part.status = self._process.returncode
        count(self.part, self._report)
        print(f"\n===== {self.part.name} =====")
        print(self._output.read_text(encoding="locale", errors="replace"), flush=True)

    def close(self):
        """End what still runs: after Ctrl-C, which in a terminal has reached the part as well."""
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def run(parts):
    """Run the parts, AT_ONCE at a time."""
    waiting, running = list(parts), []
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(Run(waiting.pop(0), alone=len(parts) == 1))
            time.sleep(0.05)
            for each in [each for each in running if each.ended()]:
                each.note()
                each.close()
                running.remove(each)
    finally:
        for each in running:
            each.close()


def count(part, report):
    """Take the numbers from pytest's report; a part without one counts as a single test."""
    if report.exists():
        suite = ElementTree.parse(report).getroot().find("testsuite")
        total, part.skipped = int(suite.get("tests")), int(suite.get("skipped"))
        part.failed = int(suite.get("failures")) + int(suite.get("errors"))
        part.passed = total - part.failed - part.skipped
    else:
        part.passed = int(part.status == 0)
    if part.status and not part.failed:
        part.failed = 1


def main(arguments):
    started = time.monotonic()
    parts = all_parts(arguments)
    run(parts)
    print("\n===== summary =====")
    for part in parts:
        verdict = "passed" if part.status == 0 else f"FAILED (exit status {part.status})"
        numbers = f"{part.passed:5} passed {part.failed:3} failed {part.skipped:3} skipped"
        print(f"{part.name:<22}{part.seconds:7.1f} s {numbers}  {verdict}")
    passed, failed, skipped = (
        sum(getattr(part, name) for part in parts) for name in ("passed", "failed", "skipped")
    )
    print(f"{'in all':<22}{time.monotonic() - started:7.1f} s")
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return int(any(part.status for part in parts))


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:]))
