"""Losses and their gradients: the formulas, differences, automatic differentiation, extremes and mistakes."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from utils.losses import LOSSES, cross_entropy_of_checked, softmax_cross_entropy, squared_error


def plain_cross_entropy(logits, labels):
    logs = logits - anp.log(anp.sum(anp.exp(logits), axis=-1, keepdims=True))
    return -anp.mean(logs[np.arange(len(labels)), labels])


def plain_squared_error(output, target):
    return anp.mean((output - target) ** 2)


def example(name, replicas, seed=0):
    generator = np.random.default_rng(seed)
    output = 3 * generator.normal(size=(*replicas, 7, 4))
    if name == "softmax_cross_entropy":
        return output, generator.integers(0, 4, (*replicas, 7)), plain_cross_entropy
    return output, generator.normal(size=(*replicas, 7, 4)), plain_squared_error


@pytest.mark.parametrize("replicas", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("name", LOSSES)
def test_value_and_gradient_are_those_of_the_plain_formula(name, replicas):
    output, wanted, plain = example(name, replicas)
    before = output.copy()
    loss, upstream = LOSSES[name](output, wanted)
    np.testing.assert_array_equal(output, before)
    assert loss.shape == replicas and upstream.shape == output.shape
    for r in np.ndindex(replicas):
        np.testing.assert_allclose(loss[r], plain(output[r], wanted[r]), rtol=1e-13)
        np.testing.assert_allclose(upstream[r], grad(plain)(output[r], wanted[r]), rtol=1e-11, atol=1e-16)


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_what_differences_give(name):
    output, wanted, _ = example(name, ())
    _, upstream = LOSSES[name](output, wanted)
    h = 1e-6
    for i in np.ndindex(output.shape):
        step = np.zeros_like(output)
        step[i] = h
        slope = (LOSSES[name](output + step, wanted)[0] - LOSSES[name](output - step, wanted)[0]) / (2 * h)
        assert slope == pytest.approx(upstream[i], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", LOSSES)
def test_shared_targets_serve_every_replica(name):
    output, wanted, _ = example(name, (3,))
    own = LOSSES[name](output, np.stack([wanted[0]] * 3))
    shared = LOSSES[name](output, wanted[0])
    for a, b in zip(own, shared, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", LOSSES)
def test_float32_stays_float32(name):
    output, wanted, _ = example(name, (3,))
    loss, upstream = LOSSES[name](output.astype(np.float32), wanted)
    assert loss.dtype == upstream.dtype == np.float32


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, 1e30])
def test_huge_logits_do_not_overflow(dtype, size):
    logits = np.array([[size, -size], [size, -size]], dtype)
    loss, upstream = softmax_cross_entropy(logits, np.array([0, 1]))
    assert loss == pytest.approx(size, rel=1e-6)
    np.testing.assert_array_equal(upstream, [[0, 0], [0.5, -0.5]])


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    loss, upstream = softmax_cross_entropy(np.zeros((5, 10)), np.arange(5))
    assert loss == pytest.approx(np.log(10), rel=1e-15)
    np.testing.assert_allclose(upstream.sum(axis=-1), 0, atol=1e-16)


def test_squared_error_has_no_half():
    loss, upstream = squared_error(np.array([[3.0, 0.0]]), np.array([[1.0, 0.0]]))
    assert loss == 2 and upstream.tolist() == [[2.0, 0.0]]


def test_not_a_number_stays_with_its_replica():
    logits = np.zeros((2, 3, 4))
    logits[0, 1, 2] = np.nan
    loss, _ = softmax_cross_entropy(logits, np.zeros(3, int))
    assert np.isnan(loss[0]) and loss[1] == pytest.approx(np.log(4))


@pytest.mark.parametrize(
    ("loss", "wanted", "sentence"),
    [
        (softmax_cross_entropy, np.array([0, 1, 4]), r"0\.\.3, but run from 0 to 4"),
        (softmax_cross_entropy, np.array([0, 1, -1]), "from -1 to 1"),
        (softmax_cross_entropy, np.array([0, 300, 1], np.uint16), "to 300"),
        (softmax_cross_entropy, np.array([0.0, 1.0, 2.0]), "whole numbers"),
        (softmax_cross_entropy, np.array([0, 1]), "do not fit"),
        (softmax_cross_entropy, np.array([[0], [1], [2]]), "do not fit"),
        (squared_error, np.zeros(3), "do not fit"),
        (squared_error, np.zeros((3, 1)), "do not fit"),
    ],
)
def test_mistakes_get_a_sentence(loss, wanted, sentence):
    with pytest.raises(ValueError, match=sentence):
        loss(np.zeros((3, 4)), wanted)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.uint16, np.int32, np.uint64])
def test_labels_of_any_whole_numbers_give_the_same(dtype):
    generator = np.random.default_rng(0)
    logits, labels = generator.normal(size=(300, 10)), generator.integers(10, size=300)
    loss, upstream = softmax_cross_entropy(logits, labels)
    for each in (softmax_cross_entropy, cross_entropy_of_checked):
        assert each(logits, labels.astype(dtype))[0] == loss
        np.testing.assert_array_equal(each(logits, labels.astype(dtype))[1], upstream)


@pytest.mark.parametrize(
    ("name", "nothing"), [("softmax_cross_entropy", np.zeros(0, int)), ("squared_error", np.zeros((0, 4)))]
)
def test_no_samples_have_no_loss(name, nothing):
    with pytest.raises(ValueError, match="no samples"):
        LOSSES[name](np.zeros((0, 4)), nothing)
