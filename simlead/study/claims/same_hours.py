"""Packages made comparable: each with the plans at which a rep is coached as many hours as under another policy."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from simlead.study.claims.asking import Changes
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Floats, Runs

HOURS = "coaching_hours_per_rep_month"
"""What is made equal: hours that a rep was coached per month in the seat, in the last year."""

SHARE = "policy.coaching_share"
SEARCH, PILOT = 4, 16
"""Replicates with which plans are looked for, and those that tell how many hours a plan brings. The gap's standard
deviation between replicates is about a tenth of an hour, so that the pilot's mean gap is known to a fortieth of one."""

TRIED = 2
"""Plans that are tried before the two between which the hours should lie; see :func:`next_plan`."""

STEP = 0.03125
"""The plan that a further session of a quarter of an hour each day takes: hours rise in such steps."""

MOST_PLANNED = 0.6
LEAST_PLANNED = 0.01


@dataclasses.dataclass(frozen=True)
class Mix:
    """A package under two plans, a step apart: the `part` of the firms plans `high`, the others `low`.

    Hours rise in steps with the plan, so that often no single plan brings just so many.
    """

    package: Changes
    low: float
    high: float
    part: float

    @property
    def policies(self) -> tuple[Changes, Changes]:
        """The package under the lower and the higher plan."""
        return planned(self.package, self.low), planned(self.package, self.high)

    @property
    def plan(self) -> float:
        """The mean plan."""
        return (1.0 - self.part) * self.low + self.part * self.high

    def values(self, runs: tuple[Runs, Runs], measure: str) -> Floats:
        """A measure's mean in such a mix of firms, replicate by replicate, from runs of the two policies."""
        low, high = (seen.values(measure) for seen in runs)
        return np.asarray((1.0 - self.part) * low + self.part * high)


def with_hours_of(firm: Firm, model: Changes, packages: Sequence[Changes]) -> list[Mix]:
    """The packages, each with the plans at which as many hours are coached as under `model`.

    Kinds of sessions come up more or less often and use more or less of their budget, so that plans
    do not compare. The plan is looked for in a few runs under the luck of the others. What
    no plan up to :data:`MOST_PLANNED` reaches gets that plan, and stays short of the hours. Two
    plans between which the hours do not lie are moved on by a step, once.
    """
    target = hours_of(firm, [model], SEARCH)[0]
    plans: list[list[float]] = [[plan_of(firm, model)] for _ in packages]
    seen: list[list[float]] = [[] for _ in packages]
    for _ in range(TRIED):
        found = hours_of(
            firm, [planned(package, tried[-1]) for package, tried in zip(packages, plans, strict=True)], SEARCH)
        for tried, hours, now in zip(plans, seen, found, strict=True):
            hours.append(now)
            tried.append(next_plan(tried, hours, target, most_planned(firm)))
    ends = [around(tried[-1], most_planned(firm)) for tried in plans]
    mixes = mixed(firm, model, packages, ends, SEARCH)
    ends = [around(mix.plan + STEP * ((mix.part == 1.0) - (mix.part == 0.0)) / 2, most_planned(firm))
            if mix.part in (0.0, 1.0) else pair for mix, pair in zip(mixes, ends, strict=True)]
    return mixed(firm, model, packages, ends, PILOT)


def mixed(
    firm: Firm, model: Changes, packages: Sequence[Changes], ends: Sequence[tuple[float, float]], replications: int
) -> list[Mix]:
    """The packages between two plans each, the mean hours of so many replicates being the model's, if they can."""
    plans = [planned(package, end) for package, pair in zip(packages, ends, strict=True) for end in pair]
    target, *both = hours_of(firm, [model, *plans], replications)
    return [Mix(package, *pair, part_of(low, high, target))
            for package, pair, low, high in zip(packages, ends, both[0::2], both[1::2], strict=True)]


def hours_of(firm: Firm, policies: Sequence[Changes], replications: int) -> list[float]:
    """Mean hours under each policy; the number of replicates is the pilot's own, whatever the firm's."""
    return [float(np.mean(runs.values(HOURS))) for runs in firm.runs(*policies, replications=replications)]


def next_plan(plans: Sequence[float], hours: Sequence[float], target: float, most: float) -> float:
    """The plan to try next: in proportion after the first, and then the secant's through the last two.

    The proportion serves too where the secant tells nothing: hours that do not rise with the plan.

    >>> next_plan([0.2], [2.0], 3.0, 0.6)
    0.3
    >>> next_plan([0.2, 0.3], [2.0, 2.5], 3.0, 0.6)
    0.4
    >>> next_plan([0.2, 0.3], [2.0, 2.5], 9.0, 0.6)
    0.6
    """
    wanted = plans[-1] * target / max(hours[-1], 1e-6)
    if len(plans) > 1 and (hours[-1] - hours[-2]) * (plans[-1] - plans[-2]) > 0.0:
        wanted = plans[-1] + (target - hours[-1]) * (plans[-1] - plans[-2]) / (hours[-1] - hours[-2])
    return round(min(most, max(LEAST_PLANNED, wanted)), 4)


def around(plan: float, most: float) -> tuple[float, float]:
    """Two plans a step apart with this one between them, or as near as plans go.

    >>> around(0.2, 0.6), around(0.6, 0.6)
    ((0.1844, 0.2156), (0.5687, 0.6))
    """
    high = min(most, plan + STEP / 2)
    return round(max(LEAST_PLANNED, high - STEP), 4), round(high, 4)


def part_of(low: float, high: float, target: float) -> float:
    """The part of firms that must have the higher hours for the target as their mean; all or none if it is not between.

    >>> part_of(3.0, 4.0, 3.25), part_of(3.0, 4.0, 5.0), part_of(3.0, 3.0, 5.0), part_of(3.0, 3.0, 2.0)
    (0.25, 1.0, 1.0, 0.0)
    """
    if not high > low:
        return 1.0 if target > low else 0.0
    return min(1.0, max(0.0, (target - low) / (high - low)))


def most_planned(firm: Firm) -> float:
    """The largest share that a plan may have beside the managers' own selling."""
    return min(MOST_PLANNED, 1.0 - firm.base.policy.own_selling_share)


def plan_of(firm: Firm, package: Changes) -> float:
    """The planned share of the week under a package."""
    return float(package.get(SHARE, firm.base.policy.coaching_share))


def planned(package: Changes, share: float) -> Changes:
    """The package with a planned share of the week."""
    return {**package, SHARE: share}
