"""Charts of a response surface: a map of two factors with the ridge of the best, and slices with bands.

Both take a fitted surface (`study.surface`) and ask it; what they draw is in its tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from simlead.model.scenario import REGISTRY
from simlead.show.charts.axes import chart, frame, name_axis, new_axes, plain
from simlead.show.charts.palette import BLACK, BLUE, GREY, ORANGE, TEXT, VERMILION
from simlead.show.charts.tables import ChartError
from simlead.show.format import (
    amount,
    in_points,
    interval_words,
    number,
    plus_minus,
    scale,
    setting,
    unit_of,
    unit_words,
)
from simlead.show.language import say
from simlead.show.wording import brief, inside, listed, parameter_name, with_unit
from simlead.statistics.codes import TRUSTED

if TYPE_CHECKING:
    from simlead.statistics.surface import Surface

STEPS = 61
"""Values of each factor in a map, and of the factor in a slice."""

MOST_SLICES = 4

EDGE_OF_RANGE = 0.005
"""A best value as near to an end of what was tried, as a fraction of it, counts as at the end."""

LEAST_CONTRAST = 0.02
"""A map's colours span at least this fraction of the measure: on a flat surface the paper must not look like hills."""

_BLUES = LinearSegmentedColormap.from_list("paper to blue", ["#F7FBFF", "#9ECAE1", "#3182BD", "#08306B"])


@chart
def surface_map(
    surface: Surface,
    ax: Axes | None = None,
    *,
    factor: str | None = None,
    given: str | None = None,
    minimise: bool = False,
    within: float = 0.01,
) -> Axes:
    """Draw a response surface over two factors, and the best value of one for each value of the other.

    Colours and contours are the surface; small circles the points it was fitted to. The line is the ridge: the best
    `factor` for each value of `given`; its bars are intervals, its thick bars the values within the fraction
    `within` of the best. Other factors are where they are best. The title states the ridge.

    Parameters
    ----------
    surface : Surface
        A surface of two or more factors.
    {ax}
    factor : str, optional
        The factor whose best value is drawn (default: the first).
    given : str, optional
        The factor along which it is drawn (default: the second).
    minimise : bool
        Whether the lowest value is best.
    within : float
        Fraction of the best value that counts as near it.

    {returns}
        For a surface of one factor.
    ParameterError
        For an unknown factor.
    """
    if len(surface.factors) < 2:
        raise ChartError(f"the surface has one factor, {surface.factors[0]}; a map needs two")
    factor = surface.factors[0] if factor is None else factor
    given = next(name for name in surface.factors if name != factor) if given is None else given
    ridge = surface.ridge(factor, given, minimise=minimise, within=within)
    across, up = (np.linspace(*_range(surface, name), STEPS) for name in (given, factor))
    xs, ys = np.meshgrid(across, up)
    best = surface.best(minimise=minimise).set_index("quantity")["best"]
    policies = pd.DataFrame({name: np.full(xs.size, float(best[name])) for name in surface.factors})
    policies[given], policies[factor] = xs.ravel(), ys.ravel()
    times, unit = scale(unit_of(surface.measure), float(surface.table["mean"].abs().max()))
    heights = times * surface.predict(policies)["mean"].to_numpy(float).reshape(xs.shape)

    ax = ax or new_axes()
    plain(ax)
    ax.grid(False)
    middle = float(heights.max() + heights.min()) / 2
    half = max(float(np.ptp(heights)), LEAST_CONTRAST * abs(middle)) / 2
    drawn = ax.pcolormesh(xs, ys, heights, cmap=_BLUES, shading="gouraud", rasterized=True, vmin=middle - half,
                          vmax=middle + half)
    if np.ptp(heights) >= half:
        ax.contour(xs, ys, heights, levels=7, colors="white", linewidths=1.0)
    ax.plot(surface.table[given], surface.table[factor], "o", color="white", markeredgecolor=BLACK, markersize=5,
            clip_on=False, gid="points")
    for row in ridge[[given, "low", "high", "near_low", "near_high"]].to_numpy(float).tolist():
        ax.plot([row[0]] * 2, row[3:5], color=ORANGE, linewidth=9, alpha=0.6, solid_capstyle="butt", clip_on=False,
                gid="near")
        ax.plot([row[0]] * 2, row[1:3], color=VERMILION, linewidth=2.5, clip_on=False, gid="interval")
    ax.plot(ridge[given], ridge[factor], "D-", color=VERMILION, markeredgecolor="white", markersize=10, linewidth=2.5,
            clip_on=False, gid="ridge")
    beside = ax.inset_axes((1.03, 0.0, 0.025, 1.0))
    bar = ax.get_figure(root=True).colorbar(drawn, cax=beside)  # type: ignore[union-attr]
    bar.ax.tick_params(labelsize=TEXT, length=0)
    bar.ax.spines[:].set_visible(False)
    bar.set_label(with_unit(inside(brief(surface.measure)), unit), fontsize=TEXT)
    name_axis(ax, _axis(given))
    name_axis(ax, y=_axis(factor))
    ax.tick_params(pad=8)
    return frame(ax, _ridge_title(surface, ridge, factor, given, minimise, within),
                 _map_caption(surface, within, times, unit))


