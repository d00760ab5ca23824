"""Lesson 11: pictures of times and of zeros, and explorers of a model computer, of a penalty, of skipping."""

from functools import lru_cache

import numpy as np

from utils.datasets import digits
from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.networks import Network
from utils.optimizers import SGD, Adam
from utils.sparsity import rows_needed, speed_up, with_penalty
from utils.training import fit

# ------------------------------------------------------------------------------------------- measured times


def ratios(times, one, other):
    """Return the time of one way over that of another in each round: (rounds,)."""
    return times[one] / times[other]


def compared(times, one, other):
    """Return a sentence that compares two ways: the median of the ratios, their middle half, and a count.

    It says so when the middle half spans more than a factor of 2, for then the median means little.
    """
    each = ratios(times, one, other)
    low, middle, high = np.quantile(each, (0.25, 0.5, 0.75))
    longer = f"longer in {(each > 1).sum()} of {each.size} rounds"
    uneven = "; uneven: is the computer busy?" if high > 2 * low else ""
    return (
        f"{one} takes {middle:.2f} times as long as {other} "
        f"(middle half {low:.2f} to {high:.2f}; {longer}{uneven})"
    )


def cost_picture(times, sizes):
    """Return the figure of nanoseconds for each number, a panel for each size, and its description.

    times: title -> way -> seconds (rounds,); sizes: title -> how many numbers.
    """
    figure, axes = new_figure(1, len(times), width=9, height=3.6, sharey=True)
    told = []
    for one, (title, ways) in zip(axes, times.items(), strict=True):
        for row, seconds in enumerate(ways.values()):
            low, middle, high = np.quantile(1e9 * seconds / sizes[title], (0.25, 0.5, 0.75))
            one.plot([low, high], [row, row], "-", color=BLUE, linewidth=3)
            one.plot(middle, row, "o", color=BLACK)
        medians = {way: np.median(1e9 * seconds / sizes[title]) for way, seconds in ways.items()}
        told.append(f"{title}: {'; '.join(f'{way} {median:.2g}' for way, median in medians.items())}")
        one.set(xscale="log", title=title, xlabel="nanoseconds for each number", ylim=(len(ways) - 0.5, -0.5))
        one.xaxis.set_major_formatter("{x:g}")
        one.xaxis.set_minor_formatter("")
        one.set_yticks(range(len(ways)), list(ways), fontsize=10)
        one.grid(False, axis="y")
    low = min(each.get_xlim()[0] for each in axes)
    high = max(each.get_xlim()[1] for each in axes)
    for one in axes:
        one.set_xlim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))  # whole decades
    return figure, (
        "Measured here, nanoseconds for each number, medians (dots) and middle half of the rounds (bars). "
        f"{'. '.join(told)}."
    )


def share_picture(times, batch):
    """Return the figure of each activation's share of a layer's time over the width, and its description.

    times: width -> way -> seconds (rounds,), with the way "affine part".
    """
    figure, axes = new_figure(width=7, height=4)
    widths = np.array(list(times))
    counted = 100 / (widths + 1)
    axes.plot(widths, counted, color=GREY, linestyle="-.", linewidth=1.5)
    axes.text(widths[0], 0.12, "share of the operations, 1 / (w + 1)", color=GREY, fontsize=10)
    told = []
    ways = [way for way in next(iter(times.values())) if way != "affine part"]
    for way, style, marker in zip(ways, LINES, "os^", strict=False):
        shares = [100 * (1 / (1 + times[width]["affine part"] / times[width][way])) for width in times]
        medians = np.array([np.median(each) for each in shares])
        axes.plot(widths, medians, **style, marker=marker, label=way)
        for width, each in zip(widths, shares, strict=True):
            axes.plot(
                [width, width], np.quantile(each, (0.25, 0.75)), color=style["color"], linewidth=5, alpha=0.5
            )
        told.append(f"{way} {medians[0]:.2g} % at width {widths[0]} and {medians[-1]:.2g} % at {widths[-1]}")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=f"width w (w inputs, w units, {batch} samples)",
        ylabel="per cent of the layer's time",
        ylim=(0.05, 100),
    )
    axes.set_xticks(widths, widths)
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:g}")
    where = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": 3}
    axes.legend(**where, frameon=False, fontsize=10)
    return figure, f"Measured here, share of the layer's time (medians): {'; '.join(told)}."


