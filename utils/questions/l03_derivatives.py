"""Lesson 03: the slope at the corner, backpropagation as a mask, and gradient checks that respect corners."""

import numpy as np

from utils.gradients import numeric_gradient
from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
CORNER = "One-corner-has-many-slopes"
MASK = "Backpropagation-is-a-mask"
CHECKING = "A-gradient-check-can-fail-for-a-right-gradient"
MATTERS = "When-the-slope-at-zero-matters"

# relu_backward


def _relu_backward(upstream, pre_activation):
    gradient = upstream * (pre_activation > 0)
    return np.where(np.isnan(pre_activation), pre_activation, gradient)


def _relu_backward_cases(generator):
    z = np.array([-2.0, -0.5, -0.0, 0.0, 0.5, 2.0])
    upstream = np.array([3.0, -1.0, 2.0, -4.0, -0.25, 5.0])
    wide = generator.normal(size=(4, 5))
    wide[1, 2] = 0.0
    narrow = generator.normal(size=(3, 2)).astype(np.float32)
    return [
        (upstream, z),
        (generator.normal(size=(4, 5)), wide),
        (generator.normal(size=(3, 2)).astype(np.float32), narrow),
        (generator.normal(size=(2, 3, 4)), generator.normal(size=(2, 3, 4))),
        (np.array([1.0, 1.0, -1.0]), np.array([1e-300, -1e-300, np.inf])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([2.0, -3.0, 4.0]), np.array([np.nan, 1.0, -1.0])),
    ]


RELU_BACKWARD = Question(
    id="relu_backward",
    title="The backward pass of ReLU",
    points=2,
    reference=_relu_backward,
    cases=_relu_backward_cases,
    mistakes=(
        Mistake(
            "hides_nan",
            lambda upstream, pre_activation: upstream * (pre_activation > 0),
            "All finite values are right, but where the pre-activation is NaN your gradient is 0: the "
            "comparison `NaN > 0` is False. Something has gone wrong in such a network, and a clean 0 "
            "hides it. Put NaN there. (`z == np.nan` is False everywhere; use `np.isnan`.)",
        ),
        Mistake(
            "passes_at_nan",
            lambda upstream, pre_activation: np.where(pre_activation <= 0, 0.0, upstream),
            "All finite values are right, but where the pre-activation is NaN you hand on the upstream "
            "gradient: the comparison `NaN <= 0` is False. Put NaN there. (`z == np.nan` is False "
            "everywhere; use `np.isnan`.)",
        ),
        Mistake(
            "swapped",
            lambda upstream, pre_activation: pre_activation * (upstream > 0),
            "The arguments are swapped: the first one is the upstream gradient, the second one the "
            "pre-activation. You masked the pre-activation with the sign of the gradient.",
        ),
        Mistake(
            "upstream_sign",
            lambda upstream, pre_activation: upstream * (upstream > 0),
            "The mask was taken from the upstream gradient. Its sign does not matter: negative gradients "
            "pass as well as positive ones. What opens the gate is the sign of the unit's own "
            "pre-activation in the forward pass.",
        ),
        Mistake(
            "mask_alone",
            lambda upstream, pre_activation: (pre_activation > 0).astype(pre_activation.dtype),
            "You returned the slope of ReLU alone. The chain rule multiplies it by the gradient that "
            "arrives, the upstream gradient.",
        ),
        Mistake(
            "no_mask",
            lambda upstream, pre_activation: upstream,
            "You passed the upstream gradient on unchanged, as if ReLU were the identity. Units that are "
            "off block it.",
        ),
        Mistake(
            "open_at_zero",
            lambda upstream, pre_activation: upstream * (pre_activation >= 0),
            "At a pre-activation of exactly 0 you let the gradient pass: that is the convention relu'(0) = "
            "1. The convention here is relu'(0) = 0. (-0.0 counts as 0, too.)",
        ),
        Mistake(
            "half_at_zero",
            lambda upstream, pre_activation: upstream * np.heaviside(pre_activation, 0.5),
            "At a pre-activation of exactly 0 you let half of the gradient pass. 1/2 is a subgradient, but "
            "the convention asked for here is relu'(0) = 0.",
        ),
        Mistake(
            "times_activation",
            lambda upstream, pre_activation: upstream * np.maximum(pre_activation, 0),
            "You multiplied by the value of ReLU. The chain rule multiplies by its slope, which is 1 for "
            "every unit that is on, however large its value is.",
        ),
        Mistake(
            "relu_of_upstream",
            lambda upstream, pre_activation: np.maximum(upstream, 0) * (pre_activation > 0),
            "You masked twice, and lost the negative gradients: no second ReLU is applied to the upstream "
            "gradient. Only the pre-activation decides.",
        ),
        Mistake(
            "where_on",
            lambda upstream, pre_activation: upstream * (pre_activation < 0),
            "The mask is the wrong way round: the gradient passes where the unit is on, that is where the "
            "pre-activation is positive.",
        ),
    ),
    hints=(
        "The chain rule: gradient before ReLU = upstream gradient times the slope of ReLU at the "
        "pre-activation.",
        "The slope is 1 or 0, so a comparison makes the mask: `pre_activation > 0`. What is the value of "
        "that comparison at exactly 0, and at NaN?",
        "`np.where(condition, a, b)` chooses element by element. `np.isnan(pre_activation)` finds the "
        "places that have to become NaN.",
    ),
    section=MASK,
    vectorised=True,
)

