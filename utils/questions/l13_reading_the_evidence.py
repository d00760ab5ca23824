"""Lesson 13: an interval for a difference, how many seeds it takes, SwiGLU, and the deciding number."""

import math
from statistics import NormalDist

import numpy as np
from scipy.special import ndtr, stdtrit

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
COURT = "Four-claims-about-what-networks-are"
TRAINED = "Four-claims-about-what-networks-do"
SEEDS = "How-many-seeds-does-a-comparison-need?"
FAIR = "One-recipe-is-one-recipe"
PLASTICITY = "A-network-that-learns-one-task-after-another"

# paired_interval


def _interval(
    *,
    difference=lambda a, b: b - a,
    spread=lambda differences: differences.std(ddof=1),
    root=lambda n: math.sqrt(n),
    factor=lambda n, confidence: stdtrit(n - 1, (1 + confidence) / 2),
    returned=lambda mean, half: (mean, mean - half, mean + half),
):
    """The answer, or the one with the mistakes that the arguments make."""

    def paired_interval(a, b, confidence):
        differences = difference(a, b)
        half = factor(len(a), confidence) * spread(differences) / root(len(a))
        return returned(differences.mean(), half)

    return paired_interval


def _unpaired(a, b, confidence):
    n = len(a)
    half = stdtrit(n - 1, (1 + confidence) / 2) * math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / n)
    mean = b.mean() - a.mean()
    return mean, mean - half, mean + half


def _unpaired_more_freedom(a, b, confidence):
    n = len(a)
    half = stdtrit(2 * n - 2, (1 + confidence) / 2) * math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / n)
    mean = b.mean() - a.mean()
    return mean, mean - half, mean + half


def _interval_cases(generator):
    def case(n, lead, shared, own, confidence):
        common = generator.normal(0.6, shared, size=n)
        a, b = common + generator.normal(0, own, size=(2, n))
        return a, b + lead, confidence

    return [
        (np.array([0.5, 0.75, 0.25]), np.array([0.75, 1.25, 0.5]), 0.95),
        case(5, 0.03, 0.05, 0.01, 0.95),
        case(2, 0.1, 0.02, 0.03, 0.9),
        case(12, -0.04, 0.03, 0.02, 0.99),
        case(20, 0.01, 0.2, 0.02, 0.8),
        case(7, -0.2, 0.01, 0.1, 0.5),
    ]


