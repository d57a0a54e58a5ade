"""A run on disk: Parquet tables, and the manifest with everything else and their hashes.

    manifest.json          scenario, seed, replicate, engine, provenance
    opportunities.parquet  reps.parquet  managers.parquet  weeks.parquet  [trace.parquet]

Nothing in it is executed when it is read (no pickle). The scenario is stored as values by
dotted path and checked against the registry like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.recfunctions import repack_fields

from simlead.engines.contract import Records
from simlead.model import tables
from simlead.model.events import TRACE_DTYPE
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError, one_line
from simlead.results.folder import NewFolder, read_folder
from simlead.results.manifest import MANIFEST, scenario_of, shaped
from simlead.results.provenance import Provenance
from simlead.results.windows import Table

DTYPES: dict[str, np.dtype[Any]] = {
    "opportunities": tables.OPPORTUNITIES_DTYPE,
    "reps": tables.REPS_DTYPE,
    "managers": tables.MANAGERS_DTYPE,
    "weeks": tables.WEEKS_DTYPE,
    "trace": TRACE_DTYPE,
}

LATER_COLUMNS: dict[str, Callable[[Table, Scenario], Any]] = {
    "chosen_for_coaching": lambda reps, scenario: reps["filled"],
    "face_to_face_hours": lambda reps, scenario: reps["customer_hours"] * scenario.organisation.face_to_face_share,
}
"""Columns that runs saved by 0.1.0 do not have, from those that they have: what the model of 0.1.0 implies."""


def without_later_columns(table: Table) -> Table:
    """The table as 0.1.0 had it."""
    names = [name for name in table.dtype.names or () if name not in LATER_COLUMNS]
    if len(names) == len(table.dtype.names or ()):
        return table
    earlier: Table = repack_fields(table[names])
    return earlier


def save_records(new: NewFolder, records: Records) -> None:
    """Write a run's tables into a new folder."""
    new.facts["events"] = records.events
    for name in DTYPES:
        table = getattr(records, name)
        if table is not None:
            write_table(new.path / f"{name}.parquet", table)


def load_run(folder: Path) -> dict[str, Any]:
    """Read a run: the arguments of `Run`; see `Run.load`."""
    stored = read_folder(folder, "run")
    facts, files = stored.facts, stored.manifest.files
    with shaped(folder / MANIFEST):
        found: dict[str, Any] = {
            "scenario": scenario_of(facts["scenario"]),
            "seed": int(facts["seed"]),
            "replicate": int(facts["replicate"]),
            "engine": str(facts["engine"]),
            "provenance": Provenance(**facts["provenance"]),
        }
        events = int(facts["events"])
        if missing := [name for name in DTYPES if name != "trace" and f"{name}.parquet" not in files]:
            raise ValueError(f"it names no table {min(missing)}")
    loaded = {name: table_of(stored.read(f"{name}.parquet"), dtype, folder / f"{name}.parquet", found["scenario"])
              for name, dtype in DTYPES.items() if f"{name}.parquet" in files}
    return {**found, "records": Records(events=events, **loaded)}


def write_table(path: Path, table: Table) -> None:
    """Write a structured array as Parquet, a column per field, nan kept as nan."""
    import pyarrow
    from pyarrow import parquet

    names = table.dtype.names or ()
    columns = [pyarrow.array(np.ascontiguousarray(table[name])) for name in names]
    parquet.write_table(pyarrow.Table.from_arrays(columns, names=list(names)), path, compression="zstd")


def table_of(content: bytes, dtype: np.dtype[Any], path: Path, scenario: Scenario) -> Table:
    """Return the structured array in a Parquet file that `write_table` wrote; `path` names it in messages.

    Columns that came later than the file have what LATER_COLUMNS says. Raises FileFormatError
    if it cannot be read or its columns are not the dtype's.
    """
    import pyarrow
    from pyarrow import parquet

    names = list(dtype.names or ())
    try:
        stored = parquet.read_table(pyarrow.BufferReader(content))
    except (OSError, pyarrow.ArrowException) as trouble:
        raise FileFormatError(f"{path} cannot be read: {one_line(trouble)}") from None
    later = [name for name in names if name in LATER_COLUMNS and name not in stored.column_names]
    if stored.column_names != [name for name in names if name not in later]:
        raise FileFormatError(f"{path} has other columns than this version of simlead writes")
    table = np.empty(stored.num_rows, dtype)
    for name in stored.column_names:
        column = stored.column(name).to_numpy()
        if column.dtype != dtype[name]:
            raise FileFormatError(f"{path}: column {name} is {column.dtype}, not {dtype[name]}")
        table[name] = column
    for name in later:
        table[name] = LATER_COLUMNS[name](table, scenario)
    return table
