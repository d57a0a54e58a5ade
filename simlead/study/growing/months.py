"""A move and its status quo month by month, from matched pairs: bands of both, and when the move is paid back."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simlead.model.units import WEEKS_PER_MONTH
from simlead.results.monthly import MONTHLY, month_weeks
from simlead.statistics.intervals import CONFIDENCE, row_half_widths, row_moments
from simlead.study.payback import Payback, payback_by_month

Monthly = NDArray[np.float64]

SHOWN = ("revenue", "market_share", "profit")
"""What is shown by month: $ a month, a share, $ a month."""


@dataclasses.dataclass(frozen=True, eq=False)
class Band:
    """A mean for each month with its 95 % interval."""

    mean: Monthly
    low: Monthly
    high: Monthly


@dataclasses.dataclass(frozen=True, eq=False)
class Months:
    """Both policies month by month after `n` matched pairs.

    `before` and `after` have a band for each of :data:`SHOWN`, `difference` that of the differences within pairs,
    which common random numbers make narrower than either. `payback` is None where the two are not the same firm.
    """

    n: int
    before: dict[str, Band]
    after: dict[str, Band]
    difference: dict[str, Band]
    payback: Payback | None


def months_of(
    after: NDArray[np.float32], before: NDArray[np.float32], weeks: int, at_once: float | None, seed: int = 0
) -> Months:
    """Bands from the monthly sums of pairs, each pairs x series x months; `weeks` is the length of the horizon.

    A month has four or five weeks: sums are shown as those of an average month. `at_once` is what the change itself
    brings at month 0 in $ (None: a payback would compare two firms).
    """
    levels = [_levels(sums.astype(np.float64), weeks) for sums in (before, after)]
    payback = None
    if at_once is not None and len(after) > 1:
        gains = (after[:, MONTHLY.index("profit")].astype(np.float64) - before[:, MONTHLY.index("profit")])
        payback = payback_by_month(np.cumsum(gains, axis=1), at_once, CONFIDENCE, seed)
    first, second = levels
    return Months(
        len(after), {name: band(first[name]) for name in SHOWN}, {name: band(second[name]) for name in SHOWN},
        {name: band(second[name] - first[name]) for name in SHOWN}, payback)


def band(values: Monthly) -> Band:
    """Mean and interval of each month over the rows; what is not known in a row is left out.

    >>> found = band(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> found.mean.tolist(), found.low.round(1).tolist()
    ([2.0, 5.0], [-10.7, 5.0])
    """
    n, mean, error = row_moments(values.T)
    half = row_half_widths(n, error, 1.0 - (1.0 - CONFIDENCE) / 2.0)
    return Band(mean, mean - half, mean + half)


def _levels(sums: Monthly, weeks: int) -> dict[str, Monthly]:
    revenue, rivals, profit = sums[:, 0], sums[:, 1], sums[:, 2]
    average = WEEKS_PER_MONTH / month_weeks(weeks)
    with np.errstate(invalid="ignore"):
        share = revenue / (revenue + rivals)  # nan in a month in which nothing was decided
    return {"revenue": average * revenue, "market_share": share, "profit": average * profit}
