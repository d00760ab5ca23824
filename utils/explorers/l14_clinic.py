"""Explorers and pictures of lesson 14: a ward round, treatments tried out, and what their numbers show."""

from functools import lru_cache

import numpy as np

from utils import aftercare, clinic
from utils.diagnostics import dead_units
from utils.explorer import Choice, Explorer, Range, Stop
from utils.figures import BLACK, BLUE, GREY, LINES, ORANGE, new_figure
from utils.initializers import he
from utils.optimizers import SGD
from utils.training import accuracy, train

WARDS = {"A": 31, "B": 14, "C": 41}  # the seeds of wards of eight patients
PATIENTS = 8
ILLNESSES = clinic.CONDITIONS[1:]


@lru_cache
def ward(name):
    """The cases of one of the three wards of the explorers."""
    return tuple(clinic.ward(WARDS[name]))


def loss_share(patient):
    """The losses as shares of ln(classes), the loss of a network that ignores its input."""
    return patient["losses"] / np.log(patient["y"].max() + 1)


# --------------------------------------------------------------------------------------- the ward round

DEEPEST = 8
SIZES = (-4.0, 5.0)  # powers of ten that are shown
LOWEST = -3.0


@lru_cache
def signs(name, patient):
    """The vital signs of a patient (1 is the first) of a ward."""
    return aftercare.vital_signs(ward(name)[patient - 1].patient)


def rounds() -> Explorer:
    """The chart of one patient after the other."""
    for name in WARDS:
        for patient in range(1, PATIENTS + 1):
            signs(name, patient)
    return Explorer(
        _rounds,
        _rounds_scene,
        {"name": Choice("ward", tuple(WARDS), "A"), "patient": Range("patient", 1, PATIENTS, 1, 1)},
        tuple(
            Stop(sentence, {"name": "B", "patient": 1 + _place("B", condition)})
            for condition, sentence in (
                ("healthy", "Healthy: the size keeps its order, and the loss falls."),
                ("faint", "Faint: from layer to layer the size falls by the same factor."),
                ("dead layer", "A dead layer: dead share 1, and behind it no unit hears of the sample."),
                ("alike", "Alike: only the difference between units tells it."),
            )
        ),
    )


def _place(name, condition):
    return [case.condition for case in ward(name)].index(condition)


def _rounds_scene():
    figure, axes = new_figure(2, 2, width=7.4, height=5.0)
    (loss, size), (dead, difference) = axes
    loss.set(xlim=(-0.2, 3.2), ylim=(0, 2.05), xlabel="epochs", ylabel="share of ln(classes)", title="Loss")
    loss.axhline(1, color=GREY, linestyle=":", linewidth=1.5)
    loss.set_xticks(range(4), ["now", "1", "2", "3"])
    size.set(ylim=SIZES, ylabel="power of ten", title="Size of z")
    dead.set(ylim=(-0.04, 1.06), ylabel="share of units", title="Dead units")
    difference.set(ylim=(LOWEST - 0.2, 0.3), ylabel="power of ten", title="Difference of units / size")
    difference.set_yticks(range(int(LOWEST), 1), ["≤ −3", "−2", "−1", "0"])
    for one in (size, dead, difference):
        one.set(xlim=(0.6, DEEPEST + 0.4), xlabel="hidden layer")
        one.set_xticks(range(1, DEEPEST + 1))
    return figure


