"""What lesson 14 claims of signs, equal units and treatments; its explorers and their tasks; its exercise."""

import re

import numpy as np
import pytest

from utils import aftercare, clinic
from utils.explorers import l14_clinic as lesson
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.questions import l14_clinic as questions


@pytest.fixture(scope="module")
def cases():
    """The cases of eight wards that the lesson does not use."""
    return [case for seed in range(300, 308) for case in clinic.ward(seed)]


def of(cases, *conditions):
    return [case for case in cases if case.condition in conditions]


# ---------------------------------------------------------------------------------------- the signs


def test_the_last_loss_does_not_tell_the_illnesses_apart(cases):
    for condition in set(lesson.ILLNESSES) - {"exploding"}:
        last = [lesson.loss_share(case.patient)[-1] for case in of(cases, condition)]
        assert 0.8 < min(last) and max(last) < 1.3, condition


def test_the_signs_lie_far_from_the_lines_that_the_lesson_draws(cases):
    for case in cases:
        sizes, dead, differences = aftercare.vital_signs(case.patient)
        growth, least = sizes[-1] / sizes[0], (differences / sizes).min()
        if case.condition == "faint":
            assert growth < 1 / (4 * aftercare.STEADY)
        elif case.condition == "exploding":
            assert growth > 5 * aftercare.STEADY
        elif case.condition != "dead layer":
            assert 4 / aftercare.STEADY < growth < aftercare.STEADY / 4
        if case.condition == "dying":
            assert aftercare.MOST_DEAD + 0.1 < dead.max() < 1
        elif case.condition != "dead layer":
            assert dead.max() < aftercare.MOST_DEAD - 0.1
        assert (least < aftercare.ALIKE / 100) == (case.condition == "alike")
        assert case.condition == "alike" or least > 0.1


def test_behind_a_dead_layer_there_are_only_biases(cases):
    for case in of(cases, "dead layer"):
        for z in clinic.pre_activations(case.patient)[case.layer :]:
            assert np.ptp(z, axis=0).max() == 0


# ---------------------------------------------------------------------------------------- equal units


@pytest.mark.parametrize("optimizer", [SGD(0.05), SGD(0.02, momentum=0.9), Adam(0.003)], ids=repr)
def test_equal_units_stay_equal_with_every_optimiser(optimizer):
    generator = np.random.default_rng(0)
    network = Network([6, 12, 8, 3], generator=generator, dtype=np.float64)
    network.weights[1][...] = network.weights[1][:, :1]
    network.weights[2][...] = network.weights[2][:1]
    x, y = generator.normal(size=(60, 6)), generator.integers(3, size=60)
    start = network.weights[1].copy()
    for _ in range(40):
        batch = generator.permutation(60)[:16]
        _, upstream = softmax_cross_entropy(network.forward(x[batch]), y[batch])
        network.backward(upstream)
        optimizer.step(network.parameters, network.gradients)
    assert np.abs(network.weights[1] - start).max() > 0.01
    assert np.ptp(network.weights[1], axis=1).max() < 1e-9
    assert np.ptp(network.weights[0], axis=1).max() > 0.1


def test_one_number_everywhere_is_one_unit_in_each_layer():
    wide = Network([3, 5, 4, 2], generator=np.random.default_rng(1), dtype=np.float64)
    narrow = Network([3, 1, 1, 2], generator=np.random.default_rng(1), dtype=np.float64)
    x = np.random.default_rng(2).normal(size=(30, 3))
    for weights in wide.weights:
        weights[...] = 0.05
    for weights, copies in zip(narrow.weights, (1, 5, 4), strict=True):
        weights[...] = 0.05 * copies
    np.testing.assert_allclose(wide.forward(x), narrow.forward(x), rtol=1e-12)


def test_different_incoming_weights_are_enough(cases):
    for case in of(cases, "alike"):
        treated = lesson.with_fitting_treatment(case)
        assert np.ptp(treated["weights"][case.layer], axis=0).max() < 1e-12  # the outgoing ones are equal
        assert clinic.trained(treated, aftercare.EPOCHS)[1] > aftercare.ENOUGH + 0.05


# ---------------------------------------------------------------------------------------- the treatments


