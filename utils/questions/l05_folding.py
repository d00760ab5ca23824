"""Lesson 5, folding: what is asked, what is right, and which mistakes are known."""

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
FOLDING = "Folding-a-line"
SQUARE = "A-parabola-from-folds"
TYPICAL = "What-a-random-network-does"
TRAINED = "What-training-does-to-the-pieces"


def _relu(x):
    return np.maximum(x, 0)


def _tent(x):
    return 2 * _relu(x) - 4 * _relu(x - 0.5) + 2 * _relu(x - 1)


# --------------------------------------------------------------------------------------------- folded_tent


def folded_tent(x, folds):
    for _ in range(folds):
        x = _tent(x)
    return x


def folded_tent_cases(generator):
    sixteenths = np.arange(-4, 21) / 16
    return [
        (np.array([0.0, 0.125, 0.25, 0.5, 0.75, 1.0]), 2),
        (np.array([-0.5, 0.25, 1.25, 2.0]), 1),
        (np.array([-0.5, 0.25, 1.5]), 0),
        (sixteenths, 3),
        (sixteenths, 2),
        (generator.uniform(0, 1, size=(4, 5)), 4),
        (generator.uniform(0, 1, size=30), 6),
        (generator.uniform(-1, 2, size=40), 5),
        (0.3, 3),
    ]


def _iterated(step):
    """The answer with another tent."""

    def answer(x, folds):
        for _ in range(folds):
            x = step(x)
        return x

    return answer


def _added(x, folds):
    """The sum of the tent of x, the tent of that, and so on; x itself without a fold."""
    total, inner = 0.0 * x, x
    for _ in range(folds):
        inner = _tent(inner)
        total = total + inner
    return total if folds else x


def _endless_without_folds(x, folds):
    """A recursion that stops at one fold."""
    if folds == 0:
        raise RecursionError
    return folded_tent(x, folds)


FOLDED_TENT_MISTAKES = (
    Mistake(
        "one_too_few",
        lambda x, folds: folded_tent(x, folds - 1),
        "The tent is applied once too rarely. With `folds = 1` it is applied once, with 0 not at all: does "
        "your loop begin with x itself?",
    ),
    Mistake(
        "one_too_many",
        lambda x, folds: folded_tent(x, folds + 1),
        "The tent is applied once too often. With `folds = 0` nothing is applied, and x comes back as it is.",
    ),
    Mistake(
        "at_least_one",
        lambda x, folds: folded_tent(x, max(folds, 1)),
        "With `folds = 0` the tent is applied all the same. Without a fold x comes back as it is: begin the "
        "loop with x, not with the tent of x.",
    ),
    Mistake(
        "always_one",
        lambda x, folds: _tent(x) if folds else x,
        "The tent is applied only once, however many folds are asked for. Each fold takes what the one "
        "before it gave, not x again.",
    ),
    Mistake(
        "times_folds",
        lambda x, folds: folds * _tent(x) if folds else x,
        "The tent is multiplied by (or added up) the number of folds. Folding is composing: put the "
        "result into the tent again.",
    ),
    Mistake(
        "added",
        _added,
        "The results of all folds are added up. Adding is what one wide layer does; folding hands on the "
        "last result alone.",
    ),
    Mistake(
        "power",
        lambda x, folds: _tent(x) ** folds if folds else x,
        "This is a power of the tent: the result is multiplied by itself. The tent of the tent means: put "
        "the result into the tent again.",
    ),
    Mistake(
        "doubled_input",
        lambda x, folds: _tent(2 ** (folds - 1) * x) if folds else x,
        "A larger input gives one narrower tent, and 0 to its right. To get many tents, put the result "
        "into the tent again.",
    ),
    Mistake(
        "no_third_unit",
        _iterated(lambda x: 2 * _relu(x) - 4 * _relu(x - 0.5)),
        "Beyond x = 1 your tent goes on falling, below 0. The third unit, which bends at 1, stops it.",
    ),
    Mistake(
        "outside_negative",
        _iterated(lambda x: 1 - np.abs(2 * x - 1)),
        "Between 0 and 1 all is right, but outside your tent is negative. There the tent of three ReLUs "
        "is 0.",
    ),
    Mistake(
        "half_as_steep",
        _iterated(lambda x: _relu(x) - 2 * _relu(x - 0.5) + _relu(x - 1)),
        "Your tent is only 1/2 high: the slopes are 1 and -1. To fold again it must reach 1, so the slopes "
        "are 2 and -2.",
    ),
    Mistake(
        "no_bend_in_the_middle",
        _iterated(lambda x: 2 * _relu(x) - 2 * _relu(x - 0.5)),
        "Your function rises to 1 and stays there: a ramp, not a tent. At 1/2 the slope changes from 2 to "
        "-2, which is a change of 4.",
    ),
    Mistake(
        "wrapped",
        _iterated(lambda x: 2 * x - np.floor(2 * x)),
        "Your function jumps back to 0 at 1/2, like a saw. The tent comes down as steeply as it went up.",
    ),
    Mistake(
        "plus_four",
        _iterated(lambda x: 2 * _relu(x) + 4 * _relu(x - 0.5) + 2 * _relu(x - 1)),
        "Your function goes on rising after 1/2, ever more steeply. The second unit's weight is -4.",
    ),
    Mistake(
        "python_max",
        _iterated(lambda x: 2 * max(x, 0) - 4 * max(x - 0.5, 0) + 2 * max(x - 1, 0)),
        "Python's `max(x, 0)`, or an `if` with x, cannot choose for each number of an array (lesson 1). "
        "`np.maximum` can.",
    ),
    Mistake(
        "endless_without_folds",
        _endless_without_folds,
        "With `folds = 0` your function calls itself without end. There the result is x itself: stop at 0.",
    ),
)


