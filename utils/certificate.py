"""The certificate: what the course's own checks have found right, once every exercise is solved.

It is made from the progress file on the learner's computer, which anybody could write by hand, and says so.
"""

import html
import re
import tomllib
from pathlib import Path
from urllib.parse import quote

from IPython.display import HTML, display

from utils import progress, static
from utils.lessons import ROOT
from utils.notes import Note, marked, table
from utils.question import Question
from utils.standings import Standing, standings

COURSE = "ReLU, one function in depth"
PLACEHOLDER = "Your name"

STYLE = (
    "<style>.relu-certificate{max-width:46em;padding:1em 1.5em;border:3px double;line-height:1.5;"
    "overflow-wrap:anywhere}"
    ".relu-certificate table{border-collapse:collapse;margin:1em 0}"
    ".relu-certificate :is(th,td){padding:.15em 1em .15em 0}"
    "@media print{.relu-certificate{color:#000;background:#fff}}</style>"
)
PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Certificate: {course}</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    "<style>body{{font-family:sans-serif;margin:2em auto;max-width:50em;padding:0 1em}}"
    "@media print{{:root{{color-scheme:light}}}}</style></head>"
    "<body><main>{certificate}</main></body></html>\n"
)


def show(name: str) -> None:
    """Show the certificate for `name`, or what is still missing for it."""
    if static.is_on():
        sentence = (
            "Once all exercises are solved, the notebook shows the certificate here, on your own computer."
        )
        display(Note("note", sentence))
        return
    found = standings()
    if missing := _missing(found):
        display(HTML(missing))
    elif _named(name):
        display(HTML(_certificate(name, found, "h3")))


def save(path: str, name: str) -> None:
    """Write the certificate to `path` as a page that can be opened and printed, in place of what was there.

    As long as something is missing, or where the file cannot be written, that is said instead.
    """
    found = standings()
    if missing := _missing(found):
        display(HTML(missing))
    elif _named(name):
        page = PAGE.format(course=COURSE, certificate=_certificate(name, found, "h1"))
        try:
            Path(path).write_text(page, encoding="utf-8")
        except OSError as error:
            display(Note("wrong", f"{path} cannot be written ({error.strerror}).", word="Not saved"))
        else:
            display(Note("right", f"The certificate is in {Path(path).resolve()}.", word="Saved"))


def version() -> str:
    """The version of the course."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def _named(name: str) -> bool:
    """Whether a name was given; if not, say so."""
    given = isinstance(name, str) and _clean(name) not in ("", PLACEHOLDER)
    if not given:
        sentence = 'Everything is solved. Write your name between the quotation marks: `"Ada Lovelace"`.'
        display(Note("note", sentence))
    return given


def _clean(name: str) -> str:
    """The name on one line, without control characters and halves of characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", name).split())


def _certificate(name: str, found: tuple[Standing, ...], heading: str) -> str:
    rows = [
        (str(each.lesson.number), marked(each.lesson.question), str(len(each.questions)), str(each.points))
        for each in found
    ]
    count, points = sum(len(each.questions) for each in found), sum(each.points for each in found)
    return (
        f'{STYLE}<section class="relu-certificate" aria-label="Certificate">'
        f"<{heading}>Certificate · {COURSE}</{heading}>"
        f"<p><strong><bdi>{html.escape(_clean(name))}</bdi></strong> has solved all {count} exercises of the "
        f"{len(found)} lessons of this course, {points} points in all{_when(found)}.</p>"
        + table("What was checked", ("Lesson", "The question", "Exercises", "Points"), rows)
        + "<p>The answers were checked on the learner’s own computer, by the checks that come with the "
        f"course (version {html.escape(version())}). Nobody supervised this, the record of it is a file that "
        "can be changed by hand, and the name is as the learner typed it.</p></section>"
    )


def _when(found: tuple[Standing, ...]) -> str:
    """From when to when, as far as it was noted."""
    solved_at = progress.read().solved_at
    asked = [question.id for each in found for question in each.questions]
    days = sorted(solved_at[name].date().isoformat() for name in asked if name in solved_at)
    if not days:
        return ""
    first, last = (f'<span style="white-space:nowrap">{day}</span>' for day in (days[0], days[-1]))
    return f", on {first}" if days[0] == days[-1] else f", from {first} to {last}"


def _missing(found: tuple[Standing, ...]) -> str:
    """A list of what is not solved yet, as HTML; empty where everything is."""
    lines = []
    for each in found:
        links = [
            f'<a href="{_heading(each, number, question)}">{marked(question.title)}</a>'
            for number, question in enumerate(each.questions, 1)
            if question not in each.solved
        ]
        if links:
            lines.append(f"<li>Lesson {each.lesson.number}: {'; '.join(links)}</li>")
    if not lines:
        return ""
    solved, asked = sum(len(each.solved) for each in found), sum(len(each.questions) for each in found)
    return (
        f"<p>There is a certificate once all exercises are solved. You have solved {solved} of {asked}. "
        f"These are missing:</p><ul>{''.join(lines)}</ul>"
    )


def _heading(standing: Standing, number: int, question: Question) -> str:
    """The address of a question in the exercises, from the folder of the lessons."""
    points = "1 point" if question.points == 1 else f"{question.points} points"
    anchor = f"{number} · {question.title} ({points})".replace("`", "").replace(" ", "-")
    return f"../exercises/{standing.lesson.stem}.ipynb#{quote(anchor)}"
