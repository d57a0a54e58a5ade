"""Runs of the arms of claims in many worlds: matched pairs of each world, made once for all claims of a firm."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.files import whole_file
from simlead.results.provenance import source_hash
from simlead.statistics.over_worlds import (
    bootstrap_weights,
    checked_outcomes,
    effective_size,
    moments,
    without_noise,
)
from simlead.study.answers.nested import Visit, WorldsLike, look, visit_of
from simlead.study.claims.protocol import STATUS_QUO, Changes, Claim, Effect
from simlead.study.parallel import parallel_map
from simlead.study.sweeps.identity import measures_hash

Floats = NDArray[np.float64]

KEPT = ("revenue", "revenue_base", "market_share", "market_share_base", "profit_final", "coaching_share_over_half",
        "coaching_share_realised", "coaching_hours_per_rep_month")
"""The measures that claims look at; and profit by week since the switch."""

PROFIT, SINCE_SWITCH = "profit", "profit_since_switch"

DRAWS = 200
"""Draws of the worlds' distribution, by which its own error counts."""

EPSILON = 0.05

LEAST_NOISE = 1e-8
"""The least variance of noise in a direction, relative to the outcomes' own: below it there is none."""


_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, eq=False)
class Seen:
    """What came of a claim's arms.

    `measures` are worlds x replications x arms x :data:`KEPT`, `profit` worlds x replications x arms x weeks since the
    switch; `places` has the place of each arm by what it changes. `weights` are the worlds', `drawn` what was drawn for
    each, a column a parameter. They were taken from `candidates` worlds, a share of which no published fact rules out.
    """

    claim: Claim
    measures: Floats
    profit: Floats
    places: Mapping[Any, int]
    weights: Floats
    drawn: pd.DataFrame
    candidates: int = 0
    candidates_left: float = 1.0

    def first(self, worlds: int) -> Seen:
        """The same of the first few worlds."""
        return dataclasses.replace(self, measures=self.measures[:worlds], profit=self.profit[:worlds],
                                   weights=self.weights[:worlds], drawn=self.drawn.head(worlds))

    def values(self, arm: str, measure: str = "revenue") -> Floats:
        """A measure of an arm, worlds x replications; profit since the switch is `profit_since_switch`."""
        place = self.places[same(self.claim.arms[arm] if arm != STATUS_QUO else {})]
        if measure.startswith(SINCE_SWITCH):
            year = measure.removeprefix(SINCE_SWITCH).removeprefix("_year_")
            return np.asarray(self.profit[:, :, place, :int(year) * WEEKS_PER_YEAR if year else None].sum(axis=2))
        if measure not in KEPT:
            raise ParameterError(f"measure {measure!r}: no claim looks at it; allowed is one of {', '.join(KEPT)}")
        return self.measures[:, :, place, KEPT.index(measure)]

    def means(self, arm: str, measure: str = "revenue") -> Floats:
        """A measure of an arm in each world, the mean over its replications."""
        return np.asarray(self.values(arm, measure).mean(axis=1))

    def gains(self) -> Floats:
        """What the claim's programme earns more than what it is compared with: runs x weeks, by the worlds' weights.

        Worlds stand in it as often as their weights say (systematic sampling).
        """
        programme, against = (self.places[same(self.claim.arms[arm] if arm != STATUS_QUO else {})]
                              for arm in (self.claim.programme, self.claim.against))
        count = len(self.weights)
        marks = (np.arange(count) + 0.5) / count * self.weights.sum()
        chosen = np.searchsorted(np.cumsum(self.weights), marks).clip(0, count - 1)
        gains = self.profit[chosen][:, :, programme] - self.profit[chosen][:, :, against]
        return np.asarray(gains.reshape(-1, gains.shape[2]))

    def expected(self, effect: Effect, seed: int = 0) -> tuple[Floats, Floats]:
        """An effect in draws of what each world leads to on average (parts x draws x worlds), and the draws' weights.

        It is that of expected outcomes: of ratios of means, and no mean of ratios.
        """
        drawn = bootstrap_weights(self.weights / self.weights.sum(), DRAWS, seed)
        worlds = self._worlds(_asked(effect), drawn)

        def see(arm: str, measure: str = "revenue") -> Floats:
            return worlds[arm, measure]

        return effect(see), drawn

    def by_run(self, effect: Effect) -> Floats:
        """An effect run by run (parts x worlds x replications), to first order around what its own world leads to.

        f(m) + (f(m + e (y - m)) - f(m)) / e with a small e: linear in each run y, so that the noise of single runs does
        not bend it. m is the world's own outcomes without noise: around the mean of all worlds a large world's
        ordinary effect would look like a loss.
        """
        worlds = self._worlds(_asked(effect), (self.weights / self.weights.sum())[None])

        def near(epsilon: float) -> Floats:
            def see(arm: str, measure: str = "revenue") -> Floats:
                world = worlds[arm, measure][0][:, None]
                return np.asarray(world + epsilon * (self.values(arm, measure) - world))
            return effect(see)

        return np.asarray(near(0.0) + (near(EPSILON) - near(0.0)) / EPSILON)

    def _worlds(self, asked: Sequence[tuple[str, str]], drawn: Floats) -> dict[tuple[str, str], Floats]:
        """What each world leads to in these arms and measures, without the noise of its runs: draws x worlds each."""
        values, own = checked_outcomes(np.stack([self.values(*each) for each in asked], axis=2), self.weights)
        into, back = _whitened(moments(values, own[None]).replicate[0], values)
        values = values @ into
        each, size = moments(values, drawn, own), effective_size(own)
        worlds = without_noise(
            values.mean(axis=1), each.mean, each.seen, each.world * (size + 1.0) / (size - 1.0)) @ back
        return {name: np.asarray(worlds[:, :, place]) for place, name in enumerate(asked)}


