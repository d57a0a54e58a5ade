"""What charts read from tables: checked columns, the rows of a measure, verdicts of intervals, and captions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from simlead.show.charts.palette import BLUE, GREY, VERMILION
from simlead.show.language import say

UP, DOWN, UNCLEAR = "up", "down", "unclear"
VERDICT_COLOURS = {UP: BLUE, DOWN: VERMILION, UNCLEAR: GREY}


def verdict_mark(said: str) -> dict[str, Any]:
    """How a verdict's dot looks apart from its colour: round, square or hollow.

    >>> verdict_mark(UP), verdict_mark(DOWN), verdict_mark(UNCLEAR)
    ({'marker': 'o', 'hollow': False}, {'marker': 's', 'hollow': False}, {'marker': 'o', 'hollow': True})
    """
    return {"marker": "s" if said == DOWN else "o", "hollow": said == UNCLEAR}


DIFFERENCE = ("difference", "difference_low", "difference_high")
RELATIVE = ("relative_difference", "relative_low", "relative_high")


class ChartError(ValueError):
    """A table that cannot be drawn; the message is one line that says what is missing."""


def need(table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a table without rows or without one of these columns.

    >>> need(pd.DataFrame({"mean": [1.0]}), ["scenario", "mean"])
    Traceback (most recent call last):
    ...
    simlead.show.charts.tables.ChartError: the table has no column scenario; it has mean
    """
    missing = [column for column in columns if column not in table.columns]
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        raise ChartError(f"the table has no {word} {', '.join(missing)}; it has {', '.join(map(str, table.columns))}")
    if table.empty:
        raise ChartError("the table has no rows")


def allowed(values: Iterable[object], known: Iterable[str], what: str) -> None:
    """Refuse values of a column that are not among the known ones.

    >>> allowed(["gone"], ["won", "lost"], "outcome")
    Traceback (most recent call last):
    ...
    simlead.show.charts.tables.ChartError: outcome gone: allowed is won, lost
    """
    names = list(known)
    strange = sorted(set(map(str, values)) - set(names))
    if strange:
        raise ChartError(f"{what} {strange[0]}: allowed is {', '.join(names)}")


def rows_of(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows of one measure in their order, one a scenario, indexed by scenario."""
    rows = table[table["measure"] == measure].set_index("scenario")
    if rows.empty:
        known = ", ".join(dict.fromkeys(table["measure"].astype(str)))
        raise ChartError(f"the table has no measure {measure}; it has {known}")
    if not rows.index.is_unique:
        raise ChartError(f"measure {measure} has more than one row for a scenario")
    return rows


def focus_of(rows: pd.DataFrame, focus: str | None) -> str:
    """The scenario that the title states: the one asked for or the last; the best looks better than it is."""
    if focus is None:
        return str(rows.index[-1])
    if focus not in rows.index:
        raise ChartError(f"no scenario {focus}; the table has {', '.join(map(str, rows.index))}")
    return focus


def value_at(rows: pd.DataFrame, scenario: str, column: str, factor: float = 1.0) -> float:
    """One number of a table that is indexed by scenario, times a factor."""
    return factor * float(rows[column].to_numpy(float)[list(rows.index).index(scenario)])


def paired(
    rows: pd.DataFrame, scenario: str, factor: float, columns: Sequence[str] = DIFFERENCE
) -> tuple[float, float, float]:
    """A scenario's difference from the first one with its interval: in the measure's unit, or as `RELATIVE`."""
    difference, low, high = (value_at(rows, scenario, column, factor) for column in columns)
    return difference, low, high


def verdict(low: float, high: float) -> str:
    """What an interval of a difference shows, as a code that catalogues have words for: up, down, or unclear.

    >>> verdict(0.5, 2.0), verdict(-2.0, -0.5), verdict(-1.0, 1.0), verdict(float("nan"), 1.0)
    ('up', 'down', 'unclear', 'unclear')
    """
    return UP if low > 0 else DOWN if high < 0 else UNCLEAR


def change_words(low: float, high: float) -> str:
    """What the interval of a difference shows: higher, lower, or not distinguishable.

    >>> change_words(1.0, 2.0), change_words(-1.0, 2.0), change_words(float("nan"), float("nan"))
    ('higher', 'not distinguishable', 'not distinguishable')
    """
    return say(f"report.verdicts.{verdict(low, high)}")


def verdict_words(said: str) -> str:
    """A verdict as people read it.

    >>> verdict_words(UNCLEAR)
    'not distinguishable'
    """
    return say(f"words.verdicts.{said}")


def confidence_of(table: pd.DataFrame) -> float:
    """The confidence that a table's intervals were made for."""
    return float(table["confidence"].iloc[0])


def caption_of(table: pd.DataFrame, extra: str = "") -> str:
    """How many replicates and which seed, from the table's columns or attributes.

    >>> caption_of(pd.DataFrame({"n": [20], "seed": [0]}), "95 % intervals.")
    '95 % intervals. 20 replications per scenario, common random numbers (intervals count these only); seed 0.'
    """
    found = {}
    for key in ("n", "seed"):
        values = table[key].dropna().unique() if key in table.columns else [table.attrs.get(key)]
        known = sorted({int(value) for value in values if value is not None})
        ends = list(dict.fromkeys(map(str, [known[0], known[-1]]))) if known else []
        found[key] = say("words.to", low=ends[0], high=ends[-1]) if len(ends) == 2 else "".join(ends)
    runs = "replication" if found["n"] == "1" else "replications"
    key = (f"{runs}_and_seed" if found["seed"] else runs) if found["n"] else "seed" if found["seed"] else ""
    return " ".join(filter(None, [extra, say(f"charts_style.{key}", **found) if key else ""]))
