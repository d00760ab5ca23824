"""Everything that must hold, one part after another: lint, tests, and every notebook executed by nbval.

`python3 start.py test` runs this with the Python of .venv, in the course's folder. Arguments are pytest's,
and then only the tests run. All parts run even when one fails; the exit status is 0 when none did.
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
# A cell has 10 s in the course's own rules; this leaves room for a busy machine.
NBVAL = ["pytest", "--nbval-lax", "--nbval-cell-timeout=60", "-p", "no:cacheprovider", "-q"]


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


def all_parts(arguments):
    tests = Part("tests", ["pytest", "-q", *arguments])
    if arguments:
        return [tests]
    return [
        Part("ruff check", ["ruff", "check"]),
        Part("ruff format", ["ruff", "format", "--check"]),
        tests,
        Part("notebooks, exercises", [*NBVAL, *notebooks("notebooks", "exercises")]),
        Part("solutions", [*NBVAL, *notebooks("solutions")], strict=True),
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


def run(part):
    """Run one part and note how it ended."""
    print(f"\n===== {part.name} =====", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        report = scratch / "report.xml"
        extra = [f"--junitxml={report}"] if part.command[0] == "pytest" else []
        part.status = subprocess.call(
            [*PYTHON, *part.command, *extra], cwd=COURSE, env=environment(scratch, part.strict)
        )
        count(part, report)
    part.seconds = time.monotonic() - started


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
    parts = all_parts(arguments)
    for part in parts:
        run(part)
    print("\n===== summary =====")
    for part in parts:
        verdict = "passed" if part.status == 0 else f"FAILED (exit status {part.status})"
        print(f"{part.name:<22}{part.seconds:7.1f} s  {verdict}")
    passed, failed, skipped = (
        sum(getattr(part, name) for part in parts) for name in ("passed", "failed", "skipped")
    )
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return int(any(part.status for part in parts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
