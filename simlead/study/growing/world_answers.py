"""Answers over worlds of many firms and policies, made in small pieces and shared by all who ask for them.

A piece is handed out only when nothing else is left to do, so that the next move waits for no more than one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.statistics.variance import ABSOLUTE_INSTEAD
from simlead.study.answers.growing import GrowingAnswer, GrowingWorlds
from simlead.study.growing.experiment import Task
from simlead.study.growing.recent import recent
from simlead.study.trial.growing import GrowingTrial

MOST_FIRMS, MOST_ANSWERS = 8, 60
"""Firms whose worlds are cached, and answers; the least recently used are dropped first."""

Growing = TypeVar("Growing", GrowingAnswer, GrowingTrial)


class WorldAnswers:
    """The answers over worlds of all firms and moves, under one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.refused: dict[tuple[str, str], str] = {}
        self._worlds: OrderedDict[str, GrowingWorlds] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], GrowingAnswer] = OrderedDict()
        self._trials: OrderedDict[tuple[str, str], GrowingTrial] = OrderedDict()
        self.no_trial: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def under(self, seed: int) -> WorldAnswers:
        """Return answers under another seed."""
        return self if seed == self.seed else WorldAnswers(seed)

    def growing(self, base: Scenario, moved: Scenario) -> GrowingAnswer | None:
        """The answer about a move, begun or done; None, with the reason in `refused`, where there can be none."""
        return self._cached(self._answers, self.refused, GrowingAnswer, base, moved)

    def task(self, base: Scenario, moved: Scenario) -> Task | None:
        """The next piece of an answer; one that goes wrong ends the answer, not the session."""
        return self._guarded(self.growing(base, moved), self.refused, (base.hash(), moved.hash()))

    def trial(self, base: Scenario, moved: Scenario) -> GrowingTrial | None:
        """The design of a trial of a move, in the same worlds; None, with a reason in `no_trial`, if there is none."""
        return self._cached(self._trials, self.no_trial, GrowingTrial, base, moved)

    def trial_task(self, base: Scenario, moved: Scenario) -> Task | None:
        """The next piece of the design of a trial."""
        return self._guarded(self.trial(base, moved), self.no_trial, (base.hash(), moved.hash()))

    def _cached(
        self, cache: OrderedDict[tuple[str, str], Growing], refused: dict[tuple[str, str], str],
        make: Callable[[GrowingWorlds, Scenario, Scenario], Growing], base: Scenario, moved: Scenario,
    ) -> Growing | None:
        key = (base.hash(), moved.hash())
        with self._lock:
            if key in refused:
                return None
            if key not in cache:
                try:
                    cache[key] = make(self._of(base), moved, base)
                except ParameterError as refusal:
                    refused[key] = str(refusal)
                    return None
            return recent(cache, key, MOST_ANSWERS)

    def _guarded(
        self, growing: GrowingAnswer | GrowingTrial | None, refused: dict[tuple[str, str], str], key: tuple[str, str]
    ) -> Task | None:
        piece = None if growing is None else growing.task()
        if piece is None:
            return None

        def work() -> None:
            try:
                piece()
            except Exception as failure:
                with self._lock:
                    refused[key] = " ".join(str(failure).removesuffix(ABSOLUTE_INSTEAD).split())[:200]

        return work

    def _of(self, base: Scenario) -> GrowingWorlds:
        key = base.hash()
        if key not in self._worlds:
            self._worlds[key] = GrowingWorlds(base, self.seed)
        return recent(self._worlds, key, MOST_FIRMS)
