"""The picture that a room takes home: what the outcome shows, on 1280 x 720 pixels."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simlead.show.charts.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    TEXT,
    VERMILION,
    ChartError,
    frame,
    label_rows,
    new_axes,
    placed,
    plain,
    readable,
    save_chart,
)
from simlead.show.language import say
from simlead.show.wording import inside, number, signed
from simlead.show.workshop.axis import Axis, axis_for
from simlead.show.workshop.experiment import Outcome
from simlead.show.workshop.levers import Firm
from simlead.show.workshop.session import Tried
from simlead.show.workshop.texts import headline, labelled, summary, tone
from simlead.show.workshop.view import COACHING_LEAST, COACHING_MOST, REVENUE_LEAST, REVENUE_MOST

COLOURS = {"up": BLUE, "down": VERMILION, "unclear": GREY, "plain": BLUE}
BET = ORANGE

LONGEST_LABEL = 34


def moves_and_bets(firm: Firm, rows: list[tuple[Tried, Outcome]], seed: int, ax: Axes | None = None) -> Axes:
    """The tried moves with their intervals, and each bet as a diamond beside the interval it was about.

    Left the paired difference of the final year's revenue from the status quo, in percent; right the
    share of a manager's week that is coached, with what was planned. The title speaks of the
    first row. Raises ChartError without rows.
    """
    if not rows:
        raise ChartError("moves_and_bets: no move was shown yet")
    own = ax is None
    ax = new_axes() if ax is None else ax
    several = len({line.move.beliefs for line, _ in rows}) > 1
    labels = [_short(labelled(line.firm, line.move, several)) for line, _ in rows]
    left, right = ax.inset_axes(placed((0.0, 0.0, 0.56, 1.0))), ax.inset_axes(placed((0.62, 0.0, 0.38, 1.0)))
    revenue = axis_for(_ends(rows, "revenue"), REVENUE_LEAST, REVENUE_MOST)
    coaching = axis_for(_ends(rows, "coaching"), COACHING_LEAST, COACHING_MOST)
    for panel, axis, title, signs in ((left, revenue, say("workshop.chart.revenue_axis"), True),
                                      (right, coaching, say("workshop.chart.coaching_axis"), False)):
        _prepare(panel, axis, len(rows), title, signs)
    left.axvline(0.0, color=BLACK, linewidth=1.5, zorder=1)
    label_rows(left, labels)
    right.set_yticks([])
    for place, (line, outcome) in enumerate(rows):
        colour = COLOURS[tone(outcome.revenue.low, outcome.revenue.high)]
        _interval(left, place, outcome.revenue.mean, outcome.revenue.low, outcome.revenue.high, colour)
        _interval(right, place, outcome.realised.mean, outcome.realised.low, outcome.realised.high, BLUE)
        right.plot([100 * outcome.planned.mean], [place], "|", color=GREY, markersize=26, markeredgewidth=3,
                   gid="planned")
        for bet in line.bets:
            _bet(left, place, bet.revenue, bet.name)
            _bet(right, place, bet.coaching, bet.name)
    ax.set_axis_off()
    first = rows[0][1]
    frame(ax, say("workshop.chart.picture_title", move=labelled(rows[0][0].firm, rows[0][0].move, several),
                  finding=inside(headline(first))),
          say("workshop.chart.picture_caption", firm=summary(firm), n=first.n, seed=str(seed)), labels, own)
    return ax


def _ends(rows: list[tuple[Tried, Outcome]], which: str) -> list[float]:
    ends: list[float] = []
    for line, outcome in rows:
        estimate = outcome.revenue if which == "revenue" else outcome.realised
        ends += [100 * estimate.low, 100 * estimate.high, *(float(getattr(bet, which)) for bet in line.bets)]
        if which == "coaching":
            ends.append(100 * outcome.planned.mean)
    return ends


def _prepare(panel: Axes, axis: Axis, rows: int, title: str, signs: bool) -> None:
    plain(panel)
    panel.set_xlim(axis.low, axis.high)
    panel.set_ylim(rows - 0.4, -0.6)
    panel.set_xticks(axis.ticks, [signed(tick, 5.0) if signs else number(tick, 5.0) for tick in axis.ticks])
    panel.set_xlabel(title, fontsize=TEXT)


def _interval(panel: Axes, place: int, mean: float, low: float, high: float, colour: str) -> None:
    values = 100.0 * np.array([mean, low, high])
    panel.plot(values[1:], [place, place], color=colour, linewidth=5, solid_capstyle="butt", gid="interval")
    panel.plot(values[:1], [place], "o", color=colour, markersize=13, gid="mean")


def _bet(panel: Axes, place: int, value: float, name: str) -> None:
    low, high = panel.get_xlim()
    at = min(high, max(low, value))
    panel.plot([at], [place - 0.24], "D", color=BET, markeredgecolor=BLACK, markersize=11, gid="bet", clip_on=False)
    readable(panel.annotate(name, (at, place - 0.24), (0, 9), textcoords="offset points", ha="center",
                            fontsize=TEXT, fontweight="bold", gid="bet"))


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL - 1].rstrip()}…"


def png_of(chart: Figure | Axes) -> bytes:
    """The chart as the PNG that `save_chart` writes."""
    with tempfile.TemporaryDirectory() as folder:
        return save_chart(chart, Path(folder) / "picture.png").read_bytes()
