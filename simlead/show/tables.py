"""Tables for reading: a comparison's numbers with their intervals, and what parameters rest on.

What is computed with stays in the tables these are made of; here numbers are texts, with as many
digits as their interval bears.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.show.wording import in_points, interval, number, scale, signed

if TYPE_CHECKING:
    import pandas as pd

MEAN, DIFFERENCE = "mean (95 % interval)", "difference (95 % interval)"


def in_words(table: pd.DataFrame, measures: Iterable[str] | None = None) -> pd.DataFrame:
    """A comparison's table as people read it: by measure and scenario, mean and paired difference.

    Takes `Comparison.table`; shares are told in percent and their differences in points, much
    money in millions. What a share is of stands in `MEASURES`.

    Raises ParameterError for a measure that the table does not have.

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
            moved = "" if row["scenario"] == baseline else _difference(row)
            lines.append((name, row["scenario"], _mean(row), moved))
    frame = pd.DataFrame(lines, columns=["measure", "scenario", MEAN, DIFFERENCE])
    return frame.set_index(["measure", "scenario"])


def _mean(row: Mapping[Any, Any]) -> str:
    factor, unit = scale(_unit(row), float(row["mean"]))
    mean, low, high = (factor * float(row[column]) for column in ("mean", "low", "high"))
    if not math.isfinite(mean):
        return number(mean)
    return f"{number(mean, (high - low) / 2)} {unit} ({interval(low, high)})"


def _difference(row: Mapping[Any, Any]) -> str:
    factor, unit = scale(_unit(row), float(row["mean"]))
    mean, low, high = (factor * float(row[column]) for column in ("difference", "difference_low", "difference_high"))
    if not math.isfinite(mean):
        return number(mean)
    unit = in_points(unit) if _unit(row) == "share" else unit
    return f"{signed(mean, (high - low) / 2)} {unit} ({interval(low, high)})"


def _unit(row: Mapping[Any, Any]) -> str:
    """The unit; of a share only that it is one, for what it is a share of would make the table too wide."""
    unit = str(row["unit"])
    return "share" if unit.startswith("share") else unit


def parameters(scenario: Scenario, paths: Iterable[str] | None = None) -> pd.DataFrame:
    """Parameters of a scenario with unit, meaning, likely range, source and grade: all, or those named.

    Raises ParameterError for an unknown path, with the nearest right one.

    >>> parameters(Scenario(), ["policy.coaching_share"])[["value", "grade"]].values.tolist()
    [[0.2, 'C']]
    """
    import pandas as pd

    values = scenario.values()
    lines = []
    for path in REGISTRY if paths is None else paths:
        line = REGISTRY.get(path)
        if line is None:
            raise ParameterError(f"{path}: no such parameter{nearest(str(path), REGISTRY)}")
        lines.append((path, values[path], line.unit, line.meaning, line.likely_low, line.likely_high,
                      line.grade, line.source))
    columns = ["parameter", "value", "unit", "meaning", "likely_low", "likely_high", "grade", "source"]
    frame = pd.DataFrame(lines, columns=columns)
    frame["value"] = pd.Series([line[1] for line in lines], dtype=object)  # 4 teams are not 4.0 teams
    return frame.set_index("parameter")
