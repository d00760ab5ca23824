"""The clinic, part A: the vital signs of a network, what it has, and how it is treated."""

from functools import lru_cache

import numpy as np

from utils import aftercare, clinic
from utils.question import Mistake, Question

# The anchors of the lesson's headings.
SIGNS = "Which-sign-tells-which-illness"
TREATMENT = "A-treatment-changes-what-is-ill"


@lru_cache(maxsize=32)
def _ward(seed):
    return tuple(clinic.ward(seed))


def cases_of(generator):
    """The cases of a ward: the same for every question that asks with the same generator."""
    return _ward(int(generator.integers(2**32)))


def _patients(generator):
    return [(case.patient,) for case in cases_of(generator)]


def _patients_of_five_wards(generator):
    """One ward does not show every line that is drawn in the wrong place."""
    return [each for _ in range(5) for each in _patients(generator)]


# ------------------------------------------------------------------------------------------ vital_signs


def _signs(
    size=lambda z, a: np.sqrt(np.mean(z**2)),
    dead=lambda z: (z <= 0).all(axis=0).mean(),
    difference=lambda z: np.sqrt(np.mean((z - z.mean(axis=1, keepdims=True)) ** 2)),
    activation=lambda z, slope: np.where(z > 0, z, slope * z),
    last=-1,
):
    """The answer, or the one with the mistakes that the arguments make."""

    def vital_signs(patient):
        a, found = patient["x"], []
        for weights, bias in zip(patient["weights"], patient["biases"], strict=True):
            z = a @ weights + bias
            a = activation(z, patient["negative_slope"])
            found.append((size(z, a), dead(z), difference(z)))
        return tuple(np.array(each) for each in zip(*found[:last], strict=True))

    return vital_signs


def _examined(generator):
    """A network small enough to be examined by hand, then the patients of a ward with fewer samples."""
    by_hand = {
        "x": np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]]),
        "y": np.array([0, 1, 1]),
        "weights": [np.array([[1.0, -1.0], [2.0, -2.0]]), np.array([[1.0, -2.0], [3.0, 0.5]])],
        "biases": [np.array([0.0, -1.0]), np.array([0.0, 0.0])],
        "negative_slope": 0.5,
        "learning_rate": 0.1,
        "losses": np.array([1.0, 0.9, 0.8, 0.7]),
    }
    by_hand["weights"][0][0, 0] = -1.0
    few = [
        (case.patient | {"x": case.patient["x"][:50], "y": case.patient["y"][:50]},)
        for case in cases_of(generator)
    ]
    silent = few[0][0]
    biases = [np.zeros_like(each) for each in silent["biases"]]
    weights = [each.copy() for each in silent["weights"]]
    weights[0][:, ::3] = 0  # a third of the units have z = 0 for every sample
    return [(by_hand,), *few, (silent | {"weights": weights, "biases": biases},)]


