"""Differences between reps and between managers in winning, shrunk, with the mix of their deals held equal."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.client.deal_list import OPEN, WON
from simlead.client.deals import Deals
from simlead.client.people import Reps
from simlead.client.sums import YEAR
from simlead.statistics.logit import logistic
from simlead.statistics.shrinkage import Shrunk, Spread, nested_effects

LEAST_DECIDED, LEAST_REPS, LEAST_MANAGERS = 20, 5, 4
MOST_LEVELS, LEAST_OF_LEVEL = 8, 20
MOST_REPS = 150
VALUE_GROUPS = 8
NO_SPREAD = Spread(math.nan, 0.0, math.inf)


@dataclasses.dataclass(frozen=True)
class Differences:
    """Spreads on the logit of winning, and a row per rep and per manager.

    `reps` has `owner`, `team`, `decided`, `won`, `effect` (shrunken, logit); `managers` has `team`, `reps`, `effect`.
    `separable` says whether the data separate managers at all; `why_not` is a code where they do not.
    """

    rep_spread: Spread
    manager_spread: Spread
    reps: pd.DataFrame
    managers: pd.DataFrame
    separable: bool
    why_not: str


def differences_of(deals: Deals, reps: Reps) -> Differences:
    """Compare reps and managers by the deals that were decided.

    First each rep gets a level of their own in a logistic regression that holds value, product, region and source
    equal; then the levels are split into manager, rep and error. What differs between reps but never within one, such
    as a rep's only product, is held equal in the second step: a manager whose team alone sells a product has no effect
    that could be separated from the product's.
    """
    empty = pd.DataFrame({"owner": [], "team": [], "decided": [], "won": [], "effect": []})
    none = pd.DataFrame({"team": [], "reps": [], "effect": []})
    place = np.full(len(deals.owners) + 1, -1)
    place[reps.owner] = np.arange(len(reps))
    rep = place[deals.owner]
    used = (deals.outcome != OPEN) & (rep >= 0)
    if deals.staged:  # of what has not been open for long, mainly the fast ones are decided
        age = (deals.closed - deals.created)[used]
        wait = float(np.nanquantile(age, 0.9)) if np.isfinite(age).any() else 0.0
        used &= deals.created <= deals.as_of - wait
    decided = np.bincount(rep[used], minlength=len(reps))
    won = np.bincount(rep[used & (deals.outcome == WON)], minlength=len(reps))
    chosen = np.flatnonzero(decided >= LEAST_DECIDED)
    chosen = chosen[np.argsort(-decided[chosen], kind="stable")][:MOST_REPS]
    if len(chosen) < LEAST_REPS:
        return Differences(NO_SPREAD, NO_SPREAD, empty, none, False, "few_reps")
    number = np.full(len(reps) + 1, -1)
    number[chosen] = np.arange(len(chosen))
    used &= number[rep] >= 0
    unit = number[rep[used]]
    columns, between = _mix(deals, used, unit, len(chosen))
    cells = pd.DataFrame({"unit": unit, **{f"c{place}": column for place, column in enumerate(columns.T)},
                          "won": (deals.outcome[used] == WON).astype(np.float64), "n": 1.0})
    keys = [name for name in cells.columns if name not in ("won", "n")]
    counts = cells.groupby(keys, sort=False).sum().reset_index()
    dummies = (counts["unit"].to_numpy()[:, None] == np.arange(len(chosen))[None, :]).astype(np.float64)
    design = np.column_stack((dummies, counts[keys[1:]].to_numpy(np.float64)))
    ridge = np.concatenate((np.full(len(chosen), 0.01), np.full(design.shape[1] - len(chosen), 0.01)))
    level, covariance = logistic(design, counts["won"], counts["n"], ridge)
    size = len(chosen)
    team = reps.team[chosen]
    found = nested_effects(level[:size], covariance[:size, :size], team, between if between.shape[1] else None)
    rows = pd.DataFrame({"owner": [deals.owner_names[each] for each in reps.owner[chosen]], "team": team,
                         "decided": decided[chosen], "won": won[chosen],
                         "effect": found.unit_effects + np.where(team >= 0, _of(found, team), 0.0)})
    there, members = np.unique(team[team >= 0], return_counts=True)
    managers = pd.DataFrame({"team": there, "reps": members, "effect": found.group_effects[there]
                             if len(there) else np.empty(0)})
    why = _why_not(found, there, between, team)
    return Differences(found.units, found.groups if not why else dataclasses.replace(found.groups, low=0.0),
                       rows, managers, not why, why)


def _of(found: Shrunk, team: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(found.group_effects[np.maximum(team, 0)])


def _why_not(found: Shrunk, there: NDArray[np.int64], between: NDArray[np.float64], team: NDArray[np.int64]) -> str:
    """Why managers cannot be separated, as a code; empty where they can."""
    if len(there) < 2:
        return "one_manager"
    if between.shape[1]:
        belongs = (team[:, None] == there[None, :]).astype(np.float64)
        fixed = np.column_stack((np.ones(len(team)), between))
        together = np.linalg.matrix_rank(np.column_stack((fixed, belongs)), tol=1e-6 * len(team))
        if 2 * (together - np.linalg.matrix_rank(fixed, tol=1e-6 * len(team))) < len(there) - 1:
            return "same_as_mix"
    if len(there) < LEAST_MANAGERS:
        return "few_managers"
    return "" if found.groups.separated else "chance"


def _mix(deals: Deals, used: NDArray[np.bool_], unit: NDArray[np.int64], units: int,
         ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What deals are made of: columns that vary within reps, and by rep what varies between them alone."""
    within: list[NDArray[np.float64]] = []
    between: list[NDArray[np.float64]] = []
    value = deals.value[used]
    known = ~np.isnan(value)
    if known.mean() > 0.5:
        y = np.log(np.where(known, value, 1.0))
        edges = np.unique(np.quantile(y[known], np.linspace(0.0, 1.0, VALUE_GROUPS + 1)))
        group = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, len(edges) - 1)
        centre = np.bincount(group[known], weights=y[known]) / np.maximum(np.bincount(group[known]), 1)
        within.append(np.where(known, (centre - centre.mean())[np.minimum(group, len(centre) - 1)], 0.0))
        within.append((~known).astype(np.float64))
    year = np.floor((deals.created[used] - deals.as_of) / YEAR)
    levels = [(texts, codes[used]) for texts, codes in deals.mix.values()]
    levels.append(([], (year - year.min()).astype(np.int32)))
    for _, code in levels:
        count = np.bincount(code[code >= 0])
        common = np.argsort(-count, kind="stable")[:MOST_LEVELS]
        common = common[count[common] >= LEAST_OF_LEVEL]
        for each in common[1:]:
            within.append((code == each).astype(np.float64))
    columns = np.column_stack(within) if within else np.empty((int(used.sum()), 0))
    keep = []
    for place, column in enumerate(columns.T):
        total = np.bincount(unit, minlength=units)
        mean = np.bincount(unit, weights=column, minlength=units) / np.maximum(total, 1)
        inside = float(((column - mean[unit]) ** 2).sum())
        if inside < 0.02 * float(((column - column.mean()) ** 2).sum()):
            if np.ptp(mean) > 0.0:
                between.append(mean)
        else:
            keep.append(place)
    return columns[:, keep], np.column_stack(between) if between else np.empty((units, 0))