PAIRED_INTERVAL = Question(
    id="paired_interval",
    title="An interval for paired runs",
    points=3,
    reference=_interval(),
    cases=_interval_cases,
    mistakes=(
        Mistake(
            "n_for_n_minus_one",
            _interval(spread=lambda differences: differences.std()),
            "Your standard deviation divides by n. From a few runs, of which you also take the mean, divide "
            "by n - 1: `ddof=1`.",
        ),
        Mistake(
            "unpaired",
            _unpaired,
            "The mean is right, but you add the variances of the two sides, as if the runs were no pairs. "
            "First the differences, pair by pair; then their standard deviation.",
        ),
        Mistake(
            "unpaired_more_freedom",
            _unpaired_more_freedom,
            "The mean is right, but this is the interval for runs that are no pairs, with 2n - 2 degrees of "
            "freedom. First the differences, pair by pair; then all goes with them.",
        ),
        Mistake(
            "wrong_way_round",
            _interval(difference=lambda a, b: a - b),
            "The signs are the wrong way round: asked for is `b` minus `a`.",
        ),
        Mistake(
            "no_root",
            _interval(root=lambda n: n),
            "You divide by n. The standard error is the standard deviation over the *root* of n.",
        ),
        Mistake(
            "n_minus_one_twice",
            _interval(root=lambda n: math.sqrt(n - 1)),
            "The standard deviation has its n - 1 already: the standard error divides it by the root of n.",
        ),
        Mistake(
            "no_standard_error",
            _interval(root=lambda n: 1),
            "Your interval tells where single differences lie. The mean of n is surer: divide the standard "
            "deviation by the root of n.",
        ),
        Mistake(
            "variance",
            _interval(spread=lambda differences: differences.var(ddof=1)),
            "You use the variance of the differences. The standard deviation is its root.",
        ),
        Mistake(
            "one_sided",
            _interval(factor=lambda n, confidence: stdtrit(n - 1, confidence)),
            "The factor leaves the whole rest on one side. What is left out is half on either side: the "
            "place is (1 + confidence) / 2.",
        ),
        Mistake(
            "normal",
            _interval(factor=lambda n, confidence: NormalDist().inv_cdf((1 + confidence) / 2)),
            "The factor is that of the normal distribution (1.96 for 95 %). The spread is itself estimated "
            "from a few runs, so take Student's t.",
        ),
        Mistake(
            "two",
            _interval(factor=lambda n, confidence: 1.96),
            "The factor is 1.96 whatever the confidence and the number of runs. Take Student's t, with "
            "`stdtrit`.",
        ),
        Mistake(
            "freedom_n",
            _interval(factor=lambda n, confidence: stdtrit(n, (1 + confidence) / 2)),
            "You take Student's t with n degrees of freedom. n differences have n - 1.",
        ),
        Mistake(
            "order",
            _interval(returned=lambda mean, half: (mean - half, mean, mean + half)),
            "The numbers are right, but their order is not: `mean, low, high`.",
        ),
        Mistake(
            "ends_swapped",
            _interval(returned=lambda mean, half: (mean, mean + half, mean - half)),
            "The two ends are swapped: first the low one. (Or your t is negative: its place is (1 + "
            "confidence) / 2.)",
        ),
        Mistake(
            "half_width",
            _interval(returned=lambda mean, half: (mean, half)),
            "You return the mean and half of the width. Asked for are three numbers: the mean and the two "
            "ends.",
        ),
        Mistake(
            "around_zero",
            _interval(returned=lambda mean, half: (mean, -half, half)),
            "Your interval lies around 0. It lies around the mean of the differences.",
        ),
        Mistake(
            "absolute",
            _interval(difference=lambda a, b: np.abs(b - a)),
            "You take the differences without their signs. Where `a` is ahead, the difference is negative.",
        ),
    ),
    hints=(
        "All goes with one array: the differences, one for each pair.",
        "Three numbers of it: the mean; the standard deviation with `ddof=1`, over the root of n; and t.",
        "t = stdtrit(n - 1, (1 + confidence) / 2), and the ends are mean -/+ t times the standard error.",
    ),
    section=SEEDS,
    names=("mean", "low", "high"),
)

# seeds_needed


def _needed(
    *,
    place=lambda confidence: (1 + confidence) / 2,
    power_part=lambda power: NormalDist().inv_cdf(power),
    total=lambda z1, z2: z1 + z2,
    number=lambda total, spread, effect: (total * spread / effect) ** 2,
    last=lambda z1, z2: z1**2 / 2,
    rounded=math.ceil,
    least=2,
):
    """The answer, or the one with the mistakes that the arguments make."""

    def seeds_needed(effect, spread, confidence, power):
        z1, z2 = NormalDist().inv_cdf(place(confidence)), power_part(power)
        return max(least, rounded(number(total(z1, z2), spread, effect) + last(z1, z2)))

    return seeds_needed


def _needed_cases(generator):
    law = generator.uniform
    return [
        (0.5, 1.0, 0.95, 0.8),  # 33.3: the nearest whole number is too few
        (1.0, 1.0, 0.95, 0.8),  # 9.77
        (float(law(0.02, 0.05)), float(law(0.1, 0.2)), 0.95, 0.9),
        (-float(law(0.2, 0.3)), float(law(0.5, 0.9)), 0.99, 0.8),
        (float(law(5, 6)), float(law(0.5, 0.6)), 0.8, 0.8),  # below 1, so 2
        (float(law(0.001, 0.002)), float(law(0.004, 0.008)), 0.9, 0.6),
        (float(law(0.3, 0.5)), 0.0, 0.95, 0.8),
        (0.5, 1.0, 0.95, 0.3),  # below a power of 0.5 its quantile is negative
        (float(law(0.6, 0.9)), float(law(2.5, 3.5)), 0.8, 0.95),
    ]


