"""Lesson 2, why bend: what is asked, what is right, and which mistakes are known."""

from itertools import pairwise

import numpy as np

from utils.question import Choice, Mistake, Option, Question

NETWORK = "A-network-is-a-stack-of-layers"
LINEAR = "What-more-linear-layers-buy"
NEARLY = "How-nearly-linear-ReLU-is"
PIECES = "A-network-made-of-affine-pieces"


def _stack(generator, *sizes):
    """Weights and biases of affine layers, from the inputs to the outputs."""
    pairs = list(pairwise(sizes))
    return [generator.normal(size=pair) for pair in pairs], [generator.normal(size=out) for _, out in pairs]


# ------------------------------------------------------------------------------------------- forward_pass


def forward_pass(x, weights, biases):
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = np.maximum(x @ weight + bias, 0)
    return x @ weights[-1] + biases[-1]


def forward_pass_cases(generator):
    small = (
        [np.array([[1.0, -1.0], [0.0, 2.0]]), np.array([[1.0], [-1.0]])],
        [np.array([0.0, 1.0]), np.array([0.5])],
    )
    return [
        (np.array([[1.0, 2.0], [-1.0, 0.0], [2.0, -1.0]]), *small),
        (generator.normal(size=(6, 3)), *_stack(generator, 3, 5, 4, 2)),
        (generator.normal(size=(4, 2)), *_stack(generator, 2, 3)),
        (generator.normal(size=(1, 2)), *_stack(generator, 2, 6, 6, 6, 6, 2)),
        (np.empty((0, 3)), *_stack(generator, 3, 4, 2)),
    ]


def _passed(hidden, last):
    """The forward pass with another rule for hidden layers and for the last one."""

    def answer(x, weights, biases):
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            x = hidden(x, weight, bias)
        return last(x, weights[-1], biases[-1])

    return answer


def _looped(x, weights, biases):
    """Sample by sample into a list: without samples the columns are lost."""
    logits = forward_pass(x, weights, biases)
    return logits if len(logits) else np.array([])


def _stacked(x, weights, biases):
    """The same where the list is stacked, which fails for an empty one (NumPy's text varies)."""
    if not len(x):
        raise ValueError
    return forward_pass(x, weights, biases)


def _affine(x, weight, bias):
    return x @ weight + bias


def _bent(x, weight, bias):
    return np.maximum(x @ weight + bias, 0)


FORWARD_PASS_MISTAKES = (
    Mistake(
        "relu_on_output",
        _passed(_bent, _bent),
        "ReLU is applied to the last layer too, so no logit is ever negative. The last layer is affine: "
        "its sums go out as they are.",
    ),
    Mistake(
        "relu_on_output_of_two_or_more",
        lambda x, weights, biases: _passed(_bent, _bent if len(weights) > 1 else _affine)(x, weights, biases),
        "With two layers or more, ReLU is applied to the last one too, so no logit is ever negative. The "
        "last layer is affine: its sums go out as they are.",
    ),
    Mistake(
        "relu_on_a_single_layer",
        lambda x, weights, biases: _passed(_bent, _affine if len(weights) > 1 else _bent)(x, weights, biases),
        "With a single layer ReLU is applied to it. That layer is the last one too, and the last layer is "
        "affine: its sums go out as they are.",
    ),
    Mistake(
        "relu_on_output_only",
        _passed(_affine, _bent),
        "ReLU is applied to the last layer instead of the hidden ones. It is the other way round: the "
        "hidden layers bend, the last one is affine.",
    ),
    Mistake(
        "looped",
        _looped,
        "Do you loop over the samples? With no samples nothing enters the list, and the number of columns "
        "is lost. `x @ W + b` treats all samples at once, even if there are none.",
    ),
    Mistake(
        "stacked",
        _stacked,
        "Do you loop over the samples? With no samples nothing enters the list, and there is nothing to "
        "stack. `x @ W + b` treats all samples at once, even if there are none.",
    ),
    Mistake(
        "no_relu",
        _passed(_affine, _affine),
        "There is no bend anywhere: this is a stack of affine layers, which is one affine layer. Each "
        "hidden layer needs ReLU after its sum.",
    ),
    Mistake(
        "no_biases",
        _passed(lambda x, weight, bias: np.maximum(x @ weight, 0), lambda x, weight, bias: x @ weight),
        "The biases are not used. Without them every fold goes through the origin.",
    ),
    Mistake(
        "bias_after_relu",
        _passed(lambda x, weight, bias: np.maximum(x @ weight, 0) + bias, _affine),
        "In the hidden layers the bias is added after ReLU. It belongs inside: relu(x @ W + b). It is "
        "what moves the fold.",
    ),
    Mistake(
        "relu_first",
        _passed(
            lambda x, weight, bias: np.maximum(x, 0) @ weight + bias,
            lambda x, weight, bias: np.maximum(x, 0) @ weight + bias,
        ),
        "ReLU comes before each layer's sum, so the input itself loses its negative numbers. In each "
        "hidden layer the sum comes first, then ReLU.",
    ),
)


