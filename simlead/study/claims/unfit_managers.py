"""18 % of managers should not be in the role; replacing them pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.model.units import WEEKS_PER_YEAR
from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import (
    PART,
    Line,
    earned,
    mean_of,
    of_status_quo,
    policies,
    ratio,
    table_of,
    year_of,
)
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

NOBODY_MANAGES: Changes = {
    "policy.coaching_share": 0.0, "policy.kpi_review": False, "policy.accountability": 0.0,
    "policy.own_selling_share": 0.0, "policy.heroics": 0.0}
"""Teams as if their manager's chair were empty for good."""

PRICE = "organisation.manager_replacement_cost"
THOUSAND = 1e3
MONTHS = 12.0


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
    return table_of([*lines, *break_even(firm)])


def break_even(firm: Firm) -> list[Line]:
    """How dear a replacement may be, and how long a chair may stay empty, before replacing no longer pays.

    Profit is a straight line in a replacement's price, so that the price at which nothing is
    earned follows from runs at two prices. An empty chair is not simulated. What a month of
    it costs is taken from a firm whose managers do nothing for good: if loss and recovery are
    linear, all that a short vacancy takes, then and later, is its length times the loss that a
    lasting one settles at (the last year's here).
    """
    price, teams = firm.base.organisation.manager_replacement_cost, firm.base.organisation.teams
    dearer: Changes = {PRICE: price + THOUSAND}
    replaced, base, dear, dear_base, empty = firm.runs(
        REPLACE, {}, {**REPLACE, **dearer}, dearer, NOBODY_MANAGES)
    earned_net = (replaced.profit - base.profit).sum(axis=1)
    replacements = (earned_net - (dear.profit - dear_base.profit).sum(axis=1)) / THOUSAND
    last = firm.base.calendar.horizon_weeks // WEEKS_PER_YEAR
    month_of_a_team = (year_of(base.profit, last) - year_of(empty.profit, last)) / (MONTHS * teams)
    months_lost = float(replacements.mean()) * month_of_a_team
    return [
        ("replaced", "replacements", "managers", mean_of(replacements)),
        ("replaced", "price_at_which_nothing_is_earned", "thousand dollars",
         ratio((earned_net + price * replacements) / THOUSAND, replacements)),
        ("replaced", "vacancy_at_which_nothing_is_earned", "months", ratio(earned_net, months_lost)),
    ]


CLAIM = Claim(
    number=1,
    key="unfit_managers",
    text="18 % of sales managers should not be in the role, and replacing them pays.",
    sources=("V01", "V02"),
    experiment="The 18 % are given: managers whose coaching does harm. At the switch they are replaced from outside by "
    "managers whose coaching does not; what reps lost is learned anew in its own time. A manager's vacancy is not "
    "simulated, its price is; how long a vacancy replacing could bear stands in the details.",
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
