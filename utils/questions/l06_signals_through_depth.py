"""Lesson 6: He's scale, the size of a signal layer by layer, chi, and the correlation map."""

from itertools import pairwise

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
SIZE = "One-layer-changes-the-size-of-the-signal"
CHI = "Going-back,-the-factor-is-chi"
WEIGHTS = "The-gradients-of-the-weights"
ALIKE = "Deeper,-different-inputs-point-the-same-way"

# he_scale


def he_scale(shape, negative_slope):
    fan_in, _ = shape
    return np.sqrt(2 / ((1 + negative_slope**2) * fan_in))


def _he_cases(generator):
    slopes = (0.0, 0.01, 0.2, 0.5, 1.0, 2.0, -0.5)
    shapes = ((64, 30), (256, 10), (10, 300), (5, 7), (100, 64), (3, 4), (50, 20))
    drawn = [
        (tuple(map(int, generator.integers(2, 500, size=2))), float(generator.uniform(0.1, 0.9)))
        for _ in range(3)
    ]
    return [*zip(shapes, slopes, strict=True), *drawn]


HE_SCALE = Question(
    id="he_scale",
    title="He's scale for any slope",
    points=2,
    reference=he_scale,
    cases=_he_cases,
    mistakes=(
        Mistake(
            "variance",
            lambda shape, negative_slope: 2 / ((1 + negative_slope**2) * shape[0]),
            "This is the variance. Random numbers are drawn with a standard deviation, which is its root.",
        ),
        Mistake(
            "fan_out",
            lambda shape, negative_slope: np.sqrt(2 / ((1 + negative_slope**2) * shape[1])),
            "You took fan_out, the number of units. A pre-activation is a sum of fan_in products, and in the "
            "course's shape (fan_in, fan_out) that is the first number.",
        ),
        Mistake(
            "xavier",
            lambda shape, negative_slope: np.sqrt(2 / sum(shape)),
            "This is Xavier's scale: it takes the mean of fan_in and fan_out, and knows no slope.",
        ),
        Mistake(
            "fans_added",
            lambda shape, negative_slope: np.sqrt(2 / ((1 + negative_slope**2) * sum(shape))),
            "You divide by fan_in + fan_out, as Xavier does. He's scale has fan_in alone.",
        ),
        Mistake(
            "fans_multiplied",
            lambda shape, negative_slope: np.sqrt(2 / ((1 + negative_slope**2) * shape[0] * shape[1])),
            "You divide by the number of all weights. One pre-activation is a sum of fan_in products only.",
        ),
        Mistake(
            "no_slope",
            lambda shape, negative_slope: np.sqrt(2 / shape[0]),
            "This is He's scale for ReLU, whatever the slope. A leaky ReLU keeps part of the negative half, "
            "so its weights must be smaller.",
        ),
        Mistake(
            "one_plus_slope",
            lambda shape, negative_slope: np.sqrt(2 / ((1 + negative_slope) * shape[0])),
            "The slope enters as 1 + slope. It is the mean square that counts, so the negative half keeps "
            "the square of the slope.",
        ),
        Mistake(
            "one_plus_slope_all_squared",
            lambda shape, negative_slope: np.sqrt(2 / ((1 + negative_slope) ** 2 * shape[0])),
            "You squared 1 + slope as a whole. Positive and negative z never meet: the squares of the two "
            "halves are added, 1 + slope².",
        ),
        Mistake(
            "slope_above",
            lambda shape, negative_slope: np.sqrt(2 * (1 + negative_slope**2) / shape[0]),
            "The factor 1 + slope² stands above the fraction line. The more the activation hands on, the "
            "smaller the weights must be: it belongs below.",
        ),
        Mistake(
            "fan_in_above",
            lambda shape, negative_slope: np.sqrt(2 / (1 + negative_slope**2) * shape[0]),
            "You multiply by fan_in. More products in a sum need smaller weights: divide by it. (In "
            "`2 / a * b` Python multiplies by b; `2 / (a * b)` divides by both.)",
        ),
        Mistake(
            "without_two",
            lambda shape, negative_slope: np.sqrt(1 / ((1 + negative_slope**2) * shape[0])),
            "The factor 2 is missing. It makes up for the half of the squares that ReLU takes away.",
        ),
        Mistake(
            "lecun",
            lambda shape, negative_slope: np.sqrt(1 / shape[0]),
            "This is LeCun's scale: it is right without a bend, or with slope 1. What the activation takes "
            "away must be made up for.",
        ),
        Mistake(
            "pytorch_default",
            lambda shape, negative_slope: np.sqrt(1 / (3 * shape[0])),
            "This is the standard deviation of PyTorch's default: He's with a slope of √5, whatever "
            "`negative_slope` is.",
        ),
        Mistake(
            "no_fan_in",
            lambda shape, negative_slope: np.sqrt(2 / (1 + negative_slope**2)),
            "fan_in is missing: the more products are added up, the smaller each weight must be.",
        ),
        Mistake(
            "minus",
            lambda shape, negative_slope: np.sqrt(2 / (abs(1 - negative_slope**2) * shape[0] + 1e-300)),
            "You subtract slope². What the negative half keeps is added: 1 + slope².",
        ),
        Mistake(
            "fan_out_no_slope",
            lambda shape, negative_slope: np.sqrt(2 / shape[1]),
            "You took fan_out, and no slope. A pre-activation is a sum of fan_in products, the first number "
            "of `shape`; and a leaky ReLU keeps part of the negative half.",
        ),
        Mistake(
            "fan_in_outside",
            lambda shape, negative_slope: np.sqrt(2 / (1 + negative_slope**2)) / shape[0],
            "You divide by fan_in, not by its root: fan_in belongs to the variance, so it stands under the "
            "root, too.",
        ),
        Mistake(
            "root_of_two_only",
            lambda shape, negative_slope: np.sqrt(2) / ((1 + negative_slope**2) * shape[0]),
            "The root is taken of 2 alone. Take it of the whole variance.",
        ),
        Mistake(
            "uniform_bound",
            lambda shape, negative_slope: np.sqrt(6 / ((1 + negative_slope**2) * shape[0])),
            "This is the bound of the uniform distribution with He's variance, √3 times too much. Asked for "
            "is the standard deviation.",
        ),
    ),
    hints=(
        "Start from the variance in the lesson: what is it for a leaky ReLU with negative slope s?",
        "Which of the two numbers in `shape` says how many products one pre-activation adds up?",
        "The standard deviation is the root of the whole variance: `np.sqrt(…)` around everything.",
    ),
    section=SIZE,
)

