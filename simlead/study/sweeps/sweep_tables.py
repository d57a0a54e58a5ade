"""A sweep's runs as tables: each run, each point, each point against its baseline."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simlead.model.parameters import ParameterError, nearest
from simlead.study.estimation.estimates import CONFIDENCE, checked_confidence
from simlead.study.estimation.precision import two_stage_interval
from simlead.study.studies.study import Precision
from simlead.study.sweeps.cells import Cells
from simlead.study.sweeps.reading import tiles
from simlead.study.sweeps.stages import Wanted, baselines, values_of
from simlead.study.sweeps.store import Store
from simlead.study.sweeps.work import FAILURE_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]


def runs_table(store: Store, goal: Wanted, measures: Iterable[str] | None = None) -> pd.DataFrame:
    """A row per run that is there; see `Sweep.runs`."""
    import pandas as pd

    names = known_measures(store, measures)
    columns = [*names, *store.row_columns()[len(store.columns()):]]
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("point", "replicate", *columns)}
    for tile in tiles(store, goal.replicates, columns):
        point, replicate = np.nonzero(tile.there)
        parts["point"].append(point + tile.first_point)
        parts["replicate"].append(replicate + tile.first_replicate)
        for name, values in tile.columns.items():
            parts[name].append(values[point, replicate])
    whole = {name: np.concatenate(values) if values else np.zeros(0) for name, values in parts.items()}
    table = pd.DataFrame(whole)
    table.insert(2, "seed", store.identity["seed"])
    if not table["point"].is_monotonic_increasing:  # points with so many replicates that they are read in pieces
        table = table.sort_values(["point", "replicate"], kind="stable", ignore_index=True)
    return table.astype({"point": np.int64, "replicate": np.int64, "seed": np.int64, "events": np.int64})


def points_table(
    store: Store, goal: Wanted, measures: Iterable[str] | None = None, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """A row per point with the measures' means and intervals; see `Sweep.points`."""
    names = known_measures(store, measures)
    points = len(store.design)
    sums = {name: Moments(points) for name in names}
    runs = np.zeros(points, np.int64)
    for tile in tiles(store, goal.replicates, names):
        here = slice(tile.first_point, tile.first_point + len(tile.there))
        runs[here] += tile.there.sum(axis=1)
        for name in names:
            sums[name].add(here, tile.columns[name])
    table = store.design.copy()
    table["n"] = runs
    for name in names:
        mean, half = sums[name].mean, sums[name].half_width(confidence)
        if store.precision is not None and name == store.precision.measure:
            mean, half = _two_stage(store, store.precision, goal, None, False, confidence)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = mean, mean - half, mean + half
    return _with_reached(table.copy(), goal)  # a copy in one piece, after so many columns


