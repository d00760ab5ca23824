"""Lesson 13, reading the evidence: what a few seeds can tell, and a network that learns task after task."""

import copy
from functools import lru_cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.diagnostics import dead_units_of
from utils.evidence import paired_interval, studies, unpaired_interval, unpaired_studies
from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.explorers.l05_folding import random_network
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.gated import GatedUnit
from utils.initializers import he, lecun
from utils.layers import Affine
from utils.networks import Network
from utils.optimizers import Adam
from utils.plasticity import learn_tasks
from utils.regions import breakpoints, restricted
from utils.training import accuracy, fit

# ---------------------------------------------------------------------------------- what the cells measure


def pieces_on_a_line(widths, networks):
    """How many pieces random networks of these hidden widths have on a line: whole numbers (networks,)."""
    random = random_network(widths, 1, np.random.default_rng(len(widths)), replicas=networks)
    seen = [restricted(random, replica=replica) for replica in range(networks)]
    return np.array([breakpoints(each, -1e4, 1e4).size + 1 for each in seen])


def swiglu_network(inputs, units, outputs, generator, replicas):
    """A network with one layer of SwiGLU units, LeCun's weights and biases 0."""
    law = {"generator": generator, "replicas": (replicas,)}
    shapes = (inputs, units), (inputs, units), (units, outputs)
    weights, value_weights, last = (lecun(*shape, **law) for shape in shapes)
    biases = (np.zeros((replicas, n), np.float32) for n in (units, units, outputs))
    bias, value_bias, last_bias = biases
    gated = GatedUnit(weights, bias, value_weights, value_bias, kind="swiglu")
    return Network.of([gated, Affine(last, last_bias)], replicas=replicas)


def living_renewed(network, x, generator):
    """Return a copy in which, layer by layer, as many living hidden units start anew as there are dead ones.

    What lesson 9's `reinitialised` does to the units that are dead on x (fresh He weights, bias 0, outgoing
    weights 0) is done to living ones, drawn at random; the dead stay as they are. Where more than half are
    dead, all the living start anew.
    """
    network = copy.deepcopy(network)
    for layer, dead in enumerate(dead_units_of(network, x)):
        lots = np.where(dead, np.inf, generator.random(dead.shape))
        last = np.minimum(dead.sum(axis=-1), (~dead).sum(axis=-1))  # so many living units start anew
        chosen = lots.argsort(axis=-1).argsort(axis=-1) < last[..., None]
        weights = network.weights[layer]
        fresh = he(*weights.shape[-2:], generator, replicas=network.replicas, dtype=network.dtype)
        np.copyto(weights, fresh, where=chosen[..., None, :])
        network.biases[layer][chosen] = 0
        network.weights[layer + 1][chosen] = 0
    return network


# ------------------------------------------------------------------------------- many runs of one comparison

RUNS = 150
CONTENDERS = {"ELU": "elu", "GELU": "gelu", "leaky ReLU 0.01": "leaky_relu"}


@lru_cache
def reached(activation):
    """Test accuracies of RUNS small networks on the standardised digits, (RUNS,).

    Run i starts from the same weights and meets the images in the same order whatever the activation is.
    """
    data, generator = digits(standardised=True), np.random.default_rng(3)
    network = Network([64, 16, 10], activation=activation, generator=generator, replicas=RUNS)
    run = {"optimizer": Adam(0.01), "epochs": 4, "batch_size": 64, "generator": generator}
    run["progress"] = False
    fit(network, data.x_train, data.y_train, loss="softmax_cross_entropy", **run)
    return accuracy(network, data.x_test, data.y_test)


# ---------------------------------------------------------------------------------------- seeds, dragged

DESIGNS = ("each its own seeds", "the same seeds: pairs")
FEWEST_SEEDS, MOST_SEEDS = 3, 30
STUDIES = 600
SHOWN_STUDIES = 30
WINDOW = (-0.037, 0.042)


