"""Both policies month by month for the page: bands that tighten with each matched pair, and the month of payback.

Months run from left to right in every language, as they do in the charts that are saved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, new_axes, placed, plain
from simlead.show.charts.palette import BLUE, GREY, TEXT, VERMILION
from simlead.show.charts.tables import ChartError
from simlead.show.format import count, number, scale, with_interval
from simlead.show.language import say
from simlead.show.money import payback_clause
from simlead.show.workshop.axis import Axis, close_axis
from simlead.show.workshop.levers import changed
from simlead.show.workshop.session import BETTING, Session
from simlead.show.workshop.texts import named
from simlead.study.growing.experiment import SHOWN_FROM
from simlead.study.growing.months import SHOWN, Band, Months
from simlead.study.payback import Payback

UNITS = {"revenue": "$/month", "market_share": "share", "profit": "$/month"}
TICK_MONTHS = 6

Content = dict[str, Any]


def months_shown(session: Session) -> Months | None:
    """The months of the levers where they stand, if they may be shown."""
    if session.phase == BETTING or not changed(session.firm, session.move):
        return None
    experiment = session.experiment()
    found = experiment.months() if experiment is not None and experiment.n >= SHOWN_FROM else None
    return found


def months_content(session: Session) -> Content:
    """What the page draws: texts, and places in percent of each chart; only a title while there is nothing to draw."""
    found = months_shown(session)
    if found is None:
        key = ("betting" if session.phase == BETTING else "nothing" if not changed(session.firm, session.move)
               else "waiting")
        return {"title": say(f"workshop_months.{key}"), "charts": []}
    last = len(found.before["profit"].mean)
    along = Axis(0, last, TICK_MONTHS)
    return {
        "title": title(found, named(session.firm, session.move)),
        "charts": [_chart(found, name) for name in SHOWN],
        "at": [along.at(month) for month in range(1, last + 1)],
        "ticks": [{"at": along.at(tick), "text": count(round(tick))} for tick in along.ticks],
        "axis": say("workshop_months.axis"),
        "payback": _mark(found.payback, along),
        "legend": {key: say(f"workshop_months.legend.{key}") for key in ("before", "after", "clear", "payback")},
        "note": say("workshop_months.note", n=found.n),
    }


def title(found: Months, move: str) -> str:
    """When the move is paid back, with its interval, or that it is not within the horizon."""
    if found.payback is None:
        return say("workshop_months.another_firm", move=move)
    back = found.payback
    clause = payback_clause({"payback_month": back.months, "payback_low": back.months_low,
                             "payback_high": back.months_high}, len(back.table) - 1)
    return say("workshop_months.title", move=move, payback=clause)


def _mark(payback: Payback | None, along: Axis) -> Content | None:
    """Where the month of payback stands with its interval; None where it is not within the horizon, or never behind."""
    if payback is None or not math.isfinite(payback.months) or payback.months_high == 0.0:
        return None
    return {"at": along.at(payback.months), "low": along.at(payback.months_low),
            "high": along.at(min(payback.months_high, along.high)),
            "text": say("workshop_months.paid_back", month=number(payback.months, 5.0))}


def _ends(found: Months, name: str) -> Iterable[float]:
    for side in (found.before[name], found.after[name]):
        yield from side.low.tolist()
        yield from side.high.tolist()


def _scale(found: Months, name: str) -> tuple[float, str, Axis]:
    """Factor and unit in which a series is shown, and its axis."""
    most = max((abs(end) for end in _ends(found, name) if math.isfinite(end)), default=1.0)
    factor, unit = scale(UNITS[name], most, short=True)
    return factor, unit, close_axis(factor * end for end in _ends(found, name))


def _chart(found: Months, name: str) -> Content:
    factor, unit, axis = _scale(found, name)
    clear = is_clear(found.difference[name])
    last = len(clear) - 1
    ends = [with_interval(factor * float(side.mean[last]), factor * float(side.low[last]),
                          factor * float(side.high[last]), unit) for side in (found.before[name], found.after[name])]
    return {
        "key": name, "title": say("workshop_months.chart", what=say(f"workshop_months.series.{name}"), unit=unit),
        "ticks": [{"at": axis.at(tick), "text": number(tick, 2.0 * axis.step)} for tick in axis.ticks],
        "zero": axis.at(0.0) if axis.low < 0.0 < axis.high else None,
        **{side: {part: [_place(axis, factor * value) for value in getattr(band, part).tolist()]
                  for part in ("mean", "low", "high")}
           for side, band in (("before", found.before[name]), ("after", found.after[name]))},
        "clear": np.flatnonzero(clear).tolist(),
        "said": say("workshop_months.said", month=last + 1, before=ends[0], after=ends[1],
                    clear=int(clear.sum()), months=last + 1),
    }


def _place(axis: Axis, value: float) -> float | None:
    return axis.at(value) if math.isfinite(value) else None


def is_clear(difference: Band) -> np.ndarray:
    """The months in which the interval of the difference within pairs does not contain 0."""
    return np.asarray((difference.low > 0.0) | (difference.high < 0.0))


@chart
def months_bands(found: Months, move: str, firm: str = "", seed: int = 0, ax: Axes | None = None) -> Axes:
    """The picture to take home: revenue, share and profit of both by month, and the month of payback.

    Raises ChartError for fewer than two months.
    """
    last = len(found.before["profit"].mean)
    if last < 2:
        raise ChartError("the horizon has less than two months")
    ax = ax or new_axes()
    months = np.arange(1, last + 1)
    for place, name in enumerate(SHOWN):
        panel = ax.inset_axes(placed((0.035 + place * 0.345, 0.06, 0.275, 0.86)))
        plain(panel, "both")
        factor, unit, axis = _scale(found, name)
        for side, colour, style in ((found.before[name], GREY, "--"), (found.after[name], BLUE, "-")):
            panel.fill_between(months, factor * side.low, factor * side.high, color=colour, alpha=0.22, linewidth=0,
                               gid="band")
            panel.plot(months, factor * side.mean, style, color=colour, linewidth=2.5, gid="mean")
        if found.payback is not None and math.isfinite(found.payback.months):
            panel.axvline(found.payback.months, color=VERMILION, linewidth=2, gid="back")
        panel.set_xlim(0.0, last)
        panel.set_ylim(axis.low, axis.high)
        panel.set_yticks(axis.ticks, [number(tick, 2.0 * axis.step) for tick in axis.ticks])
        panel.set_xticks(np.arange(0.0, last + 0.5, 2 * TICK_MONTHS))
        panel.set_title(say("workshop_months.chart", what=say(f"workshop_months.series.{name}"), unit=unit),
                        fontsize=TEXT, parse_math=False)
        panel.set_xlabel(say("workshop_months.axis"), fontsize=TEXT)
    ax.set_axis_off()
    return frame(ax, title(found, move), say("workshop_months.caption", firm=firm, n=found.n, seed=str(seed)))
