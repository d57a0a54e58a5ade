"""A sweep's charts, as its design allows, and the assumption that moves its measure most."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.parameters import ParameterError
from simlead.show.charts import sensitivity, simultaneous, surface_map, surface_slices
from simlead.show.language import say
from simlead.show.report.combinations import Combinations
from simlead.show.report.document import Picture, clean
from simlead.show.report.findings import Leading
from simlead.show.report.numbers import belief_name, count, measure_name
from simlead.show.report.pictures import picture
from simlead.show.wording import inside
from simlead.study.sensitivity import morris_effects, outcomes_of, prcc, sobol_indices
from simlead.study.sensitivity.verdict import leading, may_be_nothing
from simlead.study.surface import fit_surface
from simlead.study.sweeps.sweep import Sweep

MOST_SIDE_BY_SIDE = 9
"""Combinations that are drawn one by one; of more, a surface through them."""

LONGEST_LABEL = 48

MOST_POINTS = 400
"""Points that a surface is fitted to while somebody waits for a report."""

MOST_FACTORS = 4


def index_table(found: Sweep, measure: str, beliefs: str) -> pd.DataFrame | None:
    """Which factor matters, as the design allows to compute; None if it does not."""
    analyses: dict[str, Callable[..., pd.DataFrame]] = {"sobol": sobol_indices, "morris": morris_effects}
    try:
        points, outcomes = outcomes_of(found.design, found.runs([measure]), measure, beliefs)
        return analyses.get(found.study.design.kind, prcc)(points, outcomes, found.study.design.factors or None)
    except ParameterError:
        return None


def leading_assumption(table: pd.DataFrame | None, assumptions: Sequence[str]) -> Leading | None:
    """The assumption with the highest rank, if any was varied and an index could be computed."""
    if table is None:
        return None
    kind = leading(table)
    rows = table[(table["index"] == kind) & table["factor"].isin(assumptions)].sort_values("rank")
    if rows.empty or not rows["estimate"].notna().all():
        return None
    first: Any = next(iter(rows.itertuples()))
    tied = tuple(name for name in str(first.tied_with).split(", ") if name in assumptions and name != first.factor)
    return Leading(str(first.factor), kind, float(first.estimate), float(first.low), float(first.high),
                   bool(may_be_nothing(first)), tied)


def sweep_pictures(
    found: Sweep, parts: Mapping[str, Combinations], indices: Mapping[str, pd.DataFrame | None]
) -> tuple[tuple[Picture, ...], list[str]]:
    """The charts, and the reasons for those that could not be drawn."""
    drawn: list[Picture] = []
    refused: list[str] = []
    kind = found.study.design.kind

    def add(key: str, beliefs: str, draw: Callable[[], Axes], finding: str = "") -> None:
        try:
            made = picture(f"{key}_{beliefs}", draw)
        except ParameterError as refusal:
            refused.append(clean(str(refusal)))
            return
        if made is not None:
            drawn.append(_named(made, finding or made.finding, beliefs, len(indices)))

    for beliefs, table in indices.items():
        if kind not in ("sobol", "morris"):
            part = parts[beliefs]
            if len(part.levels) <= MOST_SIDE_BY_SIDE and part.at_once is not None:
                add("simultaneous", beliefs, partial(_side_by_side, part, part.at_once),
                    _counted(part, part.at_once))
            elif len(found.design) <= MOST_POINTS and len(found.study.factors) <= MOST_FACTORS:
                add("surface", beliefs, partial(_surface, found, part.measure, beliefs))
        if table is not None:
            add("sensitivity", beliefs, partial(sensitivity, table))
    return tuple(drawn), refused


def _named(made: Picture, finding: str, beliefs: str, sets: int) -> Picture:
    """A picture with its finding, which says under which beliefs where there are several sets."""
    if sets > 1:
        finding = say("report.answers.under", beliefs=belief_name(beliefs), sentence=inside(finding))
    return dataclasses.replace(made, finding=finding)


def _surface(found: Sweep, measure: str, beliefs: str) -> Axes:
    fitted = fit_surface(found.design, measure, runs=found.runs([measure]), beliefs=beliefs)
    return (surface_map if len(fitted.factors) == 2 else surface_slices)(fitted)


def _side_by_side(part: Combinations, at_once: pd.DataFrame) -> Axes:
    """Each combination against the baseline, with intervals that hold all together."""
    names = {str(point): _label(part, place) for place, point in enumerate(part.levels["point"].tolist())}
    named = at_once.assign(scenario=at_once["scenario"].map(names), against=say("words.baseline"),
                           measure=part.measure, unit="share" if part.relative else part.unit)
    return simultaneous(named)


def _label(part: Combinations, place: int) -> str:
    """A combination as a row's label: its factors by name, or only their values if that is too long."""
    name = part.place_name(place)
    return name if len(name) <= LONGEST_LABEL else " | ".join(part.values_at(place))


def _counted(part: Combinations, at_once: pd.DataFrame) -> str:
    """What a chart of combinations side by side shows: how many lie above the baseline, and how many below."""
    higher, lower = int((at_once["low"] > 0).sum()), int((at_once["high"] < 0).sum())
    return say("report.answers.side_by_side", points=count(len(at_once)), higher=count(higher), lower=count(lower),
               unclear=count(len(at_once) - higher - lower), measure=inside(measure_name(part.measure)))
