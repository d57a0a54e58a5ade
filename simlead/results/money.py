"""Profit, week by week."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from simlead.model.number import total
from simlead.model.people_plan import PlanLine
from simlead.model.scenario import Scenario
from simlead.model.team import NEVER
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.windows import Span, Table


def weekly_profit(weeks: Table, scenario: Scenario) -> NDArray[np.float64]:
    """Profit of each week in dollars of that week.

        margin * revenue - commission * commissionable
        - index * ((rep salary * filled seats + manager salary * teams + overhead * seats) / 52
                   + replacement * (quits + promotions) + manager replacement * managers from outside)
        - programme costs, in the week of each team's roll-out (a new team's first week if that is later)
        - index * the price of each line of the people plan, in its week

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
    profit = (
        firm.contribution_margin * weeks["revenue"]
        - firm.commission_share * weeks["commissionable"]
        - weeks["growth_index"] * (fixed_cost(weeks, scenario) + turnover_cost(weeks, scenario))
    )
    for week, cost in programme_costs(scenario).items():
        profit = profit - np.where(weeks["week"] == week, cost, 0.0)
    for line in scenario.people_plan:
        profit -= np.where(weeks["week"] == line.week, weeks["growth_index"] * plan_price(scenario, line), 0.0)
    return np.asarray(profit)


def fixed_cost(weeks: Table, scenario: Scenario) -> NDArray[np.float64]:
    """Pay of reps and managers and overhead of each week, in money of the switch."""
    firm = scenario.organisation
    return np.asarray((
        firm.rep_salary_per_year * weeks["filled_seats"]
        + firm.manager_salary_per_year * _teams(weeks, scenario)
        + firm.overhead_per_seat_year * weeks["seats"]
    ) / WEEKS_PER_YEAR)


def turnover_cost(weeks: Table, scenario: Scenario) -> NDArray[np.float64]:
    """Hiring in place of reps who quit or are promoted, and managers from outside, in money of the switch."""
    firm = scenario.organisation
    return np.asarray(
        firm.replacement_cost * (weeks["quits"] + weeks["promotions"])
        + firm.manager_replacement_cost * weeks["managers_from_outside"])


def _teams(weeks: Table, scenario: Scenario) -> NDArray[np.int64]:
    """How many teams there are in each week."""
    return np.asarray(np.greater_equal.outer(weeks["week"], np.array(scenario.teams_begin)).sum(axis=1))


def plan_price(scenario: Scenario, line: PlanLine) -> float:
    """Dollars of the switch that a line of the people plan costs once: its own price, or the usual one of each seat.

    A new seat's rep costs as much to find and train as a replacement, and so does a new team's manager.

    >>> lines = PlanLine(26, team=1, hire=2), PlanLine(0, team=1, close=1), PlanLine(52, new_team=("1.7", "1.8"))
    >>> [plan_price(Scenario(), line) for line in lines]
    [130000.0, 22500.0, 80000.0]
    """
    if line.price is not None:
        return line.price
    firm = scenario.organisation
    seats = firm.replacement_cost * line.hire + firm.seat_closing_cost * line.closing
    return seats + firm.manager_replacement_cost * (len(line.new_team) > 0)


def programme_cost(scenario: Scenario) -> float:
    """Dollars spent on the change of policy, in all teams that start it.

    >>> programme_cost(Scenario())
    0.0
    >>> programme_cost(Scenario().change({"policy.manager_training": True}))
    44000.0
    """
    return total(programme_costs(scenario).values())


def programme_costs(scenario: Scenario) -> dict[int, float]:
    """Dollars spent on the change of policy by the week of the roll-out: per manager, and for training them.

    >>> programme_costs(Scenario().change({"policy.role_clarity": 0.9}).rollout({1: 0, 2: 26, 3: 26}))
    {0: 6000.0, 26: 12000.0}
    """
    firm = scenario.organisation
    each = firm.programme_cost_per_manager
    if scenario.policy.manager_training:
        each += firm.training_cost_per_manager
    return {week: each * managers for week, managers in managers_who_start(scenario).items()}


def managers_who_start(scenario: Scenario) -> dict[int, int]:
    """How many managers start the policy by the week of their roll-out.

    >>> managers_who_start(Scenario().change({"policy.role_clarity": 0.9}).rollout({1: 0, 2: 26, 3: 26}))
    {0: 1, 26: 2}
    """
    starts = Counter(max(team.rollout_week, begins)
                     for team, begins in zip(scenario.every_team, scenario.teams_begin, strict=True)
                     if team.rollout_week != NEVER and scenario.policy != team.status_quo)
    return {week: starts[week] for week in sorted(starts)}


def profit(span: Span) -> float:
    """Profit of a span of weeks, in dollars of those weeks."""
    return float(weekly_profit(span.weeks, span.scenario).sum())
