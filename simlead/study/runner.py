"""The scenario runner: one function makes and measures a run, for every analysis and every worker."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.contract import Records
from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.results.measures import MEASURES, undefined_in_words, undefined_measures
from simlead.results.own_measures import OwnMeasure, split_measures
from simlead.results.provenance import provenance
from simlead.results.registry import Parts
from simlead.results.run import Run
from simlead.results.storage import without_later_columns
from simlead.results.weekly import checked_weekly, weekly_series
from simlead.results.windows import years
from simlead.study.engines import REFERENCE, Engine, engine_for, engine_named, known_engine

Process = Callable[[Any, Any], Any]
"""A generator function (clock, firm) that lives beside the model's own processes, in the SimPy engine."""


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """What is wanted of each run: the model's measures, your own, series by week, hashes.

    Hashing the trace, and a measure of your own that asks for it, make the engine keep the trace.
    """

    measures: tuple[str, ...] = tuple(MEASURES)
    own_measures: tuple[OwnMeasure, ...] = ()
    weekly: tuple[str, ...] = ()
    hashes: bool = False
    trace_hash: bool = False

    @property
    def names(self) -> list[str]:
        """The names of all measures, your own last."""
        return [*self.measures, *(own.name for own in self.own_measures)]

    @property
    def trace(self) -> bool:
        """Whether the run's trace is needed."""
        return self.trace_hash or any(own.trace for own in self.own_measures)

    def unit(self, name: str) -> str:
        """The unit of a measure."""
        own = {each.name: each.unit for each in self.own_measures}
        return own[name] if name in own else MEASURES[name].unit


@dataclasses.dataclass(frozen=True)
class Job:
    """One run to make and measure; `label` is the name of its scenario, where there are several."""

    label: str
    scenario: Scenario
    seed: int
    replicate: int
    engine: str
    outcomes: Outcomes = Outcomes()
    processes: tuple[Process, ...] = ()


@dataclasses.dataclass(frozen=True)
class RunSummary:
    """What is left of a run: measures as (numerator, denominator), series by week, hashes, and the seconds it took."""

    label: str
    seed: int
    replicate: int
    parts: dict[str, Parts]
    seconds: float
    weekly: dict[str, NDArray[np.float64]] = dataclasses.field(default_factory=dict)
    events: int = 0
    tables_hash: str = ""
    trace_hash: str = ""


def checked_runs(replications: object, seed: object, engine: str, least: int = 1) -> tuple[int, int]:
    """Check the number of replications, the seed and the engine; ParameterError before anything is run."""
    known_engine(engine)
    return (whole_number("replications", replications, least, MOST_REPLICATIONS),
            whole_number("seed", seed, 0, LARGEST_SEED))


def run_records(job: Job, engine: Engine | None = None) -> Records:
    """Make a job's run, by its engine or one that shares warm-ups; the trace is kept only if its outcomes need it."""
    make = engine or engine_named(job.engine)
    return make(job.scenario, job.seed, job.replicate, job.outcomes.trace, job.processes)


def run_and_measure(job: Job, engine: Engine | None = None) -> RunSummary:
    """Make a run and summarise it; what every worker does."""
    start = time.perf_counter()
    return summarise(job, run_records(job, engine), start)


def run_each(jobs: Sequence[Job], engine: Engine | None = None) -> list[RunSummary]:
    """Make and measure runs one after another; neighbours with the same warm-up share it."""
    engine = engine or engine_for(jobs[0].engine, [until_switch(job.scenario) for job in jobs])
    return [run_and_measure(job, engine) for job in jobs]


def warm_up_groups(scenarios: Mapping[str, Scenario]) -> list[list[str]]:
    """The names of scenarios in groups that share their warm-up, in order of first appearance.

    >>> warm_up_groups({"a": Scenario(), "other firm": Scenario().change({"organisation.teams": 2}),
    ...                 "b": Scenario().change({"policy.coaching_share": 0.5})})
    [['a', 'b'], ['other firm']]
    """
    groups: dict[Hashable, list[str]] = {}
    for name, scenario in scenarios.items():
        groups.setdefault(until_switch(scenario), []).append(name)
    return list(groups.values())


