"""What the facilitator's page shows of the room: how to join it, its tables, its rounds and the scoreboard."""

from __future__ import annotations

import functools
from typing import Any

from simlead.show.format import number
from simlead.show.language import in_language, localised, say
from simlead.show.workshop.marks import short_of
from simlead.show.workshop.room import Room
from simlead.show.workshop.rounds import STEPS, can_look, place, rounds
from simlead.show.workshop.score import COMPLETE, HELD_POINTS, MOST_POINTS, NONE_YET, Board, Cell
from simlead.show.workshop.texts import named

Content = dict[str, Any]

ROUNDS_SHOWN = 8
"""Rounds that have a column of their own, the latest; the points of all count."""


def room_content(room: Room, address: str) -> Content:
    """The room's part of the facilitator's page; `address` is where tables join, if they can."""
    session = room.session
    with session.lock, in_language(session.language):
        count = len(rounds(session))
        here = place(session)
        return {
            "where": say("room.round.open", round=count + 1) if here == count else say(
                "room.round.of", round=here + 1, rounds=count),
            "nav": [{"key": "undo", "text": say("room.nav.undo"), "can": room.can_undo()},
                    *({"key": to, "text": say(f"room.nav.{to}"), "can": can_look(session, to)} for to in STEPS)],
            "anew": {"text": say("room.nav.anew"), "ask": say("room.nav.anew_ask")},
            "unsaved": say("room.unsaved") if room.unsaved else "",
            "join": _join(room, address) if address else None,
            "board": _board(room, room.board()),
        }


def _join(room: Room, address: str) -> Content:
    short = short_of(room.session)
    bets = {bet.name for bet in room.session.bets}
    return {
        "heading": say("room.join.heading"), "address": address, "qr": _qr(address),
        "picture": say("room.join.picture", address=address), "note": say("room.join.note"),
        "people": say("room.join.people", count=len(room.names())),
        "tables": [{"name": table.name, "short": short[table.name], "here": table.pages > 0, "bet": table.name in bets,
                    "said": "" if table.pages else say("room.join.away")}
                   for table in room.tables.values() if table.name],
        "free": say("room.join.free"), "remove": say("room.join.remove"),
        "ask": {key: say(f"room.join.ask_{key}") for key in ("free", "remove")},
    }


@functools.lru_cache(maxsize=4)
def _qr(address: str) -> str:
    """The address as a QR code, a picture that a page can show."""
    import segno

    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=3, light="#fff"))


def _board(room: Room, board: Board) -> Content:
    known = rounds(room.session)
    first = max(0, len(known) - ROUNDS_SHOWN)
    short = short_of(room.session)
    return {
        "heading": say("room.board.heading"),
        "rule": say("room.board.rule", most=MOST_POINTS, held=HELD_POINTS),
        "empty": "" if known else say("room.board.empty"),
        "rank": say("room.board.rank"), "table": say("room.board.table"), "total": say("room.board.total"),
        "held": say("room.board.held"), "off": say("room.board.off"),
        "growing": say("room.board.growing") if any(state != COMPLETE for state in board.rounds) else "",
        "rounds": [{"text": localised(str(at + 1)), "growing": board.rounds[at] != COMPLETE,
                    "move": named(line.firm, line.move)} for at, line in enumerate(known) if at >= first],
        "lines": [{
            "rank": localised(str(line.rank)), "name": line.name, "short": short.get(line.name, line.name),
            "cells": [_cell(cell, board.rounds[at]) for at, cell in enumerate(line.cells) if at >= first],
            "total": number(line.total, 0.5)} for line in board.lines],
    }


def _cell(cell: Cell | None, state: str) -> Content:
    if cell is None:
        return {"text": "…" if state == NONE_YET else "–", "held": [], "said": ""}
    return {
        "text": number(cell.points, 0.5), "held": [cell.revenue.held, cell.coaching.held],
        "said": say("room.board.cell",
                    revenue=number(cell.revenue.off, 0.5), revenue_held=_held(cell.revenue.held),
                    coaching=number(cell.coaching.off, 0.5), coaching_held=_held(cell.coaching.held)),
    }


def _held(held: bool) -> str:
    return say("room.board.inside" if held else "room.board.outside")
