"""Series by week as outcomes of a run: profit, and every numeric column of the table of weeks.

A series has a value for each week from the switch on (week 0), in dollars or counts of that week.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model import tables
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.results.money import weekly_profit
from simlead.results.windows import Table

if TYPE_CHECKING:
    from simlead.engines.contract import Records

Series = Callable[[Table, Scenario], NDArray[np.float64]]


def _column(name: str) -> Series:
    return lambda weeks, _: weeks[name].astype(np.float64)


WEEKLY: dict[str, Series] = {
    "profit": weekly_profit,
    **{name: _column(name) for name in tables.WEEKS_DTYPE.names or () if name != "week"},
}
"""Every series by name: a function of the table of weeks and the scenario."""


def weekly_series(records: Records, scenario: Scenario, name: str) -> NDArray[np.float64]:
    """Compute a series of a run, from week 0 to the last week of the horizon."""
    return WEEKLY[name](records.weeks[records.weeks["week"] >= 0], scenario)


def checked_weekly(names: object) -> tuple[str, ...]:
    """Return the names of series as a tuple without repetitions; ParameterError for an unknown one.

    >>> checked_weekly("profit"), checked_weekly(["revenue", "profit", "revenue"])
    (('profit',), ('revenue', 'profit'))
    """
    chosen = [names] if isinstance(names, str) else list(names) if isinstance(names, (list, tuple)) else None
    if chosen is None:
        raise ParameterError(f"weekly = {names!r}: a name or a list of names is needed")
    for name in chosen:
        if not isinstance(name, str) or name not in WEEKLY:
            raise ParameterError(f"weekly {name!r}: no such series by week{nearest(str(name), WEEKLY)}")
    return tuple(dict.fromkeys(chosen))
