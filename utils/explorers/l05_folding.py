"""Lesson 5, folding: the folded tent, the square from folds, and the pieces of the plane, counted exactly."""

from functools import lru_cache

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.folding import tent_layers
from utils.networks import Network
from utils.regions import breakpoints, deep_lower_bound, regions, restricted, shallow_maximum

# ---------------------------------------------------------------------------------------------- on the line


def folds_picture(graphs):
    """Return the figure of folded tents beside each other, and its description.

    graphs: folds -> (x, y, kinks): points of the graph, and the places where it bends.
    """
    figure, axes = new_figure(1, len(graphs), width=9.6, height=2.9, sharey=True)
    told = []
    for one, (folds, (x, y, kinks)) in zip(axes, graphs.items(), strict=True):
        one.plot(x, y, color=BLUE, linewidth=1.8)
        one.plot(kinks, np.interp(kinks, x, y), "o", color=ORANGE, markersize=3)
        many = "" if folds == 1 else "s"
        title = f"{folds} hidden layer{many}: {kinks.size + 1} pieces"
        one.set_title(title, fontsize=11)
        one.set(xlabel="input x", xticks=(0, 0.5, 1))
        told.append(f"{kinks.size + 1} pieces after {folds} hidden layer{many}")
    axes[0].set_ylabel("output")
    return figure, f"The tent of the tent of ... x, with a dot at each kink: {', '.join(told)}."


def square_picture(graphs, errors, shallow):
    """Return the figure of x - sum g_s / 4**s beside its largest errors, and its description.

    graphs: folds -> (x, y); errors and shallow: (units, largest error) pairs of arrays, by folding and in one
    layer.
    """
    figure, (left, right) = new_figure(1, 2, width=9, height=3.8)
    x = np.linspace(0, 1, 401)
    left.plot(x, x**2, color=BLACK, linewidth=1, label="$x^2$")
    for (folds, (at, y)), line in zip(graphs.items(), LINES[3::-1][1:], strict=True):
        left.plot(at, y, **line, label=f"$f_{folds}$")
    left.legend(frameon=False, fontsize=10)
    left.set(xlabel="input x", ylabel="output")
    for (units, error), name, colour, marker in (
        (errors, "by folding", BLUE, "o"),
        (shallow, "joined points,\none layer", ORANGE, "^"),
    ):
        right.plot(units, error, marker=marker, linestyle="-", color=colour, markersize=5)
        right.text(units[-1] * 1.15, error[-1], name, color=colour, va="center", fontsize=10)
    right.set(xscale="log", yscale="log", xlabel="units", ylabel="largest error", xlim=(None, 12_000))
    return figure, (
        f"With {errors[0][-1]} units the folds reach an error of {errors[1][-1]:.1e}. "
        f"One layer that joins points of the parabola reaches {shallow[1][-1]:.1e} "
        f"with {shallow[0][-1]:,} units."
    )


MOST_FOLDS = 8
PEAKS = (0.5, 1.0, 0.02)


@lru_cache(maxsize=1024)
def graph(folds, peak):
    """The folded tent: its kinks, and the points (x, y) that straight lines join to its graph."""
    kinks = breakpoints(tent_layers(folds, peak))
    x = np.concatenate([[0], kinks, [1]])
    y = x[:, None]
    for weights, bias in tent_layers(folds + 1, peak):  # the first unit of one more layer is given the result
        y = np.maximum(y @ weights + bias, 0)
    return kinks, x, y[:, 0]


def fold_scene():
    figure, (left, right) = new_figure(1, 2, width=8, height=3.9, width_ratios=(3, 2))
    left.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.04), xlabel="input x", ylabel="output")
    folds = np.arange(1, MOST_FOLDS + 1)
    right.text(0.8, 220, "grey: doubling each time", color=GREY, fontsize=10)
    right.plot(folds, 3 * folds + 1, **LINES[1])
    right.text(8.2, 13, "most that as many\nunits make in one layer", color=ORANGE, ha="right", va="top")
    right.set(yscale="log", xlim=(0.6, 8.4), ylim=(1.5, 350), xticks=folds, yticks=2.0**folds)
    right.set(xlabel="hidden layers k", ylabel="pieces")
    right.set_yticks([], minor=True)
    right.set_yticklabels([f"{2**each}" for each in folds])
    return figure


