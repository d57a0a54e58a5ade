"""What the scripts that photograph pages share: a browser, and small files."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).resolve().parents[1] / "images"

_FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync")
_PATIENCE = 1_800_000
"""Milliseconds until all pairs and worlds are made on a slow machine."""


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("no Chromium found (Debian: apt-get install chromium)")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        browser.close()


def page_of(browser: Any, address: str, size: dict[str, int]) -> Any:
    """A page of its own that shows this address and waits for what takes long."""
    page = browser.new_context(viewport=size).new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(address)
    return page


def save(taken: bytes, file: Path) -> None:
    """Save a screenshot in few colours: it is half the size, and no eye sees the difference."""
    from PIL import Image

    with Image.open(io.BytesIO(taken)) as picture:
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