@lru_cache
def compared(contender, design, seeds):
    """STUDIES of so many seeds on either side: mean, low and high of contender - ReLU, (3, STUDIES)."""
    runs = np.stack([reached("relu"), reached(CONTENDERS[contender])])
    draw, interval = (
        (studies, paired_interval) if "pairs" in design else (unpaired_studies, unpaired_interval)
    )
    return np.array(interval(*draw(runs, seeds, STUDIES, np.random.default_rng(seeds))))


@lru_cache
def shares(contender, design):
    """For FEWEST_SEEDS to MOST_SEEDS seeds, the shares of the studies in which ReLU leads, and whose interval
    lies above 0: (2, numbers of seeds).
    """
    found = []
    for seeds in range(FEWEST_SEEDS, MOST_SEEDS + 1):
        mean, low, _ = compared(contender, design, seeds)
        found.append([np.mean(mean < 0), np.mean(low > 0)])
    return np.array(found).T


@lru_cache
def lead(contender):
    """The mean of contender - ReLU over all RUNS pairs, above 0 for each contender, and its interval."""
    return tuple(float(each) for each in paired_interval(reached("relu"), reached(CONTENDERS[contender])))


def seeds() -> Explorer:
    """What studies with few seeds find, beside what all runs together say.

    A contender is trained when it is first looked at: less than a second each.
    """
    return Explorer(
        _seeds,
        _seeds_scene,
        {
            "contender": Choice("ReLU against", tuple(CONTENDERS), "ELU"),
            "seeds": Range("seeds on either side", FEWEST_SEEDS, MOST_SEEDS, 1, 5),
            "design": Choice("design", DESIGNS, DESIGNS[0]),
        },
        (
            Stop("Five seeds on either side: most intervals contain 0, and so decide nothing.", {}),
            Stop("Twenty seeds: now most studies see the difference.", {"seeds": 20}),
            Stop("The same seeds on both sides: ten pairs do as well.", {"seeds": 10, "design": DESIGNS[1]}),
            Stop(
                "A contender so close that not even all 150 pairs decide: a study is almost a coin.",
                {"contender": "GELU", "seeds": 5},
            ),
        ),
    )


def _seeds_scene():
    figure, (one, right) = new_figure(1, 2, width=7.4, height=4.0, width_ratios=(1.25, 1))
    one.set(xlim=WINDOW, ylim=(-1, SHOWN_STUDIES + 5), xlabel="contender − ReLU, test accuracy")
    one.set(title=f"{SHOWN_STUDIES} studies: mean ● and 95 % interval", yticks=[])
    _explain_colours(one)
    right.set(xlim=(1, MOST_SEEDS + 1), ylim=(-0.02, 1.02), xlabel="seeds on either side")
    right.set(ylabel=f"share of {STUDIES} studies", title="As the number of seeds grows")
    return figure


def _explain_colours(axes):
    axes.axvline(0, color=BLACK, linewidth=1)
    looks = (("interval above 0", BLUE, "-"), ("0 inside: not decided", GREY, "-"))
    handles = [Line2D([], [], color=colour, linestyle=style, label=text) for text, colour, style in looks]
    handles.append(Line2D([], [], color=ORANGE, marker="o", linestyle="--", label="mean below 0: ReLU leads"))
    axes.legend(handles=handles, loc="upper left", fontsize=9, framealpha=1, edgecolor="none")
    axes.set_ylim(-1, SHOWN_STUDIES + 13)


