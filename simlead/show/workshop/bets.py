"""Bets on a move, and their judgement against an interval."""

from __future__ import annotations

import dataclasses
import string

from simlead.model.parameters import ParameterError
from simlead.show.format import places_of
from simlead.show.workshop.levers import whole
from simlead.statistics.intervals import Estimate
from simlead.study.growing.experiment import FIRST_PAIRS, Outcome

MOST_BETS = 8
"""Largest number of bets on one move."""

REVENUE_LOW, REVENUE_HIGH = -20, 40
COACHING_LOW, COACHING_HIGH = 0, 70

EARLY, INSIDE, TOO_HIGH, TOO_LOW = "early", "inside", "too_high", "too_low"


@dataclasses.dataclass(frozen=True)
class Bet:
    """A table's bet: the change of the final year's revenue and the coaching that takes place, in percent.

    `name` is a letter, or the name of a table that bets by phone, which has two characters or more.
    """

    name: str
    revenue: int
    coaching: int

    @property
    def by_phone(self) -> bool:
        """Whether it was placed by a table's phone; the room does not see it before the outcome is shown."""
        return len(self.name) > 1


def placed(bets: tuple[Bet, ...], revenue: object, coaching: object, table: str = "") -> tuple[Bet, ...]:
    """The bets with one more, named by the next letter; of a table with a name it replaces the one before.

    Raises ParameterError for a number off the scale or one bet too many.
    """
    letters = sum(not bet.by_phone for bet in bets)
    if not table and letters >= MOST_BETS:
        raise ParameterError(f"bets: at most {MOST_BETS} on one move")
    numbers = []
    for name, value, low, high in (("revenue", revenue, REVENUE_LOW, REVENUE_HIGH),
                                   ("coaching", coaching, COACHING_LOW, COACHING_HIGH)):
        number = whole(value)
        if number is None or not low <= number <= high:
            raise ParameterError(f"bet on {name} = {value!r:.40}: allowed is {low} to {high} %")
        numbers.append(number)
    if table:
        return (*(bet for bet in bets if bet.name != table), Bet(table, *numbers))
    return (*bets, Bet(string.ascii_uppercase[letters], *numbers))


def without(name: str, bets: tuple[Bet, ...]) -> tuple[Bet, ...]:
    """The bets without those of this name."""
    return tuple(bet for bet in bets if bet.name != name)


@dataclasses.dataclass(frozen=True)
class Judgement:
    """A bet against an interval: `verdict`, and the distance in points (0 inside)."""

    verdict: str
    points_off: float


def judged(bet: float, interval: Estimate) -> Judgement:
    """A bet in percent against an interval in shares, with the decimals that it is shown with: both agree.

    Before eight pairs there is no verdict: so early an interval contains almost any bet.
    Inside means that chance alone could have produced the bet, not that the bet was right.

    >>> judged(10, Estimate(0.06, 0.04, 0.08, 50))
    Judgement(verdict='too_high', points_off=2.0)
    """
    mean, low, high = 100.0 * interval.mean, 100.0 * interval.low, 100.0 * interval.high
    if interval.n < FIRST_PAIRS or not low <= high:
        return Judgement(EARLY, 0.0)
    low, high = (round(end, places_of(mean, low, high)) for end in (low, high))
    if bet > high:
        return Judgement(TOO_HIGH, round(bet - high, 6))
    if bet < low:
        return Judgement(TOO_LOW, round(low - bet, 6))
    return Judgement(INSIDE, 0.0)


def nearest(bets: tuple[Bet, ...], outcome: Outcome) -> Bet | None:
    """The bet nearest to the estimate of revenue as it is shown; None without bets, or where two are as near."""
    if not bets:
        return None
    mean, low, high = (100.0 * value for value in (outcome.revenue.mean, outcome.revenue.low, outcome.revenue.high))
    shown = round(mean, places_of(mean, low, high))
    off = sorted((round(abs(bet.revenue - shown), 6), place) for place, bet in enumerate(bets))
    if len(off) > 1 and off[0][0] == off[1][0]:
        return None
    return bets[off[0][1]]
