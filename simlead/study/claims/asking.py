"""Packages of scenarios under common luck: asked once, remembered, spread over workers.

Claims ask about the same few firms again and again. Replicate i of a scenario is run once
for all of them, and is under the same luck as replicate i of every other scenario, so that
whatever is compared is paired.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.measures import MEASURES, all_parts
from simlead.results.money import weekly_profit
from simlead.study.calibration import CALIBRATED, Targets, calibrate
from simlead.study.engines import FAST, engine_named, known_engine, ready
from simlead.study.estimation.estimates import CONFIDENCE
from simlead.study.parallel import Job, Progress, spread, whole_number, worker_count
from simlead.study.simulate import LARGEST_SEED

Floats = NDArray[np.float64]
Changes = Mapping[str, Any]
"""Parameters by dotted path that a scenario has different from another."""

CALIBRATION_REPLICATIONS, CALIBRATION_ROUNDS = 4, 2
"""A changed world's status quo is calibrated as `belief_uncertainty` does it, with these replicates or more."""

LEVELS = tuple(path for path in CALIBRATED if path != "world.clarity_exponent")
"""What is calibrated to a changed world; the exponent follows clarity's effect (`in_world`)."""


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


@dataclasses.dataclass(frozen=True)
class Seen:
    """What is kept of one run.

    `numerators` and `denominators` of every measure, in the order of MEASURES; `profit`,
    `revenue` and `rivals` (the value that rivals won), in dollars for each week since the switch.
    """

    numerators: Floats
    denominators: Floats
    profit: Floats
    revenue: Floats
    rivals: Floats


Look = Callable[[Job], Seen]
"""Makes one run and says what was seen; :func:`look` unless a test brings its own."""


def look(job: Job) -> Seen:
    """Make a run without a trace and keep what claims ask for; what a worker does."""
    records = engine_named(job.engine)(job.scenario, job.seed, job.replicate, False)
    parts = np.array(list(all_parts(records, job.scenario).values()), dtype=float)
    weeks = records.weeks[records.weeks["week"] >= 0]
    return Seen(
        parts[:, 0], parts[:, 1], weekly_profit(weeks, job.scenario),
        weeks["revenue"].astype(float), weeks["rival_value"].astype(float))


@dataclasses.dataclass(frozen=True, eq=False)
class Runs:
    """The replicates 0, 1, 2 ... of one scenario."""

    scenario: Scenario
    seen: tuple[Seen, ...]

    def parts(self, measure: str) -> tuple[Floats, Floats]:
        """Numerators and denominators of a measure, one a replicate."""
        if measure not in MEASURES:
            raise ParameterError(f"measure {measure!r}: no such measure{nearest(measure, MEASURES)}")
        place = list(MEASURES).index(measure)
        return (np.array([run.numerators[place] for run in self.seen]),
                np.array([run.denominators[place] for run in self.seen]))

    def values(self, measure: str) -> Floats:
        """A measure of each replicate; nan where it is not defined."""
        above, below = self.parts(measure)
        values: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0.0)
        return values

    @property
    def profit(self) -> Floats:
        """Profit since the switch: replicates x weeks."""
        return np.array([run.profit for run in self.seen])

    @property
    def revenue(self) -> Floats:
        """Revenue since the switch: replicates x weeks."""
        return np.array([run.revenue for run in self.seen])

    @property
    def rivals(self) -> Floats:
        """What rivals won since the switch: replicates x weeks."""
        return np.array([run.rivals for run in self.seen])


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
                path: _within(path, values[path] + (other[path] - own[path])) for path in LEVELS if path in other}))
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


def _within(path: str, value: float) -> float:
    """The value, or the end of what is allowed that it went beyond."""
    line = REGISTRY[path]
    return float(min(max(value, -math.inf if line.low is None else line.low), math.inf if line.high is None
                     else line.high))


@dataclasses.dataclass(frozen=True)
class Solving:
    """A status quo to calibrate, with luck of its own: what is solved for must not fit the runs that it is used in."""

    scenario: Scenario
    targets: Targets
    seed: int
    engine: str
    replications: int


def levels(job: Solving) -> dict[str, Any]:
    """What calibration solves for in a scenario; what a worker does."""
    solved = calibrate(
        job.scenario, targets=job.targets, replications=job.replications, clarity_replications=0,
        rounds=CALIBRATION_ROUNDS, seed=job.seed, workers=1, engine=job.engine).values()
    return {path: solved[path] for path in LEVELS}


def unsolved(job: Solving) -> dict[str, Any]:
    """Some dollars, where nothing is simulated: a calibrated world is another firm, and is counted as such."""
    return {"organisation.overhead_per_seat_year": float(int(job.scenario.hash()[:6], 16) % 997)}


def rehearsed(job: Job) -> Seen:
    """A run that was not made: every measure is nearly 1, and about a dollar a week comes in."""
    noise = 1.0 - 0.01 * ((job.replicate * 37 + sum(map(ord, job.label))) % 11)
    weeks = np.full(job.scenario.calendar.horizon_weeks, noise)
    return Seen(np.full(len(MEASURES), noise), np.ones(len(MEASURES)), weeks, weeks, weeks)


@dataclasses.dataclass(frozen=True, eq=False)
class Firm:
    """A status quo that a claim is tested on: under one belief set, in one world, with so much luck.

    `replications` are those of the effect, `details` those of each further case;
    `confidence` is that of the effect's interval. `leave_out` names replicates that the
    effect goes without, which a jackknife asks for; runs that are asked for by their number
    (a pilot's, say) stay whole.
    """

    asking: Asking
    base: Scenario
    beliefs: str
    replications: int
    details: int
    confidence: float = CONFIDENCE
    leave_out: frozenset[int] = frozenset()
    _asked: dict[Any, tuple[Scenario, list[Runs]]] = dataclasses.field(default_factory=dict, repr=False)
    # A jackknife asks for the same runs over and over, and to name a scenario takes a while.

    def runs(self, *changes: Changes, replications: int | None = None) -> list[Runs]:
        """The runs of the status quo with these changes each; an empty mapping is the status quo."""
        count = replications or self.replications
        key = id(self.base), count, tuple(tuple(sorted(change.items())) for change in changes)
        if key not in self._asked:  # with the base itself, so that its id is nobody else's
            self._asked[key] = self.base, self.asking.several([self.base.change(change) for change in changes], count)
        found = self._asked[key][1]
        if replications is not None or not self.leave_out:
            return found
        return [Runs(runs.scenario, tuple(seen for number, seen in enumerate(runs.seen)
                                          if number not in self.leave_out)) for runs in found]

    def change(self, changes: Changes) -> Firm:
        """The firm with another status quo: organisation, market or world changed."""
        return dataclasses.replace(self, base=self.base.change(changes))

    def smaller(self) -> Firm:
        """The firm asked with the replicates of the details."""
        return dataclasses.replace(self, replications=self.details)
