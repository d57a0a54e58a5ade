"""Charts of a structural ensemble: under which other forms of the model a conclusion holds, and which one breaks it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.scenario import REGISTRY
from simlead.show.answers import switch_name
from simlead.show.charts.axes import chart, figure_of, frame, name_axis, new_axes, placed, plain
from simlead.show.charts.fitted_text import lines_within
from simlead.show.charts.palette import BLUE, GREY, PALE, TEXT, VERMILION, WIDTH_INCHES
from simlead.show.charts.rows import rows_in
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import parameter_value
from simlead.show.language import say
from simlead.show.wording import brief, capital, effect_sizes_name, inside, listed, words

SWITCHES = ("effect_sizes", "policy", "switch", "conclusion")

MOST_ROWS = 10
"""Conclusions that have a row of their own; of more, those that a switch breaks come first."""

MOST_NAMED = 2
"""Switches that a title names at most."""

_MARKS = {"holds": ("o", BLUE, BLUE), "unclear": ("o", "white", GREY), "breaks": ("X", VERMILION, VERMILION)}


@chart
def structures(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw a strip of small marks: under which structural switches each conclusion holds, and which break it.

    Parameters
    ----------
    table : pandas.DataFrame
        `Answer.switches`, `Ensemble.table` or `Ensemble.best`, or any table with the columns :data:`SWITCHES`.
    {ax}

    {returns}
        Where a column is missing or the table is empty.

    Examples
    --------
    >>> table = pd.DataFrame({"effect_sizes": "evidence", "policy": "coaching", "switch": ["no_cover", "favourites"],
    ...                       "conclusion": ["holds", "breaks"]})
    >>> structures(table).get_title(loc="left").replace(chr(10), " ")
    'Conclusions that survive every switch: 0 of 1; what breaks most is “favourites are coached”'
    """
    need(table, SWITCHES)
    _refuse_empty(table)
    switches = [str(name) for name in dict.fromkeys(table["switch"])]
    every = _conclusions(table)
    lost = _lost(table)
    pairs = sorted(every, key=lambda pair: pair not in lost)[:MOST_ROWS] if len(every) > MOST_ROWS else every
    sets = dict.fromkeys(name for _, name in pairs)
    labels = [words(policy) if len(sets) == 1 else say(
        "charts_answers.row", policy=words(policy), effect_sizes=inside(effect_sizes_name(name)))
        for policy, name in pairs]
    ax = ax or new_axes()
    rows_in(ax, labels)
    plain(ax, "y")
    ax.set_xlim(-0.6, len(switches) - 0.4)
    for line in table.to_dict("records"):
        pair = (str(line["policy"]), str(line["effect_sizes"]))
        if pair in pairs:
            _mark(ax, switches.index(str(line["switch"])), pairs.index(pair), str(line["conclusion"]), 15)
    room = 0.6 * WIDTH_INCHES * 72 / len(switches)
    ax.set_xticks(range(len(switches)), [lines_within(capital(switch_name(name)), TEXT, room, 4) for name in switches])
    return frame(ax, _title(table), say("charts_answers.structures.caption"))


