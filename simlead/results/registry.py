"""Declaration of measures, and the registry put together from the modules that declare them.

Every measure is a ratio of two sums, numerator / denominator (the denominator is 1 where there is nothing to divide
by). One run's value is the ratio; runs are pooled by dividing the sums, so that rare things (managers who coach half
their week) get a sound estimate. Nothing to divide by, or a year that the run does not have, is (0, 0): value nan,
and no weight when pooled.

**Names.** A measure of a year is registered twice: `market_share` is the final year's,
`market_share_base` the base year's. (Profit alone spells both out: `profit_final` and
`profit_base`.) A comparison of the two years, such as `revenue_growth`, has one name.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from simlead.model.scenario import Scenario
from simlead.results.windows import Span, Years, years

if TYPE_CHECKING:
    from simlead.engines.contract import Records

Parts = tuple[float, float]
NOTHING: Parts = (0.0, 0.0)


@dataclasses.dataclass(frozen=True)
class Measure:
    """One number about a run: its name, unit and meaning, and how to compute it.

    `of_years` maps a run's years to (numerator, denominator). `needs` are the years that the calendar
    must hold for the measure to be defined: "base" (52 weeks of warm-up), "final" (52 weeks of horizon).
    """

    name: str
    unit: str
    meaning: str
    of_years: Callable[[Years], Parts]
    needs: tuple[str, ...]

    def parts(self, records: Records, scenario: Scenario) -> Parts:
        """(numerator, denominator): the two sums whose ratio is the value."""
        return self.of_years(years(records, scenario))

    def function(self, records: Records, scenario: Scenario) -> float:
        """The measure's value for one run; nan where there is nothing to divide by."""
        return ratio(self.parts(records, scenario))


def ratio(parts: Parts) -> float:
    """Numerator / denominator; nan where the denominator is 0.

    >>> ratio((1.0, 4.0)), ratio((0.0, 0.0))
    (0.25, nan)
    """
    numerator, denominator = parts
    return numerator / denominator if denominator else float("nan")


OfYear = Callable[[Span], Parts]
OfBoth = Callable[[Span, Span], Parts]
Function = TypeVar("Function", bound=Callable[..., Parts])


class Group:
    """Measures that are declared as rows; a module's attribute, as a declared function is."""

    def __init__(self, *declared: Measure) -> None:
        self.declared = declared


def measures_of(*modules: ModuleType) -> dict[str, Measure]:
    """Return the measures that modules declare, by name, in the order of the modules and of their lines.

    Raises ValueError for a name that is declared twice.
    """
    found: dict[str, Measure] = {}
    for module in modules:
        for thing in vars(module).values():
            if getattr(thing, "__module__", module.__name__) not in (module.__name__, Group.__module__):
                continue  # declared elsewhere, and used here
            for measure in getattr(thing, "declared", ()):
                if measure.name in found:
                    raise ValueError(f"measure {measure.name} is declared twice")
                found[measure.name] = measure
    return found


def of_year(
    name: str, unit: str, text: str, function: OfYear, final_name: str | None = None, against_base: bool = False
) -> tuple[Measure, ...]:
    """Return the measures of the final year (`name`) and of the base year (`name`_base)."""
    needs = ("base", "final") if against_base else ("final",)
    return (Measure(final_name or name, unit, f"{text}, final year",
                    lambda both: function(both.final) if both.final else NOTHING, needs),
            Measure(f"{name}_base", unit, f"{text}, base year",
                    lambda both: function(both.base) if both.base else NOTHING, ("base",)))


def _declared(function: Function, *measures: Measure) -> Function:
    """The function, with the measures that it is the heart of."""
    function.declared = measures  # type: ignore[attr-defined]
    return function


def _meaning(function: Callable[..., Parts]) -> str:
    """The first sentence of the docstring, without its full stop, in one line."""
    first = inspect.cleandoc(function.__doc__ or "").split("\n\n", 1)[0]
    return " ".join(first.split()).removesuffix(".")


def measure_of_year(
    name: str, unit: str, *, final_name: str | None = None, against_base: bool = False
) -> Callable[[OfYear], OfYear]:
    """Declare a function of a Span as the measures `name` (final year) and `name`_base (base year).

    With `against_base` the final year's is defined only beside a base year.
    """
    return lambda function: _declared(
        function, *of_year(name, unit, _meaning(function), function, final_name, against_base))


def measure_of_both(name: str, unit: str) -> Callable[[OfBoth], OfBoth]:
    """Declare a function of the base year and the final year as a measure."""
    return lambda function: _declared(function, Measure(
        name, unit, _meaning(function),
        lambda both: function(both.base, both.final) if both.base and both.final else NOTHING, ("base", "final")))


def measure_since_base(name: str, unit: str) -> Callable[[OfYear], OfYear]:
    """Declare a function of all weeks from the base year's first to the run's last as a measure."""
    return lambda function: _declared(function, Measure(
        name, unit, _meaning(function),
        lambda both: function(both.since_base) if both.since_base else NOTHING, ("base",)))
