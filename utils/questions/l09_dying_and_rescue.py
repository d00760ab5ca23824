"""Lesson 09: which units are dead, how to revive them, and batch norm forward and backward."""

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
PUSH = "One-step-pushes-a-unit-off-all-images"
COST = "What-dead-units-cost"
RETURNS = "Who-returns"
BATCH_NORM = "Batch-norm"
CURES = "Prevention-and-cure"

# dead_mask


def _dead_mask(pre_activations):
    dead = (pre_activations <= 0).all(axis=0)
    return dead, dead.mean()


def _masked(mask):
    """The answer with another mask."""

    def dead_mask(pre_activations):
        dead = mask(pre_activations)
        return dead, dead.mean()

    return dead_mask


def _dead_mask_cases(generator):
    small = np.array([[-1.0, 2.0, -0.5], [-3.0, -1.0, 0.0], [-0.1, -4.0, -2.0], [-2.0, 1.0, -1.0]])

    def case(n, units, shift):
        return ((generator.normal(size=(n, units)) - shift * np.arange(units)).astype(np.float64),)

    zeros = np.zeros((3, 2))
    zeros[1, 1] = 1e-300
    seldom = -np.ones((9, 4))
    seldom[5, 2], seldom[0, 3] = 0.25, 0.0
    broken = np.array([[-1.0, np.nan, -2.0, np.inf], [-2.0, -1.0, -np.inf, -1.0]])
    return [
        (small,),
        case(6, 8, 0.5),
        case(5, 3, 1.2),
        (case(7, 4, 0.8)[0].astype(np.float32),),
        (zeros,),
        (seldom,),
        case(1, 5, 0.2),
        (broken,),
    ]


DEAD_MASK = Question(
    id="dead_mask",
    title="Which units are dead?",
    points=2,
    reference=_dead_mask,
    cases=_dead_mask_cases,
    mistakes=(
        Mistake(
            "nan_dead",
            _masked(lambda z: ~(z > 0).any(axis=0)),
            "Nearly right: only the unit with a NaN is wrong. You call it dead, although nobody knows that "
            "it is off there. Ask for `<= 0` on all samples: `NaN <= 0` is False (and so is `NaN > 0`).",
        ),
        Mistake(
            "strict",
            _masked(lambda z: (z < 0).all(axis=0)),
            "A pre-activation of exactly 0 counts as off: ReLU hands on 0 there, and no gradient passes.",
        ),
        Mistake(
            "any_sample",
            _masked(lambda z: (z <= 0).any(axis=0)),
            "You find the units that are off for at least one sample. Nearly every unit is. A dead unit is "
            "off for all samples.",
        ),
        Mistake(
            "always_on",
            _masked(lambda z: (z > 0).all(axis=0)),
            "You find the units that are on for all samples. Dead ones are off for all samples.",
        ),
        Mistake(
            "alive",
            _masked(lambda z: (z > 0).any(axis=0)),
            "The mask is the wrong way round: you find the units that are alive, on for at least one sample.",
        ),
        Mistake(
            "over_units",
            _masked(lambda z: (z <= 0).all(axis=1)),
            "You went along the wrong axis: the result has one entry for each sample, and says for which "
            "samples all units are off. `axis=0` goes through the samples.",
        ),
        Mistake(
            "one_answer",
            _masked(lambda z: (z <= 0).all()),
            "You return a single answer for the whole layer. Give `all` the axis of the samples.",
        ),
        Mistake(
            "each_sample",
            _masked(lambda z: z <= 0),
            "You return one entry for each sample and unit. That says where a unit is off; now ask, for each "
            "unit, whether it is so for all samples.",
        ),
        Mistake(
            "mean",
            _masked(lambda z: z.mean(axis=0) <= 0),
            "You test the mean of each unit, or another average. A unit may be far below 0 on average and "
            "still be on for a few samples: then it is not dead.",
        ),
        Mistake(
            "exactly_zero",
            _masked(lambda z: (z == 0).all(axis=0)),
            "You look for zeros. That is right for activations, after ReLU; here you are given "
            "pre-activations, and those of a dead unit may be 0 or negative.",
        ),
        Mistake(
            "indices",
            lambda pre_activations: (
                np.flatnonzero(_dead_mask(pre_activations)[0]),
                _dead_mask(pre_activations)[1],
            ),
            "The first result holds the numbers of the dead units. Asked for is a mask: one boolean for each "
            "unit.",
        ),
        Mistake(
            "shares_off",
            lambda pre_activations: ((pre_activations <= 0).mean(axis=0), _dead_mask(pre_activations)[1]),
            "The first result says for which share of the samples each unit is off. Dead are those for which "
            "it is all of them.",
        ),
        Mistake(
            "count",
            lambda pre_activations: (_dead_mask(pre_activations)[0], _dead_mask(pre_activations)[0].sum()),
            "The mask is right. The second result is the number of dead units; asked for is their share, a "
            "number from 0 to 1.",
        ),
        Mistake(
            "share_of_zeros",
            lambda pre_activations: (_dead_mask(pre_activations)[0], (pre_activations <= 0).mean()),
            "The mask is right. The second result is the share of all entries that are off; asked for is the "
            "share of the units that are dead.",
        ),
        Mistake(
            "percent",
            lambda pre_activations: (_dead_mask(pre_activations)[0], 100 * _dead_mask(pre_activations)[1]),
            "The mask is right. The second result is in per cent; asked for is a number from 0 to 1.",
        ),
        Mistake(
            "share_alive",
            lambda pre_activations: (_dead_mask(pre_activations)[0], 1 - _dead_mask(pre_activations)[1]),
            "The mask is right. The second result is the share of the units that are alive; asked for is "
            "that of the dead.",
        ),
        Mistake(
            "per_sample",
            lambda pre_activations: (
                _dead_mask(pre_activations)[0],
                _dead_mask(pre_activations)[0].sum() / len(pre_activations),
            ),
            "The mask is right. For the share you divided by the number of samples; divide by the number of "
            "units.",
        ),
        Mistake(
            "only_mask",
            lambda pre_activations: _dead_mask(pre_activations)[0],
            "You return the mask alone. Asked for are two things, the mask and the share of dead units: "
            "`return dead, share`.",
        ),
    ),
    hints=(
        "First a table of booleans: for which sample is which unit off? Mind the case of exactly 0.",
        "Then one answer for each column of that table. Is it `any` or `all`, and along which axis?",
        "The mean of booleans is the share of True.",
    ),
    section=PUSH,
    names=("dead", "share"),
    vectorised=True,
)

