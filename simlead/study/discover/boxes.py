"""Several boxes, one after the other, as one table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from simlead.model.parameters import ParameterError, nearest
from simlead.study.discover.cases import Axis, Bools, Cases, cases_of
from simlead.study.discover.chance import held_out, p_value
from simlead.study.discover.peeling import LEAST_POINTS, Box, find_box, weakest
from simlead.study.parallel import whole_number
from simlead.study.simulate import LARGEST_SEED
from simlead.study.studies.points import factors_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("box", "outcome", "measure", "side", "threshold", "verdict", "factor", "low", "high", "values",
           "other_values", "range_low", "range_high", "quasi_p", "density", "coverage", "support", "points", "hits",
           "base_rate", "held_out_density", "held_out_coverage", "p_value")
"""The columns of a table of boxes; :func:`prim` explains them."""

FOUND, CHANCE = "found", "no better than chance"

SAID, TRUE, BELOW, ABOVE = "said", "true", "below", "above"
"""What is looked for: what the user put into words, what is true, what lies on this side of a threshold."""

LEAST_CASES = 20
"""Fewer points can show nothing."""


def prim(
    points: pd.DataFrame,
    outcome: str | ArrayLike,
    *,
    below: float | None = None,
    above: float | None = None,
    factors: Iterable[str] | None = None,
    saying: str | None = None,
    boxes: int = 3,
    false_alarm: float = 0.01,
    shuffles: int = 199,
    seed: int = 0,
) -> pd.DataFrame:
    """The boxes of factors in which an outcome happens: "growth fails when ...".

    `points` has a row per point and a column per factor (all parameters that vary, and the
    beliefs, unless `factors` names them); a baseline is left out. `outcome` is a column of
    truth values, or a measure that is to be `below` or `above` a threshold, or an array of
    truth values. Points without a value are left out. A row may be a single run as well as a
    point's mean; then the run's own luck blurs the box. `saying` puts the outcome into words.
    Numbers are cut from below and above; of words and switches each may be in or out.

    At most so many `boxes`, each among the points outside the ones before. A box counts as
    found if outcomes dealt out at random, `shuffles` times, show one as strong with a
    probability of at most `false_alarm` (`chance.p_value`). The first that is not ends the
    search, and stands in the table if it is the only one, with the verdict "no better than
    chance".

    A row per box and restricted factor: first the `outcome` in words, and what these are made of:
    the column it is (`measure`, empty for an array), the `side` looked for (:data:`SAID` where
    `saying` is the words) and the `threshold`. Inside is what is more than `low` and less than
    `high` (nan where it is open), or the `values`, not the `other_values`; the factor's range
    among the points;
    `quasi_p`, the larger one where both edges are cut (`peeling`). Then of the box: `density`,
    the part of its points that are true; `coverage`, the part of all true points that it
    holds; `support`, the part of all points; `points` and `hits`; `base_rate`, the density of
    the points it was looked for in; density and coverage at held-out points; `p_value`. A row
    without a factor is a search that found no restriction.

    Raises ParameterError for tables that do not fit, fewer than 20 points, and an outcome that
    is true, or false, at nearly all of them.

    >>> import pandas as pd
    >>> luck = np.random.Generator(np.random.Philox(key=1))
    >>> points = pd.DataFrame(luck.random((200, 3)), columns=["clarity", "span", "pay"])
    >>> fails = (points["clarity"] < 0.4) & (points["span"] > 0.5)
    >>> table = prim(points, fails, factors=["clarity", "span", "pay"], saying="growth fails")
    >>> from simlead.study.discover.wording import sentences
    >>> print(sentences(table)[0])
    Growth fails when clarity < 0.4 and span > 0.5 (density 100 %, covers 100 %; ...).
    """
    if "baseline" in points.columns:
        kept = ~points["baseline"].to_numpy(bool)
        if not isinstance(outcome, str):
            outcome = np.asarray(outcome)[kept] if np.shape(outcome) == kept.shape else outcome
        points = points[kept]
    hits, known, sought = _outcome(points, outcome, below, above)
    if saying:
        sought |= {"outcome": saying, "side": SAID}
    names = factors_of(points, factors, also=("beliefs",))
    boxes = whole_number("boxes", boxes, 1, 20)
    shuffles = whole_number("shuffles", shuffles, 19, 100_000)
    if not 0.0 < false_alarm < 1.0 or 1.0 / (1 + shuffles) > false_alarm:
        raise ParameterError(f"false_alarm = {false_alarm!r}: {shuffles} shuffles tell probabilities of "
                             f"{1 / (1 + shuffles):g} to 1")
    luck = np.random.Generator(np.random.Philox(key=whole_number("seed", seed, 0, LARGEST_SEED)))
    cases = cases_of(points[known], names, hits[known])
    _enough(cases)
    return _table(cases, sought, boxes, false_alarm, shuffles, luck)


def _table(
    cases: Cases, sought: dict[str, Any], boxes: int, false_alarm: float, shuffles: int, luck: np.random.Generator
) -> pd.DataFrame:
    import pandas as pd

    lines: list[dict[str, Any]] = []
    left = cases
    for number in range(1, boxes + 1):
        if min(int(left.hits.sum()), int((~left.hits).sum())) < LEAST_POINTS:
            break
        box = find_box(left)
        chance = p_value(box, left, shuffles, luck)
        found = box is not None and chance <= false_alarm
        if not found and lines:
            break
        lines += _lines(number, box, left, cases, {
            **sought, "verdict": FOUND if found else CHANCE, "p_value": chance,
            **dict(zip(("held_out_density", "held_out_coverage"), held_out(left, luck), strict=True))})
        if box is None or not found:
            break
        left = left.part(~box.holds(left.places))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _lines(number: int, box: Box | None, left: Cases, cases: Cases, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one box."""
    points, hits = (box.points, box.hits) if box else (len(left.hits), int(left.hits.sum()))
    whole = {
        **told, "box": number, "density": hits / points, "coverage": hits / int(cases.hits.sum()),
        "support": points / len(cases.hits), "points": points, "hits": hits, "base_rate": float(left.hits.mean())}
    if box is None:
        return [{**whole, "factor": "", "low": math.nan, "high": math.nan, "values": "", "other_values": "",
                 "range_low": math.nan, "range_high": math.nan, "quasi_p": math.nan}]
    return [{**whole, "factor": left.axes[j].name, **_restriction(left.axes[j], box.levels[j]),
             "quasi_p": weakest(list(box.levels), j, left)[0]} for j in box.restricted]