# signal_sizes


def signal_sizes(x, weights):
    sizes, a = [], x
    for weight in weights:
        z = a @ weight
        sizes.append(np.sqrt(np.mean(z**2)))
        a = np.maximum(z, 0)
    return np.array(sizes)


def _stack(generator, *sizes, scale=1.0):
    return [scale * generator.normal(size=pair) for pair in pairwise(sizes)]


def _sizes_cases(generator):
    small = [np.array([[1.0, 0.0, -1.0], [1.0, 1.0, 2.0]]), np.array([[1.0, -1.0], [2.0, 1.0], [-1.0, 0.5]])]
    return [
        (np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 1.0]]), small),
        (generator.normal(size=(6, 3)), _stack(generator, 3, 5, 4, 2)),
        (generator.normal(size=(4, 2)), _stack(generator, 2, 3)),
        (generator.normal(size=(1, 7)), _stack(generator, 7, 8, 8, 8, 5, scale=0.3)),
        (3 + generator.normal(size=(9, 4)), _stack(generator, 4, 6, 6, scale=2.0)),
    ]


def _sizes(size=lambda z: np.sqrt(np.mean(z**2)), bend=lambda z: np.maximum(z, 0), of_a=False):
    def answer(x, weights):
        sizes, a = [], x
        for weight in weights:
            z = a @ weight
            a = bend(z)
            sizes.append(size(a if of_a else z))
        return np.array(sizes)

    return answer


def _last_affine(x, weights):
    """Right before ReLU, and the sizes of what a network hands on: a in hidden layers, z in the last."""
    sizes = _sizes(of_a=True)(x, weights)
    sizes[-1] = signal_sizes(x, weights)[-1]
    return sizes


