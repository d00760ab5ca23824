"""The data: shapes, ranges and splits; equal in every process, without a download; nobody can change it."""

import hashlib
import random
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from utils import datasets
from utils.datasets import CURVES, circles, curve, digits, mnist1d_draw

ALONE = """
import hashlib, socket
import numpy as np

def refuse(*args, **kwargs):
    raise AssertionError("the data must be made without a network connection")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from utils.datasets import _generate_mnist1d
print(hashlib.sha256(b"".join(array.tobytes() for array in _generate_mnist1d())).hexdigest())
"""


@pytest.fixture(scope="module")
def generated():
    """MNIST-1D as this process makes it, and the states of the global generators before and after."""
    np.random.seed(5)  # noqa: NPY002
    random.seed(5)
    before = str(np.random.get_state()), random.getstate()  # noqa: NPY002
    arrays = datasets._generate_mnist1d()
    after = str(np.random.get_state()), random.getstate()  # noqa: NPY002
    return SimpleNamespace(arrays=arrays, before=before, after=after)


@pytest.fixture
def cache(tmp_path, monkeypatch, generated):
    """An empty cache folder, and a count of how often MNIST-1D was made anew."""
    made = []
    monkeypatch.setattr(datasets.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    monkeypatch.setattr(datasets, "_generate_mnist1d", lambda: made.append(1) or generated.arrays)
    datasets.mnist1d.cache_clear()
    yield SimpleNamespace(folder=tmp_path, made=made)
    datasets.mnist1d.cache_clear()


def test_digits_are_scikit_learns_in_a_fixed_stratified_split():
    data = digits()
    assert data.x_train.shape == (1437, 64) and data.x_test.shape == (360, 64)
    assert data.x_train.dtype == np.float32 and data.y_train.dtype == np.int64
    both = np.concatenate([data.x_train, data.x_test])
    assert set(np.unique(both)) == set(range(17))
    x, y = load_digits(return_X_y=True)
    split = sorted(zip(both.tolist(), np.concatenate([data.y_train, data.y_test]).tolist(), strict=True))
    assert split == sorted(zip(x.tolist(), y.tolist(), strict=True))
    for label in range(10):
        assert abs((data.y_test == label).sum() - (y == label).sum() * 360 / 1797) < 1


def test_standardised_digits_are_the_same_samples_at_mean_0_and_deviation_1():
    raw, data = digits(), digits(standardised=True)
    np.testing.assert_array_equal(data.y_train, raw.y_train)
    mean, deviation = raw.x_train.mean(axis=0, dtype=float), raw.x_train.std(axis=0, dtype=float)
    varies = deviation > 0
    assert 55 < varies.sum() < 64
    np.testing.assert_allclose(data.x_train[:, varies].mean(axis=0, dtype=float), 0, atol=1e-6)
    np.testing.assert_allclose(data.x_train[:, varies].std(axis=0, dtype=float), 1, rtol=1e-5)
    assert not data.x_train[:, ~varies].any() and not data.x_test[:, ~varies].any()
    expected = (raw.x_test[:, varies] - mean[varies]) / deviation[varies]
    np.testing.assert_allclose(data.x_test[:, varies], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("part", ["x_train", "y_train", "x_test", "y_test"])
def test_what_all_share_nobody_can_change(part):
    assert digits() is digits()
    with pytest.raises(ValueError, match="read-only"):
        getattr(digits(), part)[0] = 1


def test_mnist1d_has_its_published_shape_and_scale(generated, cache):
    data = datasets.mnist1d()
    assert data.x_train.shape == (4000, 40) and data.x_test.shape == (1000, 40)
    assert data.x_train.dtype == np.float32 and data.y_test.dtype == np.int64
    both = np.concatenate([data.x_train, data.x_test]).astype(float)
    assert both.mean() == pytest.approx(0, abs=1e-6) and both.std() == pytest.approx(1, rel=1e-6)
    assert np.bincount(np.concatenate([data.y_train, data.y_test])).tolist() == [500] * 10
    with pytest.raises(ValueError, match="read-only"):
        data.x_train[0] = 1


def test_mnist1d_leaves_the_global_generators_alone(generated):
    assert generated.before == generated.after


def test_mnist1d_is_the_same_in_another_process_without_a_network(generated):
    other = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    own = hashlib.sha256(b"".join(array.tobytes() for array in generated.arrays)).hexdigest()
    assert other.stdout.split() == [own]


def test_a_fresh_draw_is_new_samples_of_the_same_kind(generated):
    np.random.seed(5)  # noqa: NPY002
    before = str(np.random.get_state())  # noqa: NPY002
    first, again, other = (mnist1d_draw(np.random.default_rng(seed), 70, 30) for seed in (1, 1, 2))
    assert str(np.random.get_state()) == before  # noqa: NPY002
    assert first.x_train.shape == (70, 40) and first.x_test.shape == (30, 40)
    assert first.x_train.dtype == np.float32 and first.y_test.dtype == np.int64
    assert np.bincount(np.concatenate([first.y_train, first.y_test])).tolist() == [10] * 10
    for part in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
    known = {sample.tobytes() for x in (generated.arrays[0], generated.arrays[2]) for sample in x}
    drawn = {
        sample.tobytes() for x in (first.x_train, first.x_test, other.x_train, other.x_test) for sample in x
    }
    assert len(drawn) == 200 and not known & drawn


@pytest.mark.parametrize("sizes", [(70, 35), (0, 10), (10, 0), (20, -10)])
def test_a_draw_of_impossible_size_gets_a_sentence(sizes):
    with pytest.raises(ValueError, match="multiple of 10"):
        mnist1d_draw(np.random.default_rng(0), *sizes)


def test_mnist1d_is_made_once_and_then_read(cache):
    first = datasets.mnist1d()
    datasets.mnist1d.cache_clear()
    again = datasets.mnist1d()
    assert cache.made == [1]
    np.testing.assert_array_equal(first.x_train, again.x_train)
    np.testing.assert_array_equal(first.y_test, again.y_test)


def truncate(file):
    file.write_bytes(file.read_bytes()[:1000])


def empty(file):
    file.write_bytes(b"")


def change_values(file):
    with np.load(file) as stored:
        arrays = dict(stored)
    arrays["arr_0"] = arrays["arr_0"] + 1
    np.savez(file, **arrays)


@pytest.mark.parametrize("damage", [truncate, empty, change_values])
def test_a_damaged_cache_is_made_anew(cache, damage):
    whole = datasets.mnist1d().x_train
    (file,) = cache.folder.rglob("*.npz")
    damage(file)
    datasets.mnist1d.cache_clear()
    np.testing.assert_array_equal(datasets.mnist1d().x_train, whole)
    assert cache.made == [1, 1]
    datasets.mnist1d.cache_clear()
    datasets.mnist1d()
    assert cache.made == [1, 1], "the new file must be whole again"


def test_a_folder_that_cannot_be_written_costs_only_time(cache):
    (cache.folder / "relu-course").write_text("a file where the folder should be", encoding="utf-8")
    assert datasets.mnist1d().x_train.shape == (4000, 40)
    assert cache.made == [1]


def test_circles_lie_on_their_rings():
    x, labels = circles(1001, np.random.default_rng(0), noise=0.0)
    assert x.shape == (1001, 2) and x.dtype == np.float32 and labels.dtype == np.int64
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.where(labels == 0, 1, 0.5), rtol=1e-6)
    assert labels.sum() == 500
    np.testing.assert_array_equal(x, circles(1001, np.random.default_rng(0), noise=0.0)[0])
    noisy, _ = circles(1001, np.random.default_rng(0), noise=0.1)
    assert (noisy - x).std() == pytest.approx(0.1, rel=0.1)
    with pytest.raises(ValueError, match="at least 1"):
        circles(0, np.random.default_rng(0))


@pytest.mark.parametrize("name", CURVES)
def test_curves_are_columns_of_their_function(name):
    x, y = curve(name, n=5, low=-1, high=3)
    assert x.shape == y.shape == (5, 1) and x.dtype == y.dtype == np.float32
    assert x.ravel().tolist() == [-1, 0, 1, 2, 3]
    plain = {
        "sine": np.sin([-3, 0, 3, 6, 9]),
        "absolute": [1, 0, 1, 2, 3],
        "square": [1, 0, 1, 4, 9],
        "step": [-1, 1, 1, 1, 1],
        "bump": np.exp([-4, 0, -4, -16, -36]),
    }
    np.testing.assert_allclose(y.ravel(), plain[name], rtol=1e-6)


def test_an_unknown_curve_gets_a_sentence():
    with pytest.raises(ValueError, match=r"no curve named 'sinus'.*sine"):
        curve("sinus")


def test_digits_are_split_once_and_then_read(tmp_path, monkeypatch):
    made = []
    arrays = datasets._split_digits()
    monkeypatch.setattr(datasets.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    monkeypatch.setattr(datasets, "_split_digits", lambda: made.append(1) or arrays)
    digits.cache_clear()
    first = digits()
    digits.cache_clear()
    again, standardised = digits(), digits(standardised=True)
    digits.cache_clear()
    assert made == [1]
    np.testing.assert_array_equal(first.x_train, again.x_train)
    np.testing.assert_array_equal(first.y_test, again.y_test)
    np.testing.assert_array_equal(standardised.y_train, arrays[1])
