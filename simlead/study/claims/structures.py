"""What becomes of a claim under each structural switch: other forms of the mechanisms that carry conclusions.

A switch is turned on in the first worlds, and the same arms are run in them again under the same random numbers. What
it changes in each part of the effect is the mean over these worlds, each by its own matched runs; it moves the effect
in all worlds, with its error (Student's t over the worlds that were run). Of an existence the firms of these worlds are
counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.statistics.over_worlds import effective_size, weighted_quantiles
from simlead.study.claims.amounts import classes, weakest
from simlead.study.claims.arms import DRAWS, Seen
from simlead.study.claims.protocol import Claim
from simlead.study.records import BREAKS, CLASSES, EXISTENCE, HOLDS, REVERSE, THERE, UNCLEAR

Floats = NDArray[np.float64]

AS_IT_IS = "as it is"
"""The row without a switch."""

COLUMNS = ("switch", "effect", "low", "high", "p_holds", "becomes", "conclusion")

CLEAR = 0.95
"""Fraction of draws in which another conclusion leads, above which the switch clearly breaks it."""

TAILS = np.array([0.025, 0.975])


def structures(claim: Claim, seen: Seen, switched: Mapping[str, Seen], seed: int) -> pd.DataFrame:
    """A row as it is and one per switch: the weakest part, what it amounts to most, and what becomes of the conclusion.

    Parameters
    ----------
    claim : Claim
        The claim.
    seen : Seen
        Its arms in all worlds.
    switched : mapping of str to Seen
        By switch, its arms in the first of these worlds with the switch on, under the same random numbers.
    seed : int
        Random seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`; `conclusion` is one of `records.CONCLUSIONS`. No row if there are no switches.
    """
    generator = np.random.Generator(np.random.Philox(key=seed))
    lines: list[tuple[Any, ...]] = []
    if not switched:
        return pd.DataFrame(lines, columns=list(COLUMNS))
    effect, weights = _of_firms(claim, seen, generator) if claim.kind == EXISTENCE else seen.expected(
        claim.effect, seed)
    base = _shares(claim, effect, weights)
    lead = int(base.mean(axis=0).argmax())
    lines.append((AS_IT_IS, *_row(claim, effect, weights, base), HOLDS))
    for switch, there in switched.items():
        if claim.kind == EXISTENCE:
            moved, weights = _of_firms(claim, there, generator)
        else:
            moved = effect + _shift(claim, seen.first(len(there.weights)), there, generator)[:, :, None]
        shares = _shares(claim, moved, weights)
        other = float((shares.argmax(axis=1) != lead).mean())
        now = int(shares.mean(axis=0).argmax())
        lines.append((switch, *_row(claim, moved, weights, shares),
                      BREAKS if other > CLEAR else HOLDS if now == lead else UNCLEAR))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _of_firms(claim: Claim, seen: Seen, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """The fraction of firms of which a claim is true, in draws by Jeffreys' prior; and equal weights."""
    hits = claim.effect(seen.values)
    own = seen.weights / seen.weights.sum()
    n = effective_size(own) * hits.shape[2]
    part = float(own @ hits[0].mean(axis=1))
    return generator.beta(part * n + 0.5, (1.0 - part) * n + 0.5, size=(1, DRAWS, 1)), np.ones((DRAWS, 1))


def _shift(claim: Claim, off: Seen, on: Seen, generator: np.random.Generator) -> Floats:
    """What a switch changes in each part, in draws: parts x draws."""
    change = claim.effect(on.means) - claim.effect(off.means)
    own = off.weights / off.weights.sum()
    size = effective_size(own)
    mean = change @ own
    apart = change - mean[:, None]
    covariance = (own**2 * apart) @ apart.T * size / (size - 1.0)
    spread = generator.multivariate_normal(np.zeros(len(mean)), covariance, size=DRAWS, method="eigh")
    widened = np.sqrt((size - 1.0) / generator.chisquare(size - 1.0, size=DRAWS))
    return np.asarray(mean[:, None] + (spread * widened[:, None]).T)


def _shares(claim: Claim, effect: Floats, weights: Floats) -> Floats:
    """The fraction of each class in each draw: draws x classes."""
    if claim.kind == EXISTENCE:
        found = np.where(effect[0] > claim.smallest, CLASSES.index(THERE), CLASSES.index(REVERSE))
    else:
        found = classes(claim, effect)
    each = [(weights * (found == place)).sum(axis=1) for place in range(len(CLASSES))]
    return np.asarray(np.stack(each, axis=1) / weights.sum(axis=1, keepdims=True))


def _row(claim: Claim, effect: Floats, weights: Floats, shares: Floats) -> tuple[float, float, float, float, str]:
    """The weakest part with its interval, the probability that the claim holds, and what it amounts to most."""
    value = effect[0] if claim.kind == EXISTENCE else weakest(claim, effect)
    low, high = weighted_quantiles(value.ravel(), weights.ravel(), TAILS)
    mean = float(weights.ravel() @ value.ravel() / weights.sum())
    share = shares.mean(axis=0)
    return mean, float(low), float(high), float(share[CLASSES.index(THERE)]), CLASSES[int(share.argmax())]
