"""Lesson 4, curves from hinges: what is asked, what is right, and which mistakes are known."""

import math

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
WRITTEN = "Through-given-points"
FALLS = "How-fast-the-error-falls"
PLACES = "Where-the-knots-stand"
TRAINED = "Does-training-find-such-knots?"


# ------------------------------------------------------------------------------------------- hinge_weights


def hinge_weights(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return np.diff(slopes, prepend=0)


def _knots(generator, n, start):
    """n + 1 knots at unequal distances, from `start` on."""
    return start + np.concatenate([[0], np.cumsum(generator.uniform(0.1, 2, n))])


def hinge_weights_cases(generator):
    return [
        (np.array([0.0, 2.0, 3.0]), np.array([1.0, 5.0, 4.0])),
        (np.array([-2.0, -1.0, 1.0, 1.5]), np.array([3.0, 2.5, 1.5, 1.25])),
        (_knots(generator, 7, -3.0), generator.normal(size=8)),
        (_knots(generator, 4, 0.5), generator.normal(size=5)),
        (np.array([0.0, 0.25, 0.5, 0.75, 1.0]), generator.normal(size=5)),
        (np.array([-1.0, 3.0]), np.array([2.0, -2.0])),
        (_knots(generator, 30, -10.0), generator.normal(size=31)),
    ]


def _by_slopes(weights_of):
    """The answer that makes something else of the slopes of the pieces."""
    return lambda knots, values: weights_of(np.diff(values) / np.diff(knots))


def _by_other_slopes(slopes_of):
    """The answer with other slopes (knots, values), and right changes of them."""
    return lambda knots, values: np.diff(slopes_of(knots, values), prepend=0)


def _minus_weight_before(slopes):
    weights = slopes.copy()
    for i in range(1, weights.size):
        weights[i] -= weights[i - 1]
    return weights


def _divided_again(knots, values):
    gaps = np.diff(knots)
    changes = hinge_weights(knots, values)
    return np.concatenate([changes[:1], changes[1:] / ((gaps[1:] + gaps[:-1]) / 2)])


HINGE_WEIGHTS = Question(
    id="hinge_weights",
    title="The weights of the interpolant",
    points=3,
    reference=hinge_weights,
    cases=hinge_weights_cases,
    mistakes=(
        Mistake(
            "slopes",
            _by_slopes(lambda slopes: slopes),
            "These are the slopes of the pieces. All hinges further left are still rising when the next one "
            "sets in, so a weight is the change of slope at its knot.",
        ),
        Mistake(
            "without_first",
            _by_slopes(np.diff),
            "The first weight is missing. To the left of the first hinge the sum is flat, so the first "
            "weight is the change from slope 0 to the first slope.",
        ),
        Mistake(
            "first_is_zero",
            _by_slopes(lambda slopes: np.concatenate([[0], np.diff(slopes)])),
            "The first weight is 0, so the first piece comes out flat. It has to be the first slope.",
        ),
        Mistake(
            "first_is_value",
            lambda knots, values: np.concatenate([values[:1], hinge_weights(knots, values)[1:]]),
            "The first weight is the first value. That value is the output bias; the first weight is the "
            "first slope.",
        ),
        Mistake(
            "value_before_slopes",
            lambda knots, values: np.diff(np.diff(values) / np.diff(knots), prepend=values[0]),
            "You subtract the first value from the first slope. To the left of the first hinge the slope is "
            "0, whatever the value is.",
        ),
        Mistake(
            "minus_weight_before",
            _by_slopes(_minus_weight_before),
            "From each slope the weight before it is subtracted, not the slope before it. (Whoever changes "
            "the slopes in place, one after the other, has lost the old ones.)",
        ),
        Mistake(
            "old_minus_new",
            _by_slopes(lambda slopes: np.concatenate([slopes[:1], slopes[:-1] - slopes[1:]])),
            "From the second on the weights have the wrong sign: a change is new slope minus old slope.",
        ),
        Mistake(
            "all_negative",
            _by_slopes(lambda slopes: -np.diff(slopes, prepend=0)),
            "All weights have the wrong sign: your network draws the curve upside down. A change is the "
            "new slope minus the old one.",
        ),
        Mistake(
            "appended",
            _by_slopes(lambda slopes: np.diff(slopes, append=0)),
            "The changes are off by one place: the 0 stands after the last slope, but it belongs before the "
            "first one, where the sum is flat.",
        ),
        Mistake(
            "hinge_at_the_last_knot",
            _by_slopes(lambda slopes: np.diff(slopes, prepend=0, append=0)),
            "There is one weight too many: a hinge at the last knot. It would bend where the interval ends, "
            "and nothing is asked beyond it.",
        ),
        Mistake(
            "bias_among_weights",
            lambda knots, values: np.concatenate([values[:1], hinge_weights(knots, values)]),
            "There is one number too many: the first value stands before the weights. It is the output bias, "
            "which is not asked for here.",
        ),
        Mistake(
            "second_differences",
            _by_other_slopes(lambda knots, values: np.diff(values)),
            "You take differences of the values and never divide by the length of the piece. A slope is rise "
            "over run.",
        ),
        Mistake(
            "differences",
            lambda knots, values: np.diff(values),
            "These are the rises of the pieces. Two steps are missing: divide by the lengths, which gives "
            "the slopes, and take the changes of these.",
        ),
        Mistake(
            "first_gap_for_all",
            _by_other_slopes(lambda knots, values: np.diff(values) / (knots[1] - knots[0])),
            "Every rise is divided by the length of the first piece. The knots need not be equally far "
            "apart: each piece has its own length.",
        ),
        Mistake(
            "mean_gap_for_all",
            _by_other_slopes(
                lambda knots, values: np.diff(values) * (knots.size - 1) / (knots[-1] - knots[0])
            ),
            "Every rise is divided by the same length, the mean one. The knots need not be equally far "
            "apart: each piece has its own length.",
        ),
        Mistake(
            "run_over_rise",
            _by_other_slopes(lambda knots, values: np.diff(knots) / np.diff(values)),
            "The fraction is upside down: a slope is rise over run, the change of the value over the change "
            "of x.",
        ),
        Mistake(
            "divided_again",
            _divided_again,
            "You divide the changes of slope by a length once more. That measures a second derivative; the "
            "weight is the change itself.",
        ),
        Mistake(
            "summed",
            _by_slopes(np.cumsum),
            "The slopes are added up. It is the other way round: the weights add up to the slopes, so the "
            "weights are the differences of the slopes.",
        ),
    ),
    hints=(
        "Two steps. First the slope of each piece: n of them. Then what each hinge has to add when it sets "
        "in.",
        "`np.diff(a)` gives the differences of neighbours, one number fewer than `a` has. Rise over run "
        "needs it twice.",
        "Before the first knot the slope is 0. Put this 0 in front of the slopes (`np.concatenate([[0], "
        "slopes])`); then the differences of neighbours are n numbers.",
    ),
    section=WRITTEN,
    relative=1e-7,
    absolute=1e-9,
    vectorised=True,
    sized=lambda n: (np.arange(n + 1.0), np.arange(n + 1.0) ** 2 % 7),
)


# -------------------------------------------------------------------------------------------- hinge_output


def hinge_output(x, knots, weights, bias):
    return np.maximum(x[:, np.newaxis] - knots, 0) @ weights + bias


def hinge_output_cases(generator):
    def case(m, n, bias):
        knots = np.sort(generator.uniform(-2, 2, n))
        return generator.uniform(-3, 3, m), knots, generator.normal(size=n), bias

    return [
        (np.array([0.0, 1.0, 2.5, 4.0]), np.array([0.0, 2.0]), np.array([2.0, -3.0]), 1.0),
        case(9, 4, 0.75),
        case(6, 6, -2.0),  # a square table: a wrong axis keeps the shape
        case(5, 1, 1.5),
        case(3, 12, -0.5),
        case(1, 5, 3.0),
    ]


def _outputs(made):
    """The answer made of the table of differences x - t, one row for each x."""
    return lambda x, knots, weights, bias: made(x[:, np.newaxis] - knots, weights, bias)


HINGE_OUTPUT = Question(
    id="hinge_output",
    title="The network of hinges",
    points=2,
    reference=hinge_output,
    cases=hinge_output_cases,
    mistakes=(
        Mistake(
            "no_relu",
            _outputs(lambda gaps, weights, bias: gaps @ weights + bias),
            "There is no ReLU: each hinge also counts left of its knot, where it should give 0, and the sum "
            "is one straight line.",
        ),
        Mistake(
            "relu_on_output_only",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps @ weights + bias, 0)),
            "ReLU is applied to the output alone. It belongs into the hidden layer: each unit gives relu(x - "
            "t), and the output is affine.",
        ),
        Mistake(
            "relu_on_output_too",
            _outputs(lambda gaps, weights, bias: np.maximum(np.maximum(gaps, 0) @ weights + bias, 0)),
            "ReLU is applied to the output too, so the network can never be negative. The last layer is "
            "affine.",
        ),
        Mistake(
            "weights_inside",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps * weights, 0).sum(axis=1) + bias),
            "The weights are multiplied in before ReLU. A negative weight then turns its hinge round, so "
            "that it gives something on the left. Apply ReLU to x - t first, then multiply.",
        ),
        Mistake(
            "mask",
            _outputs(lambda gaps, weights, bias: (gaps > 0) @ weights + bias),
            "You add up the weights of the hinges that are on. That is the slope, a staircase. A hinge that "
            "is on gives its weight times x - t.",
        ),
        Mistake(
            "bias_subtracted",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps, 0) @ weights - bias),
            "The output bias is subtracted; it has to be added.",
        ),
        Mistake(
            "knots_added",
            lambda x, knots, weights, bias: hinge_output(x, -knots, weights, bias),
            "The knots are added, so the hinges bend at -t. A unit with weight 1 and kink at t has the bias "
            "-t: relu(x - t).",
        ),
        Mistake(
            "flipped",
            _outputs(lambda gaps, weights, bias: np.maximum(-gaps, 0) @ weights + bias),
            "The hinges open to the left: relu(t - x). A hinge is flat on the left of its knot and slopes on "
            "the right: relu(x - t).",
        ),
        Mistake(
            "no_bias",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps, 0) @ weights),
            "The output bias is not used: everything lies too low or too high by the same amount.",
        ),
        Mistake(
            "bias_inside",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps + bias, 0) @ weights),
            "The output bias is added before ReLU, where it moves the knots. It is added once, to the "
            "weighed sum.",
        ),
        Mistake(
            "bias_for_each_hinge",
            _outputs(lambda gaps, weights, bias: (np.maximum(gaps, 0) * weights + bias).sum(axis=1)),
            "The output bias is added for every hinge, n times in all. It is added once, to the weighed sum.",
        ),
        Mistake(
            "not_summed",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps, 0) * weights + bias),
            "You return a whole table: a row for each x and a column for each hinge. Add up each row: `@ "
            "weights` multiplies and adds up at once.",
        ),
        Mistake(
            "summed_over_x",
            _outputs(lambda gaps, weights, bias: (np.maximum(gaps, 0) * weights).sum(axis=0) + bias),
            "You add up over the inputs and keep the hinges. It is the other way round: for each input, the "
            "sum over all hinges, with `axis=1`.",
        ),
        Mistake(
            "summed_over_all",
            _outputs(lambda gaps, weights, bias: (np.maximum(gaps, 0) * weights).sum() + bias),
            "You add up the whole table to one number. Each input has an output of its own: add up each row.",
        ),
        Mistake(
            "no_column",
            lambda x, knots, weights, bias: (np.maximum(x - knots, 0) * weights).sum() + bias,
            "`x - knots` pairs the first input with the first knot, the second with the second, and so on. "
            "Every input meets every knot: make a column of the inputs first, as in lesson 1.",
        ),
        Mistake(
            "column_returned",
            _outputs(lambda gaps, weights, bias: np.maximum(gaps, 0) @ weights[:, np.newaxis] + bias),
            "The numbers are right, but they come as a column of shape (m, 1). Asked for is the shape (m,).",
        ),
    ),
    hints=(
        "It is the layer in code of lesson 1, with w = 1 for every unit. Which bias puts the kink at t?",
        "`x[:, np.newaxis]` makes a column. Column minus row of knots is a table with a row for each input "
        "and a column for each hinge.",
        "ReLU of the table, then `@ weights` adds up each row; the output bias comes last.",
    ),
    section=WRITTEN,
    relative=1e-7,
    absolute=1e-9,
    vectorised=True,
    sized=lambda n: (np.linspace(-1, 4, n), np.linspace(0, 2, n), np.cos(np.arange(n)), 0.5),
)


