"""Experiments: a move against the status quo, in matched pairs of runs (common random numbers).

Every run is a pure function of scenario, seed and replicate. `RunCache` holds the results, so that
the status quo of a firm is run once for all moves and visitors, and a repeated move resumes.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.money import programme_cost
from simlead.results.monthly import monthly_sums
from simlead.results.registry import ratio
from simlead.results.windows import years
from simlead.statistics.intervals import Estimate, mean_interval, paired_difference, relative_difference
from simlead.study.comparison import of_the_firm
from simlead.study.engines import FAST, Engine, engine_named, keeping_engine
from simlead.study.growing.months import Months, months_of
from simlead.study.growing.recent import recent
from simlead.study.pieces import Pieces

MEASURED = ("revenue", "market_share", "profit_final", "coaching_share_realised", "coaching_share_planned",
            "separations_per_year")
"""Measures of an outcome, all of the final year."""

PAIRS = 200
"""Number of matched pairs of a complete experiment."""

FIRST_PAIRS = 8
"""Number of pairs made before any other work."""

SHOWN_FROM = 4
"""Minimum number of pairs for an interval: with fewer it is wider than any bet."""

MOST_SCENARIOS = 300
"""Scenarios whose runs are cached; the least recently used one is dropped first."""

KEPT_WARM_UPS = 32
"""The first replications of a firm keep their warm-up, so that a new move shows its first pairs sooner."""

WARM_UP_BYTES = 256_000_000
"""Memory for warm-ups of all firms: about sixty of a firm of 32 reps. The least recently used are dropped first."""

Values: TypeAlias = dict[str, float]
Task: TypeAlias = Callable[[], None]


def one_run(
    scenario: Scenario, seed: int, replicate: int, engine: Engine | None = None
) -> tuple[Values, NDArray[np.float32]]:
    """The measures and the sums by month of one run of the compiled engine, or of one that keeps warm-ups."""
    records = (engine or engine_named(FAST))(scenario, seed, replicate, False)
    both = years(records, scenario)
    return {name: ratio(MEASURES[name].of_years(both)) for name in MEASURED}, monthly_sums(records, scenario)


class Runs:
    """Results of the runs of one scenario by replicate, and the runs in progress."""

    def __init__(self, scenario: Scenario, seed: int, engine: Engine | None = None) -> None:
        self.scenario, self.seed = scenario, seed
        self._engine = engine
        self.done: dict[int, Values] = {}
        self.months: dict[int, NDArray[np.float32]] = {}  # about half a kilobyte a run
        self._pieces = Pieces()

    def task(self, replicate: int) -> Task | None:
        """The task of making this run, or None if it is done or in progress."""
        return self._pieces.one(replicate, self._make)

    def _make(self, replicate: int) -> None:
        engine = self._engine if replicate < KEPT_WARM_UPS else None
        found, months = one_run(self.scenario, self.seed, replicate, engine)
        self.months[replicate] = months
        self.done[replicate] = found


class RunCache:
    """The runs of all scenarios, under one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._engine = keeping_engine(WARM_UP_BYTES)
        self._runs: OrderedDict[str, Runs] = OrderedDict()
        self._lock = threading.Lock()

    def runs(self, scenario: Scenario) -> Runs:
        """The runs of a scenario; the same object for every caller."""
        key = scenario.hash()
        with self._lock:
            self._runs.setdefault(key, Runs(scenario, self.seed, self._engine))
            return recent(self._runs, key, MOST_SCENARIOS)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Estimates from a number of matched pairs, each with its 95 % interval.

    `revenue`: difference from the status quo as a share of the status quo's; `profit`:
    difference in $ a year; `market_share` and `separations`: differences; `realised` and
    `planned`: coaching as shares of a manager's week under the move, `realised_before` under
    the status quo. `n` matched pairs.
    """

    n: int
    revenue: Estimate
    market_share: Estimate
    profit: Estimate
    separations: Estimate
    realised: Estimate
    planned: Estimate
    realised_before: Estimate


class Experiment:
    """A move and its status quo: the runs still to be made, and the outcome so far."""

    def __init__(self, base: Scenario, moved: Scenario, run_cache: RunCache, pairs: int | None = None) -> None:
        self.base, self.moved = run_cache.runs(base), run_cache.runs(moved)
        self.pairs = PAIRS if pairs is None else pairs
        self._known: Outcome | None = None
        self._months: Months | None = None

    @property
    def n(self) -> int:
        """Pairs that are complete, counted from the first without a gap: n pairs are always the same pairs."""
        n = self._known.n if self._known else 0
        while n < self.pairs and n in self.base.done and n in self.moved.done:
            n += 1
        return n

    def task(self, up_to: int | None = None) -> Task | None:
        """The next run to be made for the first `up_to` pairs, or None if nothing is left to begin."""
        for replicate in range(self.n, self.pairs if up_to is None else min(up_to, self.pairs)):
            work = self.base.task(replicate) or self.moved.task(replicate)
            if work is not None:
                return work
        return None

    def outcome(self) -> Outcome | None:
        """The outcome so far; None before there are two pairs."""
        n = self.n
        if n < 2:
            return None
        if self._known is None or self._known.n != n:
            self._known = outcome_of([self.moved.done[r] for r in range(n)], [self.base.done[r] for r in range(n)])
        return self._known

    def months(self) -> Months | None:
        """Both policies month by month so far; None before there are two pairs, or without a whole month."""
        n = self.n
        base, moved = self.base.scenario, self.moved.scenario
        if n < 2 or not self.base.months[0].shape[1]:
            return None
        if self._months is None or self._months.n != n:
            after, before = (np.array([runs.months[r] for r in range(n)]) for runs in (self.moved, self.base))
            same_firm = not any(of_the_firm(path) for path in moved.differences(base))
            self._months = months_of(after, before, base.calendar.horizon_weeks,
                                     programme_cost(base) - programme_cost(moved) if same_firm else None,
                                     self.base.seed)
        return self._months


def outcome_of(moved: list[Values], base: list[Values]) -> Outcome:
    """The outcome of pairs, from the values of either side."""

    def both(name: str) -> tuple[list[float], list[float]]:
        return [values[name] for values in moved], [values[name] for values in base]

    realised, before = both("coaching_share_realised")
    return Outcome(
        n=len(moved),
        revenue=relative_difference(*both("revenue")),
        market_share=paired_difference(*both("market_share")),
        profit=paired_difference(*both("profit_final")),
        separations=paired_difference(*both("separations_per_year")),
        realised=mean_interval(realised),
        planned=mean_interval([values["coaching_share_planned"] for values in moved]),
        realised_before=mean_interval(before),
    )
