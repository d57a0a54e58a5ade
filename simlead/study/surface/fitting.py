"""From a sweep's tables to a fitted surface, and whether it is to be trusted."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri, ndtri

from simlead.study.estimation.estimates import CONFIDENCE, checked_confidence
from simlead.study.parallel import whole_number
from simlead.study.simulate import LARGEST_SEED
from simlead.study.surface.kriging import (
    JITTER,
    LEVEL,
    LONGEST,
    Array,
    Kriged,
    Smoothness,
    fit_smoothness,
    likelihood,
)
from simlead.study.surface.means import Means, means_of
from simlead.study.surface.surface import (
    ERRORS_LARGE,
    FLAT,
    LUCK_SHARED,
    POINT_OFF,
    TRUSTED,
    UNEXPLAINED,
    UNFINISHED,
    LeaveOneOut,
    Surface,
)
from simlead.study.surface.wording import short_name

if TYPE_CHECKING:
    import pandas as pd

CHANCE = 0.01
"""So rarely is a constant called something else, and one of a sound surface's points unsound."""

ODD = 3.5
"""Standard errors by which the root mean square of standardised errors may be off 1."""


def fit_surface(
    points: pd.DataFrame,
    measure: str,
    *,
    factors: Iterable[str] | None = None,
    runs: pd.DataFrame | None = None,
    beliefs: str | None = None,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Surface:
    """Fit a response surface of a measure to the points of a sweep.

    `points` has a row per point and a column per factor (all parameters that vary, unless
    `factors` names them). Means and their noise come from

    * `runs`, a row per run (`point`, `replicate`, the measure), as `Sweep.runs` gives them
      beside `Sweep.design`: the way to be preferred, for only runs tell which luck the
      points share; or
    * the points' own columns `n`, MEASURE, MEASURE_low and MEASURE_high, as `Sweep.points`
      gives them (`difference`, `low` and `high`: `Sweep.paired`). Intervals have the
      `confidence` of the surface's.
    * Without either, noise is taken as equal at all points and estimated.

    A surface is of one set of `beliefs`. Factors are numbers, whole numbers or switches;
    ranges are what the points span, a baseline point apart.

    The model: `kriging`. `seed` moves nothing but the surfaces drawn in search of the best
    policy. Raises ParameterError, in a line, for tables that do not fit.

    >>> import pandas as pd
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
    data = means_of(points, measure, factors, runs, beliefs, confidence)
    centre = float(data.means.mean())
    noise = np.zeros((len(data.means),) * 2) if data.noise is None else data.noise.covariance
    scale = math.sqrt(float(data.means.var()) + float(np.diag(noise).mean())) or 1.0
    values, own = (data.means - centre) / scale, noise / scale**2 + JITTER * np.eye(len(noise))
    unknown = data.noise is None
    smoothness = fit_smoothness(
        data.where, np.outer(values, values), 1.0, own + LEVEL, nugget=unknown, common=False)
    kriged = Kriged(data.where, values, own, dataclasses.replace(smoothness, common=LEVEL))
    left_out, deviation = kriged.leave_one_out()
    table = _table(data, kriged, scale, centre, noise, left_out, deviation)
    check = _leave_one_out(table)
    flat = _flat(values, own, smoothness, unknown)
    findings = [*data.findings, *_findings(data, smoothness)]
    condition = _condition(len(table), check, flat, smoothness.converged, runs is None and not unknown)
    return Surface(
        measure=measure, table=table, leave_one_out=check, trusted=condition in (TRUSTED, FLAT), flat=flat,
        condition=condition, verdict=_verdict(condition, measure, len(table), check),
        findings=tuple(findings), confidence=confidence, seed=seed,
        degrees=math.inf if data.noise is None else data.noise.degrees,
        ranges=data.ranges, kriged=kriged, centre=centre, scale=scale)


def _table(
    data: Means, kriged: Kriged, scale: float, centre: float, noise: Array, left_out: Array, deviation: Array
) -> pd.DataFrame:
    kept = [name for name in ("point", "beliefs", "baseline") if name in data.points.columns]
    table = data.points[[*kept, *data.ranges.names]].reset_index(drop=True)
    if "point" not in kept:
        table.insert(0, "point", np.arange(len(table)))
    table["mean"] = data.means
    own = np.diag(noise) if data.noise is not None else np.full(len(table), kriged.smoothness.nugget * scale**2)
    table["standard_error"] = np.sqrt(own)
    table["predicted"] = centre + scale * kriged.mean(data.where)
    table["left_out"] = centre + scale * left_out
    table["error"] = table["mean"] - table["left_out"]
    table["standardised"] = table["error"] / (scale * deviation)
    return table


def _leave_one_out(table: pd.DataFrame) -> LeaveOneOut:
    errors, means = table["error"].to_numpy(float), table["mean"].to_numpy(float)
    n = len(means)
    from_others = (means - means.mean()) * n / (n - 1)  # the error of the others' mean as a prediction
    squares = float((from_others**2).sum())
    standardised = table["standardised"].to_numpy(float)
    worst = int(np.abs(standardised).argmax())
    return LeaveOneOut(
        error=math.sqrt(float((errors**2).mean())),
        explained=1.0 - float((errors**2).sum()) / squares if squares > 0 else math.nan,
        standardised=math.sqrt(float((standardised**2).mean())),
        worst_point=int(table["point"].iloc[worst]), worst=float(standardised[worst]))


def _flat(values: Array, own: Array, smoothness: Smoothness, unknown: bool) -> bool:
    """Whether a constant is as likely, but for what chance adds: a likelihood ratio test."""
    scatter = float(values.var(ddof=1)) if unknown else 0.0
    constant = likelihood(values, own + LEVEL + scatter * np.eye(len(values)))
    gain = 2.0 * (smoothness.log_likelihood - constant)
    return gain < float(chdtri(len(smoothness.lengths) + 1, CHANCE))


def _findings(data: Means, smoothness: Smoothness) -> list[str]:
    findings = [f"{short_name(name)}: nothing or nearly a straight line, no bend within its range."
                for name, length in zip(data.ranges.names, smoothness.lengths, strict=True)
                if length > 0.99 * LONGEST]
    if not smoothness.converged:
        findings.append("The search for the most likely surface did not end as it should.")
    return findings


def _condition(n: int, check: LeaveOneOut, flat: bool, converged: bool, own_luck: bool) -> str:
    """What the errors of leaving one out of `n` points say of the surface: one of `surface.CONDITIONS`."""
    off = ODD / math.sqrt(2 * n)
    if not converged:
        return UNFINISHED
    if abs(check.worst) > _far(n):
        return POINT_OFF
    if check.standardised > 1 + off:
        return ERRORS_LARGE
    if check.standardised < 1 - off and own_luck:
        return LUCK_SHARED
    if flat:
        return FLAT
    return TRUSTED if check.explained > 0 else UNEXPLAINED


def _far(n: int) -> float:
    """Standard deviations beyond which one of `n` sound points lies as rarely as :data:`CHANCE`."""
    return float(-ndtri(CHANCE / n / 2))


def _verdict(condition: str, measure: str, n: int, check: LeaveOneOut) -> str:
    """A surface's condition in a sentence that says why."""
    name, side = short_name(measure), "above" if check.worst > 0 else "below"
    return {
        UNFINISHED: "Not to be trusted: the search for the most likely surface did not end as it should.",
        POINT_OFF: f"Not to be trusted: point {check.worst_point} lies {abs(check.worst):.1f} standard deviations "
                   f"{side} what the other points predict ({_far(n):.1f} would be chance).",
        ERRORS_LARGE: f"Not to be trusted: leaving out each point in turn, errors are {check.standardised:.1f} times "
                      "what the surface expects; it bends where there are no points, or jumps.",
        LUCK_SHARED: "Not to be trusted: leaving out each point in turn, errors are only "
                     f"{check.standardised:.2f} of what the points' noise makes; they share their luck. "
                     "Give the runs.",
        UNEXPLAINED: f"Not to be trusted: {name} differs between the {n} points more than luck explains, but the "
                     "others predict none of them better than their mean does; the points are too far apart.",
        FLAT: f"Flat: {name} differs between the {n} points no more than their luck explains; "
              "no policy is better than another.",
        TRUSTED: f"To be trusted: leaving out each of {n} points in turn, the others predict it with errors "
                 f"{check.standardised:.2f} times what the surface expects and explain "
                 f"{100 * check.explained:.1f} % of the differences between points.",
    }[condition]
