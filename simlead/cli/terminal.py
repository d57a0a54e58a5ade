"""The one place that prints: tables that fit the terminal, plain lines elsewhere, no control characters."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from simlead.show.text_table import Rows, in_columns, table_lines, wrapped
from simlead.show.user_text import encodable, printable

_ONLY_JSON: ContextVar[bool] = ContextVar("only_json", default=False)


def keep_for_json(wanted: bool) -> None:
    """Keep standard output for one JSON document, if wanted: lines go to standard error then."""
    _ONLY_JSON.set(wanted)


def write_json(document: Mapping[str, Any]) -> None:
    """Print a JSON document on standard output, in plain letters, so that every stream can encode it."""
    sys.stdout.write(json.dumps(document, indent=1, allow_nan=False) + "\n")
    sys.stdout.flush()


def write(text: str, style: str = "", stream: TextIO | None = None) -> None:
    """Print lines: wrapped at words on a terminal, as they are elsewhere.

    Control characters, escape sequences and marks of direction become spaces, and letters that
    the stream cannot encode are replaced.
    """
    out = stream if stream is not None else sys.stderr if _ONLY_JSON.get() else sys.stdout
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    for line in str(text).split("\n"):
        shown = encodable(printable(line), out.encoding)
        if console.is_terminal:
            for part in wrapped(shown, console.width):
                console.print(Text(part, style=style), soft_wrap=True)
        else:
            out.write(f"{shown}\n")
    out.flush()


def show_table(title: str, columns: Sequence[str], rows: Rows, *, numbers: Collection[int] = ()) -> None:
    """Print a table; the columns whose places are in `numbers` are aligned to the right."""
    if title:
        write(title, style="bold")
    printed = [[printable(cell) for cell in row] for row in rows]
    header, *lines = table_lines(columns, printed, numbers, terminal_width())
    write(header, style="bold")
    for line in lines:
        write(line)


def terminal_width() -> int | None:
    """Columns of the terminal; None where standard output is none."""
    console = Console()
    return console.width if console.is_terminal else None


def columns_that_fit(columns: Sequence[str], rows: Rows, at_least: int) -> int:
    """How many of a table's first columns fit the terminal."""
    width = terminal_width()
    if width is None:
        return len(columns)
    while len(columns) > at_least and in_columns(columns, rows, range(len(columns)), width) is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return len(columns)