@chart
def surface_slices(
    surface: Surface, ax: Axes | None = None, *, minimise: bool = False, within: float = 0.01
) -> Axes:
    """Draw the surface along each factor through the best policy, as a difference from it.

    The line is the yield of a policy less that of the best one, its band the interval of that difference; the
    diamond is the best value with its interval, the thick bar what lies within the fraction `within` of the best.
    With one factor, circles with bars are the points' means. The title states the best policy.

    Parameters
    ----------
    surface : Surface
        A surface of at most four factors.
    {ax}
    minimise : bool
        Whether the lowest value is best.
    within : float
        Fraction of the best value that counts as near it.

    {returns}
        For a surface of more than four factors.
    """
    if len(surface.factors) > MOST_SLICES:
        raise ChartError(f"the surface has {len(surface.factors)} factors; {MOST_SLICES} fit")
    found = surface.best(minimise=minimise, within=within)
    best = found[found["role"] == "factor"].set_index("quantity")
    policy = dict(zip(surface.factors, best["best"].to_numpy(float).tolist(), strict=True))
    times, unit = scale(unit_of(surface.measure), float(surface.table["mean"].abs().max()))
    value = times * found.loc[found["role"] == "measure", ["best", "low", "high"]].to_numpy(float)[0]
    ax = ax or new_axes()
    ax.set_axis_off()
    number = len(surface.factors)
    width = (1.0 - 0.04 * (number - 1)) / number
    panels = [ax.inset_axes((j * (width + 0.04), 0.06, width, 0.94)) for j in range(number)]
    lowest, highest = 0.0, 0.0
    for name, panel in zip(surface.factors, panels, strict=True):
        rows = pd.DataFrame({**policy, name: np.linspace(*_range(surface, name), STEPS)})
        gain = surface.gain(rows, policy)
        x = gain[name].to_numpy(float)
        line, low, high = (times * gain[column].to_numpy(float) for column in ("difference", "low", "high"))
        plain(panel, "both")
        panel.fill_between(x, low, high, color=BLUE, alpha=0.25, linewidth=0, gid="band")
        panel.plot(x, line, color=BLUE, linewidth=3, gid="surface")
        if number == 1:
            means, errors = (times * surface.table[column].to_numpy(float) for column in ("mean", "standard_error"))
            panel.errorbar(surface.table[name], means - value[0], yerr=1.96 * errors, fmt="o", color=GREY,
                           markerfacecolor="white", markersize=7)
            lowest = float((means - value[0] - 2 * errors).min())
            highest = float((means - value[0] + 2 * errors).max())
        ends = best.loc[name, ["low", "high", "near_low", "near_high"]].to_numpy(float)
        panel.plot(ends[2:], [0, 0], color=ORANGE, linewidth=10, alpha=0.6, solid_capstyle="butt", gid="near")
        panel.plot(ends[:2], [0, 0], color=VERMILION, linewidth=2.5, gid="interval")
        panel.plot([policy[name]], [0], "D", color=VERMILION, markeredgecolor="white", markersize=11, clip_on=False,
                   gid="best")
        name_axis(panel, _axis(name), room=700.0 / number)
        lowest, highest = min(lowest, float(low.min())), max(highest, float(high.max()))
    room = 0.06 * (highest - lowest) or 1.0
    for panel in panels:
        panel.set_ylim(lowest - room, highest + room)
        if panel is not panels[0]:
            panel.tick_params(labelleft=False)
    against = say("charts_surface.axis.against_best", measure=brief(surface.measure))
    name_axis(panels[0], y=with_unit(against, in_points(unit)))
    title = _best_title(surface, best, value.tolist(), unit, minimise)
    return frame(ax, title, _slice_caption(surface, within))


