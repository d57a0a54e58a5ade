"""The arithmetic of the construction group's story: what its three numbers can mean together.

(1 + growth of the firm) = (1 + growth of its share) (1 + growth of the market), over any
one period. The story has three growths and no period; a reading gives each its period.
"""

from __future__ import annotations

import dataclasses
import math

SHARE_GROWTH, MARKET_GROWTH, FIRM_GROWTH = 0.47, 0.13, 1.00
"""What is told: share by 47 %, market by 13 %, the firm by more than 100 %."""

LARGEST_START = 1.0 - SHARE_GROWTH
"""The largest share that leaves room for 47 percentage points more."""


@dataclasses.dataclass(frozen=True)
class Reading:
    """One way to understand the story.

    The growths of share and market are `share_yearly` and `market_yearly`, or else over the
    whole of `years`. `firm_is` says what grew by more than 100 %: revenue or profit;
    `share_growth` is .47 unless the reading takes the 47 % for something else; with
    `share_at_least` the share grew by that much or more.
    """

    key: str
    meaning: str
    years: int
    share_yearly: bool = False
    market_yearly: bool = True
    share_growth: float = SHARE_GROWTH
    firm_is: str = "revenue"
    share_at_least: bool = False

    @property
    def share_total(self) -> float:
        """Growth of the share over the reading's years."""
        return (1.0 + self.share_growth) ** (self.years if self.share_yearly else 1) - 1.0

    @property
    def market_total(self) -> float:
        """Growth of the market over the reading's years."""
        return (1.0 + MARKET_GROWTH) ** (self.years if self.market_yearly else 1) - 1.0

    @property
    def revenue_total(self) -> float:
        """Growth of revenue that follows.

        >>> round(READINGS[0].revenue_total, 3)
        0.661
        """
        return (1.0 + self.share_total) * (1.0 + self.market_total) - 1.0

    @property
    def consistent(self) -> bool:
        """Whether the three numbers fit together; profit may grow more than revenue does."""
        return self.revenue_total > FIRM_GROWTH or self.firm_is == "profit"

    @property
    def doubled_after(self) -> float:
        """Years after which revenue has doubled; infinite if it never does."""
        return years_to_double(self.share_growth, MARKET_GROWTH, self.share_yearly, self.market_yearly)


READINGS = (
    Reading("one_year", "all three over one year", 1, market_yearly=False),
    Reading("three_years", "share in three years, market each year", 3),
    Reading("two_years", "share and market each year, for two years", 2, share_yearly=True),
    Reading("slow_market", "share each year for two years, market in these two years together", 2,
            share_yearly=True, market_yearly=False),
    Reading("revenue", "revenue, not share, grew by 47 % each year, for two years", 2, share_yearly=True,
            share_growth=(1.0 + SHARE_GROWTH) / (1.0 + MARKET_GROWTH) - 1.0),
    Reading("percentage_points", "share by 47 percentage points over one year, from 53 % or less", 1,
            market_yearly=False, share_growth=SHARE_GROWTH / LARGEST_START, share_at_least=True),
    Reading("profit", "share and market over one year, profit grew by more than 100 %", 1, market_yearly=False,
            firm_is="profit"),
)
"""The readings under test; only the first contradicts itself."""


def years_to_double(share_growth: float, market_growth: float, share_yearly: bool, market_yearly: bool) -> float:
    """Years after which revenue has doubled; infinite if it never does, 0 if at once.

    >>> round(years_to_double(0.47, 0.13, True, True), 2), round(years_to_double(0.47, 0.13, False, True), 2)
    (1.37, 2.52)
    >>> round(years_to_double(0.47, 0.13, True, False), 2), years_to_double(0.47, 0.13, False, False)
    (1.48, inf)
    """
    share, market = math.log1p(share_growth), math.log1p(market_growth)
    at_once = (0.0 if share_yearly else share) + (0.0 if market_yearly else market)
    each = (share if share_yearly else 0.0) + (market if market_yearly else 0.0)
    missing = math.log1p(FIRM_GROWTH) - at_once
    if missing <= 0.0:
        return 0.0
    return missing / each if each > 0.0 else math.inf
