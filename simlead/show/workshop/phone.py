"""What a table's page shows: its own bets, how many have bet, and outcomes once the room has seen them."""

from __future__ import annotations

from typing import Any

from simlead.show.format import number
from simlead.show.language import direction, in_language, language, say
from simlead.show.workshop.bets import Bet
from simlead.show.workshop.marks import counted_bets
from simlead.show.workshop.room import Room, Table
from simlead.show.workshop.rounds import place, rounds
from simlead.show.workshop.score import COMPLETE
from simlead.show.workshop.session import SHOWN
from simlead.show.workshop.texts import (
    TABLE_ADRIFT,
    adrift,
    bet_sliders,
    bet_words,
    comment,
    headline,
    languages,
    named,
)
from simlead.study.growing.experiment import SHOWN_FROM

Content = dict[str, Any]


def phone_content(room: Room, table: Table) -> Content:
    """All that a table's page shows, in the table's language or else in the room's."""
    session = room.session
    with session.lock, in_language(table.language or session.language):
        on = room.on()
        stage = "name" if not table.name else "shown" if session.phase == SHOWN else "bet" if on else "wait"
        return {
            "language": language(), "direction": direction(), "title": say("room.phone.title"), "name": table.name,
            "stage": stage, "on": on, "heading": say(f"room.phone.{stage}"),
            "move": named(session.firm, session.move) if stage in ("bet", "shown") else "",
            "languages": languages(), "adrift": adrift(TABLE_ADRIFT),
            "naming": {key: say(f"room.naming.{key}") for key in ("label", "hint", "go")},
            "bet": _bet(room, table),
            "outcome": _outcome(room, table) if stage == "shown" else [],
            "score": _score(room, table) if table.name else "",
        }


def _bet(room: Room, table: Table) -> Content:
    own = next((bet for bet in room.session.bets if bet.name == table.name), None)
    return {
        "sliders": [{**scale, "value": None if own is None else getattr(own, scale["key"])} for scale in bet_sliders()],
        "place": say("room.phone.place" if own is None else "room.phone.change"),
        "placed": "" if own is None else say("room.phone.placed", **bet_words(own)),
        "count": counted_bets(room.session),
    }


def _outcome(room: Room, table: Table) -> list[str]:
    known = room.session.known()
    if known is None:
        return []
    own: Bet | None = next((bet for bet in known.bets if bet.name == table.name), None)
    outcome = known.outcome()
    if outcome is None or outcome.n < SHOWN_FROM:
        return [say("workshop.finding.waiting")]
    if own is None:
        return [headline(outcome), say("room.phone.no_bet")]
    return [headline(outcome), comment(own, outcome)]


def _score(room: Room, table: Table) -> str:
    """The table's points in the round that is looked at, or else in the last one, and its rank."""
    board, all_rounds = room.board(), rounds(room.session)
    line = next((one for one in board.lines if one.name == table.name), None)
    if line is None or not all_rounds:
        return ""
    at = min(place(room.session), len(all_rounds) - 1)
    cell = line.cells[at]
    texts = [say("room.score.round", round=at + 1, points=number(cell.points, 0.5))] if cell is not None else []
    texts.append(say("room.score.total", total=number(line.total, 0.5), rank=line.rank, tables=len(board.lines)))
    if any(state != COMPLETE for state in board.rounds):
        texts.append(say("room.score.growing"))
    return " ".join(texts)
