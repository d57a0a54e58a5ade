"""Scenarios side by side, with common random numbers."""

from __future__ import annotations

import logging
import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from simlead.engines.size import refuse_too_large
from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.results.measures import undefined_in_words
from simlead.results.provenance import provenance
from simlead.results.run import Run
from simlead.statistics.intervals import CONFIDENCE, checked_confidence
from simlead.study.by_team import each_team
from simlead.study.comparison import Comparison, paired_table
from simlead.study.engines import FAST, engine_for, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, parallel_map, shown_progress, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import (
    Job,
    Process,
    RunSummary,
    checked_outcomes,
    checked_processes,
    run_each,
    undefined_in_all,
    warm_up_groups,
)
from simlead.study.simulate import checked_scenario, row

LEAST_REPLICATIONS = 2
"""Below this there is no interval, so a deadline does not cut a comparison shorter."""

REPLICATIONS_PER_WORKER = 2
"""With so many or more, a worker makes all scenarios of a replication, which share their warm-up."""


_log = logging.getLogger(__name__)


@refusals()
def compare(
    scenarios: Mapping[str, Scenario],
    *,
    replications: int = 20,
    seed: int = 0,
    workers: int | None = None,
    baseline: str | None = None,
    engine: str = FAST,
    measures: Iterable[str] | None = None,
    confidence: float = CONFIDENCE,
    deadline_seconds: float | None = None,
    processes: Sequence[Process] = (),
    own_measures: Mapping[str, Callable[[Run], Any]] | None = None,
    weekly: str | Sequence[str] = (),
    progress: ProgressLike = None,
) -> Comparison:
    """Simulate several scenarios with common random numbers and compare their measures.

    Replication i of every scenario meets the same buyers with the same moods, so that a
    difference is a difference of scenarios.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        The scenarios by name.
    replications : int, default 20
        Replications per scenario.
    seed : int, default 0
        Random seed, 0 to 2**63 - 1.
    workers : int, optional
        Number of worker processes (default: all cores); they do not change the result.
    baseline : str, optional
        The scenario that the others are compared with; the first by default.
    engine : {"compiled", "simpy"}
        The compiled engine by default; processes of your own need "simpy".
    measures : iterable of str, optional
        Names of measures, registered ones of your own included; all of the model's by default. `team.2.revenue`
        is a team's, `team.*.revenue` every team's (`Comparison.by_team`).
    confidence : float, default 0.95
        Confidence of each interval.
    deadline_seconds : float, optional
        Add replications, for all scenarios alike, until one more would end later than that: at least 2
        and at most `replications`; `n` in the table says how many.
    processes : sequence of generator functions (clock, firm), optional
        Processes of your own, in every scenario.
    own_measures : mapping of name to function of a Run, optional
        Measures of your own.
    weekly : str or sequence of str, optional
        Series by week to keep (`results.weekly.WEEKLY`), for `Comparison.weekly`.
    progress : callable or bool, optional
        Called with (runs done, runs in all); True shows a line on standard error.

    Returns
    -------
    Comparison
        Means, paired differences and their intervals.

    Raises
    ------
    ParameterError
        Before anything is run: if an argument is not allowed, or no scenario's calendar holds a year
        that one of the measures needs.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
    ...                            "calendar.horizon_weeks": 52})
    >>> study = compare({"as it is": small, "coached": small.change({"policy.coaching_share": 0.5})},
    ...                 replications=2, workers=1, measures=["coaching_share_realised"])
    >>> study.table[["scenario", "n"]].values.tolist()
    [['as it is', 2], ['coached', 2]]
    """
    if not isinstance(scenarios, Mapping):
        raise ParameterError(f"scenarios = {scenarios!r}: allowed is a mapping of names to scenarios, such as "
                             "{'as it is': Scenario(), 'coached': preset('coaching')}")
    chosen = {str(name): checked_scenario(scenario) for name, scenario in scenarios.items()}
    if not chosen:
        raise ParameterError("scenarios: at least one is needed")
    first = next(iter(chosen)) if baseline is None else baseline
    if first not in chosen:
        raise ParameterError(f"baseline {first!r}: no such scenario{nearest(str(first), chosen)}")
    replications = whole_number("replications", replications, 1, MOST_REPLICATIONS)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    if measures is not None:
        measures = each_team([measures] if isinstance(measures, str) else measures, chosen)
    outcomes = checked_outcomes(measures, own_measures, weekly)
    undefined = undefined_in_all(outcomes.names, chosen.values(), refuse=True)
    if undefined and measures is not None:
        warnings.warn(undefined_in_words(undefined), UserWarning, stacklevel=3)
    own_processes = checked_processes(processes, engine)
    checked_confidence(confidence)
    workers = min(worker_count(workers), replications * len(chosen))

    if deadline_seconds is not None and not 0.0 < deadline_seconds < math.inf:
        raise ParameterError(f"deadline_seconds = {deadline_seconds!r}: allowed is more than 0")
    for scenario in chosen.values():
        refuse_too_large(scenario, outcomes.trace, engine, workers)
    warm_up_compiler(engine)
    _log.info("compare: %d scenarios, %d replications each, seed %d, %s engine, workers %d", len(chosen), replications,
              seed, engine, workers)
    watch = _Watch(len(chosen), replications, workers, deadline_seconds, progress)

    together = [name for group in warm_up_groups(chosen) for name in group]
    at_once = len(together) if workers > 1 and replications >= REPLICATIONS_PER_WORKER * workers else 1

    def tasks() -> Iterator[list[Job]]:
        for number in range(replications):
            if watch.would_be_late(number):
                return
            jobs = [Job(name, chosen[name], seed, number, engine, outcomes, own_processes) for name in together]
            for first in range(0, len(jobs), at_once):
                watch.started += at_once
                yield jobs[first:first + at_once]

    # With one worker its engine lasts from task to task, and so does the warm-up that it keeps.
    warm_ups = [until_switch(chosen[name]) for name in together]
    make = partial(run_each, engine=engine_for(engine, warm_ups)) if workers == 1 else run_each
    made = parallel_map(make, tasks(), workers, watch.finished, queue_ahead=deadline_seconds is None)
    place = {name: number for number, name in enumerate(chosen)}
    results = sorted((result for each in made for result in each), key=lambda run: (run.replicate, place[run.label]))

    _log.info("compare: %d runs made", len(results))
    runs = pd.DataFrame([{"scenario": result.label} | row(result, outcomes.names) for result in results])
    units = {name: outcomes.unit(name) for name in outcomes.names}
    return Comparison(
        table=paired_table(runs, list(chosen), first, outcomes.names, confidence, units),
        runs=runs,
        scenarios=MappingProxyType(chosen),
        baseline=first,
        seed=seed,
        replications=len(results) // len(chosen),
        engine=engine,
        confidence=confidence,
        provenance=MappingProxyType({name: provenance(scenario) for name, scenario in chosen.items()}),
        units=MappingProxyType(units),
        weekly_runs=MappingProxyType({
            series: {name: np.array([result.weekly[series] for result in results if result.label == name])
                     for name in chosen} for series in outcomes.weekly}),
    )


