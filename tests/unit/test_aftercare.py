"""What a patient has, and what counts as a cure."""

import numpy as np
import pytest

from utils import aftercare, clinic

WARDS = [clinic.ward(seed) for seed in range(4)]


def patient_with(condition, ward=WARDS[0]):
    return next(case for case in ward if case.condition == condition)


def copy(patient):
    treatment = {key: patient[key] for key in aftercare.PRESCRIBED}
    return treatment | {kind: [each.copy() for each in patient[kind]] for kind in ("weights", "biases")}


def test_the_diagnosis_is_the_condition_that_was_given():
    for seed in range(12):
        for case in clinic.ward(100 + seed):
            assert aftercare.diagnosis(case.patient) == (case.condition, case.layer)


def test_to_leave_it_is_right_for_the_healthy_only():
    for case in WARDS[1]:
        failure = aftercare.unfit(case.patient, copy(case.patient))
        assert (failure is None) == (case.condition == "healthy")


@pytest.mark.parametrize("key", aftercare.PRESCRIBED)
def test_nothing_of_a_healthy_network_may_be_changed(key):
    patient = patient_with("healthy").patient
    treatment = copy(patient)
    if key in ("weights", "biases"):
        treatment[key][-1][..., 0] += 1e-9
    else:
        treatment[key] += 0.01
    assert aftercare.unfit(patient, treatment) == ("healthy", "it changed a healthy network")


def test_dead_layers_are_mended_in_that_layer_alone():
    case = patient_with("dead layer")
    treatment = copy(case.patient)
    treatment["biases"][case.layer - 1][:] = 0
    assert aftercare.unfit(case.patient, treatment) is None
    assert aftercare.recovery(case.patient, treatment) > aftercare.ENOUGH
    treatment["weights"][case.layer][0, 0] += 1e-3
    kind, told = aftercare.unfit(case.patient, treatment)
    assert kind == "touched" and f"weights of layer {case.layer + 1}" in told


def test_of_a_dying_network_the_living_units_stay():
    patient = patient_with("dying").patient
    dead = (patient["x"] @ patient["weights"][0] + patient["biases"][0] <= 0).all(axis=0)
    treatment = copy(patient) | {"learning_rate": 0.02}
    generator = np.random.default_rng(0)
    treatment["weights"][0][:, dead] = generator.normal(0, np.sqrt(2 / 64), (64, dead.sum()))
    treatment["biases"][0][dead] = treatment["weights"][1][dead] = 0
    assert aftercare.unfit(patient, treatment) is None
    assert aftercare.unfit(patient, treatment | {"learning_rate": patient["learning_rate"]})[0] == "dead"
    living = int(np.flatnonzero(~dead)[0])
    treatment["biases"][0][living] += 1e-3
    assert aftercare.unfit(patient, treatment)[0] == "touched"


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": []},
        {"biases": None},
        {"learning_rate": np.nan},
        {"learning_rate": 0.0},
        {"learning_rate": np.ones(2)},
        {"negative_slope": "0"},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_treatment_is_told(wrong):
    patient = patient_with("faint").patient
    try:
        failure = aftercare.unfit(patient, copy(patient) | wrong)
    except (TypeError, ValueError):  # the judge tells of a wrong form then
        return
    assert failure[0] == "form"


def test_lists_of_lists_and_narrow_floats_are_treatments_too():
    case = patient_with("no bend")
    treatment = copy(case.patient) | {"negative_slope": np.float32(0)}
    treatment["weights"] = [each.tolist() for each in treatment["weights"]]
    assert aftercare.unfit(case.patient, treatment) is None


@pytest.mark.parametrize("slope", [1.0, 0.6, -1.0])
def test_a_cure_has_a_bend(slope):
    """Digits can be learnt by a linear network, so without this a slope of 1 would mend a dead layer."""
    case = patient_with("dead layer")
    assert aftercare.unfit(case.patient, copy(case.patient) | {"negative_slope": slope})[0] == "slope"
