"""Lesson 11: a fair comparison of times, the L1 penalty's gradient, a report on zeros, a sparse product."""

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
COST = "What-ReLU-costs"
ZEROS = "How-many-zeros-there-are"
SKIP = "When-skipping-zeros-pays"

# fair_ratio


def fair_ratio(times_a, times_b, warm_up):
    ratios = times_a[warm_up:] / times_b[warm_up:]
    lower, middle, upper = np.quantile(ratios, (0.25, 0.5, 0.75))
    return lower, middle, upper


def _ratio_cases(generator):
    def case(rounds, warm_up, factor):
        """Times of alternated rounds: the machine slows both down together, and the first rounds are slow."""
        load = np.exp(0.5 * generator.normal(size=rounds))
        load[: max(warm_up, 1)] *= 5
        noise = np.exp(0.15 * generator.normal(size=(2, rounds)))
        noise[0, :warm_up] *= 2  # the first rounds hurt a more than b
        return 2e-3 * factor * load * noise[0], 2e-3 * load * noise[1], warm_up

    sizes = ((7, 1, 1.5), (8, 2, 0.7), (5, 0, 1.0), (14, 3, 3.0), (10, 2, 0.2), (21, 1, 1.1))
    return [case(*each) for each in sizes]


def _low(ratios):
    return np.quantile(ratios, 0.25)


def _high(ratios):
    return np.quantile(ratios, 0.75)


def _ratio(low=_low, middle=np.median, high=_high, keep=lambda times, warm_up: times[warm_up:]):
    """fair_ratio with another middle, other ends, or other rounds."""

    def answer(times_a, times_b, warm_up):
        ratios = keep(times_a, warm_up) / keep(times_b, warm_up)
        return low(ratios), middle(ratios), high(ratios)

    return answer


def _of_each(middle):
    """The quotient of a statistic of each way's times, with the right quartiles."""

    def answer(times_a, times_b, warm_up):
        lower, _, upper = fair_ratio(times_a, times_b, warm_up)
        return lower, middle(times_a[warm_up:]) / middle(times_b[warm_up:]), upper

    return answer


def _quartiles_of_each(times_a, times_b, warm_up):
    quartiles = (np.quantile(times[warm_up:], (0.25, 0.5, 0.75)) for times in (times_a, times_b))
    a, b = quartiles
    return tuple(a / b)


def _inverted(times_a, times_b, warm_up):
    return fair_ratio(times_b, times_a, warm_up)


def _reordered(*places):
    """fair_ratio with its three numbers in another order, or some of them."""

    def answer(times_a, times_b, warm_up):
        found = fair_ratio(times_a, times_b, warm_up)
        return tuple(found[place] for place in places)

    return answer