# revive


def _copies(*arrays):
    return tuple(array.copy() for array in arrays)


def _revive(
    *,
    deviation=lambda fan_in, units, fan_out: np.sqrt(2 / fan_in),
    draw=lambda generator, scale, fan_in, k: generator.normal(0, scale, size=(fan_in, k)),
    chosen=lambda dead: dead,
    reset_bias=True,
    reset_outgoing=True,
    zero_weights=False,
):
    """The answer, or the one with the mistakes that the arguments make."""

    def revive(weights, bias, outgoing, dead, seed):
        weights, bias, outgoing = _copies(weights, bias, outgoing)
        generator, dead = np.random.default_rng(seed), chosen(dead)
        fan_in, units = weights.shape
        scale = deviation(fan_in, units, outgoing.shape[1])
        weights[:, dead] = 0 if zero_weights else draw(generator, scale, fan_in, dead.sum())
        if reset_bias:
            bias[dead] = 0
        if reset_outgoing:
            outgoing[dead] = 0
        return weights, bias, outgoing

    return revive


def _revive_rows(weights, bias, outgoing, dead, seed):
    weights, bias, outgoing = _copies(weights, bias, outgoing)
    fresh = np.random.default_rng(seed).normal(0, np.sqrt(2 / len(weights)), size=(len(weights), dead.sum()))
    weights[dead] = fresh.T
    return weights, bias, outgoing


def _all_redrawn(weights, bias, outgoing, dead, seed):
    _, bias, outgoing = _revive()(weights, bias, outgoing, dead, seed)
    fresh = np.random.default_rng(seed).normal(0, np.sqrt(2 / len(weights)), size=weights.shape)
    return fresh, bias, outgoing


def _drawn_for_all(weights, bias, outgoing, dead, seed):
    fresh, bias, outgoing = _all_redrawn(weights, bias, outgoing, dead, seed)
    return np.where(dead, fresh, weights), bias, outgoing


def _all_biases_zero(weights, bias, outgoing, dead, seed):
    weights, bias, outgoing = _revive()(weights, bias, outgoing, dead, seed)
    return weights, np.zeros_like(bias), outgoing


def _all_outgoing_zero(weights, bias, outgoing, dead, seed):
    weights, bias, _ = _revive()(weights, bias, outgoing, dead, seed)
    return weights, bias, np.zeros_like(outgoing)


def _revive_cases(generator):
    # fan_in, units, fan_out differ from each other everywhere, so that swapped axes show.
    def case(fan_in, units, fan_out, dead):
        mask = np.zeros(units, bool)
        mask[dead] = True
        shapes = (fan_in, units), (units,), (units, fan_out)
        return (*(generator.normal(size=shape) for shape in shapes), mask, int(generator.integers(1000)))

    small = (
        np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        np.array([1.0, 2.0, 3.0]),
        np.array([[1.0], [2.0], [3.0]]),
        np.array([False, True, False]),
        1,
    )
    return [
        small,
        case(3, 4, 2, [1, 2]),
        case(8, 5, 3, [0, 2, 4]),
        case(2, 6, 7, [1, 3, 4, 5]),
        case(16, 7, 10, [1, 2, 6]),
        case(4, 3, 2, [0, 1, 2]),
        case(5, 4, 3, []),
    ]


