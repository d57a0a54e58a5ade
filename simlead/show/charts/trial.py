"""Charts of a trial: power against the effect, power against months, and when to try, roll out or leave it."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from simlead.show.charts.axes import chart, frame, legend_above, name_axis, new_axes, plain, readable
from simlead.show.charts.fitted_text import spread
from simlead.show.charts.palette import BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, TEXT, VERMILION
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import count, number, unit_words
from simlead.show.language import say
from simlead.show.trial import effect_scale_of, effect_words, money, outcome_name, smallest_words
from simlead.show.wording import counted, inside

POWER = 0.8
MOST_LINES = 4
_COLOURS = (BLUE, VERMILION, GREEN, PURPLE)
_MARKERS = ("o", "s", "^", "D")
_OPTIONS = {"try": (BLUE, ""), "now": (ORANGE, "//"), "leave": (GREY, "..")}


@chart
def trial_power(curves: pd.DataFrame, table: pd.DataFrame, ax: Axes | None = None, *, outcome: str | None = None,
                months: int = 12, worlds: int = 0) -> Axes:
    """Draw the power of a trial against the size of the effect on an outcome; plausible effects are shaded.

    Parameters
    ----------
    curves : pandas.DataFrame
        `TrialAnswer.curves`: outcome, effect, power, low, high.
    table : pandas.DataFrame
        `TrialAnswer.chosen`: outcome, level, effect, effect_low, effect_high, smallest.
    {ax}
    outcome : str, optional
        The outcome (default: the first of the table).
    months, worlds : int
        Length of the trial and number of worlds, for title and caption.

    {returns}
        Where a column or the outcome is missing.

    Examples
    --------
    >>> curves = pd.DataFrame({"outcome": "win_rate", "effect": [0.0, 0.1, 0.2], "power": [0.05, 0.4, 0.9],
    ...                        "low": [0.04, 0.35, 0.85], "high": [0.06, 0.45, 0.95]})
    >>> table = pd.DataFrame({"outcome": ["win_rate"], "level": 0.36, "effect": 0.01, "effect_low": -0.01,
    ...                       "effect_high": 0.03, "smallest": 0.18})
    >>> trial_power(curves, table, worlds=100).get_title(loc="left").replace(chr(10), " ")
    'Win rate of proposals: 12 months show effects from 18 points on; expected is +1 points'
    """
    need(curves, ("outcome", "effect", "power", "low", "high"))
    need(table, ("outcome", "level", "effect", "effect_low", "effect_high", "smallest"))
    chosen = str(table["outcome"].iloc[0]) if outcome is None else outcome
    lines, rows = curves[curves["outcome"] == chosen], table[table["outcome"] == chosen]
    if lines.empty or rows.empty:
        raise ChartError(f"no outcome {chosen}; the table has {', '.join(dict.fromkeys(table['outcome'].astype(str)))}")
    row = rows.iloc[0]
    level = float(row["level"])
    factor, unit = effect_scale_of(chosen, level)
    ax = ax or new_axes()
    plain(ax, "both")
    sizes = factor * lines["effect"].to_numpy(float)
    ends = factor * row[["effect_low", "effect_high"]].to_numpy(float)
    low, high = _sizes(float(ends[0]), float(ends[1]))
    ax.axvspan(low, high, color=PALE, alpha=0.6, linewidth=0, zorder=0, gid="plausible")
    ax.axhline(100.0 * POWER, color=GREY, linewidth=1.5, linestyle="--", zorder=1)
    ax.fill_between(sizes, 100.0 * lines["low"], 100.0 * lines["high"], color=BLUE, alpha=0.25, linewidth=0, gid="band")
    ax.plot(sizes, 100.0 * lines["power"], color=BLUE, linewidth=3, gid="power")
    smallest = float(row["smallest"])
    if math.isfinite(smallest):
        ax.plot([factor * smallest], [100.0 * POWER], "o", color=BLUE, markersize=12, gid="smallest")
    ax.set_xlim(0.0, float(sizes.max()))
    ax.set_ylim(0.0, 102.0)
    name_axis(ax, say("trial.charts.effect", outcome=inside(outcome_name(chosen)), unit=unit))
    name_axis(ax, y=say("trial.charts.power"))
    kind = "power_title" if math.isfinite(smallest) else "power_title_never"
    half = abs(float(row["effect_high"]) - float(row["effect_low"])) / 2
    title = say(f"trial.charts.{kind}", outcome=outcome_name(chosen), months=months,
                smallest=smallest_words(smallest, chosen, level),
                effect=effect_words(float(row["effect"]), chosen, level, half))
    seen = say("trial.charts.power_worlds", worlds=worlds) if worlds else say("trial.charts.power_all")
    return frame(ax, title, say("trial.charts.power_caption", worlds=seen))


def _sizes(low: float, high: float) -> tuple[float, float]:
    """The sizes of effects between two ends, whatever their signs.

    >>> _sizes(-1.0, 3.0), _sizes(-3.0, -1.0)
    ((0.0, 3.0), (1.0, 3.0))
    """
    return (0.0, max(abs(low), abs(high))) if low * high < 0.0 else (min(abs(low), abs(high)), max(abs(low), abs(high)))


@chart
def trial_months(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how often a trial sees what the change does, by the months that it lasts: the most powerful outcomes.

    Parameters
    ----------
    table : pandas.DataFrame
        `TrialAnswer.months`: outcome, months, power.
    {ax}

    {returns}
        Where a column is missing or there is one length alone.

    Examples
    --------
    >>> table = pd.DataFrame({"outcome": "win_rate", "months": [3, 6, 12], "power": [0.2, 0.5, 0.85]})
    >>> trial_months(table).get_title(loc="left").replace(chr(10), " ")
    'Win rate of proposals shows the change after 12 months'
    """
    need(table, ("outcome", "months", "power"))
    if table["months"].nunique() < 2:
        raise ChartError("the table has one length of trials; two or more are needed")
    best = table.groupby("outcome", sort=False)["power"].max().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in best.index[:MOST_LINES]]
    if "revenue" in best.index and "revenue" not in names:
        names[-1] = "revenue"
    ax = ax or new_axes()
    plain(ax, "both")
    ax.axhline(100.0 * POWER, color=GREY, linewidth=1.5, linestyle="--", zorder=1)
    last = float(table["months"].max())
    ends = []
    for place, name in enumerate(names):
        lines = table[table["outcome"] == name].sort_values("months")
        powers = 100.0 * lines["power"].to_numpy(float)
        ax.plot(lines["months"], powers, color=_COLOURS[place], linewidth=3, marker=_MARKERS[place], markersize=9,
                gid="power")
        ends.append(float(powers[-1]))
    places = spread(ends, 7.0)
    raised = max(0.0, 3.0 - min(places))
    for name, colour, at in zip(names, _COLOURS, places, strict=False):
        readable(ax.annotate(outcome_name(name), (last, at + raised), (10, 0), textcoords="offset points",
                             color=colour, fontsize=TEXT, va="center", annotation_clip=False, gid="name"))
    ax.set_xlim(0.0, 1.38 * last)
    ax.set_xticks(sorted(int(months) for months in table["months"].unique() if months % 3 == 0 or months == 1))
    ax.set_ylim(0.0, 102.0)
    name_axis(ax, say("trial.charts.months"))
    name_axis(ax, y=say("trial.charts.power"))
    seen = table[table["power"] >= POWER].sort_values(["months", "power"], ascending=[True, False], kind="stable")
    title = say("trial.charts.months_title_never", months=int(last)) if seen.empty else say(
        "trial.charts.months_title", outcome=outcome_name(str(seen["outcome"].iloc[0])),
        months=int(seen["months"].iloc[0]))
    return frame(ax, title, say("trial.charts.months_caption"))


