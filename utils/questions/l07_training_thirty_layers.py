"""Lesson 7, training thirty layers: what is asked, what is right, and which mistakes are known."""

from itertools import pairwise

import numpy as np

from utils.question import Choice, Mistake, Option, Question

FIVE = "Five-networks-of-thirty-layers"
FACTORS = "Which-factor-decides"
SIGNS = "Reading-a-network-that-does-not-learn"

# ------------------------------------------------------------------------------------------- constant_loss


def constant_loss(counts):
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())


def constant_loss_cases(generator):
    return [
        (np.array([30, 10]),),
        (np.full(10, 143),),
        (np.array([0, 5, 15, 0, 20]),),
        (np.array([7]),),
        (generator.integers(1, 200, size=6),),
        (np.array([900, 20, 30, 50]),),
        (np.append(generator.integers(1, 50, size=3), 0),),
    ]


def _with_zeros(counts):
    share = counts / counts.sum()
    with np.errstate(all="ignore"):
        return float(-(share * np.log(share)).sum())


def _kept(counts):
    return counts[counts > 0] / counts.sum()


CONSTANT_LOSS = Question(
    id="constant_loss",
    title="The loss of a network that ignores its input",
    points=2,
    reference=constant_loss,
    cases=constant_loss_cases,
    absolute=1e-9,  # a tiny number added inside the logarithm does no harm
    mistakes=(
        Mistake(
            "zero_times_log",
            _with_zeros,
            "It is right as long as every class occurs. For a class that does not, 0 · ln 0 gives NaN; such "
            "a class adds nothing. Leave it out of the sum.",
        ),
        Mistake(
            "ln_classes",
            lambda counts: float(np.log(len(counts))),
            "That is the logarithm of the number of classes: right only if all of them are equally frequent. "
            "The best fixed list of probabilities is the shares of the classes.",
        ),
        Mistake(
            "ln_classes_that_occur",
            lambda counts: float(np.log((counts > 0).sum())),
            "That is the logarithm of the number of classes that occur: right only if these are equally "
            "frequent. The best fixed list of probabilities is the shares of the classes.",
        ),
        Mistake(
            "sign",
            lambda counts: -constant_loss(counts),
            "The sign is wrong: the logarithm of a share is negative or 0, and the loss is minus its mean.",
        ),
        Mistake(
            "log2",
            lambda counts: constant_loss(counts) / np.log(2),
            "You took the logarithm to base 2. The cross-entropy of this course uses the natural one, "
            "`np.log`.",
        ),
        Mistake(
            "log10",
            lambda counts: constant_loss(counts) / np.log(10),
            "You took the logarithm to base 10. The cross-entropy of this course uses the natural one, "
            "`np.log`.",
        ),
        Mistake(
            "mean_over_classes",
            lambda counts: constant_loss(counts) / len(counts),
            "You divided by the number of classes. The shares already are the weights of a mean: add the "
            "terms up.",
        ),
        Mistake(
            "unweighted",
            lambda counts: float(-np.log(_kept(counts)).mean()),
            "Each class counts the same in your mean. A frequent class occurs more often among the samples: "
            "weigh its term with its share.",
        ),
        Mistake(
            "unweighted_sum",
            lambda counts: float(-np.log(_kept(counts)).sum()),
            "You added up -ln p over the classes without weights. Each class's term counts as often as the "
            "class occurs: weigh it with its share.",
        ),
        Mistake(
            "largest_class",
            lambda counts: float(-np.log(counts.max() / counts.sum())),
            "That is the loss for the samples of the most frequent class alone. The mean is over all "
            "samples.",
        ),
        Mistake(
            "sum_over_samples",
            lambda counts: constant_loss(counts) * int(counts.sum()),
            "That is the sum over all samples. The loss is the mean: divide the counts by their sum first.",
        ),
    ),
    hints=(
        "Turn the counts into shares, which add up to 1. Those are the best probabilities that a network can "
        "give if it gives the same ones to every sample.",
        "A sample of class k then has the loss -ln(share of k), and there is a share of k of such samples.",
        "A class without samples takes no part: `counts[counts > 0]` leaves it out.",
    ),
    section=FIVE,
)

# ---------------------------------------------------------------------------------------------- initialise

_VARIANCES = {
    "he": lambda fan_in, fan_out: 2 / fan_in,
    "xavier": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
}


