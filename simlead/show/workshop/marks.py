"""Bets as marks at the chart's axis and as short texts: what the room sees of them, and when."""

from __future__ import annotations

from typing import Any

from simlead.show.format import number, signed
from simlead.show.language import say
from simlead.show.workshop.axis import Axis
from simlead.show.workshop.bets import Bet
from simlead.show.workshop.names import short_names
from simlead.show.workshop.session import Session
from simlead.show.workshop.texts import bet_words

NAMES_ON_A_MARK = 3
"""Tables that are named on one mark; of more only the number is."""

_WIDTHS = {"revenue": (1.9, 3.2), "coaching": (2.7, 4.5)}
"""About how wide a mark is, in percent of the axis: of each letter, and around them."""

MOST_LANES = 4


def seen_before(bets: tuple[Bet, ...]) -> tuple[Bet, ...]:
    """The bets that the room sees before the outcome: those that were placed before its eyes, not by phone."""
    return tuple(bet for bet in bets if not bet.by_phone)


def short_of(session: Session) -> dict[str, str]:
    """The short name of every table and letter of a session."""
    return short_names(dict.fromkeys([*session.tables, *(bet.name for line in session.tried for bet in line.bets),
                                      *(bet.name for bet in session.bets)]))


def placed_words(session: Session, bets: tuple[Bet, ...], betting: bool) -> list[str]:
    """Who has bet, as short texts; with the numbers where the room may see them."""
    short = short_of(session)
    return [say("room.bet.sealed", name=short[bet.name]) if betting and bet.by_phone
            else say("workshop.bet.placed", name=short[bet.name], **bet_words(bet)) for bet in bets]


def placed_at(session: Session, bets: tuple[Bet, ...], axis: Axis, which: str, *, named: bool) -> list[dict[str, Any]]:
    """The marks of a row, from left to right; bets on one number share a mark, and marks that would touch have lanes.

    Rows of moves before the current one have no names on the marks of phones: there is no room for them.
    """
    short, by_value = short_of(session), dict[int, list[Bet]]()
    for bet in bets:
        by_value.setdefault(getattr(bet, which), []).append(bet)
    letter, around = _WIDTHS[which]
    ends = [-100.0] * MOST_LANES
    found = []
    for value, there in sorted(by_value.items()):
        names = [short[bet.name] for bet in there if named or not bet.by_phone]
        joint = " " if any(bet.by_phone for bet in there) else ""
        many = joint and len(names) > NAMES_ON_A_MARK
        name = say("room.bet.many", count=len(names)) if many else joint.join(names)
        at, half = axis.at(value), (letter * len(name) + around) / 2
        lane = next((lane for lane, end in enumerate(ends) if end <= at - half), MOST_LANES - 1) if named else 0
        ends[lane] = at + half
        found.append({
            "name": name, "at": at, "lane": lane, "text": ". ".join(
                say("workshop.chart.bet_at", name=bet.name, bet=signed(float(value), 5.0) if which == "revenue"
                    else number(float(value), 5.0)) for bet in there)})
    return found
