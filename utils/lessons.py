"""The map of the course as data: which lessons there are, and what each asks and builds on.

The stem of a lesson (``08_born_dead``) names its notebook, exercise and solution; with an ``l`` before it
(Python names cannot begin with a digit) it names its module in ``utils.explorers`` and ``utils.questions``.
"""

import importlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
# The words and symbols of all lessons: a notebook to look things up in, and no lesson itself.
GLOSSARY = ROOT / "notebooks" / "glossary.ipynb"


@dataclass(frozen=True)
class Lesson:
    """One lesson: its stem, the question that is its title, and what it builds on (stems)."""

    stem: str
    question: str
    prerequisites: tuple[str, ...]
    summary: str
    topics: tuple[str, ...]

    @property
    def number(self) -> int:
        return int(self.stem[:2])

    @property
    def minutes(self) -> int:
        """How long the lesson takes, as its notebook's metadata says, without the exercise."""
        return _minutes(self.notebook)

    @property
    def notebook(self) -> Path:
        return ROOT / "notebooks" / f"{self.stem}.ipynb"

    @property
    def exercise(self) -> Path:
        return ROOT / "exercises" / f"{self.stem}.ipynb"

    @property
    def solution(self) -> Path:
        return ROOT / "solutions" / f"{self.stem}.ipynb"

    @property
    def written(self) -> bool:
        return self.notebook.exists()


COURSE_MAP = Lesson(
    "00_course_map",
    "Where do I start, and how far am I?",
    (),
    "The map of the lessons, a test of the installation, and your own progress.",
    ("start",),
)

LESSONS = (
    Lesson(
        "01_the_rectifier",
        "Is `max(0, x)` enough?",
        (),
        "Six ways to write ReLU and where each breaks; one unit as a bend; leaky ReLU for any slope.",
        ("foundations", "code"),
    ),
    Lesson(
        "02_why_bend",
        "What do five linear layers buy?",
        ("01_the_rectifier",),
        "A stack of linear layers is one linear layer; what the bend adds, on two rings and on MNIST-1D.",
        ("foundations", "theory"),
    ),
    Lesson(
        "03_derivatives",
        "What is the slope at the corner, and does it matter?",
        ("01_the_rectifier", "02_why_bend"),
        "Subgradients, gradient checks near the corner, and backpropagation as masks.",
        ("foundations", "training", "code"),
    ),
    Lesson(
        "04_curves_from_hinges",
        "How can bent lines draw a smooth curve?",
        ("01_the_rectifier", "02_why_bend"),
        "Hinge interpolation, and how the error falls with the number of units.",
        ("theory",),
    ),
    Lesson(
        "05_folding",
        "What does depth buy?",
        ("02_why_bend", "04_curves_from_hinges"),
        "Folding, linear regions, and the difference between what depth can do and what it typically does.",
        ("theory",),
    ),
    Lesson(
        "06_signals_through_depth",
        "Which networks let a signal through 50 layers?",
        ("02_why_bend", "03_derivatives"),
        "Variance and gradient layer by layer: the activation and its initialisation together decide.",
        ("training", "theory"),
    ),
    Lesson(
        "07_training_thirty_layers",
        "Is it ReLU that made deep networks trainable?",
        ("06_signals_through_depth",),
        "Initialisation, activation and optimiser as one experiment with seeds.",
        ("training",),
    ),
    Lesson(
        "08_born_dead",
        "How likely is a network to be dead before training?",
        ("02_why_bend", "03_derivatives"),
        "Simulation against two bounds, and the width that makes a deep network safe.",
        ("training", "theory"),
    ),
    Lesson(
        "09_dying_and_rescue",
        "What kills units, and what revives them?",
        ("03_derivatives", "08_born_dead"),
        "Units die within the first steps; a contest of cures.",
        ("training",),
    ),
    Lesson(
        "10_the_family",
        "What does each variant change, and what does it buy?",
        ("03_derivatives", "06_signals_through_depth"),
        "From leaky ReLU to SwiGLU: values, slopes, gains, and how much of a ranking is noise.",
        ("variants",),
    ),
    Lesson(
        "11_cost_and_sparsity",
        "Is ReLU fast, and are its zeros worth anything?",
        ("01_the_rectifier", "02_why_bend"),
        "Time per element, share of a layer, and when skipping zeros pays.",
        ("practice", "code"),
    ),
    Lesson(
        "12_where_relu_belongs",
        "May every layer use it?",
        ("03_derivatives", "06_signals_through_depth", "10_the_family"),
        "Output layers, convolutions, recurrence and attention.",
        ("practice", "architectures"),
    ),
    Lesson(
        "13_reading_the_evidence",
        "Which common claims about ReLU survive?",
        (
            "05_folding",
            "07_training_thirty_layers",
            "09_dying_and_rescue",
            "11_cost_and_sparsity",
            "12_where_relu_belongs",
        ),
        "Well-known claims, each judged by a number, and how many seeds a comparison needs.",
        ("evidence",),
    ),
    Lesson(
        "14_clinic",
        "Can you find out what is wrong with a network and mend it?",
        ("05_folding", "07_training_thirty_layers", "09_dying_and_rescue", "12_where_relu_belongs"),
        "The graded capstone: diagnose, repair, build and predict.",
        ("practice", "capstone"),
    ),
)


def lesson(stem: str) -> Lesson:
    """The lesson (or the course map) with this stem. ValueError names the known stems."""
    for each in (COURSE_MAP, *LESSONS):
        if each.stem == stem:
            return each
    known = ", ".join(each.stem for each in (COURSE_MAP, *LESSONS))
    raise ValueError(f"there is no lesson {stem!r}; the lessons are {known}")


def module(kind: str, stem: str) -> ModuleType:
    """The module of a lesson: ``module("questions", "01_the_rectifier")``. ValueError when there is none."""
    name = f"utils.{kind}.l{lesson(stem).stem}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not name.startswith(error.name):  # something that the module itself imports is missing
            raise
        raise ValueError(f"lesson {stem} has no {kind}: there is no module {name}") from None


def stems_with(kind: str) -> tuple[str, ...]:
    """The stems of the lessons that have a module of this kind, in order."""
    folder = Path(__file__).parent / kind
    return tuple(each.stem for each in (COURSE_MAP, *LESSONS) if (folder / f"l{each.stem}.py").exists())


@cache
def _minutes(notebook: Path) -> int:
    return json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["relu_course"]["minutes"]


def anchor(title: str) -> str:
    """The anchor of a heading as JupyterLab makes it: no marks of code and emphasis, hyphens for spaces."""
    return re.sub(r"[`*]", "", title).replace(" ", "-")


def anchors(markdown: str) -> tuple[str, ...]:
    """The anchors of the headings in a piece of Markdown; fenced code is not searched."""
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#{1,6}\s+(.+?)\s*#*\s*$", prose, flags=re.MULTILINE)
    return tuple(map(anchor, titles))
