"""Bets as marks at the chart's axis and as short texts: what the room sees of them, and when."""

from __future__ import annotations

from typing import Any

from simlead.show.format import number, signed
from simlead.show.language import say
from simlead.show.workshop.axis import Axis
from simlead.show.workshop.bets import MOST_BETS, Bet
from simlead.show.workshop.names import short_names
from simlead.show.workshop.session import Session
from simlead.show.workshop.texts import bet_words, isolated

NAMES_ON_A_MARK = 3
"""Tables that are named on one mark; of more only the number is."""

LETTER, AROUND = 1.9, 3.2
"""About how wide a mark is at the axis of revenue, in percent of it: of each letter, and around them."""

MOST_LANES = 3

_NO_WIDTH = dict.fromkeys(map(ord, isolated("")))


def seen_before(bets: tuple[Bet, ...]) -> tuple[Bet, ...]:
    """The bets that the room sees before the outcome: those that were placed before its eyes, not by phone."""
    return tuple(bet for bet in bets if not bet.by_phone)


def short_of(session: Session) -> dict[str, str]:
    """The short name of every table and letter of a session."""
    return short_names(dict.fromkeys([*session.tables, *(bet.name for line in session.tried for bet in line.bets),
                                      *(bet.name for bet in session.bets)]))


def placed_words(session: Session, bets: tuple[Bet, ...], betting: bool) -> list[str]:
    """Who has bet, as short texts; with the numbers where the room may see them, unless there are many."""
    short = short_of(session)
    return [say("room.bet.sealed", name=isolated(short[bet.name]))
            if bet.by_phone and (betting or len(bets) > MOST_BETS)
            else say("workshop.bet.placed", name=isolated(short[bet.name]), **bet_words(bet)) for bet in bets]


def counted_bets(session: Session) -> str:
    """How many tables have bet by phone on the move that is bet on, and no more than that."""
    return say("room.bet.count", bet=sum(bet.name in session.tables for bet in session.bets),
               tables=len(session.tables))


def placed_at(session: Session, bets: tuple[Bet, ...], axis: Axis, which: str, *, named: bool) -> list[dict[str, Any]]:
    """The marks of a row of this session; see :func:`marks_at`."""
    return marks_at(short_of(session), bets, axis, which, named=named)


def marks_at(short: dict[str, str], bets: tuple[Bet, ...], axis: Axis, which: str, *,
             named: bool) -> list[dict[str, Any]]:
    """The marks of a row, from left to right; bets on one number share a mark, and marks that would touch have lanes.

    Marks of phones are named at the axis of revenue, in the row of the current move (`named`): elsewhere is no room,
    and beside letters their number stands. `short` has the short name of each table.
    """
    by_value: dict[int, list[Bet]] = {}
    for bet in bets:
        by_value.setdefault(getattr(bet, which), []).append(bet)
    named = named and which == "revenue"
    ends = [-100.0] * MOST_LANES
    found = []
    for value, there in sorted(by_value.items()):
        name = _on_a_mark(short, there, named)
        at, half = axis.at(value), (LETTER * len(name.translate(_NO_WIDTH)) + AROUND) / 2
        free = [lane for lane, end in enumerate(ends) if end <= at - half]
        lane = (free[0] if free else ends.index(min(ends))) if named else 0
        ends[lane] = at + half
        found.append({
            "name": name, "at": at, "lane": lane, "text": ". ".join(
                say("workshop.chart.bet_at", name=isolated(bet.name), bet=(
                    signed if which == "revenue" else number)(float(value), 5.0)) for bet in there)})
    return found


def _on_a_mark(short: dict[str, str], there: list[Bet], named: bool) -> str:
    """What stands on the mark of bets on one number; empty for phones where they are not named."""
    letters = "".join(short[bet.name] for bet in there if not bet.by_phone)
    phones = sum(bet.by_phone for bet in there)
    if not phones:
        return letters
    if not named:
        if letters:
            return say("room.bet.and_more", names=letters, count=phones)
        return say("room.bet.times", count=phones) if phones > 1 else ""
    if len(there) > NAMES_ON_A_MARK:
        return say("room.bet.many", count=len(there))
    names = [short[bet.name] for bet in there]
    return names[0] if len(names) == 1 else " ".join(isolated(name) for name in names)
