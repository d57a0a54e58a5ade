"""A sweep's charts, as its design allows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.parameters import ParameterError
from simlead.show.charts import sensitivity, simultaneous, surface_map, surface_slices
from simlead.show.format import count, scale
from simlead.show.language import say
from simlead.show.report.combinations import place_name, values_at
from simlead.show.report.document import Picture
from simlead.show.report.native import Native, by_factor
from simlead.show.report.pictures import picture
from simlead.show.sentences import sentences
from simlead.show.user_text import clean
from simlead.show.wording import effect_sizes_name, inside, measure_name, parameter_name, with_unit
from simlead.statistics.codes import leading
from simlead.study.report_record import MOST_SIDE_BY_SIDE, Part, SweepRecord

LONGEST_LABEL = 48
MOST_BARS = 12


def sweep_pictures(found: SweepRecord) -> tuple[tuple[Picture, ...], list[str]]:
    """The charts, and the reasons for those that could not be drawn."""
    drawn: list[Picture] = []
    refused: list[str] = []
    parts = found.seen

    def add(
        key: str, effect_sizes: str, draw: Callable[[], Axes], finding: str = "", chart: Native | None = None
    ) -> None:
        try:
            made = picture(f"{key}_{effect_sizes}", draw)
        except ParameterError as refusal:
            refused.append(clean(str(refusal)))
            return
        if made is not None:
            reading = parts[effect_sizes].reading
            shown = finding or made.finding if reading.enough else sentences(reading)[0]
            drawn.append(_named(dataclasses.replace(made, native=chart), shown, effect_sizes, len(parts)))

    for effect_sizes, part in parts.items():
        if not found.ranks:
            if len(part.levels) <= MOST_SIDE_BY_SIDE and part.at_once is not None:
                add("simultaneous", effect_sizes, partial(_side_by_side, part), _counted(part), _bars(part))
            elif found.drawable:
                add("surface", effect_sizes, partial(_surface, part))
        if part.index is not None:
            add("sensitivity", effect_sizes, partial(sensitivity, part.index), chart=_indices(part.index))
    return tuple(drawn), refused


def _named(made: Picture, finding: str, effect_sizes: str, sets: int) -> Picture:
    """A picture with its finding, which names the effect sizes where there are several sets."""
    if sets > 1:
        finding = say("report.answers.under", effect_sizes=effect_sizes_name(effect_sizes), sentence=inside(finding))
    return dataclasses.replace(made, finding=finding)


def _surface(part: Part) -> Axes:
    return (surface_map if len(part.surface.factors) == 2 else surface_slices)(part.surface)


def _side_by_side(part: Part) -> Axes:
    """Each combination against the baseline, with intervals that hold all together."""
    assert part.at_once is not None
    names = {str(point): _label(part, row) for row, point in enumerate(part.levels["point"].tolist())}
    return simultaneous(part.at_once.assign(
        scenario=part.at_once["scenario"].map(names), against=say("words.baseline"), measure=part.measure,
        unit="share" if part.relative else part.unit))


def _bars(part: Part) -> Native:
    """The same as a chart that can be edited."""
    assert part.at_once is not None
    factor, unit = (100.0, say("names.percents.share")) if part.relative else (
        (100.0, say("names.units.points")) if part.unit.startswith("share") else scale(
            part.unit, float(part.at_once[["low", "high"]].abs().to_numpy().max())))
    rows = [(float(mean), float(low), float(high)) for mean, low, high in part.at_once[
        ["difference", "low", "high"]].to_numpy(float)]
    names = {str(point): _label(part, row) for row, point in enumerate(part.levels["point"].tolist())}
    return by_factor([names[str(name)] for name in part.at_once["scenario"]],
                     [(factor * mean, factor * low, factor * high) for mean, low, high in rows],
                     with_unit(measure_name(part.measure), unit))


def _indices(table: pd.DataFrame) -> Native:
    """Which factor matters, as a chart that can be edited."""
    kind = leading(table)
    rows = table[table["index"] == kind].sort_values("rank").head(MOST_BARS)
    return by_factor([parameter_name(str(name)) for name in rows["factor"]],
                     [(float(mean), float(low), float(high)) for mean, low, high in rows[
                         ["estimate", "low", "high"]].to_numpy(float)], say(f"charts_sensitivity.axis.{kind}"))


def _label(part: Part, row: int) -> str:
    """A combination as a row's label: its factors by name, or only their values if that is too long."""
    name = place_name(part, row)
    return name if len(name) <= LONGEST_LABEL else " | ".join(values_at(part, row))


def _counted(part: Part) -> str:
    """How many combinations lie above the baseline, and how many below."""
    assert part.at_once is not None
    higher, lower = int((part.at_once["low"] > 0).sum()), int((part.at_once["high"] < 0).sum())
    every = len(part.at_once)
    return say("report.answers.side_by_side", points=count(every), higher=count(higher), lower=count(lower),
               unclear=count(every - higher - lower), measure=inside(measure_name(part.measure)))
