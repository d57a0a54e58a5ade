"""What a client counts: facts about the year before the switch, under the names that firms have for them.

    [stated]                       # in a scenario file; `Scenario.state({...})` in Python
    seats = [9, 7, 11]             # by team, vacant ones included
    revenue = 24_000_000.0
    quota = 1_200_000.0

Some facts are parameters under another name and hold at once. The others are what a run shows: calibration solves
parameters for them (`study.calibration`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from simlead.model.parameters import Parameter, ParameterError, checked, nearest
from simlead.model.people_plan import MOST_TEAMS


@dataclasses.dataclass(frozen=True)
class StatedFact:
    """A fact that a client can state: its range, and the parameters that it is, if it is any."""

    line: Parameter
    sets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The fact's name in [stated]."""
        return self.line.path.partition(".")[2]


def _fact(name: str, unit: str, low: float, high: float, meaning: str, *sets: str) -> StatedFact:
    return StatedFact(Parameter(f"stated.{name}", 0.0, unit, low, high, low, high, (), meaning, "", ""), sets)


_LISTED = (
    _fact("seats", "seats", 1, 40, "seats of each team, vacant ones included: a list with a number for each team",
          "organisation.teams", "organisation.seats_per_team"),
    _fact("revenue", "$/year", 1.0, 1e12, "revenue of the firm in its last year"),
    _fact("sales_per_rep", "$/year", 1.0, 1e9, "sales of a rep who is past the ramp, in that year, on average"),
    _fact("quota", "$/year", 1.0, 1e9, "quota of a rep who is past the ramp, for that year",
          "organisation.quota_per_year"),
    _fact("quota_attainment", "share", 0.01, 0.99, "reps past the ramp who reach the quota"),
    _fact("deals_created", "1/year", 1.0, 5000.0, "opportunities that are created for each seat in a year"),
    _fact("deal_value", "$", 10.0, 1e9, "value of a won deal, on average"),
    _fact("win_rate_created", "share", 0.001, 0.98, "created opportunities that are won"),
    _fact("win_rate_qualified", "share", 0.001, 0.98, "qualified opportunities that are won"),
    _fact("cycle_days", "calendar days", 1.0, 1000.0, "days from creation to signature of a won deal, in the median"),
    _fact("leavers_per_seat_year", "1/year", 0.0, 5.0, "reps who leave in a year, for each filled seat"),
    _fact("contribution_margin", "share of revenue", 0.0, 1.0, "contribution margin before sales pay",
          "organisation.contribution_margin"),
    _fact("profit_margin", "share of revenue", -2.0, 0.95, "profit of the firm as a share of its revenue"),
    _fact("own_selling_share", "share of the manager's week", 0.0, 1.0, "managers' week that they plan for deals of "
          "their own", "status_quo.own_selling_share"),
)

STATED: dict[str, StatedFact] = {fact.name: fact for fact in _LISTED}
"""Every fact that a client can state, by name."""


def checked_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in their types; ParameterError for an unknown one, one that cannot be, and two that exclude each other.

    >>> checked_facts({"seats": [9, 7, 11], "quota": 1_200_000})
    {'seats': (9, 7, 11), 'quota': 1200000.0}
    >>> checked_facts({"win_rate_created": 0.3, "win_rate_qualified": 0.2})    # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: stated.win_rate_created = 0.3: allowed is less than stated.win_rate_qua...
    """
    if not isinstance(facts, Mapping):
        raise ParameterError(f"stated = {facts!r:.60}: a table is needed, [stated] in a file")
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if name not in STATED:
            raise ParameterError(f"stated.{name!s:.40}: no such fact; allowed is {' | '.join(STATED)}"
                                 f"{nearest(str(name), STATED)}")
        found[name] = _seats(value) if name == "seats" else checked(STATED[name].line, value)
    _refuse_contradictions(found)
    return found


def _seats(value: Any) -> tuple[int, ...]:
    line = dataclasses.replace(STATED["seats"].line, default=0)
    if isinstance(value, (str, bytes)) or not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MOST_TEAMS:
        raise ParameterError(f"stated.seats = {value!r:.60}: allowed is a list with a number for each team, such as "
                             "[9, 7, 11]")
    return tuple(checked(line, seats) for seats in value)


LEAST_REVENUE_SHARE, MOST_REVENUE_SHARE = 0.4, 1.6
"""Revenue for each seat as a share of a ramped rep's sales: vacancies and ramp lower it, managers' own deals raise it.
Beyond these ends the two figures cannot be of one firm (our assumption)."""


def _refuse_contradictions(facts: Mapping[str, Any]) -> None:
    """Refuse facts that no firm can show together."""
    created, qualified = facts.get("win_rate_created"), facts.get("win_rate_qualified")
    if created is not None and qualified is not None and created > 0.98 * qualified:
        raise ParameterError(
            f"stated.win_rate_created = {created:g}: allowed is less than stated.win_rate_qualified = {qualified:g}, "
            "because not every created opportunity is qualified")
    seats, revenue, sales = facts.get("seats"), facts.get("revenue"), facts.get("sales_per_rep")
    if seats and revenue and sales:
        share = revenue / sum(seats) / sales
        if not LEAST_REVENUE_SHARE <= share <= MOST_REVENUE_SHARE:
            raise ParameterError(
                f"stated.revenue = {revenue:g}: {revenue / sum(seats):,.0f} for each of {sum(seats)} seats contradicts "
                f"stated.sales_per_rep = {sales:g}; allowed is {LEAST_REVENUE_SHARE:g} to {MOST_REVENUE_SHARE:g} of it")


def changes_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that checked facts are, by dotted path.

    >>> changes_of({"seats": (2, 3), "revenue": 1e6})
    {'organisation.teams': 2, 'team.1.seats': 2, 'team.2.seats': 3}
    """
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if name == "seats":
            found["organisation.teams"] = len(value)
            found |= {f"team.{number}.seats": seats for number, seats in enumerate(value, start=1)}
        else:
            found |= dict.fromkeys(STATED[name].sets, value)
    return found


def to_solve(facts: Mapping[str, Any]) -> list[str]:
    """The facts that are no parameters: what calibration solves for.

    >>> to_solve({"quota": 1.0, "revenue": 1.0})
    ['revenue']
    """
    return [name for name in facts if not STATED[name].sets]
