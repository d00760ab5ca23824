"""Lesson 1, the rectifier: what is asked, what is right, and which mistakes are known."""

import numpy as np

from utils.question import Choice, Mistake, Option, Question

SIX_WAYS = "Six-ways-to-write-it"
ONE_UNIT = "One-unit-is-one-bend"
SHAPES = "Bends-add-up-to-shapes"


def _special(dtype=np.float64) -> np.ndarray:
    """The inputs at which the ways to write ReLU part."""
    return np.array([-2.0, -0.0, 0.0, 0.5, 3.0, np.nan, np.inf, -np.inf], dtype=dtype)


# ----------------------------------------------------------------------------------------------------- relu


def relu(x):
    return np.maximum(x, 0)


def relu_cases(generator):
    return [
        (np.array([-2.0, -0.5, 0.0, 0.5, 3.0]),),
        (_special(),),
        (generator.normal(size=(3, 4)).astype(np.float32),),
        (generator.normal(0, 5, size=(2, 3, 2)),),
        (np.array([-3.0]),),
        (np.array(2.5),),
        (np.empty((0, 3)),),
        (np.array([-4, 0, 7]),),
        (np.array([1e308, -1e308]),),
    ]


RELU_MISTAKES = (
    Mistake(
        "python_max",
        lambda x: max(0, x),
        "This asks Python one question, “is x greater than 0?” (with `if` or Python's own `max`), and an "
        "array of several elements has no single answer. Use the NumPy function that takes the larger value "
        "element by element.",
    ),
    Mistake(
        "loop_over_numbers",
        lambda x: np.array([max(0, number) for number in x]),
        "This takes the array apart in a Python loop. It fails as soon as x has more than one axis, it "
        "turns NaN into 0, and it is slow. NumPy has a function that compares a whole array with 0, "
        "element by element.",
    ),
    Mistake(
        "np_max",
        lambda x: np.max(0, x),
        "`np.max` looks for the largest element of one array; its second argument is an axis, not a second "
        "array. Its namesake with a longer name compares two things element by element.",
    ),
    Mistake(
        "np_max_along_axis",
        lambda x: np.max(x, 0),
        "`np.max` looks for the largest entry, and its 0 is an axis, not the number to compare with. Use its "
        "namesake with the longer name, which takes the larger of two things element by element.",
    ),
    Mistake(
        "largest_element",
        lambda x: np.max(x, initial=0),
        "This returns one number, the largest of the whole array. ReLU treats each element on its own, so "
        "the result has the shape of x.",
    ),
    Mistake(
        "nan_becomes_zero",
        lambda x: np.where(x > 0, x, 0),
        "A NaN in x comes out as 0. Every comparison of NaN with `<`, `>` or `==` is false, so it falls "
        "to the “not positive” side (`np.fmax` drops NaN too). A missing number must stay visible: NaN in, "
        "NaN out.",
    ),
    Mistake(
        "times_mask",
        lambda x: x * (x > 0),
        "At minus infinity this gives NaN, because it multiplies infinity by 0. ReLU of minus infinity is 0. "
        "Choose the value instead of multiplying it away.",
    ),
    Mistake(
        "half_sum",
        lambda x: (x + np.abs(x)) / 2,
        "On paper (x + |x|)/2 is ReLU, in floating-point numbers it is not: minus infinity gives NaN, and "
        "a very large x overflows to infinity when it is added to itself. Compare with 0 instead.",
    ),
    Mistake(
        "absolute_value",
        lambda x: np.abs(x),
        "This mirrors the negative numbers to the positive side: it is the absolute value. ReLU turns them "
        "into 0.",
    ),
    Mistake(
        "wrong_side",
        lambda x: np.minimum(x, 0),
        "This keeps the negative numbers and turns the positive ones into 0. ReLU does it the other way "
        "round.",
    ),
    Mistake(
        "clipped_at_one",
        lambda x: np.clip(x, 0, 1),
        "This also stops at 1. ReLU has a floor at 0 and no ceiling: 3 stays 3.",
    ),
    Mistake(
        "step",
        lambda x: np.where(x > 0, 1, 0),
        "This gives 1 for every positive number: it is a step. ReLU gives the positive number itself.",
    ),
    Mistake(
        "always_float32",
        lambda x: np.maximum(x, 0).astype(np.float32),
        "The result is turned into float32, whatever the type of x. Numbers beyond about 3e38 become "
        "infinite there, and the others lose digits. Keep the dtype that x has.",
    ),
)


