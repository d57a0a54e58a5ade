"""The chart of a claim: its effect under each belief set, where it would hold, and what turns the verdict."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.style import (
    BLUE,
    GREY,
    PALE,
    TEXT,
    VERMILION,
    ChartError,
    caption_of,
    frame,
    label_rows,
    need,
    new_axes,
    plain,
    readable,
    wrapped,
)
from simlead.show.claims_words import WORDS, Values, told
from simlead.show.language import localised, say
from simlead.show.wording import inside, listed, scale, unit_words, with_unit, words
from simlead.study.claims.flips import BLURS, DECIDES, KEEPS, TURNS
from simlead.study.claims.verdict import ASSUMED, REFUTED, SUPPORTED, UNDECIDED

VERDICTS = ("number", "key", "beliefs", "verdict", "follows", "unit", "effect", "low", "high", "n",
            "holds_from", "holds_to")
"""The columns that a table of verdicts needs."""

FLIPS = ("beliefs", "parameter", "end", "value", "mean", "low", "high", "n", "verdict", "consequence")
"""The columns that a table of flips needs."""

COLOURS = {SUPPORTED: BLUE, REFUTED: VERMILION, UNDECIDED: GREY}

MOST_ENDS = 5
"""More ends of parameters than this have no room; the caption says how many there are."""


def claim_chart(verdicts: pd.DataFrame, flips: pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:
    """A claim's effect under each belief set, and the parameters that turn the verdict.

    Needs the rows of one claim from `Examination.table`, and from `Examination.flips` (it may be
    empty). Shaded is where the claim holds; a line is a 95 % interval, blue where the
    claim is supported, vermilion where it is refuted, grey where it is undecided.

    Raises ChartError where a column is missing, or for more than one claim.

    >>> row = (2, "half_of_the_week", "evidence", "refuted", "refuted", "share", -.02, -.03, -.01, 32, 0., float("inf"))
    >>> claim_chart(pd.DataFrame([row], columns=list(VERDICTS))).get_title(loc="left").replace(chr(10), " ")[-54:]
    'refuted under evidence beliefs (−2.0 %; −3.0 to −1.0).'
    """
    chart = "claim_chart"
    need(verdicts, VERDICTS, chart)
    if verdicts["key"].nunique() > 1:
        raise ChartError(f"{chart}: the table has {verdicts['key'].nunique()} claims; one is drawn at a time")
    key = str(verdicts["key"].iloc[0])
    ends = _ends(flips, chart)
    seen = np.concatenate([verdicts[["effect", "low", "high"]].to_numpy(float).ravel(),
                           ends[["mean", "low", "high"]].to_numpy(float).ravel()])
    measured = str(verdicts["unit"].iloc[0])
    factor, unit = scale(measured, float(np.abs(seen[np.isfinite(seen)]).max(initial=0.0)))
    # The axis says of what a percentage is; the title has no room for it, and none for "ratio".
    short = say("names.percents.share") if factor == 100.0 else "" if unit == unit_words("ratio") else unit
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    lines = _lines(verdicts, ends.head(MOST_ENDS), factor)
    low, high = _limits(lines, factor * float(verdicts["holds_from"].iloc[0]),
                        factor * float(verdicts["holds_to"].iloc[0]))
    ax.set_xlim(low, high)
    ax.set_ylim(len(lines) - 0.4, -0.75)
    ax.axvspan(max(low, factor * float(verdicts["holds_from"].iloc[0])),
               min(high, factor * float(verdicts["holds_to"].iloc[0])), color=PALE, alpha=0.6, linewidth=0, zorder=0,
               gid="holds")
    for row, (_, values, said, main) in enumerate(lines):
        _draw(ax, row, values, measured, COLOURS[said], main)
    labels = [label for label, *_ in lines]
    label_rows(ax, labels)
    effect = say(f"claims.effects.{key}")  # of months it says so itself
    effect = effect if unit == unit_words("months") else with_unit(effect, unit)
    extra = [say("claims.caption")]
    if flips is not None and len(flips):
        counts = flips["consequence"].value_counts()
        extra.append(say("claims.ends", all=len(flips), n=int(flips["n"].max()), keep=int(counts.get(KEEPS, 0)),
                         blur=int(counts.get(BLURS, 0)), rest=len(ends)))
    if len(ends) > MOST_ENDS:
        extra.append(say("claims.more_ends", shown=MOST_ENDS))
    frame(ax, _title(key, verdicts, factor, measured, short), caption_of(verdicts[["n"]], " ".join(extra)), labels, own)
    _name_axis(ax, effect, own)
    return ax


def _name_axis(ax: Axes, effect: str, own: bool) -> None:
    """Write below the axis what it shows, in as many lines as the picture's width asks for; there is room for one."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    place = ax.get_position()
    middle = (place.x0 + place.x1) / 2
    points = figure.get_figwidth() * 72
    room = 0.97 * 2 * min(middle, 1 - middle) * points
    text = wrapped(effect, TEXT, room)
    if "\n" in text:
        text = wrapped(effect, TEXT, 0.65 * room)  # lines of about the same length
    ax.set_xlabel(text, fontsize=TEXT, parse_math=False)
    if own:
        raised = text.count("\n") * 2.0 * TEXT / (figure.get_figheight() * 72)
        ax.set_position((place.x0, place.y0 + raised, place.width, place.height - raised))