def _drawn(scale=None, *, variances=_VARIANCES, same=False, biases=None, draw=None, skip_last=False):
    """The initialisation with some of its rules replaced."""
    scale = scale or np.sqrt
    draw = draw or (lambda generator, shape: generator.standard_normal(shape))

    def initialise(sizes, rule, seed):
        generator = np.random.default_rng(seed)
        weights, shifts = [], []
        for fan_in, fan_out in list(pairwise(sizes))[: -1 if skip_last else None]:
            if same:
                generator = np.random.default_rng(seed)
            weights.append(draw(generator, (fan_in, fan_out)) * scale(variances[rule](fan_in, fan_out)))
            shifts.append(biases(generator, fan_in, fan_out) if biases else np.zeros(fan_out))
        return weights, shifts

    return initialise


initialise = _drawn()


def _initialise_cases(generator):
    def seed():
        return int(generator.integers(1000))

    return [
        ([3, 2], "he", 1),
        ([4, 6, 5, 2], "xavier", seed()),
        ([6, 3, 4], "lecun", seed()),
        ([5, 8, 8, 8, 3], "he", seed()),
        ([2, 7], "xavier", seed()),
        ([7, 3, 3, 1], "lecun", seed()),
        ([1, 4, 2], "he", seed()),
    ]


def _transposed(generator, shape):
    return generator.standard_normal(shape[::-1])


def _uniform(generator, shape):
    return generator.uniform(-1, 1, shape)


INITIALISE = Question(
    id="initialise",
    title="Initialise a network",
    points=3,
    reference=initialise,
    cases=_initialise_cases,
    mistakes=(
        Mistake(
            "variance_as_deviation",
            _drawn(lambda variance: variance),
            "You multiplied by the variance. Multiplying by c makes the variance c² times as large, so the "
            "factor is the square root of the variance.",
        ),
        Mistake(
            "root_of_the_two",
            _drawn(
                lambda factor: factor,
                variances={
                    "he": lambda i, o: np.sqrt(2) / i,
                    "xavier": lambda i, o: np.sqrt(2) / (i + o),
                    "lecun": lambda i, o: 1 / i,
                },
            ),
            "The square root covers the 2 alone. Take the root of the whole variance, fan-in and fan-out "
            "included.",
        ),
        Mistake(
            "divided",
            _drawn(lambda variance: 1 / np.sqrt(variance)),
            "You divided by the standard deviation. The draws have standard deviation 1, and are to be "
            "multiplied by the wanted one.",
        ),
        Mistake(
            "not_scaled",
            _drawn(lambda variance: 1.0),
            "All weights have variance 1, whatever the rule. Multiply the draws by the standard deviation "
            "that the rule gives.",
        ),
        Mistake(
            "fan_out",
            _drawn(
                variances={
                    "he": lambda i, o: 2 / o,
                    "xavier": _VARIANCES["xavier"],
                    "lecun": lambda i, o: 1 / o,
                }
            ),
            "He's and LeCun's rules have the fan-out in the place of the fan-in. A pre-activation is a sum "
            "over the inputs of its unit: how many there are decides how large it gets.",
        ),
        Mistake(
            "xavier_without_two",
            _drawn(variances=_VARIANCES | {"xavier": lambda i, o: 1 / (i + o)}),
            "Xavier's rule lacks its 2: 2 / (fan-in + fan-out) is one over the *mean* of both.",
        ),
        Mistake(
            "xavier_by_fan_in",
            _drawn(variances=_VARIANCES | {"xavier": lambda i, o: 1 / i}),
            "Your Xavier rule is LeCun's, 1 / fan-in. The two agree only for layers of equal width.",
        ),
        Mistake(
            "xavier_with_six",
            _drawn(variances=_VARIANCES | {"xavier": lambda i, o: 6 / (i + o)}),
            "The 6 in Xavier's rule belongs to the bounds of a uniform distribution, √(6 / (fan-in + "
            "fan-out)). The normal distribution has the variance 2 / (fan-in + fan-out).",
        ),
        Mistake(
            "he_as_lecun",
            _drawn(variances=_VARIANCES | {"he": _VARIANCES["lecun"]}),
            "He's rule lacks its 2, which makes up for the half that ReLU takes away: that is LeCun's rule.",
        ),
        Mistake(
            "he_and_lecun_swapped",
            _drawn(variances=_VARIANCES | {"he": _VARIANCES["lecun"], "lecun": _VARIANCES["he"]}),
            "He's and LeCun's rules are swapped: He's is the one with the 2.",
        ),
        Mistake(
            "one_generator_a_layer",
            _drawn(same=True),
            "You make a new generator with the same seed for each layer, so all layers get the same random "
            "numbers. Make one generator before the loop, and let it draw on.",
        ),
        Mistake(
            "random_biases",
            _drawn(biases=lambda generator, fan_in, fan_out: generator.standard_normal(fan_out)),
            "The biases are random. They start at 0; and drawing them takes random numbers away from the "
            "weights.",
        ),
        Mistake(
            "biases_of_fan_in",
            _drawn(biases=lambda generator, fan_in, fan_out: np.zeros(fan_in)),
            "Your biases have one number for each input. A bias belongs to a unit, so there are fan-out of "
            "them.",
        ),
        Mistake(
            "bias_rows",
            _drawn(biases=lambda generator, fan_in, fan_out: np.zeros((1, fan_out))),
            "Your biases are tables with one row. Asked for is the shape (fan_out,).",
        ),
        Mistake(
            "transposed",
            _drawn(draw=_transposed),
            "Your weights have the shape (fan_out, fan_in). In this course `x @ weights` is computed, so it "
            "is (fan_in, fan_out).",
        ),
        Mistake(
            "drawn_transposed",
            _drawn(draw=lambda generator, shape: _transposed(generator, shape).T),
            "The shapes are right, but the numbers were drawn in the shape (fan_out, fan_in) and turned "
            "round. Draw them in the shape (fan_in, fan_out).",
        ),
        Mistake(
            "last_layer_missing",
            _drawn(skip_last=True),
            "One layer is missing: n + 1 widths make n layers, the one to the outputs included.",
        ),
        Mistake(
            "float32_draws",
            _drawn(draw=lambda generator, shape: generator.standard_normal(shape, dtype=np.float32)),
            "You draw in float32. That draws other numbers, not the same ones rounded: leave the dtype out, "
            "and they are float64.",
        ),
        Mistake(
            "uniform",
            _drawn(draw=_uniform),
            "You drew from a uniform distribution. Asked for is the normal one, `standard_normal`.",
        ),
    ),
    hints=(
        "Go through the widths in pairs: layer number l leads from `sizes[l]` to `sizes[l + 1]`, its fan-in "
        "and fan-out.",
        "One generator for all layers, made before the loop. Its draws have variance 1; times c they have "
        "variance c².",
        "So c is the square root of 2 / fan_in, 2 / (fan_in + fan_out) or 1 / fan_in.",
    ),
    section=FIVE,
)