SEEDS_NEEDED = Question(
    id="seeds_needed",
    title="How many seeds?",
    points=3,
    reference=_needed(),
    cases=_needed_cases,
    mistakes=(
        Mistake(
            "no_power",
            _needed(power_part=lambda power: 0.0),
            "You leave out the power. With so many seeds the interval reaches about as far as the effect, "
            "and every second study misses it: add the quantile for the power.",
        ),
        Mistake(
            "no_last_term",
            _needed(last=lambda z1, z2: 0.0),
            "You leave out z₁²/2. Without it the spread would have to be known; Student's t, which estimates "
            "it from the same runs, takes that many runs more.",
        ),
        Mistake(
            "both_in_the_last_term",
            _needed(last=lambda z1, z2: (z1 + z2) ** 2 / 2),
            "In the last term, z₁²/2, stands the quantile for the confidence alone.",
        ),
        Mistake(
            "last_not_halved",
            _needed(last=lambda z1, z2: z1**2),
            "The last term is *half* of z₁².",
        ),
        Mistake(
            "last_not_squared",
            _needed(last=lambda z1, z2: z1 / 2),
            "In the last term z₁ is squared, too: z₁²/2.",
        ),
        Mistake(
            "rounded_down",
            _needed(rounded=math.floor),
            "You round down. The smallest whole number that is *enough* is the next one above: `math.ceil`.",
        ),
        Mistake(
            "one_more",
            _needed(rounded=lambda number: math.floor(number) + 1, least=3),
            "Your number is never below 3. Two pairs are the least that has a spread, and asked for is at "
            "least 2.",
        ),
        Mistake(
            "to_the_nearest",
            _needed(rounded=round),
            "You round to the nearest whole number, which may be too few. Take the next one above: "
            "`math.ceil`.",
        ),
        Mistake(
            "one_sided",
            _needed(place=lambda confidence: confidence),
            "The quantile for the confidence is taken at `confidence`. An interval leaves out half of the "
            "rest on either side: take it at (1 + confidence) / 2.",
        ),
        Mistake(
            "power_two_sided",
            _needed(power_part=lambda power: NormalDist().inv_cdf((1 + power) / 2)),
            "The quantile for the power is taken at (1 + power) / 2. A study fails on one side only: take it "
            "at `power` itself.",
        ),
        Mistake(
            "not_squared",
            _needed(number=lambda total, spread, effect: total * spread / abs(effect)),
            "You forgot to square: the standard error falls with the *root* of n.",
        ),
        Mistake(
            "variance",
            _needed(number=lambda total, spread, effect: total**2 * spread / effect**2),
            "You square the quantiles and the effect, but not the spread. It is a standard deviation; its "
            "square is needed.",
        ),
        Mistake(
            "upside_down",
            _needed(number=lambda total, spread, effect: (total * effect / spread) ** 2 if spread else 0.0),
            "Effect and spread are swapped: the larger the spread, the more seeds; the larger the effect, "
            "the fewer.",
        ),
        Mistake(
            "squares_added",
            _needed(total=lambda z1, z2: math.hypot(z1, z2)),
            "You square the two quantiles one by one. Add them first, then square the sum.",
        ),
        Mistake(
            "two_sides",
            _needed(number=lambda total, spread, effect: 2 * (total * spread / effect) ** 2),
            "You double the variance, as for two sides with their own seeds. `spread` is that of the "
            "*differences* already.",
        ),
        Mistake(
            "no_least",
            _needed(least=0),
            "Where the effect is large, you return fewer than 2. One pair has no spread: 2 is the least.",
        ),
        Mistake(
            "not_rounded",
            _needed(rounded=lambda number: number),
            "You return a number with decimals. A number of seeds is whole: take the next one above, "
            "`math.ceil`.",
        ),
    ),
    hints=(
        "Two quantiles of the normal distribution, `NormalDist().inv_cdf(share)`: for which shares?",
        "Their sum times spread / effect, squared, is the greater part. Then comes the term of z₁ alone.",
        "Add the two terms, round up with `math.ceil`, and take at least 2 with `max`.",
    ),
    section=SEEDS,
)

# swiglu


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _silu(z):
    return z * _sigmoid(z)


def _gated(*, gate=_silu, value=lambda v: v, join=np.multiply, last=lambda hidden, output: hidden @ output):
    """The answer, or the one with the mistakes that the arguments make."""

    def swiglu(x, weights, value_weights, output):
        return last(join(gate(x @ weights), value(x @ value_weights)), output)

    return swiglu


