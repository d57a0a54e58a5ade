"""A quarter's end: decisions due soon after it are pulled before it."""

from __future__ import annotations

from simlead.engines.compiled.firm import uniform
from simlead.engines.compiled.layout import plan_of
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import DealRecord, FirmRecord
from simlead.model import draws
from simlead.model.rules import buyers


@part
def pulled_before_the_end(firm: FirmRecord, deal: DealRecord, gap: float) -> float:
    """Hours to the last meeting; fewer for a share of the deals with which that can be done."""
    plan = plan_of(firm)
    pulled = buyers.pulled_gap(gap, firm.now, plan.switch_month, plan.quarter_end_hours)
    if pulled < gap and uniform(firm, draws.QUARTER_END, deal.territory, deal.number) < plan.quarter_end_share:
        deal.pulled = True
        return pulled
    return gap