def skipping_picture(times):
    """Return the figure of the measured speed-up by skipping over the share of zeros, and its description.

    times: share of zeros -> {"plain", "skipping"} -> seconds (rounds,).
    """
    figure, axes = new_figure(width=7, height=4)
    _skipping_axes(axes)
    zeros = np.linspace(0, 0.995, 400)
    for cost, style in ((3.0, LINES[1]), (1.0, LINES[3])):
        axes.plot(zeros, speed_up(zeros, row_cost=cost), **style)
    axes.text(0.58, 3, "model: each row once", color=GREY, ha="right", fontsize=10)
    axes.text(0.56, 0.45, "model: each row three times", color=ORANGE, fontsize=10)
    axes.text(0.02, 50, "● measured here", color=BLACK, fontsize=10)
    found = {
        share: np.quantile(ratios(both, "plain", "skipping"), (0.25, 0.5, 0.75))
        for share, both in times.items()
    }
    for share, (low, middle, high) in found.items():
        axes.plot([share, share], [low, high], color=BLUE, linewidth=3)
        axes.plot(share, middle, "o", color=BLACK)
    ends = np.array(list(found.values()))
    axes.set_ylim(min(0.1, 0.8 * ends.min()), max(100, 1.25 * ends.max()))
    told = ", ".join(f"{middle:.2g} at {share:.0%}" for share, (_, middle, _) in found.items())
    return figure, (
        f"Measured here, time of the plain product over that of the skipping one: {told} zeros "
        f"(medians, with the middle half of the rounds). {paid(list(found), ends[:, 1])} "
        "The lines are the model that counts how often a needed row is moved."
    )


def paid(shares, medians):
    """Return a sentence: from which share of zeros on skipping pays, between the shares that were measured.

    The median speed-up is taken to be a straight line from share to share, on a logarithmic axis. What
    counts is the last time that it passes 1.
    """
    slower = np.flatnonzero(np.asarray(medians) <= 1)
    if not slower.size:
        return f"Skipping pays at every share measured, from {shares[0]:.0%} zeros on."
    last = slower[-1]
    if last == len(shares) - 1:
        return f"Skipping does not pay even at {shares[-1]:.0%} zeros."
    here = np.interp(0, np.log(medians[last : last + 2]), shares[last : last + 2])
    return f"Skipping pays from about {here:.0%} zeros on."


def _skipping_axes(axes):
    axes.set(
        yscale="log",
        xlim=(0, 1),
        ylim=(0.1, 100),
        xlabel="share of zeros among the activations",
        ylabel="times as fast as the plain product",
    )
    axes.yaxis.set_major_formatter("{x:g}")
    axes.axhline(1, color=BLACK, linewidth=1)


# ------------------------------------------------------------------------------------------- measured zeros


def spread(values):
    """Return the mean of some values with their range, as a text."""
    return f"{values.mean():.3f} ({values.min():.3f} to {values.max():.3f})"


def recipes_picture(zeros):
    """Return the figure of the share of zeros before and after training, and its description.

    zeros: name -> shares (hidden layers, replicas).
    """
    figure, axes = new_figure(width=7, height=4)
    told = []
    for column, (name, shares) in enumerate(zeros.items()):
        for layer, (colour, marker) in enumerate(((BLUE, "o"), (ORANGE, "^"))):
            places = column + 0.3 * layer - 0.15 + np.linspace(-0.08, 0.08, shares.shape[1])
            axes.plot(places, shares[layer], marker, color=colour, markersize=4, alpha=0.7)
        name = name.replace("\n", " ")
        means = " and ".join(f"{share:.2f}" for share in shares.mean(axis=1))
        told.append(f"{name}: {means}")
    axes.axhline(0.5, color=BLACK, linestyle=":")
    axes.set(ylabel="share of zeros", ylim=(0.25, 0.85), xlim=(-0.5, len(zeros) - 0.5))
    axes.set_xticks(range(len(zeros)), list(zeros), fontsize=10)
    axes.text(-0.45, 0.8, "● hidden layer 1", color=BLUE, fontsize=10)
    axes.text(-0.45, 0.76, "▲ hidden layer 2", color=ORANGE, fontsize=10)
    axes.grid(False, axis="x")
    return figure, (
        f"Share of zeros on the test images, mean over {shares.shape[1]} networks, in hidden layers 1 and 2. "
        f"{'; '.join(told)}."
    )


