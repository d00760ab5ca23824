"""Lesson 10: the family side by side, signals that come back to their size, learned slopes, a ranking."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from utils.activations import ACTIVATIONS
from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.signals import expectation, gain, length_map, second_moment


def _number(value, digits):
    """The number with so many decimals, a true minus sign, and never "−0.00"."""
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", "−")


def _signed(value, digits):
    return ("+" if round(float(value), digits) > 0 else "") + _number(value, digits)


# ------------------------------------------------------------------------------------- pictures of the lesson

GROUPS = MappingProxyType(
    {
        "a leak": ("leaky_relu", "rrelu", "prelu"),
        "a tail that flattens": ("elu", "selu", "softplus"),
        "smooth, with a dip": ("gelu", "silu", "mish"),
        "other bends": ("relu6", "hardswish", "squared_relu"),
    }
)
SHORT = MappingProxyType(
    {
        "leaky_relu": "leaky, slope 0.01",
        "rrelu": "RReLU, 0.23 (mean)",
        "prelu": "PReLU, start 0.25",
        "elu": "ELU",
        "selu": "SELU",
        "softplus": "softplus",
        "gelu": "GELU",
        "silu": "SiLU",
        "mish": "Mish",
        "relu6": "ReLU6",
        "hardswish": "hard-swish",
        "squared_relu": "squared ReLU",
    }
)


def _in_pieces(axes, function, z, kinks, **look):
    """A line that is broken at the kinks, where the function may jump."""
    edges = [-np.inf, *sorted(kinks), np.inf]
    for low, high in pairwise(edges):
        part = z[(z > low) & (z < high)]
        if len(part):
            axes.plot(part, function(part), **look)
            look.pop("label", None)


def family_picture():
    """Twelve variants in four groups, values above and derivatives below: (figure, description)."""
    figure, axes = new_figure(2, 4, width=9.4, height=5.6, sharex=True, sharey="row")
    z = np.linspace(-4, 4, 641)
    relu = ACTIVATIONS["relu"]
    faint = {"color": GREY, "linewidth": 5, "alpha": 0.35}
    for column, (title, names) in enumerate(GROUPS.items()):
        above, below = axes[:, column]
        above.plot(z, relu(z), **faint)
        _in_pieces(below, relu.derivative, z, (0.0,), **faint)
        for name, look in zip(names, LINES[:3], strict=True):
            each = ACTIVATIONS[name]
            above.plot(z, each(z), **look, label=SHORT[name])
            _in_pieces(below, each.derivative, z, each.kinks, **look)
        above.set_title(title)
        above.legend(loc="upper left", frameon=False, fontsize=9, handlelength=2.2, borderpad=0.1)
        below.set_xlabel("pre-activation z")
    axes[0, 0].set(ylim=(-2, 6.4), ylabel="activation f(z)")
    axes[1, 0].set(ylim=(-0.65, 2.1), ylabel="slope f'(z)")
    lowest = {name: ACTIVATIONS[name](np.linspace(-50, 0, 50001)).min() for name in ("elu", "selu")}
    dip = {name: ACTIVATIONS[name](z).min() for name in ("gelu", "silu", "mish")}
    return figure, (
        f"Grey and wide: ReLU. On the left ELU falls towards {_number(lowest['elu'], 2)} and SELU towards "
        f"{_number(lowest['selu'], 2)}; GELU, SiLU and Mish dip to {_number(dip['gelu'], 2)}, "
        f"{_number(dip['silu'], 2)} and {_number(dip['mish'], 2)} and come back to 0."
    )


def depth_picture(sizes):
    """Sizes of the signal by layer, as bands and medians: (figure, description).

    sizes: {name: root mean squares of z (networks, images, layers)}, at most three.
    """
    figure, axes = new_figure(width=6.8, height=3.6)
    told = []
    for (name, each), look, marker in zip(sizes.items(), LINES, "osD", strict=False):
        middle = _band(axes, each, look, marker)
        axes.text(51, middle[-1], name, color=look["color"], va="center", fontsize=11)
        low, high = each[..., -1].min(), each[..., -1].max()
        told.append(f"{name}: {10 ** middle[-1]:.2g} ({low:.2g} to {high:.2g})")
    axes.set(xlabel="layer", ylabel="$\\log_{10}$ of the size of z", xlim=(0, 68))
    axes.set_xticks(range(0, 51, 10))
    return figure, (
        f"The size of z in layer 50, median and range of {each[..., -1].size} signals: {'; '.join(told)}. "
        "Marks: median; band: all."
    )


def _band(axes, sizes, look, marker):
    """Draw the band of all signals and their median; return log10 of the median, by layer."""
    logs = np.log10(sizes).reshape(-1, sizes.shape[-1])
    layers, middle = np.arange(1, logs.shape[1] + 1), np.median(logs, axis=0)
    axes.fill_between(layers, logs.min(axis=0), logs.max(axis=0), color=look["color"], alpha=0.2, lw=0)
    axes.plot(layers, middle, **look | {"linewidth": 1.4})
    axes.plot(layers[::5], middle[::5], marker, color=look["color"], markersize=5)
    return middle


def selu_picture(healthy, broken):
    """SELU from inputs of several sizes, and four ways to miss it: (figure, description).

    healthy, broken: {name: root mean squares of z (networks, images, layers)}.
    """
    figure, panels = new_figure(1, 2, width=9.4, height=4.0)
    markers = ("o", "s", "D", "v")
    for axes, cases in zip(panels, (healthy, broken), strict=True):
        for (name, each), look, marker in zip(cases.items(), LINES, markers, strict=False):
            middle = _band(axes, each, look, marker)
            place = (51, middle[-1])
            if cases is healthy:  # they end at one point, and are named beside their beginning
                place = (6, 0.85 * middle[0]) if abs(middle[0]) > 0.5 else (22, 0.2)
            name = name.replace("σ_w²", "$\\sigma_w^2$")
            axes.text(*place, name, color=look["color"], va="center", fontsize=10)
        axes.set(xlabel="layer", xlim=(0, 51 if cases is healthy else 84))
        axes.set_xticks(range(0, 51, 10))
    panels[0].set(title="SELU, LeCun, inputs of three sizes", ylabel="$\\log_{10}$ of the size of z")
    panels[1].set(title="Other weights or activations, input of size 1")
    ends = [np.median(each[..., -1]) for each in healthy.values()]
    told = [f"{name}: {np.median(each[..., -1]):.2g}" for name, each in broken.items()]
    return figure, (
        f"SELU with LeCun: from every input the size in layer 50 is {min(ends):.2f} to {max(ends):.2f}. "
        f"Otherwise {'; '.join(told)} (medians of {each[..., -1].size} signals; bands: all)."
    )


def slopes_picture(slopes):
    """Where learned slopes start and end, by data set and layer: (figure, description).

    slopes: {data set: (the start, slopes after training (layers, networks))}, at most three.
    """
    figure, axes = new_figure(width=7.2, height=3.6)
    told, rows = [], []
    for (name, (start, values)), look, marker in zip(slopes.items(), LINES, "osD", strict=False):
        for layer, each in enumerate(values, 1):
            row = -len(rows)
            axes.plot(
                each, np.full(len(each), row), marker, color=look["color"], alpha=0.45, markersize=7, mew=0
            )
            axes.plot([np.median(each)] * 2, [row - 0.28, row + 0.28], color=BLACK, linewidth=2)
            axes.plot([start] * 2, [row - 0.4, row + 0.4], color=GREY, linewidth=2, linestyle=":")
            if not rows:
                axes.text(start, 0.62, "start", color=GREY, fontsize=10, ha="center")
            rows.append(f"{name}, layer {layer}")
            low, high = _number(each.min(), 2), _number(each.max(), 2)
            told.append(f"{rows[-1]}: {low} to {high}, {np.sum(each < 0)} of {len(each)} below 0")
    axes.axvline(0, color=GREY, linewidth=1.4)
    axes.set_yticks(-np.arange(len(rows)), rows)
    axes.set(ylim=(0.5 - len(rows), 1.0), xlabel="slope after training (line: median; dotted: start)")
    return figure, f"Slopes after training. {'; '.join(told)}."


def ranking_picture(differences, names, relu):
    """Paired differences to ReLU with their 95 % intervals, at two times: (figure, description).

    differences: {time: (mean (variants,), half-width of the interval (variants,))}, in accuracy.
    relu: {time: ReLU's own mean accuracy}.
    """
    figure, panels = new_figure(1, 2, width=9.0, height=3.6, sharex=True)
    told = []
    for axes, (time, own) in zip(panels, relu.items(), strict=True):
        mean, half = (100 * np.asarray(each) for each in differences[time])
        order = np.argsort(mean)
        for row, i in enumerate(order):
            apart = abs(mean[i]) > half[i]
            look = {"color": BLUE, "marker": "o"} if apart else {"color": ORANGE, "marker": "D"}
            axes.errorbar(mean[i], row, xerr=half[i], linewidth=2, capsize=4, markersize=6, **look)
        axes.axvline(0, color=GREY, linewidth=1.4)
        axes.set_yticks(range(len(order)), [names[i] for i in order])
        axes.set(title=f"after {time} epochs (ReLU: {own:.0%})", xlabel="accuracy − ReLU's, in points")
        axes.set_ylim(-0.6, len(mean))
        listed = ", ".join(f"{names[i]} {_signed(mean[i], 1)} ± {_number(half[i], 1)}" for i in order[::-1])
        told.append(f"After {time} epochs (ReLU {own:.1%}), in points: {listed}.")
    panels[1].text(0.2, len(names) - 0.55, "ReLU", color=GREY, fontsize=10)
    return figure, " ".join(told) + " Blue circles: the interval leaves 0 out; orange diamonds: it holds 0."


# -------------------------------------------------------------------------------------- two variants compared


@dataclass(frozen=True)
class Maximum:
    """max(p z, z), which is leaky ReLU only as long as p is 1 at most."""

    slope: float
    kinks: tuple = (0.0,)

    def __call__(self, z):
        return np.maximum(self.slope * z, z)

    def derivative(self, z):
        low, high = min(self.slope, 1.0), max(self.slope, 1.0)
        return np.where(z > 0, high, low)


VARIANTS = MappingProxyType(
    {
        "ReLU": ("relu", None),
        "leaky ReLU, slope p": ("leaky_relu", "negative_slope"),
        "max(p z, z)": (Maximum, None),
        "ELU, α = p": ("elu", "alpha"),
        "CELU, α = p": ("celu", "alpha"),
        "SELU": ("selu", None),
        "softplus, β = p": ("softplus", "beta"),
        "GELU": ("gelu", None),
        "GELU, tanh form": ("gelu_tanh", None),
        "SiLU": ("silu", None),
        "Mish": ("mish", None),
        "ReLU6": ("relu6", None),
        "hard-swish": ("hardswish", None),
        "squared ReLU": ("squared_relu", None),
    }
)
NAMES = tuple(VARIANTS)
LOWEST = 0.2  # of α and β, which must be positive
Z = np.linspace(-4, 4, 321)


@lru_cache(maxsize=512)
def _variant(name, parameter):
    """What is drawn and told of a variant: the function, its curves in pieces, and its moments."""
    key, of = VARIANTS[name]
    if key is Maximum:
        function = Maximum(parameter)
    else:
        function = ACTIVATIONS[key]
        if of:
            function = function.with_parameters(**{of: parameter})
    edges = [-np.inf, *function.kinks, np.inf]
    parts = [Z[(low < Z) & (high > Z)] for low, high in pairwise(edges)]
    slopes = [(part, function.derivative(part)) for part in parts if len(part)]
    mean, second = expectation(function, function.kinks), second_moment(function)
    return function(Z), slopes, mean, second


def _compare_scene():
    figure, (values, slopes) = new_figure(1, 2, width=7.4, height=3.7)
    for axes in (values, slopes):
        axes.axhline(0, color=GREY, linewidth=1)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set(xlim=(-4, 4), xlabel="pre-activation z")
    values.set(ylim=(-2.5, 4.5), title="activation f(z)")
    slopes.set(ylim=(-1.3, 3.3), title="slope f'(z)")
    values.text(3.9, -1.7, "first: blue line", color=BLUE, fontsize=10, ha="right")
    values.text(3.9, -2.25, "second: orange, dashed", color=ORANGE, fontsize=10, ha="right")
    return figure


def _told(name, parameter, mean, second):
    named = name.replace(" = p", f" = {parameter:g}").replace("slope p", f"slope {parameter:g}")
    named = named.replace("p z", f"{parameter:g}z")
    return (
        f"{named}: mean {_number(mean, 3)}, second moment {_number(second, 3)}, gain² {1 / second:.3f}, "
        f"common part {_number(mean**2 / second, 3)}"
    )


def _compare(figure, first, first_parameter, second, second_parameter):
    values, slopes = figure.axes
    told = []
    for name, parameter, look in (
        (first, first_parameter, LINES[0]),
        (second, second_parameter, LINES[1]),
    ):
        parameter = round(parameter, 1)
        if VARIANTS[name][1] in ("alpha", "beta"):
            parameter = max(parameter, LOWEST)
        value, pieces, *moments = _variant(name, parameter)
        values.plot(Z, value, **look)
        for part, slope in pieces:
            slopes.plot(part, slope, **look)
        low, high = values.get_ylim()
        leaves = " (the curve leaves the picture)" if value.min() < low or value.max() > high else ""
        told.append(_told(name, parameter, *moments) + leaves)
    return f"{told[0]}. {told[1]}."


def compare() -> Explorer:
    """Two variants with their parameters: values, slopes, and moments for z ~ N(0, 1)."""
    return Explorer(
        _compare,
        _compare_scene,
        {
            "first": Choice("first", NAMES, "leaky ReLU, slope p"),
            "first_parameter": Range("p of the first", -1.0, 3.0, 0.1, 0.2),
            "second": Choice("second", NAMES, "ELU, α = p"),
            "second_parameter": Range("p of the second", -1.0, 3.0, 0.1, 1.0),
        },
        (
            Stop("A leak goes on falling; ELU's tail flattens.", {}),
            Stop(
                "For a slope up to 1, max(p z, z) is leaky ReLU; for p = 2 it is not.",
                {
                    "first": "leaky ReLU, slope p",
                    "first_parameter": 2.0,
                    "second": "max(p z, z)",
                    "second_parameter": 2.0,
                },
            ),
            Stop(
                "A negative slope, which PReLU may learn, makes a valley; its mean and common part "
                "are larger than ReLU's.",
                {"first": "leaky ReLU, slope p", "first_parameter": -0.4, "second": "ReLU"},
            ),
            Stop(
                "GELU and SiLU: the same idea, one narrower, one wider.", {"first": "GELU", "second": "SiLU"}
            ),
            Stop(
                "GELU's two forms: no difference to be seen.",
                {"first": "GELU", "second": "GELU, tanh form"},
            ),
            Stop(
                "Hard-swish is SiLU from straight pieces and a parabola.",
                {"first": "SiLU", "second": "hard-swish"},
            ),
            Stop(
                "With α = 2, ELU has a corner at 0 (its slope jumps); CELU has none.",
                {
                    "first": "ELU, α = p",
                    "first_parameter": 2.0,
                    "second": "CELU, α = p",
                    "second_parameter": 2.0,
                },
            ),
        ),
    )


# ------------------------------------------------------------------------------ does the size come back to 1?

DEPTH = 50
SHOWN = 4.0  # of log10 q, on either side
FAR = 30.0  # beyond it the signal counts as lost
HEALING = MappingProxyType(
    {
        "SELU": "selu",
        "ELU": "elu",
        "ReLU": "relu",
        "leaky ReLU": "leaky_relu",
        "GELU": "gelu",
        "SiLU": "silu",
        "softplus": "softplus",
        "squared ReLU": "squared_relu",
    }
)
WEIGHTS = ("LeCun: 1", "He: 2", "PyTorch's default: 1/3", "its own gain²")
LOG_Q = np.linspace(-SHOWN, SHOWN, 65)


def _sigma(activation, weights):
    if weights == WEIGHTS[-1]:
        return gain(ACTIVATIONS[HEALING[activation]]) ** 2
    return {"LeCun: 1": 1.0, "He: 2": 2.0, "PyTorch's default: 1/3": 1 / 3}[weights]


@lru_cache
def _curve(activation):
    """log10 of the second moment, on the grid of log10 q."""
    return np.log10([second_moment(ACTIVATIONS[HEALING[activation]], q) for q in 10**LOG_Q])


@lru_cache(maxsize=512)
def _path(activation, weights, start):
    """log10 q by layer from 10**start on: DEPTH values, or fewer where the signal is lost."""
    f, sigma, path = ACTIVATIONS[HEALING[activation]], _sigma(activation, weights), [float(start)]
    while len(path) < DEPTH and abs(path[-1]) <= FAR:
        path.append(float(np.log10(length_map(f, 10 ** path[-1], sigma))))
    return tuple(path)


def _healing_scene():
    figure, (change, right) = new_figure(1, 2, width=7.6, height=3.9)
    for axes in (change, right):
        axes.axhline(0, color=GREY, linewidth=1.4)
    change.set(xlim=(-SHOWN, SHOWN), ylim=(-1.2, 1.2), title="One layer: what it adds to $\\log_{10}$ q")
    change.set(xlabel="$\\log_{10}$ q", ylabel="change (above 0 it grows, below it shrinks)")
    right.set(xlim=(0, DEPTH + 1), ylim=(-10, 10), title="Through 50 layers (theory)", xlabel="layer")
    right.set_ylabel("$\\log_{10}$ q")
    return figure


def _healing(figure, activation, weights, start):
    change, right = figure.axes
    sigma, path = _sigma(activation, weights), np.array(_path(activation, weights, round(start, 1)))
    curve = _curve(activation) + np.log10(sigma) - LOG_Q
    change.plot(LOG_Q, curve, color=BLUE, linewidth=2.4)
    shown = path[:-1]
    change.plot(shown, np.diff(path), "o", color=ORANGE, markersize=5)
    change.plot(shown[:1], np.diff(path)[:1], "o", color=ORANGE, markersize=9)
    right.plot(np.arange(1, len(path) + 1), path, "o", color=ORANGE, markersize=3.5)
    if abs(path[-1]) > FAR:
        end = f"beyond {'−' if path[-1] < 0 else ''}{FAR:g} in layer {len(path)}"
    else:
        end = f"to {_number(path[-1], 2)} in layer {DEPTH}"
    outside = (np.abs(np.diff(path)) > change.get_ylim()[1]) | (np.abs(shown) > SHOWN)
    told = " On the left the first point lies outside the picture." if outside[0] else ""
    if outside[1:].any():
        told += " On the left later points lie outside the picture."
    if np.abs(path).max() > 10:
        told += " On the right the points leave the picture."
    return (
        f"{activation} with σ_w² = {sigma:.3f}: log10 q goes from {_number(start, 1)} in layer 1 to "
        f"{_number(path[1], 2)} in layer 2, and {end}.{told}"
    )


def healing() -> Explorer:
    """What a layer does to the mean square, for an activation and its weights; and fifty layers of it."""
    return Explorer(
        _healing,
        _healing_scene,
        {
            "activation": Choice("activation", tuple(HEALING), "SELU"),
            "weights": Choice("σ_w² of the weights", WEIGHTS, WEIGHTS[0]),
            "start": Range("log10 of the mean square q in layer 1", -3.0, 3.0, 0.5, 2.0),
        },
        (
            Stop("SELU with LeCun: the curve falls through 0 at q = 1. A large signal comes down …", {}),
            Stop("… and a small one comes up.", {"start": -3.0}),
            Stop(
                "With He the curve stays above 0, also far to the right: no size is at rest.",
                {"weights": "He: 2"},
            ),
            Stop(
                "ELU: every layer takes something from every signal, and a smaller share from small ones.",
                {"activation": "ELU", "start": 0.0},
            ),
            Stop(
                "ReLU with its own gain: the curve lies on 0, and every size stays.",
                {"activation": "ReLU", "weights": WEIGHTS[-1]},
            ),
            Stop(
                "Squared ReLU: its gain keeps q = 1 alone; the curve rises through 0, and drives all else "
                "away.",
                {"activation": "squared ReLU", "weights": WEIGHTS[-1], "start": 0.5},
            ),
        ),
    )


EXPLORERS = MappingProxyType({"compare": compare, "healing": healing})