# ----------------------------------------------------------------------------------------------- adam_step


def _adam(**changes):
    """A step of Adam, or one with other rules."""

    def adam_step(parameters, gradients, mean, square, step, learning_rate):
        beta1, beta2, epsilon = changes.get("constants", (0.9, 0.999, 1e-8))
        old_mean, old_square = mean, square
        fresh1, fresh2 = changes.get("fresh", lambda b1, b2: (1 - b1, 1 - b2))(beta1, beta2)
        mean = beta1 * mean + fresh1 * gradients
        square = beta2 * square + fresh2 * changes.get("squared", lambda g, m: g**2)(gradients, mean)
        used_mean, used_square = (old_mean, old_square) if "old" in changes else (mean, square)
        step = step + changes.get("shift", 0)
        with np.errstate(all="ignore"):
            part1, part2 = changes.get("parts", lambda b1, b2, t: (1 - b1**t, 1 - b2**t))(beta1, beta2, step)
            corrected, corrected_square = used_mean / part1, used_square / part2
            rule = changes.get("rule", lambda m, s, e: m / (np.sqrt(s) + e))
            change = learning_rate * rule(corrected, corrected_square, epsilon)
            if "gradient" in changes:
                change = learning_rate * gradients / (np.sqrt(corrected_square) + epsilon)
            moved = parameters - changes.get("sign", 1) * change
        if "keeps_corrected" in changes:
            mean, square = corrected, corrected_square
        return (change if "change" in changes else moved), mean, square

    return adam_step


adam_step = _adam()


def _adam_cases(generator):
    def case(shape, step, scale=1.0, started=True):
        parameters, gradients = generator.normal(size=(2, *shape))
        mean, square = (
            0.3 * scale * generator.normal(size=shape),
            scale**2 * generator.uniform(0.1, 1, shape),
        )
        if not started:
            mean, square = np.zeros(shape), np.zeros(shape)
        return parameters, scale * gradients, mean, square, step, 0.01

    none = np.zeros(3)
    return [
        (np.array([1.0, -2.0]), np.array([0.5, -4.0]), np.zeros(2), np.zeros(2), 1, 0.1),
        case((4,), 2),
        case((3, 2), 7),
        case((5,), 1, 1e-6, started=False),
        case((6,), 3, 1e-8),
        (np.array([1.0, 2.0, 3.0]), none, none, none, 1, 0.01),
        case((2, 2, 3), 1000),
    ]