def folding(figure, folds, peak):
    left, right = figure.axes
    kinks, x, y = graph(folds, peak)
    left.plot(x, y, color=BLUE, linewidth=1.6)
    if folds <= 6:
        left.plot(kinks, y[1:-1], "o", color=ORANGE, markersize=3)
    layers = np.arange(1, folds + 1)
    counts = [graph(each, peak)[0].size + 1 for each in layers]
    right.plot(layers, 2.0**layers, color=GREY, linewidth=1)
    right.plot(layers, counts, "o-", color=BLUE, linewidth=1.5)
    units = 3 * folds
    many = "" if folds == 1 else "s"
    told = f"{folds} hidden layer{many} of 3 units, tent {peak:.2f} high: {counts[-1]} pieces."
    if folds > 1:
        told += f" The last layer multiplied them by {counts[-1] / counts[-2]:.2f}."
    return f"{told} {units} units in one layer make at most {units + 1}."


def fold():
    return Explorer(
        folding,
        fold_scene,
        {
            "folds": Range("hidden layers k", 1, MOST_FOLDS, 1, 1),
            "peak": Range("height of the tent", *PEAKS, 1.0),
        },
        [
            Stop("One layer of three units: the tent, two pieces.", {"folds": 1}),
            Stop("The second layer sees a number that rises to 1 and falls back: two tents.", {"folds": 2}),
            Stop("Each layer doubles the pieces.", {"folds": 6}),
            Stop("A lower tent never gets to the top, and some folds are missed.", {"folds": 6, "peak": 0.9}),
            Stop("Half as high, it never passes the middle: two pieces for ever.", {"folds": 6, "peak": 0.5}),
        ],
    )


# --------------------------------------------------------------------------------------------- in the plane

# One colour, style and width for each hidden layer's folds.
FOLDS = [
    {"color": colour, "linestyle": style, "linewidth": width}
    for colour, style, width in (
        (BLUE, "-", 1.6), (ORANGE, "-", 1.3), (BLACK, (0, (4, 1.5)), 1.0), (GREY, (0, (1, 1)), 1.1),
    )
]  # fmt: skip
FOLD_NAMES = ("layer 1", "layer 2", "layer 3", "layer 4")


def random_network(widths, inputs, generator, replicas=()):
    """Return a network with He's weights and normal biases of standard deviation 1, in float64."""
    sizes = [inputs, *widths, 1]
    network = Network(sizes, generator=generator, replicas=replicas, dtype=np.float64)
    for bias in network.biases:
        bias[...] = generator.normal(size=bias.shape)
    return network


def tints(patterns):
    """A light colour for each activation pattern (pieces, units): like patterns have like colours."""
    units = patterns.shape[1]
    push = np.random.default_rng(2).normal(size=(units, 2)) / np.sqrt(units)
    much = 0.5 + 0.5 * np.tanh(2 * (patterns - 0.5) @ push)  # of blue and of orange, 0 to 1
    away = 1 - np.array([to_rgb(BLUE), to_rgb(ORANGE)])
    return 1 - 0.3 * much @ away


def draw_pieces(axes, found):
    """Draw `Regions` on `axes`: a tint for each pattern, a style for each layer's folds."""
    pieces = PolyCollection(found.corners, facecolors=tints(found.patterns), edgecolors="none", linewidths=0)
    pieces.set_antialiased(False)
    axes.add_collection(pieces, autolim=False)
    for number in range(found.layer.max(initial=-1) + 1):
        ends = found.folds[found.layer == number]
        broken = np.pad(ends, ((0, 0), (0, 1), (0, 0)), constant_values=np.nan)  # one line with gaps
        axes.plot(*broken.reshape(-1, 2).T, **FOLDS[number])


def name_folds(axes, layers):
    """Name the styles of the first so many layers' folds above `axes`."""
    for number in range(layers):
        axes.plot([], [], **FOLDS[number], label=FOLD_NAMES[number])
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, frameon=False, fontsize=9, columnspacing=1,
        handlelength=1.6, handletextpad=0.4,
    )  # fmt: skip


def name_folds_below(figure, layers):
    """Name the styles of the first so many layers' folds under a figure."""
    handles = []
    for number in range(layers):
        handles += figure.axes[0].plot([], [], **FOLDS[number], label=f"folds of {FOLD_NAMES[number]}")
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=10)


def plane(axes, low, high, first="first input $x_1$", second="second input $x_2$"):
    axes.set(xlim=(low, high), ylim=(low, high), xlabel=first, ylabel=second)
    axes.set_box_aspect(1)
    axes.grid(False)


