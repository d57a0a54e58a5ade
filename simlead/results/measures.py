"""What we look at: measures as pure functions of a run's four tables.

`MEASURES` holds them by name; `registry.py` says how names and years go together.
Importing this module fills the registry: money and market here, work and people in
`work.py`.

>>> MEASURES["market_share"].unit, MEASURES["market_share_base"].meaning
('share', 'Our part of all that anybody won, by value, base year')
"""

from __future__ import annotations

import numpy as np

from simlead.model.scenario import Scenario
from simlead.model.units import calendar_days_of_business_hours
from simlead.results import work as work  # fills the registry with its measures
from simlead.results.money import profit
from simlead.results.registry import (
    NOTHING,
    REGISTERED,
    Measure,
    Parts,
    measure_of_both,
    measure_of_year,
    ratio,
)
from simlead.results.windows import Span, Tables, years

__all__ = ["MEASURES", "Measure", "all_measures", "all_parts"]

MEASURES: dict[str, Measure] = REGISTERED
"""Every measure by name: `NAME` of the final year, `NAME_base` of the base year."""


def all_measures(records: Tables, scenario: Scenario) -> dict[str, float]:
    """Every measure of one run by name, in the registry's order; nan where not defined."""
    return {name: ratio(parts) for name, parts in all_parts(records, scenario).items()}


def all_parts(records: Tables, scenario: Scenario) -> dict[str, Parts]:
    """Numerator and denominator of every measure of one run: what pooling runs needs."""
    both = years(records, scenario)
    return {name: measure.of_years(both) for name, measure in MEASURES.items()}


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
    """Value of all that anybody won: revenue + value won by rivals."""
    return _market(span), 1.0


@measure_of_year("market_share", "share")
def market_share(span: Span) -> Parts:
    """Our part of all that anybody won, by value.

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
    """Change of profit as a part of the base year's revenue.

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


@measure_of_year("noticed_share", "share")
def noticed_share(span: Span) -> Parts:
    """Opportunities noticed / arisen."""
    return _passed(span, "noticed", "arrivals")


@measure_of_year("discovery_rate", "share")
def discovery_rate(span: Span) -> Parts:
    """Discovery gates passed / decided."""
    return _passed(span, "discovery_passed", "discovery_gates")


@measure_of_year("qualified_rate", "share")
def qualified_rate(span: Span) -> Parts:
    """Qualified gates passed / decided."""
    return _passed(span, "qualified_passed", "qualified_gates")


@measure_of_year("proposal_win_rate", "share")
def proposal_win_rate(span: Span) -> Parts:
    """Proposals won / decided."""
    return _passed(span, "proposal_won", "proposal_gates")


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
    return float(sum(float(span.weeks[column].sum()) for column in columns)), float(len(span.weeks))


@measure_of_year("pipeline_deals", "deals")
def pipeline_deals(span: Span) -> Parts:
    """Deals in the three stages at a week's end, silent ones apart, mean over the weeks."""
    return _mean_at_weeks_end(span, ("discovery_open", "qualified_open", "proposal_open"))


@measure_of_year("pipeline_value", "$")
def pipeline_value(span: Span) -> Parts:
    """Value of the deals in the three stages at a week's end, mean over the weeks."""
    return _mean_at_weeks_end(span, ("discovery_value", "qualified_value", "proposal_value"))


@measure_of_year("silent_deals", "deals")
def silent_deals(span: Span) -> Parts:
    """Deals that failed a gate and have not said so at a week's end, mean over the weeks."""
    return _mean_at_weeks_end(span, ("silent_open",))


# Quota.


@measure_of_year("sales_per_ramped_rep", "$/year")
def sales_per_ramped_rep(span: Span) -> Parts:
    """Mean sales of a ramped rep (in the seat all year, tenure at its start 26 weeks or more)."""
    sales = span.ramped_rep_sales
    return float(sales.sum()), float(len(sales))


@measure_of_year("quota_attainment", "share")
def quota_attainment(span: Span) -> Parts:
    """Part of the ramped reps whose sales reach the quota.

    Ramped as in `sales_per_ramped_rep`. The quota is in the money of the base year and
    rises with the market's deal values: times the span's mean growth index / the base
    year's. Undefined without a base year (V121).
    """
    base = years(span.tables, span.scenario).base
    if base is None:
        return NOTHING
    quota = span.scenario.organisation.quota_per_year * (span.growth_index / base.growth_index)
    sales = span.ramped_rep_sales
    return float(np.count_nonzero(sales >= quota)), float(len(sales))
