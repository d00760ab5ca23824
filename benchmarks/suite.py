"""How long everything takes that `python3 start.py test` runs: fifteen minutes or more.

    python -m benchmarks suite

The figures are those of the summary that tests/run_all.py prints; three parts run at a time.
"""

import re
import subprocess
import sys

from utils import lessons

ROW = re.compile(r"(?P<name>.+?) +(?P<seconds>[\d.]+) s +(?P<passed>\d+) passed +(?P<failed>\d+) failed")
IN_ALL = re.compile(r"in all +(?P<seconds>[\d.]+) s")


def ended(row):
    """How many tests of a part passed or failed."""
    return int(row["passed"]) + int(row["failed"])


def main():
    program = lessons.ROOT / "tests" / "run_all.py"
    with subprocess.Popen(
        [sys.executable, "-P", str(program)], cwd=lessons.ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    ) as ran:
        said = []
        for line in ran.stdout:
            said.append(line)
            print(line, end="", file=sys.stderr)
    summary = "".join(said).rpartition("===== summary =====")[2].splitlines()
    rows = list(filter(None, map(ROW.match, summary)))
    print("| part | seconds | tests |")
    print("|---|---|---|")
    for row in sorted(rows, key=lambda each: -float(each["seconds"])):
        print(f"| {row['name']} | {float(row['seconds']):.0f} | {ended(row):,} |")
    (seconds,) = (found["seconds"] for found in map(IN_ALL.match, summary) if found)
    print(f"| **in all, three parts at a time** | **{float(seconds):.0f}** | {sum(map(ended, rows)):,} |")
    failed = sum(int(row["failed"]) for row in rows)
    if failed:
        print(f"\n{failed} failed.")


if __name__ == "__main__":
    main()
