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

from simlead.cli import completion
from simlead.cli.failures import TERMINATED, Refusal, Stopped, say
from simlead.cli.options import Firm, Seed, Sets, Workers, known_language
from simlead.cli.scenarios import assignments, one_firm
from simlead.cli.terminal import write
from simlead.model.preset_values import EFFECT_SIZES
from simlead.model.scenario_file import firm_named
from simlead.show.currency import speak_of

if TYPE_CHECKING:
    from simlead.show.workshop.levers import Firm as FirmOfTheRoom

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the web server.")]
Address = Annotated[str | None, typer.Option(
    "--address", metavar="ADDRESS",
    help="Address of this machine to listen at (default: 127.0.0.1, with --room 0.0.0.0). Another than 127.0.0.1 opens "
         "a room.")]
EffectSizes = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME",
    help="Set of effect sizes: evidence or practitioner (default: both, to switch between on the page).",
    autocompletion=completion.effect_sizes)]
Room = Annotated[bool, typer.Option(
    "--room", help="Let tables join from their phones in the same network, by a code, and bet there.")]
Keep = Annotated[Path | None, typer.Option(
    "--keep", metavar="FILE", help="Keep the session in FILE while it goes on (default: in the user's state folder).")]
RoomLanguage = Annotated[str | None, typer.Option(
    "--language", metavar="CODE", autocompletion=completion.languages,
    help="Language of the pages: en or fa (Persian); default: as in the session that is kept, at first en.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")]
Currency = Annotated[str, typer.Option(
    "--currency", metavar="NAME", help="Currency of the room's firm, such as EUR (default: the firm's own, else $).")]
SessionFile = Annotated[Path | None, typer.Option(
    "--session", metavar="FILE", help="Continue an exported session.")]


def workshop(
    firm: Firm = "status_quo",
    effect_sizes: EffectSizes = None,
    sets: Sets = None,
    port: Port = 5006,
    room: Room = False,
    keep: Keep = None,
    address: Address = None,
    language: RoomLanguage = None,
    no_browser: NoBrowser = False,
    session: SessionFile = None,
    seed: Seed = 0,
    workers: Workers = None,
    currency: Currency = "",
) -> None:
    """Open the workshop in the browser.

    A group bets on a lever, moves it and sees the outcome. Runs on this machine, without the internet, until Ctrl-C.
    What people do is kept, and goes on after a restart. A firm that is named is the one that the room starts with;
    calibrate its file first.
    """
    if language is not None:
        known_language(language)
    _need_libraries()
    from simlead.show.workshop.addresses import addresses_of, is_local, names_of
    from simlead.show.workshop.app import Workshop
    from simlead.show.workshop.kept import default_place
    from simlead.show.workshop.server import serve
    from simlead.study.engines import FAST, warm_up_compiler
    from simlead.study.parallel import worker_count

    first = room_firm(firm, effect_sizes, sets or [])
    if currency or first is None:
        speak_of(currency)
    network = room or (address is not None and bool(address.strip()) and not is_local(address))
    listening = address if address is not None else "0.0.0.0" if network else "127.0.0.1"
    _free(listening, port)
    place = keep or default_place("" if first is None or first.own is None else first.own.key)
    workshop = Workshop(language=language, seed=seed, workers=worker_count(workers), firm=first)
    opened = workshop.open(place, network=network, saved=session)
    for remark in opened.remarks:
        say(remark)
    say("preparing the engine")
    warm_up_compiler(FAST)
    names, door = names_of(listening), opened.door
    host, others = f"{names[0]}:{port}", names[1:len(addresses_of(listening))]
    here = f"http://127.0.0.1:{port}" if listening == "0.0.0.0" else f"http://{host}"
    page = f"{here}/" if door is None else f"{here}{door.lead_path}?key={door.secret}"

    def started() -> None:
        if door is None:
            write(f"The workshop is open at {page} (Ctrl-C ends it).")
        else:
            write(f"The workshop is open at {page} for the facilitator alone (Ctrl-C ends it).")
            write(f"Tables join at http://{host}{door.path}")
            for other in others:
                write(f"  or, from another network of this machine, at http://{other}:{port}{door.path}")
        write(f"The session is kept in {place}" + (" and goes on where it was." if opened.resumed else "."))
        if not no_browser and not _open(page):
            say(f"no browser was found; open {page} in one")

    try:
        ended = serve(workshop, address=listening, port=port, started=started, join_host=host)
    except OSError as failure:  # somebody else was quicker
        raise Refusal(f"--port {port}: {failure.strerror or failure}") from None
    finally:
        opened.close()
    if ended == signal.SIGTERM:
        raise Stopped(TERMINATED, "the workshop is closed")
    raise KeyboardInterrupt


def room_firm(firm: str, effect_sizes: str | None, sets: list[str]) -> FirmOfTheRoom | None:
    """The firm that the room starts with, None for simlead's own.

    It can be seen under both sets of effect sizes, unless an option or its file names one. Raises Refusal for one
    whose horizon holds no final year, so that no outcome is defined.
    """
    from simlead.model.units import WEEKS_PER_YEAR
    from simlead.results.measures import undefined_measures
    from simlead.show.workshop.levers import given_firm
    from simlead.study.growing.experiment import MEASURED

    if (firm, effect_sizes, sets) == ("status_quo", None, []):
        return None
    name, chosen = one_firm(firm, effect_sizes, sets)
    if undefined := undefined_measures(MEASURED, chosen):
        path = next(iter(undefined.values()))
        raise Refusal(f"FIRM {name}: {path} = {chosen.value(path)}: the workshop shows the final year; allowed there "
                      f"is {WEEKS_PER_YEAR} or more")
    scenarios = [chosen]
    if effect_sizes is None and not chosen.origin.named:
        scenarios += [firm_named(firm, other).change(assignments(sets)) for other in EFFECT_SIZES
                      if other != chosen.origin.effect_sizes]
    return given_firm(name, scenarios)


def _need_libraries() -> None:
    for module, name in (("tornado", "Tornado"), ("segno", "Segno"), ("psutil", "psutil")):
        if importlib.util.find_spec(module) is None:
            raise Refusal(f'the workshop needs {name}, which is not installed: pip install "simlead[workshop]"')


def _free(address: str, port: int) -> None:
    """Refuse a port that is in use, and an address that is not this machine's."""
    from simlead.show.workshop.addresses import free_port, in_use

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
