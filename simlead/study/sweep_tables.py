"""A sweep's runs as tables: each run, each point, each point against its baseline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simlead.model.parameters import ParameterError, nearest
from simlead.study.cells import Cells
from simlead.study.estimates import CONFIDENCE
from simlead.study.reading import tiles
from simlead.study.stages import Wanted, baselines
from simlead.study.store import Store
from simlead.study.work import FAILURE_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]


def runs_table(store: Store, goal: Wanted, measures: Iterable[str] | None = None) -> pd.DataFrame:
    """A row per run that is there; see `Sweep.runs`."""
    import pandas as pd

    names = known_measures(store, measures)
    hashes = ["tables_hash", "trace_hash"] if store.identity["trace_hashes"] else ["tables_hash"]
    parts: dict[str, list[NDArray[Any]]] = {
        name: [] for name in ("point", "replicate", *names, "events", *hashes)}
    for tile in tiles(store, goal.replicates, [*names, "events", *hashes]):
        point, replicate = np.nonzero(tile.there)
        parts["point"].append(point + tile.first_point)
        parts["replicate"].append(replicate + tile.first_replicate)
        for name, values in tile.columns.items():
            parts[name].append(values[point, replicate])
    whole = {name: np.concatenate(values) if values else np.zeros(0) for name, values in parts.items()}
    table = pd.DataFrame(whole)
    table.insert(2, "seed", store.identity["seed"])
    if goal.replicates.max(initial=0) > 4096:  # tiles of one point's replicates come one after another
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
        half = sums[name].half_width(confidence)
        mean = sums[name].mean
        table[name], table[f"{name}_low"], table[f"{name}_high"] = mean, mean - half, mean + half
    return table.copy()


def paired_table(
    store: Store, goal: Wanted, measure: str, relative: bool = False, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """A row per point with its paired difference from the baseline; see `Sweep.paired`."""
    (name,) = known_measures(store, [measure])
    base_of = baselines(store)
    sums = PairMoments(len(store.design))
    reference = baseline_values(store, goal, name, np.unique(base_of))
    for tile in tiles(store, goal.replicates, [name]):
        here = slice(tile.first_point, tile.first_point + len(tile.there))
        columns = slice(tile.first_replicate, tile.first_replicate + tile.there.shape[1])
        base = np.stack([reference[number][columns] for number in base_of[here]])
        sums.add(here, tile.columns[name] - base, np.where(np.isnan(tile.columns[name]), np.nan, base))
    difference, half = sums.ratio(confidence) if relative else sums.difference(confidence)
    table = store.design.copy()
    table["n"] = sums.n.astype(np.int64)
    table["difference"], table["low"], table["high"] = difference, difference - half, difference + half
    alone = table["baseline"] & (table["n"] > 0)
    table.loc[alone, ["difference", "low", "high"]] = 0.0
    return table


def baseline_values(store: Store, goal: Wanted, measure: str, points: Sequence[int]) -> dict[int, Numbers]:
    """The baseline points' values by replicate, nan where there is none."""
    width = int(goal.replicates.max(initial=0))
    found = {}
    for point in points:
        only = np.zeros(len(store.design), np.int64)
        only[point] = goal.replicates[point]
        values = np.full(width, np.nan)
        for tile in tiles(store, only, [measure]):
            row = point - tile.first_point
            if 0 <= row < len(tile.there):
                values[tile.first_replicate:tile.first_replicate + tile.there.shape[1]] = tile.columns[measure][row]
        found[int(point)] = values
    return found


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
    if not 0.0 < confidence < 1.0:
        raise ParameterError(f"confidence = {confidence!r}: allowed is more than 0 and less than 1")
    freedom = np.where(n > 1, n - 1, math.nan)
    return np.asarray(stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(squares / freedom / n))


def _moments(values: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    known = ~np.isnan(values)
    n = known.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, np.where(known, values, 0.0).sum(axis=1) / n, 0.0)
    apart = np.where(known, values - mean[:, None], 0.0)
    return n, mean, (apart * apart).sum(axis=1)