def _seeds(figure, contender, seeds, design):
    one, right = figure.axes
    (truth, least, most), found = lead(contender), compared(contender, design, seeds)
    order = np.argsort(found[0, :SHOWN_STUDIES])
    mean, low, high = found[:, order]
    kinds = np.where(mean < 0, 2, np.where(low > 0, 0, 1))
    for kind, colour, style in ((1, GREY, "-"), (0, BLUE, "-"), (2, ORANGE, "--")):
        rows = np.flatnonzero(kinds == kind)
        reach = np.stack([low[rows], high[rows], np.full(rows.size, np.nan)], axis=1)  # NaN: lift the pen
        one.plot(reach.ravel(), np.repeat(rows, 3), color=colour, linestyle=style, linewidth=1.3)
        one.plot(mean[rows], rows, "o", color=colour, markersize=3.5)
    one.axvline(truth, color=BLUE, linestyle=":", linewidth=1.8)
    one.text(truth, SHOWN_STUDIES + 1, f" all {RUNS}: {truth:+.4f}", color=BLUE, fontsize=10, va="bottom")
    lines = shares(contender, design)
    axis, at = np.arange(FEWEST_SEEDS, MOST_SEEDS + 1), seeds - FEWEST_SEEDS
    ends = lines[:, -10:]
    for row, (look, name) in enumerate(((LINES[1], "ReLU leads"), (LINES[0], "above 0"))):
        right.plot(axis, lines[row], **look)
        right.plot(seeds, lines[row, at], "o", color=look["color"], markersize=7)
        below = ends[row].max() > 0.9 or (0.07 < ends[row].min() and ends[row, -1] < ends[1 - row, -1])
        height, va = (ends[row].min() - 0.02, "top") if below else (ends[row].max() + 0.02, "bottom")
        right.text(MOST_SEEDS, height, name, color=look["color"], ha="right", va=va)
    pairs = "pairs with the same seeds" if "pairs" in design else "seeds on either side, all different"
    reach = f"95 % interval {least:+.5f} to {most:+.5f}" + (
        "" if least > 0 else ", so even they do not decide"
    )
    cut = np.sum((low < WINDOW[0]) | (high > WINDOW[1]))
    return (
        f"Over all {RUNS} pairs of runs {contender} leads ReLU by {truth:.4f} ({reach}). Of {STUDIES} "
        f"studies with {seeds} {pairs}, {lines[0, at]:.1%} have ReLU ahead; the interval lies above 0 in "
        f"{lines[1, at]:.1%}, below 0 in {np.mean(found[2] < 0):.1%}."
        + (f" {cut} of the intervals drawn reach beyond the picture." if cut else "")
    )


# ------------------------------------------------------------------------------- task after task, live

LEAKY = ACTIVATIONS["leaky_relu"]
UNITS = {
    "ReLU": ACTIVATIONS["relu"],
    "leaky ReLU, slope 0.01": LEAKY,
    "leaky ReLU, slope 0.2": LEAKY.with_parameters(negative_slope=0.2),
    "tanh": ACTIVATIONS["tanh"],
}
TASKS = 40
IMAGES = 320


def tasks() -> Live:
    """Eight networks that learn task after task."""
    return Live(
        _tasks,
        _tasks_scene,
        {
            "unit": Choice("kind of unit", tuple(UNITS), "ReLU"),
            "learning_rate": Choice("learning rate of Adam", (0.003, 0.01, 0.02), 0.01),
            "start": Range("random start", 1, 20, 1, 1),
        },
    )


def _tasks_scene():
    figure, axes = new_figure(1, 2, width=7.6, height=3.8)
    labels = "accuracy on the task just learnt", "share of units off for all its images"
    for one, label in zip(axes, labels, strict=True):
        one.set(xlim=(0, TASKS + 1), ylim=(-0.02, 1.02), xlabel="task", title=label)
    return figure


def _tasks(figure, unit, learning_rate, start):
    data, generator = digits(standardised=True), np.random.default_rng(start)
    network = Network([64, 32, 32, 10], activation=UNITS[unit], generator=generator, replicas=8)
    run = {"tasks": TASKS, "epochs": 10, "batch_size": 64, "generator": generator}
    found = []
    learning = learn_tasks(network, Adam(learning_rate), data.x_train[:IMAGES], data.y_train[:IMAGES], **run)
    for number, task in enumerate(learning, 1):
        found.append(task)
        middles = []
        for axes, values in zip(figure.axes, np.moveaxis(np.array(found), 1, 0), strict=True):
            x, middle = np.arange(1, number + 1), np.median(values, axis=1)
            axes.plot(x, values, color=GREY, linewidth=0.8, alpha=0.7)
            axes.plot(x, middle, "o-", color=BLUE, linewidth=2.2, markersize=3.5)
            middles.append(middle)
        first, last, off = middles[0][0], middles[0][-1], middles[1][-1]
        yield (
            number / TASKS,
            f"{unit}, learning rate {learning_rate}. After task {number} the "
            f"median accuracy on it is {last:.2f} (on the first it was {first:.2f}), and {_share(off)} of "
            "the units (median) are off for all images.",
        )