VITAL_SIGNS = Question(
    id="vital_signs",
    title="Vital signs",
    points=4,
    reference=_signs(),
    cases=_examined,
    relative=1e-6,
    absolute=1e-9,
    mistakes=(
        Mistake(
            "standard_deviation",
            _signs(size=lambda z, a: z.std()),
            "Your sizes are standard deviations, distances from the mean. The size is the root of the mean "
            "square, the typical distance from 0.",
        ),
        Mistake(
            "mean_square",
            _signs(size=lambda z, a: np.mean(z**2)),
            "Your sizes are mean squares. The root is missing.",
        ),
        Mistake(
            "activations",
            _signs(size=lambda z, a: np.sqrt(np.mean(a**2))),
            "You measured the size of what the units hand on. Asked for is the size of the pre-activations "
            "z.",
        ),
        Mistake(
            "mean_of_absolute",
            _signs(size=lambda z, a: np.abs(z).mean()),
            "Your sizes are means of the absolute values. Take the root of the mean square.",
        ),
        Mistake(
            "mean",
            _signs(size=lambda z, a: z.mean()),
            "Your sizes are plain means, in which positive and negative numbers cancel. Take the root of the "
            "mean square.",
        ),
        Mistake(
            "entries",
            _signs(dead=lambda z: (z <= 0).mean()),
            "Your dead shares are the shares of all entries that are off. A unit is dead only if it is off "
            "for *all* samples; asked for is the share of such units.",
        ),
        Mistake(
            "one_sample",
            _signs(dead=lambda z: (z[0] <= 0).mean()),
            "Your dead shares look at the first sample only. About half of all ReLU units are off for any "
            "one sample: dead are those that are off for all.",
        ),
        Mistake(
            "any_sample",
            _signs(dead=lambda z: (z <= 0).any(axis=0).mean()),
            "You count the units that are off for at least one sample. Dead are those that are off for all.",
        ),
        Mistake(
            "strict",
            _signs(dead=lambda z: (z < 0).all(axis=0).mean()),
            "Your dead shares leave out units with z exactly 0. At 0, too, a unit is off.",
        ),
        Mistake(
            "samples",
            _signs(dead=lambda z: (z <= 0).all(axis=1).mean()),
            "Your dead shares went along the wrong axis: they say for which share of the samples all units "
            "are off. Rows of z are samples, columns are units.",
        ),
        Mistake(
            "count",
            _signs(dead=lambda z: (z <= 0).all(axis=0).sum()),
            "You return the numbers of dead units. Asked for are their shares of the layer's units.",
        ),
        Mistake(
            "between_samples",
            _signs(difference=lambda z: np.sqrt(np.mean((z - z.mean(axis=0)) ** 2))),
            "Your differences are those between the samples. Asked for are those between the *units*: "
            "subtract from each row of z the mean of that row.",
        ),
        Mistake(
            "from_everything",
            _signs(difference=lambda z: z.std()),
            "Your differences are distances from one mean, that of the whole layer. Then samples that differ "
            "make units look different that are all alike. Subtract from each row of z the mean of that row.",
        ),
        Mistake(
            "mean_deviation",
            _signs(difference=lambda z: z.std(axis=1).mean()),
            "For the differences you took the mean of each sample's standard deviation. Asked for is the "
            "root of the mean square over all samples and units, taken once at the end.",
        ),
        Mistake(
            "difference_without_root",
            _signs(difference=lambda z: z.var(axis=1).mean()),
            "Your differences are mean squares. The root is missing.",
        ),
        Mistake(
            "relu",
            _signs(activation=lambda z, slope: np.maximum(z, 0)),
            "You let every patient have ReLU. Below 0 a unit hands on `negative_slope` times z, and that is "
            "not 0 in all of them.",
        ),
        Mistake(
            "no_activation",
            _signs(activation=lambda z, slope: z),
            "You hand on z itself from layer to layer. A unit hands on z above 0, and `negative_slope` "
            "times z below.",
        ),
        Mistake(
            "with_output",
            _signs(last=None),
            "Your arrays have one entry too many: the last layer makes the output, and is no hidden layer.",
        ),
    ),
    hints=(
        "Go through the layers as in a forward pass, and keep z of each layer but the last. Each sign is one "
        "number for each z.",
        "z has a row for each sample and a column for each unit. Dead is a question to a column (lesson "
        "9), the difference between units one to a row: `z.mean(axis=1, keepdims=True)`.",
        "The root of a mean square: `np.sqrt(np.mean(something**2))`.",
    ),
    section=SIGNS,
    names=("sizes", "dead", "differences"),
)

# ----------------------------------------------------------------------------------------- name_illness


def _diagnosis(patient):
    return aftercare.diagnosis(patient)


def _with(change):
    """The right diagnosis, changed by change(illness, layer, patient)."""

    def name_illness(patient):
        return change(*aftercare.diagnosis(patient), patient)

    return name_illness


def _loss_alone(patient):
    losses = patient["losses"]
    if losses[0] > 20 or not np.isfinite(losses).all():
        return "exploding", 0
    return ("healthy" if losses[-1] < 0.9 * losses[0] else "faint"), 0


def _any_dead(illness, layer, patient):
    dead = _signs()(patient)[1]
    if illness in ("dead layer", "no bend"):
        return illness, layer
    return ("dying", int(dead.argmax()) + 1) if dead.any() else (illness, layer)


def _without(missing, instead="healthy"):
    return _with(lambda illness, layer, patient: (instead, 0) if illness == missing else (illness, layer))