SIGNAL_SIZES = Question(
    id="signal_sizes",
    title="The size of a signal, layer by layer",
    points=3,
    reference=signal_sizes,
    cases=_sizes_cases,
    mistakes=(
        Mistake(
            "mean_square",
            _sizes(lambda z: np.mean(z**2)),
            "These are the mean squares. The size is the root of each.",
        ),
        Mistake(
            "standard_deviation",
            _sizes(np.std),
            "This is the standard deviation: it takes the mean away first. The size is measured from 0: the "
            "root of the mean of the squares.",
        ),
        Mistake(
            "variance",
            _sizes(np.var),
            "This is the variance: it takes the mean away first. The size is measured from 0: the root of "
            "the mean of the squares.",
        ),
        Mistake(
            "mean_of_sizes",
            _sizes(lambda z: np.mean(np.sqrt(np.mean(z**2, axis=1)))),
            "You take a root for each sample and then the mean of the roots. Take one mean of all squares, "
            "over samples and units, and its root last.",
        ),
        Mistake(
            "mean_over_samples_only",
            _sizes(lambda z: np.sqrt(np.sum(z**2) / len(z))),
            "You divide the sum of the squares by the number of samples alone. The mean is over all samples "
            "and units.",
        ),
        Mistake(
            "mean_over_units_only",
            _sizes(lambda z: np.sqrt(np.sum(z**2) / z.shape[1])),
            "You divide the sum of the squares by the number of units alone. The mean is over all samples "
            "and units.",
        ),
        Mistake(
            "mean_absolute",
            _sizes(lambda z: np.mean(np.abs(z))),
            "This is the mean of the absolute values. The size is the root of the mean of the squares.",
        ),
        Mistake(
            "norm",
            _sizes(lambda z: np.sqrt(np.sum(z**2))),
            "You add up the squares and take the root: that grows with the number of samples and units. Take "
            "the mean of the squares.",
        ),
        Mistake(
            "activations",
            _sizes(of_a=True),
            "You measure after ReLU. Asked for are the sizes of the pre-activations z, before it.",
        ),
        Mistake(
            "activations_but_last",
            _last_affine,
            "In the hidden layers you measure after ReLU. Asked for are the sizes of the pre-activations z, "
            "before it, in every layer.",
        ),
        Mistake(
            "no_relu",
            _sizes(bend=lambda z: z),
            "Between the layers ReLU is missing: each layer gets relu(z) of the one before, not z.",
        ),
        Mistake(
            "relu_on_input",
            lambda x, weights: signal_sizes(np.maximum(x, 0), weights),
            "ReLU is applied to the input, too. The first layer takes x as it is.",
        ),
        Mistake(
            "with_input",
            lambda x, weights: np.array([np.sqrt(np.mean(x**2)), *signal_sizes(x, weights)]),
            "The size of the input stands before the others. Return one number for each layer.",
        ),
        Mistake(
            "input_not_last",
            lambda x, weights: np.array([np.sqrt(np.mean(x**2)), *signal_sizes(x, weights)[:-1]]),
            "The first number is the size of x, and that of the last layer is missing. Measure after each "
            "product, not before it.",
        ),
        Mistake(
            "what_layers_receive",
            lambda x, weights: np.array(
                [np.sqrt(np.mean(x**2)), *_sizes(of_a=True)(x, weights)[: len(weights) - 1]]
            ),
            "You measure what goes into each layer's product: x, and then relu(z). Asked for is what comes "
            "out of it, z.",
        ),
        Mistake(
            "last_only",
            lambda x, weights: signal_sizes(x, weights)[-1],
            "This is the last layer's size alone. Return one number for each layer, as an array.",
        ),
        Mistake(
            "first_weights_again",
            lambda x, weights: np.array([np.sqrt(np.mean((x @ weights[0]) ** 2))] * len(weights)),
            "Every layer has the same number: the signal is not carried on. The next layer must get what "
            "this one hands on.",
        ),
    ),
    hints=(
        "Carry one array through a loop over `weights`, as in a forward pass; keep a list of sizes.",
        "In each round: z from the array and the weight matrix, the size of z into the list, and then ReLU "
        "for the next round.",
        "`np.mean(z**2)` is the mean over all samples and units at once. At the end, `np.array(sizes)`.",
    ),
    section=SIZE,
)

# chi


def chi(pre_activation, weights, negative_slope):
    slopes = np.where(pre_activation > 0, 1.0, negative_slope)
    return weights.shape[1] * np.mean(weights**2) * np.mean(slopes**2)