def _ends(flips: pd.DataFrame | None, chart: str) -> pd.DataFrame:
    """The ends of parameters that turn a verdict or decide it."""
    if flips is None or not len(flips):
        return pd.DataFrame(columns=list(FLIPS))
    need(flips, FLIPS, chart)
    return flips[flips["consequence"].isin([TURNS, DECIDES])]


Line = tuple[str, Values, str, bool]


def _lines(verdicts: pd.DataFrame, ends: pd.DataFrame, factor: float) -> list[Line]:
    """Label, (low, mean, high), verdict, and whether it is a belief set's own, row by row."""
    lines: list[Line] = []
    for row in verdicts.to_dict("records"):
        lines.append((words(row["beliefs"]), (factor * row["low"], factor * row["effect"], factor * row["high"]),
                      str(row["follows"]), True))
    several = verdicts["beliefs"].nunique() > 1
    for row in ends.to_dict("records"):
        value = f"{row['value']:g}".replace("-", "\N{MINUS SIGN}")
        label = say("claims.end", parameter=words(row["parameter"]), value=localised(value))
        if several:
            label = say("claims.end_under", end=label, beliefs=inside(words(row["beliefs"])))
        lines.append((label, (factor * row["low"], factor * row["mean"], factor * row["high"]),
                      str(row["verdict"]), False))
    return lines


def _limits(lines: list[Line], holds_from: float, holds_to: float) -> tuple[float, float]:
    """Limits of the axis that show every finite number and the edge of the region."""
    seen = [value for _, values, *_ in lines for value in values] + [holds_from, holds_to, 0.0]
    known = [value for value in seen if math.isfinite(value)]
    margin = 0.08 * (max(known) - min(known)) or 1.0
    return min(known) - margin, max(known) + margin


def _draw(ax: Axes, row: int, values: Values, unit: str, colour: str, main: bool) -> None:
    """A dot, its interval and their numbers; what is infinite runs out of the picture, and an arrow says so."""
    left, right = ax.get_xlim()
    low, mean, high = values
    if math.isfinite(low) or math.isfinite(high):
        ax.plot([max(left, low), min(right, high)], [row, row], color=colour, linewidth=6 if main else 3,
                solid_capstyle="butt", gid="interval")
    if math.isfinite(mean):
        ax.plot([mean], [row], "D" if main else "o", color=colour, markeredgecolor="white",
                markersize=13 if main else 10, gid="effect")
    elif math.isinf(mean):
        ax.plot([right if mean > 0.0 else left], [row], ">" if mean > 0.0 else "<", color=colour,
                markersize=13 if main else 10, clip_on=False, gid="effect")
    at = min(max(mean, left), right) if not math.isnan(mean) else left
    where = (at - left) / (right - left)
    side = "left" if where < 0.3 else "right" if where > 0.7 else "center"
    readable(ax.annotate(told(values, unit, ""), (at, row), (0, 11), textcoords="offset points", fontsize=TEXT,
                         color=colour, ha=side, gid="note"))


def _title(key: str, verdicts: pd.DataFrame, factor: float, measured: str, unit: str) -> str:
    """The claim, and the verdict under each belief set with its effect."""
    said = []
    for row in verdicts.to_dict("records"):
        values = (factor * row["low"], factor * row["effect"], factor * row["high"])
        said.append(say("claims.under", verdict=say(WORDS[str(row["follows"])]),
                        beliefs=inside(words(str(row["beliefs"]))),
                        effect=told(values, measured, unit, "claims.effect_in_title")))
    first = "claims.title_assumed" if (verdicts["verdict"] == ASSUMED).all() else "claims.title"
    return say(first, claim=say(f"claims.text.{key}"), verdicts=listed(said))
