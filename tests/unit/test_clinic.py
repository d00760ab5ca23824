"""The wards of the clinic: plain, repeatable, small, and clear cases."""

import collections

import numpy as np
import pytest

from utils import clinic
from utils.answers import plain
from utils.diagnostics import dead_units
from utils.losses import softmax_cross_entropy

WARDS = [clinic.ward(seed) for seed in range(6)]
CASES = [case for ward in WARDS for case in ward]


def of(*conditions):
    return [case.patient | {"layer": case.layer} for case in CASES if case.condition in conditions]


def test_a_ward_has_every_illness_once_and_somebody_healthy():
    for ward in WARDS:
        found = collections.Counter(case.condition for case in ward)
        assert 2 <= found.pop("healthy") <= 3
        assert found == dict.fromkeys(clinic.CONDITIONS[1:], 1)


def test_order_sizes_and_number_of_healthy_ones_vary():
    assert len({tuple(case.condition for case in ward) for ward in WARDS}) == len(WARDS)
    assert len({len(ward) for ward in WARDS}) > 1
    assert len({len(patient["weights"]) for patient in of("faint", "exploding")}) > 1
    assert len({patient["layer"] for patient in of("alike", "dead layer")}) > 1


def test_a_ward_follows_its_seed():
    again = clinic.ward(3)
    np.testing.assert_equal([case.patient for case in again], [case.patient for case in WARDS[3]])
    assert [case.condition for case in again] == [case.condition for case in WARDS[3]]


def test_patients_are_plain_data_below_a_megabyte():
    for case in CASES:
        np.testing.assert_equal(plain(case.patient), case.patient)
        arrays = [case.patient["x"], case.patient["y"], *case.patient["weights"], *case.patient["biases"]]
        assert sum(each.nbytes for each in arrays) < 2**20


def test_the_losses_are_those_of_the_patient():
    for case in WARDS[0]:
        network = clinic.network_of(case.patient)
        loss, _ = softmax_cross_entropy(network.forward(case.patient["x"]), case.patient["y"])
        assert loss == case.patient["losses"][0]
        np.testing.assert_array_equal(clinic.trained(case.patient, 3)[0], case.patient["losses"][1:])


def test_to_train_a_patient_leaves_it_as_it_was():
    patient = WARDS[0][0].patient
    before = plain(patient)
    clinic.trained(patient, 1)
    np.testing.assert_equal(patient, before)


def test_each_sign_is_where_it_should_be():
    for patient in of("dead layer"):
        dead = [dead_units(z).all() for z in clinic.pre_activations(patient)]
        assert dead.index(True) == patient["layer"] - 1 and sum(dead) == 1
    for patient in of("dying"):
        share = dead_units(clinic.pre_activations(patient)[0]).mean()
        assert 0.85 < share < 1 and patient["learning_rate"] >= 0.2
    for patient in of("alike"):
        z = clinic.pre_activations(patient)
        assert [np.ptp(each, axis=1).max() < 1e-9 for each in z].index(True) == patient["layer"] - 1
    for patient in of("no bend"):
        assert patient["negative_slope"] == 1
    for condition, sign in (("faint", -1), ("exploding", 1)):
        for patient in of(condition):
            z = clinic.pre_activations(patient)
            assert sign * np.log(np.std(z[-1]) / np.std(z[0])) > np.log(100)


def test_units_that_are_alike_stay_alike_in_training():
    for patient in of("alike"):
        network = clinic.network_of(patient)
        for _ in range(20):
            _, upstream = softmax_cross_entropy(network.forward(patient["x"]), patient["y"])
            network.backward(upstream)
            network.parameters -= 0.05 * network.gradients
        network.forward(patient["x"])
        z = network.pre_activations[patient["layer"] - 1]
        assert np.ptp(z, axis=1).max() < 1e-6 * np.abs(z).max()


@pytest.mark.parametrize("condition", clinic.CONDITIONS)
def test_only_the_healthy_learn(condition):
    shares = [clinic.trained(patient, 20)[1] for patient in of(condition)]
    assert min(shares) > 0.8 if condition == "healthy" else max(shares) < 0.7
