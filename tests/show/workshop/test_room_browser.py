"""A room in a real browser: phones bet for eight rounds, the server is killed meanwhile, and nothing is lost."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading

import pytest
from test_workshop_browser import (  # noqa: F401
    PATIENCE,
    PHONE,
    PROJECTOR,
    QUICK,
    bet,
    browser,
    look_at,
    move_coaching,
    show,
    wait_until,
    words,
)
from test_workshop_screens import AXE, axe  # noqa: F401

pytestmark = pytest.mark.slow

ENGLISH, PERSIAN = ("Blue owls", "Otters", "The late shift"), ("جغدهای آبی", "میز ۴", "ستارهٔ شمال")
ROUNDS = 8
SMALL = ("--set", "organisation.teams=1", "--set", "organisation.seats_per_team=4")
LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫−", "0123456789.-")


class Server:
    """The workshop's server as a process that can be killed and started again, at one port and with one file."""

    def __init__(self, folder, *arguments):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.arguments = ["workshop", "--port", str(self.port), "--no-browser", "--address", "127.0.0.1",
                          "--keep", str(folder / "room.sqlite"), *arguments]
        self.stated = []
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, "-c", QUICK, *self.arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.guard = threading.Timer(900, self.process.kill)
        self.guard.start()
        self.stated = [self.process.stdout.readline() for _ in range(3 if "--room" in self.arguments else 2)]
        assert "http" in self.stated[0], self.process.stderr.read()

    def end(self, number):
        self.guard.cancel()
        self.process.send_signal(number)
        _, stated = self.process.communicate(timeout=120)
        assert "Traceback" not in stated and "ERROR" not in stated, stated

    def kill_and_start_again(self):
        self.end(signal.SIGKILL)
        self.start()

    def link(self, line=0):
        return re.search(r"http\S+", self.stated[line])[0]


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(*arguments):
        started.append(Server(tmp_path, *arguments))
        return started[-1]

    yield start
    for server in started:
        server.end(signal.SIGINT)


@pytest.fixture
def pages(browser):  # noqa: F811
    """Opens pages, each in a browser of its own; no script of theirs fails."""
    contexts, complaints = [], []

    def open_page(address, size=PROJECTOR):
        context = browser.new_context(viewport=size)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and not (
            re.search("WebSocket|Failed to load resource", message.text)) else None)  # while the server is gone
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def join(phone, name):
    phone.locator("#name").fill(name)
    phone.locator("form button").click()
    phone.locator("form").wait_for(state="hidden")


def bet_by_phone(phone, revenue, coaching, on=50):
    """Bet on a plan for coaching, once the phone shows it."""
    phone.locator(".adrift").wait_for(state="hidden")
    wait_until(phone, lambda: f" {on}\u00a0" in phone.locator(".move").inner_text().translate(LATIN))
    phone.locator(".primary[type=button]").wait_for()
    for which, place in ((0, revenue + 20), (1, coaching)):
        phone.locator("section .slider input").nth(which).evaluate(
            "(one, place) => { one.value = place; one.dispatchEvent(new Event('input')); }", place)
    phone.locator("section .primary").click()
    phone.locator(".placed:not(:empty)").wait_for()


def placed(phone):
    """The two numbers of the bet that a phone says it has placed."""
    text = phone.locator(".placed").inner_text().translate(LATIN).replace("\u200e", "").replace("\u200f", "")
    return [int(number) for number in re.findall(r"[-+]?\d+", re.sub(r"(\d+)([+-])(?=\D|$)", r"\2\1", text))]


def numbers(text):
    """Mean, low and high of a row of the chart, such as "+11 (8 to 13)"."""
    return [float(number) for number in re.findall(r"[-+]?\d+(?:\.\d+)?", text.translate(LATIN))]


def points(bets, row):
    """The rule of the board in the test's own words, from what people read: a row's numbers."""
    mean, low, high = row
    return max(0.0, 10.0 - abs(bets - mean)) + (5.0 if low <= bets <= high else 0.0)


def shown_rows(page):
    """What the wall shows of the current round: mean, low and high of revenue and of coaching."""
    return [numbers(page.locator(f".{which} .row.current .value").inner_text()) for which in ("revenue", "coaching")]