# ----------------------------------------------------------------------------------------------- collapse


def collapse(weights, biases):
    weight, bias = weights[0], biases[0]
    for next_weight, next_bias in zip(weights[1:], biases[1:], strict=True):
        weight, bias = weight @ next_weight, bias @ next_weight + next_bias
    return weight, bias


def collapse_cases(generator):
    return [
        (
            [np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [-1.0, 1.0]])],
            [np.array([1.0, 0.0]), np.array([0.0, 3.0])],
        ),
        _stack(generator, 2, 3, 1),
        _stack(generator, 3, 3, 3, 3, 3, 3),
        _stack(generator, 2, 16, 16, 16, 16, 2),
        _stack(generator, 4, 2),
        _stack(generator, 5, 1, 3),
        _stack(generator, 4, 4, 4),
        _stack(generator, 2, 2, 2, 2),
    ]


def _collapsed(weight_of, bias_of):
    """The answer with other rules for one step: (weight, next_weight), (bias, next_weight, next_bias)."""

    def answer(weights, biases):
        weight, bias = weights[0], biases[0]
        for next_weight, next_bias in zip(weights[1:], biases[1:], strict=True):
            weight, bias = weight_of(weight, next_weight), bias_of(bias, next_weight, next_bias)
        return weight, bias

    return answer


def _product(weight, next_weight):
    return weight @ next_weight


def _carried(bias, next_weight, next_bias):
    return bias @ next_weight + next_bias


def _bias_by(matrix_of):
    """The answer that multiplies the bias by another matrix: (merged before, merged now, all, layer)."""

    def answer(weights, biases):
        weight, bias = weights[0], biases[0]
        for layer in range(1, len(weights)):
            merged = weight @ weights[layer]
            bias = bias @ matrix_of(weight, merged, weights, layer) + biases[layer]
            weight = merged
        return weight, bias

    return answer


