"""Lesson 08: how likely a network is dead before training, from a formula, from one network and from many."""

import itertools
import math

import numpy as np

from utils.question import Choice, Mistake, Option, Question

# The anchors of the lesson's headings.
DEAD = "One-layer-is-enough"
BOUNDS = "Between-two-bounds"
WIDE = "How-wide-is-wide-enough?"
TRAINING = "Training-does-not-wake-the-dead"

# upper_bound


def _upper_bound(width, layers):
    return 1 - (1 - 0.5**width) ** (layers - 1)


def _integer_power(width, layers):
    return 1 - (1 - 2**-width) ** (layers - 1)


def _upper_bound_cases(generator):
    widths = generator.integers(2, 12, size=6)
    return [
        (2, 10),
        (np.array([1, 2, 3, 4]), np.array([2, 5, 10, 20])),
        (5, 1),
        (3, np.arange(2, 8)),
        (np.arange(1, 4)[:, None], np.array([3, 6, 11, 30])),
        (widths, generator.integers(2, 60, size=6)),
        (8, 200),
    ]


UPPER_BOUND = Question(
    id="upper_bound",
    title="The upper bound",
    points=2,
    reference=_upper_bound,
    cases=_upper_bound_cases,
    mistakes=(
        Mistake(
            "integer_power",
            _integer_power,
            "NumPy does not raise whole numbers to negative whole powers: `2 ** -width` fails when width is "
            "an integer array. Take a floating-point base, such as `0.5 ** width` or `2.0 ** -width`.",
        ),
        Mistake(
            "all_layers",
            lambda width, layers: 1 - (1 - 0.5**width) ** layers,
            "You counted a hidden layer too many. Of `layers` affine layers the last one is the output: it "
            "has no ReLU and cannot be off.",
        ),
        Mistake(
            "two_fewer",
            lambda width, layers: 1 - (1 - 0.5**width) ** (layers - 2.0),
            "You counted a hidden layer too few. Of `layers` affine layers only the output layer has no "
            "ReLU. (The exponent layers - 2 belongs to the lower bound.)",
        ),
        Mistake(
            "alive",
            lambda width, layers: (1 - 0.5**width) ** (layers - 1),
            "That is the probability that every hidden layer is alive at the input. The network is dead "
            "there when that does not happen.",
        ),
        Mistake(
            "every_layer_dead",
            lambda width, layers: 0.5 ** (width * (layers - 1.0)),
            "That is the probability that every unit of every hidden layer is off, by N (L - 1) independent "
            "coins. A single layer that is off is enough.",
        ),
        Mistake(
            "one_unit_enough",
            lambda width, layers: 1 - 0.5 ** (width * (layers - 1.0)),
            "You ask that not one unit of the network be off. A layer is dead only when all its units are "
            "off, and that has probability (1/2)^N.",
        ),
        Mistake(
            "added_up",
            lambda width, layers: (layers - 1) * 0.5**width,
            "You added the layers' probabilities up. The sum can exceed 1, and it counts a network twice in "
            "which two layers are off. Multiply the probabilities that each layer is alive instead.",
        ),
        Mistake(
            "swapped",
            lambda width, layers: 1 - (1 - 0.5 ** (layers - 1.0)) ** width,
            "Width and depth have changed places: (1/2) takes the power N, the units of one layer, and the "
            "layers come in as the outer power.",
        ),
        Mistake(
            "half_over_width",
            lambda width, layers: 1 - (1 - 0.5 / width) ** (layers - 1),
            "For one layer you took 1/(2 N). N independent units that are off with probability 1/2 each are "
            "all off with probability 1/2 times 1/2 times …, N factors.",
        ),
        Mistake(
            "one_layer",
            lambda width, layers: 0.5**width + 0.0 * layers,
            "That is for one layer only. There are L - 1 hidden layers, and any of them may be off.",
        ),
        Mistake(
            "both_inputs",
            lambda width, layers: 1 - (1 - 0.25**width) ** (layers - 1),
            "You took 1/4 for a unit. Asked is one given input, at which a unit is off with probability 1/2.",
        ),
        Mistake(
            "missing_brackets",
            lambda width, layers: 1 - (1 - 0.5**width) ** layers - 1,
            "Your probabilities are 0 or negative. In `a ** layers - 1` the power comes first: put brackets "
            "round the whole exponent, `a ** (layers - 1)`.",
        ),
    ),
    hints=(
        "Go from small to large: the probability that one unit is off; that one layer of N units is off; "
        "that one layer is alive; that all L - 1 hidden layers are alive.",
        "The network is dead at the input when not all hidden layers are alive there: 1 minus that.",
        "`0.5 ** width` works for numbers and for integer arrays alike.",
    ),
    section=BOUNDS,
)

