"""If you do not grow people you do not grow sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, gain, mean_of, of_status_quo, pooled, table_of
from simlead.study.claims.firm import Firm
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

FLAT: Changes = {"market.growth_per_year": 0.0, "organisation.seat_growth_per_year": 0.0}
WITHOUT_PEOPLE: Changes = {
    "policy.role_clarity": 0.9, "policy.accountability": 0.7, "policy.own_selling_share": 0.05}
"""A clear role, accountability and less own selling, with no more coaching than before and no training."""

PEOPLE: Changes = {"policy.coaching_share": 0.5, "policy.manager_training": True}

MATCHED: Changes = {**WITHOUT_PEOPLE, "policy.coaching_share": 0.15}
"""A plan so much lower that a clear role makes of it the status quo's hours of coaching."""

NO_COACHING: Changes = {**WITHOUT_PEOPLE, "policy.coaching_share": 0.0}

CASES: dict[str, Changes] = {
    "everything but people": WITHOUT_PEOPLE,
    "everything but people, no more coaching hours than before": MATCHED,
    "everything but people, and no coaching at all": NO_COACHING,
    "nothing new": {},
    "no coaching at all": {"policy.coaching_share": 0.0},
    "people": PEOPLE,
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
    """Growth with and without growing people, against the twin and against the base year; coaching hours of a rep.

    Against the twin under the same luck stands next to each case the measure of the claim's effect.
    """
    twin, *seen = firm.runs({}, *CASES.values())
    lines: list[Line] = []
    for case, runs in zip(CASES, seen, strict=True):
        if runs.scenario != twin.scenario:
            lines.append((case, "revenue_against_twin", PART, of_status_quo(runs, twin, twin, "revenue")))
        lines += [(case, "coaching_hours_per_rep_month", "hours/rep-month",
                   mean_of(runs.values("coaching_hours_per_rep_month"))),
                  (case, "revenue_growth", "share", pooled(runs, "revenue_growth")),
                  (case, "market_share_growth", "share", pooled(runs, "market_share_growth"))]
    return table_of(lines)


CLAIM = Claim(
    number=11,
    key="grow_people",
    text="If you do not grow people you do not grow sales.",
    sources=(),
    experiment="A market that does not grow and no new seats. Role, accountability and own selling are set right; "
    "coaching stays planned as it was and nobody is trained. Growth is told against a twin that changes nothing, which "
    "stays where it was. The details have the same with no more hours of coaching than before, and with none at all. "
    "The sentence was not found in any source besides the article; three years and a flat market are our sharpening.",
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
    programme_name="a clear role, accountability and less own selling",
    carried_by="What a clear role does by itself (world.clarity_effect) refutes the claim; the arm grows people a "
    "little, for a clear role lets more of the same plan for coaching come about. At the hours of before the firm "
    "still grows, by some 12 % under evidence beliefs and 22 % under practitioner ones (details). With no coaching at "
    "all, the sentence taken literally, the claim holds under both belief sets: such a firm shrinks, a little under "
    "evidence beliefs and a lot under practitioner ones.",
    beginning=flat,
)
