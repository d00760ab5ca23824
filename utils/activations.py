r"""Activation functions as values: one entry in ``ACTIVATIONS`` gives a variant everything.

>>> elu = ACTIVATIONS["elu"].with_parameters(alpha=0.2)
>>> y, slope = elu(x), elu.derivative(x)

Names and parameter names are those of ``torch.nn.functional``. What holds for all of them:

- float32 and float64 are kept; float16 is computed in float32 and rounded once; everything else that is
  real (integers, booleans, Python numbers, lists) becomes float64. A scalar in gives a NumPy scalar out.
- ``out`` has the shape and the dtype of the result, may be ``x`` itself, and is returned.
- NaN stays NaN, in the value and in the derivative. At minus and plus infinity the result is the limit:
  silu, gelu, gelu_tanh, mish and hardswish are -0.0 at minus infinity, never 0 * inf = NaN.
- No overflow on the way to a result in range (tried up to |x| = 1e30), and the left tails keep their
  relative accuracy: silu(-40) is right to 12 digits of its -1.7e-16.
- At a kink the derivative is a convention. At 0 it is ``derivative_at_zero``: the slope on the left, which
  is also PyTorch's choice, unless ``with_derivative_at_zero`` says otherwise. At any other kink (relu6 at 6,
  hardswish at -3 and 3) it is the slope of the outer, straight piece.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from utils import activation_kernels as kernels

Kernel = Callable[[np.ndarray, np.ndarray], object]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function f with its derivative f', applied to every element of an array.

    formula is LaTeX without dollar signs; kinks are the points where f' jumps; derivative_at_zero is the
    declared f'(0), or None where f is smooth at 0. ``value_into(x, out)`` and ``derivative_into(x, out)``
    fill out as f and f' do, but check nothing: they are for training, which calls them all the time.
    Two activations are equal when name, parameters and derivative_at_zero are. Make one with
    ``ACTIVATIONS[name]``.
    """

    name: str
    title: str = field(compare=False, repr=False)
    formula: str = field(compare=False, repr=False)
    parameters: Mapping[str, float] = field(hash=False)
    derivative_at_zero: float | None
    kinks: tuple[float, ...] = field(compare=False)
    value_into: Kernel = field(compare=False, repr=False)
    derivative_into: Kernel = field(compare=False, repr=False)
    _entry: "_Entry" = field(compare=False, repr=False)
    _override: float | None = field(compare=False, repr=False)

    def __call__(self, x, out=None):
        """f(x), of x's shape and dtype.

        ValueError when out has another shape or dtype, TypeError when x is not real.
        """
        return _apply(self.value_into, x, out)

    def derivative(self, x, out=None):
        """f'(x), of x's shape and dtype, with the declared convention at the kinks; raises as f does."""
        return _apply(self.derivative_into, x, out)

    def with_parameters(self, **changes: float) -> "Activation":
        """The same activation with other parameters; an override of f'(0) is kept.

        ValueError for a parameter that it does not have, or a value outside the parameter's range.
        """
        unknown = sorted(set(changes) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters) or "none"
            raise ValueError(f"{self.name} has no parameter {', '.join(unknown)}; its parameters: {known}.")
        return self._entry.build({**self.parameters, **changes}, self._override)

    def with_derivative_at_zero(self, value: float) -> "Activation":
        """The same activation with another convention for f'(0). ValueError when f is smooth at 0."""
        return self._entry.build(self.parameters, value)

    def __reduce__(self):
        return _restore, (self.name, dict(self.parameters), self._override)


def _apply(kernel: Kernel, x, out):
    """Fill out, or a new array, by the kernel: first the common case, then scalars, lists, other dtypes."""
    if type(x) is np.ndarray and x.dtype.char in "fd" and x.ndim:
        if out is None:
            out = np.empty_like(x)
        elif out.dtype != x.dtype or out.shape != x.shape:
            raise _wrong_out(x, out)
        kernel(x, out)
        return out
    x = np.asarray(x)
    if x.dtype.kind not in "fiub":
        raise TypeError(f"An activation needs real numbers, not {x.dtype}.")
    if x.dtype.char not in "efd":
        x = x.astype(np.float64)
    result = np.empty_like(x) if out is None else out
    if result.dtype != x.dtype or result.shape != x.shape:
        raise _wrong_out(x, result)
    # In-place steps need arrays, and a ufunc turns 0-d arrays into scalars: hence one axis at least.
    source, target = (x, result) if x.ndim else (x.reshape(1), result.reshape(1))
    if x.dtype.char == "e":
        wide = source.astype(np.float32)
        kernel(wide, wide)
        target[...] = wide
    else:
        kernel(source, target)
    return result[()] if out is None and x.ndim == 0 else result