# ------------------------------------------------------------------------------------- the pictures


def court_picture(docket):
    """Return the figure of measured over claimed, on a logarithmic axis, and its description.

    docket: (claim, case, ratios), from top to bottom; ratios is an array or a number.
    """
    figure, axes = new_figure(width=8.2, height=0.9 + 0.36 * len(docket))
    axes.set(xscale="log", xlim=(1e-12, 30), ylim=(len(docket) - 0.4, -0.6))
    axes.axvline(1, color=ORANGE, linewidth=2, linestyle="--")
    axes.text(0.7, -0.45, "as the claim has it", color=ORANGE, ha="right", va="center", fontsize=10)
    told, before = [], None
    for row, (claim, case, ratios) in enumerate(docket):
        ratios = np.atleast_1d(ratios)
        axes.plot(ratios, np.full(len(ratios), row), "o", color=BLUE, markersize=6, alpha=0.5)
        if before not in (None, claim):
            axes.axhline(row - 0.5, color=GREY, linewidth=0.8)
        told.append(f"{claim} ({case}): {np.median(ratios):.2g}")
        before = claim
    axes.set_yticks(range(len(docket)), [f"{claim}: {case}" for claim, case, _ in docket])
    axes.set(xlabel="measured / claimed  (● one measurement)")
    return figure, f"Measured over claimed, medians: {'; '.join(told)}."


def floors_picture(panels):
    """Return the figure of final errors against a floor or a baseline, and its description.

    panels: title -> (what the line is, its value, {name: errors (networks,)}).
    """
    figure, axes = new_figure(1, len(panels), width=8.6, height=2.9)
    told = []
    for one, (title, (line, value, groups)) in zip(axes, panels.items(), strict=True):
        one.axvline(value, color=ORANGE, linestyle="--", linewidth=2)
        one.text(
            value * 0.85, -0.62, f"{line} {value:.3f}", color=ORANGE, ha="right", va="center", fontsize=10
        )
        for row, errors in enumerate(groups.values()):
            places = row + np.linspace(-0.2, 0.2, errors.size)
            one.plot(errors, places, "o", color=BLUE, markersize=4, alpha=0.55)
            one.plot([np.median(errors)] * 2, [row - 0.34, row + 0.34], color=BLACK, linewidth=2.2)
        one.set(xscale="log", ylim=(len(groups) - 0.5, -0.9), title=title)
        one.set(xlabel="mean squared error (| median)")
        one.set_yticks(range(len(groups)), list(groups))
        each = "; ".join(
            f"{n} {np.median(e):.2g} ({e.min():.2g} to {e.max():.2g})" for n, e in groups.items()
        )
        told.append(f"{title}, {line} {value:.3f}: {each}")
    return figure, f"Errors after training, median and range. {'. '.join(told)}."


def studies_picture(groups, truth):
    """Return the figure of many studies' intervals, one panel for each design, and its description.

    groups: title -> (mean, low, high), each (studies,); the first SHOWN_STUDIES are drawn.
    """
    figure, axes = new_figure(1, len(groups), width=8.6, height=4.2, sharey=True)
    told = []
    for one, (title, found) in zip(axes, groups.items(), strict=True):
        mean, low, high = np.array(found)
        rows = np.argsort(mean[:SHOWN_STUDIES])
        for row, study in enumerate(rows):
            kind = 2 if mean[study] < 0 else 0 if low[study] > 0 else 1
            colour, style = ((BLUE, "-"), (GREY, "-"), (ORANGE, "--"))[kind]
            one.plot([low[study], high[study]], [row, row], color=colour, linestyle=style, linewidth=1.4)
            one.plot(mean[study], row, "o", color=colour, markersize=3.5)
        _explain_colours(one)
        one.axvline(truth, color=BLUE, linestyle=":", linewidth=1.8)
        one.text(
            truth, SHOWN_STUDIES + 0.5, f" all {RUNS}: {truth:+.4f}", color=BLUE, fontsize=10, va="bottom"
        )
        one.set(xlim=WINDOW, title=title, yticks=[])
        one.set(xlabel="ELU − ReLU, test accuracy")
        shown, wrong = np.mean(low > 0), np.mean(mean < 0)
        told.append(f"{title}: {shown:.0%} of the intervals lie above 0, {wrong:.1%} of the means below it")
    axes[0].set_ylabel(f"{SHOWN_STUDIES} of {len(mean)} studies, sorted")
    return (
        figure,
        f"Over all {RUNS} pairs ELU leads by {truth:.4f}. Of {len(mean)} studies, {'; '.join(told)}.",
    )