FAIR_RATIO = Question(
    id="fair_ratio",
    title="A fair ratio of two times",
    points=3,
    reference=fair_ratio,
    cases=_ratio_cases,
    names=("lower", "median", "upper"),
    mistakes=(
        Mistake(
            "warm_up_kept",
            _ratio(keep=lambda times, warm_up: times),
            "The warm-up rounds are counted, too. Leave the first `warm_up` rounds of both arrays out.",
        ),
        Mistake(
            "warm_up_cut_at_the_end",
            _ratio(keep=lambda times, warm_up: times[: times.size - warm_up]),
            "You leave the *last* rounds out. The warm-up comes first.",
        ),
        Mistake(
            "only_the_warm_up",
            _ratio(keep=lambda times, warm_up: times[:warm_up]),
            "`[:warm_up]` are the warm-up rounds themselves. What you need comes after them: `[warm_up:]`.",
        ),
        Mistake(
            "one_round_too_few",
            _ratio(keep=lambda times, warm_up: times[warm_up + 1 :]),
            "You leave out one round too many. Indices begin at 0, so round number `warm_up` is the first to "
            "count.",
        ),
        Mistake(
            "always_the_first",
            _ratio(keep=lambda times, warm_up: times[1:]),
            "You leave out the first round, whatever `warm_up` says.",
        ),
        Mistake(
            "upside_down",
            _inverted,
            "The quotient is upside down: asked for is the time of a over the time of b.",
        ),
        Mistake(
            "medians_first",
            _of_each(np.median),
            "You take the median of each way's times and then divide. So a round in which the machine was "
            "slow may count for one way and not for the other. Divide round by round first.",
        ),
        Mistake(
            "means_first",
            _of_each(np.mean),
            "You divide the means (or the sums) of the times. One slow round outweighs many others there. "
            "Divide round by round first, and then take the median.",
        ),
        Mistake(
            "fastest_only",
            _of_each(np.min),
            "You divide the shortest time of a by the shortest of b. They may come from different rounds, "
            "in which the machine was not equally busy. Divide round by round first.",
        ),
        Mistake(
            "mean_of_ratios",
            _ratio(middle=np.mean),
            "This is the mean of the ratios. A single disturbed round pulls it away; the median hardly "
            "moves.",
        ),
        Mistake(
            "not_the_median",
            _ratio(middle=lambda ratios: np.sort(ratios)[ratios.size // 2]),
            "With an even number of rounds there are two middle ones: the median is the mean of the two.",
        ),
        Mistake(
            "lower_of_the_middle",
            _ratio(middle=lambda ratios: np.sort(ratios)[(ratios.size - 1) // 2]),
            "With an even number of rounds you take the lower of the two middle ones: the median is the mean "
            "of the two.",
        ),
        Mistake(
            "unsorted_middle",
            _ratio(middle=lambda ratios: ratios[ratios.size // 2]),
            "You take the round in the middle of the *order in time*. The median is the middle of the ratios "
            "sorted by size.",
        ),
        Mistake(
            "quartiles_of_each",
            _quartiles_of_each,
            "You take the quartiles of each way's times and then divide. Divide round by round first, and "
            "take the quartiles of the ratios.",
        ),
        Mistake(
            "extremes",
            _ratio(low=np.min, high=np.max),
            "As ends you return the smallest and the largest ratio. A single disturbed round decides these. "
            "Asked for are the quartiles.",
        ),
        Mistake(
            "per_cent",
            lambda times_a, times_b, warm_up: tuple(
                np.percentile(times_a[warm_up:] / times_b[warm_up:], (0.25, 0.5, 0.75))
            ),
            "`np.percentile` counts in per cent: it wants 25, 50 and 75. `np.quantile` takes 0.25, 0.5 and "
            "0.75.",
        ),
        Mistake(
            "difference",
            lambda times_a, times_b, warm_up: tuple(
                np.quantile((times_a - times_b)[warm_up:], (0.25, 0.5, 0.75))
            ),
            "You take differences. Asked for are ratios: how many *times* as long a takes.",
        ),
        Mistake(
            "other_quartiles",
            _ratio(low=lambda r: np.sort(r)[r.size // 4], high=lambda r: np.sort(r)[3 * r.size // 4]),
            "Your ends are single ratios from the sorted list. `np.quantile` takes a place between two "
            "of them where a quarter falls between two.",
        ),
        Mistake(
            "all_by_index",
            _ratio(*(lambda r, part=part: np.sort(r)[part * r.size // 4] for part in (1, 2, 3))),
            "You pick single ratios from the sorted list. `np.quantile` (and the median) take a place "
            "between two of them where the share falls between two.",
        ),
        Mistake(
            "distances",
            _ratio(low=lambda r: np.median(r) - _low(r), high=lambda r: _high(r) - np.median(r)),
            "As ends you return how far the quartiles lie from the median. Return the quartiles themselves.",
        ),
        Mistake(
            "tenths",
            _ratio(low=lambda r: np.quantile(r, 0.1), high=lambda r: np.quantile(r, 0.9)),
            "Between your ends lie eight tenths of the ratios. Between the quartiles lies half of them: a "
            "quarter is below, a quarter above.",
        ),
        Mistake(
            "deviation",
            _ratio(low=lambda r: np.median(r) - r.std(), high=lambda r: np.median(r) + r.std()),
            "As ends you return the median minus and plus the standard deviation. Asked for are the "
            "quartiles.",
        ),
        Mistake(
            "sorted_first",
            lambda times_a, times_b, warm_up: fair_ratio(
                np.concatenate([times_a[:warm_up], np.sort(times_a[warm_up:])]),
                np.concatenate([times_b[:warm_up], np.sort(times_b[warm_up:])]),
                warm_up,
            ),
            "You sort both arrays before you divide. That tears the pairs apart: the two times of a ratio "
            "must be of the same round.",
        ),
        Mistake(
            "sorted_whole",
            _ratio(keep=lambda times, warm_up: np.sort(times)[warm_up:]),
            "You sort both arrays before anything else. Then the first ones are not the warm-up any more, "
            "and the two times of a ratio are not of the same round.",
        ),
        Mistake(
            "descending",
            _reordered(2, 1, 0),
            "The order is turned round: the lower quartile comes first, the upper one last.",
        ),
        Mistake(
            "median_first",
            _reordered(1, 0, 2),
            "The median comes first in your answer. The order asked for is by size: lower quartile, median, "
            "upper quartile.",
        ),
        Mistake(
            "width_of_the_spread",
            lambda times_a, times_b, warm_up: (
                (found := fair_ratio(times_a, times_b, warm_up))[1],
                found[2] - found[0],
            ),
            "You return the distance between the quartiles. Return the two themselves: three numbers in all.",
        ),
        Mistake(
            "no_spread",
            lambda times_a, times_b, warm_up: fair_ratio(times_a, times_b, warm_up)[1],
            "This is the median alone. Without the spread nobody can tell whether it means anything: return "
            "three numbers.",
        ),
    ),
    hints=(
        "Cut the warm-up off both arrays. What do you get if you divide one array by the other?",
        "Each element of `times_a[warm_up:] / times_b[warm_up:]` is the ratio of one round. Of these you "
        "want three numbers.",
        "`np.quantile(ratios, 0.25)` is the lower quartile. It also takes several shares at once.",
    ),
    section=COST,
)

# l1_gradient


def l1_gradient(activation, strength):
    n = activation.shape[0]
    return strength / n * np.sign(activation)


def _gradient_cases(generator):
    def relu(*shape):
        return np.maximum(generator.normal(size=shape), 0)

    signed = generator.normal(size=(6, 3))
    signed[generator.random(signed.shape) < 0.3] = 0.0
    return [
        (np.array([[0.0, 2.0, 5.0], [0.3, -0.0, 0.0]]), 0.5),
        (relu(5, 4), 0.1),
        (signed, 2.0),
        (np.array([[-3.0, 0.0], [1e-30, -1e-30], [4.0, 0.0]]), 0.3),
        (relu(3, 8).astype(np.float32), 0.25),
        (relu(1, 6) - 0.2, 1.5),
        (relu(4, 2), 0.0),
    ]


def _gradient(slope=np.sign, divisor=lambda a: a.shape[0], sign=1):
    """l1_gradient with another slope, divided by another number."""

    def answer(activation, strength):
        return (sign * strength / divisor(activation) * slope(activation)).astype(activation.dtype)

    return answer


def _quotient(a):
    with np.errstate(invalid="ignore"):
        return a / np.abs(a)


L1_GRADIENT = Question(
    id="l1_gradient",
    title="What pulls on each activation",
    points=2,
    reference=l1_gradient,
    cases=_gradient_cases,
    vectorised=True,
    mistakes=(
        Mistake(
            "not_divided",
            _gradient(divisor=lambda a: 1),
            "The division is missing: the penalty is a mean over the samples.",
        ),
        Mistake(
            "divided_by_all",
            _gradient(divisor=lambda a: a.size),
            "You divide by the number of all activations. The penalty adds up over the units and takes the "
            "mean over the samples only.",
        ),
        Mistake(
            "divided_by_units",
            _gradient(divisor=lambda a: a.shape[1]),
            "You divide by the number of units. It is the samples, one in each row, over which the mean "
            "goes.",
        ),
        Mistake(
            "square_penalty",
            _gradient(slope=lambda a: 2 * a),
            "This is the slope of the *squares*. The slope of |a| is the same however large a is.",
        ),
        Mistake(
            "times_activation",
            _gradient(slope=lambda a: a),
            "You multiply by the activations. The slope of |a| does not depend on how large a is, only on "
            "its sign.",
        ),
        Mistake(
            "penalty_itself",
            _gradient(slope=np.abs),
            "These are the terms of the penalty itself. Asked for is its slope for each activation.",
        ),
        Mistake(
            "whole_penalty",
            lambda activation, strength: strength * np.abs(activation).sum() / activation.shape[0],
            "This is the penalty, one number. Asked for is its slope for each activation: an array of the "
            "same shape.",
        ),
        Mistake(
            "zeros_are_pulled",
            _gradient(slope=np.ones_like),
            "Every activation gets the same number, zeros too (and negative ones, if there are any). Where "
            "an activation is 0 there must be 0.",
        ),
        Mistake(
            "zero_counts_as_positive",
            _gradient(slope=lambda a: np.where(a >= 0, 1.0, -1.0)),
            "At 0 you return the slope of the positive side. An activation that is 0 is not pulled: 0 there.",
        ),
        Mistake(
            "zero_counts_as_negative",
            _gradient(slope=lambda a: np.where(a > 0, 1.0, -1.0)),
            "At 0 you return the slope of the negative side. An activation that is 0 is not pulled: 0 there.",
        ),
        Mistake(
            "negative_not_pulled",
            _gradient(slope=lambda a: (a > 0) * 1.0),
            "Right for ReLU. But other activations have negative values: left of 0 the slope of |a| is -1.",
        ),
        Mistake(
            "negative_pulled_down",
            _gradient(slope=lambda a: (a != 0) * 1.0),
            "Negative activations get the slope of positive ones. Left of 0 the slope of |a| is -1.",
        ),
        Mistake(
            "step_not_gradient",
            _gradient(sign=-1),
            "The sign is turned round. Asked for is the slope of the penalty, which is above 0 where it "
            "grows; the training rule steps against it by itself.",
        ),
        Mistake(
            "zero_over_zero",
            _gradient(slope=_quotient),
            "a / |a| is 0 / 0 where the activation is 0, and that is NaN. `np.sign` gives 0 there.",
        ),
        Mistake(
            "softened",
            _gradient(slope=lambda a: a / (np.abs(a) + 1e-8)),
            "A small number below the line keeps NaN away, but it changes every slope a little, and that of "
            "a tiny activation much. `np.sign` gives 1, -1 and 0 exactly.",
        ),
        Mistake(
            "summed_over_rows",
            lambda activation, strength: (strength / activation.shape[0] * np.sign(activation)).sum(axis=0),
            "You add up over the samples. Each activation has a slope of its own: the shape is that of "
            "`activation`.",
        ),
        Mistake(
            "strength_missing",
            lambda activation, strength: np.sign(activation) / activation.shape[0],
            "The strength is missing.",
        ),
        Mistake(
            "unscaled",
            lambda activation, strength: np.sign(activation),
            "This is the sign alone: the strength and the division by the number of samples are missing.",
        ),
    ),
    hints=(
        "Change one activation by a little. By how much does the sum of all |a| change, right of 0 and left "
        "of it?",
        "Each slope is multiplied by what stands before the sum in the penalty: strength / n, with n rows.",
        "`np.sign` gives 1, -1, and 0 at 0, for a whole array.",
    ),
    section=ZEROS,
)

# zero_report


def zero_report(activation):
    zero = activation == 0
    dead = zero.all(axis=0)
    return zero.mean(), dead.sum(), zero[:, ~dead].mean()


def _report_cases(generator):
    def case(n, units, dead, shift=0.0):
        a = np.maximum(generator.normal(size=(n, units)) + shift, 0)
        a[0, :] = 0.7 + generator.random(units)  # no unit is dead by chance
        a[:, generator.permutation(units)[:dead]] = 0.0
        return a

    small = np.array([[0.0, 2.0, -0.0, 0.0], [0.0, 0.5, 1e-12, -0.0], [-0.0, 0.0, 0.0, 0.0]])
    leaky = case(9, 4, 1)
    leaky[1:, :2] = np.where(leaky[1:, :2] == 0, -0.01 * generator.random((8, 2)) - 1e-4, leaky[1:, :2])
    tiny = case(6, 3, 1)
    tiny[1, tiny[0] > 0] = 1e-9
    broken = case(7, 5, 2)
    broken[2, np.flatnonzero(broken[0])[0]] = np.nan
    # Not dead: what cancels, what is never positive, what never varies. Dead is the last unit alone.
    signed = np.array([[1.0, -1.0, 0.0, 2.0, 0.0], [-1.0, 0.0, -0.5, 2.0, 0.0], [0.0, 1.0, 0.0, 2.0, 0.0]])
    made = (small, case(5, 8, 3), leaky, tiny, broken, signed, case(12, 6, 0), case(20, 7, 4, -0.5))
    return [(each,) for each in [*made, case(4, 9, 2).astype(np.float32)]]


def _report(zero=lambda a: a == 0, dead=lambda zero: zero.all(axis=0), others=None):
    """zero_report with another idea of a zero, of a dead unit, or of the others."""
    others = others or (lambda zero, dead: zero[:, ~dead].mean())

    def answer(activation):
        zeros = zero(activation)
        found = dead(zeros)
        return zeros.mean(), int(found.sum()), others(zeros, found)

    return answer


def _found_dead(rule):
    """zero_report with `rule(activation)` in place of the units that are dead."""

    def answer(activation):
        zero, dead = activation == 0, rule(activation)
        return zero.mean(), int(dead.sum()), zero[:, ~dead].mean()

    return answer


ZERO_REPORT = Question(
    id="zero_report",
    title="A report on zeros",
    points=3,
    reference=zero_report,
    cases=_report_cases,
    names=("zeros", "dead", "zeros_of_others"),
    vectorised=True,
    sized=lambda n: ((np.arange(n * n) % 5 % 2 * 1.5).reshape(n, n),),
    mistakes=(
        Mistake(
            "no_unit_is_dead",
            _found_dead(lambda a: np.array((a == 0).all())),
            "You find no dead unit in any case. If you wrote `.all()` without an axis: it asks one question "
            "about the whole array. `.all(axis=0)` answers for each column.",
        ),
        Mistake(
            "dead_by_sum",
            _found_dead(lambda a: a.sum(axis=0) == 0),
            "A column like 1, -1, 0 counts as dead here: its sum (or mean) is 0. Ask of each activation "
            "whether it is 0.",
        ),
        Mistake(
            "dead_if_never_positive",
            _found_dead(lambda a: (a <= 0).all(axis=0)),
            "Units that are negative for some samples count as dead here. z ≤ 0 is the rule for what goes "
            "*into* ReLU. Of activations only those that are 0 count.",
        ),
        Mistake(
            "dead_if_constant",
            _found_dead(lambda a: np.ptp(a, axis=0) == 0),
            "A unit that gives 2 for every sample counts as dead here. It does not vary, but it is not 0.",
        ),
        Mistake(
            "rows_picked",
            lambda activation: (activation == 0)[~(activation == 0).all(axis=0)].mean(),
            "The sizes do not fit. There is one true or false for each *unit*, `dead = zero.all(axis=0)`, "
            "and units are columns: `zero[:, ~dead]`.",
        ),
        Mistake(
            "which_not_how_many",
            lambda activation: (
                (found := zero_report(activation))[0],
                (activation == 0).all(axis=0),
                found[2],
            ),
            "As second value you return *which* units are dead. Asked for is how many.",
        ),
        Mistake(
            "in_per_cent",
            lambda activation: (
                100 * (found := zero_report(activation))[0],
                found[1],
                100 * found[2],
            ),
            "Your shares are in per cent. Asked for are shares between 0 and 1.",
        ),
        Mistake(
            "share_that_fires",
            lambda activation: (
                1 - (found := zero_report(activation))[0],
                found[1],
                1 - found[2],
            ),
            "Your shares are those of the activations that are *not* 0. Asked for is the share of zeros.",
        ),
        Mistake(
            "samples_for_units",
            lambda activation: zero_report(np.ascontiguousarray(activation.T)),
            "You look along the wrong axis: a dead unit is a *column* that is 0 in all rows. You look for "
            "rows.",
        ),
        Mistake(
            "negative_zero_missed",
            _report(zero=lambda a: (a == 0) & ~np.signbit(a)),
            "You leave -0.0 out. It equals 0, and multiplies to 0: it counts as a zero.",
        ),
        Mistake(
            "small_counts_as_zero",
            _report(zero=lambda a: np.abs(a) < 1e-6),
            "Small numbers count as zeros here (as `np.isclose` does it). Their product with a weight is not "
            "0, so nothing may be skipped: ask for exact zeros.",
        ),
        Mistake(
            "negative_counts_as_zero",
            _report(zero=lambda a: a <= 0),
            "Negative activations count as zeros here. A leaky ReLU gives them, and they must not be "
            "skipped.",
        ),
        Mistake(
            "not_positive",
            _report(zero=lambda a: ~(a > 0)),
            "You count what is not positive. That takes negative numbers and NaN for zeros: ask for exact "
            "zeros.",
        ),
        Mistake(
            "broken_counts_as_zero",
            _report(zero=lambda a: np.nan_to_num(a) == 0),
            "NaN counts as a zero here. It is not one: something is broken, and skipping would hide it.",
        ),
        Mistake(
            "one_zero_is_dead",
            _report(dead=lambda zero: zero.any(axis=0)),
            "You count units with *at least one* zero. A dead unit is 0 on all samples.",
        ),
        Mistake(
            "mostly_zero_is_dead",
            _report(dead=lambda zero: zero.mean(axis=0) > 0.5),
            "You count units that are 0 on more than half of the samples. A dead unit is 0 on all of them.",
        ),
        Mistake(
            "share_of_dead",
            lambda activation: (
                (found := zero_report(activation))[0],
                found[1] / activation.shape[1],
                found[2],
            ),
            "As second value you return the share of dead units. Asked for is their number.",
        ),
        Mistake(
            "living_counted",
            lambda activation: (
                (found := zero_report(activation))[0],
                activation.shape[1] - found[1],
                found[2],
            ),
            "As second value you return how many units are *not* dead.",
        ),
        Mistake(
            "others_over_all",
            _report(others=lambda zero, dead: zero[:, ~dead].sum() / zero.size),
            "The third value divides the zeros of the other units by the number of *all* activations. Divide "
            "by the number of activations of these units.",
        ),
        Mistake(
            "others_are_all",
            _report(others=lambda zero, dead: zero.mean()),
            "The third value is the share over all units again. Leave the dead ones out.",
        ),
        Mistake(
            "zeros_of_the_dead",
            _report(others=lambda zero, dead: zero[:, dead].mean() if dead.any() else np.nan),
            "The third value is the share of zeros among the *dead* units, which is 1 whenever there are "
            "any. Asked for are the others.",
        ),
        Mistake(
            "counts",
            lambda activation: (
                int((activation == 0).sum()),
                zero_report(activation)[1],
                zero_report(activation)[2],
            ),
            "The first value is the number of zeros. Asked for is their share, between 0 and 1.",
        ),
    ),
    hints=(
        "Begin with an array of true and false: which activations are 0? Its mean is the first value.",
        "`.all(axis=0)` goes down each column: true where the whole column is true.",
        "`zero[:, ~dead]` are the columns of the units that are not dead.",
    ),
    section=ZEROS,
)

# sparse_product


def sparse_product(activation, weights):
    used = activation != 0
    return activation[used] @ weights[used]


def _product_cases(generator):
    def case(fan_in, fan_out, share, dtype=np.float64):
        activation = np.maximum(generator.normal(size=fan_in), 0.05)
        activation[generator.permutation(fan_in)[: round(share * fan_in)]] = 0.0
        return activation.astype(dtype), generator.normal(size=(fan_in, fan_out)).astype(dtype)

    def unread(activation, weights):
        """The same with NaN in every row that must not be read."""
        weights = weights.copy()
        weights[activation == 0] = np.nan
        return activation, weights

    leaky, leaky_weights = case(6, 3, 0.5)
    leaky[1:3] = [-0.5, -0.02]
    tiny, tiny_weights = case(5, 4, 0.4)
    tiny[0], tiny_weights[0] = 1e-30, 1e30
    signed, signed_weights = case(9, 2, 0.6)
    signed[signed == 0] = -0.0
    broken, broken_weights = unread(*case(6, 3, 0.5))
    broken_weights[np.flatnonzero(broken)[0], 1] = np.nan  # in a row that is needed: it has to show
    mixed, mixed_weights = case(7, 3, 0.6)
    mixed_weights[np.flatnonzero(mixed == 0)[0]] = [1.0, np.inf, np.nan]
    first = np.array([0.0, 2.0, 0.0, 1.0]), np.array([[1.0, 5.0], [3.0, -1.0], [7.0, 2.0], [0.5, 4.0]])
    return [
        first,
        unread(*case(8, 5, 0.5)),
        unread(leaky, leaky_weights),
        unread(tiny, tiny_weights),
        unread(signed, signed_weights),
        (broken, broken_weights),
        (mixed, mixed_weights),
        unread(*case(7, 3, 1.0)),
        unread(*case(40, 6, 0.9, np.float32)),
        case(4, 4, 0.0),
        unread(*case(5, 5, 0.6)),
    ]


def _with_rows(used):
    """The product over the rows that `used(activation)` names."""

    def answer(activation, weights):
        rows = used(activation)
        return activation[rows] @ weights[rows]

    return answer


def _nan_removed(activation, weights):
    return np.nansum(activation[:, None] * np.nan_to_num(weights), axis=0)


def _rows_by_weights(activation, weights):
    rows = ~np.isnan(weights).any(axis=1)
    return activation[rows] @ weights[rows]


def _argwhere(activation, weights):
    places = np.argwhere(activation)
    return activation[places] @ weights[places]


def _columns(activation, weights):
    used = activation != 0
    return activation[used] @ weights[:, used]


def _one_cut(activation, weights):
    return activation @ weights[activation != 0]


SPARSE_PRODUCT = Question(
    id="sparse_product",
    title="A product that skips zeros",
    points=3,
    reference=sparse_product,
    cases=_product_cases,
    vectorised=True,
    sized=lambda n: (np.arange(n) % 2 * 1.5, np.ones((n, 3))),
    mistakes=(
        Mistake(
            "dense",
            lambda activation, weights: activation @ weights,
            "You multiply all rows, those of the zeros too (it does not help to multiply them by 0 first). "
            "The check has put NaN into rows that must not be read, and 0 times NaN is NaN.",
        ),
        Mistake(
            "positive_only",
            _with_rows(lambda a: a > 0),
            "You skip negative activations, too. A leaky ReLU gives them; only exact zeros may be skipped.",
        ),
        Mistake(
            "small_skipped",
            _with_rows(lambda a: np.abs(a) > 1e-6),
            "Small activations are skipped, too. Times a large weight they count: only exact zeros may be "
            "skipped.",
        ),
        Mistake(
            "zeros_only",
            _with_rows(lambda a: a == 0),
            "You keep the rows whose activation *is* 0, and skip those that count.",
        ),
        Mistake(
            "weights_alone",
            lambda activation, weights: weights[activation != 0].sum(axis=0),
            "You add up the rows without multiplying each by its activation.",
        ),
        Mistake(
            "squares",
            lambda activation, weights: activation[activation != 0] ** 2 @ weights[activation != 0],
            "Each row is multiplied by its activation twice.",
        ),
        Mistake(
            "columns",
            _columns,
            "You pick columns of `weights`. The activations belong to its *rows*: pick rows.",
        ),
        Mistake(
            "one_cut",
            _one_cut,
            "The sizes do not fit. Pick the same places from both arguments, and whole *rows* of `weights` "
            "(`np.delete` does that with `axis=0` alone).",
        ),
        Mistake(
            "nan_removed",
            _nan_removed,
            "A NaN in a row that *is* needed has to show in the result, and you take it away. Choose the "
            "rows by `activation` alone: then those of the zeros are never read.",
        ),
        Mistake(
            "nan_removed_at_the_end",
            lambda activation, weights: np.nan_to_num(sparse_product(activation, weights)),
            "You take NaN out of the result. From a row that is needed it has to show there.",
        ),
        Mistake(
            "rows_by_weights",
            _rows_by_weights,
            "You choose the rows by what stands in `weights`. A NaN in a row that *is* needed has to show in "
            "the result. Choose by `activation` alone.",
        ),
        Mistake(
            "not_a_product",
            lambda activation, weights: activation[activation != 0] * weights[activation != 0],
            "`*` lays the activations along the *columns*. `@` multiplies each row by its activation and "
            "adds the rows up.",
        ),
        Mistake(
            "argwhere",
            _argwhere,
            "`np.argwhere` puts each place into a row of its own, so you get an axis too many. "
            "`np.flatnonzero` gives the places in one vector.",
        ),
        Mistake(
            "rows_not_added",
            lambda activation, weights: activation[activation != 0, None] * weights[activation != 0],
            "These are the single rows, each times its activation. Their sum is missing.",
        ),
        Mistake(
            "added_across",
            lambda activation, weights: (activation[activation != 0, None] * weights[activation != 0]).sum(
                axis=1
            ),
            "You add up along the wrong axis: there is one sum for each used row. Asked for is one for each "
            "column.",
        ),
        Mistake(
            "two_dimensional",
            lambda activation, weights: activation[None, activation != 0] @ weights[activation != 0],
            "The result has a row axis, (1, fan_out). Asked for is the shape (fan_out,).",
        ),
        Mistake(
            "whole_sum",
            lambda activation, weights: (activation[activation != 0] @ weights[activation != 0]).sum(),
            "This is the sum of all results, one number. Asked for is one for each column of `weights`.",
        ),
    ),
    hints=(
        "First the places: for which of the fan_in inputs is the activation not 0?",
        "An array of true and false picks elements from a vector, `activation[used]`, and rows from a "
        "matrix, `weights[used]`.",
        "Then multiply what is left of both with `@`. With no row left this gives zeros by itself.",
    ),
    section=SKIP,
)

QUESTIONS = (FAIR_RATIO, L1_GRADIENT, ZERO_REPORT, SPARSE_PRODUCT)

CHOICES = (
    Choice(
        id="same_time",
        prompt="A computer on paper: its memory moves 16 billion bytes a second, its processor does 32 "
        "billion operations a second, and the two work at the same time. Ten million numbers of 4 bytes are "
        "read from memory, and as many results are written. Say that ReLU takes 1 operation for each number, "
        "and tanh 12. How much longer does tanh take?",
        options=(
            Option(
                "12 times as long",
                "It has 12 times as many operations. But with either, memory takes longer than the "
                "processor: 8 bytes for each number take 0.5 nanoseconds, 12 operations 0.375.",
            ),
            Option(
                "about 1.6 times as long: its operations come on top of the same reading and writing",
                "That would be so if the processor began only when all numbers are there: 0.5 + 0.375 "
                "nanoseconds against 0.5 + 0.03. But the two work at the same time: the slower one decides.",
            ),
            Option(
                "no longer at all",
                "Yes. 8 bytes for each number take 0.5 nanoseconds. In that time the processor could do 16 "
                "operations: 1 or 12 makes no difference.",
                right=True,
            ),
        ),
        section=COST,
    ),
    Choice(
        id="wider_layer",
        prompt="A layer has w inputs and w units: first the affine part z = xW + b, then ReLU. w is in the "
        "hundreds, and you double it. The batch stays the same. What happens to ReLU's share of the layer's "
        "operations?",
        options=(
            Option(
                "it stays: both parts grow with w",
                "Both grow, but not alike: each unit does one ReLU, and one multiplication *for each input*.",
            ),
            Option(
                "it becomes about half",
                "Yes. For each sample there are w ReLUs and w·w multiplications with an addition: twice as "
                "many of the former, four times as many of the latter.",
                right=True,
            ),
            Option(
                "it becomes about a quarter",
                "The affine part becomes four times as much, but the ReLUs twice as many.",
            ),
            Option(
                "it doubles: there are twice as many ReLUs",
                "There are, but four times as many multiplications.",
            ),
        ),
        section=COST,
    ),
    Choice(
        id="fair_claim",
        prompt="You time tanh ten times, and then ReLU ten times. The medians say: ReLU takes 0.9 of tanh's "
        "time. What is the first thing to do before you tell others?",
        options=(
            Option(
                "time both a thousand times: the more repetitions, the more certain",
                "If the machine was busier in the first minute than in the second, more repetitions make the "
                "wrong result look certain.",
            ),
            Option(
                "take the mean in the place of the median, so that no measurement is thrown away",
                "Then a single disturbed measurement can decide.",
            ),
            Option(
                "run the two in turn, and look at the spread of the ratios, round by round",
                "Yes. What the machine does meanwhile hits both alike, and the spread says whether 0.9 can "
                "be told from 1.",
                right=True,
            ),
            Option(
                "compare the shortest times only: they are the true ones",
                "The shortest time is a good measure for one way on a quiet machine. Without alternating, a "
                "change of the processor's clock between the two still looks like a difference.",
            ),
        ),
        section=COST,
    ),
    Choice(
        id="training_zeros",
        prompt="Before training, about half of the activations in a ReLU network are 0. It is trained on "
        "images of digits, with the loss of lesson 2 and nothing added, by two recipes: Adam, and another "
        "rule with a large learning rate. Both get about 97 % of the test images right. And the share of "
        "zeros?",
        options=(
            Option(
                "still about half with both: training has no reason to change it",
                "Training has no reason to keep it, either. As a mean over both hidden layers it moves in "
                "both recipes.",
            ),
            Option(
                "more zeros with both: each unit learns to fire for a few images only",
                "A common belief. With one of the recipes the units fire *more* often than before, on "
                "average.",
            ),
            Option(
                "fewer zeros with both: a network that learns makes use of its units",
                "With one of the recipes. With the other there are more zeros than before.",
            ),
            Option(
                "fewer with one recipe, more with the other",
                "Yes. Nothing in the loss asks for zeros or against them: the share is a by-product of the "
                "steps taken.",
                right=True,
            ),
        ),
        section=ZEROS,
    ),
    Choice(
        id="fading_pull",
        prompt="A penalty has brought an activation from 1 down to 0.001. How strongly does it still pull, "
        "compared with its pull at 1: the penalty λ·|a|, and the penalty λ·a²?",
        options=(
            Option(
                "both a thousandth",
                "True of a², whose slope 2λa shrinks with a. The slope of |a| does not depend on a.",
            ),
            Option(
                "|a| a thousandth, a² a millionth",
                "These are the penalties themselves. What pulls is their slope: λ, and 2λa.",
            ),
            Option(
                "|a| as strongly as before, a² a thousandth",
                "Yes: the slopes are λ and 2λa. The pull of |a| goes on unchanged until a is 0; that of a² "
                "fades on the way.",
                right=True,
            ),
            Option(
                "both as strongly as before",
                "True of |a|, whose slope is λ everywhere above 0. The slope of a² shrinks with a.",
            ),
        ),
        section=ZEROS,
    ),
    Choice(
        id="batch_rows",
        prompt="A layer of 4096 units, half of whose activations are 0, each independently of the others, is "
        "multiplied by weights with 4096 rows. With one sample, half of the rows need not be read. You "
        "compute 64 samples at once. How many of the 4096 rows can be left unread now?",
        options=(
            Option(
                "2048: half, as before",
                "Half for each sample, but not the same half. A row can be left out only if *no* sample "
                "needs it.",
            ),
            Option(
                "about 32 (half of 4096, divided by 64)",
                "The chance does not go down in proportion: it is halved with *each* sample.",
            ),
            Option(
                "none",
                "Yes, practically surely. A row is free only if its unit is 0 for all 64 samples, and that "
                "has probability 1/2 to the power of 64.",
                right=True,
            ),
            Option(
                "more than 2048: with more samples there are more zeros",
                "There are more zeros, but each row is now needed by about 32 samples.",
            ),
        ),
        section=SKIP,
    ),
    Choice(
        id="moved_bytes",
        prompt="One sample, and 80 % of its activations are 0. The product that skips in NumPy copies each "
        "row that it needs first. How many bytes of weights does it move, compared with the plain product?",
        options=(
            Option(
                "0.2 times as many",
                "It needs 0.2 of the rows. But each of them is moved three times: read, written, and read "
                "again.",
            ),
            Option(
                "0.4 times as many",
                "That counts each needed row twice. It is moved three times: read, *written* to its new "
                "place, and then the copy is read.",
            ),
            Option(
                "0.6 times as many",
                "Yes: 0.2 of the rows, three times each. That is less than 1, so in this model skipping "
                "pays: the share of zeros is above two thirds.",
                right=True,
            ),
            Option(
                "2.4 times as many",
                "That would be three times the rows of the *zeros*. They are the ones that are left out.",
            ),
        ),
        section=SKIP,
    ),
)
