"""The workshop's web server: its pages, a WebSocket for each that is open, and no request under a foreign name."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import signal
import time
from collections import Counter
from collections.abc import Callable
from html import escape
from importlib.resources import files
from types import FrameType
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.ioloop import PeriodicCallback
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from simlead.show.language import LANGUAGES, in_language, say
from simlead.show.workshop.addresses import own_hosts
from simlead.show.workshop.app import TableVisit, Visit, Workshop, table_key
from simlead.show.workshop.html_page import html_page
from simlead.show.workshop.limits import (
    KEPT_FOR_LEADS,
    MOST_CONNECTIONS,
    MOST_FROM_ONE_ADDRESS,
    Allowance,
    WrongCodes,
)
from simlead.show.workshop.refusal_pages import POLICY as REFUSAL_POLICY
from simlead.show.workshop.refusal_pages import REASONS, refusal_page
from simlead.show.workshop.texts import LEAD_ADRIFT, TABLE_ADRIFT, adrift

LOOK_MILLISECONDS = 50
"""How often a page's visit looks for something new to show."""

LARGEST_MESSAGE_BYTES = 10_000
"""A page sends far less; a longer message closes its connection."""

SIGN_OF_LIFE_SECONDS = 5.0
"""A page hears something at least this often, so that it knows a connection that is lost."""

TRY_AGAIN_LATER, AGAINST_THE_RULES = 1013, 1008  # a WebSocket's closing codes

FILES = ("page.js", "page.css", "parts.js", "film.js", "months.js", "connection.js", "room.js", "room.css", "table.js",
         "table.css")

LEAD_COOKIE, TABLE_COOKIE = "simlead-lead", "simlead-table"
COOKIE_DAYS = 30

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws://{host}; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
"""What the page may load: its own script and style, and its own socket."""


class Guarded(Application):
    """An application that answers only requests made under one of its own names, by its own page.

    A page elsewhere can let its name point to this machine (DNS rebinding); its requests then
    arrive here with that name as Host. A page can also open a WebSocket to any address; the
    request then names that page as Origin. Both are refused, on every path and on the socket.
    """

    def __init__(self, hosts: frozenset[str], handlers: list[Any], workshop: Workshop) -> None:
        super().__init__(handlers, log_function=lambda _: None, websocket_max_message_size=LARGEST_MESSAGE_BYTES,
                         websocket_ping_interval=20, websocket_ping_timeout=15,
                         default_handler_class=Nothing, default_handler_args={"workshop": workshop})
        self.hosts, self.workshop = hosts, workshop
        self.wrong_codes = WrongCodes()
        self.tables_from: Counter[str] = Counter()

    def find_handler(self, request: HTTPServerRequest, **rest: Any) -> Any:
        """Choose what answers a request."""
        named = request.headers.get_list("Host")
        if len(named) != 1 or named[0].lower() not in self.hosts:
            return self._refused(request, 421)
        if request.headers.get("Origin", f"http://{named[0]}") != f"http://{named[0]}":
            return self._refused(request, 403)
        return super().find_handler(request, **rest)

    def _refused(self, request: HTTPServerRequest, status: int) -> Any:
        return self.get_handler_delegate(request, Nothing, {"workshop": self.workshop, "status": status,
                                                            "reason": "name"})


class Refused(HTTPError):
    """A refusal with the reason that its page gives, and what the page's text takes."""

    def __init__(self, status: int, reason: str, **values: object) -> None:
        assert reason in REASONS
        super().__init__(status)
        self.why, self.values = reason, values


