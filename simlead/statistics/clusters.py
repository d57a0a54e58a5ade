"""Estimates from clusters, such as the deals of each rep: joint draws by a bootstrap of whole clusters."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import checked_confidence, t_quantile

Scale = Literal["plain", "log", "logit"]


@dataclasses.dataclass(frozen=True)
class Drawn:
    """An estimate with its interval and joint draws; nan where the data give none."""

    value: float
    low: float
    high: float
    draws: NDArray[np.float64]


def cluster_weights(clusters: int, draws: int, seed: int = 0) -> NDArray[np.float64]:
    """Weights of clusters, a row for each draw: the Bayesian bootstrap (Rubin 1981); the first row is all ones.

    Rows after the first are exponential, scaled to mean 1, so that no cluster ever drops out and curves keep
    their ends.

    >>> cluster_weights(3, 2).shape, cluster_weights(3, 2)[0].tolist()
    ((3, 3), [1.0, 1.0, 1.0])
    """
    if clusters < 1 or draws < 1:
        raise StatisticsError(f"{clusters} clusters, {draws} draws: allowed is one or more")
    stream = np.random.Generator(np.random.Philox(key=seed))
    weights = stream.standard_exponential((draws, clusters))
    weights *= clusters / weights.sum(axis=1, keepdims=True)
    return np.vstack((np.ones(clusters), weights))


def drawn(values: ArrayLike, sizes: ArrayLike, scale: Scale = "plain", confidence: float = 0.9) -> Drawn:
    """The estimate, its interval and its draws from the values of a statistic under `cluster_weights`.

    `sizes` are those of the clusters, of which only the proportions matter. The interval is t, on a scale where the
    statistic is closer to normal, with as many degrees of freedom as that many equal clusters have; the draws are
    widened alike, so that few clusters, or many of which a few hold most, are not taken for more. The spread of the
    draws of n clusters with shares p is n/(n + 1) (1 - 2 sum p^3 / sum p^2 + sum p^2) of the squared standard error
    (for equal ones (n - 1)/(n + 1)), which is made good too.

    >>> found = drawn([2.0, 1.0, 3.0], sizes=[1] * 30)
    >>> found.value, found.low < 2.0 < found.high, len(found.draws)
    (2.0, True, 2)
    """
    level = checked_confidence(confidence)
    given, size = np.asarray(values, np.float64), np.asarray(sizes, np.float64)
    size = size[size > 0.0]
    if given.ndim != 1 or len(given) < 2:
        raise StatisticsError("values: the estimate and one draw at least are needed")
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.log(given) if scale == "log" else np.log(given) - np.log1p(-given) if scale == "logit" else given
    centre, rest = float(moved[0]), moved[1:]
    share = size / size.sum() if len(size) else size
    squares = float((share**2).sum())
    if not math.isfinite(centre) or len(size) < 2 or squares > 0.5 or not np.isfinite(rest).all():
        return Drawn(float(given[0]), math.nan, math.nan, np.full(len(rest), math.nan))
    spread = 1.0 - 2.0 * float((share**3).sum()) / squares + squares
    offset = (rest - rest.mean()) * math.sqrt((len(size) + 1) / len(size) / spread)
    quantile = t_quantile(max(1, round(1.0 / squares) - 1), level)
    half = quantile * float(offset.std(ddof=1))
    wide = offset * (quantile / t_quantile(100_000, level))
    low, high = _back(np.array([centre - half, centre + half]), scale)
    return Drawn(float(given[0]), float(low), float(high), _back(centre + wide, scale))


def _back(moved: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Values from their scale."""
    if scale == "plain":
        return moved
    return np.asarray(np.exp(moved) if scale == "log" else 1.0 / (1.0 + np.exp(-moved)), np.float64)
