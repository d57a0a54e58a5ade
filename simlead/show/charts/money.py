"""A chart of a policy's cumulative profit over worlds, under each set of effect sizes, and of its payback."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, new_axes, plain, readable
from simlead.show.charts.fitted_text import spread
from simlead.show.charts.palette import BLUE, GREEN, TEXT, VERMILION
from simlead.show.charts.payback import profit_by_month
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import scale, setting
from simlead.show.language import say
from simlead.show.money import payback_clause
from simlead.show.wording import brief, capital, effect_sizes_name, inside
from simlead.statistics.series import not_below_from

NEEDED = ("effect_sizes", "policy", "month", "mean", "low", "high")
COLOURS, LINES = (BLUE, VERMILION, GREEN), ("-", (0, (6, 2)), (0, (2, 1)))


@chart
def money(
    months: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None, confidence: float = 0.95,
    worlds: int = 0, replications: int = 0, seed: int = 0,
) -> Axes:
    """Draw a policy's cumulative profit since the switch less the status quo's, with both uncertainties.

    A line and a band for each set of effect sizes; the diamond is the month from which on the expected profit is not
    behind.

    Parameters
    ----------
    months : pandas.DataFrame
        `Money.months`.
    {ax}
    focus : str, optional
        The policy that is drawn (default: the last one).
    confidence : float
        The level of the bands.
    worlds, replications, seed : int
        What the caption states.

    {returns}
        Where a column or the policy is missing, and for fewer than two months.

    Examples
    --------
    >>> table = pd.DataFrame({"effect_sizes": "evidence", "policy": "coaching", "month": [0, 1, 2, 3],
    ...                       "mean": [-9e3, -2e3, 4e3, 9e3], "low": [-9e3, -4e3, -1e3, 5e3],
    ...                       "high": [-9e3, 1e3, 7e3, 12e3]})
    >>> money(table).get_title(loc="left").replace(chr(10), " ")
    'Coaching is paid back after 2 months (1 to 3)'
    """
    need(months, NEEDED)
    policies = [str(name) for name in dict.fromkeys(months["policy"])]
    chosen = policies[-1] if focus is None else focus
    if chosen not in policies:
        raise ChartError(f"no policy {chosen}; the table has {', '.join(policies)}")
    here = months[months["policy"] == chosen]
    sets = [str(name) for name in dict.fromkeys(here["effect_sizes"])]
    last = float(here["month"].max())
    if last < 1.0:
        raise ChartError("the table has one month; two or more are needed")
    ax = ax or new_axes()
    plain(ax, "both")
    factor, unit = scale("$", float(here[["mean", "low", "high"]].abs().to_numpy().max()))
    ax.axhline(0.0, color="black", linewidth=1.5, zorder=1)
    backs, ends = [], []
    for name, colour, line in zip(sets, COLOURS, LINES, strict=False):
        rows = here[here["effect_sizes"] == name].sort_values("month")
        month, mean, low, high = (rows[column].to_numpy(float) for column in ("month", "mean", "low", "high"))
        ax.fill_between(month, factor * low, factor * high, color=colour, alpha=0.16, linewidth=0, gid="band")
        ax.plot(month, factor * mean, color=colour, linewidth=3, linestyle=line, gid="mean")
        back = {f"payback_{end}": not_below_from(values) for end, values in (
            ("month", mean), ("low", high), ("high", low))}
        if math.isfinite(back["payback_month"]):
            ax.plot([month[int(back["payback_month"])]], [0.0], "D", color=colour, markeredgecolor="white",
                    markersize=13, zorder=4, gid="back")
        backs.append(back)
        ends.append(factor * float(mean[-1]))
    profit_by_month(ax, last, unit)
    if len(sets) > 1:
        _name_lines(ax, sets, ends, last)
    caption = [say("money.chart.caption", level=setting(100.0 * confidence))]
    if worlds:
        caption.append(say("money.chart.worlds", worlds=worlds, replications=replications, seed=seed))
    return frame(ax, _titles(brief(chosen), sets, backs, int(last)), " ".join(caption))


def _titles(policy: str, sets: list[str], backs: list[dict[str, float]], months: int) -> list[str]:
    """When it is paid back, under each set of effect sizes; the second title is a shorter one."""
    first = payback_clause(backs[0], months, policy)
    if len(sets) == 1:
        return [first]
    others = [payback_clause(back, months, policy) for back in backs[1:]]
    if all(other == first for other in others):
        return [say("money.chart.alike", clause=first)]
    later = [payback_clause(back, months) for back in backs[1:]]
    names = [inside(effect_sizes_name(name)) for name in sets]
    return [capital(say("words.semicolon").join(
        say(f"money.chart.{key}", clause=clause, effect_sizes=name)
        for clause, name in zip([start, *later], names, strict=True)))
        for key, start in (("under", first), ("under_short", payback_clause(backs[0], months, inside(policy))))]


def _name_lines(ax: Axes, sets: list[str], ends: list[float], last: float) -> None:
    """Each line's set of effect sizes, at its end."""
    low, high = ax.get_ylim()
    heights = spread(ends, 0.07 * (high - low))
    for name, colour, height in zip(sets, COLOURS, heights, strict=False):
        readable(ax.annotate(effect_sizes_name(name), (last, height), (-6, 0), textcoords="offset points", va="center",
                             ha="right", fontsize=TEXT, color=colour,
                             fontweight="bold", gid="set"))
