"""The activations beside PyTorch (one thread) and beside a memory copy: value and derivative, float32.

The sides take turns and write into arrays that are there already. PyTorch's derivative is the backward pass
alone: the operator that its autograd calls, with an upstream of ones.
"""

import time

import numpy as np

from utils.activations import ACTIVATIONS
from utils.aligned import aligned_zeros

SIZES = (10**3, 10**5, 10**7)
SLOPES = {"relu": 0.0, "leaky_relu": 0.01, "prelu": 0.25, "rrelu": (1 / 8 + 1 / 3) / 2}
SELU = 1.6732632423543772, 1.0507009873554805
NEW_ARRAYS = {("mish", "derivative"), ("hardswish", "derivative")}
"""What makes a new array each time, on both sides: PyTorch has no operator that fills a ready one."""

POINTS = (
    "-inf -1e30 -10000.0 -100.0 -40.0 -20.0 -8.0 -6.0 -4.0 -3.0 -2.0 -1.0 -0.5 -0.1 -1e-08 -1e-300 -0.0 "
    "0.0 1e-300 1e-08 0.1 0.5 1.0 2.0 3.0 4.0 6.0 8.0 20.0 39.0 100.0 10000.0 1e+30 inf nan"
)

LIMIT = 1.5
TWO_PASSES = "two passes, PyTorch one"
WHY = {
    "sigmoid": "NumPy's `exp` alone takes PyTorch's time; PyTorch's derivative begins from the value it kept",
    "tanh": "seven passes with an `exp`; PyTorch's derivative begins from the value it kept",
    "relu": "in the cache NumPy's `maximum` is slower than PyTorch's; the derivative is two passes",
    "leaky_relu": TWO_PASSES,
    "prelu": TWO_PASSES,
    "rrelu": TWO_PASSES,
    "elu": "the derivative is two passes, PyTorch's one",
    "celu": "the derivative is two passes, PyTorch's one",
    "selu": "eight passes with an `exp`, PyTorch one",
    "gelu": "SciPy's `ndtr` works number by number",
    "gelu_tanh": "ten and fourteen passes, PyTorch one",
    "silu": "NumPy's `exp` alone takes PyTorch's time; six and seven passes",
    "softplus": "the derivative is four passes with an `exp`, PyTorch's one",
    "relu6": "the derivative is five passes, PyTorch's one",
    "hardswish": "five and six passes, PyTorch one",
    "squared_relu": "in the cache NumPy's `maximum` is slower than PyTorch's",
}
"""Where the course takes more than LIMIT times PyTorch's time: found with a profile of each step."""


def pytorch_ways(x, out):
    """For each activation two functions without arguments, value and derivative: they return a tensor.

    It is out, but for what stands in NEW_ARRAYS.
    """
    import torch

    aten, native = torch.ops.aten, torch._C._nn  # of native's functions torch.nn.functional is made
    ones, backward = torch.ones_like(x), {"grad_input": out}
    # From these, which the forward pass keeps, the backward pass begins.
    share, bounded, positive = torch.sigmoid(x), torch.tanh(x), torch.relu(x)

    def elu(*parameters):
        return (
            lambda: native.elu(x, *parameters, out=out),
            lambda: aten.elu_backward.grad_input(ones, *parameters, False, x, **backward),
        )

    def two_slopes(slope):  # prelu and rrelu are leaky_relu with other slopes, on both sides
        return (
            lambda: native.leaky_relu(x, slope, out=out),
            lambda: aten.leaky_relu_backward.grad_input(ones, x, slope, False, **backward),
        )

    def gelu(approximate):
        return (
            lambda: native.gelu(x, approximate=approximate, out=out),
            lambda: aten.gelu_backward.grad_input(ones, x, approximate=approximate, **backward),
        )

    def squared_relu():
        torch.clamp_min(x, 0, out=out)
        return torch.mul(out, out, out=out)

    def squared_relu_backward():
        torch.mul(positive, 2, out=out)
        torch.mul(out, ones, out=out)
        return aten.threshold_backward.grad_input(out, x, 0, **backward)

    return {
        "identity": (lambda: out.copy_(x), lambda: out.copy_(ones)),
        "sigmoid": (
            lambda: torch.sigmoid(x, out=out),
            lambda: aten.sigmoid_backward.grad_input(ones, share, **backward),
        ),
        "tanh": (
            lambda: torch.tanh(x, out=out),
            lambda: aten.tanh_backward.grad_input(ones, bounded, **backward),
        ),
        "relu": (
            lambda: torch.clamp_min(x, 0, out=out),
            lambda: aten.threshold_backward.grad_input(ones, x, 0, **backward),
        ),
        **{name: two_slopes(slope) for name, slope in SLOPES.items() if slope},
        "elu": elu(1.0, 1.0, 1.0),
        "celu": elu(1.0, 1.0, 1.0),
        "selu": elu(*SELU, 1.0),
        "gelu": gelu("none"),
        "gelu_tanh": gelu("tanh"),
        "silu": (
            lambda: native.silu(x, out=out),
            lambda: aten.silu_backward.grad_input(ones, x, **backward),
        ),
        "mish": (lambda: native.mish(x, out=out), lambda: aten.mish_backward(ones, x)),
        "softplus": (
            lambda: native.softplus(x, 1.0, 40.0, out=out),
            lambda: aten.softplus_backward.grad_input(ones, x, 1.0, 40.0, **backward),
        ),
        "relu6": (
            lambda: native.hardtanh(x, 0.0, 6.0, out=out),
            lambda: aten.hardtanh_backward.grad_input(ones, x, 0.0, 6.0, **backward),
        ),
        "hardswish": (lambda: native.hardswish(x, out=out), lambda: aten.hardswish_backward(ones, x)),
        "squared_relu": (squared_relu, squared_relu_backward),
    }


