"""How an answer is put together from nested runs: effects, drivers, switches, and the decision."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.money import programme_cost
from simlead.statistics.answers import effect_over_worlds
from simlead.statistics.decisions import Decision, decide
from simlead.statistics.drivers import drivers
from simlead.statistics.replicates import Floats
from simlead.statistics.variance import relative_differences
from simlead.study.answers.nested import Nested, Outcome, Visit, WorldsLike, look, nested_of, visit_of
from simlead.study.answers.result import Answer, frozen
from simlead.study.answers.smallest import SmallestEffect
from simlead.study.answers.switches import (
    COVERAGE,
    WORLDS,
    WithSwitch,
    switch_row,
)
from simlead.study.parallel import parallel_map

STATUS_QUO = "status_quo"
"""The name of the status quo among the runs."""

PROFIT = "profit_final"
"""The measure that decisions are valued by."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """One set of effect sizes: its status quo and policies, and its worlds."""

    name: str
    scenarios: Mapping[str, Scenario]
    worlds: WorldsLike


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked, checked."""

    measure: str
    measures: tuple[str, ...]
    relative: bool
    unit: str
    smallest: SmallestEffect
    replications: int
    seed: int
    workers: int
    engine: str
    confidence: float
    outcome: Outcome | None

    def contrast(self, runs: Floats, weights: Floats) -> Floats:
        """Differences (worlds x replications) of runs of a policy and the status quo (the last axis)."""
        return relative_differences(runs, weights) if self.relative else runs[:, :, 0] - runs[:, :, 1]


def differences_of(
    values: Mapping[str, Floats], name: str, weights: Floats, contrast: Callable[[Floats, Floats], Floats]
) -> Floats:
    """The differences of a policy from the status quo (worlds x replications), by `contrast` of both."""
    return contrast(np.stack([values[name], values[STATUS_QUO]], axis=2), weights)


def visit(
    group: str, scenarios: Mapping[str, Scenario], worlds: WorldsLike, number: int, question: Question
) -> Visit:
    """One world's visit, as the question asks."""
    return visit_of(group, scenarios, worlds, number, measures=question.measures, replications=question.replications,
                    seed=question.seed, engine=question.engine, outcome=question.outcome)


def by_set(rows: list[list[dict[str, Any]]], asked: list[Asked]) -> dict[str, Nested]:
    """The runs by set of effect sizes, each in the worlds that were looked at under it."""
    found: dict[str, list[dict[str, Any]]] = {each.name: [] for each in asked}
    for of_world in rows:
        for row in of_world:
            found[row["group"]].append(row)
    return {each.name: nested_of(
        found[each.name], each.worlds, sorted({row["world"] for row in found[each.name]})) for each in asked}


def switched_runs(
    question: Question, asked: list[Asked], nested: Mapping[str, Nested], switches: Mapping[str, tuple[str, ...]],
    finished: Callable[[list[dict[str, Any]]], None],
) -> pd.DataFrame:
    """The effects with each switch on: a row per set, policy and switch."""
    visits, places = [], []
    for each in asked:
        for switch, names in switches.items():
            there = WithSwitch(each.worlds, switch)
            chosen = {name: each.scenarios[name] for name in (STATUS_QUO, *names)}
            count = min(WORLDS, len(nested[each.name].weights))
            places += [(each, switch, names, there, count)]
            visits += [visit(f"{each.name} {switch}", chosen, there, number, question) for number in range(count)]
    if not visits:
        return pd.DataFrame()
    made = parallel_map(look, iter(visits), min(question.workers, len(visits)), finished)
    by_group: dict[str, list[dict[str, Any]]] = {}
    for of_world in made:
        for row in of_world:
            by_group.setdefault(row["group"], []).append(row)
    lines = []
    for each, switch, names, there, count in places:
        on = nested_of(by_group[f"{each.name} {switch}"], there, range(count)).values(question.measure)
        whole = nested[each.name]
        everywhere, off = whole.values(question.measure), whole.first(count).values(question.measure)
        for name in names:
            in_all = differences_of(everywhere, name, whole.weights, question.contrast)
            base = effect_over_worlds(in_all, question.smallest.value, whole.weights, confidence=question.confidence,
                                      seed=question.seed)
            lines.append({
                "effect_sizes": each.name, "policy": name, "switch": switch, "coverage": switch in COVERAGE,
                **switch_row(
                    differences_of(off, name, whole.weights[:count], question.contrast),
                    differences_of(on, name, whole.weights[:count], question.contrast), whole.weights[:count],
                    in_all, whole.weights, base, question.seed)})
    return pd.DataFrame(lines)


def answered(
    question: Question, asked: list[Asked], nested: Mapping[str, Nested], switches: pd.DataFrame,
    scenarios: Mapping[str, Scenario], *, early: bool,
) -> Answer:
    """The answer that runs in worlds give; an early one has effects alone."""
    rows, driving, decisions = [], [], {}
    for each in asked:
        runs = nested[each.name]
        values = runs.values(question.measure)
        for name in each.scenarios:
            if name == STATUS_QUO:
                continue
            found = differences_of(values, name, runs.weights, question.contrast)
            effect = effect_over_worlds(found, question.smallest.value, runs.weights, confidence=question.confidence,
                                        seed=question.seed)
            rows.append({"effect_sizes": each.name, "policy": name, "measure": question.measure,
                         "unit": question.unit, **dataclasses.asdict(effect)})
            if not early:
                driving.append(drivers(
                    runs.drawn, found, question.smallest.value, runs.weights, confidence=question.confidence,
                    seed=question.seed).assign(effect_sizes=each.name, policy=name))
        if not early and PROFIT in runs.runs.columns:
            decisions[each.name] = _decision(question, each, runs)
    worlds = pd.concat([each.worlds.table.assign(effect_sizes=each.name) for each in asked], ignore_index=True)
    return Answer(
        table=pd.DataFrame(rows), drivers=_first(driving), switches=switches, decisions=frozen(decisions),
        runs=pd.concat([nested[each.name].runs.assign(effect_sizes=each.name) for each in asked], ignore_index=True),
        worlds=worlds, scenarios=frozen(scenarios), status_quo=STATUS_QUO, measure=question.measure,
        unit=question.unit, smallest_effect=question.smallest.value, reason=question.smallest.reason,
        confidence=question.confidence, seed=question.seed, replications=question.replications, early=early)


def _decision(question: Question, each: Asked, runs: Nested) -> Decision:
    """The choice between the policies by profit a year: that of the final year, and the programme spread over all."""
    values = runs.values(PROFIT)
    base = each.scenarios[STATUS_QUO]
    years = base.calendar.horizon_weeks / WEEKS_PER_YEAR
    gains = np.stack([
        values[name] - values[STATUS_QUO] - (programme_cost(scenario) - programme_cost(base)) / years
        for name, scenario in each.scenarios.items()], axis=2)
    return decide(list(each.scenarios), gains, runs.drawn, runs.weights, confidence=question.confidence,
                  seed=question.seed)


def _first(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The tables one below the other, the names before the numbers."""
    if not tables:
        return pd.DataFrame()
    table = pd.concat(tables, ignore_index=True)
    names = ["effect_sizes", "policy"]
    return table[[*names, *(name for name in table.columns if name not in names)]]