def _chi_cases(generator):
    def case(n, width, fan_out, slope, scale=1.0, shift=0.0):
        z = shift + generator.normal(size=(n, width))
        return z, scale * generator.normal(size=(width, fan_out)) + 0.1, slope

    z = np.array([[1.0, -2.0], [3.0, 4.0]])
    zeros = np.array([[0.0, 2.0, -1.0], [0.0, -3.0, 0.5]])
    return [
        (z, np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 1.0]]), 0.5),
        case(6, 5, 3, 0.0),
        case(4, 3, 8, 0.2, shift=0.5),
        case(30, 10, 4, 0.3, scale=0.4, shift=-0.5),
        case(7, 6, 2, 2.0),
        (zeros, np.array([[1.0, -1.0], [0.5, 2.0], [1.0, 0.0]]), 0.25),
    ]


def _chi(fan="out", squares=np.mean, slope=lambda slopes: np.mean(slopes**2)):
    """chi with another fan, another statistic of the weights' squares, or of the slopes."""

    def answer(pre_activation, weights, negative_slope):
        fans = {"in": weights.shape[0], "out": weights.shape[1], "none": 1}
        slopes = np.where(pre_activation > 0, 1.0, negative_slope)
        return fans[fan] * squares(weights**2) * slope(slopes)

    return answer


CHI_QUESTION = Question(
    id="chi",
    title="The factor of the gradient, one layer back",
    points=3,
    reference=chi,
    cases=_chi_cases,
    mistakes=(
        Mistake(
            "fan_in",
            _chi("in"),
            "You took fan_in, the number of rows of `weights`. Going back, each unit collects from all units "
            "of the next layer: that is fan_out.",
        ),
        Mistake(
            "no_fan",
            _chi("none"),
            "The number of terms is missing: you have Var(w) E[f'(z)²] for a single weight, and each unit "
            "collects from fan_out units.",
        ),
        Mistake(
            "sum_of_squares",
            _chi("none", np.sum),
            "The squares of all weights are added up here: that is fan_in times too much. Each unit collects "
            "through one row of `weights`.",
        ),
        Mistake(
            "slopes_not_squared",
            _chi(slope=np.mean),
            "The mean of the slopes stands where the mean of their squares belongs. For ReLU the two are "
            "the same, for leaky ReLU they are not.",
        ),
        Mistake(
            "mean_of_slopes_squared",
            _chi(slope=lambda slopes: np.mean(slopes) ** 2),
            "You squared the mean of the slopes. Square each slope first, then take the mean: E[f'²], not "
            "E[f']².",
        ),
        Mistake(
            "relu_slopes",
            lambda pre_activation, weights, negative_slope: chi(pre_activation, weights, 0.0),
            "Units that are off count as 0: that is ReLU. With leaky ReLU their slope is `negative_slope`.",
        ),
        Mistake(
            "expected_half",
            lambda pre_activation, weights, negative_slope: (
                weights.shape[1] * np.mean(weights**2) * (1 + negative_slope**2) / 2
            ),
            "You assume that exactly half of the pre-activations are positive. Count them: take the mean "
            "over the slopes at `pre_activation`.",
        ),
        Mistake(
            "activations",
            lambda pre_activation, weights, negative_slope: (
                weights.shape[1]
                * np.mean(weights**2)
                * np.mean(np.where(pre_activation > 0, pre_activation, negative_slope * pre_activation) ** 2)
            ),
            "You took the mean square of the activations f(z). That belongs to the way forward; going back, "
            "it is the slopes f'(z).",
        ),
        Mistake(
            "variance_about_the_mean",
            lambda pre_activation, weights, negative_slope: (
                weights.shape[1]
                * np.var(weights)
                * np.mean(np.where(pre_activation > 0, 1.0, negative_slope) ** 2)
            ),
            "You took `np.var` of the weights, which takes away the mean of these particular weights. Their "
            "distribution has mean 0, so measure Var(w) by the mean of w².",
        ),
        Mistake(
            "standard_deviation",
            _chi(squares=lambda squares: np.sqrt(np.mean(squares))),
            "The standard deviation of the weights stands where their variance belongs: the mean of w², "
            "without a root.",
        ),
        Mistake(
            "root",
            lambda pre_activation, weights, negative_slope: np.sqrt(
                chi(pre_activation, weights, negative_slope)
            ),
            "This is the root of χ: the factor of the gradient's size. χ is the factor of its mean square.",
        ),
        Mistake(
            "slopes_alone",
            _chi("none", lambda squares: 1.0),
            "The weights are missing. χ is fan_out times Var(w), times what you have.",
        ),
        Mistake(
            "weights_alone",
            _chi(slope=lambda slopes: 1.0),
            "The slopes are missing. χ is the mean square of the slopes, times what you have.",
        ),
        Mistake(
            "on_at_zero",
            lambda pre_activation, weights, negative_slope: chi(
                np.where(pre_activation == 0, 1.0, pre_activation), weights, negative_slope
            ),
            "At a pre-activation of exactly 0 you take slope 1. The convention here: it counts as negative, "
            "with slope `negative_slope`.",
        ),
        Mistake(
            "zero_at_zero",
            lambda pre_activation, weights, negative_slope: (
                weights.shape[1]
                * np.mean(weights**2)
                * np.mean(((pre_activation > 0) + negative_slope * (pre_activation < 0)) ** 2)
            ),
            "At a pre-activation of exactly 0 you take slope 0. The convention here: it counts as negative, "
            "with slope `negative_slope`.",
        ),
        Mistake(
            "samples",
            lambda pre_activation, weights, negative_slope: (
                len(pre_activation) * chi(pre_activation, weights, negative_slope) / weights.shape[1]
            ),
            "You took the number of samples for fan_out. It is the number of units of the next layer, the "
            "columns of `weights`.",
        ),
        Mistake(
            "one_less",
            lambda pre_activation, weights, negative_slope: (
                chi(pre_activation, weights, negative_slope) / np.mean(weights**2) * np.var(weights, ddof=1)
            ),
            "You took the variance about the mean of these particular weights, divided by one less. Their "
            "distribution has mean 0, so measure Var(w) by the mean of w².",
        ),
        Mistake(
            "forward_factor",
            lambda pre_activation, weights, negative_slope: (
                weights.shape[1]
                * np.mean(weights**2)
                * np.mean(np.where(pre_activation > 0, pre_activation, negative_slope * pre_activation) ** 2)
                / np.mean(pre_activation**2)
            ),
            "You took the share of the mean square that f(z) keeps: that is the factor of the way forward. "
            "Going back, it is the mean of the squared slopes, f'(z)².",
        ),
    ),
    hints=(
        "Three factors: the number of units of the next layer, the mean of w², and the mean of f'(z)².",
        "`np.where(pre_activation > 0, 1.0, negative_slope)` has the slope of every unit for every sample.",
        "`weights` has the shape (fan_in, fan_out). Square each slope before you take the mean.",
    ),
    section=CHI,
)

