"""Lesson 14, part C: what theory says of an architecture nobody has seen, and simulations that confirm it."""

import functools
import math
from itertools import pairwise

import numpy as np

from utils.compare import as_array, difference
from utils.question import Mistake, Question
from utils.words import kind

PARTS = "Build-and-predict"  # the anchor of the lesson's heading


def _items(value, names):
    """The items of a tuple with so many, or a clause that says what it is instead."""
    if isinstance(value, tuple | list) and len(value) == len(names):
        return value, None
    listed = ", ".join(f"`{name}`" for name in names)
    return None, f"it returned {kind(value)}, expected a tuple of {len(names)}: {listed}"


# forecast

_FORECAST = ("chis", "change", "off", "line", "plane")


def _chis(widths, variances):
    """Going back through the weights `layer`, which lead to widths[layer + 1] units."""
    return np.array([variances[layer] * widths[layer + 1] / 2 for layer in range(1, len(widths) - 2)])


def _change(widths, variances):
    return float(np.log10(_chis(widths, variances)).sum() / 2)


def _off(widths, variances):
    return 1 - math.prod(1 - 0.5**width for width in widths[1:-1])


def _line(widths, variances):
    return 1 + sum(widths[1:-1])


def _arrangement(lines):
    """Into how many pieces so many lines cut the plane at most."""
    return 1 + lines + lines * (lines - 1) // 2