# network_backward


def _forward(x, weights_1, bias_1, weights_2, bias_2):
    pre_activation = x @ weights_1 + bias_1
    activation = np.maximum(pre_activation, 0)
    return pre_activation, activation, activation @ weights_2 + bias_2


def _named(weights_1, bias_1, weights_2, bias_2):
    return {"weights_1": weights_1, "bias_1": bias_1, "weights_2": weights_2, "bias_2": bias_2}


def _backward(*changes):
    """The backward pass, or the one with the mistakes that `changes` name."""

    def network_backward(x, target, weights_1, bias_1, weights_2, bias_2):
        z, a, output = _forward(x, weights_1, bias_1, weights_2, bias_2)
        upstream = 2 * (output - target) / len(x)
        if "forgot_mean" in changes:
            upstream = 2 * (output - target)
        if "mean_twice" in changes:
            upstream = upstream / len(x)
        if "forgot_two" in changes:
            upstream = (output - target) / len(x)
        if "wrong_sign" in changes:
            upstream = -upstream
        at_a = upstream @ weights_2.T
        masks = {
            "forgot_mask": np.ones_like(z),
            "mask_from_output": output > 0,
            "mask_from_upstream": at_a > 0,
            "open_at_zero": z >= 0,
            "half_at_zero": np.heaviside(z, 0.5),
        }
        at_z = at_a * next((masks[change] for change in changes if change in masks), z > 0)
        if "mask_before_weights" in changes:
            at_z = at_a * a
        summed = np.mean if "bias_mean" in changes else np.sum
        one = _named(
            x.T @ at_z,
            summed(at_z, axis=0),
            (z if "linear_hidden" in changes else a).T @ upstream,
            summed(upstream, axis=0),
        )
        if "bias_not_summed" in changes:
            one |= {"bias_1": at_z, "bias_2": upstream}
        if "bias_1_not_summed" in changes:
            one["bias_1"] = at_z
        if "np_outer" in changes:
            one["weights_1"] = np.outer(x, at_z)
        if "transposed" in changes:
            one |= {"weights_1": one["weights_1"].T, "weights_2": one["weights_2"].T}
        return one

    return network_backward


def _one_sample(x, target, weights_1, bias_1, weights_2, bias_2):
    """The lesson's code for one sample, copied as it is: with n rows the shapes do not fit."""
    z, a, output = _forward(x, weights_1, bias_1, weights_2, bias_2)
    upstream = 2 * (output - target)
    at_z = upstream * weights_2 * (z > 0)
    return _named(np.outer(x, at_z), at_z, upstream * a, upstream)