# first_dead_layer


def _first_dead_layer(weights):
    activation = np.array([[1.0], [-1.0]])
    for number, weight in enumerate(weights, 1):
        activation = np.maximum(activation @ weight, 0)
        if not activation.any():
            return number
    return 0


def _states(weights, x=((1.0,), (-1.0,)), bend=True):
    """The pre-activations of every layer, at the rows of x."""
    activation, found = np.array(x), []
    for weight in weights:
        found.append(activation @ weight)
        activation = np.maximum(found[-1], 0) if bend else found[-1]
    return found


def _first(dead):
    """The number of the first layer that is marked, from 1; 0 where none is."""
    return next((number for number, one in enumerate(dead, 1) if one), 0)


def _dead_layers(weights):
    return [bool((z <= 0).all()) for z in _states(weights)]


def _last_dead(weights):
    return max((number for number, one in enumerate(_dead_layers(weights), 1) if one), default=0)


def _index_from_zero(weights):
    return _first(_dead_layers(weights)) - 1


def _later(weights):
    """The layer after the dead one: the number is counted up before the test."""
    number = _first(_dead_layers(weights))
    return number + 1 if number else 0


def _one_ray_each(weights):
    """Whether any layer is off at either input."""
    return _first([(z <= 0).all(axis=1).any() for z in _states(weights)])


def _first_dead_layer_cases(generator):
    """Networks that end in every way, of several widths: the first ones by hand, the others chosen by lot."""
    both_at_once = [
        np.array([[1.0, -1.0]]),
        np.array([[-1.0, -2.0], [-3.0, -1.0]]),
        np.array([[1.0, 2.0, 1.0], [1.0, -1.0, 0.5]]),
    ]
    one_side_only = [
        np.array([[1.0, -1.0]]),
        np.array([[1.0, -2.0], [-1.0, 1.0]]),
        np.array([[-1.0, 2.0], [-3.0, -1.0]]),
        np.array([[1.0, 1.0], [2.0, -1.0]]),
    ]
    dies_last = [both_at_once[0], both_at_once[1]]
    dies_late = [
        np.array([[1.0, -1.0, 2.0]]),
        np.array([[-1.0, -2.0], [1.0, 1.0], [-1.0, 0.5]]),
        np.array([[-1.0, -1.0], [-2.0, -0.5]]),
        np.array([[1.0], [1.0]]),
    ]
    found = {}
    for _ in range(4000):
        widths = [1, *generator.integers(1, 4, size=int(generator.integers(3, 8)))]
        weights = [generator.normal(size=(int(m), int(n))) for m, n in itertools.pairwise(widths)]
        kind = _first_dead_layer(weights), _first_dead_layer_at(weights, 1.0) > 0
        found.setdefault((min(kind[0], 4), kind[1]), (weights,))
        if len(found) == 5:
            break
    wide = [generator.normal(size=shape) for shape in ((1, 16), (16, 12), (12, 16))]
    by_hand = [(both_at_once,), (one_side_only,), (dies_last,), (dies_late,)]
    return [*by_hand, *(found[key] for key in sorted(found)), (wide,)]


def _first_dead_layer_at(weights, x):
    return _first([bool((z <= 0).all()) for z in _states(weights, ((x,),))])


