"""A trial as an analyst reads it: pooled before and after, or block by block; with what a firm sees alone."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simlead.results.seen import COLUMNS, SEEN
from simlead.statistics.errors import StatisticsError
from simlead.statistics.mixed import LEAST_CLUSTERS, mixed_model
from simlead.statistics.randomisation import refuse_too_few
from simlead.statistics.trial_designs import NEVER, TrialDesign, before_after, parallel, stepped
from simlead.statistics.trial_estimators import (
    LEAST_PERIODS,
    Estimator,
    TrialEffects,
    ancova,
    before_and_after,
    difference_in_differences,
    interrupted_series,
)
from simlead.statistics.trial_power import MOST_ASSIGNMENTS, Readings, read_by, read_by_randomisation
from simlead.study.trial.plan import BEFORE_AFTER, STEPPED, TEAMS, TrialPlan

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

DIFFERENCES, ANCOVA, MIXED, RANDOMISED, CHANGE, SERIES = (
    "difference_in_differences", "ancova", "mixed_model", "randomisation_test", "before_and_after",
    "interrupted_series")
ESTIMATORS: Final = (DIFFERENCES, ANCOVA, MIXED, RANDOMISED, CHANGE, SERIES)
"""The names of the analyses of a trial."""

MOST_TRIALS = 6
"""Ways to deal a simulated firm's teams to arms that are looked at."""


def _mixed(panels: object, design: TrialDesign) -> TrialEffects:
    return mixed_model(panels, design).effects


def estimators_of(plan: TrialPlan) -> dict[str, str]:
    """The analyses that a plan allows, each with the reason why not; an empty reason where it is allowed.

    >>> found = estimators_of(TrialPlan("teams", 4, 2, 12, 12))
    >>> [name for name, reason in found.items() if not reason], found["randomisation_test"]
    (['difference_in_differences', 'ancova'], 'too_few_assignments')
    """
    if plan.arms == BEFORE_AFTER:
        short = min(plan.base_months, plan.months - plan.waiting) < LEAST_PERIODS
        return {**({CHANGE: ""} if plan.teams > 1 else {}), SERIES: "too_few_months" if short else ""}
    design = plan.design()
    few = ""
    try:
        refuse_too_few(design)
    except StatisticsError:
        few = "too_few_assignments"
    mixed = "" if plan.teams >= LEAST_CLUSTERS[design.kind] else "too_few_teams"
    if plan.arms == STEPPED:
        return {RANDOMISED: few, MIXED: mixed}
    return {DIFFERENCES: "", ANCOVA: "" if plan.teams >= 4 else "too_few_teams", MIXED: mixed, RANDOMISED: few}


def assignments(plan: TrialPlan, firms: int, seed: int) -> Whole:
    """Start months of teams in several trials of each firm: firms x trials x teams; all ways where they are few.

    Of two arms as large as each other one of two mirrored ways is enough: their tests are the same.

    >>> assignments(TrialPlan("teams", 4, 2, 12, 12), 5, 0).shape, assignments(
    ...     TrialPlan("before-after", 4, 4, 12, 12), 5, 0).shape
    ((5, 3, 4), (5, 1, 4))
    """
    starts = np.array(plan.starts, dtype=np.int64)
    if plan.arms == BEFORE_AFTER:
        return np.broadcast_to(starts, (firms, 1, plan.teams))
    random = np.random.Generator(np.random.Philox(key=seed))
    if plan.arms == TEAMS and plan.design().number_of_assignments <= 2 * MOST_TRIALS:
        chosen = list(itertools.combinations(range(plan.teams), plan.treated))
        if 2 * plan.treated == plan.teams:
            chosen = [teams for teams in chosen if 0 in teams]
        ways = np.full((len(chosen), plan.teams), NEVER, dtype=np.int64)
        for row, teams in zip(ways, chosen, strict=True):
            row[list(teams)] = 0
        return np.broadcast_to(ways, (firms, *ways.shape))
    return random.permuted(np.broadcast_to(starts, (firms, MOST_TRIALS, plan.teams)).copy(), axis=2)