COLLAPSE_MISTAKES = (
    Mistake(
        "wrong_order",
        _collapsed(lambda weight, next_weight: next_weight @ weight, _carried),
        "The matrices are multiplied in the wrong order. Samples are rows, so x meets the first layer's "
        "weights first: (x @ W1) @ W2.",
    ),
    Mistake(
        "last_bias_only",
        _collapsed(_product, lambda bias, next_weight, next_bias: next_bias),
        "Only the last bias is left. The earlier ones pass through the later layers as every signal does.",
    ),
    Mistake(
        "last_two_biases",
        lambda weights, biases: (
            collapse(weights, biases)[0],
            collapse(weights[-2:], biases[-2:])[1],
        ),
        "Only the last two biases are left. The merged bias goes into the next step, not the given one of "
        "the layer before.",
    ),
    Mistake(
        "biases_added",
        _collapsed(_product, lambda bias, next_weight, next_bias: bias + next_bias),
        "The biases are added as they are. A bias of an early layer is multiplied by the weights of all "
        "later ones before it arrives. (With different widths the shapes do not even fit.)",
    ),
    Mistake(
        "bias_too_early",
        _collapsed(_product, lambda bias, next_weight, next_bias: (bias + next_bias) @ next_weight),
        "Each bias is multiplied by its own layer's weights. A layer multiplies first and adds its bias "
        "afterwards, so its own weights never touch it.",
    ),
    Mistake(
        "no_biases",
        _collapsed(_product, lambda bias, next_weight, next_bias: np.zeros_like(next_bias)),
        "The bias of the collapsed layer is 0. Put x = 0 into the stack: what comes out is the bias that "
        "you look for.",
    ),
    Mistake(
        "weights_added",
        _collapsed(lambda weight, next_weight: weight + next_weight, _carried),
        "The weights are added. One layer after the other means a product of matrices: x @ W1 @ W2. "
        "(With different widths the shapes do not even fit.)",
    ),
    Mistake(
        "transposed",
        lambda weights, biases: (collapse(weights, biases)[0].T, collapse(weights, biases)[1]),
        "The weights come out transposed. The course keeps them as (fan_in, fan_out), so that x @ W "
        "works with samples as rows.",
    ),
    Mistake(
        "bias_by_merged",
        _bias_by(lambda before, merged, weights, i: merged),
        "The bias is multiplied by the wrong matrix. It has passed layer 1 already, so only the "
        "next layer's weights act on it: `b @ W2 + b2`.",
    ),
    Mistake(
        "bias_by_merged_before",
        _bias_by(lambda before, merged, weights, i: before),
        "The bias is multiplied by the wrong matrix: the product of the earlier layers. It has passed its "
        "own layer already, so only the next layer's weights act on it: `b @ W2 + b2`.",
    ),
    Mistake(
        "bias_by_own",
        _bias_by(lambda before, merged, weights, i: weights[i - 1]),
        "The bias is multiplied by the wrong matrix: its own layer's. It has passed its own "
        "layer already, so only the next layer's weights act on it: `b @ W2 + b2`.",
    ),
    Mistake(
        "bias_by_first",
        _bias_by(lambda before, merged, weights, i: weights[0]),
        "The bias is multiplied by the wrong matrix: always the first layer's. It has passed its own "
        "layer already, so only the next layer's weights act on it: `b @ W2 + b2`.",
    ),
    Mistake(
        "bias_from_the_right",
        _collapsed(_product, lambda bias, next_weight, next_bias: next_weight @ bias + next_bias),
        "The bias stands on the wrong side of the matrix. It is a row, as a sample is, so it comes first: "
        "`b @ W2 + b2`.",
    ),
    Mistake(
        "elementwise",
        _collapsed(
            lambda weight, next_weight: weight * next_weight,
            lambda bias, next_weight, next_bias: bias * next_weight + next_bias,
        ),
        "`*` multiplies element by element. One layer after the other is a product of matrices, for the "
        "weights and for the bias: `@`.",
    ),
    Mistake(
        "elementwise_weights",
        _collapsed(lambda weight, next_weight: weight * next_weight, _carried),
        "The weights are multiplied element by element, by `*`. One layer after the other is a product of "
        "matrices: `@`.",
    ),
    Mistake(
        "elementwise_bias",
        _collapsed(_product, lambda bias, next_weight, next_bias: bias * next_weight + next_bias),
        "The bias is multiplied element by element, by `*`. It passes the next layer as a sample does, by a "
        "product of matrices: `@`.",
    ),
    Mistake(
        "weight_only",
        lambda weights, biases: collapse(weights, biases)[0],
        "Only the weights are returned. Return both, as a tuple: `return weight, bias`.",
    ),
    Mistake(
        "swapped_results",
        lambda weights, biases: collapse(weights, biases)[::-1],
        "The two results are in the other order: the weights come first, then the bias.",
    ),
)


# ------------------------------------------------------------------------------------- superposition_gaps


def superposition_gaps(a, b, f_zero, f_x, f_y, f_combination):
    linear = f_combination - (a * f_x + b * f_y)
    affine = (f_combination - f_zero) - (a * (f_x - f_zero) + b * (f_y - f_zero))
    return np.max(np.abs(linear)), np.max(np.abs(affine))


def _measured(function, generator, n=8, features=2):
    """The arguments that come from testing `function` on n random pairs of samples."""
    a, b = generator.normal(size=(2, n, 1))
    x, y = generator.normal(size=(2, n, features))
    zero = np.zeros((1, features))
    return a, b, function(zero)[0], function(x), function(y), function(a * x + b * y)


