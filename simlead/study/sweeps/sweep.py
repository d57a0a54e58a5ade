"""A design run in parallel into a folder; what is there already is not run again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.engines import ready
from simlead.study.estimation.estimates import CONFIDENCE
from simlead.study.parallel import Progress, whole_number, worker_count
from simlead.study.studies.study import Study
from simlead.study.sweeps.plan import Plan, asked, plan_of
from simlead.study.sweeps.rerun import Rerun as Rerun
from simlead.study.sweeps.rerun import rerun as rerun
from simlead.study.sweeps.running import Crew, Pace, Processes, ThisProcess, settled
from simlead.study.sweeps.stages import Wanted, most_wanted, wanted
from simlead.study.sweeps.status import SweepStatus, status_of
from simlead.study.sweeps.store import Inventory, Store, create_or_open, open_store
from simlead.study.sweeps.sweep_tables import failures_table, paired_table, points_table, runs_table
from simlead.study.sweeps.trial import SweepPlan as SweepPlan
from simlead.study.sweeps.trial import check as check
from simlead.study.sweeps.work import Batch, OwnMeasure

if TYPE_CHECKING:
    import pandas as pd


def sweep(
    study: Study | pd.DataFrame,
    *,
    out: str | os.PathLike[str],
    scenario: Scenario | None = None,
    replications: int | None = None,
    seed: int | None = None,
    measures: Sequence[str] | None = None,
    baseline: bool | None = None,
    beliefs: str | Sequence[str] | None = None,
    engine: str | None = None,
    trace_hashes: bool | None = None,
    processes: Sequence[Any] = (),
    own_measures: Mapping[str, OwnMeasure] | None = None,
    workers: int | None = None,
    cluster: str | Crew | None = None,
    retry_failures: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a study, or every row of a table of dotted paths, into the folder `out`.

    Whatever interrupts it, the same call again makes what is missing, and the result is the
    same row for row. With more replications it is an extension. With fewer nothing is run and
    nothing is lost: the sweep then is the first so many replicates, until more are asked for.

    `study` is a Study (`load_study`), which says everything about the runs; or a DataFrame
    with a column per factor and a row per point, and then `scenario` (by default the status
    quo under `beliefs`), `replications` (20), `seed` (0), `measures` (all), `baseline`,
    `engine` and `trace_hashes` are as in a Study.

    `processes` are generator functions (clock, firm) of your own, which need engine="simpy".
    `own_measures` maps names to functions of a Run that return a number; its trace is there
    with `trace_hashes`. Both may be defined in a notebook, and neither may keep anything from
    one run for the next. The store keeps a fingerprint of their code
    (`fingerprint.fingerprint`), never the code.

    `workers` are processes, by default one per processor; one means this process itself.
    `cluster` is the address of a Dask scheduler instead ("tcp://host:port"), or any
    `running.Crew`. None of these changes a result. `progress` is called with (runs done or
    failed, runs wanted).

    A run that raises, or that ends its worker, is kept as a failure (`Sweep.failures`) and
    the others go on; failures are made again only with `retry_failures`.

    Raises ParameterError before anything is run: for a bad argument, if another sweep is at
    work in the folder, and if the folder is of another study or was made by other code, with
    the difference named. FileFormatError if the folder is something else or its manifest is
    damaged; OSError when the disk is full, and then what is done is kept.

    >>> import pandas, tempfile
    >>> firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
    ...                           "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = sweep(pandas.DataFrame({"market.rivals": [1, 5]}), scenario=firm, replications=3,
    ...                   measures=["market_share_base"], workers=1, out=folder)
    ...     found.points()[["point", "market.rivals", "n"]].values.tolist()
    [[0, 1, 3], [1, 5, 3]]
    """
    plan = plan_of(
        asked(study, scenario=scenario, replications=replications, seed=seed, measures=measures, baseline=baseline,
              beliefs=beliefs, engine=engine, trace_hashes=trace_hashes),
        processes, own_measures)
    if workers is not None and cluster is not None:
        raise ParameterError("workers and cluster: allowed is one of the two")
    crew = _crew(workers, cluster)
    try:
        with create_or_open(Path(out), plan) as store:
            if retry_failures:
                store.forget_failures()
            store.log_begin(crew.workers)
            _fill(store, plan.for_store(store.key), crew, progress)
            store.log("end")
    except BaseException:
        crew.stop()
        raise
    return Sweep(store)


def open_sweep(folder: str | os.PathLike[str]) -> Sweep:
    """A sweep's folder to read, finished or not, whoever may be writing to it.

    Raises FileFormatError, in one line, if the folder holds no sweep or its head is damaged.

    >>> open_sweep("no such folder")    # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder ...
    """
    return Sweep(open_store(Path(folder)))


