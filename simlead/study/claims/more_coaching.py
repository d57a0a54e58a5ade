"""More coaching is always better: the reverse of what evidence says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, lead, of_status_quo, table_of
from simlead.study.claims.half_of_the_week import plan
from simlead.study.claims.verdict import Effect, Region, least

if TYPE_CHECKING:
    import pandas as pd

STEPS = (0.2, 0.5, 0.8)
CASES: dict[str, Changes] = {
    "as it is": {},
    "weak coaches": {"world.quality_mean": 0.5},
    "useless coaches on average": {"world.quality_mean": 0.0},
    "harmful coaches on average": {"world.quality_mean": -0.5},
}


def effect(firm: Firm) -> Effect:
    """What the worse of two steps up adds: from .2 to .5 of the week, and from .5 to .8."""
    # Each step is a lead over one other; the level of each is Bonferroni's for both.
    return least(steps(firm))


def steps(firm: Firm) -> list[Effect]:
    """What each step up adds to the third year's revenue."""
    return [lead(firm, plan(after), [plan(before)], count=len(STEPS) - 1)
            for before, after in zip(STEPS, STEPS[1:], strict=False)]


def details(firm: Firm) -> pd.DataFrame:
    """Revenue by planned share, for managers who coach better and worse."""
    lines: list[Line] = []
    for case, changes in CASES.items():
        here = firm.change(changes).smaller()
        base, *runs = here.runs(plan(STEPS[0]), *(plan(share) for share in STEPS[1:]))
        lines += [(case, f"revenue_at_{share:g}", PART, of_status_quo(seen, base, base, "revenue"))
                  for share, seen in zip(STEPS[1:], runs, strict=True)]
    return table_of(lines)


CLAIM = Claim(
    number=12,
    key="more_coaching",
    text="More coaching is always better.",
    sources=("V16",),
    contradicted_by=("V20", "V21", "V43"),
    experiment="The planned share of the week goes from 20 to 50 to 80 %, nothing else changed; managers who coach "
    "badly in the details.",
    supports="Each step adds to the third year's revenue.",
    refutes="A step takes from it.",
    region=Region(low=0.0),
    measure="what the worse of two steps adds, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.coaching_gain_max", "world.coaching_half_dose", "world.quality_mean", "world.gain_floor"),
    programme=plan(0.8),
)