class Answer(RequestHandler):
    """What all answers share: the workshop, headers, and the code in a link to a room that is open to the network."""

    application: Guarded

    def initialize(self, workshop: Workshop) -> None:
        """Take over the workshop."""
        self.workshop = workshop

    def set_default_headers(self) -> None:
        """Let the page load its own things only, and nobody keep or frame it."""
        self.set_header("Content-Security-Policy", POLICY.format(host=self.request.host))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Refuse a wrong code, and for a while any code from where many wrong ones came.

        Tables that are in the room already and its facilitator are let in, because a room may share one address.
        """
        door, code = self.workshop.room.door, self.path_kwargs.get("code")
        if door is None or code is None:
            return
        if door.opens(code) and self.is_known():
            return
        wrong, address = self.application.wrong_codes, str(self.request.remote_ip)
        if seconds := wrong.seconds_left(address):
            raise Refused(429, "barred", seconds=seconds)
        if not door.opens(code):
            wrong.note(address)
            raise Refused(404, "code")

    def is_known(self) -> bool:
        """Whether a table that the room knows asks, or its facilitator; who sends a secret is none of them yet."""
        if self.get_query_argument("key", None) is not None:
            return False
        return self.workshop.room.has_table(table_key(self.get_cookie(TABLE_COOKIE) or "")) or self.is_lead()

    def is_lead(self) -> bool:
        """Whether the facilitator asks: on this machine alone anyone does."""
        door = self.workshop.room.door
        return door is None or door.leads(self.get_cookie(LEAD_COOKIE, "") or "")

    def write_error(self, status_code: int, **details: Any) -> None:
        """Answer with a page that says what happened and what to do."""
        failure = (details.get("exc_info") or (None, None))[1]
        if isinstance(failure, Refused):
            reason, values = failure.why, failure.values
        else:
            reason, values = "failed" if status_code >= 500 else "nothing", {}
        if "seconds" in values:
            self.set_header("Retry-After", str(values["seconds"]))
        self.set_header("Content-Security-Policy", REFUSAL_POLICY)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(refusal_page(reason, self.languages(), **values))

    def languages(self) -> list[str]:
        """The language that the address asks for or the table has chosen; all of them where neither is known."""
        token = self.get_cookie(TABLE_COOKIE)
        chosen = self.workshop.room.table(table_key(token)).language if token else ""
        asked = self.request.query_arguments.get("language", [b""])[-1].decode("latin-1")
        return [asked] if asked in LANGUAGES else [chosen] if chosen else list(LANGUAGES)

    def write_page(self, code: str, title: str, without: dict[str, str], script: str, *styles: str) -> None:
        """Answer with a page; all that it shows comes through its socket, but for the words when there is none."""
        with in_language(code):
            words = " ".join(f'data-{why}="{escape(text)}"' for why, text in adrift(without).items())
            self.write(html_page(
                say(title), "\n".join(f'<link rel="stylesheet" href="/{name}">' for name in styles),
                f'<body {words}><script type="module" src="/{script}"></script></body>'))


class Nothing(Answer):
    """No page, under this name or under any."""

    def initialize(self, workshop: Workshop, status: int = 404, reason: str = "") -> None:
        """Take over the workshop and what is wrong."""
        super().initialize(workshop)
        self._status, self._reason = status, reason

    def prepare(self) -> None:
        """Refuse; in a room most people who come here have mistyped its link."""
        raise Refused(self._status, self._reason or ("nothing" if self.workshop.room.door is None else "code"))


class File(Answer):
    """A script or style of the pages."""

    def get(self, name: str) -> None:
        """Answer with the file."""
        self.set_header("Content-Type", "text/javascript" if name.endswith(".js") else "text/css")
        self.write(files("simlead.show.workshop").joinpath(name).read_bytes())


class Lead(Answer):
    """The facilitator's page; where the network can reach it, for the one who has the secret of the terminal's link."""

    def get(self, code: str = "") -> None:
        """Answer with the page, or turn the secret of the link into a cookie, so that no address shows it."""
        door, key = self.workshop.room.door, self.get_query_argument("key", None)
        if door is not None and key is not None:
            if not door.leads(key):
                self.application.wrong_codes.note(str(self.request.remote_ip))
                raise Refused(403, "lead")
            self.set_cookie(LEAD_COOKIE, door.secret, expires_days=COOKIE_DAYS, path=door.lead_path, httponly=True,
                            samesite="Lax")
            asked = self.get_query_argument("language", "")
            self.redirect(f"{door.lead_path}?language={asked}" if asked in LANGUAGES else door.lead_path)
            return
        if door is not None and code != door.code:  # typed without capitals: the cookie belongs to the link
            self.redirect(f"{door.lead_path}?{self.request.query}".rstrip("?"))
            return
        if not self.is_lead():
            raise Refused(403, "lead")
        self.write_page(self.workshop.language_of(self.get_query_argument("language", None)), "workshop.title",
                        LEAD_ADRIFT, "page.js", "page.css", "room.css")


class Join(Answer):
    """A table's page, which gets a token by which it is known when it comes back."""

    def get(self, code: str) -> None:
        """Answer with the page."""
        door = self.workshop.room.door
        assert door is not None
        if code != door.code:  # typed without capitals: the cookie belongs to the link
            self.redirect(door.path)
            return
        if not self.get_cookie(TABLE_COOKIE):
            self.set_cookie(TABLE_COOKIE, secrets.token_urlsafe(18), expires_days=COOKIE_DAYS, path=door.path,
                            httponly=True, samesite="Lax")
        self.write_page(self.workshop.language_of(None), "room.phone.title", TABLE_ADRIFT, "table.js", "table.css")


class Gate(Answer):
    """The link without its last sign."""

    def get(self, code: str) -> None:
        """Lead on to a table's page."""
        assert self.workshop.room.door is not None
        self.redirect(self.workshop.room.door.path)