class _Watch:
    """Counts runs, reports the progress, and decides whether there is time for another replication."""

    def __init__(
        self, scenarios: int, replications: int, workers: int, deadline_seconds: float | None,
        progress: ProgressLike,
    ) -> None:
        self.scenarios, self.replications, self.workers = scenarios, replications, workers
        self.deadline, self.progress = deadline_seconds, shown_progress(progress)
        self.begun = time.monotonic()
        self.started = 0
        self.done = 0
        self.seconds = 0.0  # of all runs done, each on its worker
        self._report()

    def would_be_late(self, replicate: int) -> bool:
        """Whether the deadline would pass before one more replicate of all scenarios is done."""
        if self.deadline is None or replicate < LEAST_REPLICATIONS:
            return False
        if not self.done:  # there are more workers than runs so far: they would only idle
            return False
        ahead = math.ceil((self.started - self.done + self.scenarios) / self.workers)
        return time.monotonic() - self.begun + ahead * self.seconds / self.done > self.deadline

    def finished(self, results: list[RunSummary]) -> None:
        """Note finished runs."""
        self.done += len(results)
        self.seconds += sum(result.seconds for result in results)
        self._report()

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(self.done, max(self.started, self._expected()))

    def _expected(self) -> int:
        """Runs in all: known without a deadline, otherwise by the time they took so far."""
        if self.deadline is None:
            return self.scenarios * self.replications
        replicates = min(LEAST_REPLICATIONS, self.replications)
        if self.done:
            affordable = self.deadline * self.workers / (self.seconds / self.done * self.scenarios)
            replicates = max(replicates, min(self.replications, int(affordable)))
        return self.scenarios * replicates
