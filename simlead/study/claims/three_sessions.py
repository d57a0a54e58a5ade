"""Pre-call strategy, post-call debrief, weekly one-to-one: each alone, in pairs, together, for the same hours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, mean_of, ratio, table_of
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Runs
from simlead.study.claims.same_hours import HOURS, most_planned, plan_of, with_hours_of
from simlead.study.claims.verdict import Effect, Region, least, level_of_each

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("pre_call", "post_call", "one_to_one")
WITHOUT = "share of revenue without sessions"
"""The unit of what sessions bring: the firm that holds none is what they are a part of."""

OF_ALL = "share of revenue with all three"
PROGRAMME_COST = "organisation.programme_cost_per_manager"


def sessions(*kinds: str) -> Changes:
    """The policy with these kinds of sessions and no others."""
    return {f"policy.{kind}": kind in kinds for kind in KINDS}


ALL = sessions(*KINDS)


def without_naturals(beliefs: str) -> Scenario:
    """The default firm without natural coaches, who coach whatever the plan says: no plan makes their hours equal."""
    return preset("status_quo", beliefs).change({"world.natural_coach_share": 0.0})


def effect(firm: Firm) -> Effect:
    """By how much all three lead the best of each alone, each with the hours of all three."""
    alone = with_hours_of(firm, ALL, [sessions(kind) for kind in KINDS])
    base, every, *rest = firm.runs({}, ALL, *(policy for mix in alone for policy in mix.policies))
    level = level_of_each(len(alone), firm.confidence)
    return least([ratio(every.values("revenue") - mix.values(pair, "revenue"), base.values("revenue"), level)
                  for mix, pair in zip(alone, pairs(rest), strict=True)])


def pairs(runs: Sequence[Runs]) -> list[tuple[Runs, Runs]]:
    """Runs two by two: those of the lower and of the higher plan of each mix."""
    return list(zip(runs[0::2], runs[1::2], strict=True))


def details(firm: Firm) -> pd.DataFrame:
    """Each subset of the three against no coaching sessions at all, and the hours that it really took.

    `hours_beyond_all_three` is what is left of the gap in hours, under the same luck;
    `room_left_in_the_plan` is 0 where the plan can go no further, and the hours are not reached.
    """
    subsets = [chosen for count in (1, 2) for chosen in combinations(KINDS, count)]
    mixes = with_hours_of(firm, ALL, [sessions(*chosen) for chosen in subsets])
    none, every, *rest = firm.runs(sessions(), ALL, *(policy for mix in mixes for policy in mix.policies))
    nothing, revenue, of_all = none.values("revenue"), every.values("revenue"), every.values(HOURS)
    lines: list[Line] = []
    for chosen, mix, pair in zip(subsets, mixes, pairs(rest), strict=True):
        case, sold, hours = " + ".join(chosen), mix.values(pair, "revenue"), mix.values(pair, HOURS)
        lines += [
            (case, "revenue_against_no_sessions", WITHOUT, ratio(sold - nothing, nothing)),
            (case, "revenue_beyond_all_three", OF_ALL, ratio(sold - revenue, revenue)),
            (case, HOURS, "hours/rep-month", mean_of(hours)),
            (case, "hours_beyond_all_three", "hours/rep-month", mean_of(hours - of_all)),
            (case, "planned_share", "share", known(mix.plan, firm)),
            (case, "room_left_in_the_plan", "share", known(most_planned(firm) - mix.high, firm))]
    case = " + ".join(KINDS)
    return table_of([
        *lines, (case, "revenue_against_no_sessions", WITHOUT, ratio(revenue - nothing, nothing)),
        (case, HOURS, "hours/rep-month", mean_of(of_all)),
        (case, "planned_share", "share", known(plan_of(firm, ALL), firm))])


def known(value: float, firm: Firm) -> Effect:
    """A number that was set, as an effect without width."""
    return Effect(value, value, value, firm.replications)


CLAIM = Claim(
    number=7,
    key="three_sessions",
    text="Pre-call strategy, post-call debrief and weekly one-to-one belong together: no one of them is enough.",
    sources=("V23",),
    experiment="All three kinds of sessions against each alone, each with the plan at which a rep is really coached as "
    "many hours a month (hours rise in steps: some firms plan a step more, the others less); pairs stand in the "
    "details. The firm has no natural coaches here: they coach whatever the plan says, and no plan would make their "
    "hours equal.",
    supports="All three bring more revenue in the third year than the best one of them alone.",
    refutes="One of them alone brings more than all three, for the same hours.",
    region=Region(low=0.0),
    measure="lead of all three over the best one alone, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.pre_call_lift", "world.overdue_relief", "world.coaching_half_dose"),
    programme={**ALL, PROGRAMME_COST: 0.0},
    against={**sessions(), PROGRAMME_COST: 0.0},
    programme_name="all three kinds of sessions against none (nothing is paid for changing over)",
    carried_by="Next to nothing in the model could make the three complements: each brings hours of coaching of the "
    "same kind, with falling returns, and only the pre-call's small lift of a gate and the one-to-one's relief of "
    "overdue deals are their own. That one kind prepares the next is not in it, and was not tested.",
    beginning=without_naturals,
)