def _ridge_title(
    surface: Surface, ridge: pd.DataFrame, factor: str, given: str, minimise: bool, within: float
) -> str:
    """What the ridge says: its ends, and the values that are good enough all along it."""
    if surface.condition != TRUSTED:
        return _no_best(surface)
    reach, span = (float(surface.table[name].max() - surface.table[name].min()) for name in (factor, given))
    rows: list[list[float]] = ridge[[given, factor, "low", "high"]].to_numpy(float).tolist()
    first, last = rows[0], rows[-1]

    def at(row: list[float]) -> str:
        return _place(row[1], row[2], row[3], _range(surface, factor))

    moves = "falls" if last[3] < first[2] else "rises" if last[2] > first[3] else "stays"
    path = say(f"charts_surface.ridge.{moves}", factor=inside(parameter_name(factor)),
               given=inside(parameter_name(given)), first=at(first), last=at(last),
               **{end: number(row[0], span / 20) for end, row in (("start", first), ("end", last))})
    title = say(f"charts_surface.ridge.{'lowest' if minimise else 'highest'}", path=path,
                measure=inside(brief(surface.measure)))
    floor, ceiling = float(ridge["near_low"].max()), float(ridge["near_high"].min())
    if not floor < ceiling:
        return title
    return say("charts_surface.ridge.good", title=title, low=_to_step(floor, reach / 2),
               high=_to_step(ceiling, reach / 2), within=setting(100 * within))


def _best_title(surface: Surface, best: pd.DataFrame, value: list[float], unit: str, minimise: bool) -> str:
    """The best policy and what it yields: best, low and high of the measure in this unit."""
    if surface.condition != TRUSTED:
        return _no_best(surface)
    places = []
    for name in surface.factors:
        ends = [float(end) for end in best.loc[name, ["best", "low", "high"]].to_numpy(float)]
        low, high = _range(surface, name)
        place = _place(ends[0], ends[1], ends[2], (low, high))
        places.append(say("charts_surface.best.place", factor=inside(parameter_name(name)), place=place))
    mean, least, most = (_to_step(end, value[2] - value[1]) for end in value)
    return say(f"charts_surface.best.{'lowest' if minimise else 'highest'}", measure=brief(surface.measure),
               policy=listed(places), value=amount(mean, unit), interval=say("words.to", low=least, high=most))


def _no_best(surface: Surface) -> str:
    """Why no best is to be read from a surface."""
    check = surface.leave_one_out
    digits = 2 if check.standardised < 1 else 1
    key = surface.condition.replace(" ", "_")
    return say(f"charts_surface.condition.{key}", measure=inside(brief(surface.measure)), point=check.worst_point,
               off=f"{abs(check.worst):.1f}", times=f"{check.standardised:.{digits}f}")


def _map_caption(surface: Surface, within: float, times: float, unit: str) -> str:
    error = times * surface.leave_one_out.error
    return say("charts_surface.caption.ridge", interval=interval_words(surface.confidence),
               within=setting(100 * within), points=len(surface.table),
               error=amount(plus_minus(error), in_points(unit)))


def _slice_caption(surface: Surface, within: float) -> str:
    said = say("charts_surface.caption.bands", interval=interval_words(surface.confidence),
               within=setting(100 * within))
    return f"{said} {say('charts_surface.caption.points', interval=interval_words(0.95))}" if len(
        surface.factors) == 1 else said


def _place(best: float, low: float, high: float, tried: tuple[float, float]) -> str:
    """A best value with its interval; at an end of what was tried it is said to be there, and may lie beyond.

    >>> _place(0.96, 0.96, 0.96, (0.04, 0.96)), _place(0.5, 0.4, 0.6, (0.0, 1.0))
    ('0.96 (the highest tried)', '0.50 (0.40 to 0.60)')
    """
    near = EDGE_OF_RANGE * (tried[1] - tried[0])
    said = [_to_step(end, (high - low) if high - low > near else (tried[1] - tried[0]) / 10) for end in (
        best, low, high)]
    ends = say("words.to", low=said[1], high=said[2])
    edge = "highest" if best > tried[1] - near else "lowest" if best < tried[0] + near else ""
    if edge:
        ends = say(f"charts_surface.edge.{edge}") if said[1] == said[2] else say(
            f"charts_surface.edge.{edge}_with", interval=ends)
    return say("charts_surface.place", value=said[0], interval=ends)


def _to_step(value: float, step: float) -> str:
    """A number with the decimals that a step of that size needs, in the current language."""
    return number(value, step / 3)


def _axis(name: str) -> str:
    return with_unit(parameter_name(name), unit_words(REGISTRY[name].unit) if name in REGISTRY else "")


def _range(surface: Surface, name: str) -> tuple[float, float]:
    j = surface.ranges.index(name)
    return float(surface.ranges.lows[j]), float(surface.ranges.highs[j])
