"""More coaching is always better: the reverse of what evidence says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, lead, mean_of, of_status_quo, table_of
from simlead.study.claims.firm import Firm
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
    """What each plan realises and brings against the lowest, for managers who coach better and worse."""
    lines: list[Line] = []
    for case, changes in CASES.items():
        here = firm.change(changes).smaller()
        base, low, *runs = here.runs({}, *(plan(share) for share in STEPS))
        lines += [(case, f"revenue_at_{share:g}", PART, of_status_quo(seen, low, base, "revenue"))
                  for share, seen in zip(STEPS[1:], runs, strict=True)]
        lines += [(case, f"realised_at_{share:g}", "share", mean_of(seen.values("coaching_share_realised")))
                  for share, seen in zip(STEPS, (low, *runs), strict=True)]
    return table_of(lines)


CLAIM = Claim(
    number=12,
    key="more_coaching",
    text="More coaching is always better.",
    sources=(),
    by_us=True,
    contradicted_by=("V20", "V21", "V43"),
    experiment="The planned share of the week goes from 20 to 50 to 80 %, nothing else changed; managers who coach "
    "badly in the details. A source for always was not found; that more goes with better results, as far as a day a "
    "week, V16 says.",
    supports="Each step adds to the third year's revenue.",
    refutes="A step takes from it.",
    region=Region(low=0.0),
    measure="what the worse of two steps adds, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.coaching_gain_max", "world.coaching_half_dose", "world.quality_mean", "world.gain_floor"),
    programme=plan(0.8),
    programme_name="planning four fifths of the week",
    carried_by="The steps are planned ones: of 20, 50 and 80 % of the week some 14, 22 and 34 % come about (details), "
    "so that the upper end of coaching is not reached. A gain that saturates (world.coaching_half_dose, "
    "world.coaching_gain_max) against reps' time in sessions carries the verdict. Seed and scenarios are those of "
    "experiments/01_coaching_and_clarity: it repeats that sweep and does not confirm it.",
)