def _swiglu_cases(generator):
    def case(n, inputs, units, outputs, dtype=np.float64):
        shapes = (n, inputs), (inputs, units), (inputs, units), (units, outputs)
        return tuple(generator.normal(size=shape).astype(dtype) for shape in shapes)

    small = (
        np.array([[1.0, -1.0]]),
        np.array([[2.0], [0.0]]),
        np.array([[0.0], [3.0]]),
        np.array([[1.0, 10.0]]),
    )
    return [
        small,
        case(5, 3, 4, 2),
        case(2, 6, 3, 5),
        case(7, 4, 4, 4),
        case(1, 2, 8, 3),
        case(4, 5, 6, 2, np.float32),
    ]


SWIGLU = Question(
    id="swiglu",
    title="A gated layer: SwiGLU",
    points=3,
    reference=_gated(),
    cases=_swiglu_cases,
    mistakes=(
        Mistake(
            "glu",
            _gated(gate=_sigmoid),
            "Your gate is the sigmoid: that is GLU. SiLU multiplies it by z once more: z times sigmoid(z).",
        ),
        Mistake(
            "reglu",
            _gated(gate=lambda z: np.maximum(z, 0)),
            "Your gate is ReLU: that is ReGLU. SwiGLU's is SiLU, z times sigmoid(z).",
        ),
        Mistake(
            "geglu",
            _gated(gate=lambda z: z * ndtr(z)),
            "Your gate is GELU: that is GEGLU. SwiGLU's is SiLU, z times sigmoid(z).",
        ),
        Mistake(
            "tanh",
            _gated(gate=np.tanh),
            "Your gate is tanh. SwiGLU's is SiLU, z times sigmoid(z).",
        ),
        Mistake(
            "wrong_factor",
            lambda x, weights, value_weights, output: _gated()(x, value_weights, weights, output),
            "SiLU belongs to the product with `weights`; the one with `value_weights` stays as it is.",
        ),
        Mistake(
            "both",
            _gated(value=_silu),
            "You apply SiLU to both factors. The one with `value_weights` stays as it is.",
        ),
        Mistake(
            "after",
            lambda x, weights, value_weights, output: _silu((x @ weights) * (x @ value_weights)) @ output,
            "You multiply first and apply SiLU to the product. It belongs to one factor alone, before.",
        ),
        Mistake(
            "no_gate",
            _gated(gate=lambda z: z),
            "You multiply the two factors without SiLU.",
        ),
        Mistake(
            "plain",
            lambda x, weights, value_weights, output: _silu(x @ weights) @ output,
            "`value_weights` are not used: that is a plain layer with SiLU. The second product multiplies "
            "it, element by element.",
        ),
        Mistake(
            "added",
            _gated(join=np.add),
            "You add the two factors. The one multiplies the other.",
        ),
        Mistake(
            "no_output",
            _gated(last=lambda hidden, output: hidden),
            "These are the hidden units. The result is their product with `output`.",
        ),
        Mistake(
            "silu_at_the_end",
            lambda x, weights, value_weights, output: _silu(_gated()(x, weights, value_weights, output)),
            "After `output` comes no activation.",
        ),
        Mistake(
            "sign_in_the_exponent",
            _gated(gate=lambda z: z / (1 + np.exp(z))),
            "A sign is wrong in the sigmoid: it is 1 / (1 + exp(-z)), near 1 for large z.",
        ),
    ),
    hints=(
        "Two products of `x`, both of shape (n, units). Only one of them goes through SiLU.",
        "SiLU: z / (1 + np.exp(-z)). `*` multiplies arrays element by element, `@` is the matrix product.",
        "The product of the two factors, then `@ output`.",
    ),
    section=FAIR,
    vectorised=True,
    sized=lambda n: (np.ones((n, 2)), np.ones((2, 3)), np.ones((2, 3)), np.ones((3, 2))),
)

# deciding_number

# What decides, for each verdict: the least or the greatest of the intervals' low (0) or high (1) ends.
DECIDING = {"supported": (min, 0), "overstated": (min, 1), "false": (max, 1)}


def _judged(above, below):
    """The verdict; above and below tell of each case whether its whole interval lies there."""
    if all(above):
        return "supported"
    if all(below):
        return "false"
    return "overstated" if any(above) and any(below) else "not decided"


