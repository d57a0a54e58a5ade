"""A policy that is tried on a firm by hand: matched pairs first, then the answer over worlds.

All work is handed out in small pieces. A move changes what is handed out next, so that nothing of the move before it
is run after the piece at hand.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.statistics.intervals import CONFIDENCE
from simlead.study.answers.growing import GrowingAnswer
from simlead.study.answers.sets import asked_sets, changes_to, put_under
from simlead.study.base_year import under_status_quo
from simlead.study.comparison import Comparison, paired_table
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.growing.experiment import FIRST_PAIRS, MEASURED, Experiment, RunCache, Task
from simlead.study.growing.world_answers import WorldAnswers

STATUS_QUO, POLICY = "status_quo", "policy"
PAIRS = 60
"""Matched pairs of a complete move; then the answer over worlds begins."""

AHEAD = 16
"""Runs of the status quo that are made before the first move."""

COMPILING, CALIBRATING, UNMOVED, PAIRING, ANSWERING, DONE, REFUSED, BROKEN = STATES = (
    "compiling", "calibrating", "unmoved", "pairing", "answering", "done", "refused", "broken")
"""What an exploration is at."""

Notify = Callable[[], None]


class Exploration:
    """The policy that is tried, and what is known of its effect; `notify` is called after each piece of work.

    Raises ParameterError for a firm whose effect sizes or calendar allow no comparison.
    """

    def __init__(self, firm: Scenario, *, seed: int = 0, pairs: int = PAIRS, notify: Notify | None = None) -> None:
        self.firm, self.pairs = firm, pairs
        self.sets = asked_sets(firm, None)
        self.effect_sizes = self.sets[0]
        self.changes: dict[str, Any] = {}
        self.refused = self.broken = ""
        self.notify = notify
        self._under: dict[str, dict[str, Any]] = {self.sets[0]: {}}
        self._ready = False
        self._begun: set[str] = set()
        self._lock = threading.RLock()
        self._experiment: Experiment | None = None
        self._take(seed)

    def _take(self, seed: int) -> None:
        self.seed = seed
        self._runs, self._answers = RunCache(seed), WorldAnswers(seed)

    # --- what is tried

    def move(self, changes: Mapping[str, Any], effect_sizes: str, seed: int) -> None:
        """Try these values of the policy under a set of effect sizes; values that cannot be are said in `refused`."""
        with self._lock:
            if effect_sizes not in self.sets:
                raise ParameterError(f"effect_sizes {effect_sizes!r}: allowed is {' | '.join(self.sets)}"
                                     f"{nearest(str(effect_sizes), self.sets)}")
            if seed != self.seed:
                self._take(seed)
            self.changes, self.effect_sizes, self.refused, self.broken = dict(changes), effect_sizes, "", ""
            self._experiment = None
            try:
                self.firm.change(self.changes)
            except ParameterError as refusal:
                self.refused = str(refusal)

    @property
    def status_quo(self) -> Scenario | None:
        """The firm going on as before, under the set that is chosen; None until it is calibrated."""
        under = self._under.get(self.effect_sizes)
        return None if under is None else put_under(under_status_quo(self.firm), self.effect_sizes, under)

    @property
    def policy(self) -> Scenario | None:
        """The firm with the policy that is tried; None until it is calibrated, and for values that cannot be."""
        under = self._under.get(self.effect_sizes)
        if under is None or self.refused:
            return None
        return put_under(self.firm, self.effect_sizes, {**under, **self.changes})

    # --- what is known of it

    @property
    def experiment(self) -> Experiment | None:
        """The matched pairs of the policy; None where there is nothing to compare."""
        with self._lock:
            if self._experiment is None:
                base, policy = self.status_quo, self.policy
                if base is not None and policy is not None and base != policy:
                    self._experiment = Experiment(base, policy, self._runs, self.pairs)
            return self._experiment

    @property
    def answer(self) -> GrowingAnswer | None:
        """The answer over worlds, begun or done; None before the pairs are made, and where there can be none."""
        with self._lock:
            asked = self._asked()
        return self._answers.growing(*asked) if asked else None

    @property
    def no_answer(self) -> str:
        """Why there is no answer over worlds; empty unless there is none."""
        asked = self._asked()
        return self._answers.refused.get((asked[0].hash(), asked[1].hash()), "") if asked else ""

    def _asked(self) -> tuple[Scenario, Scenario] | None:
        experiment = self.experiment
        if experiment is None or experiment.n < experiment.pairs:
            return None
        return experiment.base.scenario, experiment.moved.scenario

    @property
    def state(self) -> str:
        """What it is at: one of `STATES`."""
        if self.refused:
            return REFUSED
        if self.broken:
            return BROKEN
        if not self._ready:
            return COMPILING
        if self.status_quo is None:
            return CALIBRATING
        experiment = self.experiment
        if experiment is None:
            return UNMOVED
        if experiment.n < experiment.pairs:
            return PAIRING
        growing = self.answer
        return DONE if growing is None or growing.done else ANSWERING

    def comparison(self) -> Comparison | None:
        """The matched pairs so far; None before there are two."""
        experiment = self.experiment
        n = experiment.n if experiment is not None else 0
        if experiment is None or n < 2:
            return None
        sides = {STATUS_QUO: experiment.base, POLICY: experiment.moved}
        runs = pd.DataFrame([{"scenario": name, "seed": self.seed, "replicate": each, **side.done[each]}
                             for name, side in sides.items() for each in range(n)])
        return Comparison(paired_table(runs, list(sides), STATUS_QUO, list(MEASURED)), runs,
                          {name: side.scenario for name, side in sides.items()}, STATUS_QUO, self.seed, n, FAST,
                          CONFIDENCE, {})

    # --- what is asked of the workers

    def task(self) -> Task | None:
        """The next piece of work, or None if all is done, in progress or impossible."""
        with self._lock:
            work = self._next()
        return None if work is None else self._telling(work)

    def failed(self, failure: Exception) -> None:
        """A piece of work went wrong: said in one line, and not tried again before the next move."""
        with self._lock:
            self.broken = " ".join(str(failure).split())[:300] or type(failure).__name__
        self._tell()

    def _next(self) -> Task | None:
        if self.refused or self.broken:
            return None
        if not self._ready:
            return self._once(COMPILING, self._compile)
        base = self.status_quo
        if base is None:
            name = self.effect_sizes
            return self._once(name, lambda: self._calibrate(name))
        experiment = self.experiment
        if experiment is None:
            ahead = self._runs.runs(base)
            return next((work for each in range(min(AHEAD, self.pairs)) if (work := ahead.task(each))), None)
        work = experiment.task(FIRST_PAIRS) or experiment.task()
        if work is not None or experiment.n < experiment.pairs:
            return work
        return self._answers.task(experiment.base.scenario, experiment.moved.scenario)

    def _once(self, name: str, work: Task) -> Task | None:
        """Work that is handed out once, and again if it fails."""
        if name in self._begun:
            return None
        self._begun.add(name)

        def done() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._begun.discard(name)

        return done

    def _compile(self) -> None:
        warm_up_compiler(FAST)
        self._ready = True

    def _calibrate(self, name: str) -> None:
        self._under[name] = changes_to(under_status_quo(self.firm), name, seed=self.seed, workers=1, engine=FAST)

    def _telling(self, work: Task) -> Task:
        def work_and_tell() -> None:
            work()
            self._tell()

        return work_and_tell

    def _tell(self) -> None:
        if self.notify is not None:
            self.notify()
