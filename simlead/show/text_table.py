"""Tables of text: laid out within a width, by the cells that letters take."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Sequence

from rich.cells import cell_len

GAP = "  "
"""What stands between two columns."""

NARROWEST = 24
"""A column of words that would be narrower is not wrapped: the table is laid out in another way."""

Rows = Sequence[Sequence[str]]


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
    if (laid_out := in_lines(columns, rows, numbers, width)) is not None:
        return laid_out
    lines = [", ".join(filter(None, columns))]
    for row in rows:
        lines += [row[0]] * bool(row[0])
        lines += [f"{GAP}{column}: {cell}" if column else f"{GAP}{cell}"
                  for column, cell in zip(columns[1:], row[1:], strict=True) if cell]
    return lines


def in_lines(
    columns: Sequence[str], rows: Rows, numbers: Collection[int] = (), width: int | None = None
) -> list[str] | None:
    """A table's lines, a line a row: in columns, else with the first column on lines of its own; None if neither fits.
    """
    within = in_columns(columns, rows, numbers, width)
    if within is not None or len(columns) < 3:
        return within
    rest = in_columns(columns[1:], [row[1:] for row in rows], {place - 1 for place in numbers}, width, len(GAP))
    if rest is None or any("\n" in line for line in rest):
        return None
    lines = [f"{columns[0]}\n{GAP}{rest[0]}"]
    for row, line in zip(rows, rest[1:], strict=True):
        lines += [row[0]] * bool(row[0]) + [f"{GAP}{line}"]
    return lines


def in_columns(
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
        last = list(wrapped(line[-1], widths[-1])) if width is not None else [line[-1]]
        last[0] = _aligned(last[0], widths[-1], len(columns) - 1 in numbers)
        lines.append("\n".join([GAP.join([*cells, last[0]]).rstrip(), *(" " * start + more for more in last[1:])]))
    return lines


def _aligned(cell: str, width: int, right: bool) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if right else cell + blanks


def wrapped(line: str, width: int) -> Iterator[str]:
    """The line in pieces no wider than the width, broken at blanks; a longer word stays whole."""
    indent = line[:len(line) - len(line.lstrip())]
    yield from textwrap.wrap(line, max(width, len(indent) + 1), subsequent_indent=indent, break_long_words=False,
                             break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False) or [""]
