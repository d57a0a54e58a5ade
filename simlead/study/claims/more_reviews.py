"""More KPIs and more accountability are always better: the reverse of what evidence says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, STATUS_QUO, Line, lead, mean_of, of_status_quo, table_of
from simlead.study.claims.firm import Firm
from simlead.study.claims.verdict import Effect, Region, least

if TYPE_CHECKING:
    import pandas as pd

STEPS = (0.4, 0.7, 1.0)
LEVELS = (0.0, 0.55, 0.7, 0.85, 1.0)
BEYOND = (0.85, 1.0)
"""Levels that the overdose costs; below it nothing is changed without one."""

NO_REVIEW: Changes = {"policy.kpi_review": False}
NO_OVERDOSE: Changes = {"world.accountability_overdose": 0.0}


def held_to(accountability: float) -> Changes:
    """The policy with this much accountability."""
    return {"policy.accountability": accountability}


def effect(firm: Firm) -> Effect:
    """What the worse of two steps up adds: from .4 to .7, and from .7 to 1."""
    return least([lead(firm, held_to(after), [held_to(before)], count=len(STEPS) - 1)
                  for before, after in zip(STEPS, STEPS[1:], strict=False)])


def details(firm: Firm) -> pd.DataFrame:
    """Revenue and turnover by accountability: as it is, without the KPI review, and where no dose is too much."""
    here = firm.smaller()
    return table_of([*by_level(here, "", LEVELS), *by_level(here, ", no KPI review", STEPS, NO_REVIEW),
                     *by_level(here.change(NO_OVERDOSE), ", no overdose", BEYOND)])


def by_level(firm: Firm, name: str, levels: Sequence[float], changes: Changes = STATUS_QUO) -> list[Line]:
    """What each level of accountability brings against the firm's status quo; `changes` go with each."""
    base, *runs = firm.runs({}, *({**held_to(level), **changes} for level in levels))
    lines: list[Line] = []
    for level, seen in zip(levels, runs, strict=True):
        case = f"accountability {level:g}{name}"
        lines += [(case, "revenue", PART, of_status_quo(seen, base, base, "revenue")),
                  (case, "separations_per_year", "1/year", mean_of(seen.values("separations_per_year")))]
    return lines


CLAIM = Claim(
    number=13,
    key="more_reviews",
    text="More KPIs and more accountability are always better.",
    sources=(),
    by_us=True,
    contradicted_by=("V76", "V80"),
    experiment="Accountability (how often the numbers are looked at, times what follows) goes from .4 to .7 to 1. That "
    "too much of it costs is our assumption (world.accountability_overdose); its range has the low end 0, no cost. The "
    "details switch the KPI review off and the overdose too. A source for always was not found; that goals and being "
    "looked at raise output V77 and V79 say.",
    supports="Each step adds to the third year's revenue.",
    refutes="A step takes from it.",
    region=Region(low=0.0),
    measure="what the worse of two steps adds, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.accountability_overdose", "world.accountability_effect", "world.accountability_overdose_from"),
    programme=held_to(1.0),
    programme_name="accountability at its most",
    assumed=True,
    carried_by="That accountability beyond .7 costs output is an input (world.accountability_overdose, our judgement "
    "after a survey about constant coaching, V21), so what an hour brings peaks near .8 by construction; whether the "
    "step to 1 costs revenue follows from it. How many KPIs there are is not in the model: only how often they are "
    "looked at, times what follows, and whether there is a weekly review.",
)