FIRST_DEAD_LAYER = Question(
    id="first_dead_layer",
    title="Which layer killed it?",
    points=3,
    reference=_first_dead_layer,
    cases=_first_dead_layer_cases,
    mistakes=(
        Mistake(
            "only_plus",
            lambda weights: _first_dead_layer_at(weights, 1.0),
            "You looked at x = 1 only. A layer that is off there may be on at x = -1: it is dead only if it "
            "is off for both.",
        ),
        Mistake(
            "only_minus",
            lambda weights: _first_dead_layer_at(weights, -1.0),
            "You looked at x = -1 only. A layer that is off there may be on at x = 1: it is dead only if it "
            "is off for both.",
        ),
        Mistake(
            "either_input",
            _one_ray_each,
            "You stop at the first layer that is off for one of the inputs 1 and -1. The other half of the "
            "line may still get through: dead is what is off for both.",
        ),
        Mistake(
            "any_unit",
            lambda weights: _first([(z <= 0).all(axis=0).any() for z in _states(weights)]),
            "You stop at the first layer in which one unit is off for both inputs. The others may still "
            "carry the signal: a layer is dead when all its units are off.",
        ),
        Mistake(
            "strictly_below",
            lambda weights: _first([(z < 0).all() for z in _states(weights)]),
            "You find only the layers in which both inputs are lost at once. One may be lost earlier: then z "
            "is exactly 0 there in the layers after, and off, too. (A usual cause is z < 0 for z <= 0.)",
        ),
        Mistake(
            "no_relu",
            lambda weights: _first([(z <= 0).all() for z in _states(weights, bend=False)]),
            "You find no dead layer in any network. A usual reason: ReLU is missing on the way. Without it "
            "the two inputs have opposite pre-activations in every layer, and never are both off.",
        ),
        Mistake(
            "last",
            _last_dead,
            "You gave the last dead layer. After a dead layer every further one gets only zeros, and is off "
            "as well; asked is the first.",
        ),
        Mistake(
            "how_many",
            lambda weights: sum(_dead_layers(weights)),
            "You counted the dead layers. Asked is the number of the first one.",
        ),
        Mistake(
            "from_zero",
            _index_from_zero,
            "You count the layers from 0. The first hidden layer has the number 1; 0 says that none is dead.",
        ),
        Mistake(
            "zero_and_none",
            lambda weights: max(_index_from_zero(weights), 0),
            "You count the layers from 0, so the layer's number is one too small. The first hidden layer has "
            "the number 1; 0 says that none is dead.",
        ),
        Mistake(
            "one_late",
            _later,
            "Your number is one too large: it names the layer after the dead one. The first hidden layer has "
            "the number 1.",
        ),
        Mistake(
            "earlier_ray",
            lambda weights: min(_first_dead_layer_at(weights, x) for x in (1.0, -1.0)),
            "Of the two layers in which x = 1 and x = -1 are lost you take the earlier one. There the other "
            "input still gets through: the first layer in which both are off is the later one.",
        ),
        Mistake(
            "later_ray",
            lambda weights: max(_first_dead_layer_at(weights, x) for x in (1.0, -1.0)),
            "You give a layer also where only one of the two inputs is lost. The other still gets through: "
            "no layer is dead, and the answer is 0.",
        ),
        Mistake(
            "skips_last",
            lambda weights: _first_dead_layer(weights[:-1]),
            "You never look at the last layer. The list holds hidden layers only: the last one counts, too.",
        ),
        Mistake(
            "live_layers",
            lambda weights: _dead_layers(weights).count(False),
            "You counted the layers that are alive. Asked is the number of the first that is dead, which is "
            "one more; and 0 where none is dead.",
        ),
        Mistake(
            "past_the_end",
            lambda weights: _first_dead_layer(weights) or len(weights) + 1,
            "Where no layer is dead you return the number after the last one, as the lesson's function does. "
            "Here the answer is then 0.",
        ),
        Mistake(
            "none_where_alive",
            lambda weights: _first_dead_layer(weights) or None,
            "Where no layer is dead you return None, as a function without `return` does. The answer is then "
            "0.",
        ),
        Mistake(
            "always_the_first",
            lambda weights: 1,
            "You find the first layer dead in every network, though each of its units is on at 1 or at -1. "
            "Ask whether *all* entries of z are 0 or below, not any of them, nor their sum.",
        ),
        Mistake(
            "true_or_false",
            lambda weights: bool(any(_dead_layers(weights))),
            "You give 1 (or True) for dead networks and 0 (or False) for the others. Asked is which layer "
            "died first, as a number.",
        ),
    ),
    hints=(
        "Begin with both inputs at once: an array of shape (2, 1) with the rows 1 and -1. Each layer is one "
        "product and one ReLU.",
        "A layer is dead when none of its activations is above 0, for neither input: all entries of the "
        "array are 0.",
        "`enumerate(weights, 1)` counts from 1. Return the number as soon as a layer is dead, and 0 after "
        "the loop.",
    ),
    section=DEAD,
)