NAME_ILLNESS = Question(
    id="name_illness",
    title="Name the illness",
    points=5,
    reference=_diagnosis,
    cases=_patients_of_five_wards,
    names=("illness", "layer"),
    mistakes=(
        Mistake(
            "loss_alone",
            _loss_alone,
            "You judge by the loss alone. It tells *that* a network does not learn; five different illnesses "
            "here have much the same losses. Look at the vital signs.",
        ),
        Mistake(
            "any_dead",
            _with(_any_dead),
            "You call every network with dead units dying. Some dead units are no illness: there are healthy "
            "networks with two fifths of a layer dead. Dying is who has next to none left.",
        ),
        Mistake(
            "any_slope",
            _with(
                lambda illness, layer, patient: (
                    ("no bend", 0) if patient["negative_slope"] else (illness, layer)
                )
            ),
            "You say of every slope but 0 that it is no bend. A slope of 0.1 or 0.3 below 0 bends, and "
            "healthy networks have it (leaky ReLU). No bend is a slope of 1, the same on both sides.",
        ),
        Mistake(
            "always_healthy",
            lambda patient: ("healthy", 0),
            "You call everybody healthy.",
        ),
        Mistake(
            "always_dying",
            lambda patient: ("dying", 1),
            "You call everybody dying.",
        ),
        Mistake(
            "dead_layer_is_dying",
            _with(lambda illness, layer, _: ("dying" if illness == "dead layer" else illness, layer)),
            "You call a layer in which *all* units are dead dying. That is the dead layer: nothing gets "
            "through it any more.",
        ),
        Mistake(
            "dying_is_dead_layer",
            _with(lambda illness, layer, _: ("dead layer" if illness == "dying" else illness, layer)),
            "You call a layer dead in which a few units still live. That is dying: the dead share is large, "
            "but not 1.",
        ),
        Mistake(
            "from_zero",
            _with(lambda illness, layer, _: (illness, max(layer - 1, 0))),
            "The illnesses are right; you count the layers from 0. The first hidden layer is 1 here, and 0 "
            "means no layer in particular.",
        ),
        Mistake(
            "no_layer",
            _with(lambda illness, layer, _: (illness, 0)),
            "The illnesses are right; you always return layer 0. Dead layer, dying and alike have a place.",
        ),
        Mistake(
            "swapped",
            _with(
                lambda illness, layer, _: (
                    {"faint": "exploding", "exploding": "faint"}.get(illness, illness),
                    layer,
                )
            ),
            "You have exchanged faint and exploding. Faint: the size falls from layer to layer. Exploding: "
            "it grows.",
        ),
        Mistake(
            "alike_missed",
            _without("alike"),
            "You call a network healthy in which all units of a layer are alike. Its sizes and dead shares "
            "are those of a healthy one: only the differences between units give it away.",
        ),
        Mistake(
            "no_bend_missed",
            _without("no bend"),
            "You call a network healthy that has no bend. Its vital signs are fine, for a linear network: "
            "look at `negative_slope`.",
        ),
        Mistake(
            "faint_missed",
            _without("faint"),
            "You call a faint network healthy. Compare the size in the last hidden layer with that in the "
            "first one.",
        ),
        Mistake(
            "exploding_missed",
            _without("exploding"),
            "You call an exploding network healthy. Compare the size in the last hidden layer with that in "
            "the first one.",
        ),
        Mistake(
            "dying_missed",
            _without("dying"),
            "You call a dying network healthy. Nearly all units of its layer are dead; the few that are left "
            "are not enough.",
        ),
        Mistake(
            "only_illness",
            lambda patient: aftercare.diagnosis(patient)[0],
            "You return the name alone. Asked for are two things, the illness and the layer: "
            "`return illness, layer`.",
        ),
    ),
    hints=(
        "Begin with what needs no number to be compared: the slope. Then the dead shares: exactly 1 is one "
        "illness, and nearly 1 another.",
        "A layer is alike if its difference between units is tiny *beside its size*. Rounding may leave "
        "something like 10⁻¹⁶, so do not ask for exactly 0.",
        "What is left is decided by one quotient: the size in the last hidden layer over that in the first. "
        "`array.argmax()` says at which place, from 0, the largest entry stands.",
    ),
    section=SIGNS,
)

# ------------------------------------------------------------------------------------------------ treat


def _copy(patient):
    treatment = {key: patient[key] for key in aftercare.PRESCRIBED}
    return treatment | {kind: [each.copy() for each in patient[kind]] for kind in ("weights", "biases")}


def _fresh(generator, shape):
    return generator.normal(0, np.sqrt(2 / shape[0]), shape)


def _redrawn(treatment, layers=None):
    """The treatment with fresh He weights and zero biases, in all layers or in these (from 0)."""
    generator = np.random.default_rng(0)
    for at in range(len(treatment["weights"])) if layers is None else layers:
        treatment["weights"][at] = _fresh(generator, treatment["weights"][at].shape)
        treatment["biases"][at] = np.zeros_like(treatment["biases"][at])
    return treatment


def _rescaled(treatment):
    """He's size for the weights of every hidden layer, with the random numbers that are there."""
    for weights in treatment["weights"][:-1]:
        weights *= np.sqrt(2 / len(weights)) / np.sqrt(np.mean(weights**2))
    return treatment