REVIVE = Question(
    id="revive",
    title="Revive dead units",
    points=3,
    reference=_revive(),
    cases=_revive_cases,
    mistakes=(
        Mistake(
            "outgoing_kept",
            _revive(reset_outgoing=False),
            "Weights and bias are right, but the outgoing weights of the revived units are the old ones. As "
            "soon as these units are on, they add something to the output, and what the network has learnt "
            "is disturbed. Start them at 0.",
        ),
        Mistake(
            "bias_kept",
            _revive(reset_bias=False),
            "The revived units keep their old bias, which may be what keeps them off. It starts at 0.",
        ),
        Mistake(
            "bias_and_outgoing_kept",
            _revive(reset_bias=False, reset_outgoing=False),
            "You renew the incoming weights only. The old bias may still keep the units off, and the old "
            "outgoing weights disturb the output: both start at 0.",
        ),
        Mistake(
            "variance_for_deviation",
            _revive(deviation=lambda fan_in, units, fan_out: 2 / fan_in),
            "The fresh weights are too small: 2 / fan_in is He's variance. `normal` takes the standard "
            "deviation, which is its root.",
        ),
        Mistake(
            "no_two",
            _revive(deviation=lambda fan_in, units, fan_out: np.sqrt(1 / fan_in)),
            "The fresh weights are too small by the root of 2: He's variance is 2 / fan_in, not 1 / fan_in.",
        ),
        Mistake(
            "units_for_fan_in",
            _revive(deviation=lambda fan_in, units, fan_out: np.sqrt(2 / units)),
            "The fresh weights have the wrong size: you divided by the number of units. fan_in is the number "
            "of *inputs* of a unit, the number of rows of `weights`.",
        ),
        Mistake(
            "fan_out_for_fan_in",
            _revive(deviation=lambda fan_in, units, fan_out: np.sqrt(2 / fan_out)),
            "The fresh weights have the wrong size: you divided by the number of columns of `outgoing`. "
            "fan_in is the number of *inputs* of a unit, the number of rows of `weights`.",
        ),
        Mistake(
            "standard_normal",
            _revive(deviation=lambda fan_in, units, fan_out: 1),
            "The fresh weights have standard deviation 1. He's is the root of 2 / fan_in.",
        ),
        Mistake(
            "all_alike",
            _revive(
                draw=lambda generator, scale, fan_in, k: generator.normal(0, scale, size=fan_in)[:, None]
            ),
            "All revived units get the same weights. Then they compute the same, and learn the same for "
            "ever: draw fresh numbers for each.",
        ),
        Mistake(
            "drawn_transposed",
            _revive(draw=lambda generator, scale, fan_in, k: generator.normal(0, scale, size=(k, fan_in)).T),
            "The law of the fresh weights is right, but they were drawn unit by unit, or as a table of shape "
            "(k, fan_in) and turned. Draw them with `size=(fan_in, k)`, as the task says, so that the check "
            "can compare.",
        ),
        Mistake(
            "drawn_for_all",
            _drawn_for_all,
            "The law of the fresh weights is right, but they were drawn for all units. Draw for the dead "
            "ones only, with `size=(fan_in, k)`, as the task says, so that the check can compare.",
        ),
        Mistake(
            "all_biases_zero",
            _all_biases_zero,
            "You set the biases of all units to 0, those of the living ones as well. Only the dead ones "
            "start anew.",
        ),
        Mistake(
            "all_redrawn",
            _all_redrawn,
            "You draw fresh weights for all units, and so destroy what the living ones have learnt. Only the "
            "dead ones start anew.",
        ),
        Mistake(
            "alive_revived",
            _revive(chosen=np.logical_not),
            "The mask is the wrong way round: you renewed the units that are alive.",
        ),
        Mistake(
            "weights_zero",
            _revive(zero_weights=True),
            "You set the *incoming* weights to 0, too. Then z is 0 for every sample, and the units are as "
            "dead as before. They need fresh weights.",
        ),
        Mistake(
            "all_outgoing_zero",
            _all_outgoing_zero,
            "You set the outgoing weights of all units to 0, those of the living ones as well: the output is "
            "lost.",
        ),
        Mistake(
            "wrong_axis",
            _revive_rows,
            "NumPy cannot apply the mask: the axis has not one place for each unit. A unit's incoming "
            "weights are a *column* of `weights` (fan_in, units), its outgoing ones a *row* of `outgoing` "
            "(units, fan_out).",
        ),
    ),
    hints=(
        "Copy the three arrays first. Which of the two axes of `weights` are the units, and which of "
        "`outgoing`?",
        "A mask picks columns with `table[:, dead]` and rows with `table[dead]`; you may assign to both.",
        "The number of dead units is `dead.sum()`. He: variance 2 / fan_in, so what is the standard "
        "deviation?",
    ),
    section=CURES,
    names=("weights", "bias", "outgoing"),
)

