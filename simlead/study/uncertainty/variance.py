"""The variance of a policy's effect over worlds and lucks, taken apart.

Differences come as worlds x replicates; the replicates of a world differ by luck, the
worlds by luck and by themselves. Intervals are a bootstrap over worlds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY
from simlead.study.sensitivity.replicates import Bounds, Estimates, Floats, estimated
from simlead.study.sensitivity.table import ranked
from simlead.study.uncertainty.worlds import Range

SOURCES = ("estimate", "luck", "world", "both")
"""What an interval counts; see `uncertainty.Uncertainty`."""

BOOTSTRAPS = 500

ENDS = (0.05, 0.95)
"""The quantiles of a parameter at which its effect is told."""

DOUBT = 0.05
"""A parameter is worth naming if chance would explain as much less often than this."""

_DEGREE = 2


def relative_differences(runs: Floats) -> Floats:
    """Each firm's difference as a part of its world's mean status quo (worlds x replicates).

    `runs` is worlds x replicates x (policy, status quo). With A and B the world's means and
    Q = A / B, replicate r has Q - 1 + (a[r] - Q b[r]) / B: to first order a[r] / b[r] - 1,
    but never divided by one firm's luck, and with the mean Q - 1 (the delta method).

    Raises ParameterError unless the mean status quo is above 0 in every world, by twice the
    standard error that it has on average.

    >>> relative_differences(np.array([[[22.0, 20.0], [33.0, 30.0]]])).round(6).tolist()
    [[0.1, 0.1]]
    """
    base = runs[:, :, 1].mean(axis=1, keepdims=True)
    error = float(np.sqrt(runs[:, :, 1].var(axis=1, ddof=1).mean() / runs.shape[1]))
    if not (base > 2.0 * error).all():
        raise ParameterError(f"relative: the status quo is not clearly above 0 in every world (least mean "
                             f"{base.min():g}, standard error {error:g}); use relative=False")
    ratio = runs[:, :, 0].mean(axis=1, keepdims=True) / base
    return np.asarray(ratio - 1.0 + (runs[:, :, 0] - ratio * runs[:, :, 1]) / base)


def sources_of_variance(differences: Floats, confidence: float, seed: int) -> pd.DataFrame:
    """What luck, the world and both do to a difference: a row per source, as in `Uncertainty.table`.

    `differences` is worlds x replicates, in any unit. With m a world's mean and s its
    variance between R replicates: luck has the variance mean(s), the world var(m) -
    mean(s) / R. The worlds' means are drawn together until they have that variance, so that
    the interval `world` is free of noise too.
    """
    worlds, replicates = differences.shape
    means = differences.mean(axis=1)
    centre = float(means.mean())
    bounds = _spreads(differences, confidence, seed).bounds()
    mean, spread = bounds.estimate[0], dict(zip(("luck", "world", "both"), bounds.estimate[1:], strict=True))
    seen = float(means.std(ddof=1))
    shrink = spread["world"] / seen if seen > 0.0 else 0.0
    over = {
        "luck": centre + (differences - means[:, None]).ravel() * np.sqrt(replicates / (replicates - 1.0)),
        "world": centre + shrink * (means - centre),
        "both": differences.ravel(),
    }
    tails = [(1.0 - confidence) / 2, (1.0 + confidence) / 2]
    lines = [{
        "source": "estimate", "mean": mean, "low": bounds.low[0], "high": bounds.high[0],
        "standard_deviation": bounds.sampling[0]}]
    for place, source in enumerate(SOURCES[1:], start=1):
        low, high = np.quantile(over[source], tails)
        lines.append({
            "source": source, "mean": mean, "low": low, "high": high, "standard_deviation": spread[source],
            "sd_low": max(0.0, bounds.low[place]), "sd_high": bounds.high[place],
            "variance_share": (spread[source] / spread["both"]) ** 2 if spread["both"] > 0.0 else np.nan,
            "below_zero": float((over[source] < 0.0).mean())})
    return pd.DataFrame(lines).assign(n=worlds, replications=replicates)


def what_to_learn(
    drawn: pd.DataFrame,
    differences: Floats,
    ranges: Mapping[str, Range],
    shape: str,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """What knowing a parameter would take from the variance between worlds; as in `Uncertainty.parameters`.

    E(difference | parameter) is a parabola fitted to the worlds' means; its variance over
    the variance between worlds is the first-order index, for which the share that a parabola
    fits by chance is taken off. The value of learning is E max(0, E(difference | parameter))
    - max(0, E difference): what choosing with the parameter known is worth. The p-value is the
    parabola's F test, adjusted for looking at so many parameters (Holm 1979): of eighty that
    do nothing, four would seem to do something if each were judged by itself.
    """
    names = list(drawn.columns)
    basis = np.stack([_basis(drawn[name].to_numpy(float)) for name in names], axis=1)
    means = differences.mean(axis=1)

    def shares(values: Floats, weights: Floats) -> Floats:
        spread = _moments(values, weights)[:, 2]
        explained = _explained(basis, values.mean(axis=(1, 2)), weights)
        return np.asarray(explained / np.where(spread > 0.0, spread, np.nan)[:, None])

    estimates = estimated(
        shares, differences[:, None, :], shared_luck=False, confidence=confidence, bootstraps=BOOTSTRAPS, seed=seed)
    bounds: Bounds = estimates.bounds()
    rank, tied_with, enough = ranked(names, slice(0, len(names)), estimates, len(means))
    even = np.full((1, len(means)), 1.0 / len(means))
    slopes = _fitted(basis, means, even)[0][0]
    p_values = _by_chance(basis, means)
    lines = []
    for place, name in enumerate(names):
        values, extent = drawn[name].to_numpy(float), ranges[name]
        at_ends = _basis(extent.at(np.array(ENDS), shape), values) @ slopes[place]
        expected = basis[:, place] @ slopes[place]
        gain = float(np.maximum(0.0, expected).mean()) - max(0.0, float(expected.mean()))
        lines.append({
            "parameter": name, "parameter_unit": REGISTRY[name].unit, "grade": REGISTRY[name].grade,
            "range_low": extent.low, "range_likely": extent.likely, "range_high": extent.high,
            "at_low": at_ends[0], "at_high": at_ends[1], "value_of_learning": max(0.0, gain)})
    table = pd.DataFrame(lines).assign(
        variance_share=bounds.estimate, share_low=bounds.low, share_high=bounds.high, p_value=p_values, rank=rank,
        tied_with=tied_with, n_to_rank=enough, n=len(means))
    return table.sort_values("rank", ignore_index=True)


def percent_of_all(share: float) -> str:
    """A share in percent, cut to what a share can be: an unbiased estimate near 0 or 1 may lie beyond.

    One that is not known, because there is no variance to share, is 0.

    >>> percent_of_all(0.414), percent_of_all(-0.02), percent_of_all(1.3)
    ('41', '0', '100')
    """
    return f"{100.0 * min(max(0.0, share), 1.0):.0f}"


def _spreads(differences: Floats, confidence: float, seed: int) -> Estimates:
    """The mean, and the standard deviations by luck, by the world and by both."""

    def estimator(values: Floats, weights: Floats) -> Floats:
        moments = _moments(values, weights)
        return np.column_stack([moments[:, 0], np.sqrt(np.maximum(0.0, moments[:, 1:]))])

    return estimated(
        estimator, differences[:, None, :], shared_luck=False, confidence=confidence, bootstraps=BOOTSTRAPS, seed=seed)


def _moments(values: Floats, weights: Floats) -> Floats:
    """Mean, then the variances by luck, by the world and by both; a row per draw of weights."""
    worlds, _, replicates = values.shape
    of_world = values.mean(axis=(1, 2))
    sums = weights @ np.column_stack([of_world, of_world**2, values.var(axis=(1, 2), ddof=1)])
    luck = sums[:, 2]
    world = (sums[:, 1] - sums[:, 0] ** 2) * worlds / (worlds - 1.0) - luck / replicates
    return np.column_stack([sums[:, 0], luck, world, luck + world])


def _basis(values: Floats, of: Floats | None = None) -> Floats:
    """1, x, x^2 of a parameter in standard deviations, so that the fit is well conditioned."""
    known = values if of is None else of
    scale = float(known.std())
    x = (values - known.mean()) / (scale if scale > 0.0 else 1.0)
    return np.column_stack([x**power for power in range(_DEGREE + 1)])


def _fitted(basis: Floats, means: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Coefficients (draws x parameters x terms) of weighted least squares, and what they explain."""
    products = np.einsum("bw,wpi,wpj->bpij", weights, basis, basis, optimize=True)
    sides = np.einsum("bw,wpi,w->bpi", weights, basis, means, optimize=True)
    slopes = (np.linalg.pinv(products, hermitian=True) @ sides[..., None])[..., 0]
    mean = (weights @ means)[:, None]
    return slopes, (slopes * sides).sum(axis=2) - mean**2


