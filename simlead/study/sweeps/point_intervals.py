"""Means at the points of a sweep, and differences from the baseline, with intervals: Stein's for the measure of a
precision, else Student's."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.statistics.intervals import checked_confidence, row_half_widths, row_moments
from simlead.statistics.precision import two_stage_interval
from simlead.study.sweeps.stages import Goal, baseline_values, baselines
from simlead.study.sweeps.store import Store
from simlead.study.sweeps.tiles import tiles

Numbers = NDArray[np.float64]


def means(store: Store, measures: list[str], goal: Goal, confidence: float) -> pd.DataFrame:
    """The design with n (runs) and each measure's mean and interval at each point; columns as `Sweep.points`."""
    table = store.design.copy()
    runs, found = np.zeros(len(table), np.int64), {name: np.full((2, len(table)), np.nan) for name in measures}
    for tile in tiles(store, goal.replicates, measures):
        runs[tile.points] = tile.there.sum(axis=1)
        for name in measures:
            found[name][:, tile.points] = _row_intervals(store, name, tile.columns[name], confidence)[1:]
    table["n"] = runs
    for name, (mean, half) in found.items():
        table[name], table[f"{name}_low"], table[f"{name}_high"] = mean, mean - half, mean + half
    return _with_reached(table.copy(), goal)  # a copy in one piece, after so many columns


def differences(store: Store, measure: str, goal: Goal, relative: bool, confidence: float) -> pd.DataFrame:
    """The design with n (pairs) and each point's difference from its baseline; columns as `Sweep.paired`."""
    base_of = baselines(store)
    reference = baseline_values(store, measure, goal.replicates, base_of)
    found = np.zeros((3, len(base_of)))
    found[1:] = np.nan
    for tile in tiles(store, goal.replicates, [measure]):
        base = np.stack([reference[number][:tile.there.shape[1]] for number in base_of[tile.points].tolist()])
        found[:, tile.points] = _row_intervals(
            store, measure, tile.columns[measure] - base, confidence, base if relative else None)
    n, difference, half = found
    table = store.design.copy()
    table["n"] = n.astype(np.int64)
    table["difference"], table["low"], table["high"] = difference, difference - half, difference + half
    alone = table["baseline"] & (table["n"] > 0)
    table.loc[alone, ["difference", "low", "high"]] = 0.0
    return _with_reached(table, goal)


def _row_intervals(
    store: Store, name: str, values: Numbers, confidence: float, scale: Numbers | None = None
) -> tuple[Numbers, Numbers, Numbers]:
    """Each row's number of values, mean (as a fraction of the mean of `scale`), and half of its interval.

    Stein's interval for the measure of a precision, else Student's.
    """
    n, mean, error = row_moments(values, scale)
    precision = store.precision
    if precision is None or name != precision.measure:
        return n, mean, row_half_widths(n, error, 0.5 + checked_confidence(confidence) / 2)
    rows = [two_stage_interval(row, precision.minimum, confidence, None if scale is None else scale[place])
            for place, row in enumerate(values)]
    return n, np.array([row.mean for row in rows]), np.array([row.half_width for row in rows])


def _with_reached(table: pd.DataFrame, goal: Goal) -> pd.DataFrame:
    """The table, with a column that says where the precision is reached, if one was asked for."""
    if goal.reached is not None:
        table.insert(list(table.columns).index("n") + 1, "reached", goal.reached)
    return table
