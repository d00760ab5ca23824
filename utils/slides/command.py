"""`present LESSON`: a lesson as slides, live in JupyterLab or as a page that needs no Python."""

import re

from utils.lessons import COURSE_MAP, LESSONS


def add_arguments(parser):
    parser.add_argument("lesson", metavar="LESSON", help="the lesson's number (3) or name (03_derivatives)")
    parser.add_argument("--static", metavar="FOLDER", help="write slides that need no Python there")
    parser.add_argument("--dark", action="store_true", help="light text on a dark ground")
    parser.add_argument("--port", type=int, help="the port of JupyterLab; without it, a free one")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")


def main(options):
    """Show or write the slides; returns the exit status. ValueError when there is no such lesson."""
    lesson = find(options.lesson)
    if options.static is not None:
        from utils.slides import static

        say(f"running lesson {lesson.number}")
        path = static.write(static.execute(lesson), lesson, options.static, options.dark)
        say(f"open {path} in a browser; it needs the folder {static.ASSETS} beside it, and nothing else")
        return 0
    from utils.slides import live

    return live.present(lesson, dark=options.dark, port=options.port, browser=not options.no_browser, say=say)


def find(name):
    """The lesson of a number (`3`, `03`) or a stem (`03_derivatives`). ValueError lists them all."""
    known = (COURSE_MAP, *LESSONS)
    for lesson in known:
        if name == lesson.stem or (re.fullmatch(r"\d{1,2}", name) and int(name) == lesson.number):
            return lesson
    listed = ", ".join(f"{lesson.number} ({lesson.stem[3:]})" for lesson in known)
    raise ValueError(f"There is no lesson {name!r}; the lessons are {listed}.")


def say(sentence):
    print(f"course: {sentence}", flush=True)
