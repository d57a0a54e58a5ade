"""18 % of managers should not be in the role; replacing them pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, earned, mean_of, of_status_quo, policies, table_of
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

REPLACE: Changes = {"policy.replace_unfit": True}
CASES: dict[str, Changes] = {
    "replaced": REPLACE,
    "trained": {"policy.manager_training": True},
    "replaced and trained": {**REPLACE, "policy.manager_training": True},
}
HARMLESS: Changes = {"world.quality_low": 0.0}
"""A world in which nobody's coaching does harm: what the unfit cost, as against managers who coach in vain."""


def effect(firm: Firm) -> Effect:
    """What replacing the unfit earns in the years simulated, what it cost taken off."""
    policy, base = firm.runs(REPLACE, {})
    return earned(policy, base, firm.confidence)


def details(firm: Firm) -> pd.DataFrame:
    """What the unfit cost, and what replacing and training bring."""
    lines = policies(firm, CASES)
    base, harmless = firm.runs({}, HARMLESS)
    loss = of_status_quo(harmless, base, base, "revenue")
    lines += [("harmless instead", "revenue", PART, loss),
              ("harmless instead", "separations_per_year", "1/year", mean_of(harmless.values("separations_per_year")))]
    return table_of(lines)


CLAIM = Claim(
    number=1,
    key="unfit_managers",
    text="18 % of sales managers should not be in the role, and replacing them pays.",
    sources=("V01", "V02"),
    experiment="The 18 % are given: managers whose coaching does harm. At the switch they are replaced from outside by "
    "managers whose coaching does not; what reps lost is learned anew in its own time. A manager's vacancy is not "
    "simulated, its price is.",
    supports="Replacing them has earned more after three years than it cost.",
    refutes="It has cost more than it earned.",
    region=Region(low=0.0),
    measure="profit of three years from replacing the unfit",
    unit="share of base revenue",
    effect=effect,
    details=details,
    candidates=("world.quality_low", "world.quality_sd", "world.coaching_gain_max",
                "organisation.manager_replacement_cost"),
    programme=REPLACE,
    assumed=True,
)
