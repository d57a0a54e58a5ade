"""What a surface is fitted to: points, their means, and how sure those are, from a sweep's tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simlead.model.parameters import ParameterError, nearest
from simlead.study.studies.points import factors_of, of_beliefs
from simlead.study.surface.kriging import Array
from simlead.study.surface.noise import Noise, independent_noise, noise_of_runs
from simlead.study.surface.ranges import Ranges, ranges_of
from simlead.study.surface.wording import short_name

if TYPE_CHECKING:
    import pandas as pd

SPARE_POINTS = 4
"""A surface needs so many points more than it has factors."""

MOST_POINTS = 1_500
"""The work grows with the cube of the points; a surface so dense gains nothing from more."""

POINTS_PER_FACTOR = 10
"""As many are advised (Loeppky, Sacks and Welch 2009, Technometrics 51)."""


@dataclasses.dataclass(frozen=True)
class Means:
    """Points and their means. `where` are the factors in ranges of 0 to 1; no `noise` is unknown noise."""

    points: pd.DataFrame
    ranges: Ranges
    where: Array
    means: Array
    noise: Noise | None
    findings: tuple[str, ...]


def means_of(
    points: pd.DataFrame,
    measure: str,
    factors: Iterable[str] | None,
    runs: pd.DataFrame | None,
    beliefs: str | None,
    confidence: float,
) -> Means:
    """Points' means of a measure, with their noise; see `fit_surface` for the tables.

    Raises ParameterError for tables that do not fit, too few points and too many.
    """
    findings: list[str] = []
    chosen = of_beliefs(points, beliefs)
    names = factors_of(chosen, factors)
    table = None
    if runs is not None:
        table = _runs_by_point(chosen, runs, measure)
        there = ~np.isnan(table).all(axis=1)
    elif measure in chosen.columns:
        there = ~np.isnan(chosen[measure].to_numpy(float))
    else:
        raise ParameterError(f"measure {measure!r}: the points have no such column{nearest(measure, chosen.columns)}")
    with_runs = np.asarray(there, bool)
    if not with_runs.all():
        findings.append(f"{int((~with_runs).sum())} of {len(chosen)} points have no value and are left out.")
    values = chosen[[measure, *_counts(chosen)]].to_numpy(float) if table is None else table
    kept = _once(chosen, names, values, with_runs)
    chosen, table = chosen[kept], None if table is None else table[kept]
    _enough(len(chosen), len(names), findings)
    within = chosen[~chosen["baseline"].to_numpy(bool)] if "baseline" in chosen.columns else chosen
    ranges = ranges_of(within, names)
    where = ranges.scaled(chosen)
    if table is not None:
        means = np.nanmean(table, axis=1)
        noise = _noise_from_runs(where, table, findings)
    else:
        means = chosen[measure].to_numpy(float)
        noise = _noise_from_intervals(chosen, measure, confidence, findings)
    return Means(chosen, ranges, where, means, noise, tuple(findings))


def _runs_by_point(points: pd.DataFrame, runs: pd.DataFrame, measure: str) -> Array:
    """Points x replicates, nan where there is no run."""
    for name in ("point", "replicate", measure):
        if name not in runs.columns:
            raise ParameterError(f"runs: no column {name}{nearest(name, runs.columns)}")
    if "point" not in points.columns:
        raise ParameterError("points: a column point is needed, by which runs belong to them")
    if runs.duplicated(["point", "replicate"]).any():
        raise ParameterError("runs: a point has the same replicate twice")
    wide = runs.pivot(index="point", columns="replicate", values=measure)
    return wide.reindex(points["point"]).to_numpy(float)


def _counts(points: pd.DataFrame) -> list[str]:
    return ["n"] if "n" in points.columns else []


def _once(points: pd.DataFrame, names: list[str], values: Array, with_runs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points to keep, so that none comes twice: of a baseline on the grid and its twin the one with more runs.

    `values` are a row per point: its runs, or its mean and n. Twins have the same runs as far
    as both have them; rows that differ otherwise are no twins, and refused.
    """
    kept = with_runs.copy()
    baseline = points["baseline"].to_numpy(bool) if "baseline" in points.columns else np.zeros(len(points), bool)
    first: dict[tuple[object, ...], int] = {}
    for row, place in enumerate(points[names].itertuples(index=False, name=None)):
        if not with_runs[row]:
            continue
        earlier = first.setdefault(place, row)
        if earlier == row:
            continue
        known = np.asarray(~np.isnan(values[[earlier, row]]), bool)
        both = np.asarray(known.all(axis=0), bool)
        same = np.array_equal(values[earlier, both], values[row, both])
        if not same and not (len(both) <= 2 and baseline[earlier] != baseline[row]):
            told = ", ".join(f"{name} = {value}" for name, value in zip(names, place, strict=True))
            raise ParameterError(f"points: two with {told} differ; name every factor that varies, "
                                 "or hold the others at one value")
        more = known.sum(axis=1) if len(both) > 2 else values[[earlier, row], -1]
        loser, first[place] = (earlier, row) if more[1] > more[0] else (row, earlier)
        kept[loser] = False
    return kept


def _enough(points: int, factors: int, findings: list[str]) -> None:
    least = factors + SPARE_POINTS
    if not least <= points <= MOST_POINTS:
        raise ParameterError(f"{points} points for {factors} factor{'s' * (factors > 1)}: "
                             f"a surface takes {least} to {MOST_POINTS}")
    if points < POINTS_PER_FACTOR * factors:
        findings.append(f"{points} points are few for {factors} factor{'s' * (factors > 1)}; "
                        f"{POINTS_PER_FACTOR * factors} are advised.")


def _noise_from_runs(where: Array, table: Array, findings: list[str]) -> Noise | None:
    if int((~np.isnan(table)).sum(axis=1).max()) < 2:
        findings.append(_UNKNOWN)
        return None
    noise = noise_of_runs(where, table)
    if noise.shared > 0.05:
        findings.append(f"Points share their luck (correlation {noise.shared:.2f} between runs of the same "
                        "replicate); the surface counts on it.")
    return noise


def _noise_from_intervals(
    points: pd.DataFrame, measure: str, confidence: float, findings: list[str]
) -> Noise | None:
    """Noise from half-widths of t intervals: NAME_low and NAME_high, or low and high of a difference."""
    ends = [f"{measure}_low", f"{measure}_high"]
    if not set(ends) <= set(points.columns):
        ends = ["low", "high"]
    if not {*ends, "n"} <= set(points.columns):
        findings.append(_UNKNOWN)
        return None
    counts = points["n"].to_numpy(float)
    half = (points[ends[1]] - points[ends[0]]).to_numpy(float) / 2
    known = (counts > 1) & np.isfinite(half)
    if not known.any():
        findings.append(_UNKNOWN)
        return None
    quantile = stdtrit(np.where(known, counts - 1, 1.0), 0.5 + confidence / 2)
    variances = np.where(known, (half / quantile) ** 2 * counts, 0.0)
    findings.append(f"Each point's luck is taken as its own. If {short_name(measure)} was simulated with the same "
                    "luck at all points, give the runs: the level is less sure than it looks, the shape more.")
    return independent_noise(variances, np.where(known, counts, 1.0))


_UNKNOWN = "Nothing tells the noise of a point; it is taken as equal everywhere and estimated from the scatter."
