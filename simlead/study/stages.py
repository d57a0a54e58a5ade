"""How many replicates each point of a sweep gets: a number for all, or what a precision needs.

A precision is reached in two stages, the same whatever the workers and however often the
sweep was interrupted: first the precision's `minimum` at every point; from these, and from
nothing else, follows each point's number (`precision.replications_needed`).
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.study.precision import replications_needed
from simlead.study.reading import tiles
from simlead.study.store import Inventory, Store
from simlead.study.study import Precision

Counts = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Wanted:
    """Replicates wanted at each point; `final` unless a first stage must be done before one can tell."""

    replicates: Counts
    final: bool


def most_wanted(store: Store) -> int:
    """Replicates that no point gets more than."""
    return store.precision.maximum if store.precision is not None else store.replications or 0


def wanted(store: Store, inventory: Inventory) -> Wanted:
    """What is wanted, as far as the runs that are done tell. Failed runs count as done."""
    points = len(store.design)
    if store.precision is None:
        return Wanted(np.full(points, store.replications, np.int64), True)
    first = np.full(points, store.precision.minimum, np.int64)
    settled = inventory.done.together(inventory.failed)
    if settled.count(first) < int(first.sum()):
        return Wanted(first, False)
    return Wanted(_second_stage(store, store.precision), True)


def baselines(store: Store) -> NDArray[np.int64]:
    """For each point, the number of the baseline point of its beliefs.

    Raises ParameterError if the design has none.
    """
    design = store.design
    of_beliefs = design[design["baseline"]].set_index("beliefs")["point"]
    if not len(of_beliefs):
        raise ParameterError(f"{store.folder} has no baseline point; a sweep with baseline=True has one")
    return np.asarray(design["beliefs"].map(of_beliefs), np.int64)


def first_stage_values(store: Store, measure: str, replicates: int) -> NDArray[np.float64]:
    """A measure's first values at every point (points x replicates), nan where there is none."""
    values = np.full((len(store.design), replicates), np.nan)
    for tile in tiles(store, np.full(len(values), replicates), [measure]):
        height, width = tile.there.shape
        values[tile.first_point:tile.first_point + height,
               tile.first_replicate:tile.first_replicate + width] = tile.columns[measure]
    return values


def _second_stage(store: Store, precision: Precision) -> Counts:
    """Replicates that each point needs; a baseline point as many as the neediest of its beliefs."""
    values = first_stage_values(store, precision.measure, precision.minimum)
    base_of = baselines(store) if precision.against or store.design["baseline"].any() else None
    needed = np.array([
        _needed(precision, row, None if base_of is None or precision.against is None else values[base_of[point]])
        for point, row in enumerate(values)], np.int64)
    if base_of is not None:
        for base in np.unique(base_of):
            needed[base] = needed[base_of == base].max()
    return needed


def _needed(precision: Precision, here: NDArray[np.float64], base: NDArray[np.float64] | None) -> int:
    try:
        number = replications_needed(
            here if base is None else here - base,
            precision.half_width,
            relative=precision.relative,
            confidence=precision.confidence,
            scale=base if precision.relative else None,
        )
    except ParameterError:  # too few values, or a mean of 0: no number is known to be enough
        number = precision.maximum
    return min(max(number, precision.minimum), precision.maximum)