def _deciding(
    *,
    judged=_judged,
    above=lambda claimed, low, high: low > claimed,
    below=lambda claimed, low, high: high < claimed,
    returned=lambda verdict, case, number: (verdict, case, number),
    **ends,
):
    """The answer, or the one with the mistakes that the arguments make; ends replace those of DECIDING."""

    def deciding_number(claimed, measured):
        sides = ([side(claimed, *each) for each in measured.values()] for side in (above, below))
        verdict = judged(*sides)
        if verdict == "not decided":
            return returned(verdict, None, None)
        choose, end = {**DECIDING, **ends}[verdict]
        case = choose(measured, key=lambda case: measured[case][end])
        return returned(verdict, case, measured[case][end])

    return deciding_number


def _first_counterexample(claimed, measured):
    verdict, case, number = _deciding()(claimed, measured)
    if verdict == "overstated":
        case, number = next((case, high) for case, (_, high) in measured.items() if high < claimed)
    return verdict, case, number


def _distance(claimed, measured):
    verdict, case, number = _deciding()(claimed, measured)
    return verdict, case, None if number is None else number - claimed


def _deciding_cases(generator):
    def intervals(claimed, **places):
        """Intervals around claimed + place, in shuffled order; half as wide as 1 where the place is not 0."""
        found = {}
        for name in generator.permutation(list(places)):
            place = places[name]
            low, high = generator.uniform((0.2, 0.3), (0.25, 0.5)) * (1 if place else 2)
            found[str(name)] = (float(claimed + place - low), float(claimed + place + high))
        return claimed, found

    return [
        (0.0, {"wide": (0.25, 0.5), "narrow": (-0.5, -0.25)}),
        (0.0, {"wide": (0.25, 0.5), "narrow": (-0.25, 0.125)}),
        intervals(0.5, he=3, xavier=1, lecun=2),
        intervals(-0.5, he=-1, xavier=-3, lecun=-2),
        intervals(1.0, short=1, long=-1, longer=-2, longest=-3),
        intervals(0.0, short=-1, long=2, longer=0, longest=-2),
        intervals(2.0, digits=-1, curve=0, signals=-2),
        intervals(0.25, digits=0, curve=0),
        (0.1, {"digits": (0.2, 0.9), "curve": (0.3, 0.4)}),  # the least low end is not of the least high end
        (0.9, {"digits": (-0.8, 0.6), "curve": (0.3, 0.4)}),
        (0.5, {"signals": (-0.4, 0.3), "curve": (0.1, 0.2), "digits": (0.9, 1.1)}),
        (0.0, {"digits": (0.25, 0.5), "curve": (0.0, 0.5)}),  # an end that equals the claim decides nothing
        (0.0, {"digits": (-0.75, -0.5), "curve": (-0.5, 0.0)}),
        (0.0, {"digits": (-0.125, 0.5)}),  # one case: its interval decides, or does not
        (0.2, {"digits": (0.25, 0.75)}),
        (0.8, {"digits": (0.25, 0.75)}),
    ]


