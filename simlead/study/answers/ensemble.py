"""The structural ensemble: which conclusions about many policies survive every other form of the model.

Each policy's conclusion is the most probable of a gain that matters, a loss that matters, and no difference that
matters. Every structural switch is turned on in the same worlds under the same random numbers, and the conclusion is
drawn again. Beside the policies one by one stands the choice between them: is the best one still the best?
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.statistics.answers import EffectOverWorlds, effect_over_worlds
from simlead.statistics.intervals import t_quantile
from simlead.statistics.over_worlds import effective_size
from simlead.statistics.replicates import Floats
from simlead.study.answers.asking import asked_of, question_of, scenarios_of, sets_of
from simlead.study.answers.composing import STATUS_QUO, Asked, Question, differences_of
from simlead.study.answers.nested import Nested, Outcome, WorldsLike, nested_runs
from simlead.study.answers.sets import asked_sets
from simlead.study.answers.switches import (
    BREAKS,
    HOLDS,
    SWITCHES,
    UNCLEAR,
    WithSwitch,
    leading,
    switch_row,
)
from simlead.study.engines import FAST
from simlead.study.parallel import ProgressLike, shown_progress
from simlead.study.refusals import refusals
from simlead.study.studies.study import DESIGN_COLUMNS, Study

POINT = "point_{number}"
"""The name of a study's point among policies."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Conclusions about policies under every structural switch.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per set of effect sizes, policy and switch: the effect over the worlds with the switch on (`mean`, `low`
        to `high`, probabilities), what the switch changes (`change`, `change_low` to `change_high`), and the
        `conclusion`: holds, breaks (clearly another), or unclear (another, which random numbers could explain). For
        policies of a study's points also their factors, a column each.
    best : pandas.DataFrame
        A row per set and switch on the choice between the policies: `policy`, the best one without the switch; `other`,
        the best one with it; `behind` how much less the former brings with the switch on, with `behind_low` to
        `behind_high`; `conclusion`: holds (it is within the smallest effect of interest of the best), breaks (clearly
        further behind) or unclear.
    effects : pandas.DataFrame
        A row per set and policy without any switch: the fields of `statistics.answers.EffectOverWorlds`, and `leads`,
        the conclusion (above, none or below).
    switches : tuple of str
        The switches that were run.
    """

    table: pd.DataFrame
    best: pd.DataFrame
    effects: pd.DataFrame
    switches: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Ensemble({self.effects['policy'].nunique()} policies, {len(self.switches)} switches)"


@refusals()
def structural_ensemble(
    policies: Mapping[str, Scenario] | Study,
    status_quo: Scenario | None = None,
    *,
    measure: str = "revenue",
    switches: Iterable[str] = SWITCHES,
    points: Mapping[str, Iterable[Any]] | None = None,
    worlds: int | WorldsLike | Mapping[str, WorldsLike] = 16,
    replications: int = 2,
    effect_sizes: Iterable[str] | str | None = None,
    smallest_effect: float | None = None,
    relative: bool | None = None,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = 0.95,
    progress: ProgressLike = None,
    outcome: Outcome | None = None,
) -> Ensemble:
    """Run policies, or the points of a study, under every structural switch, and see which conclusions survive.

    Parameters
    ----------
    policies : mapping of str to Scenario, or Study
        The policies by name; or a study whose points are policies, such as `load_study(...)`.
    status_quo : Scenario, optional
        What they are compared with (default: the same firm that goes on as before; a study's own base).
    measure : str, default "revenue"
        The measure that conclusions are about.
    switches : iterable of str
        Structural switches by name (default: all).
    points : mapping of str to iterable, optional
        Of a study, the values of factors to keep, such as `{"policy.role_clarity": [0.4, 1.0]}`.
    worlds, replications, effect_sizes, smallest_effect, relative, seed, workers, engine, confidence, progress, outcome
        As in :func:`simlead.answer`; 16 worlds by default, for every switch runs all of them again. A study's own sets
        of effect sizes are the default.

    Returns
    -------
    Ensemble
        Conclusions by policy and switch, and the choice between the policies.

    Raises
    ------
    ParameterError
        For a bad argument before anything is run.

    Examples
    --------
    >>> from simlead.study.worlds.worlds import worlds
    >>> def sales(scenario, seed, replicate):
    ...     alike = scenario.structure.everybody_alike
    ...     return {"revenue": 100.0 + (1.0 - 2.0 * alike) * 40.0 * scenario.policy.coaching_share + replicate % 5}
    >>> firm = Scenario()
    >>> found = structural_ensemble({"coached": firm.change({"policy.coaching_share": 0.5})}, effect_sizes="evidence",
    ...                             worlds=worlds(firm, 16, calibrated=False, weighted=False), outcome=sales, workers=1)
    >>> table = found.table
    >>> table.loc[table["conclusion"] == "breaks", "switch"].tolist()
    ['everybody_alike']
    """
    chosen = tuple(dict.fromkeys(switches))
    for name in chosen:
        if name not in SWITCHES:
            raise ParameterError(f"switch {name!r}: allowed is {' | '.join(SWITCHES)}{nearest(name, SWITCHES)}")
    factors: pd.DataFrame | None = None
    if isinstance(policies, Study):
        policies, factors, own_base, own_sets = points_of(policies, points)
        status_quo = own_base if status_quo is None else status_quo
        effect_sizes = own_sets if effect_sizes is None else effect_sizes
    elif points is not None:
        raise ParameterError("points: allowed with a study only; here policies are named one by one")
    scenarios = scenarios_of(policies, status_quo)
    question = question_of(measure, scenarios, smallest_effect, relative, replications, seed, workers, engine,
                           confidence, outcome)
    names = asked_sets(scenarios[STATUS_QUO], sets_of(worlds, effect_sizes))
    asked = [asked_of(name, scenarios, worlds, question) for name in names]
    report, total, done = shown_progress(progress), 0, 0
    total = replications * len(scenarios) * (1 + len(chosen)) * sum(len(each.worlds) for each in asked)

    def finished(here: int, _: int) -> None:
        if report is not None:
            report(done + here, total)

    rows, effects, best = [], [], []
    for each in asked:
        of = {"effect_sizes": each.name}
        off = _run(question, each, each.worlds, finished)
        done += len(off.runs)
        found, without = _effects(question, off)
        effects += [{**of, "policy": name, **dataclasses.asdict(effect), "leads": leading(effect)}
                    for name, effect in found.items()]
        for switch in chosen:
            on = _run(question, each, WithSwitch(each.worlds, switch), finished)
            done += len(on.runs)
            _, with_it = _effects(question, on, only=())
            for name, effect in found.items():
                rows.append({**of, "policy": name, "switch": switch, **switch_row(
                    without[name], with_it[name], off.weights, without[name], off.weights, effect, question.seed)})
            if len(found) > 1:
                best.append({**of, "switch": switch, **_choice(
                    {name: effect.mean for name, effect in found.items()}, with_it, off.weights,
                    question.smallest.value, question.confidence)})
    table = pd.DataFrame(rows)
    if factors is not None:
        table = table.merge(factors, on="policy", how="left", sort=False)
    return Ensemble(table, pd.DataFrame(best), pd.DataFrame(effects), chosen)


def points_of(
    study: Study, points: Mapping[str, Iterable[Any]] | None = None
) -> tuple[dict[str, Scenario], pd.DataFrame, Scenario, tuple[str, ...]]:
    """A study's points as policies, their factors, the base that they change, and the sets of effect sizes.

    The policies are under the study's first set; a point that is the base itself is left out. Raises ParameterError
    for values that no point has.
    """
    table = study.design_table()
    first = study.effect_sizes[0]
    table = table[(table["effect_sizes"] == first) & ~table["baseline"]]
    factors = [str(name) for name in table.columns if name not in DESIGN_COLUMNS]
    for path, values in (points or {}).items():
        if path not in factors:
            raise ParameterError(f"points: {path} is no factor of the study{nearest(path, factors)}")
        wanted = list(values)
        near = np.array([any(_same(value, here) for value in wanted) for here in table[path]])
        missing = next((value for value in wanted if not any(_same(value, here) for here in table[path])), None)
        if missing is not None:
            raise ParameterError(f"points: no point of the study has {path} = {missing!r}; they have "
                                 f"{', '.join(format(value) for value in sorted(set(table[path])))}")
        table = table[near]
    base = study.base(first)
    policies = {POINT.format(number=int(row["point"])): base.change({path: row[path] for path in factors})
                for row in table.to_dict("records")}
    policies = {name: scenario for name, scenario in policies.items() if scenario != base}
    named = table.assign(policy=[POINT.format(number=int(number)) for number in table["point"]])
    return policies, named[["policy", *factors]], base, study.effect_sizes


def _same(one: Any, other: Any) -> bool:
    numbers = isinstance(one, (int, float)) and isinstance(other, (int, float, np.number))
    return bool(abs(float(one) - float(other)) < 1e-9) if numbers else bool(one == other)


def _run(question: Question, asked: Asked, worlds: WorldsLike, finished: Any) -> Nested:
    return nested_runs(asked.scenarios, worlds, measures=question.measures, replications=question.replications,
                       seed=question.seed, workers=question.workers, engine=question.engine, progress=finished,
                       outcome=question.outcome)


def _effects(
    question: Question, runs: Nested, only: Iterable[str] | None = None
) -> tuple[dict[str, EffectOverWorlds], dict[str, Floats]]:
    """The effect of each policy over the worlds (of some only), and the differences of all."""
    values = runs.values(question.measure)
    differences = {name: differences_of(values, name, runs.weights, question.contrast)
                   for name in values if name != STATUS_QUO}
    chosen = differences if only is None else {name: differences[name] for name in only}
    return {name: effect_over_worlds(found, question.smallest.value, runs.weights, confidence=question.confidence,
                                     seed=question.seed) for name, found in chosen.items()}, differences


def _choice(
    means: Mapping[str, float], on: Mapping[str, Floats], weights: Floats, smallest: float, confidence: float
) -> dict[str, Any]:
    """Whether the best policy is still within the smallest effect of interest of the best with a switch on.

    The other best is chosen by its result, so that its lead is overestimated: a break must be clear for all at once
    (Bonferroni over the policies).
    """
    best = max(means, key=lambda name: means[name])
    shares = weights / weights.sum()
    with_it = {name: found.mean(axis=1) for name, found in on.items()}
    other = max(with_it, key=lambda name: float(shares @ with_it[name]))
    behind = with_it[other] - with_it[best]
    mean, size = float(shares @ behind), effective_size(shares)
    error = float(np.sqrt((shares**2 @ (behind - mean) ** 2) * size / max(size - 1.0, 1.0)))
    reach = t_quantile(max(1, round(size) - 1), 1.0 - (1.0 - confidence) / max(1, len(means) - 1)) * error
    conclusion = HOLDS if mean <= smallest else BREAKS if mean - reach > smallest else UNCLEAR
    return {"policy": best, "other": other, "behind": mean, "behind_low": mean - reach, "behind_high": mean + reach,
            "conclusion": conclusion, "n": len(weights)}
