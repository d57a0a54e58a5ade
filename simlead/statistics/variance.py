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
    With A and B the means of a world, the world's level is D = C + r (B - C): C is the mean of B over the worlds, and r
    the share of the variance of B that is the worlds' and not noise, so that few runs of a small firm do not pass for
    its size. A run has E - k + (a - A - (1 + r E) (b - B)) / D with E = (A - B) / D: its noise is that of E to first
    order (the delta method). k is the bias of E, (r^2 E var b - r cov(a - b, b)) / (D^2 replicates), the mean over the
    worlds.

    It is a world's own status quo, and not the mean of all: some worlds of a firm sell several times as much as others,
    and with one denominator for all a large world's ordinary effect would look like a loss.

    Raises StatisticsError unless C is above 0 by four of its standard errors, and each D above a twentieth of C.

    >>> small, large = [[22.0, 20.0]] * 2, [[330.0, 300.0]] * 2
    >>> relative_differences(np.array([small, large])).round(6).tolist()
    [[0.1, 0.1], [0.1, 0.1]]
    """
    shares = np.ones(len(runs)) if weights is None else np.asarray(weights, dtype=float)
    shares, replicates = shares / shares.sum(), runs.shape[1]
    means = runs.mean(axis=1)
    gain, base = means[:, 0] - means[:, 1], means[:, 1]
    apart = runs - means[:, None]
    noise = np.einsum("wri,wrj->wij", apart, apart) / (replicates - 1) / replicates
    centre = float(shares @ base)
    seen, random = float(shares @ (base - centre) ** 2), float(shares @ noise[:, 1, 1])
    error = float(np.sqrt(shares**2 @ noise[:, 1, 1]))
    reliable = max(0.0, 1.0 - random / seen) if seen > 0.0 else 0.0
    level = centre + reliable * (base - centre)
    if not centre > 4.0 * error or level.min() < centre / 20.0:
        raise StatisticsError(f"relative: the status quo is not clearly above 0 (mean {centre:g}, standard error "
                              f"{error:g}, {level.min():g} in a world){ABSOLUTE_INSTEAD}")
    effect = gain / level
    bias = shares @ ((reliable**2 * effect * noise[:, 1, 1] - reliable * (noise[:, 0, 1] - noise[:, 1, 1])) / level**2)
    by_run = apart[:, :, 0] - (1.0 + reliable * effect)[:, None] * apart[:, :, 1]
    return np.asarray((effect - bias)[:, None] + by_run / level[:, None])
