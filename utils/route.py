"""The form of a route through the course: whole lessons for an interest; or sections, exercises and breaks.

A route is data. The course map shows it, and `utils.kit` makes a leader's page of each route with a clock.
"""

from dataclasses import dataclass

from utils.lessons import Lesson, lesson, module
from utils.question import Question
from utils.sections import Section, section, section_minutes, sections


@dataclass(frozen=True)
class Part:
    """A lesson, or those of its sections that have these headings.

    ``tell`` is what the leader says in place of what is left out before these sections. ``run`` names cells
    of left-out sections whose code the chosen ones need, by their ids. The cells before the first heading
    (the setup) are always run.
    """

    stem: str
    headings: tuple[str, ...] = ()
    tell: str = ""
    run: tuple[str, ...] = ()

    @property
    def lesson(self) -> Lesson:
        """The lesson. ValueError names the known stems."""
        return lesson(self.stem)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in order. ValueError names the headings that the lesson has."""
        if not self.headings:
            return sections(self.stem)
        return tuple(section(self.stem, heading) for heading in self.headings)

    @property
    def times(self) -> dict[str, int]:
        """The minutes of each section by its heading, as the notebook's metadata gives them.

        ValueError names the headings that the lesson has.
        """
        known = section_minutes(self.stem)
        unknown = [heading for heading in self.headings if heading not in known]
        if unknown:
            raise ValueError(f"{self.stem} has no section {unknown[0]!r}; there are {list(known)}")
        return {heading: known[heading] for heading in self.headings or known}

    @property
    def minutes(self) -> int:
        return sum(self.times.values())


@dataclass(frozen=True)
class Exercises:
    """Time for some exercises of a lesson; ``ids`` are those of its questions."""

    stem: str
    ids: tuple[str, ...]
    minutes: int

    @property
    def lesson(self) -> Lesson:
        """The lesson. ValueError names the known stems."""
        return lesson(self.stem)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions. ValueError names those that the lesson has."""
        known = {each.id: each for each in module("questions", self.stem).QUESTIONS}
        unknown = [name for name in self.ids if name not in known]
        if unknown:
            raise ValueError(f"{self.stem} has no question {unknown[0]!r}; there are {', '.join(known)}")
        return tuple(known[name] for name in self.ids)


@dataclass(frozen=True)
class Pause:
    """Minutes without a notebook: a welcome, a break, the end. ``text`` says what to do with them."""

    title: str
    minutes: int
    text: str = ""


Step = Part | Exercises | Pause


@dataclass(frozen=True)
class Route:
    """A way through the course. With a ``limit``, the minutes that a day may take, breaks and all, it has
    a clock; without one it is whole lessons in order, for somebody who takes the time that it takes. ``late``
    says which steps its leader drops first.
    """

    name: str
    purpose: str
    days: tuple[tuple[Step, ...], ...]
    limit: int | None = None
    late: str = ""

    @property
    def file_name(self) -> str:
        """The name of its page in instructor/routes."""
        return self.name.lower().replace(" ", "-") + ".md"

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for day in self.days for step in day)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(step for step in self.steps if isinstance(step, Part))

    @property
    def stems(self) -> tuple[str, ...]:
        """The lessons that it touches, each once, in the order in which it comes to them."""
        return tuple(dict.fromkeys(part.stem for part in self.parts))

    @property
    def minutes(self) -> int:
        """All of it: lessons, exercises and pauses."""
        return sum(step.minutes for step in self.steps)


def clock(minutes: int) -> str:
    """Minutes since the start as hours and minutes: 75 is 1:15."""
    return f"{minutes // 60}:{minutes % 60:02d}"
