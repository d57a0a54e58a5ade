"""Several boxes, one after the other, as one table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from simlead.statistics.boxes import (
    LEAST_POINTS,
    Axis,
    Bools,
    Box,
    Cases,
    edges,
    find_box,
    held_out,
    p_value,
    weakest,
)
from simlead.statistics.codes import CHANCE, FOUND
from simlead.statistics.errors import StatisticsError

COLUMNS = ("box", "outcome", "measure", "side", "threshold", "verdict", "factor", "low", "high", "values",
           "other_values", "range_low", "range_high", "quasi_p", "density", "coverage", "support", "points", "hits",
           "base_rate", "held_out_density", "held_out_coverage", "p_value")
"""The columns of a table of boxes; `study.discover.prim` explains them."""

_NO_RESTRICTION = {"factor": "", "values": "", "other_values": "", **dict.fromkeys(
    ("low", "high", "range_low", "range_high", "quasi_p"), math.nan)}

LEAST_CASES = 20
"""Minimum number of points for a search."""


def box_table(
    cases: Cases, sought: dict[str, Any], boxes: int, false_alarm: float, shuffles: int, random: np.random.Generator
) -> pd.DataFrame:
    """Find at most `boxes` boxes, each among the points outside the ones before; a row per box and restricted factor.

    A box counts as found if shuffled outcomes show one as strong with a probability of at most `false_alarm`; the
    first that does not ends the search. `sought` are columns that every row gets. Raises StatisticsError for too few
    points, or an outcome that is true, or false, at nearly all of them.
    """
    n, true = len(cases.hits), int(cases.hits.sum())
    if n < LEAST_CASES:
        raise StatisticsError(f"points: {n} are too few to find a box in; {LEAST_CASES} are needed")
    if min(true, n - true) < LEAST_POINTS:
        raise StatisticsError(f"outcome: true at {true} of {n} points; at least {LEAST_POINTS} are needed that are "
                             "true, and as many that are not")
    lines: list[dict[str, Any]] = []
    left = cases
    for number in range(1, boxes + 1):
        if min(int(left.hits.sum()), int((~left.hits).sum())) < LEAST_POINTS:
            break
        box = find_box(left)
        chance = p_value(box, left, shuffles, random)
        found = box is not None and chance <= false_alarm
        if not found and lines:
            break
        lines += _lines(number, box, left, cases, {
            **sought, "verdict": FOUND if found else CHANCE, "p_value": chance,
            **dict(zip(("held_out_density", "held_out_coverage"), held_out(left, random, true), strict=True))})
        if box is None or not found:
            break
        left = left.part(~box.holds(left.places))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _lines(number: int, box: Box | None, left: Cases, cases: Cases, shared: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one box."""
    points, hits = (box.points, box.hits) if box else (len(left.hits), int(left.hits.sum()))
    whole = {
        **_NO_RESTRICTION, **shared, "box": number, "density": hits / points,
        "coverage": hits / int(cases.hits.sum()), "support": points / len(cases.hits), "points": points, "hits": hits,
        "base_rate": float(left.hits.mean())}
    if box is None:
        return [whole]
    return [{**whole, "factor": left.axes[j].name, **_restriction(left.axes[j], box.levels[j]),
             "quasi_p": weakest(list(box.levels), j, left)[0]} for j in box.restricted]


def _restriction(axis: Axis, inside: Bools) -> dict[str, Any]:
    if not axis.ordered:
        values, others = (" | ".join(map(str, axis.levels[side])) for side in (inside, ~inside))
        return {"values": values, "other_values": others}
    levels = axis.levels.astype(float)
    first, last = edges(inside)
    low = high = math.nan
    if first > 0:
        low = levels[first] - 1 if axis.whole else between(levels[first - 1], levels[first])
    if last < len(levels) - 1:
        high = levels[last] + 1 if axis.whole else between(levels[last], levels[last + 1])
    return {"low": low, "high": high, "range_low": levels[0], "range_high": levels[-1]}


def between(low: float, high: float) -> float:
    """The number between two others that takes the fewest decimals; of several, the one next to their middle.

    >>> between(0.25, 0.5), between(0.3987, 0.4031), between(8.0, 12.0), between(120.0, 480.0)
    (0.4, 0.4, 10.0, 300.0)
    """
    middle = low + (high - low) / 2
    for decimals in range(-12, 18):
        rounded = float(round(middle, decimals))
        if low < rounded < high:
            return rounded
    return middle


def inside(points: pd.DataFrame, table: pd.DataFrame, box: int = 1) -> Bools:
    """Which rows of a table of points lie in a box of a `box_table`.

    Raises StatisticsError if there is no such box, or a column is missing.
    """
    rows = table[table["box"] == box].to_dict("records")
    if not rows:
        raise StatisticsError(f"box {box}: the table has {', '.join(map(str, sorted(set(table['box']))))}")
    within = np.ones(len(points), bool)
    for row in rows:
        if not row["factor"]:
            continue
        if row["factor"] not in points.columns:
            raise StatisticsError(f"points: no column {row['factor']}")
        column = points[row["factor"]]
        if row["values"]:
            within &= column.astype(str).isin(str(row["values"]).split(" | ")).to_numpy(bool)
            continue
        for edge, side in (("low", np.greater), ("high", np.less)):
            if not math.isnan(float(row[edge])):
                within &= np.asarray(side(column.to_numpy(float), float(row[edge])), bool)
    return within