def superposition_cases(generator):
    (matrix, other), (shift, end) = _stack(generator, 2, 3, 2)
    bends = np.array([[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]])
    damaged = list(_measured(lambda x: x @ matrix, generator))
    damaged[3] = damaged[3].copy()
    damaged[3][2, 1] = np.nan
    return [
        (
            np.array([[1.0], [2.0]]),
            np.array([[1.0], [-2.0]]),
            np.array([1.5, -1.0]),
            np.array([[1.0, 0.0], [3.0, 2.0]]),
            np.array([[2.0, 1.0], [-1.0, 4.0]]),
            np.array([[3.5, 0.0], [4.0, -3.0]]),
        ),
        _measured(lambda x: x @ matrix, generator),
        _measured(lambda x: x @ matrix + shift, generator),
        _measured(lambda x: np.maximum(x @ bends, 0), generator),
        _measured(lambda x: -np.maximum(x @ bends + shift, 0) @ other + end, generator, n=30),
        tuple(damaged),
    ]


def _gaps(linear, affine=None, size=lambda gap: np.max(np.abs(gap))):
    """The answer with other gaps before their size is taken; affine=None keeps the right one."""

    def answer(a, b, f_zero, f_x, f_y, f_combination):
        given = (a, b, f_zero, f_x, f_y, f_combination)
        return size(linear(*given)), size((affine or _affine_gap)(*given))

    return answer


def _linear_gap(a, b, f_zero, f_x, f_y, f_combination):
    return f_combination - (a * f_x + b * f_y)


def _affine_gap(a, b, f_zero, f_x, f_y, f_combination):
    return (f_combination - f_zero) - (a * (f_x - f_zero) + b * (f_y - f_zero))


SUPERPOSITION_MISTAKES = (
    Mistake(
        "signed",
        _gaps(_linear_gap, size=np.max),
        "Negative differences are lost: the largest number is taken, not the largest absolute one. A "
        "function that is always too low would pass.",
    ),
    Mistake(
        "mean",
        _gaps(_linear_gap, size=lambda gap: np.mean(np.abs(gap))),
        "This is the mean gap. A bend that only a few pairs meet would be averaged away; the test asks "
        "for the largest gap.",
    ),
    Mistake(
        "ignores_a_and_b",
        _gaps(
            lambda a, b, zero, fx, fy, fc: fc - (fx + fy),
            lambda a, b, zero, fx, fy, fc: (fc - zero) - (fx - zero + fy - zero),
        ),
        "The factors a and b are not used. f_combination was measured at a x + b y, so f(x) and f(y) "
        "need the same factors.",
    ),
    Mistake(
        "zero_subtracted_once",
        _gaps(_linear_gap, lambda a, b, zero, fx, fy, fc: fc - zero - (a * fx + b * fy)),
        "For the affine gap f(0) is taken away from f_combination only. The function to test is f - "
        "f(0): all three of its values lose f(0).",
    ),
    Mistake(
        "combination_keeps_zero",
        _gaps(_linear_gap, lambda a, b, zero, fx, fy, fc: fc - (a * (fx - zero) + b * (fy - zero))),
        "For the affine gap f(0) is taken away from f(x) and f(y), but f_combination still contains it.",
    ),
    Mistake(
        "brackets",
        _gaps(_linear_gap, lambda a, b, zero, fx, fy, fc: (fc - zero) - (a * fx - zero + b * fy - zero)),
        "Brackets: `a` multiplies f_x - f_zero as a whole, `a * (f_x - f_zero)`, and `b` multiplies f_y - "
        "f_zero.",
    ),
    Mistake(
        "norm_of_rows",
        _gaps(_linear_gap, size=lambda gap: np.max(np.linalg.norm(gap, axis=1))),
        "`np.linalg.norm(axis=1)` mixes the k values of a pair into one length. Compare value by value: the "
        "largest absolute difference of all.",
    ),
    Mistake(
        "norm_of_all",
        _gaps(_linear_gap, size=np.linalg.norm),
        "`np.linalg.norm` mixes all values into one length. Compare value by value: the largest absolute "
        "difference of all.",
    ),
    Mistake(
        "swapped",
        lambda *given: superposition_gaps(*given)[::-1],
        "The two gaps are in the other order: the linear one comes first.",
    ),
    Mistake(
        "linear_twice",
        _gaps(_linear_gap, _linear_gap),
        "Both gaps are the linear one. The second asks whether f becomes linear once the constant f(0) "
        "is taken away.",
    ),
    Mistake(
        "ignores_nan",
        _gaps(_linear_gap, size=lambda gap: np.nanmax(np.abs(gap))),
        "NaN is skipped, so a function that fails for one sample passes the test. A gap that cannot be "
        "computed is NaN.",
    ),
)