# ------------------------------------------------------------------------------------------- folded_square


def folded_square(x, folds):
    total, wave = x, x
    for s in range(1, folds + 1):
        wave = _tent(wave)
        total = total - wave / 4**s
    return total


def folded_square_cases(generator):
    quarters = np.arange(5) / 4
    return [
        (quarters, 2),
        (quarters, 1),
        (np.arange(17) / 16, 3),
        (np.arange(17) / 16, 0),
        (generator.uniform(0, 1, size=40), 4),
        (generator.uniform(0, 1, size=(3, 6)), 5),
        (generator.uniform(0, 1, size=7), 3),
        (0.3, 2),
    ]


def _squared(term, start=lambda x: x, count=lambda folds: range(1, folds + 1), sign=-1):
    """The answer with other terms: term(wave, s), wave being the tent applied s times."""

    def answer(x, folds):
        total = start(x)
        for s in count(folds):
            total = total + sign * term(folded_tent(x, s), s)
        return total

    return answer


def _fold_the_result(x, folds):
    total = x
    for s in range(1, folds + 1):
        total = total - _tent(total) / 4**s
    return total


def _fold_the_result_often(x, folds):
    total = x
    for s in range(1, folds + 1):
        total = total - folded_tent(total, s) / 4**s
    return total


FOLDED_SQUARE_MISTAKES = (
    Mistake(
        "without_x",
        _squared(lambda wave, s: wave / 4**s, start=lambda x: 0.0 * x),
        "The sum is there, but not x itself: the approximation starts from x and takes the waves away.",
    ),
    Mistake(
        "the_sum_alone",
        _squared(lambda wave, s: wave / 4**s, start=lambda x: 0.0 * x, sign=1),
        "This is the sum of the waves. It has to be taken away from x.",
    ),
    Mistake(
        "added",
        _squared(lambda wave, s: wave / 4**s, sign=1),
        "The waves are added. x lies above the parabola between 0 and 1, so they must be taken away.",
    ),
    Mistake(
        "powers_of_two",
        _squared(lambda wave, s: wave / 2**s),
        "The waves are divided by powers of 2. Each gap is a quarter as high as the one before: powers of 4.",
    ),
    Mistake(
        "four_times_s",
        _squared(lambda wave, s: wave / (4 * s)),
        "The waves are divided by 4, 8, 12 ... The heights fall by a factor: 4, 16, 64 ..., which is `4**s`.",
    ),
    Mistake(
        "always_four",
        _squared(lambda wave, s: wave / 4),
        "Every wave is divided by 4. Wave number s is divided by `4**s`.",
    ),
    Mistake(
        "not_divided",
        _squared(lambda wave, s: wave),
        "The waves are not divided. Each tent is 1 high; the gap that it has to fill is only 1/4**s.",
    ),
    Mistake(
        "powers_from_zero",
        _squared(lambda wave, s: wave / 4 ** (s - 1)),
        "The powers start at 4**0 = 1. The first wave is divided by 4: the gap between x and x² is 1/4 at "
        "the middle.",
    ),
    Mistake(
        "powers_too_high",
        _squared(lambda wave, s: wave / 4 ** (s + 1)),
        "The powers start at 4**2. The first wave is divided by 4: the gap between x and x² is 1/4 at the "
        "middle.",
    ),
    Mistake(
        "one_too_few",
        _squared(lambda wave, s: wave / 4**s, count=lambda folds: range(1, folds)),
        "The last wave is missing. `range(1, folds)` ends at folds - 1.",
    ),
    Mistake(
        "from_zero_folds",
        _squared(lambda wave, s: wave / 4**s, count=lambda folds: range(folds)),
        "The sum starts with s = 0, where the wave is x itself, so nothing is left of x; and the last wave "
        "is missing. s goes from 1 to folds.",
    ),
    Mistake(
        "waves_one_behind",
        _squared(lambda wave, s: wave / 4 ** (s + 1), count=range),
        "Each wave has one fold too few: the first that you take away is x/4 itself. Apply the tent first, "
        "then subtract.",
    ),
    Mistake(
        "same_wave",
        lambda x, folds: x - sum((_tent(x) / 4**s for s in range(1, folds + 1)), 0.0 * x),
        "Every wave is the tent of x. Wave number s is the tent applied s times: put the last wave into the "
        "tent again.",
    ),
    Mistake(
        "last_wave_only",
        lambda x, folds: x - folded_tent(x, folds) / 4**folds if folds else x,
        "Only the last wave is taken away. The earlier ones fill the larger gaps: take away all of them.",
    ),
    Mistake(
        "folds_the_result",
        _fold_the_result,
        "The tent is applied to the running result. Keep two variables: the wave, which is folded, and the "
        "total, from which each wave is taken away.",
    ),
    Mistake(
        "folds_the_result_often",
        _fold_the_result_often,
        "The tent is applied to the running result, s times in round s. Each wave is made of x: keep two "
        "variables, the wave and the total.",
    ),
    Mistake(
        "first_wave_only",
        lambda x, folds: x - _tent(x) / 4 if folds else x,
        "Only the first wave is taken away, however many folds are asked for. Does `return` stand inside the "
        "loop?",
    ),
    Mistake(
        "doubled_input",
        lambda x, folds: x - sum((_tent(2 ** (s - 1) * x) / 4**s for s in range(1, folds + 1)), 0.0 * x),
        "A larger input gives one narrower tent, and 0 to its right. A wave of many teeth comes from "
        "putting the last wave into the tent again.",
    ),
    Mistake(
        "exact_square",
        lambda x, folds: x * x,
        "This is x² itself. Wanted is what so many folds make of it, error included: a curve of straight "
        "pieces.",
    ),
)


