"""Lesson 14, part B: an MLP and a CNN in NumPy alone, scored on a draw of MNIST-1D that nobody has seen.

Labels are all that is judged. Other methods than networks reach the marks as well, and so do some networks
whose gradient is wrong (`benchmarks clinic`): the exercise says so.
"""

import functools
import hashlib

import numpy as np

from utils.compare import as_array
from utils.datasets import mnist1d_draw
from utils.networks import Network
from utils.optimizers import Adam
from utils.question import Mistake, Question
from utils.training import fit
from utils.words import kind

PARTS = "Build-and-predict"  # the anchor of the lesson's heading

CLASSES = 10
MLP_SHARE = 0.45
CNN_SHARE = 0.70
# Guessing gives 0.10, a linear classifier 0.25 to 0.34, an MLP 0.50 to 0.67: see `benchmarks clinic`.
_GUESSING = (0.0, 0.17)
_LINEAR = (0.17, 0.38)
_MLP = (0.45, 0.68)

_labels_of = {}  # the labels of every draw made so far in this process, a byte each


@functools.lru_cache(maxsize=16)
def _draw(seed):
    draw = mnist1d_draw(np.random.default_rng(seed))
    _labels_of[_digest(draw.x_test)] = draw.y_test.astype(np.int8)
    return draw


def _digest(x):
    return hashlib.sha256(x.tobytes()).digest()


def _cases(generator):
    """One draw, and a seed for the learner that says nothing of it."""
    draw = _draw(int(generator.integers(2**63)))
    return [(draw.x_train, draw.y_train, draw.x_test, int(generator.integers(10**6)))]


def _right_labels(x_train, y_train, x_test, seed):
    """Nothing is trained here: every answer is measured against the labels themselves."""
    return _labels_of[_digest(x_test)].astype(np.int64)


def _judged(value, arguments, threshold):
    """What an answer is, as a word, and a clause that says it."""
    x_train, _, x_test, _ = arguments
    labels, right = as_array(value), _right_labels(*arguments)
    if labels is None or labels.dtype.kind not in "iuf":
        return "something else", f"it returned {kind(value)}, expected {len(x_test)} labels"
    if labels.shape != right.shape:
        forms = {
            (len(x_train),): "labels of x_train",
            (len(x_test), 1): "a column",
            (CLASSES,): "one number a class",
            (len(x_test), CLASSES): "one-hot rows" if np.isin(labels, (0, 1)).all() else "logits",
            (): "one number",
        }
        wanted = f"expected an array of shape {right.shape}"
        return forms.get(labels.shape, "something else"), f"it returned {kind(value)}, {wanted}"
    if not np.isin(labels, range(CLASSES)).all():
        from_one = np.mean(labels - 1 == right) >= threshold
        found = (
            f"it returned numbers from {labels.min():g} to {labels.max():g}, expected whole ones from 0 to 9"
        )
        return "labels from one" if from_one else "something else", found
    if (labels == labels[0]).all():
        return "a constant", f"it gives all {len(labels)} test samples the label {labels[0]:g}"
    share = np.mean(labels == right)
    asked = f"at least {threshold:.0%} are asked"
    found = f"it labels {share:.1%} of the {len(right)} test samples rightly, and {asked}"
    if share >= threshold:
        return "right", found
    bands = {"guesses": _GUESSING, "a linear classifier's": _LINEAR, "an MLP's": _MLP}
    return next((name for name, (low, high) in bands.items() if low < share <= high), "too few"), found


def _compare_with(threshold):
    def compare(got, expected, arguments):
        """None when both are the same kind of answer: a right one, where the labels are expected."""
        name, clause = _judged(got, arguments, threshold)
        same = name == _judged(expected, arguments, threshold)[0] and name != "something else"
        return None if same else clause

    return compare


def _least_squares(x_train, y_train, x_test, seed):
    """A linear classifier, fitted without any training."""
    train, test = (np.column_stack([x, np.ones(len(x))]) for x in (x_train, x_test))
    weights = np.linalg.lstsq(train, np.eye(CLASSES)[y_train], rcond=None)[0]
    return (test @ weights).argmax(axis=1)


def _fully_connected(x_train, y_train, x_test, seed):
    generator = np.random.default_rng(seed)
    network = Network([x_train.shape[1], 64, CLASSES], generator=generator)
    run = {"loss": "softmax_cross_entropy", "optimizer": Adam(0.005), "epochs": 12, "batch_size": 100}
    fit(network, x_train, y_train, generator=generator, progress=False, **run)
    return network.forward(x_test).argmax(axis=1)


def _changed(change):
    """The mistake that turns the right labels into something else."""
    return lambda *given: change(_right_labels(*given), *given)


_ONE_HOT = _changed(lambda labels, *_: np.eye(CLASSES)[labels])