# batch_norm_forward


def _forward(
    *,
    mean=lambda x: x.mean(axis=0),
    variance=lambda x: x.var(axis=0),
    deviation=lambda variance, epsilon: np.sqrt(variance + epsilon),
    centre=True,
    output=lambda normalised, gamma, beta: gamma * normalised + beta,
    returned=None,
):
    """The answer, or the one with the mistakes that the arguments make."""

    def batch_norm_forward(x, gamma, beta, epsilon):
        spread = deviation(variance(x), epsilon)
        normalised = (x - mean(x) if centre else x) / spread
        return (
            output(normalised, gamma, beta),
            normalised,
            spread if returned is None else returned(x, spread),
        )

    return batch_norm_forward


def _results_swapped(x, gamma, beta, epsilon):
    output, normalised, deviation = _forward()(x, gamma, beta, epsilon)
    return normalised, output, deviation


def _output_twice(x, gamma, beta, epsilon):
    output, _, deviation = _forward()(x, gamma, beta, epsilon)
    return output, output, deviation


def _batch_norm_sizes(generator):
    """Batches (n, units) whose units differ in mean and spread; n and units differ everywhere."""
    for n, units, epsilon in ((4, 3, 0.01), (7, 5, 0.5), (2, 6, 0.1), (32, 2, 0.001), (9, 4, 1.0)):
        x = generator.normal(size=(n, units)) * generator.uniform(0.5, 3, units)
        x += generator.normal(size=units) * 3
        yield x, generator.normal(size=units) + 0.2, generator.normal(size=units), epsilon


def _forward_cases(generator):
    small = np.array([[1.0, 4.0], [3.0, 4.0], [5.0, 4.0]])  # a unit that is the same for all samples
    first = (small, np.array([2.0, 1.0]), np.array([0.5, -1.0]), 0.25)
    cases = list(_batch_norm_sizes(generator))
    x, gamma, beta, epsilon = cases[0]
    narrow = (*(each.astype(np.float32) for each in (x, gamma, beta)), epsilon)
    # Eighths, whose means and distances are exact, but whose squares have too many digits.
    far = (3e7 + generator.integers(20, size=(8, 7)) / 8, np.ones(7), np.zeros(7), 0.25)
    return [first, *cases, narrow, far]


