"""The command line of the course's workshop: `python -m utils COMMAND`, which start.py hands its commands to.

A command is a module with `add_arguments(parser)` and `main(options)`, which returns the exit status and
raises ValueError, with a sentence, for what the user can put right.
"""

import argparse
import importlib
import sys

COMMANDS = {
    "release": ("utils.release_command", "make exercises/ from solutions/, or a copy to hand out"),
    "grade": ("utils.grading.command", "grade the notebooks that a class handed in"),
    "kit": ("utils.kit.command", "make the pages of routes and teaching notes from the lessons"),
    "present": ("utils.slides.command", "show a lesson as slides"),
    "pulse": ("utils.pulse.command", "show how far the room is"),
    "site": ("utils.site.command", "make a static site of the course"),
    "lite": ("utils.lite.command", "make a site that runs the course in the browser"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="python3 start.py", description="Tools for those who make the course and those who teach it."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    chosen = None
    for name, (module, purpose) in COMMANDS.items():
        command = commands.add_parser(name, help=purpose)
        if name in arguments[:1]:  # no other is imported: each may need an extra that is not installed
            chosen = importlib.import_module(module)
            chosen.add_arguments(command)
    options = parser.parse_args(arguments)
    try:
        return chosen.main(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
