"""A run on disk: Parquet tables and one JSON file with everything else and their hashes.

    run.json               scenario, seed, replicate, engine, provenance, hash of each table
    opportunities.parquet  reps.parquet  managers.parquet  weeks.parquet  [trace.parquet]

Nothing in it is executed when it is read (no pickle). The scenario is stored as values by
dotted path and checked against the registry like any other.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from simlead.engines.contract import Records
from simlead.model import tables
from simlead.model.events import TRACE_DTYPE
from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.export import SUFFIXES
from simlead.results.files import FileFormatError, whole_folder
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
                hashes[name] = _hash(partial / f"{name}.parquet")
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
        text["check"] = _check(text)
        (partial / HEAD).write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    return folder


def load(folder: Path) -> tuple[Head, Records]:
    """Read a run; see `Run.load`."""
    try:
        text = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileFormatError(f"{folder} is not a saved run: it has no {HEAD}") from None
    except (OSError, ValueError) as trouble:
        raise FileFormatError(f"{folder / HEAD} cannot be read: {_one_line(trouble)}") from None
    if not isinstance(text, dict) or text.get("format") != FORMAT:
        raise FileFormatError(f"{folder / HEAD} is not of the format {FORMAT!r}")
    if text.pop("check", None) != _check(text):
        raise FileFormatError(f"{folder / HEAD} is damaged: it is not the file that was saved")
    try:
        head = Head(
            scenario=_scenario(text["scenario"]),
            seed=int(text["seed"]),
            replicate=int(text["replicate"]),
            engine=str(text["engine"]),
            events=int(text["events"]),
            provenance=Provenance(**text["provenance"]),
        )
        hashes = dict(text["tables"])
        if missing := set(DTYPES) - {"trace"} - set(hashes):
            raise ValueError(f"it names no table {min(missing)}")
    except (KeyError, TypeError, ValueError) as trouble:
        raise FileFormatError(f"{folder / HEAD} does not fit this version: {_one_line(trouble)}") from None
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
        raise FileFormatError(f"{path} cannot be read: {_one_line(trouble)}") from None
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
    try:
        found = _hash(path)
    except OSError as trouble:
        raise FileFormatError(f"{path} cannot be read: {trouble.strerror}") from None
    if found != expected:
        raise FileFormatError(f"{path} is damaged: it is not the file that was saved")
    return read_table(path, DTYPES[name])


def _scenario(values: dict[str, Any]) -> Scenario:
    if missing := REGISTRY.keys() - dict(values).keys():
        raise ParameterError(f"{min(missing)} is not set; the run is of another version")
    return Scenario().change(values)


def _check(text: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()[:16]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _one_line(trouble: BaseException) -> str:
    text = str(trouble).strip().splitlines()
    return text[0] if text else type(trouble).__name__