def _rounds(figure, name, patient):
    loss, size, dead, difference = figure.axes
    one = ward(name)[patient - 1].patient
    sizes, shares, differences = signs(name, patient)
    relative = loss_share(one)
    shown = np.where(np.isfinite(relative), np.minimum(relative, 1.98), 1.98)
    loss.plot(range(4), shown, "o-", color=BLUE, linewidth=2)
    for epoch, value in enumerate(relative):
        if not value <= 1.98:
            text = f"{value:.0e}" if np.isfinite(value) else "no number"
            loss.text(epoch, 1.86, f"↑ {text}", color=BLUE, fontsize=9, ha="center", va="top")
    layers = np.arange(1, len(sizes) + 1)
    size.plot(layers, np.clip(np.log10(sizes), *SIZES), "o-", color=BLUE, linewidth=2)
    dead.plot(layers, shares, "s-", color=ORANGE, linewidth=2)
    with np.errstate(divide="ignore"):
        beside = np.log10(differences / sizes)
    difference.plot(layers, np.maximum(beside, LOWEST), "^-", color=BLACK, linewidth=2)
    last = f"{relative[-1]:.2f}" if np.isfinite(relative[-1]) else "no number"
    hidden = "1 hidden layer" if len(sizes) == 1 else f"{len(sizes)} hidden layers"
    worst, least = int(shares.argmax()), int(beside.argmin())
    gap = differences[least] / sizes[least]
    gap = f"{gap:.2f}" if gap > 0.005 else "less than 0.005"
    dead_told = (
        f"Largest dead share {shares[worst]:.2f}, in layer {worst + 1}" if shares.any() else "No dead unit"
    )
    now = f"{relative[0]:.2f}" if relative[0] < 100 else f"{relative[0]:.0e}"
    return (
        f"Ward {name}, patient {patient}: {hidden}, negative slope {one['negative_slope']:g}, learning rate "
        f"{one['learning_rate']:.2f}. Loss {now} of ln(classes) now, {last} in epoch 3. Size of z "
        f"by hidden layer: {', '.join(f'{each:.2g}' for each in sizes)}. {dead_told}; smallest "
        f"difference of units {gap} of the size, in layer {least + 1}."
    )


# ------------------------------------------------------------------------------------ the treatments


def copy(patient):
    """The patient with weights and biases of its own, to be changed."""
    return patient | {kind: [each.copy() for each in patient[kind]] for kind in ("weights", "biases")}


def with_fresh_weights(patient):
    """The patient with He weights and zero biases in all layers."""
    treated, generator = copy(patient), np.random.default_rng(0)
    for weights, bias in zip(treated["weights"], treated["biases"], strict=True):
        weights[...] = he(*weights.shape, generator, dtype=float)
        bias[...] = 0
    return treated


def with_fitting_treatment(case):
    """The case's patient, treated for what it has."""
    treated, generator, at = copy(case.patient), np.random.default_rng(0), case.layer - 1
    weights, biases = treated["weights"], treated["biases"]
    if case.condition == "no bend":
        treated["negative_slope"] = 0.0
    elif case.condition == "dead layer":
        biases[at][...] = 0
    elif case.condition == "alike":
        weights[at][...] = he(*weights[at].shape, generator, dtype=float)
    elif case.condition == "dying":
        dead = dead_units(treated["x"] @ weights[0] + biases[0])
        weights[0][:, dead] = he(len(weights[0]), dead.sum(), generator, dtype=float)
        biases[0][dead] = weights[1][dead] = 0
        treated["learning_rate"] = 0.02
    elif case.condition != clinic.HEALTHY:
        for each in weights[:-1]:
            each *= np.sqrt(2 / len(each)) / each.std()
    return treated


TREATMENTS = {
    "none": lambda case: case.patient,
    "a tenth of the rate": lambda case: case.patient | {"learning_rate": case.patient["learning_rate"] / 10},
    "slope 0.01": lambda case: case.patient | {"negative_slope": 0.01},
    "all weights fresh": lambda case: with_fresh_weights(case.patient),
    "what it needs": with_fitting_treatment,
}


@lru_cache
def course(illness, treatment):
    """The share right and the share of dead units in the worst layer, after 0 to 30 epochs: two arrays.

    NaN for the dead units when the numbers have overflowed.
    """
    patient = TREATMENTS[treatment](ward("A")[_place("A", illness)])
    network, found = clinic.network_of(patient), []

    def look():
        right = accuracy(network, patient["x"], patient["y"])
        network.forward(patient["x"])
        worst = max(dead_units(z).mean() for z in network.pre_activations)
        found.append((right, worst if np.isfinite(network.parameters).all() else np.nan))

    with np.errstate(all="ignore"):
        look()
        for _ in train(
            network, patient["x"], patient["y"], loss="softmax_cross_entropy", epochs=aftercare.EPOCHS,
            optimizer=SGD(patient["learning_rate"]), batch_size=clinic.BATCH,
            generator=np.random.default_rng(0),
        ):  # fmt: skip
            look()
    return np.array(found).T


