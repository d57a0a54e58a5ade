"""Scenarios side by side, over the same simulated luck."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.measures import MEASURES
from simlead.results.provenance import Provenance, provenance
from simlead.study.engines import FAST, known_engine, ready
from simlead.study.estimation.estimates import (
    CONFIDENCE,
    checked_confidence,
    mean_interval,
    paired_difference,
    relative_difference,
)
from simlead.study.estimation.simultaneous import Method, simultaneous_intervals
from simlead.study.parallel import Job, Measured, Progress, measure, spread, whole_number, worker_count
from simlead.study.simulate import (
    LARGEST_REPLICATE,
    LARGEST_SEED,
    checked_measures,
    checked_scenario,
    row,
)

if TYPE_CHECKING:
    import pandas as pd

LEAST_REPLICATIONS = 2
"""Below this there is no interval, so a deadline does not cut a comparison shorter."""

COLUMNS = ("scenario", "measure", "unit", "mean", "low", "high",
           "difference", "difference_low", "difference_high",
           "relative_difference", "relative_low", "relative_high", "variance_saved", "n")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What a comparison found.

    `table` has a row per scenario and measure: `mean` with its interval `low` to `high`,
    in the measure's `unit`; `difference` from the baseline (scenario - baseline, paired by
    replicate) with its interval; `relative_difference`, the same as a part of the baseline's
    mean, with an interval that counts the noise of that mean too (see
    `estimates.relative_difference`; nan where that mean is not above 0); `variance_saved`,
    the part of a difference's variance that pairing removed (see
    `estimates.PairedEstimate`); `n`, the replicates in which the measure was defined. The
    baseline differs from itself by exactly 0.

    `runs` has a row per scenario and replicate: scenario, seed, replicate, measures.
    `scenarios` and `provenance` are by the scenarios' names.
    """

    table: pd.DataFrame
    runs: pd.DataFrame
    scenarios: Mapping[str, Scenario]
    baseline: str
    seed: int
    replications: int
    engine: str
    confidence: float
    provenance: Mapping[str, Provenance]

    def simultaneous(
        self,
        measure: str,
        *,
        confidence: float | None = None,
        method: Method = "max-t",
        all_pairs: bool = False,
        relative: bool = False,
    ) -> pd.DataFrame:
        """Differences in one measure whose intervals all hold together with the confidence.

        For speaking of the most striking of several scenarios, which the table's intervals,
        good one by one, do not bear. Columns, methods and limits as in
        `simultaneous.simultaneous_intervals`; `measure` and `unit` stand before them. The
        confidence is the comparison's unless given.

        Raises ParameterError for a measure that was not compared, and as that does.

        >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
        ...                            "calendar.horizon_weeks": 52})
        >>> firms = {str(share): small.change({"policy.coaching_share": share}) for share in (0.2, 0.4, 0.6)}
        >>> study = compare(firms, replications=2, workers=1, measures=["coaching_share_realised"])
        >>> study.simultaneous("coaching_share_realised", all_pairs=True)[["scenario", "against"]].values.tolist()
        [['0.4', '0.2'], ['0.6', '0.2'], ['0.6', '0.4']]
        """
        if measure not in self.runs.columns or measure not in MEASURES:
            compared = [name for name in self.runs.columns if name in MEASURES]
            raise ParameterError(f"measure {measure!r} was not compared{nearest(str(measure), compared)}")
        wide = self.runs.pivot(index="replicate", columns="scenario", values=measure)
        table = simultaneous_intervals(
            {name: wide[name].to_numpy(float) for name in self.scenarios}, self.baseline,
            confidence=self.confidence if confidence is None else confidence, method=method,
            all_pairs=all_pairs, relative=relative, seed=self.seed)
        table.insert(0, "measure", measure)
        table.insert(1, "unit", "share" if relative else MEASURES[measure].unit)
        return table

    def __repr__(self) -> str:
        return (f"Comparison({', '.join(self.scenarios)}; baseline={self.baseline!r}, "
                f"replications={self.replications}, seed={self.seed}, engine={self.engine!r})")


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
    progress: Progress | None = None,
) -> Comparison:
    """Simulate several scenarios with the same luck and compare their measures.

    Replicate i of every scenario meets the same buyers with the same moods, so that a
    difference is a difference of scenarios. The baseline is the first scenario unless
    named. With `deadline_seconds` replicates are added, for all scenarios alike, until one
    more would end later than that; at least 2 and at most `replications` are made, and
    `n` in the table tells how many.

    Raises ParameterError for a bad argument, before anything is run.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
    ...                            "calendar.horizon_weeks": 52})
    >>> study = compare({"as it is": small, "coached": small.change({"policy.coaching_share": 0.5})},
    ...                 replications=2, workers=1, measures=["coaching_share_realised"])
    >>> study.table[["scenario", "n"]].values.tolist()
    [['as it is', 2], ['coached', 2]]
    """
    chosen = {str(name): checked_scenario(scenario) for name, scenario in dict(scenarios).items()}
    if not chosen:
        raise ParameterError("scenarios: at least one is needed")
    first = next(iter(chosen)) if baseline is None else baseline
    if first not in chosen:
        raise ParameterError(f"baseline {first!r}: no such scenario{nearest(str(first), chosen)}")
    replications = whole_number("replications", replications, 1, LARGEST_REPLICATE)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    names = checked_measures(measures)
    checked_confidence(confidence)
    workers = min(worker_count(workers), replications * len(chosen))

    if deadline_seconds is not None and not 0.0 < deadline_seconds < math.inf:
        raise ParameterError(f"deadline_seconds = {deadline_seconds!r}: allowed is more than 0")
    ready(engine)
    watch = _Watch(len(chosen), replications, workers, deadline_seconds, progress)

    def jobs() -> Iterator[Job]:
        for number in range(replications):
            if watch.would_be_late(number):
                return
            for name, scenario in chosen.items():
                watch.started += 1
                yield Job(name, scenario, seed, number, engine)

    results = spread(measure, jobs(), workers, watch.finished, queue_ahead=deadline_seconds is None)

    import pandas as pd

    runs = pd.DataFrame([{"scenario": result.job.label} | row(result, names) for result in results])
    return Comparison(
        table=table_of(runs, list(chosen), first, names, confidence),
        runs=runs,
        scenarios=MappingProxyType(chosen),
        baseline=first,
        seed=seed,
        replications=len(results) // len(chosen),
        engine=engine,
        confidence=confidence,
        provenance=MappingProxyType({name: provenance(scenario) for name, scenario in chosen.items()}),
    )