def test_the_fitting_treatments_cure_and_a_tenth_of_the_rate_does_not(cases):
    for case in cases:
        treated = {key: lesson.with_fitting_treatment(case)[key] for key in aftercare.PRESCRIBED}
        assert aftercare.unfit(case.patient, treated) is None, case.condition
        if case.condition not in (clinic.HEALTHY, "exploding"):  # of those hardly one in forty is cured
            slow = lesson.TREATMENTS["a tenth of the rate"](case)
            assert aftercare.recovery(case.patient, slow) < aftercare.ENOUGH, case.condition


def test_fresh_weights_mend_neither_a_missing_bend_nor_the_rate(cases):
    for case in of(cases, "no bend", "dying"):
        fresh = lesson.with_fresh_weights(case.patient)
        assert aftercare.recovery(case.patient, fresh) < aftercare.ENOUGH, case.condition


# ---------------------------------------------------------------------------------------- the explorers


def test_a_round_is_told_as_it_is():
    explorer = lesson.rounds()
    for name in lesson.WARDS:
        assert len(lesson.ward(name)) == lesson.PATIENTS
        for number, case in enumerate(lesson.ward(name), 1):
            told = explorer.picture(name=name, patient=number).description
            sizes, dead, _ = aftercare.vital_signs(case.patient)
            assert len(sizes) <= lesson.DEEPEST
            assert f"{len(sizes)} hidden layer" in told and case.condition not in told
            share = re.search(r"Largest dead share ([\d.]+), in layer (\d)", told)
            assert bool(share) == dead.any()
            if share:
                assert abs(float(share[1]) - dead.max()) < 0.0051 and int(share[2]) == dead.argmax() + 1
            assert ("less than 0.005 of the size" in told) == (case.condition == "alike")
            assert np.log10(sizes).min() > lesson.SIZES[0] - 1 and np.log10(sizes).max() < lesson.SIZES[1]


def test_the_tasks_of_the_round_have_the_answers_of_the_lesson():
    ward = lesson.ward("A")
    full = [number for number in range(1, 9) if lesson.signs("A", number)[1].max() == 1]
    assert full == [4] and ward[3].layer == 1
    sizes, _, _ = lesson.signs("A", 4)
    assert 40 < sizes[0] / sizes[1] < 60 and sizes[-1] / sizes[0] < 1 / aftercare.STEADY
    looks_fit = []
    for number, case in enumerate(ward, 1):
        sizes, dead, _ = lesson.signs("A", number)
        fit = dead.max() < 0.6 and 0.2 < sizes[-1] / sizes[0] < 5
        if fit and lesson.loss_share(case.patient)[-1] > 0.85:
            looks_fit.append((number, case.condition, case.layer))
    assert looks_fit == [(7, "alike", 4), (8, "no bend", 0)]


def test_the_tasks_of_the_cures_have_the_answers_of_the_lesson():
    _, dead = lesson.course("dying", "all weights fresh")
    assert dead[0] < 0.1 and dead[1] > 0.9
    by_slope = {illness: lesson.course(illness, "slope 0.01")[0][-1] for illness in lesson.ILLNESSES}
    assert [illness for illness, right in by_slope.items() if right >= aftercare.ENOUGH] == ["no bend"]


def test_the_cures_are_told_as_they_are():
    explorer = lesson.cures()
    for illness in lesson.ILLNESSES:
        for treatment in lesson.TREATMENTS:
            told = explorer.picture(illness=illness, treatment=treatment).description
            right, dead = lesson.course(illness, treatment)
            assert ("not cured" in told) == (right[-1] < aftercare.ENOUGH)
            assert ("overflow" in told) == bool(np.isnan(dead[1])) and "nan" not in told


def test_the_course_of_a_treatment_is_what_the_aftercare_judges():
    case = lesson.ward("A")[lesson._place("A", "faint")]
    right, _ = lesson.course("faint", "what it needs")
    assert right[-1] == aftercare.recovery(case.patient, lesson.with_fitting_treatment(case))


# ---------------------------------------------------------------------------------------- the exercise


def test_the_examination_has_forty_points_in_three_parts():
    points = [question.points for question in questions.QUESTIONS]
    assert sum(points) == 40 and sum(points[:3]) == 16
    first, second, third = questions.clinic_diagnose, questions.clinic_build, questions.clinic_predict
    assert (*first.QUESTIONS, *second.QUESTIONS, *third.QUESTIONS) == questions.QUESTIONS