# born_dead_share


def _dead(activation):
    """Whether a network's activations (trials, 2, width) are 0 for every input and unit."""
    return ~(activation > 0).any(axis=(1, 2))


def _off_at_one_input(activation):
    return ~(activation > 0).any(axis=2).all(axis=1)


def _one_unit_off(activation):
    return ~(activation > 0).any(axis=1).all(axis=1)


def _share(
    inputs=(1.0, -1.0),
    more_layers=0,
    dead=_dead,
    positive=False,
    one_for_all=False,
    output_relu=False,
    random_inputs=False,
):
    """The simulation, or one with the mistakes that the arguments name."""

    def born_dead_share(width, layers, trials, seed):
        generator = np.random.default_rng(seed)
        networks = 1 if one_for_all else trials
        activation = np.broadcast_to(np.array(inputs)[:, None], (networks, len(inputs), 1))
        if random_inputs:
            activation = generator.standard_normal(activation.shape)
        found = np.zeros(networks, bool)
        widths = [width] * (layers - 1 + more_layers) + [1] * output_relu
        for fan_out in widths:
            weights = generator.standard_normal((networks, activation.shape[-1], fan_out))
            activation = np.maximum(activation @ (np.abs(weights) if positive else weights), 0)
            found |= dead(activation)
        return float(found.mean())

    return born_dead_share


def _same_weights_in_every_layer(width, layers, trials, seed):
    generator = np.random.default_rng(seed)
    first = generator.standard_normal((trials, 1, width))
    weights = generator.standard_normal((trials, width, width))
    activation = np.maximum(np.array([[1.0], [-1.0]]) @ first, 0)
    for _ in range(layers - 2):
        activation = np.maximum(activation @ weights, 0)
    return float(_dead(activation).mean())


def _share_cases(generator):
    # Shallow ones, where one layer more or less makes a difference far above the noise, and a deep and wide
    # one, where it matters that both inputs go through the same weights. No rounded share is a whole number
    # of so many trials, nor is one of another number of trials.
    sizes = ((1, 3, 1499), (2, 3, 1499), (2, 4, 2003), (3, 4, 1499), (1, 2, 499), (4, 14, 1499))
    return [(*size, int(generator.integers(10**6))) for size in sizes]


def _differs_beyond_noise(got, expected, arguments):
    """None when two simulated shares differ by at most five standard errors of their difference.

    And when what was returned is a share of so many trials: it may be neither rounded nor a formula's.
    The expected value may be a mistake's: a count of networks or a percentage, which scatter likewise.
    """
    number, trials = np.asarray(got), arguments[2]
    if number.ndim or number.dtype.kind not in "fiu":
        return "it returned something else than one number"
    scale = trials if expected > 100 else 100 if expected > 1 else 1
    shares = [min(max(float(value) / scale, 0), 1) for value in (number, expected)]
    tolerance = 5 * scale * math.sqrt(sum(share * (1 - share) for share in shares) / trials)
    if abs(float(number) - expected) <= tolerance + 1e-12:
        networks = float(number) * trials
        if scale > 1 or abs(networks - round(networks)) <= 0.01:
            return None
        return f"it returned `{float(number):.4g}`, which is no whole number of {trials} networks"
    return f"it returned `{float(number):.4g}`, expected about `{expected:.3g}`"


_SHARE = _share()

