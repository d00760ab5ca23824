"""The course's data: small, deterministic, and made without a network connection."""

import contextlib
import hashlib
import importlib.metadata
import io
import os
import random
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import platformdirs


@dataclass(frozen=True)
class Dataset:
    """Samples x (n, features) in float32 with labels y (n,) in int64: read-only arrays; use `.copy()` to
    change one.
    """

    name: str
    licence: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def __post_init__(self):
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            array.flags.writeable = False


@lru_cache
def digits(standardised=False):
    """Return scikit-learn's handwritten digits: 8 x 8 pixels, 10 classes, 1437 training and 360 test samples.

    The pixels are whole numbers from 0 to 16. Standardised, each has mean 0 and standard deviation 1 over the
    training samples; pixels that are constant there become 0. The split is fixed and stratified by class.
    Source: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998; CC BY 4.0. The first process
    reads them from scikit-learn, which takes two seconds and 60 MiB to import; later ones have them from the
    user's cache folder, as with `mnist1d`.
    """
    x_train, y_train, x_test, y_test = _kept("digits", "scikit-learn", _split_digits)
    if standardised:
        mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
        varies = deviation > 0
        x_train, x_test = (
            np.divide(part - mean, deviation, out=np.zeros_like(part), where=varies)
            for part in (x_train, x_test)
        )
    return _dataset("digits", "CC BY 4.0", x_train, y_train, x_test, y_test)


@lru_cache
def mnist1d():
    """Return MNIST-1D: 40 values a sample, 10 classes, 4000 training and 1000 test samples.

    Source: Greydanus & Kobak 2024, "Scaling down deep learning with MNIST-1D"; Apache-2.0. The `mnist1d`
    package generates it from a fixed seed in about two seconds, once: later processes read it from the
    user's cache folder, where a damaged or unwritable file costs only those seconds.
    """
    return _dataset("MNIST-1D", "Apache-2.0", *_kept("mnist1d", "mnist1d", _generate_mnist1d))


def mnist1d_draw(generator, train=3000, test=1000):
    """Return MNIST-1D drawn anew, so many training and test samples: about a second for 4000, kept nowhere.

    generator: a numpy.random.Generator, of which one number is taken. The classes are equally frequent in all
    samples together. Raises ValueError where these are not a multiple of 10, or a part is empty.
    """
    if min(train, test) < 1 or (train + test) % 10:
        raise ValueError(
            f"train and test must be above 0 and add up to a multiple of 10, not {train}, {test}."
        )
    x_train, y_train, x_test, y_test = _generate_mnist1d(
        num_samples=train + test, seed=int(generator.integers(2**32))
    )
    x, y = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    return _dataset("MNIST-1D", "Apache-2.0", x[:train], y[:train], x[train:], y[train:])


def circles(n, generator, noise=0.1):
    """Return n points on two rings around the origin, of radius 1 (label 0) and 1/2 (label 1).

    noise: the standard deviation of the normal error of each coordinate. The labels alternate, so that each
    ring has half of the points (the outer one has one more if n is odd). Returns x (n, 2) float32 and labels
    (n,) int64, as new arrays.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}.")
    labels = np.arange(n) % 2
    angle = generator.uniform(0, 2 * np.pi, n)
    radius = 1 - labels / 2
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    x += noise * generator.standard_normal((n, 2))
    return x.astype(np.float32), labels


CURVES = MappingProxyType(
    {
        "sine": lambda x: np.sin(3 * x),
        "absolute": np.abs,
        "square": np.square,
        "step": lambda x: np.where(x < 0, -1.0, 1.0),
        "bump": lambda x: np.exp(-4 * x**2),
    }
)
"""Functions of one variable to approximate on an interval such as [-2, 2]."""


def curve(name, n=200, low=-2.0, high=2.0):
    """Return n evenly spaced x from low to high and CURVES[name](x): new float32 arrays (n, 1)."""
    if name not in CURVES:
        raise ValueError(f"There is no curve named {name!r}; choose one of: {', '.join(CURVES)}.")
    x = np.linspace(low, high, n)[:, None]
    return x.astype(np.float32), CURVES[name](x).astype(np.float32)


def _dataset(name, licence, x_train, y_train, x_test, y_test):
    x_train, x_test = (np.array(x, np.float32) for x in (x_train, x_test))
    y_train, y_test = (np.array(y, np.int64) for y in (y_train, y_test))
    return Dataset(name, licence, x_train, y_train, x_test, y_test)


def _split_digits():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=360, stratify=y, random_state=0)
    return x_train, y_train, x_test, y_test


def _generate_mnist1d(**changes):
    # The package reseeds the global generators: the caller's go on as if nothing had happened.
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            # Imported here: it brings requests and pyplot along, and takes more than a second.
            from mnist1d.data import get_dataset_args, make_dataset

            arguments = get_dataset_args()
            vars(arguments).update(changes)
            made = make_dataset(arguments)
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
    x_train, x_test = made["x"].astype(np.float32), made["x_test"].astype(np.float32)
    return x_train, made["y"].astype(np.int64), x_test, made["y_test"].astype(np.int64)


def _kept(name, package, make):
    """Return the four arrays that make() gives with this version of the package, from the cache if there."""
    version = importlib.metadata.version(package)
    path = Path(platformdirs.user_cache_dir("relu-course")) / f"{name}-{version}.npz"
    arrays = _read_cache(path)
    if arrays is None:
        arrays = make()
        _write_cache(path, arrays)
    return arrays


def _digest(arrays):
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def _read_cache(path):
    """Return the four arrays, or None where the file is missing, unreadable, or not what was written."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = tuple(stored[f"arr_{i}"] for i in range(4))
            return arrays if str(stored["digest"]) == _digest(arrays) else None
    except Exception:  # a damaged zip file fails in many ways, and each means: generate again
        return None


def _write_cache(path, arrays):
    """Write through a temporary file, so that nobody reads half a file; a failure is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, *arrays, digest=_digest(arrays))
        try:
            os.replace(file.name, path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