def paired_table(
    store: Store, goal: Wanted, measure: str, relative: bool = False, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """A row per point with its paired difference from the baseline; see `Sweep.paired`."""
    (name,) = known_measures(store, [measure])
    base_of = baselines(store)
    sums = PairMoments(len(store.design))
    reference = {base: values_of(store, name, goal.replicates, base) for base in np.unique(base_of).tolist()}
    for tile in tiles(store, goal.replicates, [name]):
        height, width = tile.there.shape
        here = slice(tile.first_point, tile.first_point + height)
        base = np.stack([reference[number][tile.first_replicate:][:width] for number in base_of[here].tolist()])
        sums.add(here, tile.columns[name] - base, base)
    difference, half = sums.ratio(confidence) if relative else sums.difference(confidence)
    if store.precision is not None and name == store.precision.measure:
        difference, half = _two_stage(
            store, store.precision, goal, (base_of, reference), relative, confidence)
    table = store.design.copy()
    table["n"] = sums.n.astype(np.int64)
    table["difference"], table["low"], table["high"] = difference, difference - half, difference + half
    alone = table["baseline"] & (table["n"] > 0)
    table.loc[alone, ["difference", "low", "high"]] = 0.0
    return _with_reached(table, goal)


def failures_table(store: Store, failed: Cells) -> pd.DataFrame:
    """A row per run that failed; see `Sweep.failures`."""
    import pandas as pd

    parts = []
    for shard in store.failure_shards():
        table = pd.DataFrame(store.content(shard).columns(FAILURE_COLUMNS))
        parts.append(table[failed.holds(table["point"], table["replicate"])])
    if not parts:
        return pd.DataFrame({name: [] for name in FAILURE_COLUMNS}).astype({"point": np.int64, "replicate": np.int64})
    whole = pd.concat(parts, ignore_index=True).astype({"point": np.int64, "replicate": np.int64})
    return whole.sort_values(["point", "replicate"], ignore_index=True)


def known_measures(store: Store, measures: Iterable[str] | None) -> list[str]:
    """The names of the measures, all of the sweep's if None; ParameterError for one that it has not."""
    there = store.columns()
    if measures is None:
        return there
    names = [measures] if isinstance(measures, str) else list(measures)
    for name in names:
        if name not in there:
            raise ParameterError(f"measure {name!r}: not in this sweep{nearest(str(name), there)}")
    return list(dict.fromkeys(names))


def _with_reached(table: pd.DataFrame, goal: Wanted) -> pd.DataFrame:
    """The table, with a column that says where the precision is reached, if one was asked for."""
    if goal.reached is not None:
        table.insert(list(table.columns).index("n") + 1, "reached", goal.reached)
    return table


def _two_stage(
    store: Store, precision: Precision, goal: Wanted, base: tuple[NDArray[np.int64], dict[int, Numbers]] | None,
    relative: bool, confidence: float,
) -> tuple[Numbers, Numbers]:
    """Means (or differences) of the precision's measure with half of Stein's interval, for each point."""
    mean, half = (np.full(len(store.design), math.nan) for _ in range(2))
    for tile in tiles(store, goal.replicates, [precision.measure], whole_points=True):
        for point, row in enumerate(tile.columns[precision.measure], tile.first_point):
            values, scale = row[:goal.replicates[point]], None
            if base is not None:
                base_of, reference = base
                scale = reference[int(base_of[point])][:len(values)]
                values = values - scale
            estimate = two_stage_interval(
                values, precision.minimum, confidence, scale=scale if relative else None)
            mean[point], half[point] = estimate.mean, estimate.half_width
    return mean, half


class Moments:
    """Number, mean and sum of squares about it of each point's values, nan left out."""

    def __init__(self, points: int) -> None:
        self.n, self.mean, self.squares = np.zeros(points), np.full(points, math.nan), np.zeros(points)

    def add(self, here: slice, values: Numbers) -> None:
        """Add a tile's values of some points (points x replicates)."""
        n, mean, squares = _moments(values)
        before, old = self.n[here], np.where(self.n[here] > 0, self.mean[here], 0.0)
        both = before + n
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = np.where(n > 0, mean - old, 0.0)
            self.mean[here] = np.where(both > 0, old + gap * n / both, math.nan)
            self.squares[here] += squares + np.where(both > 0, gap * gap * before * n / both, 0.0)
        self.n[here] = both

    def half_width(self, confidence: float) -> Numbers:
        """Half of each t interval; nan with fewer than two values."""
        return t_half_width(self.n, self.squares, confidence)


class PairMoments:
    """As :class:`Moments`, of differences and of the baseline's values beside them."""

    def __init__(self, points: int) -> None:
        self.gap, self.base, self.sum = Moments(points), Moments(points), Moments(points)

    def add(self, here: slice, gap: Numbers, base: Numbers) -> None:
        """Add a tile's differences and baseline values; both are nan where one is."""
        base = np.where(np.isnan(gap), math.nan, base)
        self.gap.add(here, gap)
        self.base.add(here, base)
        self.sum.add(here, gap + base)

    @property
    def n(self) -> Numbers:
        """Pairs of each point."""
        return self.gap.n

    def difference(self, confidence: float) -> tuple[Numbers, Numbers]:
        """Mean difference and half of its interval."""
        return self.gap.mean, self.gap.half_width(confidence)

    def ratio(self, confidence: float) -> tuple[Numbers, Numbers]:
        """Mean difference as a part of the baseline's mean, and half of its interval (delta method).

        As `estimates.ratio_of_means`: the sum of squares of d - R b is S_dd - 2 R S_db + R^2 S_bb.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.gap.mean / self.base.mean
            together = (self.sum.squares - self.gap.squares - self.base.squares) / 2
            squares = self.gap.squares - 2 * ratio * together + ratio * ratio * self.base.squares
            half = t_half_width(self.n, np.maximum(squares, 0.0), confidence) / np.abs(self.base.mean)
        return ratio, half


def t_half_width(n: Numbers, squares: Numbers, confidence: float) -> Numbers:
    """t sqrt(squares / (n - 1) / n), Student's quantile for n - 1 degrees of freedom; nan for n < 2."""
    freedom = np.where(n > 1, n - 1, math.nan)
    return np.asarray(stdtrit(freedom, 0.5 + checked_confidence(confidence) / 2) * np.sqrt(squares / freedom / n))


def _moments(values: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    known = ~np.isnan(values)
    n = known.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, np.where(known, values, 0.0).sum(axis=1) / n, 0.0)
    apart = np.where(known, values - mean[:, None], 0.0)
    return n, mean, (apart * apart).sum(axis=1)
