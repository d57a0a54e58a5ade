"""What the demo says: its table and the answer, with interval and n, in a sentence or two."""

from __future__ import annotations

import pandas as pd

from simlead.cli.output import quantity
from simlead.model.presets import BELIEFS
from simlead.model.scenario import REGISTRY, Scenario
from simlead.show.charts.style import RELATIVE, UNCLEAR, UP, interval, number, paired, verdict, words


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
    return paired(rows, name, 100.0, RELATIVE)


def answer(table: pd.DataFrame, policy: str, elapsed: float, engine: str) -> str:
    """The founding question's answer in a sentence or two, with interval and n.

    >>> row = {"measure": "revenue", "n": 6, "relative_difference": 0.0, "relative_low": 0.0, "relative_high": 0.0}
    >>> lead = {**row, "scenario": "leadership", "relative_difference": 0.09, "relative_low": 0.04,
    ...         "relative_high": 0.14}
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


CARRIED_BY = {
    "coaching": "world.coaching_gain_max",
    "clear_role": "world.clarity_effect",
    "accountable": "world.accountability_effect",
}
"""The assumption that each single policy's effect rests on first of all."""


def rests_on(table: pd.DataFrame, scenario: Scenario, beliefs: str) -> str:
    """Which single policy brings most by itself, and the assumption that carries it.

    >>> row = {"measure": "revenue", "relative_low": 0.0, "relative_high": 0.09, "n": 6}
    >>> alone = {"status_quo": 0.0, "coaching": 0.01, "clear_role": 0.15, "accountable": 0.02}
    >>> rows = pd.DataFrame([{**row, "scenario": name, "relative_difference": gain} for name, gain in alone.items()])
    >>> print(rests_on(rows, Scenario(), "evidence"))
    Of the three, clear role brings most by itself, +15 %; it rests on world.clarity_effect = 0.06 ...
    """
    effects = {name: revenue_effect(table, name) for name in CARRIED_BY}
    most = max(effects, key=lambda name: effects[name][0])
    mean, low, high = effects[most]
    line = REGISTRY[CARRIED_BY[most]]
    value = scenario.values()[line.path]
    others = " or ".join(name for name in BELIEFS if name != beliefs)
    return (f"Of the three, {words(most).lower()} brings most by itself, {'+' if mean > 0 else ''}"
            f"{number(mean, (high - low) / 2)} %; it rests on {line.path} = {value:g} {line.unit} "
            f"(likely {line.likely_low:g} to {line.likely_high:g}, grade {line.grade}). "
            f"Ask again with --beliefs {others}.")
