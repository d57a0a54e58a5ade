"""Morris's elementary effects: an inexpensive screening of many factors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simlead.statistics.errors import StatisticsError
from simlead.statistics.ranking import tidy
from simlead.statistics.replicates import Floats, Sampling, cross, estimated, noise_share


def morris_table(names: list[str], points: Floats, outcomes: Floats, sampling: Sampling) -> pd.DataFrame:
    """Mu, mu_star and sigma of the factors, with intervals, ranks and ties.

    `points` are trajectories on the unit scale (points x factors), `outcomes` points x
    replicates; trajectories with a missing run (nan) are left out.
    """
    values = elementary_effects(points, outcomes, names)
    whole = values[~np.isnan(values).any(axis=(1, 2))]
    width = len(names)
    return tidy(
        names,
        {"mu": slice(0, width), "mu_star": slice(width, 2 * width), "sigma": slice(2 * width, 3 * width)},
        estimated(effects, whole, sampling),
        uncorrected=effects(whole.mean(axis=2, keepdims=True), np.full((1, len(whole)), 1.0 / len(whole)))[0],
        noise=noise_share(outcomes[~np.isnan(outcomes).any(axis=1)]), n=len(whole), replicates=whole.shape[2])


def elementary_effects(points: Floats, outcomes: Floats, names: list[str]) -> Floats:
    """Change of the outcome per whole range of the factor: trajectories x factors x replicates.

    `points` are on the unit scale. Raises StatisticsError unless in each trajectory every
    factor takes one step alone.
    """
    factors = points.shape[1]
    if len(points) % (factors + 1):
        raise StatisticsError(f"{len(points)} points: trajectories of {factors} factors have {factors + 1} rows each")
    paths = points.reshape(-1, factors + 1, factors)
    steps = np.diff(paths, axis=1)
    moved = steps != 0.0
    for trajectory, step in np.argwhere(moved.sum(axis=2) != 1):
        moving = [name for name, change in zip(names, moved[trajectory, step], strict=True) if change]
        raise StatisticsError(
            f"row {trajectory * (factors + 1) + step + 1}: {' and '.join(moving) or 'no factor'} changed since the row "
            "before; one factor at a time is needed, in the order of design.morris()")
    if not (moved.sum(axis=1) == 1).all():
        trajectory = int(np.argwhere((moved.sum(axis=1) != 1).any(axis=1))[0, 0])
        raise StatisticsError(f"trajectory {trajectory}: not every factor changes once")
    factor = moved.argmax(axis=2)
    change = np.diff(outcomes.reshape(len(paths), factors + 1, -1), axis=1) / steps.sum(axis=2)[:, :, None]
    found: Floats = np.empty_like(change)
    np.put_along_axis(found, factor[:, :, None], change, axis=1)
    return found


def effects(values: Floats, weights: Floats) -> Floats:
    """The factors' mu, then mu_star, then sigma, from elementary effects (see `replicates.Estimator`)."""
    trajectories, factors, replicates = values.shape
    flat = values.reshape(trajectories, factors * replicates)
    sums = weights @ np.concatenate([flat, cross(values, values)], axis=1)
    means = sums[:, : factors * replicates].reshape(-1, factors, replicates)
    variance = (sums[:, factors * replicates:] - cross(means, means)) * trajectories / (trajectories - 1)
    mu_star = weights @ np.abs(values[:, :, 0]) if replicates == 1 else np.array(
        [weight @ (values * likely_signs(values, weight)).mean(axis=2) for weight in weights])
    return np.concatenate([means.mean(axis=2), mu_star, np.sqrt(np.maximum(0.0, variance))], axis=1)


def likely_signs(values: Floats, weight: Floats) -> Floats:
    """The sign of each effect as the other replicates show it (trajectories x factors x replicates).

    A noisy effect is drawn towards its factor's mean effect, by the part of the trajectories'
    differences that is noise, before its sign is read.
    """
    replicates = values.shape[2]
    others = (values.sum(axis=2, keepdims=True) - values) / (replicates - 1)
    centre = np.tensordot(weight, others, axes=1)
    gaps = others - centre
    noise = weight @ values.var(axis=2, ddof=1) / (replicates - 1)
    seen = np.tensordot(weight, gaps * gaps, axes=1)
    trust = np.clip(1.0 - noise[:, None] / np.where(seen > 0.0, seen, 1.0), 0.0, 1.0)
    return np.asarray(np.sign(centre + trust * gaps))