BATCH_NORM_FORWARD = Question(
    id="batch_norm_forward",
    title="Batch norm, forward",
    points=3,
    reference=_forward(),
    cases=_forward_cases,
    mistakes=(
        Mistake(
            "n_minus_one",
            _forward(variance=lambda x: x.var(axis=0, ddof=1)),
            "Your variance divides by n - 1. Batch norm divides the sum of squares by n.",
        ),
        Mistake(
            "epsilon_outside",
            _forward(deviation=lambda variance, epsilon: np.sqrt(variance) + epsilon),
            "epsilon is added to the root. It belongs inside, to the variance: the root of (variance + "
            "epsilon).",
        ),
        Mistake(
            "n_minus_one_and_epsilon_outside",
            _forward(
                variance=lambda x: x.var(axis=0, ddof=1),
                deviation=lambda variance, epsilon: np.sqrt(variance) + epsilon,
            ),
            "Two things: the variance divides by n, not n - 1, and epsilon belongs inside the root.",
        ),
        Mistake(
            "no_epsilon",
            _forward(deviation=lambda variance, epsilon: np.sqrt(variance)),
            "epsilon is not added to the variance. A unit that is the same for all samples has variance 0, "
            "and a division by its root gives NaN.",
        ),
        Mistake(
            "mean_of_squares",
            _forward(variance=lambda x: (x**2).mean(axis=0) - x.mean(axis=0) ** 2),
            "Right but for rounding: when the mean is large, the mean of the squares and the square of the "
            "mean agree in nearly all digits, and their difference is made of rounding errors. Subtract the "
            "mean first, then square.",
        ),
        Mistake(
            "root_of_deviation",
            _forward(deviation=lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)),
            "Inside the root stands the variance, not its root.",
        ),
        Mistake(
            "no_root",
            _forward(deviation=lambda variance, epsilon: variance + epsilon),
            "You divide by the variance. It is the mean of squares; the deviation is its root.",
        ),
        Mistake(
            "returns_variance",
            _forward(returned=lambda x, spread: x.var(axis=0)),
            "Output and normalised values are right, but the third result is the variance. Asked for is the "
            "deviation that you divide by.",
        ),
        Mistake(
            "returns_plain_deviation",
            _forward(returned=lambda x, spread: x.std(axis=0)),
            "Output and normalised values are right, but the third result lacks epsilon. Return the "
            "deviation that you divide by.",
        ),
        Mistake(
            "deviation_as_table",
            _forward(returned=lambda x, spread: spread[None]),
            "Output and normalised values are right, but the third result has the shape (1, units). Asked "
            "for is (units,).",
        ),
        Mistake(
            "results_swapped",
            _results_swapped,
            "The first two results are swapped: first the output, then the normalised values.",
        ),
        Mistake(
            "output_twice",
            _output_twice,
            "The second result is the output once more. Asked for are the normalised values. (`*=` and `+=` "
            "change an array under all its names.)",
        ),
        Mistake(
            "each_sample",
            _forward(
                mean=lambda x: x.mean(axis=1, keepdims=True),
                variance=lambda x: x.var(axis=1, keepdims=True),
            ),
            "You take mean and variance over the units of each sample. (That exists, and is called layer "
            "norm.) Batch norm takes them over the samples, for each unit.",
        ),
        Mistake(
            "along_units",
            _forward(mean=lambda x: x.mean(axis=1), variance=lambda x: x.var(axis=1)),
            "You take the mean along `axis=1`, which goes through the units: it has one number for each "
            "sample, and does not fit. Batch norm needs one mean for each unit.",
        ),
        Mistake(
            "whole_table",
            _forward(mean=lambda x: x.mean(), variance=lambda x: x.var()),
            "You take one mean and one variance of the whole table. Each unit needs its own.",
        ),
        Mistake(
            "not_centred",
            _forward(centre=False),
            "You divide by the deviation, but you do not subtract the mean first.",
        ),
        Mistake(
            "no_beta",
            _forward(output=lambda normalised, gamma, beta: gamma * normalised),
            "beta is missing from the output.",
        ),
        Mistake(
            "no_gamma",
            _forward(output=lambda normalised, gamma, beta: normalised + beta),
            "gamma is missing from the output.",
        ),
        Mistake(
            "shift_first",
            _forward(output=lambda normalised, gamma, beta: gamma * (normalised + beta)),
            "You add beta before you multiply by gamma. First the scale, then the shift.",
        ),
        Mistake(
            "swapped",
            _forward(output=lambda normalised, gamma, beta: beta * normalised + gamma),
            "gamma and beta are swapped: gamma multiplies, beta is added.",
        ),
        Mistake(
            "only_normalised",
            _forward(output=lambda normalised, gamma, beta: normalised),
            "The first result is the normalised table itself: gamma and beta are missing from the output.",
        ),
    ),
    hints=(
        "`x.mean(axis=0)` and `x.var(axis=0)` go through the samples: one number for each unit, and NumPy's "
        "variance divides by n unless told otherwise.",
        "In this order: variance, deviation (with epsilon inside the root), normalised table, output.",
    ),
    section=BATCH_NORM,
    names=("output", "normalised", "deviation"),
    vectorised=True,
    sized=lambda n: (np.arange(2.0 * n).reshape(n, 2), np.ones(2), np.zeros(2), 0.1),
)

# batch_norm_backward


def _backward(*changes):
    """The answer, or the one with the mistakes that `changes` name."""

    def batch_norm_backward(upstream, normalised, gamma, deviation):
        n = len(upstream)
        gamma_gradient = (upstream * normalised).sum(axis=0)
        beta_gradient = upstream.sum(axis=0)
        count = {"sums": 1, "n_minus_one": n - 1, "units_for_n": upstream.shape[1]}
        count = next((count[change] for change in changes if change in count), n)
        through_mean, through_deviation = beta_gradient / count, normalised * gamma_gradient / count
        if "sum_through_mean" in changes:
            through_mean = beta_gradient
        if "sum_through_deviation" in changes:
            through_deviation = normalised * gamma_gradient
        if "no_mean_term" in changes:
            through_mean = 0
        if "no_deviation_term" in changes:
            through_deviation = 0
        if "wrong_sign" in changes or "mean_added" in changes:
            through_mean = -through_mean
        if "wrong_sign" in changes or "deviation_added" in changes:
            through_deviation = -through_deviation
        if "normalised_left_out" in changes:
            through_deviation = gamma_gradient / count
        if "gamma_once" in changes:
            gradient = gamma * upstream - through_mean - through_deviation
        else:
            gradient = gamma * (upstream - through_mean - through_deviation)
        if "no_gamma" in changes:
            gradient = upstream - through_mean - through_deviation
        if "no_deviation" not in changes:
            gradient = gradient * deviation if "multiplied" in changes else gradient / deviation
        if "deviation_twice" in changes:
            gradient = gradient / deviation
        if "no_bracket" in changes:
            gradient = gamma / deviation * upstream - through_mean - through_deviation
        if "parameter_means" in changes:
            gamma_gradient, beta_gradient = gamma_gradient / n, beta_gradient / n
        if "not_summed" in changes:
            gamma_gradient, beta_gradient = upstream * normalised, upstream
        if "times_gamma" in changes:
            gamma_gradient = gamma * gamma_gradient
        if "swapped" in changes:
            gamma_gradient, beta_gradient = beta_gradient, gamma_gradient
        return gradient, gamma_gradient, beta_gradient

    return batch_norm_backward