# ---------------------------------------------------------------------------------------- line_breakpoints


def line_breakpoints(weights, bias, start, end):
    at_start, at_end = start @ weights + bias, end @ weights + bias
    moves = at_start != at_end
    t = at_start[moves] / (at_start[moves] - at_end[moves])
    return np.unique(t[(0 < t) & (t < 1)])


def line_breakpoints_cases(generator):
    """Layers whose breakpoints lie clearly inside, clearly outside, or exactly at an end."""
    by_hand = (
        # Bends at 1/4, 3/4 and 1/2; outside (3/2, -1/2); parallel; at the end and at the start.
        np.array([[4.0, -4.0, 2.0, 2.0, 2.0, 0.0, 1.0, 3.0], [1.0, 0.0, 1.0, 0.0, 5.0, 2.0, 1.0, 2.0]]),
        np.array([-3.0, 3.0, -3.0, -3.0, -9.0, -1.0, -3.0, -4.0]),
        np.array([0.0, 2.0]),
        np.array([1.0, 2.0]),
    )
    weights = np.array([[1.0, -2.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]])
    same_place = (weights, np.array([-1.0, 2.0, -3.0, -4.0]), np.array([0.0, 0.0]), np.array([4.0, 0.0]))
    cases = [by_hand, same_place]
    for features, width in ((2, 6), (3, 9), (5, 4), (1, 7), (4, 12)):
        normal = generator.normal(size=(features, width))
        start, end = generator.normal(size=(2, features)) * 3
        # Where each unit shall bend, in units of the path: some outside.
        place = generator.permutation(np.linspace(-0.45, 1.4, width) + generator.uniform(-0.02, 0.02, width))
        bias = -(start @ normal + place * ((end - start) @ normal))
        cases.append((normal, bias, start, end))
    parallel = np.array([[2.0, 0.0], [-1.0, 0.0]]).T
    cases.append((parallel, np.array([1.0, 0.0]), np.array([0.5, -1.0]), np.array([0.5, 1.0])))
    return cases


def _all_t(weights, bias, start, end):
    """The parameter of every unit; infinite or NaN for those parallel to the path."""
    at_start, at_end = start @ weights + bias, end @ weights + bias
    with np.errstate(all="ignore"):
        return at_start / (at_start - at_end)


