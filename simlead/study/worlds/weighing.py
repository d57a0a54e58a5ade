"""Worlds taken from many candidates, in proportion to how well they agree with published facts.

Weights cost nothing (`fact_emulator`), and a world that is put to use costs runs. So many candidates are drawn and
weighed, and the worlds are taken from them by systematic sampling with probabilities in proportion to their weights
(Horvitz and Thompson 1952): no world twice, all of nearly equal weight, and a sum over them is that over the candidates
on average.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.worlds.fact_emulator import CUTOFF, fact_emulators, log_weights
from simlead.study.worlds.fact_runs import TELLING
from simlead.study.worlds.ranges import Range, draw_worlds

Floats = NDArray[np.float64]

CANDIDATES, MOST_CANDIDATES = 4096, 65_536
"""Candidates that are drawn at first, and at most where few of them are left."""


@dataclasses.dataclass(frozen=True, eq=False)
class Weighed:
    """Worlds with their weights, and what the facts made of the candidates; see `worlds.Worlds`."""

    table: pd.DataFrame
    weights: Floats
    facts: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    by_fact: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    candidates: int = 0
    candidates_left: float = 1.0
    candidates_effective: float = 0.0
    probabilities: Mapping[str, float] = dataclasses.field(default_factory=dict)


def weighed_draw(scenario: Scenario, ranges: Mapping[str, Range], count: int, seed: int, method: str) -> Weighed:
    """Draw candidates, weigh them, and take `count` worlds; ParameterError if none is left."""
    emulators = fact_emulators()
    size = max(CANDIDATES, count)
    while True:
        table = draw_worlds(ranges, size, seed, method=method)
        expected = emulators.expected(emulators.where(scenario, table))
        implausible = emulators.implausibility(expected)
        logs = log_weights(implausible)
        weights = np.exp(logs - logs.max()) if np.isfinite(logs).any() else np.zeros(size)
        effective = kish(weights)
        if effective >= count or size >= MOST_CANDIDATES:
            break
        size *= 4
    if not weights.any():
        raise ParameterError(_none_left(implausible))
    chosen, taken = take(weights, count, seed)
    rows = table.iloc[chosen].reset_index(drop=True)
    return Weighed(
        table=rows, weights=taken, facts=_facts(expected.iloc[chosen], implausible.iloc[chosen]),
        by_fact=_by_fact(expected, implausible, weights / weights.sum(), emulators.errors), candidates=size,
        candidates_left=float((weights > 0.0).mean()), candidates_effective=effective,
        probabilities=dict(emulators.probabilities))


def kish(weights: Floats) -> float:
    """Kish's effective sample size of weights.

    >>> kish(np.array([1.0, 1.0, 0.0, 0.0])), kish(np.zeros(3))
    (2.0, 0.0)
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0.0 else 0.0


def take(weights: Floats, count: int, seed: int) -> tuple[NDArray[np.int64], Floats]:
    """The numbers of `count` different candidates and their weights, which add to 1; fewer if fewer are left.

    A candidate is taken with a probability in proportion to its weight, at most 1, and its own weight is what it had
    over that probability.

    >>> chosen, taken = take(np.array([1.0, 0.0, 1.0, 1.0]), 3, seed=0)
    >>> chosen.tolist(), taken.round(3).tolist()
    ([0, 2, 3], [0.333, 0.333, 0.333])
    """
    alive = np.flatnonzero(weights > 0.0)
    if len(alive) <= count:
        return alive, weights[alive] / weights[alive].sum()
    inclusion = weights[alive] * count / weights[alive].sum()
    while (inclusion > 1.0 + 1e-12).any():
        sure = inclusion >= 1.0
        rest = weights[alive][~sure]
        inclusion[sure], inclusion[~sure] = 1.0, rest * (count - sure.sum()) / rest.sum()
    digest = hashlib.sha256(f"taken\0{seed}".encode()).digest()
    start = np.random.Generator(np.random.Philox(int.from_bytes(digest))).random()
    ends = np.cumsum(inclusion)
    places = np.minimum(np.searchsorted(ends, start + np.arange(count), side="right"), len(alive) - 1)
    places = np.unique(places)
    taken = weights[alive][places] / inclusion[places]
    return alive[places], taken / taken.sum()


def _facts(expected: pd.DataFrame, implausible: pd.DataFrame) -> pd.DataFrame:
    """A row per world and fact."""
    parts = [pd.DataFrame({
        "world": np.arange(len(expected)), "fact": fact.name, "measure": fact.measure,
        "expected": expected[fact.measure].to_numpy(float),
        "implausibility": implausible[fact.measure].to_numpy(float)}) for fact in TELLING]
    return pd.concat(parts, ignore_index=True).sort_values("world", kind="stable", ignore_index=True)


def _by_fact(
    expected: pd.DataFrame, implausible: pd.DataFrame, weights: Floats, errors: Mapping[str, float]
) -> pd.DataFrame:
    """What each fact makes of the candidates, the most telling first."""
    rows = []
    for fact in TELLING:
        values = expected[fact.measure].to_numpy(float)
        away = implausible[fact.measure].to_numpy(float)
        mean = float(weights @ values)
        alone = np.where(away > CUTOFF, 0.0, np.exp(-0.5 * away * away))
        rows.append({
            "fact": fact.name, "measure": fact.measure, "published": fact.published, "low": fact.low, "high": fact.high,
            "source": fact.source, "error": errors[fact.measure], "expected_before": float(values.mean()),
            "sd_before": float(values.std()), "expected": mean,
            "sd": float(np.sqrt(weights @ (values - mean) ** 2)), "ruled_out": float((away > CUTOFF).mean()),
            "effective_share": kish(alone) / len(alone)})
    return pd.DataFrame(rows).sort_values("effective_share", kind="stable", ignore_index=True)


def _none_left(implausible: pd.DataFrame) -> str:
    """The line that says by how much the nearest world misses, and which fact."""
    worst = implausible.max(axis=1)
    nearest = int(worst.to_numpy(float).argmin())
    measure = str(implausible.columns[int(implausible.iloc[nearest].to_numpy(float).argmax())])
    name = next(fact.name for fact in TELLING if fact.measure == measure)
    return (f"no world is left of {len(implausible)}: the nearest misses the fact '{name}' by {worst[nearest]:.1f} "
            f"standard deviations ({CUTOFF:g} allowed); other ranges, or weighted=False")
