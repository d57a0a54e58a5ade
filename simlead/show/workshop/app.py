"""The workshop in the browser: a page of Panel's for each visitor, one desk for all, this machine alone.

Panel serves its own scripts; nothing is fetched from anywhere else.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import signal
import socket
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.show.language import LANGUAGES, checked_language, say, using
from simlead.show.workshop import keep
from simlead.show.workshop.desk import Desk
from simlead.show.workshop.experiment import Luck
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.pictures import moves_and_bets, png_of
from simlead.show.workshop.session import OUTCOME, TWINS, WEEK, Session
from simlead.show.workshop.view import can_save, rows_shown, scene, seen
from simlead.show.workshop.week import manager_week_seen
from simlead.show.workshop.worlds import two_worlds_seen

LOOK_MILLISECONDS = 100
"""How often a page looks whether there is something new to be seen."""

DRAWINGS = {WEEK: manager_week_seen, TWINS: two_worlds_seen}


@cache
def page_class() -> Any:
    """The one component of the page: it draws `seen` and `scene`, and sends what people do to `on_message`."""
    import panel
    import param

    here = files("simlead.show.workshop")

    class WorkshopPage(panel.custom.JSComponent):
        """The page, as `page.js` draws it."""

        on_message: Callable[[Any], None]
        seen = param.Dict(default={})
        scene = param.Dict(default={})
        _esm = here.joinpath("page.js").read_text(encoding="utf-8")
        _stylesheets = [here.joinpath("page.css").read_text(encoding="utf-8")]

        def _handle_msg(self, data: Any) -> None:
            self.on_message(data)

    return WorkshopPage


class Visit:
    """One visitor's page and session, kept in step."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self.session, self.desk = session, desk
        self.page = page_class()(sizing_mode="stretch_width")
        self.page.on_message = self.heard
        self._stamp: tuple[object, ...] = ()
        self.look()

    def heard(self, message: Any) -> None:
        """Do what the page asks, and show at once what follows from it; nonsense is not answered."""
        wanted, count = (message.get("do"), message.get("count")) if isinstance(message, dict) else (None, None)
        if isinstance(count, int):
            self.session.heard = count
        self.session.changes += 1
        if wanted == "picture":
            if can_save(self.session):
                self.session.wish(lambda: picture_of(self.session))
        elif wanted == "export":
            self.session.wish(lambda: ("simlead-workshop.zip", keep.exported(self.session)))
        else:
            with contextlib.suppress(ParameterError):  # the page is put back to what holds
                self.session.act(message)
        self.desk.nudge()
        self.look()

    def look(self) -> None:
        """Show what is new, if anything is."""
        stamp = self.session.stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            new = scene(self.session)
            if new.get("key") != self.page.scene.get("key"):
                self.page.scene = new
            self.page.seen = seen(self.session)
        while self.session.outbox:
            name, content = self.session.outbox.popleft()
            kind = "application/zip" if name.endswith(".zip") else "image/png"
            with using(self.session.language):
                said = say("workshop.actions.saved", name=name)
            self.page._send_msg({"name": name, "type": kind, "data": base64.b64encode(content).decode(), "said": said})


def picture_of(session: Session) -> tuple[str, bytes]:
    """The picture of the view that is open, in the session's language: file name and PNG."""
    with session.lock:
        view, rows = session.view, rows_shown(session)
        made = session.pictures.get(view)
    if view == OUTCOME or made is None:
        with using(session.language):
            return "simlead-outcome.png", png_of(moves_and_bets(session.firm, rows, session.luck.seed))
    return f"simlead-{view}.png", made.save()


class Workshop:
    """All visitors of one server: their desk, their firms and the runs they share.

    `kept` is the content of an exported session that every visitor starts from.
    """

    def __init__(self, *, language: str = "en", seed: int = 0, workers: int = 2,
                 kept: dict[str, Any] | None = None) -> None:
        self.language = checked_language(language)
        self.luck, self.firms, self.desk = Luck(seed), Firms(), Desk(workers)
        self.kept = kept

    def session(self, language: str | None = None) -> Session:
        """A new visitor's session; another language than the server's where the address asks for it."""
        chosen = language if language is not None and language in LANGUAGES else self.language
        made = Session(self.luck, self.firms, chosen, dict(DRAWINGS))
        if self.kept is not None:
            keep.restore(made, self.kept)
        return made

    def visit(self) -> Any:
        """What Panel serves to one visitor."""
        import panel

        asked = panel.state.session_args.get("language") or [b""]
        session = self.session(asked[0].decode("utf-8", "replace"))
        visit = Visit(session, self.desk)
        self.desk.welcome(session)
        panel.state.on_session_destroyed(lambda _: self.desk.leave(session))
        panel.state.add_periodic_callback(visit.look, period=LOOK_MILLISECONDS)
        with using(session.language):
            title = say("workshop.title")
        template = panel.Template(_TEMPLATE)
        template.add_variable("title", title)
        template.add_panel("page", visit.page)
        return template


