"""Tables of formatted texts: a comparison's numbers with their intervals, and parameters with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.show.format import difference, estimate

if TYPE_CHECKING:
    import pandas as pd

MEAN, DIFFERENCE = "mean (95 % interval)", "difference (95 % interval)"


def in_words(table: pd.DataFrame, measures: Iterable[str] | None = None) -> pd.DataFrame:
    """Format a comparison's table: by measure and scenario, mean and paired difference as text.

    Shares are in percent, their differences in points, much money in millions. The baseline is the first scenario.

    Parameters
    ----------
    table : pandas.DataFrame
        `Comparison.table`, or one of :func:`simlead.paired_table`.
    measures : iterable of str, optional
        The measures to show, in this order; all of the table by default.

    Returns
    -------
    pandas.DataFrame
        Texts: the mean and the difference from the baseline, each with its interval; a row per measure and scenario.

    Raises
    ------
    ParameterError
        For a measure that the table does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"measure": "market_share", "unit": "share", "mean": .1, "low": .09, "high": .11}
    >>> same = {"difference": 0., "difference_low": 0., "difference_high": 0., "scenario": "as it is"}
    >>> more = {"difference": .01, "difference_low": .004, "difference_high": .016, "scenario": "coached"}
    >>> in_words(pd.DataFrame([row | same, row | more])).iloc[1].tolist()
    ['10.0 % (9.0 to 11.0)', '+1.0 points (0.4 to 1.6)']
    """
    import pandas as pd

    there = list(dict.fromkeys(table["measure"]))
    wanted = there if measures is None else list(measures)
    for name in wanted:
        if name not in there:
            raise ParameterError(f"measure {name!r}: not in this table{nearest(name, there)}")
    baseline = table["scenario"].iloc[0]
    lines = []
    for name in wanted:
        for row in table[table["measure"] == name].to_dict("records"):
            level = estimate(row["mean"], row["low"], row["high"], row["unit"], short=True)
            moved = "" if row["scenario"] == baseline else difference(
                row["difference"], row["difference_low"], row["difference_high"], row["unit"], row["mean"])
            lines.append((name, row["scenario"], level, moved))
    frame = pd.DataFrame(lines, columns=["measure", "scenario", MEAN, DIFFERENCE])
    return frame.set_index(["measure", "scenario"])


def parameters(scenario: Scenario, paths: Iterable[str] | None = None) -> pd.DataFrame:
    """List parameters of a scenario with unit, meaning, likely range, source and grade.

    Parameters
    ----------
    scenario : Scenario
        The firm whose values are listed.
    paths : iterable of str, optional
        Paths such as "policy.coaching_share"; all parameters by default.

    Returns
    -------
    pandas.DataFrame
        A row per parameter: `value`, `unit`, `meaning`, `likely_low`, `likely_high`, `grade` and `source`.

    Raises
    ------
    ParameterError
        For an unknown path, with the nearest right one.

    Examples
    --------
    >>> parameters(Scenario(), ["policy.coaching_share"])[["value", "grade"]].values.tolist()
    [[0.2, 'C']]
    """
    import pandas as pd

    lines = []
    for path in REGISTRY if paths is None else paths:
        line = REGISTRY.get(path)
        if line is None:
            raise ParameterError(f"{path}: no such parameter{REGISTRY.nearest(str(path))}")
        lines.append((path, scenario.value(path), line.unit, line.meaning, line.likely_low, line.likely_high,
                      line.grade, line.source))
    columns = ["parameter", "value", "unit", "meaning", "likely_low", "likely_high", "grade", "source"]
    frame = pd.DataFrame(lines, columns=columns)
    frame["value"] = pd.Series([line[1] for line in lines], dtype=object)  # 4 teams are not 4.0 teams
    return frame.set_index("parameter")
