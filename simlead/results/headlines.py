"""The measures shown first, and those shown by default."""

from __future__ import annotations

from collections.abc import Sequence

from simlead.results.measures import MEASURES

HEADLINES = ("revenue", "market_share", "profit_final")
"""Shown first where everything was measured, in this order."""

KEY_MEASURES = (
    "revenue", "revenue_growth", "market_growth", "market_share", "market_share_growth", "profit_change",
    "discovery_rate", "qualified_rate", "proposal_win_rate", "no_decision_rate", "cycle_days_median",
    "coaching_share_planned", "coaching_share_realised", "coaching_hours_per_rep_month",
    "coached_rep_weeks_share", "sessions_cancelled_share", "quota_attainment", "separations_per_year",
    "customer_time_share",
)
"""Shown of a run or a comparison unless all measures are asked for."""


def headlines(measures: Sequence[str]) -> list[str]:
    """The measures shown first, in order.

    `HEADLINES` where everything was measured; else the measures asked for, in their order.

    >>> headlines(list(MEASURES)), headlines(["cycle_days_median", "revenue"])
    (['revenue', 'market_share', 'profit_final'], ['cycle_days_median', 'revenue'])
    """
    everything = MEASURES.keys() <= set(measures)
    return list(HEADLINES if everything else measures)