BORN_DEAD_SHARE = Question(
    id="born_dead_share",
    title="Simulate it",
    points=3,
    reference=_SHARE,
    cases=_share_cases,
    compare=_differs_beyond_noise,
    mistakes=(
        Mistake(
            "one_input",
            _share(inputs=(1.0,)),
            "Your share is the probability that the network is off at one input, which is the upper "
            "bound. A network that is off at x = 1 may still work for x = -1: put both through the same "
            "weights, and count it only if it is off for both.",
        ),
        Mistake(
            "either_input",
            _share(dead=_off_at_one_input),
            "You count a network as soon as it is off at one of the two inputs. It is dead only when it is "
            "off at both.",
        ),
        Mistake(
            "any_unit",
            _share(dead=_one_unit_off),
            "You count a network as soon as a single unit is off for both inputs. A layer is dead only when "
            "all its units are off for both.",
        ),
        Mistake(
            "one_layer_more",
            _share(more_layers=1),
            "Your networks have one hidden layer too many: `layers` counts the output layer, too, so that "
            "there are layers - 1 hidden ones. (The input layer is not counted: it computes nothing.)",
        ),
        Mistake(
            "one_layer_fewer",
            _share(more_layers=-1),
            "Your networks die as if they had one hidden layer too few: of `layers` affine layers only the "
            "last one is not hidden. The first hidden layer has weights of shape (1, width), and layers - 2 "
            "more follow. (A first hidden layer without ReLU comes to the same.)",
        ),
        Mistake(
            "random_inputs",
            _share(random_inputs=True),
            "Which two inputs does each network get? It looks as if they had the same sign half of the time, "
            "as random ones have, and then they tell no more than one. 1 and -1 tell all.",
        ),
        Mistake(
            "output_relu",
            _share(output_relu=True),
            "You gave the output layer a ReLU, too, and count networks whose single output is off. The "
            "output layer is affine: only hidden layers can be dead.",
        ),
        Mistake(
            "none_dead",
            _share(positive=True),
            "You find no dead network at all. Usual reasons: the weights are never negative (as "
            "`generator.random` draws them); ReLU is missing, so that the two inputs always have opposite "
            "pre-activations; or all trials share the weights of one network.",
        ),
        Mistake(
            "one_network",
            _share(one_for_all=True),
            "All your trials have the same weights, so either all are dead or none. Make the generator once, "
            "before the trials, and draw new weights for each of them.",
        ),
        Mistake(
            "same_in_every_layer",
            _same_weights_in_every_layer,
            "It looks as if all layers of a network had the same weights. Draw new ones for every layer.",
        ),
        Mistake(
            "alive",
            lambda *given: 1 - _SHARE(*given),
            "That is the share of networks that are alive. Asked is the share that is dead.",
        ),
        Mistake(
            "count",
            lambda width, layers, trials, seed: round(_SHARE(width, layers, trials, seed) * trials),
            "You returned how many networks are dead. Divide by the number of trials.",
        ),
        Mistake(
            "percent",
            lambda *given: 100 * _SHARE(*given),
            "You returned percent. Asked is a share between 0 and 1.",
        ),
    ),
    hints=(
        "One network first: the inputs 1 and -1 as the rows of an array of shape (2, 1); for each hidden "
        "layer draw weights, multiply, apply ReLU. At the end: is anything above 0?",
        "For all trials at once let every array have one more axis in front: inputs (trials, 2, 1), weights "
        "(trials, fan_in, width). `@` multiplies the last two axes for each trial. (A loop over the trials "
        "is right as well, only slower.)",
        "`activation.any(axis=(1, 2))` asks for each network whether any activation is not 0.",
    ),
    section=BOUNDS,
)

# safe_depth


def _depth(width, probability):
    """How many hidden layers reach the probability exactly: in general no whole number."""
    return math.log(1 - probability) / math.log(1 - 0.5**width)


def _safe_depth(width, probability):
    return 1 + math.floor(_depth(width, probability))


def _safe_depth_cases(generator):
    chosen = [(int(width), 0.037) for width in generator.integers(5, 12, size=2)]
    return [
        (4, 0.3),
        (1, 0.01),
        (10, 0.01),
        (2, 0.9),
        (8, 0.05),
        (3, 0.61),
        (6, 0.93),
        (1, 0.6),
        (12, 0.3),
        *chosen,
    ]