def _restriction(axis: Axis, inside: Bools) -> dict[str, Any]:
    if not axis.ordered:
        words = (" | ".join(map(str, axis.levels[side])) for side in (inside, ~inside))
        return {"low": math.nan, "high": math.nan, **dict(zip(("values", "other_values"), words, strict=True)),
                "range_low": math.nan, "range_high": math.nan}
    levels = axis.levels.astype(float)
    first, last = int(inside.argmax()), len(inside) - 1 - int(inside[::-1].argmax())
    low = high = math.nan
    if first > 0:
        low = levels[first] - 1 if axis.whole else between(levels[first - 1], levels[first])
    if last < len(levels) - 1:
        high = levels[last] + 1 if axis.whole else between(levels[last], levels[last + 1])
    return {"low": low, "high": high, "values": "", "other_values": "",
            "range_low": levels[0], "range_high": levels[-1]}


def between(low: float, high: float) -> float:
    """The number between two others that takes the fewest decimals; of several, the one next to their middle.

    >>> between(0.25, 0.5), between(0.3987, 0.4031), between(8.0, 12.0), between(120.0, 480.0)
    (0.4, 0.4, 10.0, 300.0)
    """
    middle = low + (high - low) / 2
    for decimals in range(-12, 18):
        rounded = float(round(middle, decimals))
        if low < rounded < high:
            return rounded
    return middle


def _outcome(
    points: pd.DataFrame, outcome: str | ArrayLike, below: float | None, above: float | None
) -> tuple[Bools, Bools, dict[str, Any]]:
    """Where the outcome is true, where it is known, and what it is, in words and as data."""
    if isinstance(outcome, str):
        if outcome not in points.columns:
            raise ParameterError(f"outcome {outcome!r}: the points have no such column"
                                 f"{nearest(outcome, points.columns)}")
        values, measure, words = points[outcome].to_numpy(), outcome, outcome.replace("_", " ")
    else:
        values, measure, words = np.asarray(outcome), "", "the outcome is true"
        if values.shape != (len(points),):
            raise ParameterError(f"outcome of shape {values.shape}: a value for each of {len(points)} points is needed")
    if below is not None and above is not None:
        raise ParameterError("below and above: one threshold, or the other")
    threshold = below if below is not None else above
    if values.dtype == np.bool_:
        if threshold is not None:
            raise ParameterError("below, above: the outcome is true or false and needs no threshold")
        return values.astype(bool), np.ones(len(values), bool), {
            "outcome": words, "measure": measure, "side": TRUE, "threshold": math.nan}
    try:
        numbers = values.astype(float)
    except (TypeError, ValueError):
        raise ParameterError("outcome: truth values or numbers are needed") from None
    if threshold is None or not math.isfinite(threshold):
        raise ParameterError("outcome: numbers need a threshold, below or above")
    known = np.asarray(~np.isnan(numbers), bool)
    side, there = (BELOW, numbers < threshold) if below is not None else (ABOVE, numbers > threshold)
    name = words if measure else "the outcome"
    return np.asarray(there & known, bool), known, {
        "outcome": f"{name} is {side} {threshold:g}", "measure": measure, "side": side, "threshold": threshold}


def _enough(cases: Cases) -> None:
    n, true = len(cases.hits), int(cases.hits.sum())
    if n < LEAST_CASES:
        raise ParameterError(f"points: {n} are too few to find a box in; {LEAST_CASES} are needed")
    if min(true, n - true) < LEAST_POINTS:
        raise ParameterError(f"outcome: true at {true} of {n} points; at least {LEAST_POINTS} are needed that are "
                             "true, and as many that are not")
