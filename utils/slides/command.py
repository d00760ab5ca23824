"""`present LESSON`: a lesson as slides, live in JupyterLab or as a page that needs no Python."""

import re
import tempfile
from pathlib import Path

from utils.lessons import COURSE_MAP, LESSONS


def add_arguments(parser):
    parser.add_argument("lesson", metavar="LESSON", help="the lesson's number (3) or name (03_derivatives)")
    parser.add_argument("--static", metavar="FOLDER", help="write slides that need no Python there")
    parser.add_argument("--dark", action="store_true", help="light text on a dark ground")
    parser.add_argument("--port", type=int, help="the port of JupyterLab; without it, a free one")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")


def main(options):
    """Show or write the slides; returns the exit status.

    ValueError when there is no such lesson or port, or nothing can be written into the folder.
    """
    lesson = find(options.lesson)
    if options.static is not None:
        _check_folder(options.static)
        from utils.slides import static

        say(f"running lesson {lesson.number}")
        path = static.write(static.execute(lesson), lesson, options.static, options.dark)
        say(f"open {path} in a browser; it needs the folder {static.ASSETS} beside it, and nothing else")
        return 0
    if options.port is not None and not 1 <= options.port <= 65_535:
        raise ValueError(f"There is no port {options.port}: give one from 1024 to 65535.")
    from utils.slides import live

    return live.present(lesson, dark=options.dark, port=options.port, browser=not options.no_browser, say=say)


def _check_folder(folder):
    """Make the folder before the lesson is run. ValueError when nothing can be written there."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(
            f"Nothing can be written into {folder} ({error.strerror}): name another folder."
        ) from None


def find(name):
    """The lesson of a number (`3`, `03`) or name (`03_derivatives`, `derivatives`); ValueError lists all."""
    known = (COURSE_MAP, *LESSONS)
    for lesson in known:
        if name in (lesson.stem, lesson.stem[3:]) or (
            re.fullmatch(r"\d{1,2}", name) and int(name) == lesson.number
        ):
            return lesson
    listed = ", ".join(f"{lesson.number} ({lesson.stem[3:]})" for lesson in known)
    raise ValueError(f"There is no lesson {name!r}; the lessons are {listed}.")


def say(sentence):
    print(f"course: {sentence}", flush=True)
