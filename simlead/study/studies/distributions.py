"""Distributions of a factor over its range: the quantile at each of the design's coordinates.

Each is cut to the range `low` to `high`: its quantile function is that of the distribution given that the
value lies there. `q` are quantiles from 0 to 1; parameters are in the unit of the factor.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from simlead.model.parameters import ParameterError, nearest

Numbers = NDArray[np.float64]

PARAMETERS: dict[str, tuple[str, ...]] = {
    "uniform": (),
    "triangular": ("mode",),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "pert": ("mode", "weight"),
}
"""Parameters of each distribution besides the range; sigma is the standard deviation of the logarithm.

`pert` is the modified PERT distribution: with weight 0 it is uniform, with 4 the classical PERT
(`parameters.PERT_WEIGHTS` has the weight of each grade).
"""

LEAST_INSIDE = 1e-6
"""The least probability that a distribution gives its range; with less, the range was not meant."""


def quantiles(
    distribution: str, low: float, high: float, given: Mapping[str, float], q: Numbers
) -> Numbers:
    """Compute the values of a distribution, cut to low to high, at the quantiles q.

    >>> quantiles("triangular", 0.0, 1.0, {"mode": 0.0}, np.array([0.0, 0.75, 1.0])).tolist()
    [0.0, 0.5, 1.0]
    >>> quantiles("normal", -1.0, 3.0, {"mean": 1.0, "sd": 1.0}, np.array([0.5])).round(12).tolist()
    [1.0]
    """
    if distribution == "triangular":
        return _triangular(low, high, given["mode"], q)
    if distribution == "pert":
        a, b = pert_shape(low, high, given["mode"], given["weight"])
        return np.asarray(np.clip(low + (high - low) * betaincinv(a, b, q), low, high))
    if distribution == "normal":
        found = given["mean"] + given["sd"] * _cut(*_standard(distribution, low, high, given), q)
    elif distribution == "lognormal":
        found = given["median"] * np.exp(given["sigma"] * _cut(*_standard(distribution, low, high, given), q))
    else:
        found = low + q * (high - low)
    return np.asarray(np.clip(found, low, high))


def pert_shape(low: float, high: float, mode: float, weight: float) -> tuple[float, float]:
    """The two parameters of the beta distribution on low to high that is the modified PERT distribution.

    >>> pert_shape(0.0, 1.0, 0.25, 4.0)
    (2.0, 4.0)
    """
    return 1.0 + weight * (mode - low) / (high - low), 1.0 + weight * (high - mode) / (high - low)


def choices_at(weights: Sequence[float], q: Numbers) -> NDArray[np.int64]:
    """The number of the choice at each quantile, where choices come up in proportion to their weights.

    >>> choices_at([1.0, 3.0], np.array([0.0, 0.24, 0.25, 1.0])).tolist()
    [0, 0, 1, 1]
    """
    ends = np.cumsum(np.asarray(weights, float))
    last = int(np.flatnonzero(np.asarray(weights) > 0)[-1])
    return np.asarray(np.minimum(np.searchsorted(ends / ends[-1], q, side="right"), last))


def checked_distribution(
    distribution: object, low: float, high: float, given: Mapping[str, object]
) -> dict[str, float]:
    """Check a distribution and its parameters (None where left out); returns its parameters as numbers.

    >>> checked_distribution("triangular", 0.0, 1.0, {"mode": 2.0})
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: mode = 2.0: allowed is low to high, 0.0 to 1.0
    """
    if not isinstance(distribution, str) or distribution not in PARAMETERS:
        raise ParameterError(f"distribution = {distribution!r:.80}: allowed is {' | '.join(PARAMETERS)}"
                             f"{nearest(str(distribution), PARAMETERS)}")
    needed = PARAMETERS[distribution]
    found: dict[str, float] = {}
    for name, value in given.items():
        if value is not None and name not in needed:
            raise ParameterError(f"{name}: a {distribution} distribution has {' and '.join(needed) or 'no parameter'}")
    for name in needed:
        value = given.get(name)
        if value is None:
            raise ParameterError(f"{name} is missing; a {distribution} distribution needs {' and '.join(needed)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ParameterError(f"{name} = {value!r:.80}: a number is needed")
        if name in ("sd", "sigma", "median") and value <= 0.0:
            raise ParameterError(f"{name} = {value!r}: allowed is more than 0")
        found[name] = float(value)
    if "weight" in found and found["weight"] < 0.0:
        raise ParameterError(f"weight = {found['weight']}: allowed is 0 or more")
    if "mode" in found and not low <= found["mode"] <= high:
        raise ParameterError(f"mode = {found['mode']}: allowed is low to high, {low} to {high}")
    if distribution == "lognormal" and low < 0.0:
        raise ParameterError(f"low = {low}: a lognormal distribution has no values below 0")
    if distribution in ("normal", "lognormal"):
        a, b = _standard(distribution, low, high, found)
        if not ndtr(max(-a, -b) if a + b > 0 else b) - ndtr(min(-a, -b) if a + b > 0 else a) >= LEAST_INSIDE:
            raise ParameterError(f"low and high: a {distribution} distribution with these parameters lies outside "
                                 f"{low} to {high} but for less than one in a million")
    return found


def checked_weights(weights: object, count: int) -> tuple[float, ...]:
    """Check the weights of so many choices.

    >>> checked_weights([1, 2], 3)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: weights has 2: a weight for each of the 3 values is needed
    """
    if isinstance(weights, (str, Mapping)) or not hasattr(weights, "__iter__"):
        raise ParameterError(f"weights = {weights!r:.80}: a list is needed")
    found = tuple(weights)
    if len(found) != count:
        raise ParameterError(f"weights has {len(found)}: a weight for each of the {count} values is needed")
    for weight in found:
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0.0 <= weight < 1e300:
            raise ParameterError(f"weights has {weight!r:.80}: a number, 0 or more, is needed")
    if not sum(found):
        raise ParameterError("weights are all 0")
    return tuple(float(weight) for weight in found)


def _standard(distribution: str, low: float, high: float, given: Mapping[str, float]) -> tuple[float, float]:
    """The range in standard deviations from the centre (of the logarithm)."""
    if distribution == "normal":
        return (low - given["mean"]) / given["sd"], (high - given["mean"]) / given["sd"]
    first = math.log(low / given["median"]) / given["sigma"] if low > 0.0 else -math.inf
    return first, math.log(high / given["median"]) / given["sigma"]


def _cut(a: float, b: float, q: Numbers) -> Numbers:
    """Quantiles of the standard normal distribution cut to a to b; from the nearer tail, where digits are."""
    if a + b > 0.0:
        return -_cut(-b, -a, 1.0 - q)
    return np.asarray(ndtri(ndtr(a) + q * (ndtr(b) - ndtr(a))))


def _triangular(low: float, high: float, mode: float, q: Numbers) -> Numbers:
    rising = np.sqrt(q * (high - low) * (mode - low))
    falling = np.sqrt((1.0 - q) * (high - low) * (high - mode))
    return np.asarray(np.clip(np.where(q * (high - low) < mode - low, low + rising, high - falling), low, high))
