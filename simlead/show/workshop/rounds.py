"""Rounds of a session: moves that were bet on and shown, the way back and forth through them, and pinned moves."""

from __future__ import annotations

from simlead.model.parameters import ParameterError
from simlead.show.workshop.levers import changed
from simlead.show.workshop.session import BETTING, SHOWN, Session
from simlead.show.workshop.tried import Aside, Tried

MOST_PINNED = 3
"""Moves that stay in the chart, beside the one where the levers stand."""

STEPS = {"back": -1, "next": 1}


def rounds(session: Session) -> list[Tried]:
    """The moves of all firms that were bet on and shown, in their order."""
    return [line for line in session.tried if line.is_round]


def place(session: Session) -> int:
    """Where the room stands among its rounds, from 0; behind the last while it bets or looks at another move."""
    known = session.known() if session.phase == SHOWN else None
    all_rounds = rounds(session)
    return next((place for place, line in enumerate(all_rounds) if line is known), len(all_rounds))


def can_look(session: Session, to: str) -> bool:
    """Whether there is a round before, or something after the round that is looked at."""
    there, last = place(session) + STEPS[to], len(rounds(session))
    return 0 <= there < last or (there == last and session.phase == SHOWN)


def look(session: Session, to: str) -> None:
    """Look at the round before or after (`back`, `next`); behind the last one the room bets again.

    A move that is being bet on is put aside with its bets meanwhile. Raises ParameterError where there is no other.
    """
    with session.lock:
        if to not in STEPS or not can_look(session, to):
            raise ParameterError(f"round {to!r:.40}: allowed is {' | '.join(STEPS)}, as far as there are rounds")
        there, known = place(session) + STEPS[to], rounds(session)
        if there < len(known):
            if session.phase == BETTING:
                session.aside = Aside(session.firm, session.move, session.bets)
            session.stand_at(known[there].firm, known[there].move, SHOWN)
        else:  # with what was put aside
            session.act({"do": "again"})


def pin(session: Session, number: int) -> None:
    """Keep a move that was shown in the chart, or let it go. Raises ParameterError for one too many or none shown."""
    with session.lock:
        shown = [line for line in session.shown_lines() if changed(line.firm, line.move)]
        line = next((one for one in shown if one.number == number), None)
        pinned = [one.pinned for one in shown if one.pinned]
        if line is None or (not line.pinned and len(pinned) >= MOST_PINNED):
            raise ParameterError(f"pin {number!r:.40}: allowed is a move that was shown, at most {MOST_PINNED}")
        line.pinned = 0 if line.pinned else max(pinned, default=0) + 1
        session.changes += 1
