"""The command line of the course's workshop: ``release`` makes the exercises, ``grade`` grades a class."""

import argparse
import sys

from utils import release
from utils.grading import command, handout
from utils.grading.sandbox import GradingError
from utils.lessons import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m utils", description="Tools for those who make the course and those who teach it."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    releasing = commands.add_parser("release", help="make exercises/ from solutions/, or a copy to hand out")
    releasing.add_argument("--check", action="store_true", help="change nothing; fail when something drifted")
    handout.add_arguments(releasing)
    command.add_arguments(commands.add_parser("grade", help="grade the notebooks that a class handed in"))
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "grade":
            return command.grade(chosen)
        if chosen.cohort is not None or chosen.gradescope:
            return handout.hand_out(chosen)
        return _check() if chosen.check else _write()
    except (ValueError, GradingError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was graded is kept: run the same command again to go on.", file=sys.stderr)
        return 130


def _check() -> int:
    found = release.drift(ROOT)
    for sentence in found:
        print(sentence, file=sys.stderr)
    if found:
        print("Run `python -m utils release` and commit the result.", file=sys.stderr)
    return 1 if found else 0


def _write() -> int:
    touched = release.write(ROOT)
    for path in touched:
        print(path.relative_to(ROOT).as_posix())
    if not touched:
        print("The exercises are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
