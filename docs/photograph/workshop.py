"""Pictures of the workshop's pages, taken from a real browser while a room bets: docs/images/workshop*.png.

    python docs/photograph/workshop.py [FOLDER]

Needs Playwright and the system's Chromium. Takes some minutes: each picture waits until all matched pairs and the
answer over worlds are made, so that it is the same on every machine.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chromium import IMAGES, chromium, page_of, save

PICTURES = ("workshop", "workshop_months", "workshop_film", "workshop_room")
"""Files that this script writes, without their ending."""

WALL, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
TABLES = ("Blue owls", "The late shift", "Bold otters", "North star", "Quartet")


def take(folder: Path) -> None:
    """Take every picture into a folder."""
    with chromium() as browser:
        with _served() as (address,):
            _alone(_page(browser, address, WALL), folder)
        with _served("--room", "--address", "127.0.0.1") as (address, join):
            _room(_page(browser, address, WALL), [_page(browser, join, PHONE) for _ in TABLES], folder)


@contextmanager
def _served(*arguments: str) -> Iterator[list[str]]:
    """The addresses that a workshop prints which is kept nowhere else."""
    with tempfile.TemporaryDirectory() as kept:
        process = subprocess.Popen(
            [sys.executable, "-m", "simlead.cli", "workshop", "--no-browser", "--port", "5106", "--language", "en",
             "--keep", str(Path(kept) / "room.sqlite"), *arguments], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            printed = [process.stdout.readline() for _ in range(2 if "--room" in arguments else 1)]
            yield [re.findall(r"http\S+", line)[0] for line in printed]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def _page(browser: Any, address: str, size: dict[str, int]) -> Any:
    page = page_of(browser, address, size)
    page.locator("h1").wait_for()
    return page


def _alone(wall: Any, folder: Path) -> None:
    """One move with two bets: the outcome, month by month, and the film in its middle."""
    _lever(wall, 0, 6)
    for revenue in (10, 7):
        _bet(wall, revenue, 20)
        wall.locator(".place").click()
    wall.locator("button.show:visible").click()
    _when_answered(wall)
    _save(wall, folder, "workshop")
    _look(wall, "months", ".months")
    _save(wall, folder, "workshop_months")
    _look(wall, "film", ".film canvas")
    wall.locator(".film-controls input").fill("10620")  # a Wednesday of week 27
    _save(wall, folder, "workshop_film")


def _room(wall: Any, phones: list[Any], folder: Path) -> None:
    """A room of five tables in its second round, the first one pinned."""
    for phone, name in zip(phones, TABLES, strict=True):
        phone.locator("#name").fill(name)
        phone.locator("form button").click()
        phone.locator("form").wait_for(state="hidden")
    for number in range(2):
        if number:
            wall.locator(".pin").first.click()
            wall.locator("button.again").click()
            _lever(wall, 1, 2)
        else:
            _lever(wall, 0, 6)
        for place, phone in enumerate(phones):
            phone.locator("section .primary:not([data-placed])").wait_for()
            _bet(phone, 3 + 2 * place + 2 * number, 20 + place)
            phone.locator("section .primary").click()
            phone.locator(".placed:not(:empty)").wait_for()
        wall.locator("button.show:visible").click()
        _when_answered(wall)
    _save(wall, folder, "workshop_room")


def _lever(wall: Any, number: int, steps: int) -> None:
    wall.locator(".controls > div .slider input").nth(number).focus()
    for _ in range(steps):
        wall.keyboard.press("ArrowRight")
    wall.locator(".bet.open").wait_for()


def _bet(page: Any, revenue: int, coaching: int) -> None:
    """Set the two sliders of a bet; the first one begins at -20."""
    sliders = page.locator("section .slider input")
    for which, place in ((0, revenue + 20), (1, coaching)):
        sliders.nth(which).evaluate(
            "(one, place) => { one.value = place; one.dispatchEvent(new Event('input', {bubbles: true})); }", place)


def _look(wall: Any, view: str, there: str) -> None:
    wall.locator(f".tabs button[data-view={view}]").click()
    wall.locator(there).first.wait_for()


def _when_answered(wall: Any) -> None:
    """Wait until all pairs are made, and the answer over all worlds after the first one."""
    wall.locator(".main.done").wait_for()
    wall.locator(".comments li", has_text=re.compile(r"^\d+ worlds: ")).wait_for()


def _save(wall: Any, folder: Path, name: str) -> None:
    wall.mouse.move(0, 0)
    wall.evaluate("document.activeElement.blur()")
    wall.wait_for_timeout(1500)  # what moves has come to rest
    save(wall.screenshot(), folder / f"{name}.png")


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
