"""Tables with their data dictionary as CSV, Parquet, XLSX, or CSV with a script that reads them into R."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simlead.model.parameters import ParameterError, nearest
from simlead.results.dictionary import ANY, NUMBER, TEXT, WHOLE, YES_NO, Column, column, type_of_value
from simlead.results.export import XLSX_ROWS, harmless, save_table, uniform, write_sheet
from simlead.results.files import FileFormatError
from simlead.results.folder import Stored
from simlead.results.r_script import r_script

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet", "xlsx", "r")
"""What tables are exported to. `r` is CSV with a script that gives types, units and labels to what R reads: it needs no
package, and any version of R can read it, which Parquet does not offer."""

DICTIONARY = "dictionary"
"""The name of the table that describes all others."""

WORKBOOK, R_SCRIPT = "tables.xlsx", "read.R"

_WIDTHS = (20, 28, 10, 20, 90)
"""Widths of the dictionary's columns in a workbook, in characters."""

OWN = "a column of the user's own"
"""The meaning of a column that no registry knows."""


def checked_format(to: object) -> str:
    """The name of a format, or a ParameterError that lists those there are.

    >>> checked_format("xls")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: to 'xls': allowed is csv | parquet | xlsx | r; did you mean xlsx?
    """
    if to not in FORMATS:
        raise ParameterError(f"to {to!r}: allowed is {' | '.join(FORMATS)}{nearest(str(to), FORMATS)}")
    return str(to)


def described(name: str, table: pd.DataFrame) -> list[Column]:
    """What each column of a table holds, the user's own columns included.

    >>> import pandas as pd
    >>> [each.meaning for each in described("sweep_runs", pd.DataFrame({"point": [0], "my_number": [1.5]}))]
    ['number of the design point, from 0', "a column of the user's own"]
    """
    found = []
    for label in map(str, table.columns):
        known = column(name, label)
        found.append(known if known is not None else Column(label, _type_of(table[label]), "", OWN))
    return found


def dictionary_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The data dictionary of tables: table, column, type, unit, meaning."""
    import pandas as pd

    return pd.DataFrame([(name, each.name, each.type, each.unit, each.meaning)
                         for name, table in tables.items() for each in described(name, table)],
                        columns=["table", "column", "type", "unit", "meaning"])


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, to: str) -> None:
    """Write tables and their dictionary into a folder, in one of `FORMATS`.

    Raises FileFormatError, before anything is written, for a table that is longer than a sheet.
    """
    whole = {name: typed(name, table) for name, table in tables.items()}
    every = {**whole, DICTIONARY: dictionary_of(tables)}
    if to == "xlsx":
        _write_workbook(every, folder / WORKBOOK)
        return
    for name, table in every.items():
        if to == "parquet" and name != DICTIONARY:
            _write_parquet(name, table, folder / f"{name}.parquet")
        else:
            save_table(table, folder / f"{name}.{'parquet' if to == 'parquet' else 'csv'}")
    if to == "r":
        script = r_script({name: described(name, table) for name, table in whole.items()}, whole)
        (folder / R_SCRIPT).write_text(script, encoding="utf-8", newline="\n")


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table whose columns have the types of the dictionary; what is missing stays so.

    >>> import pandas as pd
    >>> typed("teams", pd.DataFrame({"outcome": ["revenue"], "seed": [3.0]})).dtypes.astype(str).tolist()[1]
    'int64'
    """
    return table.assign(**{each.name: _as(each.type, table[each.name]) for each in described(name, table)})


def read_table(stored: Stored, file: str, name: str) -> pd.DataFrame:
    """A table of a result folder as it was written, from Parquet, CSV or XLSX, with the types of the dictionary."""
    import pandas as pd

    if file.endswith(".parquet"):
        return typed(name, stored.frame(file))
    if file.endswith(".xlsx"):
        text = pd.read_excel(io.BytesIO(stored.read(file)), dtype=str, keep_default_na=False, engine="openpyxl")
    else:
        text = stored.frame(file, dtype=str, keep_default_na=False)
    columns = {str(label): [_plain(cell) for cell in text[label]] for label in text.columns}
    return typed(name, pd.DataFrame(columns, dtype=object))


def _plain(cell: str) -> Any:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula; None for an empty one."""
    if cell.startswith("'") and harmless(cell[1:]) == cell:
        return cell[1:]
    return cell or None


def _as(kind: str, cells: pd.Series[Any]) -> Any:
    import pandas as pd

    if kind == TEXT:
        return pd.Series(["" if _missing(cell) else str(cell) for cell in cells], index=cells.index, dtype=object)
    if kind == YES_NO:
        truths = [None if _missing(cell) else str(cell).lower() in ("true", "1", "1.0") for cell in cells]
        return pd.Series(truths, index=cells.index, dtype="boolean" if None in truths else bool)
    if kind in (WHOLE, NUMBER):
        numbers = pd.to_numeric(cells.map(lambda cell: np.nan if _missing(cell) else cell)) if (
            cells.dtype == object) else cells
        whole = kind == WHOLE and len(numbers) and np.isfinite(numbers.astype(float)).all()
        return numbers.astype(np.int64 if whole else np.float64)
    return cells


def _missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell) or type(cell).__name__ in ("NAType", "NaTType")


def _type_of(cells: pd.Series[Any]) -> str:
    kind = cells.dtype.kind
    if kind in "biuf":
        return {"b": YES_NO, "f": NUMBER}.get(kind, WHOLE)
    kinds = {type_of_value(cell) for cell in cells if not _missing(cell)}
    return kinds.pop() if len(kinds) == 1 else TEXT if kinds <= {TEXT} else ANY


def _write_parquet(name: str, table: pd.DataFrame, path: Path) -> None:
    """Write a table whose columns carry unit and meaning, where readers of Parquet look for them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(uniform(table), preserve_index=False)
    about = {each.name: {"unit": each.unit, "meaning": each.meaning} for each in described(name, table)}
    schema = pa.schema([field.with_metadata(about[field.name]) for field in arrow.schema], arrow.schema.metadata)
    pq.write_table(arrow.cast(schema), path)


def _write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write a sheet for each table, the dictionary first."""
    import pandas as pd

    for name, table in tables.items():
        if len(table) > XLSX_ROWS:
            raise FileFormatError(
                f"{name}: {len(table)} rows, but a sheet holds {XLSX_ROWS}; export to csv, parquet or r")
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name in (DICTIONARY, *(each for each in tables if each != DICTIONARY)):
            write_sheet(tables[name], book, name[:31], freeze_panes=(1, 0))
        for letter, width in zip("ABCDE", _WIDTHS, strict=True):
            book.sheets[DICTIONARY].column_dimensions[letter].width = width
