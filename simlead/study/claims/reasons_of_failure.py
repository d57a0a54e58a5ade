"""Not coaching is the first reason that managers fail, selling on the second, an undefined role the third."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simlead.model.presets import PRESETS
from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, of_status_quo, ratio, table_of
from simlead.study.claims.verdict import Effect, Region, least, level_of_each
from simlead.study.sensitivity.sobol import sobol_indices
from simlead.study.studies.kinds import sobol

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


LEVERS = {
    "policy.coaching_share": {"low": 0.0, "high": 0.5}, "policy.own_selling_share": {"low": 0.0, "high": 0.4},
    "policy.role_clarity": {"low": 0.1, "high": 0.9}, "policy.accountability": {"low": 0.1, "high": 0.8}}
"""From the failure to good leadership, for the Sobol indices."""

INDICES_FROM = 50
"""Indices need many runs; a version with fewer replicates of details goes without them."""

INDICES_POINTS, INDICES_REPLICATES = 64, 4


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
        base, led, *runs = firm.smaller().runs({}, changes, *({**changes, **failure} for failure in cases.values()))
        for case, seen in zip(cases, runs, strict=True):
            name = f"{case}, {start}"
            lines += [(name, "revenue", PART, of_status_quo(seen, led, base, "revenue")),
                      (name, "market_share", PART, of_status_quo(seen, led, base, "market_share")),
                      (name, "profit_final", "share of revenue", ratio(
                          seen.values("profit_final") - led.values("profit_final"), base.values("revenue")))]
    if firm.details >= INDICES_FROM:
        lines += indices(firm)
    return table_of(lines)


def indices(firm: Firm, points: int = INDICES_POINTS) -> list[Line]:
    """Sobol indices of the levers behind the three reasons, on revenue, share and profit.

    Needs the extra `study` (ParameterError without it).
    """
    design = sobol(LEVERS, points, seed=firm.asking.seed)
    scenarios = [firm.base.change({str(path): float(value) for path, value in row.items()})
                 for row in design.to_dict("records")]
    runs = firm.asking.several(scenarios, INDICES_REPLICATES)
    lines: list[Line] = []
    for measure in ("revenue", "market_share", "profit_final"):
        table = sobol_indices(design, np.array([seen.values(measure) for seen in runs]), list(LEVERS),
                              seed=firm.asking.seed)
        lines += [(str(row["factor"]), f"{row['index']}_index_on_{measure}", "share of variance",
                   Effect(row["estimate"], row["low"], row["high"], int(row["n"]))) for row in table.to_dict("records")]
    return lines


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