def penalty_picture(strengths, zeros, scores):
    """Return the figure of zeros and test accuracy over the penalty's strength, and its description.

    zeros, scores: (strengths, replicas).
    """
    figure, (left, right) = new_figure(1, 2, width=9, height=3.6)
    for axes, values, colour, marker in ((left, zeros, BLUE, "o"), (right, scores, ORANGE, "^")):
        for column, each in enumerate(values):
            places = column + np.linspace(-0.12, 0.12, each.size)
            axes.plot(places, each, marker, color=colour, markersize=4, alpha=0.7)
        axes.set_xticks(range(len(strengths)), [f"{strength:g}" for strength in strengths])
        axes.set(xlabel="strength of the penalty, λ (not to scale)", ylim=(0, 1.02))
        axes.grid(False, axis="x")
    left.set_ylabel("share of zeros, both hidden layers")
    right.set_ylabel("test accuracy")
    rows = zip(strengths, zeros, scores, strict=True)
    told = "; ".join(f"λ = {s:g}: {z.mean():.2f} and {a.mean():.3f}" for s, z, a in rows)
    return figure, f"Share of zeros and test accuracy, means over {zeros.shape[1]} networks. {told}."


# --------------------------------------------------------------------------------------- a computer on paper

LOG_STEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
MOST_OPERATIONS = 64
WIDTHS = 2.0 ** np.arange(2, 13)


def time_of(operations, moved, rate, bandwidth):
    """Return the time in nanoseconds: of the operations or of the bytes moved, whichever takes longer.

    rate in billions of operations a second, bandwidth in billions of bytes a second. The roofline model
    (Williams, Waterman & Patterson 2009).
    """
    return np.maximum(operations / rate, moved / bandwidth)


def layer_share(width, batch, operations, rate, bandwidth):
    """Return the activation's share of the time of a layer with `width` inputs and units, in the model."""
    affine = time_of(2 * batch * width**2, 4 * (width**2 + 2 * batch * width), rate, bandwidth)
    bend = time_of(operations * batch * width, 8 * batch * width, rate, bandwidth)
    return bend / (bend + affine)


def roofline_scene():
    figure, (left, right) = new_figure(1, 2, width=8.6, height=4)
    left.set(
        xscale="log",
        yscale="log",
        xlim=(0.8, MOST_OPERATIONS * 1.25),
        ylim=(0.003, 15),
        xlabel="operations for each number",
        ylabel="nanoseconds for each number",
        title="the function alone",
    )
    left.set_xticks((1, 4, 16, 64), (1, 4, 16, 64))
    left.text(0.9, 9, "● ReLU, 1 operation", color=BLACK, fontsize=10)
    left.text(0.9, 5.6, "▲ the function", color=ORANGE, fontsize=10)
    right.set(
        xscale="log",
        yscale="log",
        xlim=(4, 4096),
        ylim=(0.01, 100),
        xlabel="width of the layer",
        ylabel="per cent of the layer's time",
        title="as a part of a layer",
    )
    right.set_xticks((4, 64, 1024), (4, 64, 1024))
    right.plot([], [], **LINES[2], label="ReLU")
    right.plot([], [], **LINES[1], label="the function")
    right.legend(loc="lower left", frameon=False, fontsize=10)
    for axes in (left, right):
        axes.minorticks_off()
        axes.yaxis.set_major_formatter("{x:g}")
    return figure


