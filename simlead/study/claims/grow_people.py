"""If you do not grow people you do not grow sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import Line, gain, mean_of, pooled, table_of
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

FLAT: Changes = {"market.growth_per_year": 0.0, "organisation.seat_growth_per_year": 0.0}
WITHOUT_PEOPLE: Changes = {
    "policy.role_clarity": 0.9, "policy.accountability": 0.7, "policy.own_selling_share": 0.05}
"""A clear role, accountability and less own selling, with no more coaching than before and no training."""

PEOPLE: Changes = {"policy.coaching_share": 0.5, "policy.manager_training": True}

CASES: dict[str, Changes] = {
    "nothing new": {},
    "no coaching at all": {"policy.coaching_share": 0.0},
    "people": PEOPLE,
    "everything but people": WITHOUT_PEOPLE,
    "everything but people, and no coaching at all": {**WITHOUT_PEOPLE, "policy.coaching_share": 0.0},
    "both": {**WITHOUT_PEOPLE, **PEOPLE},
}


def flat(beliefs: str) -> Scenario:
    """The default firm as it is, in a market that does not grow, hiring for no new seats."""
    return preset("status_quo", beliefs).change(FLAT)


def effect(firm: Firm) -> Effect:
    """Growth of a firm that sets everything right but does nothing new for its people.

    Told against the third year of its twin that does nothing new at all, which in a flat
    market stays where it was; their common luck cancels, where that of two years would not.
    """
    return gain(firm, WITHOUT_PEOPLE)


def details(firm: Firm) -> pd.DataFrame:
    """Growth with and without growing people; how many coaching hours a rep gets."""
    lines: list[Line] = []
    for case, runs in zip(CASES, firm.runs(*CASES.values()), strict=True):
        lines += [(case, "revenue_growth", "share", pooled(runs, "revenue_growth")),
                  (case, "market_share_growth", "share", pooled(runs, "market_share_growth")),
                  (case, "coaching_hours_per_rep_month", "hours/rep-month",
                   mean_of(runs.values("coaching_hours_per_rep_month")))]
    return table_of(lines)


CLAIM = Claim(
    number=11,
    key="grow_people",
    text="If you do not grow people you do not grow sales.",
    sources=("V09",),
    experiment="A market that does not grow and no new seats. Role, accountability and own selling are set right; "
    "coaching stays planned as it was and nobody is trained. Growth is told against a twin that changes nothing, which "
    "stays where it was. That a clear role lets more of the plan come about stands in the details, and no coaching.",
    supports="In three years such a firm grows by 2 % at most, which we count as not growing.",
    refutes="It grows by more than 2 %.",
    region=Region(high=0.02),
    measure="growth in three years without growing people, flat market",
    unit="share",
    effect=effect,
    details=details,
    candidates=("world.clarity_effect", "world.accountability_effect", "world.coaching_gain_max",
                "market.noticing_elasticity"),
    programme=WITHOUT_PEOPLE,
    beginning=flat,
)
