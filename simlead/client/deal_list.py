"""The deal list of a CRM as arrays: every row read, none yet dropped."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simlead.client import mapping as columns_mapping
from simlead.client.columns import Readings, Words, amounts, by_text, days, readings_of
from simlead.client.mapping import DECIMALS, ColumnMapping, columns_of, entered_columns, is_, says, vendor_of
from simlead.client.quality import Quality
from simlead.client.table_file import Dialect, dialect_of, normal, pieces
from simlead.client.text_values import NO_VALUE, truth_of
from simlead.model.parameters import ParameterError

OPEN, WON, LOST = 0, 1, 2
RIVAL, NO_DECISION, OTHER_REASON = 1, 2, 3

WORDS: Final[tuple[str, ...]] = (
    "owner", "owner_name", "team", "manager", "stage", "status", "pipeline", "currency", "loss_reason", "product",
    "region", "source")
DATES: Final[tuple[str, ...]] = (
    "created", "close", "won_at", "lost_at", "expected_close", "stage_changed", "snapshot")
NUMBERS: Final[tuple[str, ...]] = ("amount", "amount_final", "probability")
FLAGS: Final[tuple[str, ...]] = ("is_closed", "is_won", "is_lost")

_FORMULA = r"^\s*(=|@|[+-]\s*[^\d\s.,+-])"
_TEST = re.compile(r"^\W*(test|tests|testing|dummy|sandbox|asdf)\b", re.IGNORECASE)


@dataclasses.dataclass
class DealList:
    """Rows of a deal list: texts as numbers of `words`, dates in days since 1970, nan or -1 where there is nothing.

    `entered` has a row per deal and a column per stage of `entered_stages`; `test` is 2 for a name that begins with
    "test" or the like, 1 for one that has such a word. All dates have one precision: a deal may be closed in the minute
    in which it entered its last stage, and is set against that.
    """

    path: Path
    mapping: ColumnMapping
    readings: Readings
    ids: pa.ChunkedArray
    words: dict[str, Words]
    codes: dict[str, NDArray[np.int32]]
    dates: dict[str, NDArray[np.float64]]
    numbers: dict[str, NDArray[np.float64]]
    flags: dict[str, NDArray[np.int8]]
    test: NDArray[np.int8]
    entered_stages: list[str]
    entered: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.test)


def read_deals(path: Path, stated: ColumnMapping, quality: Quality) -> DealList:
    """Read a deal list. Raises ParameterError, in one line, for a table that is none: it names what is missing."""
    dialect = dialect_of(path, columns_mapping.wanted("deals"))
    vendor = vendor_of(dialect.header) if stated.vendor == "auto" else stated.vendor
    columns = columns_of(dialect.header, "deals", stated.columns)
    if missing := missing_columns(columns):
        raise NoDealList(path, dialect, missing, vendor, columns)
    entered = entered_columns(dialect.header)
    dates = [columns[what] for what in DATES if what in columns] + list(entered.values())
    numbers = [columns[what] for what in NUMBERS if what in columns]
    readings = readings_of(path, dialect, dates, numbers, quality, stated.dates,
                           DECIMALS[stated.decimals] if stated.decimals else None)
    mapping = dataclasses.replace(
        stated, vendor=vendor, columns=columns, dates=readings.dates,
        decimals=next(name for name, mark in DECIMALS.items() if mark == readings.decimal))
    return _read(path, dialect, mapping, readings, entered, quality)


def missing_columns(columns: dict[str, str]) -> list[str]:
    """What a deal list needs and these columns have not."""
    missing = [what for what in columns_mapping.NEEDED if what not in columns]
    if not {"stage", "status", "is_won", "won_at"} & columns.keys():
        missing.append("stage (or status, is_won, won_at)")
    if not {"close", "won_at", "lost_at"} & columns.keys():
        missing.append("close (or won_at and lost_at)")
    return missing


class NoDealList(ParameterError):
    """A table that is no deal list; `template` is the mapping to edit."""

    def __init__(self, path: Path, dialect: Dialect, missing: list[str], vendor: str, columns: dict[str, str]) -> None:
        header = ", ".join(dialect.header[:12]) + (", ..." if len(dialect.header) > 12 else "")
        super().__init__(
            f"{path}: no column found for {', '.join(missing)}; the file has {header}. Name them under [columns] of a "
            "mapping file and pass it with --mapping")
        self.template = columns_mapping.mapping_toml(ColumnMapping(vendor=vendor, columns=columns))


def _read(path: Path, dialect: Dialect, mapping: ColumnMapping, readings: Readings, entered: dict[str, str],
          quality: Quality) -> DealList:
    columns = dict(mapping.columns)
    words = {what: Words() for what in WORDS if what in columns}
    codes: dict[str, list[NDArray[np.int32]]] = {what: [] for what in words}
    dates: dict[str, list[NDArray[np.float64]]] = {what: [] for what in DATES if what in columns}
    numbers: dict[str, list[NDArray[np.float64]]] = {what: [] for what in NUMBERS if what in columns}
    flags: dict[str, list[NDArray[np.int8]]] = {what: [] for what in FLAGS if what in columns}
    ids: list[pa.Array] = []
    test: list[NDArray[np.int8]] = []
    into: list[NDArray[np.float64]] = []
    wanted = list(dict.fromkeys([*columns.values(), *entered.values()]))
    refused: list[str] = []
    row = 0
    for piece in pieces(path, dialect, wanted, refused):
        size = len(piece[wanted[0]])
        piece = {name: pc.utf8_trim_whitespace(column) for name, column in piece.items()}
        keep = _no_footer(piece, columns, size)
        if dropped := size - int(keep.sum()):
            quality.add("footer_line", count=dropped)
            piece = {name: column.filter(pa.array(keep)) for name, column in piece.items()}
        count = int(keep.sum())
        ids.append(_ids(piece, columns, row, count, quality))
        row += count
        for what, each in words.items():
            codes[what].append(each.of(piece[columns[what]]))
        for what in dates:
            read, wrong = days(piece[columns[what]], readings.dates)
            dates[what].append(read)
            quality.add("unreadable_date", count=wrong)
        for what in numbers:
            read, wrong = amounts(piece[columns[what]], readings.decimal)
            numbers[what].append(read)
            if what != "probability":
                quality.add("unreadable_amount", count=wrong)
        for what in flags:
            flags[what].append(by_text(piece[columns[what]], truth_of, np.int8))
        stage_dates = [days(piece[name], readings.dates)[0] for name in entered.values()]
        into.append(np.stack(stage_dates, axis=1) if stage_dates else np.empty((count, 0)))
        test.append(_tests(piece, columns, count))
        _count_formulas(piece, columns, quality)
    footers = sum(is_(line.strip(f'{dialect.separator}" '), "footer") or dialect.separator not in line
                  for line in refused)
    quality.add("footer_line", count=footers)
    quality.add("unreadable_line", refused, count=len(refused) - footers)
    quality.rows = row
    quality.lines = row + quality.hazards.get("footer_line", 0) + quality.hazards.get("unreadable_line", 0)
    if not row:
        raise ParameterError(f"{path}: no deals below the column names")

    def whole(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.concatenate(parts)

    return DealList(
        path, mapping, readings, pa.chunked_array(ids, pa.string()), words,
        {what: np.concatenate(parts) for what, parts in codes.items()},
        {what: whole(parts) for what, parts in dates.items()},
        {what: whole(parts) for what, parts in numbers.items()},
        {what: np.concatenate(parts) for what, parts in flags.items()},
        np.concatenate(test), list(entered), np.concatenate(into))


def _ids(piece: dict[str, pa.Array], columns: dict[str, str], row: int, count: int, quality: Quality) -> pa.Array:
    """The deals' ids; a row without one is a deal of its own, named by its number."""
    rows = pa.array([f"row {number}" for number in range(row + 1, row + count + 1)], pa.string())
    if "id" not in columns:
        quality.add("no_id", count=count)
        return rows
    ids = piece[columns["id"]]
    blank = pc.is_in(pc.utf8_lower(ids), value_set=pa.array(sorted(NO_VALUE)))
    missing = pc.sum(blank).as_py() or 0
    quality.add("no_id", count=missing)
    return pc.if_else(blank, rows, ids) if missing else ids


