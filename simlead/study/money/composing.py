"""The money of an answer: its runs hold each run's ledger, so that no run is made again."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.ledger import COUNTED, LINE, LINES, ONCE, TO_MONTH
from simlead.results.money import plan_price, programme_costs
from simlead.statistics.answers import effect_over_worlds
from simlead.statistics.drivers import drivers
from simlead.statistics.power import ALPHA, POWER
from simlead.statistics.replicates import Floats
from simlead.statistics.series import not_below_from
from simlead.study.answers.result import Answer
from simlead.study.answers.smallest import smallest_effect_of_interest
from simlead.study.money.result import Money

_BOTH = ("mean", "low", "high", "random_low", "random_high")
_MONTHS_PER_YEAR = 12


@dataclasses.dataclass(frozen=True, eq=False)
class _Set:
    """The runs of one set of effect sizes: by scenario, worlds x replications x columns."""

    name: str
    values: dict[str, Floats]
    columns: list[str]
    weights: Floats
    drawn: pd.DataFrame

    def less(self, policy: str, status_quo: str) -> dict[str, Floats]:
        """A policy less the status quo by column, worlds x replications."""
        apart = self.values[policy] - self.values[status_quo]
        return {name: apart[:, :, place] for place, name in enumerate(self.columns)}


def money_of(found: Answer) -> Money:
    """Compose the money of an answer.

    Parameters
    ----------
    found : Answer
        What :func:`simlead.answer` returned.

    Returns
    -------
    Money
        Profit a year, payback, return and ledger, with both uncertainties, and what they depend on.

    Raises
    ------
    ParameterError
        For an answer whose runs hold no money, because its outcomes did not come from the simulation.
    """
    months = sorted((name for name in map(str, found.runs.columns) if name.startswith(TO_MONTH)),
                    key=lambda name: int(name.removeprefix(TO_MONTH)))
    lines = [f"{LINE}{line}" for line in LINES]
    if not months or not set(lines) <= set(found.runs.columns):
        raise ParameterError("payback: the answer's runs hold no money; a horizon of a month or more, simulated, "
                             "is needed")
    base = found.scenarios[found.status_quo]
    years = base.calendar.horizon_weeks / WEEKS_PER_YEAR
    smallest = smallest_effect_of_interest("profit_final", base).value
    rows: dict[str, list[Any]] = {"table": [], "months": [], "years": [], "ledger": [], "drivers": []}
    seen_from = []
    for part in _sets(found, [*months, *lines]):
        seen_from.append(_seen_from(part, found.status_quo, months))
        for policy in part.values:
            if policy == found.status_quo:
                continue
            of = {"effect_sizes": part.name, "policy": policy}
            apart = part.less(policy, found.status_quo)

            def effect(values: Floats, part: _Set = part) -> dict[str, float]:
                """What the mean is, with both intervals and the probability that it is above 0."""
                seen = effect_over_worlds(values, smallest, part.weights, confidence=found.confidence,
                                          seed=found.seed)
                return {name: float(getattr(seen, name)) for name in (*_BOTH, "p_above_zero")}

            total = sum((apart[f"{LINE}{line}"] for line in COUNTED), np.zeros(1))
            at_once = _at_once(base) - _at_once(found.scenarios[policy])
            curve = [{"month": 0, **dict.fromkeys(_BOTH, at_once), "p_pays": float(at_once >= 0.0)}]
            for month, name in enumerate(months, start=1):
                seen = effect(apart[name])
                curve.append({"month": month, **{key: seen[key] for key in _BOTH}, "p_pays": seen["p_above_zero"]})
            rows["months"] += [{**of, **line} for line in curve]
            rows["years"] += [{**of, **line} for line in _by_year(apart, months, effect)]
            ledger = {line: effect(apart[f"{LINE}{line}"]) for line in LINES}
            rows["ledger"] += [{**of, "line": line, **{key: seen[key] for key in _BOTH}, "counted": line in COUNTED}
                               for line, seen in ledger.items()]
            rows["table"].append({**of, **_summary(effect(total / years), curve, ledger, years)})
            rows["drivers"].append(drivers(part.drawn, total / years, smallest, part.weights,
                                           confidence=found.confidence, seed=found.seed).assign(**of))
    learning = [each.learning.assign(effect_sizes=name) for name, each in found.decisions.items()]
    return Money(
        **{name: pd.DataFrame(rows[name]) for name in ("table", "months", "years", "ledger")},
        drivers=pd.concat(rows["drivers"], ignore_index=True),
        learning=pd.concat(learning, ignore_index=True) if learning else pd.DataFrame(),
        scenarios=found.scenarios, status_quo=found.status_quo, currency=base.organisation.currency, years_in_all=years,
        worlds=int(found.table["worlds"].min()), replications=found.replications, seed=found.seed,
        confidence=found.confidence, seen_from=max(seen_from))


def _sets(found: Answer, columns: list[str]) -> Iterator[_Set]:
    for name in found.effect_sizes:
        runs = found.runs[found.runs["effect_sizes"] == name].sort_values(["world", "replicate"], kind="stable")
        numbers = sorted(set(runs["world"].tolist()))
        there = found.worlds[found.worlds["effect_sizes"] == name].set_index("world").loc[numbers]
        drawn = list(dict.fromkeys(found.drivers.loc[found.drivers["effect_sizes"] == name, "parameter"].astype(str)))
        yield _Set(
            name, {str(label): part[columns].to_numpy(float).reshape(len(numbers), -1, len(columns))
                   for label, part in runs.groupby("scenario", sort=False)},
            columns, there["weight"].to_numpy(float), there[drawn].astype(float).reset_index(drop=True))


def _at_once(scenario: Scenario) -> float:
    """What is spent in the week of the switch."""
    plan = sum(plan_price(scenario, line) for line in scenario.people_plan if line.week == 0)
    return programme_costs(scenario).get(0, 0.0) + plan


def _by_year(apart: dict[str, Floats], months: list[str], effect: Any) -> Iterator[dict[str, Any]]:
    before: Any = 0.0
    for year, name in enumerate(months[_MONTHS_PER_YEAR - 1::_MONTHS_PER_YEAR], start=1):
        seen = effect(apart[name] - before)
        before = apart[name]
        yield {"year": year, **{key: seen[key] for key in _BOTH}, "p_pays": seen["p_above_zero"]}


def _seen_from(part: _Set, status_quo: str, months: list[str]) -> float:
    """The change that a year's profit shows against the year before, by their noise in the status quo within worlds."""
    if len(months) < 2 * _MONTHS_PER_YEAR:
        return math.nan
    first, both = (part.values[status_quo][:, :, part.columns.index(months[years * _MONTHS_PER_YEAR - 1])]
                   for years in (1, 2))
    noise = math.sqrt(float(part.weights @ (both - 2.0 * first).var(axis=1, ddof=1)) / float(part.weights.sum()))
    return float(ndtri(1.0 - ALPHA / 2) + ndtri(POWER)) * noise


def _summary(
    a_year: dict[str, float], curve: list[dict[str, Any]], ledger: dict[str, dict[str, float]], years: float,
) -> dict[str, Any]:
    """A row of `Money.table`."""
    spent = -sum(ledger[line]["mean"] for line in ONCE)
    hours = -ledger["manager_hours"]["mean"]
    put_in = spent + max(hours, 0.0)
    # Below a unit of money nothing was put in.
    returns = {f"return{end}": a_year[name] * years / put_in if put_in > 1.0 else math.nan
               for end, name in (("", "mean"), ("_low", "low"), ("_high", "high"))}
    back = {name: not_below_from(np.array([line[key] for line in curve])) for name, key in (
        ("payback_month", "mean"), ("payback_low", "high"), ("payback_high", "low"),
        ("payback_random_low", "random_high"), ("payback_random_high", "random_low"))}
    return {**{key: a_year[key] for key in _BOTH}, "p_pays": curve[-1]["p_pays"], **back,
            "spent": spent, "hours": hours, "put_in": put_in, **returns}