def _wrong_out(x, out) -> ValueError:
    return ValueError(
        f"out must have the shape {x.shape} and the dtype {x.dtype}, not {out.shape} and {out.dtype}."
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """make(**parameters) gives the kernels of f and f', the kinks, and f'(0) when there is a kink at 0."""

    name: str
    title: str
    formula: str
    make: Callable[..., tuple[Kernel, Kernel, tuple[float, ...], float | None]]
    defaults: Mapping[str, float]

    def build(self, parameters: Mapping[str, float], override: float | None = None) -> Activation:
        parameters = {key: float(value) for key, value in parameters.items()}
        for key, number in parameters.items():
            if not math.isfinite(number):
                raise ValueError(f"{self.name} needs a finite {key}, not {number}.")
        value, derivative, kinks, at_zero = self.make(**parameters)
        if override is not None:
            if at_zero is None:
                raise ValueError(f"{self.name} is smooth at 0: its derivative there is no convention.")
            at_zero = override = float(override)
            derivative = _overridden_at_zero(derivative, override)
        return Activation(
            name=self.name,
            title=self.title,
            formula=self.formula,
            parameters=MappingProxyType(parameters),
            derivative_at_zero=at_zero,
            kinks=kinks,
            value_into=value,
            derivative_into=derivative,
            _entry=self,
            _override=override,
        )


def _overridden_at_zero(derivative: Kernel, at_zero: float) -> Kernel:
    def kernel(x, out):
        zero = x == 0
        derivative(x, out)
        np.copyto(out, at_zero, where=zero)

    return kernel


def _restore(name, parameters, override):
    return ACTIVATIONS[name]._entry.build(parameters, override)


class UnknownActivationError(KeyError):
    """A name that is not in the registry. (A plain KeyError would show its message in quotes.)"""

    __str__ = Exception.__str__


class _Registry(Mapping):
    def __init__(self, entries):
        self._activations = {entry.name: entry.build(entry.defaults) for entry in entries}

    def __getitem__(self, name: str) -> Activation:
        try:
            return self._activations[name]
        except KeyError:
            known = ", ".join(self._activations)
            raise UnknownActivationError(f"There is no activation {name!r}; choose one of {known}.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._activations)

    def __len__(self) -> int:
        return len(self._activations)


ACTIVATIONS: Mapping[str, Activation] = _Registry(
    _Entry(name, title, formula, make, defaults)
    for name, title, formula, make, defaults in [
        ("identity", "Identity", r"x", kernels.identity, {}),
        (
            "sigmoid",
            "Sigmoid",
            r"\frac{1}{1 + e^{-x}}",
            lambda: (kernels.sigmoid, kernels.sigmoid_derivative, (), None),
            {},
        ),
        (
            "tanh",
            "Tanh",
            r"\tanh(x)",
            lambda: (lambda x, out: np.tanh(x, out=out), kernels.tanh_derivative, (), None),
            {},
        ),
        # relu(-0.0) is a zero of either sign: NumPy does not promise which it takes of 0.0 and -0.0.
        ("relu", "ReLU", r"\max(0,\ x)", lambda: kernels.two_slopes(0.0), {}),
        # Maas, Hannun and Ng (2013)
        (
            "leaky_relu",
            "Leaky ReLU",
            r"\max(0,\ x) + a\,\min(0,\ x)",
            lambda negative_slope: kernels.two_slopes(negative_slope),
            {"negative_slope": 0.01},
        ),
        # He, Zhang, Ren and Sun (2015): the slope is learned
        (
            "prelu",
            "PReLU",
            r"\max(0,\ x) + w\,\min(0,\ x)",
            lambda weight: kernels.two_slopes(weight),
            {"weight": 0.25},
        ),
        # Xu, Wang, Chen and Li (2015): a random slope in training; here, as in evaluation, its mean
        (
            "rrelu",
            "RReLU",
            r"\max(0,\ x) + \frac{l + u}{2}\,\min(0,\ x)",
            kernels.rrelu,
            {"lower": 1 / 8, "upper": 1 / 3},
        ),
        # Clevert, Unterthiner and Hochreiter (2016)
        ("elu", "ELU", r"\max(0,\ x) + \alpha\,(e^{\min(0,\ x)} - 1)", kernels.elu, {"alpha": 1.0}),
        # Barron (2017)
        (
            "celu",
            "CELU",
            r"\max(0,\ x) + \alpha\,(e^{\min(0,\ x) / \alpha} - 1)",
            kernels.celu,
            {"alpha": 1.0},
        ),
        # Klambauer, Unterthiner, Mayr and Hochreiter (2017): alpha = 1.6733, lambda = 1.0507
        (
            "selu",
            "SELU",
            r"\lambda\,(\max(0,\ x) + \alpha\,(e^{\min(0,\ x)} - 1))",
            lambda: kernels.elu(1.6732632423543772, 1.0507009873554805),
            {},
        ),
        # Hendrycks and Gimpel (2016), exact and in the tanh form
        ("gelu", "GELU", r"\frac{x}{2}\,(1 + \mathrm{erf}(x / \sqrt{2}))", kernels.gelu, {}),
        (
            "gelu_tanh",
            "GELU (tanh form)",
            r"\frac{x}{2}\,(1 + \tanh(\sqrt{2 / \pi}\,(x + 0.044715\,x^3)))",
            kernels.gelu_tanh,
            {},
        ),
        # Elfwing, Uchibe and Doya (2018); Ramachandran, Zoph and Le (2017) call it Swish
        ("silu", "SiLU", r"\frac{x}{1 + e^{-x}}", kernels.silu, {}),
        # Misra (2019)
        ("mish", "Mish", r"x\,\tanh(\ln(1 + e^x))", kernels.mish, {}),
        # Dugas and others (2001); no threshold beyond which it turns linear, which PyTorch has
        ("softplus", "Softplus", r"\frac{1}{\beta}\,\ln(1 + e^{\beta x})", kernels.softplus, {"beta": 1.0}),
        # Krizhevsky (2010)
        ("relu6", "ReLU6", r"\min(\max(0,\ x),\ 6)", kernels.relu6, {}),
        # Howard and others (2019)
        ("hardswish", "Hardswish", r"\frac{x}{6}\,\min(\max(0,\ x + 3),\ 6)", kernels.hardswish, {}),
        # So and others (2021)
        ("squared_relu", "Squared ReLU", r"(\max(0,\ x))^2", kernels.squared_relu, {}),
    ]
)
