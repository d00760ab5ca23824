"""Lesson 2, why bend: a network that learns while you watch, and the affine pieces of one that has learnt."""

from functools import lru_cache

import numpy as np
from matplotlib.collections import LineCollection

from utils.datasets import circles
from utils.explorer import Choice, Explorer, Live, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.losses import softmax_cross_entropy
from utils.networks import Network
from utils.optimizers import Adam
from utils.training import accuracy, fit, train

EDGE = 1.5
SIDE = np.linspace(-EDGE, EDGE, 81)
GRID = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2).astype(np.float32)


@lru_cache
def data():
    """The lesson's rings: 400 points to learn from and 1000 new ones, as (x, labels, x_test, labels_test)."""
    generator = np.random.default_rng(0)
    return *circles(400, generator), *circles(1000, generator)


def draw_rings(axes, x, labels):
    """Put the points on square `axes`: orange triangles outside, blue dots inside, named above the axes."""
    for label, marker, colour, name in ((0, "^", ORANGE, "outer ring"), (1, "o", BLUE, "inner ring")):
        axes.plot(*x[labels == label].T, marker, color=colour, markersize=3, alpha=0.6, label=name)
    axes.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xlabel="first input $x_1$", ylabel="second input $x_2$")
    axes.set_box_aspect(1)
    axes.grid(False)
    name_above(axes)


def best_line(x, labels):
    """Return what the straight line in 720 directions that puts most points on their right side achieves.

    In each direction all lines that lie between two neighbouring points are tried, beyond the last one too.
    The result is (share of points on the right side, points that it cuts off, those of class 0 among them):
    the points cut off are called class 0, all others class 1.
    """
    most, cut_off = labels.sum(), labels[:0]  # to cut off nothing is right for all of class 1
    for angle in np.linspace(0, 2 * np.pi, 720, endpoint=False):
        ordered = labels[np.argsort(x @ np.array([np.cos(angle), np.sin(angle)]))]
        gained = np.cumsum(1 - 2 * ordered)  # one more of class 0 before the line, or one of class 1 lost
        last = gained.argmax()
        if gained[last] + labels.sum() > most:
            most, cut_off = gained[last] + labels.sum(), ordered[: last + 1]
    return most / labels.size, cut_off.size, int((cut_off == 0).sum())


def name_above(axes, columns=2):
    """Name what is drawn in a legend above the axes, where it covers nothing."""
    where = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": columns}
    axes.legend(**where, frameon=False, fontsize=10, markerscale=2, columnspacing=1.2, handlelength=1.8)


def draw_boundary(axes, score):
    """Shade the two classes' sides of a score (81, 81) on the square; draw and return the line where it is 0.

    Returns its points (n, 2), none where the score does not change its sign on the square.
    """
    axes.contourf(SIDE, SIDE, score, [-np.inf, 0, np.inf], colors=[ORANGE, BLUE], alpha=0.15)
    if not score.min() < 0 < score.max():
        return np.empty((0, 2))
    line = axes.contour(SIDE, SIDE, score, [0], colors=BLACK, linewidths=2)
    return np.concatenate(line.allsegs[0])


def score_of(network):
    """The inner ring's logit minus the outer ring's on the square, (*replicas, 81, 81): 0 on the boundary."""
    logits = network.forward(GRID)
    return (logits[..., 1] - logits[..., 0]).reshape(*network.replicas, SIDE.size, SIDE.size)


def is_straight(points):
    """Whether points (n, 2) lie on one line, but for a tenth of the grid's spacing."""
    _, _, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    across = (points - points.mean(axis=0)) @ directions[-1]
    return bool(np.abs(across).max() <= 0.1 * (SIDE[1] - SIDE[0]))


