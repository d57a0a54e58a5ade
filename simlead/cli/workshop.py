"""`simlead workshop`: bets on a lever and its simulated outcome, in the browser."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.failures import TERMINATED, Refusal, Stopped, say
from simlead.cli.options import EffectSizes, Firm, Language, Seed, Sets, Workers, known_language
from simlead.cli.scenarios import assignments, one_firm
from simlead.cli.terminal import write
from simlead.model.preset_values import EFFECT_SIZES
from simlead.model.scenario_file import firm_named
from simlead.show.currency import speak_of

if TYPE_CHECKING:
    from simlead.show.workshop.levers import Firm as FirmOfTheRoom

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the web server.")]
Address = Annotated[str, typer.Option(
    "--address", metavar="ADDRESS", help="127.0.0.1 for this machine alone, 0.0.0.0 for the network.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")]
Currency = Annotated[str, typer.Option(
    "--currency", metavar="NAME", help="Currency of the room's firm, such as EUR (default: $).")]
SessionFile = Annotated[Path | None, typer.Option(
    "--session", metavar="FILE", help="Continue an exported session.")]


def workshop(
    firm: Firm = "status_quo",
    effect_sizes: EffectSizes = None,
    sets: Sets = None,
    port: Port = 5006,
    address: Address = "127.0.0.1",
    language: Language = "en",
    no_browser: NoBrowser = False,
    session: SessionFile = None,
    seed: Seed = 0,
    workers: Workers = None,
    currency: Currency = "",
) -> None:
    """Open the workshop in the browser.

    A group bets on a lever, moves it and sees the outcome. Runs on this machine, without the internet, until Ctrl-C.
    A firm that is named is the one that visitors start with; calibrate its file first.
    """
    known_language(language)
    _need_tornado()
    from simlead.show.workshop.app import Workshop, open_session
    from simlead.show.workshop.server import is_local, names_of, serve
    from simlead.study.engines import FAST, warm_up_compiler
    from simlead.study.parallel import worker_count

    first = room_firm(firm, effect_sizes, sets or [])
    if currency or first is None:
        speak_of(currency)
    _free(address, port)
    room = Workshop(language=language, seed=seed, workers=worker_count(workers), firm=first)
    for remark in open_session(session, room) if session is not None else ():
        say(remark)
    warm_up_compiler(FAST)
    names = names_of(address)
    pages = [f"http://{name}:{port}/" for name in names]

    def started() -> None:
        write(f"The workshop is open at {pages[0]} (Ctrl-C ends it).")
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


def room_firm(firm: str, effect_sizes: str | None, sets: list[str]) -> FirmOfTheRoom | None:
    """The firm that visitors start with, None for simlead's own.

    It can be seen under both sets of effect sizes, unless an option or its file names one.
    """
    from simlead.show.workshop.levers import given_firm

    if (firm, effect_sizes, sets) == ("status_quo", None, []):
        return None
    name, chosen = one_firm(firm, effect_sizes, sets)
    scenarios = [chosen]
    if effect_sizes is None and not chosen.origin.named:
        scenarios += [firm_named(firm, other).change(assignments(sets)) for other in EFFECT_SIZES
                      if other != chosen.origin.effect_sizes]
    return given_firm(name, scenarios)


def _need_tornado() -> None:
    if importlib.util.find_spec("tornado") is None:
        raise Refusal('the workshop needs Tornado, which is not installed: pip install "simlead[workshop]"')


def _free(address: str, port: int) -> None:
    """Refuse a port that is in use, and an address that is not this machine's."""
    from simlead.show.workshop.server import free_port, in_use

    if not address.strip():
        raise Refusal("--address '': allowed is an address of this machine, such as 127.0.0.1 or 0.0.0.0")
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
