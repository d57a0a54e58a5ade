"""Sentences and cells about the combinations of a sweep under one set of effect sizes."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from simlead.show.charts.tables import UP, verdict
from simlead.show.format import count, difference, estimate, parameter_value
from simlead.show.language import say
from simlead.show.report.over_worlds import labelled
from simlead.show.wording import inside, listed, measure_name, parameter_name
from simlead.study.report_record import Part


@dataclasses.dataclass(frozen=True)
class Row:
    """One combination: its level, and its difference from the baseline if there is one, with its interval's ends."""

    level: str
    change: str
    low: float
    high: float
    n: int


def answer(part: Part) -> str:
    """The chosen combination in one sentence with its interval, which counts random numbers alone."""
    if not part.there:
        return say("report.answers.none")
    n = count(int(part.levels["n"].iloc[part.chosen]))
    if int(part.levels["n"].max()) < 2:
        return say("report.answers.no_interval", n=n)
    what, points = inside(measure_name(part.measure)), count(part.count)
    if part.paired:
        line = part.family.iloc[part.chosen]
        low, high = float(line["low"]), float(line["high"])
        if not high - low >= 0:
            return say("report.answers.no_interval", n=n)
        moved = difference(float(line["difference"]), low, high, part.unit,
                           float(part.levels["mean"].iloc[part.chosen]), relative=part.relative)
        return labelled(say(f"report.answers.best_{verdict(low, high)}", points=points,
                            place=place_name(part, part.chosen), measure=what, change=moved, n=n))
    level = row_of(part, part.chosen).level
    if part.count == 1:
        return labelled(say("report.answers.one_point", place=place_name(part, part.chosen), measure=what, level=level,
                            n=n))
    gap, relative = part.range
    if not gap.high - gap.low >= 0:
        return say("report.answers.no_interval", n=n)
    higher = verdict(gap.low, gap.high) == UP
    moved = difference(gap.mean, gap.low, gap.high, part.unit, float(part.levels["mean"].iloc[part.lowest]),
                       relative=relative)
    return labelled(say(
        f"report.answers.range_{'up' if higher else 'unclear'}",
        measure=measure_name(part.measure) if higher else what, points=points, place=place_name(part, part.chosen),
        lowest=place_name(part, part.lowest), level=level, change=moved, n=n))


def place_name(part: Part, row: int) -> str:
    """A combination in words: the value of each of its factors."""
    return listed([say("words.place", factor=inside(parameter_name(path)), value=value)
                   for path, value in zip(part.factors, values_at(part, row), strict=True)], most=4)


def values_at(part: Part, row: int) -> list[str]:
    """The values of a combination's factors in words."""
    return [parameter_value(path, value) for path, value in point_at(part, row).items()]


def point_at(part: Part, row: int) -> dict[str, Any]:
    """The values of a combination's factors."""
    return {path: values[row] for path, values in part.points().items()}


def ranked(part: Part) -> list[tuple[float, int]]:
    """Difference (or level) and row of every combination that has a number, the highest first."""
    column = part.differences["difference"] if part.paired else part.levels["mean"]
    return sorted(((value, row) for row, value in enumerate(column.tolist()) if math.isfinite(value)),
                  key=lambda pair: -pair[0])


def row_of(part: Part, row: int, among_all: bool = False) -> Row:
    """A combination's cells; its difference with an interval for itself, or that holds for all of them."""
    line = part.levels.iloc[row]
    mean, low, high = (float(line[name]) for name in ("mean", "low", "high"))
    moved, ends = "", (math.nan, math.nan)
    if part.based:
        gap = (part.family if among_all else part.differences).iloc[row]
        ends = (float(gap["low"]), float(gap["high"]))
        moved = difference(float(gap["difference"]), *ends, part.unit, mean, relative=part.relative)
    return Row(estimate(mean, low, high, part.unit), moved, *ends, int(line["n"]))
