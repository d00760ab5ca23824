"""What a page says of one section: its stages with a clock, what to ask and what to draw."""

from utils.kit.markdown import plain, sentence
from utils.kit.notes import SectionNotes
from utils.kit.stages import calls, stages
from utils.lessons import module
from utils.question import Choice
from utils.routes import clock
from utils.sections import Section


def pace(section: Section, start: int) -> list[str]:
    """A line with the time at which each stage begins when the section begins at `start`; none for one stage."""
    names: dict[int, list[str]] = {}
    for stage in stages(section):
        names.setdefault(start + stage.start, []).append(stage.name or "opening")
    if sum(map(len, names.values())) < 2:
        return []
    return [" · ".join(f"{clock(time)} {', '.join(here)}" for time, here in names.items()), ""]


def choices(section: Section, kind: str) -> list[Choice]:
    """The section's predictions ("predict") or questions ("ask"), in the notebook's order."""
    known = {each.id: each for each in module("questions", section.lesson.stem).CHOICES}
    return [known[name] for name in calls(section, kind)]


def with_answers(choice: Choice) -> list[str]:
    """A prediction with its answers and what each of them reveals, as lines."""
    lines = [f"**Before the experiment, hands up:** {plain(choice.prompt)}", ""]
    for option in choice.options:
        sign = "✓ " if option.right else ""
        lines.append(f"- {sign}**{plain(option.text)}**: {plain(option.feedback)}")
    return [*lines, ""]


def at_the_end(choice: Choice) -> list[str]:
    """A question that the section ends with, and its right answer, as lines."""
    right = next(option for option in choice.options if option.right)
    return [
        f"**Check at the end:** {plain(choice.prompt)} ✓ {sentence(plain(right.text))} "
        f"{plain(right.feedback)}",
        "",
    ]


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
