"""`python3 start.py site`: executes the lessons and makes a static site of the whole course."""

import argparse
import tempfile
import time
from pathlib import Path

from utils.lessons import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "site",
        metavar="FOLDER",
        help="where the site goes; an older one there is replaced (default: site/ in the course's folder)",
    )


def main(options: argparse.Namespace) -> int:
    from utils.site.build import build, refuse  # takes a second: not for --help
    from utils.site.execute import execute_all, lessons, solutions

    started = time.monotonic()
    refuse(options.out.resolve())
    with tempfile.TemporaryDirectory() as folder:
        execute_all([*lessons(), *solutions()], Path(folder), lambda line: print(line, flush=True))
        print("making the pages", flush=True)
        build(Path(folder), options.out)
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"The site is in {options.out.resolve()} (made in {minutes} min {seconds} s).")
    print(f"To look at it, open {(options.out.resolve() / 'index.html').as_uri()} in a browser.")
    return 0