_FORMS = (
    Mistake(
        "for_x_train",
        lambda x_train, y_train, x_test, seed: y_train.copy(),
        "You return labels for `x_train`. Train on it, then predict the labels of `x_test`.",
    ),
    Mistake(
        "logits",
        _changed(lambda labels, *_: 5 * np.eye(CLASSES)[labels] - 1),
        "You return ten numbers for each sample. Its label is the place of the largest: "
        "`logits.argmax(axis=1)`.",
    ),
    Mistake(
        "one_hot",
        _ONE_HOT,
        "You return one-hot rows, ten numbers of which one is 1. Asked is the label, the place of the 1.",
    ),
    Mistake(
        "argmax_over_samples",
        lambda *given: _ONE_HOT(*given).argmax(axis=0),
        "You return one number for each class, not for each sample. Logits have the shape (n, 10): the "
        "largest is asked along axis 1, in each row.",
    ),
    Mistake(
        "column",
        _changed(lambda labels, *_: labels[:, None]),
        "You return a column of shape (n, 1). Asked is the shape (n,).",
    ),
    Mistake(
        "accuracy",
        lambda *given: 0.5,
        "You return one number. Asked are the labels that your network predicts, one for each row of "
        "`x_test`; how many are right is counted here.",
    ),
    Mistake(
        "from_one",
        _changed(lambda labels, *_: labels + 1),
        "Your labels go from 1 to 10, and are right but for that. The classes are counted from 0.",
    ),
)
_LEVELS = (
    Mistake(
        "constant",
        _changed(lambda labels, *_: np.full_like(labels, 0)),
        "Every sample gets the same label. Usual reasons: the logits are NaN, as after a step uphill or a "
        "learning rate that is far too large (the largest of NaNs is the first); the softmax is divided by "
        "sums along the wrong axis; all weights start at 0, so that ReLU passes no gradient; or all units of "
        "a layer died.",
    ),
    Mistake(
        "guessing",
        _changed(
            lambda labels, x_train, y_train, x_test, seed: np.random.default_rng(seed).permutation(labels)
        ),
        "Your labels are right about as often as guesses, one in ten. Usual reasons: x and y are put into "
        "different orders (draw one permutation, and use it for both); the gradient of the loss is wrong "
        "(the 1 is subtracted at each sample's own label: `p[np.arange(n), y] -= 1`); the step goes uphill; "
        "or the learning rate is far too small or too large. Print the loss after each epoch: it starts near "
        "ln 10 = 2.3.",
    ),
    Mistake(
        "linear",
        _least_squares,
        "Your labels are right about as often as a linear classifier's, which gets some 30 % here. Usual "
        "reasons: there is no ReLU between the layers, so that they are one linear layer; its mask is "
        "missing on the way back; the start weights are far too large; only the last layer is trained; or "
        "the training has hardly begun: more epochs, or a larger learning rate.",
    ),
)
_HINTS = (
    "Write one step first: forward pass, gradient of the loss for one batch, new parameters. Then see the "
    "loss of ten such steps on the *same* batch fall.",
    "The gradient of the mean softmax cross-entropy with respect to the logits is (softmax - one_hot) / n. "
    "From there go back layer by layer, as in lesson 3, with the batch's mask at each ReLU.",
)

TRAIN_MLP = Question(
    id="train_mlp",
    title="An MLP in NumPy",
    points=6,
    reference=_right_labels,
    cases=_cases,
    compare=_compare_with(MLP_SHARE),
    mistakes=(*_FORMS, *_LEVELS),
    hints=(
        *_HINTS,
        "It is enough: two hidden layers of 100 units, He's weights (variance 2 / fan_in), biases 0; 30 "
        "epochs in batches of 50, in a new random order in each; SGD with momentum 0.9 and learning rate "
        "0.05, or Adam with 0.001.",
    ),
    section=PARTS,
)

TRAIN_CNN = Question(
    id="train_cnn",
    title="A CNN in NumPy",
    points=8,
    reference=_right_labels,
    cases=_cases,
    compare=_compare_with(CNN_SHARE),
    mistakes=(
        *_FORMS,
        *_LEVELS,
        Mistake(
            "fully_connected",
            _fully_connected,
            "Your labels are right about as often as those of a fully connected network. Usual reasons: "
            "the layers are fully connected, and share nothing between places; the gradient through the "
            "windows is wrong, as with taps and channels in another order than forward (check it by "
            "differences); the start weights are too large (fan_in is kernel * channels); or the training is "
            "stopped too early: 20 epochs of Adam with 0.001 are hardly enough, 20 of momentum with 0.05 are "
            "more than enough.",
        ),
    ),
    hints=(
        *_HINTS,
        "A convolution is an affine layer that sees a window. With x of shape (n, length, channels), "
        "kernel 5 and stride 2, there are places = (length - 5) // 2 + 1, and tap t of all windows at once "
        "is `x[:, t : t + 2 * places - 1 : 2]`; put the five taps side by side, (n, places, 5 * channels), "
        "and multiply by weights of shape (5 * channels, units).",
        "Going back, the gradient of the five taps is added to where they came from, tap by tap: "
        "`gradient[:, t : t + 2 * places - 1 : 2] += …`. Windows overlap, so it must be `+=`. With an "
        "*array* of places in the brackets even `+=` adds only once where a place occurs twice; a slice for "
        "each tap is right, and so is `np.add.at`.",
        "It is enough: three such layers of 25 channels (40 values become 18, 7 and 2 places), He's weights "
        "with fan_in = 5 * channels, then one affine layer on the 50 numbers that are left; 20 epochs as for "
        "the MLP (with Adam a learning rate of 0.003).",
    ),
    section=PARTS,
)

QUESTIONS = (TRAIN_MLP, TRAIN_CNN)
