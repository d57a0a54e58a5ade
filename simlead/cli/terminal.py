"""The one place that prints: tables that fit the terminal, plain lines elsewhere, no control characters."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from simlead.show.format import encodable, printable

GAP = "  "
"""What stands between two columns."""

NARROWEST = 24
"""A column of words that would be narrower is not wrapped: the table is laid out in another way."""

Rows = Sequence[Sequence[str]]

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
            for part in _wrapped(shown, console.width):
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


def table_lines(
    columns: Sequence[str], rows: Rows, numbers: Collection[int] = (), width: int | None = None
) -> list[str]:
    """Lay a table out within a width: in columns, else with the first one on lines of its own, else row by row.

    No word is broken. The header is the first line.

    >>> rows = [["coaching_hours", "leadership", "+9 points (4 to 14)"]]
    >>> print("\\n".join(table_lines(["measure", "scenario", "difference"], rows, width=34)))
    measure
      scenario    difference
    coaching_hours
      leadership  +9 points (4 to 14)
    >>> print("\\n".join(table_lines(["measure", "scenario", "difference"], rows, width=24)))
    measure, scenario, difference
    coaching_hours
      scenario: leadership
      difference: +9 points (4 to 14)
    """
    within = _in_columns(columns, rows, numbers, width)
    if within is not None:
        return within
    rest = _in_columns(columns[1:], [row[1:] for row in rows], {place - 1 for place in numbers}, width, len(GAP))
    if len(columns) > 2 and rest is not None and not any("\n" in line for line in rest):
        lines = [f"{columns[0]}\n{GAP}{rest[0]}"]
        for row, line in zip(rows, rest[1:], strict=True):
            lines += [row[0]] * bool(row[0]) + [f"{GAP}{line}"]
        return lines
    lines = [", ".join(filter(None, columns))]
    for row in rows:
        lines += [row[0]] * bool(row[0])
        lines += [f"{GAP}{column}: {cell}" if column else f"{GAP}{cell}"
                  for column, cell in zip(columns[1:], row[1:], strict=True) if cell]
    return lines


def _in_columns(
    columns: Sequence[str], rows: Rows, numbers: Collection[int], width: int | None, taken: int = 0
) -> list[str] | None:
    """A table's lines in columns, the last one wrapped at words if need be; None if that does not fit."""
    table = [columns, *rows]
    widths = [max(cell_len(line[place]) for line in table) for place in range(len(columns))]
    if width is not None and taken + sum(widths) + len(GAP) * (len(widths) - 1) > width:
        room = width - taken - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)
        longest = max((cell_len(word) for line in table for word in line[-1].split()), default=0)
        if len(columns) - 1 in numbers or room < max(NARROWEST, longest):
            return None
        widths[-1] = room
    start = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    lines = []
    for line in table:
        cells = [_aligned(cell, size, place in numbers)
                 for place, (cell, size) in enumerate(zip(line[:-1], widths, strict=False))]
        last = list(_wrapped(line[-1], widths[-1])) if width is not None else [line[-1]]
        last[0] = _aligned(last[0], widths[-1], len(columns) - 1 in numbers)
        lines.append("\n".join([GAP.join([*cells, last[0]]).rstrip(), *(" " * start + more for more in last[1:])]))
    return lines


def _aligned(cell: str, width: int, right: bool) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if right else cell + blanks


def _wrapped(line: str, width: int) -> Iterator[str]:
    """The line in pieces no wider than the width, broken at blanks; a longer word stays whole."""
    indent = line[:len(line) - len(line.lstrip())]
    yield from textwrap.wrap(line, max(width, len(indent) + 1), subsequent_indent=indent, break_long_words=False,
                             break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False) or [""]


def columns_that_fit(columns: Sequence[str], rows: Rows, at_least: int) -> int:
    """How many of a table's first columns fit the terminal."""
    width = terminal_width()
    if width is None:
        return len(columns)
    while len(columns) > at_least and _in_columns(columns, rows, range(len(columns)), width) is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return len(columns)
