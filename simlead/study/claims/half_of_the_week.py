"""Half of a manager's time should go to coaching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simlead.study.claims.asking import Changes, Firm, Floats
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, lead, of_status_quo, table_of
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8)
"""The plans over which the best one is looked for; own selling keeps its .15."""

HALF = SHARES.index(0.5)
RESAMPLES = 1000

CASES: dict[str, Changes] = {
    "as it is": {},
    "6 reps a manager": {"organisation.seats_per_team": 6},
    "12 reps a manager": {"organisation.seats_per_team": 12},
    "clear role": {"policy.role_clarity": 0.9, "status_quo.role_clarity": 0.9},
    "unclear role": {"policy.role_clarity": 0.1, "status_quo.role_clarity": 0.1},
    "weak coaches": {"world.quality_mean": 0.5},
    "strong coaches": {"world.quality_mean": 1.5},
}
"""Status quos for which the best plan may be another one."""


def plan(share: float) -> Changes:
    """The policy that plans this share of the week for coaching, and changes nothing else."""
    return {"policy.coaching_share": share}


def effect(firm: Firm) -> Effect:
    """By how much half leads the better of a quarter and three quarters."""
    return lead(firm, plan(0.5), [plan(0.25), plan(0.75)])


def details(firm: Firm) -> pd.DataFrame:
    """For each status quo: the best share, what half costs against it, and what half brings."""
    lines: list[Line] = []
    for case, changes in CASES.items():
        here = firm.change(changes).smaller()
        base, *runs = here.runs({}, *(plan(share) for share in SHARES))
        revenues = np.column_stack([run.values("revenue") for run in runs])
        best, regret = best_share(np.array(SHARES), revenues, HALF, firm.asking.seed)
        lines += [
            (case, "best_planned_share", "share", best),
            (case, "half_below_the_best", "share of the best", regret),
            (case, "half_against_status_quo", PART, of_status_quo(runs[HALF], base, base, "revenue"))]
    return table_of(lines)


def best_share(shares: Floats, outcomes: Floats, at: int, seed: int = 0) -> tuple[Effect, Effect]:
    """The plan with the highest mean outcome, and how far that at the place `at` lies below it.

    `outcomes` are replicates x plans under the same luck. A cubic through the means is
    searched between the first and the last plan; intervals are 95 % percentile bootstraps
    over replicates, which are a little narrow for few of them. A best plan at an end of the range
    means: there, or beyond.

    >>> plans = np.linspace(0.0, 1.0, 6)
    >>> luck = np.array([[9.0], [10.0], [11.0], [10.5]])
    >>> best, regret = best_share(plans, luck - (plans - 0.4) ** 2, 5)
    >>> round(best.mean, 2), round(best.low, 2), best.mean - 0.4 < 0.01
    (0.4, 0.4, True)
    """
    grid = np.linspace(shares[0], shares[-1], 281)
    cubic = np.vander(grid, 4) @ np.linalg.pinv(np.vander(shares, 4))
    generator = np.random.Generator(np.random.Philox(key=seed))
    n = len(outcomes)
    weights = generator.multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES) / n
    means = np.vstack([outcomes.mean(axis=0), weights @ outcomes])
    curves = means @ cubic.T
    best = grid[np.argmax(curves, axis=1)]
    top = curves.max(axis=1)
    here = curves[:, int(np.argmin(np.abs(grid - shares[at])))]
    regret = 1.0 - here / top
    return _interval(best, n), _interval(regret, n)


def _interval(values: Floats, n: int) -> Effect:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return Effect(float(values[0]), float(low), float(high), n)


CLAIM = Claim(
    number=2,
    key="half_of_the_week",
    text="Half of a manager's time should go to coaching.",
    sources=("V01",),
    contradicted_by=("V08", "V20", "V32"),
    experiment="Half of the week planned for coaching against a quarter and against three quarters of it, nothing else "
    "changed; the best plan for other spans, a clear role and weak coaches stands in the details.",
    supports="Half brings more revenue in the third year than a quarter and more than three quarters.",
    refutes="A quarter or three quarters brings more than half.",
    region=Region(low=0.0),
    measure="lead of half over a quarter and three quarters, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.coaching_gain_max", "world.coaching_half_dose", "world.quality_mean", "world.adherence_gain"),
    programme=plan(0.5),
)