# -------------------------------------------------------------------------------------------- units_needed


def units_needed(max_second_derivative, length, error):
    return max(1, math.ceil(length * math.sqrt(max_second_derivative / (8 * error))))


def units_needed_cases(generator):
    random = [
        (float(m), float(length), float(10**exponent))
        for m, length, exponent in zip(
            generator.uniform(1, 100, 5),
            generator.uniform(2, 6, 5),
            generator.uniform(-4, -2, 5),
            strict=True,
        )
    ]
    return [
        (4 * math.pi**2, 1.0, 0.001),
        (32.0, 3.0, 0.25),  # exactly 12: one unit fewer is too few, one more is not needed
        (8.0, 2.75, 1.0),  # 2.75, where the nearest whole number is right …
        (8.0, 3.25, 1.0),  # … and 3.25, where it is not
        *random,
        (0.0, 2.0, 0.01),  # a straight line
        (0.5, 1.0, 10.0),
    ]


def _needed(size):
    """The answer that rounds up another number of pieces; at least one piece."""
    return lambda *given: max(1, math.ceil(size(*given)))


def _exact(max_second_derivative, length, error):
    return length * math.sqrt(max_second_derivative / (8 * error))


UNITS_NEEDED = Question(
    id="units_needed",
    title="How many units for a given error?",
    points=2,
    reference=units_needed,
    cases=units_needed_cases,
    mistakes=(
        Mistake(
            "floor",
            lambda *given: max(1, math.floor(_exact(*given))),
            "You round down. With one unit less than the bound asks for, the error may be too large: round "
            "up.",
        ),
        Mistake(
            "nearest",
            lambda *given: max(1, round(_exact(*given))),
            "You round to the nearest whole number, which is sometimes one too few. Round up: `math.ceil`.",
        ),
        Mistake(
            "floor_plus_one",
            lambda *given: math.floor(_exact(*given)) + 1,
            "You round down and add 1. That is one too many where the number is whole already. `math.ceil` "
            "rounds up and leaves whole numbers alone.",
        ),
        Mistake(
            "not_rounded",
            lambda *given: max(1, _exact(*given)),
            "This is not a whole number. Units cannot be split: round up.",
        ),
        Mistake(
            "no_minimum",
            lambda *given: math.ceil(_exact(*given)),
            "For a straight line you need no bend, but you still need one piece, and its hinge carries the "
            "slope: the result is at least 1.",
        ),
        Mistake(
            "divides_by_curvature",
            lambda m, length, error: max(1, math.ceil(length / math.sqrt(8 * error / m))),
            "For a straight line the second derivative is 0, and you divide by it. Solve the bound for n in "
            "such a way that the second derivative stays above the line.",
        ),
        Mistake(
            "no_eighth",
            _needed(lambda m, length, error: length * math.sqrt(m / error)),
            "The 1/8 of the bound is missing: you ask for almost three times as many units as are needed.",
        ),
        Mistake(
            "half_for_eighth",
            _needed(lambda m, length, error: length * math.sqrt(m / (2 * error))),
            "You take 1/2 for 1/8. 1/2 would belong to a tangent at one end; a piece that meets the curve at "
            "both ends does four times better.",
        ),
        Mistake(
            "eight_on_top",
            _needed(lambda m, length, error: length * math.sqrt(8 * m / error)),
            "The 8 is on the wrong side: the bound is divided by 8.",
        ),
        Mistake(
            "no_root",
            _needed(lambda m, length, error: length**2 * m / (8 * error)),
            "This is n², not n: take the square root.",
        ),
        Mistake(
            "no_length",
            _needed(lambda m, length, error: math.sqrt(m / (8 * error))),
            "The length of the interval is not used. A piece is length / n long.",
        ),
        Mistake(
            "root_of_length",
            _needed(lambda m, length, error: math.sqrt(length * m / (8 * error))),
            "The length should come in squared under the root: h = length / n, and the bound has h².",
        ),
        Mistake(
            "divided_by_length",
            _needed(lambda m, length, error: math.sqrt(m / (8 * error)) / length),
            "The length is on the wrong side: a longer interval needs more pieces, not fewer.",
        ),
        Mistake(
            "knots",
            lambda *given: units_needed(*given) + 1,
            "This is the number of knots. n pieces have n + 1 knots but n hinges: the last knot needs none.",
        ),
    ),
    hints=(
        "Start from the bound h² M / 8 for one piece, with M the largest |f''| and h = length / n. When is "
        "it at most `error`?",
        "Solve for n: first n² alone on one side, then the root.",
        "n is a whole number and at least 1. `math.ceil` and `max` help.",
    ),
    section=FALLS,
)


