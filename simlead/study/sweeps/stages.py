"""Replications of each point of a sweep: one number for all, or what a precision needs.

A precision is reached in two stages, the same whatever the workers and however often the
sweep was interrupted: first the precision's `minimum` at every point; from these, and from
nothing else, follows each point's number (`precision.replications_needed`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.statistics.errors import StatisticsError
from simlead.statistics.precision import replications_needed
from simlead.study.studies.study import Precision
from simlead.study.sweeps.store import Inventory, Store
from simlead.study.sweeps.tiles import tiles

Counts = NDArray[np.int64]
"""A number of replicates for each point."""


@dataclasses.dataclass(frozen=True, eq=False)
class Goal:
    """Replicates wanted at each point, and whether they reach the precision (None: none was asked for).

    `final` unless a first stage must be done before one can tell.
    """

    replicates: Counts
    final: bool
    reached: NDArray[np.bool_] | None = None


def largest_goal(store: Store) -> int:
    """Replicates that no point gets more than."""
    return store.precision.maximum if store.precision is not None else int(store.replicates.max())


def goal_of(store: Store, take_inventory: Callable[[], Inventory]) -> Goal:
    """Return what is wanted, as far as finished runs show. Failed runs count as done.

    `take_inventory` takes the inventory of the store; only a precision needs it.
    """
    points = len(store.design)
    if store.precision is None:
        return Goal(store.replicates, True)
    first = np.full(points, store.precision.minimum, np.int64)
    if take_inventory().finished.count(first) < int(first.sum()):
        return Goal(first, False, np.zeros(points, bool))
    return _second_stage(store, store.precision)


def baselines(store: Store) -> NDArray[np.int64]:
    """For each point, the number of the baseline point of its effect sizes.

    Raises ParameterError if the design has none.
    """
    design = store.design
    of_effect_sizes = design[design["baseline"]].set_index("effect_sizes")["point"]
    if not len(of_effect_sizes):
        raise ParameterError(
            f"{store.folder} has no baseline point; its study needs baseline = true (in Python baseline=True)")
    return np.asarray(design["effect_sizes"].map(of_effect_sizes), np.int64)


def baseline_values(
    store: Store, measure: str, replicates: Counts, base_of: Counts
) -> dict[int, NDArray[np.float64]]:
    """A measure's values at each baseline point by replicate, nan where there is none."""
    found = {}
    for point in np.unique(base_of).tolist():
        only = np.zeros_like(replicates)
        only[point] = replicates[point]
        found[point] = np.full(int(replicates.max()), np.nan)
        for tile in tiles(store, only, [measure]):
            found[point][:tile.there.shape[1]] = tile.columns[measure][point - tile.first_point]
    return found


def _second_stage(store: Store, precision: Precision) -> Goal:
    """What each point needs; a baseline point gets as many as the neediest of its effect sizes."""
    first = np.full(len(store.design), precision.minimum, np.int64)
    base_of = baselines(store) if store.design["baseline"].any() else None
    reference = {} if base_of is None or precision.against is None else baseline_values(
        store, precision.measure, first, base_of)
    replicates, reached = first.copy(), np.zeros(len(first), bool)
    for tile in tiles(store, first, [precision.measure]):
        for point, values in enumerate(tile.columns[precision.measure], tile.first_point):
            base = None if base_of is None else reference.get(int(base_of[point]))
            needed = _needed(precision, values, base)
            if needed is not None:
                replicates[point] = min(needed, precision.maximum)
                reached[point] = needed <= precision.maximum
    if base_of is not None:
        for base_point in np.unique(base_of):
            replicates[base_point] = replicates[base_of == base_point].max()
    return Goal(replicates, True, reached)


def _needed(precision: Precision, values: NDArray[np.float64], base: NDArray[np.float64] | None) -> int | None:
    """Replicates for one point; None where no number is known to help: runs that failed, a mean of 0."""
    try:
        return replications_needed(
            values if base is None else values - base,
            precision.half_width,
            relative=precision.relative,
            confidence=precision.confidence,
            scale=base if precision.relative else None,
        )
    except StatisticsError:
        return None
