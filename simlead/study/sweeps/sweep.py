"""Sweeps: designs run in parallel into a folder, without repeating finished runs."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.model.deprecation import renamed_argument
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.engines import warm_up_compiler
from simlead.study.parallel import Progress, ProgressLike, shown_progress, worker_count
from simlead.study.studies.study import Study
from simlead.study.sweeps.adding import filled
from simlead.study.sweeps.failures import failure_reasons
from simlead.study.sweeps.making import create_or_open
from simlead.study.sweeps.opened_sweep import Sweep as Sweep
from simlead.study.sweeps.opened_sweep import open_sweep as open_sweep
from simlead.study.sweeps.plan import Plan, asked, plan_of
from simlead.study.sweeps.rerun import Rerun as Rerun
from simlead.study.sweeps.rerun import rerun as rerun
from simlead.study.sweeps.running import Executor, Pace, Processes, ThisProcess, finished_batches
from simlead.study.sweeps.size import refuse_points_too_large
from simlead.study.sweeps.stages import goal_of, largest_goal
from simlead.study.sweeps.store import Store
from simlead.study.sweeps.time_limit import TimeLimit, first_seconds
from simlead.study.sweeps.trial import SweepPlan as SweepPlan
from simlead.study.sweeps.trial import check as check
from simlead.study.sweeps.work import Batch, OwnMeasure

_log = logging.getLogger(__name__)


@renamed_argument("beliefs", "effect_sizes")
def sweep(
    study: Study | pd.DataFrame,
    *,
    out: str | os.PathLike[str],
    scenario: Scenario | None = None,
    replications: int | None = None,
    seed: int | None = None,
    measures: Sequence[str] | None = None,
    baseline: bool | None = None,
    effect_sizes: str | Sequence[str] | None = None,
    engine: str | None = None,
    trace_hashes: bool | None = None,
    processes: Sequence[Any] = (),
    own_measures: Mapping[str, OwnMeasure] | None = None,
    weekly: str | Sequence[str] = (),
    add_points: bool = False,
    workers: int | None = None,
    cluster: str | Executor | None = None,
    retry_failures: bool = False,
    run_seconds: float | None = None,
    progress: ProgressLike = None,
) -> Sweep:
    """Run a study, or every row of a table of dotted paths, into a folder.

    Whatever interrupts it, the same call again makes what is missing, and the result is the same row for row. With
    more replications it is an extension. With fewer nothing is run and nothing is lost: the sweep then is the first
    replicates, until more are asked for.

    `processes` and `own_measures` may be defined in a notebook, and neither may keep anything from one run for the
    next. The store has a fingerprint of their code (`fingerprint.fingerprint`), never the code.

    A run that raises, that ends its worker, or that takes longer than `run_seconds` is stored as a failure
    (`Sweep.failures`) and the others go on; a SweepWarning states how many failed of what.

    Parameters
    ----------
    study : Study or pandas.DataFrame
        A study (`load_study`), which states everything about the runs; or a table with a column per factor and a row
        per point, to which the arguments from `scenario` to `trace_hashes` belong.
    out : str or os.PathLike
        The folder.
    scenario : Scenario, optional
        What the points of a table change; the status quo under `effect_sizes` if left out.
    replications : int, optional
        Replications of each point (20).
    seed : int, optional
        Random seed (0).
    measures : sequence of str, optional
        The measures to store (all).
    baseline : bool, optional
        Whether the base itself is run beside the points.
    effect_sizes : str or sequence of str, optional
        Sets of effect sizes.
    engine : {"compiled", "simpy"}, optional
        The engine.
    trace_hashes : bool, optional
        Whether the hash of every run's trace is stored.
    processes : sequence of callable
        Generator functions (clock, firm) of your own, which need engine="simpy".
    own_measures : mapping of str to callable, optional
        Functions of a Run that return a number; its trace is there with `trace_hashes`.
    weekly : str or sequence of str
        Series by week to store of every run (`results.weekly.WEEKLY`: profit, and the columns of the table of weeks),
        for `Sweep.weekly`.
    add_points : bool
        Whether the rows of a table are added to the points that the folder has already, which keep their numbers and
        are not run again; `replications` then counts for the rows of this call. An empty cell, or a column that a row
        lacks, stands at the value of the scenario that the points change.
    workers : int, optional
        Number of worker processes (default: all cores); 1 means this process itself.
    cluster : str or Executor, optional
        Address of a Dask scheduler ("tcp://host:port"), or any executor of `running`. It changes no result.
    retry_failures : bool
        Whether failed runs are made again.
    run_seconds : float, optional
        Longest time of a run; by default thirty times the longest run seen, and a minute or more.
    progress : callable or bool, optional
        Called with (runs done or failed, runs wanted).

    Returns
    -------
    Sweep
        The sweep.

    Raises
    ------
    ParameterError
        Before anything is run: for a bad argument, if another sweep is at work in the folder, and if the folder is of
        another study or was made by other code, with the difference named.
    FileFormatError
        If the folder is something else or its manifest is damaged.
    OSError
        When the disk is full; what is done is kept.

    Examples
    --------
    >>> import pandas, tempfile
    >>> firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
    ...                           "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = sweep(pandas.DataFrame({"market.rivals": [1, 5]}), scenario=firm, replications=3,
    ...                   measures=["market_share_base"], workers=1, out=folder)
    ...     found.points()[["point", "market.rivals", "n"]].values.tolist()
    [[0, 1, 3], [1, 5, 3]]
    """
    if add_points:
        study = _points_to_add(study, scenario, effect_sizes)
    plan = plan_of(
        asked(study, scenario=scenario, replications=replications, seed=seed, measures=measures, baseline=baseline,
              effect_sizes=effect_sizes, engine=engine, trace_hashes=trace_hashes),
        processes, own_measures, weekly)
    if workers is not None and cluster is not None:
        raise ParameterError("workers and cluster: allowed is one of the two")
    limit = TimeLimit(_checked_seconds(run_seconds), first_seconds(plan.order.bases.values()))
    executor = _executor(workers, cluster)
    if cluster is None:
        refuse_points_too_large(plan, executor.workers)
    try:
        with create_or_open(Path(out), plan, add_points) as (store, plan):
            if retry_failures:
                store.forget_failures()
            store.log_begin(executor.workers)
            _fill(store, plan.for_store(store.key), executor, limit, shown_progress(progress))
            store.log("end")
    except BaseException:
        executor.stop()
        raise
    found = Sweep(store)
    if plan.undefined and plan.study.measures != tuple(MEASURES):
        warnings.warn(plan.undefined, SweepWarning, stacklevel=3)  # past the wrapper of the old argument
    failures = found.failures()
    if len(failures):
        runs = "1 run" if len(failures) == 1 else f"{len(failures)} runs"
        warnings.warn(f"{runs} failed: {failure_reasons(failures)}; Sweep.failures() lists them",
                      SweepWarning, stacklevel=3)
    return found


class SweepWarning(UserWarning):
    """Runs of a sweep failed, or measures that it names are not defined; the rest of the sweep is there."""


def _points_to_add(
    study: Study | pd.DataFrame, scenario: Scenario | None, effect_sizes: str | Sequence[str] | None
) -> pd.DataFrame:
    """The rows to add, without empty cells where one scenario says what stands there."""
    if not isinstance(study, pd.DataFrame):
        raise ParameterError("add_points: points are added by a table (a DataFrame of dotted paths)")
    sets = [effect_sizes] if isinstance(effect_sizes, str) else list(effect_sizes or ())
    if scenario is not None or len(sets) < 2:  # else an empty cell has no one value
        study = filled(study, (preset("status_quo", *sets) if scenario is None else scenario).values())
    return study.drop_duplicates(ignore_index=True)


def _executor(workers: int | None, cluster: str | Executor | None) -> Executor:
    if cluster is None:
        number = worker_count(workers)
        return ThisProcess() if number == 1 else Processes(number)
    if isinstance(cluster, str):
        from simlead.study.sweeps.cluster import cluster_executor

        return cluster_executor(cluster)
    return cluster


def _checked_seconds(run_seconds: float | None) -> float | None:
    if run_seconds is None:
        return None
    number = isinstance(run_seconds, (int, float)) and not isinstance(run_seconds, bool)
    if not number or not 0.0 < run_seconds < 1e8:
        raise ParameterError(f"run_seconds = {run_seconds!r}: allowed is a number of seconds above 0, below 1e8")
    return float(run_seconds)


def _fill(store: Store, plan: Plan, executor: Executor, limit: TimeLimit, progress: Progress | None) -> None:
    """Make the runs that are wanted and not there; then, if these were a precision's first stage, the others."""
    inventory = store.inventory(largest_goal(store))
    for damaged in inventory.damaged:
        _log.warning("sweep in %s: %s is put aside, and its runs are made again", store.folder, damaged.path.name)
        store.put_aside(damaged)
    goal, there = goal_of(store, lambda: inventory), inventory.finished
    done, total = there.count(goal.replicates), int(goal.replicates.sum())
    if isinstance(executor, Processes):
        executor.fit(total - done)
    _log.info("sweep in %s: %d of %d runs are there; workers for the others: %d", store.folder, done, total,
              executor.workers)
    pace = Pace(total - done, executor.workers)

    def batches() -> Iterator[Batch]:
        for rectangle in there.missing(goal.replicates, pace.size, plan.ends_of_warm_ups()):
            pace.handed_out(rectangle)
            points = plan.points(rectangle.first_point, rectangle.last_point)
            yield Batch(plan.order, rectangle, points, limit.seconds)

    if progress is not None:
        progress(done, total)
    if done < total:
        warm_up_compiler(plan.order.engine)  # compiles here, if need be, so that workers find it in the cache
    with contextlib.closing(finished_batches(batches(), executor)) as outcomes:
        for outcome in outcomes:
            store.write(outcome)
            pace.came_back(outcome)
            if outcome.runs:
                limit.saw(outcome.longest)
            done += outcome.runs + outcome.failures
            if progress is not None:
                progress(done, total)
    if not goal.final:
        _fill(store, plan, executor, limit, progress)