def _inside(t):
    return t[(0 < t) & (t < 1)]


def _with_t(change, inside=_inside, finish=np.unique):
    """The answer with other parameters before those outside go: change(weights, bias, start, end)."""

    def answer(weights, bias, start, end):
        with np.errstate(all="ignore"):
            return finish(inside(change(weights, bias, start, end)))

    return answer


def _points(weights, bias, start, end):
    t = line_breakpoints(weights, bias, start, end)
    return start + t[:, None] * (end - start)


def _points_of_all(weights, bias, start, end):
    t = _all_t(weights, bias, start, end)
    return start + t[np.isfinite(t), None] * (end - start)


def _lengths(weights, bias, start, end):
    return line_breakpoints(weights, bias, start, end) * np.linalg.norm(end - start)


def _no_start(weights, bias, start, end):
    return -bias / ((end - start) @ weights)


def _no_bias(weights, bias, start, end):
    return -(start @ weights) / ((end - start) @ weights)


def _end_for_step(weights, bias, start, end):
    return -(start @ weights + bias) / (end @ weights)


def _bias_in_the_step(weights, bias, start, end):
    return -(start @ weights + bias) / ((end - start) @ weights + bias)


def _sizes_only(weights, bias, start, end):
    one, other = start @ weights + bias, end @ weights + bias
    return (np.abs(one) / (np.abs(one) + np.abs(other)))[one != other]


def _weights_first(weights, bias, start, end):
    at_start, at_end = weights @ start + bias, weights @ end + bias
    moves = at_start != at_end
    return at_start[moves] / (at_start[moves] - at_end[moves])


def _of_units(weights, bias, start, end):
    """One for each unit, NaN where it has none inside."""
    t = _all_t(weights, bias, start, end)
    return np.where((0 < t) & (t < 1), t, np.nan)


