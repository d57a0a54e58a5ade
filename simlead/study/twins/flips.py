"""One pair is one luck: the same two policies over many pairs, cause by cause."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.provenance import provenance
from simlead.results.run import Run
from simlead.study.engines import FAST, engine_named, known_engine, ready
from simlead.study.estimation.estimates import CONFIDENCE, checked_confidence, mean_interval
from simlead.study.parallel import Progress, counting, spread, whole_number, worker_count
from simlead.study.simulate import LARGEST_REPLICATE, LARGEST_SEED, checked_scenario
from simlead.study.twins.causes import CAUSES
from simlead.study.twins.twins import balance, twins

if TYPE_CHECKING:
    import pandas as pd

ALL, KEPT = "all", "worth_more"
"""The causes of a total: all flips, and deals won in both worlds for another price."""


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two scenarios to be run with the same luck."""

    a: Scenario
    b: Scenario
    seed: int
    replicate: int
    engine: str


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Flips:
    """What many pairs of twins showed.

    `table` has a row per cause, then `all`: mean deals per pair won only in b (`gained`) and
    only in a (`lost`), their difference `net` with the interval `net_low` to `net_high` over
    pairs; the same in $ (`gained_value`, `lost_value`, `net_value`, `net_value_low`,
    `net_value_high`); `n` pairs and `seed`. The row `worth_more` is the deals won in both
    worlds: they are no flips, but skill changes their price. `all` is the sum of the rows
    above, so its value is the whole difference of the reps' revenue.

    `runs` has a row per replicate and cause.
    """

    table: pd.DataFrame
    runs: pd.DataFrame
    seed: int
    replications: int

    def __repr__(self) -> str:
        return f"Flips(replications={self.replications}, seed={self.seed})"


def flips(
    scenario_a: Scenario,
    scenario_b: Scenario,
    *,
    replications: int = 20,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = CONFIDENCE,
    progress: Progress | None = None,
) -> Flips:
    """Pair two scenarios over many replicates: which causes flip how many deals, and how surely.

    Replicate i of both meets the same buyers; see `twins.twins` for one pair. `progress` is
    called with (pairs done, pairs in all).

    Raises ParameterError for a bad argument and for scenarios that differ in more than the
    policy, before anything but the first pair is run.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 26,
    ...                            "calendar.horizon_weeks": 26})
    >>> found = flips(small, small.change({"policy.coaching_share": 0.5}), replications=2, workers=1)
    >>> found.table["cause"].iloc[-1], found.table["n"].iloc[-1].item()
    ('all', 2)
    """
    a, b = checked_scenario(scenario_a), checked_scenario(scenario_b)
    replications = whole_number("replications", replications, 2, LARGEST_REPLICATE)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    checked_confidence(confidence)
    other = [path for path in a.differences(b) if not path.startswith("policy.")]
    if other:
        raise ParameterError(f"no twins: {other[0]} differs; allowed to differ is only policy.*")
    finished = counting(progress, replications)
    ready(engine)
    pairs: Iterator[Pair] = (Pair(a, b, seed, number, engine) for number in range(replications))
    parts = spread(causes_of_pair, pairs, min(worker_count(workers), replications), finished)

    import pandas as pd

    runs = pd.concat(parts, ignore_index=True)
    return Flips(_table(runs, confidence), runs, seed, replications)


def causes_of_pair(pair: Pair) -> pd.DataFrame:
    """The flips of one pair by cause; what a worker does. Columns as in `Flips.runs`."""
    import pandas as pd

    run_a, run_b = (
        Run(scenario, pair.seed, pair.replicate, pair.engine,
            engine_named(pair.engine)(scenario, pair.seed, pair.replicate, True), provenance(scenario))
        for scenario in (pair.a, pair.b))
    found, groups = twins(run_a, run_b), balance(run_a, run_b).set_index("group")
    lines = []
    for cause in CAUSES:
        mine = found[found["cause"] == cause]
        gained, lost = (mine[mine["won_in"] == world]["won_value"] for world in ("b", "a"))
        lines.append((cause, len(gained), len(lost), float(gained.sum()), float(lost.sum())))
    kept = float(groups["difference"]["won_both"])
    lines.append((KEPT, 0, 0, max(kept, 0.0), max(-kept, 0.0)))
    table = pd.DataFrame(lines, columns=["cause", "gained", "lost", "gained_value", "lost_value"])
    table.loc[len(table)] = {"cause": ALL, **table.drop(columns="cause").sum()}
    table.insert(0, "replicate", pair.replicate)
    table.insert(0, "seed", pair.seed)
    return table


def _table(runs: pd.DataFrame, confidence: float) -> pd.DataFrame:
    import pandas as pd

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
