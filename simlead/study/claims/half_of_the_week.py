"""Half of a manager's time should go to coaching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simlead.study.claims.asking import Changes
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import PART, Line, lead, mean_of, of_status_quo, table_of
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Floats
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

SHARES = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8)
"""The plans over which the best one is looked for; own selling keeps its .15."""

MORE_SHARES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
"""The plans where half of the week can come about: there about .8 realises it, and beyond is tried too."""

RESAMPLES = 1000


def both(changes: Changes) -> Changes:
    """The policy changed in the status quo as well: how things are, not what is new."""
    return {**changes, **{path.replace("policy.", "status_quo."): value for path, value in changes.items()}}


CLEAR, UNCLEAR = both({"policy.role_clarity": 0.9}), both({"policy.role_clarity": 0.1})
SMALL, LARGE = {"organisation.seats_per_team": 6}, {"organisation.seats_per_team": 12}
WEAK, STRONG = {"world.quality_mean": 0.5}, {"world.quality_mean": 1.5}
REALISED = "half comes about"

CASES: dict[str, Changes] = {
    "as it is": {},
    REALISED: both({"policy.role_clarity": 0.9, "policy.accountability": 0.8, "policy.own_selling_share": 0.05}),
    "6 reps a manager, clear role": {**SMALL, **CLEAR},
    "6 reps a manager, unclear role": {**SMALL, **UNCLEAR},
    "12 reps a manager, clear role": {**LARGE, **CLEAR},
    "12 reps a manager, unclear role": {**LARGE, **UNCLEAR},
    "weak coaches, clear role": {**WEAK, **CLEAR},
    "weak coaches, unclear role": {**WEAK, **UNCLEAR},
    "strong coaches, clear role": {**STRONG, **CLEAR},
    "strong coaches, unclear role": {**STRONG, **UNCLEAR},
}
"""Status quos for which the best plan may be another one: span and coaching quality, each with the role's clarity.

Where half comes about the role is clear, managers are held to it and hardly sell themselves.
"""


def plan(share: float) -> Changes:
    """The policy that plans this share of the week for coaching, and changes nothing else."""
    return {"policy.coaching_share": share}


def effect(firm: Firm) -> Effect:
    """By how much half leads the better of a quarter and three quarters."""
    return lead(firm, plan(0.5), [plan(0.25), plan(0.75)])


def details(firm: Firm) -> pd.DataFrame:
    """For each status quo: the best plan, what comes about of half, what half costs against the best, what it brings.

    Then, where half of the week can come about: what each plan brings, and what is realised of it.
    """
    best: list[Line] = []
    realised: list[Line] = []
    costs: list[Line] = []
    brings: list[Line] = []
    by_plan: list[Line] = []
    for case, changes in CASES.items():
        shares, here = MORE_SHARES if case == REALISED else SHARES, firm.change(changes).smaller()
        base, *runs = here.runs({}, *(plan(share) for share in shares))
        half = shares.index(0.5)
        top, regret = best_share(
            np.array(shares), np.column_stack([run.values("revenue") for run in runs]), half, firm.asking.seed)
        best.append((case, "best_planned_share", "share", top))
        realised.append((case, "half_realised_as", "share", mean_of(runs[half].values("coaching_share_realised"))))
        costs.append((case, "half_below_the_best", "share of the best", regret))
        brings.append((case, "half_against_status_quo", PART, of_status_quo(runs[half], base, base, "revenue")))
        if case == REALISED:
            for share, run in zip(shares, runs, strict=True):
                by_plan += [
                    (f"{case}, {share:g} planned", "coaching_share_realised", "share",
                     mean_of(run.values("coaching_share_realised"))),
                    (f"{case}, {share:g} planned", "revenue", PART, of_status_quo(run, base, base, "revenue"))]
    return table_of([*best, *realised[:2], *by_plan, *realised[2:], *costs, *brings])


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
    "changed. The details have the best plan for other spans and other coaches, each where roles are clear and where "
    "they are not, and for a firm in which half of the week comes about. The half is the article's; which plans it is "
    "held against, and by which year's revenue, is ours.",
    supports="Half brings more revenue in the third year than a quarter and more than three quarters.",
    refutes="A quarter or three quarters brings more than half.",
    region=Region(low=0.0),
    measure="lead of half over a quarter and three quarters, revenue in year 3",
    unit=PART,
    effect=effect,
    details=details,
    candidates=("world.coaching_gain_max", "world.coaching_half_dose", "world.quality_mean", "world.adherence_gain"),
    programme=plan(0.5),
    programme_name="planning half of the week",
    carried_by="The verdict is on half planned, of which less than a quarter of the week comes about as things are "
    "(world.adherence_floor, world.adherence_gain, both our judgement); half realised is compared in the details. "
    "Where more coaching stops paying is set by how much it can give at most (world.coaching_gain_max). Seed and "
    "scenarios are those of experiments/01_coaching_and_clarity: it repeats that sweep and does not confirm it.",
)
