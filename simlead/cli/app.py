"""The commands under one name, and the one place where they end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer

from simlead.cli import animate, answers, calibrate, claims, demo, facts, registry, report, runs, sweep, workshop
from simlead.cli.failures import status_of
from simlead.cli.output import say_out

app = typer.Typer(
    name="simlead",
    help="Simulate sales leadership, event by event: what managers plan, what their week leaves of it, "
    "and what that does to growth and market share.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def versions() -> str:
    """The versions that a result depends on, in one line."""
    names = ("simlead", "numpy", "simpy", "numba", "pandas")
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} (not installed)")
    return ", ".join([*found, f"Python {sys.version.split()[0]}"])


def version() -> None:
    """Print the versions that a result depends on."""
    say_out(versions())


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit(0)


@app.callback()
def _options(
    shown: Annotated[bool, typer.Option(
        "--version", help="Print versions and end.", callback=_print_version, is_eager=True)] = False,
) -> None:
    pass


app.command()(demo.demo)
app.command()(runs.run)
app.command()(runs.compare)
app.command()(sweep.sweep)
app.command()(sweep.status)
app.command()(sweep.rerun)
app.command()(animate.animate)
app.command()(answers.sensitivity)
app.command()(answers.surface)
app.command()(answers.discover)
app.command()(claims.claims)
app.command()(report.report)
app.command()(workshop.workshop)
app.command()(facts.facts)
app.command()(calibrate.calibrate)
app.command()(registry.parameters)
app.command()(registry.diff)
app.command()(version)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0 success, 1 a fact outside its tolerance or a run that is not confirmed, 2 a refused
    request, 130 interrupted, 143 terminated.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Frames and colours are for people at a terminal; a pipe gets plain lines.
    app.rich_markup_mode = "rich" if sys.stdout.isatty() else None
    command = typer.main.get_command(app)
    interrupts = signal.getsignal(signal.SIGINT)
    try:
        return status_of(lambda: command.main(args=given, prog_name="simlead", standalone_mode=False))
    finally:
        if arguments is not None and signal.getsignal(signal.SIGINT) != interrupts:
            signal.signal(signal.SIGINT, interrupts)  # whoever called this goes on