def _differences(step):
    """The gradient measured by central differences, with the course's own step if `step` is None."""

    def network_backward(x, target, weights_1, bias_1, weights_2, bias_2):
        parameters = _named(weights_1, bias_1, weights_2, bias_2)

        def gradient(name):
            def loss(value):
                return np.mean((_forward(x, **(parameters | {name: value}))[2] - target) ** 2)

            return numeric_gradient(loss, parameters[name], step)

        return {name: gradient(name) for name in parameters}

    return network_backward


def _network_cases(generator):
    # Samples, features and width differ everywhere, and no table is a single row or column in both factors of
    # a product: else wrong broadcasting could give the right shape.
    def case(n, features, width):
        return (
            generator.normal(size=(n, features)),
            generator.normal(size=(n, 1)),
            generator.normal(size=(features, width)),
            generator.normal(size=width),
            generator.normal(size=(width, 1)),
            generator.normal(size=1),
        )

    small = (
        np.array([[1.0, -1.0], [2.0, 0.5], [0.0, 1.0], [-1.0, 2.0]]),
        np.array([[1.0], [0.0], [-2.0], [1.5]]),
        np.array([[1.0, -1.0, 0.5], [1.0, 2.0, -1.0]]),
        np.array([0.0, 0.5, 0.0]),
        np.array([[1.0], [-1.0], [2.0]]),
        np.array([0.5]),
    )
    return [small, case(6, 3, 5), case(2, 5, 4), case(8, 1, 3), case(5, 4, 2)]


def _network_sized(n):
    return np.ones((n, 2)), np.zeros((n, 1)), np.ones((2, 3)), np.ones(3), np.ones((3, 1)), np.ones(1)


def _measured(step):
    """The mistake of measuring instead of going back, with one usual step."""
    said = f" with a step of {step}" if step else ""
    return Mistake(
        f"differences_{step or 'default'}",
        _differences(step),
        f"You measure the gradient by differences{said}. They fail here: one unit stands on its corner. Go "
        "back through the network with the chain rule instead.",
    )