def draw_roofline(figure, operations, bandwidth, rate, batch):
    left, right = figure.axes
    counts = np.geomspace(1, MOST_OPERATIONS, 60)
    left.plot(counts, np.full(counts.size, 8 / bandwidth), color=GREY, linestyle="--", linewidth=1.5)
    left.plot(counts, counts / rate, color=GREY, linestyle=":", linewidth=1.5)
    left.plot(counts, time_of(counts, 8, rate, bandwidth), color=BLUE, linewidth=2.2)
    relu, other = time_of(1, 8, rate, bandwidth), time_of(operations, 8, rate, bandwidth)
    left.plot(1, relu, "o", color=BLACK, markersize=8)
    left.plot(operations, other, "^", color=ORANGE, markersize=9)
    # Each line has its name where the other one is not near.
    if rate > bandwidth:
        places, side = ((1.3, 8.8 / bandwidth), (2.2, 1.2 / rate)), "left"
    else:
        places, side = ((60, 8.8 / bandwidth), (60, 18 / rate)), "right"
    for place, name in zip(places, ("memory", "processor"), strict=True):
        left.text(*place, name, color=GREY, ha=side, fontsize=9)
    for count, style in ((operations, LINES[1]), (1, LINES[2])):
        shares = 100 * layer_share(WIDTHS, batch, count, rate, bandwidth)
        right.plot(WIDTHS, shares, **style)
    slower = np.sign(operations / rate - 8 / bandwidth)
    limit = {-1: "memory sets", 0: "memory and the processor together set", 1: "the processor sets"}[slower]
    many = "just as long" if other == relu else f"{other / relu:.3g} times as long"
    at = [100 * layer_share(1024, batch, count, rate, bandwidth) for count in (1, operations)]
    return (
        f"ReLU takes {relu:.3g} nanosecond{'' if relu == 1 else 's'} for each number; the function with "
        f"{operations} operation{'s' * (operations > 1)} takes {other:.3g}, {many}: {limit} its time. "
        f"In a layer of width 1024, with {batch} sample{'s' * (batch > 1)}, ReLU takes "
        f"{at[0]:.2g} % of the time, the function {at[1]:.2g} %."
    )


def roofline():
    return Explorer(
        draw_roofline,
        roofline_scene,
        {
            "operations": Choice("operations of the function", (1, 2, 4, 8, 12, 16, 32, 64), 12),
            "bandwidth": Choice("memory: billion bytes a second", LOG_STEPS[3:], 16),
            "rate": Choice("processor: billion operations a second", LOG_STEPS[3:], 32),
            "batch": Choice("samples in the batch", (1, 4, 16, 64, 256), 64),
        },
        [
            Stop("The computer of your prediction: 12 operations cost no more than 1.", {}),
            Stop("With 64 operations for each number the processor is the slower one.", {"operations": 64}),
            Stop(
                "Numbers that lie in a fast cache: now the operations decide, and 12 take 12 times as long.",
                {"bandwidth": 256},
            ),
            Stop(
                "One sample: the layer itself waits for its weights, and the function is hardly seen at all.",
                {"batch": 1},
            ),
        ],
    )


# ------------------------------------------------------------------------------- zeros in a trained network

