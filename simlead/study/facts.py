"""The check of the published facts that the status quo must reproduce together.

Defaults are tuned to these facts and to no others, in the open: `experiments/00_calibration`
solves for the calibrated parameters, this module prints what came of it. Each fact is looked
at in the year before the switch, and those that must still hold in the third year there too.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.deprecation import renamed_argument
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.registry import Parts
from simlead.results.windows import years
from simlead.statistics.intervals import Estimate, jackknife_interval, mean_interval, ratio_of_means
from simlead.study.base_year import under_status_quo
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.fact_studies import STUDIES
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.published_facts import FACTS, Fact
from simlead.study.records import BASE, FINAL
from simlead.study.runner import Job, checked_runs, run_records
from simlead.study.simulate import checked_scenario

ALONE = [number for number, study in enumerate(STUDIES) if len(study.scenarios(Scenario())) == 1
         and study.scenarios(Scenario())[0] == Scenario()]
"""The studies that look at the status quo's own runs."""


@renamed_argument("beliefs", "effect_sizes")
def facts(
    *,
    replications: int = 160,
    seed: int = 0,
    workers: int | None = None,
    effect_sizes: str = "evidence",
    engine: str = FAST,
    scenario: Scenario | None = None,
    progress: ProgressLike = None,
) -> pd.DataFrame:
    """Run the status quo and set each published fact beside the simulated one.

    Parameters
    ----------
    replications : int
        Number of replications.
    seed : int
        Random seed (0 is valid).
    workers : int, optional
        Number of worker processes (default: all cores).
    effect_sizes : {"evidence", "practitioner"}
        The set of effect sizes.
    engine : {"compiled", "simpy"}
        The engine.
    scenario : Scenario, optional
        Another status quo than the preset's.
    progress : callable or bool, optional
        Called with (runs done, runs in all).

    Returns
    -------
    pandas.DataFrame
        Columns fact, measure, unit, when, published (nan where the source gives a bound only), low, high (the
        tolerance), simulated, simulated_low, simulated_high (95 %), inside (whether the simulated value lies in the
        tolerance), source, world (whether the fact is not solved by calibration and so tells worlds apart).

    Raises
    ------
    ParameterError
        For a bad argument.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 60,
    ...                            "calendar.horizon_weeks": 52})
    >>> table = facts(replications=2, workers=1, scenario=small)
    >>> table["fact"].iloc[0], len(table)
    ('realised coaching share', 41)
    """
    count, seed = checked_runs(replications, seed, engine, 2)
    firm = under_status_quo(preset("status_quo", effect_sizes) if scenario is None else checked_scenario(scenario))
    warm_up_compiler(engine)
    names = tuple(sorted({name for fact in FACTS if fact.measure in MEASURES for name, _ in _years_of(fact)}))
    jobs: list[tuple[Any, ...]] = [
        (None, names, Job("", firm, seed, number, engine)) for number in range(count)]
    for study in (number for number in range(len(STUDIES)) if number not in ALONE):
        jobs += [(study, (), Job("", firm, seed, number, engine))
                 for number in range(max(2, count // STUDIES[study].divided_by))]
    found = parallel_map(_sums_of_job, iter(jobs), worker_count(workers), counting(progress, len(jobs)))
    measured = [parts for parts, _ in found[:count]]
    sums = {study: np.array([of_study[study] for _, of_study in found if study in of_study])
            for study in range(len(STUDIES))}
    return pd.DataFrame([
        line for fact in FACTS
        for line in (_measured(fact, measured) if fact.measure in MEASURES else _studied(fact, sums))])


def _sums_of_job(job: tuple[int | None, tuple[str, ...], Job]) -> tuple[dict[str, Parts], dict[int, list[float]]]:
    """Measures and sums of one replication: of the status quo's own run, or of one study's runs."""
    study, names, own = job
    if study is None:
        records = run_records(own)
        both = years(records, own.scenario)
        return ({name: MEASURES[name].of_years(both) for name in names},
                {number: list(STUDIES[number].sums([records], [own.scenario])) for number in ALONE})
    scenarios = STUDIES[study].scenarios(own.scenario)
    runs = [run_records(dataclasses.replace(own, scenario=scenario)) for scenario in scenarios]
    return {}, {study: list(STUDIES[study].sums(runs, scenarios))}


def _years_of(fact: Fact) -> list[tuple[str, str]]:
    """The measures that show a fact, each with its year."""
    base = f"{fact.measure}_base" if f"{fact.measure}_base" in MEASURES else fact.measure
    return [(base, BASE), (fact.measure, FINAL)] if fact.still else [(base, BASE)]


def _measured(fact: Fact, runs: list[dict[str, Parts]]) -> list[dict[str, object]]:
    lines = []
    for name, when in _years_of(fact):
        above, below = (np.array([parts[name][side] for parts in runs], dtype=float) for side in (0, 1))
        with np.errstate(invalid="ignore", divide="ignore"):
            interval = ratio_of_means(above, below) if fact.pooled else mean_interval(above / below)
        lines.append(_line(fact, interval, when, MEASURES[name].unit))
    return lines


def _studied(fact: Fact, sums: dict[int, NDArray[np.float64]]) -> list[dict[str, object]]:
    return [_line(fact, jackknife_interval(sums[number], answer.statistic), answer.when, answer.unit)
            for number, study in enumerate(STUDIES) for answer in study.answers if answer.name == fact.measure]


def _line(fact: Fact, interval: Estimate, when: str, unit: str) -> dict[str, object]:
    return {
        "fact": fact.name, "measure": fact.measure, "unit": unit, "when": when, "published": fact.published,
        "low": fact.low, "high": fact.high,
        "simulated": interval.mean, "simulated_low": interval.low, "simulated_high": interval.high,
        "inside": bool(fact.low <= interval.mean <= fact.high), "source": fact.source, "world": fact.world,
    }
