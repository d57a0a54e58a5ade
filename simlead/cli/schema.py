"""`simlead schema`: what the JSON document of a command holds."""

from __future__ import annotations

from typing import Annotated

import typer

from simlead.cli.failures import Refusal
from simlead.cli.options import known
from simlead.cli.terminal import write, write_json
from simlead.show.document_shapes import SHAPES

WITHOUT = ("animate", "workshop")
"""Commands that have no document: they make a film and open a page."""

Command = Annotated[str | None, typer.Argument(
    metavar="[COMMAND]", help="A command with --json (default: list them).", autocompletion=lambda: list(SHAPES))]


def schema(command: Command = None) -> None:
    """Print the schema of a command's JSON document.

    It is a JSON Schema; without COMMAND, prints which commands have one.
    """
    if command is None:
        for name in SHAPES:
            write(name)
        return
    if command in WITHOUT:
        raise Refusal(f"COMMAND {command}: it answers nothing and has no document; allowed is {' | '.join(SHAPES)}")
    from simlead.show.schemas import schema_of

    write_json(schema_of(known("COMMAND", command, SHAPES)))
