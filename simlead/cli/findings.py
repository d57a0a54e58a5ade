"""What a sweep found, in a few lines: each point while they are few, else where the highest and lowest lie."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from simlead.cli.output import RELATIVE, columns_that_fit, difference, mean_interval, say_out, show_table
from simlead.cli.registry import shown
from simlead.results.measures import MEASURES
from simlead.show.headlines import headlines_of_sweep

if TYPE_CHECKING:
    import pandas as pd

    from simlead.study.sweeps.sweep import Sweep

FEW_POINTS = 12
"""As many points as are shown one by one."""

MOST_HEADLINES = 2

MOST_RUNS_COMPARED = 1_000_000
"""In a larger sweep nobody waits here until all points are compared pair by pair."""


def print_findings(found: Sweep) -> None:
    """Print what the sweep found so far, with 95 % intervals."""
    names = headlines_of_sweep(found)[:MOST_HEADLINES]
    points = found.points(names[:1])
    runs = points["n"]
    if not runs.any():
        say_out("No run came to its end: there is nothing to tell of.")
        return
    headlines = [_headline(found, measure) for measure in names]
    firms = f"{runs.min():,}" if runs.min() == runs.max() else f"{runs.min():,} to {runs.max():,}"
    say_out(f"{len(found.design):,} points, firms at each: {firms}, seed {found.study.seed}, 95 % intervals"
            f"{' of differences from the baseline' if found.study.baseline else ''}")
    if len(found.design) <= FEW_POINTS:
        _print_each_point(found, headlines)
    else:
        _print_extremes(found, headlines)
    for beliefs in found.study.beliefs if found.study.baseline else ():
        levels = ", ".join(f"{headline.measure} {headline.baselines[beliefs]}" for headline in headlines)
        say_out(f"Baseline under {beliefs} beliefs: {levels}")
    precision = found.study.precision
    if precision is not None and not points["reached"].all():
        say_out(f"{precision.maximum:,} firms, the precision's maximum, were not enough at "
                f"{int((~points['reached']).sum()):,} of the points.")


@dataclasses.dataclass(frozen=True, eq=False)
class Headline:
    """A measure at each point, or its difference from the baseline where there is one.

    `table` has point, beliefs, baseline, mean, low, high; `cells` are the same in words, and
    `baselines` the baseline's own value in words by beliefs.
    """

    measure: str
    table: pd.DataFrame
    cells: list[str]
    baselines: dict[str, str]


def _headline(found: Sweep, measure: str) -> Headline:
    unit = MEASURES[measure].unit if measure in MEASURES else ""
    names = {measure: "mean", f"{measure}_low": "low", f"{measure}_high": "high"}
    table = found.points([measure]).rename(columns=names)
    cells = [mean_interval(low, mean, high, unit)
             for mean, low, high in table[["mean", "low", "high"]].itertuples(index=False)]
    if not found.study.baseline:
        return Headline(measure, table, cells, {})
    relative = unit.startswith("$")
    moved = found.paired(measure, relative).rename(columns={"difference": "mean"})
    lines = zip(moved["mean"], moved["low"], moved["high"], table["mean"], strict=True)
    changes = [difference(low, mean, high, RELATIVE if relative else unit, level) for mean, low, high, level in lines]
    levels = dict(zip(table["beliefs"][table["baseline"]], np.array(cells)[table["baseline"]], strict=True))
    return Headline(measure, moved, changes, levels)


def _print_each_point(found: Sweep, headlines: list[Headline]) -> None:
    factors = _short(found.study.factors)
    several = len(found.study.beliefs) > 1
    columns = ["point", *(["beliefs"] if several else []), *factors.values(),
               *(headline.measure for headline in headlines)]
    rows = []
    for place, point in enumerate(found.design.to_dict("records")):
        if not point["baseline"]:
            values = [_value(point[path]) for path in factors]
            rows.append([str(point["point"]), *([str(point["beliefs"])] if several else []), *values,
                         *(headline.cells[place] for headline in headlines)])
    fit = columns_that_fit(columns, rows, at_least=len(columns) - len(headlines) + 1)
    show_table("", columns[:fit], [row[:fit] for row in rows], numbers=set(range(1 + several, fit)))


def _print_extremes(found: Sweep, headlines: list[Headline]) -> None:
    for headline in headlines:
        candidates = headline.table[~headline.table["baseline"]].dropna(subset="mean")
        for beliefs, part in candidates.groupby("beliefs", sort=False):
            order = part["mean"].sort_values(kind="stable").index.tolist()
            places = {"highest": order[-1], "lowest": order[0]}
            alike = ""
            if headline.table["n"].sum() <= MOST_RUNS_COMPARED:
                high, low = points_alike(found, headline.measure, part["point"].tolist(), list(places.values()))
                alike = f" ({high:,} others may be as high, {low:,} as low)"
            say_out(f"{headline.measure}, {beliefs} beliefs{alike}")
            width = max(len(headline.cells[place]) for place in places.values())
            for word, place in places.items():
                say_out(f"  {word:<7}  {headline.cells[place]:>{width}}  at {_where(found, place)}")
    say_out("Picked from many: luck flatters the highest and wrongs the lowest.")


def points_alike(found: Sweep, measure: str, points: list[int], chosen: list[int]) -> list[int]:
    """For each chosen point, how many of the others cannot be told from it.

    Their paired difference under the same luck has a 95 % interval that holds 0, or none.
    """
    runs = found.runs([measure])
    wide = runs[runs["point"].isin(points)].pivot(index="replicate", columns="point", values=measure)
    counts = []
    for point in chosen:
        gaps = wide.sub(wide[point], axis=0).drop(columns=point)
        n = gaps.notna().sum()
        with np.errstate(invalid="ignore"):
            half = stdtrit(n - 1, 0.975) * gaps.std() / np.sqrt(n)
        counts.append(len(gaps.columns) - int((gaps.mean().abs() > half).sum()))
    return counts


def _where(found: Sweep, place: int) -> str:
    row = found.design.iloc[[place]]
    return ", ".join(f"{name} {_value(row[path].tolist()[0])}" for path, name in _short(found.study.factors).items())


def _value(value: object) -> str:
    """A factor's value: in full, unless it was drawn and is longer than anybody reads.

    >>> _value(0.35), _value(0.03670162596), _value(True)
    ('0.35', '0.0367', 'true')
    """
    text = shown(value)
    return f"{value:.3g}" if isinstance(value, float) and len(text) > 8 else text


def _short(paths: tuple[str, ...]) -> dict[str, str]:
    """Each path's last word, where that is clear.

    >>> _short(("policy.coaching_share", "status_quo.coaching_share", "policy.role_clarity"))["policy.role_clarity"]
    'role_clarity'
    """
    last = [path.rpartition(".")[2] for path in paths]
    return {path: word if last.count(word) == 1 else path for path, word in zip(paths, last, strict=True)}
