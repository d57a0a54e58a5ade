"""All measures by name: pure functions of a run's four tables, declared in `work.py` and `market.py`.

`registry.py` says how names and years go together.

>>> MEASURES["market_share"].unit, MEASURES["market_share_base"].meaning
('share', 'Our share of all deals that were won, by value, base year')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results import market, work
from simlead.results.registry import Measure, Parts, measures_of, ratio
from simlead.results.teams import Measures
from simlead.results.windows import years

if TYPE_CHECKING:
    from simlead.engines.contract import Records

__all__ = ["MEASURES", "Measure", "all_measures", "all_parts"]

MEASURES: Measures = Measures(measures_of(work, market))
"""Every measure by name: `NAME` of the final year, `NAME_base` of the base year; a team's (`team.2.NAME`) are found."""


def all_measures(records: Records, scenario: Scenario) -> dict[str, float]:
    """Compute every measure of one run by name, in the registry's order; nan where not defined."""
    return {name: ratio(parts) for name, parts in all_parts(records, scenario).items()}


def all_parts(records: Records, scenario: Scenario) -> dict[str, Parts]:
    """Compute numerator and denominator of every measure of one run: what pooling runs needs."""
    both = years(records, scenario)
    return {name: measure.of_years(both) for name, measure in MEASURES.items()}


def undefined_measures(names: Iterable[str], scenario: Scenario) -> dict[str, str]:
    """Find the measures that need a year which the scenario's calendar does not hold.

    Returns the parameter that is too small by the measure's name; names that are not the model's are
    passed over. What such a parameter must be at least is WEEKS_PER_YEAR.

    >>> short = Scenario().change({"calendar.horizon_weeks": 26})
    >>> undefined_measures(["market_share", "market_share_base"], short)
    {'market_share': 'calendar.horizon_weeks'}
    """
    missing = {}
    if scenario.calendar.warmup_weeks < WEEKS_PER_YEAR:
        missing["base"] = "calendar.warmup_weeks"
    if scenario.calendar.horizon_weeks < WEEKS_PER_YEAR:
        missing["final"] = "calendar.horizon_weeks"
    return {name: missing[year] for name in names if name in MEASURES
            for year in MEASURES[name].needs[::-1] if year in missing}


def undefined_in_words(undefined: Mapping[str, str]) -> str:
    """Say which measures need how many weeks of what, in one line; empty if none does.

    >>> undefined_in_words({"market_share": "calendar.horizon_weeks"})
    'market_share needs calendar.horizon_weeks of 52 or more and is not defined'
    """
    said = []
    for path in dict.fromkeys(undefined.values()):
        names = [name for name, needed in undefined.items() if needed == path]
        more = f" and {len(names) - 3} more measures" if len(names) > 4 else ""
        listed = ", ".join(names[:3] if more else names)
        verbs = ("needs", "is") if len(names) == 1 else ("need", "are")
        said.append(f"{listed}{more} {verbs[0]} {path} of {WEEKS_PER_YEAR} or more and {verbs[1]} not defined")
    return "; ".join(said)
