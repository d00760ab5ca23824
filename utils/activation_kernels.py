"""What each activation computes: kernels for its value and its derivative, without temporaries where simple.

A kernel fills out from x, both float32 or float64 and of one shape. Since out may be x, the last reading of x
is never after the first writing of out. np.minimum and np.maximum, unlike np.where, pass NaN on, and on mixed
signs they are about ten times faster in large arrays; x.clip sets both bounds in one pass.

What takes several passes over the numbers runs ``in_blocks``: a pass through memory takes as long as an exp.

A function that takes parameters, or none, returns the kernels of f and f', the kinks, and f'(0) where there
is a kink at 0, else None.
"""

import math

import numpy as np

BLOCK = 1 << 15
"""So many numbers at a time: with a kernel's temporaries they fit in the cache of a processor's core."""

# A ufunc starts sooner with these than with Python's numbers, which small layers notice.
_ZERO, _ONE = np.array(0, np.float32), np.array(1, np.float32)


def in_blocks(kernel):
    """The same kernel for arrays of any size: large ones in blocks, each of which stays in the cache."""

    def blocked(x, out):
        if x.size <= BLOCK or not (x.flags.c_contiguous and out.flags.c_contiguous):
            kernel(x, out)
        elif x is not out and np.may_share_memory(x, out):  # a block might change the x of another one
            kernel(x, out)
        else:
            x, out = x.reshape(-1), out.reshape(-1)
            for start in range(0, x.size, BLOCK):
                block = slice(start, start + BLOCK)
                kernel(x[block], out[block])

    return blocked


def step(x, out):
    """1 where x > 0, else 0, NaN where x is NaN. (np.heaviside is several times slower.)"""
    x.clip(_ZERO, _ONE, out)  # before np.ceil, which makes -0.5 a zero with a sign
    np.ceil(out, out=out)


def one(x, out):
    x.clip(1, 1, out)  # NaN stays NaN


def identity():
    return lambda x, out: np.copyto(out, x), one, (), None


@in_blocks
def sigmoid(x, out):
    # e^x / (1 + e^x) is exact on the left; beyond 40 it is 1 in both precisions.
    np.minimum(x, 40, out=out)
    np.exp(out, out=out)
    np.divide(out, out + 1, out=out)