def built_picture(built, random, half):
    """Return the figure of two networks of one shape, one built to fold and one random, and its description.

    built: `Regions` of the unit square; random: those of a square from -half to half.
    """
    figure, axes = new_figure(1, 2, width=8.8, height=5)
    layers = int(built.layer.max()) + 1
    for one, found, low, high, name in (
        (axes[0], built, 0, 1, "built to fold"),
        (axes[1], random, -half, half, "random weights"),
    ):
        draw_pieces(one, found)
        plane(one, low, high)
        one.set_title(f"{name}: {found.count} pieces", fontsize=11)
    name_folds_below(figure, layers)
    units = built.patterns.shape[1]
    return figure, (
        f"{layers} hidden layers of {units // layers} units. Built to fold: {built.count} pieces in the unit "
        f"square. With random weights: {random.count} pieces between −{half} and {half}."
    )


def counts_picture(counts, shapes):
    """Return the figure of the counts in the plane over the number of layers, and its description.

    counts: layers -> pieces of each random network; shapes: layers -> widths.
    """
    figure, axes = new_figure(width=7.6, height=4.4)
    units = sum(next(iter(shapes.values())))
    shallow = shallow_maximum(units)
    told = []
    for layers, pieces in counts.items():
        axes.plot(layers + np.linspace(-0.12, 0.12, pieces.size), pieces, "o", color=BLUE, markersize=4)
        axes.plot([layers - 0.2, layers + 0.2], 2 * [pieces.mean()], color=BLACK, linewidth=2)
        bound = deep_lower_bound(shapes[layers])
        axes.plot(layers, bound, "D", color=ORANGE, markersize=8)
        axes.text(layers + 0.12, bound, f"{bound:,}", color=ORANGE, va="bottom", ha="left")
        told.append(
            f"{layers} layer{'' if layers == 1 else 's'}: {pieces.min()} to {pieces.max()}, "
            f"mean {pieces.mean():.0f}"
        )
    axes.axhline(shallow, color=BLACK, linestyle="--", linewidth=1.5)
    axes.text(5.45, shallow * 1.07, f"one layer\nat most: {shallow}", ha="right", va="bottom", fontsize=10)
    axes.text(0.6, 12_000, "◆ built to fold", color=ORANGE, va="bottom")
    axes.text(0.6, 110, "● random networks, with their mean", color=BLUE)
    names = [f"{n}\n({' + '.join(map(str, widths))})" for n, widths in shapes.items()]
    axes.set(yscale="log", xlim=(0.5, 5.5), ylim=(60, 40_000), ylabel="pieces of the plane")
    axes.set_xticks(list(shapes), names)
    axes.set_xlabel(f"hidden layers (units in each, {units} in all)")
    return figure, f"Pieces of random networks with {units} units. {'; '.join(told)}."


TOTALS = (24, 36)