# ----------------------------------------------------------------------------------------------- leaky_relu


def leaky_relu(x, negative_slope):
    return np.where(x > 0, x, negative_slope * x)


def leaky_relu_cases(generator):
    return [
        (np.array([-3.0, -1.0, 0.0, 2.0]), 0.1),
        (np.array([-3.0, -1.0, 0.0, 2.0]), 2.0),
        (np.array([-3.0, -1.0, 0.0, 2.0]), -1.0),
        (np.array([-3.0, -1.0, 0.0, 2.0]), 1.0),
        (np.array([-3.0, -1.0, 0.0, 2.0]), 0.0),
        (_special(), 0.25),
        (generator.normal(size=(3, 4)).astype(np.float32), 0.01),
        (generator.normal(0, 5, size=(2, 5)), float(generator.uniform(1.5, 3.0))),
        (np.array(-4.0), 0.5),
        (np.empty(0), 0.1),
    ]


LEAKY_MISTAKES = (
    Mistake(
        "maximum",
        lambda x, negative_slope: np.maximum(negative_slope * x, x),
        "The larger of a·x and x is leaky ReLU only for slopes a up to 1. With a = 2 and x = -3 it picks "
        "-3, and -6 is right. Decide by the sign of x, not by which of the two is larger.",
    ),
    Mistake(
        "python_max",
        lambda x, negative_slope: max(negative_slope * x, x),
        "This asks Python one yes-or-no question about a whole array (with `if` or Python's own `max`). "
        "Choose element by element, by the sign of x; the larger of a·x and x would be right only for "
        "slopes a up to 1.",
    ),
    Mistake(
        "slope_on_positive_side",
        lambda x, negative_slope: np.where(x > 0, negative_slope * x, x),
        "The slope went to the positive side. The positive numbers stay as they are; the negative ones are "
        "multiplied by `negative_slope`.",
    ),
    Mistake(
        "sign_flipped",
        lambda x, negative_slope: np.where(x > 0, x, -negative_slope * x),
        "The negative side has the wrong sign: with slope 0.1 the value at -3 is -0.3, not 0.3. "
        "`negative_slope` is the slope on the negative side; it need not be a negative number.",
    ),
    Mistake(
        "plain_relu",
        lambda x, negative_slope: np.maximum(x, 0),
        "This is plain ReLU: `negative_slope` is never used. Multiply the negative numbers by it.",
    ),
    Mistake(
        "fixed_slope",
        lambda x, negative_slope: np.where(x > 0, x, 0.01 * x),
        "The slope is always 0.01, whatever the caller passes. Use the argument `negative_slope`.",
    ),
    Mistake(
        "constant_leak",
        lambda x, negative_slope: np.where(x > 0, x, negative_slope),
        "The negative side is a constant here. A leak is a straight line of that slope: it depends on x.",
    ),
    Mistake(
        "masks_multiplied",
        lambda x, negative_slope: x * (x > 0) + negative_slope * x * (x <= 0),
        "At plus and minus infinity this gives NaN, because one of the two terms multiplies infinity by 0. "
        "Choose between the two values instead of adding both.",
    ),
    Mistake(
        "nan_becomes_zero",
        lambda x, negative_slope: np.where(x > 0, x, np.where(x < 0, negative_slope * x, 0)),
        "A NaN in x comes out as 0: it is neither greater nor smaller than 0, so it fell through both "
        "tests. Two branches are enough, and one of them must hand NaN on.",
    ),
)


# --------------------------------------------------------------------------------------------- tent_weights


def tent_weights(left, peak, right, height):
    # Lists have no dtype, so none is asked of the answer: w = [1, 1, 1] is as good as [1.0, 1.0, 1.0].
    return tuple(each.tolist() for each in _tent(left, peak, right, height))


def _tent(left, peak, right, height):
    rise, fall = height / (peak - left), height / (right - peak)
    return np.ones(3), -np.array([left, peak, right]), np.array([rise, -rise - fall, fall])


def tent_cases(generator):
    kinks = np.sort(generator.uniform(-4, 4, size=(2, 3)), axis=1) + np.array([0.0, 0.5, 1.5])
    return [
        (0.0, 1.0, 2.0, 1.0),
        (-1.0, 1.0, 2.0, 3.0),
        (2.0, 2.5, 4.5, -2.0),
        *[(*map(float, row), float(generator.uniform(0.5, 4))) for row in kinks],
    ]


