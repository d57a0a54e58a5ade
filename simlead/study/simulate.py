"""One run, or many replications of one scenario."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simlead.engines.size import refuse_too_large
from simlead.model.number import LARGEST_REPLICATE, LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.own_measures import handed_over
from simlead.results.provenance import provenance
from simlead.results.registry import ratio
from simlead.results.run import Run
from simlead.study.engines import FAST, REFERENCE, engine_named, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.runner import (
    Job,
    Process,
    RunSummary,
    checked_outcomes,
    checked_processes,
    checked_runs,
    run_and_measure,
    undefined_in_all,
)

if TYPE_CHECKING:
    import pandas as pd


_log = logging.getLogger(__name__)

def simulate(
    scenario: Scenario | None = None,
    *,
    seed: int = 0,
    replicate: int = 0,
    engine: str = REFERENCE,
    trace: bool = True,
    processes: Sequence[Process] = (),
    own_measures: Mapping[str, Callable[[Run], Any]] | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
) -> Run:
    """Simulate one firm once.

    The same scenario, seed and replicate give the same run, bit for bit, in both engines.

    Parameters
    ----------
    scenario : Scenario, optional
        The firm and its policy; the status quo by default.
    seed : int, default 0
        Random seed, 0 to 2**63 - 1.
    replicate : int, default 0
        Number of the replication, 0 to 2**31 - 1.
    engine : {"simpy", "compiled"}
        The reference engine by default; the compiled one gives the same results, sooner.
    trace : bool, default True
        Whether to keep every event; without, the four tables alone are kept.
    processes : sequence of generator functions (clock, firm), optional
        Processes of your own that live beside the model's; they need engine="simpy".
    own_measures : mapping of name to function of a Run, optional
        Measures of your own that `Run.measures` gives after the model's.
    rules : mapping of name to function, optional
        Rules of your own in place of the model's of that name (`engines.reference.rules.REPLACEABLE`),
        called with that rule's arguments; they need engine="simpy".

    Returns
    -------
    Run
        The run: tables, trace, measures, provenance.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    SimulationError
        If the compiled engine is asked for processes or rules of your own.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 2,
    ...                            "calendar.horizon_weeks": 4})
    >>> run = simulate(small, seed=1)
    >>> len(run.weeks()), run.trace_hash() == simulate(small, seed=1).trace_hash()
    (6, True)
    """
    chosen = Scenario() if scenario is None else checked_scenario(scenario)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    replicate = whole_number("replicate", replicate, 0, LARGEST_REPLICATE)
    own = handed_over(own_measures)
    _log.debug("run: scenario %s, seed %d, replicate %d, %s engine", chosen.hash(), seed, replicate, engine)
    records = engine_named(engine)(chosen, seed, replicate, bool(trace), tuple(processes), rules)
    return Run(chosen, seed, replicate, engine, records, provenance(chosen), own)


def replicate(
    scenario: Scenario | None = None,
    *,
    replications: int = 20,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    measures: Iterable[str] | None = None,
    parts: bool = False,
    processes: Sequence[Process] = (),
    own_measures: Mapping[str, Callable[[Run], Any]] | None = None,
    progress: ProgressLike = None,
) -> pd.DataFrame:
    """Simulate one scenario many times with different random numbers.

    Parameters
    ----------
    scenario : Scenario, optional
        The firm and its policy; the status quo by default.
    replications : int, default 20
        Number of replications, 1 to 1,000,000.
    seed, workers, engine, measures
        As in :func:`simlead.compare`.
    parts : bool, default False
        Whether to add `NAME.numerator` and `NAME.denominator` of each measure, from which
        `statistics.intervals.ratio_of_means` pools what is rare.
    processes, own_measures, progress
        As in :func:`simlead.compare`.

    Returns
    -------
    pandas.DataFrame
        A row per replication, in order: `seed`, `replicate` and the measures.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or the calendar holds none of the years that the measures need.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
    ...                            "calendar.horizon_weeks": 1})
    >>> table = replicate(small, replications=2, workers=1, measures=["market_share_base"])
    >>> list(table.columns), len(table)
    (['seed', 'replicate', 'market_share_base'], 2)
    """
    chosen = Scenario() if scenario is None else checked_scenario(scenario)
    replications, seed = checked_runs(replications, seed, engine)
    outcomes = checked_outcomes(measures, own_measures)
    undefined_in_all(outcomes.names, [chosen], refuse=True)
    own_processes = checked_processes(processes, engine)
    number_of_workers = min(worker_count(workers), replications)
    refuse_too_large(chosen, outcomes.trace, engine, number_of_workers)
    finished = counting(progress, replications)
    warm_up_compiler(engine)
    jobs = (Job("", chosen, seed, number, engine, outcomes, own_processes) for number in range(replications))
    results = parallel_map(run_and_measure, jobs, number_of_workers, finished)

    import pandas as pd

    return pd.DataFrame([row(result, outcomes.names, parts) for result in results])


def row(result: RunSummary, names: Sequence[str], parts: bool = False) -> dict[str, Any]:
    """One run's line in a table: seed, replicate, measures, and their parts if wanted."""
    line: dict[str, Any] = {"seed": result.seed, "replicate": result.replicate}
    line |= {name: ratio(result.parts[name]) for name in names}
    if parts:
        for name in names:
            line[f"{name}.numerator"], line[f"{name}.denominator"] = result.parts[name]
    return line


def checked_scenario(scenario: object) -> Scenario:
    """The scenario, or a ParameterError if it is something else, such as a preset's name."""
    if isinstance(scenario, Scenario):
        return scenario
    raise ParameterError(
        f"scenario = {scenario!r}: a Scenario is needed, such as Scenario() or preset('coaching')")
