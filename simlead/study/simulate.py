"""One run, or many of the same scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.provenance import provenance
from simlead.results.registry import ratio
from simlead.results.run import Run
from simlead.study.engines import FAST, REFERENCE, engine_named, known_engine, ready
from simlead.study.parallel import Job, Measured, Progress, counting, measure, spread, whole_number, worker_count

if TYPE_CHECKING:
    import pandas as pd

LARGEST_SEED = 2**63 - 1
LARGEST_REPLICATE = 2**31 - 1


def simulate(
    scenario: Scenario | None = None,
    *,
    seed: int = 0,
    replicate: int = 0,
    engine: str = REFERENCE,
    trace: bool = True,
    processes: Sequence[Any] = (),
) -> Run:
    """Simulate one firm once.

    `scenario` is the status quo unless given. `seed` and `replicate` (whole numbers from
    0 on; 0 is a number like any other) name the luck: the same three give the same run, bit
    for bit. `trace=False` saves memory and keeps the four tables only. `processes` are
    generator functions (clock, firm) of your own that live beside the model's
    (`engines.simpy_engine.run`).

    Raises ParameterError for a bad argument.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 2,
    ...                            "calendar.horizon_weeks": 4})
    >>> run = simulate(small, seed=1)
    >>> len(run.weeks()), run.trace_hash() == simulate(small, seed=1).trace_hash()
    (6, True)
    """
    chosen = Scenario() if scenario is None else checked_scenario(scenario)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    replicate = whole_number("replicate", replicate, 0, LARGEST_REPLICATE)
    records = engine_named(engine)(chosen, seed, replicate, bool(trace), tuple(processes))
    return Run(chosen, seed, replicate, engine, records, provenance(chosen))


def replicate(
    scenario: Scenario | None = None,
    *,
    replications: int = 20,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    measures: Iterable[str] | None = None,
    parts: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Simulate one scenario with different luck: a row per replicate, in order.

    Columns are `seed`, `replicate` and the measures (all, or those named; units stand in
    `results.measures.MEASURES`). `parts` adds `NAME.numerator` and `NAME.denominator` for
    each, from which `estimates.ratio_of_means` pools rare things. `workers` are
    processes, by default one per processor; they do not change the result. `progress` is
    called with (done, total).

    Raises ParameterError for a bad argument, before anything is run.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
    ...                            "calendar.horizon_weeks": 1})
    >>> table = replicate(small, replications=2, workers=1, measures=["market_share_base"])
    >>> list(table.columns), len(table)
    (['seed', 'replicate', 'market_share_base'], 2)
    """
    chosen = Scenario() if scenario is None else checked_scenario(scenario)
    replications = whole_number("replications", replications, 1, LARGEST_REPLICATE)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    names = checked_measures(measures)
    processes = min(worker_count(workers), replications)
    finished = counting(progress, replications)
    ready(engine)
    jobs = (Job("", chosen, seed, number, engine) for number in range(replications))
    results = spread(measure, jobs, processes, finished)

    import pandas as pd

    return pd.DataFrame([row(result, names, parts) for result in results])


def row(result: Measured, names: Sequence[str], parts: bool = False) -> dict[str, Any]:
    """One run's line in a table: seed, replicate, measures, and their parts if wanted."""
    line: dict[str, Any] = {"seed": result.job.seed, "replicate": result.job.replicate}
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


def checked_measures(measures: Iterable[str] | None) -> list[str]:
    """The names of the measures wanted, all if None; ParameterError for an unknown one."""
    if measures is None:
        return list(MEASURES)
    names = [measures] if isinstance(measures, str) else list(measures)
    for name in names:
        if name not in MEASURES:
            raise ParameterError(f"measure {name!r}: no such measure{nearest(str(name), MEASURES)}")
    if not names:
        raise ParameterError("measures: at least one is needed")
    return list(dict.fromkeys(names))