def drawn(units, x):
    """What hidden units (w, b, v) draw at the points ``x``; ValueError where they are no units."""
    if not isinstance(units, tuple | list) or len(units) != 3:
        raise ValueError("return three arrays, (w, b, v)")
    try:
        w, b, v = (np.asarray(each, dtype=np.float64) for each in units)
    except (TypeError, ValueError):
        raise ValueError("w, b and v must be arrays of numbers") from None
    if not (w.ndim == 1 and w.shape == b.shape == v.shape):
        raise ValueError(
            f"w, b and v have the shapes {w.shape}, {b.shape}, {v.shape}; all must be (n,), one entry a unit"
        )
    return np.maximum(x[:, np.newaxis] * w + b, 0) @ v


def same_drawing(got, expected, arguments):
    """Many units draw one shape, so two answers are compared by what they draw, not by their weights."""
    left, peak, right, height = arguments
    x = np.concatenate([np.linspace(left - 3, right + 3, 41), [left, peak, right]])
    try:
        y = drawn(got, x)
    except ValueError as error:
        return f"it does not return units: {error}"
    try:
        wanted = drawn(expected, x)
    except ValueError:
        return "it returns units"
    # A kink moved by one rounding error moves the drawing by that much times the steepest slope: about
    # 1e-15 in float64 and 1e-6 in float32.
    tolerance = 1e-5 if any(np.asarray(each).dtype == np.float32 for each in got) else 1e-8
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(y - wanted) <= tolerance * (1 + abs(height) / min(peak - left, right - peak)))
    if not wrong.any():
        return None
    place = int(np.flatnonzero(wrong)[0])
    return f"the units draw {y[place]:.4g} at x = {x[place]:.4g}, and the tent is {wanted[place]:.4g} there"


def _two_units(left, peak, right, height):
    w, b, v = _tent(left, peak, right, height)
    return w[:2], b[:2], v[:2]


def _slopes_not_changes(left, peak, right, height):
    rise, fall = height / (peak - left), height / (right - peak)
    return np.ones(3), -np.array([left, peak, right]), np.array([rise, -fall, 0.0])


def _bias_sign(left, peak, right, height):
    w, b, v = _tent(left, peak, right, height)
    return w, -b, v


def _heights_as_weights(left, peak, right, height):
    return np.ones(3), -np.array([left, peak, right]), np.array([height, -2 * height, height])


def _symmetric(left, peak, right, height):
    rise = height / (peak - left)
    return np.ones(3), -np.array([left, peak, right]), np.array([rise, -2 * rise, rise])


def _unit_height(left, peak, right, height):
    return _tent(left, peak, right, 1.0)


def _only_flattens(left, peak, right, height):
    rise, fall = height / (peak - left), height / (right - peak)
    return np.ones(3), -np.array([left, peak, right]), np.array([rise, -rise, -fall])


def _no_output_weights(left, peak, right, height):
    return np.ones(3), -np.array([left, peak, right]), np.ones(3)


def _lesson_output_weights(left, peak, right, height):
    return np.ones(3), -np.array([left, peak, right]), np.array([1.0, -2.0, 1.0])


def _slopes_as_weights(left, peak, right, height):
    w, b, v = _tent(left, peak, right, height)
    return v, v * b, w


def _slopes_as_weights_moved(left, peak, right, height):
    w, b, v = _tent(left, peak, right, height)
    return v, b, w


