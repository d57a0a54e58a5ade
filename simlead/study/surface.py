"""A response surface of a measure of a sweep: its expected value between the points, and its optimum."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from simlead.model.deprecation import moved_attribute, renamed_argument, warn_renamed
from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.together import TOGETHER, contradiction_in
from simlead.statistics import surface as response
from simlead.statistics.emulator import SPARE_POINTS, fit_to_means
from simlead.statistics.findings import Finding, finding
from simlead.statistics.intervals import CONFIDENCE, checked_confidence
from simlead.statistics.noise import Noise, independent_noise, noise_of_runs
from simlead.statistics.ranges import ranges_of
from simlead.statistics.surface_checks import condition_of, is_flat, leave_one_out, point_table, straight_factors
from simlead.study.outcomes import Floats, runs_by_point
from simlead.study.refusals import refusals
from simlead.study.studies.points import factors_of, of_effect_sizes

if TYPE_CHECKING:
    from simlead.study.sweeps.sweep import Sweep

MOST_POINTS = 1_500
"""The work grows with the cube of the points; a surface so dense gains nothing from more."""

POINTS_PER_FACTOR = 10
"""As many are advised (Loeppky, Sacks and Welch 2009, Technometrics 51)."""

_HARMLESS = dict.fromkeys(TOGETHER, 0.0) | {"world.heroic_hours_high": math.inf}
"""Values that contradict none, for what is no factor: it was simulated with every value of those that are."""


class Surface(response.Surface):
    """A response surface of a sweep's measure, as :func:`simlead.fit_surface` makes it.

    Parameters
    ----------
    measure : str
        The measure.
    table : pandas.DataFrame
        The points that it was fitted to.
    leave_one_out : LeaveOneOut
        How well each point is predicted without it.
    condition : str
        Code of whether the surface can be trusted.
    flat : bool
        Whether the measure does not depend on the factors as far as the points show.
    notes : tuple of Finding
        What to know of the fit.
    confidence : float
        Confidence of all intervals.
    seed : int
        Random seed of the surfaces drawn in search of the best.
    ranges : Ranges
        The factors' ranges.
    emulator : Emulator
        The fitted Gaussian process.
    """

    predict = refusals()(response.Surface.predict)
    gain = refusals()(response.Surface.gain)
    best = refusals()(response.Surface.best)
    ridge = refusals()(response.Surface.ridge)
    best_finding = refusals()(response.Surface.best_finding)

    sentence = moved_attribute("sentence", "simlead.sentences(surface), or of [surface.best_finding()]")

    @property
    def verdict(self) -> str:
        """The old name of `condition`, without the sentence."""
        warn_renamed("Surface.verdict", "simlead.sentences(surface)")
        return self.condition


@renamed_argument("beliefs", "effect_sizes")
@refusals()
def fit_surface(
    points: pd.DataFrame | Sweep,
    measure: str,
    *,
    factors: Iterable[str] | None = None,
    runs: pd.DataFrame | None = None,
    effect_sizes: str | None = None,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Surface:
    """Fit a response surface of a measure to the points of a sweep.

    Parameters
    ----------
    points
        A sweep; or a frame with a row per point and a column per factor. Means and their noise then come from `runs`,
        or from the points' own columns `n`, MEASURE, MEASURE_low and MEASURE_high, as `Sweep.points` gives them
        (`difference`, `low` and `high`: `Sweep.paired`; their intervals have the `confidence` of the surface's).
        Without either, noise is taken as equal at all points and estimated.
    measure
        The name of the measure.
    factors
        Numbers, whole numbers or switches; all parameters that vary by default. Ranges are what
        the points span, a baseline point apart.
    runs
        A row per run (`point`, `replicate`, the measure), as `Sweep.runs` gives them beside
        `Sweep.design`. Only runs show which noise the points share.
    effect_sizes
        One set of effect sizes; it must be named where the points are under several.
    confidence
        Of all intervals.
    seed
        Random seed of the surfaces drawn in search of the best policy (0 is valid); it changes nothing else.

    Returns
    -------
    Surface
        What to expect anywhere (`predict`), where it is best (`best`, `ridge`), and whether it
        is to be trusted (`condition`).

    Raises
    ------
    ParameterError
        For tables that do not fit, too few points and too many.

    Notes
    -----
    The model is a Gaussian process with correlated replication noise; see `statistics.kriging`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> x = np.linspace(0.0, 1.0, 9)
    >>> points = pd.DataFrame({"x": x, "y": 3.0 - (x - 0.6) ** 2, "y_low": 2.99 - (x - 0.6) ** 2,
    ...                        "y_high": 3.01 - (x - 0.6) ** 2, "n": 20})
    >>> surface = fit_surface(points, "y", factors=["x"])
    >>> surface.trusted, surface.best().loc[0, ["quantity", "role"]].tolist()
    (True, ['x', 'factor'])
    >>> bool(surface.best().loc[0, "low"] <= 0.6 <= surface.best().loc[0, "high"])
    True
    """
    checked_confidence(confidence)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    notes: list[Finding] = []
    if not (isinstance(points, pd.DataFrame) or hasattr(points, "design")):
        raise ParameterError(f"points = {type(points).__name__}: allowed is a sweep, as open_sweep(...) gives it, or a "
                             "table with a row per point")
    design = points if isinstance(points, pd.DataFrame) else points.design
    if not isinstance(points, pd.DataFrame) and runs is None:
        runs = points.runs([measure])
    chosen = of_effect_sizes(design, effect_sizes)
    names = factors_of(chosen, factors)
    chosen, values = _with_values(chosen, measure, names, runs, notes)
    _enough(len(chosen), len(names), notes)
    within = chosen[~chosen["baseline"].to_numpy(bool)] if "baseline" in chosen.columns else chosen
    ranges = ranges_of(within, names, _possible_together if sum(name in TOGETHER for name in names) > 1 else None)
    where = ranges.scaled(chosen)
    if values is not None:
        means, noise = np.nanmean(values, axis=1), _noise_from_runs(where, values, notes)
    else:
        means, noise = chosen[measure].to_numpy(float), _noise_from_intervals(chosen, measure, confidence, notes)
    emulator = fit_to_means(where, means, noise)
    named = chosen[[*(name for name in ("point", "effect_sizes", "baseline") if name in chosen.columns), *names]]
    if "point" not in chosen.columns:
        named = named.copy()
        named.insert(0, "point", np.arange(len(named)))
    errors = point_table(named, where, means, emulator)
    check, converged = leave_one_out(errors), emulator.smoothness.converged
    notes += [finding("surface.straight", factor=names[j]) for j in straight_factors(emulator)]
    flat = is_flat(emulator)
    condition = condition_of(len(errors), check, flat, converged, runs is None and noise is not None,
                             runs is not None and noise is not None and not noise.shared_known)
    return Surface(measure, errors, check, condition, flat, tuple(notes), confidence, seed, ranges, emulator)


def _possible_together(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of factor values a scenario takes: factors can contradict each other."""
    bound = [name for name in frame.columns if name in TOGETHER]
    return np.array([not contradiction_in({**_HARMLESS, **dict(zip(bound, row, strict=True))})
                     for row in frame[bound].to_numpy(float).tolist()], bool)


def _with_values(
    points: pd.DataFrame, measure: str, names: list[str], runs: pd.DataFrame | None, notes: list[Finding]
) -> tuple[pd.DataFrame, Floats | None]:
    """The points that have a value, each once, and their runs (points x replicates) if there are any."""
    if runs is not None:
        values = runs_by_point(points, runs, measure)
        there = ~np.isnan(values).all(axis=1)
    elif measure in points.columns:
        there = ~np.isnan(points[measure].to_numpy(float))
        values = points[[measure, *(["n"] if "n" in points.columns else [])]].to_numpy(float)
    else:
        raise ParameterError(f"measure {measure!r}: the points have no such column{nearest(measure, points.columns)}")
    with_runs = np.asarray(there, bool)
    if not with_runs.all():
        notes.append(finding("surface.left_out", n=int((~with_runs).sum()), all=len(points)))
    kept = _once(points, names, values, with_runs)
    return points[kept], None if runs is None else values[kept]


def _once(points: pd.DataFrame, names: list[str], values: Floats, with_runs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points to keep, so that none comes twice: of a baseline on the grid and its double the one with more runs.

    `values` are a row per point: its runs, or its mean and n. Doubles have the same runs
    as far as both have them; rows that differ otherwise are refused.
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
            place_text = ", ".join(f"{name} = {value}" for name, value in zip(names, place, strict=True))
            raise ParameterError(f"points: two with {place_text} differ; name every factor that varies, "
                                 "or hold the others at one value")
        more = known.sum(axis=1) if len(both) > 2 else values[[earlier, row], -1]
        loser, first[place] = (earlier, row) if more[1] > more[0] else (row, earlier)
        kept[loser] = False
    return kept


def _enough(points: int, factors: int, notes: list[Finding]) -> None:
    least = factors + SPARE_POINTS
    if not least <= points <= MOST_POINTS:
        raise ParameterError(f"{points} points for {factors} factor{'s' * (factors > 1)}: "
                             f"a surface takes {least} to {MOST_POINTS}")
    if points < POINTS_PER_FACTOR * factors:
        notes.append(finding("surface.few_points", n=points, factors=factors, advised=POINTS_PER_FACTOR * factors))


def _noise_from_runs(where: Floats, table: Floats, notes: list[Finding]) -> Noise | None:
    if int((~np.isnan(table)).sum(axis=1).max()) < 2:
        notes.append(finding("surface.noise_unknown"))
        return None
    noise = noise_of_runs(where, table)
    if noise.shared > 0.05:
        notes.append(finding("surface.noise_counted", correlation=noise.shared))
    return noise


def _noise_from_intervals(
    points: pd.DataFrame, measure: str, confidence: float, notes: list[Finding]
) -> Noise | None:
    """Noise from half-widths of t intervals: NAME_low and NAME_high, or low and high of a difference."""
    ends = [f"{measure}_low", f"{measure}_high"]
    if not set(ends) <= set(points.columns):
        ends = ["low", "high"]
    if {*ends, "n"} <= set(points.columns):
        counts = points["n"].to_numpy(float)
        half = (points[ends[1]] - points[ends[0]]).to_numpy(float) / 2
        known = (counts > 1) & np.isfinite(half)
        if known.any():
            quantile = stdtrit(np.where(known, counts - 1, 1.0), 0.5 + confidence / 2)
            variances = np.where(known, (half / quantile) ** 2 * counts, 0.0)
            notes.append(finding("surface.noise_own", measure=measure))
            return independent_noise(variances, np.where(known, counts, 1.0))
    notes.append(finding("surface.noise_unknown"))
    return None
