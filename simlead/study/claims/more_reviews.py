"""More KPIs and more accountability are always better: the reverse of what evidence says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, lead, mean_of, of_status_quo, table_of
from simlead.study.claims.verdict import Effect, Region, least

if TYPE_CHECKING:
    import pandas as pd

STEPS = (0.4, 0.7, 1.0)


def held_to(accountability: float) -> Changes:
    """The policy with this much accountability."""
    return {"policy.accountability": accountability}


def effect(firm: Firm) -> Effect:
    """What the worse of two steps up adds: from .4 to .7, and from .7 to 1."""
    return least([lead(firm, held_to(after), [held_to(before)], count=len(STEPS) - 1)
                  for before, after in zip(STEPS, STEPS[1:], strict=False)])


def details(firm: Firm) -> pd.DataFrame:
    """Revenue and turnover by accountability."""
    levels = (0.0, 0.2, 0.55, 0.7, 0.85, 1.0)
    base, *runs = firm.smaller().runs({}, *(held_to(level) for level in levels))
    lines: list[Line] = []
    for level, seen in zip(levels, runs, strict=True):
        case = f"accountability {level:g}"
        lines += [(case, "revenue", PART, of_status_quo(seen, base, base, "revenue")),
                  (case, "separations_per_year", "1/year", mean_of(seen.values("separations_per_year")))]
    return table_of(lines)


CLAIM = Claim(
    number=13,
    key="more_reviews",
    text="More KPIs and more accountability are always better.",
    sources=("V23",),
    contradicted_by=("V21", "V76"),
    experiment="Accountability (how often the numbers are looked at, times what follows) goes from .4 to .7 to 1. That "
    "too much of it costs is our assumption (world.accountability_overdose); its range has the low end 0, no cost.",
    supports="Each step adds to the third year's revenue.",
    refutes="A step takes from it.",
    region=Region(low=0.0),
    measure="what the worse of two steps adds, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.accountability_overdose", "world.accountability_effect", "world.accountability_overdose_from"),
    programme=held_to(1.0),
)