TENT_MISTAKES = (
    Mistake(
        "two_units",
        _two_units,
        "The shape rises and falls as asked, but at `right` it falls on, below the ground. A line that is to "
        "become flat again needs one more bend there.",
    ),
    Mistake(
        "slopes_not_changes",
        _slopes_not_changes,
        "The second output weight is the new slope. But the first unit goes on rising under it: what a "
        "unit adds at its kink is the *change* of slope, new slope minus old slope.",
    ),
    Mistake(
        "bias_sign",
        _bias_sign,
        "The bends sit at the mirror images of the places asked for. With w = 1 the kink is where x + b = "
        "0: check the sign of the biases.",
    ),
    Mistake(
        "heights_as_weights",
        _heights_as_weights,
        "The output weights are heights. They must be slopes: a side that climbs by `height` over a width of "
        "`peak - left` has the slope height / (peak - left).",
    ),
    Mistake(
        "symmetric",
        _symmetric,
        "This is right only where both sides are equally wide. The falling side has its own slope, because "
        "`right - peak` need not be `peak - left`.",
    ),
    Mistake(
        "unit_height",
        _unit_height,
        "The tent is 1 high whatever `height` says. Every slope grows with the height.",
    ),
    Mistake(
        "only_flattens",
        _only_flattens,
        "At the peak the shape becomes flat and only at `right` it begins to fall: it is a plateau. At the "
        "peak the slope has to change from the rising one to the falling one at once.",
    ),
    Mistake(
        "no_output_weights",
        _no_output_weights,
        "The kinks are in the right places, but every output weight is 1, so each bend only makes the line "
        "steeper. The output weights decide how much the slope changes at each kink.",
    ),
    Mistake(
        "lesson_output_weights",
        _lesson_output_weights,
        "The kinks are in the right places, but the output weights are always 1, -2 and 1, those of the "
        "tent in the lesson. Its slopes are 1 and -1; in general they depend on the height and the widths.",
    ),
    Mistake(
        "slopes_as_weights",
        _slopes_as_weights,
        "The changes of slope are in w. But a negative w turns the unit round, so that it is flat on its "
        "right side. Put the sign, and with it the change of slope, into v.",
    ),
    Mistake(
        "slopes_as_weights_moved",
        _slopes_as_weights_moved,
        "The changes of slope are in w. That moves the kinks, which are at -b/w, and a negative w turns "
        "the unit round. Put the changes of slope into v.",
    ),
)


# --------------------------------------------------------------------------------------------- rescale_unit


def rescale_unit(w, b, v):
    norm = np.sqrt(np.sum(w**2))
    if norm == 0:
        return w, b, v
    return w / norm, b / norm, v * norm


def rescale_cases(generator):
    return [
        (np.array([3.0, 4.0]), 10.0, 2.0),
        (np.array([-2.0]), 1.0, 0.5),
        (generator.normal(size=5), float(generator.normal()), float(generator.normal())),
        (generator.normal(0, 0.1, size=3), 0.0, -1.5),
        (np.zeros(3), 1.5, 2.0),
        (np.array([3.0, 0.0]), 1.5, 2.0),
        (np.array([0.0, -2.0]), 1.5, 2.0),
        (np.array([1.0, -1.0]), 1.5, 2.0),
    ]


def _scaled(norm_of, bias=lambda b, c: b / c, output=lambda v, c: v * c):
    """The answer that a mistaken norm, or a mistaken use of it, gives; zero weights are left alone."""

    def answer(w, b, v):
        c = norm_of(w)
        return (w / c, bias(b, c), output(v, c)) if c != 0 else (w, b, v)

    return answer


def _left_alone(when):
    """The right answer, but a unit for which ``when(w)`` holds is given back as it is."""

    def answer(w, b, v):
        return (w, b, v) if when(w) else rescale_unit(w, b, v)

    return answer


def _zero_divided(w, b, v):
    with np.errstate(divide="ignore", invalid="ignore"):
        norm = np.sqrt(np.sum(w**2))
        return w / norm, b / norm, v * norm


RESCALE_MISTAKES = (
    Mistake(
        "bias_forgotten",
        _scaled(np.linalg.norm, bias=lambda b, c: b),
        "The bias was not divided, so the kink has moved. The pre-activation w·x + b must be scaled as a "
        "whole.",
    ),
    Mistake(
        "output_forgotten",
        _scaled(np.linalg.norm, output=lambda v, c: v),
        "The output weight is unchanged, so the slope is not: the whole function was divided. Give back "
        "through v what w and b lost.",
    ),
    Mistake(
        "output_divided",
        _scaled(np.linalg.norm, output=lambda v, c: v / c),
        "The output weight was divided as well. What w and b lose, v must gain: relu(z / c) is relu(z) / "
        "c, so v is to be multiplied.",
    ),
    Mistake(
        "squared_norm",
        _scaled(lambda w: np.sum(w**2)),
        "This divides by the sum of the squares. The norm is the square root of that sum.",
    ),
    Mistake(
        "sum_of_absolute_values",
        _scaled(lambda w: np.sum(np.abs(w))),
        "This divides by the sum of the absolute values. The norm asked for is the length of the arrow w: "
        "the square root of the sum of the squares.",
    ),
    Mistake(
        "sum_of_weights",
        _scaled(np.sum),
        "This divides by the sum of the weights. That sum can be negative, and relu(c·z) = c·relu(z) holds "
        "for c ≥ 0 only. Divide by the norm, which is never negative.",
    ),
    Mistake(
        "zero_divided",
        _zero_divided,
        "Where all weights are 0 this divides 0 by 0. Such a unit cannot be scaled to norm 1: give it back "
        "as it is.",
    ),
    Mistake(
        "only_weights",
        lambda w, b, v: (rescale_unit(w, b, v)[0], b, v),
        "The weights have norm 1, but the bias and the output weight are what they were. So the unit "
        "computes something else: ask what b and v must do to make up for the smaller or larger w.",
    ),
    Mistake(
        "bias_multiplied",
        _scaled(np.linalg.norm, bias=lambda b, c: b * c),
        "The bias was multiplied by the norm. It stands under the same ReLU as w·x, so it must shrink or "
        "grow as w does: w·x + b is scaled as a whole.",
    ),
    Mistake(
        "a_zero_is_enough",
        _left_alone(lambda w: not w.all()),
        "One weight that is 0 is no obstacle. Only if *all* are 0 is there no norm to divide by. (`w.all()` "
        "asks whether all entries differ from 0.)",
    ),
    Mistake(
        "first_is_zero",
        _left_alone(lambda w: w[0] == 0),
        "This looks at the first weight only. If it is 0 and another one is not, the norm is not 0 either, "
        "and the unit can be scaled.",
    ),
    Mistake(
        "sum_is_zero",
        _left_alone(lambda w: np.sum(w) == 0),
        "The weights 1 and -1 add up to 0, and yet their norm is not 0. A sum of 0 does not mean that "
        "there is nothing to divide by; ask whether the norm is 0.",
    ),
)


