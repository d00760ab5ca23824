"""Lesson 12: heads that fit their targets, the floor of an output, backward through time, IRNN weights."""

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
LAST = "The-last-layer-needs-the-range-of-its-targets"
HEADS = "Heads-and-their-losses"
CONVOLUTIONS = "In-convolutions-ReLU-is-at-home"
RECURRENCE = "Recurrence-multiplies-by-the-same-matrix-again-and-again"
LEARNING = "Learning-to-remember"
ATTENTION = "Inside-an-attention-block"

# output_floor


def _output_floor(y, low, high):
    best = np.clip(y, low, high)
    return best, np.mean((best - y) ** 2)


def _floor(best=lambda y, low, high: np.clip(y, low, high), floor=lambda best, y: np.mean((best - y) ** 2)):
    """The answer with another best prediction, or another measure of its error."""

    def output_floor(y, low, high):
        prediction = best(y, low, high)
        return prediction, floor(prediction, y)

    return output_floor


def _mean_of_missed(best, y):
    missed = best != y
    return np.sum((best - y) ** 2) / max(missed.sum(), 1)


def _stretched(y, low, high):
    """The targets, stretched into the range (moved, where the range is open on one side)."""
    shifted = y - y.min() + (low if np.isfinite(low) else 0)
    if not (np.isfinite(low) and np.isfinite(high)):
        return shifted if np.isfinite(low) else y - y.max() + high
    return low + (y - y.min()) / max(np.ptp(y), 1e-12) * (high - low)


def _floor_cases(generator):
    return [
        (np.array([-2.0, -0.5, 0.0, 1.0, 3.0]), 0.0, np.inf),
        (generator.normal(size=12), 0.0, np.inf),
        (generator.normal(size=(6, 3)), 0.0, np.inf),
        (generator.normal(0.5, 2, size=9), 0.0, 1.0),
        (generator.normal(0, 3, size=(4, 5)), -1.0, 1.0),
        (generator.normal(size=(7, 2)), -np.inf, 0.5),
        (generator.uniform(0.1, 0.9, size=8), 0.0, 1.0),
        (generator.uniform(-3, -1, size=(3, 2)), 0.0, np.inf),
        (generator.normal(2, 3, size=10).astype(np.float32), 0.5, 4.0),
    ]


OUTPUT_FLOOR = Question(
    id="output_floor",
    title="The floor of an output",
    points=2,
    reference=_output_floor,
    cases=_floor_cases,
    mistakes=(
        Mistake(
            "relu",
            _floor(lambda y, low, high: np.maximum(y, 0)),
            "You cut at 0, whatever `low` and `high` are. That is right for a ReLU output only: use the two "
            "arguments.",
        ),
        Mistake(
            "low_only",
            _floor(lambda y, low, high: np.maximum(y, low)),
            "You cut at `low` only. Targets above `high` cannot be reached either.",
        ),
        Mistake(
            "high_only",
            _floor(lambda y, low, high: np.minimum(y, high)),
            "You cut at `high` only. Targets below `low` cannot be reached either.",
        ),
        Mistake(
            "zero_outside",
            _floor(lambda y, low, high: np.where((y >= low) & (y <= high), y, 0)),
            "You predict 0 wherever the target cannot be reached. The best that the output can do there is "
            "the end of its range that is nearest to the target.",
        ),
        Mistake(
            "wrong_end",
            _floor(lambda y, low, high: np.where(y < low, high, np.where(y > high, low, y))),
            "You go to the wrong end of the range: a target below `low` is nearest to `low`, one above "
            "`high` to `high`.",
        ),
        Mistake(
            "what_is_cut",
            _floor(lambda y, low, high: y - np.clip(y, low, high), lambda best, y: np.mean(best**2)),
            "The floor is right, but the first result is what the output misses, target − best. Asked for is "
            "the best output itself.",
        ),
        Mistake(
            "stretched",
            _floor(_stretched),
            "You moved or stretched all targets into the range. The outputs are compared with the targets as "
            "they are: a target that can be reached is best met exactly.",
        ),
        Mistake(
            "constant",
            _floor(lambda y, low, high: np.full_like(y, np.clip(y.mean(), low, high))),
            "You took the best *constant* output. A network may answer differently for each sample: choose "
            "for each target by itself.",
        ),
        Mistake(
            "dead",
            _floor(lambda y, low, high: np.full_like(y, np.clip(0, low, high))),
            "That is an output that answers the same everywhere, as a dead one does. Asked for is the best "
            "that the range allows, for each target by itself.",
        ),
        Mistake(
            "whole_error",
            _floor(floor=lambda best, y: np.mean(y**2)),
            "The best outputs are right. The floor is not the mean of y²: it is the mean squared "
            "*difference* between them and the targets.",
        ),
        Mistake(
            "targets_missed",
            _floor(floor=lambda best, y: np.mean(np.where(best != y, y, 0) ** 2)),
            "The best outputs are right. For the floor you squared the targets that cannot be reached. That "
            "is right only where the nearest output is 0; take their distance from the best output.",
        ),
        Mistake(
            "mean_of_missed",
            _floor(floor=_mean_of_missed),
            "The best outputs are right. For the floor you divided by the number of targets that are missed; "
            "the mean is over all of them.",
        ),
        Mistake(
            "root",
            _floor(floor=lambda best, y: np.sqrt(np.mean((best - y) ** 2))),
            "The best outputs are right. For the floor you took a root at the end; asked for is the mean of "
            "the squares.",
        ),
        Mistake(
            "sum",
            _floor(floor=lambda best, y: np.sum((best - y) ** 2)),
            "The best outputs are right. The floor is the mean of the squares, not their sum.",
        ),
        Mistake(
            "half",
            _floor(floor=lambda best, y: np.mean((best - y) ** 2) / 2),
            "The best outputs are right. The floor is half of what it should be: the mean squared error has "
            "no factor 1/2 here.",
        ),
        Mistake(
            "absolute",
            _floor(floor=lambda best, y: np.mean(np.abs(best - y))),
            "The best outputs are right. For the floor you took the mean *absolute* error; the squares are "
            "missing.",
        ),
        Mistake(
            "mean_then_square",
            _floor(floor=lambda best, y: np.mean(best - y) ** 2),
            "The best outputs are right. For the floor you squared the mean difference; take the mean of the "
            "squared differences.",
        ),
        Mistake(
            "share",
            _floor(floor=lambda best, y: np.mean(best != y)),
            "The best outputs are right. The second result is the share of the targets that are missed; "
            "asked for is the mean squared error.",
        ),
        Mistake(
            "by_rows",
            _floor(floor=lambda best, y: np.sum((best - y) ** 2) / len(y)),
            "The best outputs are right. For the floor you divided by the number of rows; the mean is over "
            "all numbers, and a row may hold several.",
        ),
        Mistake(
            "of_each_row",
            _floor(floor=lambda best, y: np.mean((best - y) ** 2, axis=-1)),
            "The best outputs are right. With several outputs a sample you return one floor for each row; "
            "the mean is over all numbers.",
        ),
        Mistake(
            "variance",
            _floor(floor=lambda best, y: np.var(best - y)),
            "The best outputs are right. The floor is not the variance of the differences, which takes their "
            "mean away first; it is the mean of their squares.",
        ),
        Mistake(
            "by_column",
            _floor(floor=lambda best, y: np.mean((best - y) ** 2, axis=0)),
            "The best outputs are right. With several outputs a sample you return one floor for each column; "
            "the mean is over all numbers.",
        ),
        Mistake(
            "only_best",
            lambda y, low, high: np.clip(y, low, high),
            "You return the best outputs alone. Asked for are two things: `return best, floor`.",
        ),
        Mistake(
            "only_floor",
            lambda y, low, high: _output_floor(y, low, high)[1],
            "You return the floor alone. Asked for are two things: `return best, floor`.",
        ),
        Mistake(
            "swapped",
            lambda y, low, high: _output_floor(y, low, high)[::-1],
            "The two results are in the wrong order: first the best outputs, then the floor.",
        ),
    ),
    hints=(
        "Take one target. If it lies in the range, what is the best output? And if it lies below, or above?",
        "`np.clip(y, low, high)` does it for all targets at once; it takes infinite ends, too.",
        "The floor is what the loss of the lesson, the mean squared error, gives for these best outputs.",
    ),
    section=LAST,
    names=("best", "floor"),
    vectorised=True,
)

