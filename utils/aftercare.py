"""What a patient of the clinic has, by its signs, and whether a treatment cures it.

A treatment is a dictionary with the keys of `PRESCRIBED`, of the patient's own shapes. It cures when the
treated network learns what it could not learn before, and when only what was ill has been changed: see
`unfit`.
"""

import functools
import hashlib

import numpy as np

from utils.clinic import HEALTHY, pre_activations, trained
from utils.diagnostics import dead_units

EPOCHS = 30
ENOUGH = 0.85  # of the patient's own samples; in 20 wards untreated at most 0.56, well treated 0.97 and more
MOST_DEAD = 0.75  # of a layer's units: at most 0.6 if neither dying nor dead, else at least 45/48
STEADY = 20  # last size over first: 1/4 to 4, or below 1/100 (faint), or above 200 (exploding)
ALIKE = 1e-6  # differences as a share of the size: rounding, or more than a fifth
STEEPEST = 0.5  # of a slope below 0: near 1 there is no bend, and digits can be learnt without one
MOST_REMEMBERED = 5000
PRESCRIBED = ("weights", "biases", "negative_slope", "learning_rate")


def _remembered(function):
    """The function, which does not work twice on equal data: a check asks about the same treatment often."""
    known = {}

    @functools.wraps(function)
    def remembering(*data):
        digest = hashlib.blake2b(digest_size=20)
        _feed(digest, data)
        key = digest.digest()
        if key not in known:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            known[key] = function(*data)
        return known[key]

    return remembering


def _feed(digest, data):
    """Tell a digest all of some plain data."""
    if isinstance(data, np.ndarray):
        digest.update(f"{data.dtype.str} {data.shape} ".encode())
        digest.update(np.ascontiguousarray(data).data)
    elif isinstance(data, dict | list | tuple):
        digest.update(f"{type(data).__name__} {len(data)} ".encode())
        for each in data.items() if isinstance(data, dict) else data:
            _feed(digest, each)
    else:
        digest.update(f"{data!r} ".encode())


def vital_signs(patient):
    """Three arrays with a number for each hidden layer, from its pre-activations z (n, units).

    The root mean square of z; the share of units that are off for all samples; and the root mean square of
    the distance of z from its mean over the units, which is 0 where all units are alike.
    """
    z = pre_activations(patient)
    sizes = [np.sqrt(np.mean(each**2)) for each in z]
    dead = [dead_units(each).mean() for each in z]
    differences = [np.sqrt(np.mean(each.var(axis=1))) for each in z]
    return np.array(sizes), np.array(dead), np.array(differences)


@_remembered
def diagnosis(patient):
    """(condition, hidden layer that has it): layers are counted from 1, and 0 means none in particular."""
    if patient["negative_slope"] == 1:
        return "no bend", 0
    sizes, dead, differences = vital_signs(patient)
    if dead.max() > MOST_DEAD:
        return ("dead layer" if dead.max() == 1 else "dying"), int(dead.argmax()) + 1
    if (differences < ALIKE * sizes).any():
        return "alike", int((differences / sizes).argmin()) + 1
    growth = sizes[-1] / sizes[0]
    if growth < 1 / STEADY:
        return "faint", 0
    return ("exploding", 0) if growth > STEADY else (HEALTHY, 0)