QUESTIONS = (
    Question(
        id="relu",
        title="ReLU for arrays of any shape",
        points=2,
        reference=relu,
        cases=relu_cases,
        mistakes=RELU_MISTAKES,
        hints=(
            "Look at the table of the lesson: which rows have no cross in any column?",
            "You need a NumPy function that takes two things and gives the larger one, element by element, "
            "and that hands NaN on.",
            "It is not `np.max`, which looks for the largest entry of one array, but its namesake with the "
            "longer name. Its two arguments are x and the number 0.",
        ),
        section=SIX_WAYS,
        vectorised=True,
    ),
    Question(
        id="leaky_relu",
        title="Leaky ReLU for every slope",
        points=2,
        reference=leaky_relu,
        cases=leaky_relu_cases,
        mistakes=LEAKY_MISTAKES,
        hints=(
            "There are two lines, x and negative_slope · x. What decides which of the two holds?",
            "The sign of x decides, whatever the slope is. `np.where(condition, a, b)` chooses between two "
            "arrays element by element.",
            "Put the line that would hand NaN on into the branch for “the condition is false”: NaN > 0 is "
            "false.",
        ),
        section=SHAPES,
        vectorised=True,
    ),
    Question(
        id="tent_weights",
        title="A tent from three bends",
        points=3,
        reference=tent_weights,
        cases=tent_cases,
        mistakes=TENT_MISTAKES,
        names=("w", "b", "v"),
        hints=(
            "Draw the tent and write the slope of each of its four pieces above it. The first and the last "
            "are 0.",
            "Take w = 1 for all three units. Then the kink of each is at -b, and its output weight is the "
            "new slope minus the old slope.",
            "The slopes are 0, then height / (peak - left), then -height / (right - peak), then 0 again. "
            "The output weights are the three differences.",
        ),
        section=SHAPES,
        compare=same_drawing,
    ),
    Question(
        id="rescale_unit",
        title="The same unit, with incoming weights of norm 1",
        points=3,
        reference=rescale_unit,
        cases=rescale_cases,
        mistakes=RESCALE_MISTAKES,
        names=("w", "b", "v"),
        hints=(
            "Positive homogeneity: relu(c·z) = c·relu(z) for c ≥ 0. Which c makes the norm of c·w equal to "
            "1?",
            "Divide w by its norm. The kink must not move, so the bias needs the same; and the output "
            "weight?",
            "What w and b were divided by, v is multiplied by. Look after the case where the norm is 0.",
        ),
        section=ONE_UNIT,
    ),
)

