"""The corpus of hostile notebooks, and what the sandbox makes of one: which questions are answered right."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from utils import lessons
from utils.answers import Result
from utils.grading.runner import Call, Runner, RunReport
from utils.judge import judge
from utils.question import RIGHT

FOLDER = Path(__file__).parent / "hostile"
QUESTIONS = [
    each
    for each in lessons.module("questions", "01_the_rectifier").QUESTIONS
    if each.id in ("relu", "leaky_relu")
]


@dataclass(frozen=True)
class Hostile:
    """A notebook, the kind of what it tries, and the names of the questions that it answers honestly.

    ``may_earn`` has those that depend on which of its own processes is faster.
    """

    name: str
    kind: str
    earned: tuple[str, ...]
    may_earn: tuple[str, ...]
    cells: tuple[str, ...]


def load(path: Path) -> Hostile:
    """Read one notebook of the corpus."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    about = notebook["metadata"]["hostile"]
    cells = tuple("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return Hostile(path.stem, about["kind"], tuple(about["earned"]), tuple(about["may_earn"]), cells)


def run(runner: Runner, cells: tuple[str, ...]) -> tuple[list[str], RunReport]:
    """Run the cells and put hidden cases to both questions: the names of those answered right."""
    cases = {each.id: each.cases(np.random.default_rng(7)) for each in QUESTIONS}
    calls = [Call(name, arguments) for name, tuples in cases.items() for arguments in tuples]
    report = runner.run(cells, calls)
    right = []
    for question in QUESTIONS:
        results = [
            result for call, result in zip(calls, report.results, strict=True) if call.function == question.id
        ]
        if all(isinstance(result, Result) for result in results):
            if judge(question, cases[question.id], results).status == RIGHT:
                right.append(question.id)
    return right, report
