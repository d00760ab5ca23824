"""The page of teaching notes of one lesson, from its notebook, its questions and its notes."""

import re

from utils.kit.markdown import from_notebook, in_notebook, minutes, plain
from utils.kit.notes import LessonNotes, notes
from utils.kit.section_page import answers, check, choices, hands_up, pace, paragraphs
from utils.kit.stages import cells
from utils.lessons import Lesson, lesson, module
from utils.question import Question
from utils.route import clock
from utils.sections import sections

MADE = (
    "*Made by `python3 start.py kit` from the notebook, its questions and "
    "[`instructor/notes/{stem}.toml`](../notes/{stem}.toml): change those, not this page.*"
)


def page(stem: str) -> str:
    """The page as Markdown. ValueError when the notes do not fit the lesson."""
    each, written = lesson(stem), notes(stem)
    lines = [f"# {each.number} · {plain(each.question)}", "", MADE.format(stem=stem), "", _links(each), ""]
    lines += ["## Goal", "", written.goal.strip(), "", "Afterwards everybody can", "", objectives(each), ""]
    lines += ["## What usually goes wrong", "", *[f"- {text.strip()}" for text in written.goes_wrong], ""]
    lines += ["## Time", "", *_times(each), ""]
    start = 0
    for section in sections(stem):
        if section.heading in written.sections:
            until = clock(start + section.minutes)
            lines += [f"## {section.heading}", ""]
            where = in_notebook(section, "in the notebook")
            lines += [f"{clock(start)} to {until}, {minutes(section.minutes)}, {where}.", ""]
            lines += pace(section, start)
            own = written.sections[section.heading]
            lines += paragraphs(own, "ask")
            for time, choice in choices(section, "predict", start):
                lines += [hands_up(time, choice), "", *answers(choice), ""]
            lines += paragraphs(own, "draw", "watch")
            for time, choice in choices(section, "ask", start):
                lines += [check(time, choice), ""]
            lines += paragraphs(own, "point", "skip")
        start += section.minutes
    lines += ["## The exercises", "", *_exercises(each, written)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _links(each: Lesson) -> str:
    needs = ", ".join(f"[{lesson(stem).number}]({stem}.md)" for stem in each.prerequisites)
    folders = ("notebooks", "lesson"), ("exercises", "exercises"), ("solutions", "solutions")
    links = " · ".join(f"[{word}](../../{folder}/{each.stem}.ipynb)" for folder, word in folders)
    return f"{minutes(each.minutes)}, without the exercises · builds on {needs or 'nothing'} · {links}"


def objectives(each: Lesson) -> str:
    """The list of objectives in the opening of a lesson's notebook."""
    opening = "\n".join(text for heading, _, text in cells(each) if not heading)
    found = re.search(r"\*\*After this lesson you can\*\*\n\n((?:- .+\n?)+)", opening)
    if not found:
        raise ValueError(f"{each.notebook.name} has no list of objectives after 'After this lesson you can'")
    return from_notebook(found[1].strip())


def _times(each: Lesson) -> list[str]:
    lines, start = ["| From | Section | Minutes |", "|---|---|---|"], 0
    for section in sections(each.stem):
        lines.append(f"| {clock(start)} | {in_notebook(section, section.heading)} | {section.minutes} |")
        start += section.minutes
    return [*lines, f"| {clock(start)} | end | {start} |"]


def _exercises(each: Lesson, written: LessonNotes) -> list[str]:
    lines = ["The sentences are what the check answers to each of these mistakes.", ""]
    for question in module("questions", each.stem).QUESTIONS:
        points = f"{question.points} point" + ("" if question.points == 1 else "s")
        lines += [f"### {question.title}", "", f"`{question.id}`, {points}.", ""]
        lines += [*_mistakes(question, written.mistakes.get(question.id, ())), ""]
    return lines


def _mistakes(question: Question, expected: tuple[str, ...]) -> list[str]:
    known = {each.name: each for each in question.mistakes}
    lines = [f"- `{name}`: {plain(known[name].sentence)}" for name in expected]
    if len(known) > len(expected):
        lines += ["", f"The check knows {len(known) - len(expected)} more."]
    return lines
