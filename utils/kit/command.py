"""The command `kit`: the instructor's pages made from routes, lessons, questions and notes."""

import argparse
import sys

from utils.kit.pages import drift, write
from utils.lessons import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kit` takes on the command line."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page drifted")


def main(options: argparse.Namespace) -> int:
    """Make the pages anew, or compare them."""
    folder = ROOT / "instructor"
    if options.check:
        found = drift(folder)
        for sentence in found:
            print(sentence, file=sys.stderr)
        if found:
            print("Run `python3 start.py kit` and commit the result.", file=sys.stderr)
        return 1 if found else 0
    changed = write(folder)
    for name in changed:
        print(f"instructor/{name}")
    if not changed:
        print("The kit is up to date.")
    return 0