def course_ways(name, x, out):
    """The same of the course: value and derivative."""
    activation = ACTIVATIONS[name]
    ready = None if (name, "derivative") in NEW_ARRAYS else out
    return lambda: activation(x, out=out), lambda: activation.derivative(x, out=ready)


def in_turn(ways, seconds, calls):
    """Return the seconds of a call, (rounds, ways), at least seven rounds; the first one does not count."""
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 8:
        row = []
        for way in ways:
            start = time.perf_counter()
            for _ in range(calls):
                way()
            row.append((time.perf_counter() - start) / calls)
        times.append(row)
    return np.array(times[1:])


def measure(size, seconds):
    """Yield what was measured and its seconds a call, (rounds, ways).

    First three other ways to walk through the numbers: a copy into a ready array, a copy into a new one, and
    the product of a derivative and an upstream. Then, for each activation, a copy, the course's value,
    PyTorch's, the course's derivative, and PyTorch's.
    """
    import torch

    # Side by side in one array, some would begin within a line of the cache, and both sides suffer from it.
    x, copied, filled, filled_by_pytorch = (aligned_zeros((size,), np.float32) for _ in range(4))
    x[...] = np.random.default_rng(0).standard_normal(size, np.float32)
    theirs = pytorch_ways(torch.from_numpy(x), torch.from_numpy(filled_by_pytorch))
    calls = max(1, 10**5 // size)

    def copy():
        np.copyto(copied, x)

    walks = copy, lambda: x.copy(), lambda: np.multiply(filled, x, out=copied)
    yield "walks", in_turn(walks, seconds, calls)
    for name in ACTIVATIONS:
        (value, derivative), (its_value, its_derivative) = course_ways(name, x, filled), theirs[name]
        yield name, in_turn((copy, value, its_value, derivative, its_derivative), seconds, calls)


def row(name, size, times):
    """One row of a table: of value and derivative the nanoseconds a number and two ratios, and the reason."""
    copy, *ours_and_theirs = times.T
    cells, slow = [], False
    for ours, theirs in (ours_and_theirs[:2], ours_and_theirs[2:]):
        ratio = np.median(ours / theirs)
        slow |= ratio > LIMIT
        cells += [f"{np.median(ours) / size * 1e9:.2f}", f"{np.median(ours / copy):.1f}", f"**{ratio:.2f}**"]
    why = "" if not slow else "calls of NumPy" if size == SIZES[0] else WHY.get(name, "not looked into")
    return f"| {name} | {' | '.join(cells)} | {why} |"


def main(seconds=1.5):
    """Print a table for each size."""
    try:
        import torch
    except ImportError:
        raise SystemExit("This part compares with PyTorch: pip install -e .[benchmarks]") from None
    torch.set_num_threads(1)
    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}; medians over alternating rounds.")
    print("Nanoseconds a number, and ratios: how many times as long as a copy, and as PyTorch.")
    for size in SIZES:
        for name, times in measure(size, seconds):
            if name == "walks":
                copy, new, product = np.median(times, axis=0) / size * 1e9
                print(f"\n{size:,} numbers. A copy takes {copy:.2f} ns a number, into a new array {new:.2f},")
                print(f"the product of a derivative and an upstream {product:.2f}.\n")
                print("| | value, ns | / copy | / PyTorch | derivative, ns | / copy | / PyTorch | why |")
                print("|---|---|---|---|---|---|---|---|")
            else:
                print(row(name, size, times), flush=True)


def reference():
    """What PyTorch gives in float64 at POINTS, for the tests.

    Numbers are text, since JSON knows neither NaN nor infinity.
    """
    import torch

    x = torch.tensor([float(point) for point in POINTS.split()], dtype=torch.float64)
    return {
        "torch": torch.__version__,
        "points": POINTS,
        **{
            name: [" ".join(map(repr, way().tolist())) for way in ways]
            for name, ways in pytorch_ways(x, torch.empty_like(x)).items()
        },
    }
