"""Part B of the last exercise: the thresholds tell sensible trainings from failed ones, on fresh draws."""

import numpy as np
import pytest

from benchmarks.clinic_training import NAIVE, QUESTIONS, SENSIBLE, THRESHOLDS, shares, solution
from utils.judge import diagnose
from utils.question import PUBLIC_SEED, RIGHT, WRONG

SEEDS = 2


def outcome(name, function, seed=PUBLIC_SEED):
    return diagnose(QUESTIONS[name], function, np.random.default_rng(seed))


def labels_of(name, seed=PUBLIC_SEED):
    """The labels that are asked for, which no learner is given."""
    (case,) = QUESTIONS[name].cases(np.random.default_rng(seed))
    return QUESTIONS[name].reference(*case)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_solution_and_another_sensible_answer_pass_with_margin(name):
    attempts = {"the solution": solution()[name]} | dict(list(SENSIBLE[name].items())[2:3])
    for right, _ in shares(name, attempts, SEEDS).values():
        assert right.min() > THRESHOLDS[name] + 0.03


@pytest.mark.parametrize("name", QUESTIONS)
def test_naive_attempts_fail_with_margin(name):
    for right, _ in shares(name, NAIVE[name], SEEDS).values():
        assert right.max() < THRESHOLDS[name] - 0.02


TOLD = {
    ("train_mlp", "no hidden layer"): "linear",
    ("train_mlp", "no bend"): "linear",
    ("train_mlp", "all weights 0"): "constant",
    ("train_mlp", "learning rate 3"): "constant",
    ("train_cnn", "an MLP, 200-200"): "fully_connected",
    ("train_cnn", "no bend"): "linear",
    ("train_cnn", "all weights 0"): "constant",
}


@pytest.mark.parametrize(("name", "attempt"), TOLD)
def test_failed_trainings_get_their_sentence(name, attempt):
    found = outcome(name, NAIVE[name][attempt])
    assert (found.status, found.mistake) == (WRONG, TOLD[name, attempt])


@pytest.mark.parametrize("name", QUESTIONS)
def test_other_forms_of_right_labels_pass_with_a_remark(name):
    labels = labels_of(name)
    for form, remark in ((labels.tolist(), "list"), (labels.astype(float), "dtype"), (labels, None)):
        found = outcome(name, lambda *given, form=form: form)
        assert found.status == RIGHT
        assert [each.name for each in found.remarks] == ([remark] if remark else [])


@pytest.mark.parametrize("name", QUESTIONS)
def test_just_enough_right_labels_pass_and_one_less_does_not(name):
    labels = labels_of(name)
    enough = round(THRESHOLDS[name] * len(labels))
    for right, status in ((enough, RIGHT), (enough - 1, WRONG)):
        given = np.where(np.arange(len(labels)) < right, labels, (labels + 1) % 10)
        assert outcome(name, lambda *_, given=given: given).status == status


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda labels: np.where(np.arange(len(labels)) == 0, np.nan, labels),
        lambda labels: labels.astype(str),
        lambda labels: labels + 0.25,
        lambda labels: labels[:-1],
        lambda labels: labels - 10,
        lambda labels: labels.astype(complex),
        lambda labels: (labels, 0.5),
    ],
)
def test_what_is_no_label_is_wrong_and_accused_of_nothing(name, spoil):
    found = outcome(name, lambda *given: spoil(labels_of(name)))
    assert (found.status, found.mistake) == (WRONG, None)


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_seed_is_another_draw_and_the_labels_are_not_handed_over(name):
    draws = [QUESTIONS[name].cases(np.random.default_rng(seed))[0] for seed in range(SEEDS)]
    assert len({x_test.tobytes() for _, _, x_test, _ in draws}) == SEEDS
    for x_train, y_train, x_test, _ in draws:
        assert x_train.shape == (3000, 40) and x_test.shape == (1000, 40) and y_train.shape == (3000,)
        assert not {sample.tobytes() for sample in x_train} & {sample.tobytes() for sample in x_test}