def summarise(job: Job, records: Records, start: float | None = None) -> RunSummary:
    """Summarise a run that was made; `start` is when its making began (`time.perf_counter`)."""
    outcomes = job.outcomes
    both = years(records, job.scenario)
    parts = {name: MEASURES[name].of_years(both) for name in outcomes.measures}
    trace_hash = ""
    if outcomes.own_measures or outcomes.trace_hash:
        run = Run(job.scenario, job.seed, job.replicate, job.engine, records, provenance(job.scenario))
        trace_hash = run.trace_hash() if outcomes.trace_hash else ""
        parts |= {own.name: own.parts(run) for own in outcomes.own_measures}
    return RunSummary(
        label=job.label,
        seed=job.seed,
        replicate=job.replicate,
        parts=parts,
        weekly={name: weekly_series(records, job.scenario, name) for name in outcomes.weekly},
        events=records.events,
        tables_hash=tables_hash(records) if outcomes.hashes else "",
        trace_hash=trace_hash,
        seconds=0.0 if start is None else time.perf_counter() - start,
    )


def tables_hash(records: Records) -> str:
    """Sixteen hexadecimal digits that stand for a run's four tables, bit by bit.

    Columns that 0.1.0 did not have are left out, so that its sweeps can still be confirmed.
    """
    digest = hashlib.sha256()
    for table in (records.opportunities, records.reps, records.managers, records.weeks):
        digest.update(f"{len(table)}\0".encode())
        digest.update(np.ascontiguousarray(without_later_columns(table)).view(np.uint8).data)
    return digest.hexdigest()[:16]


def checked_outcomes(
    measures: Iterable[str] | None = None,
    own_measures: Mapping[str, Callable[[Run], Any]] | None = None,
    weekly: str | Sequence[str] = (),
    **hashes: bool,
) -> Outcomes:
    """Check what is wanted of each run; ParameterError for an unknown name or a function that workers cannot get.

    >>> checked_outcomes(["revenue"], {"two": lambda run: 2.0}, "wins").names
    ['revenue', 'two']
    """
    series = checked_weekly(weekly)
    names = None if measures is None else [measures] if isinstance(measures, str) else list(measures)
    named, own = ((), ()) if names == [] and series and not own_measures else split_measures(names, own_measures)
    refuse_unsendable({measure.name: measure.function for measure in own})
    return Outcomes(named, own, series, **hashes)


def undefined_in_all(
    names: Sequence[str], scenarios: Iterable[Scenario], *, refuse: bool = False
) -> dict[str, str]:
    """Find the measures that need a year which no scenario's calendar holds: the parameter that is too small, by name.

    With `refuse`, raise ParameterError if that is so of all of them.

    >>> undefined_in_all(["revenue"], [Scenario().change({"calendar.horizon_weeks": 26})], refuse=True)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: nothing to measure: revenue needs calendar.horizon_weeks of 52 or more...
    """
    found = [undefined_measures(names, scenario) for scenario in scenarios]
    undefined = {name: path for name, path in found[0].items() if all(name in each for each in found)}
    if refuse and names and len(undefined) == len(names):
        raise ParameterError(f"nothing to measure: {undefined_in_words(undefined)}")
    return undefined


def checked_processes(processes: Sequence[Process], engine: str) -> tuple[Process, ...]:
    """Check processes of your own; ParameterError where the engine runs none or workers cannot get them.

    >>> checked_processes([print], "compiled")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: engine 'compiled' runs no processes of your own; allowed is 'simpy'
    """
    found = tuple(processes)
    if found and engine != REFERENCE:
        raise ParameterError(f"engine {engine!r} runs no processes of your own; allowed is {REFERENCE!r}")
    for number, process in enumerate(found):
        if not callable(process):
            raise ParameterError(f"process {number} = {process!r}: a function is needed")
    refuse_unsendable({f"process {number}": process for number, process in enumerate(found)})
    return found


def refuse_unsendable(functions: Mapping[str, Callable[..., Any]]) -> None:
    """Refuse functions that cannot be sent to a worker, before any run is made."""
    if not functions:
        return  # and nothing to load for it
    import cloudpickle

    for name, function in functions.items():
        try:
            cloudpickle.dumps(function)
        except Exception as trouble:
            raise ParameterError(" ".join(f"{name} cannot be sent to workers: {trouble}".split())) from None