ADAM_STEP = Question(
    id="adam_step",
    title="A step of Adam",
    points=3,
    reference=adam_step,
    cases=_adam_cases,
    names=("parameters", "mean", "square"),
    mistakes=(
        Mistake(
            "no_correction",
            _adam(parts=lambda b1, b2, t: (1, 1)),
            "The correction is missing: both running means start at 0 and are too small in the first steps. "
            "Divide each by 1 - beta**step before the move.",
        ),
        Mistake(
            "mean_corrected_only",
            _adam(parts=lambda b1, b2, t: (1 - b1**t, 1)),
            "You corrected the mean alone. The running mean of the squares starts at 0 as well: divide it "
            "by 1 - 0.999**step.",
        ),
        Mistake(
            "square_corrected_only",
            _adam(parts=lambda b1, b2, t: (1, 1 - b2**t)),
            "You corrected the mean of the squares alone. The running mean of the gradient starts at 0 as "
            "well: divide it by 1 - 0.9**step.",
        ),
        Mistake(
            "power_missing",
            _adam(parts=lambda b1, b2, t: (1 - b1, 1 - b2)),
            "You divide by 1 - beta in every step. It is 1 - beta**step: the correction fades as training "
            "goes on.",
        ),
        Mistake(
            "times_step",
            _adam(parts=lambda b1, b2, t: (1 - b1 * t, 1 - b2 * t)),
            "You multiply beta by the step. The correction has its *power*: 1 - beta**step.",
        ),
        Mistake(
            "one_beta_corrects_both",
            _adam(parts=lambda b1, b2, t: (1 - b1**t, 1 - b1**t)),
            "You correct both means with 0.9. Each has its own beta: that of the squares is 0.999.",
        ),
        Mistake(
            "step_too_high",
            _adam(shift=1),
            "The correction is a step ahead: the first step has the number 1, so use `step` as it is.",
        ),
        Mistake(
            "step_too_low",
            _adam(shift=-1),
            "The correction is a step behind, and divides by 0 in the first step: that has the number 1, so "
            "use `step` as it is.",
        ),
        Mistake(
            "no_root",
            _adam(rule=lambda m, s, e: m / (s + e)),
            "The square root is missing. Without it the size of the gradients does not cancel: a small "
            "gradient would give a huge step.",
        ),
        Mistake(
            "epsilon_in_root",
            _adam(rule=lambda m, s, e: m / np.sqrt(s + e)),
            "Epsilon stands under the square root. It is added to the root.",
        ),
        Mistake(
            "epsilon_outside",
            _adam(rule=lambda m, s, e: m / np.sqrt(s) + e),
            "Epsilon is added to the quotient. It belongs under the line: put brackets around root plus "
            "epsilon.",
        ),
        Mistake(
            "no_epsilon",
            _adam(rule=lambda m, s, e: m / np.sqrt(s)),
            "Epsilon is missing: a parameter that has had no gradient yet becomes 0 / 0, which is NaN.",
        ),
        Mistake(
            "uphill",
            _adam(sign=-1),
            "It goes uphill: the step is subtracted from the parameters.",
        ),
        Mistake(
            "betas_swapped",
            _adam(constants=(0.999, 0.9, 1e-8)),
            "The two betas are swapped: 0.9 belongs to the mean of the gradient, 0.999 to that of its "
            "square.",
        ),
        Mistake(
            "shares_swapped",
            _adam(constants=(0.1, 0.001, 1e-8)),
            "The shares are swapped: the old mean counts beta, the new value 1 - beta.",
        ),
        Mistake(
            "new_value_in_full",
            _adam(fresh=lambda b1, b2: (1, 1)),
            "The new gradient enters in full: in a running mean it counts 1 - beta.",
        ),
        Mistake(
            "gradient_in_full",
            _adam(fresh=lambda b1, b2: (1, 1 - b2)),
            "The new gradient enters the mean in full, as in the velocity of momentum. In Adam's running "
            "mean it counts 1 - beta.",
        ),
        Mistake(
            "not_squared",
            _adam(squared=lambda g, m: g),
            "The second mean takes the gradient itself. It is the mean of its *square*.",
        ),
        Mistake(
            "square_of_mean",
            _adam(squared=lambda g, m: m**2),
            "You squared the running mean. The second mean is of the squares of the *gradients*.",
        ),
        Mistake(
            "gradient_not_squared",
            _adam(squared=lambda g, m: np.abs(g)),
            "The second mean takes the size of the gradient. It is the mean of its *square*.",
        ),
        Mistake(
            "gradient_moves",
            _adam(gradient=True),
            "You divide the gradient itself. It is the corrected running mean of the gradient that moves the "
            "parameters.",
        ),
        Mistake(
            "old_means",
            _adam(old=True),
            "You move by the means from before this step. First bring both up to date with the new gradient.",
        ),
        Mistake(
            "keeps_corrected",
            _adam(keeps_corrected=True),
            "You return the corrected means. The correction is for the move only; the next step goes on "
            "with the means as they were before it.",
        ),
        Mistake(
            "change_only",
            _adam(change=True),
            "You return the step itself. Asked for are the parameters after it.",
        ),
    ),
    hints=(
        "First the two running means: each keeps a share beta of its old value and takes 1 - beta of the new "
        "one, the gradient or its square.",
        "For the move, divide each mean by 1 - beta**step. Keep the uncorrected ones: they are returned.",
        "Then subtract learning_rate times corrected mean over (root of the corrected square, plus epsilon).",
    ),
    section=FACTORS,
    vectorised=True,
    sized=lambda n: (np.ones(n), np.ones(n), np.zeros(n), np.zeros(n), 1, 0.1),
)

