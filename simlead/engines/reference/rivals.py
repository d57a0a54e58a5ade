"""Rivals: what they and we have won lately, and their answer to our share of it."""

from __future__ import annotations

from simlead.engines.plan import ANSWER_WEEKS
from simlead.engines.reference.firm import Firm
from simlead.model.units import WEEKS_PER_YEAR


def won(firm: Firm, ours: float, rivals: float) -> None:
    """Add up what was won this week ($)."""
    firm.won_rows[-1][0] += ours
    firm.won_rows[-1][1] += rivals


def answer(firm: Firm) -> None:
    """From the switch on, rivals answer to our share of the value won lately, against the base year's."""
    if firm.plan.rivals_take_back <= 0.0 or firm.week < 0:
        return
    switch, now = firm.plan.calendar.warmup_weeks, firm.weeks_since_start
    ours, theirs = _won_between(firm, now - ANSWER_WEEKS, now)
    ours_before, theirs_before = _won_between(firm, switch - WEEKS_PER_YEAR, switch)
    firm.rivals_answer = firm.rules.rivals_answer(
        firm.plan.rivals_take_back, ours, ours + theirs, ours_before, ours_before + theirs_before)


def _won_between(firm: Firm, first: int, beyond: int) -> tuple[float, float]:
    """What we and what rivals have won in these weeks since the start ($)."""
    ours = theirs = 0.0
    for week in range(max(0, first), beyond):
        ours += firm.won_rows[week][0]
        theirs += firm.won_rows[week][1]
    return ours, theirs
