"""The workshop: one room, the pages that look at it, and what each page is sent."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.show.language import LANGUAGES, checked_language, in_language, say
from simlead.show.workshop import export, over_worlds
from simlead.show.workshop.film import film_seen
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.kept import Kept, Steps
from simlead.show.workshop.levers import Firm
from simlead.show.workshop.limits import MOST_TABLES
from simlead.show.workshop.marks import short_of
from simlead.show.workshop.months import months_bands, months_shown
from simlead.show.workshop.names import LONGEST, SHORTEST, refusal_of
from simlead.show.workshop.pair import matched_pair_seen
from simlead.show.workshop.phone import phone_content
from simlead.show.workshop.pictures import moves_and_bets, png_of
from simlead.show.workshop.room import Room
from simlead.show.workshop.room_view import room_content
from simlead.show.workshop.session import FILM, MONTHS, OUTCOME, PAIR, SHOWN, TRIAL, WEEK, File, Session
from simlead.show.workshop.texts import named, summary
from simlead.show.workshop.trial import trial_seen
from simlead.show.workshop.view import can_save, page_content, rows_shown, scene
from simlead.show.workshop.week import manager_week_seen
from simlead.study.growing.desk import Desk
from simlead.study.growing.experiment import RunCache
from simlead.study.growing.world_answers import WorldAnswers

DRAWINGS = {TRIAL: trial_seen, WEEK: manager_week_seen, FILM: film_seen, PAIR: matched_pair_seen}


class Visit:
    """A page of the facilitator's: what it has been sent, and how many of its messages were received.

    What the page shows may be older than what it sent. `address` is where tables join, if they can.
    """

    def __init__(self, room: Room, desk: Desk, address: str = "") -> None:
        self.room, self.session, self.desk, self._address = room, room.session, desk, address
        self.received = 0
        self.outbox: deque[File] = deque()
        self._stamp: tuple[object, ...] = ()
        self._scene: dict[str, Any] = {}

    def receive(self, message: object) -> None:
        """Do what the page asks; a message that no page of ours would send has no effect."""
        wanted, count = (message.get("do"), message.get("count")) if isinstance(message, dict) else (None, None)
        if isinstance(count, int):
            self.received = count
        self.session.changes += 1
        with contextlib.suppress(ParameterError):  # the page is put back to the state that holds
            if wanted == "picture":
                if can_save(self.session):
                    self.session.make_file(picture_of(self.session), self.outbox)
            elif wanted == "export":
                self.session.make_file(lambda: ("simlead-workshop.zip", export.exported(self.session)), self.outbox)
            else:
                self.room.act(message)
        self.desk.nudge()

    def news(self) -> dict[str, Any]:
        """What the page has not been sent yet: `seen`, `scene` and `files`; empty if nothing is new."""
        news: dict[str, Any] = {}
        if self.outbox:
            news["files"] = [self._file(self.outbox.popleft()) for _ in range(len(self.outbox))]
        stamp = (*self.session.stamp(), self.room.changes, self.room.unsaved)
        if stamp != self._stamp:
            self._stamp = stamp
            now = scene(self.session)
            if now.get("key") != self._scene.get("key"):
                news["scene"] = self._scene = now
            news["seen"] = {**page_content(self.session), "received": self.received,
                            "room": room_content(self.room, self._address)}
        return news

    def _file(self, made: File) -> dict[str, str]:
        kind = "application/zip" if made.name.endswith(".zip") else "image/png"
        with in_language(self.session.language):
            said = (say("workshop.actions.not_saved", reason=made.failure) if made.failure
                    else say("workshop.actions.saved", name=made.name))
        return {"name": made.name, "type": kind, "data": base64.b64encode(made.content).decode(), "said": said}

    def leave(self) -> None:
        """The page was closed."""


def table_key(token: str) -> str:
    """The key under which the room knows the table whose browser keeps this token."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


class TableVisit:
    """A page of a table, known by a token that its browser keeps."""

    def __init__(self, room: Room, token: str) -> None:
        self.room, self._key = room, table_key(token)
        self._refusal = ""
        self._sent: dict[str, Any] = {}
        self._stamp: tuple[object, ...] = ()
        room.open_page(self._key)

    def receive(self, message: object) -> None:
        """Do what a table may do; anything else has no effect."""
        self._refusal, self._stamp = "", ()
        try:
            self.room.act_at(self._key, message)
        except ParameterError:
            if isinstance(message, dict) and message.get("do") == "name":
                self._refusal = "full" if self.room.is_full() else refusal_of(str(message.get("value")))

    def news(self) -> dict[str, Any]:
        """What the page has not been sent yet; empty if nothing is new."""
        room, known = self.room, self.room.session.known()
        growing = [line.experiment.n for line in room.session.tried if line.experiment is not None and line.is_round]
        stamp = (room.session.changes, room.changes, growing, known is not None and known.shown)
        if stamp == self._stamp:
            return {}
        self._stamp = stamp
        table = room.table(self._key)
        now = phone_content(room, table)
        if self._refusal:
            with in_language(table.language or room.session.language):
                now["refusal"] = say(f"room.naming.{self._refusal}", least=SHORTEST, most=LONGEST, tables=MOST_TABLES)
        if now == self._sent:
            return {}
        self._sent = now
        return now

    def leave(self) -> None:
        """The page was closed."""
        self.room.close_page(self._key)