@_remembered
def unfit(patient, treatment):
    """None when the treatment cures the patient, else (the kind of failure, a clause that tells it).

    A healthy patient must be left as it is. The parts of an ill one that are not ill must be left, too; its
    slope (0 to `STEEPEST`) and learning rate may be changed. Then it is trained for `EPOCHS` epochs as
    prescribed, and must get `ENOUGH` of its own samples right; and where units had died, at most
    `MOST_DEAD` of a layer may be dead.
    """
    wrong = _malformed(patient, treatment)
    if wrong:
        return "form", wrong
    condition, layer = diagnosis(patient)
    changed = changes(patient, treatment)
    if condition == HEALTHY:
        return ("healthy", "it changed a healthy network") if changed else None
    touched = _healthy_parts(patient, treatment, condition, layer)
    if touched:
        return "touched", f"for a patient with the condition '{condition}' it changed {touched}, which is fit"
    slope = float(treatment["negative_slope"])
    if not 0 <= slope <= STEEPEST:
        return (
            "slope",
            f"its slope of {slope:g} is not between 0 and {STEEPEST:g}: that is no ReLU's kind of bend",
        )
    share, dead = _after(patient, treatment)
    if condition in ("dying", "dead layer") and dead > MOST_DEAD:
        told = f"of the units in the worst layer of a patient with the condition '{condition}' are dead"
        return "dead", f"after {EPOCHS} epochs {dead:.0%} {told}"
    if not share >= ENOUGH:
        rest = f"gets {share:.0%} of its samples right after {EPOCHS} epochs"
        return "no recovery", f"a patient with the condition '{condition}' {rest} of training as prescribed"
    return None


def changes(patient, treatment):
    """What a treatment changes: a set of ("weights", 1), ("biases", 3), "negative_slope", "learning_rate"."""
    found = {key for key in PRESCRIBED[2:] if treatment[key] != patient[key]}
    for kind in PRESCRIBED[:2]:
        pairs = zip(patient[kind], treatment[kind], strict=True)
        found |= {(kind, at) for at, pair in enumerate(pairs, 1) if not np.array_equal(*pair)}
    return found


def recovery(patient, treatment):
    """The share of its own samples that the treated patient gets right after `EPOCHS` epochs."""
    return _after(patient, treatment)[0]


def _malformed(patient, treatment):
    """A clause when the treatment is not one for this network, else None."""
    if not isinstance(treatment, dict):
        return "it is no dictionary"
    missing, more = sorted(set(PRESCRIBED) - set(treatment)), set(treatment) - set(patient)
    if missing or more:
        what = f"lacks the keys {missing}" if missing else f"has more keys than {', '.join(PRESCRIBED)}"
        return f"the dictionary {what}"
    for kind in PRESCRIBED[:2]:
        shapes = [np.shape(each) for each in patient[kind]]
        given = treatment[kind]
        if not isinstance(given, list | tuple) or [np.shape(each) for each in given] != shapes:
            return f"its `{kind}` do not have the shapes of the patient's"
        if not all(np.isfinite(np.asarray(each, float)).all() for each in given):
            return f"its `{kind}` hold NaN or infinity"
    for kind in PRESCRIBED[2:]:
        number = np.asarray(treatment[kind])
        if number.shape or number.dtype.kind not in "iuf" or not np.isfinite(number):
            return f"its `{kind}` is not a finite number"
    return None if treatment["learning_rate"] > 0 else "its `learning_rate` is not above 0"


def _healthy_parts(patient, treatment, condition, layer):
    """What the treatment changed and should not have, in words, or None."""
    may = {
        "no bend": set(),
        "dead layer": {("weights", layer), ("biases", layer)},
        "dying": {("weights", 1), ("biases", 1), ("weights", 2)},
        "alike": {("weights", layer), ("biases", layer), ("weights", layer + 1)},
    }.get(condition)
    changed = {each for each in changes(patient, treatment) if isinstance(each, tuple)}
    if may is not None and changed - may:
        kind, at = min(changed - may, key=lambda each: each[::-1])
        return f"the {kind} of layer {at}"
    if condition == "dying":
        living = ~dead_units(pre_activations(patient)[0])
        (first, second), (new_first, new_second) = patient["weights"], treatment["weights"]
        same = np.array_equal(first[:, living], new_first[:, living])
        same &= np.array_equal(patient["biases"][0][living], treatment["biases"][0][living])
        if not (same and np.array_equal(second[living], new_second[living])):
            return "what belongs to a living unit"
    return None


def _after(patient, treatment):
    """(share right, share of dead units in the worst layer) after the training."""
    treated = patient | {key: treatment[key] for key in PRESCRIBED}
    treated |= {kind: [np.asarray(each, float) for each in treated[kind]] for kind in PRESCRIBED[:2]}
    return trained(treated, EPOCHS)[1:]
