"""What a measure is, and the registry that names them.

Every measure is a ratio of two sums, numerator / denominator (the denominator is 1 where
there is nothing to divide by). One run's value is the ratio; runs are pooled by dividing
the sums, so that rare things (managers who coach half their week) get a sound estimate.
Nothing to divide by, or a year that the run does not have, is (0, 0): value nan, and no
weight when pooled.

**Names.** A measure of a year is registered twice: `market_share` is the final year's,
`market_share_base` the base year's. (Profit alone spells both out: `profit_final` and
`profit_base`.) A comparison of the two years, such as `revenue_growth`, has one name.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable

from simlead.model.scenario import Scenario
from simlead.results.windows import Span, Tables, Years, years

Parts = tuple[float, float]
NOTHING: Parts = (0.0, 0.0)


@dataclasses.dataclass(frozen=True)
class Measure:
    """One number about a run: its name, unit and meaning, and how to compute it.

    `of_years` maps a run's years to (numerator, denominator).
    """

    name: str
    unit: str
    meaning: str
    of_years: Callable[[Years], Parts]

    def parts(self, records: Tables, scenario: Scenario) -> Parts:
        """(numerator, denominator): the two sums whose ratio is the value."""
        return self.of_years(years(records, scenario))

    def function(self, records: Tables, scenario: Scenario) -> float:
        """The measure's value for one run; nan where there is nothing to divide by."""
        return ratio(self.parts(records, scenario))


REGISTERED: dict[str, Measure] = {}
"""Every measure by name, as its module declared it; `measures.MEASURES` once all have."""

OfYear = Callable[[Span], Parts]
OfBoth = Callable[[Span, Span], Parts]


def ratio(parts: Parts) -> float:
    """Numerator / denominator; nan where the denominator is 0.

    >>> ratio((1.0, 4.0)), ratio((0.0, 0.0))
    (0.25, nan)
    """
    numerator, denominator = parts
    return numerator / denominator if denominator else float("nan")


def _add(name: str, unit: str, meaning: str, of_years: Callable[[Years], Parts]) -> None:
    if name in REGISTERED:
        raise ValueError(f"measure {name} is declared twice")
    REGISTERED[name] = Measure(name, unit, meaning, of_years)


def _meaning(function: Callable[..., Parts]) -> str:
    """The first sentence of the docstring, without its full stop, in one line."""
    first = inspect.cleandoc(function.__doc__ or "").split("\n\n", 1)[0]
    return " ".join(first.split()).removesuffix(".")


def measure_of_year(
    name: str, unit: str, *, final_name: str | None = None
) -> Callable[[OfYear], OfYear]:
    """Register a function of a Span under `name` (final year) and `name`_base (base year)."""

    def register(function: OfYear) -> OfYear:
        text = _meaning(function)
        _add(final_name or name, unit, f"{text}, final year",
             lambda both: function(both.final) if both.final else NOTHING)
        _add(f"{name}_base", unit, f"{text}, base year",
             lambda both: function(both.base) if both.base else NOTHING)
        return function

    return register


def measure_of_both(name: str, unit: str) -> Callable[[OfBoth], OfBoth]:
    """Register a function of the base year and the final year."""

    def register(function: OfBoth) -> OfBoth:
        _add(name, unit, _meaning(function),
             lambda both: function(both.base, both.final) if both.base and both.final else NOTHING)
        return function

    return register


def measure_since_base(name: str, unit: str) -> Callable[[OfYear], OfYear]:
    """Register a function of all weeks from the base year's first to the run's last."""

    def register(function: OfYear) -> OfYear:
        _add(name, unit, _meaning(function),
             lambda both: function(both.since_base) if both.since_base else NOTHING)
        return function

    return register