def test_six_phones_bet_for_eight_rounds_and_a_killed_server_loses_nothing(serve, pages):
    server = serve("--room", *SMALL)
    lead = pages(server.link())
    lead.locator(".slider").first.wait_for()
    assert "key" in server.link() and "key" not in lead.url
    names = [*ENGLISH, *PERSIAN]
    phones = [pages(server.link(1), PHONE) for _ in names]
    for phone, name in zip(phones, names, strict=True):
        if name in PERSIAN:
            phone.locator(".languages [lang=fa]").click()
            wait_until(phone, lambda phone=phone: phone.evaluate("document.dir") == "rtl")
        join(phone, name)
    bets = {name: [] for name in names}
    for number in range(ROUNDS):
        if number:
            lead.locator("button.again").click()
        move_coaching(lead, 1)
        for at, (phone, name) in enumerate(zip(phones, names, strict=True)):
            if (number, at) == (2, 3):  # three tables have bet
                server.kill_and_start_again()
                lead.locator(".adrift").first.wait_for(state="hidden")
                wait_until(lead, lambda: "3 of 6" in words(lead, ".bet .hint"))
                wait_until(phones[0], lambda number=number: placed(phones[0]) == list(bets[names[0]][number]))
            if (number, at) == (3, 2):
                phone.reload()
            if (number, at) == (4, 1):  # another page of the same phone
                phone.goto("about:blank")
                phone.go_back()
            if number == 6 and at == 5:
                continue  # this table does not bet in this round
            bets[name].append(((number * 7 + at * 5) % 31 - 8, 15 + (number * 3 + at * 4) % 25))
            bet_by_phone(phone, *bets[name][-1], on=25 + 5 * number)
            assert placed(phone) == list(bets[name][-1])
        if number == 6:
            bets[names[5]].append(None)
        assert lead.locator(".row.current .bet").count() == 0
        lead.locator("button.show:visible").click()
        if number == 5:
            lead.locator("button.again").wait_for()
            server.kill_and_start_again()  # the outcome was asked for, and nothing of it is kept
        lead.locator(".row.current .mean").first.wait_for()
        assert lead.locator(".revenue .row.current .bet").count() > 0
    look_at(lead, "scores")
    lead.locator("thead").wait_for()
    server.kill_and_start_again()
    wait_until(lead, lambda: lead.locator(".adrift").first.is_hidden())
    wait_until(lead, lambda: lead.locator("thead th").count() == 3 + ROUNDS and (
        lead.locator("thead .growing").count() == 0), 3 * PATIENCE / 1000)
    board = {}
    for line in range(len(names)):
        row = lead.locator(".scores tbody tr").nth(line)
        cells = row.locator(".points").all_inner_texts()
        board[row.locator("bdi").inner_text()] = (int(row.locator(".rank").inner_text()), cells,
                                                  float(row.locator(".total").inner_text()))
    look_at(lead, "outcome")
    outcomes = {}
    for number in reversed(range(ROUNDS)):
        wait_until(lead, lambda number=number: f"Round {number + 1} of {ROUNDS}" in lead.locator(".where").inner_text())
        lead.locator(".row.current .mean").first.wait_for()
        outcomes[number] = shown_rows(lead)
        assert lead.locator(".revenue .row.current .move").inner_text() == f"Coaching {25 + 5 * number} %"
        if number:
            lead.locator(".rounds .back").click()
    totals = {}
    for name in names:
        mine = [None if placed_bet is None else sum(
            points(value, row) for value, row in zip(placed_bet, outcomes[number], strict=True))
            for number, placed_bet in enumerate(bets[name])]
        assert board[name][1] == ["–" if one is None else f"{one:.1f}" for one in mine], name
        totals[name] = round(sum(one for one in mine if one is not None), 1)
        assert board[name][2] == totals[name]
    assert {name: 1 + sum(other > total for other in totals.values()) for name, total in totals.items()} == {
        name: rank for name, (rank, _, _) in board.items()}
    for phone, name in zip(phones, names, strict=True):  # each phone says what the wall says
        stated = numbers(phone.locator(".score").inner_text())
        assert totals[name] in stated and board[name][0] in stated


