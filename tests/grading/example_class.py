"""An example class: right answers, known mistakes, half-done work, files that are no notebooks."""

import json

from honest_corpus import ANSWERS, BEND, DERIVATIVES, RECTIFIER, code, solved, stub

LEAKY_BY_MAXIMUM = "def leaky_relu(x, negative_slope):\n    return np.maximum(x, negative_slope * x)"
RELU_BY_WHERE = "def relu(x):\n    return np.where(x > 0, x, 0)"
BIAS_FORGOTTEN = ANSWERS[RECTIFIER]["rescale_unit"].replace("b / length", "b")
LAST_BIAS_ONLY = ANSWERS[BEND]["collapse"].replace("c @ V + d", "d")
ENDLESS = "def relu(x):\n    while True:\n        pass"


def unanswered(cells, *names):
    """The cells with the exercise's stubs for some questions."""
    return [
        stub(cell["metadata"]["nbgrader"]["grade_id"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in names
        else cell
        for cell in cells
    ]


STUDENTS = {
    "Ada Lovelace": (solved(RECTIFIER), 10),
    "Grace Hopper": (solved(RECTIFIER, leaky_relu=LEAKY_BY_MAXIMUM), 8),
    "Alan Turing": (solved(RECTIFIER, leaky_relu=LEAKY_BY_MAXIMUM, rescale_unit=BIAS_FORGOTTEN), 5),
    "Emmy Noether": (solved(RECTIFIER, relu=RELU_BY_WHERE), 8),
    "Sofja Kowalewskaja": (unanswered(solved(RECTIFIER), "tent_weights", "rescale_unit"), 4),
    "Carl Gauß": (unanswered(solved(RECTIFIER), "relu", "leaky_relu", "tent_weights", "rescale_unit"), 0),
    "Leonhard Euler": (solved(BEND), 12),
    "Marie Curie": (solved(BEND, collapse=LAST_BIAS_ONLY), 9),
    "Isaac Newton": (solved(DERIVATIVES), 10),
    "Blaise Pascal": ([code("1 / 0"), *solved(DERIVATIVES)], 10),
}


def content(cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def make(folder, extra=(), seconds=0.0):
    """Lay the class into a folder; each notebook takes ``seconds`` longer. Returns the points to expect."""
    wait = [code(f"import time\ntime.sleep({seconds})")] if seconds else []
    folder.mkdir(parents=True, exist_ok=True)
    for student, (cells, _) in (STUDENTS | dict(extra)).items():
        (folder / f"{student}.ipynb").write_bytes(content([*wait, *cells]))
    return {student: points for student, (_, points) in (STUDENTS | dict(extra)).items()}
