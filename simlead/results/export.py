"""Tables for other people's programs: Parquet, CSV and XLSX, chosen by the file's suffix."""

from __future__ import annotations

import re
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlead.results.files import FileFormatError, whole_file

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".parquet", ".csv", ".xlsx")
XLSX_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""

LARGEST_IN_XLSX = 2**53
"""Whole numbers up to here are exact in a sheet; a larger one is saved as text."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XLSX = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def save_table(frame: pd.DataFrame, path: str | Path, *, overwrite: bool = False) -> Path:
    """Save a table as Parquet, CSV or XLSX, by the suffix of the path; the index is not saved.

    The file is whole or not there. In CSV and XLSX a text that a spreadsheet would take for a formula (it starts with
    = + - @ or a tab) gets an apostrophe in front. Columns of mixed values become text in Parquet.

    Raises FileFormatError for another suffix or a table too long for a sheet,
    FileExistsError if the file exists and `overwrite` is false. Returns the path.

    >>> import pandas, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_table(pandas.DataFrame({"deal": ["=1+1"]}), folder + "/deals.csv")
    ...     print(path.read_text())
    deal
    '=1+1
    <BLANKLINE>
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileFormatError(f"{path}: a table is saved as {', '.join(SUFFIXES)}, by the name's suffix")
    if suffix == ".xlsx" and len(frame) > XLSX_ROWS:
        raise FileFormatError(
            f"{path}: {len(frame)} rows, but a sheet holds {XLSX_ROWS}; save as .parquet or .csv")
    with whole_file(path, overwrite) as partial:
        if suffix == ".parquet":
            uniform(frame).to_parquet(partial, index=False)
        elif suffix == ".csv":
            _harmless(frame, _as_text_of_csv).to_csv(partial, index=False, lineterminator="\n")
        else:
            import pandas as pd

            with pd.ExcelWriter(partial, engine="openpyxl") as book:
                write_sheet(frame, book, "Sheet1")
    return path


def write_sheet(frame: pd.DataFrame, book: pd.ExcelWriter[Any], name: str, **options: Any) -> None:
    """Write a table as a sheet of a workbook; what is missing is no cell, so that formulas take it for empty."""
    spreadsheet_safe(frame).to_excel(book, sheet_name=name, index=False, **options)
    for row in book.sheets[name].iter_rows(min_row=2):
        for cell in row:
            if cell.value == "":
                cell.value = None


def harmless(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would take it for a formula.

    >>> harmless("=HYPERLINK(...)"), harmless("won"), harmless(" =1")
    ("'=HYPERLINK(...)", 'won', "' =1")
    """
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA_STARTS) else text


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as a sheet can hold it: no formula, no control characters, no whole number that would be rounded."""
    exact = frame.copy()
    for column in exact.columns:
        if exact[column].dtype.kind in "iu" and (exact[column].astype(float).abs() >= LARGEST_IN_XLSX).any():
            exact[column] = exact[column].astype(object)
    return _harmless(exact, _as_text_of_xlsx)


def _as_text_of_csv(cell: Any) -> Any:
    return harmless(cell) if isinstance(cell, str) else cell


def _as_text_of_xlsx(cell: Any) -> Any:
    if isinstance(cell, str):
        return harmless(_NOT_IN_XLSX.sub("\ufffd", cell))
    return str(cell) if isinstance(cell, Integral) and abs(int(cell)) > LARGEST_IN_XLSX else cell


def _harmless(frame: pd.DataFrame, guard: Any) -> pd.DataFrame:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    safe = frame.copy()
    for column in safe.columns:
        kind = safe[column].dtype
        if not (is_numeric_dtype(kind) or is_bool_dtype(kind)):
            safe[column] = safe[column].astype(object).map(guard)
    safe.columns = safe.columns.map(guard)
    return safe


def uniform(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with columns of mixed types as text: Parquet columns have one type."""
    mixed = {
        column: str
        for column in frame.columns
        if frame[column].dtype == object and len({type(cell) for cell in frame[column]}) > 1
    }
    return frame.astype(mixed) if mixed else frame