def _explained(basis: Floats, means: Floats, weights: Floats) -> Floats:
    """Variance of the worlds' means that each parameter explains, without what chance explains.

    A fit of q terms to n values explains q / n of what is unexplained by chance; the sum of
    squared weights is 1 / n, and the 2 / n that it should be for a bootstrap's weights.
    """
    centred = means - means.mean()
    _, explained = _fitted(basis, centred, weights)
    total = (weights @ centred**2 - (weights @ centred) ** 2)[:, None]
    chance = _DEGREE * (weights**2).sum(axis=1)[:, None]
    return np.asarray(explained - chance * np.maximum(0.0, total - explained))


def _by_chance(basis: Floats, means: Floats) -> Floats:
    """How often a parameter without effect would explain as much, all of them being looked at."""
    worlds, parameters, _ = basis.shape
    explained = _fitted(basis, means - means.mean(), np.full((1, worlds), 1.0 / worlds))[1][0]
    rest = np.maximum(float(means.var()) - explained, 0.0)
    freedom = worlds - _DEGREE - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.nan_to_num(explained / _DEGREE / (rest / freedom), nan=0.0, posinf=1e300)
    alone = fdtrc(_DEGREE, freedom, np.maximum(ratios, 0.0))
    order = np.argsort(alone, kind="stable")
    adjusted = np.empty(parameters)
    adjusted[order] = np.maximum.accumulate(alone[order] * np.arange(parameters, 0, -1))
    return np.minimum(adjusted, 1.0)
