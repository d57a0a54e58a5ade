"""Findings of a sensitivity table: noise, the leading factor, ties, factors without a clear effect."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from simlead.statistics.codes import leading, may_be_nothing
from simlead.statistics.findings import Finding, finding

MOST_NAMED = 5
"""Factors or pairs of them that are named; of others the number."""

_AS_GOOD_AS_EQUAL = 1000
_MOSTLY_NOISE = 0.5


def sensitivity_findings(table: pd.DataFrame) -> list[Finding]:
    """What a table of `sobol_indices`, `morris_effects` or `prcc` shows.

    In this order: the fraction of the variance that is noise; the leading factor; pairs that
    cannot be ranked, with the sample size that would do; factors that cannot be distinguished
    from no effect; estimates below 0; interactions. Raises StatisticsError for another table.

    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "factor": ["a", "b"], "index": "total", "estimate": [0.6, 0.5], "low": [0.4, 0.3],
    ...     "high": [0.8, 0.7], "uncorrected": [0.7, 0.6], "rank": [1, 2], "tied_with": ["b", "a"],
    ...     "n_to_rank": [500.0, float("nan")], "common_error": 0.0, "noise_share": 0.2, "n": 64, "replicates": 10})
    >>> [found.code for found in sensitivity_findings(table)]
    ['sensitivity.noise', 'sensitivity.leader', 'sensitivity.tied.more_points']
    """
    kind = leading(table)
    rows = table[table["index"] == kind].sort_values("rank")
    if rows["estimate"].isna().any():
        return [finding("sensitivity.only_noise")]
    lines: list[Any] = list(rows.itertuples())
    return [_noise(lines, kind), _leader(lines, kind), *_ties(lines, kind), *_nothing(lines), *_below_zero(table),
            *_alone(table), *_common(lines)]


def _noise(lines: list[Any], kind: str) -> Finding:
    share = lines[0].noise_share
    if math.isnan(share):
        return finding(f"sensitivity.one_replicate.{kind}")
    if share <= _MOSTLY_NOISE:
        return finding("sensitivity.noise", share=share)
    worst = max(lines, key=lambda row: abs(row.uncorrected - row.estimate))
    return finding("sensitivity.mostly_noise", share=share, index=kind, factor=worst.factor,
                   uncorrected=worst.uncorrected, estimate=worst.estimate)


def _leader(lines: list[Any], kind: str) -> Finding:
    first = lines[0]
    if may_be_nothing(first):
        return finding("sensitivity.no_leader")
    return finding("sensitivity.leader", factor=first.factor, index=kind, estimate=first.estimate, low=first.low,
                   high=first.high)


def _ties(lines: list[Any], kind: str) -> list[Finding]:
    """Neighbours in rank that cannot be ranked; those that may be nothing have their own finding."""
    found = []
    for row, after in zip(lines, lines[1:], strict=False):
        if after.factor not in row.tied_with.split(", ") or may_be_nothing(after):
            continue
        cure = ("more_replicates" if math.isinf(row.n_to_rank)
                else "equal" if row.n_to_rank > _AS_GOOD_AS_EQUAL * row.n else "more_points")
        found.append(finding(f"sensitivity.tied.{cure}", n=row.n, sampled=kind, factor=row.factor, other=after.factor,
                             enough=row.n_to_rank))
    rest = len(found) - MOST_NAMED
    return found[:MOST_NAMED] + ([finding("sensitivity.more_pairs", n=rest)] if rest > 0 else [])


def _nothing(lines: list[Any]) -> Iterator[Finding]:
    names = [row.factor for row in lines if may_be_nothing(row)]
    if names and len(names) < len(lines):
        rest = len(names) - MOST_NAMED
        yield finding(f"sensitivity.nothing{'_and_more' * (rest > 0)}", factors=names[:MOST_NAMED], n=rest)


def _below_zero(table: pd.DataFrame) -> Iterator[Finding]:
    """A Sobol index whose estimate is below 0, if there is one: with its whole interval, or not."""
    rows = table[table["index"].isin(["first", "total"]) & (table["estimate"] < 0.0)]
    wrong = rows[rows["high"] < 0.0]
    for name, which in (("wholly_below_zero", wrong), ("below_zero", rows)):
        if len(which):
            one = which.iloc[0]
            yield finding(f"sensitivity.{name}", index=one["index"], factor=one["factor"], estimate=one["estimate"])
            return


def _alone(table: pd.DataFrame) -> Iterator[Finding]:
    """The fraction of the variance that factors explain on their own, or factors whose effects vary."""
    first = table[table["index"] == "first"]
    if len(first):
        total = float(first["estimate"].sum())
        if total < 0.9:
            yield finding("sensitivity.interactions", share=max(0.0, total))
        return
    sigma, size = (table[table["index"] == index].set_index("factor")["estimate"] for index in ("sigma", "mu_star"))
    uneven = [str(name) for name in size.index if sigma[name] > size[name] > 0.0]
    if uneven:
        yield finding("sensitivity.uneven", factors=uneven[:MOST_NAMED])


def _common(lines: list[Any]) -> Iterator[Finding]:
    if math.isnan(lines[0].common_error):
        yield finding("sensitivity.two_replicates")
