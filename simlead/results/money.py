"""Profit, week by week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.windows import Span, Table


def weekly_profit(weeks: Table, scenario: Scenario) -> NDArray[np.float64]:
    """Profit of each week in dollars of that week.

        margin * revenue - commission * commissionable
        - index * ((rep salary * filled seats + manager salary * teams + overhead * seats) / 52
                   + replacement * (quits + promotions) + manager replacement * managers from outside)
        - programme costs, in week 0

    `index` is the week's growth index: pay and overhead rise with the market's deal
    values. Who quits or is promoted is replaced once. Programme costs are not indexed
    (they fall at the switch, where the index is 1) and arise only under a policy other
    than the status quo.

    >>> from simlead.model import tables
    >>> week = np.zeros(1, tables.WEEKS_DTYPE)
    >>> week["week"], week["revenue"] = -1, 100.0
    >>> weekly_profit(week, Scenario())          # the index is 0: no fixed costs
    array([35.])
    """
    firm = scenario.organisation
    fixed = (
        firm.rep_salary_per_year * weeks["filled_seats"]
        + firm.manager_salary_per_year * firm.teams
        + firm.overhead_per_seat_year * weeks["seats"]
    ) / WEEKS_PER_YEAR
    turnover = (
        firm.replacement_cost * (weeks["quits"] + weeks["promotions"])
        + firm.manager_replacement_cost * weeks["managers_from_outside"]
    )
    profit = (
        firm.contribution_margin * weeks["revenue"]
        - firm.commission_share * weeks["commissionable"]
        - weeks["growth_index"] * (fixed + turnover)
    )
    return np.asarray(profit - np.where(weeks["week"] == 0, programme_cost(scenario), 0.0))


def programme_cost(scenario: Scenario) -> float:
    """Dollars spent in week 0 on the change of policy: per manager, and for training them.

    >>> programme_cost(Scenario())
    0.0
    >>> programme_cost(Scenario().change({"policy.manager_training": True}))
    44000.0
    """
    firm = scenario.organisation
    if scenario.policy == scenario.status_quo:
        return 0.0
    each = firm.programme_cost_per_manager
    if scenario.policy.manager_training:
        each += firm.training_cost_per_manager
    return each * firm.teams


def profit(span: Span) -> float:
    """Profit of a span of weeks, in dollars of those weeks."""
    return float(weekly_profit(span.weeks, span.scenario).sum())
