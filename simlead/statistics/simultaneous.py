"""Several scenarios at once: intervals that hold together, not only one by one.

Of twenty correct 95 % intervals one is expected to miss. A report of the most striking of many scenarios needs
intervals that *all* hold with 95 %. Replicates with common random numbers help: the differences from one baseline
move together, so that looking at many costs less than Bonferroni charges.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import (
    CONFIDENCE,
    checked_confidence,
    checked_values,
    ratio_and_parts,
    t_quantile,
)

Method = Literal["max-t", "bootstrap", "bonferroni"]
METHODS: tuple[Method, ...] = ("max-t", "bootstrap", "bonferroni")

LEAST_FOR_BOOTSTRAP = 20
"""Fewer replicates than this resample themselves too often to show how the largest of several behaves."""

DRAWS = 100_000
RESAMPLES = 10_000
AT_ONCE = 4_000_000
"""Numbers drawn in one go, so that memory does not grow with scenarios and replicates."""

COLUMNS = ("scenario", "against", "difference", "low", "high", "single_low", "single_high",
           "relative", "n", "confidence", "critical", "single_critical", "method")


@dataclasses.dataclass(frozen=True)
class _Family:
    """All differences that are looked at: names, means, standard errors, and each replicate's part.

    `parts` (replicates x differences) have mean 0 and the spread of the differences.
    """

    pairs: list[tuple[str, str]]
    differences: NDArray[np.float64]
    parts: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        n = len(self.parts)
        return np.asarray(self.parts.std(axis=0, ddof=1) / math.sqrt(n))


def simultaneous_intervals(
    values: Mapping[str, ArrayLike],
    baseline: str | None = None,
    *,
    confidence: float = CONFIDENCE,
    method: Method = "max-t",
    all_pairs: bool = False,
    relative: bool = False,
    seed: int = 0,
) -> pd.DataFrame:
    """Differences between scenarios whose intervals all hold together with the confidence.

    `values` maps each scenario to its replicates, paired by place (a DataFrame with a column per scenario and a row
    per replicate will do). Each is compared with the `baseline` (the first unless named), or with `all_pairs` each
    with each before it. `relative` gives differences as a fraction of the mean of the scenario compared with, whose
    noise counts (`intervals.relative_difference`). Replicates that lack a value (nan) in any scenario are left out.

    Every interval is difference +- critical * standard error, with one critical value c:

    * `max-t`: P(largest |T| <= c) = confidence, where T = normal variables, correlated like the differences, over
      their spreads with n - 1 degrees of freedom (Hothorn, Bretz and Westfall 2008, Biometrical Journal 50). The
      spreads are taken as independent of each other, which errs to the wide side; the correlations as known, which
      matters for fewer than about ten replicates;
    * `bootstrap`: c from the largest |t| of whole replicates drawn with replacement (Romano
      and Wolf 2005), for skewed measures; needs 20 replicates;
    * `bonferroni`: (1 - confidence) shared out evenly. Holds whatever the correlation, as far as
      each t interval does, and is the widest.

    Columns, a row per difference: `scenario`, `against`, `difference` (scenario - against) with `low` and `high`,
    which hold together, and `single_low` and `single_high`, which hold one by one; `relative`, whether these are
    shares of the mean of `against`, or else in the unit of the values; `n`; `confidence`; `critical` and
    `single_critical` (standard errors to each side); `method`.

    Raises StatisticsError for fewer than two scenarios, an unknown baseline or method,
    series of different lengths, fewer than two replicates (bootstrap: 20).

    >>> common = np.random.default_rng(0).normal(size=(30, 1))
    >>> own = np.random.default_rng(1).normal(size=(30, 3))
    >>> import pandas as pd
    >>> runs = pd.DataFrame(common + 0.1 * own + [0.0, 0.0, 1.0], columns=["as it is", "same", "better"])
    >>> table = simultaneous_intervals(runs)
    >>> (table["low"] > 0).tolist(), table["critical"].round(1).tolist(), table["single_critical"].round(1).tolist()
    ([False, True], [2.3, 2.3], [2.0, 2.0])
    """
    level = checked_confidence(confidence)
    if method not in METHODS:
        raise StatisticsError(f"method {method!r}: allowed is {' | '.join(METHODS)}", method, METHODS)
    family = _family(values, baseline, all_pairs, relative)
    n, count = family.parts.shape
    least = LEAST_FOR_BOOTSTRAP if method == "bootstrap" else 2
    if n < least:
        raise StatisticsError(f"{n} whole replicates: {method} needs {least} or more")
    single = t_quantile(n - 1, level)
    guaranteed = t_quantile(n - 1, 1.0 - (1.0 - level) / count)
    errors = family.errors
    moving = family.parts[:, errors > 0.0]
    critical = guaranteed
    if method == "max-t" and moving.shape[1]:
        critical = min(_largest_t(moving, level, seed), guaranteed)
    elif method == "bootstrap" and moving.shape[1]:
        critical = _largest_resampled_t(moving, level, seed)
    scenarios, against = zip(*family.pairs, strict=True)
    gap = family.differences
    return pd.DataFrame({
        "scenario": scenarios, "against": against, "difference": gap,
        "low": gap - critical * errors, "high": gap + critical * errors,
        "single_low": gap - single * errors, "single_high": gap + single * errors,
        "relative": relative, "n": n, "confidence": level, "critical": critical, "single_critical": single,
        "method": method,
    }, columns=list(COLUMNS))


def _family(values: Mapping[str, ArrayLike], baseline: str | None, all_pairs: bool, relative: bool) -> _Family:
    series = {str(name): checked_values(sample) for name, sample in values.items()}
    if len(series) < 2:
        raise StatisticsError(f"{len(series)} scenarios: two or more are needed to compare")
    first = next(iter(series)) if baseline is None else baseline
    if first not in series:
        raise StatisticsError(f"baseline {first!r}: no such scenario", first, series)
    if len({len(sample) for sample in series.values()}) > 1:
        raise StatisticsError("scenarios have "
                             f"{', '.join(f'{len(sample)} ({name})' for name, sample in series.items())} replicates: "
                             "pairs need as many of each")
    whole = ~np.isnan(np.array(list(series.values()))).any(axis=0)
    series = {name: sample[whole] for name, sample in series.items()}
    pairs = ([(there, here) for here, there in itertools.combinations(series, 2)] if all_pairs
             else [(name, first) for name in series if name != first])
    columns = [_difference(series[here], series[there], relative) for here, there in pairs]
    return _Family(pairs, np.array([gap for gap, _ in columns]), np.column_stack([part for _, part in columns]))


def _difference(
    here: NDArray[np.float64], there: NDArray[np.float64], relative: bool
) -> tuple[float, NDArray[np.float64]]:
    """The mean difference and what each replicate adds to its noise (of a ratio: to first order)."""
    if relative:
        positive = there.sum() > 0.0
        return ratio_and_parts(here - there, there if positive else np.zeros(len(there)))
    return ratio_and_parts(here - there, np.ones(len(there)))


def _largest_t(parts: NDArray[np.float64], confidence: float, seed: int) -> float:
    """The value that the largest |T| of the family stays below with the confidence, by simulation."""
    n, count = parts.shape
    correlation = np.atleast_2d(np.corrcoef(parts, rowvar=False))
    size, axes = np.linalg.eigh(correlation)
    factor = axes * np.sqrt(np.maximum(size, 0.0))
    random = np.random.Generator(np.random.Philox(key=seed))
    largest = []
    for rows in _portions(DRAWS, count):
        spread = np.sqrt(random.chisquare(n - 1, (rows, count)) / (n - 1))
        largest.append(np.abs(random.standard_normal((rows, count)) @ factor.T / spread).max(axis=1))
    return float(np.quantile(np.concatenate(largest), confidence))


def _largest_resampled_t(parts: NDArray[np.float64], confidence: float, seed: int) -> float:
    """The same from replicates drawn with replacement, each draw with its own standard errors."""
    n, count = parts.shape
    random = np.random.Generator(np.random.Philox(key=seed))
    largest = []
    for rows in _portions(RESAMPLES, n * count):
        drawn = parts[random.integers(0, n, (rows, n))]
        error = drawn.std(axis=1, ddof=1) / math.sqrt(n)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(drawn.mean(axis=1)) / error
        largest.append(np.nan_to_num(t, nan=0.0, posinf=math.inf).max(axis=1))
    return float(np.quantile(np.concatenate(largest), confidence))


def _portions(total: int, width: int) -> list[int]:
    """`total` rows in portions of at most so many numbers in all."""
    most = max(1, AT_ONCE // width)
    return [min(most, total - done) for done in range(0, total, most)]
