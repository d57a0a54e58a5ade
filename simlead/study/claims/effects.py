"""The effects that claims ask for, each from runs under the same luck."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.money import programme_cost
from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import DETAILS
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Floats, Runs
from simlead.study.claims.verdict import Effect, effect_of, least, level_of_each
from simlead.study.estimation.estimates import CONFIDENCE, mean_interval, ratio_of_means
from simlead.study.payback import Payback, payback_of

if TYPE_CHECKING:
    import pandas as pd

STATUS_QUO: Changes = {}
CLEAR_OF_ZERO = 3.0
"""Standard errors between a denominator and 0 that a ratio's interval needs."""

Line = tuple[str, str, str, Effect]


def of_status_quo(a: Runs, b: Runs, base: Runs, measure: str, confidence: float = CONFIDENCE) -> Effect:
    """A measure's difference a - b as a part of the status quo's mean.

    mean(a - b) / mean(base); the interval counts the noise of all three (`ratio_of_means`).
    """
    return ratio(a.values(measure) - b.values(measure), base.values(measure), confidence)


def ratio(above: Floats, below: Floats, confidence: float = CONFIDENCE) -> Effect:
    """mean(above) / mean(below) over replicates, with the noise of both (`ratio_of_means`).

    Without an interval, and so without a verdict, where the mean of `below` is not
    :data:`CLEAR_OF_ZERO` standard errors away from 0: there the delta method says nothing.

    >>> ratio(np.array([1.0, 2.0, 1.5]), np.array([-1.0, 1.0, 0.5])).low
    nan
    """
    found = effect_of(ratio_of_means(above, below, confidence))
    known = below[~np.isnan(below)]
    error = float(known.std(ddof=1)) / math.sqrt(len(known)) if len(known) > 1 else math.nan
    if abs(float(known.mean())) < CLEAR_OF_ZERO * error:
        return Effect(found.mean, math.nan, math.nan, found.n)
    return found


def gain(firm: Firm, changes: Changes, measure: str = "revenue", against: Changes = STATUS_QUO) -> Effect:
    """A policy's difference in a measure, as a part of the mean without it."""
    policy, without = firm.runs(changes, against)
    return of_status_quo(policy, without, without, measure, firm.confidence)


def lead(
    firm: Firm, champion: Changes, others: Iterable[Changes], measure: str = "revenue", count: int | None = None
) -> Effect:
    """By how much one policy is ahead of the best of the others: the least of its leads, as parts of the status quo.

    The interval is Bonferroni's, so that it holds however many others there are; `count`
    says how many comparisons there are, if these are not all of them.
    """
    rivals = list(others)
    base, best, *rest = firm.runs(STATUS_QUO, champion, *rivals)
    level = level_of_each(count or len(rivals), firm.confidence)
    return least([of_status_quo(best, other, base, measure, level) for other in rest])


def earned(policy: Runs, base: Runs, confidence: float = CONFIDENCE) -> Effect:
    """Profit since the switch that a policy brought beyond the status quo, as a part of the base year's revenue."""
    gap = (policy.profit - base.profit).sum(axis=1)
    return ratio(gap, base.values("revenue_base"), confidence)


def payback_between(policy: Runs, other: Runs, seed: int = 0, confidence: float = CONFIDENCE) -> Payback:
    """When a policy has earned more than another one: cumulative profit under the same luck, its cost in it."""
    at_once = programme_cost(other.scenario) - programme_cost(policy.scenario)
    return payback_of(policy.profit - other.profit, at_once, confidence, seed)


def months_of(back: Payback, n: int) -> Effect:
    """The month from which on a policy is not behind, with the months that are not ruled out."""
    return Effect(back.months, back.months_low, back.months_high, n)


def year_of(weekly: Floats, year: int) -> Floats:
    """The sum over a year since the switch (1 is the first), of values by replicate and week."""
    return np.asarray(weekly[:, (year - 1) * WEEKS_PER_YEAR: year * WEEKS_PER_YEAR].sum(axis=1))


def pooled(runs: Runs, measure: str, confidence: float = CONFIDENCE) -> Effect:
    """A measure pooled over replicates: sum of numerators over sum of denominators."""
    return ratio(*runs.parts(measure), confidence)


def counted(runs: Runs, measure: str, confidence: float = CONFIDENCE) -> Effect:
    """A measure that counts some of many (managers, say), pooled, with Wilson's interval.

    Of none or all the interval has a width still, which a spread between replicates would not tell.
    """
    some, many = runs.parts(measure)
    found = share_of(float(some.sum()), float(many.sum()), confidence)
    return dataclasses.replace(found, n=len(runs.seen))


def mean_of(values: Floats) -> Effect:
    """The mean over replicates."""
    return effect_of(mean_interval(values))


def share_of_firms(happened: Floats, confidence: float = CONFIDENCE) -> Effect:
    """In which part of the firms something happened, with Wilson's interval.

    >>> effect = share_of_firms(np.array([0.0, 0.0, 0.0, 0.0]))
    >>> effect.low, round(effect.high, 2)
    (0.0, 0.49)
    """
    return share_of(float(np.sum(happened)), float(len(happened)), confidence)


def share_of(some: float, many: float, confidence: float = CONFIDENCE) -> Effect:
    """A share of independent things with Wilson's interval; without one if there are none.

    >>> effect = share_of(9, 20)
    >>> round(effect.low, 3), round(effect.high, 3)
    (0.258, 0.658)
    """
    if not many > 0.0:
        return Effect(math.nan, math.nan, math.nan, 0)
    share, z = some / many, float(ndtri(0.5 + confidence / 2))
    middle, half = share + z * z / (2 * many), z * math.sqrt(share * (1 - share) / many + z * z / (4 * many * many))
    widen = 1 + z * z / many
    low, high = 0.0 if share == 0.0 else (middle - half) / widen, 1.0 if share == 1.0 else (middle + half) / widen
    return Effect(share, low, high, round(many))


def table_of(lines: Iterable[Line]) -> pd.DataFrame:
    """Lines (case, measure, unit, effect) as a table of details."""
    import pandas as pd

    rows = [(case, measure, unit, effect.mean, effect.low, effect.high, effect.n)
            for case, measure, unit, effect in lines]
    return pd.DataFrame(rows, columns=list(DETAILS))


PART = "share of status quo"
"""The unit of a difference as a part of the status quo's mean."""


def policies(
    firm: Firm, cases: Mapping[str, Changes], measures: Iterable[str] = ("revenue", "market_share")
) -> list[Line]:
    """What policies do to revenue and share (parts of the status quo's) and earn since the switch."""
    base, *runs = firm.runs(STATUS_QUO, *cases.values())
    lines: list[Line] = []
    for case, policy in zip(cases, runs, strict=True):
        for measure in measures:
            lines.append((case, measure, PART, of_status_quo(policy, base, base, measure)))
        lines.append((case, "profit_earned", "share of base revenue", earned(policy, base)))
        lines.append((case, "coaching_share_realised", "share", mean_of(policy.values("coaching_share_realised"))))
    return lines
