"""A small lesson's questions, for the tests of the desks."""

import numpy as np

from utils.question import Choice, Mistake, Option, Question


def _leaky_relu(x, negative_slope=0.01):
    return np.where(x > 0, x, negative_slope * x).astype(x.dtype)


def _cases(generator):
    small = np.array([-3.0, -0.0, 0.0, 2.0, np.nan, -np.inf])
    return [
        (small, 0.1),
        (generator.normal(size=(6, 4)).astype(np.float32), 2.0),
        (generator.normal(size=7), 0.0 + generator.uniform(0.1, 0.5)),
    ]


LEAKY_RELU = Question(
    id="leaky_relu",
    title="Leaky ReLU",
    points=3,
    reference=_leaky_relu,
    cases=_cases,
    mistakes=(
        Mistake("slope ignored", lambda x, negative_slope: np.maximum(x, 0), "The slope does nothing here."),
        Mistake(
            "max form", lambda x, negative_slope: np.maximum(x, negative_slope * x), "Not for slopes above 1."
        ),
        Mistake(
            "python max", lambda x, negative_slope: max(x, negative_slope * x), "`max` takes single numbers."
        ),
    ),
    hints=("Which part of `x` changes?", "Use `np.where`."),
    section="Leaky-ReLU",
    vectorised=True,
)

STATISTICS = Question(
    id="statistics",
    title="Mean and count",
    points=1,
    reference=lambda values: {"mean": float(np.mean(values)), "shape": (len(values), "rows")},
    cases=lambda generator: [(generator.normal(size=5),), (generator.normal(size=9),)],
    mistakes=(),
    hints=("Average.",),
    section="Averages",
)

CHOICE = Choice(
    id="slope_two",
    prompt="Is `max(a * x, x)` leaky ReLU for `a = 2`?",
    options=(
        Option("Yes", "At x = -3 it gives -3, leaky ReLU gives -6."),
        Option("No", "For a > 1 the larger of the two is the wrong one.", right=True),
    ),
    section="Leaky-ReLU",
)

QUESTIONS = (LEAKY_RELU, STATISTICS)
CHOICES = (CHOICE,)
