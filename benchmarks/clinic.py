"""The thresholds of the last exercise: on 20 seeds the right answers pass every one of them with margin, and
every naive attempt that the questions know fails.

The seeds stand for students: each draws the hidden cases of one.
"""

import collections
import time

import numpy as np

from benchmarks import clinic_training
from utils import aftercare, clinic
from utils.judge import diagnose
from utils.question import RIGHT
from utils.questions import clinic_build, clinic_diagnose, clinic_predict

SEEDS = 20


def attempts(questions, seeds=SEEDS):
    """Print which attempts pass how often; return {(question, attempt): how many seeds it passed}."""
    passed = {}
    print(f"| Question | points | attempt | passes, of {seeds} seeds |\n|---|---|---|---|")
    for question in questions:
        tried = {"the reference": question.reference}
        tried |= {mistake.name: mistake.function for mistake in question.mistakes}
        for name, function in tried.items():
            outcomes = [diagnose(question, function, np.random.default_rng(seed)) for seed in range(seeds)]
            passed[question.id, name] = sum(outcome.status == RIGHT for outcome in outcomes)
            row = f"| {question.id} | {question.points} | {name} | {passed[question.id, name]} |"
            print(row, flush=True)
    return passed


def random_names(seeds=SEEDS):
    """Print and return the share of part A's points that random names of illnesses bring on average.

    They are drawn with the right layer, and the treatment is taken to fit the name: better than random.
    """
    chances = []
    for seed in range(seeds):
        patients = clinic_diagnose.cases_of(np.random.default_rng(seed))
        chances.append(len(clinic.CONDITIONS) ** -float(len(patients)))
    points = {question.id: question.points for question in clinic_diagnose.QUESTIONS}
    share = np.mean(chances) * (points["name_illness"] + points["treat"]) / sum(points.values())
    print(f"Names drawn at random bring {share:.1e} of the points of part A on average.")
    return share


def margins(seeds=SEEDS):
    """Print and return what patients get right after their training: {(condition, treated): shares}."""
    found = collections.defaultdict(list)
    for seed in range(seeds):
        for case in clinic_diagnose.cases_of(np.random.default_rng(seed)):
            for name, treat in (("untreated", dict), ("treated", clinic_diagnose.TREAT.reference)):
                treatment = {key: treat(case.patient)[key] for key in aftercare.PRESCRIBED}
                found[case.condition, name].append(aftercare.recovery(case.patient, treatment))
    print(f"\nShare of its own samples that a patient gets right; {aftercare.ENOUGH:.0%} count as cured.\n")
    print("| Condition | untreated: least, median, most | treated: least, median, most |\n|---|---|---|")
    for condition in clinic.CONDITIONS:
        cells = []
        for name in ("untreated", "treated"):
            values = np.quantile(found[condition, name], (0, 0.5, 1))
            cells.append(", ".join(f"{value:.2f}" for value in values))
        print(f"| {condition} | {' | '.join(cells)} |")
    return dict(found)


def seconds_of_a_check(seeds=3):
    """Print how long the right answers of part A take to be judged."""
    for question in clinic_diagnose.QUESTIONS:
        start = time.process_time()
        for seed in range(1000, 1000 + seeds):
            diagnose(question, question.reference, np.random.default_rng(seed))
        print(f"{question.id}: {(time.process_time() - start) / seeds:.1f} s of processor time a check")


def part_a():
    """The sick networks."""
    print("### Part A: diagnose and treat\n")
    attempts(clinic_diagnose.QUESTIONS)
    margins()
    print()
    random_names()
    seconds_of_a_check()


def part_b():
    """Networks in NumPy alone."""
    print("\n### Part B: build\n")
    attempts(clinic_build.QUESTIONS)
    clinic_training.main()


def part_c():
    """An architecture that nobody has seen."""
    print("\n### Part C: predict\n")
    attempts(clinic_predict.QUESTIONS)


def main():
    """Print the tables of all parts."""
    part_a()
    part_b()
    part_c()
