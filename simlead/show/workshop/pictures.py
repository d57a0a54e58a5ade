"""The picture of the outcome to save, on 1280 x 720 pixels."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, figure_of, frame, name_axis, new_axes, placed, readable
from simlead.show.charts.palette import BLACK, BLUE, DPI, GREY, ORANGE, TEXT
from simlead.show.charts.rows import draw_interval, rows_in
from simlead.show.charts.tables import VERDICT_COLOURS, ChartError, verdict, verdict_mark
from simlead.show.format import number, signed
from simlead.show.language import say
from simlead.show.user_text import shortened
from simlead.show.wording import inside
from simlead.show.workshop.axis import axis_for
from simlead.show.workshop.levers import Firm
from simlead.show.workshop.marks import marks_at
from simlead.show.workshop.names import short_names
from simlead.show.workshop.texts import headline, labelled, summary
from simlead.show.workshop.tried import Tried
from simlead.show.workshop.view import COACHING_LEAST, COACHING_MOST, REVENUE_LEAST, REVENUE_MOST
from simlead.study.growing.experiment import Outcome

LONGEST_LABEL = 34

LANE = 0.07
"""Height of a lane of names as a fraction of the panel."""


@chart
def moves_and_bets(firm: Firm, rows: list[tuple[Tried, Outcome]], seed: int, short: dict[str, str] | None = None,
                   finding: str = "", ax: Axes | None = None) -> Axes:
    """The tried moves with their intervals, and each bet as a diamond beside the interval it was about.

    Left the paired difference of the final year's revenue from the status quo, in percent; right the share of a
    manager's week that is coached, with what was planned. The title states the first row's `finding`, by default that
    of the random numbers alone; tables that bet by phone are named there, by their short names (`short`), as on the
    page. Raises ChartError without rows.
    """
    if not rows:
        raise ChartError("no move was shown yet")
    ax = ax or new_axes()
    short = short or short_names(dict.fromkeys(bet.name for line, _ in rows for bet in line.bets))
    several = len({line.move.effect_sizes for line, _ in rows}) > 1
    labels = [shortened(labelled(line.firm, line.move, several), LONGEST_LABEL) for line, _ in rows]
    left, right = ax.inset_axes(placed((0.0, 0.0, 0.56, 1.0))), ax.inset_axes(placed((0.62, 0.0, 0.38, 1.0)))
    revenue = axis_for(_ends(rows, "revenue"), REVENUE_LEAST, REVENUE_MOST)
    coaching = axis_for(_ends(rows, "coaching"), COACHING_LEAST, COACHING_MOST)
    marks = [[marks_at(short, line.bets, axis, which, named=not place)
              for axis, which in ((revenue, "revenue"), (coaching, "coaching"))]
             for place, (line, _) in enumerate(rows)]
    lanes = max((mark["lane"] for mark in marks[0][0]), default=0)
    for panel, axis, title, signs in ((left, revenue, say("workshop.chart.revenue_axis"), True),
                                      (right, coaching, say("workshop.chart.coaching_axis"), False)):
        rows_in(panel, labels if panel is left else [""] * len(rows), -0.6 - LANE * lanes * len(rows))
        panel.set_xlim(axis.low, axis.high)
        panel.set_xticks(axis.ticks, [signed(tick, 5.0) if signs else number(tick, 5.0) for tick in axis.ticks])
        name_axis(panel, title)
    left.axvline(0.0, color=BLACK, linewidth=1.5, zorder=1)
    for place, (_, outcome) in enumerate(rows):
        said = verdict(outcome.revenue.low, outcome.revenue.high)
        for panel, found, colour, mark in ((left, outcome.revenue, VERDICT_COLOURS[said], verdict_mark(said)),
                                           (right, outcome.realised, BLUE, {})):
            mean, low, high = (100.0 * end for end in (found.mean, found.low, found.high))
            draw_interval(panel, place, mean, low, high, colour, width=5, size=13, **mark)
        right.plot([100 * outcome.planned.mean], [place], "|", color=GREY, markersize=26, markeredgewidth=3,
                   gid="planned")
        for panel, bets in zip((left, right), marks[place], strict=True):
            for mark in bets:
                _bet(panel, place, mark)
    ax.set_axis_off()
    first = rows[0][1]
    return frame(ax, say("workshop.chart.picture_title", move=labelled(rows[0][0].firm, rows[0][0].move, several),
                         finding=inside(finding or headline(first))),
                 say(f"workshop.{'over_worlds' if finding else 'chart'}.picture_caption", firm=summary(firm), n=first.n,
                     seed=str(seed)))


def _ends(rows: list[tuple[Tried, Outcome]], which: str) -> list[float]:
    ends: list[float] = []
    for line, outcome in rows:
        estimate = outcome.revenue if which == "revenue" else outcome.realised
        ends += [100 * estimate.low, 100 * estimate.high, *(float(getattr(bet, which)) for bet in line.bets)]
        if which == "coaching":
            ends.append(100 * outcome.planned.mean)
    return ends


def _bet(panel: Axes, place: int, mark: dict[str, Any]) -> None:
    low, high = panel.get_xlim()
    at = low + (high - low) * mark["at"] / 100.0
    panel.plot([at], [place - 0.24], "D", color=ORANGE, markeredgecolor=BLACK, markersize=11, gid="bet", clip_on=False)
    if mark["name"]:
        readable(panel.annotate(mark["name"], (at, place - 0.24), (0, 9 + 20 * mark["lane"]), ha="center",
                                textcoords="offset points", fontsize=TEXT, fontweight="bold", gid="bet",
                                parse_math=False))


def png_of(drawn: Axes) -> bytes:
    """The chart as the PNG that `save_chart` writes."""
    content = io.BytesIO()
    figure_of(drawn).savefig(content, format="png", dpi=DPI)
    return content.getvalue()