def _over_units(upstream, normalised, gamma, deviation):
    mean = upstream.mean(axis=1)
    return gamma / deviation * (upstream - mean), (upstream * normalised).sum(axis=1), upstream.sum(axis=1)


def _backward_cases(generator):
    cases = []
    for x, gamma, beta, epsilon in _batch_norm_sizes(generator):
        _, normalised, deviation = _forward()(x, gamma, beta, epsilon)
        cases.append((generator.normal(size=x.shape) + 0.5, normalised, gamma, deviation))
    small = (
        np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]]),
        np.array([[-1.0, 0.5], [0.0, -1.0], [1.0, 0.5]]),
        np.array([2.0, -1.0]),
        np.array([0.5, 4.0]),
    )
    return [small, *cases, tuple(each.astype(np.float32) for each in cases[1])]


BATCH_NORM_BACKWARD = Question(
    id="batch_norm_backward",
    title="Batch norm, backward",
    points=4,
    reference=_backward(),
    cases=_backward_cases,
    mistakes=(
        Mistake(
            "constants",
            _backward("no_mean_term", "no_deviation_term"),
            "The gradients of gamma and beta are right. For that of z you treat mean and deviation as "
            "constants. Each z moves both, and through them all outputs of its unit: two terms are to be "
            "subtracted.",
        ),
        Mistake(
            "no_mean_term",
            _backward("no_mean_term"),
            "One term is missing in the gradient of z: the way through the mean. It subtracts the mean of "
            "the upstream gradient over the samples.",
        ),
        Mistake(
            "no_deviation_term",
            _backward("no_deviation_term"),
            "One term is missing in the gradient of z: the way through the deviation. It subtracts the "
            "normalised value times the mean of upstream times normalised.",
        ),
        Mistake(
            "sums",
            _backward("sums"),
            "In the gradient of z you subtract sums over the samples. The two terms are means: divide by n.",
        ),
        Mistake(
            "n_minus_one",
            _backward("n_minus_one"),
            "In the gradient of z the two terms are divided by n - 1. Mean and variance divide by n, and so "
            "do these.",
        ),
        Mistake(
            "units_for_n",
            _backward("units_for_n"),
            "In the gradient of z the two terms are divided by the number of units. n is the number of "
            "samples: they are means over the batch.",
        ),
        Mistake(
            "wrong_sign",
            _backward("wrong_sign"),
            "In the gradient of z the two terms are added. They are to be subtracted: a larger z raises mean "
            "and deviation, and that lowers the normalised values.",
        ),
        Mistake(
            "mean_added",
            _backward("mean_added"),
            "In the gradient of z the term through the mean is added. Both terms are to be subtracted.",
        ),
        Mistake(
            "deviation_added",
            _backward("deviation_added"),
            "In the gradient of z the term through the deviation is added. Both terms are to be subtracted.",
        ),
        Mistake(
            "sum_through_mean",
            _backward("sum_through_mean"),
            "In the gradient of z the term through the mean is a sum over the samples. It is a mean, like "
            "the other one: divide by n.",
        ),
        Mistake(
            "sum_through_deviation",
            _backward("sum_through_deviation"),
            "In the gradient of z the term through the deviation has a sum over the samples. It is a mean, "
            "like the other one: divide by n.",
        ),
        Mistake(
            "normalised_left_out",
            _backward("normalised_left_out"),
            "In the term through the deviation a factor is missing: the mean is multiplied by the normalised "
            "value of the sample itself.",
        ),
        Mistake(
            "gamma_once",
            _backward("gamma_once"),
            "gamma multiplies the upstream gradient only. It belongs in front of the whole bracket, the two "
            "subtracted terms included.",
        ),
        Mistake(
            "no_bracket",
            _backward("no_bracket"),
            "gamma / deviation multiplies the upstream gradient only. It belongs in front of the whole "
            "bracket, the two subtracted terms included.",
        ),
        Mistake(
            "deviation_twice",
            _backward("deviation_twice"),
            "In the gradient of z you divide by the deviation twice: once is enough.",
        ),
        Mistake(
            "no_gamma",
            _backward("no_gamma"),
            "In the gradient of z the factor gamma is missing.",
        ),
        Mistake(
            "no_deviation",
            _backward("no_deviation"),
            "In the gradient of z you do not divide by the deviation.",
        ),
        Mistake(
            "multiplied",
            _backward("multiplied"),
            "In the gradient of z you multiply by the deviation. Forward divides by it, and so does "
            "backward.",
        ),
        Mistake(
            "parameter_means",
            _backward("parameter_means"),
            "The gradients of gamma and beta are n times too small: they are sums over the samples. 1/n of "
            "the loss is in the upstream gradient already.",
        ),
        Mistake(
            "not_summed",
            _backward("not_summed"),
            "The gradients of gamma and beta still have one row for each sample. The same gamma and beta "
            "serve all samples: add up.",
        ),
        Mistake(
            "times_gamma",
            _backward("times_gamma"),
            "The gradient of gamma contains gamma itself. The output is gamma times the normalised value: "
            "its slope with respect to gamma is the normalised value alone.",
        ),
        Mistake(
            "swapped",
            _backward("swapped"),
            "The second and the third result are swapped: first the gradient of gamma, then that of beta.",
        ),
        Mistake(
            "constants_not_summed",
            _backward("no_mean_term", "no_deviation_term", "not_summed"),
            "The gradients of gamma and beta still have one row for each sample: add up. And for the "
            "gradient of z you treat mean and deviation as constants; two terms are missing.",
        ),
        Mistake(
            "over_units",
            _over_units,
            "NumPy cannot bring two of your tables to one shape. If you took means along `axis=1`: that goes "
            "through the units. Means and sums here go through the samples.",
        ),
    ),
    hints=(
        "Begin with beta and gamma: sums over the samples, `axis=0`.",
        "The two means in the gradient of z are these sums divided by n. You need not compute them twice.",
        "gradient = gamma / deviation * (upstream - … - normalised * …).",
    ),
    section=BATCH_NORM,
    names=("gradient", "gamma_gradient", "beta_gradient"),
    vectorised=True,
    sized=lambda n: (np.ones((n, 2)), np.arange(2.0 * n).reshape(n, 2), np.ones(2), np.ones(2)),
)

