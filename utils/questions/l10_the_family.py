"""Lesson 10: SELU's constants, PReLU's backward pass, GELU, and the gain of any function."""

import numpy as np
from scipy.special import erf, ndtr

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
TABLE = "One-table-for-the-family"
SELU = "SELU-brings-its-signal-back"
PRELU = "PReLU-learns-its-slope"
RANKING = "How-much-of-a-ranking-is-noise?"

# selu_constants


def selu_constants(q):
    positive = np.sqrt(q / (2 * np.pi))
    once = np.exp(q / 2) * ndtr(-np.sqrt(q))
    twice = np.exp(2 * q) * ndtr(-2 * np.sqrt(q))
    alpha = positive / (1 / 2 - once)
    second_moment = q / 2 + alpha**2 * (twice - 2 * once + 1 / 2)
    return alpha, np.sqrt(q / second_moment)


def _constants(
    positive=lambda q: np.sqrt(q / (2 * np.pi)),
    once=lambda q: np.exp(q / 2) * ndtr(-np.sqrt(q)),
    twice=lambda q, once: np.exp(2 * q) * ndtr(-2 * np.sqrt(q)),
    alpha=lambda positive, once: positive / (1 / 2 - once),
    second=lambda q, alpha, once, twice: q / 2 + alpha**2 * (twice - 2 * once + 1 / 2),
    scale=lambda q, second: np.sqrt(q / second),
):
    """An answer in the steps of the reference, some of which are changed."""

    def answer(q):
        left = once(q)
        a = alpha(positive(q), left)
        return a, scale(q, abs(second(q, a, left, twice(q, left))))

    return answer


def _constants_cases(generator):
    return [(1.0,), (0.25,), (4.0,), (2.0,), (0.5,), *((float(q),) for q in generator.uniform(0.1, 3.5, 3))]