# correlation_map


def correlation_map(c):
    c = np.clip(c, -1.0, 1.0)
    return (np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))) / np.pi


def _correlation_cases(generator):
    beyond = np.nextafter(1.0, 2.0)
    return [
        (np.array([-1.0, -0.5, 0.0, 0.5, 1.0]),),
        (generator.uniform(-1, 1, size=(3, 4)),),
        (generator.uniform(-1, 1, size=7),),
        (np.array([beyond, -beyond, 0.25]),),
        (np.array([[1 + 1e-12, 0.9], [-0.9, -1 - 1e-12]]),),
        (np.linspace(0.9, 1.0, 5),),
    ]


def _mapped(function):
    """A mistake in the formula, by an answer that keeps c between -1 and 1."""
    return lambda c: function(np.clip(c, -1.0, 1.0))


def _unclipped(c):
    with np.errstate(invalid="ignore"):
        return (np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))) / np.pi


def _nan_to(value):
    return lambda c: np.nan_to_num(_unclipped(c), nan=value)


CORRELATION_MAP = Question(
    id="correlation_map",
    title="The correlation map",
    points=3,
    reference=correlation_map,
    cases=_correlation_cases,
    mistakes=(
        Mistake(
            "nan_beyond",
            _unclipped,
            "The formula is right, but where rounding has put c a little beyond −1 or 1 you return NaN. Put "
            "c back between −1 and 1 first; `np.clip` does that. (A printed 1. may be 1.0000000000000002.)",
        ),
        Mistake(
            "nan_below",
            lambda c: _unclipped(np.minimum(c, 1.0)),
            "A little above 1 you put c back, but where rounding has put it a little below −1 you return "
            "NaN. Both ends need it; `np.clip` does both. (A printed −1. may be −1.0000000000000002.)",
        ),
        Mistake(
            "nan_above",
            lambda c: _unclipped(np.maximum(c, -1.0)),
            "A little below −1 you put c back, but where rounding has put it a little above 1 you return "
            "NaN. Both ends need it; `np.clip` does both. (A printed 1. may be 1.0000000000000002.)",
        ),
        Mistake(
            "nan_to_one",
            _nan_to(1.0),
            "You replace every NaN by 1. That is right a little above c = 1. A little below −1 it is wrong: "
            "there the result is that of c = −1. Put c back between −1 and 1 before you compute.",
        ),
        Mistake(
            "nan_to_zero",
            _nan_to(0.0),
            "You replace every NaN by 0. That is right a little below c = −1. A little above 1 it is wrong: "
            "there the result is that of c = 1. Put c back between −1 and 1 before you compute.",
        ),
        Mistake(
            "degrees",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * (np.pi - np.degrees(np.arccos(c)))) / np.pi),
            "You turned the angle into degrees and subtract it from π. `np.arccos` gives radians, and that "
            "is what the formula needs.",
        ),
        Mistake(
            "degrees_throughout",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * (180 - np.degrees(np.arccos(c)))) / 180),
            "You put degrees in the place of radians, and 180 in that of π. The root is no angle, so the two "
            "do not add up: use radians.",
        ),
        Mistake(
            "arcsin",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * (np.pi - np.arcsin(c))) / np.pi),
            "You took the arcsine. The angle between two directions with cosine c is arccos c.",
        ),
        Mistake(
            "not_divided",
            _mapped(lambda c: np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))),
            "The division by π is missing. Try c = 1: an input compared with itself must stay at 1.",
        ),
        Mistake(
            "divided_in_part",
            _mapped(lambda c: np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c)) / np.pi),
            "Only the second term is divided by π. Put brackets around the whole sum.",
        ),
        Mistake(
            "bracket_missing",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * np.pi - np.arccos(c)) / np.pi),
            "c multiplies π alone, and not the angle. It multiplies the whole bracket, π − arccos c.",
        ),
        Mistake(
            "angle_alone",
            _mapped(lambda c: 1 - np.arccos(c) / np.pi),
            "You return the share of the half turn that the angle leaves, 1 − arccos(c)/π. That is only the "
            "bracket: c before it and the root are missing.",
        ),
        Mistake(
            "cosine",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * (np.pi - np.cos(c))) / np.pi),
            "You took the cosine of c. c is a cosine already; its angle is arccos c, `np.arccos(c)`.",
        ),
        Mistake(
            "half",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))) / (2 * np.pi)),
            "You divide by 2π. That is the mean of relu(z) relu(z') itself; as a correlation it is divided "
            "by the mean square, 1/2. Try c = 1: the result must be 1.",
        ),
        Mistake(
            "no_square",
            _mapped(lambda c: (np.sqrt(1 - c) + c * (np.pi - np.arccos(c))) / np.pi),
            "Under the root stands 1 − c. It is 1 − c².",
        ),
        Mistake(
            "no_root",
            _mapped(lambda c: (1 - c**2 + c * (np.pi - np.arccos(c))) / np.pi),
            "The root is missing: the first term is √(1 − c²).",
        ),
        Mistake(
            "angle_itself",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * np.arccos(c)) / np.pi),
            "You multiply c by the angle. It is multiplied by π minus the angle: two signals that point the "
            "same way have the most in common.",
        ),
        Mistake(
            "no_c",
            _mapped(lambda c: (np.sqrt(1 - c**2) + (np.pi - np.arccos(c))) / np.pi),
            "The factor c before the bracket is missing.",
        ),
        Mistake(
            "plus",
            _mapped(lambda c: (np.sqrt(1 - c**2) + c * (np.pi + np.arccos(c))) / np.pi),
            "In the bracket you add the angle to π. It is subtracted.",
        ),
        Mistake(
            "clipped_at_zero",
            lambda c: correlation_map(np.clip(c, 0.0, 1.0)),
            "Negative correlations became 0 before the formula. They are allowed: c goes from −1 to 1.",
        ),
        Mistake(
            "unchanged",
            _mapped(lambda c: c),
            "You return c itself. Without a bend that would be right; ReLU brings the two signals closer.",
        ),
    ),
    hints=(
        "Write the formula of the lesson with `np.sqrt`, `np.arccos` (in radians) and `np.pi`, brackets "
        "around the whole numerator.",
        "What are the root and the arccosine of a number just above 1? Which line before the formula would "
        "keep such numbers out?",
        "`np.clip(c, -1.0, 1.0)` returns a new array in which everything beyond is −1 or 1.",
    ),
    section=ALIKE,
    vectorised=True,
)

