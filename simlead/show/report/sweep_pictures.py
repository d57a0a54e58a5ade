"""A sweep's charts, as its design allows, and the assumption that moves its measure most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.parameters import ParameterError
from simlead.show.charts import sensitivity, simultaneous, surface_map, surface_slices
from simlead.show.language import say
from simlead.show.report.document import Picture, clean
from simlead.show.report.findings import Leading
from simlead.show.report.numbers import belief_name, in_percent_of_baseline, parameter_value, unit_of
from simlead.show.report.pictures import picture
from simlead.study.estimation.simultaneous import simultaneous_intervals
from simlead.study.sensitivity import morris_effects, outcomes_of, prcc, sobol_indices
from simlead.study.sensitivity.verdict import leading, may_be_nothing
from simlead.study.surface import fit_surface
from simlead.study.sweeps.sweep import Sweep

MOST_SIDE_BY_SIDE = 9
"""Combinations that are drawn one by one; of more, a surface through them."""

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
    found: Sweep, measure: str, indices: Mapping[str, pd.DataFrame | None]
) -> tuple[tuple[Picture, ...], list[str]]:
    """The charts, and the reasons for those that could not be drawn."""
    drawn: list[Picture] = []
    refused: list[str] = []
    kind = found.study.design.kind

    def add(key: str, beliefs: str, draw: Callable[[], Axes]) -> None:
        try:
            made = picture(f"{key}_{beliefs}", draw)
        except ParameterError as refusal:
            refused.append(clean(str(refusal)))
            return
        if made is not None:
            drawn.append(_named(made, beliefs, len(indices)))

    for beliefs, table in indices.items():
        if kind not in ("sobol", "morris"):
            few = found.study.baseline and (
                (found.design["beliefs"] == beliefs).sum() <= MOST_SIDE_BY_SIDE + 1)
            if few:
                add("simultaneous", beliefs, partial(_side_by_side, found, measure, beliefs))
            elif len(found.design) <= MOST_POINTS and len(found.study.factors) <= MOST_FACTORS:
                add("surface", beliefs, partial(_surface, found, measure, beliefs))
        if table is not None:
            add("sensitivity", beliefs, partial(sensitivity, table))
    return tuple(drawn), refused


def _named(made: Picture, beliefs: str, sets: int) -> Picture:
    """A picture whose finding says under which beliefs, where there are several sets."""
    if sets == 1:
        return made
    told = say("report.answers.under", beliefs=belief_name(beliefs), sentence=made.finding)
    return Picture(made.key, told, made.png, made.width, made.height)


def _surface(found: Sweep, measure: str, beliefs: str) -> Axes:
    fitted = fit_surface(found.design, measure, runs=found.runs([measure]), beliefs=beliefs)
    return (surface_map if len(fitted.factors) == 2 else surface_slices)(fitted)


def _side_by_side(found: Sweep, measure: str, beliefs: str) -> Axes:
    """Each combination against the baseline, with intervals that hold all together."""
    wide = found.runs([measure]).pivot(index="replicate", columns="point", values=measure)
    design = found.design[found.design["beliefs"] == beliefs]
    names = {}
    for line in design.to_dict("records"):
        values = say("words.comma").join(parameter_value(path, line[path]) for path in found.study.factors)
        names[int(line["point"])] = say("words.baseline") if line["baseline"] else values
    values_of = {name: wide[point].to_numpy(float) for point, name in names.items() if point in wide}
    baseline = say("words.baseline")
    relative = in_percent_of_baseline(unit_of(measure)) and float(pd.Series(values_of[baseline]).mean()) > 0
    table = simultaneous_intervals(values_of, baseline, relative=relative, seed=found.study.seed)
    return simultaneous(table.assign(measure=measure, unit="share" if relative else unit_of(measure)))
