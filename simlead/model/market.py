"""Parameters of buyers and rivals: the demand of a territory, independent of the firm."""

from __future__ import annotations

import dataclasses

from simlead.model.data_tables import data_table, month_factors, rising_values
from simlead.model.parameters import parameter


@dataclasses.dataclass(frozen=True)
class Market:
    """Arrivals, values and paces of buying opportunities, and what happens to the unseen.

    >>> Market().opportunities_per_seat_year
    350.0
    """

    opportunities_per_seat_year: float = parameter(
        350.0, "1/year", 0.0, 5000.0, "buying opportunities that arise in a territory", "", "D",
        (250.0, 450.0))
    growth_per_year: float = parameter(
        0.13, "1/year", -0.3, 0.5, "growth of the market", "V09", "C", (0.0, 0.13))
    growth_in_number_share: float = parameter(
        0.0, "share", 0.0, 1.0, "part of the market's growth that is more deals, not larger ones", "", "D")
    deal_value_median: float = parameter(
        35_000.0, "$", 100.0, 1e8, "median value of a deal in the year of the switch", "V99", "C",
        (25_000.0, 100_000.0))
    deal_value_sigma: float = parameter(
        1.0, "log-points", 0.0, 2.0, "spread of deal values (lognormal)", "V98 V101", "D", (0.8, 1.9))
    deal_value_quantiles: tuple[float, ...] = data_table(
        "$", "deal values of your own data in the year of the switch: the values at evenly spaced quantiles from the "
        "lowest to the highest, linear between them; in place of deal_value_median and deal_value_sigma", rising_values)
    pace_days_median: float = parameter(
        72.0, "calendar days", 1.0, 1000.0, "median time a buyer of the median deal needs to decide",
        "V97 V98 V99", "C", (60.0, 90.0))
    pace_size_elasticity: float = parameter(
        0.20, "ratio", 0.0, 1.0, "larger deals take longer: elasticity of pace to value", "V101 V97", "C",
        (0.14, 0.60))
    pace_cv: float = parameter(
        0.6, "ratio", 0.0, 2.0, "coefficient of variation of a buyer's pace", "V97", "C", (0.4, 0.8))
    noticed_at_norm: float = parameter(
        0.60, "share", 0.0, 1.0, "opportunities noticed at the norm of prospecting hours", "", "D",
        (0.4, 0.8))
    noticing_elasticity: float = parameter(
        0.16, "ratio", 0.0, 1.0, "elasticity of noticing to prospecting hours", "V124 R13", "A",
        (0.1, 0.34))
    vacant_noticing_share: float = parameter(
        0.30, "share", 0.0, 1.0, "a vacant territory notices this part of the norm", "", "D", (0.1, 0.5))
    cover_noticing_share: float = parameter(
        0.9, "share", 0.0, 1.0, "a vacant territory, or a newcomer's, notices at least this part of what the team's "
        "other reps notice on average", "V116", "D", (0.5, 1.0), neutral=0.0)
    unnoticed_no_decision: float = parameter(
        0.45, "share", 0.0, 1.0, "unnoticed opportunities that nobody wins", "V95 V93", "B", (0.40, 0.60))
    early_no_decision: float = parameter(
        0.50, "share", 0.0, 1.0, "deals lost before the proposal that nobody wins", "V95", "C", (0.3, 0.7))
    silence_pace_share: float = parameter(
        1.6, "ratio", 0.0, 5.0,
        "a no decision stays silently open for this part of the buyer's pace; 1.6 keeps the age of lost deals within "
        "1.2 to 1.5 times that of won ones, in the base year and in the third", "V95", "D", (1.25, 3.0))
    rivals: int = parameter(2, "firms", 1, 10, "rivals at the last gate, each of utility 0", "", "D", (1, 4))
    account_loss_share: float = parameter(
        0.15, "share", 0.0, 1.0, "open deals lost when their rep leaves", "V116", "A", (0.13, 0.18))
    season_by_month: tuple[float, ...] = data_table(
        "ratio", "buyers' arrivals by month of the year: a factor for each month from January to December, of which "
        "only the proportions matter; empty for no seasons", month_factors)
    switch_month: int = parameter(
        1, "month of the year", 1, 12, "month whose first day is the switch: 1 January, 12 December", "", "D",
        neutral=1)
    quarter_end_share: float = parameter(
        0.0, "share", 0.0, 1.0, "decisions due soon after a quarter's end that are pulled before it", "", "D",
        (0.0, 0.5), neutral=0.0, acts_with="market.quarter_end_share")
    quarter_end_weeks: float = parameter(
        3.0, "weeks", 0.0, 13.0, "a decision due within this time after a quarter's end can be pulled forward",
        "", "D", (1.0, 6.0), neutral=3.0, acts_with="market.quarter_end_share")
    quarter_end_discount: float = parameter(
        0.1, "share", 0.0, 1.0, "part of a won deal's value given up for a decision pulled forward", "", "D",
        (0.0, 0.2), neutral=0.1, acts_with="market.quarter_end_share")
