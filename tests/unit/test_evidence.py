"""Intervals and numbers of seeds: against scipy, closed forms and simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from utils.evidence import (
    paired_interval,
    seeds_needed,
    student_factor,
    studies,
    unpaired_interval,
    unpaired_studies,
)


@pytest.fixture
def runs():
    generator = np.random.default_rng(0)
    a = generator.normal(size=(3, 9))
    return a, a + generator.normal(0.3, 0.5, size=(3, 9))


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
def test_the_paired_interval_is_scipy_s(runs, confidence):
    a, b = runs
    mean, low, high = paired_interval(a, b, confidence)
    expected = stats.ttest_rel(b, a, axis=1).confidence_interval(confidence)
    np.testing.assert_allclose(mean, (b - a).mean(axis=1))
    np.testing.assert_allclose((low, high), (expected.low, expected.high))


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
def test_the_unpaired_interval_is_welch_s_of_scipy(runs, confidence):
    a, b = runs[0], runs[1][:, :6]
    mean, low, high = unpaired_interval(a, b, confidence)
    expected = stats.ttest_ind(b, a, axis=1, equal_var=False).confidence_interval(confidence)
    np.testing.assert_allclose(mean, b.mean(axis=1) - a.mean(axis=1))
    np.testing.assert_allclose((low, high), (expected.low, expected.high))


def test_two_pairs_by_hand():
    # Differences 1 and 3: mean 2, s = sqrt(2), t = tan(pi 0.95 / 2) with one degree of freedom.
    half = math.tan(math.pi * 0.95 / 2)
    assert np.allclose(paired_interval([0, 0], [1, 3]), (2, 2 - half, 2 + half))
    assert np.allclose(unpaired_interval([1, 1], [3, 3]), (2, 2, 2))


def test_many_degrees_of_freedom_are_the_normal_distribution():
    assert abs(student_factor(10**7, 0.95) - 1.959964) < 1e-5


@pytest.mark.parametrize("interval", [paired_interval, unpaired_interval])
def test_the_interval_covers_as_often_as_it_says(interval):
    generator = np.random.default_rng(1)
    for n in (3, 5, 20):
        a, b = generator.normal(0, (1, 2), size=(20_000, n, 2)).transpose(2, 0, 1)
        _, low, high = interval(a, b + 0.7, 0.9)
        covered = np.mean((low < 0.7) & (high > 0.7))
        assert abs(covered - 0.9) < 0.012, (n, covered)


def test_pairing_helps_as_far_as_the_pairs_agree():
    generator = np.random.default_rng(2)
    shared, own = generator.normal(size=(1, 4000, 12)), generator.normal(size=(2, 4000, 12))
    for weight, smaller in ((0.0, False), (0.9, True)):
        a, b = np.sqrt(weight) * shared + np.sqrt(1 - weight) * own
        widths = [np.median(high - low) for _, low, high in (paired_interval(a, b), unpaired_interval(a, b))]
        assert (widths[0] < 0.5 * widths[1]) == smaller
        assert smaller or 1 < widths[0] / widths[1] < 1.1  # without agreement it costs degrees of freedom


def test_nan_stays_nan():
    assert np.isnan(paired_interval([1, np.nan, 2], [1, 2, 3])).all()
    assert np.isnan(unpaired_interval([1, np.nan, 2], [1, 2, 3])).all()


@pytest.mark.parametrize(
    ("effect", "spread", "confidence", "power", "right"),
    [
        (1.0, 1.0, 0.95, 0.8, 10),  # (1.960 + 0.842)^2 + 1.960^2 / 2 = 9.77
        (0.5, 1.0, 0.95, 0.8, 34),
        (-0.5, 1.0, 0.95, 0.8, 34),
        (0.5, 1.0, 0.95, 0.5, 18),  # 1.960^2 * 4.5 = 17.3
        (0.5, 1.0, 0.99, 0.9, 63),
        (10.0, 1.0, 0.95, 0.8, 2),
        (10.0, 1.0, 0.8, 0.8, 2),
        (1.0, 0.0, 0.95, 0.8, 2),
    ],
)
def test_seeds_needed_by_the_tables(effect, spread, confidence, power, right):
    assert seeds_needed(effect, spread, confidence, power) == right


def exact_number(effect, confidence, power):
    """The smallest number of pairs with this power: with spread 1, s and t follow the noncentral t."""
    for n in range(2, 1000):
        bound = student_factor(n - 1, confidence)
        if stats.nct.sf(bound, n - 1, effect * math.sqrt(n)) >= power:
            return n
    raise AssertionError


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("effect", [0.3, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0])
def test_seeds_needed_is_at_most_one_off_the_exact_number(confidence, power, effect):
    assert abs(seeds_needed(effect, 1.0, confidence, power) - exact_number(effect, confidence, power)) <= 1


def test_with_so_many_seeds_the_study_succeeds_as_often_as_asked():
    generator = np.random.default_rng(3)
    for effect, power in ((1.5, 0.8), (1, 0.8), (0.5, 0.8), (0.4, 0.5), (0.3, 0.9)):
        n = seeds_needed(effect, 1.0, power=power)
        differences = generator.normal(effect, 1, size=(20_000, n))
        _, low, _ = paired_interval(np.zeros_like(differences), differences)
        assert abs(np.mean(low > 0) - power) < 0.04


def test_studies_keep_pairs_and_unpaired_ones_do_not():
    runs = np.stack([np.arange(50.0), 100 + np.arange(50.0)])
    a, b = studies(runs, 7, 200, np.random.default_rng(4))
    assert a.shape == (200, 7) and np.all(b - a == 100) and len(np.unique(a)) == 50
    a, b = unpaired_studies(runs, 7, 200, np.random.default_rng(4))
    assert a.shape == (200, 7) and a.max() < 50 and b.min() >= 100 and np.mean(b - a == 100) < 0.1


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="two runs"):
        paired_interval([1.0], [2.0])
    with pytest.raises(ValueError, match="as many runs"):
        paired_interval([1.0, 2.0], [2.0])
    with pytest.raises(ValueError, match="two runs"):
        unpaired_interval([1.0, 2.0], [2.0])
    for confidence in (0, 1, 95):
        with pytest.raises(ValueError, match="between 0 and 1"):
            paired_interval([1.0, 2.0], [2.0, 4.0], confidence)
    with pytest.raises(ValueError, match="effect"):
        seeds_needed(0, 1)
    with pytest.raises(ValueError, match="spread"):
        seeds_needed(1, -1)
    with pytest.raises(ValueError, match="power"):
        seeds_needed(1, 1, power=1)
