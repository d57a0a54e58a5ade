"""A trial that is designed in small pieces of work, between which anything else can be done.

A piece is the calibration of a world, the runs in one, or what they say in the end. Worlds are those of growing
answers: calibrated once for a firm, whatever is asked of it.
"""

from __future__ import annotations

import threading
from typing import Any

from simlead.model.scenario import Scenario
from simlead.study.answers.growing import GrowingWorlds
from simlead.study.engines import FAST
from simlead.study.pieces import Pieces, Work
from simlead.study.trial.design import scenarios_of, trial_answer
from simlead.study.trial.plan import TEAMS, planned
from simlead.study.trial.result import TrialAnswer
from simlead.study.trial.runs import TrialTask, made, tasks, together

REPLICATIONS, MONTHS = 4, 12
"""Matched pairs in each world of a growing trial, and months of the trial and of the base period."""


class GrowingTrial:
    """What a trial of a policy, half of the teams against the others, could tell; `task` is called from any thread.

    Raises ParameterError where there can be no trial: too few teams, a change of something else than policy, or none.
    """

    def __init__(self, worlds: GrowingWorlds, policy: Scenario, status_quo: Scenario) -> None:
        self.worlds = worlds
        self.change = {path: there for path, (_, there) in status_quo.differences(policy).items()}
        self.firm, self.policy = scenarios_of(status_quo, self.change)
        self.plan = planned(self.firm, self.policy, arms=TEAMS, treated=None, months=MONTHS, base_months=MONTHS,
                            waiting=None, outcomes=None)
        self.answer: TrialAnswer | None = None
        self._horizon = self.firm.calendar.horizon_weeks * 12 // 52
        self._tasks: list[TrialTask] | None = None
        self._results: dict[int, Any] = {}
        self._pieces = Pieces()
        self._composing = False
        self._lock = threading.Lock()

    @property
    def done(self) -> bool:
        """Whether the answer is there."""
        return self.answer is not None

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        return 0.4 * self.worlds.share + 0.5 * len(self._results) / max(1, self.worlds.wanted) + 0.1 * self.done

    def task(self) -> Work | None:
        """The next piece of work, or None if all is done or in progress."""
        if self.done:
            return None
        ready = self.worlds.ready
        if ready is None:
            return self.worlds.task()
        with self._lock:
            if self._tasks is None:
                self._tasks = list(tasks(self.firm, self.policy, self.plan, ready, replications=REPLICATIONS,
                                         seed=self.worlds.seed, engine=FAST, months=self._horizon))
            work = self._pieces.next(len(self._tasks), self._make)
            if work is not None:
                return work
            if self._composing or len(self._results) < len(self._tasks):
                return None
            self._composing = True
        return self._compose

    def _make(self, number: int) -> None:
        assert self._tasks is not None
        found = made(self._tasks[number])
        with self._lock:
            self._results[number] = found

    def _compose(self) -> None:
        try:
            assert self.worlds.ready is not None
            runs = together([self._results[place] for place in sorted(self._results)], self.worlds.ready, REPLICATIONS,
                            -self.plan.base_months)
            self.answer = trial_answer(self.firm, self.change, self.plan, runs, primary=None, horizon=self._horizon,
                                       seed=self.worlds.seed, early=False)
        finally:
            with self._lock:
                self._composing = False
