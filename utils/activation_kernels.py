"""What each activation computes: kernels for its value and its derivative, without temporaries where simple.

A kernel fills out from x, both float32 or float64 and of one shape. Since out may be x, the last reading of x
is never after the first writing of out. np.minimum and np.maximum, unlike np.where, pass NaN on, and on mixed
signs they are about ten times faster in large arrays.

A function that takes parameters, or none, returns the kernels of f and f', the kinks, and f'(0) where there
is a kink at 0, else None.
"""

import math

import numpy as np
from scipy.special import ndtr


def step(x, out):
    """1 where x > 0, else 0, NaN where x is NaN. (np.heaviside is several times slower.)"""
    x.clip(0, 1, out)
    np.ceil(out, out=out)


def one(x, out):
    np.minimum(x, 1, out=out)
    np.maximum(out, 1, out=out)


def identity():
    return lambda x, out: np.positive(x, out=out), one, (), None


def sigmoid(x, out):
    # e^x / (1 + e^x) is exact on the left; beyond 40 it is 1 in both precisions.
    np.minimum(x, 40, out=out)
    np.exp(out, out=out)
    np.divide(out, out + 1, out=out)


def sigmoid_derivative(x, out):
    # e / (1 + e)^2 with e = e^-|x|, which s(1 - s) equals but for the cancellation on the right.
    np.absolute(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    below = out + 1
    np.divide(out, below, out=out)
    np.divide(out, below, out=out)


def tanh_derivative(x, out):
    # (2e / (1 + e^2))^2 with e = e^-|x|, which 1 - tanh^2 equals but for the cancellation.
    np.absolute(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    below = out * out
    below += 1
    np.divide(out, below, out=out)
    np.multiply(out, 2, out=out)
    np.multiply(out, out, out=out)


def relu(x, out):
    np.maximum(x, 0, out=out)


def two_slopes(slope):
    """1 on the right of 0 and slope on the left, for every slope. max(x, slope x) is that only up to 1."""
    if slope == 0:  # 0 * inf would be NaN
        return relu, step, (0.0,), 0.0

    def gentle(x, out):
        np.maximum(x, x * slope, out=out)

    def steep(x, out):
        left = np.minimum(x, 0)
        left *= slope
        np.maximum(x, 0, out=out)
        out += left

    def gentle_derivative(x, out):
        step(x, out)
        np.maximum(out, slope, out=out)

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
    def value(x, out):
        left = np.minimum(x, 0)
        np.expm1(left, out=left)
        left *= alpha
        np.maximum(x, 0, out=out)
        out += left
        if scale != 1:
            out *= scale

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

    def value(x, out):
        left = np.minimum(x, 0)
        left /= alpha
        np.expm1(left, out=left)
        left *= alpha
        np.maximum(x, 0, out=out)
        out += left

    def derivative(x, out):
        np.minimum(x, 0, out=out)
        np.divide(out, alpha, out=out)
        np.exp(out, out=out)

    return value, derivative, (), None


def gelu():
    def value(x, out):
        share = ndtr(x)  # the normal distribution function, accurate in its left tail
        np.maximum(x, -1000, out=out)
        out *= share

    def derivative(x, out):
        share = ndtr(x)
        np.minimum(x, 1000, out=out)
        np.maximum(out, -1000, out=out)
        density = out * out
        density *= -0.5
        np.exp(density, out=density)
        density *= 1 / math.sqrt(2 * math.pi)
        out *= density
        out += share

    return value, derivative, (), None


def gelu_tanh():
    # (1 + tanh u) / 2 is the sigmoid of 2u, without the cancellation on the left.
    slope = 2 * math.sqrt(2 / math.pi)
    cubic = slope * 0.044715

    def inner(x):
        inside = np.minimum(x, 1000)
        np.maximum(inside, -1000, out=inside)
        square = inside * inside
        twice_u = square * cubic
        twice_u += slope
        twice_u *= inside
        return inside, square, twice_u

    def value(x, out):
        _, _, share = inner(x)
        sigmoid(share, share)
        np.maximum(x, -1000, out=out)
        out *= share

    def derivative(x, out):
        inside, square, twice_u = inner(x)
        square *= 3 * cubic
        square += slope
        inside *= square
        sigmoid_derivative(twice_u, square)
        inside *= square
        sigmoid(twice_u, out)
        out += inside

    return value, derivative, (), None


def silu():
    def value(x, out):
        share = np.empty_like(x)
        sigmoid(x, share)
        np.maximum(x, -1000, out=out)
        out *= share

    def derivative(x, out):
        inside = np.minimum(x, 1000)
        np.maximum(inside, -1000, out=inside)
        slope = np.empty_like(x)
        sigmoid_derivative(inside, slope)
        slope *= inside
        sigmoid(inside, out)
        out += slope

    return value, derivative, (), None


def mish():
    # With w = e^x and n = w(w + 2), tanh(log(1 + w)) is n / (n + 2). Beyond 40 it is 1 in both precisions.
    def powers(x):
        w = np.minimum(x, 40)
        np.exp(w, out=w)
        n = w + 2
        n *= w
        return w, n

    def value(x, out):
        _, n = powers(x)
        np.maximum(x, -1000, out=out)
        n /= n + 2
        out *= n

    def derivative(x, out):
        # n / (n + 2) + 4 x w (1 + w) / (n + 2)^2
        w, n = powers(x)
        below = n + 2
        n /= below
        np.minimum(x, 1000, out=out)
        np.maximum(out, -1000, out=out)
        out *= 4
        out *= w / below
        w += 1
        w /= below
        out *= w
        out += n

    return value, derivative, (), None


def softplus(beta):
    _require_positive("softplus", "beta", beta)

    def value(x, out):
        tail = np.absolute(x)
        tail *= -beta
        np.exp(tail, out=tail)
        np.log1p(tail, out=tail)
        tail /= beta
        np.maximum(x, 0, out=out)
        out += tail

    def derivative(x, out):
        np.multiply(x, beta, out=out)
        sigmoid(out, out)

    return value, derivative, (), None


def relu6():
    def value(x, out):
        np.maximum(x, 0, out=out)
        np.minimum(out, 6, out=out)

    def derivative(x, out):
        below_six = 6 - x
        step(below_six, below_six)
        step(x, out)
        out *= below_six

    return value, derivative, (0.0, 6.0), 0.0


def hardswish():
    def value(x, out):
        share = x + 3
        np.maximum(share, 0, out=share)
        np.minimum(share, 6, out=share)
        share /= 6
        np.maximum(x, -3, out=out)
        out *= share

    def derivative(x, out):
        inner = 3 - x
        step(inner, inner)
        right = 1 - inner  # 1 from 3 on
        left = x + 3
        step(left, left)
        inner *= left  # 1 strictly between -3 and 3
        np.minimum(x, 3, out=out)
        np.maximum(out, -3, out=out)
        out /= 3
        out += 0.5
        out *= inner
        out += right

    return value, derivative, (-3.0, 3.0), None


def squared_relu():
    def value(x, out):
        np.maximum(x, 0, out=out)
        np.multiply(out, out, out=out)

    def derivative(x, out):
        np.maximum(x, 0, out=out)
        np.multiply(out, 2, out=out)

    return value, derivative, (), None


def _require_positive(name, parameter, value):
    if value <= 0:
        raise ValueError(f"{name} needs {parameter} > 0, not {value}.")