def _whitened(noise: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Linear maps into coordinates in which runs within a world scatter alike in every direction, and back.

    Arms share most of their noise, so that differences are known far better than levels: there the noise of levels
    must not leak into them. In a direction without noise the worlds' own scatter is the scale.
    """
    spread = values.reshape(-1, values.shape[2]).std(axis=0)
    scale = np.where(spread > 0.0, spread, 1.0)
    roots, vectors = np.linalg.eigh(noise / np.outer(scale, scale))
    roots = np.sqrt(np.clip(roots, LEAST_NOISE, None))
    return vectors / scale[:, None] / roots, (vectors * roots).T * scale


def _asked(effect: Effect) -> list[tuple[str, str]]:
    """The arms and measures that an effect looks at."""
    found: dict[tuple[str, str], None] = {}

    def see(arm: str, measure: str = "revenue") -> Floats:
        found[arm, measure] = None
        return np.array([1.0 + 0.01 * len(found)])

    effect(see)
    return list(found)


def same(changes: Changes) -> Any:
    """What is equal for arms of equal changes, so that they are run once."""
    return frozenset(changes.items())


class Runner:
    """Makes the runs of a firm's arms in its worlds; with a folder it keeps them, and finds them there again."""

    def __init__(self, *, seed: int, workers: int, engine: str, folder: Path | None,
                 progress: Callable[[int, int], object] | None) -> None:
        self.seed, self.workers, self.engine, self.folder = seed, workers, engine, folder
        self.made = self.total = 0
        self._progress = progress

    def expect(self, runs: int) -> None:
        """Count runs that are to be made."""
        self.total += runs
        self.count(0)

    def count(self, runs: int) -> None:
        """Count runs that were made."""
        self.made += runs
        if self._progress is not None:
            self._progress(self.made, max(self.made, self.total))

    def seen(
        self, name: str, claims: list[Claim], base: Scenario, groups: Mapping[str, Group], replications: int,
    ) -> dict[str, list[Seen]]:
        """Run the arms of a firm's claims in each world of each group; by group, what each claim sees.

        Replication r of world w has random numbers of its own, the same for all arms and in all groups.
        """
        arms = {same({}): {}, **{same(each): each for claim in claims for each in claim.arms.values()}}
        scenarios = {str(number): base.change(changes) for number, changes in enumerate(arms.values())}
        visits = [visit_of(group, scenarios, there, number, measures=KEPT, weekly=(PROFIT,), replications=replications,
                           seed=self.seed, engine=self.engine, outcome=None)
                  for group, (there, count) in groups.items() for number in range(count)]
        runs = len(arms) * len(visits) * replications
        self.expect(runs)
        place = None if self.folder is None else self.folder / f"{name}_{self._key(visits)}.npz"
        if place is not None and place.is_file():
            with np.load(place, allow_pickle=False) as stored:
                found = (stored["measures"], stored["profit"])
            _log.info("claims: %d runs of %s are taken from the cache, %s", runs, name, place)
            self.count(runs)
        else:
            _log.info("claims: %d runs of %s are made", runs, name)
            made = parallel_map(look, iter(visits), min(self.workers, len(visits)), lambda rows: self.count(len(rows)))
            arrays = [_arrays(rows) for rows in made]
            found = (np.array([one for one, _ in arrays]), np.array([two for _, two in arrays]))
            if place is not None:
                _keep(place, found)
        places = {arm: number for number, arm in enumerate(arms)}
        seen, first = {}, 0
        for group, (there, count) in groups.items():
            measures, profit = (array[first:first + count] for array in found)
            first += count
            rows = there.table.head(count)
            weights, drawn = rows["weight"].to_numpy(float), rows[list(there.drawn)].astype(float)
            seen[group] = [Seen(claim, measures, profit, places, weights, drawn) for claim in claims]
        return seen

    def _key(self, visits: Sequence[Visit]) -> str:
        """What tells these runs from others: their scenarios, seed, engine, measures and the code of all."""
        digest = hashlib.sha256(f"{self.seed} {self.engine} {KEPT} {source_hash()} {measures_hash()}".encode())
        for visit in visits:
            digest.update(f"{visit.group} {visit.replications}".encode())
            for label, scenario in visit.scenarios.items():
                digest.update(f"{label} {scenario.hash()}".encode())
        return digest.hexdigest()[:16]


Group = tuple[WorldsLike, int]
"""Worlds, and how many of them, from the first on, are visited."""


def _arrays(rows: Sequence[Mapping[str, Any]]) -> tuple[Floats, Floats]:
    """One world's runs as measures (replications x arms x :data:`KEPT`) and profits by week."""
    ordered = sorted(rows, key=lambda row: (row["replicate"], int(row["scenario"])))
    arms = len({row["scenario"] for row in rows})
    measures = np.array([[row[name] for name in KEPT] for row in ordered])
    profit = np.array([row[PROFIT] for row in ordered])
    return measures.reshape(-1, arms, len(KEPT)), profit.reshape(-1, arms, profit.shape[1])


def _keep(place: Path, found: tuple[Floats, Floats]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(place, overwrite=True) as new, new.open("wb") as file:
        np.savez_compressed(file, measures=found[0], profit=found[1])