# ------------------------------------------------------------------------------------------- affine_piece


def affine_piece(x, weights, biases):
    weight, bias = weights[0], biases[0]
    for next_weight, next_bias in zip(weights[1:], biases[1:], strict=True):
        on = x @ weight + bias > 0
        weight, bias = (weight * on) @ next_weight, (bias * on) @ next_weight + next_bias
    return weight, bias


def affine_piece_cases(generator):
    both_ways = (
        [np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([[1.0, 2.0], [3.0, -1.0]])],
        [np.array([0.5, -1.0]), np.array([0.25, 1.0])],
    )
    return [
        (np.array([1.0, 1.5]), *both_ways),
        (np.array([2.0, 0.0]), *both_ways),
        (np.array([-1.0, 1.0]), *both_ways),  # the first unit's pre-activation is exactly 0
        (generator.normal(size=3), *_stack(generator, 3, 8, 8, 2)),
        (generator.normal(size=2), *_stack(generator, 2, 4, 4, 4, 1)),
        (generator.normal(size=4), *_stack(generator, 4, 4, 4)),
        (generator.normal(size=3), *_stack(generator, 3, 2)),
    ]


def _piece(x, weights, biases, on=lambda z: z > 0, mask_bias=True, carry_mask=True, mask_last=False):
    """The affine piece, with the steps that a mistake leaves out or adds."""
    weight, bias = weights[0], biases[0]
    unmasked = (weight, bias)
    for next_weight, next_bias in zip(weights[1:], biases[1:], strict=True):
        z = x @ weight + bias if carry_mask else x @ unmasked[0] + unmasked[1]
        fires = on(z)
        weight = (weight * fires) @ next_weight
        bias = (bias * fires if mask_bias else bias) @ next_weight + next_bias
        unmasked = (unmasked[0] @ next_weight, unmasked[1] @ next_weight + next_bias)
    if mask_last:
        fires = on(x @ weight + bias)
        weight, bias = weight * fires, bias * fires
    return weight, bias


AFFINE_PIECE_MISTAKES = (
    Mistake(
        "no_mask",
        lambda x, weights, biases: collapse(weights, biases),
        "This collapses the layers as if ReLU were not there. Units that are off at x pass nothing on: "
        "their columns must become 0.",
    ),
    Mistake(
        "bias_not_masked",
        lambda x, weights, biases: _piece(x, weights, biases, mask_bias=False),
        "The weights of the silent units are removed, but their biases still get through. A unit that is "
        "off gives 0: its bias goes too.",
    ),
    Mistake(
        "last_layer_masked",
        lambda x, weights, biases: _piece(x, weights, biases, mask_last=True),
        "The output is masked as well. The last layer has no ReLU: negative logits stay.",
    ),
    Mistake(
        "masks_without_relu",
        lambda x, weights, biases: _piece(x, weights, biases, carry_mask=False),
        "The later layers' masks come from signals that went through no ReLU. Whether a unit of layer 2 "
        "is on depends on what layer 1 really passes on.",
    ),
    Mistake(
        "zero_is_on",
        lambda x, weights, biases: _piece(x, weights, biases, on=lambda z: z >= 0),
        "A unit whose pre-activation is exactly 0 is counted as on. Here, as in the lesson, on means z > 0.",
    ),
    Mistake(
        "opposite_mask",
        lambda x, weights, biases: _piece(x, weights, biases, on=lambda z: z <= 0),
        "The mask is the wrong way round: it keeps the units that are off.",
    ),
    Mistake(
        "value_for_bias",
        lambda x, weights, biases: (
            affine_piece(x, weights, biases)[0],
            forward_pass(x, weights, biases),
        ),
        "The second result is the network's value at x. The bias of the affine map is what is left of it "
        "when x @ W is taken away.",
    ),
)


