"""The workshop in a real browser: levers by keyboard, bets, pictures, both languages, projector and phone."""

from __future__ import annotations

import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simlead.show.workshop.session import VIEWS

pytestmark = pytest.mark.slow

PROJECTOR, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
PATIENCE = 60_000  # milliseconds; nothing here is asserted on time


QUICK = """
import runpy
import simlead.study.growing.experiment, simlead.study.answers.growing, simlead.study.trial.growing
simlead.study.growing.experiment.PAIRS = 8
simlead.study.answers.growing.WORLDS = 16
simlead.study.trial.growing.REPLICATIONS = 2
runpy.run_module("simlead.cli", run_name="__main__")
"""
"""A workshop of few pairs and worlds, for what comes after all of them."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    yield from served(tmp_path_factory, "-m", "simlead.cli")


@pytest.fixture(scope="module")
def quick_address(tmp_path_factory):
    yield from served(tmp_path_factory, "-c", QUICK)


def served(folders, *how):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *how, "workshop", "--port", str(port), "--no-browser",
         "--keep", str(folders.mktemp("kept") / "room.sqlite")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    guard = threading.Timer(900, process.kill)  # should a test hang, nothing is left behind
    guard.start()
    line = process.stdout.readline()
    assert f"http://127.0.0.1:{port}/" in line, process.stderr.read()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        guard.cancel()
        process.send_signal(signal.SIGINT)
        _, stated = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in stated and "WARN" not in stated and "ERROR" not in stated, stated


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium found (Debian: apt-get install chromium): the workshop's page was not tried")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install playwright): the page was not tried")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser, request):
    """Opens pages of a room that begins anew; at the end nothing had left the machine and nothing had complained."""
    contexts, strangers, complaints = [], [], []

    def open_page(size=PROJECTOR, language="en", at="address"):
        address = request.getfixturevalue(at)
        context = browser.new_context(viewport=size, accept_downloads=True)
        contexts.append(context)

        def guard(route):
            if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
                route.continue_()
            else:
                strangers.append(route.request.url)
                route.abort()

        context.route("**/*", guard)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("websocket", lambda socket: strangers.append(socket.url)
                if urlsplit(socket.url).hostname not in ("127.0.0.1", "localhost") else None)
        page.goto(f"{address}?language={language}")
        page.locator(".slider").first.wait_for()
        if len(contexts) == 1:
            begin_anew(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == []
    assert complaints == []


def begin_anew(page):
    """The room is another test's no more."""
    page.once("dialog", lambda dialog: dialog.accept())
    look_at(page, "scores")
    page.locator(".under > button").click()
    page.locator(".figures").wait_for()


def lever(page, number):
    return page.locator(".controls > div .slider input").nth(number)


def move_coaching(page, steps=6):
    lever(page, 0).focus()
    for _ in range(steps):
        page.keyboard.press("ArrowLeft" if page.evaluate("document.dir") == "rtl" else "ArrowRight")


def bet(page, steps=10):
    page.locator(".bet .slider input").first.focus()
    for _ in range(steps):
        page.keyboard.press("ArrowUp")
    page.locator(".place").click()
    page.locator(".placed li").first.wait_for()


def look_at(page, view):
    page.locator(f".tabs button[data-view={view}]").click()


def show(page):
    page.locator("button.show:visible").click()
    page.locator(".row.current .mean").first.wait_for()


def pairs(page):
    """How many pairs the page says it has seen."""
    found = re.match(r"(\d+) (?:of|matched)", page.locator(".status").inner_text())
    return int(found.group(1)) if found else 0


def words(page, selector):
    """A text as it is read; what keeps a number and its unit on one line is a blank like any other."""
    return page.locator(selector).inner_text().replace("\N{NO-BREAK SPACE}", " ")


def width_of_interval(page):
    return page.locator(".revenue .row.current .interval").evaluate("one => parseFloat(one.style.width)")


