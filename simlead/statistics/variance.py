"""Differences of matched pairs as fractions of the status quo's mean."""

from __future__ import annotations

import numpy as np

from simlead.statistics.errors import StatisticsError
from simlead.statistics.replicates import Floats

ABSOLUTE_INSTEAD = "; use relative=False"
"""The advice at the end of a refusal, for callers who can take it."""


def relative_differences(runs: Floats, weights: Floats | None = None) -> Floats:
    """Each run's difference as a fraction of the mean status quo over the worlds (worlds x replicates).

    `runs` is worlds x replicates x (policy, status quo), `weights` those of the worlds, equal unless given. With A and
    B the weighted means and Q = A / B, a run has Q - 1 + (a - Q b) / B: to first order a / b - 1 where the worlds
    have the same status quo, but never divided by a single run or world, and with the mean Q - 1 (the delta method).

    Raises StatisticsError unless the mean status quo is above 0 by four of its standard errors.

    >>> relative_differences(np.array([[[22.0, 20.0], [33.0, 30.0]]])).round(6).tolist()
    [[0.1, 0.1]]
    """
    shares = np.ones(len(runs)) if weights is None else np.asarray(weights, dtype=float)
    shares = shares / shares.sum()
    after, base = (float(shares @ runs[:, :, place].mean(axis=1)) for place in (0, 1))
    apart = runs[:, :, 1] - base
    error = float(np.sqrt(shares**2 @ (apart * apart).mean(axis=1)))
    if not base > 4.0 * error:
        raise StatisticsError(f"relative: the status quo is not clearly above 0 (mean {base:g}, standard error "
                              f"{error:g}){ABSOLUTE_INSTEAD}")
    ratio = after / base
    return np.asarray(ratio - 1.0 + (runs[:, :, 0] - ratio * runs[:, :, 1]) / base)
