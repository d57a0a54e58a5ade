"""Rivals: what they and we have won lately, and their answer to our share of it."""

from __future__ import annotations

from simlead.engines.compiled.firm import weeks_since_start
from simlead.engines.compiled.layout import people_row_at, plan_of
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord
from simlead.engines.plan import ANSWER_WEEKS
from simlead.model.rules import buyers
from simlead.model.units import WEEKS_PER_YEAR


@inlined
def won(firm: FirmRecord, ours: float, rivals: float) -> None:
    """Add up what was won this week ($)."""
    if plan_of(firm).rivals_take_back > 0.0:
        row = people_row_at(firm, weeks_since_start(firm))
        row.won[0] += ours
        row.won[1] += rivals


@part
def answer(firm: FirmRecord) -> None:
    """From the switch on, rivals answer to our share of the value won lately, against the base year's."""
    plan = plan_of(firm)
    if plan.rivals_take_back <= 0.0 or firm.week < 0:
        return
    switch, now = plan.warmup_weeks, weeks_since_start(firm)
    ours, theirs = _won_between(firm, now - ANSWER_WEEKS, now)
    ours_before, theirs_before = _won_between(firm, switch - WEEKS_PER_YEAR, switch)
    firm.rivals_answer = buyers.rivals_answer(
        plan.rivals_take_back, ours, ours + theirs, ours_before, ours_before + theirs_before)


@part
def _won_between(firm: FirmRecord, first: int, beyond: int) -> tuple[float, float]:
    """What we and what rivals have won in these weeks since the start ($)."""
    ours = theirs = 0.0
    for week in range(max(0, first), beyond):
        row = people_row_at(firm, week)
        ours += row.won[0]
        theirs += row.won[1]
    return ours, theirs