QUESTIONS = (
    Question(
        id="forward_pass",
        title="The forward pass of a ReLU network",
        points=2,
        reference=forward_pass,
        cases=forward_pass_cases,
        mistakes=FORWARD_PASS_MISTAKES,
        hints=(
            "Start with x. Each layer turns what it is given into the next layer's input: a loop over "
            "the layers.",
            "A hidden layer is relu(x @ W + b). Which layer is different?",
            "Loop over weights[:-1] and biases[:-1] with ReLU, and treat weights[-1] and biases[-1] "
            "afterwards, without it.",
        ),
        section=NETWORK,
        vectorised=True,
        sized=lambda n: (np.ones((n, 2)), [np.ones((2, 3)), np.ones((3, 2))], [np.ones(3), np.ones(2)]),
    ),
    Question(
        id="collapse",
        title="Collapse a stack of affine layers into one",
        points=3,
        reference=collapse,
        cases=collapse_cases,
        mistakes=COLLAPSE_MISTAKES,
        hints=(
            "Write two layers on paper: (x @ W1 + b1) @ W2 + b2. Multiply out.",
            "Two layers give the weights W1 @ W2 and the bias b1 @ W2 + b2. What do you do with a third?",
            "Keep one pair (W, b), start with the first layer, and merge the next layer into it until "
            "none is left. Do not change the given arrays in place.",
        ),
        section=LINEAR,
        names=("weight", "bias"),
        relative=1e-8,
        absolute=1e-8,
    ),
    Question(
        id="superposition_gaps",
        title="Test a function for linearity, and for being affine",
        points=3,
        reference=superposition_gaps,
        cases=superposition_cases,
        mistakes=SUPERPOSITION_MISTAKES,
        hints=(
            "A linear function has f(a x + b y) = a f(x) + b f(y). How far is it from that, at worst?",
            "An affine function is a linear one plus a constant, and the constant is f(0). Take it away "
            "everywhere, then test as before.",
            "The largest absolute difference is `np.max(np.abs(...))`. For the second gap put f_x - f_zero, "
            "f_y - f_zero and f_combination - f_zero in the places of the three values.",
        ),
        section=NEARLY,
        names=("linear gap", "affine gap"),
        relative=1e-8,
        absolute=1e-8,
        vectorised=True,
        sized=lambda n: (np.ones((n, 1)), np.ones((n, 1)), np.zeros(2), *np.ones((3, n, 2))),
    ),
    Question(
        id="affine_piece",
        title="The affine map that a ReLU network is at one point",
        points=4,
        reference=affine_piece,
        cases=affine_piece_cases,
        mistakes=AFFINE_PIECE_MISTAKES,
        hints=(
            "First find out which units are on at x. For the units that are on, ReLU does nothing; for "
            "the others it writes 0.",
            "Collapse as before, but before you merge the next layer set the columns of W and the "
            "entries of b that belong to silent units to 0.",
            "With the pair (W, b) of the layers so far, the next pre-activations at x are x @ W + b. "
            "Where they are > 0 the mask is 1. The last layer gets no mask.",
        ),
        section=PIECES,
        names=("weight", "bias"),
        relative=1e-8,
        absolute=1e-8,
    ),
)