QUESTIONS = (HE_SCALE, SIGNAL_SIZES, CHI_QUESTION, CORRELATION_MAP)

CHOICES = (
    Choice(
        id="which_moment",
        prompt="The pre-activations z of a wide ReLU layer are normal with mean 0 and variance 1. Then "
        "relu(z) has mean 0.40, variance 0.34 and mean square 0.50. The next layer's weights have mean 0 and "
        "variance 1/fan_in. What is the variance of its pre-activations, over the draws of its weights?",
        options=(
            Option(
                "1, as before: that is what the variance 1/fan_in is for",
                "1/fan_in hands on the mean square of what the layer receives. ReLU has changed that.",
            ),
            Option(
                "0.34, the variance of relu(z)",
                "The weights have mean 0, so the mean of relu(z) is multiplied by random signs as well, and "
                "adds to the variance of the sum.",
            ),
            Option(
                "0.50, the mean square of relu(z)",
                "Yes: each product contributes Var(w) times the square of its activation, mean and all.",
                right=True,
            ),
            Option(
                "0.16, the square of the mean of relu(z)",
                "That is only the part of the mean. The variance, 0.34, comes on top of it.",
            ),
        ),
        section=SIZE,
    ),
    Choice(
        id="fifty_layers",
        prompt="Weights with variance 1/fan_in keep the size of the signal through layers without a bend. "
        "Now put ReLU after each of 50 layers of 256 units. How large is z in layer 50, compared with layer "
        "1?",
        options=(
            Option(
                "about the same",
                "Without ReLU it would be. But ReLU takes something away in every layer.",
            ),
            Option(
                "about half: ReLU sets half of the numbers to 0",
                "That happens once per layer, not once: the halves multiply.",
            ),
            Option(
                "less than a millionth",
                "Yes. Half of the mean square is lost in each of 49 layers, so the size shrinks by a factor "
                "of 2 to the power 24.5.",
                right=True,
            ),
            Option(
                "larger: without negative numbers the terms of the sums no longer cancel",
                "The weights still have both signs, so the terms cancel as before.",
            ),
        ),
        section=SIZE,
    ),
    Choice(
        id="kaiming_name",
        prompt="PyTorch's `Linear` draws its weights evenly (uniform distribution) between ±1/√fan_in, of "
        "variance 1/(3 fan_in). Leave its biases aside. What happens to the mean square of z from one ReLU "
        "layer to the next?",
        options=(
            Option(
                "it stays: the function that draws is called `kaiming_uniform_`, so this is He",
                "The function can do He's initialisation, but `Linear` calls it with another slope. Compare "
                "the variances: 1/(3 fan_in) and 2/fan_in.",
            ),
            Option("it is halved", "ReLU halves it, and these weights take away more: σ_w² is not 1."),
            Option(
                "it is divided by 3",
                "That is σ_w² alone. ReLU takes away half of it as well.",
            ),
            Option(
                "it is divided by 6",
                "Yes: σ_w² = 1/3, and ReLU halves the mean square. He's variance would be six times as "
                "large.",
                right=True,
            ),
        ),
        section=SIZE,
    ),
    Choice(
        id="keeps_gradient",
        prompt="30 hidden layers of 256 units, all with Xavier initialisation (σ_w² = 1). The gradient goes "
        "back from layer 30 to layer 1. With which activation is most of it left?",
        options=(
            Option(
                "ReLU, because its slope is 1 wherever a unit is on",
                "But about half of the units are off, in every layer. With σ_w² = 1 nothing makes up for it: "
                "half of the mean square is lost 29 times.",
            ),
            Option(
                "tanh",
                "Yes, by more than a factor of 1000 over ReLU. Its signal becomes small, and for small z its "
                "slope is nearly 1, for all units.",
                right=True,
            ),
            Option(
                "sigmoid",
                "Its slope is 1/4 at most, so its gradient vanishes far faster than that of the others.",
            ),
            Option(
                "ReLU and tanh about the same, both far ahead of sigmoid",
                "Sigmoid is last by far, but between the other two there is more than a factor of 1000.",
            ),
        ),
        section=CHI,
    ),
    Choice(
        id="bounded_explodes",
        prompt="All activations of a tanh network lie between −1 and 1, and tanh's slope is never above 1. "
        "Can its gradient explode on the way back through many layers?",
        options=(
            Option(
                "no: a factor that is at most 1 cannot make anything grow",
                "The slope is only one factor of a step back. The other one is the weights.",
            ),
            Option(
                "no: what is bounded in the forward pass is bounded going back",
                "The explorer shows the contrary: the forward curve is level, the backward curve climbs.",
            ),
            Option(
                "yes, if σ_w² is large enough",
                "Yes: then χ = σ_w² E[f'(z)²] is above 1, although the slopes are below 1.",
                right=True,
            ),
            Option(
                "yes, with Xavier initialisation already, if there are enough layers",
                "With σ_w² = 1 and slopes of at most 1, χ is at most 1 in wide layers: it comes close to 1 "
                "from below.",
            ),
        ),
        section=CHI,
    ),
    Choice(
        id="weight_gradients",
        prompt="In the ReLU network with Xavier the gradient δ of layer 1 is more than 10,000 times smaller "
        "than that of layer 30. Compare the weight gradients dL/dW of the hidden layers 2 to 30. Which are "
        "the smallest?",
        options=(
            Option(
                "those of layer 2: there δ is smallest",
                "δ is, but dL/dW is δ times the activations from below, and these are largest there.",
            ),
            Option(
                "those of layer 30: there the activations are smallest",
                "The activations are, but dL/dW is the activations times δ, and δ is largest there.",
            ),
            Option(
                "none: they are about equal in all layers",
                "Yes: the activations shrink going up by as much as δ grows, and the product stays.",
                right=True,
            ),
            Option(
                "those in the middle, where both δ and the activations are small",
                "Both have shrunk by half of the way there, and the product is what it is at the ends.",
            ),
        ),
        section=WEIGHTS,
    ),
    Choice(
        id="euler_where",
        prompt="In which of these networks is the sum of w · dL/dw exactly the same in every layer (but for "
        "rounding), whatever the weights are?",
        options=(
            Option(
                "tanh, biases 0",
                "tanh(2z) is not 2 tanh(z): if one layer's weights double, the logits do not.",
            ),
            Option(
                "leaky ReLU, biases 0",
                "Yes: leaky ReLU is positively homogeneous, so scaling any one layer scales the logits in "
                "the same way.",
                right=True,
            ),
            Option(
                "ReLU with the default of PyTorch",
                "Its biases are not 0. They do not grow with the weights below them, so the layers differ.",
            ),
            Option(
                "GELU, biases 0, because it is nearly ReLU",
                "Nearly is not enough: GELU is curved around 0, so GELU(2z) is not 2 GELU(z).",
            ),
        ),
        section=WEIGHTS,
    ),
    Choice(
        id="two_digits",
        prompt="Images of two different digits enter 50 ReLU layers of 256 units with He initialisation. On "
        "average over such pairs, their correlation in layer 1 is about 0. What is it in layer 50?",
        options=(
            Option(
                "0: He keeps things as they are",
                "He keeps sizes. The angle between two signals is another matter.",
            ),
            Option(
                "0: random weights mix everything, so that what comes out has nothing in common",
                "Random weights alone keep a correlation. ReLU changes it, and always in one direction.",
            ),
            Option(
                "above 0.9: the two point nearly the same way",
                "Yes. Each layer brings them closer, and nothing takes them apart again.",
                right=True,
            ),
            Option(
                "negative in some networks, positive in others",
                "It varies a little from network to network, but from the second layer on ReLU pushes it up "
                "in all of them.",
            ),
        ),
        section=ALIKE,
    ),
    Choice(
        id="he_limits",
        prompt="In a deep ReLU network all inputs come to point the same way. Which scale of the weights "
        "(biases 0) prevents it?",
        options=(
            Option("He's", "He keeps the sizes. The correlation map is the same with He as with any scale."),
            Option(
                "a larger one than He's: it pulls the signals apart",
                "It makes both signals larger by the same factor. The angle between them does not change.",
            ),
            Option(
                "a smaller one than He's: the units stay near the corner",
                "ReLU is homogeneous: its corner looks the same to small signals and to large ones.",
            ),
            Option(
                "none: the scale cancels from the correlation",
                "Yes. It takes something else: another activation, or another architecture.",
                right=True,
            ),
        ),
        section=ALIKE,
    ),
)