def _revived(treatment, patient):
    """Dead units of the first layer start anew: He weights, bias 0, outgoing weights 0."""
    (first, second), bias = treatment["weights"][:2], treatment["biases"][0]
    dead = (patient["x"] @ first + bias <= 0).all(axis=0)
    first[:, dead] = _fresh(np.random.default_rng(0), (len(first), dead.sum()))
    bias[dead], second[dead] = 0, 0
    return treatment


def _set(treatment, **values):
    return treatment | values


CURES = {
    "healthy": lambda treatment, patient, layer: treatment,
    "no bend": lambda treatment, patient, layer: _set(treatment, negative_slope=0.0),
    "dead layer": lambda treatment, patient, layer: _redrawn(treatment, [layer - 1]),
    "dying": lambda treatment, patient, layer: _set(_revived(treatment, patient), learning_rate=0.02),
    "alike": lambda treatment, patient, layer: _both_sides(treatment, layer),
    "faint": lambda treatment, patient, layer: _rescaled(treatment),
    "exploding": lambda treatment, patient, layer: _rescaled(treatment),
}


def _fresh_layer(treatment, layer):
    weights = treatment["weights"]
    weights[layer - 1] = _fresh(np.random.default_rng(0), weights[layer - 1].shape)
    return treatment


def _a_little_noise(treatment, patient, layer):
    weights = treatment["weights"][layer - 1]
    weights += 0.01 * _fresh(np.random.default_rng(0), weights.shape)
    return treatment


def _both_sides(treatment, layer):
    generator = np.random.default_rng(0)
    for at in (layer - 1, layer):
        treatment["weights"][at] = _fresh(generator, treatment["weights"][at].shape)
    return treatment


def _treat(**instead):
    """The answer, or the one in which some cures (with _ for a space in the name) are others."""
    cures = CURES | {name.replace("_", " "): cure for name, cure in instead.items()}

    def treat(patient):
        illness, layer = aftercare.diagnosis(patient)
        return cures[illness](_copy(patient), patient, layer)

    return treat


def _ill(cure):
    """One cure for all that are ill."""
    return _treat(**{name.replace(" ", "_"): cure for name in CURES if name != "healthy"})


def _alike(patient, got, expected):
    """Whether two treatments fail in the same way and change the same, in the same direction."""
    kinds = []
    for each in (got, expected):
        failure = aftercare.unfit(patient, each)
        if failure is None or failure[0] == "form":
            kinds.append(failure)
            continue
        rate = np.sign(each["learning_rate"] - patient["learning_rate"])
        slope = round(float(each["negative_slope"]), 3)
        kinds.append((failure[0], aftercare.changes(patient, each), float(rate), slope))
    return kinds[0] == kinds[1]


def _judged(got, expected, arguments):
    "The judge of a treatment: any that cures is right. A known mistake is one that fails in the same way."
    (patient,) = arguments
    if aftercare.unfit(patient, expected) is None:
        failure = aftercare.unfit(patient, got)
        return failure and f"it returned a treatment that does not work: {failure[1]}"
    return None if _alike(patient, got, expected) else "it returned another treatment"


