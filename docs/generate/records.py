"""The columns of a run's four tables and of its trace, from the dtypes and the comments beside them."""

from __future__ import annotations

import inspect
import re
from typing import Any

from simlead.model import events, tables

from .markdown import escaped, table

TABLES: dict[str, Any] = {
    "opportunities": tables.OPPORTUNITIES_DTYPE,
    "reps": tables.REPS_DTYPE,
    "managers": tables.MANAGERS_DTYPE,
    "weeks": tables.WEEKS_DTYPE,
}
TYPES = {"b": "yes or no", "i": "whole number", "f": "number"}
_FIELD = re.compile(r'^\s+\("(\w+)", "[^"]+"\),(?:\s+# (.+))?$', re.M)


def comments(module: Any, dtype_name: str) -> dict[str, str]:
    """Field -> the comment beside it, of a dtype that a module declares."""
    source = inspect.getsource(module)
    declared = source[source.index(f"\n{dtype_name}: Final"):]
    return dict(_FIELD.findall(declared[:declared.index("\n])")]))


def columns(name: str) -> str:
    """The columns of a table of a run, with type and unit."""
    told = comments(tables, f"{name.upper()}_DTYPE")
    return _table(TABLES[name], told)


def trace() -> str:
    """The columns of a trace."""
    return _table(events.TRACE_DTYPE, comments(events, "TRACE_DTYPE"))


def _table(dtype: Any, told: dict[str, str]) -> str:
    return table(["column", "type", "unit, meaning"], [
        [f"`{name}`", f"{TYPES[dtype[name].kind]} (`{dtype[name].str.lstrip('<|')}`)",
         escaped(told[name] or _unit_in(name))] for name in dtype.names])


def _unit_in(name: str) -> str:
    """What the name itself says of the unit."""
    return "hours" if name.endswith("_hours") else ""
