"""A design from a CSV file: a header of dotted paths, a line per point, and nothing executed."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from simlead.model.number_text import read_number
from simlead.model.parameters import Parameter, ParameterError, checked, nearest, read_value
from simlead.model.scenario import REGISTRY
from simlead.model.toml_file import refuse_unreadable
from simlead.study.studies.factors import plain, shown
from simlead.study.studies.points import LARGEST_DESIGN

LARGEST_TABLE_BYTES = 100_000_000

_SAVE_AS = "; save it as 'CSV UTF-8'"
_NOT_TEXT = {
    b"PK\x03\x04": f"an Excel workbook (.xlsx), not a CSV file{_SAVE_AS}",
    b"\xd0\xcf\x11\xe0": f"an old Excel workbook (.xls), not a CSV file{_SAVE_AS}",
    b"PAR1": "a Parquet file, not a CSV file",
}


def read_table(file: Path, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Read the points of a CSV file, each cell in its parameter's type.

    The file is UTF-8 with commas. Excel's variants that say what they are are read too: UTF-16 with a
    byte-order mark, and another separator named in a first line such as `sep=;`. Blank lines are
    passed over. `columns` names the factors that the file must have, and no
    others. Raises ParameterError, in one line with the file's name and the line's number, for
    a file that cannot be read, a column that is unknown, missing or there twice, lines of
    different lengths, and a cell that is blank, formula-like or not an allowed value.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "points.csv"
    >>> _ = file.write_text("policy.coaching_share,policy.kpi_review\\n0.5,true\\n")
    >>> read_table(file).to_dict("records")
    [{'policy.coaching_share': 0.5, 'policy.kpi_review': True}]
    """
    try:
        refuse_unreadable(file, "table", LARGEST_TABLE_BYTES)
        with file.open(encoding=_encoding(file), newline="") as lines:
            return _Table(lines).read(columns)
    except ParameterError as refusal:
        message = str(refusal)
    except UnicodeDecodeError:
        message = f"not UTF-8{_SAVE_AS}"
    except (OSError, ValueError) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    separator = ", " if message.startswith("line ") else ": "
    raise ParameterError(" ".join(f"{file}{separator}{message}".splitlines()))


def _encoding(file: Path) -> str:
    """The encoding that a file's first bytes show; ParameterError for what is no text at all."""
    with file.open("rb") as stream:
        start = stream.read(4)
    for mark, what in _NOT_TEXT.items():
        if start.startswith(mark):
            raise ParameterError(what)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in start:
        raise ParameterError(f"UTF-16 without a byte-order mark, or no text at all{_SAVE_AS}")
    return "utf-8-sig"


class _Table:
    """A CSV file being read, line by line."""

    def __init__(self, lines: TextIO) -> None:
        first = lines.readline()
        named = re.fullmatch(r"sep=(.)\r?\n?", first, re.IGNORECASE)
        self.lines_before = 1 if named else 0
        self.reader = csv.reader(
            lines if named else itertools.chain([first] if first else [], lines), strict=True,
            delimiter=named[1] if named else ",")

    def read(self, wanted: Iterable[str] | None) -> pd.DataFrame:
        rows = self._rows()
        header = next(rows, None)
        if header is None:
            raise ParameterError("empty; a header of dotted paths is needed")
        paths = self._header(header, wanted)
        columns: list[list[Any]] = [[] for _ in paths]
        known: list[dict[str, Any]] = [{} for _ in paths]
        for cells in rows:
            if len(cells) != len(paths):
                self._refuse(f"{len(cells)} cells where the header names {len(paths)} columns")
            if len(columns[0]) == LARGEST_DESIGN:
                self._refuse(f"more than {LARGEST_DESIGN} points")
            for path, column, values, cell in zip(paths, columns, known, cells, strict=True):
                if cell not in values:
                    values[cell] = self._value(REGISTRY[path], cell)
                column.append(values[cell])
        if not columns[0]:
            raise ParameterError("no rows; at least one point is needed")
        return pd.DataFrame(dict(zip(paths, columns, strict=True)))

    def _rows(self) -> Iterator[list[str]]:
        try:
            yield from (cells for cells in self.reader if cells)
        except csv.Error as error:
            self._refuse(f"not CSV: {error}")

    def _header(self, cells: Sequence[str], wanted: Iterable[str] | None) -> list[str]:
        paths = [cell.strip() for cell in cells]
        for path in paths:
            if path in REGISTRY:
                continue
            if not path:
                self._refuse("a column without a name")
            if _formula_like(path):
                self._refuse(f"{shown(path)} is formula-like, not a parameter's name")
            hint = "; columns are separated by commas" if re.search(r"[;\t|]", path) else nearest(path, REGISTRY)
            self._refuse(f"{plain(path)}: no such parameter{hint}")
        for path in paths:
            if paths.count(path) > 1:
                self._refuse(f"{path}: a column twice")
        names = paths if wanted is None else list(wanted)
        for name in names:
            if name not in paths:
                self._refuse(f"no column {plain(name)}")
        for path in paths:
            if path not in names:
                self._refuse(f"{path}: a column that the study does not name")
        return paths

    def _value(self, line: Parameter, cell: str) -> Any:
        text = cell.strip()
        try:
            return checked(line, read_value(line, text))
        except ParameterError as refusal:
            message = str(refusal)
        if not text:
            message = f"{line.path} is blank; allowed is {line.allowed}"
        elif _formula_like(text):
            message = f"{line.path} = {shown(text)}: formula-like, not a value; allowed is {line.allowed}"
        return self._refuse(message)

    def _refuse(self, message: str) -> Any:
        raise ParameterError(f"line {self.lines_before + self.reader.line_num}: {message}")


def _formula_like(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula; a number it would not."""
    return text.startswith(("=", "+", "-", "@")) and read_number(text) is None
