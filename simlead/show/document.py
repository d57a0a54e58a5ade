"""What a command answers as one JSON document: single values, tables with units, and sentences, with their provenance.

Numbers are plain. JSON has neither "not a number" nor infinity: such a cell is null, and `nulls` says which and why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simlead.results.dictionary import ANY, Column, single, table
from simlead.results.exported import described
from simlead.results.provenance import installed, source_hash
from simlead.show.document_shapes import SHAPES, identity

if TYPE_CHECKING:
    import pandas as pd

    from simlead.model.scenario import Scenario

_NAMES_A_PARAMETER = ("parameter", "depends_on", "factor", "path")
"""Columns whose text is the path of a parameter; the unit of that goes into `parameter_unit`."""

Nulls = list[dict[str, Any]]


def document(
    command: str,
    *,
    seed: int | None = None,
    scenarios: Mapping[str, Scenario] | None = None,
    single_values: Mapping[str, Any] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    sentences: Iterable[str] = (),
    saved: Sequence[Any] = (),
    exit_status: int = 0,
    unit: str = "",
    currency: str = "",
    reasons: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The document of a command, which its schema describes (`schemas.schema_of`).

    `unit` is that of the measure that the tables are about, `currency` the firm's; `reasons` say why a column's
    numbers are missing where it is not the table's usual reason, by "TABLE.COLUMN". LookupError for a value or a table
    that the command does not declare.

    >>> made = document("diff", single_values={"same": True})
    >>> made["schema"], made["single"], made["tables"], made["nulls"]
    ('simlead diff 1', {'same': True}, {}, [{'in': 'seed', 'value': 'missing', 'reason': 'nothing is drawn'}])
    """
    shape, nulls = SHAPES[command], Nulls()
    if seed is None:
        nulls.append({"in": "seed", "value": "missing", "reason": "nothing is drawn"})
    values = dict(single_values or {})
    given = {name: frame for name, frame in (tables or {}).items() if len(frame)}
    if unknown := [*(values.keys() - set(shape.single)), *(given.keys() - set(shape.tables))]:
        raise LookupError(f"{command}: {unknown[0]!r} is not declared")
    return {
        "schema": identity(command),
        "command": command,
        "version": installed("simlead"),
        "sources": source_hash(),
        "seed": seed,
        "scenarios": {name: {"hash": each.hash(), "effect_sizes": each.origin.effect_sizes}
                      for name, each in (scenarios or {}).items()},
        "exit_status": exit_status,
        "saved": [str(each) for each in saved],
        "single": {name: _single(name, value, nulls) for name, value in values.items()},
        "tables": {name: _table(name, frame, unit, currency, reasons or {}, nulls) for name, frame in given.items()},
        "sentences": list(sentences),
        "nulls": nulls,
    }


def _single(name: str, value: Any, nulls: Nulls) -> Any:
    single(name)
    cell, why = plain(value)
    if cell is None:
        nulls.append({"in": f"single.{name}", "value": why, "reason": table("single").empty})
    return cell


def _table(
    name: str, frame: pd.DataFrame, unit: str, currency: str, reasons: Mapping[str, str], nulls: Nulls
) -> dict[str, Any]:
    about = table(name)
    columns = described(name, frame)
    cells = {each.name: _cells(name, each, frame[each.name].tolist(), reasons.get(f"{name}.{each.name}"), nulls)
             for each in columns}
    if any(each.unit == "parameter" for each in columns):
        paths = next((cells[each] for each in _NAMES_A_PARAMETER if each in cells), [])
        cells["parameter_unit"] = [_unit_of_parameter(path) for path in paths]
    rows = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    units = {each.name: _unit(each, unit, currency) for each in columns if each.unit}
    return {"about": about.about, "intervals": about.intervals or "none", "units": units, "rows": rows}


def _unit(of: Column, unit: str, currency: str) -> str:
    """The unit of a column: that of the measure at hand, in the firm's currency."""
    own = unit or "measure" if of.unit == "measure" else of.unit
    return own.replace("$", currency or "$")


def _unit_of_parameter(path: Any) -> str:
    from simlead.model.scenario import REGISTRY

    return REGISTRY[path].unit if path in REGISTRY else ""


def _cells(name: str, of: Column, values: list[Any], reason: str | None, nulls: Nulls) -> list[Any]:
    found, missing = [], dict[str, list[int]]()
    for row, value in enumerate(values):
        cell, why = plain(value)
        if cell is None:
            missing.setdefault(why, []).append(row)
        found.append(str(cell) if cell is not None and of.type == ANY and isinstance(cell, (list, dict)) else cell)
    for why, rows in missing.items():
        said = reason or (table(name).infinite if "infinite" in why else table(name).empty)
        nulls.append({"in": f"{name}.{of.name}", "rows": rows, "value": why, "reason": said})
    return found


def plain(value: Any) -> tuple[Any, str]:
    """A value as JSON has it, and where that is null what it was.

    >>> import numpy as np
    >>> plain(np.float64(0.5)), plain(math.nan), plain(-math.inf), plain(np.bool_(True))
    ((0.5, ''), (None, 'not a number'), (None, 'minus infinite'), (True, ''))
    """
    own = value.item() if hasattr(value, "item") else value
    if own is None or type(own).__name__ == "NAType":
        return None, "missing"
    if isinstance(own, float) and not math.isfinite(own):
        return None, "not a number" if math.isnan(own) else "infinite" if own > 0 else "minus infinite"
    if isinstance(own, (tuple, list)):
        return [plain(each)[0] for each in own], ""
    return own, ""
