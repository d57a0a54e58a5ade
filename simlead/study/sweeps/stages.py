"""How many replicates each point of a sweep gets: a number for all, or what a precision needs.

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
from simlead.study.estimation.precision import replications_needed
from simlead.study.studies.study import Precision
from simlead.study.sweeps.reading import tiles
from simlead.study.sweeps.store import Inventory, Store

Counts = NDArray[np.int64]
"""A number of replicates for each point."""


@dataclasses.dataclass(frozen=True, eq=False)
class Wanted:
    """Replicates wanted at each point, and whether they reach the precision (None: none was asked for).

    `final` unless a first stage must be done before one can tell.
    """

    replicates: Counts
    final: bool
    reached: NDArray[np.bool_] | None = None


def most_wanted(store: Store) -> int:
    """Replicates that no point gets more than."""
    return store.precision.maximum if store.precision is not None else store.replications


def wanted(store: Store, look: Callable[[], Inventory]) -> Wanted:
    """What is wanted, as far as the runs that are done tell. Failed runs count as done.

    `look` takes the inventory of the store; only a precision needs it.
    """
    points = len(store.design)
    if store.precision is None:
        return Wanted(np.full(points, store.replications, np.int64), True)
    first = np.full(points, store.precision.minimum, np.int64)
    if look().settled.count(first) < int(first.sum()):
        return Wanted(first, False, np.zeros(points, bool))
    return _second_stage(store, store.precision)


def baselines(store: Store) -> NDArray[np.int64]:
    """For each point, the number of the baseline point of its beliefs.

    Raises ParameterError if the design has none.
    """
    design = store.design
    of_beliefs = design[design["baseline"]].set_index("beliefs")["point"]
    if not len(of_beliefs):
        raise ParameterError(f"{store.folder} has no baseline point; a sweep with baseline=True has one")
    return np.asarray(design["beliefs"].map(of_beliefs), np.int64)


def values_of(store: Store, measure: str, replicates: Counts, point: int) -> NDArray[np.float64]:
    """A measure's values at one point by replicate, nan where there is none."""
    only = np.zeros(len(replicates), np.int64)
    only[point] = replicates[point]
    values = np.full(int(replicates.max(initial=0)), np.nan)
    for tile in tiles(store, only, [measure], whole_points=True):
        row = point - tile.first_point
        if 0 <= row < len(tile.there):
            values[:tile.there.shape[1]] = tile.columns[measure][row]
    return values


def _second_stage(store: Store, precision: Precision) -> Wanted:
    """What each point needs; a baseline point gets as many as the neediest of its beliefs."""
    first = np.full(len(store.design), precision.minimum, np.int64)
    base_of = baselines(store) if store.design["baseline"].any() else None
    reference = {} if base_of is None or precision.against is None else {
        base: values_of(store, precision.measure, first, base) for base in np.unique(base_of).tolist()}
    replicates, reached = first.copy(), np.zeros(len(first), bool)
    for tile in tiles(store, first, [precision.measure], whole_points=True):
        for point, values in enumerate(tile.columns[precision.measure], tile.first_point):
            base = None if base_of is None else reference.get(int(base_of[point]))
            needed = _needed(precision, values, base)
            if needed is not None:
                replicates[point] = min(needed, precision.maximum)
                reached[point] = needed <= precision.maximum
    if base_of is not None:
        for base_point in np.unique(base_of):
            replicates[base_point] = replicates[base_of == base_point].max()
    return Wanted(replicates, True, reached)


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
    except ParameterError:
        return None