# apply_head


def _softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


HEAD_OF = {
    "number": lambda z: z,
    "amount": lambda z: np.logaddexp(0, z),
    "count": np.exp,
    "class": _softmax,
    "labels": _sigmoid,
}


def _apply_head(z, targets):
    return HEAD_OF[targets](z)


def _heads(**changes):
    """The answer with other heads for the named targets."""
    chosen = HEAD_OF | {("class" if name == "one_class" else name): head for name, head in changes.items()}

    def apply_head(z, targets):
        with np.errstate(all="ignore"):
            return chosen[targets](z)

    return apply_head


def _naive_softmax(z):
    powers = np.exp(z)
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_after_one_largest(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_after_the_mean(z):
    powers = np.exp(z - z.mean(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_after_the_first(z):
    powers = np.exp(z - z[:, :1])
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_of_columns(z):
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)


def _softmax_of_the_table(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def _largest(z):
    return (z == z.max(axis=-1, keepdims=True)).astype(z.dtype)


def _head_cases(generator):
    def small(*shape):
        return generator.normal(0, 2, size=shape)

    # Without a tie, in which a decision is not the same for every way to take it.
    large = np.array(
        [
            [1000.0, 999.0, -1000.0],
            [-1000.0, -1001.0, -2000.0],
            [0.0, 3.0, -3.0],
            [1000.0, -2000.0, -2000.0],
            [-2000.0, 0.0, 1000.0],
        ]
    )
    wide = np.array([[-800.0, 800.0], [-30.0, 30.0], [0.0, -0.5]])
    return [
        (np.array([[0.0, 1.0, 3.0], [2.0, 2.5, 2.0]]), "class"),
        (small(5, 4), "class"),
        (large, "class"),
        (small(4, 3).astype(np.float32), "class"),
        (np.array([[-1.0, 0.0, 2.0], [4.0, -4.0, 1.0]]), "labels"),
        (small(6, 3), "labels"),
        (wide, "labels"),
        (np.array([[-1.0], [0.0], [2.0]]), "amount"),
        (small(3, 2), "amount"),
        (wide, "amount"),
        (small(4, 1), "count"),
        (small(2, 3), "count"),
        (np.array([[0.0], [-3.0], [6.0]]), "count"),
        (small(3, 4), "number"),
        (np.array([[-2.5], [0.0], [700.0]]), "number"),
        (small(5, 2), "number"),
    ]


APPLY_HEAD = Question(
    id="apply_head",
    title="The right head",
    points=3,
    reference=_apply_head,
    cases=_head_cases,
    mistakes=(
        Mistake(
            "naive",
            _heads(
                one_class=_naive_softmax,
                labels=lambda z: np.exp(z) / (1 + np.exp(z)),
                amount=lambda z: np.log(1 + np.exp(z)),
            ),
            'The heads are the right ones, but their exponentials overflow for large z: "class" and "labels" '
            'become NaN, and "amount" infinite. Use the forms of the lesson in which no exponential gets a '
            "large argument.",
        ),
        Mistake(
            "naive_but_sigmoid",
            _heads(one_class=_naive_softmax, amount=lambda z: np.log(1 + np.exp(z))),
            'The heads are the right ones, but their exponentials overflow for large z: "class" becomes NaN, '
            'and "amount" infinite. Use the forms of the lesson in which no exponential gets a large '
            "argument.",
        ),
        Mistake(
            "naive_softmax",
            _heads(one_class=_naive_softmax),
            'For "class", exp(z) overflows where z is large (or all powers become 0 where z is very '
            "negative), and the division gives NaN. Softmax stays the same when you subtract one number from "
            "a whole row: which one makes it safe?",
        ),
        Mistake(
            "largest_of_all",
            _heads(one_class=_softmax_after_one_largest),
            'For "class" you subtract the largest z of the whole table. In a row that lies far below it all '
            "powers become 0, and 0/0 is NaN. Subtract the largest of each *row*.",
        ),
        Mistake(
            "mean_subtracted",
            _heads(one_class=_softmax_after_the_mean),
            'For "class" you subtract the mean of each row. Where one z lies far above it, its power '
            "overflows all the same. Subtract the *largest* of the row: then no power is above 1.",
        ),
        Mistake(
            "first_subtracted",
            _heads(one_class=_softmax_after_the_first),
            'For "class" you subtract the first z of each row. Where another lies far above it, its power '
            "overflows all the same. Subtract the *largest* of the row: then no power is above 1.",
        ),
        Mistake(
            "logits_for_class",
            _heads(one_class=lambda z: z),
            'For "class" you return the logits. The loss often does the softmax; asked for here are the '
            "probabilities.",
        ),
        Mistake(
            "naive_sigmoid",
            _heads(labels=lambda z: np.exp(z) / (1 + np.exp(z))),
            'For "labels", exp(z) overflows where z is large, and infinity / infinity is NaN. Use the form '
            "of the lesson, whose exponential never gets a large argument.",
        ),
        Mistake(
            "naive_softplus",
            _heads(amount=lambda z: np.log(1 + np.exp(z))),
            'For "amount", exp(z) overflows where z is large, and the result is infinite; it should be about '
            "z. `np.logaddexp(0, z)` computes ln(e⁰ + e^z) without overflow.",
        ),
        Mistake(
            "softmax_for_labels",
            _heads(labels=_softmax),
            'For "labels" your outputs of a sample add up to 1, as if exactly one answer were yes. Here each '
            "label is a question of its own, and several or none may be yes.",
        ),
        Mistake(
            "sigmoid_for_class",
            _heads(one_class=_sigmoid),
            'For "class" you treat each class as a question of its own: the outputs of a sample do not add '
            "up to 1. Exactly one class is right, so they should.",
        ),
        Mistake(
            "classes_swapped",
            _heads(one_class=_sigmoid, labels=_softmax),
            '"class" and "labels" are the wrong way round: softmax shares out one 1 among the classes, '
            "sigmoid answers each label by itself.",
        ),
        Mistake(
            "columns",
            _heads(one_class=_softmax_of_columns),
            'For "class" the columns add up to 1. A row is a sample, and its classes have to share the 1: '
            "`axis=1`.",
        ),
        Mistake(
            "whole_table",
            _heads(one_class=_softmax_of_the_table),
            'For "class" the whole table adds up to 1. Each row should: give the sum an axis, and '
            "`keepdims=True`.",
        ),
        Mistake(
            "decision",
            _heads(one_class=_largest),
            'For "class" you return the decision, a 1 at the largest z. Asked for are the probabilities: a '
            "loss needs to know how sure the network is.",
        ),
        Mistake(
            "log_softmax",
            _heads(one_class=lambda z: np.log(np.maximum(_softmax(z), 1e-300))),
            'For "class" you return logarithms of probabilities; asked for are the probabilities.',
        ),
        Mistake(
            "relu_for_amount",
            _heads(amount=lambda z: np.maximum(z, 0)),
            'For "amount" you use ReLU. It has the right range but for 0, and it is off where z is '
            "negative: no gradient comes back. The lesson's head for amounts is rounded, and has a slope "
            "there, too.",
        ),
        Mistake(
            "exp_for_amount",
            _heads(amount=np.exp),
            'For "amount" you use exp. It is positive, too, but overflows for large z; the lesson uses '
            "softplus for amounts, and exp for counts.",
        ),
        Mistake(
            "positive_swapped",
            _heads(amount=np.exp, count=lambda z: np.logaddexp(0, z)),
            '"amount" and "count" are the wrong way round: the lesson\'s head for amounts is softplus, for '
            "counts exp.",
        ),
        Mistake(
            "softplus_for_count",
            _heads(count=lambda z: np.logaddexp(0, z)),
            'For "count" you use softplus. The lesson\'s head for counts is exp, which goes with its loss.',
        ),
        Mistake(
            "rounded_count",
            _heads(count=lambda z: np.round(np.exp(z))),
            'For "count" you round. The output is the *expected* count, which need not be a whole number; '
            "and rounding has slope 0, so nothing could learn through it.",
        ),
        Mistake(
            "relu_for_number",
            _heads(number=lambda z: np.maximum(z, 0)),
            'For "number" negative outputs become 0, but the targets may have either sign.',
        ),
        Mistake(
            "relu_for_both",
            _heads(number=lambda z: np.maximum(z, 0), amount=lambda z: np.maximum(z, 0)),
            'You use ReLU for "number" and "amount". Numbers may be negative, and for amounts ReLU can be '
            "dead: where z is negative, no gradient comes back.",
        ),
        Mistake(
            "relu_for_positive",
            _heads(amount=lambda z: np.maximum(z, 0), count=lambda z: np.maximum(z, 0)),
            'You use ReLU for "amount" and "count". It is off where z is negative, and no gradient comes '
            "back there. The lesson's table has a head for each.",
        ),
        Mistake(
            "decision_for_labels",
            _heads(labels=lambda z: (z > 0).astype(z.dtype)),
            'For "labels" you return the decisions, 0 or 1. Asked for are the probabilities.',
        ),
        Mistake(
            "tanh_of_z",
            _heads(labels=lambda z: (1 + np.tanh(z)) / 2),
            'For "labels" your sigmoid is twice too steep: it is (1 + tanh(z/2))/2, with z/2.',
        ),
        Mistake(
            "tanh_for_labels",
            _heads(labels=np.tanh),
            'For "labels" your outputs lie between −1 and 1. A probability lies between 0 and 1.',
        ),
        Mistake(
            "identity",
            _heads(**dict.fromkeys(("amount", "count", "one_class", "labels"), lambda z: z)),
            'You return z for every kind of target. Only "number" needs no output activation.',
        ),
    ),
    hints=(
        "Write down for each kind of target what its numbers can be. Which range, and do the outputs of a "
        "sample have to add up to 1?",
        "The table of the lesson names the head for each. Softmax: subtract the largest z of each row "
        "(`axis=1, keepdims=True`) before the exponential.",
        "Without overflow: softplus is `np.logaddexp(0, z)`, sigmoid is `np.exp(-np.logaddexp(0, -z))`.",
    ),
    section=HEADS,
    vectorised=True,
)

# backward_through_time


def _through_time(
    *,
    mask=lambda states, t, g: states[t] > 0,
    back=lambda delta, U, g: delta @ U.T,
    outer=lambda states, t, delta, g: np.outer(states[t - 1], delta),
    steps=lambda T: range(T, 0, -1),
    add=lambda total, new: total + new,
    finish=lambda g, total, states: (g, total),
):
    """The answer, or the one with the mistakes that the arguments make."""

    def backward_through_time(states, U, upstream):
        g, total = upstream, np.zeros_like(U)
        for t in steps(len(states) - 1):
            delta = g * mask(states, t, g)
            total = add(total, outer(states, t, delta, g))
            g = back(delta, U, g)
        return finish(g, total, states)

    return backward_through_time


def _time_cases(generator):
    def case(T, units, size=1.0, dtype=np.float64):
        U = generator.normal(0, size / np.sqrt(units), size=(units, units))
        states = [generator.normal(size=units)]
        for _ in range(T):
            states.append(np.maximum(states[-1] @ U + generator.normal(0.3, 0.7, size=units), 0))
        upstream = generator.normal(size=units)
        return np.array(states).astype(dtype), U.astype(dtype), upstream.astype(dtype)

    small = (
        np.array([[1.0, -2.0], [0.0, 3.0], [2.0, 1.0]]),
        np.array([[1.0, 2.0], [0.0, -1.0]]),
        np.array([1.0, 1.0]),
    )
    return [
        small,
        case(1, 4),
        case(3, 5),
        case(6, 4),
        case(4, 3, dtype=np.float32),
        case(12, 6, size=1.4),
        case(2, 7),
        case(0, 3),
    ]


BACKWARD_THROUGH_TIME = Question(
    id="backward_through_time",
    title="Backward through time",
    points=4,
    reference=_through_time(),
    cases=_time_cases,
    mistakes=(
        Mistake(
            "no_mask",
            _through_time(mask=lambda states, t, g: 1),
            "You go back as if every unit were on. Each step passes ReLU's mask: where the state of that "
            "step is 0, nothing passes. (After ReLU a state is never negative, so `>= 0` is always true.)",
        ),
        Mistake(
            "mask_of_earlier",
            _through_time(mask=lambda states, t, g: states[t - 1] > 0),
            "The mask of step t came from the state before, h_(t−1). The ReLU of step t made h_t, so h_t "
            "tells which units it let through.",
        ),
        Mistake(
            "mask_of_gradient",
            _through_time(mask=lambda states, t, g: g > 0),
            "The mask came from the sign of the gradient. The units that were on are known from the states: "
            "they are those above 0.",
        ),
        Mistake(
            "times_state",
            _through_time(mask=lambda states, t, g: states[t]),
            "You multiplied by the state. ReLU's slope is 1 where a unit is on, however large its state is.",
        ),
        Mistake(
            "tanh",
            _through_time(mask=lambda states, t, g: 1 - states[t] ** 2),
            "You multiplied by 1 − h², which is the slope of tanh. These states were made by ReLU.",
        ),
        Mistake(
            "mask_at_start",
            _through_time(finish=lambda g, total, states: (g * (states[0] > 0), total)),
            "The gradient of U is right, but you applied a mask to h_0, too. h_0 is given; no ReLU has made "
            "it.",
        ),
        Mistake(
            "not_transposed",
            _through_time(back=lambda delta, U, g: delta @ U),
            "Going back you multiplied by U. Forward it is h @ U, so backward it is delta @ U.T (lesson 3).",
        ),
        Mistake(
            "both_turned",
            _through_time(
                back=lambda delta, U, g: delta @ U,
                outer=lambda states, t, delta, g: np.outer(delta, states[t - 1]),
            ),
            "Both products are the wrong way round. Forward it is h @ U, so backward it is delta @ U.T; and "
            "in the gradient of U the earlier state comes first: `np.outer(state before, delta)`.",
        ),
        Mistake(
            "zeros_for_no_steps",
            _through_time(
                finish=lambda g, total, states: (g if len(states) > 1 else np.zeros_like(g), total)
            ),
            "For T = 0 the first result should be `upstream`: no step was read, so h_0 is the last state.",
        ),
        Mistake(
            "outer_swapped",
            _through_time(outer=lambda states, t, delta, g: np.outer(delta, states[t - 1])),
            "The gradient of U is transposed: row i belongs to the unit that U takes its input *from*, so "
            "the earlier state comes first.",
        ),
        Mistake(
            "later_state",
            _through_time(outer=lambda states, t, delta, g: np.outer(states[t], delta)),
            "The gradient of U multiplies delta of step t by h_t. U was multiplied by the state before, "
            "h_(t−1).",
        ),
        Mistake(
            "outer_without_mask",
            _through_time(outer=lambda states, t, delta, g: np.outer(states[t - 1], g)),
            "The gradient of h_0 is right. In that of U you used dL/dh_t; it needs dL/dz_t, behind the mask.",
        ),
        Mistake(
            "last_not_summed",
            _through_time(add=lambda total, new: new),
            "The gradient of U holds the share of the first step only: each turn of the loop writes over the "
            "one before. U takes part in every step, so add them all up.",
        ),
        Mistake(
            "first_only",
            _through_time(add=lambda total, new: total if total.any() else new),
            "The gradient of U holds the share of the last step only. U takes part in every step, so add "
            "them all up.",
        ),
        Mistake(
            "mean",
            _through_time(finish=lambda g, total, states: (g, total / max(len(states) - 1, 1))),
            "The gradient of U is divided by the number of steps. The steps' shares are added up.",
        ),
        Mistake(
            "step_missing",
            _through_time(steps=lambda T: range(T, 1, -1)),
            "You stop one step early, at h_1: `range(T, 1, -1)` ends with 2. The last step back is t = 1.",
        ),
        Mistake(
            "late_start",
            _through_time(steps=lambda T: range(T - 1, 0, -1)),
            "You begin one step late, at T − 1. `upstream` is the gradient at the last state, h_T, and "
            "`states` has T + 1 rows.",
        ),
        Mistake(
            "one_step_too_far",
            _through_time(steps=lambda T: range(T, -1, -1)),
            "Your loop runs down to t = 0, one step too far. `states[0]` is given: no step has made it (and "
            "`states[-1]`, the state before, is the last one in Python).",
        ),
        Mistake(
            "forward_order",
            _through_time(steps=lambda T: range(1, T + 1)),
            "You go through the steps from the first to the last. The chain rule goes back: from T to 1.",
        ),
        Mistake(
            "gradient_without_mask",
            _through_time(back=lambda delta, U, g: g @ U.T),
            "The mask is used for the gradient of U, but what goes further back has not passed it.",
        ),
        Mistake(
            "one_step",
            _through_time(steps=lambda T: range(T, max(T - 1, 0), -1)),
            "You go back a single step. Go on until h_0.",
        ),
        Mistake(
            "swapped",
            _through_time(finish=lambda g, total, states: (total, g)),
            "The two results are in the wrong order: first dL/dh_0, then dL/dU.",
        ),
        Mistake(
            "at_z",
            lambda states, U, upstream: (
                _stopped_at_z(states, U, upstream),
                _through_time()(states, U, upstream)[1],
            ),
            "The gradient of U is right. The first result stops at dL/dz_1: one more product with U.T leads "
            "to h_0.",
        ),
    ),
    hints=(
        "Go back from t = T to t = 1 and carry g = dL/dh_t along; it begins as `upstream`. What happens to "
        "it at ReLU, and what at the product with U?",
        "In each step: delta = g × mask, where the mask tells which units of h_t are above 0. Then U's share "
        "is added, and g becomes dL/dh_(t−1).",
        "For one sample the share of U is `np.outer(input, delta)`, as for any weights (lesson 3). Which "
        "state was the input of U in step t?",
    ),
    section=RECURRENCE,
    names=("state_gradient", "U_gradient"),
)


def _stopped_at_z(states, U, upstream):
    g = upstream
    delta = g
    for t in range(len(states) - 1, 0, -1):
        delta = g * (states[t] > 0)
        g = delta @ U.T
    return delta


# irnn_weights


def _irnn(
    *,
    given=lambda generator, features, units: generator.normal(0, 0.001, size=(features, units)),
    recurrent=lambda generator, units, scale: scale * np.eye(units),
    bias=lambda units: np.zeros(units),
    finish=lambda weights, scale: weights,
):
    """The answer, or the one with the mistakes that the arguments make."""

    def irnn_weights(features, units, scale, seed):
        generator = np.random.default_rng(seed)
        weights = {
            "input": given(generator, features, units),
            "recurrent": recurrent(generator, units, scale),
            "bias": bias(units),
        }
        return finish(weights, scale)

    return irnn_weights


def _irnn_cases(generator):
    sizes = ((2, 4, 1.0), (2, 3, 0.5), (3, 5, 0.9), (1, 6, 1.1), (4, 2, 1.0), (5, 5, 0.01), (7, 3, 1.02))
    return [(*each, int(generator.integers(1000))) for each in sizes]


IRNN_WEIGHTS = Question(
    id="irnn_weights",
    title="The weights of an IRNN",
    points=2,
    reference=_irnn(),
    cases=_irnn_cases,
    mistakes=(
        Mistake(
            "unscaled",
            _irnn(recurrent=lambda generator, units, scale: np.eye(units)),
            "The recurrent weights are the identity itself. Multiply it by `scale`.",
        ),
        Mistake(
            "ones",
            _irnn(recurrent=lambda generator, units, scale: scale * np.ones((units, units))),
            "`recurrent` is full of equal numbers: every unit would add up all others. The identity has them "
            "on its diagonal only, so that each unit hands its own state on.",
        ),
        Mistake(
            "he",
            _irnn(
                recurrent=lambda generator, units, scale: (
                    scale * generator.normal(0, np.sqrt(2 / units), size=(units, units))
                )
            ),
            "`recurrent` holds random He weights. An IRNN starts with the (scaled) identity there: nothing "
            "about it is random.",
        ),
        Mistake(
            "small_recurrent",
            _irnn(recurrent=lambda generator, units, scale: generator.normal(0, 0.001, size=(units, units))),
            "`recurrent` holds small random numbers; those are for `input`. With them the state would be "
            "forgotten at once: an IRNN has the (scaled) identity there.",
        ),
        Mistake(
            "noisy_identity",
            _irnn(
                recurrent=lambda generator, units, scale: (
                    scale * np.eye(units) + generator.normal(0, 0.001, size=(units, units))
                )
            ),
            "`recurrent` is the identity with random numbers added. It starts as the scaled identity "
            "exactly.",
        ),
        Mistake(
            "row_of_ones",
            _irnn(recurrent=lambda generator, units, scale: scale * np.ones(units)),
            "`recurrent` has one number for each unit. It is a table (units, units) with these numbers on "
            "its diagonal: `np.eye(units)` makes one.",
        ),
        Mistake(
            "wrong_side",
            _irnn(recurrent=lambda generator, units, scale: scale * np.eye(units)[::-1]),
            "`recurrent` has its numbers on the other diagonal, from the upper right to the lower left: the "
            "units would swap their states.",
        ),
        Mistake(
            "everything_scaled",
            _irnn(finish=lambda weights, scale: weights | {"input": scale * weights["input"]}),
            "You multiplied the input weights by `scale`, too. It belongs to the recurrent weights only.",
        ),
        Mistake(
            "input_scaled",
            _irnn(
                recurrent=lambda generator, units, scale: np.eye(units),
                finish=lambda weights, scale: weights | {"input": scale * weights["input"]},
            ),
            "You multiplied the input weights by `scale`. It belongs to the recurrent weights instead.",
        ),
        Mistake(
            "variance",
            _irnn(
                given=lambda generator, features, units: generator.normal(
                    0, np.sqrt(0.001), size=(features, units)
                )
            ),
            "The input weights are too large: 0.001 is their standard deviation, which `normal` takes as it "
            "is. You took a root.",
        ),
        Mistake(
            "squared",
            _irnn(given=lambda generator, features, units: generator.normal(0, 1e-6, size=(features, units))),
            "The input weights are too small: 0.001 is their standard deviation, which `normal` takes as it "
            "is. You squared it.",
        ),
        Mistake(
            "standard_normal",
            _irnn(given=lambda generator, features, units: generator.normal(0, 1, size=(features, units))),
            "The input weights have standard deviation 1; asked for is 0.001.",
        ),
        Mistake(
            "he_input",
            _irnn(
                given=lambda generator, features, units: generator.normal(
                    0, np.sqrt(2 / features), size=(features, units)
                )
            ),
            "The input weights have He's size. Asked for is the standard deviation 0.001, whatever the "
            "number of features.",
        ),
        Mistake(
            "xavier_input",
            _irnn(
                given=lambda generator, features, units: generator.normal(
                    0, np.sqrt(2 / (features + units)), size=(features, units)
                )
            ),
            "The input weights have Xavier's size, as in the lesson's own networks. Asked for is the IRNN of "
            "its authors: standard deviation 0.001.",
        ),
        Mistake(
            "input_turned",
            _irnn(
                given=lambda generator, features, units: generator.normal(0, 0.001, size=(units, features))
            ),
            "`input` is turned: the states are computed by x @ input, so its shape is (features, units).",
        ),
        Mistake(
            "drawn_turned",
            _irnn(
                given=lambda generator, features, units: generator.normal(0, 0.001, size=(units, features)).T
            ),
            "The law of the input weights is right, but they were drawn unit by unit, or as a table of shape "
            "(units, features) and turned. Draw them with `size=(features, units)`, as the task says, so "
            "that the check can compare.",
        ),
        Mistake(
            "uniform",
            _irnn(
                given=lambda generator, features, units: generator.uniform(
                    -0.001, 0.001, size=(features, units)
                )
            ),
            "The input weights are drawn evenly from a range. Asked for are normal numbers: `normal(0, …)`.",
        ),
        Mistake(
            "input_zero",
            _irnn(given=lambda generator, features, units: np.zeros((features, units))),
            "The input weights are 0, so no unit ever sees an input, and all z stay exactly 0: the state is "
            "dead. Draw small random numbers.",
        ),
        Mistake(
            "bias_random",
            _irnn(bias=lambda units: np.ones(units)),
            "The biases are 1; they start at 0. With the identity a bias is added in every step, and the "
            "state would grow by itself.",
        ),
        Mistake(
            "bias_table",
            _irnn(bias=lambda units: np.zeros((units, units))),
            "`bias` is a table. It has one number for each unit.",
        ),
        Mistake(
            "bias_row",
            _irnn(bias=lambda units: np.zeros((1, units))),
            "`bias` has shape (1, units); asked for is (units,).",
        ),
        Mistake(
            "bias_number",
            _irnn(bias=lambda units: 0.0),
            "`bias` is a single 0; asked for is an array with one for each unit.",
        ),
        Mistake(
            "names_swapped",
            _irnn(
                finish=lambda weights, scale: (
                    weights | {"input": weights["recurrent"], "recurrent": weights["input"]}
                )
            ),
            "The names are the wrong way round: `input` takes the features (features, units), `recurrent` "
            "the state before (units, units).",
        ),
        Mistake(
            "a_tuple",
            _irnn(finish=lambda weights, scale: tuple(weights.values())),
            "You return the three arrays one after the other. Asked for is a dictionary with the keys "
            '"input", "recurrent" and "bias".',
        ),
    ),
    hints=(
        "What does each unit hand on if nothing comes in and the recurrent weights are the identity?",
        "`np.eye(units)` is the identity; `np.random.default_rng(seed).normal(0, 0.001, size=…)` draws the "
        "input weights.",
        'Return `{"input": …, "recurrent": …, "bias": …}`: shapes (features, units), (units, units), '
        "(units,).",
    ),
    section=LEARNING,
)

QUESTIONS = (OUTPUT_FLOOR, APPLY_HEAD, BACKWARD_THROUGH_TIME, IRNN_WEIGHTS)
CHOICES = (
    Choice(
        "relu_output_fates",
        "Twenty networks with a ReLU after the last layer train on y = sin 3x. Always answering 0 has an "
        "error of about 0.52; the best that such an output allows has half of that. Where do most of the "
        "twenty end?",
        (
            Option(
                "Near 0: enough hidden units can make any curve",
                "Before the last ReLU they can. After it nothing negative is left, whatever the hidden "
                "layers do.",
            ),
            Option(
                "Near one half of 0.52: they follow the curve where it is positive",
                "That is what is possible, and none of ours gets there: the negative targets push the output "
                "off, in most of them everywhere.",
            ),
            Option(
                "At 0.52: they answer 0 everywhere",
                "The negative targets push the output down until it is off for all x; then no gradient is "
                "left.",
                right=True,
            ),
            Option(
                "Above 0.52: worse than always 0",
                "Training goes downhill from the start, and answering 0 is the valley that it falls into.",
            ),
        ),
        LAST,
    ),
    Choice(
        "relu_before_softmax",
        "The ordinary network with logits is right for about 95 % of the test digits. What does the ReLU "
        "after the logits do to the median of twenty networks?",
        (
            Option(
                "Nothing: softmax only compares, and negative logits become ties at 0",
                "It would be so for a trained network whose right logit is positive. In training, a logit "
                "that is off gets no gradient.",
            ),
            Option(
                "It costs a few per cent",
                "For some starts. In most, whole classes are lost, and each costs about a tenth of the "
                "digits.",
            ),
            Option(
                "It costs a fifth or more, very different from start to start",
                "Logits die, and their classes are lost; how many is a matter of the start.",
                right=True,
            ),
            Option(
                "All networks end at chance",
                "The classes whose logits live are still learnt, nearly as well as before.",
            ),
        ),
        LAST,
    ),
    Choice(
        "which_head",
        "A photograph may show a cat, a dog, both, or neither. Which head fits?",
        (
            Option(
                "Softmax over cat and dog, with cross-entropy",
                "Softmax shares out one 1: it can say neither both nor none.",
            ),
            Option(
                "A sigmoid for each of the two, with the cross-entropy of each",
                "Two questions, each yes or no, and each probability by itself.",
                right=True,
            ),
            Option(
                "A sigmoid for each of the two, with the squared error",
                "The range is right. But where the network is sure and wrong, the slope of this loss is "
                "nearly 0.",
            ),
            Option(
                "ReLU, since the answers 0 and 1 are not negative",
                "The range has no upper end, and an output that is off for all photographs learns nothing "
                "more.",
            ),
        ),
        HEADS,
    ),
    Choice(
        "cnn_without_relu",
        "The same network without its three ReLUs, trained the same way: what test accuracy does it reach?",
        (
            Option(
                "About as good as with them: the convolutions find the patterns",
                "What they compute without a bend is one affine map of the 40 numbers.",
            ),
            Option(
                "In between: the convolutions help, the ReLUs help more",
                "Without a bend, shared weights can represent nothing that one affine layer cannot.",
            ),
            Option(
                "About 0.3, as one affine layer",
                "Convolutions are affine, and affine maps in a row are one affine map.",
                right=True,
            ),
            Option(
                "About 0.1, which is chance",
                "A linear classifier is poor on these signals, but not blind, and that is what it is.",
            ),
        ),
        CONVOLUTIONS,
    ),
    Choice(
        "dead_channel",
        "When is a channel of a convolution dead on the training signals?",
        (
            Option(
                "When its z is 0 or negative at one place of every signal",
                "Other places of the same signals switch it on, and the gradient passes there.",
            ),
            Option(
                "When its z is 0 or negative at all places of all signals",
                "The same weights serve every place, so one place of one signal keeps it alive.",
                right=True,
            ),
            Option(
                "When its z is 0 or negative at all places of one signal",
                "Then the pattern is absent from that signal, which is what the channel is to say.",
            ),
            Option(
                "When its weights are negative",
                "The sign of z counts. Negative weights may well find a pattern.",
            ),
        ),
        CONVOLUTIONS,
    ),
    Choice(
        "time_gradient",
        "In which of the three does a good part of the gradient at the last state arrive at h_0, 100 steps "
        "earlier, in all twenty networks?",
        (
            Option(
                "Tanh with Xavier: it is bounded, so nothing can explode",
                "Its states are bounded. Its gradient is multiplied by one random matrix a hundred times, "
                "and by slopes below 1.",
            ),
            Option(
                "ReLU with He: that scale keeps gradients",
                "Through layers of independent matrices, on average. One matrix, a hundred times over, "
                "makes some explode and others fade.",
            ),
            Option(
                "ReLU with the identity",
                "It multiplies by 1 every time. What is lost is only what meets units that are off.",
                right=True,
            ),
            Option(
                "In none: 100 steps are too many for any of them",
                "The identity multiplies by 1, and 1 to the power of 100 is 1.",
            ),
        ),
        RECURRENCE,
    ),
    Choice(
        "same_matrix",
        "ReLU with the identity, scaled by 0.9, reads 200 steps instead of 100. What becomes of the share "
        "of the gradient that arrives at h_0?",
        (
            Option(
                "It is halved",
                "Twice the steps, but each multiplies: the share is multiplied by 0.9 a hundred times more.",
            ),
            Option(
                "It is multiplied by 0.9 once more",
                "Every step multiplies by 0.9, and there are a hundred more of them.",
            ),
            Option(
                "About the share of 100 steps, squared",
                "0.9 to the power of 200 is the square of 0.9 to the power of 100. (What is lost at units "
                "that are off comes on top, and changes that little.)",
                right=True,
            ),
            Option(
                "It stays, because ReLU's slope is 1",
                "The slope is; the recurrent weight is not.",
            ),
        ),
        RECURRENCE,
    ),
    Choice(
        "adding_ranking",
        "Which of the five get well below the baseline of 1/6, by their medians?",
        (
            Option(
                "Only LSTM: it was made for this",
                "Its median is the lowest, but it is not the only one.",
            ),
            Option(
                "LSTM and the two tanh networks: recurrent networks need bounded states",
                "The tanh networks stay at the baseline here, with either start.",
            ),
            Option(
                "LSTM and both networks with the identity: the matrix decides",
                "Tanh with the identity stays at the baseline: its state fades although the matrix keeps it.",
            ),
            Option(
                "LSTM and both ReLU networks",
                "ReLU's straight side holds a number; with He's start less reliably than with the identity.",
                right=True,
            ),
        ),
        LEARNING,
    ),
    Choice(
        "relu_gate",
        "An LSTM whose forget gate is a ReLU instead of a sigmoid: what is wrong with it?",
        (
            Option(
                "ReLU has no slope at 0",
                "Any convention there would do (lesson 3). The range is the trouble.",
            ),
            Option(
                "The gate may be above 1, and then the cell grows with every step",
                "A share has to lie between 0 and 1. (And where the ReLU is off, the cell is lost, with no "
                "gradient.)",
                right=True,
            ),
            Option(
                "ReLU is slower to compute than sigmoid",
                "It is not, and it would not matter here.",
            ),
            Option(
                "Nothing: recurrent networks with ReLU do learn, as we have seen",
                "There ReLU made the state, which may be any size. A gate is a share of the state.",
            ),
        ),
        LEARNING,
    ),
    Choice(
        "feed_forward_ranking",
        "How far apart will the means of the three kinds be, compared with the twenty networks of one kind "
        "among themselves?",
        (
            Option(
                "Farther: each network with SwiGLU beats each with ReLU",
                "The kinds overlap widely: look at the share of the pairs in which ReLU is not behind.",
            ),
            Option(
                "Much closer: the start matters more than the activation",
                "The range of one kind is several times as wide as the differences between the means.",
                right=True,
            ),
            Option(
                "Exactly equal: with equally many parameters nothing else counts",
                "Chance alone makes them differ, and the activation may, too.",
            ),
        ),
        ATTENTION,
    ),
)