def wait_until(page, condition, seconds=PATIENCE / 1000):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def test_a_room_bets_before_it_sees_and_the_interval_tightens(visit):
    page = visit()
    assert page.locator(".track .mean").count() == 0 and page.locator(".place").is_disabled()
    move_coaching(page)
    assert lever(page, 0).get_attribute("aria-valuetext") == "50 %"
    page.locator(".place:enabled").wait_for()
    assert page.locator("button.show").first.is_disabled()
    page.wait_for_timeout(1500)  # it is simulated meanwhile, and still hidden
    assert page.locator(".track .mean").count() == 0 and page.locator(".figures strong").first.inner_text() == "–"
    bet(page)
    assert page.locator(".placed li").inner_text() == "\u2068A\u2069: +10 %, 20 %"
    show(page)
    wait_until(page, lambda: pairs(page) >= 8)
    early = width_of_interval(page)
    assert page.locator(".revenue .row.current .bet").count() == 1
    assert "Bet \u2068A\u2069, +10 % revenue" in words(page, ".comments")
    assert "95 % interval" in words(page, ".finding")
    wait_until(page, lambda: pairs(page) >= 24)
    assert 0 < width_of_interval(page) < early


def test_a_move_by_keyboard_changes_the_numbers(visit):
    page = visit()
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    before = page.locator(".row.current .move").first.inner_text()
    lever(page, 1).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    wait_until(page, lambda: "clarity 90 %" in page.locator(".finding ~ .stage").inner_text())
    page.locator(".row.current .mean").first.wait_for()
    assert page.locator(".row.current .move").first.inner_text() == "Coaching 50 %, clarity 90 %"
    assert before == "Coaching 50 %" and page.locator(".revenue .row").count() == 2


def test_the_focus_goes_through_the_page_and_can_be_seen(visit):
    page = visit()
    page.reload()  # to begin at the top
    page.locator(".slider").first.wait_for()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("""() => {
            let at = document.activeElement;
            while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
            const name = at.getAttribute('aria-label') || (at.labels && at.labels[0] && at.labels[0].innerText)
                || at.innerText;
            const style = getComputedStyle(at), around = at.parentElement && getComputedStyle(at.parentElement);
            return [at.tagName, name, style.outlineStyle !== 'none' || around.outlineStyle !== 'none'];
        }"""))
    assert all(name and visible for _, name, visible in seen), seen
    assert [tag for tag, _, _ in seen].count("INPUT") >= 8


