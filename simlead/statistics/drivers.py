"""The assumptions that drive an effect over worlds: all that were drawn are screened, none is picked by hand.

For each drawn parameter x the expected effect E(f | x) is a line through the worlds' means, or a parabola where that
fits clearly better, by least squares with the worlds' weights. What a fit explains by chance is taken off; the p-value
is that of the F test on the means' normal scores (van der Waerden 1952), so that a few far worlds pass for nothing;
doubled for the choice of two shapes and adjusted for looking at so many parameters (Holm 1979). Parameters are chosen
one after another, each by what those before it leave unexplained.

**None is named by chance.** First the worlds must differ: their means must vary more than random numbers make them
(F test of the variance between worlds against that within). With fewer than `LEAST_EFFECTIVE` effective worlds none is
named. In an answer in which nothing drives the effect, one is named with a probability of at most `CLEAR`.
The switching value is where the fitted line crosses a level, within what was drawn; nothing is said beyond.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from scipy.special import fdtrc, ndtri

from simlead.statistics.codes import DOUBT
from simlead.statistics.errors import StatisticsError
from simlead.statistics.over_worlds import (
    bootstrap_weights,
    checked_outcomes,
    effective_size,
    moments,
    weighted_quantiles,
)
from simlead.statistics.ranking import ranked
from simlead.statistics.replicates import Estimates, Floats

BOOTSTRAPS = 200

CLEAR = 0.01
"""The p-value below which a driver is named. Answers have several policies and sets, hence less than 0.05."""

LEAST_EFFECTIVE = 12.0
"""Effective worlds below which no driver is named."""

ENDS = (0.05, 0.95)
"""The quantiles of a parameter at which its effect is given."""

MOST = 5
"""Parameters that are chosen at most."""

RANKED = 10
"""Parameters, the first, for which ties are looked for."""

LEVELS = ("zero", "smallest")
"""The levels at which switching values are looked for."""

_LINE, _PARABOLA = 1, 2


@dataclasses.dataclass(frozen=True)
class Fits:
    """Fitted lines of outcomes on each parameter, for each row of weights.

    `slopes` are draws x parameters x terms x outcomes, on the basis `basis` (worlds x parameters x terms); `explained`
    draws x parameters x outcomes x outcomes, the covariance of the fitted values, of which `chance` is by chance.
    """

    basis: Floats
    slopes: Floats
    explained: Floats
    chance: Floats


def drivers(
    drawn: pd.DataFrame,
    differences: Floats,
    smallest: float,
    weights: Floats | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Screen every drawn parameter for what it does to the effect over worlds.

    `drawn` has a row per world and a column per parameter; `differences` are worlds x replicates. Columns, a row per
    parameter: `parameter`; `variance_share`, the fraction of the variance between worlds that knowing it would remove
    on average, with its interval `share_low` to `share_high` (unbiased, so that neither is cut at 0 and 1); `p_value`;
    `at_low` and `at_high`, the expected effect at its 5 % and 95 % quantile, which are `value_low` and `value_high`;
    `drawn_low` and `drawn_high`, the least and the largest that was drawn; for `zero` and `smallest` the switching
    value `switch_zero` with its interval `switch_zero_low` to `switch_zero_high` (nan where the line does not cross,
    and an end nan where the interval is open within what was drawn); `rank`, `tied_with`, `n_to_rank`.

    The level `smallest` has the sign of the mean effect.

    >>> drawn = pd.DataFrame({"a": np.linspace(0.0, 1.0, 100), "b": np.linspace(0.0, 7.0, 100) % 1.0})
    >>> found = drivers(drawn, 4.0 * drawn[["a"]].to_numpy() - 1.0 + np.zeros((100, 2)), 0.5)
    >>> found["parameter"][0], *found.loc[0, ["switch_zero", "switch_smallest"]].astype(float).round(3).tolist()
    ('a', 0.25, 0.375)
    """
    values, own = checked_outcomes(np.asarray(differences, dtype=float)[..., None], weights)
    if len(drawn) != len(values) or not len(drawn.columns):
        raise StatisticsError(f"drawn: {len(values)} rows, one per world, and at least one parameter are needed")
    names = [str(name) for name in drawn.columns]
    numbers = drawn.to_numpy(float)
    means = values.mean(axis=1)
    chosen = clear_drivers(numbers, values, own)
    draws = bootstrap_weights(own, BOOTSTRAPS, seed)
    shares, lines = np.empty((1 + BOOTSTRAPS, len(names))), np.empty((1 + BOOTSTRAPS, len(names), 3))
    for part, row in ((slice(0, 1), own[None]), (slice(1, None), draws)):
        world = moments(values, row, own).world[:, 0, 0]
        for places, left in chosen.groups(means):
            fits = fitted(numbers[:, places], left, row, own, chosen.degrees[places])
            unbiased = (fits.explained - fits.chance)[..., 0, 0]
            shares[part, places] = unbiased / np.where(world > 0.0, world, np.nan)[:, None]
            lines[part, places] = fits.slopes[..., 0]
    order = np.argsort(-np.nan_to_num(shares[0], nan=-np.inf), kind="stable")
    order = np.array([*sorted(chosen.named, key=lambda place: -shares[0, place]),
                      *(place for place in order if place not in chosen.named)])
    together = order[:RANKED]
    estimates = Estimates(shares[0, together], shares[1:, together], None, (), confidence)
    _, tied_with, enough = ranked([names[place] for place in together], slice(0, len(together)), estimates, len(means))
    bounds = Estimates(shares[0], shares[1:], None, (), confidence).bounds()
    sign = 1.0 if float(own @ means[:, 0]) >= 0.0 else -1.0
    rows = []
    for rank, place in enumerate(order.tolist()):
        x = numbers[:, place]
        ends = weighted_quantiles(x, own, np.array(ENDS))
        at_low, at_high = basis_of(ends[:, None], numbers[:, [place]], own)[:, 0] @ lines[0, place]
        line: dict[str, object] = {
            "parameter": names[place], "variance_share": bounds.estimate[place], "share_low": bounds.low[place],
            "share_high": bounds.high[place], "p_value": chosen.p_values[place], "at_low": at_low, "at_high": at_high,
            "value_low": ends[0], "value_high": ends[1], "drawn_low": x[own > 0].min(), "drawn_high": x[own > 0].max()}
        for name, level in zip(LEVELS, (0.0, sign * smallest), strict=True):
            here = crossings(lines[:1, place], x, own, level)[0]
            low, high = _interval(crossings(lines[1:, place], x, own, level), here, confidence)
            line |= {f"switch_{name}": here, f"switch_{name}_low": low, f"switch_{name}_high": high}
        rows.append({**line, "rank": rank + 1, "tied_with": tied_with[rank] if rank < len(together) else "",
                     "n_to_rank": enough[rank] if rank < len(together) else np.nan, "n": len(means)})
    return pd.DataFrame(rows)