def _no_footer(piece: dict[str, pa.Array], columns: dict[str, str], size: int) -> NDArray[np.bool_]:
    """The rows that are deals: anything but an id or a total stands in them."""
    some = np.zeros(size, bool)
    for what in ("created", "stage", "status", "owner", "close"):
        if what in columns:
            some |= pc.not_equal(piece[columns[what]], "").to_numpy(zero_copy_only=False)
    return some


def _tests(piece: dict[str, pa.Array], columns: dict[str, str], count: int) -> NDArray[np.int8]:
    """2 for names that begin with "test" or the like, 1 for names that have such a word."""
    if "name" not in columns:
        return np.zeros(count, np.int8)
    names = piece[columns["name"]]
    suspects = pc.match_substring_regex(names, r"(?i)test|dummy|sandbox|ignor|do not use|asdf").to_numpy(
        zero_copy_only=False)
    found = np.zeros(count, np.int8)
    for place in np.flatnonzero(suspects):
        text = names[int(place)].as_py()
        found[place] = 2 if _TEST.match(text) else int(says(text, "test"))
    return found


def _count_formulas(piece: dict[str, pa.Array], columns: dict[str, str], quality: Quality) -> None:
    """Count cells that a spreadsheet would take for a formula; here they are text."""
    for what in ("name", *WORDS):
        if what not in columns or what == "owner_name":
            continue
        column = piece[columns[what]]
        like = pc.match_substring_regex(column, _FORMULA)
        if pc.any(like).as_py():
            quality.add("formula_like", [text[:60] for text in column.filter(like)[:5].to_pylist()],
                        count=int(pc.sum(like).as_py()))


def reason_of(text: str) -> int:
    """What a loss reason says: RIVAL, NO_DECISION, OTHER_REASON, or 0 for none.

    >>> reason_of("kein Budget") == NO_DECISION, reason_of("Lost to competitor") == RIVAL, reason_of("")
    (True, True, 0)
    """
    if not text:
        return 0
    return NO_DECISION if says(text, "no_decision") else RIVAL if says(text, "rival") else OTHER_REASON


def outcome_word(text: str, mapping: ColumnMapping) -> int:
    """What a stage or a status says: WON, LOST, OPEN, or -1 for nothing.

    >>> [outcome_word(text, ColumnMapping()) for text in ("Closed Won", "Verloren", "Offen", "Proposal", "1")]
    [1, 2, 0, -1, -1]
    """
    if (stated := mapping.stages.get(text)) is not None:
        return {"won": WON, "lost": LOST}.get(stated, -1)
    if says(text, "lost"):
        return LOST
    if says(text, "won"):
        return WON
    if normal(text) in columns_mapping.names()["words"]["open"]:
        return OPEN
    return -1