CHOICES = (
    Choice(
        id="five_identity_layers",
        prompt="Two rings of points, one inside the other. A network of five affine layers with no "
        "activation between them (four hidden layers of 16 units) is trained on them. What share of new "
        "points does it get right?",
        options=(
            Option(
                "about 0.5, as if it guessed",
                "Yes. Its boundary is a single straight line, and training finds no direction in which "
                "tilting that line pays: the rings have the same centre.",
                right=True,
            ),
            Option(
                "about 0.65, what the best straight line gets",
                "A line that cuts a slice off the outer ring does reach that, and the network could "
                "represent it. But training lowers the loss, not the number of errors, and by the loss "
                "nearly equal probabilities for both rings are best.",
            ),
            Option(
                "about 0.8: five layers can bend a little",
                "Layers alone bend nothing. Five affine layers multiply out to one, biases included.",
            ),
            Option(
                "above 0.95: it has almost 900 weights and biases",
                "There are many, but all of them together act as one 2 x 2 matrix and two biases.",
            ),
        ),
        section=LINEAR,
    ),
    Choice(
        id="ten_classes",
        prompt="MNIST-1D has 40 numbers a sample and ten classes. A linear model gets about a third of "
        "the test samples right. What do five affine layers, 48 units wide, get?",
        options=(
            Option(
                "the same third",
                "Yes, on these data. Both choose among the same functions, the affine ones. (With very few "
                "samples many of them fit, and training may then pick different ones.)",
                right=True,
            ),
            Option(
                "a bit more, because it has more than 20 times as many weights",
                "The weights multiply out to a 40 x 10 matrix, so there is nothing more to fit with.",
            ),
            Option(
                "clearly more: other data are closer to linear than rings",
                "If so, the linear model would have found it as well: both choose among the same functions.",
            ),
            Option(
                "a tenth: linear layers cannot be trained five deep",
                "They can: the gradient passes all five layers here. They only arrive where one layer is.",
            ),
        ),
        section=LINEAR,
    ),
    Choice(
        id="not_affine",
        prompt="Which of these networks is not an affine function of its input, as far as its data can show?",
        options=(
            Option(
                "ten affine layers, each with a bias of its own",
                "The biases are carried along: they end up in one bias.",
            ),
            Option(
                "affine, ReLU, affine, where every pre-activation is positive for all data",
                "The folds are there, but outside the data. Where all units are on, ReLU does nothing, "
                "and the layers collapse.",
            ),
            Option(
                "affine, ReLU, affine, where a unit is on for some data and off for others",
                "Yes. The unit's fold runs through the data, so the slope differs on its two sides "
                "(unless its outgoing weights are 0, or other units happen to cancel it).",
                right=True,
            ),
            Option(
                "affine, leaky ReLU with `negative_slope=1`, affine",
                "With slope 1 on both sides leaky ReLU is the identity, as lesson 1 showed.",
            ),
        ),
        section=PIECES,
    ),
    Choice(
        id="relu_tests",
        prompt="f is linear if f(a x + b y) = a f(x) + b f(y). Which part of this does f = ReLU pass for "
        "all x and y?",
        options=(
            Option(
                "f(2 x) = 2 f(x)",
                "Yes: it is positively homogeneous, as in lesson 1. A test with positive factors and one "
                "input would call ReLU linear.",
                right=True,
            ),
            Option(
                "f(-x) = -f(x)",
                "relu(-1) = 0, but -relu(1) = -1. It is positively homogeneous only.",
            ),
            Option(
                "f(x + y) = f(x) + f(y)",
                "Take x = 1 and y = -1: relu(0) = 0, but relu(1) + relu(-1) = 1.",
            ),
            Option(
                "all of it, if x and y are small enough",
                "Smaller numbers do not help: around 0 is where the bend is, and under a magnifying "
                "glass the bend looks the same.",
            ),
        ),
        section=NEARLY,
    ),
    Choice(
        id="fence",
        prompt="The network has one hidden layer of ReLU units. How few units can fence in the inner "
        "ring, so that its class fills a bounded part of the plane?",
        options=(
            Option(
                "2",
                "Stand where the two folds cross and walk straight on: the score changes at a constant rate "
                "all the way. So the inner ring's side, if there is one, reaches to infinity in some "
                "direction.",
            ),
            Option(
                "3",
                "Yes: around a triangle of three folds the score can fall in every direction.",
                right=True,
            ),
            Option("4, one for each side of a box", "A box does it, but a triangle has one side fewer."),
            Option(
                "about 16: a circle needs many short sides",
                "More units make the fence rounder. Closing it takes far fewer.",
            ),
        ),
        section=PIECES,
    ),
    Choice(
        id="within_piece",
        prompt="You take all inputs for which the same units are on. What is a ReLU network on these inputs?",
        options=(
            Option("linear, exactly", "Nearly: f(0) need not be 0, because the biases are there."),
            Option("affine, exactly", "Yes: one matrix and one bias hold for all of them.", right=True),
            Option(
                "nearly affine; the error shrinks with the piece",
                "That holds for a smooth activation such as tanh. With ReLU there is no error at all "
                "within a piece.",
            ),
            Option(
                "constant",
                "That happens, for instance where all units of some hidden layer are off, but not in "
                "general.",
            ),
        ),
        section=PIECES,
    ),
)