NETWORK_BACKWARD = Question(
    id="network_backward",
    title="The backward pass of a network with one hidden layer",
    points=4,
    reference=_backward(),
    cases=_network_cases,
    mistakes=(
        Mistake(
            "forgot_mask",
            _backward("forgot_mask"),
            "The second layer is right, the first is not: the gradient went through the hidden layer as if "
            "it had no ReLU. Multiply the gradient at the activations by the mask `pre_activation > 0`.",
        ),
        Mistake(
            "forgot_mean",
            _backward("forgot_mean"),
            "All your gradients are n times too large, n being the number of samples: the loss is the mean "
            "over the samples, not the sum. Where does 1/n enter the derivative?",
        ),
        Mistake(
            "mean_twice",
            _backward("mean_twice"),
            "All your gradients are n times too small, n being the number of samples: 1/n came in twice. It "
            "is in the upstream gradient from the start; after that you add up over the samples.",
        ),
        Mistake(
            "forgot_two",
            _backward("forgot_two"),
            "All your gradients are half of what they should be: the derivative of (output - target)² has "
            "a factor 2.",
        ),
        Mistake(
            "wrong_sign",
            _backward("wrong_sign"),
            "All your gradients have the wrong sign: the derivative of (output - target)² with respect to "
            "the output is 2 (output - target), in this order.",
        ),
        Mistake(
            "mask_from_output",
            _backward("mask_from_output"),
            "The mask came from the output of the network. The output layer has no ReLU; each hidden unit "
            "has its own gate, which its own pre-activation opens.",
        ),
        Mistake(
            "mask_from_upstream",
            _backward("mask_from_upstream"),
            "The mask came from the sign of the gradient that arrives at the hidden layer. The gates were "
            "set in the forward pass, by the pre-activations.",
        ),
        Mistake(
            "open_at_zero",
            _backward("open_at_zero"),
            "At a pre-activation of exactly 0 you let the gradient pass. The convention here is relu'(0) = "
            "0.",
        ),
        Mistake(
            "times_activation",
            _backward("mask_before_weights"),
            "You multiplied the gradient at the hidden layer by the activations. ReLU's slope is 1 where a "
            "unit is on, not the unit's value.",
        ),
        Mistake(
            "linear_hidden",
            _backward("linear_hidden"),
            "The gradient of weights_2 uses the pre-activations. The second layer's input is what ReLU let "
            "through: the activations.",
        ),
        Mistake(
            "transposed",
            _backward("transposed"),
            "Your weight gradients are transposed. A gradient has the shape of what it is the gradient of: "
            "weights_1 is (features, width).",
        ),
        Mistake(
            "bias_not_summed",
            _backward("bias_not_summed"),
            "Your bias gradients still have one row for each sample. The same bias serves every sample, so "
            "its gradient is the sum over the samples.",
        ),
        Mistake(
            "bias_1_not_summed",
            _backward("bias_1_not_summed"),
            "Your gradient of bias_1 still has one row for each sample. The same bias serves every sample, "
            "so its gradient is the sum over the samples.",
        ),
        Mistake(
            "forgot_mean_bias_not_summed",
            _backward("forgot_mean", "bias_not_summed"),
            "Your bias gradients still have one row for each sample. The same bias serves every sample, so "
            "its gradient is the sum over the samples. And 1/n is missing everywhere: the loss is the mean "
            "over the samples.",
        ),
        Mistake(
            "np_outer",
            _backward("np_outer"),
            "The gradient of weights_1 is far too large a table: `np.outer` makes one long row of all "
            "samples. It is for a single sample; for samples as rows use a matrix product, which also adds "
            "them up.",
        ),
        Mistake(
            "one_sample",
            _one_sample,
            "NumPy cannot bring two of your tables to one shape. If you took over the lesson's code for a "
            "single sample: look at its cell for many samples, which uses `@` and `.T` on the way back.",
        ),
        Mistake(
            "bias_mean",
            _backward("bias_mean"),
            "Your bias gradients are n times too small: the 1/n of the loss is in the upstream gradient "
            "already. Over the samples you add up.",
        ),
        Mistake(
            "half_at_zero",
            _backward("half_at_zero"),
            "At a pre-activation of exactly 0 you let half of the gradient pass. The convention here is "
            "relu'(0) = 0.",
        ),
        *map(_measured, (None, 1e-3, 1e-4, 1e-5, 1e-6)),
    ),
    hints=(
        "Run the network forward first and keep the pre-activation, the activation and the output. Then go "
        "back layer by layer; check that each gradient has the shape of its parameter.",
        "Start: the derivative of the mean of (output - target)² with respect to each output is "
        "2 (output - target) / n. Call it upstream.",
        "For a layer `z = x @ weights + bias` with gradient g at z: the weights get `x.T @ g`, the bias "
        "the sum of g over the samples, and the layer before gets `g @ weights.T`. Between the two layers "
        "stands the mask.",
    ),
    section=MASK,
    relative=1e-7,
    absolute=1e-10,
    vectorised=True,
    sized=_network_sized,
)

# gradient_check


def _relative(numeric, analytic):
    return np.abs(numeric - analytic) / np.maximum(np.abs(numeric), np.abs(analytic))


def _errors(numeric, analytic):
    # Not `np.divide(..., where=...)`: this warns of 0 / 0, as the usual answer does, so that the warning
    # draws no remark.
    return np.where((numeric == 0) & (analytic == 0), 0.0, _relative(numeric, analytic))


def _crossed(minus, plus):
    return np.sign(minus) * np.sign(plus) < 0


def _summary(trusted, errors, empty=float("nan")):
    return trusted, float(errors[trusted].max()) if trusted.any() else empty


def _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = _crossed(pre_activations_minus, pre_activations_plus)
    return _summary(~crossed.any(axis=1), _errors(numeric, analytic))