@in_blocks
def sigmoid_derivative(x, out):
    # e / (1 + e)^2 with e = e^-|x|, which s(1 - s) equals but for the cancellation on the right.
    np.absolute(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    below = out + 1
    out /= below
    out /= below


@in_blocks
def tanh_derivative(x, out):
    # 4e / (1 + e)^2 with e = e^(-2|x|), which 1 - tanh^2 equals but for the cancellation.
    np.absolute(x, out=out)
    out *= -2
    np.exp(out, out=out)
    below = out + 1
    out *= 4
    out /= below
    out /= below


def relu(x, out):
    np.maximum(x, _ZERO, out=out)


def two_slopes(slope):
    """1 on the right of 0 and slope on the left, for every slope. max(x, slope x) is that only up to 1."""
    if slope == 0:  # 0 * inf would be NaN
        return relu, in_blocks(step), (0.0,), 0.0

    @in_blocks
    def gentle(x, out):
        np.maximum(x, x * slope, out=out)

    @in_blocks
    def steep(x, out):
        left = np.minimum(x, 0)
        left *= slope
        np.maximum(x, 0, out=out)
        out += left

    @in_blocks
    def gentle_derivative(x, out):
        np.ceil(x, out=out)
        out.clip(slope, 1, out)

    @in_blocks
    def any_derivative(x, out):
        step(x, out)
        left = np.subtract(1, out)
        left *= slope
        out += left

    return (
        gentle if abs(slope) <= 1 else steep,
        gentle_derivative if 0 < slope <= 1 else any_derivative,
        () if slope == 1 else (0.0,),
        None if slope == 1 else slope,
    )


def rrelu(lower, upper):
    if lower > upper:
        raise ValueError(f"rrelu's lower must not be above its upper, but {lower} > {upper}.")
    return two_slopes((lower + upper) / 2)


def elu(alpha, scale=1.0):
    @in_blocks
    def value(x, out):
        left = np.minimum(x, 0)
        np.expm1(left, out=left)
        left *= alpha
        np.maximum(x, 0, out=out)
        out += left
        if scale != 1:
            out *= scale

    @in_blocks
    def derivative(x, out):
        right = np.empty_like(x)
        step(x, right)
        np.minimum(x, 0, out=out)
        np.exp(out, out=out)
        out -= right
        out *= alpha
        out += right
        if scale != 1:
            out *= scale

    if alpha == scale == 1:
        return celu(1.0)
    return value, derivative, (0.0,), alpha * scale


def celu(alpha):
    _require_positive("celu", "alpha", alpha)

    @in_blocks
    def value(x, out):
        # On the left the curve lies above x, on the right the other way round.
        curve = np.minimum(x, 0)
        if alpha != 1:
            curve /= alpha
        np.expm1(curve, out=curve)
        if alpha != 1:
            curve *= alpha
        np.maximum(x, curve, out=out)

    @in_blocks
    def derivative(x, out):
        np.minimum(x, 0, out=out)
        if alpha != 1:
            out /= alpha
        np.exp(out, out=out)

    return value, derivative, (), None


def normal_distribution(x):
    """The normal distribution function, accurate in its left tail."""
    from scipy.special import ndtr  # the slowest import of all, for what few need

    return ndtr(x)


def gelu():
    @in_blocks
    def value(x, out):
        share = normal_distribution(x)
        np.maximum(x, -1000, out=out)
        out *= share

    @in_blocks
    def derivative(x, out):
        share = normal_distribution(x)
        x.clip(-1000, 1000, out)
        density = out * out
        density *= -0.5
        np.exp(density, out=density)
        density *= 1 / math.sqrt(2 * math.pi)
        out *= density
        out += share

    return value, derivative, (), None


def gelu_tanh():
    # (1 + tanh u) / 2 is s = e / (1 + e) with e = e^2u, without the cancellation on the left.
    slope = 2 * math.sqrt(2 / math.pi)
    cubic = slope * 0.044715

    def powers(x):
        inside = x.clip(-1000, 10)  # from 10 on, s is 1 in both precisions
        square = inside * inside
        e = square * cubic
        e += slope
        e *= inside
        np.exp(e, out=e)
        return inside, square, e

    @in_blocks
    def value(x, out):
        _, below, e = powers(x)
        np.add(e, 1, out=below)
        e /= below
        np.maximum(x, -1000, out=out)
        out *= e

    @in_blocks
    def derivative(x, out):
        # s + x s' = s (1 + x (2u)' / (1 + e)), since s' = s (1 - s) (2u)'
        inside, square, e = powers(x)
        square *= 3 * cubic
        square += slope
        inside *= square
        below = np.add(e, 1, out=square)
        inside /= below
        inside += 1
        np.divide(e, below, out=out)
        out *= inside

    return value, derivative, (), None


def silu():
    @in_blocks
    def value(x, out):
        e = np.minimum(x, 40)
        np.exp(e, out=e)
        e /= e + 1
        np.maximum(x, -1000, out=out)
        out *= e

    @in_blocks
    def derivative(x, out):
        # s + x s (1 - s) = s (1 + x / (1 + e)) with s = e / (1 + e) and e = e^x: beyond 40 it is 1.
        x.clip(-1000, 40, out)
        e = np.exp(out)
        below = e + 1
        out /= below
        out += 1
        e /= below
        out *= e

    return value, derivative, (), None


def mish():
    # With w = e^x and n = w(w + 2), tanh(log(1 + w)) is n / (n + 2). Beyond 40 it is 1 in both precisions.
    def powers(x):
        w = np.minimum(x, 40)
        np.exp(w, out=w)
        n = w + 2
        n *= w
        return w, n

    @in_blocks
    def value(x, out):
        _, n = powers(x)
        np.maximum(x, -1000, out=out)
        n /= n + 2
        out *= n

    @in_blocks
    def derivative(x, out):
        # n / (n + 2) + 4 x w (1 + w) / (n + 2)^2
        w, n = powers(x)
        below = n + 2
        n /= below
        x.clip(-1000, 1000, out)
        out *= 4
        out *= w / below
        w += 1
        w /= below
        out *= w
        out += n

    return value, derivative, (), None


def softplus(beta):
    _require_positive("softplus", "beta", beta)

    @in_blocks
    def value(x, out):
        tail = np.absolute(x)
        tail *= -beta
        np.exp(tail, out=tail)
        np.log1p(tail, out=tail)
        if beta != 1:
            tail /= beta
        np.maximum(x, 0, out=out)
        out += tail

    @in_blocks
    def derivative(x, out):
        np.multiply(x, beta, out=out)
        sigmoid(out, out)

    return value, sigmoid if beta == 1 else derivative, (), None


def relu6():
    def value(x, out):
        x.clip(0, 6, out)

    @in_blocks
    def derivative(x, out):
        # y (6 - y) with y = relu6(x) is above 0 where 0 < x < 6, and 0 elsewhere.
        x.clip(0, 6, out)
        out *= 6 - out
        np.minimum(out, 1, out=out)
        np.ceil(out, out=out)

    return value, derivative, (0.0, 6.0), 0.0


def hardswish():
    @in_blocks
    def value(x, out):
        share = x.clip(-3, 3)
        share += 3
        share /= 6
        np.maximum(x, -3, out=out)
        out *= share

    @in_blocks
    def derivative(x, out):
        # y + 1/2 with y = x / 3 between -1 and 1; at the ends, where y is whole, half of y less.
        x.clip(-3, 3, out)
        out /= 3
        end = np.trunc(out)
        end -= 1
        end *= 0.5
        out -= end

    return value, derivative, (-3.0, 3.0), None


def squared_relu():
    @in_blocks
    def value(x, out):
        np.maximum(x, 0, out=out)
        out *= out

    @in_blocks
    def derivative(x, out):
        np.maximum(x, 0, out=out)
        out *= 2

    return value, derivative, (), None


def _require_positive(name, parameter, value):
    if value <= 0:
        raise ValueError(f"{name} needs {parameter} > 0, not {value}.")