@lru_cache(maxsize=512)
def found_pieces(layers, units, start, half):
    """The pieces of a random network between -half and half."""
    network = random_network([units // layers] * layers, 2, np.random.default_rng(start))
    return regions(restricted(network), -half, half)


def regions_scene():
    figure, (left, right) = new_figure(1, 2, width=6, height=3.4, width_ratios=(6, 7))
    plane(left, -1, 1)
    left.set(xticks=(), yticks=())
    name_folds(left, 4)
    right.set(xscale="log", xlim=(3, MOST_SHOWN), ylim=(-0.6, 3.6), yticks=(), xlabel="pieces")
    right.set_xticks((10, 1000, 1e5))
    right.spines["left"].set_visible(False)
    right.grid(axis="y", visible=False)
    for row, (name, colour, _) in enumerate(ROWS):
        right.text(3.4, row + 0.16, name, color=colour, va="bottom", fontsize=10)
    return figure


MOST_SHOWN = 3e7  # on the axis; the numbers stand at its right end
ROWS = (
    ("built to fold, these layers", ORANGE, "D"),
    ("all units in one layer, at most", BLACK, "^"),
    ("half the square of the units", GREY, "s"),
    ("counted in this window", BLUE, "o"),
)


def in_the_plane(figure, layers, units, start, half):
    left, right = figure.axes
    found = found_pieces(layers, units, start, half)
    shallow, built = shallow_maximum(units), deep_lower_bound([units // layers] * layers)
    # The window always fills the axes: coordinates in units of its half.
    draw_pieces(left, _scaled(found, half))
    for x, end in ((-1, f"−{half}"), (1, f"{half}")):
        left.text(x, -1.04, end, ha="center", va="top", fontsize=10)
    numbers = built, shallow, units**2 // 2, found.count
    for row, ((_, colour, marker), number) in enumerate(zip(ROWS, numbers, strict=True)):
        right.plot([3, number], [row, row], marker=marker, markersize=8, markevery=[1], color=colour)
        right.text(MOST_SHOWN, row, f"{number:,}", color=colour, ha="right", va="center", fontsize=11)
    shape = f"{layers} hidden layers of {units // layers}" if layers > 1 else f"one layer of {units}"
    return (
        f"{shape[0].upper()}{shape[1:]} units, random start {start}: {found.count:,} pieces between −{half} "
        f"and {half}. Half of {units}² is {units**2 // 2:,}; one layer has at most {shallow:,} in the whole "
        f"plane; some network with {shape} units has {built:,}."
    )


def _scaled(found, half):
    return type(found)(found.corners / half, found.sides, found.patterns, found.folds / half, found.layer)


def pieces_of_the_plane():
    return Explorer(
        in_the_plane,
        regions_scene,
        {
            "layers": Choice("hidden layers", (1, 2, 3, 4), 1),
            "units": Choice("units in all", TOTALS, 24),
            "start": Range("random start", 1, 20, 1, 1),
            "half": Range("window reaches to ±", 1, 30, 1, 5),
        },
        [
            Stop("One layer: every fold is a straight line.", {"layers": 1}),
            Stop("In the second layer the folds bend where they cross one of the first.", {"layers": 2}),
            Stop("Four layers: not more pieces, for all their bends.", {"layers": 4}),
            Stop("A wider window shows nearly all crossings of one layer.", {"layers": 1, "half": 30}),
            Stop("The same window with four layers.", {"layers": 4, "half": 30}),
        ],
    )


# ------------------------------------------------------------------------------------- trained on real data


def pieces_between(network, pairs):
    """Return in how many pieces each replica cuts the path from one sample to another: (replicas, pairs).

    pairs: (pairs, 2, features).
    """
    replicas = network.replicas[0]
    return np.array(
        [
            [breakpoints(restricted(network, a, [b - a], replica)).size + 1 for a, b in pairs]
            for replica in range(replicas)
        ]
    )


def through(samples):
    """Return (origin, directions, half) of a square around three samples (3, features), with a margin.

    Its middle is their mean; the directions are unit vectors at right angles in their plane.
    """
    samples = np.asarray(samples, float)
    origin = samples.mean(axis=0)
    directions = np.linalg.qr((samples[1:] - samples[0]).T)[0].T
    return origin, directions, 1.15 * np.abs((samples - origin) @ directions.T).max()


def training_picture(counts, reached):
    """Return the figure of the pieces between two images over the epochs, and its description.

    counts: layers -> (epochs + 1, replicas), before training and after each epoch; reached: layers -> test
    accuracies of the replicas.
    """
    figure, axes = new_figure(width=7.2, height=4)
    told = []
    for number, ((layers, pieces), line) in enumerate(zip(counts.items(), LINES, strict=False)):
        epochs = np.arange(len(pieces))
        mean = pieces.mean(axis=1)
        low, high = pieces.min(axis=1), pieces.max(axis=1)
        shifted = epochs + 0.15 * (number - 1)  # so that the bars stand beside each other
        axes.vlines(shifted, low, high, color=line["color"], linewidth=1.5, alpha=0.5)
        many = "" if layers == 1 else "s"
        axes.plot(shifted, mean, **line, label=f"{layers} hidden layer{many}")
        told.append(
            f"{layers} layer{many}: {mean[0]:.1f} before, {mean[-1]:.1f} after, accuracy "
            f"{reached[layers].mean():.3f}"
        )
    axes.legend(frameon=False, fontsize=10, loc="lower right")
    axes.set(xlabel="epoch", ylabel="pieces between two images", ylim=(0, None), xlim=(-0.4, None))
    return (
        figure,
        f"Mean number of pieces: {'; '.join(told)}. The bars reach from the lowest to the highest replica.",
    )


def image_plane_picture(before, after, places, digits):
    """Return the figure of the plane through three images before and after training, and its description.

    before, after: `Regions`; places: (3, 2) where the images lie in it; digits: what they show.
    """
    figure, axes = new_figure(1, 2, width=8.8, height=5)
    half = np.abs(before.corners).max()
    for one, found, name in zip(axes, (before, after), ("before training", "after training"), strict=True):
        draw_pieces(one, found)
        plane(one, -half, half, "first direction", "second direction")
        for (x, y), digit in zip(places, digits, strict=True):
            box = {"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": BLACK}
            one.text(x, y, str(digit), ha="center", va="center", fontsize=12, bbox=box)
        one.set_title(f"{name}: {found.count} pieces", fontsize=11)
    name_folds_below(figure, int(max(before.layer.max(), after.layer.max())) + 1)
    return figure, (
        f"The plane through three test images, a {digits[0]}, a {digits[1]} and a {digits[2]}: "
        f"{before.count} pieces before training, {after.count} after it."
    )


EXPLORERS = {"fold": fold, "pieces_of_the_plane": pieces_of_the_plane}
