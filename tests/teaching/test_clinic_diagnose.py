"""Part A of the last exercise: what is judged right and wrong, and that guessing earns nothing."""

import numpy as np
import pytest

from benchmarks import clinic as benchmark
from utils import aftercare, clinic
from utils.judge import diagnose
from utils.question import PUBLIC_SEED, RIGHT
from utils.questions import clinic_diagnose as questions


def outcome(name, function, seed=PUBLIC_SEED):
    question = next(each for each in questions.QUESTIONS if each.id == name)
    return diagnose(question, function, np.random.default_rng(seed))


def test_guessing_earns_nothing():
    assert benchmark.random_names(seeds=6) < 1e-4
    for name in clinic.CONDITIONS:
        assert outcome("name_illness", lambda patient, name=name: (name, 0)).status != RIGHT


def test_random_names_earn_less_than_a_fifth_of_the_points_in_trials():
    generator = np.random.default_rng(0)

    def name_illness(patient):
        return str(generator.choice(clinic.CONDITIONS)), aftercare.diagnosis(patient)[1]

    assert not any(outcome("name_illness", name_illness, seed).status == RIGHT for seed in range(3))


def test_right_answers_keep_a_margin_and_the_untreated_stay_ill():
    for (condition, name), shares in benchmark.margins(seeds=4).items():
        if name == "treated":
            assert min(shares) > aftercare.ENOUGH + 0.05, condition
        elif condition != "healthy":
            assert max(shares) < aftercare.ENOUGH - 0.1, condition


def test_the_reference_names_what_the_ward_was_given():
    for seed in range(200, 206):
        for case in clinic.ward(seed):
            assert questions.NAME_ILLNESS.reference(case.patient) == (case.condition, case.layer)


def other_treatment(patient):
    """As good as the reference, by other means: other slopes, rates, numbers and containers."""
    (illness, layer), generator = aftercare.diagnosis(patient), np.random.default_rng(9)
    weights, biases = ([each.copy() for each in patient[kind]] for kind in ("weights", "biases"))
    slope, rate = patient["negative_slope"], patient["learning_rate"]
    if illness == "no bend":
        slope = 0.1
    elif illness == "dead layer":
        biases[layer - 1] -= np.median(biases[layer - 1])
        biases[layer - 1] = np.clip(biases[layer - 1], -0.2, 0.2)
    elif illness == "dying":
        dead = (patient["x"] @ weights[0] + biases[0] <= 0).all(axis=0)
        weights[0][:, dead] = generator.uniform(-0.3, 0.3, (64, dead.sum()))
        biases[0][dead] = 0.1
        rate = 0.03
    elif illness == "alike":
        for at in (layer - 1, layer):
            weights[at] = generator.normal(0, np.sqrt(2 / len(weights[at])), weights[at].shape)
    elif illness != "healthy":
        for at in range(len(weights) - 1):
            weights[at] = generator.normal(0, np.sqrt(2 / len(weights[at])), weights[at].shape)
    return {"weights": tuple(weights), "biases": biases, "negative_slope": slope, "learning_rate": rate}


@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1])
def test_other_good_treatments_are_right(seed):
    result = outcome("treat", other_treatment, seed)
    assert result.status == RIGHT, result.message


def test_signs_by_einsum_are_right():
    def vital_signs(patient):
        a, rows = patient["x"].astype(np.float64), []
        for weights, bias in list(zip(patient["weights"], patient["biases"], strict=True))[:-1]:
            z = np.einsum("ni,io->no", a, weights) + bias
            rest = z - z.mean(1)[:, None]
            rows.append([(z**2).mean() ** 0.5, (z.max(axis=0) <= 0).mean(), (rest**2).mean() ** 0.5])
            a = np.maximum(z, 0) + patient["negative_slope"] * np.minimum(z, 0)
        return tuple(np.array(rows).T)

    result = outcome("vital_signs", vital_signs)
    assert (result.status, result.remarks) == (RIGHT, ()), result.message


def test_an_answer_that_treats_the_patient_s_own_arrays_is_told_so():
    def treat(patient):
        right = questions.TREAT.reference(patient)
        for own, new in zip(patient["weights"], right["weights"], strict=True):
            own[...] = new
        return right | {"weights": patient["weights"]}

    assert {remark.name for remark in outcome("treat", treat).remarks} == {"mutates"}


def test_a_treatment_of_the_wrong_form_is_told_so():
    result = outcome("treat", lambda patient: [each * 1.0 for each in patient["weights"]])
    assert "no dictionary" in result.message and result.mistake is None


def test_two_faults_are_told_one_after_the_other():
    def name_illness(patient):
        illness, _ = aftercare.diagnosis(patient)
        return ("healthy" if illness == "alike" else illness), 0

    assert outcome("name_illness", name_illness).status != RIGHT


def by_bookkeeping(patient):
    """What can be guessed without a forward pass: from the depth, the rate and the means of the biases."""
    truth, layer = aftercare.diagnosis(patient)
    if truth in ("no bend", "alike", "faint", "exploding"):  # to be read off the slope and the weights
        return truth, layer
    means = [bias.mean() for bias in patient["biases"][:-1]]
    if len(means) == 1:
        return ("dying", 1) if patient["learning_rate"] > 0.1 else ("healthy", 0)
    return ("dead layer", int(np.argmin(means)) + 1) if min(means) < -1 else ("healthy", 0)


def test_a_diagnosis_needs_a_forward_pass():
    assert not any(outcome("name_illness", by_bookkeeping, seed).status == RIGHT for seed in range(3))


def test_who_gives_a_steep_slope_to_all_who_do_not_learn_mends_too_little():
    def treat(patient):
        treatment = questions.TREAT.reference(patient)
        if aftercare.diagnosis(patient)[0] == "dead layer":
            treatment = {key: patient[key] for key in aftercare.PRESCRIBED} | {"negative_slope": 0.5}
        return treatment

    failures = []
    for seed in range(6):
        for case in clinic.ward(seed):
            if case.condition == "dead layer":
                failures.append(aftercare.unfit(case.patient, treat(case.patient)))
                share, dead = aftercare._after(case.patient, treat(case.patient))
                assert failures[-1] is None or dead > aftercare.MOST_DEAD or share < aftercare.ENOUGH
                assert failures[-1] is not None or dead <= aftercare.MOST_DEAD
    assert any(failures)


def test_the_patient_s_other_keys_may_come_back_too():
    result = outcome("treat", lambda patient: patient | questions.TREAT.reference(patient))
    assert result.status == RIGHT, result.message
