"""The smallest effect of interest of a measure: a smaller one would change no decision.

The defaults follow from the firm's own money. A programme costs each manager's team once (`organisation.
programme_cost_per_manager`, and `training_cost_per_manager`); an effect on sales that would not pay this back within a
year is of no interest. Of measures that are shares a point is the least that a firm's reports show.
"""

from __future__ import annotations

import dataclasses

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.statistics.answers import checked_smallest

PAYS_PROGRAMME, PROGRAMME_COST, ONE_POINT, STATED = "pays_programme", "programme_cost", "one_point", "stated"
REASONS = (PAYS_PROGRAMME, PROGRAMME_COST, ONE_POINT, STATED)
"""Why an effect is the smallest of interest; `answers.reasons` in the catalogue words it."""

RELATIVE = ("revenue", "market_share")
"""The measures whose effect is a fraction of their world's status quo, unless stated otherwise."""

_OF_SALES = (*RELATIVE, "revenue_growth", "market_share_growth", "profit_change")
_POINT = 0.01


@dataclasses.dataclass(frozen=True)
class SmallestEffect:
    """A smallest effect of interest, in the unit of the effect, and the code of its reason.

    >>> SmallestEffect(0.01, ONE_POINT).value
    0.01
    """

    value: float
    reason: str


def programme_per_year(firm: Scenario) -> float:
    """Dollars that a programme with training costs the firm once; spread over a year, dollars a year.

    >>> programme_per_year(Scenario())
    44000.0
    """
    each = firm.organisation.programme_cost_per_manager + firm.organisation.training_cost_per_manager
    return each * firm.organisation.teams


def sales_that_pay(firm: Scenario) -> float:
    """The fraction of revenue whose contribution, after commission, pays a programme with training within a year.

    >>> 0.003 < sales_that_pay(Scenario()) < 0.01
    True
    """
    organisation = firm.organisation
    kept = organisation.contribution_margin - organisation.commission_share
    revenue = organisation.ramped_revenue_per_year * sum(team.seats for team in firm.teams)
    if kept <= 0.0 or revenue <= 0.0:
        raise ParameterError("smallest_effect: no default, because revenue earns this firm nothing; state one")
    return programme_per_year(firm) / (kept * revenue)


def smallest_effect_of_interest(measure: str, firm: Scenario, stated: float | None = None) -> SmallestEffect:
    """The smallest effect of interest: the stated one, or the measure's default for this firm.

    Raises ParameterError for one of 0 or below, and where a measure has no default.

    >>> smallest_effect_of_interest("quota_attainment", Scenario())
    SmallestEffect(value=0.01, reason='one_point')
    >>> smallest_effect_of_interest("cycle_days_median", Scenario())
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: smallest_effect: cycle_days_median has no default; state...
    """
    if stated is not None:
        return SmallestEffect(checked_smallest(stated), STATED)
    if measure in _OF_SALES:
        return SmallestEffect(sales_that_pay(firm), PAYS_PROGRAMME)
    if measure.startswith("profit_final"):
        return SmallestEffect(programme_per_year(firm), PROGRAMME_COST)
    unit = MEASURES[measure].unit if measure in MEASURES else ""
    if unit.startswith("share"):
        return SmallestEffect(_POINT, ONE_POINT)
    raise ParameterError(f"smallest_effect: {measure} has no default; state one{f' in {unit}' if unit else ''}")