CHOICES = (
    Choice(
        id="max_on_arrays",
        prompt="Take `x = np.array([-1.0, 2.0])` and `y = np.array([-3.0])`. "
        "What do `max(0, x)` and `max(0, y)` give?",
        options=(
            Option(
                "`array([0., 2.])` and `array([0.])`",
                "That is what ReLU should give. But Python's `max` does not work element by element: it "
                "compares its two arguments as wholes.",
            ),
            Option(
                "a ValueError, and the plain number `0`",
                "`x > 0` is an array of two answers, and NumPy refuses to call that true or false. "
                "With one element there is one answer, so `max` hands back its first argument, the integer "
                "0, and the array is gone without a word.",
                right=True,
            ),
            Option(
                "a ValueError for both",
                "For two elements, yes. With one element Python does find a single true or false, so no "
                "error warns you: the array is silently replaced by the number 0.",
            ),
            Option(
                "`2.0` and `0`, the largest number of all",
                "`max` looks for the largest of its arguments, and here these are the number 0 and one "
                "array. It does not look inside the array.",
            ),
        ),
        section=SIX_WAYS,
    ),
    Choice(
        id="broken_sensor",
        prompt="A broken sensor writes NaN into your data. "
        "After which way do you no longer see that something is wrong?",
        options=(
            Option("`np.maximum(x, 0)`", "Here NaN stays NaN, and you see it in the result."),
            Option(
                "`np.where(x > 0, x, 0)`",
                "NaN > 0 is false, so NaN gets the value for “not positive”, a 0 that looks healthy.",
                right=True,
            ),
            Option(
                "`x * (x > 0)`",
                "NaN times 0 is NaN, so it stays visible. This way breaks elsewhere, at -inf.",
            ),
            Option("`(x + np.abs(x)) / 2`", "NaN plus anything is NaN, so it stays visible."),
        ),
        section=SIX_WAYS,
    ),
    Choice(
        id="flat_side",
        prompt="A unit computes `relu(w*x + b)` with w = -2 and b = 4. For which x is it exactly 0?",
        options=(
            Option(
                "For all x, because the weight is negative",
                "A negative weight does not silence this unit. At x = 0 the sum is 4, and the unit gives 4.",
            ),
            Option(
                "For x ≤ 2",
                "The kink is at 2, but a negative weight turns the bend round. Try x = 0: it gives 4.",
            ),
            Option(
                "For x ≥ 2",
                "The sum -2x + 4 is 0 at x = 2 and negative to the right of it. A negative weight "
                "puts the flat side on the right.",
                right=True,
            ),
            Option("For x ≥ -2", "Mind the sign: -2x + 4 = 0 gives x = 2. The kink is at -b/w."),
        ),
        section=ONE_UNIT,
    ),
    Choice(
        id="negative_scale",
        prompt="You multiply w and b of the unit `v * relu(w*x + b)` by -1 (w and v are not 0). "
        "Which new v makes the function what it was?",
        options=(
            Option(
                "-v",
                "That would work if relu(c·z) were c·relu(z) for negative c too. But relu(-z) is 0 where "
                "relu(z) was not, and no factor mends that.",
            ),
            Option("v", "Then the bend is mirrored: what was flat is sloped now, and the other way round."),
            Option(
                "No v does that",
                "Homogeneity holds for c ≥ 0 only. With c = -1 the flat side and the sloped side "
                "change places, and v cannot change them back.",
                right=True,
            ),
            Option(
                "1/v", "v must undo the factor -1, but ReLU does not let a negative factor through at all."
            ),
        ),
        section=ONE_UNIT,
    ),
    Choice(
        id="what_it_cannot_be",
        prompt="ReLU never gives a negative number. What can the sum of two units `v * relu(w*x + b)`, "
        "each with its own w, b and v, therefore never be?",
        options=(
            Option("negative somewhere", "The output weights v may be negative, so the sum may be."),
            Option(
                "a straight line that goes on for all x",
                "relu(x) - relu(-x) is just that: it is x, for every x.",
            ),
            Option(
                "falling everywhere", "Turn the sign round: relu(-x) - relu(x) is -x, which falls everywhere."
            ),
            Option(
                "It can be each of these",
                "The output weights may have any sign, and relu(x) - relu(-x) = x. What a single unit "
                "cannot do, two can.",
                right=True,
            ),
        ),
        section=SHAPES,
    ),
    Choice(
        id="leaky_at_two",
        prompt="What does leaky ReLU with `negative_slope=2` give at x = -3?",
        options=(
            Option(
                "-3",
                "That is max(2·(-3), -3). The maximum picks the wrong line as soon as the slope exceeds 1.",
            ),
            Option("-6", "On the negative side the line has slope 2, so -3 goes to -6.", right=True),
            Option(
                "6",
                "The slope on the negative side is 2, not -2. `negative_slope` means “slope on the "
                "negative side”.",
            ),
            Option("0", "That is plain ReLU, whose negative side has slope 0."),
        ),
        section=SHAPES,
    ),
)
