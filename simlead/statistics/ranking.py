"""The one table that every sensitivity analysis returns, with ranks and ties."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtri

from simlead.statistics.replicates import Estimates, Floats

COLUMNS = ("factor", "index", "estimate", "low", "high", "uncorrected", "rank", "tied_with", "n_to_rank",
           "common_error", "noise_share", "n", "replicates")
"""The columns of every sensitivity table; `study.sensitivity` explains them."""

SIGNED = ("mu", "prcc")
"""The indices that have a direction; the others are sizes, and a negative estimate of one is small."""


def tidy(
    names: list[str],
    quantities: Mapping[str, slice],
    estimates: Estimates,
    *,
    uncorrected: Floats,
    noise: float,
    n: int,
    replicates: int,
    shown: Callable[[Floats], Floats] = lambda values: values,
) -> pd.DataFrame:
    """A row per index and factor, with the columns of :data:`COLUMNS`.

    `quantities` are the places of an index's factors among the estimates. `shown` turns the scale of the estimates,
    on which intervals and ranks are computed, into the one to read.
    """
    bounds = estimates.bounds()
    parts = []
    for index, where in quantities.items():
        rank, tied_with, enough = ranked(names, where, estimates, n, index in SIGNED)
        parts.append(pd.DataFrame({
            "factor": names, "index": index, "estimate": shown(bounds.estimate[where]),
            "low": shown(bounds.low[where]), "high": shown(bounds.high[where]),
            "uncorrected": uncorrected[where], "rank": rank, "tied_with": tied_with, "n_to_rank": enough,
            "common_error": bounds.common[where], "noise_share": noise, "n": n, "replicates": replicates}))
    return pd.concat(parts, ignore_index=True)


def ranked(
    names: list[str], where: slice, estimates: Estimates, n: int, signed: bool = False
) -> tuple[list[int], list[str], list[float]]:
    """Rank by size, the factors that each cannot be distinguished from, and the n that would separate it from the next.

    Sizes of `signed` quantities are without their sign; others are sizes as they stand.
    Two factors are tied if the interval of the difference of their sizes holds 0. That
    interval knows that the two were estimated from the same points.
    """
    sign = np.where(signed & (estimates.estimate[where] < 0.0), -1.0, 1.0)
    order = [int(place) for place in np.argsort(-sign * estimates.estimate[where], kind="stable")]  # nan last
    pairs = [(above, below) for place, above in enumerate(order) for below in order[place + 1:]]
    rank, tied, enough = [0] * len(names), [set[int]() for _ in names], [float("nan")] * len(names)
    for place, factor in enumerate(order):
        rank[factor] = place + 1
    if not pairs:
        return rank, [""], enough
    contrasts = np.zeros((len(estimates.estimate), len(pairs)))
    for column, (above, below) in enumerate(pairs):
        contrasts[where.start + above, column] = sign[above]
        contrasts[where.start + below, column] = -sign[below]
    gap = estimates.bounds(contrasts)
    z = float(ndtri((1.0 + estimates.confidence) / 2))
    for column, (above, below) in enumerate(pairs):
        if gap.low[column] > 0.0:
            continue
        tied[above].add(below)
        tied[below].add(above)
        if rank[below] == rank[above] + 1:
            room = gap.estimate[column] ** 2 - (z * np.nan_to_num(gap.common[column], posinf=np.inf)) ** 2
            needed = n * (z * gap.sampling[column]) ** 2
            enough[above] = float(np.ceil(needed / room)) if room > 0.0 else float("inf")
    words = [", ".join(names[other] for other in sorted(others, key=lambda other: rank[other])) for others in tied]
    return rank, words, enough
