"""OCBA: allocation of further runs to the systems where they help most to find the best.

Chen, Lin, Yücesan & Chick (2000), Discrete Event Dynamic Systems 10, 251-270. With b the
system that looks best, d_i its lead over system i, and s_i a system's standard deviation,
the runs N_i that make the (approximate) probability of naming the best largest are

    N_i : N_j = (s_i / d_i)**2 : (s_j / d_j)**2    for i, j other than b
    N_b = s_b sqrt( sum over i other than b of N_i**2 / s_i**2 )

The formula is asymptotic, takes the outcomes of different systems as independent and what
was estimated as known; no probability of a right answer follows for a given budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
DrawEach = Callable[[Sequence[tuple[int, range]]], list[Numbers]]
"""[(system, replicates), ...] -> the outcomes of each, in that order."""


def ocba_shares(means: ArrayLike, deviations: ArrayLike) -> Numbers:
    """Each system's share of the budget; the larger mean is the better.

    `deviations` are standard deviations. Systems exactly level with the best take all that the best does not need; a
    system that does not vary takes nothing, and if none varies all take the same.

    >>> ocba_shares([0.0, 1.0, 3.0], [1.0, 1.0, 1.0]).round(4).tolist()
    [0.1751, 0.3939, 0.431]
    """
    mean, deviation = np.asarray(means, float), np.asarray(deviations, float)
    best = int(np.argmax(mean))
    lead = mean[best] - mean
    rest = np.arange(len(mean)) != best
    level = rest & (lead == 0.0) & (deviation > 0.0)
    weights = np.zeros(len(mean))
    if level.any():  # the limit of the formula as their leads go to zero
        weights[level] = deviation[level] ** 2
    else:
        weights[rest] = (deviation[rest] / np.where(lead > 0.0, lead, 1.0)[rest]) ** 2
    varies = rest & (deviation > 0.0)
    weights[best] = deviation[best] * np.sqrt(np.sum((weights[varies] / deviation[varies]) ** 2))
    total = weights.sum()
    if total == 0.0:
        return np.full(len(mean), 1.0 / len(mean))
    shares: Numbers = weights / total
    return shares


def allocate(
    draw: DrawEach,
    systems: int,
    first_stage: int,
    budget: int,
    step: int,
    may_take: Callable[[float], object] = lambda more: None,
) -> list[Numbers]:
    """Spend a budget of runs over systems; each one's outcomes, by replicate from 0 on.

    After `first_stage` runs of each, `step` runs at a time go to the systems that are
    furthest below the share of :func:`ocba_shares`, which is worked out anew each time.
    """
    may_take(float(budget))
    values = draw([(system, range(first_stage)) for system in range(systems)])
    spent = systems * first_stage
    while spent < budget:
        more = min(step, budget - spent)
        shares = ocba_shares([v.mean() for v in values], [v.std(ddof=1) for v in values])
        counts = np.array([len(v) for v in values])
        wanted = shares * (spent + more) - counts
        added = in_whole_runs(np.maximum(wanted, 0.0), more)
        chosen = [(int(i), range(len(values[i]), len(values[i]) + int(added[i]))) for i in np.flatnonzero(added)]
        for (system, _), new in zip(chosen, draw(chosen), strict=True):
            values[system] = np.concatenate([values[system], new])
        spent += more
    return values


def in_whole_runs(weights: ArrayLike, runs: int) -> Whole:
    """So many runs shared out by weight, by the largest remainders.

    >>> in_whole_runs([1.0, 2.0, 4.0], 10).tolist()
    [1, 3, 6]
    """
    weight = np.asarray(weights, float)
    exact = weight / weight.sum() * runs
    whole: Whole = np.floor(exact).astype(np.int64)
    missing = runs - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole
