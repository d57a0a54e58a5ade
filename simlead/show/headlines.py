"""Which measures are told first, and which at all, where nobody has asked for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simlead.results.measures import MEASURES

if TYPE_CHECKING:
    from simlead.study.sweeps.sweep import Sweep

HEADLINES = ("revenue", "market_share", "profit_final")
"""What an account begins with where everything was measured, the first one first."""

KEY_MEASURES = (
    "revenue", "revenue_growth", "market_growth", "market_share", "market_share_growth", "profit_change",
    "discovery_rate", "qualified_rate", "proposal_win_rate", "no_decision_rate", "cycle_days_median",
    "coaching_share_planned", "coaching_share_realised", "coaching_hours_per_rep_month",
    "sessions_cancelled_share", "quota_attainment", "separations_per_year", "customer_time_share",
)
"""What is told of a run or a comparison unless all measures are asked for."""


def headlines(measures: Sequence[str]) -> list[str]:
    """The measures that an account begins with, the first one first.

    `HEADLINES` where everything was measured; else what was asked for, as it was asked.

    >>> headlines(list(MEASURES)), headlines(["cycle_days_median", "revenue"])
    (['revenue', 'market_share', 'profit_final'], ['cycle_days_median', 'revenue'])
    """
    everything = MEASURES.keys() <= set(measures)
    return list(HEADLINES if everything else measures)


def headlines_of_sweep(found: Sweep) -> list[str]:
    """The measures that an account of a sweep begins with: its precision's alone, or as :func:`headlines`."""
    precision = found.study.precision
    return headlines(found.measures) if precision is None else [precision.measure]
