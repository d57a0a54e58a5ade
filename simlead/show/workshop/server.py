"""The workshop's web server: one page, one WebSocket for each visitor, and no request under a foreign name."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import signal
import socket
from collections.abc import Callable
from html import escape
from importlib.resources import files
from types import FrameType
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.ioloop import PeriodicCallback
from tornado.web import Application, ErrorHandler, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from simlead.show.language import direction, language, say, using
from simlead.show.workshop.app import Visit, Workshop

LOOK_MILLISECONDS = 100
"""How often a visit looks for something new to show."""

LARGEST_MESSAGE_BYTES = 10_000
"""A page sends far less; a longer message closes its connection."""

MOST_VISITORS = 200
"""Connections at once; one more is turned away."""

TRY_AGAIN_LATER = 1013  # a WebSocket's closing code

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
</head>
<body data-lost="{lost}"><script type="module" src="page.js"></script></body>
</html>
"""

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws://{host}; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
"""What the page may load: its own script and style, and its own socket."""


class Guarded(Application):
    """An application that answers only requests made under one of its own names, by its own page.

    A page elsewhere can let its name point to this machine (DNS rebinding); its requests then
    arrive here with that name as Host. A page can also open a WebSocket to any address; the
    request then names that page as Origin. Both are refused, on every path and on the socket.
    """

    def __init__(self, hosts: frozenset[str], handlers: list[Any]) -> None:
        super().__init__(handlers, log_function=lambda _: None, websocket_max_message_size=LARGEST_MESSAGE_BYTES)
        self.hosts = hosts

    def find_handler(self, request: HTTPServerRequest, **rest: Any) -> Any:
        """Choose what answers a request."""
        named = request.headers.get_list("Host")
        if len(named) != 1 or named[0].lower() not in self.hosts:
            return self.get_handler_delegate(request, ErrorHandler, {"status_code": 421})
        if request.headers.get("Origin", f"http://{named[0]}") != f"http://{named[0]}":
            return self.get_handler_delegate(request, ErrorHandler, {"status_code": 403})
        return super().find_handler(request, **rest)


class Page(RequestHandler):
    """The page, its script and its style."""

    def initialize(self, workshop: Workshop) -> None:
        """Take over the workshop."""
        self.workshop = workshop

    def get(self, name: str = "") -> None:
        """Answer with one of the three files."""
        self.set_header("Content-Security-Policy", POLICY.format(host=self.request.host))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        if name:
            self.set_header("Content-Type", "text/javascript" if name.endswith(".js") else "text/css")
            self.write(files("simlead.show.workshop").joinpath(name).read_bytes())
            return
        with using(self.workshop.language_of(self.get_query_argument("language", None))):
            self.write(PAGE.format(language=language(), direction=direction(), title=escape(say("workshop.title")),
                                   lost=escape(say("workshop.actions.lost"))))


class Socket(WebSocketHandler):
    """One visitor: what they do comes in, what they see goes out."""

    def initialize(self, workshop: Workshop) -> None:
        """Take over the workshop."""
        self.workshop = workshop
        self.visit: Visit | None = None
        self._sending: asyncio.Future[None] | None = None

    def open(self, *_: str, **__: str) -> None:
        """Welcome the visitor."""
        if len(self.workshop.visits) >= MOST_VISITORS:
            self.close(TRY_AGAIN_LATER)
            return
        self.visit = self.workshop.visit(self.get_query_argument("language", None))
        self._clock = PeriodicCallback(self.look, LOOK_MILLISECONDS)
        self._clock.start()
        self.look()

    def on_message(self, message: str | bytes) -> None:
        """Do what the page asks; what is no message of our page has no effect."""
        if self.visit is not None:
            try:
                content = json.loads(message)
            except (ValueError, RecursionError):
                content = None
            self.visit.receive(content)
            self.look()

    def look(self) -> None:
        """Send what is new, unless the last message is still on its way."""
        if self.visit is None or (self._sending is not None and not self._sending.done()):
            return
        news = self.visit.news()
        if news:
            self._sending = asyncio.ensure_future(self._send(json.dumps(news, ensure_ascii=False)))

    async def _send(self, text: str) -> None:
        with contextlib.suppress(WebSocketClosedError):  # the page was closed meanwhile
            await self.write_message(text)

    def on_close(self) -> None:
        """Let the visitor go."""
        if self.visit is not None:
            self._clock.stop()
            self.workshop.leave(self.visit)
            self.visit = None


def application(workshop: Workshop, address: str, port: int) -> Guarded:
    """The workshop as a web application for this address and port."""
    given = {"workshop": workshop}
    return Guarded(own_hosts(address, port), [
        (r"/", Page, given), (r"/((?:page|parts|film|months)\.js|page\.css)", Page, given),
        (r"/socket", Socket, given)])


def serve(workshop: Workshop, *, address: str, port: int, started: Callable[[], object]) -> signal.Signals:
    """Serve until Ctrl-C or `kill`, and return which it was; no worker is left then.

    `started` is called when visitors can come. Raises OSError if the port cannot be had.
    """
    return asyncio.run(_serve(workshop, address, port, started))


async def _serve(workshop: Workshop, address: str, port: int, started: Callable[[], object]) -> signal.Signals:
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
        server = application(workshop, address, port).listen(port, address)
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


def free_port(address: str, port: int) -> int | None:
    """The next free port at the address from this one on; None if there is none near."""
    for candidate in range(port, min(port + 50, 65536)):
        if not in_use(address, candidate):
            return candidate
    return None


def in_use(address: str, port: int) -> bool:
    """Whether the port is taken already. Raises OSError for an address that is not this machine's."""
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
    """Whether only this machine can reach a server at the address."""
    return address in ("localhost", "::1") or address.startswith("127.")


LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


def names_of(address: str) -> list[str]:
    """The names under which browsers reach a server that is bound to the address, the best first."""
    own = f"[{address}]" if ":" in address else address
    if own not in ("0.0.0.0", "[::]"):
        return list(dict.fromkeys([own, *LOCAL_NAMES]))
    names = [socket.gethostname(), socket.getfqdn()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system names the address it would use
            names.insert(0, probe.getsockname()[0])
        except OSError:
            pass
    return list(dict.fromkeys([*(name for name in names if name not in ("0.0.0.0", "")), *LOCAL_NAMES]))


def own_hosts(address: str, port: int) -> frozenset[str]:
    """The Host headers that are this server's own; a browser leaves port 80 out."""
    names = {name.lower() for name in names_of(address)}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))
