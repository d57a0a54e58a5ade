"""18 % of managers should not be in the role; replacing them pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.money import programme_cost
from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import (
    PART,
    Line,
    earned,
    mean_of,
    months_of,
    of_status_quo,
    policies,
    ratio,
    table_of,
    year_of,
)
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Floats
from simlead.study.claims.verdict import Effect, Region
from simlead.study.payback import payback_of

if TYPE_CHECKING:
    import pandas as pd

REPLACE: Changes = {"policy.replace_unfit": True}
TRAIN: Changes = {"policy.manager_training": True}
BOTH: Changes = {**REPLACE, **TRAIN}
CASES: dict[str, Changes] = {
    "replaced": REPLACE,
    "everybody trainable trained": TRAIN,
    "replaced, and everybody trainable trained": BOTH,
}
HARMLESS: Changes = {"world.quality_low": 0.0}
"""A world in which nobody's coaching does harm: what the unfit cost, as against managers who coach in vain."""

NOBODY_MANAGES: Changes = {
    "policy.coaching_share": 0.0, "policy.kpi_review": False, "policy.accountability": 0.0,
    "policy.own_selling_share": 0.0, "policy.heroics": 0.0}
"""Teams as if their manager's chair were empty for good."""

AFTER_A_VACANCY = "replaced after a vacancy as long as a rep's (assumed)"

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
    return table_of([*lines, *unfit_trained(firm), *break_even(firm)])


def unfit_trained(firm: Firm) -> list[Line]:
    """What training brings in the chairs of the unfit, by difference; no policy trains them alone.

    Training everybody less what training brings in a firm without the unfit, for the part of
    the chairs that are not theirs: linear, and newcomers are taken to gain as the other fit do.
    """
    trained, base, both, replaced = firm.runs(TRAIN, {}, BOTH, REPLACE)
    fit = 1.0 - replacements(firm) / firm.base.organisation.teams
    revenue = (trained.values("revenue") - base.values("revenue")
               - fit * (both.values("revenue") - replaced.values("revenue")))
    profit = ((trained.profit - base.profit).sum(axis=1)
              - fit * (both.profit - replaced.profit).sum(axis=1))
    case = "the unfit trained, by difference"
    return [(case, "revenue", PART, ratio(revenue, base.values("revenue"))),
            (case, "profit_earned", "share of base revenue", ratio(profit, base.values("revenue_base")))]


def replacements(firm: Firm) -> Floats:
    """Managers replaced in each replicate, beyond those who would have come from outside anyway.

    Profit is a straight line in a replacement's price: the runs at two prices tell how many there were.
    """
    dearer: Changes = {PRICE: firm.base.organisation.manager_replacement_cost + THOUSAND}
    replaced, base, dear, dear_base = firm.runs(REPLACE, {}, {**REPLACE, **dearer}, dearer)
    gaps = (replaced.profit - base.profit) - (dear.profit - dear_base.profit)
    return np.asarray(gaps.sum(axis=1) / THOUSAND)


def break_even(firm: Firm) -> list[Line]:
    """How dear a replacement may be, how long a chair may stay empty, and what a vacancy as long as a rep's leaves.

    Profit is a straight line in a replacement's price, so that the price at which nothing is
    earned follows from runs at two prices. An empty chair is not simulated. What a month of
    it costs is what a team of a firm whose unfit were replaced earns in a month, less that of
    a firm whose managers do nothing for good: if loss and recovery are linear, all that a
    short vacancy takes, then and later, is its length times the loss that a lasting one
    settles at (the last year's here). A vacancy is charged in full at the switch.
    """
    price, teams = firm.base.organisation.manager_replacement_cost, firm.base.organisation.teams
    replaced, base, empty = firm.runs(REPLACE, {}, NOBODY_MANAGES)
    chairs, gains = replacements(firm), replaced.profit - base.profit
    earned_net = gains.sum(axis=1)
    last = firm.base.calendar.horizon_weeks // WEEKS_PER_YEAR
    month_of_a_team = (year_of(replaced.profit, last) - year_of(empty.profit, last)) / (MONTHS * teams)
    vacancy = firm.base.world.vacancy_months * product(chairs, month_of_a_team)
    gains[:, 0] -= vacancy
    back = payback_of(gains, programme_cost(base.scenario) - programme_cost(replaced.scenario)
                      - float(vacancy.mean()), seed=firm.asking.seed)
    return [
        ("replaced", "replacements", "managers", mean_of(chairs)),
        ("replaced", "price_at_which_nothing_is_earned", "thousand dollars",
         ratio((earned_net + price * chairs) / THOUSAND, chairs)),
        ("replaced", "vacancy_at_which_nothing_is_earned", "months",
         ratio(earned_net, product(chairs, month_of_a_team))),
        (AFTER_A_VACANCY, "profit_earned", "share of base revenue",
         ratio(gains.sum(axis=1), base.values("revenue_base"))),
        (AFTER_A_VACANCY, "payback", "months", months_of(back, len(earned_net))),
    ]


def product(a: Floats, b: Floats) -> Floats:
    """Values whose mean is the product of two means, with the noise of both (to the first order).

    >>> float(product(np.array([1.0, 3.0]), np.array([2.0, 6.0])).mean())
    8.0
    """
    return np.asarray(a * b.mean() + a.mean() * (b - b.mean()))


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
    programme_name="replacing the unfit, chairs filled at once",
    carried_by="Newcomers are not average managers but fit ones, and a standard deviation of coaching quality is worth "
    "about .13 log-points of a team's sales at the status quo's hours (.4 under practitioner beliefs), where "
    "studies of managers in general find about .07 (.04 to .20): so replacing brings more here, and most of it is "
    "good coaching gained rather than harm undone. A chair is filled at once; the details charge a vacancy as long "
    "as a rep's, which is assumed. No policy trains the unfit alone; what it would bring is reckoned from differences.",
    assumed=True,
)
