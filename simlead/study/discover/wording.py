"""What a table of boxes says, and which points lie in a box."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simlead.model.parameters import ParameterError
from simlead.study.discover.cases import Bools

if TYPE_CHECKING:
    import pandas as pd


def sentences(table: pd.DataFrame) -> list[str]:
    """A table of `prim` in words, a sentence per box.

    Density is the part of the box's points at which the outcome is true, beside that of all
    points; what it "covers" the part of all true points; "held out" the density at points
    that the box was not found on.
    """
    said = []
    for _, rows in table.groupby("box", sort=True):
        row = rows.iloc[0]
        outcome = str(row["outcome"])
        if row["verdict"] != "found":
            said.append(f"No box better than chance: nothing tells where {outcome} "
                        f"(overall {_percent(row['base_rate'])}; p {row['p_value']:.2g}).")
            continue
        text = f"{outcome} {'also ' if int(row['box']) > 1 else ''}when {' and '.join(restrictions(rows))}"
        said.append(f"{text[:1].upper()}{text[1:]} (density {_percent(row['density'])}, covers "
                    f"{_percent(row['coverage'])}; overall {_percent(row['base_rate'])}, held out "
                    f"{_percent(row['held_out_density'])}, p {row['p_value']:.2g}).")
    return said


def restrictions(rows: pd.DataFrame) -> list[str]:
    """The restrictions of a box in words, the surest first."""
    return [restriction(row) for row in rows.sort_values("quasi_p", kind="stable").to_dict("records")]


def restriction(row: dict[Any, Any]) -> str:
    """One restriction in words.

    >>> restriction({"factor": "policy.role_clarity", "low": math.nan, "high": 0.4, "values": ""})
    'role clarity < 0.4'
    """
    said = str(row["factor"]).rpartition(".")[2].replace("_", " ")
    if row["values"]:
        return f"{said} is {' or '.join(str(row['values']).replace('_', ' ').split(' | '))}"
    low, high = float(row["low"]), float(row["high"])
    if math.isnan(high):
        return f"{said} > {low:.15g}"
    return f"{said} < {high:.15g}" if math.isnan(low) else f"{low:.15g} < {said} < {high:.15g}"


def inside(points: pd.DataFrame, table: pd.DataFrame, box: int = 1) -> Bools:
    """Which rows of a table of points lie in a box that `prim` found.

    Raises ParameterError if there is no such box, or a column is missing.
    """
    rows = table[table["box"] == box].to_dict("records")
    if not rows:
        raise ParameterError(f"box {box}: the table has {', '.join(map(str, sorted(set(table['box']))))}")
    within = np.ones(len(points), bool)
    for row in rows:
        if not row["factor"]:
            continue
        if row["factor"] not in points.columns:
            raise ParameterError(f"points: no column {row['factor']}")
        column = points[row["factor"]]
        if row["values"]:
            within &= column.astype(str).isin(str(row["values"]).split(" | ")).to_numpy(bool)
        else:
            values = column.to_numpy(float)
            within &= ~(values <= row["low"]) & ~(values >= row["high"])  # nan is open
    return within


def _percent(share: float) -> str:
    return "unknown" if math.isnan(share) else f"{100 * share:.0f} %"
