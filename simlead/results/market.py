"""Measures of money and the market: revenue, share, profit, the funnel, quota."""

from __future__ import annotations

import numpy as np

from simlead.model.number import total
from simlead.model.units import calendar_days_of_business_hours
from simlead.results.money import profit
from simlead.results.registry import NOTHING, Group, Parts, measure_of_both, measure_of_year, of_year, ratio
from simlead.results.windows import Span, years

# Revenue, market, share.


def _revenue(span: Span) -> float:
    return float(span.weeks["revenue"].sum())


def _market(span: Span) -> float:
    return _revenue(span) + float(span.weeks["rival_value"].sum())


@measure_of_year("revenue", "$/year")
def revenue(span: Span) -> Parts:
    """Value of the deals won by reps and managers."""
    return _revenue(span), 1.0


@measure_of_year("market_value", "$/year")
def market_value(span: Span) -> Parts:
    """Value of all deals that were won: revenue + value won by rivals."""
    return _market(span), 1.0


@measure_of_year("market_share", "share")
def market_share(span: Span) -> Parts:
    """Our share of all deals that were won, by value.

    revenue / (revenue + rival value)
    """
    return _revenue(span), _market(span)


@measure_of_both("revenue_growth", "share")
def revenue_growth(base: Span, final: Span) -> Parts:
    """Growth of revenue: final / base - 1."""
    return _revenue(final) - _revenue(base), _revenue(base)


@measure_of_both("market_growth", "share")
def market_growth(base: Span, final: Span) -> Parts:
    """Growth of the market's value: final / base - 1."""
    return _market(final) - _market(base), _market(base)


@measure_of_both("market_share_growth", "share")
def market_share_growth(base: Span, final: Span) -> Parts:
    """Growth of the market share: final / base - 1.

    (1 + revenue_growth) = (1 + market_share_growth) (1 + market_growth)
    """
    before, after = ratio(market_share(base)), ratio(market_share(final))
    if np.isnan(before) or np.isnan(after):
        return NOTHING
    return after - before, before


# Profit.


@measure_of_year("profit", "$/year", final_name="profit_final")
def profit_of_year(span: Span) -> Parts:
    """Contribution less commission, pay, overhead, turnover and programme costs.

    The formula stands at `money.weekly_profit`.
    """
    return profit(span), 1.0


@measure_of_year("profit_margin", "share of revenue")
def profit_margin(span: Span) -> Parts:
    """Profit / revenue."""
    return profit(span), _revenue(span)


@measure_of_both("profit_change", "share of base revenue")
def profit_change(base: Span, final: Span) -> Parts:
    """Change of profit as a fraction of the base year's revenue.

    (profit_final - profit_base) / revenue_base
    """
    return profit(final) - profit(base), _revenue(base)


@measure_of_both("profit_ratio", "ratio")
def profit_ratio(base: Span, final: Span) -> Parts:
    """Final profit / base profit; pool runs, for one run's base may be near zero."""
    return profit(final), profit(base)


# The funnel.


def _passed(span: Span, passed: str, decided: str) -> Parts:
    return float(span.weeks[passed].sum()), float(span.weeks[decided].sum())


passed = Group(
    *of_year("noticed_share", "share", "Opportunities noticed / arisen",
             lambda span: _passed(span, "noticed", "arrivals")),
    *of_year("discovery_rate", "share", "Discovery gates passed / decided",
             lambda span: _passed(span, "discovery_passed", "discovery_gates")),
    *of_year("qualified_rate", "share", "Qualified gates passed / decided",
             lambda span: _passed(span, "qualified_passed", "qualified_gates")),
    *of_year("proposal_win_rate", "share", "Proposals won / decided",
             lambda span: _passed(span, "proposal_won", "proposal_gates")),
)


@measure_of_year("no_decision_rate", "share")
def no_decision_rate(span: Span) -> Parts:
    """Qualified opportunities that ended, or are silently ending, as no decision.

    Of those past the discovery gate whose fate fell in the year: by the gate that ended
    them, not by the end of the silence after it (V93, V95).
    """
    undecided = span.settled_as_no_decision
    return float(np.count_nonzero(undecided)), float(len(undecided))


@measure_of_year("cycle_days_median", "calendar days")
def cycle_days_median(span: Span) -> Parts:
    """Median time from arrival to decision of the deals that reps won."""
    if not len(span.won_cycle_hours):
        return NOTHING
    return calendar_days_of_business_hours(float(np.median(span.won_cycle_hours))), 1.0


def _mean_at_weeks_end(span: Span, columns: tuple[str, ...]) -> Parts:
    return total(float(span.weeks[column].sum()) for column in columns), float(len(span.weeks))


pipeline = Group(
    *of_year("pipeline_deals", "deals",
             "Deals in the three stages at a week's end, silent ones apart, mean over the weeks",
             lambda span: _mean_at_weeks_end(span, ("discovery_open", "qualified_open", "proposal_open"))),
    *of_year("pipeline_value", "$", "Value of the deals in the three stages at a week's end, mean over the weeks",
             lambda span: _mean_at_weeks_end(span, ("discovery_value", "qualified_value", "proposal_value"))),
    *of_year("silent_deals", "deals",
             "Deals that failed a gate and have not said so at a week's end, mean over the weeks",
             lambda span: _mean_at_weeks_end(span, ("silent_open",))),
)


# Quota.


@measure_of_year("sales_per_ramped_rep", "$/year")
def sales_per_ramped_rep(span: Span) -> Parts:
    """Mean sales of a ramped rep (in the seat all year, tenure at its start 26 weeks or more)."""
    sales = span.ramped_rep_sales
    return float(sales.sum()), float(len(sales))


@measure_of_year("quota_attainment", "share", against_base=True)
def quota_attainment(span: Span) -> Parts:
    """Fraction of the ramped reps whose sales reach the quota.

    Ramped as in `sales_per_ramped_rep`. The quota is in the money of the base year and
    rises with the market's deal values, times the span's mean growth index / the base year's; it follows
    those of the rep's team, in a new team the mean of its seats. Undefined without a base year (V121).
    """
    base = years(span.tables, span.scenario).base
    if base is None:
        return NOTHING
    quota = span.scenario.organisation.quota_per_year * (span.growth_index / base.growth_index)
    sales, team = span.ramped_reps
    of_team = np.array([quota * each.deal_value_factor for each in span.scenario.every_team])
    return float(np.count_nonzero(sales >= of_team[team])), float(len(sales))
