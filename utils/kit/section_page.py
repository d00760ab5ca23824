"""What a page says of one section: its stages with a clock, what to ask and what to draw."""

import re

from utils.kit.markdown import plain, sentence
from utils.kit.notes import SectionNotes
from utils.kit.stages import calls, stages
from utils.lessons import module
from utils.question import Choice
from utils.route import clock
from utils.sections import Section


def pace(section: Section, start: int) -> list[str]:
    """A line with the time at which each stage begins when the section begins at `start`."""
    names: dict[int, list[str]] = {}
    for stage in stages(section):
        names.setdefault(start + stage.start, []).append(stage.name or "opening")
    if sum(map(len, names.values())) < 2:
        return []
    return [" · ".join(f"{clock(time)} {', '.join(here)}" for time, here in names.items()), ""]


def choices(section: Section, kind: str, start: int) -> list[tuple[str, Choice]]:
    """The section's predictions ("predict") or questions ("ask") in order, each with its time."""
    known = {each.id: each for each in module("questions", section.lesson.stem).CHOICES}
    return [(clock(start + after), known[name]) for after, name in calls(section, kind)]


def hands_up(time: str, choice: Choice) -> str:
    """A prediction as a question to the room."""
    return f"**{time}, hands up:** {plain(choice.prompt)}"


def answers(choice: Choice) -> list[str]:
    """The answers to a prediction and what each of them reveals, as lines."""
    return [
        f"- {'✓ ' if option.right else ''}**{plain(option.text)}**: {_reason(option.feedback)}"
        for option in choice.options
    ]


def check(time: str, choice: Choice) -> str:
    """A question that the notebook answers at once, with its right answer."""
    reason = next(_reason(option.feedback) for option in choice.options if option.right)
    return f"**{time}, check:** {plain(choice.prompt)} ✓ {right(choice)} {reason}"


def right(choice: Choice) -> str:
    """The right answer, as a sentence."""
    return next(sentence(plain(option.text)) for option in choice.options if option.right)


def _reason(feedback: str) -> str:
    """The feedback without the "Yes." that only a learner needs: a ✓ stands before it."""
    reason = re.sub(r"^(?:Yes|Right)[.:] ", "", feedback)
    starts_with_word = reason != feedback and re.match(r"[a-z]{2,}\b", reason)
    return plain(reason[0].upper() + reason[1:] if starts_with_word else reason)


def paragraphs(notes: SectionNotes, *keys: str) -> list[str]:
    """The notes with these keys as paragraphs, each with its word in front; what is empty is left out."""
    words = {
        "ask": "To open",
        "draw": "Draw",
        "watch": "Watch out",
        "skip": "When late, leave out",
        "point": "What should stay",
    }
    lines = []
    for key in keys:
        if text := getattr(notes, key).strip():
            lines += [f"**{words[key]}:** {text}", ""]
    return lines
