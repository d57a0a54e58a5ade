"""A run on disk: Parquet tables and one JSON file with everything else and their hashes.

    run.json               scenario, seed, replicate, engine, provenance, hash of each table
    opportunities.parquet  reps.parquet  managers.parquet  weeks.parquet  [trace.parquet]

Nothing in it is executed when it is read (no pickle). The scenario is stored as values by
dotted path and checked against the registry like any other.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from simlead.engines.contract import Records
from simlead.model import tables
from simlead.model.events import TRACE_DTYPE
from simlead.model.scenario import Scenario
from simlead.results.export import SUFFIXES
from simlead.results.files import FileFormatError, one_line, whole_folder
from simlead.results.heads import fits_this_version, hash_of, head_text, read_head, refuse_if_damaged, scenario_of
from simlead.results.provenance import Provenance
from simlead.results.windows import Table

FORMAT = "simlead run 1"
HEAD = "run.json"
DTYPES: dict[str, np.dtype[Any]] = {
    "opportunities": tables.OPPORTUNITIES_DTYPE,
    "reps": tables.REPS_DTYPE,
    "managers": tables.MANAGERS_DTYPE,
    "weeks": tables.WEEKS_DTYPE,
    "trace": TRACE_DTYPE,
}


@dataclasses.dataclass(frozen=True)
class Head:
    """All of a run but its tables."""

    scenario: Scenario
    seed: int
    replicate: int
    engine: str
    events: int
    provenance: Provenance


def save(folder: Path, head: Head, records: Records, overwrite: bool) -> Path:
    """Write a run; see `Run.save`."""
    with whole_folder(folder, is_run, overwrite) as partial:
        hashes = {}
        for name in DTYPES:
            table = getattr(records, name)
            if table is not None:
                write_table(partial / f"{name}.parquet", table)
                hashes[name] = hash_of(partial / f"{name}.parquet")
        text = {
            "format": FORMAT,
            "seed": head.seed,
            "replicate": head.replicate,
            "engine": head.engine,
            "events": head.events,
            "provenance": dataclasses.asdict(head.provenance),
            "scenario": head.scenario.values(),
            "tables": hashes,
        }
        (partial / HEAD).write_text(head_text(text), encoding="utf-8")
    return folder


def load(folder: Path) -> tuple[Head, Records]:
    """Read a run; see `Run.load`."""
    path = folder / HEAD
    text = read_head(path, FORMAT, "a saved run")
    with fits_this_version(path):
        head = Head(
            scenario=scenario_of(text["scenario"]),
            seed=int(text["seed"]),
            replicate=int(text["replicate"]),
            engine=str(text["engine"]),
            events=int(text["events"]),
            provenance=Provenance(**text["provenance"]),
        )
        hashes = dict(text["tables"])
        if missing := set(DTYPES) - {"trace"} - set(hashes):
            raise ValueError(f"it names no table {min(missing)}")
    loaded = {name: _checked_table(folder, name, hashes[name]) for name in DTYPES if name in hashes}
    return head, Records(events=head.events, **loaded)


def is_run(folder: Path) -> bool:
    """Whether a folder looks like a saved run: the only kind that saving may replace.

    Nothing may be in it but the files of a run, and its tables and measures once more in
    other formats.
    """
    if not (folder / HEAD).is_file():
        return False
    known = {HEAD, *(f"{name}{suffix}" for name in (*DTYPES, "measures") for suffix in SUFFIXES)}
    return all(path.name in known for path in folder.iterdir())


def write_table(path: Path, table: Table) -> None:
    """Write a structured array as Parquet, a column per field, nan kept as nan."""
    import pyarrow
    from pyarrow import parquet

    names = table.dtype.names or ()
    columns = [pyarrow.array(np.ascontiguousarray(table[name])) for name in names]
    parquet.write_table(pyarrow.Table.from_arrays(columns, names=list(names)), path, compression="zstd")


def read_table(path: Path, dtype: np.dtype[Any]) -> Table:
    """Read a structured array that `write_table` wrote.

    Raises FileFormatError if the file cannot be read or its columns are not the dtype's.
    """
    import pyarrow
    from pyarrow import parquet

    names = list(dtype.names or ())
    try:
        # One file, named: a folder or a pattern would be read as a data set.
        with path.open("rb") as file:
            stored = parquet.read_table(file)
    except (OSError, pyarrow.ArrowException) as trouble:
        raise FileFormatError(f"{path} cannot be read: {one_line(trouble)}") from None
    if stored.column_names != names:
        raise FileFormatError(f"{path} has other columns than this version of simlead writes")
    table = np.empty(stored.num_rows, dtype)
    for name in names:
        column = stored.column(name).to_numpy()
        if column.dtype != dtype[name]:
            raise FileFormatError(f"{path}: column {name} is {column.dtype}, not {dtype[name]}")
        table[name] = column
    return table


def _checked_table(folder: Path, name: str, expected: Any) -> Table:
    path = folder / f"{name}.parquet"
    refuse_if_damaged(path, expected)
    return read_table(path, DTYPES[name])
