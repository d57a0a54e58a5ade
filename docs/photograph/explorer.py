"""The picture of the sliders in a notebook, taken from a real JupyterLab: docs/images/explore.png.

    python docs/photograph/explorer.py [FOLDER]

Needs JupyterLab, Playwright and the system's Chromium. Takes some minutes: the picture waits until all matched pairs
and the answer over worlds are made.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chromium import IMAGES, chromium, page_of, save

PICTURES = ("explore",)
"""Files that this script writes, without their ending."""

CELL = "import simlead\n\nsimlead.explore()"
NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "explore", "source": CELL, "metadata": {}, "outputs": [],
               "execution_count": None}],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4, "nbformat_minor": 5}


def take(folder: Path) -> None:
    """Run the cell, move role clarity from .4 to .7, wait for all of it, and save the cell."""
    with chromium() as browser, _laboratory() as address:
        page = page_of(browser, address, {"width": 1280, "height": 1200})
        cell = page.locator(".jp-CodeCell").first
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        slider = cell.get_by_role("slider").first
        slider.focus()
        while "0.7" not in cell.locator(".widget-hbox").nth(1).inner_text():
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(200)
        cell.get_by_text("All matched pairs and worlds are done.").wait_for()
        page.add_style_tag(content=".jp-cell-toolbar, .jp-Collapser { display: none !important; }")
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(1500)
        save(cell.screenshot(), folder / f"{PICTURES[0]}.png")


@contextmanager
def _laboratory() -> Iterator[str]:
    """The address at which a JupyterLab of its own shows the notebook and nothing beside it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "explore.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}",
             "--IdentityProvider.token=", f"--ServerApp.root_dir={place}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}/"
            _until_it_answers(f"{address}api")
            yield f"{address}doc/tree/explore.ipynb"
        finally:
            process.terminate()
            process.wait()


def _until_it_answers(address: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise SystemExit("JupyterLab does not answer")


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
