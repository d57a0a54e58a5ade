"""Moves that were tried, with the bets on each; a move that was bet on and shown is a round."""

from __future__ import annotations

import dataclasses

from simlead.show.workshop.bets import Bet
from simlead.show.workshop.levers import Firm, Move
from simlead.study.growing.experiment import Experiment, Outcome


@dataclasses.dataclass
class Tried:
    """A move that was tried: its experiment, the bets on it, and whether its outcome was shown.

    `recorded` is the outcome of a session that was exported before, shown until there are as many pairs. `pinned` is
    the move's place among those that stay in the chart, 0 if it does not.
    """

    number: int
    firm: Firm
    move: Move
    experiment: Experiment | None
    bets: tuple[Bet, ...] = ()
    shown: bool = False
    recorded: Outcome | None = None
    pinned: int = 0

    @property
    def is_round(self) -> bool:
        """Whether the move was bet on and shown."""
        return self.shown and bool(self.bets)

    @property
    def is_complete(self) -> bool:
        """Whether all matched pairs of its outcome are made."""
        return self.experiment is not None and self.experiment.n >= self.experiment.pairs

    def outcome(self) -> Outcome | None:
        """The outcome so far."""
        now = self.experiment.outcome() if self.experiment is not None else None
        if self.recorded is not None and (now is None or now.n < self.recorded.n):
            return self.recorded
        return now


@dataclasses.dataclass(frozen=True)
class Aside:
    """A move that is being bet on, put aside while the room looks back at a round."""

    firm: Firm
    move: Move
    bets: tuple[Bet, ...]
