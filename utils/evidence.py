"""What a comparison of trained networks can tell: intervals for a difference, and how many seeds it needs.

A run is one training with one seed; its result is a number, such as a test accuracy. Two runs are a *pair*
when they share the seed, and so all that chance decides but the thing that is compared. All functions take
the runs on the last axis and any further axes before it.

Sources: Student 1908 (the interval from few runs); Welch 1947 (unequal variances); Cohen 1988 (power);
Guenther 1981 (the number of runs).
"""

import math
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit


def paired_interval(a, b, confidence=0.95):
    """The mean of b - a over pairs of runs, and Student's interval for it: three arrays (...,).

    a, b: (..., n), where a[..., i] and b[..., i] share a seed. The interval is mean -/+ t s / sqrt(n), with s
    the standard deviation of the n differences (divided by n - 1) and t the quantile of Student's t with
    n - 1 degrees of freedom. If the differences are independent and normal, it contains the mean of endlessly
    many with probability `confidence`. NaN in a run gives NaN. Raises ValueError for different shapes, fewer
    than two pairs, or a confidence that is not between 0 and 1.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        raise ValueError(f"pairs need as many runs on either side, not {a.shape} and {b.shape}.")
    n = _runs(a)
    _check_share("confidence", confidence)
    differences = b - a
    half = student_factor(n - 1, confidence) * differences.std(axis=-1, ddof=1) / math.sqrt(n)
    mean = differences.mean(axis=-1)
    return mean, mean - half, mean + half


def unpaired_interval(a, b, confidence=0.95):
    """The mean of b minus the mean of a, and Welch's interval for it: three arrays (...,).

    a (..., n) and b (..., m) are runs with different seeds, so that the order of either does not matter. The
    square of the standard error is var(a)/n + var(b)/m; the degrees of freedom are Welch's. Where both
    variances are 0, the interval is the difference itself. Raises ValueError as `paired_interval` does, but
    for different lengths.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    _check_share("confidence", confidence)
    n, m = _runs(a), _runs(b)
    parts = a.var(axis=-1, ddof=1) / n, b.var(axis=-1, ddof=1) / m
    square = parts[0] + parts[1]
    rest = parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (m - 1)
    freedom = np.divide(square**2, rest, out=np.ones_like(square), where=rest != 0)
    half = student_factor(freedom, confidence) * np.sqrt(square)
    mean = b.mean(axis=-1) - a.mean(axis=-1)
    return mean, mean - half, mean + half


def student_factor(freedom, confidence):
    """The t with which mean -/+ t standard errors has this confidence: a quantile of Student's t."""
    return stdtrit(freedom, (1 + confidence) / 2)


def seeds_needed(effect, spread, confidence=0.95, power=0.8):
    """How many pairs of runs show a difference of `effect` with probability `power`: a whole number, 2 at
    least.

    spread: the standard deviation of the differences between paired runs; for unpaired runs, n on either
    side, it is sqrt(s_a^2 + s_b^2). "Shows" means that the interval of that confidence does not contain 0.
    The answer is the smallest n of 2 or more with n >= ((z1 + z2) spread / effect)^2 + z1^2 / 2, where z1 and
    z2 are the quantiles of the normal distribution at (1 + confidence) / 2 and at power. The last term pays
    for Student's t (Guenther 1981): for pairs, a confidence of 0.8 to 0.99 and a power of 0.5 to 0.95 the
    answer is at most one off the exact number. (Unpaired runs need half of that term: here they get up to two
    runs more than they need.)

    Raises ValueError where the effect is 0 (no number is enough), the spread is negative, or a share is not
    between 0 and 1.
    """
    _check_share("confidence", confidence)
    _check_share("power", power)
    if not abs(effect) > 0 or not spread >= 0:
        raise ValueError(
            f"effect must not be 0 and spread not be negative, but they are {effect} and {spread}."
        )
    z1, z2 = (NormalDist().inv_cdf(share) for share in ((1 + confidence) / 2, power))
    return max(2, math.ceil(((z1 + z2) * spread / effect) ** 2 + z1**2 / 2))


def studies(runs, seeds, count, generator):
    """Draw `count` studies of `seeds` pairs each from runs (2, pairs): (2, count, seeds).

    Drawn pairs are put back, so that a study may hold one twice.
    """
    drawn = generator.integers(runs.shape[-1], size=(count, seeds))
    return runs[:, drawn]


def unpaired_studies(runs, seeds, count, generator):
    """As `studies`, but each side draws its own seeds."""
    return np.stack([studies(runs[i : i + 1], seeds, count, generator)[0] for i in range(2)])


def _runs(values):
    n = values.shape[-1] if values.ndim else 0
    if n < 2:
        raise ValueError("an interval needs at least two runs: one alone has no spread.")
    return n


def _check_share(name, share):
    if not 0 < share < 1:
        raise ValueError(f"{name} must lie between 0 and 1, such as 0.95, not {share}.")
