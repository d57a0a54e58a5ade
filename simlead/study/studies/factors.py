"""A factor: a parameter that a design varies, between two ends or over named values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from simlead.model.number import whole_number
from simlead.model.parameters import Parameter, ParameterError, checked, nearest
from simlead.model.scenario import REGISTRY
from simlead.study.studies.distributions import checked_distribution, checked_weights, choices_at
from simlead.study.studies.distributions import quantiles as quantiles_of

SHAPE = ("mode", "mean", "sd", "median", "sigma", "weight")
"""Parameters of distributions besides the range (`distributions.PARAMETERS`)."""

LARGEST_LEVELS = 1_000
"""More levels than this in one factor are refused: another kind of design was meant."""


@dataclasses.dataclass(frozen=True, repr=False)
class Factor:
    """A range `low` to `high`, on `levels` equally spaced values or anywhere; or a list of `values`.

    In the unit of its parameter. `levels` counts both ends. A whole-number parameter takes
    whole numbers only; switches and choices have `values`.

    Where a design draws quantiles (Latin hypercube, Sobol), a range is uniform, or has a `distribution`
    cut to it: "triangular" (`mode`), "pert" (`mode`, `weight`), "normal" (`mean`, `sd`) or "lognormal" (`median`,
    and `sigma`, the standard deviation of the logarithm). Of `values` each is as likely as the others, or in
    proportion to its `weights`.

    >>> Factor(0.0, 0.7, 8).choices()
    (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    >>> Factor(values=("best_seller", "random")).choices()
    ('best_seller', 'random')
    >>> Factor(0.0, 1.0, distribution="triangular", mode=1.0).at(np.array([0.25]))
    [0.5]
    """

    low: float | None = None
    high: float | None = None
    levels: int | None = None
    values: tuple[Any, ...] | None = None
    distribution: str | None = None
    mode: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    sigma: float | None = None
    weight: float | None = None
    weights: tuple[float, ...] | None = None

    def __repr__(self) -> str:
        said = (f"{name}={value!r}" for name, value in vars(self).items() if value is not None)
        return f"Factor({', '.join(said)})"

    @property
    def shaped(self) -> bool:
        """Whether it has a distribution or weights, which only designs that draw quantiles can use."""
        return self.distribution is not None or self.weights is not None

    def choices(self) -> Sequence[Any] | None:
        """The values this factor can take, in order; None if it may be anywhere in its range.

        >>> list(Factor(2, 5).choices()), Factor(2.0, 5.0).choices()
        ([2, 3, 4, 5], None)
        """
        if self.values is not None:
            return self.values
        assert self.low is not None and self.high is not None
        if self.levels is not None:
            return equally_spaced(self.low, self.high, self.levels)
        if isinstance(self.low, int) and isinstance(self.high, int):
            return range(self.low, self.high + 1)
        return None

    def at(self, quantiles: npt.NDArray[np.float64]) -> list[Any]:
        """The values at these quantiles, each from 0 to 1.

        A uniform range gives low + q (high - low). Of k choices without weights each has the same
        share of the quantiles: the choice number floor(q k), counted from 0; the last at q = 1.

        >>> Factor(values=("a", "b")).at(np.array([0.0, 0.49, 0.5, 1.0]))
        ['a', 'a', 'b', 'b']
        >>> Factor(2.0, 4.0).at(np.array([0.25]))
        [2.5]
        """
        choices = self.choices()
        if choices is not None and self.weights is not None:
            return [choices[number] for number in choices_at(self.weights, quantiles).tolist()]
        if choices is not None:
            numbers = np.minimum(np.floor(quantiles * len(choices)).astype(np.int64), len(choices) - 1)
            return [choices[number] for number in numbers.tolist()]
        assert self.low is not None and self.high is not None
        given = {name: value for name in SHAPE if (value := getattr(self, name)) is not None}
        reached: list[float] = quantiles_of(
            self.distribution or "uniform", self.low, self.high, given, quantiles).tolist()
        return reached

    def as_values(self) -> dict[str, Any]:
        """What a study file says about this factor, as plain data.

        >>> Factor(0.0, 0.7, 8).as_values()
        {'low': 0.0, 'high': 0.7, 'levels': 8}
        """
        found = {name: value for name, value in vars(self).items() if value is not None}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


FactorLike = Factor | Mapping[str, Any]
"""A Factor, or its plain form {"low": 0, "high": 1, "levels": 3} or {"values": [...]}."""


def equally_spaced(low: float, high: float, levels: int) -> tuple[Any, ...]:
    """`levels` values from low to high, both included, each the float nearest to the exact decimal.

    Whole ends and whole steps give whole numbers.

    >>> equally_spaced(0.0, 0.3, 4), equally_spaced(2, 8, 4)
    ((0.0, 0.1, 0.2, 0.3), (2, 4, 6, 8))
    """
    first, last = _decimal(low), _decimal(high)
    exact = [first + (last - first) * number / (levels - 1) for number in range(levels)]
    if isinstance(low, int) and isinstance(high, int) and all(value.denominator == 1 for value in exact):
        return tuple(int(value) for value in exact)
    return tuple(float(value) for value in exact)


def checked_factors(factors: Mapping[str, FactorLike]) -> dict[str, Factor]:
    """The factors with their ends and values in registry types; ParameterError for what cannot be.

    A name with a dot is a parameter's path. A name without is a variable of your own
    function, a plain number; a study has none of these.

    >>> checked_factors({"organisation.teams": {"low": 2, "high": 4}})
    {'organisation.teams': Factor(low=2, high=4)}
    >>> checked_factors({"policy.coaching_share": Factor(0.5, 0.2)})
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: policy.coaching_share: low = 0.5 is not below high = 0.2
    """
    if not isinstance(factors, Mapping):
        raise ParameterError(f"factors = {shown(factors)}: a table of factors by dotted path is needed")
    if not factors:
        raise ParameterError("factors: none given; a design varies at least one")
    return {name: _checked_factor(name, factor) for name, factor in factors.items()}


def shown(value: object) -> str:
    """A value as a refusal shows it: never longer than fits a line."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def plain(name: object) -> str:
    """A name as a refusal shows it: one line of at most 80 characters, whatever it was.

    >>> plain("a\\nb")
    'a b'
    """
    return " ".join(f"{name!s:.80}".splitlines())


def switch(name: str, value: object) -> bool:
    """The value if it is True or False, or a ParameterError that names it.

    >>> switch("centre", "no")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: centre = 'no': allowed is true | false
    """
    if not isinstance(value, bool):
        raise ParameterError(f"{name} = {shown(value)}: allowed is true | false")
    return value


def _checked_factor(name: str, factor: FactorLike) -> Factor:
    line = REGISTRY.get(name)
    if line is None and (not isinstance(name, str) or "." in name or not name):
        raise ParameterError(f"{plain(name)}: no such parameter{REGISTRY.nearest(str(name))}")
    try:
        return _in_types(line, _as_factor(factor))
    except ParameterError as refusal:
        message = str(refusal)
        raise ParameterError(message if message.startswith(name) else f"{name}: {message}") from None


def _as_factor(factor: FactorLike) -> Factor:
    if isinstance(factor, Factor):
        return factor
    known = [field.name for field in dataclasses.fields(Factor)]
    if not isinstance(factor, Mapping):
        raise ParameterError(f"{shown(factor)} is no factor; write {{ low = ..., high = ..., levels = ... }} "
                             "or { values = [...] }")
    for key in factor:
        if key not in known:
            raise ParameterError(f"{plain(key)} is not a factor's; allowed is {' | '.join(known)}"
                                 f"{nearest(str(key), known)}")
    return Factor(**factor)


def _in_types(line: Parameter | None, factor: Factor) -> Factor:
    low, high, levels, values = factor.low, factor.high, factor.levels, factor.values
    given = {name: getattr(factor, name) for name in SHAPE}
    if values is not None:
        if low is not None or high is not None or levels is not None:
            raise ParameterError("values with low, high or levels; allowed is one or the other")
        for name in ("distribution", *SHAPE):
            if getattr(factor, name) is not None:
                raise ParameterError(f"values with {name}; values have weights instead")
        found = _checked_values(line, values)
        weights = None if factor.weights is None else checked_weights(factor.weights, len(found))
        return Factor(values=found, weights=weights)
    if factor.weights is not None:
        raise ParameterError("weights without values; a range has a distribution instead")
    if low is None or high is None:
        raise ParameterError(f"{'low' if low is None else 'high'} is missing; "
                             "a factor has low and high, or values")
    if line is not None and (line.choices or isinstance(line.default, bool)):
        raise ParameterError(f"low and high mean nothing here; write values = [...] with {line.allowed}")
    low, high = _checked_end(line, "low", low), _checked_end(line, "high", high)
    if not low < high:
        raise ParameterError(f"low = {low} is not below high = {high}")
    if not high - low > 1e-12 * max(abs(low), abs(high), 1e-12):
        raise ParameterError(f"low = {low} and high = {high} are too close to tell points between them apart")
    if levels is not None:
        levels = whole_number("levels", levels, 2, LARGEST_LEVELS)
        if isinstance(low, int) and any(isinstance(value, float) for value in equally_spaced(low, high, levels)):
            raise ParameterError(f"levels = {levels} from {low} to {high} are not all whole numbers; "
                                 "choose another number of levels, or values = [...]")
    if factor.distribution is None:
        for name, value in given.items():
            if value is not None:
                raise ParameterError(f'{name} without a distribution, such as distribution = "triangular"')
        return Factor(low, high, levels)
    if levels is not None:
        raise ParameterError("levels with a distribution; allowed is one or the other")
    if isinstance(low, int):
        raise ParameterError("distribution: a whole-number parameter has values and weights instead")
    parameters: dict[str, Any] = dict(checked_distribution(factor.distribution, low, high, given))
    return dataclasses.replace(Factor(low, high, distribution=factor.distribution), **parameters)


def _checked_values(line: Parameter | None, values: object) -> tuple[Any, ...]:
    if isinstance(values, (str, Mapping)) or not hasattr(values, "__iter__"):
        raise ParameterError(f"values = {shown(values)}: a list is needed")
    found = tuple(values)
    if not 2 <= len(found) <= LARGEST_LEVELS:
        raise ParameterError(f"values has {len(found)}: allowed is 2 to {LARGEST_LEVELS}; "
                             "a value that stays the same belongs to the scenario")
    if line is not None:
        found = tuple(checked(line, value) for value in found)
    else:
        found = tuple(value.item() if hasattr(value, "item") else value for value in found)
    for value in found:
        if found.count(value) > 1:
            raise ParameterError(f"values has {shown(value)} twice")
    return found


def _checked_end(line: Parameter | None, end: str, value: object) -> Any:
    if line is not None:
        try:
            return checked(line, value)
        except ParameterError:
            raise ParameterError(f"{end} = {shown(value)}: allowed is {line.allowed}") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e300:
        raise ParameterError(f"{end} = {shown(value)}: a number is needed")
    return float(value)


def _decimal(value: float) -> Fraction:
    """The number that a person wrote: 0.1 is one tenth, not the float beside it."""
    return Fraction(repr(value))
