"""The chart of an answer: effects with both uncertainties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.answers import effect_scale
from simlead.show.charts.axes import chart, frame, name_axis, new_axes
from simlead.show.charts.palette import BLUE, GREY, PALE, VERMILION
from simlead.show.charts.rows import fit, rows_in, write_above
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import amount, chance, interval, mean_of, setting, two_digits
from simlead.show.language import say
from simlead.show.wording import brief, effect_sizes_name, inside, words

NEEDED = ("effect_sizes", "policy", "measure", "unit", "mean", "low", "high", "random_low", "random_high",
          "p_above_smallest", "p_no_difference", "p_below_smallest", "smallest", "confidence", "worlds",
          "replications")

_COLOURS = (BLUE, VERMILION, GREY)
_MARKS = ("o", "s", "D")


@chart
def answer(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """Draw the effect of each policy: thick by random numbers alone, thin with the unknown world, under each set.

    The smallest effect of interest is shaded on both sides of 0.

    Parameters
    ----------
    table : pandas.DataFrame
        `Answer.table`.
    {ax}
    focus : str, optional
        The policy that the title states (default: the last one).

    {returns}
        Where a column or the policy is missing.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "effect_sizes": ["evidence"], "policy": "coaching", "measure": "revenue", "unit": "share of status quo",
    ...     "mean": 0.02, "low": -0.03, "high": 0.07, "random_low": 0.015, "random_high": 0.025,
    ...     "p_above_smallest": 0.6, "p_no_difference": 0.2, "p_below_smallest": 0.2, "smallest": 0.005,
    ...     "confidence": 0.95, "worlds": 100, "replications": 2})
    >>> answer(table).get_title(loc="left").replace(chr(10), " ")
    'Coaching changes revenue by +2 % (−3 to 7); the chances of a gain that matters are 60 in 100'
    """
    need(table, NEEDED)
    policies = [str(name) for name in dict.fromkeys(table["policy"])]
    chosen = policies[-1] if focus is None else focus
    if chosen not in policies:
        raise ChartError(f"no policy {chosen}; the table has {', '.join(policies)}")
    sets = [str(name) for name in dict.fromkeys(table["effect_sizes"])]
    unit_code = str(table["unit"].iloc[0])
    factor, unit = effect_scale(unit_code, float(np.abs(table[["low", "high"]].to_numpy(float)).max()))
    smallest = factor * float(table["smallest"].iloc[0])
    ax = ax or new_axes()
    labels = [words(name) for name in policies]
    rows_in(ax, labels, top=-0.75)
    ax.axvspan(-smallest, smallest, color=PALE, zorder=0, linewidth=0, gid="smallest")
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    ends = factor * table[["low", "high"]].to_numpy(float)
    fit(ax, [*ends.ravel(), smallest, -smallest], 0.06)
    lines: list[Any] = table.to_dict("records")
    for line in lines:
        place = policies.index(str(line["policy"]))
        which = sets.index(str(line["effect_sizes"]))
        row = place + (which - (len(sets) - 1) / 2) * 0.42
        colour = _COLOURS[which % len(_COLOURS)]
        mean, low, high = (factor * line[name] for name in ("mean", "low", "high"))
        ax.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt", gid="interval")
        ax.plot([factor * line["random_low"], factor * line["random_high"]], [row, row], color=colour, linewidth=11,
                solid_capstyle="butt", gid="random numbers")
        ax.plot([mean], [row], _MARKS[which % len(_MARKS)], color="white", markersize=8,
                markeredgecolor=colour, markeredgewidth=2, gid="mean")
        note = say("charts_answers.note", change=amount(mean_of(mean, low, high, sign=True), unit),
                   interval=interval(low, high), probability=chance(line["p_above_smallest"]))
        if len(sets) > 1:
            note = say("charts_answers.of_set", effect_sizes=inside(effect_sizes_name(sets[which])), note=note)
        write_above(ax, mean, row, note, colour, 9, gid="note")
    what = inside(brief(str(table["measure"].iloc[0])))
    relative = unit_code == "share of status quo"
    name_axis(ax, say(f"charts_answers.axis.{'relative' if relative else 'effect'}", measure=what, unit=unit))
    first = next(line for line in lines if line["policy"] == chosen)
    caption = say("charts_answers.caption", level=setting(100.0 * float(first["confidence"])),
                  smallest=amount(two_digits(smallest), unit), worlds=int(first["worlds"]),
                  replications=int(first["replications"]))
    return frame(ax, _title(chosen, [line for line in lines if line["policy"] == chosen], what, factor, unit), caption)


def _title(policy: str, lines: list[Any], what: str, factor: float, unit: str) -> str:
    """The policy's effect under the first set with the probability that matters most, and the other set's."""
    first = lines[0]
    mean, low, high = (factor * first[name] for name in ("mean", "low", "high"))
    chances = {"gain": first["p_above_smallest"], "nothing": first["p_no_difference"],
               "loss": first["p_below_smallest"]}
    lead = max(chances, key=lambda name: chances[name])
    title = say(f"charts_answers.title.{lead}", policy=brief(policy), measure=what,
                change=amount(mean_of(mean, low, high, sign=True), unit), interval=interval(low, high),
                probability=chance(chances[lead]))
    if len(lines) == 1:
        return title
    other = lines[1]
    return say("charts_answers.title.both", title=title, first=inside(effect_sizes_name(str(first["effect_sizes"]))),
               second=inside(effect_sizes_name(str(other["effect_sizes"]))),
               other=chance({"gain": other["p_above_smallest"], "nothing": other["p_no_difference"],
                                  "loss": other["p_below_smallest"]}[lead]))
