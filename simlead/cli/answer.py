"""What the demo says: its table and the answer, with interval and n, in a sentence or two."""

from __future__ import annotations

import pandas as pd

from simlead.cli.output import quantity
from simlead.show.charts.style import UNCLEAR, UP, interval, number, paired, verdict, words


def rows_of(table: pd.DataFrame) -> list[list[str]]:
    """The demo's table as words, a row per policy; revenue in percent of the first one's."""
    measures = {name: part.set_index("scenario") for name, part in table.groupby("measure", sort=False)}
    rows = []
    for name in measures["revenue"].index:
        cells = [words(name)]
        for measure, unit in (("revenue_growth", "share"), ("market_share", "share"),
                              ("coaching_hours_per_rep_month", "h/rep/month")):
            line = measures[measure].loc[name]
            cells.append(quantity(float(line["mean"]), unit, (float(line["high"]) - float(line["low"])) / 2))
        mean, low, high = revenue_effect(table, name)
        if name == measures["revenue"].index[0]:
            rows.append([*cells, "", "", "baseline"])
        else:
            half = (high - low) / 2
            rows.append([*cells, f"{'+' if mean > 0 else ''}{number(mean, half)} %", interval(low, high),
                         verdict(low, high)])
    return rows


def revenue_effect(table: pd.DataFrame, name: str) -> tuple[float, float, float]:
    """A policy's paired effect on final-year revenue in percent of the first one's, with interval."""
    rows = table[table["measure"] == "revenue"].set_index("scenario")
    return paired(rows, name, 100.0 / float(rows["mean"].iloc[0]))


def answer(table: pd.DataFrame, policy: str, elapsed: float, engine: str) -> str:
    """The founding question's answer in a sentence or two, with interval and n.

    >>> row = {"measure": "revenue", "mean": 100.0, "difference": 0.0, "difference_low": 0.0,
    ...        "difference_high": 0.0, "n": 6}
    >>> lead = {**row, "scenario": "leadership", "difference": 9.0, "difference_low": 4.0,
    ...         "difference_high": 14.0}
    >>> print(answer(pd.DataFrame([{**row, "scenario": "status_quo"}, lead]), "leadership", 41.0, "compiled"))
    Leading pays here: ...
    """
    mean, low, high = revenue_effect(table, policy)
    firms = int(table.loc[table["measure"] == "revenue", "n"].max())
    measured = (f"coaching, a clear role and accountability together change third-year revenue by "
                f"{'+' if mean > 0 else ''}{number(mean, (high - low) / 2)} % against the status quo "
                f"(95 % interval {interval(low, high)}, n = {firms} pairs of firms)")
    said = verdict(low, high)
    if said == UNCLEAR:
        return (f"Not settled yet: {measured}, and that interval holds zero. It is what {elapsed:.0f} "
                f"seconds of the {engine} engine afford; --seconds 600 narrows it.")
    start = "Leading pays here" if said == UP else "Leading costs here"
    return (f"{start}: {measured}. That is what {elapsed:.0f} seconds of the {engine} engine afford; "
            "--seconds 600 narrows it.")
