"""Leadership doubles profit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simlead.model.presets import PRESETS
from simlead.model.units import WEEKS_PER_YEAR
from simlead.study.calibration import Targets
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import Line, ratio, share_of_firms, table_of, year_of
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Floats, Runs
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

LEADERSHIP = PRESETS["leadership"]
DOUBLE = 2.0
PROFIT_MARGINS = (0.05, 0.10, 0.15)
"""What the status quo earns of its revenue; the default firm is calibrated to .10."""

CONTRIBUTIONS = (0.30, 0.35, 0.40, 0.50)
"""What a dollar of revenue contributes before sales pay; the default firm's is .35."""

THOUSAND, MONTHS = 1e3, 12.0


def effect(firm: Firm) -> Effect:
    """Profit of the third year under leadership, as a multiple of the status quo's."""
    policy, base = firm.runs(LEADERSHIP, {})
    return ratio(policy.values("profit_final"), base.values("profit_final"), firm.confidence)


def details(firm: Firm) -> pd.DataFrame:
    """The multiple for each year, margin and contribution, when it is 2, and profit before and after.

    Only firms that can be are told of: where pay leaves nothing of so small a contribution,
    only an overhead below nothing would give the margin. `firms_that_gain_a_mean_profit` is the
    part of the simulated firms in which leadership adds as much in that year as such firms
    earn on average under the status quo; a single firm's own profit may be near 0.
    """
    policy, base = firm.runs(LEADERSHIP, {})
    years = firm.base.calendar.horizon_weeks // WEEKS_PER_YEAR
    own = [ratio(year_of(policy.profit, year), year_of(base.profit, year)) for year in range(1, years + 1)]
    lines = [("the firm as it is", f"profit_multiple_year_{year}", "ratio", multiple)
             for year, multiple in enumerate(own, start=1)]
    lines += [("the firm as it is", "months_until_a_years_profit_is_double", "months", until_double(own)),
              *before_and_after(policy, base, years)]
    for margin in PROFIT_MARGINS:
        lines.append((f"margin {margin:.2f}", "contribution_without_overhead", "share of revenue",
                      least_contribution(base, margin)))
        for contribution in CONTRIBUTIONS:
            if overhead_at(base, margin, contribution) >= 0.0:
                lines += at(policy, base, margin, contribution, years)
    return table_of(lines)


def at(policy: Runs, base: Runs, margin: float, contribution: float, years: int) -> list[Line]:
    """The multiples of a firm that earns this margin where a dollar contributes so much, and when they reach 2."""
    lines: list[Line] = []
    multiples, case = [], f"margin {margin:.2f}, contribution {contribution:.2f}"
    for year in range(1, years + 1):
        gained = gain_at(policy, base, year, contribution)
        earned = margin * year_of(base.revenue, year)
        multiples.append(ratio(gained + earned, earned))
        lines += [(f"{case}, year {year}", "profit_multiple", "ratio", multiples[-1]),
                  (f"{case}, year {year}", "firms_that_gain_a_mean_profit", "share", share_of_firms(
                      (gained >= earned.mean()).astype(float)))]
    overhead = overhead_at(base, margin, contribution) / THOUSAND
    return [*lines, (case, "months_until_a_years_profit_is_double", "months", until_double(multiples)),
            (case, "overhead_per_seat_year", "thousand dollars",
             Effect(overhead, overhead, overhead, len(base.seen)))]


def until_double(multiples: Sequence[Effect]) -> Effect:
    """Months until the end of the first year whose profit is twice the status quo's of that year, or infinite.

    The ends are the years from which the intervals do not rule it out, and from which they lie above.

    >>> until_double([Effect(1.2, 1.0, 1.4, 9), Effect(1.9, 1.7, 2.1, 9), Effect(2.6, 2.3, 2.9, 9)])
    Effect(mean=36.0, low=24.0, high=36.0, n=9)
    """
    def first(values: Sequence[float]) -> float:
        return next((MONTHS * year for year, value in enumerate(values, start=1) if value >= DOUBLE), math.inf)

    return Effect(first([multiple.mean for multiple in multiples]), first([multiple.high for multiple in multiples]),
                  first([multiple.low for multiple in multiples]), min(multiple.n for multiple in multiples))


def before_and_after(policy: Runs, base: Runs, years: int) -> list[Line]:
    """The last year's profit over that of the year before the switch, as a reader would reckon it; with and
    without leadership, and with the market's growth of those years taken off."""
    market = (1.0 + base.scenario.market.growth_per_year) ** years
    lines: list[Line] = []
    for case, runs in (("leadership", policy), ("status quo", base)):
        now, before = runs.parts("profit_ratio")
        lines += [(f"before and after, {case}", "profit_multiple", "ratio", ratio(now, before)),
                  (f"before and after, {case}", "profit_multiple_less_market_growth", "ratio",
                   ratio(now / market, before))]
    return lines


def overhead_at(base: Runs, margin: float, contribution: float) -> float:
    """Dollars of overhead a seat and year with which the base year of a firm of this contribution earns this margin.

    From the calibrated firm: what more a dollar contributes and is not to be earned goes into overhead.
    """
    firm = base.scenario.organisation
    more = contribution - firm.contribution_margin - (margin - Targets().profit_margin)
    return firm.overhead_per_seat_year + more * float(base.values("revenue_base").mean()) / indexed_seats(base)


def least_contribution(base: Runs, margin: float) -> Effect:
    """The contribution at which nothing is left for overhead; less than that cannot earn this margin."""
    firm, revenue = base.scenario.organisation, base.values("revenue_base")
    overhead = ratio(np.full_like(revenue, firm.overhead_per_seat_year * indexed_seats(base)), revenue)
    start = firm.contribution_margin + margin - Targets().profit_margin
    return Effect(start - overhead.mean, start - overhead.high, start - overhead.low, overhead.n)


def indexed_seats(base: Runs) -> float:
    """Seats, times the index of pay and overhead in the middle of the base year; it is 1 at the switch."""
    firm, market = base.scenario.organisation, base.scenario.market
    half_a_year = 0.5 * (1.0 - market.growth_in_number_share)
    return float(firm.teams * firm.seats_per_team / (1.0 + market.growth_per_year) ** half_a_year)


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
    "against the status quo in the third year; margins of 5 to 15 %, contributions of 30 to 50 % (where such a firm "
    "can be), the months until a year's profit is double, and profit after against before stand in the details.",
    supports="The third year's mean profit is twice the status quo's or more.",
    refutes="It is less than twice the status quo's.",
    region=Region(low=2.0),
    measure="profit under leadership over the status quo's, year 3",
    unit="ratio",
    effect=effect,
    details=details,
    candidates=("organisation.commission_share", "world.clarity_effect", "world.coaching_gain_max",
                "world.accountability_effect"),
    programme=LEADERSHIP,
    programme_name="leadership",
    carried_by="The verdict hinges on what profit is compared with: the status quo's of the same year, which grows "
    "with the market too. Against the year before the switch, as a reader of the article would reckon, it is a larger "
    "multiple; the details give it with and without the market's growth. Much rests on the clearer role: from .4 to .9 "
    "goes far beyond the step of .2 for which an effect was measured; and on what a dollar of revenue contributes.",
)
