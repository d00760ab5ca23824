"""The activations give what PyTorch gives: live where it is installed, and by numbers that it once gave."""

import json
from pathlib import Path

import numpy as np
import pytest

from utils.activations import ACTIVATIONS

STORED = json.loads((Path(__file__).parent / "pytorch" / "activations.json").read_text(encoding="utf-8"))
POINTS = np.array(STORED["points"].split(), np.float64)
METHODS = ("__call__", "derivative")
DECLARED = {("hardswish", -3.0): 0.0, ("hardswish", 3.0): 1.0}
"""Slopes at a kink where the course has another convention than PyTorch, which takes the inner piece's."""


@pytest.fixture(params=ACTIVATIONS)
def name(request):
    return request.param


def assert_same(name, method, x, theirs, tolerance):
    ours = getattr(ACTIVATIONS[name], method)(x)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(x))
    # PyTorch has some 0 * inf far out, and some slopes that are numbers at NaN.
    known = ~np.isnan(x) & ~((np.abs(x) >= 1e30) & np.isnan(theirs))
    if method == "derivative":
        for (other, point), slope in DECLARED.items():
            if other == name:
                assert np.all(ours[x == point] == slope)
                known &= x != point
    np.testing.assert_allclose(ours[known], theirs[known], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("place", [0, 1], ids=METHODS)
def test_agrees_with_stored_numbers(name, place):
    theirs = np.array(STORED[name][place].split(), np.float64)
    assert len(theirs) == len(POINTS) > 30
    assert_same(name, METHODS[place], POINTS, theirs, 1e-14)


def test_the_stored_points_are_those_that_matter():
    for point in (0, -3, 3, 6, np.inf, -np.inf, 1e30, -1e30):
        assert point in POINTS
    assert np.isnan(POINTS).any() and np.signbit(POINTS[POINTS == 0]).tolist() == [True, False]


@pytest.mark.filterwarnings("ignore:overflow")  # the square of 1e30 in float32
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_pytorch_live(name, dtype):
    torch = pytest.importorskip("torch")
    from benchmarks.activations import pytorch_ways

    random = np.random.default_rng(0).normal(0, 3, 1000)
    x = np.concatenate([POINTS, random]).astype(dtype)
    x_tensor = torch.from_numpy(x)
    ways = pytorch_ways(x_tensor, torch.empty_like(x_tensor))[name]
    for method, way in zip(METHODS, ways, strict=True):
        assert_same(name, method, x, way().numpy(), 40 * np.finfo(dtype).eps)


def test_the_operators_are_those_of_autograd(name):
    """What the benchmark calls the derivative is what PyTorch's backward pass gives."""
    torch = pytest.importorskip("torch")
    from benchmarks.activations import pytorch_ways

    functional = torch.nn.functional
    public = {
        "identity": lambda x: x * 1,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "prelu": lambda x: functional.prelu(x, torch.full((1,), 0.25, dtype=x.dtype)),
        "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
        "squared_relu": lambda x: functional.relu(x) ** 2,
    }
    function = public.get(name) or getattr(functional, name)
    x = torch.from_numpy(np.random.default_rng(1).normal(0, 3, 500)).requires_grad_()
    value, derivative = pytorch_ways(x.detach(), torch.empty(500, dtype=x.dtype))[name]
    y = function(x)
    torch.testing.assert_close(value(), y.detach())
    torch.testing.assert_close(derivative(), torch.autograd.grad(y.sum(), x)[0])


def test_the_benchmark_measures_every_activation_on_both_sides(monkeypatch, capsys):
    pytest.importorskip("torch")
    from benchmarks import activations as program

    monkeypatch.setattr(program, "SIZES", (50_000, 100_000))
    program.main(seconds=0)
    lines = capsys.readouterr().out.splitlines()
    for each in ACTIVATIONS:
        rows = [line for line in lines if line.startswith(f"| {each} |")]
        assert len(rows) == 2 and all(row.count("|") == 9 for row in rows)