_TEMPLATE = """
{% extends base %}
{% block preamble %}<meta name="viewport" content="width=device-width, initial-scale=1">{% endblock %}
{% block contents %}{{ embed(roots.page) }}{% endblock %}
"""


def free_port(address: str, port: int) -> int | None:
    """The next port from this one on that nobody uses at the address; None if there is none near."""
    for candidate in range(port, min(port + 50, 65536)):
        if not in_use(address, candidate):
            return candidate
    return None


def in_use(address: str, port: int) -> bool:
    """Whether somebody listens at this port already. Raises OSError for an address that is not this machine's."""
    import errno

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                return True
            raise
    return False


def is_local(address: str) -> bool:
    """Whether only this machine can reach a server at the address.

    >>> is_local("127.0.0.1"), is_local("0.0.0.0")
    (True, False)
    """
    return address in ("localhost", "::1") or address.startswith("127.")


def names_of(address: str) -> list[str]:
    """The names under which browsers reach a server that is bound to the address."""
    if is_local(address):
        return ["127.0.0.1", "localhost", address] if address != "::1" else ["[::1]", "localhost"]
    names = ["127.0.0.1", "localhost", socket.gethostname(), socket.getfqdn(), address]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system names the address it would use
            names.insert(0, probe.getsockname()[0])
        except OSError:
            pass
    return list(dict.fromkeys(name for name in names if name not in ("0.0.0.0", "::")))


def serve(workshop: Workshop, *, address: str, port: int, started: Callable[[], object]) -> signal.Signals:
    """Serve until Ctrl-C or `kill`, and return which it was; no worker is left then.

    `started` is called when visitors can come. Raises OSError if the port cannot be had.
    """
    import panel
    from panel.io.server import get_server
    from tornado.ioloop import IOLoop

    panel.extension()
    origins = [f"{name}:{port}" for name in names_of(address)]
    server: Any = get_server(
        {"/": workshop.visit}, port=port, address=address, websocket_origin=origins, show=False, start=False,
        title="simlead workshop")
    loop = IOLoop.current()
    loop.asyncio_loop.set_exception_handler(_without_those_who_left)  # type: ignore[attr-defined]
    ended: list[signal.Signals] = []

    def stop(number: int, _: FrameType | None) -> None:
        ended.append(signal.Signals(number))
        loop.asyncio_loop.call_soon_threadsafe(loop.stop)  # type: ignore[attr-defined]

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    for name in _LOGS:
        logging.getLogger(name).addFilter(_is_news)
    workshop.desk.start()
    try:
        server.start()
        loop.add_callback(started)
        loop.start()
    finally:
        workshop.desk.stop()
        server.stop()
        for name in _LOGS:
            logging.getLogger(name).removeFilter(_is_news)
        for number, handler in before.items():
            signal.signal(number, handler)
    return ended[0] if ended else signal.SIGINT


_LOGS = ("bokeh.server.views.ws", "bokeh.server.protocol_handler", "tornado.application")
_LEFT = ("WebSocketClosedError", "StreamClosedError")


def _without_those_who_left(loop: Any, context: dict[str, Any]) -> None:
    """Report what went wrong in the server, unless it is only that a page was closed while it was told something."""
    if type(context.get("exception")).__name__ not in _LEFT:
        loop.default_exception_handler(context)


def _is_news(record: logging.LogRecord) -> bool:
    """False for the complaints of Panel's server that somebody closed a page while it was at work for it."""
    if "connection was closed" in record.getMessage():
        return False
    kind, _, trace = record.exc_info or (None, None, None)
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = trace.tb_frame.f_globals.get("__name__") if trace is not None else ""
    return getattr(kind, "__name__", "") not in _LEFT and raised_in != "bokeh.server.connection"


def kept_session(path: Path, workshop: Workshop) -> str:
    """Let every visitor start from an exported session; returns what is to be said about it.

    Raises FileFormatError for a file that is none.
    """
    content = keep.read(path)
    note = keep.restore(workshop.session(), content)
    workshop.kept = content
    return note
