"""The ledger of a run: the lines that add up to its profit, and two prices that are inside of it already.

    profit = contribution - commission - pay and overhead - turnover - programme - training - people plan

Managers' hours at their price and the price of vacant seats are shown beside: their pay is in the profit whatever
the hours are used for, and what a vacant seat does not sell is in the contribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK, WEEKS_PER_MONTH, WEEKS_PER_YEAR
from simlead.results.money import fixed_cost, managers_who_start, plan_price, turnover_cost, weekly_profit

if TYPE_CHECKING:
    from simlead.engines.contract import Records

COUNTED = ("contribution", "commission", "pay", "turnover", "programme", "training", "plan")
"""The lines that add up to the profit."""

ONCE = ("programme", "training", "plan")
"""The lines that are spent on the change itself."""

BESIDE = ("manager_hours", "vacancy")
"""Prices that are inside of other lines: what managers' hours on their people cost, and what vacant seats lose."""

LINES = (*COUNTED, *BESIDE)

LINE, TO_MONTH = "ledger_", "profit_to_month_"
"""The beginnings of the columns of a run."""


def month_ends(weeks: int) -> NDArray[np.int_]:
    """The last week of each whole month of so many weeks since the switch, counted from 0.

    >>> month_ends(52).tolist()
    [3, 8, 12, 16, 21, 25, 29, 34, 38, 42, 47, 51]
    """
    months = np.arange(1, int(weeks / WEEKS_PER_MONTH) + 1)
    return np.asarray(np.floor(months * WEEKS_PER_MONTH + 0.5).astype(int) - 1)


def ledger(records: Records, scenario: Scenario) -> dict[str, float]:
    """Every line of a run from the switch to the end of the horizon, in money of its weeks; costs are negative.

    >>> from simlead.model import tables
    >>> class Week:
    ...     weeks, managers = np.zeros(1, tables.WEEKS_DTYPE), np.zeros(0, tables.MANAGERS_DTYPE)
    >>> Week.weeks["revenue"], Week.weeks["growth_index"], Week.weeks["quits"] = 1000.0, 1.0, 1
    >>> lines = ledger(Week, Scenario())
    >>> lines["contribution"], lines["turnover"], lines["programme"]
    (350.0, -65000.0, 0.0)
    """
    weeks = records.weeks[records.weeks["week"] >= 0]
    firm, index = scenario.organisation, weeks["growth_index"]
    there = set(weeks["week"].tolist())
    starts = sum(managers for week, managers in managers_who_start(scenario).items() if week in there)
    price_of = dict(zip(weeks["week"].tolist(), index.tolist(), strict=True))
    vacant = (firm.ramped_revenue_per_year * (firm.contribution_margin - firm.commission_share)
              - firm.rep_salary_per_year) / WEEKS_PER_YEAR
    managers = records.managers[records.managers["week"] >= 0]
    hours = managers["coaching_hours"] + managers["people_hours"]
    prices = np.array([price_of.get(week, 1.0) for week in managers["week"].tolist()])
    lines = {
        "contribution": float(firm.contribution_margin * weeks["revenue"].sum()),
        "commission": -float(firm.commission_share * weeks["commissionable"].sum()),
        "pay": -float((index * fixed_cost(weeks, scenario)).sum()),
        "turnover": -float((index * turnover_cost(weeks, scenario)).sum()),
        "programme": -firm.programme_cost_per_manager * starts,
        "training": -firm.training_cost_per_manager * starts * scenario.policy.manager_training,
        "plan": -sum((price_of[line.week] * plan_price(scenario, line) for line in scenario.people_plan
                      if line.week in there), 0.0),
        "manager_hours": -float((prices * hours).sum()) * firm.manager_salary_per_year / (
            WEEKS_PER_YEAR * HOURS_PER_WEEK),
        "vacancy": -float((index * (weeks["seats"] - weeks["filled_seats"])).sum()) * vacant,
    }
    return {name: value + 0.0 for name, value in lines.items()}  # no -0.0


def money_row(records: Records, scenario: Scenario) -> dict[str, float]:
    """A run's lines and its profit up to the end of each month since the switch, as columns of a table of runs."""
    weeks = records.weeks[records.weeks["week"] >= 0]
    earned = np.cumsum(weekly_profit(weeks, scenario))
    lines = {f"{LINE}{name}": value for name, value in ledger(records, scenario).items()}
    return lines | {f"{TO_MONTH}{month}": float(earned[week])
                    for month, week in enumerate(month_ends(len(weeks)).tolist(), start=1)}