# --------------------------------------------------------------------------------------- convergence_order


def convergence_order(pieces, errors):
    known = errors > 0
    slope, _ = np.polyfit(np.log(pieces[known]), np.log(errors[known]), 1)
    return -slope


def convergence_order_cases(generator):
    def case(pieces, order, constant, without=()):
        pieces = np.array(pieces)
        noise = np.exp(0.2 * generator.normal(size=pieces.size))
        errors = constant * noise * pieces**-order
        errors[list(without)] = 0
        return pieces, errors

    return [
        (np.array([2, 4, 8, 16]), np.array([0.5, 0.125, 0.03125, 0.0078125])),
        case([4, 8, 16, 32, 64], 2.0, 5.0),
        case([10, 20, 50, 100, 200, 500], 0.5, 0.25),
        (np.array([64, 5, 17, 30, 9, 44, 12]), np.array([0.05, 0.5, 0.3, 0.09, 0.2, 0.1, 0.4])),
        case([4, 6, 8, 9, 10, 12, 16], 1.0, 0.4, without=(1, 3, 5)),
        case([3, 7, 11], 3.0, 20.0),
        case([5, 6, 12, 20, 33], 1.5, 0.1, without=(1,)),
        case([8, 16, 24, 32], 2.0, 1.0, without=(2,)),
        case([2, 8, 32], -0.5, 1.0),  # errors that rise
    ]


