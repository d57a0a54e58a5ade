"""A CSV as people's programs write it: encoding, separator, header and lines that are none, read in pieces.

Nothing is executed and nothing is kept that is not asked for: a cell is text until a column's reading is known.
"""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as arrow_csv

from simlead.results.files import FileFormatError, one_line, refuse_irregular

SEPARATORS: Final = (",", ";", "\t", "|")
BLOCK_BYTES = 1 << 22
"""Bytes that are read at once; what is held of the text of a file at any time is a few of these."""
LARGEST_BYTES = 1 << 33
SAMPLE_BYTES = 1 << 16
HEADER_LINES = 20
"""Lines within which a header must stand; reports have a title above it."""
MOST_COLUMNS = 2000

_NO_TEXT: Final = {
    b"PK\x03\x04": "a spreadsheet (.xlsx) or a ZIP; open it and save it as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (.xls); open it and save it as CSV",
    b"%PDF": "a PDF; export the list as CSV",
    b"PAR1": "a Parquet file; save the table as CSV",
    b"{": "JSON; export the list as CSV",
    b"<": "a web page (some programs name it .xls); open it in a spreadsheet and save it as CSV",
}


@dataclasses.dataclass(frozen=True)
class Dialect:
    """How a file is written: `header` are the names of its columns, `skip` the lines up to and with the header."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    skip: int


def normal(name: str) -> str:
    """A column's name as the lists of names have it: small letters, every run of other signs one blank.

    >>> normal("Deal - Deal created"), normal("Owner.Name"), normal("Est. Revenue (Base)")
    ('deal created', 'owner name', 'est revenue base')
    """
    words = " ".join(re.findall(r"\w+", name.replace("_", " ").lower()))
    return words.removeprefix("deal ") if re.match(r"\s*Deal - ", name) else words


def dialect_of(path: Path, wanted: frozenset[str]) -> Dialect:
    """See how a file is written. The header is the line within the first twenty that has most `wanted` names.

    Raises FileFormatError, in one line, for a file that is no text, is empty or has no line of several names.
    """
    refuse_irregular(path)
    if not path.exists():
        raise FileFormatError(f"{path}: no such file")
    if path.stat().st_size > LARGEST_BYTES:
        raise FileFormatError(f"{path} is too large: {path.stat().st_size:,} bytes, allowed are {LARGEST_BYTES:,}")
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    if not start.strip():
        raise FileFormatError(f"{path} is empty")
    for mark, what in _NO_TEXT.items():
        if start.lstrip(b"\xef\xbb\xbf \r\n").startswith(mark):
            raise FileFormatError(f"{path} is {what}")
    encoding = _encoding(path, start)
    text = start.decode(encoding, errors="replace")
    lines = text.splitlines()
    first = re.fullmatch(r"\ufeff?\"?sep=(.)\"?", lines[0]) if lines else None
    text = "\n".join(text.lstrip("\ufeff").split("\r\n")).replace("\r", "\n")
    best: tuple[int, int, int, str, list[str], int] | None = None
    for separator in [first.group(1)] if first else SEPARATORS:
        for number, (cells, behind) in enumerate(_records(text, separator)):
            if number >= HEADER_LINES:
                break
            known = sum(normal(cell) in wanted for cell in cells)
            score = (known, len(cells), -number, separator, cells, behind)
            if len(cells) > 1 and (best is None or score[:3] > best[:3]):
                best = score
    if best is None:
        raise FileFormatError(f"{path}: no line of column names parted by , ; | or tabs within the first "
                              f"{HEADER_LINES} lines")
    if len(best[4]) > MOST_COLUMNS:
        raise FileFormatError(f"{path}: {len(best[4])} columns; allowed are {MOST_COLUMNS}")
    return Dialect(encoding, best[3], _distinct(best[4]), best[5])


def pieces(path: Path, dialect: Dialect, columns: Sequence[str], refused: list[str]) -> Iterator[dict[str, Any]]:
    """The texts of some columns, a piece of the file at a time; a missing cell is an empty text.

    Lines with another number of cells than the header has are added to `refused` (their first 80 letters).
    """
    def invalid(row: Any) -> str:
        refused.append(str(row.text)[:80])
        return "skip"

    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=BLOCK_BYTES, column_names=list(dialect.header),
                skip_rows=dialect.skip, encoding=dialect.encoding),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.separator, newlines_in_values=True, invalid_row_handler=invalid),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=True, include_columns=list(columns), strings_can_be_null=False,
                column_types={name: pa.string() for name in columns}))
        for batch in reader:
            if batch.num_rows:
                yield {name: batch.column(place) for place, name in enumerate(columns)}
    except (pa.ArrowInvalid, UnicodeError, OSError, pa.ArrowNotImplementedError) as trouble:
        if "Empty CSV" in str(trouble):
            return
        raise FileFormatError(f"{path} cannot be read: {one_line(trouble)}") from None


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    nulls = Counter(place % 2 for place, byte in enumerate(start[:2000]) if byte == 0)
    if nulls:
        if nulls.total() * 8 < min(len(start), 2000):
            raise FileFormatError(f"{path} is no text: it has bytes that are zero")
        if nulls[1] > 10 * nulls[0]:
            return "utf-16-le"
        if nulls[0] > 10 * nulls[1]:
            return "utf-16-be"
        raise FileFormatError(f"{path} is no text: it has bytes that are zero")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _records(text: str, separator: str) -> Iterator[tuple[list[str], int]]:
    """The first records of a text and the physical lines up to the end of each."""
    stream = io.StringIO(text)
    reader = csv.reader(stream, delimiter=separator)
    try:
        for cells in reader:
            yield [cell.strip() for cell in cells], reader.line_num
    except csv.Error:
        return


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each once: a second `Name` is `Name (2)`, a blank one `column 3`."""
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        name = name or f"column {place}"
        distinct, again = name, 2
        while distinct in found:
            distinct, again = f"{name} ({again})", again + 1
        found.append(distinct)
    return tuple(found)
