"""The columns of all tables: those of a run from their dtypes, all from the data dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simlead.model import events, tables
from simlead.results import dictionary

from .markdown import escaped, table, undocumented

TABLES: dict[str, Any] = {
    "opportunities": tables.OPPORTUNITIES_DTYPE,
    "reps": tables.REPS_DTYPE,
    "managers": tables.MANAGERS_DTYPE,
    "weeks": tables.WEEKS_DTYPE,
}
TYPES = {"b": "yes or no", "i": "whole number", "f": "number"}
def columns(name: str) -> str:
    """The columns of a table of a run, with type and unit."""
    return _table(name, TABLES[name])


def trace() -> str:
    """The columns of a trace."""
    return _table("trace", events.TRACE_DTYPE)


def _table(name: str, dtype: Any) -> str:
    described = dictionary.table(name).columns
    return table(["column", "type", "unit", "meaning"], [
        [f"`{each}`", f"{TYPES[dtype[each].kind]} (`{dtype[each].str.lstrip('<|')}`)",
         *([escaped(of.unit), escaped(of.meaning)] if (of := described.get(each)) else ["", undocumented(each)])]
        for each in dtype.names])


def common() -> str:
    """The columns that mean the same in every table that has them."""
    return _columns_of(dictionary.common_columns())


def single() -> str:
    """The single values of documents."""
    return _columns_of(dictionary.table("single").columns.values())


def _columns_of(columns: Iterable[dictionary.Column]) -> str:
    return table(["column", "type", "unit", "meaning"], [
        [f"`{each.name}`", each.type.replace("_", " "), escaped(each.unit), escaped(each.meaning)] for each in columns])


def described() -> str:
    """Every table of exports and JSON documents, but those of a run: its columns with type, unit and meaning."""
    parts = []
    for name, about in dictionary.tables().items():
        if name in (*TABLES, "trace", "single", "parameter_drivers"):
            continue
        intervals = f" Its intervals count: {about.intervals}." if about.intervals else ""
        more = " It has columns for measures or parameters besides." if about.open else ""
        own = [about.columns[each] for each in dictionary.own_columns(name)]
        parts.append(f"### `{name}`\n\n{escaped(about.about)}{intervals}{more}" + (
            f"\n\n{_columns_of(own)}" if own else ""))
    return "\n\n".join(parts)
