"""Not coaching is the first reason that managers fail, selling on the second, an undefined role the third."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.model.presets import PRESETS
from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, of_status_quo, ratio, table_of
from simlead.study.claims.verdict import Effect, Region, least, level_of_each

if TYPE_CHECKING:
    import pandas as pd

LEADERSHIP = PRESETS["leadership"]
FAILURES: dict[str, Changes] = {
    "not coaching": {"policy.coaching_share": 0.0},
    "selling on": {"policy.own_selling_share": 0.40, "policy.heroics": 2.0},
    "undefined role": {"policy.role_clarity": 0.1, "policy.accountability": 0.1, "policy.kpi_review": False},
}
"""The reasons in the claim's order, each as a change of what managers do."""

PARTS: dict[str, Changes] = {
    "own selling alone": {"policy.own_selling_share": 0.40},
    "unclear role alone": {"policy.role_clarity": 0.1},
    "no accountability alone": {"policy.accountability": 0.1, "policy.kpi_review": False},
}
"""What two of them are made of."""


def effect(firm: Firm) -> Effect:
    """The lesser of two leads: of the first reason's loss over the second's, of the second's over the third's."""
    base, first, second, third = firm.runs({}, *({**LEADERSHIP, **failure} for failure in FAILURES.values()))
    level = level_of_each(2, firm.confidence)
    return least([of_status_quo(second, first, base, "revenue", level),
                  of_status_quo(third, second, base, "revenue", level)])


def details(firm: Firm) -> pd.DataFrame:
    """What each failure takes from a firm that is led well, and from the status quo."""
    cases = {**FAILURES, **PARTS}
    lines: list[Line] = []
    for start, changes in (("well led", LEADERSHIP), ("as it is", {})):
        base, led, *runs = firm.runs({}, changes, *({**changes, **failure} for failure in cases.values()))
        for case, seen in zip(cases, runs, strict=True):
            name = f"{case}, {start}"
            lines += [(name, "revenue", PART, of_status_quo(seen, led, base, "revenue")),
                      (name, "market_share", PART, of_status_quo(seen, led, base, "market_share")),
                      (name, "profit_final", "share of revenue", ratio(
                          seen.values("profit_final") - led.values("profit_final"), base.values("revenue")))]
    return table_of(lines)


CLAIM = Claim(
    number=4,
    key="reasons_of_failure",
    text="Not coaching is the first reason that managers fail, selling on the second, an undefined role the third.",
    sources=("V03", "V07", "V10"),
    experiment="From a firm that is led well (half of the week for coaching, a clear role, accountability, little own "
    "selling) one thing at a time is taken: coaching (none planned), restraint (40 % own selling, twice the rescues), "
    "or the definition of role and KPIs. This ranking was not found in any source besides the article.",
    supports="Revenue of year three falls most without coaching, and with selling on more than with an undefined role.",
    refutes="One of these two comparisons is the other way round.",
    region=Region(low=0.0),
    measure="revenue lost: lesser lead of a reason over the next one",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.clarity_effect", "world.coaching_gain_max", "world.own_selling_productivity"),
    programme=LEADERSHIP,
)
