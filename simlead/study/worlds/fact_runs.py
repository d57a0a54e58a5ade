"""One replication of everything that the published facts are about, of a firm in one world."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.contract import Records
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.windows import years
from simlead.study.engines import FAST, keeping_engine
from simlead.study.fact_studies import STUDIES
from simlead.study.published_facts import FACTS, Fact
from simlead.study.records import BASE
from simlead.study.runner import Job, run_records

Floats = NDArray[np.float64]

SOLVED = ("discovery_rate", "qualified_rate", "proposal_win_rate", "quota_attainment")
"""Facts that calibration solves for, so that they tell no worlds apart."""

TELLING: tuple[Fact, ...] = tuple(
    fact for fact in FACTS if fact.measure not in SOLVED and (fact.source or fact.world))
"""Facts that tell worlds apart: not solved by calibration, and published or marked in MODEL.md as of the world."""

GAP = "managers_percentile_gap"

_WARM_UPS_KEPT = 200_000_000


@dataclasses.dataclass(frozen=True)
class FactRun:
    """A replication of a firm in its world, under the status quo."""

    scenario: Scenario
    seed: int
    replicate: int


def signals(task: FactRun) -> dict[str, float]:
    """What one replication shows of each telling fact: a number by measure, or nan where it shows nothing.

    Of the gap between managers, whose answer is no mean over replications, five covariances by `GAP` and a number.
    """
    firm = task.scenario
    engine = keeping_engine(_WARM_UPS_KEPT)
    made: dict[Scenario, Records] = {}

    def run(scenario: Scenario) -> Records:
        if scenario not in made:
            made[scenario] = run_records(Job("", scenario, task.seed, task.replicate, FAST), engine)
        return made[scenario]

    both = years(run(firm), firm)
    found: dict[str, float] = {}
    for fact in TELLING:
        name = f"{fact.measure}_base" if f"{fact.measure}_base" in MEASURES else fact.measure
        if name in MEASURES:
            above, below = MEASURES[name].of_years(both)
            found[fact.measure] = above / below if below else np.nan
    wanted = {fact.measure for fact in TELLING}
    for study in STUDIES:
        names = [answer for answer in study.answers if answer.name in wanted and answer.name not in found]
        if not names:
            continue
        # A shorter run of the same firm is the beginning of the longer one.
        scenarios = tuple(firm if _but_shorter(firm, each) else each for each in study.scenarios(firm))
        total = np.array(study.sums([run(each) for each in scenarios], scenarios), dtype=float)
        for answer in names:
            if answer.name == GAP:
                found |= _covariances(total)
            elif answer.name not in found:
                found[answer.name] = float(answer.statistic(total))
    return found


def _but_shorter(firm: Scenario, other: Scenario) -> bool:
    """Whether the other scenario is the firm with a shorter horizon, and differs in nothing else."""
    return other != firm and other.change({"calendar.horizon_weeks": firm.calendar.horizon_weeks}) == firm


def _covariances(total: Floats) -> dict[str, float]:
    """Of one replication's managers: the covariances of quality and people skill, and of both with log sales."""
    products = total.reshape(4, 4)
    count = products[0, 0]
    if count < 3:
        return {f"{GAP} {place}": np.nan for place in range(5)}
    mean = products[0] / count
    covariance = (products - count * np.outer(mean, mean)) / (count - 1.0)
    places = ((1, 1), (1, 2), (2, 2), (1, 3), (2, 3))
    return {f"{GAP} {place}": float(covariance[pair]) for place, pair in enumerate(places)}


def gap_of(covariances: Sequence[Any]) -> Floats:
    """The gap between managers from the five expected covariances: see `fact_studies`.

    >>> float(gap_of([1.0, 0.0, 1.0, 0.1, 0.0]).round(3))
    0.292
    """
    from simlead.study.fact_studies import NORMAL_P90_LESS_P10

    qq, qz, zz, qs, zs = (np.asarray(each, dtype=float) for each in covariances)
    determinant = np.maximum(qq * zz - qz * qz, 1e-3)
    explained = (zz * qs * qs - 2.0 * qz * qs * zs + qq * zs * zs) / determinant
    return np.asarray(np.expm1(NORMAL_P90_LESS_P10 * np.sqrt(np.maximum(explained, 0.0))))


def when_of(fact: Fact) -> str:
    """The time that a fact's emulator is about: the base year, or the study's own."""
    for study in STUDIES:
        for answer in study.answers:
            if answer.name == fact.measure:
                return answer.when
    return BASE
