"""Differences of matched pairs as fractions of the status quo."""

from __future__ import annotations

import numpy as np

from simlead.statistics.errors import StatisticsError
from simlead.statistics.replicates import Floats

ABSOLUTE_INSTEAD = "; use relative=False"
"""The advice at the end of a refusal, for callers who can take it."""


def relative_differences(runs: Floats, weights: Floats | None = None) -> Floats:
    """Each run's difference as a fraction of its own world's status quo (worlds x replicates).

    `runs` is worlds x replicates (2 or more) x (policy, status quo), `weights` those of the worlds, equal unless given.
    With A and B the means of a world and Q = A / B, a run has Q - k - 1 + (a - Q b) / B: its noise is that of the
    ratio to first order (the delta method), and nothing is divided by a single run. k is the bias of a ratio of so few
    runs, (Q var b - cov(a, b)) / (B^2 replicates), the mean over the worlds.

    It is a world's own status quo, and not the mean of all: worlds of the default firm differ in revenue by a factor of
    seven, and with one denominator for all a large world's ordinary effect would look like a loss.

    Raises StatisticsError unless each world's status quo is above 0, and their standard errors are below a quarter.

    >>> relative_differences(np.array([[[22.0, 20.0], [33.0, 30.0]]])).round(6).tolist()
    [[0.1, 0.1]]
    """
    shares = np.ones(len(runs)) if weights is None else np.asarray(weights, dtype=float)
    shares, replicates = shares / shares.sum(), runs.shape[1]
    means = runs.mean(axis=1)
    after, base = means[:, 0], means[:, 1]
    if base.min() <= 0.0:
        raise StatisticsError(f"relative: the status quo is not clearly above 0 ({base.min():g} in a "
                              f"world){ABSOLUTE_INSTEAD}")
    apart = (runs - means[:, None]) / base[:, None, None]
    common = np.einsum("wri,wrj->wij", apart, apart) / (replicates - 1) / replicates
    error = float(np.sqrt(shares @ common[:, 1, 1]))
    if error >= 0.25:
        raise StatisticsError(f"relative: the status quo is not clearly above 0 (a standard error of {error:.0%} in a "
                              f"world){ABSOLUTE_INSTEAD}")
    ratio = after / base
    bias = float(shares @ (ratio * common[:, 1, 1] - common[:, 0, 1]))
    unbiased = ratio - bias - 1.0
    return np.asarray(unbiased[:, None] + (runs[:, :, 0] - ratio[:, None] * runs[:, :, 1]) / base[:, None])
