"""The score of bets: how far each lies from the estimate, and whether the interval holds it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from simlead.show.format import places_of
from simlead.show.workshop.bets import INSIDE, Bet, judged
from simlead.statistics.intervals import Estimate
from simlead.study.growing.experiment import FIRST_PAIRS, Outcome

MOST_POINTS = 10
"""Points of a bet that is the estimate; one less for each percentage point between both, and never below 0."""

HELD_POINTS = 5
"""Points more of a bet that lies within the 95 % interval."""


@dataclasses.dataclass(frozen=True)
class Points:
    """The points of one bet, its distance from the estimate in percentage points, and whether the interval holds it."""

    points: float
    off: float
    held: bool


def points(bet: float, interval: Estimate) -> Points:
    """The points of a bet in percent against an estimate in shares, both as they are shown.

    >>> points(10, Estimate(0.06, 0.04, 0.08, 50))
    Points(points=6.0, off=4.0, held=False)
    >>> points(7, Estimate(0.06, 0.04, 0.08, 50)), points(40, Estimate(0.06, 0.04, 0.08, 50)).points
    (Points(points=14.0, off=1.0, held=True), 0.0)
    """
    mean, low, high = (100.0 * value for value in (interval.mean, interval.low, interval.high))
    off = round(abs(bet - round(mean, places_of(mean, low, high))), 6)
    held = judged(bet, interval).verdict == INSIDE
    return Points(round(max(0.0, MOST_POINTS - off) + HELD_POINTS * held, 6), off, held)


@dataclasses.dataclass(frozen=True)
class Cell:
    """What a table got in a round: its points, and for revenue and coaching whether the interval holds the bet."""

    points: float
    revenue: Points
    coaching: Points


@dataclasses.dataclass(frozen=True)
class Line:
    """A table's row of the board; a cell is None where it placed no bet, or where there are no points yet."""

    rank: int
    name: str
    cells: tuple[Cell | None, ...]
    total: float


@dataclasses.dataclass(frozen=True)
class Board:
    """Tables by their points, best first, and for each round how far its outcome is: none yet, growing or complete."""

    lines: tuple[Line, ...]
    rounds: tuple[str, ...]


NONE_YET, GROWING, COMPLETE = "none_yet", "growing", "complete"


def board(rounds: Sequence[tuple[Sequence[Bet], Outcome | None, bool]], names: Sequence[str] = ()) -> Board:
    """The scoreboard of rounds, each its bets, its outcome so far, and whether that is complete.

    A round counts from the first eight pairs on. Tables with as many points, to one decimal, have one rank and stand in
    the order of their names. `names` are those of tables that may not have bet at all.
    """
    states = tuple(_state(outcome, complete) for _, outcome, complete in rounds)
    everyone = dict.fromkeys([*names, *(bet.name for bets, _, _ in rounds for bet in bets)])
    rows = []
    for name in everyone:
        cells = tuple(_cell(name, bets, None if state == NONE_YET else outcome)
                      for (bets, outcome, _), state in zip(rounds, states, strict=True))
        rows.append((round(math.fsum(cell.points for cell in cells if cell is not None), 1), name, cells))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return Board(tuple(Line(1 + sum(other[0] > total for other in rows), name, cells, total)
                       for total, name, cells in rows), states)


def _state(outcome: Outcome | None, complete: bool) -> str:
    if outcome is None or outcome.n < FIRST_PAIRS:
        return NONE_YET
    return COMPLETE if complete else GROWING


def _cell(name: str, bets: Sequence[Bet], outcome: Outcome | None) -> Cell | None:
    bet = next((one for one in bets if one.name == name), None)
    if bet is None or outcome is None:
        return None
    revenue, coaching = points(bet.revenue, outcome.revenue), points(bet.coaching, outcome.realised)
    return Cell(round(revenue.points + coaching.points, 6), revenue, coaching)