def test_a_phone_reads_why_it_is_refused_and_when_to_try_again(serve, pages, axe):  # noqa: F811
    server = serve("--room", *SMALL)
    phone, stranger = pages(server.link(1), PHONE), pages("about:blank", PHONE)
    phone.locator("#name").wait_for()
    base = server.link(1).partition("/r/")[0]
    for address, status, said in ((f"{base}/r/ABCDEF/", 404, "another room"), (f"{base}/", 404, "scan"),
                                  (f"{server.link(1)}lead/", 403, "facilitator")):
        assert stranger.goto(address).status == status
        assert said in stranger.locator("main").inner_text().lower()
        stranger.evaluate(axe)
        assert [one for one in stranger.evaluate(AXE) if one[0] != "minor"] == []
        assert stranger.evaluate("document.documentElement.scrollHeight") <= PHONE["height"]
    for _ in range(10):
        stranger.goto(f"{base}/r/ABCDEF/")
    assert stranger.goto(server.link(1)).status == 429
    assert re.search(r"Wait \d+ seconds", stranger.locator("main").inner_text())
    server.end(signal.SIGINT)
    server.arguments[server.arguments.index("--keep") + 1] += ".other"
    server.start()  # another room at the same port: the phone asks a few times, and then says so
    phone.locator("h1").filter(has_text="another room").wait_for()


def test_no_state_of_a_phone_has_a_finding_of_axe_above_minor(serve, pages, axe):  # noqa: F811
    server = serve("--room", *SMALL)
    lead, phone = pages(server.link()), pages(server.link(1), PHONE)
    found = {}

    def look(state):
        phone.evaluate(axe)
        found[state] = [one for one in phone.evaluate(AXE) if one[0] != "minor"]

    phone.locator("#name").wait_for()
    look("join")
    phone.locator("form button").click()
    phone.locator(".refusal:not(:empty)").wait_for()
    look("refused")
    join(phone, ENGLISH[0])
    look("wait")
    lead.locator(".slider").first.wait_for()
    for number in range(2):
        if number:
            lead.locator("button.again").click()
        move_coaching(lead, 1)
        wait_until(phone, lambda number=number: f" {25 + 5 * number}\u00a0" in phone.locator(".move").inner_text())
        look(f"bet {number}")
        bet_by_phone(phone, 5, 20, on=25 + 5 * number)
        look(f"bet placed {number}")
        lead.locator("button.show:visible").click()
        phone.locator(".outcome li").nth(1).wait_for()
        wait_until(phone, lambda number=number: f"Round {number + 1}" in phone.locator(".score").inner_text())
        look(f"score {number}")
    assert {state: said for state, said in found.items() if said} == {}


def seen(page):
    """What people did, as the page has it."""
    return {
        "levers": page.locator(".controls > div .slider output").all_inner_texts(),
        "bets": page.locator(".placed li").all_inner_texts(), "round": page.locator(".where").inner_text(),
        "rows": page.locator(".revenue .row .move").all_inner_texts(), "firm": page.locator(".firm-line").inner_text(),
        "pinned": page.locator(".pin[aria-pressed=true]").count()}


