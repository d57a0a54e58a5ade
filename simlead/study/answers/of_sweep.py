"""An answer about points of a sweep: what its best policies do over worlds.

A sweep's intervals count random numbers alone. Where its points are policies of one firm, some of them can be run
again in many worlds: the best one under each set of effect sizes, and any that are named. These runs are new, so that
a point chosen by its result is not flattered by it. The answer lies in a folder of its own within the sweep's.

All points in all worlds would take as many runs as a hundred sweeps. Worlds as a factor of the design would not do
either: one draw for each point mixes what the policy does with what the world does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.folder import read_folder, write_folder
from simlead.results.manifest import MANIFEST
from simlead.statistics.answers import checked_smallest
from simlead.study.answers.answer import answer
from simlead.study.answers.files import KIND, load_answer, save_answer_data
from simlead.study.answers.nested import Outcome, WorldsLike
from simlead.study.answers.result import Answer
from simlead.study.answers.smallest import smallest_effect_of_interest
from simlead.study.answers.switches import COVERAGE
from simlead.study.answers.switches import WORLDS as SWITCHED
from simlead.study.base_year import under_status_quo
from simlead.study.comparison import of_the_firm
from simlead.study.parallel import ProgressLike
from simlead.study.refusals import refusals
from simlead.study.sweeps.store import ANSWER
from simlead.study.sweeps.sweep import Sweep
from simlead.study.worlds.calibrating import RUNS as CALIBRATION_RUNS

WORLDS = 32
"""Worlds of an answer about a sweep, for each set of effect sizes, unless a number is asked for."""

MOST_POINTS = 12
"""Points that are answered about at most."""

REASONS = WORLD_VARIES, NO_SMALLEST, NOTHING_BETTER, TOO_DEAR = (
    "world_varies", "no_smallest", "nothing_better", "too_dear")
"""Why there is no answer: the points are other firms or worlds; the measure has no smallest effect of interest; no
point differs from the firm as it is; the answer would take more runs than the sweep."""

WARM_UP_SHARE = 0.4
"""The share of a run that its warm-up takes: two years of five."""


@refusals()
def answer_points(
    sweep: Sweep,
    points: Iterable[int] = (),
    *,
    measure: str | None = None,
    best: bool = True,
    worlds: int | WorldsLike = WORLDS,
    replications: int = 2,
    smallest_effect: float | None = None,
    structures: bool = False,
    workers: int | None = None,
    save: bool = True,
    progress: ProgressLike = None,
    outcome: Outcome | None = None,
) -> Answer:
    """Answer what points of a sweep do, with the uncertainty of the random numbers and of the world.

    Parameters
    ----------
    sweep : Sweep
        The sweep; its points are policies of one firm.
    points : iterable of int
        Numbers of points to answer about.
    measure : str, optional
        The measure (default: the sweep's first headline).
    best : bool, default True
        Whether to answer about the best point under each set of effect sizes too.
    worlds, replications, smallest_effect, structures, workers
        As in :func:`simlead.answer`.
    save : bool, default True
        Whether to save the answer into the sweep's folder, for its report; one that is there is replaced.
    progress, outcome
        As in :func:`simlead.answer`.

    Returns
    -------
    Answer
        The answer; its policies are named `point_12` by the point's number.

    Raises
    ------
    ParameterError
        If points are not policies of one firm, if there is no such point, or for a bad argument.

    Examples
    --------
    >>> import tempfile
    >>> import simlead
    >>> firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
    ...                           "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    >>> drawn = simlead.worlds(firm, 16, calibrated=False, weighted=False)
    >>> points = pd.DataFrame({"policy.coaching_share": [0.2, 0.5]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = simlead.sweep(points, scenario=firm, replications=2, measures=["revenue"], workers=1,
    ...                           out=f"{folder}/sweep", progress=False)
    ...     answered = answer_points(found, [1], best=False, worlds=drawn, smallest_effect=0.01, workers=1, save=False,
    ...                              outcome=lambda firm, seed, replicate: {
    ...                                  "revenue": 1e6 + 1e5 * firm.policy.coaching_share + 1e3 * replicate})
    >>> answered.table["policy"].tolist()
    ['point_1']
    """
    chosen = sweep.headlines[0] if measure is None else measure
    if chosen not in sweep.measures:
        raise ParameterError(f"measure {chosen!r}: not in this sweep; it has {', '.join(sweep.measures)}")
    numbers = [whole_number("point", number, 0, len(sweep.design) - 1) for number in points]
    if best:
        numbers += [number for number in best_points(sweep, chosen) if number not in numbers]
    numbers = list(dict.fromkeys(numbers))
    if len(numbers) > MOST_POINTS:
        raise ParameterError(f"points: {len(numbers)} of them; allowed are {MOST_POINTS} at most, for each is run in "
                             "every world")
    if smallest_effect is not None:
        checked_smallest(smallest_effect)
    reason = refused(sweep, chosen, smallest_effect)
    base = sweep.study.base(sweep.study.effect_sizes[0])
    policies = {f"point_{number}": under_first_set(sweep, number) for number in numbers}
    policies = {name: scenario for name, scenario in policies.items() if scenario != base}
    if reason or not policies:
        raise ParameterError(_REFUSALS[reason or NOTHING_BETTER])
    found = answer(policies, base, measure=chosen, worlds=worlds, replications=replications,
                   effect_sizes=sweep.study.effect_sizes, smallest_effect=smallest_effect, structures=structures,
                   seed=sweep.study.seed, workers=workers, engine=sweep.study.engine, progress=progress,
                   outcome=outcome)
    if save:
        with write_folder(sweep.folder / ANSWER, KIND, overwrite=True) as new:
            save_answer_data(found, new)
            new.facts["study"] = _identity(sweep)
    return found


def refused(sweep: Sweep, measure: str, smallest_effect: float | None = None) -> str:
    """Why the points of a sweep cannot be answered about, one of `REASONS`; empty if they can."""
    study = sweep.study
    if not study.factors or any(not _a_policy(path) for path in study.factors):
        return WORLD_VARIES
    base = study.base(study.effect_sizes[0])
    if under_status_quo(base) != base and not study.baseline:
        return WORLD_VARIES
    try:
        smallest_effect_of_interest(measure, base, smallest_effect)
    except (ParameterError, ValueError):
        return NO_SMALLEST
    return ""


def affordable(sweep: Sweep, measure: str, worlds: int = WORLDS, replications: int = 2) -> str:
    """Why an answer about the best points is not made without being asked for; empty if it is.

    It is made where it takes no more runs than the sweep took.
    """
    reason = refused(sweep, measure)
    if reason:
        return reason
    points = best_points(sweep, measure)
    base = sweep.study.base(sweep.study.effect_sizes[0])
    if not [number for number in points if under_first_set(sweep, number) != base]:
        return NOTHING_BETTER
    sets = len(sweep.study.effect_sizes)
    coaching = any(path.endswith(".coaching_share") for path in sweep.study.factors)
    each = replications * (len(points) + 1)
    runs = sets * (worlds * (each + WARM_UP_SHARE * CALIBRATION_RUNS)
                   + coaching * len(COVERAGE) * min(worlds, SWITCHED) * each)
    return TOO_DEAR if math.ceil(runs) > sweep.status().runs_done else ""


def best_points(sweep: Sweep, measure: str) -> list[int]:
    """The point with the highest measure under each set of effect sizes, by its number under the first set.

    With a baseline the highest difference from it. They are chosen by their results; an answer runs them anew.
    """
    study, design = sweep.study, sweep.design
    if study.baseline:
        table = sweep.paired(measure).rename(columns={"difference": "value"})
    else:
        table = sweep.points([measure]).rename(columns={measure: "value"})
    found = []
    for name in study.effect_sizes:
        here = table[(table["effect_sizes"] == name) & ~table["baseline"]]
        values = here["value"].to_numpy(float)
        if not np.isfinite(values).any():
            continue
        best = design[design["point"] == here["point"].iloc[int(np.nanargmax(values))]].iloc[0]
        found.append(_same_point(sweep, best, study.effect_sizes[0]))
    return list(dict.fromkeys(found))


def under_first_set(sweep: Sweep, number: int) -> Scenario:
    """A point's policy under the sweep's first set of effect sizes."""
    design = sweep.design
    row = design[design["point"] == number].iloc[0]
    base = sweep.study.base(sweep.study.effect_sizes[0])
    return base if row["baseline"] else base.change({path: _plain(row[path]) for path in sweep.study.factors})


def answer_of_sweep(sweep: Sweep) -> Answer | None:
    """The answer in a sweep's folder; None if there is none, or if points were added or the study changed since.

    Raises FileFormatError if it was damaged.
    """
    place = sweep.folder / ANSWER
    if not (place / MANIFEST).is_file():
        return None
    if read_folder(place, KIND).facts.get("study") != _identity(sweep):
        return None
    return load_answer(place)


def _identity(sweep: Sweep) -> str:
    return sweep.study.hash()


def _same_point(sweep: Sweep, row: pd.Series[Any], effect_sizes: str) -> int:
    """The number of the point with the same factors under another set."""
    design = sweep.design
    there = design[(design["effect_sizes"] == effect_sizes) & ~design["baseline"]]
    for path in sweep.study.factors:
        there = there[there[path] == row[path]]
    return int(there["point"].iloc[0]) if len(there) else int(row["point"])


def _a_policy(path: str) -> bool:
    return path.partition(".")[0] in ("policy", "team") and not of_the_firm(path)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


_REFUSALS = {
    WORLD_VARIES: "an answer over worlds is about policies of one firm; points of this sweep differ in more, or in "
                  "assumptions about the world",
    NO_SMALLEST: "smallest_effect: the measure has no default; state one",
    NOTHING_BETTER: "points: the best is the firm as it is, and no other was named; name one to answer about it",
}