def pair_of(seen: Floats, outcome: str) -> Floats:
    """The two columns of an outcome from all columns of draws (the second axis): its top and its bottom."""
    of = SEEN[outcome]
    return np.asarray(seen[:, [COLUMNS.index(of.top), COLUMNS.index(of.bottom)]])


def panels(
    pairs: Floats, outcome: str, plan: TrialPlan, starts: Whole, *, months: int | None = None, monthly: bool = False
) -> Floats:
    """The panels of an outcome: draws x teams (in the design's order) x blocks.

    `pairs` are draws x 2 x teams x months (the base months first), `starts` draws x teams. Where a block has nothing
    to divide by, the team's ratio over all blocks stands in for it.
    """
    length = plan.months if months is None else months
    order = np.argsort(starts, axis=1, kind="stable")
    top, bottom = (np.take_along_axis(pairs[:, column], order[:, :, None], axis=1) for column in (0, 1))
    blocks = _blocks(plan, plan.waiting_of(outcome, length), length, monthly)
    tops, bottoms = (np.stack([part[:, :, block].sum(axis=2) for block in blocks], axis=2) for part in (top, bottom))
    whole = bottoms.sum(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = np.where(whole > 0.0, tops.sum(axis=2, keepdims=True) / whole, 0.0)
        return np.asarray(np.where(bottoms > 0.0, tops / bottoms, usual))


def _blocks(plan: TrialPlan, waiting: int, months: int, monthly: bool) -> list[NDArray[np.int64]]:
    """The months of each block, counted from the first base month."""
    base = np.arange(plan.base_months)
    if plan.arms == STEPPED:
        return [np.arange(first, first + plan.step)
                for first in range(0, plan.base_months + months - plan.step + 1, plan.step)]
    after = np.arange(plan.base_months + waiting, plan.base_months + months)
    if monthly:
        return [np.array([month]) for month in (*base, *after)]
    return [base, after]


def readings(
    pairs: Floats, outcome: str, estimator: str, plan: TrialPlan, starts: Whole, months: int | None = None,
    most: int = MOST_ASSIGNMENTS,
) -> Readings:
    """An outcome's readings by an analysis; arguments as in :func:`panels`, `most` of the randomisation test alone."""
    if estimator == SERIES:
        return _series(pairs, outcome, plan, starts, months)
    monthly = estimator == MIXED and plan.arms == TEAMS
    made = panels(pairs, outcome, plan, starts, months=months, monthly=monthly)
    design = plan.design(months)
    if monthly:
        design = parallel(plan.teams, plan.treated, plan.base_months, made.shape[2] - plan.base_months)
    elif plan.arms == STEPPED and design.periods != made.shape[2]:
        last = max(plan.starts) // plan.step
        base = plan.base_months // plan.step
        design = stepped(plan.teams, base, 1, max(1, made.shape[2] - base - last), at_once=plan.at_once)
    if estimator == RANDOMISED:
        return read_by_randomisation(made, design, most=most)
    return read_by(_BY_NAME[estimator], made, design)


def _series(pairs: Floats, outcome: str, plan: TrialPlan, starts: Whole, months: int | None) -> Readings:
    """The readings of the firm as one series, its teams together, month by month."""
    length = plan.months if months is None else months
    one = dataclasses.replace(plan, teams=1, treated=1, waiting=0)
    made = panels(pairs.sum(axis=2, keepdims=True), outcome, one, starts[:, :1], months=length, monthly=True)
    return read_by(interrupted_series, made, before_after(
        1, plan.base_months, length, plan.waiting_of(outcome, length)))


_BY_NAME: dict[str, Estimator] = {
    DIFFERENCES: difference_in_differences, ANCOVA: ancova, CHANGE: before_and_after, MIXED: _mixed}
