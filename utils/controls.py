"""The controls of an explorer: ranges and choices on a grid, and the stops of its tour.

A setting is a position on a grid (an integer), so that no two floats ever have to be equal; a view is given
the value at that position, rounded to the decimals of the step.
"""

import itertools
from dataclasses import dataclass, field
from decimal import Decimal


def _decimals(number):
    return max(0, -Decimal(str(number)).normalize().as_tuple().exponent)


@dataclass(frozen=True)
class Range:
    """A slider from `low` to `high` (both included) in steps of `step`, at first at `start`.

    Values are ints when low, high and step are, else floats. Raises ValueError when `high` or `start` is no
    whole number of steps away from `low`, or `start` lies outside.
    """

    label: str
    low: float
    high: float
    step: float
    start: float
    values: tuple = field(init=False, repr=False)
    texts: tuple = field(init=False, repr=False)

    def __post_init__(self):
        if not self.step > 0 or not self.high > self.low:
            raise ValueError(
                f"{self.label!r}: a range needs low < high and step > 0, "
                f"not low={self.low}, high={self.high}, step={self.step}."
            )
        count = round((self.high - self.low) / self.step)
        if abs(self.low + count * self.step - self.high) > 1e-6 * self.step:
            raise ValueError(
                f"{self.label!r}: from {self.low} to {self.high} is no whole number of steps of {self.step}."
            )
        places = max(_decimals(self.low), _decimals(self.step))
        whole = all(isinstance(number, int) for number in (self.low, self.high, self.step))
        values = [self.low + i * self.step for i in range(count + 1)]
        # Adding 0.0 turns -0.0 into 0.0.
        values = values if whole else [round(float(value), places) + 0.0 for value in values]
        object.__setattr__(self, "values", tuple(values))
        object.__setattr__(self, "texts", tuple(f"{value:.{places}f}" for value in values))
        self.position(self.start)

    def position(self, value):
        """Where `value` lies on the grid; ValueError when it does not."""
        try:
            position = round((value - self.low) / self.step)
        except (TypeError, ValueError, OverflowError):
            position = -1
        if not 0 <= position < len(self.values) or abs(self.values[position] - value) > 1e-6 * self.step:
            raise ValueError(
                f"{self.label!r} has no value {value!r}: it goes from {self.low} to {self.high} "
                f"in steps of {self.step}."
            )
        return position

    def ends(self):
        """The lowest and the highest value."""
        return (self.values[0], self.values[-1])


@dataclass(frozen=True)
class Choice:
    """One of several `options` (texts or numbers, shown as they are), at first `start`."""

    label: str
    options: tuple
    start: object
    values: tuple = field(init=False, repr=False)
    texts: tuple = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "values", tuple(self.options))
        object.__setattr__(self, "texts", tuple(str(option) for option in self.options))
        if len(set(self.texts)) < max(2, len(self.texts)):
            raise ValueError(f"{self.label!r}: a choice needs two or more different options.")
        self.position(self.start)

    def position(self, value):
        """Where `value` stands among the options; ValueError when it does not."""
        if value not in self.values:
            raise ValueError(
                f"{self.label!r} has no option {value!r}: the options are {', '.join(self.texts)}."
            )
        return self.values.index(value)

    def ends(self):
        """Every option: there is no smaller set of extremes."""
        return self.values


@dataclass(frozen=True)
class Stop:
    """A stop of a tour: a sentence and its settings; those left out are at their start."""

    sentence: str
    settings: dict


class Grid:
    """All settings of a dict of controls. A `key` is a tuple of positions, one for each control."""

    def __init__(self, controls):
        if not controls:
            raise ValueError("An explorer needs at least one control.")
        for name, control in controls.items():
            if not isinstance(control, Range | Choice):
                raise TypeError(
                    f"The control {name!r} must be a Range or a Choice, not {type(control).__name__}."
                )
        self.controls = dict(controls)
        self.start = self.key({})

    def key(self, settings):
        """The key of `settings` (name -> value; left out: the start). ValueError says what is wrong."""
        unknown = sorted(set(settings) - set(self.controls))
        if unknown:
            raise ValueError(
                f"There is no control {unknown[0]!r}: the controls are {', '.join(self.controls)}."
            )
        pairs = self.controls.items()
        return tuple(control.position(settings.get(name, control.start)) for name, control in pairs)

    def settings(self, key):
        """Name -> value at `key`."""
        pairs = zip(self.controls.items(), key, strict=True)
        return {name: control.values[position] for (name, control), position in pairs}

    def check(self, key):
        """`key` as a tuple of ints; ValueError when it lies outside the grid."""
        key = tuple(int(position) for position in key)
        controls = self.controls.values()
        if len(key) != len(controls) or any(
            not 0 <= position < len(control.values) for position, control in zip(key, controls, strict=True)
        ):
            raise ValueError(f"{key} is not on the grid of the controls {', '.join(self.controls)}.")
        return key

    def along(self, key, axis):
        """The keys that differ from `key` in control number `axis` alone, nearest first."""
        count = len(list(self.controls.values())[axis].values)
        others = sorted((p for p in range(count) if p != key[axis]), key=lambda p: abs(p - key[axis]))
        return [(*key[:axis], position, *key[axis + 1 :]) for position in others]

    def neighbours(self, key):
        """The keys one step away from `key` in one control."""
        keys = [near for axis in range(len(key)) for near in self.along(key, axis)]
        return [near for near in keys if sum(abs(a - b) for a, b in zip(near, key, strict=True)) == 1]

    def corners(self):
        """Settings at every combination of the ends of the ranges and the options of the choices."""
        ends = [control.ends() for control in self.controls.values()]
        return [dict(zip(self.controls, corner, strict=True)) for corner in itertools.product(*ends)]

    def description(self):
        """The controls as the page needs them: plain data."""
        return [
            {
                "label": control.label,
                "kind": type(control).__name__.lower(),
                "texts": list(control.texts),
                "start": control.position(control.start),
            }
            for control in self.controls.values()
        ]
