"""The exercises to hand out to a cohort, and the secret that its hidden cases will come from."""

import argparse
from pathlib import Path

from utils import lessons, release
from utils.grading import cohort
from utils.grading.output import write_whole
from utils.grading.sandbox import GradingError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `release` takes for handing out."""
    parser.add_argument("--cohort", metavar="NAME", help="make a copy to hand out, and the cohort's secret")
    parser.add_argument("--out", type=Path, help="the folder for it (exercises-NAME)")


def hand_out(chosen: argparse.Namespace) -> int:
    """Write the exercises into a folder of their own, and make the cohort's secret where there is none."""
    cohort.secret(chosen.cohort)
    folder = chosen.out or Path(f"exercises-{chosen.cohort}")
    exercises = release.exercises(lessons.ROOT)
    try:
        for path, content in exercises.items():
            write_whole(folder / path.name, content)
    except OSError as error:
        raise GradingError(f"The exercises cannot be written to {folder}: {error.strerror}.") from None
    print(f"{len(exercises)} exercises to hand out are in {folder}.")
    print(f"The secret of the cohort is {cohort.path(chosen.cohort)}: keep a copy of it, and keep it secret.")
    return 0
