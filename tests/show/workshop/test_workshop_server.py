"""The workshop's server: it answers under its own names only, to its own page only, and to a limited number."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket

import pytest

pytest.importorskip("tornado", reason="tornado is not installed: the server was not tried")

from tornado.httpclient import AsyncHTTPClient, HTTPRequest  # noqa: E402
from tornado.httpserver import HTTPServer  # noqa: E402
from tornado.testing import bind_unused_port  # noqa: E402
from tornado.websocket import websocket_connect  # noqa: E402

from simlead.show.workshop import server  # noqa: E402
from simlead.show.workshop.app import Workshop  # noqa: E402

FOREIGN = ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost:{port}.evil.example",
           "127.1:{port}", "", "127.0.0.1:{port}, evil.example", "user@127.0.0.1:{port}"]
OWN = ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"]


def against_server(test, workshop=None):
    """Run a coroutine function (port) against a server on a free port."""
    async def run():
        listening, port = bind_unused_port()
        running = HTTPServer(server.application(workshop or Workshop(workers=1), "127.0.0.1", port))
        running.add_socket(listening)
        try:
            return await asyncio.wait_for(test(port), 60)
        finally:
            running.stop()
            await running.close_all_connections()

    return asyncio.run(run())


async def status(port, path="/", **headers):
    request = HTTPRequest(f"http://127.0.0.1:{port}{path}", headers=headers, follow_redirects=False)
    return (await AsyncHTTPClient().fetch(request, raise_error=False)).code


async def handshake(port, host, origin, path="/socket", *headers):
    """The status of a request to open the WebSocket, as a browser would send it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: Upgrade", "Upgrade: websocket",
             "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
             *([f"Origin: {origin}"] if origin else []), "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await reader.readline()
    writer.close()
    return int(answer.split()[1])


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_refused_on_every_path_and_on_the_socket(host):
    async def test(port):
        named = host.format(port=port)
        for path in ("/", "/page.js", "/page.css", "/connection.js", "/socket", "/nothing"):
            assert await status(port, path, Host=named, Origin=f"http://{named}") >= 400
        assert await handshake(port, named, f"http://{named}") >= 400

    against_server(test)


@pytest.mark.parametrize("host", OWN)
def test_the_own_names_are_answered(host):
    async def test(port):
        named = host.format(port=port)
        assert await status(port, Host=named) == 200
        assert await handshake(port, named, f"http://{named}") == 101

    against_server(test)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1:{port}",
                                    "http://localhost:{port}"])
def test_a_foreign_page_cannot_open_the_socket(origin):
    async def test(port):
        assert await handshake(port, f"127.0.0.1:{port}", origin.format(port=port)) == 403

    against_server(test)


def test_two_host_headers_are_refused():
    async def test(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n".encode())
        answer = await reader.readline()
        writer.close()
        return int(answer.split()[1])

    assert against_server(test) >= 400


def test_port_80_needs_no_number():
    assert "localhost" in server.own_hosts("127.0.0.1", 80) and "localhost" not in server.own_hosts("127.0.0.1", 8080)
    assert f"{socket.gethostname().lower()}:5006" in server.own_hosts("0.0.0.0", 5006)


def test_the_page_loads_only_what_this_server_has():
    async def test(port):
        answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/?language=fa")
        text = answer.body.decode()
        assert 'lang="fa" dir="rtl"' in text and "http" not in text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert {await status(port, f"/{name}") for name in server.FILES} == {200}
        for path in ("/app.py", "/page.js/..", "/../server.py", "/%2e%2e/keep.py", "/static/x"):
            assert await status(port, path) == 404

    against_server(test)


@contextlib.asynccontextmanager
async def connected(port, query=""):
    connection = await websocket_connect(f"ws://127.0.0.1:{port}/socket{query}")
    try:
        yield connection
    finally:
        connection.close()
        while connection.close_code is None and await connection.read_message() is not None:
            pass


async def news(connection):
    return json.loads(await asyncio.wait_for(connection.read_message(), 30))


def test_a_visitor_is_shown_the_workshop_and_what_they_do():
    workshop = Workshop(workers=1)

    async def test(port):
        async with connected(port, "?language=fa") as visitor:
            assert (await news(visitor))["seen"]["direction"] == "rtl"
            lever = {"do": "lever", "key": "coaching", "value": 50, "count": 3}
            for message in ("no JSON", "[" * 9_000, json.dumps(lever)):
                await visitor.write_message(message)
            while (now := (await news(visitor))["seen"])["received"] < 3:
                pass
            assert now["levers"][0]["value"] == 50
        while workshop.visits:
            await asyncio.sleep(0)

    against_server(test, workshop)


def test_a_long_message_and_one_visitor_too_many_are_turned_away(monkeypatch):
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 1)

    async def test(port):
        async with connected(port) as first, connected(port) as second:
            await news(first)
            assert await second.read_message() is None and second.close_code == server.TRY_AGAIN_LATER
            await first.write_message("x" * 20_000)
            while first.close_code is None and await first.read_message() is not None:
                pass
            assert first.close_code == 1009

    against_server(test)
