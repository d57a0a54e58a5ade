"""Answers over worlds for the room: made in small pieces while people discuss, shared by all visitors.

A piece is handed out only when nothing else is left to do, so that the next move waits for no more than one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.answers import effect_scale, probability, switching_value
from simlead.show.format import amount, interval, mean_of
from simlead.show.language import say
from simlead.show.workshop.experiment import Outcome, Task
from simlead.show.workshop.levers import Firm, Move
from simlead.show.workshop.texts import percent
from simlead.study.answers.growing import POLICY, GrowingAnswer, GrowingWorlds
from simlead.study.trial.growing import GrowingTrial

MOST_FIRMS, MOST_ANSWERS = 8, 60
"""Firms whose worlds are cached, and answers; the least recently used are dropped first."""


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
        """Answers under another seed."""
        return self if seed == self.seed else WorldAnswers(seed)

    def growing(self, base: Scenario, moved: Scenario) -> GrowingAnswer | None:
        """The answer about a move, begun or done; None, with the reason in `refused`, where there can be none."""
        key = (base.hash(), moved.hash())
        with self._lock:
            if key in self.refused:
                return None
            if key not in self._answers:
                try:
                    self._answers[key] = GrowingAnswer(self._of(base), moved, base)
                except ParameterError as refusal:
                    self.refused[key] = str(refusal)
                    return None
            self._answers.move_to_end(key)
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
            return self._answers[key]

    def task(self, base: Scenario, moved: Scenario) -> Task | None:
        """The next piece of an answer; one that goes wrong ends the answer, not the session."""
        return self._guarded(self.growing(base, moved), self.refused, (base.hash(), moved.hash()))

    def trial(self, base: Scenario, moved: Scenario) -> GrowingTrial | None:
        """The design of a trial of a move, in the same worlds; None, with a reason in `no_trial`, if there is none."""
        key = (base.hash(), moved.hash())
        with self._lock:
            if key in self.no_trial:
                return None
            if key not in self._trials:
                try:
                    self._trials[key] = GrowingTrial(self._of(base), moved, base)
                except ParameterError as refusal:
                    self.no_trial[key] = str(refusal)
                    return None
            self._trials.move_to_end(key)
            while len(self._trials) > MOST_ANSWERS:
                self._trials.popitem(last=False)
            return self._trials[key]

    def trial_task(self, base: Scenario, moved: Scenario) -> Task | None:
        """The next piece of the design of a trial."""
        return self._guarded(self.trial(base, moved), self.no_trial, (base.hash(), moved.hash()))

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
                    refused[key] = " ".join(str(failure).split())[:200]

        return work

    def _of(self, base: Scenario) -> GrowingWorlds:
        key = base.hash()
        if key not in self._worlds:
            self._worlds[key] = GrowingWorlds(base, self.seed)
        self._worlds.move_to_end(key)
        while len(self._worlds) > MOST_FIRMS:
            self._worlds.popitem(last=False)
        return self._worlds[key]


def title(growing: GrowingAnswer) -> str:
    """The outcome of a move as far as it is known, in one sentence; empty before there is an answer."""
    if growing.answer is None:
        return ""
    line = growing.answer.table.iloc[0]
    factor, unit = effect_scale(growing.answer.unit, max(abs(line["low"]), abs(line["high"])))
    chances = {"gain": line["p_above_smallest"], "nothing": line["p_no_difference"], "loss": line["p_below_smallest"]}
    first = max(chances, key=lambda name: chances[name])
    mean, low, high = (factor * line[name] for name in ("mean", "low", "high"))
    return say(f"workshop.over_worlds.{first}", change=amount(mean_of(mean, low, high, sign=True), unit),
               between=interval(low, high), probability=probability(chances[first]))


def comments(
    growing: GrowingAnswer | None, firm: Firm, move: Move, outcome: Outcome | None, complete: bool
) -> list[str]:
    """What stands below: how the answer was made and what it depends on; or that the interval is of random numbers."""
    if move.span != firm.reps:
        return [say("workshop.over_worlds.organisation")]
    if growing is None:
        return [say("workshop.over_worlds.none")]
    if growing.answer is None:
        return [say("workshop.over_worlds.coming", share=round(100.0 * growing.share)) if complete else say(
            "workshop.over_worlds.later")]
    found = growing.answer
    line = found.table.iloc[0]
    text = say(f"workshop.over_worlds.{'first' if found.early else 'whole'}", worlds=int(line["worlds"]),
               gain=probability(line["p_above_smallest"]), nothing=probability(line["p_no_difference"]),
               loss=probability(line["p_below_smallest"]))
    if outcome is not None:
        mean, between = percent(outcome.revenue)
        text = f"{text} {say('workshop.over_worlds.random', mean=mean, between=between)}"
    drivers = found.main_drivers(POLICY, str(line["effect_sizes"])).to_dict("records")
    return [text, *([say("workshop.over_worlds.driver", driver=switching_value(drivers[0]))] if drivers else [])]
