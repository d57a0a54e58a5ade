"""A room that is open to the network: its code, the facilitator's secret, tables' tokens, and limits on all of them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import re
from html import unescape

import pytest

pytest.importorskip("tornado", reason="tornado is not installed: the server was not tried")

from test_workshop_server import FOREIGN, against_server, handshake, news, status  # noqa: E402
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest  # noqa: E402
from tornado.websocket import websocket_connect  # noqa: E402

from simlead.show.language import LANGUAGES, catalogue  # noqa: E402
from simlead.show.workshop import server  # noqa: E402
from simlead.show.workshop.app import Workshop  # noqa: E402
from simlead.show.workshop.limits import BURST, WITHIN_SECONDS, WRONG_CODES  # noqa: E402

TOKEN = "a token of a table"


def opened():
    workshop = Workshop(workers=1)
    workshop.open(network=True)
    return workshop, workshop.room.door


def cookie(door=None, token=TOKEN):
    return f"{server.LEAD_COOKIE}={door.secret}" if door is not None else f"{server.TABLE_COOKIE}={token}"


@contextlib.asynccontextmanager
async def page(port, path, cookies):
    request = HTTPRequest(f"ws://127.0.0.1:{port}{path}socket", headers={"Cookie": cookies})
    connection = await websocket_connect(request)
    try:
        yield connection
    finally:
        connection.close()
        while connection.close_code is None and await connection.read_message() is not None:
            pass


async def answered(port, path, **given):
    request = HTTPRequest(f"http://127.0.0.1:{port}{path}", **given)
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def refused(port, path, cookies=""):
    """The number with which a socket is refused."""
    with pytest.raises(HTTPClientError) as failure:
        async with page(port, path, cookies):
            pass
    return failure.value.code


async def until(connection, is_there):
    """The first news for which this holds."""
    while not is_there(now := await news(connection)):
        pass
    return now


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_refused_on_every_path_of_a_room(host):
    workshop, door = opened()

    async def test(port):
        named = host.format(port=port)
        for path in (door.path, door.path[:-1], door.path + "socket", door.lead_path, door.lead_path + "socket",
                     f"{door.lead_path}?key={door.secret}", "/table.js", "/room.css"):
            assert await status(port, path, Host=named, Origin=f"http://{named}", Cookie=cookie(door)) >= 400
            assert await handshake(port, named, f"http://{named}", path) >= 400

    against_server(test, workshop)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:{port}"])
def test_a_foreign_page_opens_no_socket_of_a_room(origin):
    workshop, door = opened()

    async def test(port):
        for path in (door.path, door.lead_path):
            headers = f"Cookie: {cookie(door)}; {cookie()}"
            assert await handshake(port, f"127.0.0.1:{port}", origin.format(port=port), path + "socket", headers) == 403

    against_server(test, workshop)


def test_without_a_room_there_is_no_door_and_with_one_no_other():
    workshop, door = opened()

    async def inside(port):
        for path in ("/", "/socket", "/lead/", "/r/", "/r//", "/r//lead/"):
            assert await status(port, path, Cookie=cookie(door)) == 404
        assert await status(port, door.path) == 200

    async def outside(port):
        for path in (door.path, door.lead_path):
            assert await status(port, path) == 404

    against_server(inside, workshop)
    against_server(outside)


def test_a_wrong_code_opens_nothing_and_many_are_not_answered():
    workshop, door = opened()

    async def test(port):
        for number in range(WRONG_CODES):
            path = f"/r/{'ABCDEFGHJK'[number]}ZZZZZ/"
            assert await status(port, path + ("lead/" if number % 2 else "")) == 404
        for path in (door.path, door.lead_path, "/r/ZZZZZZ/"):
            assert await status(port, path) == 429
        assert await refused(port, door.path, cookie()) == 429
        answer = await answered(port, f"{door.path}?language=en")
        (seconds,) = re.findall(r"Wait (\d+) seconds", answer.body.decode())
        assert 0 < int(seconds) <= WITHIN_SECONDS and answer.headers["Retry-After"] == seconds

    against_server(test, workshop)


def test_wrong_codes_of_a_neighbour_bar_no_table_that_is_in_the_room_nor_the_facilitator():
    workshop, door = opened()
    workshop.room.act_at(server.table_key(TOKEN), {"do": "name", "value": "Owls"})

    async def test(port):
        for _ in range(WRONG_CODES):
            assert await status(port, "/r/ZZZZZZ/") == 404
        async with page(port, door.path, cookie()) as table, page(port, door.lead_path, cookie(door)) as lead:
            assert (await news(table))["name"] == "Owls" and "seen" in await news(lead)
        for path, cookies in ((door.path, ""), (door.path, cookie(token="a token of no table")),
                              ("/r/ZZZZZZ/", cookie()), ("/r/ZZZZZZ/lead/", cookie(door))):
            assert await refused(port, path, cookies) == 429
        assert await status(port, f"{door.lead_path}?key=guess", Cookie=cookie()) == 429

    against_server(test, workshop)


def test_a_link_typed_without_capitals_leads_to_the_one_whose_cookies_are_sent():
    workshop, door = opened()

    async def test(port):
        for path in (door.path, door.lead_path):
            small = path.replace(door.code, door.code.lower())
            answer = await answered(port, f"{small}?language=fa", follow_redirects=False)
            assert answer.code == 302 and answer.headers["Location"].partition("?")[0] == path

    against_server(test, workshop)


def test_codes_differ_and_are_read_aloud_without_doubt():
    codes = {opened()[1].code for _ in range(50)}
    assert len(codes) == 50 and all(re.fullmatch("[A-HJ-NP-RT-Z]{6}", code) for code in codes)


def test_the_secret_of_the_terminals_link_becomes_a_cookie_and_leaves_the_address():
    workshop, door = opened()

    async def test(port):
        request = HTTPRequest(f"http://127.0.0.1:{port}{door.lead_path}?key={door.secret}", follow_redirects=False)
        answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        assert (answer.code, answer.headers["Location"]) == (302, door.lead_path)
        given = answer.headers["Set-Cookie"]
        assert all(word in given for word in ("HttpOnly", "SameSite=Lax", f"Path={door.lead_path}", door.secret))
        assert await status(port, door.lead_path, Cookie=given.partition(";")[0]) == 200
        for headers in ({}, {"Cookie": cookie()}, {"Cookie": f"{server.LEAD_COOKIE}=guess"}):
            assert await status(port, door.lead_path, **headers) == 403
        assert await status(port, f"{door.lead_path}?key=guess") == 403
        page = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}{door.path}")
        assert door.secret not in page.body.decode() + str(list(page.headers.get_all()))

    against_server(test, workshop)


def test_the_lead_link_keeps_the_language_that_it_asks_for():
    workshop, door = opened()

    async def test(port):
        for asked, kept in (("fa", "?language=fa"), ("tlh", "")):
            address = f"http://127.0.0.1:{port}{door.lead_path}?key={door.secret}&language={asked}"
            answer = await AsyncHTTPClient().fetch(HTTPRequest(address, follow_redirects=False), raise_error=False)
            assert answer.headers["Location"] == door.lead_path + kept

    against_server(test, workshop)


@pytest.mark.parametrize(("path", "host", "status", "reason"), [
    ("/r/ZZZZZZ/", "", 404, "code"), ("/", "", 404, "code"), ("{lead}", "", 403, "lead"),
    ("{lead}?key=guess", "", 403, "lead"), ("/", "evil.example", 421, "name")])
def test_who_is_refused_reads_what_happened_and_what_to_do(path, host, status, reason):
    workshop, door = opened()

    async def test(port):
        address = path.format(lead=door.lead_path)
        for asked, languages in (("", ("en", "fa")), ("en", ("en",)), ("fa", ("fa",)), ("%FF", ("en", "fa"))):
            page = await answered(port, f"{address}{'&' if '?' in address else '?'}language={asked}",
                                  headers={"Host": host} if host else {})
            words = unescape(page.body.decode())
            for code in LANGUAGES:
                for part in ("what", "do"):
                    assert (catalogue(code)[f"room.refused.{reason}.{part}"] in words) == (code in languages)
            assert page.code == status and door.secret not in words and door.code not in words
            (style,) = re.findall("<style>(.*)</style>", words, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert f"style-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]

    against_server(test, workshop)


def test_a_refused_table_reads_its_own_language():
    workshop, door = opened()

    async def test(port):
        async with page(port, door.path, cookie()) as phone:
            await phone.write_message(json.dumps({"do": "language", "value": "fa"}))
            await until(phone, lambda now: now["language"] == "fa")
            answer = await answered(port, f"{door.path}lead/", headers={"Cookie": cookie()})
        assert 'lang="fa"' in answer.body.decode() and 'lang="en"' not in answer.body.decode()

    against_server(test, workshop)


def test_a_phone_cannot_open_the_facilitators_socket_nor_do_what_they_do():
    workshop, door = opened()

    async def test(port):
        assert await refused(port, door.lead_path, cookie()) == 403
        assert await refused(port, door.path) == 403  # a page of ours has a token
        async with page(port, door.path, cookie()) as phone, page(port, door.lead_path, cookie(door)) as lead:
            assert (await news(phone))["stage"] == "name"
            for message in ({"do": "lever", "key": "coaching", "value": 50}, {"do": "show"}, {"do": "anew"},
                            {"do": "name", "value": "Owls"}):
                await phone.write_message(json.dumps(message))
            await until(phone, lambda now: now.get("name") == "Owls")
            assert workshop.room.session.move.coaching == 20
            await lead.write_message(json.dumps({"do": "lever", "key": "coaching", "value": 50}))
            now = await until(phone, lambda now: now.get("stage") == "bet")
            await phone.write_message(json.dumps({"do": "bet", "on": now["on"], "revenue": 7, "coaching": 30}))
            await until(phone, lambda now: "+7 %" in now["bet"]["placed"])
            seen = await until(lead, lambda now: now.get("seen", {}).get("bet", {}).get("placed"))
            assert seen["seen"]["bet"]["placed"] == ["\u2068OW\u2069 ✓"]

    against_server(test, workshop)


def test_a_phone_that_was_lost_comes_back_as_the_same_table():
    workshop, door = opened()

    async def test(port):
        async with page(port, door.path, cookie()) as phone:
            await phone.write_message(json.dumps({"do": "name", "value": "Owls"}))
            await until(phone, lambda now: now.get("name") == "Owls")
        async with page(port, door.path, cookie()) as phone:
            assert (await news(phone))["name"] == "Owls"
        async with page(port, door.path, cookie(token="another token")) as phone:
            assert (await news(phone))["name"] == ""
        request = HTTPRequest(f"http://127.0.0.1:{port}{door.path}", headers={"Cookie": cookie()})
        assert "Set-Cookie" not in (await AsyncHTTPClient().fetch(request)).headers

    against_server(test, workshop)


@pytest.mark.parametrize("flood", [
    {"do": "export"}, {"do": "picture"}, {"do": "preset", "key": []}, {"do": "lever", "key": "beliefs", "value": []},
    {"do": "bet", "revenue": 1, "coaching": 2}, {"do": "undo"}, "no JSON", [[[]]]], ids=str)
def test_a_flood_ends_its_own_connection_and_nothing_else(flood, capfd):
    workshop, door = opened()

    async def test(port):
        async with page(port, door.lead_path, cookie(door)) as lead, page(port, door.path, cookie()) as phone, \
                page(port, door.path, cookie(token="token of the flood")) as other:
            for one, allowed in ((lead, BURST), (other, BURST)):
                for _ in range(800):
                    with contextlib.suppress(Exception):  # it may be closed by then
                        await one.write_message(flood if isinstance(flood, str) else json.dumps(flood))
                while one.close_code is None and await one.read_message() is not None:
                    pass
                assert one.close_code == server.AGAINST_THE_RULES and allowed < 800
            assert len(workshop.room.session._files_wanted) <= 4
            await phone.write_message(json.dumps({"do": "name", "value": "Owls"}))
            await until(phone, lambda now: now.get("name") == "Owls")
        while workshop.visits:
            await asyncio.sleep(0)

    against_server(test, workshop)
    assert capfd.readouterr().err == ""


def test_phones_leave_room_for_the_facilitator_and_one_address_has_an_end(monkeypatch):
    workshop, door = opened()
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(server, "KEPT_FOR_LEADS", 1)

    async def test(port):
        async with page(port, door.path, cookie(token="token number 1")) as one, \
                page(port, door.path, cookie(token="token number 2")) as two:
            assert await news(one) and await news(two)
            async with page(port, door.path, cookie(token="token number 3")) as three:
                assert await three.read_message() is None and three.close_code == server.TRY_AGAIN_LATER
            async with page(port, door.lead_path, cookie(door)) as lead:
                assert (await news(lead))["seen"]["room"]["join"]["address"].endswith(door.path)
            monkeypatch.setattr(server, "MOST_CONNECTIONS", 30)
            monkeypatch.setattr(server, "MOST_FROM_ONE_ADDRESS", 2)
            async with page(port, door.path, cookie(token="token number 3")) as three:
                assert await three.read_message() is None and three.close_code == server.TRY_AGAIN_LATER

    against_server(test, workshop)


def test_the_wall_has_the_address_as_a_picture_of_its_own():
    workshop, door = opened()

    async def test(port):
        async with page(port, door.lead_path, cookie(door)) as lead:
            join = (await news(lead))["seen"]["room"]["join"]
        assert join["qr"].startswith("data:image/svg+xml") and door.secret not in json.dumps(join)
        assert join["address"] == f"http://127.0.0.1:{port}{door.path}"

    against_server(test, workshop)
