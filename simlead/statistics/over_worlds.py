"""Distributions over weighted worlds whose outcomes are known through a few noisy replicates.

World w has the weight p[w] (they add to 1) and the replicates' mean m[w] = f[w] + noise. The weighted covariance of m
is that of f and a part that is noise. With s[w] the covariance between R replicates,

    cov(f) = sum p (m - mean)(m - mean)' / (1 - sum p^2)  -  sum p s / R,

which is unbiased for equal weights, and for others as far as weights that are estimated allow. The distribution of f
is that of the means after one linear map that gives them this covariance (:func:`without_noise`); for one outcome the
map is a factor below 1. It has the right mean and variance whatever the distribution, and the right shape where the
distribution is normal or the noise small.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from simlead.statistics.errors import StatisticsError
from simlead.statistics.replicates import Floats

LEAST_WORLDS = 8
"""Minimum number of worlds for an interval over worlds."""

BOOTSTRAPS = 300


@dataclasses.dataclass(frozen=True)
class Moments:
    """Mean over worlds, the covariance of the noise-free outcomes, and that of single replicates within a world.

    Shapes, with `...` the draws: `mean` (..., K), `world`, `seen` and `replicate` (..., K, K). `seen` is the
    covariance of the worlds' means as they were seen; `world` is without its part of noise, and without the negative
    eigenvalues that an unbiased estimate can have.
    """

    mean: Floats
    seen: Floats
    world: Floats
    replicate: Floats


def checked_outcomes(values: Floats, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """Check outcomes (worlds x replicates x K) and make weights that add to 1; equal ones unless given.

    Raises StatisticsError for fewer than 8 worlds with a weight, fewer than 2 replicates, and weights that are none.

    >>> checked_outcomes(np.zeros((8, 2, 1)))[1].tolist()[:2]
    [0.125, 0.125]
    """
    found = np.asarray(values, dtype=float)
    if found.ndim != 3 or found.shape[1] < 2:
        raise StatisticsError(f"outcomes of shape {found.shape}: worlds x replicates (2 or more) x outcomes are needed")
    given = np.ones(len(found)) if weights is None else np.asarray(weights, dtype=float)
    if given.shape != (len(found),) or not np.isfinite(given).all() or (given < 0.0).any() or not given.sum() > 0.0:
        raise StatisticsError(f"weights: {len(found)} finite numbers of 0 or more, not all 0, are needed")
    if (given > 0.0).sum() < LEAST_WORLDS:
        raise StatisticsError(f"{int((given > 0.0).sum())} worlds have a weight: {LEAST_WORLDS} or more are needed")
    if not np.isfinite(found).all():
        raise StatisticsError("outcomes: finite numbers are needed in every world")
    return found, given / given.sum()


def effective_size(weights: Floats) -> float:
    """How many worlds of equal weight tell as much as these (Kish): 1 / sum of squares of weights that add to 1.

    >>> effective_size(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    shares = weights / weights.sum()
    return float(1.0 / (shares * shares).sum())


def bootstrap_weights(weights: Floats, draws: int, seed: int) -> Floats:
    """Weights of `draws` samples of the worlds, drawn with replacement: draws x worlds, each row adding to 1.

    A world that is drawn twice counts twice its own weight, so that the error of the weighting is counted.

    >>> drawn = bootstrap_weights(np.full(10, 0.1), 3, seed=0)
    >>> drawn.shape, bool(np.allclose(drawn.sum(axis=1), 1.0))
    ((3, 10), True)
    """
    random = np.random.Generator(np.random.Philox(seed))
    worlds = len(weights)
    drawn = random.multinomial(worlds, np.full(worlds, 1.0 / worlds), size=draws) * weights
    empty = drawn.sum(axis=1) <= 0.0
    drawn[empty] = weights
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def moments(values: Floats, weights: Floats, own: Floats | None = None) -> Moments:
    """The moments of outcomes (worlds x replicates x K) for each row of weights (draws x worlds).

    `own` are the weights before they were drawn, by which the loss of a degree of freedom is counted.

    >>> two = np.array([[[0.0], [2.0]], [[4.0], [6.0]]] * 4)
    >>> found = moments(two, np.full((1, 8), 0.125))
    >>> found.replicate.item(), round(found.world.item(), 3)     # 4 x 8 / 7 - 2 / 2
    (2.0, 3.571)
    """
    replicates = values.shape[1]
    means = values.mean(axis=1)
    apart = values - means[:, None, :]
    within = np.einsum("wri,wrj->wij", apart, apart) / (replicates - 1)
    mean = weights @ means
    seen = np.einsum("bw,wi,wj->bij", weights, means, means, optimize=True) - mean[:, :, None] * mean[:, None, :]
    replicate = np.einsum("bw,wij->bij", weights, within)
    lost = ((weights if own is None else own) ** 2).sum(axis=-1)
    spare = np.maximum(1.0 - np.atleast_1d(lost), 1e-9)[:, None, None]
    return Moments(mean, seen, positive(seen / spare - replicate / replicates), replicate)


def without_noise(means: Floats, centre: Floats, seen: Floats, wanted: Floats) -> Floats:
    """Means (worlds x K) moved towards their centre until their covariance `seen` is the `wanted` one.

    The map is the shortest that does it (optimal transport between normal distributions):
    A = W^1/2 (W^1/2 S W^1/2)^-1/2 W^1/2. Leading axes of the moments are draws.

    >>> without_noise(np.array([[0.0], [4.0]]), np.array([2.0]), np.array([[4.0]]), np.array([[1.0]])).ravel().tolist()
    [1.0, 3.0]
    """
    half = _power(wanted, 0.5)
    map_ = half @ _power(half @ seen @ half, -0.5) @ half
    apart = means - centre[..., None, :]
    return np.asarray(centre[..., None, :] + apart @ np.swapaxes(map_, -1, -2))


def weighted_quantiles(values: Floats, weights: Floats, shares: Floats) -> Floats:
    """Quantiles of weighted values: each value stands in the middle of its weight, straight lines between.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0]), np.array([0.5])).tolist()
    [2.0]
    """
    order = np.argsort(values, kind="stable")
    ordered, weight = values[order], weights[order]
    middle = (np.cumsum(weight) - weight / 2) / weight.sum()
    return np.asarray(np.interp(shares, middle, ordered))


def positive(covariance: Floats) -> Floats:
    """The covariance without negative eigenvalues."""
    return _power(covariance, 1.0)


def _power(symmetric: Floats, exponent: float) -> Floats:
    """A power of symmetric positive matrices; eigenvalues at 0 or below stay 0 (a pseudo-inverse)."""
    if symmetric.shape[-1] == 1:  # the common case, exactly
        positive = symmetric > 0.0
        return np.where(positive, np.where(positive, symmetric, 1.0) ** exponent, 0.0)
    values, vectors = np.linalg.eigh((symmetric + np.swapaxes(symmetric, -1, -2)) / 2)
    least = 1e-12 * np.maximum(values.max(axis=-1, keepdims=True), 0.0)
    positive = values > least
    powers = np.where(positive, np.where(positive, values, 1.0) ** exponent, 0.0)
    return np.asarray((vectors * powers[..., None, :]) @ np.swapaxes(vectors, -1, -2))
