"""`simlead workshop`: a room bets, moves a lever, and sees what comes of it."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from simlead.cli.failures import TERMINATED, Refusal, Stopped, say
from simlead.cli.options import Language, Seed, Workers, known_language
from simlead.cli.output import say_out

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Where the browser finds it.")]
Address = Annotated[str, typer.Option(
    "--address", metavar="ADDRESS", help="Who can reach it: this machine alone, or all with 0.0.0.0.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Open no browser; only say the address.")]
Kept = Annotated[Path | None, typer.Option(
    "--session", metavar="FILE", help="Go on from a session that was exported.")]


def workshop(
    port: Port = 5006,
    address: Address = "127.0.0.1",
    language: Language = "en",
    no_browser: NoBrowser = False,
    kept: Kept = None,
    seed: Seed = 0,
    workers: Workers = None,
) -> None:
    """Let a room of sales managers bet, move a lever and see what comes of it, in the browser.

    Runs on this machine, without the internet, until Ctrl-C.
    """
    known_language(language)
    _need_panel()
    from simlead.show.workshop.app import Workshop, is_local, kept_session, names_of, serve
    from simlead.study.engines import FAST, ready
    from simlead.study.parallel import worker_count

    _free(address, port)
    room = Workshop(language=language, seed=seed, workers=worker_count(workers))
    if kept is not None:
        note = kept_session(kept, room)
        if note:
            say(note)
    ready(FAST)
    names = names_of(address)
    pages = [f"http://{name}:{port}/" for name in names]

    def started() -> None:
        say_out(f"The workshop is open at {pages[0]} (Ctrl-C ends it).")
        if not is_local(address):
            say(f"warning: --address {address} lets anyone in the network use it, at {' or '.join(pages)}")
        if not no_browser and not _open(pages[0]):
            say(f"no browser was found; open {pages[0]} in one")

    try:
        ended = serve(room, address=address, port=port, started=started)
    except OSError as failure:  # somebody else was quicker
        raise Refusal(f"--port {port}: {failure.strerror or failure}") from None
    if ended == signal.SIGTERM:
        raise Stopped(TERMINATED, "the workshop is closed")
    raise KeyboardInterrupt


def _need_panel() -> None:
    if importlib.util.find_spec("panel") is None:
        raise Refusal('the workshop needs Panel, which is not installed: pip install "simlead[workshop]"')


def _free(address: str, port: int) -> None:
    """Refuse a port that is in use, and an address that is not this machine's."""
    from simlead.show.workshop.app import free_port, in_use

    try:
        if in_use(address, port):
            free = free_port(address, port + 1)
            hint = f"; {free} is free: --port {free}" if free else ""
            raise Refusal(f"--port {port} is in use at {address}{hint}")
    except OSError as failure:
        raise Refusal(f"--address {address} --port {port}: {failure.strerror or failure}; "
                      "allowed is an address of this machine, such as 127.0.0.1 or 0.0.0.0") from None


def _open(page: str) -> bool:
    """Open a page in the user's browser; false where there is none to be seen."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False  # a browser in the terminal would take it over
    try:
        return webbrowser.open(page)
    except (webbrowser.Error, OSError):
        return False
