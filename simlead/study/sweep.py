"""A design run in parallel into a folder; what is there already is not run again."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.study.engines import ready
from simlead.study.estimates import CONFIDENCE
from simlead.study.parallel import Progress, worker_count
from simlead.study.plan import Plan, plan_of, study_of_table
from simlead.study.running import Crew, Pace, local_crew, settled
from simlead.study.stages import Wanted, most_wanted, wanted
from simlead.study.status import SweepStatus, status_of
from simlead.study.store import Inventory, Store, create_or_open, open_store
from simlead.study.study import Study
from simlead.study.sweep_tables import failures_table, paired_table, points_table, runs_table
from simlead.study.work import Batch, OwnMeasure

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
    workers: int | None = None,
    cluster: str | Crew | None = None,
    processes: Sequence[Any] = (),
    own_measures: Mapping[str, OwnMeasure] | None = None,
    retry_failures: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a study, or every row of a table of dotted paths, into the folder `out`."""
    plan = plan_of(
        _study(study, scenario=scenario, replications=replications, seed=seed, measures=measures, baseline=baseline,
               beliefs=beliefs, engine=engine, trace_hashes=trace_hashes),
        processes, own_measures)
    number = worker_count(workers)
    with create_or_open(Path(out), plan) as store:
        plan = dataclasses.replace(plan, order=dataclasses.replace(plan.order, store=store.key))
        crew = _crew(number, cluster)
        ready(plan.order.engine)
        store.log("begin", process=os.getpid(), workers=crew.workers, versions=store.manifest["versions"])
        try:
            _fill(store, plan, crew, retry_failures, progress)
        except BaseException:
            crew.stop()
            raise
        store.log("end")
    return Sweep(store)


def open_sweep(folder: str | os.PathLike[str]) -> Sweep:
    """A sweep's folder, to read."""
    return Sweep(open_store(Path(folder)))


class Sweep:
    """A sweep's folder, finished or not."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._store.folder

    @property
    def study(self) -> Study:
        """What was asked."""
        return self._store.study

    @property
    def design(self) -> pd.DataFrame:
        """The points: `point`, `beliefs`, `baseline`, then the factors; a row each."""
        return self._store.design.copy()

    def runs(self, measures: Iterable[str] | None = None) -> pd.DataFrame:
        """A row per run, by point and replicate.

        Columns: point, replicate, seed, the measures (all of the sweep's, or those named),
        events, tables_hash and, if the study keeps it, trace_hash. A run that failed or is
        not made yet has no row. This is the one table that is as long as the sweep.
        """
        return runs_table(self._store, self._goal(), measures)

    def points(self, measures: Iterable[str] | None = None, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """A row per point: the design's columns, n, and NAME, NAME_low, NAME_high of each measure.

        NAME is the mean over the point's runs in which the measure is defined, with its t
        interval; n the point's runs.
        """
        return points_table(self._store, self._goal(), measures, confidence)

    def paired(self, measure: str, relative: bool = False, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """A row per point: the design's columns, n, difference, low, high.

        The difference from the baseline point of the same beliefs, paired by replicate; with
        `relative` as a part of the baseline's mean, by the delta method, with the noise of
        both. n counts the pairs.
        """
        return paired_table(self._store, self._goal(), measure, relative, confidence)

    def failures(self) -> pd.DataFrame:
        """A row per run that failed: point, replicate, exception, message, traceback, parameters."""
        return failures_table(self._store, self._inventory().failed)

    def status(self) -> SweepStatus:
        """How far it is; every file is verified."""
        return status_of(self._store)

    def _inventory(self) -> Inventory:
        inventory = self._store.inventory(most_wanted(self._store))
        for found in inventory.damaged:
            raise FileFormatError(f"{found.trouble}; the same sweep again makes it anew")
        return inventory

    def _goal(self) -> Wanted:
        return wanted(self._store, self._inventory())


def _study(study: Study | pd.DataFrame, **settings: Any) -> Study:
    if not isinstance(study, Study):
        return study_of_table(study, **settings)
    for name, value in settings.items():
        if value is not None:
            raise ParameterError(f"{name}: belongs to the study; allowed beside a table only")
    return study


def _crew(workers: int, cluster: str | Crew | None) -> Crew:
    if cluster is None:
        return local_crew(workers)
    if isinstance(cluster, str):
        from simlead.study.cluster import cluster_crew

        return cluster_crew(cluster)
    return cluster


def _fill(store: Store, plan: Plan, crew: Crew, retry_failures: bool, progress: Progress | None) -> None:
    """Make the runs that are wanted and not there, stage by stage."""
    if retry_failures:
        store.forget_failures()
    inventory = store.inventory(most_wanted(store))
    for found in inventory.damaged:
        store.put_aside(found.shard)
    while True:
        goal = wanted(store, inventory)
        _fill_up(store, plan, crew, inventory, goal, progress)
        if goal.final:
            return
        inventory = store.inventory(most_wanted(store))


def _fill_up(
    store: Store, plan: Plan, crew: Crew, inventory: Inventory, goal: Wanted, progress: Progress | None
) -> None:
    there = inventory.done.together(inventory.failed)
    done, total = there.count(goal.replicates), int(goal.replicates.sum())
    pace = Pace(total - done, crew.workers)

    def batches() -> Iterator[Batch]:
        for rectangle in there.missing(goal.replicates, pace.size):
            pace.handed_out(rectangle)
            yield Batch(plan.order, rectangle, plan.points(rectangle.first_point, rectangle.last_point))

    if progress is not None:
        progress(done, total)
    for outcome in settled(batches(), crew):
        store.write(outcome)
        pace.came_back(outcome)
        done += outcome.runs + outcome.failures
        if progress is not None:
            progress(done, total)