def _trusts_all(numeric, analytic, pre_activations_minus, pre_activations_plus):
    return _summary(np.ones(len(numeric), bool), _errors(numeric, analytic))


def _touching_counts(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = (pre_activations_minus > 0) != (pre_activations_plus > 0)
    return _summary(~crossed.any(axis=1), _errors(numeric, analytic))


def _same_sign(numeric, analytic, pre_activations_minus, pre_activations_plus):
    same = np.sign(pre_activations_minus) == np.sign(pre_activations_plus)
    return _summary(same.all(axis=1), _errors(numeric, analytic))


def _one_direction(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = (pre_activations_minus < 0) & (pre_activations_plus > 0)
    return _summary(~crossed.any(axis=1), _errors(numeric, analytic))


def _other_direction(numeric, analytic, pre_activations_minus, pre_activations_plus):
    return _one_direction(numeric, analytic, pre_activations_plus, pre_activations_minus)


def _no_axis(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = _crossed(pre_activations_minus, pre_activations_plus)
    return _summary(~crossed.any(), _errors(numeric, analytic))


def _zero_by_zero(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = _crossed(pre_activations_minus, pre_activations_plus)
    return _summary(~crossed.any(axis=1), _relative(numeric, analytic))


def _zero_by_zero_and_largest_of_none(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return trusted, float(_relative(numeric, analytic)[trusted].max())


def _nanmax_of_none(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return trusted, float(np.nanmax(_relative(numeric, analytic)[trusted]))


def _largest_of_none(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return trusted, float(_errors(numeric, analytic)[trusted].max())


def _all_must_cross(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = _crossed(pre_activations_minus, pre_activations_plus)
    return _summary(~crossed.all(axis=1), _errors(numeric, analytic))


def _untrusted(numeric, analytic, pre_activations_minus, pre_activations_plus):
    crossed = _crossed(pre_activations_minus, pre_activations_plus).any(axis=1)
    return _summary(crossed, _errors(numeric, analytic))


def _worst_of_all(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return trusted, float(_errors(numeric, analytic).max())


def _worst_of_all_or_none(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, worst = _worst_of_all(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return trusted, worst if trusted.any() else float("nan")


def _silent(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return _summary(trusted, _errors(numeric, analytic), empty=0.0)


def _absolute(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return _summary(trusted, np.abs(numeric - analytic))


def _signed(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return _summary(trusted, _errors(numeric, analytic) * np.sign(numeric - analytic))


def _mean(numeric, analytic, pre_activations_minus, pre_activations_plus):
    trusted, _ = _gradient_check(numeric, analytic, pre_activations_minus, pre_activations_plus)
    return trusted, float(_errors(numeric, analytic)[trusted].mean()) if trusted.any() else float("nan")


def _gradient_check_cases(generator):
    def case(parameters, units, crossing):
        """Probes at which the units in `crossing` (parameter, unit) change side; there the slopes are off."""
        minus = generator.normal(size=(parameters, units))
        minus += 0.1 * np.sign(minus)
        plus = minus * generator.uniform(0.9, 1.1, size=minus.shape)
        analytic = generator.normal(size=parameters)
        numeric = analytic * (1 + 1e-6 * generator.uniform(-1, 1, size=parameters))
        for number, (parameter, unit) in enumerate(crossing):
            up = (-1) ** number  # in turn from negative to positive and the other way round
            minus[parameter, unit], plus[parameter, unit] = -0.01 * up, 0.03 * up
            numeric[parameter] += 0.5
        return numeric, analytic, minus, plus

    wrong = case(6, 4, [(1, 0), (4, 3)])
    wrong[0][2] = -wrong[1][2]
    below = case(5, 3, [(0, 1), (0, 2)])
    below[0][3] = below[1][3] * 0.9 if below[1][3] > 0 else below[1][3] * 1.1
    touches = case(4, 2, [(3, 1)])
    touches[2][0, 0], touches[3][0, 0] = 0.0, 0.2
    touches[2][1, 1], touches[3][1, 1] = -0.2, 0.0
    touches[2][2], touches[3][2] = 0.0, 0.0
    dead = case(4, 3, [(1, 1)])
    dead[0][0] = dead[1][0] = 0.0
    nothing = case(2, 2, [(0, 0), (0, 1), (1, 0)])
    return [wrong, below, touches, dead, nothing, case(40, 6, [(7, 2), (30, 5)])]


GRADIENT_CHECK = Question(
    id="gradient_check",
    title="A gradient check that respects corners",
    points=4,
    reference=_gradient_check,
    cases=_gradient_check_cases,
    mistakes=(
        Mistake(
            "trusts_all",
            _trusts_all,
            "You compare every parameter. Where a unit changed side between the two probes, the numeric "
            "slope mixes both sides of a corner: there it says nothing about the analytic gradient. Leave "
            "these parameters out.",
        ),
        Mistake(
            "touching_counts",
            _touching_counts,
            "A unit whose pre-activation is exactly 0 at one probe has not crossed the corner: between the "
            "probes relu is still straight. Distrust only strictly opposite signs, one negative and one "
            "positive.",
        ),
        Mistake(
            "same_sign",
            _same_sign,
            "You trust a parameter only if every unit has the same sign at both probes. Exactly 0 at one of "
            "them is no change of side: distrust only one negative and one positive.",
        ),
        Mistake(
            "one_direction",
            _one_direction,
            "You look at one direction only: a unit may also go from positive to negative.",
        ),
        Mistake(
            "other_direction",
            _other_direction,
            "You look at one direction only: a unit may also go from negative to positive.",
        ),
        Mistake(
            "no_axis",
            _no_axis,
            "`trusted` is a single answer for all parameters together. Each row belongs to one parameter: "
            "ask row by row, with `axis=1`.",
        ),
        Mistake(
            "zero_by_zero",
            _zero_by_zero,
            "Where both gradients are 0 you divide 0 by 0, which is NaN, and NaN spoils the maximum. The two "
            "agree there: the error is 0.",
        ),
        Mistake(
            "largest_of_none",
            _largest_of_none,
            "Among no numbers there is no largest one: when no parameter is trusted, return NaN instead of "
            "asking for it.",
        ),
        Mistake(
            "nanmax_of_none",
            _nanmax_of_none,
            "Among no numbers there is no largest one, for `np.nanmax` neither: when no parameter is "
            "trusted, return NaN instead of asking for it.",
        ),
        Mistake(
            "zero_by_zero_and_largest_of_none",
            _zero_by_zero_and_largest_of_none,
            "Where both gradients are 0 you divide 0 by 0. That error counts as 0. And when no parameter is "
            "trusted, there is no largest error: return NaN instead of asking for it.",
        ),
        Mistake(
            "all_must_cross",
            _all_must_cross,
            "You trust a parameter unless all units changed side. One single unit over its corner bends "
            "the loss between the probes: that is enough to distrust the numeric slope.",
        ),
        Mistake(
            "inverted",
            _untrusted,
            "`trusted` is the wrong way round: True belongs where no unit changed side.",
        ),
        Mistake(
            "worst_of_all",
            _worst_of_all,
            "The worst error is taken over all parameters; those that you do not trust must not count. If "
            "none is trusted, it is NaN.",
        ),
        Mistake(
            "worst_of_all_or_none",
            _worst_of_all_or_none,
            "The worst error is taken over all parameters; those that you do not trust must not count.",
        ),
        Mistake(
            "silent_when_empty",
            _silent,
            "When no parameter can be trusted, you report an error of 0. That looks like a passed check, "
            "though nothing was checked. Return NaN.",
        ),
        Mistake(
            "absolute_error",
            _absolute,
            "You return the absolute error. A difference of 0.001 is nothing for a gradient of 1000, and "
            "everything for one of 0.001: divide by the larger of |numeric| and |analytic|.",
        ),
        Mistake(
            "signed_error",
            _signed,
            "The largest error was taken with its sign, so a numeric slope far below the analytic one goes "
            "unseen. Take the absolute value first.",
        ),
        Mistake(
            "mean_error",
            _mean,
            "You average the errors. One wrong gradient among many good ones then nearly disappears: "
            "report the largest.",
        ),
    ),
    hints=(
        "Two steps. First a boolean for each parameter: did any unit go from one side of 0 to the other? "
        "Then the largest relative error over the parameters where none did.",
        "`np.sign` gives -1, 0 or 1. A unit crossed the corner where the signs at the two probes are -1 "
        "and 1, in either order. `.any(axis=1)` asks for each row whether it holds a True.",
        "Two traps: 0 / 0 where both gradients are 0 (`np.where(scale == 0, 0, difference / scale)` puts 0 "
        "there), and the maximum of no numbers at all (return `float('nan')`).",
    ),
    section=CHECKING,
    names=("trusted", "worst"),
    relative=1e-6,
    absolute=1e-9,
    vectorised=True,
)

QUESTIONS = (RELU_BACKWARD, NETWORK_BACKWARD, GRADIENT_CHECK)

CHOICES = (
    Choice(
        "central_at_corner",
        "You measure the slope of ReLU at exactly 0 with the central difference (relu(h) - relu(-h)) / 2h, "
        "and make the step h smaller and smaller. What do you get?",
        (
            Option(
                "It comes closer and closer to 0",
                "relu(-h) is 0, but relu(h) = h does not go away: it is divided by 2h, which shrinks just "
                "as fast.",
            ),
            Option(
                "It comes closer and closer to 1",
                "That is the slope from the right alone. The central difference also uses the flat left "
                "side.",
            ),
            Option(
                "1/2 for every h",
                "(h - 0) / 2h = 1/2, however small h is. It is the average of the slopes of the two sides.",
                right=True,
            ),
            Option(
                "It has no limit: it jumps between 0 and 1",
                "The two one-sided slopes differ, 0 and 1, but each stays where it is, and so does their "
                "average.",
            ),
        ),
        CORNER,
    ),
    Choice(
        "software_slope",
        "ReLU has no derivative at 0. A program computes derivatives automatically, and is asked for the "
        "slope of ReLU at exactly 0. What does it answer?",
        (
            Option(
                "An error or NaN", "A training run must not stop at one point: the program has a rule for it."
            ),
            Option(
                "A number that somebody chose when the program was written",
                "The rule for ReLU must say something at 0. Most programs say 0; that is a convention, no "
                "theorem.",
                right=True,
            ),
            Option(
                "0, because mathematics defines it so",
                "0 is what most programs answer, but mathematics gives no derivative there: it is a choice.",
            ),
            Option(
                "1/2, because it measures with tiny differences",
                "Automatic differentiation measures nothing: it applies the rules of school calculus step "
                "by step.",
            ),
        ),
        CORNER,
    ),
    Choice(
        "three_programs",
        "relu(x), (x + |x|) / 2 and x + relu(-x) have the same value for every x. A program that uses "
        "relu'(0) = 0, and slope 0 for |x| at 0, differentiates all three at 0. What does it answer?",
        (
            Option(
                "Three times the same slope: it is one function",
                "The program never sees the function, only the steps of a formula. Different steps apply "
                "different conventions.",
            ),
            Option(
                "Three different slopes",
                "The steps differ, and so do the places where a convention is applied.",
                right=True,
            ),
            Option(
                "Twice 0, and an error for |x|",
                "|x| has a corner at 0 too, and the program has a convention for it as well.",
            ),
            Option(
                "Three times 1/2: the rounding errors cancel",
                "No rounding takes part: the three slopes are exact results of the rules.",
            ),
        ),
        CORNER,
    ),
    Choice(
        "leaky_subgradients",
        "Leaky ReLU with slope 0.2: x for x > 0, and 0.2 x for x < 0. Which slopes are subgradients at 0?",
        (
            Option("Only 0.2", "0.2 touches from below, but so does every steeper line up to slope 1."),
            Option(
                "All from 0 to 1",
                "That was ReLU. A line of slope 0.1 rises above 0.2 x on the left: -0.1 is more than -0.2.",
            ),
            Option("All from 0.2 to 1", "Between the slopes of the two sides, both included.", right=True),
            Option(
                "None: it is not differentiable there",
                "No derivative, but many subgradients: that is their use.",
            ),
        ),
        CORNER,
    ),
    Choice(
        "what_passes",
        "In the forward pass one hidden unit had z = -0.4 and another z = 5. In the backward pass the "
        "gradient 3 arrives at the activation of both. Which gradients leave them?",
        (
            Option(
                "3 and 3", "That would be a unit without ReLU. The first unit is off, and its slope is 0."
            ),
            Option(
                "0 and 15",
                "The gradient is multiplied by the slope of ReLU, not by its value: the slope at 5 is 1.",
            ),
            Option(
                "0 and 3",
                "The slope is 0 at z = -0.4 and 1 at z = 5: one unit blocks, the other passes all.",
                right=True,
            ),
            Option(
                "A little and a lot, depending on z",
                "ReLU has only two slopes. How far z is from 0 plays no part: a gate is open or shut.",
            ),
        ),
        MASK,
    ),
    Choice(
        "failed_check",
        "A gradient check of a ReLU network shows relative errors below 1e-8 for 498 weights and 0.3 for "
        "two. What do you do first?",
        (
            Option(
                "Rewrite the backward pass",
                "A wrong backward pass rarely spares 498 weights. Look closer first.",
            ),
            Option(
                "Accept it: gradients of ReLU networks cannot be checked",
                "They can, wherever no unit changes side between the two probes; and those are nearly all.",
            ),
            Option(
                "Take a larger step, to average the error out",
                "A larger step makes more units cross their corners.",
            ),
            Option(
                "See whether a unit changed side between the probes of these two",
                "If one did, the numeric slope is at fault there: take another step or leave these weights "
                "out. If none did, and the two slopes are not so small that rounding explains the error, "
                "look for a mistake in the backward pass.",
                right=True,
            ),
        ),
        CHECKING,
    ),
    Choice(
        "zero_start",
        "A network for the digits starts with all hidden weights and biases at exactly 0; only its output "
        "weights are random. It is trained three times, with the conventions relu'(0) = 0, 1/2 and 1. What "
        "happens?",
        (
            Option(
                "All three stay at chance",
                "With 1/2 or 1 the first gradient gets through to the hidden weights, and random output "
                "weights make it differ from unit to unit.",
            ),
            Option(
                "All three learn equally well: one point cannot matter",
                "One point does matter if you stand on it. Here every unit starts there, for every sample.",
            ),
            Option(
                "With 0 it stays at chance, with 1/2 and 1 it learns",
                "With 0 every gate is shut, and nothing ever opens one.",
                right=True,
            ),
            Option(
                "Only 1/2 learns, since it is the true slope",
                "1/2 is no truer than 0 or 1: all numbers from 0 to 1 are subgradients. 1 works as well.",
            ),
        ),
        MATTERS,
    ),
    Choice(
        "why_no_difference",
        "In the He-initialised networks of the experiment, relu'(0) = 0 and relu'(0) = 1 lead to the same "
        "result. Why?",
        (
            Option(
                "No pre-activation was exactly 0, so the convention was never asked for",
                "The loop counted them during the training. Where some are exactly 0, the two conventions "
                "may differ.",
                right=True,
            ),
            Option(
                "The difference averages out over the samples",
                "Nothing had to average out: not one sample used the convention.",
            ),
            Option(
                "The slope at a single point can never matter",
                "With the hidden weights at zero you have seen it decide everything.",
            ),
            Option(
                "The optimiser corrects a wrong slope", "The optimiser takes every gradient as it is given."
            ),
        ),
        MATTERS,
    ),
)
