"""A room's session: its moves and bets, what may be shown, and the next run to make.

Methods that people's actions call are quick; all work is handed out by `task` to the desk.
"""

from __future__ import annotations

import dataclasses
import math
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.language import checked_language
from simlead.show.workshop.bets import Bet, placed
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.levers import Firm, Move, advice, as_it_is, changed, firm_of, moved, with_lever
from simlead.show.workshop.messages import MOVES, checked_message
from simlead.show.workshop.tried import Aside, Tried
from simlead.study.growing.experiment import FIRST_PAIRS, SHOWN_FROM, Experiment, RunCache, Task

if TYPE_CHECKING:
    from simlead.study.answers.growing import GrowingAnswer
    from simlead.study.growing.world_answers import WorldAnswers
    from simlead.study.trial.growing import GrowingTrial

BETTING, SHOWN = "betting", "shown"
OUTCOME, MONTHS, TRIAL, WEEK, FILM, PAIR, FIRM, SCORES = VIEWS = (
    "outcome", "months", "trial", "week", "film", "pair", "firm", "scores")

DWELL_SECONDS = 2.0
"""A lever position held for less counts as passed over."""

MOST_FILES_WAITING = 4
"""Pictures and exports that a visitor can ask for before the first of them is made."""

MOST_MOVES = 1_000
"""Moves in the log of a session; the oldest that is neither a round nor pinned makes room for another."""

AHEAD = 32
"""Number of runs of the status quo made before the first lever moves."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A view that takes a run or two to make: what it is of (its `key`), and what the page shows.

    `seen` is text and numbers for the page, and `save` makes the PNG that people take home.
    """

    key: tuple[Any, ...]
    seen: dict[str, Any]
    save: Callable[[], bytes] = bytes


@dataclasses.dataclass(frozen=True)
class File:
    """A file for a page, or why there is none."""

    name: str = ""
    content: bytes = b""
    failure: str = ""


Drawing = Callable[["Session"], Picture]


_ONE_DRAWS = threading.Lock()  # the library that draws is not made for several threads


