"""How much of a result is luck, how much is not knowing the world, and what to learn first.

A policy's effect is asked for in many worlds (`worlds.py`), each with a few replicates of
the policy and the status quo under the same luck. By the law of total variance the
differences vary for two reasons:

    var(difference) = E var(difference | world)  +  var E(difference | world)
                      luck: another firm            world: other beliefs

The mean of R replicates varies between worlds by the second term and by a part 1/R of the
first, which is noise and is taken out. Every world has luck of its own, so that a result
over many worlds is one over as many lucks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.calibration import CALIBRATED, calibrate
from simlead.study.engines import FAST, engine_named, known_engine, ready
from simlead.study.estimation.estimates import checked_confidence
from simlead.study.parallel import Progress, counting, spread, whole_number, worker_count
from simlead.study.sensitivity.replicates import Floats
from simlead.study.sensitivity.verdict import short
from simlead.study.simulate import LARGEST_SEED, checked_measures, checked_scenario
from simlead.study.uncertainty.variance import (
    DOUBT,
    percent_of_all,
    relative_differences,
    sources_of_variance,
    what_to_learn,
)
from simlead.study.uncertainty.worlds import Parameters, draw_worlds, in_world, likely_ranges

if TYPE_CHECKING:
    import pandas as pd

Outcome = Callable[[Scenario, int, int], float]
"""A function of scenario, seed and replicate, in place of a simulation and a measure."""

LEAST_WORLDS = 16
"""With fewer worlds nothing can be said of what to learn."""

_CALIBRATION_REPLICATIONS, _CALIBRATION_ROUNDS = 4, 2


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Uncertainty:
    """What is known of a policy's effect when the world is not known.

    `table` has a row per belief set and source:

    * `estimate`: the mean over worlds and lucks, and how well these runs know it;
    * `luck`: where one firm's difference lies for reasons of luck, in a world of mean effect;
    * `world`: where the expected difference lies, over the worlds;
    * `both`: where one firm's difference lies in a world that nobody knows.

    Columns: beliefs, measure, unit, source, `mean`, the interval `low` to `high`,
    `standard_deviation` with its interval `sd_low` to `sd_high`, `variance_share` (part of
    the variance of `both`), `below_zero` (part of the distribution below 0: where the sign
    turns), `n` (worlds), `replications`.

    `parameters` has a row per belief set and parameter: parameter, parameter_unit, grade,
    `range_low`, `range_likely`, `range_high` (what it was drawn from; in its unit),
    `variance_share` (the part of the variance between worlds that knowing it would take away
    on average) with its interval `share_low` to `share_high` (unbiased, and for that neither
    is cut at 0 and 1: near these, chance puts estimates on either side; :meth:`verdict` cuts),
    `p_value` (how often one of so many parameters would explain as much by chance), `at_low`
    and `at_high` (the expected difference at the parameter's 5 % and 95 % quantile),
    `value_of_learning` (what knowing it before choosing between policy and status quo would
    add to the measure on average; 0 unless it can turn the sign), `rank`, `tied_with` and
    `n_to_rank` (as in `sensitivity.sobol_indices`). Rank 1 is what to learn first.

    `worlds` has a row per belief set and world: beliefs, world, the drawn values, `difference`
    (mean of its replicates). `left` names, by belief set, the parameters that were not drawn
    because the scenario's value is outside their likely range or the two scenarios differ.
    """

    table: pd.DataFrame
    parameters: pd.DataFrame
    worlds: pd.DataFrame
    left: Mapping[str, tuple[str, ...]]
    measure: str
    seed: int

    def verdict(self) -> str:
        """What was found, in plain language: a line for each belief set's effect, causes and first lesson."""
        said = []
        for beliefs in self.left:
            said.append(_effect(beliefs, self.table[self.table["beliefs"] == beliefs]))
            said.append(_lesson(self.parameters[self.parameters["beliefs"] == beliefs]))
        return "\n".join(said)

    def __repr__(self) -> str:
        return (f"Uncertainty({self.measure}; {' and '.join(self.left)}; "
                f"{len(self.worlds) // len(self.left)} worlds, seed={self.seed})")


@dataclasses.dataclass(frozen=True)
class Visit:
    """One world to look at: its pair of scenarios and which replicates; what a worker gets."""

    beliefs: str
    policy: Scenario
    status_quo: Scenario
    measure: str
    seed: int
    first_replicate: int
    replications: int
    engine: str
    recalibrate: bool
    outcome: Outcome | None


def belief_uncertainty(
    policy: Scenario | Mapping[str, Scenario],
    status_quo: Scenario | Mapping[str, Scenario],
    measure: str = "revenue",
    *,
    points: int = 128,
    replications: int = 4,
    seed: int = 0,
    workers: int | None = None,
    relative: bool = True,
    parameters: Parameters = None,
    shape: str = "triangular",
    recalibrate: bool = True,
    engine: str = FAST,
    confidence: float = 0.95,
    outcome: Outcome | None = None,
    progress: Progress | None = None,
) -> Uncertainty:
    """What is known of the difference in a measure between policy and status quo.

    `policy` and `status_quo` are scenarios, or scenarios by the name of their beliefs. In
    each of `points` worlds both are run with the same luck, `replications` times. The
    difference is a part of the status quo's mean in the same world if `relative`, or else in
    the measure's unit. `parameters` are those to draw (by default all that have a likely
    range; or path -> (low, high)), `shape` is their distribution (`worlds.py`).
    `recalibrate` solves each world's calibrated parameters anew, which costs as much as the
    runs do. `outcome` is a function (scenario, seed, replicate) -> float in place of the
    simulation, which then has nothing to calibrate. `progress` is called with
    (runs done, runs in all).

    Raises ParameterError for a bad argument before anything is run, and where a relative
    difference would divide by a status quo that is not clearly above 0.

    >>> def sales(scenario, seed, replicate):
    ...     return 10.0 * scenario.policy.coaching_share * scenario.world.skill_effect + replicate % 5
    >>> found = belief_uncertainty(
    ...     Scenario().change({"policy.coaching_share": 0.5}), Scenario(), "revenue", relative=False,
    ...     parameters=["world.skill_effect", "world.gain_months"], outcome=sales, workers=1)
    >>> best = found.parameters.iloc[0]
    >>> best["parameter"], bool(best["variance_share"] > 0.9), found.table["source"].tolist()
    ('world.skill_effect', True, ['estimate', 'luck', 'world', 'both'])
    """
    pairs = _pairs(policy, status_quo)
    checked_measures([measure])
    known_engine(engine)
    points = whole_number("points", points, LEAST_WORLDS, 10**6)
    replications = whole_number("replications", replications, 2, 10**4)
    seed = whole_number("seed", seed, 0, LARGEST_SEED - 1)
    checked_confidence(confidence)
    ranges, left, drawn, tasks = {}, {}, {}, []
    for beliefs, pair in pairs.items():
        ranges[beliefs], left[beliefs] = likely_ranges(pair, parameters)
        drawn[beliefs] = draw_worlds(ranges[beliefs], points, seed, shape)
        for number, world in enumerate(drawn[beliefs].to_dict("records")):
            there = {str(path): float(value) for path, value in world.items()}
            tasks.append(Visit(
                beliefs, in_world(pair[0], there), in_world(pair[1], there), measure, seed,
                number * replications, replications, engine, recalibrate and outcome is None, outcome))
    if outcome is None:
        ready(engine)
    finished = counting(progress, 2 * replications * len(tasks), each=2 * replications)
    runs = _all_runs(tasks, worker_count(workers), finished)

    import pandas as pd

    tables, learning, worlds = [], [], []
    for place, beliefs in enumerate(pairs):
        here = runs[place * points: (place + 1) * points]
        found = relative_differences(here) if relative else here[:, :, 0] - here[:, :, 1]
        unit = "share of status quo" if relative else MEASURES[measure].unit
        what = {"beliefs": beliefs, "measure": measure, "unit": unit}
        tables.append(sources_of_variance(found, confidence, seed).assign(**what))
        learning.append(what_to_learn(drawn[beliefs], found, ranges[beliefs], shape, confidence, seed).assign(**what))
        worlds.append(pd.DataFrame({"beliefs": beliefs, "world": range(points)}).join(drawn[beliefs]).assign(
            difference=found.mean(axis=1)))
    return Uncertainty(
        table=_first(pd.concat(tables, ignore_index=True), ["beliefs", "measure", "unit"]),
        parameters=_first(pd.concat(learning, ignore_index=True), ["beliefs", "measure"]),
        worlds=pd.concat(worlds, ignore_index=True),
        left=MappingProxyType(left),
        measure=measure,
        seed=seed,
    )


def _pairs(
    policy: Scenario | Mapping[str, Scenario], status_quo: Scenario | Mapping[str, Scenario]
) -> dict[str, tuple[Scenario, Scenario]]:
    """Policy and status quo by the name of their beliefs."""
    if isinstance(policy, Mapping) and isinstance(status_quo, Mapping):
        if not policy or set(policy) != set(status_quo):
            raise ParameterError("policy and status_quo: the same beliefs are needed in both, at least one")
        return {str(name): (checked_scenario(policy[name]), checked_scenario(status_quo[name])) for name in policy}
    return {"own": (checked_scenario(policy), checked_scenario(status_quo))}


def _all_runs(tasks: list[Visit], workers: int, finished: Callable[[Floats], None]) -> Floats:
    """The measure under policy and status quo: worlds x replicates x 2."""
    found = np.array(spread(look, iter(tasks), min(workers, len(tasks)), finished))
    if not np.isfinite(found).all():
        world = int(np.argwhere(~np.isfinite(found))[0, 0])
        raise ParameterError(f"{tasks[world].measure}: not defined in every run, such as one of world {world}")
    return found


def look(task: Visit) -> Floats:
    """Run one world's pairs: replicates x (policy, status quo)."""
    pair = (task.policy, task.status_quo)
    if task.recalibrate:
        # Other luck than the runs': what is solved for must not fit the runs that it is used in.
        solved = calibrate(
            task.status_quo, replications=_CALIBRATION_REPLICATIONS, clarity_replications=0,
            rounds=_CALIBRATION_ROUNDS, seed=task.seed + 1, workers=1, engine=task.engine).values()
        levels = {path: solved[path] for path in CALIBRATED}
        pair = (task.policy.change(levels), task.status_quo.change(levels))
    numbers = range(task.first_replicate, task.first_replicate + task.replications)
    return np.array([[_value(task, scenario, number) for scenario in pair] for number in numbers])


def _value(task: Visit, scenario: Scenario, replicate: int) -> float:
    if task.outcome is not None:
        return float(task.outcome(scenario, task.seed, replicate))
    records = engine_named(task.engine)(scenario, task.seed, replicate, False)
    return MEASURES[task.measure].function(records, scenario)


def _first(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The table with these columns before the others."""
    return table[[*names, *(name for name in table.columns if name not in names)]]


def _effect(beliefs: str, rows: pd.DataFrame) -> str:
    measure, unit = str(rows["measure"].iloc[0]), str(rows["unit"].iloc[0])
    percent = unit.startswith("share")

    def shown(value: float) -> str:
        return short(100.0 * value if percent else value)

    said = {row["source"]: row for row in rows.to_dict("records")}
    told = {source: f"{shown(row['low'])} to {shown(row['high'])}" for source, row in said.items()}
    world = said["world"]
    turned = min(world["below_zero"], 1.0 - world["below_zero"])
    return (
        f"{beliefs}: {measure} moves by {shown(world['mean'])} {'%' if percent else unit} on average "
        f"({told['estimate']}); luck alone leaves one firm {told['luck']}, not knowing the world leaves the expected "
        f"effect {told['world']}. {100 * world['variance_share']:.0f} % of the variance is not knowing the world; the "
        f"sign is the other one in {100 * turned:.0f} % of the worlds.")


def _lesson(parameters: pd.DataFrame) -> str:
    first, *others = parameters.sort_values("rank").to_dict("records")
    if not np.isfinite(first["variance_share"]):
        return "The worlds differ by no more than luck does: there is nothing to learn first."
    if not first["p_value"] < DOUBT:
        return f"{first['n']} worlds are too few to say what to learn first."
    share, low, high = (first[name] for name in ("variance_share", "share_low", "share_high"))
    cut = ", cut to what a share can be" if low < 0.0 or high > 1.0 else ""
    told = (f"Learn {first['parameter']} first: knowing it would take {percent_of_all(share)} % "
            f"({percent_of_all(low)} to {percent_of_all(high)}{cut}) of the variance between worlds.")
    if others and others[0]["parameter"] in first["tied_with"].split(", "):
        told += f" {first['n']} worlds are too few to rank it above {others[0]['parameter']}."
    return told