DECIDING_NUMBER = Question(
    id="deciding_number",
    title="Which number decides?",
    points=2,
    reference=_deciding(),
    cases=_deciding_cases,
    mistakes=(
        Mistake(
            "middle",
            _deciding(
                above=lambda claimed, low, high: (low + high) / 2 > claimed,
                below=lambda claimed, low, high: (low + high) / 2 < claimed,
            ),
            "You go by the middle of each interval. An interval with the claimed number inside decides "
            "nothing.",
        ),
        Mistake(
            "touching",
            _deciding(
                above=lambda claimed, low, high: low >= claimed,
                below=lambda claimed, low, high: high <= claimed,
            ),
            "An end that equals `claimed` does not lie beyond it: that interval decides nothing.",
        ),
        Mistake(
            "wrong_way_round",
            _deciding(
                above=lambda claimed, low, high: high < claimed,
                below=lambda claimed, low, high: low > claimed,
            ),
            "The wrong way round: the claim says that the numbers lie *above* `claimed`.",
        ),
        Mistake(
            "one_case_supports",
            _deciding(judged=lambda above, below: "supported" if any(above) else _judged(above, below)),
            "One case above `claimed` does not support a claim about every case: all intervals must lie "
            "above.",
        ),
        Mistake(
            "one_case_refutes",
            _deciding(judged=lambda above, below: "false" if any(below) else _judged(above, below)),
            'Where the claim holds in some cases and fails in others, it is "overstated". "false" is for '
            "claims "
            "that fail in every case.",
        ),
        Mistake(
            "not_supported_is_false",
            _deciding(
                judged=lambda above, below: (
                    "supported" if all(above) else "overstated" if any(above) else "false"
                )
            ),
            "An interval that does not lie above `claimed` need not lie below it: it may be too wide to "
            "tell.",
        ),
        Mistake(
            "not_false_is_supported",
            _deciding(
                judged=lambda above, below: (
                    "false" if all(below) else "overstated" if any(below) else "supported"
                )
            ),
            "An interval that does not lie below `claimed` need not lie above it: it may be too wide to "
            "tell.",
        ),
        Mistake(
            "only_two_verdicts",
            _deciding(
                judged=lambda above, below: (
                    "supported" if all(above) else "overstated" if any(below) else "not decided"
                )
            ),
            'Where every interval lies below `claimed`, the claim is "false": no case speaks for it.',
        ),
        Mistake(
            "the_best_supports",
            _deciding(supported=(max, 0)),
            'For "supported" you name the case that speaks most for the claim. What decides is the one that '
            "speaks least for it: the smallest low end.",
        ),
        Mistake(
            "the_far_end_supports",
            _deciding(supported=(min, 1)),
            'For "supported" you take a high end. The whole interval lies above `claimed` if its *low* end '
            "does.",
        ),
        Mistake(
            "the_worst_refutes",
            _deciding(false=(min, 1)),
            'For "false" you name the case that speaks least for the claim. The claim fails even in the one '
            "that "
            "speaks most for it: the greatest high end.",
        ),
        Mistake(
            "the_far_end_refutes",
            _deciding(false=(max, 0)),
            'For "false" you take a low end. The whole interval lies below `claimed` if its *high* end does.',
        ),
        Mistake(
            "the_example_decides",
            _deciding(overstated=(max, 0)),
            'For "overstated" you name a case that speaks for the claim. What decides is the clearest '
            "counterexample: the smallest high end.",
        ),
        Mistake(
            "the_lowest_end",
            _deciding(overstated=(min, 0)),
            'For "overstated" you take a low end. The whole interval lies below `claimed` if its *high* end '
            "does.",
        ),
        Mistake(
            "first_counterexample",
            _first_counterexample,
            'For "overstated" you name a counterexample, but not the clearest one, the one with the smallest '
            "high end.",
        ),
        Mistake(
            "distance",
            _distance,
            "You return the distance from `claimed`. Asked for is the end of the interval itself.",
        ),
        Mistake(
            "text_alone",
            _deciding(returned=lambda verdict, case, number: verdict),
            "The verdict alone is returned. Asked for are three things: verdict, case and number.",
        ),
        Mistake(
            "order",
            _deciding(returned=lambda verdict, case, number: (verdict, number, case)),
            "The order is not right: `verdict, case, number`.",
        ),
    ),
    hints=(
        "First the verdict: make two lists, which intervals lie above `claimed` and which lie below it; "
        "`all` and `any` tell of a list whether all of it, or some of it, is True.",
        "Then the case: `min` or `max` of `measured` by one end of its intervals, as in the example of the "
        "task.",
        "supported: the smallest low end. overstated: the smallest high end. false: the greatest high end.",
    ),
    section=COURT,
    names=("verdict", "case", "number"),
)

QUESTIONS = (PAIRED_INTERVAL, SEEDS_NEEDED, SWIGLU, DECIDING_NUMBER)


def _judge(identifier, topic, claim, verdict, supported, overstated, false, section):
    """A choice between the three verdicts on a claim; the topic tells several answers in a row apart."""
    feedback = {"Supported": supported, "Overstated": overstated, "False": false}
    options = (Option(text, f"{topic}: {told}", right=text == verdict) for text, told in feedback.items())
    return Choice(identifier, f"“{claim}”", tuple(options), section)