def test_reload_back_a_lost_connection_and_a_restart_lose_nothing(serve, pages):
    server = serve()
    sockets = []

    def routed(one):
        sockets.append(one)
        one.connect_to_server()

    page = pages("about:blank")
    page.route_web_socket(re.compile("/socket"), routed)
    page.goto(server.link())
    look_at(page, "firm")
    page.locator(".field input").first.fill("2")
    page.locator(".firm button").click()
    page.locator(".empty").wait_for()
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    page.locator(".pin").first.click()
    page.locator("button.again").click()
    move_coaching(page, 2)
    page.locator(".place:enabled").wait_for()
    bet(page, 4)
    before = seen(page)
    assert before["bets"] == ["\u2068A\u2069: +14 %, 20 %"] and before["round"] == "Round 2" and before["pinned"] == 1
    assert before["levers"][0] == "60 %" and "16 reps in 2 teams" in before["firm"]

    def back():
        page.goto("about:blank")
        page.go_back()

    def lost():
        count = len(sockets)
        sockets[-1].close(code=3000)
        page.locator(".adrift").first.wait_for()
        wait_until(page, lambda: len(sockets) > count)

    def restart(number):
        server.end(number)
        page.locator(".adrift").first.wait_for()
        assert page.locator(".columns").evaluate("one => one.inert")
        server.start()

    # The connection is lost first, while the page still knows of the moves it sent over it.
    for trouble in (lost, page.reload, back, lambda: restart(signal.SIGKILL), lambda: restart(signal.SIGTERM),
                    lambda: restart(signal.SIGINT)):
        trouble()
        page.locator(".adrift").first.wait_for(state="hidden")
        page.locator(".placed li").first.wait_for()
        wait_until(page, lambda: seen(page) == before)
        assert page.locator(".main.stale").count() == 0, "what is shown is of the levers as they stand"
    page.locator(".rounds .undo").click()  # the bet that was typed, and then the step that moved the lever
    wait_until(page, lambda: seen(page)["bets"] == [])
    assert seen(page)["levers"][0] == "60 %"
    page.locator(".rounds .undo").click()
    wait_until(page, lambda: seen(page)["levers"][0] != "60 %")


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}], ids=["390", "320"])
def test_a_phone_needs_no_scrolling_sideways_in_any_language(serve, pages, size):
    server = serve("--room", "--language", "fa")
    lead, phone = pages(server.link()), pages(server.link(1), size)

    def check():
        assert phone.evaluate("document.documentElement.scrollWidth") <= size["width"]
        low = phone.evaluate("""() => [...document.querySelectorAll('button, input')].filter((one) =>
            one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)""")
        assert low == []
        assert phone.locator("main").inner_text().strip()

    phone.locator("#name").wait_for()
    assert phone.evaluate("[document.documentElement.lang, document.dir]") == ["fa", "rtl"]
    check()
    phone.locator("#name").fill("<b>")
    phone.locator("form button").click()
    phone.locator(".refusal:not(:empty)").wait_for()
    check()
    join(phone, "م" * 24)
    lead.locator(".slider").first.wait_for()
    move_coaching(lead)
    bet_by_phone(phone, 12, 30)
    check()
    assert not re.search("[0-9]", phone.locator(".content").inner_text())
    lead.locator("button.show:visible").click()
    phone.locator(".outcome li").nth(1).wait_for()
    wait_until(phone, lambda: "امتیاز" in phone.locator(".score").inner_text())
    check()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_wall_of_a_room_fits_a_projector(serve, pages, language):
    server = serve("--room", "--language", language)
    lead = pages(server.link())
    lead.locator(".slider").first.wait_for()

    def fits():
        assert lead.evaluate("document.documentElement.scrollHeight") <= PROJECTOR["height"]
        assert lead.evaluate("document.documentElement.scrollWidth") <= PROJECTOR["width"]

    look_at(lead, "scores")
    lead.locator(".join img").wait_for()
    fits()
    phones = [pages(server.link(1), PHONE) for _ in range(6)]
    for number, phone in enumerate(phones):
        join(phone, f"{'میز' if language == 'fa' else 'Table'} {number + 1}")
    wait_until(lead, lambda: lead.locator(".tables li").count() == 6)
    fits()
    look_at(lead, "outcome")
    move_coaching(lead)
    for number, phone in enumerate(phones):
        bet_by_phone(phone, 2 * number, 20 + number)
    fits()
    lead.locator("button.show:visible").click()
    lead.locator(".row.current .mean").first.wait_for()
    lead.locator(".row.current .bet").first.wait_for()
    fits()
    lead.wait_for_timeout(900)  # until they have fallen
    boxes = lead.locator(".revenue .row.current .bet").evaluate_all(  # at once: pairs that come draw them anew
        "(bets) => bets.map((bet) => bet.getBoundingClientRect().toJSON())")
    assert len(boxes) == 6
    for place, one in enumerate(boxes):
        for other in boxes[place + 1:]:
            apart = one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1
            assert apart or abs(one["y"] - other["y"]) >= one["height"] - 1
    look_at(lead, "scores")
    lead.locator(".scores").wait_for()
    fits()