class Sweep:
    """A sweep's folder, finished or not; :func:`sweep` and :func:`open_sweep` make one.

    Tables tell of the runs that are there when they are asked for. They are read by columns,
    some points at a time, in an order that does not depend on who made which run when: the
    same runs give the same table to the last bit. A file that is not what it was when it was
    written raises FileFormatError, and the same sweep again makes its runs anew.

    Where a precision was asked for, tables of points have a column `reached`: whether the
    precision's `maximum` of replicates was enough. The intervals of its measure are Stein's:
    their width comes from the first stage alone (`precision.two_stage_interval`).
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._final: Wanted | None = None

    def __repr__(self) -> str:
        return f"Sweep({str(self.folder)!r}, points={len(self._store.design)})"

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._store.folder

    @property
    def study(self) -> Study:
        """What was asked, last time; a table that was swept is a study too."""
        return self._store.study

    @property
    def design(self) -> pd.DataFrame:
        """The points, a row each: `point`, `beliefs`, `baseline`, then the factors."""
        return self._store.design.copy()

    @property
    def measures(self) -> list[str]:
        """The names of the measures that every run has, own ones last."""
        return self._store.columns()

    def scenario(self, point: int) -> Scenario:
        """The scenario of a point."""
        return self._store.scenario(whole_number("point", point, 0, len(self._store.design) - 1))

    def runs(self, measures: Iterable[str] | None = None) -> pd.DataFrame:
        """A row per run, by point and replicate.

        Columns: point, replicate, seed, the measures (all of the sweep's, or those named),
        events, tables_hash and, if the study keeps it, trace_hash. A run that failed or is
        not made yet has no row. This is the one table that is as long as the sweep.
        """
        return runs_table(self._store, self._wanted(), measures)

    def points(self, measures: Iterable[str] | None = None, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """A row per point: the design's columns, n, and NAME, NAME_low, NAME_high of each measure.

        NAME is the mean over the point's runs in which the measure is defined, in its unit,
        with its t interval; n the point's runs.
        """
        return points_table(self._store, self._wanted(), measures, confidence)

    def paired(self, measure: str, relative: bool = False, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """A row per point: the design's columns, n, difference, low, high.

        The difference from the baseline point of the same beliefs, paired by replicate, in the
        measure's unit; with `relative` as a part of the baseline's mean, by the delta method,
        with the noise of both. n counts the pairs. Raises ParameterError without a baseline.
        """
        return paired_table(self._store, self._wanted(), measure, relative, confidence)

    def failures(self) -> pd.DataFrame:
        """A row per run that failed: point, replicate, exception, message, traceback, parameters (JSON)."""
        return failures_table(self._store, self._inventory().failed)

    def status(self) -> SweepStatus:
        """How far it is; every file is verified."""
        return status_of(open_store(self.folder))

    def _inventory(self) -> Inventory:
        inventory = self._store.inventory(most_wanted(self._store))
        if inventory.damaged:
            raise inventory.damaged[0]
        return inventory

    def _wanted(self) -> Wanted:
        if self._final is None:
            found = wanted(self._store, self._inventory)
            if not found.final:
                return found
            self._final = found
        return self._final


def _crew(workers: int | None, cluster: str | Crew | None) -> Crew:
    if cluster is None:
        number = worker_count(workers)
        return ThisProcess() if number == 1 else Processes(number)
    if isinstance(cluster, str):
        from simlead.study.sweeps.cluster import cluster_crew

        return cluster_crew(cluster)
    return cluster


def _fill(store: Store, plan: Plan, crew: Crew, progress: Progress | None) -> None:
    """Make the runs that are wanted and not there, stage by stage."""
    inventory = store.inventory(most_wanted(store))
    for damaged in inventory.damaged:
        store.put_aside(damaged)
    goal = wanted(store, lambda: inventory)
    _fill_up(store, plan, crew, inventory, goal, progress)
    if not goal.final:
        inventory = store.inventory(most_wanted(store))
        _fill_up(store, plan, crew, inventory, wanted(store, lambda: inventory), progress)


def _fill_up(
    store: Store, plan: Plan, crew: Crew, inventory: Inventory, goal: Wanted, progress: Progress | None
) -> None:
    """Make the runs of one stage."""
    there = inventory.settled
    done, total = there.count(goal.replicates), int(goal.replicates.sum())
    if isinstance(crew, Processes):
        crew.fit(total - done)
    pace = Pace(total - done, crew.workers)

    def batches() -> Iterator[Batch]:
        for rectangle in there.missing(goal.replicates, pace.size):
            pace.handed_out(rectangle)
            yield Batch(plan.order, rectangle, plan.points(rectangle.first_point, rectangle.last_point))

    if progress is not None:
        progress(done, total)
    if done < total:
        ready(plan.order.engine)  # compiles here, if need be, so that workers find it in the cache
    with contextlib.closing(settled(batches(), crew)) as outcomes:
        for outcome in outcomes:
            store.write(outcome)
            pace.came_back(outcome)
            done += outcome.runs + outcome.failures
            if progress is not None:
                progress(done, total)