def epochs_picture(intervals):
    """Return the figure of leads over ReLU as training goes on, and its description.

    intervals: name -> (mean, low, high), each (epochs,).
    """
    figure, axes = new_figure(width=7.6, height=4)
    axes.axhline(0, color=BLACK, linewidth=1)
    told = []
    for (name, interval), look in zip(intervals.items(), LINES, strict=False):
        mean, low, high = interval
        epochs = np.arange(1, len(mean) + 1)
        axes.plot(epochs, mean, **look)
        axes.fill_between(epochs, low, high, color=look["color"], alpha=0.18, linewidth=0)
        top, bottom = mean.argmax(), mean.argmin()
        place = top if name == "GELU" else bottom
        above = name == "GELU"
        axes.text(
            epochs[place] + 0.4,
            (high if above else low)[place],
            f"{name} − ReLU",
            color=look["color"],
            va="bottom" if above else "top",
        )
        told.append(
            f"{name} − ReLU: at most {mean[top]:+.4f} (epoch {epochs[top]}), at least {mean[bottom]:+.4f} "
            f"(epoch {epochs[bottom]}), at the end {mean[-1]:+.4f} ({low[-1]:+.4f} to {high[-1]:+.4f})"
        )
    axes.set(xlabel="epoch", ylabel="difference in test accuracy", xlim=(1, len(mean)))
    axes.set_title("mean of 20 pairs (line), 95 % interval (band)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure, f"{'. '.join(told)}."


def _share(value):
    """In whole per cent, but for what would round to 0 and is not."""
    return f"{value:.0%}" if value == 0 or value >= 0.01 else "less than 1%"


def tasks_picture(runs):
    """Return the figure of accuracy and of units off, task after task, and its description.

    runs: name -> (accuracy, off), each (tasks, networks).
    """
    figure, axes = new_figure(1, 2, width=9.2, height=4)
    told = []
    for (name, values), look in zip(runs.items(), LINES, strict=False):
        for one, each in zip(axes, values, strict=True):
            x = np.arange(1, len(each) + 1)
            one.plot(x, np.median(each, axis=1), **look)
            low, high = np.quantile(each, (0.1, 0.9), axis=1)
            one.fill_between(x, low, high, color=look["color"], alpha=0.13, linewidth=0)
        (first, last), off = np.median(values[0][[0, -1]], axis=1), np.median(values[1][-1])
        told.append(f"{name} from {first:.2f} to {last:.2f}, {_share(off)} of its units off at the end")
    handles = [Line2D([], [], label=name, **look) for name, look in zip(runs, LINES, strict=False)]
    axes[0].legend(handles=handles, loc="lower left", fontsize=10, frameon=False)
    axes[0].set(ylim=(0.3, 1.02), title="accuracy on the task just learnt")
    axes[1].set(ylim=(-0.01, 0.5), title="share of units off for all its images")
    for one in axes:
        one.set(xlabel="task  (line: median, band: 8 of 10 networks)", xlim=(1, len(each)))
    return figure, f"Medians of accuracy, first to last task, and of the share off: {'; '.join(told)}."


EXPLORERS = {"seeds": seeds, "tasks": tasks}