def main_drivers(table: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """The rows of a table of drivers that are clear, the largest share first; none may be."""
    return table[table["p_value"] < CLEAR].sort_values("rank").head(most)


def basis_of(values: Floats, of: Floats, weights: Floats) -> Floats:
    """1, x, x^2 of each parameter (rows x parameters x 3), x in weighted standard deviations of `of`."""
    centre = weights @ of
    scale = np.sqrt(weights @ (of - centre) ** 2)
    x = (values - centre) / np.where(scale > 0.0, scale, 1.0)
    return np.stack([np.ones_like(x), x, x * x], axis=2)


def fitted(numbers: Floats, means: Floats, weights: Floats, own: Floats, degrees: Floats) -> Fits:
    """Fit outcomes (worlds x K) on each parameter by weighted least squares, for each row of `weights`.

    `degrees` are 1 (a line) or 2 (a parabola) by parameter. A fit of q terms explains by chance what its hat matrix,
    with the squares of the weights, makes of the residual covariance.
    """
    basis = basis_of(numbers, numbers, own)
    basis[:, :, 2] *= degrees == _PARABOLA
    centre = own @ means  # taken off first, so that rounding does not pass for variance
    means = np.where(np.abs(means - centre) > 1e-12 * np.abs(centre), means - centre, 0.0)
    products = np.einsum("bw,wpi,wpj->bpij", weights, basis, basis, optimize=True)
    sides = np.einsum("bw,wpi,wk->bpik", weights, basis, means, optimize=True)
    inverse = np.linalg.pinv(products, hermitian=True)
    slopes = inverse @ sides
    mean = weights @ means
    total = np.einsum("bw,wk,wl->bkl", weights, means, means, optimize=True) - mean[:, :, None] * mean[:, None, :]
    explained = np.swapaxes(sides, -1, -2) @ slopes - (mean[:, :, None] * mean[:, None, :])[:, None]
    squares = np.einsum("bw,wpi,wpj->bpij", weights**2, basis, basis, optimize=True)
    lost = (weights**2).sum(axis=1)[:, None]
    terms = np.maximum(np.trace(inverse @ squares, axis1=-2, axis2=-1) - lost, 0.0)
    spare = np.maximum(1.0 - terms - lost, 1e-9)
    chance = (terms / spare)[..., None, None] * (total[:, None] - explained)
    slopes[:, :, 0] += centre
    return Fits(basis, slopes, explained, chance)


def crossings(slopes: Floats, x: Floats, weights: Floats, level: float) -> Floats:
    """Where lines (draws x 3 terms) cross a level within the values drawn, the crossing nearest to their mean; or nan.

    >>> crossings(np.array([[0.0, 1.0, 0.0], [9.0, 1.0, 0.0]]), np.array([0.0, 2.0]), np.array([0.5, 0.5]), 0.5)
    array([1.5, nan])
    """
    centre = float(weights @ x)
    scale = float(np.sqrt(weights @ (x - centre) ** 2)) or 1.0
    constant, slope, curve = slopes[:, 0] - level, slopes[:, 1], slopes[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(slope * slope - 4.0 * curve * constant)
        bent = np.stack([(-slope - root) / (2.0 * curve), (-slope + root) / (2.0 * curve)])
        straight = np.stack([-constant / slope] * 2)
    places = centre + scale * np.where(np.abs(curve) < 1e-9 * np.abs(slope), straight, bent)
    inside = (places >= x.min()) & (places <= x.max())
    distance = np.where(inside, np.abs(places - centre), np.inf)
    nearest = np.take_along_axis(places, distance.argmin(axis=0)[None], axis=0)[0]
    return np.where(inside.any(axis=0), nearest, np.nan)


def _interval(found: Floats, here: float, confidence: float) -> tuple[float, float]:
    """Percentiles of the crossings of bootstrap draws; open ends where too many draws do not cross."""
    if np.isnan(here):
        return np.nan, np.nan
    tail = (1.0 - confidence) / 2
    if np.isnan(found).mean() > tail:
        return np.nan, np.nan
    low, high = np.nanquantile(found, [tail, 1.0 - tail])
    return min(float(low), here), max(float(high), here)


@dataclasses.dataclass(frozen=True)
class Chosen:
    """The parameters that are clear, in the order of their choice, and what each adds to the worlds' means."""

    named: tuple[int, ...]
    parts: dict[int, Floats]
    p_values: Floats
    degrees: Floats

    def groups(self, means: Floats) -> list[tuple[list[int], Floats]]:
        """Parameters with the means that they are fitted to: without what the clear others add."""
        whole = means - sum(self.parts.values(), np.zeros_like(means))
        others = [place for place in range(len(self.p_values)) if place not in self.parts]
        chosen = [([place], whole + part) for place, part in self.parts.items()]
        return [*chosen, (others, whole)] if others else chosen


def worlds_differ(values: Floats, own: Floats) -> float:
    """The p-value of worlds (values: worlds x replicates x 1) that differ by random numbers alone.

    >>> same = np.array([0.0, 2.0] * 10)[:, None, None] * np.array([1.0, -1.0])[:, None]
    >>> apart = np.arange(20.0)[:, None, None] + np.array([0.0, 0.1])[:, None]
    >>> worlds_differ(same, np.full(20, 0.05)) > 0.5, worlds_differ(apart, np.full(20, 0.05)) < 1e-6
    (True, True)
    """
    size, replicates = effective_size(own), values.shape[1]
    found = moments(values, own[None])
    seen = float(found.seen[0, 0, 0]) / max(1.0 - 1.0 / size, 1e-9)
    noise = float(found.replicate[0, 0, 0]) / replicates
    if not seen > 1e-24 * float((values**2).mean()):
        return 1.0
    if noise <= 0.0:
        return 0.0
    return float(fdtrc(max(1.0, size - 1.0), max(1.0, size * (replicates - 1.0)), seen / noise))


def clear_drivers(numbers: Floats, values: Floats, own: Floats) -> Chosen:
    """Choose parameters one after another, each by what is left of the means; at most :data:`MOST` of them.

    So a parameter is not named because its draws happen to go with those of a true driver. None is chosen, and all
    p-values are at least that of the worlds, unless these clearly differ.
    """
    means, apart = values.mean(axis=1), worlds_differ(values, own)
    left, parts = means, dict[int, Floats]()
    p_values, degrees = _screened(numbers, left, own)
    if effective_size(own) < LEAST_EFFECTIVE:
        return Chosen((), {}, np.ones_like(p_values), degrees)
    p_values = np.maximum(p_values, apart)
    final = p_values.copy()
    while len(parts) < MOST:
        here = np.where(np.isin(np.arange(len(p_values)), list(parts)), np.inf, p_values)
        best = int(here.argmin())
        if not here[best] < CLEAR:
            break
        final[best] = here[best]
        parts[best] = np.zeros_like(means)
        kept = list(parts)
        basis = basis_of(numbers[:, kept], numbers[:, kept], own)
        basis[:, :, 2] *= degrees[kept] == _PARABOLA
        terms = basis[:, :, 1:] - np.einsum("w,wpi->pi", own, basis[:, :, 1:])
        matrix = np.column_stack([np.ones(len(means)), terms.reshape(len(means), -1)])
        root = np.sqrt(own)[:, None]
        slopes = np.linalg.lstsq(root * matrix, root * means, rcond=None)[0]
        for number, place in enumerate(kept):
            parts[place] = terms[:, number] @ slopes[1 + 2 * number: 3 + 2 * number]
        left = means - sum(parts.values(), np.zeros_like(means))
        p_values, bent = _screened(numbers, left, own)
        others = ~np.isin(np.arange(len(p_values)), kept)
        degrees = np.where(others, bent, degrees)
        final[others] = p_values[others]
    return Chosen(tuple(parts), parts, final, degrees)


def normal_scores(means: Floats, own: Floats) -> Floats:
    """Values (worlds x 1) as quantiles of the normal distribution by their weighted ranks; equal ones stay equal.

    >>> normal_scores(np.array([[1.0], [900.0], [2.0], [2.0]]), np.full(4, 0.25)).ravel().round(2).tolist()
    [-1.15, 1.15, 0.0, 0.0]
    """
    distinct, places = np.unique(means[:, 0], return_inverse=True)
    shares = np.bincount(places.ravel(), weights=own, minlength=len(distinct))
    middle = (np.cumsum(shares) - shares / 2) / own.sum()
    least = 1e-12  # a world without weight at an end has a finite score too, which counts for nothing
    return np.asarray(ndtri(np.clip(middle, least, 1.0 - least))[places.ravel()][:, None])


def _screened(numbers: Floats, means: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Adjusted p-values, and the degree of each parameter's line: 2 where a parabola is clearly better."""
    parameters = numbers.shape[1]
    means = normal_scores(means, own)
    freedom = max(1.0, effective_size(own) - 2.0)
    line = fitted(numbers, means, own[None], own, np.full(parameters, _LINE))
    bent = fitted(numbers, means, own[None], own, np.full(parameters, _PARABOLA))
    ratios = []
    for fits, terms in ((line, 1.0), (bent, 2.0)):
        with np.errstate(divide="ignore", invalid="ignore"):
            # What is explained over what chance explains with as many terms: F.
            ratio = fits.explained[0, :, 0, 0] / np.maximum(fits.chance[0, :, 0, 0], 0.0)
        ratios.append((np.maximum(np.nan_to_num(ratio, nan=0.0, posinf=1e300), 0.0), terms))
    alone = np.minimum(1.0, 2.0 * np.minimum(*(
        fdtrc(terms, max(1.0, freedom - terms + 1.0), ratio) for ratio, terms in ratios)))
    with np.errstate(divide="ignore", invalid="ignore"):
        more = bent.explained[0, :, 0, 0] - line.explained[0, :, 0, 0]
        curve = np.nan_to_num(more / np.maximum(bent.chance[0, :, 0, 0] / 2.0, 0.0), nan=0.0, posinf=1e300)
    degrees = np.where(fdtrc(1.0, max(1.0, freedom - 1.0), np.maximum(curve, 0.0)) < DOUBT, _PARABOLA, _LINE)
    order = np.argsort(alone, kind="stable")
    adjusted = np.empty(parameters)
    adjusted[order] = np.maximum.accumulate(alone[order] * np.arange(parameters, 0, -1))
    return np.minimum(adjusted, 1.0), degrees