@chart
def structures_by_point(table: pd.DataFrame, ax: Axes | None = None, *, across: str | None = None) -> Axes:
    """Draw the points of a sweep, each with a strip of small marks: one for every structural switch.

    A panel for each set of effect sizes; a cell for each point, the values of one factor across and those of another
    upwards. The marks of a cell are in the order of the switches in the table, from left to right and downwards.

    Parameters
    ----------
    table : pandas.DataFrame
        `Ensemble.table` of a study with one or two factors.
    {ax}
    across : str, optional
        The factor that runs across (default: the first).

    {returns}
        Where a column is missing, the table is empty, or its factors are not one or two.

    Examples
    --------
    >>> table = pd.DataFrame({"effect_sizes": "evidence", "policy": ["a", "a", "b", "b"],
    ...                       "switch": ["no_cover", "favourites"] * 2, "policy.coaching_share": [.2, .2, .5, .5],
    ...                       "conclusion": ["holds", "holds", "holds", "breaks"]})
    >>> structures_by_point(table).get_title(loc="left").replace(chr(10), " ")
    'Conclusions that survive every switch: 1 of 2; what breaks most is “favourites are coached”'
    """
    need(table, SWITCHES)
    _refuse_empty(table)
    factors = [str(name) for name in table.columns if name in REGISTRY]
    if across is not None and across not in factors:
        raise ChartError(f"across {across}: the table has {', '.join(factors) or 'no factors'}")
    if not 1 <= len(factors) <= 2:
        raise ChartError(f"{len(factors)} factors in the table: one or two are needed")
    first = across or factors[0]
    second = next((name for name in factors if name != first), None)
    columns = sorted(set(table[first].tolist()))
    rows = sorted(set(table[second].tolist())) if second else [None]
    sets = [str(name) for name in dict.fromkeys(table["effect_sizes"])]
    switches = [str(name) for name in dict.fromkeys(table["switch"])]
    ax = ax or new_axes()
    heights = [parameter_value(second, value) for value in rows] if second else [""]
    frame(ax, _title(table), say("charts_answers.points.caption", all=len(switches), switches=listed(
        [switch_name(name) for name in switches])))
    ax.set_axis_off()
    gap = 0.04
    width = (1.0 - gap * (len(sets) - 1)) / len(sets)
    for number, name in enumerate(sets):
        left = placed((number * (width + gap), 0.0, width, 0.9))
        panel = ax.inset_axes(left)
        beside = left[0] < gap  # numbers stand at the left in every language
        _panel(panel, table[table["effect_sizes"] == name], first, second, columns, rows, switches)
        panel.set_title(capital(say("charts_answers.points.panel", effect_sizes=effect_sizes_name(name)))
                        if len(sets) > 1 else "", fontsize=TEXT)
        panel.set_yticks(range(len(rows)), heights if beside else [""] * len(rows))
        name_axis(panel, brief(first))
        if second and beside:
            name_axis(panel, y=brief(second))
    return ax


def _panel(
    panel: Axes, table: pd.DataFrame, first: str, second: str | None, columns: list[Any], rows: list[Any],
    switches: list[str],
) -> None:
    plain(panel)
    panel.grid(False)
    panel.set_xlim(-0.5, len(columns) - 0.5)
    panel.set_ylim(-0.5, len(rows) - 0.5)
    panel.set_xticks(range(len(columns)), [parameter_value(first, value) for value in columns])
    across = math.ceil(math.sqrt(len(switches)))
    down = math.ceil(len(switches) / across)
    inches = figure_of(panel).get_figwidth() * panel.get_position().width
    size = min(11.0, 0.55 * inches * 72 / len(columns) / across, 160.0 / len(rows) / down)
    drawn = set()
    for line in table.to_dict("records"):
        column, row = columns.index(line[first]), rows.index(line[second]) if second else 0
        if (column, row) not in drawn:
            panel.add_patch(_cell(column, row))
            drawn.add((column, row))
        place = switches.index(str(line["switch"]))
        x = column + 0.72 * ((place % across + 0.5) / across - 0.5)
        y = row - 0.72 * ((place // across + 0.5) / down - 0.5)
        _mark(panel, x, y, str(line["conclusion"]), size)


def _cell(column: int, row: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, facecolor=PALE, alpha=0.45, linewidth=0, zorder=0)


def _mark(ax: Axes, x: float, y: float, conclusion: str, size: float) -> None:
    marker, face, edge = _MARKS[conclusion]
    ax.plot([x], [y], marker, color=face, markeredgecolor=edge, markersize=size, markeredgewidth=size / 7.5,
            gid=conclusion)


def _refuse_empty(table: pd.DataFrame) -> None:
    if table.empty:
        raise ChartError("the table has no switches; answer(..., structures=True) runs them")


def _conclusions(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(table["policy"].astype(str), table["effect_sizes"].astype(str), strict=True)))


def _lost(table: pd.DataFrame) -> set[tuple[str, str]]:
    """The conclusions that any switch breaks."""
    return set(_conclusions(table[table["conclusion"] == "breaks"]))


def _title(table: pd.DataFrame) -> list[str]:
    """How many conclusions survive, and the switches that break most; without names if that is too long."""
    every, lost = len(_conclusions(table)), len(_lost(table))
    if not lost:
        return [say("charts_answers.structures.survive", all=every, switches=table["switch"].nunique())]
    counts = table.loc[table["conclusion"] == "breaks", "switch"].value_counts()
    most = [switch_name(str(name)) for name in counts.index[counts == counts.max()]][:MOST_NAMED]
    return [say("charts_answers.structures.broken", all=every, survive=every - lost, switch=_quoted(names))
            for names in (most, most[:1])]


def _quoted(names: Iterable[str]) -> str:
    return listed([say("charts_answers.quoted", text=name) for name in names])