@chart
def trial_map(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw which option is best by months and treated teams, and what trying first is worth over the others.

    Parameters
    ----------
    table : pandas.DataFrame
        `TrialAnswer.map`: treated, months, best, over_the_best.
    {ax}

    {returns}
        Where a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"treated": [1, 1], "months": [3, 6], "best": ["try", "now"],
    ...                       "over_the_best": [30e3, -5e3]})
    >>> trial_map(table).get_title(loc="left").replace(chr(10), " ")
    'A trial of 3 months with the change in 1 team is worth most: 30.0 thousand $ more than the best choice without one'
    """
    need(table, ("treated", "months", "best", "over_the_best"))
    months = sorted(int(value) for value in table["months"].unique())
    treated = sorted(int(value) for value in table["treated"].unique())
    ax = ax or new_axes()
    plain(ax, "both")
    ax.grid(False)
    for row in table.to_dict("records"):
        across, up = months.index(int(row["months"])), treated.index(int(row["treated"]))
        ax.add_patch(_cell(across, up, str(row["best"])))
        ax.text(across, up, number(float(row["over_the_best"]) / 1000.0, 5.0), ha="center", va="center", fontsize=TEXT,
                gid="worth", parse_math=False)
    legend_above(ax, [_cell(0, 0, option) for option in _OPTIONS if option in set(table["best"])])
    ax.set_xlim(-0.5, len(months) - 0.5)
    ax.set_ylim(-0.5, len(treated) - 0.5)
    ax.set_xticks(range(len(months)), [count(value) for value in months])
    ax.set_yticks(range(len(treated)), [count(value) for value in treated])
    name_axis(ax, say("trial.charts.months"))
    name_axis(ax, y=say("trial.charts.treated"))
    top = table.iloc[int(table["over_the_best"].to_numpy(float).argmax())]
    kind = "map_title" if float(top["over_the_best"]) > 0.0 else "map_title_none"
    title = say(f"trial.charts.{kind}", months=counted("month", int(top["months"])),
                treated=counted("team", int(top["treated"])), worth=money(abs(float(top["over_the_best"]))))
    return frame(ax, title, say("trial.charts.map_caption", unit=say("words.thousand", unit=unit_words("$"))))


def _cell(across: int, up: int, option: str) -> Rectangle:
    colour, hatch = _OPTIONS[option]
    return Rectangle((across - 0.48, up - 0.48), 0.96, 0.96, facecolor=colour, alpha=0.35, linewidth=0, hatch=hatch,
                     edgecolor="white", label=say(f"trial.charts.options.{option}"), gid="cell")