SELU_CONSTANTS = Question(
    id="selu_constants",
    title="SELU's constants, for any size",
    points=3,
    reference=selu_constants,
    cases=_constants_cases,
    relative=1e-6,  # an answer by quadrature will do
    names=("alpha", "lambda"),
    mistakes=(
        Mistake(
            "always_selu",
            lambda q: (1.6732632423543772, 1.0507009873554805),
            "These are SELU's own constants, whatever `q` is. They are right for q = 1 only.",
        ),
        Mistake(
            "swapped",
            lambda q: selu_constants(q)[::-1],
            "The two are the wrong way round: first α, then λ.",
        ),
        Mistake(
            "second_moment_one",
            _constants(scale=lambda q, second: np.sqrt(1 / second)),
            "Your λ makes the second moment 1. It must be `q`: the next layer shall get what this one got.",
        ),
        Mistake(
            "no_root",
            _constants(scale=lambda q, second: q / second),
            "Your λ is the square of the right one. λ multiplies the values, so it enters the second moment "
            "as λ².",
        ),
        Mistake(
            "inverse",
            _constants(scale=lambda q, second: np.sqrt(second / q)),
            "Your λ is 1 divided by the right one. λ² times the second moment at λ = 1 shall be `q`: divide "
            "`q` by it, not it by `q`.",
        ),
        Mistake(
            "q_as_deviation",
            lambda q: selu_constants(q**2),
            "You took `q` for the standard deviation. It is the variance: the standard deviation is √q.",
        ),
        Mistake(
            "q_as_deviation_and_target",
            lambda q: (selu_constants(q**2)[0], selu_constants(q**2)[1] / np.sqrt(q)),
            "Inside the expectations `q` stands for the standard deviation. It is the variance: the standard "
            "deviation is √q.",
        ),
        Mistake(
            "sign_of_alpha",
            lambda q: (-selu_constants(q)[0], selu_constants(q)[1]),
            "Your α has the wrong sign. With α above 0, ELU is negative on the left, and that must balance "
            "the positive half.",
        ),
        Mistake(
            "without_minus_one",
            _constants(
                alpha=lambda positive, once: -positive / once,
                second=lambda q, alpha, once, twice: q / 2 + alpha**2 * twice,
            ),
            "On the left you take α eᶻ. It is α (eᶻ − 1): the −1 counts on the negative half, which has "
            "probability 1/2.",
        ),
        Mistake(
            "whole_one",
            _constants(
                alpha=lambda positive, once: positive / (1 - once),
                second=lambda q, alpha, once, twice: q / 2 + alpha**2 * (twice - 2 * once + 1),
            ),
            "The −1 of eᶻ − 1 enters as a whole 1. It counts where z < 0 alone, which has probability 1/2.",
        ),
        Mistake(
            "whole_one_in_alpha",
            _constants(alpha=lambda positive, once: positive / (1 - once)),
            "In the first equation the −1 of eᶻ − 1 enters as a whole 1. It counts where z < 0 alone, which "
            "has probability 1/2.",
        ),
        Mistake(
            "whole_one_in_second",
            _constants(second=lambda q, alpha, once, twice: q / 2 + alpha**2 * (twice - 2 * once + 1)),
            "α is right. In the second moment the 1 of (eᶻ − 1)² enters as a whole 1: it counts where z < 0 "
            "alone, which has probability 1/2.",
        ),
        Mistake(
            "one_cross_term",
            _constants(second=lambda q, alpha, once, twice: q / 2 + alpha**2 * (twice - once + 1 / 2)),
            "α is right. In the second moment the middle term of (eᶻ − 1)² is −2 eᶻ; you have it once.",
        ),
        Mistake(
            "no_cross_term",
            _constants(second=lambda q, alpha, once, twice: q / 2 + alpha**2 * (twice + 1 / 2)),
            "α is right. The square of eᶻ − 1 is e²ᶻ − 2 eᶻ + 1: the middle term is missing.",
        ),
        Mistake(
            "minus_one_half",
            _constants(second=lambda q, alpha, once, twice: q / 2 + alpha**2 * (twice - 1 / 2)),
            "α is right. In the second moment you have e²ᶻ − 1 on the left; the square of eᶻ − 1 is "
            "e²ᶻ − 2 eᶻ + 1.",
        ),
        Mistake(
            "alpha_not_squared",
            _constants(second=lambda q, alpha, once, twice: q / 2 + alpha * (twice - 2 * once + 1 / 2)),
            "α is right. In the second moment the left half is squared, and its factor too: α².",
        ),
        Mistake(
            "square_of_mean",
            _constants(twice=lambda q, once: once**2),
            "α is right. For the expectation of e²ᶻ you squared that of eᶻ. The mean of squares is not the "
            "square of the mean.",
        ),
        Mistake(
            "whole_positive_half",
            _constants(second=lambda q, alpha, once, twice: q + alpha**2 * (twice - 2 * once + 1 / 2)),
            "α is right. In the second moment the positive half counts as q. It has half of the squares, "
            "q/2.",
        ),
        Mistake(
            "left_half_only",
            _constants(second=lambda q, alpha, once, twice: alpha**2 * (twice - 2 * once + 1 / 2)),
            "α is right. Your second moment has the left half alone; the positive half adds q/2.",
        ),
        Mistake(
            "wrong_tail",
            _constants(
                once=lambda q: np.exp(q / 2) * ndtr(np.sqrt(q)),
                twice=lambda q, once: np.exp(2 * q) * ndtr(2 * np.sqrt(q)),
            ),
            "Φ is taken on the wrong side: it is Φ(−√q) and Φ(−2√q), with a minus.",
        ),
        Mistake(
            "same_tail_twice",
            _constants(twice=lambda q, once: np.exp(2 * q) * ndtr(-np.sqrt(q))),
            "α is right. The expectation of e²ᶻ has Φ(−2√q); you took Φ(−√q), which belongs to eᶻ.",
        ),
        Mistake(
            "same_power_twice",
            _constants(twice=lambda q, once: np.exp(q / 2) * ndtr(-2 * np.sqrt(q))),
            "α is right. The expectation of e²ᶻ has the factor exp(2q); you took exp(q/2), which belongs to "
            "eᶻ.",
        ),
        Mistake(
            "power_without_two",
            _constants(twice=lambda q, once: np.exp(q) * ndtr(-2 * np.sqrt(q))),
            "α is right. The expectation of e²ᶻ has the factor exp(2q); you took exp(q).",
        ),
        Mistake(
            "power_without_half",
            _constants(once=lambda q: np.exp(q) * ndtr(-np.sqrt(q))),
            "The expectation of eᶻ has the factor exp(q/2); you took exp(q).",
        ),
        Mistake(
            "tail_without_root",
            _constants(
                once=lambda q: np.exp(q / 2) * ndtr(-q), twice=lambda q, once: np.exp(2 * q) * ndtr(-2 * q)
            ),
            "Φ gets −q and −2q. It must get the roots: Φ(−√q) and Φ(−2√q).",
        ),
        Mistake(
            "times_pi",
            _constants(positive=lambda q: np.sqrt(q / 2 * np.pi)),
            "The positive half of the mean is √(q/(2π)). Yours is π times too large: `q / 2 * np.pi` divides "
            "by 2 alone.",
        ),
        Mistake(
            "root_of_q_alone",
            _constants(scale=lambda q, second: np.sqrt(q) / second),
            "α is right. In λ the root is taken of q alone: it belongs to the whole quotient.",
        ),
        Mistake(
            "scale_one",
            lambda q: (selu_constants(q)[0], 1.0),
            "α is right, and λ is 1. That makes the mean 0; λ must set the second moment.",
        ),
        Mistake(
            "scale_of_mean_only",
            lambda q: (selu_constants(q)[0], np.sqrt(2.0)),
            "α is right. This λ is ReLU's: it knows nothing of what α puts on the left.",
        ),
    ),
    hints=(
        "Write the mean of a without λ: the positive half, plus α times (the expectation of eᶻ where z < 0, "
        "minus that of 1 there, which is 1/2). Set it to 0 and solve for α.",
        "λ does not change a mean of 0. For λ you need the second moment with λ = 1: q/2 from the positive "
        "half, plus α² times the expectation of e²ᶻ − 2eᶻ + 1 where z < 0.",
        "λ² times that second moment shall be q. Φ is `ndtr`.",
    ),
    section=SELU,
)

# prelu_backward