def cures() -> Explorer:
    """One patient of each illness in ward A, under five treatments."""
    for illness in ILLNESSES:
        for treatment in TREATMENTS:
            course(illness, treatment)
    return Explorer(
        _cures,
        _cures_scene,
        {
            "illness": Choice("illness", ILLNESSES, "faint"),
            "treatment": Choice("treatment", tuple(TREATMENTS), "none"),
        },
        (
            Stop("Untreated, a faint network stays where it is.", {}),
            Stop("A tenth of the rate cures nobody.", {"treatment": "a tenth of the rate"}),
            Stop("Fresh weights help where the weights were ill.", {"treatment": "all weights fresh"}),
            Stop(
                "They do not help where the cause is another.",
                {"illness": "no bend", "treatment": "all weights fresh"},
            ),
        ),
    )


def _cures_scene():
    figure, (right, dead) = new_figure(1, 2, width=7.4, height=3.4)
    right.set(ylim=(0, 1.03), ylabel="share of its samples right", title="Learning")
    right.axhline(aftercare.ENOUGH, color=GREY, linestyle=":", linewidth=1.5)
    right.text(aftercare.EPOCHS, aftercare.ENOUGH - 0.02, "cured", color=GREY, ha="right", va="top")
    dead.set(ylim=(0, 1.03), ylabel="share of units dead", title="Worst hidden layer")
    for one in (right, dead):
        one.set(xlim=(-0.5, aftercare.EPOCHS + 0.5), xlabel="epochs of training")
    return figure


def _cures(figure, illness, treatment):
    right, dead = figure.axes
    shares, off = course(illness, treatment)
    right.plot(shares, color=BLUE, linewidth=2.2)
    right.plot(len(shares) - 1, shares[-1], "o", color=BLUE)
    dead.plot(off, color=ORANGE, linestyle="--", linewidth=2.2)
    dead.plot(0, off[0], "s", color=ORANGE)
    told = "cured" if shares[-1] >= aftercare.ENOUGH else "not cured"
    later = "then its numbers overflow"
    if not np.isnan(off[1]):
        later = f"{off[1]:.0%} after one epoch, {off[-1]:.0%} at the end"
    return (
        f"Illness '{illness}', treatment: {treatment}. Right: {shares[0]:.0%} at the start, {shares[-1]:.0%} "
        f"after {aftercare.EPOCHS} epochs, {told}. Dead in the worst hidden layer: {off[0]:.0%} at the "
        f"start, {later}."
    )


# ---------------------------------------------------------------------------------------- the pictures


def losses_picture(cases):
    """Return the figure of the losses of one ward, and its description."""
    figure, axes = new_figure(width=6.6, height=3.8)
    ends = []
    for case in cases:
        values = loss_share(case.patient)
        ends.append(values[-1])
        values = np.where(np.isfinite(values), np.minimum(values, 1.75), 1.75)
        axes.plot(range(4), values, "o-", color=BLUE, linewidth=1.3, markersize=4)
    order = np.argsort(np.nan_to_num(ends, nan=9))
    heights = []
    for place in order:
        wanted = min(float(np.nan_to_num(ends[place], nan=1.7)), 1.7)
        heights.append(max(wanted, heights[-1] + 0.085) if heights else wanted)
        axes.plot([3.03, 3.11], [wanted, heights[-1]], color=GREY, linewidth=0.8)
        axes.text(3.13, heights[-1], f"patient {place + 1}", va="center", fontsize=10, color=BLACK)
    axes.axhline(1, color=GREY, linestyle=":", linewidth=1.5)
    axes.set(xlim=(-0.15, 3.75), ylim=(0, 1.8), xlabel="epochs of further training")
    axes.set_xticks(range(4), ["now", "1", "2", "3"])
    axes.set(ylabel="loss as a share of ln(classes)\n(cut off at 1.75)")
    near = sum(0.8 < end < 1.3 for end in ends)
    return figure, (
        f"The losses of the {len(cases)} patients of a ward. In epoch 3, {near} of them are between 0.8 and "
        "1.3 times ln(classes)."
    )


