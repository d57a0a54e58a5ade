"""The codes in columns and records of the statistics, for whoever shows them; loads no numerical library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simlead.statistics.errors import StatisticsError

if TYPE_CHECKING:
    import pandas as pd

LEADING = ("total", "mu_star", "prcc")
"""The indices by which factors are ranked, one for each sensitivity analysis."""

CONDITIONS = TOO_FEW, TRUSTED, FLAT, UNFINISHED, POINT_OFF, ERRORS_LARGE, NOISE_SHARED, UNEXPLAINED = (
    "too few replications", "trusted", "flat", "search unfinished", "point off", "errors large", "noise shared",
    "unexplained")
"""What a surface can be found to be; only `trusted` and `flat` are to be trusted. `too few replications`: what points
share cannot be separated from their own noise; `point off`: one point lies too far from what the others predict;
`errors large`: all do; `noise shared`: errors are smaller than the points' noise, which they must share; `unexplained`:
points differ by more than noise, and predict nothing of each other. `flat`: no difference between points can be shown,
which does not show that there is none."""

FOUND, CHANCE = "found", "no better than chance"
"""The verdicts on a box."""

STATED, TRUE, BELOW, ABOVE = "stated", "true", "below", "above"
"""What a box is of: what the user words, what is true, what lies on this side of a threshold."""

BEST, TIED, UNDECIDED, ELIMINATED, NOT_CHOSEN = "best", "tied", "undecided", "eliminated", "not chosen"
"""The status of a system in a selection."""

DOUBT = 0.05
"""A parameter is worth naming if chance would explain as much less often than this."""


def leading(table: pd.DataFrame) -> str:
    """The index that ranks this table's factors; StatisticsError if it is no sensitivity table."""
    found = [index for index in LEADING if "index" in table.columns and index in set(table["index"])]
    if len(found) != 1:
        raise StatisticsError("table: one made by sobol_indices, morris_effects or prcc is needed")
    return found[0]


def may_be_nothing(row: Any) -> bool:
    """Whether the interval of a row of a sensitivity table holds 0, or nothing above it."""
    return bool(row.low <= 0.0 if row.index != "prcc" else row.low <= 0.0 <= row.high)