LINE_BREAKPOINTS_MISTAKES = (
    Mistake(
        "unsorted",
        _with_t(_all_t, finish=lambda t: t[np.sort(np.unique(t, return_index=True)[1])]),
        "The breakpoints come in the order of the units. Sort them along the path: `np.unique` or `np.sort`.",
    ),
    Mistake(
        "unsorted_with_repeats",
        _with_t(_all_t, finish=lambda t: t),
        "The breakpoints come in the order of the units, and those that two units share twice. `np.unique` "
        "sorts and drops repeats.",
    ),
    Mistake(
        "repeated",
        _with_t(_all_t, finish=np.sort),
        "Where two units bend at the same place, it stands there twice, perhaps differing in the last "
        "digits. It is one breakpoint: `np.unique` sorts and drops what is exactly equal.",
    ),
    Mistake(
        "points",
        _points,
        "These are the points in the input space. Return the parameters t, one number for each: 0 at the "
        "start and 1 at the end.",
    ),
    Mistake(
        "points_of_all",
        _points_of_all,
        "These are points in the input space, also some that are not on the path, in the order of the units. "
        "Return the parameters t between 0 and 1, sorted, one number for each breakpoint.",
    ),
    Mistake(
        "lengths",
        _lengths,
        "These are distances from the start. The parameter t is 1 at the end, however long the path is: do "
        "not divide by a length, or multiply with one.",
    ),
    Mistake(
        "outside_too",
        _with_t(_all_t, inside=lambda t: t[np.isfinite(t)]),
        "Breakpoints before the start or behind the end are in the list. Keep those with 0 < t < 1.",
    ),
    Mistake(
        "behind_the_end_too",
        _with_t(_all_t, inside=lambda t: t[np.isfinite(t) & (t > 0)]),
        "Breakpoints behind the end are in the list. Keep those with 0 < t < 1.",
    ),
    Mistake(
        "before_the_start_too",
        _with_t(_all_t, inside=lambda t: t[np.isfinite(t) & (t < 1)]),
        "Breakpoints before the start are in the list. Keep those with 0 < t < 1.",
    ),
    Mistake(
        "ends_too",
        _with_t(_all_t, inside=lambda t: t[(0 <= t) & (t <= 1)]),
        "Breakpoints exactly at the start or the end are in the list. Keep only those strictly between: "
        "0 < t < 1.",
    ),
    Mistake(
        "ends_added",
        _with_t(_all_t, finish=lambda t: np.unique([0, *t, 1])),
        "0 and 1 are in every list. They are the ends of the path, not breakpoints.",
    ),
    Mistake(
        "clipped",
        _with_t(_all_t, inside=lambda t: np.clip(t[np.isfinite(t)], 0, 1)),
        "Breakpoints outside were moved to 0 and 1. They are not on the path: leave them out.",
    ),
    Mistake(
        "outside_and_infinite",
        _with_t(_all_t, inside=lambda t: t),
        "All units are in the list: also those that bend before the start or behind the end, and those "
        "parallel to the path, as inf or NaN. Keep those with 0 < t < 1.",
    ),
    Mistake(
        "one_for_each_unit",
        _of_units,
        "There is one entry for each unit, with NaN for those that do not bend on the path. Return the "
        "others only, sorted.",
    ),
    Mistake(
        "from_the_end",
        _with_t(lambda *given: 1 - _all_t(*given)),
        "The parameters are measured from the end. t is 0 at the start and 1 at the end.",
    ),
    Mistake(
        "negative",
        _with_t(lambda *given: -_all_t(*given)),
        "The sign is wrong. z(t) = z(0) + t (z(1) - z(0)) is 0 at t = z(0) / (z(0) - z(1)).",
    ),
    Mistake(
        "plus_in_the_denominator",
        _with_t(
            lambda weights, bias, start, end: (
                (start @ weights + bias) / (start @ weights + end @ weights + 2 * bias)
            )
        ),
        "z(0) and z(1) are added below the line. z(t) = z(0) + t (z(1) - z(0)) is 0 at t = z(0) / (z(0) - "
        "z(1)): they have opposite signs, and the difference is the whole path from one to the other.",
    ),
    Mistake(
        "ratio_of_both",
        _with_t(lambda weights, bias, start, end: (start @ weights + bias) / (end @ weights + bias)),
        "You divide z at the start by z at the end. Divide by the change of z along the path instead, which "
        "is their difference.",
    ),
    Mistake(
        "no_start",
        _with_t(_no_start),
        "The start is not used in the pre-activation: it is start @ weights + bias there, not only bias.",
    ),
    Mistake(
        "no_bias",
        _with_t(_no_bias),
        "The bias is missing in the pre-activation at the start.",
    ),
    Mistake(
        "end_for_step",
        _with_t(_end_for_step),
        "The change of z along the path is (end - start) @ weights. You use end @ weights.",
    ),
    Mistake(
        "bias_in_the_step",
        _with_t(_bias_in_the_step),
        "The bias is added to the change of z along the path. It is the same at both ends, so it cancels "
        "in their difference.",
    ),
    Mistake(
        "bias_subtracted",
        _with_t(lambda weights, bias, start, end: _all_t(weights, -bias, start, end)),
        "The bias is subtracted in the pre-activation. It is added: start @ weights + bias.",
    ),
    Mistake(
        "sizes_only",
        _with_t(_sizes_only),
        "You find a breakpoint also for units whose pre-activation has the same sign at both ends. With "
        "z(0) - z(1) below the line, not the sum of the sizes, these fall outside of 0 to 1.",
    ),
    Mistake(
        "never_any",
        lambda *given: np.empty(0),
        "Your list is empty in every case. A unit has a breakpoint where its pre-activation has opposite "
        "signs at the two ends: use z itself, before ReLU.",
    ),
    Mistake(
        "weights_first",
        _with_t(_weights_first),
        "`weights @ start` does not fit: the weights are (features, width), so it is `start @ weights`.",
    ),
    Mistake(
        "count",
        lambda *given: line_breakpoints(*given).size,
        "This is the number of breakpoints. Return the breakpoints themselves.",
    ),
)


# ------------------------------------------------------------------------------------------- folded_pieces


