"""Answers that are made in small pieces of work, between which anything else can be done.

A piece is the calibration of a world, or the runs in one: about a third of a second. Who waits for something else
waits for no more than the piece at hand, and what was made is kept. Worlds are calibrated once for a firm and serve
all its policies.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

import pandas as pd

from simlead.model.presets import effect_sizes_of
from simlead.model.scenario import Scenario
from simlead.statistics.errors import StatisticsError
from simlead.study.answers.asking import question_of, scenarios_of
from simlead.study.answers.composing import STATUS_QUO, Asked, answered, by_set, visit
from simlead.study.answers.nested import look
from simlead.study.answers.result import Answer
from simlead.study.answers.sets import OWN
from simlead.study.engines import FAST
from simlead.study.pieces import Pieces, Work
from simlead.study.worlds.calibrating import Solution, calibration_tasks, levels_of, refuse_short, solve
from simlead.study.worlds.counts import LEAST_WORLDS
from simlead.study.worlds.worlds import Draw, Worlds, drawn_worlds

WORLDS = 32
"""Worlds of a growing answer."""

POLICY = "policy"
"""The name of the policy in a growing answer."""


class GrowingWorlds:
    """The worlds of a firm, calibrated one after another; `task` is called from any thread."""

    def __init__(self, firm: Scenario, seed: int, worlds: int | None = None) -> None:
        refuse_short(firm)
        self.firm, self.seed, self.wanted = firm, seed, WORLDS if worlds is None else worlds
        self.ready: Worlds | None = None
        self._draw: Draw | None = None
        self._own: Solution | None = None
        self._tasks: list[Any] = []
        self._solved: dict[int, Solution] = {}
        self._pieces = Pieces()
        self._lock = threading.Lock()

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        return 1.0 if self.ready else len(self._solved) / max(1, self.wanted)

    def task(self) -> Work | None:
        """The next piece of work, or None if all is done or in progress."""
        with self._lock:
            if self.ready is not None:
                return None
            if self._draw is None:
                return self._pieces.one(-1, self._begin)
            return self._pieces.next(len(self._tasks), self._solve)

    def _begin(self, _: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an answer shows how many worlds its own are worth
            draw = drawn_worlds(self.firm, self.wanted, self.seed)
        own, tasks = calibration_tasks(draw.firm, draw.placed(), draw.calibration_seed)
        with self._lock:
            self._own, self._tasks, self._draw = own, tasks, draw

    def _solve(self, number: int) -> None:
        solution = solve(self._tasks[number])
        with self._lock:
            self._solved[number] = solution
            if len(self._solved) < len(self._tasks):
                return
        assert self._draw is not None and self._own is not None
        solutions = [self._solved[place] for place in range(len(self._tasks))]
        draw = self._draw
        self.ready = draw.worlds(*levels_of(draw.firm, self._own, solutions, draw.found.table, draw.ranges))


class GrowingAnswer:
    """What a policy does to a measure over the worlds of a firm, with a first answer after 16 of them.

    Raises ParameterError where there can be no answer: the firm's warm-up is short, or the measure has no smallest
    effect of interest.
    """

    def __init__(
        self, worlds: GrowingWorlds, policy: Scenario, status_quo: Scenario, *, measure: str = "revenue",
        replications: int = 2,
    ) -> None:
        self.worlds = worlds
        self._scenarios = scenarios_of({POLICY: policy}, status_quo)
        self._question = question_of(measure, self._scenarios, None, None, replications, worlds.seed, 1, FAST, 0.95,
                                     None)
        self.answer: Answer | None = None
        self._rows: dict[int, list[dict[str, Any]]] = {}
        self._pieces = Pieces()
        self._composing = self._too_early = False
        self._lock = threading.Lock()

    @property
    def done(self) -> bool:
        """Whether the answer is whole."""
        return self.answer is not None and not self.answer.early

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        ready = self.worlds.ready
        return 0.5 * self.worlds.share + 0.5 * (len(self._rows) / len(ready) if ready else 0.0)

    def task(self) -> Work | None:
        """The next piece of work, or None if all is done or in progress."""
        if self.done:
            return None
        ready = self.worlds.ready
        if ready is None:
            return self.worlds.task()
        with self._lock:
            due = self._due(len(ready))
            if due and not self._composing:
                self._composing = True
                return lambda: self._compose(ready, due)
            return self._pieces.next(len(ready), lambda number: self._look(ready, number))

    def _due(self, worlds: int) -> int:
        """The number of worlds of an answer that can be made now; 0 if there is none to be made."""
        number = 0
        while number in self._rows:
            number += 1
        if number >= worlds:
            return worlds
        first = self.answer is None and not self._too_early
        return LEAST_WORLDS if number >= LEAST_WORLDS and first else 0

    def _asked(self, ready: Worlds) -> Asked:
        return Asked(effect_sizes_of(self._scenarios[STATUS_QUO]) or OWN, self._scenarios, ready)

    def _look(self, ready: Worlds, number: int) -> None:
        asked = self._asked(ready)
        rows = look(visit(asked.name, asked.scenarios, ready, number, self._question))
        with self._lock:
            self._rows[number] = rows

    def _compose(self, ready: Worlds, worlds: int) -> None:
        try:
            asked = self._asked(ready)
            rows = [self._rows[number] for number in range(worlds)]
            found = answered(self._question, [asked], by_set(rows, [asked]), pd.DataFrame(), self._scenarios,
                             early=worlds < len(ready))
            with self._lock:
                self.answer = found
        except StatisticsError:
            if worlds == len(ready):
                raise
            self._too_early = True  # the status quo is not clear yet in so few worlds
        finally:
            with self._lock:
                self._composing = False