SAFE_DEPTH = Question(
    id="safe_depth",
    title="How deep may it be?",
    points=2,
    reference=_safe_depth,
    cases=_safe_depth_cases,
    mistakes=(
        Mistake(
            "hidden_layers",
            lambda width, probability: math.floor(_depth(width, probability)),
            "You are one too low. If you counted the hidden layers: the output layer belongs to L, too.",
        ),
        Mistake(
            "too_deep",
            lambda width, probability: 2 + math.floor(_depth(width, probability)),
            "You are one too high: this is the first depth at which the bound exceeds the probability. Asked "
            "is the last at which it does not.",
        ),
        Mistake(
            "rounded",
            lambda width, probability: 1 + round(_depth(width, probability)),
            "You round to the nearest whole number, which sometimes is one layer too deep. Where is the "
            "bound still at most the probability?",
        ),
        Mistake(
            "not_whole",
            lambda width, probability: 1 + _depth(width, probability),
            "A network has a whole number of layers: go down to the largest that still keeps the bound.",
        ),
        Mistake(
            "added_up",
            lambda width, probability: 1 + math.floor(probability * 2**width),
            "You used (L - 1) 2^-N for the bound. That is nearly right for small probabilities, but it is "
            "too large, so you stop too early. Use 1 - (1 - 2^-N)^(L - 1).",
        ),
        Mistake(
            "alive",
            lambda width, probability: 1 + math.floor(_depth(width, 1 - probability)),
            "You kept the probability of being alive at `probability`. `probability` is what may be dead: "
            "alive is 1 - probability.",
        ),
        Mistake(
            "log_ratio",
            lambda width, probability: 1 + math.floor(1 / _depth(width, probability)),
            "The ratio of the logarithms is upside down. From (1 - 2^-N)^(L - 1) = 1 - p it follows that L - "
            "1 = ln(1 - p) / ln(1 - 2^-N).",
        ),
        Mistake(
            "no_logarithm_of_p",
            lambda width, probability: 1 + math.floor(math.log(probability) / math.log(0.5**width)),
            "You asked that every hidden layer be dead: (2^-N)^(L - 1). One dead layer is enough; start "
            "from the upper bound.",
        ),
        Mistake(
            "from_two",
            lambda width, probability: max(2, _safe_depth(width, probability)),
            "Where even one hidden layer is too many, you still allow it. L = 1, no hidden layer at all, has "
            "the bound 0 and is always safe.",
        ),
    ),
    hints=(
        "The bound 1 - (1 - 2^-N)^(L - 1) grows with L. For which L is it at most p? Begin with L = 1.",
        "Either go up one layer at a time until the next one would be too many, or solve the inequality for "
        "L - 1 with a logarithm.",
        "ln(1 - 2^-N) is negative: who divides an inequality by it turns the sign round. A `while` loop "
        "needs no logarithm.",
    ),
    section=WIDE,
)

QUESTIONS = (UPPER_BOUND, FIRST_DEAD_LAYER, BORN_DEAD_SHARE, SAFE_DEPTH)

