"""A room: one session, the tables that bet in it, and what of both is kept while people use it."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from simlead.model.parameters import ParameterError
from simlead.results.files import FileFormatError
from simlead.results.manifest import shaped
from simlead.results.provenance import source_hash
from simlead.show.language import LANGUAGES, checked_language
from simlead.show.workshop import export, rounds
from simlead.show.workshop.bets import Bet, without
from simlead.show.workshop.door import Door, new_door, stored_door
from simlead.show.workshop.kept import Kept, Steps
from simlead.show.workshop.levers import as_it_is, changed
from simlead.show.workshop.limits import MOST_TABLES
from simlead.show.workshop.messages import LEAD, MOVES, TABLE, checked_message
from simlead.show.workshop.names import clean_name, same_name
from simlead.show.workshop.score import Board, board
from simlead.show.workshop.session import BETTING, DWELL_SECONDS, OUTCOME, Session

NO_STEPS = ("bet", "view", "week", "manager")
"""What the facilitator does that is kept without being a step to undo."""


@dataclasses.dataclass
class Table:
    """A table that bets: its name once it has given itself one, its language, and its pages that are open."""

    name: str = ""
    language: str = ""
    pages: int = 0


class Room:
    """A session that belongs to no connection.

    `kept` is the file that holds it, none in tests and notebooks. With a `door` tables join from their phones.
    Raises FileFormatError for a file that holds something else.
    """

    def __init__(self, session: Session, kept: Steps | None = None, *, network: bool = False,
                 fresh: bool = False) -> None:
        self.session, self._kept = session, Steps() if kept is None else kept
        self.tables: dict[str, Table] = {}
        self.changes = 0
        self.remarks: list[str] = []
        self.resumed = False
        self.unsaved = ""
        self._dragged: tuple[str, float] = ("", 0.0)
        self.door: Door | None = None
        place = kept.path if isinstance(kept, Kept) else Path("session")
        with shaped(place):
            self._take_over(place, fresh)
        if network:
            door = self.door = self.door or new_door()
            self._written(lambda: self._kept.keep_fact("door", dataclasses.asdict(door)))
        else:
            self.door = None
        if fresh or self._kept.latest is None:
            self._keep(step=True)

    def _take_over(self, place: Path, fresh: bool) -> None:
        kept = self._kept
        if kept.latest is not None and not fresh:
            remark = export.restore(self.session, kept.latest, place)
            self.remarks += [remark] if remark else []
            self.resumed = len(kept.steps) > 1 or bool(kept.facts.get("tables"))
        if (content := kept.facts.get("door")) is not None:
            self.door = stored_door(content)
        if (code := kept.facts.get("language")) is not None:
            self.session.language = checked_language(code)
        for key, (name, language) in (kept.facts.get("tables") or {}).items():
            if clean_name(name) != name or language not in ("", *LANGUAGES):
                raise ValueError(f"table {name!r:.40}")
            self.tables[key] = Table(name, language)
        self._tables_changed()

    # What is kept.

    def _keep(self, *, step: bool) -> None:
        content = {**export.facts_of(self.session, results=False), "sources": source_hash()}
        self._written(lambda: self._kept.push(content) if step else self._kept.replace(content))

    def _written(self, write: Callable[[], None]) -> None:
        """Write; where a disk is full the room goes on, and its page says that nothing is kept."""
        try:
            write()
            self.unsaved = ""
        except FileFormatError as failure:
            if not self.unsaved:
                print(f"simlead: {failure}", file=sys.stderr)  # noqa: T201
            self.unsaved = str(failure)

    def _tables_changed(self) -> None:
        self.session.tables = tuple(self.names())
        self.changes += 1
        self.session.changes += 1

    def _keep_tables(self) -> None:
        self._tables_changed()
        named = {key: [one.name, one.language] for key, one in self.tables.items() if one.name}
        self._written(lambda: self._kept.keep_fact("tables", named))

    def can_undo(self) -> bool:
        """Whether there is a step to undo, or a bet that was typed at the facilitator's page."""
        return len(self._kept.steps) > 1 or self._last_typed() is not None

    def _last_typed(self) -> Bet | None:
        """The last open bet that was typed at the facilitator's page."""
        typed = [bet for bet in self.session.bets if not bet.by_phone] if self.session.phase == BETTING else []
        return typed[-1] if typed else None

    def close(self) -> None:
        """Let another workshop have the file."""
        self._kept.close()

    # What the facilitator does.

    def act(self, message: object) -> None:
        """Do what the facilitator's page asks. Raises ParameterError for what no page of ours would ask."""
        wanted = checked_message(message, LEAD)
        name = str(wanted["do"])
        with self.session.lock:
            if name == "undo":
                self._undo()
                return
            if name == "language":
                self.speak(str(wanted["value"]))
                return
            if name in ("remove", "free"):
                self._let_go(str(wanted["name"]), bets_too=name == "remove")
                return
            dragged = self._dragged
            self._dragged = ("", 0.0)
            if name in MOVES:
                before = (self.session.firm, self.session.move, self.session.phase)
                self.session.act(wanted)
                moved = before != (self.session.firm, self.session.move, self.session.phase)
            elif name == "round":
                rounds.look(self.session, wanted["to"])
                moved = True
            elif name == "pin":
                rounds.pin(self.session, wanted["number"])
                moved = True
            elif name == "anew":
                self._anew()
                moved = True
            else:
                raise ParameterError(f"message {name}: its page sees to it")
            if name == "lever":  # positions that a slider is dragged through are one step
                key, now = str(wanted["key"]), self.session.clock()
                moved = moved and not (dragged[0] == key and now - dragged[1] < DWELL_SECONDS)
                self._dragged = (key, now)
            self._keep(step=moved and name not in NO_STEPS)

    def speak(self, code: str) -> None:
        """Show the room in this language, after a restart too. Raises ParameterError for one that we do not have."""
        self.session.language = checked_language(code)
        self.session.changes += 1
        self._written(lambda: self._kept.keep_fact("language", code))

    def _undo(self) -> None:
        if not self.can_undo():
            raise ParameterError("undo: there is nothing to undo")
        self._dragged = ("", 0.0)
        session, last = self.session, self._last_typed()
        if last is not None:  # a bet is no step; tables take back their own
            session.bets = tuple(bet for bet in session.bets if bet is not last)
            session.changes += 1
            self._keep(step=False)
            return
        before, fell = self._kept.steps[-2], bool(session.bets)
        self._written(self._kept.undo)
        export.restore(session, before)
        session.bets_fell = fell and not session.bets

    def _anew(self) -> None:
        """Begin a new session; tables that are there stay, and all of it can be undone."""
        session = self.session
        session.tried, session.aside = [], None
        session.firm = session.firms.first
        session.stand_at(session.firm, as_it_is(session.firm, session.firm.effect_sizes[0]), BETTING)
        session.manager, session.week, session.view, session.typed, session.wrong = 0, 0, OUTCOME, {}, ()
        self.tables = {key: table for key, table in self.tables.items() if table.pages}
        self._keep_tables()

    def _let_go(self, name: str, *, bets_too: bool) -> None:
        """Free a table's name for another phone, which takes over its bets; or remove the table with its bets."""
        key = next((key for key, table in self.tables.items() if table.name == name), None)
        if key is None:
            raise ParameterError(f"table {name!r:.40}: there is none of this name")
        self.tables[key].name = ""
        if bets_too:
            session = self.session
            session.bets = without(name, session.bets)
            for line in session.tried:
                line.bets = without(name, line.bets)
            if (aside := session.aside) is not None:
                session.aside = dataclasses.replace(aside, bets=without(name, aside.bets))
            session.changes += 1
            steps = [export.without_bets_of(name, step) for step in self._kept.steps]  # no undo brings it back
            self._written(lambda: self._kept.replace_all(steps))
        self._keep_tables()

    # What tables do.

    def table(self, key: str) -> Table:
        """The table of this key; a new one without a name if there is none."""
        return self.tables.get(key) or Table()

    def has_table(self, key: str) -> bool:
        """Whether the table of this key has given itself a name."""
        return bool(self.table(key).name)

    def act_at(self, key: str, message: object) -> None:
        """Do what a table's page asks. Raises ParameterError for anything that is not a table's to do."""
        wanted = checked_message(message, TABLE)
        table = self.tables.setdefault(key, Table())
        if wanted["do"] == "language":
            table.language = checked_language(wanted["value"])
        elif wanted["do"] == "name":
            self._name(table, str(wanted["value"]))
        else:
            if not table.name or wanted["on"] != self.on():
                raise ParameterError("bet: allowed for a table with a name, on the move that is bet on now")
            self.session.place_bet(wanted["revenue"], wanted["coaching"], table.name)
            self._keep(step=False)
            return
        self._keep_tables()

    def _name(self, table: Table, typed: str) -> None:
        name = clean_name(typed)
        if table.name or self.is_full():
            raise ParameterError(f"name: a table names itself once, and there are at most {MOST_TABLES} tables")
        if any(same_name(name, other) for other in self.names()):
            raise ParameterError(f"name {name!r:.40}: another table has it")
        table.name = name

    def open_page(self, key: str) -> None:
        """A page of a table was opened."""
        self.tables.setdefault(key, Table()).pages += 1
        self._tables_changed()

    def close_page(self, key: str) -> None:
        """A page of a table was closed; without a name nothing is left of the table."""
        table = self.table(key)
        table.pages = max(0, table.pages - 1)
        if not table.name and not table.pages:
            self.tables.pop(key, None)
        self._tables_changed()

    # What is known.

    def is_full(self) -> bool:
        """Whether no further table can give itself a name."""
        return len(self.names()) >= MOST_TABLES

    def names(self) -> list[str]:
        """The names of the tables, in the order in which they joined."""
        return [table.name for table in self.tables.values() if table.name]

    def on(self) -> str:
        """What a table bets on: a text that changes with the move; empty while there is nothing to bet on."""
        session = self.session
        with session.lock:
            if not session.can_bet() or not changed(session.firm, session.move):
                return ""
            seen = f"{len(session.tried)} {session.firm!r} {session.move!r}"
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    def board(self) -> Board:
        """The scoreboard so far."""
        with self.session.lock:
            return board([(line.bets, line.outcome(), line.is_complete) for line in rounds.rounds(self.session)],
                         self.names())