def table_of(
    runs: pd.DataFrame,
    scenarios: list[str],
    baseline: str,
    measures: list[str],
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """The tidy table of a comparison from its runs; columns as in :data:`COLUMNS`.

    Runs are paired by `replicate`.
    """
    import pandas as pd

    by_name = {
        name: runs[runs["scenario"] == name].set_index("replicate")[measures].sort_index()
        for name in scenarios
    }
    reference = by_name[baseline]
    lines = []
    for name in scenarios:
        values = by_name[name]
        if not values.index.equals(reference.index):
            raise ParameterError(
                f"scenario {name!r} has other replicates than {baseline!r}; pairs need the same")
        for measure_name in measures:
            here = values[measure_name].to_numpy(float)
            alone = mean_interval(here, confidence)
            gap = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, math.nan)
            if name != baseline:
                there = reference[measure_name].to_numpy(float)
                paired, part = paired_difference(here, there, confidence), relative_difference(here, there, confidence)
                gap = (paired.mean, paired.low, paired.high, part.mean, part.low, part.high, paired.variance_saved)
            lines.append((name, measure_name, MEASURES[measure_name].unit,
                          alone.mean, alone.low, alone.high, *gap, alone.n))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def differences(here: Scenario, there: Scenario) -> pd.DataFrame:
    """The parameters in which two scenarios differ, a row each: parameter, here, there, unit, meaning.

    >>> table = differences(Scenario(), Scenario().change({"policy.coaching_share": 0.5}))
    >>> table[["parameter", "here", "there"]].values.tolist()
    [['policy.coaching_share', 0.2, 0.5]]
    """
    import pandas as pd

    lines = [
        (path, one, other, REGISTRY[path].unit, REGISTRY[path].meaning)
        for path, (one, other) in checked_scenario(here).differences(checked_scenario(there)).items()
    ]
    return pd.DataFrame(lines, columns=["parameter", "here", "there", "unit", "meaning"])


class _Watch:
    """Counts runs, tells the progress, and says whether there is time for another replicate."""

    def __init__(
        self, scenarios: int, replications: int, workers: int, deadline_seconds: float | None,
        progress: Progress | None,
    ) -> None:
        self.scenarios, self.replications, self.workers = scenarios, replications, workers
        self.deadline, self.progress = deadline_seconds, progress
        self.begun = time.monotonic()
        self.started = 0
        self.done = 0
        self.seconds = 0.0  # of all runs done, each on its worker
        self._tell()

    def would_be_late(self, replicate: int) -> bool:
        """Whether the deadline would pass before one more replicate of all scenarios is done."""
        if self.deadline is None or replicate < LEAST_REPLICATIONS:
            return False
        if not self.done:  # there are more workers than runs so far: they would only idle
            return False
        ahead = math.ceil((self.started - self.done + self.scenarios) / self.workers)
        return time.monotonic() - self.begun + ahead * self.seconds / self.done > self.deadline

    def finished(self, result: Measured) -> None:
        """Note a finished run."""
        self.done += 1
        self.seconds += result.seconds
        self._tell()

    def _tell(self) -> None:
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
