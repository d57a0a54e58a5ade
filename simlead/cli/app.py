"""The application: its commands, and the function that runs them."""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer

from simlead.cli.animate import animate
from simlead.cli.answers import discover, sensitivity, surface
from simlead.cli.calibrate import calibrate
from simlead.cli.claims import claims
from simlead.cli.compare import compare
from simlead.cli.demo import demo
from simlead.cli.diff import diff
from simlead.cli.documents import Parts, print_document
from simlead.cli.export import export
from simlead.cli.facts import facts
from simlead.cli.failures import say_warning, status_of
from simlead.cli.import_crm import import_crm
from simlead.cli.options import Json, with_new_names
from simlead.cli.parameters import parameters
from simlead.cli.payback import payback
from simlead.cli.report import report
from simlead.cli.rerun import rerun
from simlead.cli.run import run
from simlead.cli.schema import schema
from simlead.cli.status import status
from simlead.cli.sweep import sweep
from simlead.cli.terminal import keep_for_json, write
from simlead.cli.trial import trial
from simlead.cli.workshop import workshop
from simlead.cli.worlds import worlds
from simlead.show.currency import speak_of

app = typer.Typer(
    name="simlead",
    help="Simulate sales leadership, event by event: what managers plan, what their week leaves of it, "
    "and what that does to growth and market share.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def versions() -> dict[str, str]:
    """The versions that a result depends on, by name."""
    from simlead.results.provenance import PACKAGES, installed

    return {**{name: installed(name) for name in PACKAGES}, "Python": sys.version.split()[0]}


def version(as_json: Json = False) -> None:
    """Print the versions that a result depends on."""
    if as_json:
        import pandas as pd  # half a second, which `--help` should not take

        print_document("version", Parts(tables={
            "versions": pd.DataFrame(list(versions().items()), columns=["library", "version"])}))
        return
    write(", ".join(" ".join(each) for each in versions().items()))


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit(0)


@app.callback()
def _options(
    shown: Annotated[bool, typer.Option(
        "--version", help="Print the versions that a result depends on.", callback=_print_version,
        is_eager=True)] = False,
) -> None:
    pass


for command in (demo, run, compare, payback, sweep, status, rerun, animate, sensitivity, surface, discover, worlds,
                trial, claims, report, export, workshop, facts, calibrate, import_crm, parameters, diff, schema,
                version):
    app.command(command.__name__.removesuffix("_crm"))(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status, one of `failures.EXIT_STATUSES`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Frames and colours are for people at a terminal; a pipe gets plain lines.
    speak_of("")
    keep_for_json(False)
    app.rich_markup_mode = "rich" if sys.stdout.isatty() else None
    command = typer.main.get_command(app)
    interrupts = signal.getsignal(signal.SIGINT)
    with warnings.catch_warnings():
        warnings.filterwarnings("default", message=".*stops working in version", category=DeprecationWarning)
        warnings.showwarning = lambda message, *_: say_warning(message)
        try:
            return status_of(lambda: command.main(
                args=with_new_names(given), prog_name="simlead", standalone_mode=False))
        finally:
            if arguments is not None and signal.getsignal(signal.SIGINT) != interrupts:
                signal.signal(signal.SIGINT, interrupts)  # the caller of this function goes on