TREAT = Question(
    id="treat",
    title="Treat it",
    points=7,
    reference=_treat(),
    cases=_patients,
    compare=_judged,
    mistakes=(
        Mistake(
            "nothing",
            _copy,
            "You leave every patient as it is. That is right for the healthy ones only.",
        ),
        Mistake(
            "lower_rate",
            lambda patient: _set(_copy(patient), learning_rate=patient["learning_rate"] / 10),
            "You give everybody a lower learning rate, and nothing else. It stops further harm where the "
            "rate was too large; it cures none of these illnesses, and the healthy ones did not need it.",
        ),
        Mistake(
            "lower_rate_for_ill",
            _ill(
                lambda treatment, patient, layer: _set(treatment, learning_rate=patient["learning_rate"] / 10)
            ),
            "You give every ill network a lower learning rate, and nothing else. It stops further harm where "
            "the rate was too large, but what has been done stays done.",
        ),
        Mistake(
            "leaky",
            lambda patient: _set(_copy(patient), negative_slope=0.01),
            "You give everybody leaky ReLU with slope 0.01. Through units that are off it passes a "
            "hundredth: too little to bring anybody back in time (lesson 9). And you changed healthy "
            "networks.",
        ),
        Mistake(
            "leaky_for_ill",
            _ill(lambda treatment, patient, layer: _set(treatment, negative_slope=0.01)),
            "You give every ill network leaky ReLU with slope 0.01. It mends a missing bend; for the "
            "others a hundredth is too little to bring them back in time (lesson 9).",
        ),
        Mistake(
            "fresh_everybody",
            lambda patient: _redrawn(_copy(patient)),
            "You draw fresh weights for everybody. A healthy network loses all that it has learnt by that, "
            "and an ill one what was still fit: change only what is ill.",
        ),
        Mistake(
            "fresh_ill",
            _ill(lambda treatment, patient, layer: _redrawn(treatment)),
            "You draw all weights of an ill network anew. Where one layer or some units are ill, the others "
            "are to be left as they are; and fresh weights mend neither a missing bend nor a learning rate.",
        ),
        Mistake(
            "he_for_all",
            lambda patient: _rescaled(_copy(patient)),
            "You rescale everybody's weights to He's size. That is the cure for faint and exploding "
            "networks; the others have another illness, or none.",
        ),
        Mistake(
            "revive_healthy",
            _treat(
                healthy=lambda treatment, patient, layer: (
                    _revived(treatment, patient) if len(treatment["weights"]) == 2 else treatment
                )
            ),
            "You revive the dead units of a healthy network. It does well without them: leave it as it is.",
        ),
        Mistake(
            "dying_rate_kept",
            _treat(dying=lambda treatment, patient, layer: _revived(treatment, patient)),
            "You revive the units of the dying network and leave the learning rate that killed them: they "
            "die again. Remove the cause, too.",
        ),
        Mistake(
            "dying_rate_only",
            _treat(dying=lambda treatment, patient, layer: _set(treatment, learning_rate=0.02)),
            "You lower the learning rate of the dying network, which removes the cause. Its dead units stay "
            "dead all the same: in the first layer they never return by themselves (lesson 9). Revive them.",
        ),
        Mistake(
            "dying_all_fresh",
            _treat(
                dying=lambda treatment, patient, layer: _set(
                    _redrawn(treatment, range(len(treatment["weights"]))), learning_rate=0.02
                )
            ),
            "You renew the whole dying network. Its living units have learnt something: leave them and what "
            "belongs to them, and renew the dead ones.",
        ),
        Mistake(
            "dead_layer_rate",
            _treat(
                dead_layer=lambda treatment, patient, layer: _set(
                    treatment, learning_rate=10 * patient["learning_rate"]
                )
            ),
            "You give the network with the dead layer a larger learning rate. The gradient of that layer is "
            "exactly 0, and no rate makes a step of it. Mend the layer's own numbers.",
        ),
        Mistake(
            "alike_little_noise",
            _treat(alike=_a_little_noise),
            "You add a little noise to the weights of the units that are alike. They differ then, but by so "
            "little that 30 epochs do not drive them far enough apart. Draw fresh weights of He's size.",
        ),
        Mistake(
            "dead_layer_weights",
            _treat(dead_layer=lambda treatment, patient, layer: _fresh_layer(treatment, layer)),
            "You draw fresh weights for the dead layer and leave its biases, which hold it down: they lie "
            "below all that its inputs can bring.",
        ),
        Mistake(
            "alike_scaled",
            _treat(alike=lambda treatment, patient, layer: _rescaled(treatment)),
            "You rescale the network whose units are alike. Times a number, equal units stay equal. Only "
            "different random numbers make them different.",
        ),
        Mistake(
            "faint_rate",
            _treat(
                faint=lambda treatment, patient, layer: _set(
                    treatment, learning_rate=1000 * patient["learning_rate"]
                )
            ),
            "You give the faint network a larger learning rate. Its last biases see a gradient of ordinary "
            "size, and take far too long steps. The signal must be mended: rescale the weights.",
        ),
        Mistake(
            "part_of_it",
            lambda patient: {key: _copy(patient)[key] for key in ("weights", "biases")},
            "Your dictionary has no learning rate or slope in it. Return all four, also those that stay.",
        ),
    ),
    hints=(
        'Begin with copies of the four things: `[each.copy() for each in patient["weights"]]`. A healthy '
        "patient gets them back as they are.",
        "For each illness ask which numbers are wrong: a slope, a layer's biases, the sizes of all "
        "weights, the units of one layer and their outgoing weights, or some units and the rate that "
        "killed them.",
        "He's size: multiply a layer's weights by `np.sqrt(2 / fan_in) / weights.std()`. Fresh weights: "
        "`np.random.default_rng(0).normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))`.",
        "A layer that is dead has biases far below 0: 0 is where biases start. In `weights[layer - 1]` "
        "come a layer's incoming weights, in `weights[layer]` the outgoing ones.",
    ),
    section=TREATMENT,
)

QUESTIONS = (VITAL_SIGNS, NAME_ILLNESS, TREAT)
