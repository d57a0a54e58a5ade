"""How long people wait in the workshop: from a lever's move to the first interval, and to eight matched pairs.

A real browser looks at a workshop of its own, which begins as a room does: the default firm, one bet shown. Then one
lever after another moves by a key, each to a place where it has not been. The page itself notes when the key comes,
when the move's interval stands in the chart, and when the page says eight pairs.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yardstick
from section import Section, digits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FIRST, EIGHT = 0.5, 1.0
"""What a move may take, in seconds."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 120_000

WATCH = """() => {
  const move = () => document.querySelector(".revenue .row.current .move")?.textContent ?? "";
  const pairs = () => Number((document.querySelector(".status").textContent.match(/^\\d+/) ?? ["0"])[0]);
  window.measured = new Promise((resolve) => {
    addEventListener("input", () => {
      const began = performance.now(), before = move();
      let first = null;
      const look = () => {
        const there = move() !== before && document.querySelector(".revenue .row.current .interval");
        const fresh = !document.querySelector(".main.stale");
        if (first === null && there && fresh) first = performance.now() - began;
        if (first !== null && pairs() >= 8) resolve([first / 1000, (performance.now() - began) / 1000]);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, {once: true, capture: true});
  });
}"""


def measure(quick: bool) -> Section:
    """Moves of several levers, one after another, by the clock of the page."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("the browser section needs Chromium (Debian: apt-get install chromium)")
    moves = 3 if quick else 15
    load = os.getloadavg()[0]
    slower = yardstick.slowness()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        begin(page)
        times = [moved(page, number) for number in range(moves)]
        browser.close()
    first, eight = (statistics.median(one[place] for one in times) for place in (0, 1))
    rows = [[what, digits(statistics.median(one)), digits(max(one))] for what, one in (
        ("the first interval", [one[0] for one in times]), ("eight matched pairs", [one[1] for one in times]))]
    return Section(
        "A move in the workshop",
        f"{moves} moves of the default firm in Chromium, by the clock of the page, from the key to the picture. "
        f"Before them the machine's load was {load:.1f} of {os.cpu_count()} processors. {yardstick.in_words(slower)}",
        ["from a move to", "seconds, median", "longest"], rows,
        [yardstick.goal("seconds from a move to its first interval", first, slower, FIRST),
         yardstick.goal("seconds from a move to eight pairs", eight, slower, EIGHT)],
        {"seconds": times, "load": load})


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A workshop of its own, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "simlead.cli", "workshop", "--port", str(port), "--no-browser",
         "--keep", str(folder / "room.sqlite")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it says that it is open
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def begin(page: Page) -> None:
    """Bet on a first move and show it; the status quo's runs of the first pairs are made by then, as in a room."""
    page.locator(".controls > div .slider input").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator(".place:enabled").click()
    page.locator("button.show:visible:enabled").click()



def moved(page: Page, number: int) -> tuple[float, float]:
    """Move a lever by a key, and return the seconds to its first interval and to eight pairs."""
    levers = page.locator(".controls > div .slider input")
    levers.nth((0, 1, 2)[number % 3]).focus()
    page.evaluate(WATCH)
    page.keyboard.press("ArrowRight")
    first, eight = page.evaluate("() => window.measured")
    page.wait_for_timeout(300)  # people look at it
    return float(first), float(eight)