class Socket(Answer, WebSocketHandler):
    """A page that is open: what people do comes in, what they see goes out."""

    def initialize(self, workshop: Workshop) -> None:
        """Take over the workshop."""
        super().initialize(workshop)
        self.visit: Visit | TableVisit | None = None
        self._sending: asyncio.Future[None] | None = None
        self._allowance = Allowance()
        self._sent_at = time.monotonic()

    def most(self) -> int:
        """Connections at once of which this may be one."""
        return MOST_CONNECTIONS

    def welcome(self) -> Visit | TableVisit:
        """Begin a visit."""
        address = self.workshop.room.door
        return self.workshop.visit(self.get_query_argument("language", None),
                                   "" if address is None else f"http://{self.join_host()}{address.path}")

    def join_host(self) -> str:
        """The name and port under which phones reach this server."""
        return str(self.settings["join_host"])

    def open(self, *_: str, **__: str) -> None:
        """Welcome the page."""
        if len(self.workshop.visits) >= self.most():
            self.close(TRY_AGAIN_LATER)
            return
        self.visit = self.welcome()
        self._clock = PeriodicCallback(self.look, LOOK_MILLISECONDS)
        self._clock.start()
        self.look()

    def on_message(self, message: str | bytes) -> None:
        """Do what the page asks; what is no message of our page has no effect."""
        if self.visit is None:
            return
        if not self._allowance.take():
            self.close(AGAINST_THE_RULES)
            self.on_close()
            return
        try:
            content = json.loads(message)
        except (ValueError, RecursionError):
            content = None
        self.visit.receive(content)
        self.look()

    def look(self) -> None:
        """Send what is new, unless the last message is still on its way; now and then a sign of life."""
        if self.visit is None or (self._sending is not None and not self._sending.done()):
            return
        news = self.visit.news()
        if news or time.monotonic() - self._sent_at > SIGN_OF_LIFE_SECONDS:
            self._sent_at = time.monotonic()
            self._sending = asyncio.ensure_future(self._send(json.dumps(news, ensure_ascii=False)))

    async def _send(self, text: str) -> None:
        with contextlib.suppress(WebSocketClosedError):  # the page was closed meanwhile
            await self.write_message(text)

    def on_close(self) -> None:
        """Let the page go."""
        if self.visit is not None:
            self._clock.stop()
            self.workshop.leave(self.visit)
            self.visit = None


class LeadSocket(Socket):
    """The facilitator's page."""

    def prepare(self) -> None:
        """Refuse who is not the facilitator."""
        super().prepare()
        if not self.is_lead():
            raise Refused(403, "lead")


class TableSocket(Socket):
    """A table's page."""

    def prepare(self) -> None:
        """Refuse a page without a token, and too many from one address."""
        super().prepare()
        self._token = self.get_cookie(TABLE_COOKIE, "") or ""
        if not 10 <= len(self._token) <= 100:
            raise Refused(403, "code")

    def most(self) -> int:
        """Some connections are the facilitator's."""
        crowded = self.application.tables_from[str(self.request.remote_ip)] >= MOST_FROM_ONE_ADDRESS
        return 0 if crowded else MOST_CONNECTIONS - KEPT_FOR_LEADS

    def welcome(self) -> TableVisit:
        """Begin a table's visit."""
        self.application.tables_from[str(self.request.remote_ip)] += 1
        return self.workshop.table_visit(self._token)

    def on_close(self) -> None:
        """Let the table's page go."""
        if self.visit is not None:
            self.application.tables_from[str(self.request.remote_ip)] -= 1
        super().on_close()


def application(workshop: Workshop, address: str, port: int, join_host: str = "") -> Guarded:
    """The workshop as a web application for this address and port; phones reach it at `join_host`."""
    given = {"workshop": workshop}
    names = "|".join(name.replace(".", r"\.") for name in FILES)
    handlers: list[Any] = [(rf"/({names})", File, given)]
    if workshop.room.door is None:
        handlers += [(r"/", Lead, given), (r"/socket", LeadSocket, given)]
    else:
        room = r"/r/(?P<code>[^/]{1,40})"
        handlers += [(room, Gate, given), (room + "/", Join, given), (room + "/socket", TableSocket, given),
                     (room + "/lead/", Lead, given), (room + "/lead/socket", LeadSocket, given)]
    made = Guarded(own_hosts(address, port), handlers, workshop)
    made.settings["join_host"] = join_host or f"{address}:{port}"
    return made


def serve(workshop: Workshop, *, address: str, port: int, started: Callable[[], object],
          join_host: str = "") -> signal.Signals:
    """Serve until Ctrl-C or `kill`, and return which it was; no worker is left then.

    `started` is called when pages can be opened. Raises OSError if the port cannot be had.
    """
    return asyncio.run(_serve(workshop, address, port, started, join_host))


async def _serve(workshop: Workshop, address: str, port: int, started: Callable[[], object],
                 join_host: str) -> signal.Signals:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[signal.Signals] = loop.create_future()

    def end(number: int) -> None:
        if not ended.done():
            ended.set_result(signal.Signals(number))

    def stop(number: int, _: FrameType | None) -> None:
        loop.call_soon_threadsafe(end, number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    workshop.desk.start()
    try:
        server = application(workshop, address, port, join_host).listen(port, address)
        try:
            started()
            return await ended
        finally:
            server.stop()
            await server.close_all_connections()
    finally:
        workshop.desk.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
