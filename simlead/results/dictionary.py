"""The data dictionary: type, unit and meaning of every column, from `data/columns.toml` and the registries.

A column that stands for a measure or a parameter is described by its registry; all others are written down in the file.
Exports and JSON documents take their descriptions from here, and so does the reference of records.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from simlead.model.parameters import nearest
from simlead.model.scenario import REGISTRY, TABLES, declared
from simlead.model.team import TEAM_PARAMETERS
from simlead.results.ledger import LINE, LINES, TO_MONTH
from simlead.results.measures import MEASURES
from simlead.results.own_measures import measure_named
from simlead.results.seen import COLUMNS as SEEN_COLUMNS

TYPES = TEXT, WHOLE, NUMBER, YES_NO, ANY = "text", "whole", "number", "yes_no", "any"
"""Types of columns. `any` is a parameter's value: a number, a text, or yes or no."""

_ENDS = {"_low": "low end of the interval of: ", "_high": "high end of the interval of: "}
_ABOUT = ("about", "intervals", "open", "empty", "infinite", "like", "keys", "of")
_SINGLE = "single"


@dataclasses.dataclass(frozen=True)
class Column:
    """What a column of a table holds.

    Parameters
    ----------
    name : str
        Its name.
    type : str
        One of `TYPES`.
    unit : str
        Its unit; `row` is the unit that the row's column `unit` has, `measure` that of the measure that the table is
        about, `parameter` that of the row's parameter, `$` the firm's currency.
    meaning : str
        What it is, in words.
    always : bool
        Whether its table always has it.
    """

    name: str
    type: str
    unit: str
    meaning: str
    always: bool = False


@dataclasses.dataclass(frozen=True)
class Described:
    """What a table holds.

    Parameters
    ----------
    name : str
        Its name.
    about : str
        What a row is.
    intervals : str
        What its intervals count; empty if it has none.
    open : bool
        Whether it has columns for measures or parameters besides.
    empty, infinite : str
        Why a number can be missing, and what an infinite one means.
    columns : mapping of str to Column
        Its own columns by name.
    """

    name: str
    about: str
    intervals: str
    open: bool
    empty: str
    infinite: str
    columns: Mapping[str, Column]


@functools.cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("simlead").joinpath("data/columns.toml").read_text(encoding="utf-8"))


@functools.cache
def _common() -> dict[str, Column]:
    """The columns that mean the same in every table that has them."""
    return {name: dataclasses.replace(each, always=False) for name, each in _columns(_read()["common"]).items()}


@functools.cache
def tables() -> Mapping[str, Described]:
    """Every table by name.

    >>> tables()["effects"].columns["low"].meaning
    'low end of the interval of both uncertainties, random numbers and world'
    """
    read, common, found = _read(), _common(), {}
    for name, entries in read.items():
        if name == "common":
            continue
        own = read[entries["like"]] if "like" in entries else entries
        keys = {key: dataclasses.replace(common[key], always=True) for key in own.get("keys", ())}
        columns = _columns(own) if name == _SINGLE else {**common, **keys, **_columns(own)}
        if "of" in entries:
            columns = {label: dataclasses.replace(each, unit=entries["of"]) if each.unit == "measure" else each
                       for label, each in columns.items()}
        found[name] = Described(
            name, str(own.get("about", "")), str(own.get("intervals", "")), own.get("open") is True,
            str(own.get("empty", "not defined")), str(own.get("infinite", "without bound")), MappingProxyType(columns))
    return MappingProxyType(found)


def _columns(entries: Mapping[str, Any]) -> dict[str, Column]:
    found = {}
    for name, text in entries.items():
        if name in _ABOUT and "|" not in str(text):
            continue
        kind, unit, meaning = (part.strip() for part in str(text).split("|", 2))
        found[name.rstrip("_")] = Column(name.rstrip("_"), kind.rstrip("?"), unit, meaning, not kind.endswith("?"))
    return found


def table(name: str) -> Described:
    """The description of a table; LookupError for one that nobody has described.

    >>> table("comparisons")
    Traceback (most recent call last):
    ...
    LookupError: table 'comparisons' is not described; did you mean comparison?
    """
    if name not in tables():
        raise LookupError(f"table {name!r} is not described{nearest(name, tables())}")
    return tables()[name]


def common_columns() -> tuple[Column, ...]:
    """The columns that mean the same in every table that has them."""
    return tuple(_common().values())


def own_columns(name: str) -> tuple[str, ...]:
    """The columns that a table does not share with all others.

    >>> own_columns("decision_map")
    ('treated', 'months', 'best', 'over_the_best')
    """
    return tuple(each for each, about in table(name).columns.items() if _common().get(each) != about)


def column(of: str, name: str) -> Column | None:
    """What a column of a table holds; None for one that is a caller's own.

    >>> column("comparison", "difference").unit, column("points", "market_share_low").meaning
    ('row', 'low end of the interval of: Our share of all deals that were won, by value, final year')
    >>> column("design", "policy.coaching_share").unit, column("answer_runs", "profit_to_month_3").unit
    ("share of the manager's week", '$')
    """
    own = table(of).columns.get(name)
    return own if own is not None else _of_registries(name) if table(of).open else None


def _of_registries(name: str) -> Column | None:
    """A column that stands for a measure, the end of its interval, a parameter, or a line of the ledger."""
    if name in MEASURES:
        return Column(name, NUMBER, MEASURES[name].unit, MEASURES[name].meaning)
    own = measure_named(name)
    if own is not None:
        return Column(name, NUMBER, own.unit, own.meaning or "a measure of the user's own")
    for end, words in _ENDS.items():
        if name.endswith(end) and (of := _of_registries(name.removesuffix(end))) is not None and of.type == NUMBER:
            return dataclasses.replace(of, name=name, meaning=f"{words}{of.meaning}")
    line = TEAM_PARAMETERS.get(name.split(".", 2)[2]) if re.match(r"team\.\d+\.", name) else None
    if name in REGISTRY or name in TABLES or line is not None:
        line = line or declared(name)
        return Column(name, type_of_value(line.default), line.unit, line.meaning)
    if name.startswith(LINE) and name.removeprefix(LINE) in LINES:
        return Column(name, NUMBER, "$", f"line of the ledger over the horizon: {name.removeprefix(LINE)}")
    if re.fullmatch(rf"{TO_MONTH}\d+", name):
        return Column(name, NUMBER, "$", f"cumulative profit to the end of month {name.removeprefix(TO_MONTH)}")
    if name in SEEN_COLUMNS:
        return Column(name, NUMBER, "", f"counted by the firm: {name.replace('_', ' ')}")
    return None


def type_of_value(value: object) -> str:
    """The type of a value in a table.

    >>> [type_of_value(value) for value in (True, 3, 0.5, "best_seller", [1])]
    ['yes_no', 'whole', 'number', 'text', 'any']
    """
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, int):
        return WHOLE
    return NUMBER if isinstance(value, float) else TEXT if isinstance(value, str) else ANY


def single(name: str) -> Column:
    """What a single number of a document is; LookupError for one that nobody has described."""
    columns = table(_SINGLE).columns
    if name not in columns:
        raise LookupError(f"{name!r} is not described{nearest(name, columns)}")
    return columns[name]