def picture_of(session: Session) -> Callable[[], tuple[str, bytes]]:
    """What makes the picture of the view that is open: file name and PNG.

    All that is shown is taken now, under the lock, so that what people do next is not in it.
    """
    with session.lock:
        view, language, firm, move = session.view, session.language, session.firm, session.move
        rows, short, seed = rows_shown(session), short_of(session), session.run_cache.seed
        made = session.pictures.get(view)
        months = months_shown(session) if view == MONTHS else None
        current = session.known() if session.phase == SHOWN else None
        growing = session.growing() if rows and rows[0][0] is current else None

    def work() -> tuple[str, bytes]:
        with in_language(language):
            if months is not None:
                return "simlead-months.png", png_of(months_bands(months, named(firm, move), summary(firm), seed))
            if view == OUTCOME or made is None:
                finding = "" if growing is None else over_worlds.title(growing)
                return "simlead-outcome.png", png_of(moves_and_bets(firm, rows, seed, short, finding))
        return f"simlead-{view}.png", made.save()

    return work


class Workshop:
    """One server's room and the pages that look at it, with the workers that simulate for it.

    `language` is by default the one that the room was kept in, at first English; `firm` is the firm that the room
    starts with, simlead's own by default.
    """

    def __init__(self, *, language: str | None = None, seed: int = 0, workers: int = 2,
                 firm: Firm | None = None) -> None:
        self.language = None if language is None else checked_language(language)
        self.run_cache, self.firms, self.desk = RunCache(seed), Firms(firm), Desk(workers)
        self.answers: WorldAnswers | None = WorldAnswers(seed)
        self.visits: list[Visit | TableVisit] = []
        self._room: Room | None = None

    def language_of(self, asked: str | None) -> str:
        """The language that a page asks for, or the room's own."""
        return asked if asked is not None and asked in LANGUAGES else self.room.session.language

    def session(self, language: str | None = None) -> Session:
        """A new session."""
        return Session(self.run_cache, self.firms, language or self.language or "en", dict(DRAWINGS), self.answers)

    @property
    def room(self) -> Room:
        """The room; one that is kept nowhere if none was opened."""
        return self._room or self.open()

    def open(self, place: Path | None = None, *, network: bool = False, saved: Path | None = None) -> Room:
        """Open the room as the file at `place` keeps it; with an exported session, that is the latest step.

        A session keeps its seed; `remarks` of the room say what differs. Raises FileFormatError for a file that holds
        something else.
        """
        session = self.session()
        remark = "" if saved is None else export.restore(session, export.read(saved), saved)
        kept = Steps() if place is None else Kept(place)
        room = self._room = Room(session, kept, network=network, fresh=saved is not None)
        if self.language is not None:
            room.speak(self.language)
        source, asked = saved or place, self.run_cache.seed
        if session.run_cache.seed != asked:
            own = session.run_cache.seed
            room.remarks.append(f"{source} continues under its own seed, {own}, not under seed {asked}")
        if remark:
            room.remarks.append(remark)
        return room

    def visit(self, language: str | None = None, address: str = "") -> Visit:
        """Open a page of the facilitator's, who may ask for the room's language."""
        if (asked := self.language_of(language)) != self.room.session.language:
            self.room.speak(asked)
        visit = Visit(self.room, self.desk, address)
        self._welcome(visit)
        return visit

    def table_visit(self, token: str) -> TableVisit:
        """Open a page of a table."""
        visit = TableVisit(self.room, token)
        self._welcome(visit)
        return visit

    def _welcome(self, visit: Visit | TableVisit) -> None:
        self.visits.append(visit)
        self.desk.welcome(self.room.session)

    def leave(self, visit: Visit | TableVisit) -> None:
        """A page was closed; nothing is run for a room that no one looks at."""
        self.visits.remove(visit)
        visit.leave()
        if not self.visits:
            self.desk.leave(self.room.session)