def _plane(widths, variances):
    *folding, last = widths[1:-1]
    return math.prod((width // 2) ** 2 for width in folding) * _arrangement(last)


def _forecast(widths, variances):
    of = widths, variances
    return _chis(*of), _change(*of), _off(*of), _line(*of), _plane(*of)


def _forecast_cases(generator):
    def case(*widths):
        scale = generator.uniform(0.5, 3, size=len(widths) - 1)
        return list(widths), scale / np.array(widths[:-1])

    drawn = [generator.integers(5, 24, size=int(size)).tolist() for size in (5, 6, 7)]
    fixed = [case(2, 8, 4, 6, 3), case(10, 16, 24, 4, 12, 9, 5), case(3, 7, 1)]
    return [*fixed, *(case(*widths) for widths in drawn)]


def _forecast_differs(got, expected, arguments):
    """None when all items agree that are there: a known mistake says nothing of those that it leaves None."""
    items, clause = _items(got, _FORECAST)
    if clause:
        return clause
    for name, item, wanted in zip(_FORECAST, items, expected, strict=True):
        if wanted is not None and (clause := difference(item, wanted)):
            return f"as `{name}` {clause}"
    return None


def _wrong(name, function, sentence, item):
    """A mistake in one item of the forecast, whatever the others are."""

    def made(widths, variances):
        return tuple(function(widths, variances) if each == item else None for each in _FORECAST)

    return Mistake(name, made, sentence)


def _chis_with(width, low=1, high=2):
    """Chis whose fan is width(widths, layer), for the weights low ... len(widths) - high - 1."""
    return lambda widths, variances: np.array(
        [variances[layer] * width(widths, layer) / 2 for layer in range(low, len(widths) - high)]
    )


FORECAST = Question(
    id="forecast",
    title="What theory says",
    points=4,
    reference=_forecast,
    cases=_forecast_cases,
    compare=_forecast_differs,
    names=_FORECAST,
    mistakes=(
        _wrong(
            "fan_in",
            _chis_with(lambda widths, layer: widths[layer]),
            "In `chis` you took fan_in. Going back, a unit adds up what comes from the fan_out units of the "
            "next layer.",
            "chis",
        ),
        _wrong(
            "no_half",
            lambda widths, variances: 2 * _chis(widths, variances),
            "In `chis` the mask of ReLU is missing: E[f'(z)²] is 1/2, as half of the units are off.",
            "chis",
        ),
        _wrong(
            "chis_of_sizes",
            lambda widths, variances: np.sqrt(_chis(widths, variances)),
            "Your `chis` are roots. Chi is the factor of the *mean square* of the gradient.",
            "chis",
        ),
        _wrong(
            "output_weights",
            _chis_with(lambda widths, layer: widths[layer + 1], high=1),
            "There is a chi too many: you count the output's weights, too. Asked are the steps from one "
            "hidden layer back to the hidden layer before it.",
            "chis",
        ),
        _wrong(
            "first_weights",
            _chis_with(lambda widths, layer: widths[layer + 1], low=0),
            "There is a chi too many: you count the first layer's weights, too, which lead back to the "
            "input. Asked are the steps from one hidden layer back to the hidden layer before it.",
            "chis",
        ),
        _wrong(
            "all_weights",
            _chis_with(lambda widths, layer: widths[layer + 1], low=0, high=1),
            "You give a chi for each affine layer. Asked are the steps from one hidden layer back to the "
            "hidden layer before it: one less than there are hidden layers.",
            "chis",
        ),
        _wrong(
            "variances_shifted",
            lambda widths, variances: np.array(widths[2:-1]) * variances[:-2] / 2,
            "Your `chis` take each variance one layer too early. `variances[0]` belongs to the weights into "
            "the first hidden layer, over which no chi goes back: start at `variances[1]`.",
            "chis",
        ),
        _wrong(
            "chis_reversed",
            lambda widths, variances: _chis(widths, variances)[::-1],
            "Your `chis` are in reverse order. First comes the step from the second hidden layer back to the "
            "first.",
            "chis",
        ),
        _wrong(
            "squares",
            lambda widths, variances: 2 * _change(widths, variances),
            "Your `change` is that of the mean square. The size is its root, so its logarithm is half of "
            "that.",
            "change",
        ),
        _wrong(
            "natural_logarithm",
            lambda widths, variances: _change(widths, variances) * math.log(10),
            "Your `change` is a natural logarithm. `np.log10` has base 10.",
            "change",
        ),
        _wrong(
            "squares_natural_logarithm",
            lambda widths, variances: 2 * _change(widths, variances) * math.log(10),
            "Your `change` is the natural logarithm of the mean square's factor. Asked is base 10, and the "
            "size, which is the root.",
            "change",
        ),
        _wrong(
            "last_over_first",
            lambda widths, variances: -_change(widths, variances),
            "Your `change` has the wrong sign: asked is the first hidden layer's gradient relative to the "
            "last one's.",
            "change",
        ),
        _wrong(
            "no_logarithm",
            lambda widths, variances: 10 ** _change(widths, variances),
            "Your `change` is the factor itself. Asked is its logarithm to base 10.",
            "change",
        ),
        _wrong(
            "off_with_output",
            lambda widths, variances: 1 - math.prod(1 - 0.5**width for width in widths[1:]),
            "In `off` you count the output layer, too. It has no ReLU, and cannot be off.",
            "off",
        ),
        _wrong(
            "off_without_last",
            lambda widths, variances: 1 - math.prod(1 - 0.5**width for width in widths[1:-2]),
            "In `off` the last hidden layer is missing. All layers between input and output count.",
            "off",
        ),
        _wrong(
            "off_without_first",
            lambda widths, variances: 1 - math.prod(1 - 0.5**width for width in widths[2:-1]),
            "In `off` the first hidden layer is missing. With one input it is never off for *all* inputs, "
            "but it can be off at one.",
            "off",
        ),
        _wrong(
            "off_with_input",
            lambda widths, variances: 1 - math.prod(1 - 0.5**width for width in widths[:-1]),
            "In `off` you count the input as a layer. It has no units that could be off.",
            "off",
        ),
        _wrong(
            "alive",
            lambda widths, variances: math.prod(1 - 0.5**width for width in widths[1:-1]),
            "Your `off` is the probability that all hidden layers are alive.",
            "off",
        ),
        _wrong(
            "added",
            lambda widths, variances: sum(0.5**width for width in widths[1:-1]),
            "In `off` you added up the layers' probabilities, and count networks twice in which two layers "
            "are off. Multiply the probabilities that they are alive.",
            "off",
        ),
        _wrong(
            "all_off",
            lambda widths, variances: 0.5 ** sum(widths[1:-1]),
            "Your `off` is the probability that all units of all layers are off. One layer that is off is "
            "enough.",
            "off",
        ),
        _wrong(
            "kinks",
            lambda widths, variances: sum(widths[1:-1]),
            "Your `line` is the number of kinks. So many kinks cut a line into one piece more.",
            "line",
        ),
        _wrong(
            "line_with_output",
            lambda widths, variances: 1 + sum(widths[1:]),
            "In `line` you count the outputs, too. They are affine, and bend nothing.",
            "line",
        ),
        _wrong(
            "line_all_patterns",
            lambda widths, variances: 2.0 ** sum(widths[1:-1]),
            "Your `line` is 2^N, the number of ways to switch N units on and off. Along a line nearly none "
            "of them occurs: each unit switches about once.",
            "line",
        ),
        _wrong(
            "plane_of_one_layer",
            lambda widths, variances: _arrangement(sum(widths[1:-1])),
            "Your `plane` is for all units in one layer. In each layer but the last, pairs of units fold the "
            "plane, and the numbers of folds multiply.",
            "plane",
        ),
        _wrong(
            "plane_all_patterns",
            lambda widths, variances: 2.0 ** sum(widths[1:-1]),
            "Your `plane` is 2^N, the number of ways to switch N units on and off. In the plane most of them "
            "cannot occur.",
            "plane",
        ),
        _wrong(
            "plane_without_squares",
            lambda widths, variances: (
                math.prod(width // 2 for width in widths[1:-2]) * _arrangement(widths[-2])
            ),
            "In `plane` you fold one direction only. Of a layer's units one half folds along each of the two "
            "directions, so n // 2 enters as a square.",
            "plane",
        ),
        _wrong(
            "plane_last_folds",
            lambda widths, variances: math.prod((width // 2) ** 2 for width in widths[1:-1]),
            "In `plane` the last hidden layer folds, too. It cuts instead: 1 + n + n (n - 1) / 2.",
            "plane",
        ),
        _wrong(
            "plane_not_halved",
            lambda widths, variances: (
                math.prod(width**2 for width in widths[1:-2]) * _arrangement(widths[-2])
            ),
            "In `plane` each unit folds both directions. In the plane a layer's units are shared out: n // 2 "
            "for each direction.",
            "plane",
        ),
    ),
    hints=(
        "The hidden widths are `widths[1:-1]`. `variances[l]` belongs to the weights between `widths[l]` and "
        "`widths[l + 1]` units.",
        "Lesson 6 has chi with fan_out, and says what happens to the mean square over several layers; a "
        "root of a product halves its logarithm.",
        "For `off` go through lesson 8's coins again, this time with another width in each layer. The "
        "numbers of pieces are in lesson 5: what a random network has, and what folding layers have.",
    ),
    section=PARTS,
)

# what both simulations need


def _spread_out(sample, trials):
    """So many numbers that lie as a large sample does: the sample's quantiles, in rising order."""
    return np.sort(sample)[((np.arange(trials) + 0.5) * len(sample) / trials).astype(int)]


def _normal(generator, *shape):
    return generator.standard_normal(shape, dtype=np.float32)


def _sample(value, trials):
    """The value as a sample of so many numbers or truths, and a clause where it is none."""
    sample = as_array(value)
    if sample is None or sample.dtype.kind not in "biuf" or sample.shape != (trials,):
        return None, f"it returned {kind(value)}, expected an array of shape ({trials},)"
    sample = sample.astype(float)
    if np.isfinite(sample).mean() < 0.98:  # a network that is off by chance has no ratio
        return None, "it contains NaN or infinity"
    return sample[np.isfinite(sample)], None


def _apart(got, expected, of):
    """None when a sample may come from the law of ``expected``, quantiles of ``of`` networks; else a clause.

    How much the mean may differ, five standard errors, is told by what is expected alone: else a sample with
    enough noise would pass.
    """
    if (np.ptp(got) == 0) != (np.ptp(expected) == 0):
        return f"it is `{got[0]:.4g}` in every trial" if np.ptp(got) == 0 else "it differs between trials"
    error = np.std(expected) * math.sqrt(1 / len(got) + 1 / of)
    if abs(np.mean(got) - np.mean(expected)) > 5 * error + 1e-12:
        return f"the mean over the trials is `{np.mean(got):.4g}`, expected about `{np.mean(expected):.2g}`"
    truths = np.isin(expected, (0, 1)).all()  # their mean says all
    if not truths and not np.std(expected) / 1.5 <= np.std(got) <= np.std(expected) * 1.5:
        return (
            f"the mean over the trials is as expected, but their standard deviation is `{np.std(got):.2g}`, "
            f"expected about `{np.std(expected):.2g}`"
        )
    return None


# confirm_gradient

_NETWORKS = 3000  # so many tell the law; an answer simulates 201


@functools.lru_cache(maxsize=16)
def _log_sizes(widths, mask):
    """log10 of the gradient's size at the input and in each layer, weights of variance 1: (networks, layers).

    A factor of a layer's weights changes no mask, so other variances only add to these logarithms.
    """
    generator = np.random.default_rng(14)
    weights = [_normal(generator, _NETWORKS, *shape) for shape in pairwise(widths)]
    a, masks = np.ones((_NETWORKS, 1, widths[0]), np.float32), [1]
    for each in weights[:-1]:
        z = a @ each
        masks.append(z > 0 if mask else 1)
        a = np.maximum(z, 0)
    deltas = [np.ones((_NETWORKS, 1, widths[-1]), np.float32)]
    for each, on in zip(weights[::-1], masks[::-1], strict=True):
        deltas.insert(0, deltas[0] @ each.swapaxes(1, 2) * on)
    squares = np.stack([np.mean(np.square(each, dtype=float), axis=(1, 2)) for each in deltas], axis=1)
    return np.log10(squares[(squares > 0).all(axis=1)]) / 2


def _ratios(
    deviation=lambda variance, fan_in: math.sqrt(variance),
    mask=True,
    first=1,
    last=-2,
    norms=False,
    change=lambda logarithms: logarithms,
):
    """The law of the simulation, or of one with the mistakes that the arguments name."""

    def confirm_gradient(widths, variances, trials, seed):
        logs = _log_sizes(tuple(widths), mask)
        factors = [deviation(*each) for each in zip(variances, widths[:-1], strict=True)]
        found = logs[:, first] - logs[:, last] + np.log10(factors[first : last % len(widths)]).sum()
        if norms:
            found = found + math.log10(widths[first] / widths[last]) / 2
        return change(_spread_out(found, trials))

    return confirm_gradient


def _gradient_cases(generator):
    # Chis far below 1, and far above; hidden widths that fall, and that rise. Layers of 20: hardly ever off.
    shapes = ((4, 60, 20, 24, 20, 20, 3), 0.15, 0.4), ((3, 20, 24, 20, 60, 5), 6.0, 9.0)
    cases = []
    for widths, low, high in shapes:
        variances = generator.uniform(low, high, size=len(widths) - 1) / np.array(widths[:-1])
        cases.append((list(widths), variances, 201, int(generator.integers(10**6))))
    return cases


def _gradient_differs(got, expected, arguments):
    """None when both samples have the same law, as far as so many trials tell."""
    (sample, clause), (wanted, _) = (_sample(each, arguments[2]) for each in (got, expected))
    if wanted is None:  # a known mistake: one number
        return None if isinstance(got, float) else "it returned something else"
    if clause is None and np.ptp(sample) == np.ptp(wanted) == 0:  # a known mistake, whatever its number is
        return None
    return clause or _apart(sample, wanted, _NETWORKS)


_RATIOS = _ratios()

CONFIRM_GRADIENT = Question(
    id="confirm_gradient",
    title="Does the gradient obey?",
    points=3,
    reference=_RATIOS,
    cases=_gradient_cases,
    compare=_gradient_differs,
    mistakes=(
        Mistake(
            "variance_as_deviation",
            _ratios(deviation=lambda variance, fan_in: variance),
            "Your weights look as if the variance had been taken for the standard deviation. "
            "`generator.normal(mean, deviation, size)` takes the root of the variance.",
        ),
        Mistake(
            "he",
            _ratios(deviation=lambda variance, fan_in: math.sqrt(2 / fan_in)),
            "Your weights look like He's. Asked are the variances that are given.",
        ),
        Mistake(
            "no_mask",
            _ratios(mask=False),
            "Your gradient looks as large as without ReLU. Going back, multiply by the mask of each hidden "
            "layer: 1 where z > 0, else 0. If you do, look whether each layer has its own variance.",
        ),
        Mistake(
            "mean_squares",
            _ratios(change=lambda logarithms: 2 * logarithms),
            "You compare mean squares. The size is the root of the mean square.",
        ),
        Mistake(
            "norms",
            _ratios(norms=True),
            "You compare norms, which grow with the number of units. The size is the root of the *mean* "
            "square.",
        ),
        Mistake(
            "last_over_first",
            _ratios(change=lambda logarithms: -logarithms),
            "Your sign is wrong: asked is the first hidden layer's gradient relative to the last one's.",
        ),
        Mistake(
            "natural_logarithm",
            _ratios(change=lambda logarithms: logarithms * math.log(10)),
            "You took the natural logarithm. `np.log10` has base 10.",
        ),
        Mistake(
            "no_logarithm",
            _ratios(change=lambda logarithms: 10**logarithms),
            "You return the ratios themselves. Asked are their logarithms to base 10.",
        ),
        Mistake(
            "from_the_output",
            _ratios(last=-1),
            "You compare with the gradient at the output. Asked is the last *hidden* layer's, dL/dz in the "
            "layer before the output.",
        ),
        Mistake(
            "to_the_input",
            _ratios(first=0),
            "You go a layer too far: to the gradient with respect to the input. Asked is dL/dz in the first "
            "hidden layer.",
        ),
        Mistake(
            "one_network",
            _ratios(change=lambda logarithms: np.full_like(logarithms, np.median(logarithms))),
            "All your trials give the same number. Make the generator once, and draw new weights for every "
            "trial.",
        ),
        Mistake(
            "mean_only",
            _ratios(change=lambda logarithms: float(logarithms.mean())),
            "You return one number. Asked is one for each trial, an array of shape (trials,).",
        ),
    ),
    hints=(
        "One network first: forward with a loop over the weights, keeping each mask z > 0; then back from "
        "`np.ones` at the output. Keep the gradient dL/dz of each hidden layer.",
        "dL/dz in a hidden layer is (the next layer's dL/dz) @ weights.T, times this layer's mask.",
        "A loop over the trials is fine. For all of them at once give every array one more axis in front, "
        "weights (trials, fan_in, fan_out): `@` multiplies the last two axes, and `swapaxes(1, 2)` "
        "transposes.",
    ),
    section=PARTS,
)

# confirm_pieces

_PIECES = ("off", "dead", "pieces")
_X = np.linspace(-5, 5, 101, dtype=np.float32)[:, None]
_TRIALS = 4000
_LOST, _COUNTED = 60_000, 8000  # so many networks tell the laws


def _he(fan_in, fan_out):
    return math.sqrt(2 / fan_in)


def _layers(hidden, trials, biases, deviation=_he):
    """The weights and biases of the hidden layers, drawn layer by layer."""
    generator = np.random.default_rng(14)
    for fan_in, fan_out in pairwise(hidden):
        weights = np.float32(deviation(fan_in, fan_out)) * _normal(generator, trials, fan_in, fan_out)
        yield (
            weights,
            _normal(generator, trials, 1, fan_out) if biases else np.zeros((trials, 1, 1), np.float32),
        )


@functools.lru_cache(maxsize=32)
def _lost(hidden, biases=False, any_unit=False):
    """Whether a hidden layer is off, at the inputs 1 and -1: (networks, 2)."""
    a, lost = np.broadcast_to(np.float32([[1], [-1]]), (_LOST, 2, 1)), np.zeros((_LOST, 2), bool)
    for weights, bias in _layers(hidden, _LOST, biases):
        a = np.maximum(a @ weights + bias, 0)
        lost |= (a == 0).any(axis=2) if any_unit else (a == 0).all(axis=2)
    return lost


@functools.lru_cache(maxsize=64)
def _counted(hidden, biases=True, last_only=False, deviation=_he):
    """The pieces that are seen at `_X`: (networks,)."""
    layers, found = list(_layers(hidden, _COUNTED, biases, deviation)), []
    for start in range(0, _COUNTED, 1000):  # all networks at once would need 200 MiB
        some, a, changes = slice(start, start + 1000), _X, False
        for weights, bias in layers:
            z = a @ weights[some] + bias[some]
            a, on = np.maximum(z, 0), z > 0
            here = (on[:, 1:] != on[:, :-1]).any(axis=2)
            changes = here if last_only else changes | here
        found.append(1 + changes.sum(axis=1))
    return np.concatenate(found)


def _simulated(of_lost=lambda lost: (lost[:, 0], lost.all(axis=1)), layers=slice(-1), pieces=True, **how):
    """The law of the simulation, or of what a mistake returns: None for the items it says nothing of."""

    def confirm_pieces(widths, trials, seed):
        hidden = tuple(widths[layers])
        off, dead = (_spread_out(each, trials) for each in of_lost(_lost(hidden, **how)))
        return off, dead, _spread_out(_counted(hidden), trials) if pieces else None

    return confirm_pieces


def _pieces_of(change=lambda pieces: pieces, **how):
    def confirm_pieces(widths, trials, seed):
        return None, None, change(_spread_out(_counted(tuple(widths[:-1]), **how), trials))

    return confirm_pieces


def _pieces_cases(generator):
    # Chosen so that other laws of weights and biases tell, each in at least one.
    shapes = ([1, 2, 8, 5, 1], [1, 24, 6, 4, 1])
    return [(widths, _TRIALS, int(generator.integers(10**6))) for widths in shapes]


def _pieces_differ(got, expected, arguments):
    """None when all three samples have the same laws, as far as so many trials tell."""
    items, clause = _items(got, _PIECES)
    if clause:
        return clause
    for name, item, wanted in zip(_PIECES, items, expected, strict=True):
        if wanted is None:
            continue
        sample, clause = _sample(item, arguments[1])
        if clause is None and name != "pieces" and not np.isin(sample, (0, 1)).all():
            clause = "it contains other numbers than True and False"
        if clause is None and not (sample == np.floor(sample)).all():
            clause = "it contains numbers that are not whole"
        of = _COUNTED if name == "pieces" else _LOST
        clause = clause or _apart(sample, np.asarray(wanted, float), of)
        if clause:
            return f"as `{name}` {clause}"
    return None


_SIMULATED = _simulated()

CONFIRM_PIECES = Question(
    id="confirm_pieces",
    title="Dead networks and pieces, counted",
    points=3,
    reference=_SIMULATED,
    cases=_pieces_cases,
    compare=_pieces_differ,
    names=_PIECES,
    mistakes=(
        Mistake(
            "one_input",
            _simulated(lambda lost: (lost[:, 0], lost[:, 0]), pieces=False),
            "Your `dead` looks at one input only. A network is dead if it is off at x = 1 *and* at x = -1.",
        ),
        Mistake(
            "either_input",
            _simulated(lambda lost: (lost[:, 0], lost.any(axis=1)), pieces=False),
            "Your `dead` counts networks that are off at one of the two inputs. Dead are those that are "
            "off at both.",
        ),
        Mistake(
            "swapped",
            _simulated(lambda lost: (lost.all(axis=1), lost[:, 0]), pieces=False),
            "`off` and `dead` look as if they had changed places.",
        ),
        Mistake(
            "any_unit",
            _simulated(any_unit=True, pieces=False),
            "You count a network as soon as a single unit is off. A layer is off only when all its units "
            "are.",
        ),
        Mistake(
            "alive",
            _simulated(lambda lost: (~lost[:, 0], ~lost.all(axis=1)), pieces=False),
            "Your `off` and `dead` are True for the networks that are alive.",
        ),
        Mistake(
            "output_relu",
            _simulated(layers=slice(None)),
            "Your networks have a hidden layer too many: the last entry of `widths` is the output, which "
            "has no ReLU.",
        ),
        Mistake(
            "layer_missing",
            _simulated(layers=slice(-2)),
            "Your networks have a hidden layer too few: all entries of `widths` but the first and the last "
            "are hidden layers.",
        ),
        Mistake(
            "biases_everywhere",
            _simulated(biases=True, pieces=False),
            "Your `dead` looks as if the networks had biases. For `off` and `dead` all biases are 0; only "
            "`pieces` has random ones.",
        ),
        Mistake(
            "kinks",
            _pieces_of(lambda pieces: pieces - 1),
            "Your `pieces` are one too few on average: so many kinks make one piece more.",
        ),
        Mistake(
            "variance_as_deviation",
            _pieces_of(deviation=lambda fan_in, fan_out: 2 / fan_in),
            "Your `pieces` look as if the weights' standard deviation were 2 / fan_in. That is the "
            "variance; the deviation is its root.",
        ),
        Mistake(
            "fan_out",
            _pieces_of(deviation=lambda fan_in, fan_out: math.sqrt(2 / fan_out)),
            "Your `pieces` look as if He's variance had been taken with fan_out. It is 2 / fan_in, and "
            "fan_in is the number of rows of the weights.",
        ),
        Mistake(
            "one_over_fan_in",
            _pieces_of(deviation=lambda fan_in, fan_out: math.sqrt(1 / fan_in)),
            "Your `pieces` look as if the weights' variance were 1 / fan_in. He's is 2 / fan_in.",
        ),
        Mistake(
            "no_biases",
            _pieces_of(biases=False),
            "Your `pieces` look as if the biases were 0: then every unit switches at x = 0 only, and no "
            "network has more than two. For `pieces` draw normal biases of standard deviation 1.",
        ),
        Mistake(
            "last_layer_only",
            _pieces_of(last_only=True),
            "Your `pieces` look at the last hidden layer only. A kink is wherever any unit of any hidden "
            "layer switches.",
        ),
        Mistake(
            "rule_of_thumb",
            lambda widths, trials, seed: (None, None, np.full(trials, 1 + sum(widths[1:-1]))),
            "Your `pieces` are the rule of thumb, the same for every network. Count them in each.",
        ),
    ),
    hints=(
        "Without biases a layer after one that is off gets zeros, and is off as well. So it is enough to "
        "look at the last hidden layer: is any of its units on?",
        "For `pieces` send the column of all 101 inputs through the network. `on = z > 0` of each hidden "
        "layer is a table, a row for each input: between which neighbouring rows does any entry change?",
        "`(on[1:] != on[:-1]).any(axis=1)` has an entry for each of the 100 gaps. A gap counts once, even if "
        "several units or layers switch there: join the layers with `|`, and add 1 to their number.",
    ),
    section=PARTS,
)

QUESTIONS = (FORECAST, CONFIRM_GRADIENT, CONFIRM_PIECES)