def prelu_backward(upstream, z, slope):
    z_gradient = upstream * np.where(z > 0, 1.0, slope)
    per_unit = np.sum(upstream * np.minimum(z, 0), axis=0)
    slope_gradient = per_unit if slope.shape == per_unit.shape else per_unit.sum(keepdims=True)
    return z_gradient, slope_gradient


def _backward(
    left=np.minimum,
    factor=lambda z, slope: np.where(z > 0, 1.0, slope),
    total=np.sum,
    weight=lambda upstream: upstream,
):
    """An answer in the steps of the reference, some of which are changed."""

    def answer(upstream, z, slope):
        terms = weight(upstream) * left(z, 0)
        summed = total(terms, axis=0)
        gradient = summed if slope.shape == summed.shape else total(terms, keepdims=True).reshape(1)
        return upstream * factor(z, slope), gradient

    return answer


def _backward_cases(generator):
    def case(n, units, slopes, zeros=0):
        z = generator.normal(size=(n, units))
        z.flat[:zeros] = 0.0
        return generator.normal(size=(n, units)), z, np.array(slopes)

    return [
        (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[2.0, -1.0], [-3.0, 0.0]]), np.array([0.25])),
        (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[2.0, -1.0], [-3.0, -4.0]]), np.array([0.25, 0.5])),
        case(5, 3, [0.1, -0.4, 0.0]),
        case(4, 6, [-0.3]),
        case(3, 7, [0.25], zeros=5),
        case(6, 4, [2.0, 0.5, -1.5, 1.0], zeros=6),
        case(8, 2, [3.0]),
        case(2, 5, generator.uniform(-1, 2, size=5)),
    ]