CHOICES = (
    Choice(
        "share_born_dead",
        "Ten layers of width 2: nine hidden layers of two ReLU units, one input, one output, biases 0, He "
        "initialisation. In what share of such networks is the output 0 for every x, before the first "
        "training step?",
        (
            Option(
                "Hardly any, less than 1 %",
                "A layer of two units needs only two unlucky units, and there are several such layers.",
            ),
            Option(
                "About 10 %",
                "Far more. Nearly every hidden layer is a new chance to lose the whole signal.",
            ),
            Option(
                "About a quarter",
                "A quarter is the chance that one layer of two units is off at one input: 1/2 times 1/2. "
                "And there are several layers.",
            ),
            Option(
                "Almost nine in ten",
                "Layer after layer may lose the signal: only about one network in eight gets through.",
                right=True,
            ),
        ),
        DEAD,
    ),
    Choice(
        "what_still_learns",
        "Another network, which has been trained a while, so that its biases are no longer 0: the fifth of "
        "nine hidden layers is off for every sample. What can still have a gradient other than 0?",
        (
            Option(
                "The layers before the fifth: their units work",
                "Their units work, but no gradient comes back to them: the mask of the fifth layer stops all "
                "of it.",
            ),
            Option(
                "Layers after the fifth, but all they can make is a constant",
                "Zeros come in, but with their biases they may be on, and learn. Nothing of x reaches them.",
                right=True,
            ),
            Option(
                "The output bias alone, as in the table",
                "In the table all biases were 0, so that every layer after a dead one was off. With other "
                "biases these may be on.",
            ),
            Option(
                "Nothing at all",
                "The output bias can, in any case: it stands behind everything, with no ReLU after it.",
            ),
        ),
        DEAD,
    ),
    Choice(
        "ten_times_weights",
        "You take those networks, all biases 0, and multiply every weight by 10. What happens to the share "
        "that is born dead?",
        (
            Option(
                "It falls: larger weights carry a signal further",
                "They make it larger where there is one. A unit that is off stays off: 10 z has the sign of "
                "z.",
            ),
            Option(
                "It rises: large weights push units off",
                "They push as many on, and in fact none changes sides: 10 z has the sign of z.",
            ),
            Option(
                "Nothing: the very same networks are dead",
                "Only the signs of the pre-activations count, and a positive factor changes none of them.",
                right=True,
            ),
            Option(
                "It becomes 1/2",
                "1/2 is what one unit has at one input, before and after. The factor changes no sign.",
            ),
        ),
        BOUNDS,
    ),
    Choice(
        "which_bound",
        "Why is 1 - (1 - 2^-N)^(L - 1), the probability of a layer that is off at x = 1, an upper bound "
        "for networks that are dead for every x?",
        (
            Option(
                "Dead for every x includes dead at x = 1, and not the other way round",
                "So it happens at most as often. A network that is off at 1 may still carry x = -1.",
                right=True,
            ),
            Option(
                "Because more inputs make a dead layer more likely",
                "Less likely: a layer must be off for each further input, too.",
            ),
            Option(
                "Because the probability of one layer, 2^-N, is only estimated",
                "At one input it is exact, for every continuous symmetric law.",
            ),
            Option(
                "Because the layers are not independent",
                "At one input the product is exact: each layer draws weights of its own. The difference is "
                "between one input and all of them.",
            ),
        ),
        BOUNDS,
    ),
    Choice(
        "twice_as_deep",
        "A network of 50 layers needs width 13 to keep the upper bound below 1 %. You make it twice as deep, "
        "100 layers. Which is the smallest width that keeps the bound below 1 %?",
        (
            Option(
                "13, as before",
                "A little more than twice as many layers can die: the bound about doubles, to more than 1 %.",
            ),
            Option(
                "14",
                "One unit more in each layer halves the chance that the layer is off. That makes up for "
                "twice as many layers.",
                right=True,
            ),
            Option("18, about √2 times as many", "Far more than needed: the width enters as 2^-N."),
            Option("26, twice as many", "Far more than needed: the width enters as a power, 2^-N."),
        ),
        WIDE,
    ),
    Choice(
        "after_training",
        "Of networks of width 2 with ten layers, nearly nine in ten are born dead. All are trained on |x|. "
        "How many are constant after the training?",
        (
            Option(
                "Hardly any: training repairs them",
                "The gradient of every weight is exactly 0. There is nothing to repair them with.",
            ),
            Option(
                "About half: some find their way out",
                "None does: no weight of a dead network moves at all, only the output bias.",
            ),
            Option(
                "The same ones, and no more",
                "All of these, and others: a training step can kill a layer of two units, too.",
            ),
            Option(
                "All of these, and some more",
                "None that is dead comes back, and some that were alive lose a layer on the way.",
                right=True,
            ),
        ),
        TRAINING,
    ),
    Choice(
        "best_constant",
        "A dead network is trained with the mean squared error on five targets: 0, 0, 0, 0 and 10. Which "
        "output does it approach?",
        (
            Option("0, the median", "That is best for the mean absolute error. The squared error weighs 10."),
            Option("2, the mean", "The constant with the smallest squared error is the mean.", right=True),
            Option("5, the middle between smallest and largest", "That would be best for the largest error."),
            Option(
                "It stays 0: it cannot learn", "The output bias can: it is the one parameter with a gradient."
            ),
        ),
        TRAINING,
    ),
)
