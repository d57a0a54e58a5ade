"""Leadership doubles profit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simlead.model.presets import PRESETS
from simlead.study.claims.asking import Firm, Floats, Runs
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import Line, ratio, share_of_firms, table_of, year_of
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

LEADERSHIP = PRESETS["leadership"]
PROFIT_MARGINS = (0.05, 0.10, 0.15)
"""What the status quo earns of its revenue; the default firm is calibrated to .10."""

CONTRIBUTIONS = (0.20, 0.35, 0.50)
"""What a dollar of revenue contributes before sales pay; the default firm's is .35."""


def effect(firm: Firm) -> Effect:
    """Profit of the third year under leadership, as a multiple of the status quo's."""
    policy, base = firm.runs(LEADERSHIP, {})
    return ratio(policy.values("profit_final"), base.values("profit_final"), firm.confidence)


def details(firm: Firm) -> pd.DataFrame:
    """The multiple for each year, margin and contribution, and in which part of the firms profit doubles."""
    policy, base = firm.runs(LEADERSHIP, {})
    lines: list[Line] = []
    years = firm.base.calendar.horizon_weeks // 52
    for margin in PROFIT_MARGINS:
        for contribution in CONTRIBUTIONS:
            for year in range(1, years + 1):
                gained = gain_at(policy, base, year, contribution)
                earned = margin * year_of(base.revenue, year)
                multiple = ratio(gained + earned, earned)
                case = f"margin {margin:.2f}, contribution {contribution:.2f}, year {year}"
                lines += [(case, "profit_multiple", "ratio", multiple),
                          (case, "firms_that_double", "share", share_of_firms(
                              (gained >= earned.mean()).astype(float)))]
    return table_of(lines)


def gain_at(policy: Runs, base: Runs, year: int, contribution: float) -> Floats:
    """What leadership adds to a year's profit where revenue contributes so much, replicate by replicate.

    Profit is a straight line in the contribution, and overhead is the same with and without
    leadership: the gain is that of the simulated firm, and the difference in contribution of
    what it sold more.
    """
    own = base.scenario.organisation.contribution_margin
    more = year_of(policy.revenue, year) - year_of(base.revenue, year)
    return np.asarray(year_of(policy.profit, year) - year_of(base.profit, year) + (contribution - own) * more)


CLAIM = Claim(
    number=10,
    key="double_profit",
    text="Leadership doubles profit.",
    sources=("V09",),
    experiment="Half of the week for coaching, a clear role, accountability, little own selling and trained managers "
    "against the status quo in the third year; margins of 5 to 15 % and contributions of 20 to 50 % in the details.",
    supports="The third year's mean profit is twice the status quo's or more.",
    refutes="It is less than twice the status quo's.",
    region=Region(low=2.0),
    measure="profit under leadership over the status quo's, year 3",
    unit="ratio",
    effect=effect,
    details=details,
    candidates=("organisation.contribution_margin", "organisation.programme_cost_per_manager",
                "world.clarity_effect", "world.coaching_gain_max", "world.accountability_effect"),
    programme=LEADERSHIP,
)
