"""Checks of a surface: prediction of each point by the others, and a test against a constant."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
from scipy.special import chdtri, ndtri

from simlead.statistics.codes import (
    ERRORS_LARGE,
    FLAT,
    NOISE_SHARED,
    POINT_OFF,
    TOO_FEW,
    TRUSTED,
    UNEXPLAINED,
    UNFINISHED,
)
from simlead.statistics.emulator import Emulator
from simlead.statistics.kriging import LEVEL, LONGEST, Array, likelihood

CHANCE = 0.01
"""So rarely is a constant called something else, and one of a sound surface's points unsound."""

ODD = 3.5
"""Standard errors by which the root mean square of standardised errors may be off 1."""


@dataclasses.dataclass(frozen=True)
class LeaveOneOut:
    """How well each point is predicted by the others.

    `error` is the root mean square of the errors, in the measure's unit; `explained` the fraction of the differences
    between points that the others predict (1 is all, below 0 is worse than their mean); `standardised` the root mean
    square of errors in their own standard deviations: 1 if the surface knows how sure it is. `worst` is the largest
    of these, at `worst_point`.
    """

    error: float
    explained: float
    standardised: float
    worst_point: int
    worst: float


def far(n: int) -> float:
    """Standard deviations beyond which one of `n` sound points lies as rarely as :data:`CHANCE`."""
    return float(-ndtri(CHANCE / n / 2))


def point_table(points: pd.DataFrame, where: Array, means: Array, emulator: Emulator) -> pd.DataFrame:
    """The points with their means, what the emulator and the other points predict, and the errors."""
    table = points.reset_index(drop=True)
    left_out, deviation = emulator.left_out_points()
    table["mean"] = means
    own = (np.diag(emulator.noise.covariance) if emulator.noise is not None
           else np.full(len(table), emulator.smoothness.nugget * emulator.scale**2))
    table["standard_error"] = np.sqrt(own)
    table["predicted"] = emulator.mean(where)
    table["left_out"] = left_out
    table["error"] = means - left_out
    table["standardised"] = table["error"] / deviation
    return table


def leave_one_out(table: pd.DataFrame) -> LeaveOneOut:
    """The errors of the left out points of a `point_table`, summed up."""
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


def is_flat(emulator: Emulator) -> bool:
    """Whether a constant is as likely, but for what chance adds: a likelihood ratio test."""
    values, noise = emulator.kriged.values, emulator.kriged.noise
    scatter = float(values.var(ddof=1)) if emulator.noise is None else 0.0
    constant = likelihood(values, noise + LEVEL + scatter * np.eye(len(values)))
    gain = 2.0 * (emulator.smoothness.log_likelihood - constant)
    return gain < float(chdtri(len(emulator.smoothness.lengths) + 1, CHANCE))


def straight_factors(emulator: Emulator) -> list[int]:
    """The places of factors whose effect is nothing or nearly a straight line."""
    return np.flatnonzero(emulator.smoothness.lengths > 0.99 * LONGEST).tolist()


def condition_of(n: int, check: LeaveOneOut, flat: bool, converged: bool, own_noise: bool, too_few: bool) -> str:
    """What the errors of leaving one out of `n` points show of the surface: one of `codes.CONDITIONS`."""
    off = ODD / math.sqrt(2 * n)
    if too_few:
        return TOO_FEW
    if not converged:
        return UNFINISHED
    if abs(check.worst) > far(n):
        return POINT_OFF
    if check.standardised > 1 + off:
        return ERRORS_LARGE
    if check.standardised < 1 - off and own_noise:
        return NOISE_SHARED
    if flat:
        return FLAT
    return TRUSTED if check.explained > 0 else UNEXPLAINED
