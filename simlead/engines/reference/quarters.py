"""A quarter's end: decisions due soon after it are pulled before it."""

from __future__ import annotations

from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Deal
from simlead.model import draws


def pulled_before_the_end(firm: Firm, deal: Deal, gap: float) -> float:
    """Hours to the last meeting; fewer for a share of the deals with which that can be done."""
    market = firm.plan.market
    pulled: float = firm.rules.pulled_gap(gap, firm.now, market.switch_month, firm.plan.quarter_end_hours)
    if pulled < gap and firm.uniform(draws.QUARTER_END, deal.territory, deal.number) < market.quarter_end_share:
        deal.pulled = True
        return pulled
    return gap