STRENGTHS = (0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
RECIPES = {"Adam, learning rate 0.002": Adam, "momentum, learning rate 0.1": SGD}
EPOCHS = 15
EDGES = np.linspace(-6, 6, 49)
SIZES = (64, 64, 64, 10)


@lru_cache
def trained(recipe):
    """Return what one network for each of STRENGTHS does on the test images, for each epoch from 0 on.

    A list over the epochs of (accuracy (strengths,), a list over the hidden layers of (shares of zeros of
    each unit (strengths, units), counts of z between EDGES (strengths, cells))). All start with the same
    weights and meet the images in an order of their own.
    """
    data = digits(standardised=True)
    generator = np.random.default_rng(0)
    plain = Network(SIZES, generator=generator, replicas=len(STRENGTHS))
    plain.parameters[...] = plain.parameters[0]
    network = with_penalty(plain, np.array(STRENGTHS, np.float32)[:, None, None])
    optimizer = Adam(0.002) if RECIPES[recipe] is Adam else SGD(0.1, momentum=0.9)
    stored = [_looked_at(network, data)]
    fit(
        network, data.x_train, data.y_train, loss="softmax_cross_entropy", optimizer=optimizer, epochs=EPOCHS,
        batch_size=50, generator=generator, progress=False,
        callback=lambda epoch: stored.append(_looked_at(network, data)),
    )  # fmt: skip
    return stored


def _looked_at(network, data):
    score = (network.forward(data.x_test).argmax(axis=-1) == data.y_test).mean(axis=-1)
    layers = []
    for z in network.pre_activations:
        cells = EDGES.size - 1
        # Up to 0 and above 0 must be told apart exactly: rounding up puts 0 itself into the cell on its left.
        place = np.ceil((z - EDGES[0]) / (EDGES[1] - EDGES[0])).astype(int) - 1
        place = np.clip(place, 0, cells - 1) + cells * np.arange(len(z))[:, None, None]
        counts = np.bincount(place.ravel(), minlength=cells * len(z)).reshape(len(z), cells)
        layers.append(((z <= 0).mean(axis=-2), counts))
    return score, layers


def activity_scene():
    figure, (left, right) = new_figure(1, 2, width=8.6, height=4)
    left.set(
        xlim=(EDGES[0], EDGES[-1]),
        ylim=(0, 0.25),
        xlabel="pre-activation z (beyond ±6: at the edge)",
        ylabel="share of all z",
        title="all units, all test images",
    )
    left.axvline(0, color=BLACK, linewidth=1)
    left.text(-5.8, 0.235, "z ≤ 0: ReLU gives 0", color=ORANGE, fontsize=10)
    left.text(5.8, 0.235, "z > 0: ReLU gives z", color=BLUE, ha="right", fontsize=10)
    right.set(
        xlim=(0, 65),
        ylim=(0, 1.04),
        xlabel="units, sorted by this share",
        ylabel="share of test images with 0",
        title="unit by unit",
    )
    right.text(64, 0.03, "■ 0 on all of them", color=ORANGE, ha="right", fontsize=10)
    return figure


def draw_activity(figure, strength, recipe, epoch, layer):
    score, layers = trained(recipe)[epoch]
    row = STRENGTHS.index(strength)
    shares, counts = (each[row] for each in layers[layer - 1])
    left, right = figure.axes
    heights = counts / counts.sum()
    half = EDGES.size // 2
    left.stairs(heights[:half], EDGES[: half + 1], fill=True, color=ORANGE, alpha=0.55)
    left.stairs(heights[half:], EDGES[half:], fill=True, color=BLUE, alpha=0.8)
    dead = int((shares == 1).sum())
    places, ordered, mean = np.arange(1, shares.size + 1), np.sort(shares), shares.mean()
    living = shares.size - dead
    right.plot(places[:living], ordered[:living], "o", color=BLACK, markersize=3.5)
    right.plot(places[living:], ordered[living:], "s", color=ORANGE, markersize=4.5)
    right.axhline(mean, color=BLUE, linestyle="--", linewidth=1.8)
    label = f"mean {mean:.2f}" if mean < 0.995 else "mean above 0.99"
    right.text(64, mean - 0.02, label, color=BLUE, ha="right", va="top", fontsize=10)
    nearly = int((shares >= 0.98).sum())
    highest = f" The highest bar is cut off: {heights.max():.0%}." if heights.max() > 0.25 else ""
    return (
        f"Hidden layer {layer}, λ = {strength:g}, {recipe}, after {epoch} epoch{'s' * (epoch != 1)}: "
        f"{_per_cent(mean)} zeros. Units that are 0 on at least 98% of the test images: {nearly} of "
        f"{shares.size}; on all of them: {dead}. Right are {score[row]:.1%} of the images.{highest}"
    )


def _per_cent(share):
    """Return a share as a text that says 100.0% of nothing less than all."""
    return "more than 99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def activity():
    for recipe in RECIPES:
        trained(recipe)
    return Explorer(
        draw_activity,
        activity_scene,
        {
            "strength": Choice("strength λ of the penalty", STRENGTHS, 0),
            "recipe": Choice("recipe", tuple(RECIPES), next(iter(RECIPES))),
            "epoch": Range("epoch", 0, EPOCHS, 1, EPOCHS),
            "layer": Range("hidden layer", 1, 2, 1, 2),
        },
        [
            Stop("Before training: about half of all pre-activations lie below 0.", {"epoch": 0}),
            Stop("Adam, no penalty: the units of layer 2 fire more often than before.", {}),
            Stop("A penalty pushes pre-activations below 0.", {"strength": 0.01}),
            Stop("Too much of it: nothing is left that could tell the digits apart.", {"strength": 0.3}),
        ],
    )


# ------------------------------------------------------------------------------------------- skipping rows


def break_even(batch, row_cost, fixed_cost):
    """Return the share of zeros above which skipping is faster in the model of `utils.sparsity.speed_up`."""
    needed = (1 - fixed_cost) / row_cost
    return (1 - needed) ** (1 / batch)


def skipping_scene():
    figure, axes = new_figure(width=6.4, height=4.2)
    _skipping_axes(axes)
    return figure


def draw_skipping(figure, zeros, batch, row_cost, fixed_cost):
    axes = figure.axes[0]
    shares = np.append(np.linspace(0, 0.99, 100), np.linspace(0.991, 1, 60))
    axes.plot(
        shares, np.minimum(speed_up(shares, batch, row_cost, fixed_cost), 1e6), color=BLUE, linewidth=2.2
    )
    even = break_even(batch, row_cost, fixed_cost)
    axes.plot([even, even], [0.1, 1], color=ORANGE, linestyle="--", linewidth=1.8)
    right = even > 0.6
    axes.text(even + (-0.01 if right else 0.01), 0.12, "break-even", ha="right" if right else "left",
              color=ORANGE, fontsize=10)  # fmt: skip
    gain = float(speed_up(zeros, batch, row_cost, fixed_cost))
    axes.plot(zeros, gain, "o", color=BLACK, markersize=8, clip_on=False, zorder=3)
    samples = f"{batch} samples need" if batch > 1 else "one sample needs"
    # In floating point the rows of many samples are all of them; in truth only without any zero.
    rows = "all" if zeros == 0 else _per_cent(min(float(rows_needed(zeros, batch)), 0.9999))
    pace = f"{gain:.3g} times as fast" if abs(gain - 1) >= 0.005 else "practically as fast"
    if even > 0:
        where = f"It pays above {even:.1%} zeros."
    elif batch == 1:
        where = "It pays from the first zero on."
    else:
        tenth = (1 - 1 / 1.1) ** (1 / batch)  # where the model is 1.1 times as fast
        where = f"It never loses, but only above {tenth:.1%} zeros does it gain a tenth."
    return (
        f"With {zeros:.0%} zeros, {samples} {rows} of the rows, and skipping is {pace} as the plain product. "
        f"{where}"
    )


def skipping():
    return Explorer(
        draw_skipping,
        skipping_scene,
        {
            "zeros": Range("share of zeros", 0, 0.99, 0.01, 0.5),
            "batch": Choice("samples computed at once", (1, 2, 4, 8, 16, 32, 64), 1),
            "row_cost": Range("cost of a needed row, in plain rows", 1, 5, 0.5, 3),
            "fixed_cost": Range("fixed cost, as a share of the plain product", 0, 0.5, 0.05, 0),
        },
        [
            Stop("Each needed row is moved three times: half zeros lose.", {}),
            Stop("At 90 per cent the same way of skipping wins clearly.", {"zeros": 0.9}),
            Stop("If each needed row is read only once, half zeros do win.", {"row_cost": 1}),
            Stop("A batch needs what any of its samples needs.", {"zeros": 0.9, "batch": 32}),
        ],
    )


EXPLORERS = {"roofline": roofline, "activity": activity, "skipping": skipping}