CHOICES = (
    _judge(
        "judge_gradient",
        "Gradients",
        "ReLU avoids vanishing gradients.",
        "Overstated",
        "with He's initialisation wide layers keep them. With Xavier's, or PyTorch's default, they vanish.",
        "it holds with He's initialisation (χ = 1) and fails with others, clearest with PyTorch's (χ = 1/6).",
        "there is a case for it: with He's initialisation the gradient arrives, 30 wide layers down.",
        COURT,
    ),
    _judge(
        "judge_default",
        "PyTorch's default",
        "PyTorch's Linear layers start with He's initialisation for ReLU.",
        "False",
        "the function that it calls bears his first name, Kaiming. The variance is a sixth of He's.",
        "there is only one case, and it fails: the variance is a sixth of He's.",
        "the variance is 1 / (3 fan_in), a sixth of He's 2 / fan_in, whatever the function's name is.",
        COURT,
    ),
    _judge(
        "judge_pieces",
        "Pieces",
        "With the same number of units, a deeper network has exponentially more linear pieces.",
        "Overstated",
        "the folded tent has. Random networks, and the trained ones of lesson 5, have about as many at "
        "every depth, or fewer.",
        "it is true of the most that is possible, and of networks built to fold. It is not true of typical "
        "ones.",
        "there is a case for it: the folded tent doubles its pieces with every layer.",
        COURT,
    ),
    _judge(
        "judge_curve",
        "Curves",
        "One hidden layer of ReLU units comes as close as you like to a smooth curve on an interval.",
        "Supported",
        "it is a theorem: n pieces miss by at most max|f''| ℓ²/(8n²), and n may be as large as you like.",
        "no case fails: for every smooth curve on an interval the bound goes to 0. (It does not say that "
        "training finds these weights.)",
        "hinges at enough knots do it: the error falls at least as fast as the square of their number grows.",
        COURT,
    ),
    _judge(
        "judge_zeros",
        "Zeros",
        "Half of what ReLU hands on is 0. So a network that leaves these zeros out computes twice as fast.",
        "False",
        "not even if leaving out costs nothing: the first layer multiplies inputs, which are not ReLU's.",
        "its best case is that leaving out costs nothing, and even then it stays below twice.",
        "even if leaving out costs nothing, it is less than twice: the first layer's inputs are not ReLU's "
        "zeros. And leaving out costs time.",
        TRAINED,
    ),
    _judge(
        "judge_dead",
        "Dead units",
        "Under plain SGD on fixed data, a dead unit never recovers.",
        "Overstated",
        "in the first hidden layer that is a theorem. In the second, units have just come back.",
        "it holds in the first hidden layer and fails in deeper ones, whose inputs move.",
        "there is a case for it: in the first hidden layer no unit has come back, and none can.",
        TRAINED,
    ),
    _judge(
        "judge_recurrent",
        "Recurrent networks",
        "ReLU cannot be used in recurrent networks.",
        "False",
        "with the identity as recurrent weights all networks learn the task here, and with He's most do.",
        "there is no case for it here: even with He's weights, which nobody made to remember, most learn.",
        "even with He's weights, which are not made to remember, most of the networks learn; with the "
        "identity all do.",
        TRAINED,
    ),
    _judge(
        "judge_output",
        "Outputs",
        "With a ReLU after the last layer, no training brings the mean squared error below the mean of "
        "min(target, 0)².",
        "Supported",
        "each negative target costs at least its square, for 0 is the nearest to it that ReLU comes.",
        "there is no case in which it fails: the output is never below 0, and 0 is the nearest to a negative "
        "target.",
        "no training gets around it: the output is never below 0, and 0 is the nearest to a negative target.",
        TRAINED,
    ),
    Choice(
        "weigh_a_claim",
        "“Leaky ReLU brings a dead network back to life.” In lesson 9, from a dead start and with plain SGD, "
        "a slope of 0.2 reached good accuracies, and 0.01 stayed at chance. What do these numbers allow?",
        (
            Option(
                "It is supported: with a good slope it works",
                "The claim does not name the slope, and the usual one, 0.01, failed.",
            ),
            Option(
                "It is false: it failed with the usual slope",
                "With 0.2 it worked, so there is a case for it.",
            ),
            Option(
                "It is overstated: it holds for slope 0.2 there, and not for 0.01",
                "It holds in a part of what it speaks of. Say in which, and it is supported.",
                right=True,
            ),
            Option(
                "Nothing: one data set decides nothing",
                "One case is enough to show that a claim for all cases is too wide. To *support* it, one is "
                "little.",
            ),
        ),
        TRAINED,
    ),
    Choice(
        "five_seeds",
        "ELU leads ReLU by 0.0066, three quarters of the standard deviation of a single run. Many studies "
        "try five seeds on either side, all different. In which share of them does the 95 % interval lie "
        "above 0?",
        (
            Option(
                "In about 95 %",
                "95 % is how often the interval contains the true difference. It may contain 0 as well.",
            ),
            Option(
                "In about 60 %",
                "So often with about seventeen seeds on either side, which few studies have.",
            ),
            Option(
                "In about 15 %",
                "The difference is real, and five seeds on either side seldom show it.",
                right=True,
            ),
            Option(
                "In less than 1 %",
                "Some studies are lucky: their runs happen to lie close together, or far apart on the right "
                "side.",
            ),
        ),
        SEEDS,
    ),
    Choice(
        "not_decided",
        "A paper compares two activations with three seeds each. The interval for the difference goes from "
        "−0.004 to +0.012. What do you conclude?",
        (
            Option(
                "The two are equally good",
                "The interval also contains differences that may matter. That none was shown does not show "
                "that there is none.",
            ),
            Option(
                "The second is better, for most of the interval is above 0",
                "0 and negative differences lie in it, too, so the order of the two is open.",
            ),
            Option(
                "The second is better with probability 95 %",
                "95 % is how often such intervals contain the true difference. It is no probability that one "
                "side is better.",
            ),
            Option(
                "It is not decided; compute how many seeds it takes to see a lead that would matter",
                "Right: the effect is the one worth seeing. The spread from three runs is a rough guess, so "
                "be generous, and take the same seeds on both sides.",
                right=True,
            ),
        ),
        SEEDS,
    ),
    Choice(
        "gelu_better",
        "GELU against ReLU on MNIST-1D, 20 pairs of runs. After three epochs GELU is ahead, and the interval "
        "lies above 0. What happens to the lead by epoch 25?",
        (
            Option(
                "It grows",
                "GELU learns faster here at first; ReLU catches up.",
            ),
            Option(
                "It stays about as large",
                "That would make the result independent of the number of epochs. It is not.",
            ),
            Option(
                "It shrinks to less than half",
                "What three epochs showed was mostly speed.",
                right=True,
            ),
            Option(
                "ReLU is ahead by as much",
                "Such a turn you see with ELU, not with GELU.",
            ),
        ),
        FAIR,
    ),
    Choice(
        "fair_width",
        "A plain block has hidden width 96 between 24 inputs and 24 outputs, without biases. A SwiGLU block "
        "is to have as many weights. Which width does it get?",
        (
            Option(
                "96: the same width",
                "Then it has three matrices of that size against two: half as many weights again.",
            ),
            Option(
                "64: two thirds",
                "2 · 24 · 96 = 4608 = 3 · 24 · 64.",
                right=True,
            ),
            Option(
                "48: one half",
                "There are three matrices, not four: 3 · 24 · 48 = 3456, a quarter too few.",
            ),
            Option(
                "144: one and a half times",
                "The wrong way round: a third matrix asks for a smaller width.",
            ),
        ),
        FAIR,
    ),
    Choice(
        "who_keeps_learning",
        "After 40 tasks, which of the networks still learn a new task as well as they learnt the first?",
        (
            Option(
                "All: they have only become more experienced",
                "The tasks have nothing in common that would help, and something is lost on the way.",
            ),
            Option(
                "Leaky ReLU and tanh: their units do not die",
                "Both lose much less than ReLU, but both lose: their intervals lie below 0.",
            ),
            Option(
                "Only tanh",
                "It loses less than ReLU and more than leaky ReLU.",
            ),
            Option(
                "None, though ReLU loses by far the most",
                "Even those with next to no unit off lose a little.",
                right=True,
            ),
        ),
        PLASTICITY,
    ),
    Choice(
        "what_shows_a_cause",
        "When the dead units start anew before each task, ReLU loses next to nothing. Why does that not yet "
        "show that the dead units caused the loss?",
        (
            Option(
                "It does show it: with the dead units, the loss went",
                "The loss also goes when the dead units stay as they are, and as many living ones start "
                "anew.",
            ),
            Option(
                "It also brings in fresh units, and these help in the place of living ones, too",
                "A control is needed for everything that an intervention changes. This one changes two "
                "things.",
                right=True,
            ),
            Option(
                "Adam's running means start anew, too",
                "They do so before every task in all of the runs, so this makes no difference between them.",
            ),
            Option(
                "Twenty networks are too few",
                "The interval for what is gained lies far above 0: it is no accident. The question is what "
                "it comes from.",
            ),
        ),
        PLASTICITY,
    ),
)
