"""Replications until an interval is as narrow as asked for, of a scenario or a function of one's own."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.registry import ratio
from simlead.statistics.intervals import CONFIDENCE, checked_confidence
from simlead.statistics.precision import LEAST_FIRST_STAGE, replications_needed, standardised, two_stage_path
from simlead.study.engines import FAST, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import Job, checked_outcomes, run_and_measure
from simlead.study.simulate import checked_scenario

Draw = Callable[[int, int], ArrayLike]
"""Called with (first, last): the values of the replicates first, ..., last - 1, in order.

A row (value, baseline's value) each if differences are wanted, a number each if not. A
replicate's value must not depend on the calls it is made in.
"""

COLUMNS = ("measure", "kind", "unit", "n", "estimate", "low", "high", "confidence", "half_width", "stage", "wanted",
           "needed", "reached")


@refusals()
def estimate_until(
    what: Scenario | Draw,
    measure: str = "",
    *,
    half_width: float,
    relative: bool = False,
    against: Scenario | None = None,
    minimum: int = 50,
    maximum: int = 400,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: ProgressLike = None,
) -> pd.DataFrame:
    """Make replicates until an interval is as narrow as asked for, in two stages.

    First `minimum` replicates are made, then as many as these show to be needed, at most `maximum` in all.

    Parameters
    ----------
    what : Scenario or callable
        The scenario of which `measure` is estimated; or a function of your own (see :data:`Draw`).
    measure : str
        The measure.
    half_width : float
        Half-width of the interval that is wanted, in the measure's unit or, with `relative`, as a fraction of a mean.
    relative : bool
        Whether `half_width` is a fraction of the mean of `against`, or of the measure's own.
    against : Scenario, optional
        Estimates the paired difference from this scenario (same seed, same replicates).
    minimum : int
        Replicates of the first stage.
    maximum : int
        Replicates in all, at most.
    confidence : float
        Confidence of the interval.
    seed, workers, engine, progress
        As in :func:`simlead.compare`.

    Returns
    -------
    pandas.DataFrame
        How the estimate came about; the last row is the answer. Columns: measure; kind (mean, difference, or relative
        difference, which is a fraction of the baseline's mean); unit; n replicates made; estimate with low, high,
        their confidence, half_width; stage (in the first, ordinary t intervals, at which one may not stop; in the
        second, those of `precision.two_stage_interval`); wanted, the half-width in the estimate's unit; needed
        replicates; reached, whether n >= needed. Long paths have about 400 rows.

    Raises
    ------
    ParameterError
        For a bad argument, before anything is run, and as `precision.replications_needed` does after the first stage.

    Examples
    --------
    >>> def heights(first, last):
    ...     return [100.0 + (number * 7) % 10 for number in range(first, last)]
    >>> path = estimate_until(heights, half_width=1.0, minimum=20, maximum=100)
    >>> path[["n", "needed"]].iloc[-1].tolist(), bool(path["reached"].iloc[-1])
    ([39, 39], True)
    """
    checked_confidence(confidence)
    if not 0.0 < half_width < math.inf:
        raise ParameterError(f"half_width = {half_width!r}: allowed is more than 0")
    minimum = whole_number("minimum", minimum, LEAST_FIRST_STAGE, MOST_REPLICATIONS)
    maximum = whole_number("maximum", maximum, minimum, MOST_REPLICATIONS)
    draw, unit = what, ""
    if isinstance(what, Scenario):
        firms = [what] if against is None else [what, checked_scenario(against)]
        draw = _runs(firms, measure, seed, workers, engine, progress)
        unit = checked_outcomes([measure]).unit(measure)
    elif against is not None or not callable(what):
        raise ParameterError(f"{what!r} against {against!r}: two Scenarios are needed, or one function that draws both")
    assert callable(draw)

    drawn = _rows(draw, 0, minimum)
    paired = drawn.shape[1] == 2
    values, scale = _values(drawn, relative)
    needed = replications_needed(values, half_width, relative, confidence, scale)
    _, wanted = standardised(values, half_width, relative, scale)
    if min(needed, maximum) > minimum:
        drawn = np.concatenate([drawn, _rows(draw, minimum, min(needed, maximum))])
        values, scale = _values(drawn, relative)
    table = two_stage_path(values, scale, minimum, confidence)
    kind = "mean" if not paired else "relative difference" if relative else "difference"
    return table.assign(
        measure=measure, kind=kind, unit="share" if paired and relative else unit, confidence=confidence,
        wanted=wanted, needed=needed, reached=table["n"] >= needed)[list(COLUMNS)]


def _runs(
    firms: list[Scenario], name: str, seed: int, workers: int | None, engine: str, progress: ProgressLike
) -> Draw:
    """Draws of a measure by real runs, a column per scenario."""
    outcomes = checked_outcomes([name])
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    most = worker_count(workers)

    def draw(first: int, last: int) -> NDArray[np.float64]:
        total = last * len(firms)
        finished = counting(progress, total, done=first * len(firms))
        warm_up_compiler(engine)
        jobs = (Job("", firm, seed, number, engine, outcomes) for number in range(first, last) for firm in firms)
        results = parallel_map(run_and_measure, jobs, min(most, total), finished)
        return np.array([ratio(result.parts[name]) for result in results]).reshape(-1, len(firms))

    return draw


def _rows(draw: Draw, first: int, last: int) -> NDArray[np.float64]:
    """What was drawn, a row per replicate; refused if it is not one or two numbers for each."""
    drawn = np.asarray(draw(first, last), dtype=np.float64)
    rows = drawn.reshape(-1, 1) if drawn.ndim == 1 else drawn
    if rows.ndim != 2 or rows.shape[0] != last - first or rows.shape[1] not in (1, 2):
        raise ParameterError(f"replicates {first} to {last - 1} were drawn with the shape {drawn.shape}: "
                             f"({last - first},) or ({last - first}, 2) is needed")
    return rows


def _values(rows: NDArray[np.float64], relative: bool) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Values or paired differences, and what a relative difference is a fraction of."""
    if rows.shape[1] == 1:
        return rows[:, 0], None
    return rows[:, 0] - rows[:, 1], rows[:, 1] if relative else None
