"""The workshop: its visitors, the firms and runs they share, and what each visitor's page is sent."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.show.language import LANGUAGES, checked_language, say, using
from simlead.show.workshop import export
from simlead.show.workshop.film import film_seen
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.levers import Firm
from simlead.show.workshop.months import months_picture
from simlead.show.workshop.pair import matched_pair_seen
from simlead.show.workshop.pictures import moves_and_bets, png_of
from simlead.show.workshop.session import FILM, MONTHS, OUTCOME, PAIR, TRIAL, WEEK, Session
from simlead.show.workshop.trial import trial_seen
from simlead.show.workshop.view import can_save, page_content, rows_shown, scene
from simlead.show.workshop.week import manager_week_seen
from simlead.study.growing.desk import Desk
from simlead.study.growing.experiment import RunCache
from simlead.study.growing.world_answers import WorldAnswers

DRAWINGS = {TRIAL: trial_seen, WEEK: manager_week_seen, FILM: film_seen, PAIR: matched_pair_seen}


class Visit:
    """One visitor's session, and what of it their page has been sent."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session, self.desk = session, desk
        self._stamp: tuple[object, ...] = ()
        self._scene: dict[str, Any] = {}

    def receive(self, message: object) -> None:
        """Do what the page asks; a message that no page of ours would send has no effect."""
        wanted, count = (message.get("do"), message.get("count")) if isinstance(message, dict) else (None, None)
        if isinstance(count, int):
            self.session.received = count
        self.session.changes += 1
        with contextlib.suppress(ParameterError):  # the page is put back to the state that holds
            if wanted == "picture":
                if can_save(self.session):
                    self.session.make_file(lambda: picture_of(self.session))
            elif wanted == "export":
                self.session.make_file(lambda: ("simlead-workshop.zip", export.exported(self.session)))
            else:
                self.session.act(message)
        self.desk.nudge()

    def news(self) -> dict[str, Any]:
        """What the page has not been sent yet: `seen`, `scene` and `files`; empty if nothing is new."""
        news: dict[str, Any] = {}
        if self.session.outbox:
            news["files"] = [self._file(*self.session.outbox.popleft()) for _ in range(len(self.session.outbox))]
        stamp = self.session.stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            now = scene(self.session)
            if now.get("key") != self._scene.get("key"):
                news["scene"] = self._scene = now
            news["seen"] = page_content(self.session)
        return news

    def _file(self, name: str, content: bytes) -> dict[str, str]:
        kind = "application/zip" if name.endswith(".zip") else "image/png"
        with using(self.session.language):
            said = say("workshop.actions.saved", name=name)
        return {"name": name, "type": kind, "data": base64.b64encode(content).decode(), "said": said}


def picture_of(session: Session) -> tuple[str, bytes]:
    """The picture of the view that is open, in the session's language: file name and PNG."""
    with session.lock:
        view, rows = session.view, rows_shown(session)
        made = session.pictures.get(view)
    if view == MONTHS:
        with using(session.language):
            return "simlead-months.png", png_of(months_picture(session))
    if view == OUTCOME or made is None:
        with using(session.language):
            return "simlead-outcome.png", png_of(moves_and_bets(session.firm, rows, session.run_cache.seed))
    return f"simlead-{view}.png", made.save()


class Workshop:
    """All visitors of one server: their desk, their firms and the runs they share.

    `saved` is an exported session that every visitor starts from; its seed is then the workshop's. `firm` is the firm
    that they start with, simlead's own by default.
    """

    def __init__(self, *, language: str = "en", seed: int = 0, workers: int = 2, firm: Firm | None = None) -> None:
        self.language = checked_language(language)
        self.run_cache, self.firms, self.desk = RunCache(seed), Firms(firm), Desk(workers)
        self.answers: WorldAnswers | None = WorldAnswers(seed)
        self.saved: dict[str, Any] | None = None
        self.visits: list[Visit] = []

    def language_of(self, asked: str | None) -> str:
        """The language that a visitor asks for, or the workshop's own."""
        return asked if asked is not None and asked in LANGUAGES else self.language

    def session(self, language: str | None = None) -> Session:
        """A new visitor's session."""
        made = Session(self.run_cache, self.firms, self.language_of(language), dict(DRAWINGS), self.answers)
        if self.saved is not None:
            export.restore(made, self.saved)
        return made

    def visit(self, language: str | None = None) -> Visit:
        """Welcome a visitor."""
        visit = Visit(self.session(language), self.desk)
        self.visits.append(visit)
        self.desk.welcome(visit.session)
        return visit

    def leave(self, visit: Visit) -> None:
        """Let a visitor go; no more is run for them."""
        self.visits.remove(visit)
        self.desk.leave(visit.session)


def open_session(path: Path, workshop: Workshop) -> list[str]:
    """Let every visitor start from an exported session; returns remarks on it.

    The session keeps its seed, whatever the workshop's is. Raises FileFormatError for a file that
    is no session.
    """
    facts = export.read(path)
    remarks, asked = [], workshop.run_cache.seed
    if facts["seed"] != asked:
        remarks.append(f"{path} continues under its own seed, {facts['seed']}, not under seed {asked}")
        workshop.run_cache, workshop.answers = RunCache(facts["seed"]), WorldAnswers(facts["seed"])
    remark = export.restore(workshop.session(), facts, path)
    workshop.saved = facts
    return [*remarks, remark] if remark else remarks