# ------------------------------------------------------------------------------------------------ diagnose

_RULES = {
    "diverged": lambda losses, norms, dead, relative: not np.isfinite(losses).all(),
    "dead layer": lambda losses, norms, dead, relative: (dead == 1).any(),
    "learning": lambda losses, norms, dead, relative: relative < 0.9,
    "vanishing": lambda losses, norms, dead, relative: norms[0] < norms[-1] / 1000,
    "faint": lambda losses, norms, dead, relative: norms.max() < 1e-3,
}


def _diagnosed(order=tuple(_RULES), log=np.log, last=-1, **rules):
    """The diagnosis with another order, another measure of the loss, or other rules."""
    rules = _RULES | {name.replace("_", " "): rule for name, rule in rules.items()}

    def diagnose(losses, gradient_norms, dead_share, classes):
        relative = float(losses[last] / log(classes))
        seen = (losses, gradient_norms, dead_share, relative)
        return next((name for name in order if rules[name](*seen)), "slow"), relative

    return diagnose


diagnose = _diagnosed()


def _relative_to_the_first(losses, gradient_norms, dead_share, classes):
    return _diagnosed(log=lambda classes: losses[0])(losses, gradient_norms, dead_share, classes)


def _diagnose_cases(generator):
    def case(losses, norms, dead=0.3, classes=10):
        dead = np.full(len(norms) - 1, dead) if np.isscalar(dead) else np.array(dead)
        return np.array(losses), np.array(norms), dead, classes

    def even(size, layers=6):
        return size * generator.uniform(0.5, 2, layers)

    nan, inf, third = np.nan, np.inf, [0.2, 1.0, 0.4, 0.1, 0.5]
    return [
        case([2.31, 1.5, 0.7], even(0.1)),
        case([2.4, nan, nan], even(1e8)),
        case([2.4, 1e8, inf], even(30.0)),
        case([2.4, inf, 2.3], even(30.0)),
        case([2.31, 2.303, 2.303], np.zeros(6), third),
        case([2.31, 1.4, 1.2], np.zeros(6), third),
        case([2.31, 2.31, 2.3], np.geomspace(1e-18, 0.3, 6), 0.0),
        case([2.31, 2.31, 2.3], np.geomspace(1e-12, 1e-4, 6), 0.0),
        case([2.303, 2.303, 2.302], even(1e-5)),
        case([2.35, 2.34, 2.33], even(0.1), 0.0),
        case([2.33, 2.32, 2.31], [5e-4, 0.05, 0.06, 0.05, 0.08, 0.1]),
        case([2.33, 2.32, 2.31], [300, 40, 6, 2, 0.5, 0.1]),
        case([2.33, 2.32, 2.31], [0.05, 0.04, 1e-6, 0.03, 0.08, 0.1]),
        case([0.7, 0.69], even(0.1, 3), 0.5, 2),
        case([0.7, 0.3], even(0.1, 3), 0.5, 2),
        case([4.61, 3.9, 3.2], even(0.2, 4), 0.0, 100),
        case([4.61, 4.61, 4.6], even(1e-6, 4), 0.9, 100),
        case([1.7, 0.5, 1.6], even(0.3, 5), 0.0, 5),
        # Just on either side of each limit.
        case([2.31, 2.1, 2.06], even(0.1)),
        case([2.31, 2.1, 2.08], even(0.1)),
        case([2.31, 2.31, 2.3], generator.uniform(5e-4, 9e-4, 6)),
        case([2.31, 2.31, 2.3], generator.uniform(1.1e-3, 2e-3, 6)),
        case([2.31, 2.31, 2.3], [1e-5, 1e-5, 2e-3, 1e-5, 1e-5, 1e-5]),
        case([2.31, 2.31, 2.3], [8e-5, 0.01, 0.02, 0.05, 0.08, 0.1]),
        case([2.31, 2.31, 2.3], [1.2e-4, 0.01, 0.02, 0.05, 0.08, 0.1]),
        case([2.31, 2.31, 2.3], [0.002, 0.05, 10, 0.2, 0.1, 0.1]),
        case([2.31, 2.31, 2.3], even(0.1), 0.99),
        case([2.31, 2.303, 2.303], np.zeros(6), [1.0, 0.4, 0.3, 0.2, 0.1]),
        case([2.31, 2.303, 2.303], np.zeros(6), [0.1, 0.2, 0.3, 0.4, 1.0]),
        case([2.31, 2.303, 2.303], np.zeros(6), 1.0),
    ]


