"""Attribution over many matched pairs: the same two policies, cause by cause."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pandas as pd

from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.results.provenance import provenance
from simlead.results.run import Run
from simlead.statistics.intervals import CONFIDENCE, checked_confidence, mean_interval
from simlead.study.attribution.pair import attribution, balance, refuse_other_firms
from simlead.study.engines import FAST, engine_for, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.records import ALL, CAUSES, WORTH_MORE
from simlead.study.refusals import refusals
from simlead.study.runner import checked_runs
from simlead.study.simulate import checked_scenario


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two scenarios to be run with common random numbers."""

    a: Scenario
    b: Scenario
    seed: int
    replicate: int
    engine: str


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class ReplicatedAttribution:
    """Attribute the difference of two policies to causes, over many matched pairs.

    Parameters
    ----------
    table : pandas.DataFrame
        A row per cause, then `all`: mean deals per pair won only in b (`gained`) and only in a (`lost`), their
        difference `net` with the interval `net_low` to `net_high` over pairs; the same in $ (`gained_value`,
        `lost_value`, `net_value`, `net_value_low`, `net_value_high`); `n` pairs and `seed`. The row `worth_more` is
        the deals won in both runs: their outcome did not change, but skill changes their price. `all` is the sum of
        the rows above, so its value is the whole difference of the reps' revenue.
    runs : pandas.DataFrame
        A row per replicate and cause.
    seed : int
        The random seed.
    replications : int
        The number of matched pairs.
    """

    table: pd.DataFrame
    runs: pd.DataFrame
    seed: int
    replications: int

    def __repr__(self) -> str:
        return f"ReplicatedAttribution(replications={self.replications}, seed={self.seed})"


@refusals()
def replicated_attribution(
    scenario_a: Scenario,
    scenario_b: Scenario,
    *,
    replications: int = 20,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = CONFIDENCE,
    progress: ProgressLike = None,
) -> ReplicatedAttribution:
    """Attribute the difference of two policies over many matched pairs, cause by cause, with intervals.

    Replicate i of both scenarios meets the same buyers; see :func:`attribution` for one pair.

    Parameters
    ----------
    scenario_a, scenario_b : Scenario
        Two scenarios that differ in the policy alone.
    replications : int
        Number of pairs, at least 2.
    seed, workers, engine
        As in :func:`simlead.compare`.
    confidence : float
        Confidence level of each interval, a fraction.
    progress : callable, optional
        Called with (pairs done, pairs in all).

    Returns
    -------
    ReplicatedAttribution
        `table` with a row per cause, `runs` with a row per replicate and cause.

    Raises
    ------
    ParameterError
        For a bad argument and for scenarios that differ in more than the policy, before
        anything is run.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 26,
    ...                            "calendar.horizon_weeks": 26})
    >>> found = replicated_attribution(small, small.change({"policy.coaching_share": 0.5}), replications=2, workers=1)
    >>> found.table["cause"].iloc[-1], found.table["n"].iloc[-1].item()
    ('all', 2)
    """
    a, b = checked_scenario(scenario_a), checked_scenario(scenario_b)
    replications, seed = checked_runs(replications, seed, engine, 2)
    checked_confidence(confidence)
    refuse_other_firms(a, b)
    finished = counting(progress, replications)
    warm_up_compiler(engine)
    pairs: Iterator[Pair] = (Pair(a, b, seed, number, engine) for number in range(replications))
    parts = parallel_map(causes_of_pair, pairs, min(worker_count(workers), replications), finished)

    runs = pd.concat(parts, ignore_index=True)
    return ReplicatedAttribution(_table(runs, confidence), runs, seed, replications)


def causes_of_pair(pair: Pair) -> pd.DataFrame:
    """The changed outcomes of one pair by cause; the task of a worker. Columns as in `ReplicatedAttribution.runs`."""
    engine = engine_for(pair.engine, [until_switch(pair.a), until_switch(pair.b)])
    run_a, run_b = (
        Run(scenario, pair.seed, pair.replicate, pair.engine,
            engine(scenario, pair.seed, pair.replicate, True), provenance(scenario))
        for scenario in (pair.a, pair.b))
    found, groups = attribution(run_a, run_b), balance(run_a, run_b).set_index("group")
    lines = []
    for cause in CAUSES:
        mine = found[found["cause"] == cause]
        gained, lost = (mine[mine["won_in"] == run]["won_value"] for run in ("b", "a"))
        lines.append((cause, len(gained), len(lost), float(gained.sum()), float(lost.sum())))
    price = float(groups["difference"]["won_both"])
    lines.append((WORTH_MORE, 0, 0, max(price, 0.0), max(-price, 0.0)))
    table = pd.DataFrame(lines, columns=["cause", "gained", "lost", "gained_value", "lost_value"])
    table.loc[len(table)] = {"cause": ALL, **table.drop(columns="cause").sum()}
    table.insert(0, "replicate", pair.replicate)
    table.insert(0, "seed", pair.seed)
    return table


def _table(runs: pd.DataFrame, confidence: float) -> pd.DataFrame:
    lines = []
    for cause, part in runs.groupby("cause", sort=False):
        net = mean_interval((part["gained"] - part["lost"]).to_numpy(float), confidence)
        money = mean_interval((part["gained_value"] - part["lost_value"]).to_numpy(float), confidence)
        lines.append({
            "cause": cause, "gained": part["gained"].mean(), "lost": part["lost"].mean(),
            "net": net.mean, "net_low": net.low, "net_high": net.high,
            "gained_value": part["gained_value"].mean(), "lost_value": part["lost_value"].mean(),
            "net_value": money.mean, "net_value_low": money.low, "net_value_high": money.high,
            "n": net.n, "seed": int(part["seed"].iloc[0])})
    return pd.DataFrame(lines)
