"""Charts that a slide draws itself, so that they can be edited: names and numbers, no picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd

from simlead.model.events import STAGES
from simlead.show.charts.differences import GATES
from simlead.show.charts.managers import COLOURS as USES
from simlead.show.charts.money import COLOURS
from simlead.show.charts.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from simlead.show.format import scale
from simlead.show.language import say
from simlead.show.wording import effect_sizes_name, inside, measure_name, scenario_name, with_unit

Kind = Literal["lines", "bars", "stacked"]

SEVERAL = (GREY, BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE)


@dataclasses.dataclass(frozen=True)
class Series:
    """Values by category, with the ends of their intervals where there are any."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    colour: str = BLUE
    edge: bool = False
    """Whether it is the end of an interval that is drawn as a thin line, without an entry in the legend."""


@dataclasses.dataclass(frozen=True)
class Native:
    """A chart of lines, of bars with their intervals, or of stacked bars; the axis says what the values are."""

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str
    category_axis: str = ""


def rounded(values: Iterable[float], factor: float = 1.0) -> tuple[float | None, ...]:
    """Values as an editor of the chart reads them, with six digits; None where there is none.

    >>> rounded([0.1234567891, float("nan")], 100.0)
    (12.3457, None)
    """
    return tuple(None if value != value else float(f"{factor * value:.6g}") for value in values)


def intervals(
    name: str, rows: Sequence[tuple[float, float, float]], factor: float, colour: str = BLUE
) -> Series:
    """A series of means with their intervals (mean, low, high)."""
    mean, low, high = zip(*rows, strict=True) if rows else ((), (), ())
    return Series(name, rounded(mean, factor), rounded(low, factor), rounded(high, factor), colour)


def differences(names: Sequence[str], rows: Sequence[tuple[float, float, float]], factor: float, axis: str) -> Native:
    """Bars of differences (mean, low, high) by scenario."""
    return Native("bars", tuple(scenario_name(name) for name in names), (intervals(axis, rows, factor),), axis)


def measures(table: pd.DataFrame, names: Sequence[str], wanted: Sequence[str]) -> Native | None:
    """Bars of some shares by scenario, a series for each measure; None where one is missing."""
    if not set(wanted) <= set(table["measure"]):
        return None
    series = tuple(intervals(measure_name(measure), _levels(table, measure, names), 100.0, colour)
                   for measure, colour in zip(wanted, (BLUE, ORANGE), strict=False))
    return Native("bars", tuple(map(scenario_name, names)), series, say("names.units.%"))


def gates(table: pd.DataFrame, names: Sequence[str]) -> Native | None:
    """Bars of the conversion at each gate, a series for each scenario; None where a gate is missing."""
    if not {measure for measure, _ in GATES} <= set(table["measure"]):
        return None
    by_gate = {measure: dict(zip(names, _levels(table, measure, names), strict=True)) for measure, _ in GATES}
    series = tuple(intervals(scenario_name(name), [by_gate[measure][name] for measure, _ in GATES], 100.0,
                             SEVERAL[place % len(SEVERAL)]) for place, name in enumerate(names))
    return Native("bars", tuple(say(f"names.gates.{stage}") for _, stage in GATES), series, say("names.units.%"))


def week(table: pd.DataFrame) -> Native:
    """Stacked bars of a manager's week by scenario, planned and realised."""
    names = list(dict.fromkeys(table["scenario"].astype(str)))
    hours = table.assign(category=table["category"].astype(str)).set_index(["scenario", "category"])
    rows = [(name, column) for name in names for column in ("planned_hours", "realised_hours")]
    labels = {"planned_hours": "plan", "realised_hours": "actual"}
    series = []
    for use in (use for use in USES if use in set(hours.index.get_level_values("category"))):
        values = [float(hours[column].get((name, use), 0.0)) for name, column in rows]
        if any(value > 0.0 for value in values):
            series.append(Series(say(f"names.manager_uses.{use}"), rounded(values), colour=USES[use]))
    categories = tuple(
        say("charts_managers.row", who=scenario_name(name), kind=say(f"charts_managers.{labels[column]}"))
        for name, column in rows)
    return Native("stacked", categories, tuple(series), say("charts_managers.axis"))


def cumulative(months: pd.DataFrame, policy: str) -> Native:
    """Lines of a policy's cumulative profit by month under each set, with the ends of their intervals."""
    here = months[months["policy"] == policy]
    factor, unit = scale("$", float(here[["mean", "low", "high"]].abs().to_numpy().max()))
    series = []
    for name, colour in zip(dict.fromkeys(here["effect_sizes"].astype(str)), COLOURS, strict=False):
        rows = here[here["effect_sizes"] == name].sort_values("month")
        label = effect_sizes_name(name)
        series.append(Series(label, rounded(rows["mean"], factor), colour=colour))
        series += [Series(say(f"money.chart.{end}", effect_sizes=label), rounded(rows[end], factor), colour=colour,
                          edge=True) for end in ("low", "high")]
    categories = tuple(str(month) for month in sorted(set(here["month"].astype(int).tolist())))
    return Native("lines", categories, tuple(series), with_unit(say("charts_payback.earned"), unit),
                  say("charts_payback.months"))


def open_deals(weeks: pd.DataFrame) -> Native:
    """Lines of the open deals of a run by stage, week by week."""
    series = tuple(Series(say(f"names.stages.{stage}"), rounded(weeks[f"{stage}_open"]), colour=colour)
                   for stage, colour in zip(STAGES, (BLUE, GREEN, VERMILION), strict=True))
    return Native("lines", tuple(str(week) for week in weeks["week"].astype(int)), series,
                  say("charts_pipeline.axis_open"), say("charts_pipeline.axis_weeks"))


def several(
    names: Sequence[str], rows: Mapping[str, Sequence[tuple[float, float, float]]], factor: float, axis: str
) -> Native:
    """Bars (mean, low, high) by name, a series for each key, such as a set of effect sizes."""
    return Native("bars", tuple(names), tuple(
        intervals(key, values, factor, colour)
        for (key, values), colour in zip(rows.items(), COLOURS, strict=False)), axis)


def by_factor(names: Sequence[str], rows: Sequence[tuple[float, float, float]], axis: str) -> Native:
    """Bars of an index by factor, with their intervals."""
    return Native("bars", tuple(names), (intervals(inside(axis), rows, 1.0),), axis)


def _levels(table: pd.DataFrame, measure: str, names: Sequence[str]) -> list[tuple[float, float, float]]:
    rows = table[table["measure"] == measure].set_index("scenario").reindex(list(names))
    return [(float(mean), float(low), float(high)) for mean, low, high in rows[["mean", "low", "high"]].to_numpy(float)]