DIAGNOSE = Question(
    id="diagnose",
    title="Find out why a network does not learn",
    points=3,
    reference=diagnose,
    cases=_diagnose_cases,
    names=("diagnosis", "relative_loss"),
    mistakes=(
        Mistake(
            "infinity_missed",
            _diagnosed(diverged=lambda losses, *_: np.isnan(losses).any()),
            "You look for NaN only. A loss that is infinite has diverged as well; `np.isfinite` is False for "
            "both.",
        ),
        Mistake(
            "nan_missed",
            _diagnosed(diverged=lambda losses, *_: np.isinf(losses).any()),
            "You look for infinite losses only. NaN means diverged as well; `np.isfinite` is False for both. "
            "(`losses == np.nan` is False everywhere.)",
        ),
        Mistake(
            "last_loss_only",
            _diagnosed(diverged=lambda losses, *_: not np.isfinite(losses[-1])),
            "Only the last loss is looked at for NaN and infinity. Any one of them is enough.",
        ),
        Mistake(
            "any_dead_unit",
            _diagnosed(dead_layer=lambda losses, norms, dead, relative: (dead > 0).any()),
            "A layer with some dead units is called a dead layer. It is dead when *all* of its units are: a "
            "share of 1.",
        ),
        Mistake(
            "mostly_dead",
            _diagnosed(dead_layer=lambda losses, norms, dead, relative: (dead >= 0.5).any()),
            "A layer with many dead units is called a dead layer. It is dead when *all* of its units are: a "
            "share of 1.",
        ),
        Mistake(
            "all_layers_dead",
            _diagnosed(dead_layer=lambda losses, norms, dead, relative: (dead == 1).all()),
            "A single dead layer is missed. One is enough, wherever it is: nothing gets through it.",
        ),
        Mistake(
            "nearly_dead",
            _diagnosed(dead_layer=lambda losses, norms, dead, relative: (dead > 0.9).any()),
            "A layer with a few living units is called a dead layer. It is dead when *all* of its units are: "
            "a share of 1.",
        ),
        Mistake(
            "learning_before_dead",
            _diagnosed(("diverged", "learning", "dead layer", "vanishing", "faint")),
            "The order of the table matters: a dead layer is reported before the loss is looked at.",
        ),
        Mistake(
            "faint_before_vanishing",
            _diagnosed(("diverged", "dead layer", "learning", "faint", "vanishing")),
            "The order matters: whether the gradient falls from the last layer to the first is asked before "
            "whether it is small everywhere.",
        ),
        Mistake(
            "log2",
            _diagnosed(log=np.log2),
            "You took the logarithm to base 2. The loss of guessing is the natural logarithm of the number "
            "of classes.",
        ),
        Mistake(
            "log10",
            _diagnosed(log=np.log10),
            "You took the logarithm to base 10. The loss of guessing is the natural logarithm of the number "
            "of classes.",
        ),
        Mistake(
            "ten_classes",
            _diagnosed(log=lambda classes: np.log(10)),
            "You compare with ln 10 whatever the number of classes is. Use the argument.",
        ),
        Mistake(
            "not_relative",
            _diagnosed(log=lambda classes: 1.0),
            "The loss is not divided by ln classes: 0.9 is a share of the loss of guessing.",
        ),
        Mistake(
            "first_loss",
            _diagnosed(last=0),
            "You took the first loss. It is the last one that tells whether the network has learnt.",
        ),
        Mistake(
            "loss_below_a_number",
            _diagnosed(learning=lambda losses, *_: losses[-1] < 0.9),
            "For learning you compare the loss itself with 0.9. It is the *relative* loss that has to be "
            "below 0.9.",
        ),
        Mistake(
            "relative_to_the_first",
            _relative_to_the_first,
            "You divide by the first loss. Divide by ln classes, the loss of guessing: a network may start "
            "far above it, or be well below it already.",
        ),
        Mistake(
            "falls_at_all",
            _diagnosed(learning=lambda losses, *_: losses[-1] < losses[0]),
            "You call it learning if the last loss is below the first. That is so for hopeless networks, "
            "too: ask whether the last loss is below 0.9 of ln classes.",
        ),
        Mistake(
            "vanishing_turned_round",
            _diagnosed(vanishing=lambda losses, norms, *_: norms[-1] < norms[0] / 1000),
            "First and last layer are swapped: a vanishing gradient is small in the *first* layer, which is "
            "farthest from the loss.",
        ),
        Mistake(
            "smallest_for_first",
            _diagnosed(vanishing=lambda losses, norms, *_: norms.min() < norms[-1] / 1000),
            "For vanishing you take the smallest norm of any layer. Asked for is the first layer's.",
        ),
        Mistake(
            "largest_for_last",
            _diagnosed(vanishing=lambda losses, norms, *_: norms[0] < norms.max() / 1000),
            "For vanishing you compare with the largest norm of any layer. Asked for is the last layer's.",
        ),
        Mistake(
            "smallest_and_largest",
            _diagnosed(vanishing=lambda losses, norms, *_: norms.min() < norms.max() / 1000),
            "For vanishing you compare the smallest norm with the largest one. Asked for are the first "
            "layer's and the last layer's.",
        ),
        Mistake(
            "faint_on_average",
            _diagnosed(faint=lambda losses, norms, *_: norms.mean() < 1e-3),
            "Networks with a layer above 0.001 are called faint. The norms have to be small in *all* "
            "layers: look at the largest one.",
        ),
        Mistake(
            "any_layer_faint",
            _diagnosed(faint=lambda losses, norms, *_: norms.min() < 1e-3),
            "A single small gradient is called faint. It has to be small in *all* layers: look at the "
            "largest one.",
        ),
    ),
    hints=(
        "A chain of `if … return` in the order of the table does it: the first that applies decides.",
        "`np.isfinite(losses).all()` asks whether no loss is NaN or infinite; `(dead_share == 1).any()` "
        "whether some layer is dead.",
        "Compute the relative loss first, `losses[-1] / np.log(classes)`: it is returned in every case.",
    ),
    section=SIGNS,
)

