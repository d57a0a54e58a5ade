"""Pre-call strategy, post-call debrief, weekly one-to-one: each alone, in pairs, together, for the same hours."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from simlead.study.claims.asking import Changes, Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, lead, mean_of, of_status_quo, table_of
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("pre_call", "post_call", "one_to_one")
PILOT = 4
"""Replicates that tell how much of a plan with these sessions alone is realised."""

MOST_PLANNED = 0.6
STEPS = 2


def sessions(*kinds: str) -> Changes:
    """The policy with these kinds of sessions and no others."""
    return {f"policy.{kind}": kind in kinds for kind in KINDS}


def same_hours(firm: Firm, packages: list[Changes]) -> list[Changes]:
    """The packages, each with the planned share at which as many hours are coached as with all three.

    A kind of session that comes up less often uses less of its budget, so plans alone do not
    compare: the plan is scaled by what a few runs realised of it, twice. What is left of a
    gap stands in the details.
    """
    target = float(np.mean(firm.runs({}, replications=PILOT)[0].values("coaching_share_realised")))
    plans = [firm.base.policy.coaching_share] * len(packages)
    most = min(MOST_PLANNED, 1.0 - firm.base.policy.own_selling_share)
    for _ in range(STEPS):
        seen = firm.runs(*(planned(*pair) for pair in zip(packages, plans, strict=True)), replications=PILOT)
        real = [float(np.mean(runs.values("coaching_share_realised"))) for runs in seen]
        plans = [round(min(most, share * target / max(done, 1e-6)), 3)
                 for share, done in zip(plans, real, strict=True)]
    return [planned(*pair) for pair in zip(packages, plans, strict=True)]


def planned(package: Changes, share: float) -> Changes:
    """The package with a planned share of the week."""
    return {**package, "policy.coaching_share": share}


def effect(firm: Firm) -> Effect:
    """By how much all three lead the best of each alone."""
    alone = same_hours(firm, [sessions(kind) for kind in KINDS])
    return lead(firm, sessions(*KINDS), alone)


def details(firm: Firm) -> pd.DataFrame:
    """Each subset of the three against no coaching sessions at all, and the hours that it really took."""
    subsets = [chosen for count in (1, 2) for chosen in combinations(KINDS, count)]
    packages = [*same_hours(firm, [sessions(*chosen) for chosen in subsets]), sessions(*KINDS)]
    none, *runs = firm.runs(sessions(), *packages)
    lines: list[Line] = []
    for chosen, package, seen in zip([*subsets, KINDS], packages, runs, strict=True):
        case = " + ".join(chosen)
        share = float(package.get("policy.coaching_share", firm.base.policy.coaching_share))
        lines += [
            (case, "revenue_against_no_sessions", PART, of_status_quo(seen, none, none, "revenue")),
            (case, "coaching_hours_per_rep_month", "hours/rep-month",
             mean_of(seen.values("coaching_hours_per_rep_month"))),
            (case, "planned_share", "share", Effect(share, share, share, firm.replications))]
    return table_of(lines)


CLAIM = Claim(
    number=7,
    key="three_sessions",
    text="Pre-call strategy, post-call debrief and weekly one-to-one belong together: no one of them is enough.",
    sources=("V23",),
    experiment="All three kinds of sessions against each alone, the plan of each scaled so that managers really coach "
    "as many hours; pairs stand in the details.",
    supports="All three bring more revenue in the third year than the best one of them alone.",
    refutes="One of them alone brings more than all three, for the same hours.",
    region=Region(low=0.0),
    measure="lead of all three over the best one alone, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.pre_call_lift", "world.overdue_relief", "world.coaching_half_dose"),
    programme={},
)