# Where the diagnosis draws its lines; the last one lies left of the picture.
LINES_DRAWN = ((1 / aftercare.STEADY, aftercare.STEADY), (aftercare.MOST_DEAD,), ())


def signs_picture(found):
    """Return the figure of the signs of many patients, and its description.

    found: condition -> (patients, 3): last size / first size, largest dead share, least difference / size.
    """
    figure, axes = new_figure(1, 3, width=9.4, height=3.9, sharey=True)
    titles = ("size of z, last / first layer", "largest dead share", "least difference / size")
    for column, (one, title) in enumerate(zip(axes, titles, strict=True)):
        for row, (condition, values) in enumerate(found.items()):
            shown = np.maximum(values[:, column], 1e-4) if column == 2 else values[:, column]
            places = row + np.linspace(-0.25, 0.25, len(values))
            style = {"color": BLUE if condition == clinic.HEALTHY else ORANGE, "alpha": 0.6}
            one.plot(shown, places, "s" if condition == clinic.HEALTHY else "o", markersize=4, **style)
        one.set(xlabel=title, ylim=(len(found) - 0.5, -0.5))
        if column != 1:
            one.set_xscale("log")
            one.minorticks_off()
    for one, lines in zip(axes, LINES_DRAWN, strict=True):
        for line in lines:
            one.axvline(line, color=GREY, linestyle=":", linewidth=1.5)
    axes[0].set_yticks(range(len(found)), list(found))
    axes[2].set_xticks([1e-4, 1e-2, 1], ["≤ 10⁻⁴", "10⁻²", "1"])
    told = []
    for condition in ("faint", "exploding", "dying", "dead layer", "alike"):
        column = {"faint": 0, "exploding": 0, "alike": 2}.get(condition, 1)
        low, high = np.quantile(found[condition][:, column], (0, 1))
        told.append(f"{condition} {low:.2g} to {high:.2g} ({titles[column]})")
    told = "; ".join(told)
    return figure, f"One mark for each patient; squares are healthy ones, dotted the lines between. {told}."


def panaceas_picture(cured):
    """Return the figure of who is cured by what, and its description.

    cured: treatment -> illness -> (share of wards in which it cured).
    """
    figure, axes = new_figure(width=7.4, height=3.6)
    illnesses = list(next(iter(cured.values())))
    for (name, shares), style, marker in zip(cured.items(), LINES, "osD^", strict=False):
        row = [shares[each] for each in illnesses]
        offset = 0.16 * (list(cured).index(name) - (len(cured) - 1) / 2)
        places = np.arange(len(illnesses)) + offset
        axes.vlines(places, 0, row, color=style["color"], linestyle=style["linestyle"], linewidth=2)
        axes.plot(places, row, marker, color=style["color"], markersize=7, label=name)
    axes.set_xticks(range(len(illnesses)), illnesses)
    axes.set(ylim=(-0.03, 1.25), ylabel="share of patients cured")
    axes.set_yticks(np.arange(0, 1.1, 0.25))
    axes.legend(loc="upper left", ncols=len(cured), frameon=False, fontsize=9.5)
    told = "; ".join(
        f"{name.capitalize()}: " + ", ".join(f"{each} {share:.0%}" for each, share in shares.items())
        for name, shares in cured.items()
    )
    return figure, f"Share of the patients cured after {aftercare.EPOCHS} epochs, by treatment. {told}."


EXPLORERS = {"rounds": rounds, "cures": cures}