QUESTIONS = (CONSTANT_LOSS, INITIALISE, ADAM_STEP, DIAGNOSE)

CHOICES = (
    Choice(
        "which_stay",
        "Twenty networks each, 30 layers, the same recipe. Which ones are still at chance after 8 epochs?",
        (
            Option(
                "Sigmoid and tanh with Xavier, and tanh with He: all without ReLU",
                "That is how the story goes. But tanh is almost the line z near 0, with slope 1, and both "
                "scales keep its signals alive.",
            ),
            Option(
                "Sigmoid with Xavier, and tanh with Xavier",
                "Sigmoid, yes. But Xavier's scale fits tanh: it was made for such functions. Look which ReLU "
                "networks stay.",
            ),
            Option(
                "Only sigmoid with Xavier",
                "It stays, but not alone. ReLU halves the square of the signal, and Xavier's scale does not "
                "make up for it: 29 times.",
            ),
            Option(
                "Sigmoid with Xavier, and ReLU with Xavier",
                "Both have chi far enough below 1: at most 1/16 and 1/2 a layer. Tanh learns with both "
                "scales.",
                right=True,
            ),
            Option(
                "None: 30 layers are not so deep",
                "They are deep enough for a half, taken 29 times.",
            ),
        ),
        FIVE,
    ),
    Choice(
        "why_ln_ten",
        "Another network, for 100 equally frequent classes, is stuck at a loss of 4.605. What does it do?",
        (
            Option(
                "It gives all classes nearly the same probability, whatever the input",
                "ln 100 = 4.605: that is the loss of 1/100 for the true class.",
                right=True,
            ),
            Option(
                "It gives probability 1 to a wrong class",
                "Then the true class would have probability 0, and the loss would be infinite. This loss is "
                "that of modest guessing.",
            ),
            Option(
                "It gets 46 % of the samples wrong",
                "The loss is no share of mistakes. Of 100 classes such a network gets about 99 % wrong.",
            ),
            Option(
                "It is twice as bad as a network at ln 10",
                "ln 100 is twice ln 10, but both do the same: they ignore the input. The number of classes "
                "makes the difference.",
            ),
        ),
        FIVE,
    ),
    Choice(
        "adam_for_relu",
        "ReLU with Xavier, 30 layers, trained by Adam. What becomes of the twenty networks?",
        (
            Option(
                "All stay at ln 10: no optimiser can use a gradient of that size",
                "The size cancels in Adam's quotient, as long as it is large beside epsilon. What counts is "
                "that the gradients still point somewhere useful.",
            ),
            Option(
                "Most leave ln 10, but not all, and they do worse than with He",
                "Adam divides the common factor out, so most are rescued. The rest lose their units on the "
                "way, and the rescued ones start late.",
                right=True,
            ),
            Option(
                "All learn as well as with He: the factor cancels exactly",
                "In the first step nearly so. But biases take steps of the same size as the weights, and "
                "beside so faint a signal that is a lot.",
            ),
            Option(
                "They diverge: dividing by tiny numbers gives huge steps",
                "The numerator is as tiny as the denominator. A step is about the learning rate.",
            ),
        ),
        FACTORS,
    ),
    Choice(
        "which_effect",
        "In the factorial experiment the main effect of the activation is the largest, in favour of tanh. "
        "What may you conclude?",
        (
            Option(
                "Tanh is the better activation",
                "At these learning rates, with this width and depth and few epochs: at three times Adam's "
                "rate tanh falls behind. And the mean hides that one of the four ReLU combinations cannot "
                "learn at all.",
            ),
            Option(
                "The initialisation hardly matters",
                "For tanh, at these rates. For ReLU with SGD it decides between chance and learning. A main "
                "effect averages "
                "such things away.",
            ),
            Option(
                "Averaged over these combinations, at these rates, tanh did better; how much depends on the "
                "other two factors",
                "The lines are not parallel: the effects interact, and the combination decides.",
                right=True,
            ),
            Option(
                "Nothing: random starts make such comparisons worthless",
                "With twenty starts each the spread is known, and the differences here are far larger than "
                "other starts could make them wander.",
            ),
        ),
        FACTORS,
    ),
    Choice(
        "falling_loss",
        "ReLU with Xavier, 30 layers, again with SGD; but now nearly nine tenths of the training images are "
        "threes. Within 30 epochs the loss falls from 2.3 to 0.6. What has the network learnt about images?",
        (
            Option(
                "To tell threes from the others, as a start",
                "It calls every test image a three: the logits hardly depend on the image.",
            ),
            Option(
                "Nothing",
                "The last biases alone have learnt how frequent each digit is. The loss ends at the entropy "
                "of the classes, and no further.",
                right=True,
            ),
            Option(
                "What a three looks like, but not the rarer digits",
                "Then it would not call a zero a three. It does so with every image.",
            ),
            Option(
                "Everything but the last details: 0.6 is close to 0",
                "0.6 is exactly what the shares of the classes give, with no look at any image.",
            ),
        ),
        SIGNS,
    ),
    Choice(
        "next_step",
        "A ReLU network of 40 layers is stuck at ln 10. Before the first step the gradient's norm is about "
        "1e-6 in every layer, and no layer is dead. What do you try first?",
        (
            Option(
                "A learning rate a million times as large",
                "You saw ten times the rate fail; a million times is worse. The last biases get as much of "
                "the rate as the faint weights, and go wild.",
            ),
            Option(
                "Sigmoid instead of ReLU",
                "Its slope is at most 1/4, so it passes on even less.",
            ),
            Option(
                "He's initialisation",
                "Small in all layers alike is the sign of ReLU with weights that are too small.",
                right=True,
            ),
            Option(
                "More epochs: it is on its way",
                "At that size it makes no way: the faint networks of the lesson did not move, and soon had "
                "more dead units.",
            ),
        ),
        SIGNS,
    ),
)
