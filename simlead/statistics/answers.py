"""The effect of a policy over weighted worlds: intervals of random numbers, of the world and of both; probabilities.

The effect f[w] is what is expected in world w. It is known through matched pairs of runs. Two uncertainties:

* **random numbers**: other random numbers in the same worlds would give another mean. This narrows with more runs.
* **world**: which of the worlds is ours. This does not narrow with runs; only knowing more about the world narrows it.

The interval of **both** holds the effect in an unknown world. It is made of the worlds' distribution without noise
(`over_worlds`), drawn anew with the worlds (bootstrap) and with each variance between worlds that fits what is seen
(:func:`possible_variances`), so that the error of the estimate is part of it. Probabilities are shares of the same
distribution, and their Monte Carlo errors are their standard deviations between draws.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy.special import chdtr, chdtri

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import checked_confidence, t_quantile
from simlead.statistics.over_worlds import (
    BOOTSTRAPS,
    bootstrap_weights,
    checked_outcomes,
    effective_size,
    moments,
    weighted_quantiles,
    without_noise,
)
from simlead.statistics.replicates import Floats

LIMITS = WORLD, NUMBER_OF_WORLDS, RANDOM_NUMBERS = "world", "number of worlds", "random numbers"
"""What keeps an answer from being narrower: the world itself; that few worlds were drawn, in each of which more runs
would not help; or random numbers."""

MORE = 4
"""Times as many runs, or worlds, whose benefit is stated."""

NEARLY = 1.1
"""The world is the limit if worlds differ clearly, and any number of runs narrows the interval by less than this."""

HARDLY = 1.03
"""The number of worlds is the limit if any number of replications in each narrows the interval by less than this."""


@dataclasses.dataclass(frozen=True)
class EffectOverWorlds:
    """A policy's effect over worlds, in the unit of the differences.

    Attributes
    ----------
    mean, low, high
        The mean over worlds, and the interval of both uncertainties: where the effect in an unknown world lies.
    random_low, random_high
        Where the mean lies by random numbers alone, in these very worlds.
    world_low, world_high
        Where the effect lies over the worlds, without noise.
    sd_random, sd_world, sd_world_low, sd_world_high, sd_pair
        Standard deviations: of the mean by random numbers; of the effect between worlds, with its interval; of a
        single matched pair within a world.
    world_share
        The world's fraction of the variance of both.
    p_above_zero, p_above_smallest, p_no_difference, p_below_smallest
        Probabilities that the effect is above 0, above the smallest effect of interest, within it on either side of
        0, and below its negative. Those of the last three add to 1. Each has an `_error`.
    limit
        `world`, `number of worlds` or `random numbers`.
    half_width, half_width_more_runs, half_width_more_worlds, half_width_at_best
        Half of the interval of both, normal approximation: as it is, with 4 times the replications, with 4 times the
        worlds, and with any number of both.
    smallest, confidence, worlds, effective_worlds, replications
        What was asked.
    """

    mean: float
    low: float
    high: float
    random_low: float
    random_high: float
    world_low: float
    world_high: float
    sd_random: float
    sd_world: float
    sd_world_low: float
    sd_world_high: float
    sd_pair: float
    world_share: float
    p_above_zero: float
    p_above_zero_error: float
    p_above_smallest: float
    p_above_smallest_error: float
    p_no_difference: float
    p_no_difference_error: float
    p_below_smallest: float
    p_below_smallest_error: float
    limit: str
    half_width: float
    half_width_more_runs: float
    half_width_more_worlds: float
    half_width_at_best: float
    smallest: float
    confidence: float
    worlds: int
    effective_worlds: float
    replications: int


def checked_smallest(value: object) -> float:
    """A smallest effect of interest: a finite number above 0, or a StatisticsError in one line.

    >>> checked_smallest(0.0)
    Traceback (most recent call last):
    ...
    simlead.statistics.errors.StatisticsError: smallest_effect = 0.0: allowed is a number above 0; every effect...
    """
    number = float(value) if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) else math.nan
    if not 0.0 < number < math.inf:
        raise StatisticsError(f"smallest_effect = {value!r}: allowed is a number above 0; every effect differs from 0, "
                              "so name the smallest one that would matter")
    return number


def possible_variances(
    seen: float, noise: float, worlds: float, replicates: int, draws: int, random: np.random.Generator
) -> Floats:
    """Variances between worlds that fit what is seen: the variance `seen` of worlds' means, of which `noise` is noise.

    Both are estimates from normal numbers, so that a variance v of estimate s with k degrees of freedom is drawn as
    s k / chi2(k); the variance of the means with its noise as the least it can be. Where the noise is all that is
    seen, the world's variance is thus not taken as 0 but as anything that the noise may hide.

    >>> random = np.random.Generator(np.random.Philox(0))
    >>> found = possible_variances(4.0, 0.0, 1e6, 2, 3, random)
    >>> bool(np.abs(found - 4.0).max() < 0.1), bool(possible_variances(1.0, 1.0, 50, 2, 99, random).min() > 0.0)
    (True, True)
    """
    freedom, own_freedom = max(1.0, worlds - 1.0), max(1.0, worlds * (replicates - 1.0))
    least = noise * own_freedom / random.chisquare(own_freedom, draws)
    if not seen > 0.0:
        return np.zeros(draws)
    with np.errstate(divide="ignore"):
        most = chdtr(freedom, freedom * seen / least)
    drawn = chdtri(freedom, 1.0 - random.random(draws) * most)
    return np.maximum(0.0, freedom * seen / drawn - least)


def effect_over_worlds(
    differences: Floats,
    smallest: float,
    weights: Floats | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> EffectOverWorlds:
    """Estimate the effect over worlds from differences of matched pairs (worlds x replicates, 2 or more).

    `smallest` is the smallest effect of interest, in the unit of the differences; `weights` those of the worlds, equal
    unless given. The bootstrap draws worlds together with their weights. `shift` moves every effect by an estimate with
    this standard error, such as what a structural switch changes.

    Raises StatisticsError for fewer than 8 worlds or 2 replicates, and a smallest effect that is not above 0.

    >>> found = effect_over_worlds(np.linspace(-1.0, 3.0, 100)[:, None] + np.array([0.0, 0.0]), 0.5)
    >>> round(found.mean, 2), round(found.p_above_zero, 1), found.limit
    (1.0, 0.7, 'world')
    """
    checked_confidence(confidence)
    smallest = checked_smallest(smallest)
    values, own = checked_outcomes(np.asarray(differences, dtype=float)[..., None], weights)
    worlds, replicates = values.shape[:2]
    size = effective_size(own)
    tails = np.array([(1.0 - confidence) / 2, (1.0 + confidence) / 2])
    means = values.mean(axis=1)

    here = moments(values, own[None])
    mean, world = float(here.mean[0, 0]) + shift[0], math.sqrt(float(here.world[0, 0, 0]))
    pair = math.sqrt(float(here.replicate[0, 0, 0]))
    noise = values[:, :, 0].var(axis=1, ddof=1) / replicates
    by_random = math.sqrt(float(own**2 @ noise) + shift[1] ** 2)
    reach = t_quantile(max(1, round(size * (replicates - 1))), confidence) * by_random
    clean = without_noise(means, here.mean, here.seen, here.world)[0, :, 0]
    world_low, world_high = weighted_quantiles(clean + shift[0], own, tails)

    drawn = bootstrap_weights(own, BOOTSTRAPS, seed)
    each = moments(values, drawn, own)
    random = np.random.Generator(np.random.Philox([seed, 1]))
    total = float(here.seen[0, 0, 0]) / max(1.0 - 1.0 / size, 1e-9)
    variances = possible_variances(total, pair**2 / replicates, size, replicates, BOOTSTRAPS, random)
    spread = np.sqrt(variances)
    effects = without_noise(means, each.mean, each.seen, variances[:, None, None])[:, :, 0]
    effects = effects + shift[0] + shift[1] * random.standard_normal((len(drawn), 1))
    low, high = weighted_quantiles(effects.ravel(), drawn.ravel(), tails)
    probabilities = {
        "p_above_zero": effects > 0.0,
        "p_above_smallest": effects > smallest,
        "p_no_difference": np.abs(effects) <= smallest,
        "p_below_smallest": effects < -smallest,
    }
    shares = {name: (drawn * true).sum(axis=1) for name, true in probabilities.items()}
    found = {name: float(share.mean()) for name, share in shares.items()}
    errors = {f"{name}_error": float(share.std(ddof=1)) for name, share in shares.items()}

    def half_width(runs: float, more_worlds: float) -> float:
        error = (world**2 / size + by_random**2 / runs) / more_worlds
        return t_quantile(max(1, round(size * more_worlds) - 1), confidence) * math.sqrt(world**2 + error)

    at_best = half_width(math.inf, 1e9)
    # Its low end may be 0, which tells whether worlds differ at all.
    sd_low, sd_high = np.quantile(np.sqrt(each.world[:, 0, 0]), tails[0]), np.quantile(spread, tails[1])
    variance = world**2 + by_random**2
    return EffectOverWorlds(
        # Both count the random numbers too, whatever a bootstrap of few worlds says.
        mean=mean, low=min(float(low), mean - reach), high=max(float(high), mean + reach), random_low=mean - reach,
        random_high=mean + reach,
        world_low=float(world_low), world_high=float(world_high), sd_random=by_random, sd_world=world,
        sd_world_low=float(sd_low), sd_world_high=float(sd_high), sd_pair=pair,
        world_share=world**2 / variance if variance > 0.0 else math.nan,
        **found, **errors,
        limit=RANDOM_NUMBERS if not sd_low > 0.0 else WORLD if half_width(1.0, 1.0) <= NEARLY * at_best else
        NUMBER_OF_WORLDS if half_width(1.0, 1.0) <= HARDLY * half_width(math.inf, 1.0) else RANDOM_NUMBERS,
        half_width=half_width(1.0, 1.0), half_width_more_runs=half_width(MORE, 1.0),
        half_width_more_worlds=half_width(1.0, MORE), half_width_at_best=at_best,
        smallest=smallest, confidence=confidence, worlds=worlds, effective_worlds=size, replications=replicates)