def _line(x_of, y_of, result=lambda slope, height: -slope):
    """The answer from a straight line through other quantities (pieces, errors without zeros)."""

    def answer(pieces, errors):
        pieces, errors = pieces[errors > 0], errors[errors > 0]
        return result(*np.polyfit(x_of(pieces), y_of(errors), 1))

    return answer


def _from_logs(result):
    """The answer that makes something else of the logarithms (of pieces, of errors without zeros)."""

    def answer(pieces, errors):
        return result(np.log(pieces[errors > 0]), np.log(errors[errors > 0]))

    return answer


def _same(values):
    return values


def _tiny(least):
    """The mistake of a tiny number where an error is 0."""
    return Mistake(
        f"tiny_{least:.0e}",
        lambda pieces, errors: -np.polyfit(np.log(pieces), np.log(np.maximum(errors, least)), 1)[0],
        f"You put a tiny number, {least:.0e}, in place of an error of 0. That makes a point very far down, "
        "and it drags the line along. Leave these pairs out.",
    )


CONVERGENCE_ORDER = Question(
    id="convergence_order",
    title="The order of convergence",
    points=3,
    reference=convergence_order,
    cases=convergence_order_cases,
    mistakes=(
        Mistake(
            "sign",
            _line(np.log, np.log, lambda slope, height: slope),
            "This is the slope of the line, which is negative where the error falls. The order is the p in "
            "n to the power -p.",
        ),
        Mistake(
            "size_of_slope",
            _line(np.log, np.log, lambda slope, height: abs(slope)),
            "You take the size of the slope. That hides whether the errors fall or rise: the order is minus "
            "the slope.",
        ),
        Mistake(
            "zeros_kept",
            lambda pieces, errors: -np.polyfit(np.log(pieces), np.log(errors), 1)[0],
            "Where the error is exactly 0 its logarithm is minus infinity, and no straight line goes through "
            "that. Leave these pairs out.",
        ),
        Mistake(
            "pieces_kept",
            lambda pieces, errors: -np.polyfit(np.log(pieces), np.log(errors[errors > 0]), 1)[0],
            "An error of 0 has to go together with its number of pieces: use the same mask for both arrays.",
        ),
        *map(_tiny, (1e-8, 1e-10, 1e-12, 1e-15, 1e-16, 1e-300)),
        Mistake(
            "no_logarithms",
            _line(_same, _same),
            "There is no logarithm: on ordinary axes a power is no straight line. Take the logarithm of both "
            "the pieces and the errors.",
        ),
        Mistake(
            "log_of_errors_only",
            _line(_same, np.log),
            "Only the errors have their logarithm taken. That makes a straight line of an exponential, not "
            "of a power: the pieces need it too.",
        ),
        Mistake(
            "log_of_pieces_only",
            _line(np.log, _same),
            "Only the pieces have their logarithm taken: the errors need it too.",
        ),
        *(
            Mistake(
                f"{pieces}_and_{errors}",
                _line(getattr(np, pieces), getattr(np, errors)),
                f"Two kinds of logarithm are mixed: `np.{pieces}` for the pieces and `np.{errors}` for the "
                "errors. Any base will do, but the same one for both.",
            )
            for pieces, errors in (("log", "log10"), ("log10", "log"), ("log2", "log10"), ("log2", "log"))
        ),
        Mistake(
            "exchanged",
            _from_logs(lambda x, y: -np.polyfit(y, x, 1)[0]),
            "The axes are exchanged: the number of pieces goes along the line, so its logarithm is the first "
            "argument of `np.polyfit`.",
        ),
        Mistake(
            "height",
            _line(np.log, np.log, lambda slope, height: height),
            "This is the height of the line, the logarithm of the constant C. `np.polyfit(…, 1)` gives the "
            "slope first, then the height.",
        ),
        Mistake(
            "minus_height",
            _line(np.log, np.log, lambda slope, height: -height),
            "This is the height of the line with its sign turned round. `np.polyfit(…, 1)` gives the slope "
            "first, then the height.",
        ),
        Mistake(
            "slope_and_height",
            _line(np.log, np.log, lambda slope, height: np.array([-slope, -height])),
            "These are two numbers: `np.polyfit(…, 1)` gives the slope first, then the height. The order "
            "needs the slope only.",
        ),
        Mistake(
            "first_and_last",
            _from_logs(lambda x, y: -(y[-1] - y[0]) / (x[-1] - x[0])),
            "You use two pairs only, the first and the last. Lay the line through all of them: `np.polyfit`.",
        ),
        Mistake(
            "last_two",
            _from_logs(lambda x, y: -(y[-1] - y[-2]) / (x[-1] - x[-2])),
            "You use the last two pairs only. Lay the line through all of them: `np.polyfit`.",
        ),
        Mistake(
            "mean_of_steps",
            _from_logs(lambda x, y: -np.mean(np.diff(y) / np.diff(x))),
            "You average the slopes from each pair to the next. Small steps then count as much as large "
            "ones. The least-squares line through all pairs is asked for: `np.polyfit`.",
        ),
        Mistake(
            "ratio",
            _from_logs(lambda x, y: -np.mean(y / x)),
            "You divide the logarithms by each other. That forgets the constant C, the height of the line. "
            "The order is the slope of the line.",
        ),
    ),
    hints=(
        "If error = C n^-p, then log(error) = log(C) - p log(n): a straight line. What is its slope?",
        "Errors of exactly 0 go first: `known = errors > 0` is a mask, and `pieces[known]` keeps the pairs "
        "that have a logarithm.",
        "`np.polyfit(u, v, 1)` gives slope and height of the least-squares line of v over u. Mind the sign.",
    ),
    section=FALLS,
    relative=1e-6,
    absolute=1e-9,
)

