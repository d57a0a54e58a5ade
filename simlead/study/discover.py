"""Scenario discovery: boxes of factors by PRIM, and a test against chance.

The patient rule induction method (Friedman and Fisher 1999, Statistics and Computing 9), as scenario discovery uses
it (Bryant and Lempert 2010, Technological Forecasting and Social Change 77): "growth fails when role clarity < 0.4
and span > 9". `statistics.boxes` has the algorithm.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.statistics import box_table as tables
from simlead.statistics.boxes import Bools, cases_of
from simlead.statistics.codes import ABOVE, BELOW, STATED, TRUE
from simlead.study.refusals import refusals
from simlead.study.studies.points import factors_of

__all__ = ["inside", "prim"]

inside = refusals()(tables.inside)


@refusals()
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
    """Find the boxes of factors in which an outcome happens: "growth fails when ...".

    Parameters
    ----------
    points
        A row per point and a column per factor; a baseline is left out. A row may be a single
        run as well as a point's mean; then the run's own noise blurs the box.
    outcome
        A column of truth values, or a measure that is to be `below` or `above` a threshold, or an
        array of truth values. Points without a value are left out.
    below, above
        The threshold, in the measure's unit; one of the two.
    factors
        Columns to restrict; all parameters that vary, and the effect sizes, by default. Numbers are
        cut from below and above; each word and switch may be in or out.
    saying
        The outcome in words of your own.
    boxes
        The largest number of boxes, each among the points outside the ones before.
    false_alarm
        A box is found if outcomes shuffled at random show one as strong with at most this probability. The first that
        is not ends the search, and is in the table if it is the only one, with the verdict "no better than chance".
    shuffles
        How often outcomes are shuffled.
    seed
        Random seed of the shuffles (0 is valid).

    Returns
    -------
    pandas.DataFrame
        A row per box and restricted factor. `outcome` are your words, `measure`, `side` and `threshold` what is
        looked for. Inside is what is more than `low` and less than `high` (nan where it is open), or the `values`,
        not the `other_values`; `range_low` to `range_high` is the factor's range among the points; `quasi_p` the
        chance that the box without this edge is as dense (the larger one where both edges are cut). Of the box:
        `density`, the fraction of its points that are true; `coverage`, the fraction of all true points that it
        holds; `support`, the fraction of all points; `points` and `hits`; `base_rate`, the density of the points that
        were searched; `held_out_density` and `held_out_coverage` at points the box was not found on; `p_value`. A row
        without a factor is a search that found no restriction.

    Raises
    ------
    ParameterError
        For tables that do not fit, fewer than 20 points, and an outcome that is true, or false,
        at nearly all of them.

    Examples
    --------
    >>> import pandas as pd
    >>> random = np.random.Generator(np.random.Philox(key=1))
    >>> points = pd.DataFrame(random.random((200, 3)), columns=["clarity", "span", "pay"])
    >>> fails = (points["clarity"] < 0.4) & (points["span"] > 0.5)
    >>> table = prim(points, fails, factors=["clarity", "span", "pay"], saying="growth fails")
    >>> table[["factor", "low", "high", "density", "coverage"]].round(1).values.tolist()
    [['clarity', nan, 0.4, 1.0, 1.0], ['span', 0.5, nan, 1.0, 1.0]]
    """
    if "baseline" in points.columns:
        varied = ~points["baseline"].to_numpy(bool)
        if not isinstance(outcome, str):
            outcome = np.asarray(outcome)[varied] if np.shape(outcome) == varied.shape else outcome
        points = points[varied]
    hits, known, sought = _outcome(points, outcome, below, above)
    if saying:
        sought |= {"outcome": saying, "side": STATED}
    names = factors_of(points, factors, also=("effect_sizes",))
    boxes = whole_number("boxes", boxes, 1, 20)
    shuffles = whole_number("shuffles", shuffles, 19, 100_000)
    if not 0.0 < false_alarm < 1.0 or 1.0 / (1 + shuffles) > false_alarm:
        raise ParameterError(f"false_alarm = {false_alarm!r}: {shuffles} shuffles distinguish probabilities of "
                             f"{1 / (1 + shuffles):g} to 1")
    random = np.random.Generator(np.random.Philox(key=whole_number("seed", seed, 0, LARGEST_SEED)))
    return tables.box_table(cases_of(points[known], names, hits[known]), sought, boxes, false_alarm, shuffles, random)


def _outcome(
    points: pd.DataFrame, outcome: str | ArrayLike, below: float | None, above: float | None
) -> tuple[Bools, Bools, dict[str, Any]]:
    """Where the outcome is true, where it is known, and what it is."""
    if isinstance(outcome, str):
        if outcome not in points.columns:
            raise ParameterError(f"outcome {outcome!r}: the points have no such column"
                                 f"{nearest(outcome, points.columns)}")
        values, measure = points[outcome].to_numpy(), outcome
    else:
        values, measure = np.asarray(outcome), ""
        if values.shape != (len(points),):
            raise ParameterError(f"outcome of shape {values.shape}: a value for each of {len(points)} points is needed")
    if below is not None and above is not None:
        raise ParameterError("below and above: one threshold, or the other")
    threshold = below if below is not None else above
    if values.dtype == np.bool_:
        if threshold is not None:
            raise ParameterError("below, above: the outcome is true or false and needs no threshold")
        return values.astype(bool), np.ones(len(values), bool), {
            "outcome": "", "measure": measure, "side": TRUE, "threshold": math.nan}
    try:
        numbers = values.astype(float)
    except (TypeError, ValueError):
        raise ParameterError("outcome: truth values or numbers are needed") from None
    if threshold is None or not math.isfinite(threshold):
        raise ParameterError("outcome: numbers need a threshold, below or above")
    known = np.asarray(~np.isnan(numbers), bool)
    side, there = (BELOW, numbers < threshold) if below is not None else (ABOVE, numbers > threshold)
    return np.asarray(there & known, bool), known, {
        "outcome": "", "measure": measure, "side": side, "threshold": threshold}
