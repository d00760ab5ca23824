"""The command line of the course's workshop: ``python -m utils release`` makes the exercises."""

import argparse
import sys

from utils import release
from utils.lessons import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m utils", description="Tools for those who make the course."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    releasing = commands.add_parser("release", help="make exercises/ from solutions/")
    releasing.add_argument("--check", action="store_true", help="change nothing; fail when something drifted")
    chosen = parser.parse_args(arguments)
    try:
        return _check() if chosen.check else _write()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1


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
