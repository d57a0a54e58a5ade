"""Packages of scenarios under common luck: asked once, remembered, spread over workers.

Claims ask about the same few firms again and again. Replicate i of a scenario is run once
for all of them, and is under the same luck as replicate i of every other scenario, so that
whatever is compared is paired.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from simlead.model.scenario import Scenario
from simlead.study.calibration import Targets
from simlead.study.claims.recalibrating import (
    CALIBRATION_REPLICATIONS,
    CALIBRATION_ROUNDS,
    LEVELS,
    Solving,
    levels,
    unsolved,
    within,
)
from simlead.study.claims.runs import Look, Runs, Seen, look, rehearsed
from simlead.study.engines import FAST, known_engine, ready
from simlead.study.parallel import Job, Progress, spread, whole_number, worker_count
from simlead.study.simulate import LARGEST_SEED

Changes = Mapping[str, Any]
"""Parameters by dotted path that a scenario has different from another."""

@dataclasses.dataclass(frozen=True)
class Size:
    """How much is run: replicates of a claim's effect, of each of its details, of each end of a parameter."""

    replications: int
    details: int
    ends: int

    def with_replications(self, replications: int) -> Size:
        """Another number of replicates of the effect; details get a third of them, the ends of parameters a quarter.

        >>> LIGHT.with_replications(8)
        Size(replications=8, details=2, ends=2)
        """
        return Size(replications, details=max(2, replications // 3), ends=max(2, replications // 4))


LIGHT = Size(replications=24, details=10, ends=8)
FULL = Size(replications=200, details=50, ends=40)


class Keeper(Protocol):
    """Where runs are kept between sessions; `kept.Kept` is one."""

    def get(self, key: str) -> list[Seen]:
        """The first replicates of a scenario, by its hash."""

    def put(self, key: str, runs: Sequence[Seen]) -> None:
        """Keep the first replicates of a scenario."""


class Asking:
    """Runs scenarios, each replicate of each once.

    `progress` is called with (runs done, `total`) after each; `total` grows if more are
    asked for. `made` counts the runs, those that `keep` had already among them. With a `look`
    of one's own nothing is simulated and nothing calibrated, which is how tests plant a world
    and how :meth:`rehearsal` counts runs.

    >>> asking = Asking.rehearsal()
    >>> _ = asking.several([Scenario()], 5), asking.several([Scenario()], 8)
    >>> asking.made
    8
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        workers: int | None = None,
        engine: str = FAST,
        progress: Progress | None = None,
        total: int = 0,
        look: Look = look,
        keep: Keeper | None = None,
    ) -> None:
        self.seed = whole_number("seed", seed, 0, LARGEST_SEED - 1)
        self.engine = known_engine(engine)
        self.workers = worker_count(workers)
        self.made, self.total = 0, total
        self._progress, self._look, self._keep = progress, look, keep
        self._seen: dict[str, list[Seen]] = {}
        self._levels: dict[tuple[str, Targets, int], dict[str, Any]] = {}
        self._ready = False

    @classmethod
    def rehearsal(cls) -> Asking:
        """An asking that runs nothing and counts how much there would be to run."""
        return cls(workers=1, look=rehearsed)

    @property
    def simulates(self) -> bool:
        """Whether runs are the model's own."""
        return self._look is look

    def several(self, scenarios: Sequence[Scenario], replications: int) -> list[Runs]:
        """The first so many replicates of each scenario; only those not seen yet are run."""
        keys = [scenario.hash() for scenario in scenarios]
        wanted = dict(zip(keys, scenarios, strict=True))
        for key in wanted:
            if key not in self._seen:
                self._seen[key] = self._keep.get(key) if self._keep is not None else []
                self._count(min(replications, len(self._seen[key])))
        jobs = [Job(key, scenario, self.seed, number, self.engine)
                for number in range(replications) for key, scenario in wanted.items()
                if number >= len(self._seen[key])]
        # In the order of the jobs: a scenario's replicates are appended one after another.
        for job, seen in zip(jobs, self._spread(self._look, jobs), strict=True):
            self._seen[job.label].append(seen)
        if self._keep is not None:
            for key in dict.fromkeys(job.label for job in jobs):
                self._keep.put(key, self._seen[key])
        return [Runs(scenario, tuple(self._seen[key][:replications]))
                for key, scenario in zip(keys, scenarios, strict=True)]

    def calibrated(
        self, base: Scenario, worlds: Sequence[Scenario], targets: Targets,
        replications: int = CALIBRATION_REPLICATIONS,
    ) -> list[Scenario]:
        """Other worlds of a firm, each with a status quo that shows in its base year what the firm's own does.

        A few replicates do not calibrate well. What they say of the firm's own world is
        therefore taken off what they say of another one, under the same luck; the difference
        is added to the levels that the firm has (committed ones come from many more
        replicates). A world like the firm's own comes out as it is.
        """
        own, *others = self._solved([base, *worlds], targets, replications)
        values, found = base.values(), []
        for world, other in zip(worlds, others, strict=True):
            found.append(world.change({
                path: within(path, values[path] + (other[path] - own[path])) for path in LEVELS if path in other}))
        return found

    def _solved(self, scenarios: Sequence[Scenario], targets: Targets, replications: int) -> list[dict[str, Any]]:
        keys = [(scenario.hash(), targets, replications) for scenario in scenarios]
        jobs = [Solving(scenario, targets, self.seed + 1, self.engine, replications)
                for key, scenario in dict(zip(keys, scenarios, strict=True)).items() if key not in self._levels]
        solve = levels if self.simulates else unsolved
        for job, found in zip(jobs, self._spread(solve, jobs, replications * CALIBRATION_ROUNDS), strict=True):
            self._levels[job.scenario.hash(), targets, replications] = found
        return [self._levels[key] for key in keys]

    def _spread(self, function: Callable[[Any], Any], jobs: Sequence[Any], runs_each: int = 1) -> list[Any]:
        if not jobs:
            return []
        if self.simulates and not self._ready:
            ready(self.engine)
            self._ready = True

        return spread(function, iter(jobs), min(self.workers, len(jobs)), lambda _: self._count(runs_each))

    def _count(self, runs: int) -> None:
        self.made += runs
        self.total = max(self.total, self.made)
        if self._progress is not None and runs:
            self._progress(self.made, self.total)