QUESTIONS = (DEAD_MASK, REVIVE, BATCH_NORM_FORWARD, BATCH_NORM_BACKWARD)

CHOICES = (
    Choice(
        "when_they_die",
        "When do most of the deaths of the first epoch (45 steps) happen?",
        (
            Option(
                "In step 1",
                "Few die in the first step. It overshoots, and the step that takes that back does the "
                "damage.",
            ),
            Option(
                "In steps 2 and 3",
                "The first step raises the loss. The next ones push down the units that speak for the digit "
                "that then gets too many images.",
                right=True,
            ),
            Option(
                "Evenly: some in every step",
                "After the first few steps hardly any unit dies. The pushes become small as the loss falls.",
            ),
            Option(
                "In the last ten steps",
                "By then the dying is over. The large pushes come at the start, with the large losses.",
            ),
        ),
        PUSH,
    ),
    Choice(
        "same_direction",
        "Why does one SGD step move a unit's pre-activation in the same direction for all images, when one "
        "raw image sends it a gradient?",
        (
            Option(
                "Because the bias is the same for all images",
                "The bias adds the same 1 for all, but it is a small part: x·x' is hundreds of times larger.",
            ),
            Option(
                "Because all weights of the unit change by the same amount",
                "Each weight changes in proportion to its own pixel: those of white pixels do not change at "
                "all.",
            ),
            Option(
                "Because no pixel is negative, so x·x' is positive for every pair of images here",
                "The change is -η δ (x·x' + 1): with positive x·x' its sign is that of -δ for every image.",
                right=True,
            ),
            Option(
                "Because ReLU hands on only positive numbers",
                "ReLU stands behind z, and the images before it. What counts are the signs of the inputs.",
            ),
        ),
        PUSH,
    ),
    Choice(
        "dead_and_accurate",
        "With the learning rate 0.1 about four units in ten are dead after ten epochs; with 0.03 hardly any. "
        "How does the test accuracy with 0.1 compare?",
        (
            Option(
                "It is at chance",
                "That takes far more deaths: it is what happens with the learning rate 0.3.",
            ),
            Option(
                "It is lower by about four tenths",
                "Accuracy is not shared out among the units. The living ones do the job of the dead.",
            ),
            Option(
                "It is lower by several hundredths",
                "It would be if every unit were needed. The living ones are enough here.",
            ),
            Option(
                "It is about the same",
                "Enough units are left: 256 are more than these digits ask for.",
                right=True,
            ),
        ),
        COST,
    ),
    Choice(
        "dead_on_which_data",
        "A unit is dead on all training images. What follows?",
        (
            Option(
                "Its output is 0 for the test images, too",
                "Not for certain: you have just counted units that are dead in training and on for a test "
                "image.",
            ),
            Option(
                "Its weights have become 0",
                "They are what the last push left: usually far from 0. Only the gradient is 0.",
            ),
            Option(
                "Changing its outgoing weights changes no output for the training images",
                "They multiply exactly 0 there. On test images the output may change.",
                right=True,
            ),
            Option(
                "Without it the training accuracy would be higher",
                "It adds exactly 0 to every training output, so without it nothing changes there.",
            ),
        ),
        COST,
    ),
    Choice(
        "who_returns",
        "In which hidden layer will units that were dead be alive again, in these two epochs of plain SGD?",
        (
            Option(
                "In neither",
                "True of the first layer only. In the second, units return although their weights cannot "
                "move.",
            ),
            Option(
                "In the second only",
                "The inputs of the second layer go on changing; those of the first are the images.",
                right=True,
            ),
            Option(
                "In the first only",
                "The other way round: a dead unit of the first layer sees the same images with the same "
                "weights for ever.",
            ),
            Option(
                "In both",
                "In the first none: its inputs do not change, and the unit's gradient is exactly 0.",
            ),
        ),
        RETURNS,
    ),
    Choice(
        "why_deeper_return",
        "A unit of the second layer is dead, and training is by plain SGD. What alone can bring it back?",
        (
            Option(
                "Its own incoming weights change",
                "Their gradient is exactly 0 as long as it is dead, and plain SGD moves nothing else.",
            ),
            Option(
                "Its outgoing weights change",
                "They multiply 0, have gradient 0 themselves, and play no part in its z.",
            ),
            Option(
                "Another batch contains an image that switches it on",
                "Dead means off for all training images, so no batch of them contains such an image.",
            ),
            Option(
                "The units of the first layer change what they hand on",
                "They still learn through the other units, and so the inputs of the dead unit move.",
                right=True,
            ),
        ),
        RETURNS,
    ),
    Choice(
        "bias_before_batch_norm",
        "In a network in training mode the biases of the layer right before batch norm are all lowered by "
        "100. What becomes of its outputs?",
        (
            Option(
                "They stay the same",
                "The shift moves every value of a unit and its mean alike, and is subtracted again.",
                right=True,
            ),
            Option(
                "All its units die",
                "They would without batch norm. It subtracts the mean, whatever that is.",
            ),
            Option(
                "They fall by 100 times gamma",
                "The normalised values do not change at all, so there is nothing for gamma to multiply.",
            ),
            Option(
                "They become smaller, because the deviation grows",
                "Shifting all values alike leaves their deviation as it was.",
            ),
        ),
        BATCH_NORM,
    ),
    Choice(
        "leaky_rescue",
        "The same dead start, but with leaky ReLU of slope 0.01 in place of ReLU. What is the median test "
        "accuracy after 12 epochs of plain SGD? (ReLU's is at chance, 0.1.)",
        (
            Option(
                "Above 0.9: every unit passes some gradient",
                "Some, but a hundredth in each layer that is off, forward and backward. 12 epochs are too "
                "short.",
            ),
            Option(
                "About a half: half of the networks get away",
                "None of them does. With ten times the slope they are on their way.",
            ),
            Option(
                "Still about 0.1: the networks do not get away",
                "The way back is open, and far too long for plain SGD at this rate.",
                right=True,
            ),
            Option(
                "Below 0.1: the negative outputs make it worse than guessing",
                "Networks that answer the same for all images are right for about a tenth. Worse is rare.",
            ),
        ),
        CURES,
    ),
    Choice(
        "which_cure",
        "Your network's inputs run from 0 to 255. After the first epoch 60 % of the first layer are dead, "
        "and you want them to be of use. What do you do?",
        (
            Option(
                "Put leaky ReLU with slope 0.01 in place of ReLU and go on",
                "The cause is still there, and such a small slope brings next to none of them back.",
            ),
            Option(
                "Re-initialise the dead units and go on as before",
                "They would be new, and the next large step would kill many of them again.",
            ),
            Option(
                "Train longer: some will return",
                "In the first layer, with plain SGD, none will.",
            ),
            Option(
                "Lower the learning rate, then re-initialise the dead units",
                "First the cause, then the cure. (Starting again with standardised inputs would do, too.)",
                right=True,
            ),
        ),
        CURES,
    ),
)
