"""What a command prints and writes: plain where nobody looks, never over what is there."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simlead.cli.failures import Refusal
from simlead.model.parameters import nearest
from simlead.results.export import SUFFIXES

MINUS = "\N{MINUS SIGN}"

_BETWEEN_COLUMNS = 3

RELATIVE = "part of the baseline"
"""The unit of a difference that is told in percent."""


def console() -> Console:
    """Standard output: styled on a terminal, plain and unwrapped in a pipe or a file."""
    plain = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not plain.is_terminal:
        plain = Console(highlight=False, markup=False, emoji=False, width=100_000)
    return plain


def show_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Collection[int] = ()
) -> None:
    """Print a table; the columns whose places are in `numbers` stand to the right."""
    out = console()
    if not out.is_terminal:
        # Straight to the stream: rich would pad the last column of every line.
        lines = [columns, *rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
        if title:
            sys.stdout.write(f"{title}\n")
        for line in lines:
            cells = [cell.rjust(width) if place in numbers else cell.ljust(width)
                     for place, (cell, width) in enumerate(zip(line, widths, strict=True))]
            sys.stdout.write("  ".join(cells).rstrip() + "\n")
        sys.stdout.flush()
        return
    table = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
                  pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table, soft_wrap=False)


def columns_that_fit(columns: Sequence[str], rows: Sequence[Sequence[str]], at_least: int) -> int:
    """How many of a table's first columns :func:`show_table` can show without folding any.

    >>> columns_that_fit(["a", "b"], [["x" * 200_000, "y"]], at_least=1)
    1
    """
    room = console().width
    for place, cells in enumerate(zip(columns, *rows, strict=True)):
        room -= max(map(len, cells)) + _BETWEEN_COLUMNS
        if room + _BETWEEN_COLUMNS < 0:
            return max(place, at_least)
    return len(columns)


def say_out(text: str) -> None:
    """Print a line of text on standard output."""
    out = console()
    out.print(text, soft_wrap=not out.is_terminal)


def quantity(value: float, unit: str, half_width: float | None = None) -> str:
    """A value with its unit as people read it; a share becomes percent, much money millions.

    >>> quantity(0.4236, "share"), quantity(38_412_345.0, "$/year"), quantity(3.14159, "hours/month")
    ('42.4 %', '38.4 million $/year', '3.14 hours/month')
    >>> quantity(float("nan"), "share")
    'unknown'
    """
    if not math.isfinite(value):
        return "unknown"
    factor, word = _scale(unit, value)
    return f"{_digits(factor * value, None if half_width is None else factor * half_width)} {word}".rstrip()


def difference(low: float, mean: float, high: float, unit: str, level: float) -> str:
    """A paired difference with its interval, in the scale in which people read the `level`.

    >>> difference(0.04, 0.09, 0.14, "share", 0.4), difference(-2e5, 4e5, 1e6, "$/year", 4e7)
    ('+9 points (4 to 14)', '+0.4 million $/year (−0.2 to 1.0)')
    >>> difference(0.04, 0.09, 0.14, RELATIVE, 1.0), difference(math.nan, 0.09, math.nan, RELATIVE, 1.0)
    ('+9 % (4 to 14)', '+9.00 % (no interval)')
    """
    if not math.isfinite(mean):
        return "unknown"
    factor, word = _scale(unit, level)
    mean_text, interval = _with_interval(factor * low, factor * mean, factor * high)
    sign = "+" if mean > 0 and float(mean_text) > 0 else ""
    return f"{sign}{mean_text} {'points' if unit.startswith('share') else word} {interval}"


def mean_interval(low: float, mean: float, high: float, unit: str) -> str:
    """A mean with its interval.

    >>> mean_interval(0.39, 0.4236, 0.45, "share"), mean_interval(3.8e7, 3.84e7, 3.88e7, "$/year")
    ('42 % (39 to 45)', '38.4 million $/year (38.0 to 38.8)')
    """
    if not math.isfinite(mean):
        return "unknown"
    factor, word = _scale(unit, mean)
    mean_text, interval = _with_interval(factor * low, factor * mean, factor * high)
    return f"{f'{mean_text} {word}'.rstrip()} {interval}"


def _with_interval(low: float, mean: float, high: float) -> tuple[str, str]:
    """The mean with the digits that its interval bears, and the interval in brackets."""
    if not math.isfinite(high - low):
        return _digits(mean, None), "(no interval)"
    low_text, mean_text, high_text = (_digits(value, (high - low) / 2) for value in (low, mean, high))
    return mean_text, f"({low_text} to {high_text})"


def _scale(unit: str, level: float) -> tuple[float, str]:
    """Factor and words in which people read a value of this unit and about this size."""
    if unit.startswith("share") or unit == RELATIVE:
        return 100.0, "%"
    if unit.startswith("$") and abs(level) >= 1e6:
        return 1e-6, f"million {unit}"
    return 1.0, unit


def _digits(value: float, half_width: float | None) -> str:
    """As many digits as the interval bears, or else about three."""
    known = half_width is not None and math.isfinite(half_width) and half_width > 0
    scale = half_width if known and half_width is not None else abs(value) / 50
    decimals = 0 if scale >= 2 else 1 if scale >= 0.2 else 2 if scale >= 0.02 or value == 0 else 3
    text = f"{value:.{decimals}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", MINUS)


def free(path: Path, overwrite: bool) -> Path:
    """The path, refused before any work is done if something is there that must stay."""
    if path.exists() and not overwrite:
        raise Refusal(f"--out {path}: is there already; choose another name or add --overwrite")
    return path


def table_path(path: Path, overwrite: bool = False) -> Path:
    """A path for a table, whose ending says the format.

    Raises Refusal for other endings than .parquet, .csv and .xlsx, a folder, and as :func:`free`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise Refusal(f"--out {path}: allowed is a name that ends in {' | '.join(SUFFIXES)}"
                      f"{nearest(path.suffix, SUFFIXES) if path.suffix else ''}")
    if path.is_dir():
        raise Refusal(f"--out {path}: is a folder; the name of a file is needed")
    return free(path, overwrite)


def known_format(name: str) -> str:
    """The suffix of a format of tables, such as `.csv`; Refusal for an unknown one.

    >>> known_format("csv")
    '.csv'
    """
    if f".{name}" not in SUFFIXES:
        formats = [suffix[1:] for suffix in SUFFIXES]
        raise Refusal(f"--format {name}: allowed is {' | '.join(formats)}{nearest(name, formats)}")
    return f".{name}"