def test_a_projector_shows_all_that_matters_without_scrolling(visit):
    page = visit()
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= PROJECTOR["height"]
    show(page)
    wait_until(page, lambda: pairs(page) >= 10)
    for view, there in (("outcome", ".charts"), ("week", ".weeks")):
        look_at(page, view)
        page.locator(there).wait_for()
        assert page.evaluate("document.documentElement.scrollHeight") <= PROJECTOR["height"]
        assert page.evaluate("document.documentElement.scrollWidth") <= PROJECTOR["width"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_whether_it_could_ever_be_found_out_is_seen_without_scrolling(visit, language):
    page = visit(language=language, at="quick_address")
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    look_at(page, "trial")
    page.locator(".power").wait_for(timeout=2 * PATIENCE)
    assert page.locator(".power").evaluate("one => one.decode().then(() => one.naturalWidth)") == PROJECTOR["width"]
    assert page.locator(".comments li").count() >= 3
    assert page.evaluate("document.documentElement.scrollHeight") <= PROJECTOR["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PROJECTOR["width"]


def test_the_managers_week_shows_plan_and_what_came_of_it(visit):
    page = visit()
    move_coaching(page)
    look_at(page, "week")
    wait_until(page, lambda: "after the bet" in words(page, ".finding"))
    page.locator(".place:enabled").wait_for()
    bet(page)
    page.locator("button.show:visible").click()
    look_at(page, "week")
    page.locator(".weeks .block.coaching").first.wait_for()
    title = words(page, ".finding")
    assert re.match(r"Of [\d.]+ h planned for coaching, [\d.]+ h took place; sessions cancelled: \d+", title)
    assert page.locator(".weeks .cross").count() > 0
    page.locator(".note button").last.click()
    wait_until(page, lambda: page.locator(".weeks").count() == 1 and words(page, ".finding") != title)


def test_a_picture_and_the_session_are_saved(visit):
    page = visit()
    assert page.locator(".below button").first.is_disabled()
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    wait_until(page, lambda: pairs(page) >= 8)
    with page.expect_download() as download:
        page.locator(".below button").first.click()
    assert download.value.suggested_filename == "simlead-outcome.png"
    content = Path(download.value.path()).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 10_000
    with page.expect_download() as download:
        page.locator(".below button").last.click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        stated = json.loads(archive.read("manifest.json"))["facts"]
    assert stated["moves"][0]["bets"] == [{"name": "A", "revenue": 10, "coaching": 20}]
    assert stated["moves"][0]["results"]["n"] >= 8


def test_a_firm_that_cannot_be_says_what_is_allowed(visit):
    page = visit()
    look_at(page, "firm")
    teams = page.locator(".field input").first
    teams.fill("99")
    page.locator(".firm button").click()
    page.locator(".field.wrong").wait_for()
    assert page.locator(".field.wrong small").inner_text() == "allowed: 1 to 12"
    assert teams.get_attribute("aria-invalid") == "true" and teams.input_value() == "99"
    teams.fill("2")
    page.locator(".firm button").click()
    page.locator(".empty").wait_for()
    assert "16 reps in 2 teams" in page.locator(".firm-line").inner_text()
    wait_until(page, lambda: "hidden until a bet" in page.locator(".status").inner_text())


def test_two_pages_show_one_room(visit):
    one, other = visit(), visit()
    move_coaching(one)
    wait_until(other, lambda: other.locator(".slider output").first.inner_text() == "50 %")
    bet(other)
    show(one)
    other.locator(".row.current .mean").first.wait_for()
    assert other.locator(".row.current .move").first.inner_text() == "Coaching 50 %"


def test_another_language_keeps_the_session_the_view_and_the_place_in_the_film(visit):
    page = visit(language="en")
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    look_at(page, "film")
    page.locator(".film canvas").first.wait_for()
    page.locator(".film-controls input").fill("10400")
    for code, direction in (("fa", "rtl"), ("en", "ltr")):
        page.locator(f".languages [lang={code}]").focus()
        page.keyboard.press("Enter")
        wait_until(page, lambda direction=direction: page.evaluate("document.dir") == direction)
        page.locator(f".film[aria-label^='{'فصل' if code == 'fa' else 'What'}']").wait_for()
        assert page.locator(".film").get_attribute("data-hour") == "1040"
        assert page.evaluate("document.activeElement.lang") == code
        assert page.locator(".languages [aria-pressed=true]").get_attribute("lang") == code
        assert page.locator(".languages").get_attribute("aria-label") == ("زبان" if code == "fa" else "Language")
        assert page.locator(".placed li").count() == 1
    page.locator(".languages [lang=fa]").click()
    page.reload()  # the address asks for English no more
    page.locator(".film").wait_for()
    assert page.evaluate("document.dir") == "rtl"
    page.locator(".languages [lang=en]").click()
    wait_until(page, lambda: page.evaluate("document.dir") == "ltr")


@pytest.mark.parametrize("size", [PROJECTOR, PHONE], ids=["projector", "phone"])
def test_the_persian_page_runs_from_right_to_left(visit, size):
    page = visit(size, "fa")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["fa", "rtl"]
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    assert page.locator(".slider output").first.inner_text().startswith("۵۰")
    bet(page)
    show(page)
    wait_until(page, lambda: "شرط \N{FIRST STRONG ISOLATE}A" in words(page, ".comments"))
    stated = words(page, ".finding") + words(page, ".figures")
    assert not re.search(r"[0-9a-z]", stated) and re.search("[۰-۹]", stated)
    first, last = (tab.bounding_box()["x"] for tab in (page.locator(".tabs button").first,
                                                       page.locator(".tabs button").last))
    assert last < first
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_phone_needs_no_scrolling_sideways(visit):
    page = visit(PHONE)
    for view in VIEWS:
        look_at(page, view)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    look_at(page, "outcome")
    move_coaching(page)
    page.locator(".place:enabled").wait_for()
    bet(page)
    show(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate("""() => {
        const roots = [document], found = [];
        while (roots.length) {
            for (const one of roots.pop().querySelectorAll('*')) {
                if (one.shadowRoot) roots.push(one.shadowRoot);
                const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
                if (words && one.offsetParent && parseFloat(getComputedStyle(one).fontSize) < 12
                    && one.tagName !== 'STYLE') found.push(one.outerHTML.slice(0, 80));
            }
        }
        return found;
    }""")
    assert small == []
