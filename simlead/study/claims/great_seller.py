"""A great seller does not make a great manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.model.policy import PROMOTION_RULES
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import Line, earned, gain, mean_of, of_status_quo, ratio, table_of
from simlead.study.claims.firm import Firm
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

YEARS = 10
OF_THE_LOT = "share of revenue under the lot"
"""The unit of what a rule brings: the firm that draws lots is what it is a part of."""

CAUSAL = "world.peter_causal_share"


def promoted(rule: str) -> Changes:
    """The policy with this promotion rule."""
    return {"policy.promotion_rule": rule}


def ten_years(beliefs: str) -> Scenario:
    """The default firm as it is, for ten years, so that most managers are promoted under the rule."""
    return preset("status_quo", beliefs).change({"calendar.horizon_weeks": 52 * YEARS})


def effect(firm: Firm) -> Effect:
    """The last year's revenue if the best seller is promoted, against a member of the team drawn by lot."""
    return gain(firm, promoted("best_seller"), against=promoted("random"))


def details(firm: Firm) -> pd.DataFrame:
    """Each rule against the lot: the last year's revenue, profit of all years, turnover; none and all as causal."""
    lot, *runs = firm.runs(promoted("random"), *(promoted(rule) for rule in PROMOTION_RULES))
    lines: list[Line] = []
    for rule, seen in zip(PROMOTION_RULES, runs, strict=True):
        if rule != "random":
            lines += [(rule, "revenue", OF_THE_LOT, of_status_quo(seen, lot, lot, "revenue")),
                      (rule, "profit_earned", "share of base revenue", earned(seen, lot))]
        lines.append((rule, "separations_per_year", "1/year", mean_of(seen.values("separations_per_year"))))
    return table_of([*lines, *causal_or_not(firm)])


def causal_or_not(firm: Firm) -> list[Line]:
    """The best seller against the lot where none or all of the published fall is causal, and between the two.

    Under the same luck, so that the difference is that of the share alone. The status quo is
    not calibrated anew, as it is for the ends of parameters.
    """
    none, of_none, every, of_all = firm.runs(*(
        {**promoted(rule), CAUSAL: share} for share in (0.0, 1.0) for rule in ("best_seller", "random")))
    gap_of_none, gap_of_all = (
        seller.values("revenue") - lot.values("revenue") for seller, lot in ((none, of_none), (every, of_all)))
    return [
        ("best_seller, none of the fall causal", "revenue", OF_THE_LOT,
         of_status_quo(none, of_none, of_none, "revenue")),
        ("best_seller, all of the fall causal", "revenue", OF_THE_LOT, of_status_quo(every, of_all, of_all, "revenue")),
        ("best_seller, all against none causal", "revenue", OF_THE_LOT,
         ratio(gap_of_all - gap_of_none, of_none.values("revenue")))]


CLAIM = Claim(
    number=5,
    key="great_seller",
    text="A great seller does not make a great manager.",
    sources=("V55", "V56"),
    experiment="Ten years in which whoever leads a team and leaves is succeeded by its best seller, or by a member "
    "drawn by lot. Half of the published fall in a team's sales per doubling of its manager's own is taken as causal: "
    "what is tested is whether that, and the seller's empty seat, show in the firm's revenue.",
    supports="In the tenth year the firm that promotes its best sellers sells less.",
    refutes="It sells more.",
    region=Region(high=0.0),
    measure="revenue in year 10, best sellers promoted against a lot drawn",
    unit="share",
    effect=effect,
    details=details,
    candidates=(CAUSAL, "world.skill_effect", "world.manager_exits_per_year"),
    programme=promoted("best_coach"),
    programme_name="promoting the best coach instead of the best seller",
    carried_by="The verdict leans on the part of the published fall that is taken as causal (half of it, a judgement): "
    "the details have none of it, where only the seller's empty seat counts, and all of it. That selling and coaching "
    "talent are unrelated is assumed too.",
    beginning=ten_years,
)