QUESTIONS = (HINGE_WEIGHTS, HINGE_OUTPUT, UNITS_NEEDED, CONVERGENCE_ORDER)

CHOICES = (
    Choice(
        "nine_points",
        "Nine points of a smooth curve are given. A network with one hidden layer of ReLU units is to "
        "pass through all nine of them exactly. How do you get its weights?",
        (
            Option(
                "There are none: straight pieces cannot follow a curve",
                "Between the points they miss it. But through nine points, or nine thousand, straight pieces "
                "can go exactly.",
            ),
            Option(
                "There are none with ReLU: a smooth curve needs a smooth activation",
                "Nothing smooth is asked for at the points, and between them more pieces bring the network "
                "as close as you like.",
            ),
            Option(
                "Only by training, with luck from several starts",
                "Training is a search, and a search is not needed where there is a formula.",
            ),
            Option(
                "By a formula: no training, no search",
                "One subtraction of slopes for each hidden unit.",
                right=True,
            ),
        ),
        WRITTEN,
    ),
    Choice(
        "three_pieces",
        "A path starts at x = 0 on height 2. It rises with slope 3 up to x = 1, falls with slope -0.5 up to "
        "x = 3, and rises with slope 2 up to x = 4. Which output weights make 2 + v₁ relu(x) + "
        "v₂ relu(x - 1) + v₃ relu(x - 3) this path?",
        (
            Option(
                "3, -0.5 and 2",
                "Those are the slopes. Between 1 and 3 the sum would have slope 3 - 0.5 = 2.5, because the "
                "first hinge goes on rising.",
            ),
            Option("3, -3.5 and 2.5", "Each weight is the new slope minus the old one.", right=True),
            Option(
                "3, 3.5 and -2.5",
                "That is the old slope minus the new one. The second hinge has to bend the path down.",
            ),
            Option(
                "1, -1 and 1",
                "The sign of a weight says which way the path bends, but its size says by how much.",
            ),
        ),
        WRITTEN,
    ),
    Choice(
        "units_for_pieces",
        "A path on [a, b] has 12 straight pieces, whatever their slopes are. All hidden units have weight 1, "
        "as above. What does the network need in general?",
        (
            Option(
                "11 hinges, one for each bend between a and b, and the height at a as output bias",
                "Without a hinge at a, the first piece could only be flat.",
            ),
            Option(
                "12 hinges, and the height at a as output bias",
                "One for the first slope, 11 for the bends.",
                right=True,
            ),
            Option(
                "13 hinges, one for each knot, and the output bias 0",
                "A hinge at b bends where the path ends. And at a all hinges give 0, so the height there has "
                "to come from the output bias.",
            ),
            Option(
                "12 hinges for the slopes and 12 biases for the heights of the pieces",
                "Each piece starts where the one before ends: only the very first height is needed.",
            ),
        ),
        WRITTEN,
    ),
    Choice(
        "twice_as_many",
        "A smooth curve is followed by 100 straight pieces of equal width, with their ends on the curve. "
        "They are already short against the curve's bends. Now take 200. What becomes of the largest error?",
        (
            Option(
                "It is about half as large",
                "A piece is half as long. But over half of the length the curve also turns only half as far.",
            ),
            Option(
                "It is about a quarter as large", "The error goes with the square of the length.", right=True
            ),
            Option(
                "It is about an eighth as large",
                "There is an eighth in the formula, but it is a fixed factor.",
            ),
            Option(
                "It depends: for some smooth curves it hardly falls",
                "How large it is depends on the curve. How fast it falls does not, for pieces as short as "
                "these.",
            ),
        ),
        FALLS,
    ),
    Choice(
        "hardest_curve",
        "Three curves on [0, 1] are each followed by 256 pieces of equal width. For which is the largest "
        "error by far the largest?",
        (
            Option(
                "sin 6πx, with its three full waves",
                "It bends most often, but 256 pieces are many for three waves.",
            ),
            Option(
                "√x, which only climbs, ever more slowly",
                "At 0 it is infinitely steep, and the first piece is far off.",
                right=True,
            ),
            Option(
                "|x − 1/3|, with its corner",
                "The corner costs more than the waves, but only one piece suffers, and both of its sides "
                "have slopes of size 1.",
            ),
            Option(
                "About the same for all three",
                "The widths are the same, the curves are not: the errors lie far apart.",
            ),
        ),
        FALLS,
    ),
    Choice(
        "ten_times_smaller",
        "Equal pieces, and already many of them. The largest error is to become ten times smaller. How many "
        "times as many pieces does that take, for sin 2πx and for √x?",
        (
            Option("10 and 10", "That would be order 1 for both: neither curve has it."),
            Option("About 3 and about 10", "The sine is right. √x has order 1/2, not 1."),
            Option("100 and about 3", "It is the other way round: the smooth curve is the cheap one."),
            Option(
                "About 3 and 100",
                "√10 is about 3.2, because the error of the sine falls like 1/n². For √x it falls like 1/√n, "
                "and √100 is 10.",
                right=True,
            ),
        ),
        FALLS,
    ),
    Choice(
        "steep_or_bent",
        "A ramp: first flat, then a steep and straight climb, then flat again, with a small rounded shoulder "
        "at either end of the climb. You have five pieces, and may put the four inner knots where you like. "
        "Where do they serve best?",
        (
            Option("At equal distances", "Then long stretches that are straight anyway get knots."),
            Option(
                "In the steep part, where the curve changes fastest",
                "Where it climbs, it is straight: one piece follows it without error, however steep it is.",
            ),
            Option(
                "High up, where the values are largest", "Height plays no part: the output bias shifts it."
            ),
            Option(
                "At the shoulders, two at each",
                "Only there the slope changes, and knots are for changes of slope.",
                right=True,
            ),
        ),
        PLACES,
    ),
    Choice(
        "one_high_peak",
        "A smooth curve, and knots between its ends. In the picture of the errors the first piece has a peak "
        "four times as high as all the others. What helps most?",
        (
            Option(
                "Move all knots between the ends a little towards the middle",
                "That makes the first piece longer, and its peak higher still.",
            ),
            Option(
                "Make that piece shorter, at the cost of the others",
                "Its peak falls with about the square of its length, and the others have room.",
                right=True,
            ),
            Option(
                "Put more knots where the error is small, to make it exact there",
                "The largest error stays what it is: it sits on the other piece.",
            ),
            Option(
                "Nothing: with so many pieces this is the least possible error",
                "The other pieces are better than they need be: they can give up some of their knots.",
            ),
        ),
        PLACES,
    ),
    Choice(
        "trained_or_written",
        "16 hidden units for one wave of a sine. Network A is written down, with equal knots. Networks B are "
        "trained for 3000 steps, from 20 random starts; their knots are free. Which has the smaller "
        "largest error?",
        (
            Option(
                "B in all or nearly all starts: free knots can do all that equal ones can, and more",
                "They could. That training finds it is another matter.",
            ),
            Option(
                "B in about half of the starts",
                "It is more one-sided than that, for this recipe of training.",
            ),
            Option(
                "A, against all or nearly all starts",
                "So it is for the sine with this recipe of training. It is not so for all curves.",
                right=True,
            ),
            Option(
                "It makes no difference: training ends in the formula's weights",
                "Training knows nothing of the formula, makes the mean squared error small, and each start "
                "ends elsewhere.",
            ),
        ),
        TRAINED,
    ),
)
