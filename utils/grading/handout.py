"""What an instructor hands out: exercises to the students, or autograders to Gradescope."""

import argparse
from pathlib import Path

from utils import lessons, release
from utils.grading import cohort
from utils.grading.output import write_whole
from utils.grading.sandbox import GradingError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `release` takes for handing out."""
    parser.add_argument("--cohort", metavar="NAME", help="make a copy to hand out, and the cohort's secret")
    parser.add_argument("--gradescope", action="store_true", help="make autograders for Gradescope instead")
    parser.add_argument("--out", type=Path, help="the folder for it (exercises-NAME or gradescope-NAME)")


def hand_out(chosen: argparse.Namespace) -> int:
    """Write what is to be handed out into a folder of its own, and make the cohort's secret if need be."""
    name = chosen.cohort or cohort.DEFAULT
    secret = cohort.secret(name)
    folder = chosen.out or Path(f"{'gradescope' if chosen.gradescope else 'exercises'}-{name}")
    try:
        if chosen.gradescope:
            from utils.grading.gradescope import write_autograders  # it takes matplotlib with it

            count, what = len(write_autograders(folder, secret)), "autograders to upload to Gradescope"
        else:
            count, what = _write_exercises(folder), "exercises to hand out"
    except OSError as error:
        raise GradingError(f"Nothing can be written to {folder}: {error.strerror}.") from None
    print(f"{count} {what} are in {folder}.")
    if chosen.gradescope:
        print("Each holds the cohort's secret and the solutions: give them to Gradescope and to nobody else.")
    print(f"The secret of the cohort {name} is {cohort.path(name)}: keep it, and keep it secret.")
    return 0


def _write_exercises(folder: Path) -> int:
    exercises = release.exercises(lessons.ROOT)
    for path, content in exercises.items():
        write_whole(folder / path.name, content)
    return len(exercises)
