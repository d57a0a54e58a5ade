"""Morris's elementary effects: a cheap look at which factors matter at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from simlead.model.parameters import ParameterError
from simlead.study.sensitivity.outcomes import Factors, columns_of, on_unit_scale, outcome_array
from simlead.study.sensitivity.replicates import Floats, cross, estimated, noise_share
from simlead.study.sensitivity.table import tidy

if TYPE_CHECKING:
    import pandas as pd


def morris_effects(
    design: pd.DataFrame | ArrayLike,
    outcomes: ArrayLike,
    factors: Factors = None,
    *,
    shared_luck: bool = True,
    confidence: float = 0.95,
    bootstraps: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Morris's mu, mu_star and sigma of each factor, with replication noise taken out.

    An elementary effect is the change of the outcome in a step of one factor, divided by
    the step as a part of the factor's range; it is in the outcome's unit, per whole range.
    Over trajectories,

        mu = mean effect,   mu_star = mean absolute effect,   sigma = their standard deviation

    (Morris 1991; Campolongo, Cariboni and Saltelli 2007). A large sigma beside mu_star tells
    of curvature or interaction. Noise makes mu_star and sigma too large, and leaves mu:
    sigma is taken from products of different replicates, and mu_star gives each replicate's
    effect the sign that the other replicates make likely. This is 0 on average where there is
    no effect, so that an estimate may fall below 0; right where effects exceed the noise or
    have one sign; and low where effects of either sign drown in noise.

    `design` is a sample as `design.morris()` makes it (trajectories of one row more than there
    are factors), as a frame or an array. `factors` give each one's range; without, the
    column's own. `outcomes` are rows x replicates; a trajectory in which a run is missing
    (nan) is left out. `shared_luck` as in :func:`~simlead.study.sensitivity.sobol_indices`.

    Returns a row per factor and index (`mu`, `mu_star`, `sigma`) with the columns of
    :func:`~simlead.study.sensitivity.sobol_indices`; `n` are trajectories, intervals come
    from a bootstrap over them. The indices are in the outcome's unit per whole range.

    Raises ParameterError where the rows are no trajectories or fewer than 8 are complete.

    >>> from SALib.sample import morris
    >>> problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 10]]}
    >>> points = morris.sample(problem, 10, seed=1)
    >>> table = morris_effects(points, 3 * points[:, 0] - points[:, 1], {"a": (0, 1), "b": (0, 10)})
    >>> table[table["index"] == "mu"]["estimate"].round(6).tolist()
    [3.0, -10.0]
    """
    columns = columns_of(design, factors)
    points = on_unit_scale(columns, factors)
    values = elementary_effects(points, outcome_array(outcomes, len(points)), list(columns))
    whole = values[~np.isnan(values).any(axis=(1, 2))]
    estimates = estimated(
        effects, whole, shared_luck=shared_luck, confidence=confidence, bootstraps=bootstraps, seed=seed)
    seen = np.asarray(outcomes, dtype=np.float64).reshape(len(points), -1)
    width = len(columns)
    return tidy(
        list(columns),
        {"mu": slice(0, width), "mu_star": slice(width, 2 * width), "sigma": slice(2 * width, 3 * width)},
        estimates,
        uncorrected=effects(whole.mean(axis=2, keepdims=True), np.full((1, len(whole)), 1.0 / len(whole)))[0],
        noise=noise_share(seen[~np.isnan(seen).any(axis=1)]),
        n=len(whole),
        replicates=whole.shape[2],
    )


def elementary_effects(points: Floats, outcomes: Floats, names: list[str]) -> Floats:
    """Change of the outcome per whole range of the factor: trajectories x factors x replicates.

    `points` are on the unit scale. Raises ParameterError unless in each trajectory every
    factor takes one step alone.
    """
    factors = points.shape[1]
    if len(points) % (factors + 1):
        raise ParameterError(f"{len(points)} points: trajectories of {factors} factors have {factors + 1} rows each")
    walks = points.reshape(-1, factors + 1, factors)
    steps = np.diff(walks, axis=1)
    moved = steps != 0.0
    for trajectory, step in np.argwhere(moved.sum(axis=2) != 1):
        who = [name for name, change in zip(names, moved[trajectory, step], strict=True) if change]
        raise ParameterError(
            f"row {trajectory * (factors + 1) + step + 1}: {' and '.join(who) or 'no factor'} changed since the row "
            "before; one factor at a time is needed, in the order of design.morris()")
    if not (moved.sum(axis=1) == 1).all():
        trajectory = int(np.argwhere((moved.sum(axis=1) != 1).any(axis=1))[0, 0])
        raise ParameterError(f"trajectory {trajectory}: not every factor changes once")
    who_moved = moved.argmax(axis=2)
    change = np.diff(outcomes.reshape(len(walks), factors + 1, -1), axis=1) / steps.sum(axis=2)[:, :, None]
    found: Floats = np.empty_like(change)
    np.put_along_axis(found, who_moved[:, :, None], change, axis=1)
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
