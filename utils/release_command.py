"""The command `release`: the exercises made from the solutions, or a copy of them to hand out."""

import argparse
import sys

from utils import release
from utils.grading import handout
from utils.grading.sandbox import GradingError
from utils.lessons import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `release` takes on the command line."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something drifted")
    handout.add_arguments(parser)


def main(options: argparse.Namespace) -> int:
    """Make exercises/ anew, compare it, or hand out."""
    if options.cohort is not None or options.gradescope:
        try:
            return handout.hand_out(options)
        except GradingError as error:
            raise ValueError(str(error)) from None
    return _check() if options.check else _write()


def _check() -> int:
    found = release.drift(ROOT)
    for sentence in found:
        print(sentence, file=sys.stderr)
    if found:
        print("Run `python3 start.py release` and commit the result.", file=sys.stderr)
    return 1 if found else 0


def _write() -> int:
    touched = release.write(ROOT)
    for path in touched:
        print(path.relative_to(ROOT).as_posix())
    if not touched:
        print("The exercises are up to date.")
    return 0
