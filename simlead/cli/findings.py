"""Results of a sweep in a few lines: each point while they are few, else where the highest and lowest are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from simlead.cli.parameters import shown
from simlead.cli.reading import MOST_HEADLINES, reading_of
from simlead.cli.terminal import columns_that_fit, show_table, write
from simlead.show.format import difference, estimate, setting, unit_of

if TYPE_CHECKING:
    import pandas as pd

    from simlead.study.sweeps.sweep import Sweep

FEW_POINTS = 12
"""Number of points up to which each is shown."""


def print_findings(found: Sweep) -> None:
    """Print what the sweep found so far, with 95 % intervals."""
    names = found.headlines[:MOST_HEADLINES]
    points = found.points(names[:1])
    runs = points["n"]
    if not runs.any():
        write("No run finished: there is nothing to report.")
        return
    headlines = [_headline(found, measure) for measure in names]
    made = f"{runs.min():,}" if runs.min() == runs.max() else f"{runs.min():,} to {runs.max():,}"
    write(f"{len(found.design):,} points, {made} replications each, seed {found.study.seed}, 95 % intervals"
            f"{' of differences from the baseline' if found.study.baseline else ''}")
    if len(found.design) <= FEW_POINTS:
        _print_each_point(found, headlines)
    else:
        _print_extremes(found, headlines)
    write_reading(found, names[0])
    for effect_sizes in found.study.effect_sizes if found.study.baseline else ():
        levels = ", ".join(f"{headline.measure} {headline.baselines[effect_sizes]}" for headline in headlines)
        write(f"Baseline under {effect_sizes} effect sizes: {levels}")
    precision = found.study.precision
    if precision is not None and not points["reached"].all():
        write(f"{precision.maximum:,} replications, the precision's maximum, were not enough at "
                f"{int((~points['reached']).sum()):,} of the points.")


def write_reading(found: Sweep, measure: str, effect_sizes: str | None = None) -> None:
    """Print what the sweep shows of a measure, for each set of effect sizes or for one of them."""
    for sentence in reading_of(found, measure, effect_sizes):
        write(sentence)


@dataclasses.dataclass(frozen=True, eq=False)
class Headline:
    """A measure at each point, or its difference from the baseline where there is one.

    `table` has point, effect sizes, baseline, mean, low, high; `cells` are the same as text, and
    `baselines` the baseline's own value as text by effect sizes.
    """

    measure: str
    table: pd.DataFrame
    cells: list[str]
    baselines: dict[str, str]


def _headline(found: Sweep, measure: str) -> Headline:
    unit = unit_of(measure)
    names = {measure: "mean", f"{measure}_low": "low", f"{measure}_high": "high"}
    table = found.points([measure]).rename(columns=names)
    cells = [estimate(mean, low, high, unit, short=True)
             for mean, low, high in table[["mean", "low", "high"]].itertuples(index=False)]
    if not found.study.baseline:
        return Headline(measure, table, cells, {})
    relative = unit.startswith("$")
    moved = found.paired(measure, relative).rename(columns={"difference": "mean"})
    lines = zip(moved["mean"], moved["low"], moved["high"], table["mean"], strict=True)
    changes = [difference(mean, low, high, unit, level, relative=relative) for mean, low, high, level in lines]
    levels = dict(zip(table["effect_sizes"][table["baseline"]], np.array(cells)[table["baseline"]], strict=True))
    return Headline(measure, moved, changes, levels)


def _print_each_point(found: Sweep, headlines: list[Headline]) -> None:
    factors = _short(found.study.factors)
    several = len(found.study.effect_sizes) > 1
    columns = ["point", *(["effect sizes"] if several else []), *factors.values(),
               *(headline.measure for headline in headlines)]
    rows = []
    for place, point in enumerate(found.design.to_dict("records")):
        if not point["baseline"]:
            values = [_value(point[path]) for path in factors]
            rows.append([str(point["point"]), *([str(point["effect_sizes"])] if several else []), *values,
                         *(headline.cells[place] for headline in headlines)])
    fit = columns_that_fit(columns, rows, at_least=len(columns) - len(headlines) + 1)
    show_table("", columns[:fit], [row[:fit] for row in rows], numbers=set(range(1 + several, fit)))


def _print_extremes(found: Sweep, headlines: list[Headline]) -> None:
    for headline in headlines:
        candidates = headline.table[~headline.table["baseline"]].dropna(subset="mean")
        for effect_sizes, part in candidates.groupby("effect_sizes", sort=False):
            order = part["mean"].sort_values(kind="stable").index.tolist()
            places = {"highest": order[-1], "lowest": order[0]}
            write(f"{headline.measure}, {effect_sizes} effect sizes")
            width = max(len(headline.cells[place]) for place in places.values())
            for word, place in places.items():
                write(f"  {word:<7}  {headline.cells[place]:>{width}}  at {_where(found, place)}")
    write("Selected by their results: the highest is overestimated, the lowest is underestimated.")


def _where(found: Sweep, place: int) -> str:
    row = found.design.iloc[[place]]
    return ", ".join(f"{name} {_value(row[path].tolist()[0])}" for path, name in _short(found.study.factors).items())


def _value(value: object) -> str:
    """A factor's value: in full, unless it was drawn and has more digits than anyone reads.

    >>> _value(0.35), _value(0.03670162596), _value(True)
    ('0.35', '0.0367', 'true')
    """
    return setting(value) if isinstance(value, float) else shown(value)


def _short(paths: tuple[str, ...]) -> dict[str, str]:
    """Each path's last word, or the whole path where that is ambiguous."""
    last = [path.rpartition(".")[2] for path in paths]
    return {path: word if last.count(word) == 1 else path for path, word in zip(paths, last, strict=True)}