class Session:
    """The state of one room, whoever looks at it.

    `drawings` draw the views that are pictures, by view; they are called by a worker. `answers` are those over
    worlds, made when all else is done; without them outcomes count random numbers alone.
    """

    def __init__(self, run_cache: RunCache, firms: Firms, language: str = "en",
                 drawings: dict[str, Drawing] | None = None, answers: WorldAnswers | None = None) -> None:
        self.run_cache, self.firms = run_cache, firms
        self.language = checked_language(language)
        self.drawings = dict(drawings or {})
        self.answers = answers
        self.firm = firms.first
        self.typed: dict[str, str] = {}
        self.wrong: tuple[str, ...] = ()
        self.move = as_it_is(self.firm, self.firm.effect_sizes[0])
        self.phase = BETTING
        self.bets: tuple[Bet, ...] = ()
        self.tables: tuple[str, ...] = ()  # names of those that bet by phone
        self.bets_fell = False
        self.tried: list[Tried] = []
        self.view = OUTCOME
        self.manager, self.week = 0, 0
        self.broken = ""
        self.pictures: dict[str, Picture] = {}
        self.aside: Aside | None = None
        self._files_wanted: deque[Task] = deque()
        self._drawing: set[tuple[Any, ...]] = set()
        self._current: tuple[Firm, Move, Experiment | None] | None = None
        self.changes = 0
        self.clock: Callable[[], float] = time.monotonic
        self._since = -math.inf  # when the levers came to stand where they do
        self.lock = threading.RLock()

    def reseed(self, seed: int) -> None:
        """Go on under another seed, that of a session which is continued."""
        self.run_cache = RunCache(seed)
        self.answers = None if self.answers is None else self.answers.under(seed)

    def forget_experiment(self) -> None:
        """Look up the experiment of the levers anew: a session was put into this one."""
        self._current = None

    # What is asked of the workers.

    def task(self) -> Task | None:
        """The next piece of work: what the room waits for, before what makes it more certain."""
        with self.lock:
            if self._files_wanted:
                return self._files_wanted.popleft()
            base = self.base
            if base is None:
                return self.firms.task(self.firm, self.move.effect_sizes)
            experiment = None if self.broken else self.experiment()
            others = [] if self.broken else self._others(experiment)
            asked = [experiment, *others] if experiment is not None else others
            first = next((work for one in asked if (work := one.task(FIRST_PAIRS))), None)
            more = first or self._drawing_task() or next((work for one in asked if (work := one.task())), None)
            if more is None and experiment is not None and self.is_complete():
                more = self._answer_task()
            if more or self.broken:
                return more
            ahead = self.run_cache.runs(base)
            return next((work for r in range(AHEAD) if r not in ahead.done and (work := ahead.task(r))), None)

    def _others(self, current: Experiment | None) -> list[Experiment]:
        """The experiments of moves that were shown before: begun again after a restart, and gone on with for scores."""
        found = []
        for line in self.shown_lines():
            base = self.firms.base(line.firm, line.move.effect_sizes)
            if line.experiment is None and base is not None and changed(line.firm, line.move):
                line.experiment = Experiment(base, moved(base, line.firm, line.move), self.run_cache)
            if line.experiment is not None and line.experiment is not current:
                found.append(line.experiment)
        return found

    def is_complete(self) -> bool:
        """Whether all matched pairs of the levers where they stand are made."""
        experiment = self.experiment()
        return experiment is not None and experiment.n >= experiment.pairs

    def growing(self) -> GrowingAnswer | None:
        """The answer over worlds about the levers where they stand; None where there is none, or before it is shown.

        Another span is another organisation, to which the worlds of this one do not belong.
        """
        base, there = self.base, self.moved
        if self.answers is None or self.phase != SHOWN or self.move.span != self.firm.reps:
            return None
        if base is None or there is None or not changed(self.firm, self.move):
            return None
        return self.answers.growing(base, there)

    def trial(self) -> GrowingTrial | None:
        """The design of a trial of the levers where they stand, where it is asked for and there can be one."""
        asked = self._asked() if self.view == TRIAL else None
        return asked[0].trial(*asked[1:]) if asked else None

    def _asked(self) -> tuple[WorldAnswers, Scenario, Scenario] | None:
        base, there = self.base, self.moved
        if self.growing() is None or self.answers is None or base is None or there is None:
            return None
        return self.answers, base, there

    def _answer_task(self) -> Task | None:
        if (asked := self._asked()) is None:
            return None
        answers, base, there = asked
        return (answers.trial_task(base, there) if self.view == TRIAL else None) or answers.task(base, there)

    def failed(self, failure: Exception) -> None:
        """A run, a drawing or a calibration could not be made: said in one line, and not tried again."""
        with self.lock:
            self.broken = _in_one_line(failure)
            self.changes += 1

    def _drawing_task(self) -> Task | None:
        draw = self.drawings.get(self.view)
        if draw is None or self.phase != SHOWN or self.base is None or self.broken:
            return None
        if self.view in (PAIR, FILM) and self.move.span != self.firm.reps:  # another organisation has no matched pair
            return None
        if self.view == TRIAL and not getattr(self.trial(), "done", False):
            return None
        key = self.picture_key(self.view)
        made = self.pictures.get(self.view)
        if key in self._drawing or (made is not None and made.key == key):
            return None
        self._drawing.add(key)
        view = self.view

        def work() -> None:
            try:
                with _ONE_DRAWS:
                    picture = draw(self)
                with self.lock:
                    self.pictures[view] = picture
            finally:
                with self.lock:
                    self._drawing.discard(key)
                    self.changes += 1

        return work

    def picture_key(self, view: str) -> tuple[Any, ...]:
        """The values that a picture depends on; a picture with another key is out of date."""
        chosen = {WEEK: (self.manager, self.week), FILM: (self.manager,)}.get(view, ())
        return view, self.firm, self.move, self.language, *chosen

    def make_file(self, work: Callable[[], tuple[str, bytes]], outbox: deque[File]) -> None:
        """Let a worker make a file for a page's outbox; where it cannot be made the page says why, and all goes on."""
        def task() -> None:
            try:
                with _ONE_DRAWS:
                    made = File(*work())
            except Exception as failure:
                if not type(failure).__module__.startswith("simlead."):
                    traceback.print_exc(file=sys.stderr)
                made = File(failure=_in_one_line(failure))
            with self.lock:
                outbox.append(made)
                self.changes += 1

        with self.lock:
            if len(self._files_wanted) < MOST_FILES_WAITING:
                self._files_wanted.append(task)

    # What is known.

    @property
    def base(self) -> Scenario | None:
        """The firm as it is; None until it is calibrated."""
        return self.firms.base(self.firm, self.move.effect_sizes)

    @property
    def moved(self) -> Scenario | None:
        """The firm with the levers where they stand; None until it is calibrated."""
        return None if self.base is None else moved(self.base, self.firm, self.move)

    def experiment(self) -> Experiment | None:
        """The experiment of the levers where they stand; None if they stand where they do today."""
        if self._current is None or self._current[:2] != (self.firm, self.move) or self._current[2] is None:
            base = self.base
            made = None
            if base is not None and changed(self.firm, self.move):
                made = Experiment(base, moved(base, self.firm, self.move), self.run_cache)
            self._current = self.firm, self.move, made
            if made is not None and self.phase == SHOWN:
                self._note(made).shown = True
        return self._current[2]

    def _note(self, experiment: Experiment | None) -> Tried:
        """The line of the log on the move as it stands: the one there is, or a new one."""
        for line in self.tried:
            if (line.firm, line.move) == (self.firm, self.move):
                line.experiment = line.experiment or experiment
                return line
        number = self.tried[-1].number + 1 if self.tried else 1
        if len(self.tried) >= MOST_MOVES:  # a session with more is not read back
            self.tried.remove(min(self.tried, key=lambda one: (one.is_round, bool(one.pinned))))
        line = Tried(number, self.firm, self.move, experiment)
        self.tried.append(line)
        return line

    def known(self) -> Tried | None:
        """The line of the log on the levers where they stand, if they were tried."""
        return next((line for line in self.tried if (line.firm, line.move) == (self.firm, self.move)), None)

    def is_seen(self) -> bool:
        """Whether the outcome of the levers where they stand was shown already: too late for a bet."""
        line = self.known()
        return line is not None and line.shown

    def shown_lines(self) -> list[Tried]:
        """The tried moves of this firm whose outcome may be shown, in their order."""
        return [line for line in self.tried if line.firm == self.firm and line.shown]

    def stamp(self) -> tuple[object, ...]:
        """Changes whenever there is something new to be seen."""
        with self.lock:
            experiment = self._current[2] if self._current else None
            n = experiment.n if experiment is not None and self.phase == SHOWN else 0
            refused = self.firms.refused.get((self.firm, self.move.effect_sizes))
            growing = self.growing() if n and self.is_complete() else None
            grown = (round(20.0 * growing.share), growing.answer is not None, growing.done) if growing else ()
            designed = round(20.0 * trial.share) if growing and (trial := self.trial()) else None
            others = sum(line.experiment.n for line in self.shown_lines() if line.experiment is not None)
            return self.changes, n, self.base is not None, refused, others, grown, designed

    # What people do.

    def act(self, message: object) -> None:
        """Do what the page asks. Raises ParameterError for what no page of ours would ask."""
        wanted = checked_message(message, MOVES)
        with self.lock:
            getattr(self, f"_{wanted['do']}")(wanted)
            self.changes += 1

    def _lever(self, message: dict[str, Any]) -> None:
        self._moved_to(with_lever(self.firm, self.move, message["key"], message["value"]))

    def _preset(self, message: dict[str, Any]) -> None:
        presets = {"as_it_is": as_it_is, "advice": advice}
        if message["key"] not in presets:
            raise ParameterError(f"preset {message['key']!r:.40}: allowed is {' | '.join(presets)}")
        self._moved_to(presets[message["key"]](self.firm, self.move.effect_sizes))

    def _moved_to(self, move: Move) -> None:
        if move == self.move:
            return
        if self.firm.own is not None:  # its own values and these may not be possible together
            moved(self.firm.own.under(move.effect_sizes), self.firm, move)
        self._forget_what_was_passed_over()
        self.move, self._since = move, self.clock()
        self.broken = ""
        self.bets_fell = bool(self.bets)
        self.bets = ()
        if self.phase == SHOWN:
            self.experiment()

    def stand_at(self, firm: Firm, move: Move, phase: str, bets: tuple[Bet, ...] = ()) -> None:
        """Put the levers where they stood at another time, with the bets of then."""
        with self.lock:
            self._forget_what_was_passed_over()
            if firm != self.firm:
                self.manager, self.week = 0, 0
            self.firm, self.move, self.phase, self.bets = firm, move, phase, bets
            self.bets_fell, self.broken, self.view, self._since = False, "", OUTCOME, self.clock()
            self.experiment()
            self.changes += 1

    def _forget_what_was_passed_over(self) -> None:
        """Remove the position that a dragged lever only passed."""
        line = self.known()
        if line is None or line.bets or line.pinned or line is not self.tried[-1]:
            return
        outcome = line.outcome()
        if outcome is None or outcome.n < SHOWN_FROM or self.clock() - self._since < DWELL_SECONDS:
            self.tried.pop()

    def _bet(self, message: dict[str, Any]) -> None:
        self.place_bet(message["revenue"], message["coaching"])

    def can_bet(self) -> bool:
        """Whether the levers stand where they can be bet on."""
        return self.phase == BETTING and not self.is_seen() and bool(changed(self.firm, self.move))

    def place_bet(self, revenue: object, coaching: object, table: str = "") -> None:
        """Place a bet, of a table with a name or of the next letter. Raises ParameterError where there can be none."""
        with self.lock:
            if not self.can_bet():
                raise ParameterError("bet: allowed on a move whose outcome was not shown yet")
            self.bets = placed(self.bets, revenue, coaching, table)
            self.bets_fell = False
            self.changes += 1

    def _show(self, _: dict[str, Any]) -> None:
        if self.phase == BETTING and not self.bets and not self.is_seen():
            raise ParameterError("show: a bet comes first")
        self.phase, self.view, self.bets_fell = SHOWN, OUTCOME, False
        if changed(self.firm, self.move):
            line = self._note(self.experiment())
            line.bets, line.shown = line.bets + self.bets, True
        self.bets = ()

    def _again(self, _: dict[str, Any]) -> None:
        if self.aside is not None:  # its sealed bets would be lost
            aside, self.aside = self.aside, None
            self.stand_at(aside.firm, aside.move, BETTING, aside.bets)
            return
        self.phase, self.bets, self.bets_fell = BETTING, (), False
        self.view = OUTCOME

    def _view(self, message: dict[str, Any]) -> None:
        if message["value"] not in VIEWS:
            raise ParameterError(f"view {message['value']!r:.40}: allowed is {' | '.join(VIEWS)}")
        self.view = message["value"]

    def _firm(self, message: dict[str, Any]) -> None:
        self.typed = {key: value[:40] for key, value in message["values"].items()}
        found, self.wrong = firm_of(self.typed)
        if found is None:
            return
        self.typed = {}
        typed = found.numbers  # they describe a firm that was given as a scenario, too
        found = next((firm for firm in (self.firm, self.firms.first) if firm.numbers == typed), found)
        if found != self.firm:
            self._forget_what_was_passed_over()
            self.firm, self.move = found, as_it_is(found, self.move.effect_sizes)
            self.manager, self.week, self.broken = 0, 0, ""
            self.phase, self.bets, self.bets_fell, self.aside = BETTING, (), False, None
        self.view = OUTCOME

    def _week(self, _: dict[str, Any]) -> None:
        self.week = (self.week + 1) % 26

    def _manager(self, _: dict[str, Any]) -> None:
        firm, span = self.firm, self.move.span
        managers = firm.teams if span == firm.reps else max(1, firm.reps_in_all // span)  # its own teams may be uneven
        self.manager = (self.manager + 1) % managers


def _in_one_line(failure: Exception) -> str:
    return " ".join(str(failure).split())[:300] or type(failure).__name__