def training_picture(before, after, losses, shares):
    """Return the figure of one training, and its description: the boundary before and after, and the losses.

    before, after: scores (81, 81) on the square; losses: one an epoch; shares: accuracy before and after.
    """
    figure, axes = new_figure(1, 3, width=9.6, height=3.6)
    x, labels, _, _ = data()
    for one, score, title in zip(axes, (before, after), ("before training", "after training"), strict=False):
        draw_rings(one, x, labels)
        draw_boundary(one, score)
        one.legend().remove()
        one.set(title=title, xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    axes[1].set_ylabel("")
    axes[0].legend(
        loc="upper left", frameon=False, fontsize=9, borderpad=0, handletextpad=0, labelspacing=0.2
    )
    _draw_loss_axes(axes[2], len(losses))
    axes[2].plot(np.arange(1, len(losses) + 1), losses, color=BLUE, linewidth=2.2)
    return figure, (
        f"In {len(losses)} epochs the loss falls from {losses[0]:.2f} to {losses[-1]:.2f}, and the share of "
        f"test points on the right side rises from {shares[0]:.0%} to {shares[1]:.0%}."
    )


def _draw_loss_axes(axes, epochs):
    axes.set_box_aspect(1)
    axes.set(xlim=(0, epochs + 1), ylim=(0, 1), xlabel="epoch", ylabel="loss")
    axes.axhline(np.log(2), color=GREY, linestyle=":", linewidth=1.5)
    axes.text(epochs, np.log(2) + 0.02, "guessing: ln 2", color=GREY, ha="right", fontsize=10)


def replicas_picture(test, lines):
    """Return the figure of the replicas' test accuracies over the number of hidden layers, and its text.

    test: (activation, hidden layers) -> accuracies of the replicas; lines: name -> that of a straight line.
    """
    figure, axes = new_figure(width=6.4, height=4)
    styles = {"identity": (ORANGE, "^", "▲", 0.44), "relu": (BLUE, "o", "●", 0.93)}
    told = []
    for activation, (colour, marker, sign, height) in styles.items():
        mine = {depth: shares for (name, depth), shares in test.items() if name == activation}
        for depth, shares in mine.items():
            places = depth + np.linspace(-0.08, 0.08, shares.size)
            axes.plot(places, shares, marker, color=colour, markersize=4, alpha=0.7)
        axes.text(2.5, height, f"{sign} {activation}", color=colour, ha="center", fontsize=10)
        shares = np.concatenate(list(mine.values()))
        told.append(f"{activation}, {min(mine)} to {max(mine)} hidden layers, {_range(shares)}")
    for (name, share), style in zip(lines.items(), (":", "--"), strict=True):
        axes.axhline(share, color=BLACK, linestyle=style)
        axes.text(4.45, share + 0.01, name, va="bottom", fontsize=10)
        told.append(f"{name}, {share:.2f}")
    axes.set(
        xlabel="hidden layers", ylabel="test accuracy", xticks=range(5), xlim=(-0.4, 6.1), ylim=(0.4, 1.02)
    )
    return figure, f"Test accuracy, one mark for each network: {'; '.join(told)}."


def losses_picture(histories, test):
    """Return the figure of the training losses over the epochs, and its description.

    histories: (activation, hidden layers) -> losses (epochs, replicas); test: the same -> test accuracies.
    """
    figure, axes = new_figure(width=6.4, height=4)
    ends, told = [], []
    for (case, values), style in zip(histories.items(), LINES[2::-1], strict=True):
        name = f"{case[0]}, {case[1]} hidden layers"
        epochs = np.arange(1, len(values) + 1)
        axes.fill_between(epochs, values.min(axis=1), values.max(axis=1), color=style["color"], alpha=0.2)
        axes.plot(epochs, values.mean(axis=1), **style, label=name)
        ends.append(f"{name}, {values[-1].mean():.2f}")
        told.append(f"{name}, {_range(test[case])}")
    axes.set(ylim=(0, None), xlabel="epoch", ylabel="training loss, mean and range")
    axes.legend(frameon=False, fontsize=10)
    return figure, f"Mean loss in the last epoch: {'; '.join(ends)}. Test accuracy: {'; '.join(told)}."


def _range(shares):
    return f"{shares.min():.2f} to {shares.max():.2f}"


# ------------------------------------------------------------------------------------------- training, live

EPOCHS = 60


def learning_scene():
    figure, (left, right) = new_figure(1, 2, width=8, height=4)
    x, labels, _, _ = data()
    draw_rings(left, x, labels)
    _draw_loss_axes(right, EPOCHS)
    return figure


def learning(figure, hidden_layers, activation, width, start):
    """Train one network on the rings; each step is an epoch."""
    x, labels, x_test, labels_test = data()
    generator = np.random.default_rng(start)
    initializer = "he" if activation == "relu" else "lecun"
    sizes = [2, *[width] * hidden_layers, 2]
    network = Network(sizes, activation=activation, initializer=initializer, generator=generator)
    steps = train(
        network, x, labels, loss="softmax_cross_entropy", optimizer=Adam(0.01), epochs=EPOCHS, batch_size=32,
        generator=generator,
    )  # fmt: skip
    losses = []
    for epoch in steps:
        losses.append(float(epoch.loss))
        left, right = figure.axes
        boundary = draw_boundary(left, score_of(network))
        right.plot(np.arange(1, len(losses) + 1), losses, color=BLUE, linewidth=2.2)
        right.plot(len(losses), losses[-1], "o", color=BLUE)
        share = float(accuracy(network, x_test, labels_test))
        told = f"loss {losses[-1]:.3f}, {share:.0%} of 1000 new points right."
        what = _named(hidden_layers, activation, width)
        yield epoch.number / EPOCHS, f"{what}, epoch {epoch.number}: {told} {_shape(boundary)}"


def _named(hidden_layers, activation, width):
    if not hidden_layers:
        return "No hidden layer"
    units = f"{width} {activation} unit{'s' if width > 1 else ''}"
    return f"{hidden_layers} hidden layer{'s' if hidden_layers > 1 else ''} of {units}"


def _shape(boundary):
    if len(boundary) < 3:
        return "No boundary is in view."
    return "The boundary is a straight line." if is_straight(boundary) else "The boundary bends."


def learn():
    return Live(
        learning,
        learning_scene,
        {
            "hidden_layers": Range("hidden layers", 0, 4, 1, 4),
            "activation": Choice("activation", ("identity", "relu", "tanh"), "identity"),
            "width": Range("units in each hidden layer", 1, 16, 1, 16),
            "start": Range("random start", 1, 20, 1, 1),
        },
    )


# -------------------------------------------------------------------------------- the pieces of one network

FOLD = {"color": ORANGE, "linestyle": "--", "linewidth": 1.6}
REPLICAS = 20
STORED = 100
DISTANCE = 1e4
ANGLES = np.linspace(0, 2 * np.pi, 3600, endpoint=False)


@lru_cache
def trained(width):
    """Return networks with one hidden layer of `width` ReLU units: one before training, one after each epoch.

    Of REPLICAS random starts it is the one with the smallest training loss at the end.
    """
    x, labels, _, _ = data()
    generator = np.random.default_rng(width)
    network = Network([2, width, 2], generator=generator, replicas=REPLICAS)
    stored = [network.parameters.copy()]
    fit(
        network, x, labels, loss="softmax_cross_entropy", optimizer=Adam(0.02), epochs=STORED, batch_size=32,
        generator=generator, progress=False, callback=lambda epoch: stored.append(network.parameters.copy()),
    )  # fmt: skip
    best = softmax_cross_entropy(network.forward(x), labels)[0].argmin()
    networks = []
    for parameters in stored:
        one = Network([2, width, 2], generator=generator)
        one.parameters[...] = parameters[best]
        networks.append(one)
    return networks


def pieces_scene():
    figure, axes = new_figure(width=4.6, height=4.8)
    x, labels, _, _ = data()
    axes.plot([], [], **FOLD, label="fold of a unit")
    axes.plot([], [], color=BLACK, linewidth=2.5, label="boundary")
    axes.plot([], [], color=BLUE, linewidth=0.8, label="lines of equal score")
    draw_rings(axes, x, labels)
    name_above(axes)
    return figure


def pieces(figure, width, epoch):
    network = trained(width)[epoch]
    axes = figure.axes[0]
    score = score_of(network)
    count, folds = cut_by_folds(network.weights[0].astype(float), network.biases[0].astype(float))
    step = max(np.ptp(score) / 14, 1e-6)
    levels = step * np.arange(np.floor(score.min() / step), np.ceil(score.max() / step) + 1)
    colours, widths = zip(*((BLACK, 2.5) if level == 0 else (BLUE, 0.8) for level in levels), strict=True)
    axes.contour(SIDE, SIDE, score, levels, colors=colours, linewidths=widths, linestyles="-")
    axes.add_collection(LineCollection(folds, **FOLD), autolim=False)
    _, _, x_test, labels_test = data()
    shares = f"{accuracy(network, x_test, labels_test):.0%} of 1000 new points right"
    if fence_closed(network):
        inner = labels_test == 1
        kept = round(accuracy(network, x_test[inner], labels_test[inner]) * inner.sum())
        fence = (
            f"The inner ring's side is closed off; {kept} of the ring's {inner.sum()} new points lie on it."
        )
    elif np.diff(network.forward(np.zeros((1, 2))))[0, 0] > 0:
        fence = "The inner ring's side stays open."
    else:
        fence = "The middle is not on the inner ring's side."
    many = "s" if width > 1 else ""
    return f"{width} unit{many} after {epoch} epochs: {count} pieces in view, {shares}. {fence}"


def cut_by_folds(weights, biases):
    """Return into how many pieces the folds x @ weights + biases = 0 cut the square in view, and their ends.

    weights: (2, units); biases: (units,). Each fold adds a piece for every part that the folds before it cut
    it into. The ends are a list of arrays (2, 2), the two points where a fold meets the square's edge. A unit
    without weights has no fold; a fold that repeats another one adds nothing.
    """
    count, drawn, ends = 1, [], []
    for w, b in zip(weights.T, biases, strict=True):
        size = np.hypot(*w)
        if size < 1e-9:
            continue
        normal, shift = w / size, b / size
        foot, along = -shift * normal, np.array([-normal[1], normal[0]])
        with np.errstate(divide="ignore"):  # a fold parallel to an edge never meets it
            edges = (np.array([[-EDGE], [EDGE]]) - foot) / along
        low, high = edges.min(axis=0).max(), edges.max(axis=0).min()
        if low >= high or any(_same_line((normal, shift), other) for other in drawn):
            continue
        crossings = [
            -(other @ foot + its_shift) / (other @ along)
            for other, its_shift in drawn
            if abs(other @ along) > 1e-9
        ]
        count += 1 + np.unique([round(t, 9) for t in crossings if low < t < high]).size
        drawn.append((normal, shift))
        ends.append(foot + np.array([[low], [high]]) * along)
    return count, ends


def _same_line(one, other):
    """Whether two lines, each a unit normal and a shift, are the same; either normal may point either way."""
    sign = np.sign(one[0] @ other[0])
    return np.allclose(one[0], sign * other[0], atol=1e-9) and np.isclose(one[1], sign * other[1], atol=1e-9)


def fence_closed(network):
    """Return whether the middle counts as inner ring and nothing far away does: booleans (*replicas,).

    Far away is a distance of 10,000 in each of 3600 directions, and both ways along each fold of the first
    layer: between two folds the score can be largest there.
    """
    w = network.weights[0]
    along = np.arctan2(w[..., 0, :], -w[..., 1, :])
    angles = np.concatenate(
        [np.broadcast_to(ANGLES, (*network.replicas, ANGLES.size)), along, along + np.pi], -1
    )
    far = DISTANCE * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    middle, outside = (np.diff(network.forward(points))[..., 0] for points in (np.zeros((1, 2)), far))
    return (middle[..., 0] > 0) & (outside < 0).all(axis=-1)


def affine_pieces():
    return Explorer(
        pieces,
        pieces_scene,
        {
            "width": Range("units in the hidden layer", 1, 8, 1, 2),
            "epoch": Range("epoch", 0, STORED, 5, STORED),
        },
        [
            Stop(
                "One unit, one fold: flat on one side, a slope on the other, and a straight boundary.",
                {"width": 1},
            ),
            Stop("Two folds: the boundary bends, but the inner ring's side stays open.", {"width": 2}),
            Stop(
                "Three folds: the score can fall in every direction from between them, and the fence closes.",
                {"width": 3},
            ),
            Stop(
                "More folds make the fence rounder. Within each piece the thin lines stay parallel.",
                {"width": 8},
            ),
            Stop(
                "Before training the folds all pass through the origin: the biases start at 0.",
                {"width": 8, "epoch": 0},
            ),
        ],
    )


EXPLORERS = {"learn": learn, "affine_pieces": affine_pieces}