def _summed_everything(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, np.full(slope.shape, np.sum(upstream * np.minimum(z, 0)))


def _never_shared(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, np.sum(upstream * np.minimum(z, 0), axis=0)


def _summed_over_units(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, np.sum(upstream * np.minimum(z, 0), axis=1)


def _not_summed(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, upstream * np.minimum(z, 0)


def _a_number(upstream, z, slope):
    z_gradient, slope_gradient = prelu_backward(upstream, z, slope)
    return z_gradient, slope_gradient if len(slope_gradient) > 1 else slope_gradient[0]


def _axis_one(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    summed = np.sum(upstream * np.minimum(z, 0), axis=1)
    return z_gradient, summed.sum(keepdims=True) if slope.shape == (1,) else summed


def _always_total(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, np.sum(upstream * np.minimum(z, 0), keepdims=True).reshape(1)


def _one_number(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, np.sum(upstream * np.minimum(z, 0))


def _both_means(upstream, z, slope):
    z_gradient, _ = prelu_backward(upstream, z, slope)
    return z_gradient, prelu_backward(upstream, z, slope)[1] / len(z)


PRELU_BACKWARD = Question(
    id="prelu_backward",
    title="PReLU's backward pass",
    points=3,
    reference=prelu_backward,
    cases=_backward_cases,
    vectorised=True,
    sized=lambda n: (np.ones((n, 3)), np.linspace(-1, 1, 3 * n).reshape(n, 3), np.array([0.1, 0.2, 0.3])),
    names=("z_gradient", "slope_gradient"),
    mistakes=(
        Mistake(
            "summed_over_units",
            _summed_over_units,
            "The slope's gradient is summed along the units: it has one number for each sample. Samples "
            "share the slope, so the sum runs over them.",
        ),
        Mistake(
            "always_total",
            _always_total,
            "Where each unit has a slope of its own, you still add up everything into one number. A unit's "
            "slope is moved by that unit's column alone: the result has the shape of `slope`.",
        ),
        Mistake(
            "axis_one",
            _axis_one,
            "Where each unit has a slope, you sum along axis 1, over the units. All samples use a unit's "
            "slope: sum over them, axis 0.",
        ),
        Mistake(
            "one_number",
            _one_number,
            "The slope's gradient is one number, whatever the shape of `slope`. It must have that shape; "
            "with a slope for each unit, each sums over its own column.",
        ),
        Mistake(
            "not_summed",
            _not_summed,
            "The slope's gradient still has one number for each sample and unit. All that use the same slope "
            "must be added up: the result has the shape of `slope`.",
        ),
        Mistake(
            "summed_everything",
            _summed_everything,
            "Where each unit has a slope of its own, you still sum over all units. A unit's slope is moved "
            "by that unit's column alone.",
        ),
        Mistake(
            "never_shared",
            _never_shared,
            "With one slope for the whole layer, its gradient is the sum over samples *and* units; you "
            "return one number for each unit.",
        ),
        Mistake(
            "a_number",
            _a_number,
            "With one slope you return its gradient as a number. It must have the shape of `slope`, (1,).",
        ),
        Mistake(
            "mean_over_samples",
            _both_means,
            "The slope's gradient is divided by the number of samples. If the loss is a mean, that division "
            "is in `upstream` already: here it is a plain sum.",
        ),
        Mistake(
            "mean",
            _backward(total=np.mean),
            "The slope's gradient is a mean. Everything that uses the slope adds its part: take the sum.",
        ),
        Mistake(
            "positive_too",
            _backward(left=lambda z, zero: z),
            "In the slope's gradient every z counts. The slope is used where z < 0 alone: positive z must "
            "add nothing.",
        ),
        Mistake(
            "positive_only",
            _backward(left=np.maximum),
            "In the slope's gradient the positive z count. The slope is used where z < 0: it is those that "
            "move it.",
        ),
        Mistake(
            "absolute",
            _backward(left=lambda z, zero: np.maximum(-z, 0)),
            "The slope's gradient has the wrong sign: da/dslope is z itself, a negative number, where z < 0.",
        ),
        Mistake(
            "mask_only",
            _backward(left=lambda z, zero: (z < 0) * 1.0),
            "In the slope's gradient you add up `upstream` where z < 0. What the slope is multiplied with is "
            "z: da/dslope is z there, not 1.",
        ),
        Mistake(
            "without_upstream",
            _backward(weight=np.ones_like),
            "The slope's gradient knows nothing of `upstream`. The chain rule: dL/dslope is the sum of "
            "upstream times da/dslope.",
        ),
        Mistake(
            "slope_times_z",
            lambda upstream, z, slope: (
                prelu_backward(upstream, z, slope)[0],
                prelu_backward(upstream, z, slope)[1] * slope,
            ),
            "The slope's gradient contains the slope itself: it is `upstream` times z, not dL/dz times z. "
            "The derivative of slope · z with respect to the slope is z.",
        ),
        Mistake(
            "slope_at_zero",
            _backward(factor=lambda z, slope: np.where(z >= 0, 1.0, slope)),
            "At z = 0 you pass `upstream` on unchanged. The convention asked for is the slope there.",
        ),
        Mistake(
            "relu",
            _backward(factor=lambda z, slope: (z > 0) * 1.0),
            "dL/dz is 0 where z is not positive, as with ReLU. Here the slope is handed on there.",
        ),
        Mistake(
            "by_output",
            _backward(factor=lambda z, slope: np.where(slope * np.minimum(z, 0) + (z > 0) > 0, 1.0, slope)),
            "You decide by the output being positive. With a negative slope the output is positive on both "
            "sides: decide by the sign of z.",
        ),
        Mistake(
            "by_maximum",
            _backward(factor=lambda z, slope: np.where(z > slope * z, 1.0, slope)),
            "You decide by which of z and slope · z is larger. With a slope above 1 that is the wrong way "
            "round: decide by the sign of z.",
        ),
        Mistake(
            "halves_swapped",
            _backward(factor=lambda z, slope: np.where(z > 0, slope, 1.0)),
            "In dL/dz the halves are swapped: the factor is 1 where z > 0, and the slope elsewhere.",
        ),
        Mistake(
            "factor_only",
            lambda upstream, z, slope: (
                np.where(z > 0, 1.0, slope),
                prelu_backward(upstream, z, slope)[1],
            ),
            "Your dL/dz is the derivative da/dz alone. The chain rule multiplies it by `upstream`.",
        ),
        Mistake(
            "upstream_on_the_right_alone",
            lambda upstream, z, slope: (
                np.where(z > 0, upstream, slope),
                prelu_backward(upstream, z, slope)[1],
            ),
            "In dL/dz you forgot `upstream` on the left: there it is upstream times the slope, not the slope "
            "alone.",
        ),
        Mistake(
            "nothing_at_zero",
            _backward(factor=lambda z, slope: np.where(z > 0, 1.0, slope * (z < 0))),
            "At z = 0 your dL/dz is 0. The convention asked for is the slope there.",
        ),
        Mistake(
            "gradients_swapped",
            lambda upstream, z, slope: prelu_backward(upstream, z, slope)[::-1],
            "The two results are the wrong way round: first dL/dz, then dL/dslope.",
        ),
        Mistake(
            "z_gradient_only",
            lambda upstream, z, slope: prelu_backward(upstream, z, slope)[0],
            "This is dL/dz alone. Return the pair: dL/dz, and the gradient of the slope.",
        ),
    ),
    hints=(
        "a = max(0, z) + slope · min(0, z). What is its derivative with respect to z on either side, and "
        "with respect to the slope?",
        "dL/dslope: multiply `upstream` by that derivative element by element, and add up over all elements "
        "that use this slope. `np.sum(…, axis=0)` sums over the samples.",
        "If `slope.shape` is (1,) but there are more units, add up over the units too. `keepdims=True` in "
        "`.sum(keepdims=True)` keeps the shape (1,).",
    ),
    section=PRELU,
)

# gelu


def gelu(x, form):
    if form == "exact":
        return x / 2 * (1 + erf(x / np.sqrt(2)))
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


ROOT = np.sqrt(2 / np.pi)


def _tanh_form(x, root=ROOT, inner=lambda x: x + 0.044715 * x**3):
    return x / 2 * (1 + np.tanh(root * inner(x)))


def _gelu_with(exact=None, approximate=None):
    """The reference, with one of its two forms replaced, or both."""

    def answer(x, form):
        chosen = exact if form == "exact" else approximate
        return gelu(x, form) if chosen is None else chosen(x)

    return answer


def _gelu_cases(generator):
    both = []
    for form in ("exact", "tanh"):
        both += [
            (np.array([-2.0, -0.5, 0.0, 1.0, 3.0]), form),
            (np.linspace(-5, 5, 12).reshape(3, 4), form),
            (generator.normal(scale=2, size=7), form),
            (np.array([[-30.0], [25.0], [0.1]]), form),
        ]
    return both


GELU = Question(
    id="gelu",
    title="GELU in both forms",
    points=2,
    reference=gelu,
    cases=_gelu_cases,
    vectorised=True,
    sized=lambda n: (np.linspace(-3, 3, n), "exact"),
    relative=1e-6,  # a rounded √(2/π) will do; the two forms differ by far more
    absolute=1e-10,
    mistakes=(
        Mistake(
            "always_exact",
            lambda x, form: gelu(x, "exact"),
            "You return the exact form also where `form` is `'tanh'`.",
        ),
        Mistake(
            "always_tanh",
            lambda x, form: gelu(x, "tanh"),
            "You return the tanh form also where `form` is `'exact'`.",
        ),
        Mistake(
            "forms_swapped",
            lambda x, form: gelu(x, "tanh" if form == "exact" else "exact"),
            "The two forms are swapped.",
        ),
        Mistake(
            "without_root_two",
            _gelu_with(exact=lambda x: x / 2 * (1 + erf(x))),
            "In the exact form erf gets x. It must get x/√2: that is what makes it the normal distribution.",
        ),
        Mistake(
            "over_two",
            _gelu_with(exact=lambda x: x / 2 * (1 + erf(x / 2))),
            "In the exact form erf gets x/2. It must get x/√2.",
        ),
        Mistake(
            "times_root_two",
            _gelu_with(exact=lambda x: x / 2 * (1 + erf(x * np.sqrt(2)))),
            "In the exact form erf gets √2 · x. It must get x divided by √2.",
        ),
        Mistake(
            "root_outside_erf",
            _gelu_with(exact=lambda x: x / 2 * (1 + erf(x) / np.sqrt(2))),
            "In the exact form you divide erf(x) by √2. It is x that is divided: erf(x/√2).",
        ),
        Mistake(
            "erf_for_phi",
            _gelu_with(exact=lambda x: x * erf(x / np.sqrt(2))),
            "You took erf(x/√2) for Φ(x). It runs from −1 to 1: Φ(x) is (1 + erf(x/√2))/2.",
        ),
        Mistake(
            "exact_bracket_lost",
            _gelu_with(exact=lambda x: x / 2 + erf(x / np.sqrt(2))),
            "In the exact form x/2 multiplies the 1 alone. It multiplies the whole bracket, erf included.",
        ),
        Mistake(
            "exact_without_one",
            _gelu_with(exact=lambda x: x / 2 * erf(x / np.sqrt(2))),
            "In the exact form the 1 is missing: Φ(x) is (1 + erf(x/√2))/2.",
        ),
        Mistake(
            "exact_without_half",
            _gelu_with(exact=lambda x: x * (1 + erf(x / np.sqrt(2)))),
            "The exact form is twice too large: Φ(x) is *half* of 1 + erf(x/√2).",
        ),
        Mistake(
            "without_half",
            lambda x, form: 2 * gelu(x, form),
            "Both forms are twice too large. For large x GELU is close to x: the factor 1/2 is missing.",
        ),
        Mistake(
            "tanh_without_half",
            _gelu_with(approximate=lambda x: 2 * gelu(x, "tanh")),
            "The tanh form is twice too large: the factor is x/2.",
        ),
        Mistake(
            "distribution_only",
            lambda x, form: np.divide(gelu(x, form), x, out=np.full_like(x, 0.5), where=x != 0),
            "This is Φ(x), or its tanh form, alone. GELU is x times it.",
        ),
        Mistake(
            "silu_like",
            _gelu_with(approximate=lambda x: x / (1 + np.exp(-1.702 * x))),
            "This is a third form, x times the sigmoid of 1.702 x. Asked for is the one with tanh.",
        ),
        Mistake(
            "silu_in_both",
            lambda x, form: x / (1 + np.exp(-x)),
            "This is SiLU, x times the sigmoid. GELU is x times Φ(x), the normal distribution.",
        ),
        Mistake(
            "square_for_cube",
            _gelu_with(approximate=lambda x: _tanh_form(x, inner=lambda x: x + 0.044715 * x**2)),
            "In the tanh form the second term has x². It is x³, so that both sides of 0 are treated alike.",
        ),
        Mistake(
            "no_cube",
            _gelu_with(approximate=lambda x: _tanh_form(x, inner=lambda x: x)),
            "In the tanh form the term 0.044715 x³ is missing.",
        ),
        Mistake(
            "cube_outside",
            _gelu_with(approximate=lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * x + 0.044715 * x**3))),
            "In the tanh form √(2/π) multiplies x alone. It multiplies the whole bracket, the cube included.",
        ),
        Mistake(
            "root_upside_down",
            _gelu_with(approximate=lambda x: _tanh_form(x, root=np.sqrt(np.pi / 2))),
            "In the tanh form you have √(π/2). It is √(2/π).",
        ),
        Mistake(
            "no_root",
            _gelu_with(approximate=lambda x: _tanh_form(x, root=2 / np.pi)),
            "In the tanh form the factor is the *root* of 2/π.",
        ),
        Mistake(
            "root_of_two",
            _gelu_with(approximate=lambda x: _tanh_form(x, root=np.sqrt(2) / np.pi)),
            "In the tanh form the root is taken of 2 alone. It is √(2/π): the root of the quotient.",
        ),
        Mistake(
            "tanh_without_one",
            _gelu_with(approximate=lambda x: x / 2 * np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
            "In the tanh form the 1 before tanh is missing: it makes a number between 0 and 1 of it.",
        ),
        Mistake(
            "cut",
            lambda x, form: np.maximum(gelu(x, form), 0),
            "You cut off what is below 0. GELU is slightly negative on the left, and should be.",
        ),
    ),
    hints=(
        "GELU is x times a number between 0 and 1: Φ(x), the probability that a normal number is below x.",
        "Exact: Φ(x) = (1 + erf(x/√2))/2, and `erf` comes from SciPy. The tanh form stands in the lesson's "
        "formula: mind what its root and its bracket cover.",
        'Begin with `if form == "exact":`; `np.sqrt(2 / np.pi)`, `x**3`.',
    ),
    section=TABLE,
)

# gain_of


def gain_of(values, weights):
    shares = weights / weights.sum()
    return values @ shares, (values**2 @ shares) ** -0.5


def _gain(
    shares=lambda weights: weights / weights.sum(),
    mean=lambda values, shares: values @ shares,
    second=lambda values, shares: values**2 @ shares,
    gain=lambda second: second**-0.5,
):
    """An answer in the steps of the reference, some of which are changed."""

    def answer(values, weights):
        parts = shares(weights)
        return mean(values, parts), gain(second(values, parts))

    return answer


def _gain_cases(generator):
    def quadrature(points, *functions):
        z, weights = np.polynomial.hermite_e.hermegauss(points)
        return np.array([function(z) for function in functions]), weights

    def bent(slope):
        return lambda z: np.where(z > 0, z, slope * z)

    return [
        (np.array([[2.0, 0.0, -2.0, 4.0], [1.0, 1.0, 1.0, 3.0]]), np.array([1.0, 2.0, 1.0, 4.0])),
        quadrature(20, np.tanh, bent(0.0), lambda z: z / (1 + np.exp(-z))),
        quadrature(9, bent(0.3)),
        quadrature(7, np.cos, bent(-0.5), np.exp, bent(2.0)),
        (generator.normal(1, 1, size=(5, 11)), np.ones(11)),
        (generator.normal(size=(3, 8)), generator.uniform(0.2, 2, size=8)),
        (generator.normal(-0.5, 2, size=(4, 6)), generator.uniform(0.2, 2, size=6)),
    ]


GAIN_OF = Question(
    id="gain_of",
    title="The gain of any function",
    points=2,
    reference=gain_of,
    cases=_gain_cases,
    names=("mean", "gain"),
    mistakes=(
        Mistake(
            "not_normalised",
            _gain(shares=lambda weights: weights),
            "The weights are taken as they are. Their sum is not 1 here: divide by it, or every expectation "
            "is too large by that factor.",
        ),
        Mistake(
            "second_not_normalised",
            lambda values, weights: (gain_of(values, weights)[0], (values**2 @ weights) ** -0.5),
            "The means are right. In the second moment you forgot to divide by the sum of the weights.",
        ),
        Mistake(
            "not_normalised_but_points",
            _gain(shares=lambda weights: weights / len(weights)),
            "You divide by the number of points. The weights are not all 1: divide by their sum.",
        ),
        Mistake(
            "unweighted",
            _gain(shares=lambda weights: np.full(len(weights), 1 / len(weights))),
            "Every point counts the same. Each counts by its weight.",
        ),
        Mistake(
            "unweighted_mean",
            _gain(mean=lambda values, shares: values.mean(axis=1)),
            "In the mean every point counts the same. Each counts by its weight, there too.",
        ),
        Mistake(
            "gain_squared",
            _gain(gain=lambda second: 1 / second),
            "This is the square of the gain, σ_w². The gain is the root of it.",
        ),
        Mistake(
            "size",
            _gain(gain=np.sqrt),
            "This is the size that the function hands on. The gain makes up for it: 1 divided by that.",
        ),
        Mistake(
            "second_moment",
            _gain(gain=lambda second: second),
            "This is the second moment. The gain makes up for it: 1 divided by its root.",
        ),
        Mistake(
            "variance",
            _gain(second=lambda values, shares: values**2 @ shares - (values @ shares) ** 2),
            "You took the variance: the mean is taken away first. The next layer gets the mean too, so it is "
            "the mean square that counts.",
        ),
        Mistake(
            "standard_deviation",
            lambda values, weights: (gain_of(values, weights)[0], 1 / values.std(axis=1)),
            "The means are right. For the gain you divide by NumPy's `std`: it takes the mean away first, "
            "and knows nothing of the weights. It is the weighted mean of the squares that counts.",
        ),
        Mistake(
            "square_of_mean",
            _gain(second=lambda values, shares: (values @ shares) ** 2),
            "You squared the mean. Square the values first, then take the mean.",
        ),
        Mistake(
            "absolute",
            _gain(second=lambda values, shares: (np.abs(values) @ shares) ** 2),
            "You took the mean of the absolute values. The gain is made of the mean of the squares.",
        ),
        Mistake(
            "weights_squared",
            _gain(second=lambda values, shares: (values * shares) ** 2 @ np.ones(len(shares))),
            "In the second moment the weights are squared along with the values. Only the values are.",
        ),
        Mistake(
            "relu_s_gain",
            _gain(gain=lambda second: np.full(second.shape, np.sqrt(2))),
            "This is ReLU's gain, √2, whatever the function.",
        ),
        Mistake(
            "he_times",
            _gain(gain=lambda second: np.sqrt(2 / second)),
            "There is a factor 2 too many: the 2 of He's initialisation *is* ReLU's 1/E[f(z)²], and not a "
            "factor beside it.",
        ),
        Mistake(
            "all_functions_at_once",
            lambda values, weights: (
                float(np.mean(gain_of(values, weights)[0])),
                float(np.mean(gain_of(values, weights)[1] ** -2) ** -0.5),
            ),
            "You put all functions together into one mean and one gain. Each row of `values` is a function "
            "of its own.",
        ),
        Mistake(
            "wrong_axis",
            lambda values, weights: (values.mean(axis=0), np.mean(values**2, axis=0) ** -0.5),
            "You take the mean along the functions, not along the points: one function is one *row*.",
        ),
        Mistake(
            "order",
            lambda values, weights: gain_of(values, weights)[::-1],
            "The two results are the wrong way round: first the means, then the gains.",
        ),
        Mistake(
            "gain_only",
            lambda values, weights: gain_of(values, weights)[1],
            "These are the gains alone. Return the pair: the means, and the gains.",
        ),
    ),
    hints=(
        "An expectation is a weighted mean: the sum of weight times value, divided by the sum of the "
        "weights.",
        "Of what do you need the weighted mean for the gain: of the values, or of their squares? And what "
        "does the gain do to it?",
        "`values @ weights` multiplies each row by the weights and adds up: one number for each function.",
    ),
    section=TABLE,
)

QUESTIONS = (GAIN_OF, GELU, PRELU_BACKWARD, SELU_CONSTANTS)

CHOICES = (
    Choice(
        id="gelu_with_he",
        prompt="GELU is a smooth curve close to ReLU. In a network of 50 ReLU layers of 256 units with He "
        "initialisation (σ_w² = 2) the size of the signal stays, up to chance. Put GELU in the place "
        "of ReLU and change nothing else. What is the size of the pre-activations in layer 50, beside "
        "that in layer 1?",
        options=(
            Option(
                "about the same: the two curves are nearly one",
                "Near 0 they are not: GELU's slope there is 1/2 on both sides. A little is lost in each "
                "layer, and the smaller the signal, the larger the share.",
            ),
            Option(
                "about nine tenths: GELU is slightly smaller",
                "That is roughly what *one* layer does. Fifty layers make a power of it.",
            ),
            Option(
                "less than a thousandth",
                "Yes. Each layer takes a little, and the smaller the signal, the larger the share it takes.",
                right=True,
            ),
            Option(
                "larger: GELU lets negative numbers through, so more gets past",
                "Something does get past on the left. But on the right GELU stays below ReLU, and in the "
                "second moment that counts for more.",
            ),
        ),
        section=TABLE,
    ),
    Choice(
        id="maximum_moments",
        prompt="Someone writes leaky ReLU with slope 2 as `np.maximum(2 * z, z)`, and wants to see the error "
        "in a table computed for z ~ N(0, 1): mean, second moment, gain. Which number gives it away?",
        options=(
            Option(
                "the mean: it has the wrong sign",
                "Yes. The wrong function is 2z on the right and z on the left: mirrored, as it were. Its "
                "squares are the same on average, its mean is not.",
                right=True,
            ),
            Option(
                "the second moment",
                "Both functions have slope 2 on one half and 1 on the other. The normal distribution is "
                "symmetric, so the mean squares agree.",
            ),
            Option("the gain", "It is made of the second moment alone, which is the same for both."),
            Option(
                "none: the two are one function",
                "At z = −3 leaky ReLU with slope 2 gives −6; the larger of −6 and −3 is −3.",
            ),
        ),
        section=TABLE,
    ),
    Choice(
        id="error_factor",
        prompt="Two networks of 50 wide layers use SiLU with its own gain, so that a size of exactly 1 would "
        "stay. One gets an input that is 1 % too small, the other one that is 1 % too large. What happens in "
        "depth?",
        options=(
            Option(
                "both errors stay: the gain keeps sizes",
                "It keeps the size 1. Any other size is changed, for SiLU is not homogeneous.",
            ),
            Option(
                "both errors heal: each layer brings the size closer to 1",
                "That is SELU. SiLU's error factor is above 1.",
            ),
            Option(
                "both errors grow: the one signal fades, the other swells",
                "Yes. The error factor is above 1, so the fixed point at 1 repels on both sides.",
                right=True,
            ),
            Option(
                "the small one fades, the large one comes back to 1",
                "On the right SiLU comes closer and closer to z, so a large signal loses less than its "
                "gain makes up for: it goes on growing.",
            ),
        ),
        section=TABLE,
    ),
    Choice(
        id="selu_with_he",
        prompt="SELU was made so that a signal of any size comes back to size 1, layer by layer. A colleague "
        "builds 50 SELU layers with He initialisation (σ_w² = 2) instead of LeCun's (σ_w² = 1). What happens "
        "to the size of the signal?",
        options=(
            Option(
                "it still comes back to 1: that is what SELU is made for",
                "It comes back only as far as the tail on the left can hold it. With weights this large it "
                "cannot.",
            ),
            Option(
                "it settles at √2: twice the mean square goes in",
                "That would hold if the activations kept their size 1. But they grow with what goes in.",
            ),
            Option(
                "it grows in every layer, without end",
                "Yes. For large signals SELU is a straight line of slope λ on the right, and "
                "2 λ²/2 = λ² is above 1.",
                right=True,
            ),
            Option(
                "it fades: SELU saturates on the left",
                "The left half does saturate. The right half is a straight line steeper than 1, and it wins.",
            ),
        ),
        section=SELU,
    ),
    Choice(
        id="selu_keeps_apart",
        prompt="Lesson 6: behind 50 ReLU layers with He, all images point nearly the same way. SELU with "
        "LeCun's initialisation: two images have correlation 0 in layer 1. What is their correlation in "
        "layer 50, on average over many networks?",
        options=(
            Option(
                "near 1: every activation makes inputs alike",
                "ReLU does so because its mean is not 0: that mean is common to all inputs.",
            ),
            Option(
                "near 0: SELU's mean is 0, so nothing common is added",
                "Yes. One layer makes mean²/second moment of a correlation of 0, and SELU's mean is 0.",
                right=True,
            ),
            Option(
                "near −1: the negative tail pushes them apart",
                "Nothing pushes below 0 as a rule (chance may): what two unrelated inputs get in common is a "
                "square.",
            ),
            Option(
                "near 1/π, as after one ReLU layer",
                "1/π is ReLU's mean²/second moment. Each activation has its own.",
            ),
        ),
        section=SELU,
    ),
    Choice(
        id="prelu_slope",
        prompt="PReLU starts every layer with the slope 0.25 and learns it with the weights. Two hidden "
        "layers of 64 units are trained on MNIST-1D for 20 epochs (Adam, learning rate 0.003), in twenty "
        "networks. Where are the slopes of the second layer afterwards?",
        options=(
            Option(
                "between 0.05 and 1: a useful leak",
                "So it is on other data, from this start. Nothing in the rule keeps the slope positive.",
            ),
            Option(
                "near 0: the network finds that ReLU is best",
                "If it were so, ReLU would be where training leads. It leads past it.",
            ),
            Option(
                "below 0 in all twenty",
                "Yes. The function then has its lowest point at 0 and rises on both sides.",
                right=True,
            ),
            Option(
                "still near 0.25: a single number has little influence",
                "Adam moves it by up to about the learning rate in each step, as it moves a weight. 800 "
                "steps of 0.003 that mostly point the same way go far.",
            ),
        ),
        section=PRELU,
    ),
    Choice(
        id="shared_slope",
        prompt="A PReLU layer has 64 units, one slope, and a batch of 100 samples. How many numbers are "
        "added up in dL/dslope?",
        options=(
            Option("64", "That would be one for each unit. Every sample of the batch uses the slope, too."),
            Option("100", "That would be one for each sample. Every unit uses the same slope, too."),
            Option(
                "6400, of which those with z > 0 are 0",
                "Yes: whoever uses the slope adds its part, and where z > 0 nobody uses it.",
                right=True,
            ),
            Option("1", "It *is* one number, but it is a sum: a parameter that is shared collects from all."),
        ),
        section=PRELU,
    ),
    Choice(
        id="two_rankings",
        prompt="Eight activations are trained on MNIST-1D with twenty seeds each, everything else alike. "
        "We rank their mean test accuracies after 8 epochs, and again after 24 epochs of the same runs. How "
        "do the two rankings compare?",
        options=(
            Option(
                "the same order: with twenty seeds there is little noise left",
                "There is little noise left in each of the two. They still disagree.",
            ),
            Option(
                "the same order, with all differences larger",
                "Some differences grow, some vanish, and some change their sign.",
            ),
            Option(
                "two random orders: the differences are noise",
                "With one seed each, much of it is noise. With twenty, several differences stand out "
                "clearly, at both times.",
            ),
            Option(
                "different orders, though in both some differences are clearly no noise",
                "Yes. The seeds' noise is averaged out. What the setting does to the order is not.",
                right=True,
            ),
        ),
        section=RANKING,
    ),
    Choice(
        id="interval_says",
        prompt="Leaky ReLU against ReLU: a mean difference of +0.003, with the 95 % interval from −0.005 to "
        "+0.011. What follows?",
        options=(
            Option(
                "leaky ReLU is better: the difference is above 0",
                "The interval holds 0 and negative values: with other seeds the sign may turn.",
            ),
            Option(
                "the two are exactly equal",
                "That cannot be shown by measuring. The interval leaves room for small differences.",
            ),
            Option(
                "in this setting, a difference of more than about 0.01 would be hard to square with the data",
                "Yes. An interval that holds 0 is no proof of equality, but it says how large the difference "
                "can plausibly be.",
                right=True,
            ),
            Option(
                "nothing at all: it is not significant",
                "It says a good deal: a difference as large as 0.05 would hardly fit these data.",
            ),
        ),
        section=RANKING,
    ),
)
