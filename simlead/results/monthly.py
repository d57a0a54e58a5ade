"""Sums by month of a run's weeks: what a chart by month needs, in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model.scenario import Scenario
from simlead.results.ledger import month_ends
from simlead.results.weekly import weekly_series

if TYPE_CHECKING:
    from simlead.engines.contract import Records

MONTHLY = ("revenue", "rival_value", "profit")
"""The series that are summed ($), in the order of the rows."""


def monthly_sums(records: Records, scenario: Scenario) -> NDArray[np.float32]:
    """Sum each series of :data:`MONTHLY` over each whole month since the switch: series x months, single precision."""
    weeks = month_weeks(scenario.calendar.horizon_weeks)
    starts = np.concatenate([[0], np.cumsum(weeks)]).astype(int)
    series = [np.concatenate([[0.0], np.cumsum(weekly_series(records, scenario, name))]) for name in MONTHLY]
    return np.array([np.diff(one[starts]) for one in series], np.float32)


def month_weeks(weeks: int) -> NDArray[np.int_]:
    """Number of weeks in each whole month of a horizon: four or five.

    >>> month_weeks(26).tolist()
    [4, 5, 4, 4, 5, 4]
    """
    return np.diff(month_ends(weeks), prepend=-1)