def folded_pieces(widths):
    pieces = 1
    for width in widths[:-1]:
        pieces *= (width // 2) ** 2
    n = widths[-1]
    return pieces * (1 + n + n * (n - 1) // 2)


def folded_pieces_cases(generator):
    odd = [int(each) for each in 2 * generator.integers(2, 5, size=3) + 1]
    even = [int(each) for each in 2 * generator.integers(2, 6, size=2)]
    return [
        ([4, 4],),
        ([5],),
        ([24],),
        ([12, 12, 12, 12],),
        ([6, 4, 8],),
        ([3, 3, 3, 3],),
        (odd,),
        ([*even, 7, 10],),
        ([5, 8],),
    ]


def _last(n):
    return 1 + n + n * (n - 1) // 2


def _product(factor, last=_last):
    """The answer with other factors."""

    def answer(widths):
        pieces = last(widths[-1])
        for width in widths[:-1]:
            pieces = pieces * factor(width)
        return pieces

    return answer


FOLDED_PIECES_MISTAKES = (
    Mistake(
        "not_squared",
        _product(lambda width: width // 2),
        "Each layer counts the folds of one input only. It folds both, so p times p squares lie on each "
        "other.",
    ),
    Mistake(
        "not_rounded",
        _product(lambda width: (width / 2) ** 2),
        "Half of an odd width is not rounded down: half a unit does not fold. Use `//`.",
    ),
    Mistake(
        "rounded_too_late",
        _product(lambda width: width**2 // 4),
        "You round after squaring. Each input gets a whole number of units: round down first, `width // 2`, "
        "then square.",
    ),
    Mistake(
        "rounded_up",
        _product(lambda width: ((width + 1) // 2) ** 2),
        "Half of an odd width is rounded up. There are not enough units to fold both inputs so often: round "
        "down.",
    ),
    Mistake(
        "whole_width",
        _product(lambda width: width**2),
        "Each input gets all units of a layer. They have to share them: half for each.",
    ),
    Mistake(
        "two_to_the_width",
        _product(lambda width: 2**width),
        "A layer of n units does not fold 2**n times: each unit adds one piece to the zigzag of one input.",
    ),
    Mistake(
        "last_layer_folds_too",
        lambda widths: folded_pieces([*widths, 0]),
        "The last layer is counted as if it folded, like the others. It draws its lines: 1 + n + n (n - 1) / "
        "2.",
    ),
    Mistake(
        "last_layer_does_both",
        lambda widths: folded_pieces(widths) * (widths[-1] // 2) ** 2,
        "The last layer is counted twice: it folds and draws its lines. It does the second only.",
    ),
    Mistake(
        "formula_in_every_layer",
        _product(_last),
        "The formula 1 + n + n (n - 1) / 2 is used for every layer. It belongs to the last one; the others "
        "fold.",
    ),
    Mistake(
        "all_units_in_one_layer",
        lambda widths: _last(sum(widths)),
        "This is what all units make in one layer. Here the layers follow each other, and each but the last "
        "multiplies.",
    ),
    Mistake(
        "added",
        lambda widths: sum((width // 2) ** 2 for width in widths[:-1]) + _last(widths[-1]),
        "The layers' numbers are added. What a layer folds, all later layers draw into at once: they "
        "multiply.",
    ),
    Mistake(
        "one_missing",
        _product(lambda width: (width // 2) ** 2, last=lambda n: n + n * (n - 1) // 2),
        "The 1 is missing in the last layer's formula: with no line at all there is one piece.",
    ),
    Mistake(
        "pairs_only",
        _product(lambda width: (width // 2) ** 2, last=lambda n: n * (n - 1) // 2),
        "Only the crossings of the last layer's lines are counted. The lines themselves cut too: 1 + n + n "
        "(n - 1) / 2.",
    ),
    Mistake(
        "n_times_n_plus_one",
        _product(lambda width: (width // 2) ** 2, last=lambda n: 1 + n + n * (n + 1) // 2),
        "n + 1 instead of n - 1: a line is not crossed by itself. The last layer's formula is 1 + n + n (n "
        "- 1) / 2.",
    ),
    Mistake(
        "half_the_square",
        _product(lambda width: (width // 2) ** 2, last=lambda n: n**2 / 2),
        "n²/2 is a rule of thumb. The exact number for the last layer is 1 + n + n (n - 1) / 2.",
    ),
    Mistake(
        "all_halved",
        _product(lambda width: (width // 2) ** 2, last=lambda n: (1 + n + n * (n - 1)) // 2),
        "The last layer's number is too small: only n (n - 1) is halved, not the whole sum.",
    ),
    Mistake(
        "without_brackets",
        lambda widths: (
            _product(lambda width: (width // 2) ** 2, last=lambda n: 1)(widths) + _last(widths[-1]) - 1
        ),
        "The product of the first layers multiplies the 1 only. Put the last layer's sum into brackets.",
    ),
    Mistake(
        "first_width_only",
        lambda widths: (widths[0] // 2) ** (2 * len(widths) - 2) * _last(widths[-1]),
        "Every folding layer is taken to be as wide as the first. Each has its own width.",
    ),
    Mistake(
        "factors_added",
        lambda widths: sum((width // 2) ** 2 for width in widths[:-1]) * _last(widths[-1]),
        "The numbers of the folding layers are added up. They are multiplied, and a product begins with 1.",
    ),
    Mistake(
        "rounded_to_even",
        _product(lambda width: round(width / 2) ** 2),
        "`round` goes to the nearest number, and from 1.5 or 3.5 up. Rounded down is `//`.",
    ),
    Mistake(
        "caret",
        _product(lambda width: (width // 2) ^ 2),
        "In Python `^` is not a power. Write `**`.",
    ),
    Mistake(
        "first_layer_last",
        lambda widths: folded_pieces(widths[::-1]),
        "The first layer is treated as the last. The layers fold from the first on, and the last one, "
        "`widths[-1]`, draws its lines.",
    ),
)


QUESTIONS = (
    Question(
        id="folded_tent",
        title="Fold a line with the tent",
        points=2,
        reference=folded_tent,
        cases=folded_tent_cases,
        mistakes=FOLDED_TENT_MISTAKES,
        hints=(
            "First write the tent of x with three `np.maximum`. Check it at 0, 1/4, 1/2, 1 and 2: it is 0, "
            "1/2, 1, 0 and 0.",
            "The second fold is the tent of the result of the first. What stays the same in every round of a "
            "loop?",
            "Let the loop overwrite one variable, which is x before the first round, and count the rounds "
            "for `folds = 0` and `folds = 1` on paper.",
        ),
        section=FOLDING,
        vectorised=True,
    ),
    Question(
        id="folded_square",
        title="A parabola from folds",
        points=3,
        reference=folded_square,
        cases=folded_square_cases,
        mistakes=FOLDED_SQUARE_MISTAKES,
        hints=(
            "Write the sum for folds = 2 without a loop: x - g1/4 - g2/16, where g1 is the tent of x and g2 "
            "the tent of g1.",
            "In the loop you need two variables: the wave, which is folded in every round, and the total.",
            "In round s, first fold the wave, then take wave / 4**s away from the total. s runs from 1 to "
            "folds, both included.",
        ),
        section=SQUARE,
        vectorised=True,
    ),
    Question(
        id="line_breakpoints",
        title="Breakpoints of a layer along a path",
        points=3,
        reference=line_breakpoints,
        cases=line_breakpoints_cases,
        mistakes=LINE_BREAKPOINTS_MISTAKES,
        hints=(
            "Along the path each pre-activation is a straight line in t: z(0) at the start, z(1) at the end. "
            "Compute both, for all units at once.",
            "z(0) + t (z(1) - z(0)) = 0 gives t. For which units is there no such t? Take these out before "
            "you divide.",
            "A table of booleans selects entries: `t[(0 < t) & (t < 1)]`. `np.unique` sorts and drops "
            "repeats.",
        ),
        section=TYPICAL,
        vectorised=True,
        sized=lambda n: (np.ones((2, n)), -np.linspace(0.1, 0.9, n), np.zeros(2), np.array([1.0, 0.0])),
    ),
    Question(
        id="folded_pieces",
        title="How many pieces a folding network has",
        points=2,
        reference=folded_pieces,
        cases=folded_pieces_cases,
        mistakes=FOLDED_PIECES_MISTAKES,
        hints=(
            "Begin with the last layer alone: a single layer of n units cuts the plane by n lines.",
            "Each layer before it multiplies the number. By how much: how many units does each of the two "
            "inputs get?",
            "`widths[:-1]` are all layers but the last; `//` divides and rounds down.",
        ),
        section=TYPICAL,
    ),
)

CHOICES = (
    Choice(
        id="ten_folds",
        prompt="Ten hidden layers of three units each, 30 units in all. Every layer forms the tent of what "
        "the layer before it gives. How many straight pieces has the graph of the result between 0 and 1?",
        options=(
            Option(
                "20: two for each layer",
                "That would be ten tents one after the other, added up. But each layer works on what the "
                "layer before has folded already.",
            ),
            Option(
                "31: each unit adds a kink",
                "So it is in one layer. In a deep network one unit can make many kinks: it bends wherever "
                "its input, a zigzag, passes a certain height.",
            ),
            Option("1024: each layer doubles them", "Yes, 2 to the power of 10.", right=True),
            Option(
                "59,049: each layer has three units, so it triples them",
                "Three to the power of ten. But within 0 to 1 the tent has two pieces, not three: its "
                "units bend at 0, 1/2 and 1.",
            ),
        ),
        section=FOLDING,
    ),
    Choice(
        id="tents_added",
        prompt="Ten tents of any heights, widths and places, 30 units in all, stand side by side in one "
        "layer and are added up. How many pieces has the sum at most?",
        options=(
            Option(
                "31",
                "Yes. Each of the 30 units bends at one place, so the line is cut at 30 places at most.",
                right=True,
            ),
            Option("20, two for each tent", "Between the tents there are pieces too, and outside of them."),
            Option(
                "1024",
                "That took folding: each layer works on the result of the last one. Sums only add kinks.",
            ),
            Option(
                "it depends on the heights",
                "Heights change slopes. They can make kinks cancel, but never add a place where it bends.",
            ),
        ),
        section=FOLDING,
    ),
    Choice(
        id="error_per_fold",
        prompt="From f_m to f_(m+1) one more wave is taken away from x, which is one more fold. What does "
        "that do to the largest distance from x² between 0 and 1?",
        options=(
            Option(
                "divides it by 2",
                "The number of pieces doubles, but the error of straight pieces falls with the square of "
                "their number.",
            ),
            Option(
                "divides it by 4",
                "Yes: twice as many pieces, each half as wide, and the gap under a parabola falls with the "
                "square of the width.",
                right=True,
            ),
            Option(
                "takes away the same amount each time",
                "Each fold fills the gaps that the last one left, and these are smaller every time.",
            ),
            Option(
                "divides it by less and less: the folds wear off",
                "The factor is the same for every fold, because all gaps shrink alike.",
            ),
        ),
        section=SQUARE,
    ),
    Choice(
        id="accuracy_to_a_millionth",
        prompt="How many units does it take to follow x² between 0 and 1 up to an error of one in a million?",
        options=(
            Option(
                "about 30 by folding, several hundred in one layer",
                "Yes. Nine foldings of three units each leave an error of 4 to the power of -10, just "
                "below a millionth. One layer needs a unit for each piece: 500 that join points of the "
                "parabola, or 354 if the corners need not lie on it.",
                right=True,
            ),
            Option(
                "several hundred either way",
                "With folding the number of units grows with the logarithm of the accuracy, because every "
                "layer doubles the pieces.",
            ),
            Option(
                "about 30 either way",
                "In one layer each unit adds at most one piece, and the error falls only with the square of "
                "their number. Thirty are far too few.",
            ),
            Option(
                "a million in one layer, a thousand by folding",
                "The error of straight pieces falls with the square of their number: a millionth takes "
                "hundreds of pieces, not a million.",
            ),
        ),
        section=SQUARE,
    ),
    Choice(
        id="random_pieces",
        prompt="24 units with two inputs, random weights and biases. In one layer they cut the plane into "
        "301 pieces. Now put them into four hidden layers of 6. How many pieces, on average?",
        options=(
            Option(
                "about 100,000: each layer multiplies the pieces of the one before",
                "Layers *can* multiply, if each is built to fold what the last one gives. Random ones are "
                "not.",
            ),
            Option(
                "about 16,000: what folding gives with these layers",
                "That number is right for a network that is built to fold. Random weights are nowhere near.",
            ),
            Option(
                "about 1,200: four times as many",
                "Not even that. On average the layers do not add anything.",
            ),
            Option(
                "about as many, or a few less",
                "Yes. The folds bend now, but they do not become more.",
                right=True,
            ),
        ),
        section=TYPICAL,
    ),
    Choice(
        id="training_pieces",
        prompt="Networks with 96 units in 1, 2 or 4 hidden layers learn to read digits. Walk straight from "
        "one test image to another, and count the pieces on the path. What does training do to their number?",
        options=(
            Option(
                "multiplies it, most of all in the deep networks: they learn to fold",
                "That is what one would hope for. But the random start holds no folds that would only have "
                "to be found, and training does not build them here.",
            ),
            Option(
                "multiplies it, as much in one layer as in four",
                "In one layer there can be 97 pieces at most, and it starts with under a third of them: "
                "there would be room. But the number goes down here.",
            ),
            Option(
                "not much: it stays within a factor of two",
                "Yes, at every depth. Training moves and tilts the pieces; it does not multiply them.",
                right=True,
            ),
            Option(
                "nearly all of them go: one or two are enough to tell two images apart",
                "They might be enough. But training has no reason to remove all others: about three quarters "
                "or more stay.",
            ),
        ),
        section=TRAINED,
    ),
    Choice(
        id="what_depth_buys",
        prompt="“A deep ReLU network has exponentially more pieces than a shallow one with as many units.” "
        "What do you say?",
        options=(
            Option(
                "Some deep networks do. A random one has about as many, and so had the trained ones here",
                "Yes. The maximum and the typical case differ: folding takes weights that fit together.",
                right=True,
            ),
            Option(
                "True: each layer multiplies",
                "Each layer can multiply. You counted random networks and trained ones that do not.",
            ),
            Option(
                "False: each unit adds one kink, at any depth",
                "The tent disproves that: 30 units, 1024 pieces. It holds on average, for random weights.",
            ),
            Option(
                "True after training, not before",
                "You counted both: training changed the number little.",
            ),
        ),
        section=TRAINED,
    ),
)
