"""The export of a result: all of its tables for another program, with a data dictionary."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.results.dictionary import tables as described_tables
from simlead.results.exported import FORMATS as FORMATS
from simlead.results.exported import checked_format, write_tables
from simlead.results.folder import kind_of, read_folder, write_folder
from simlead.study.tables_of import tables_of

KIND = "export"

_FACTS = ("seed", "replications", "worlds", "engine", "created", "sources", "registry", "versions")


def export(
    source: Any, folder: str | os.PathLike[str], *, to: str = "csv", overwrite: bool = False
) -> Path:
    """Export every table of a result for another program, with a data dictionary.

    The dictionary has a row per column: table, column, type, unit and meaning. The folder is whole or not there.

    Parameters
    ----------
    source : path or object
        A result folder, or what `simulate`, `compare`, `answer`, `payback`, `sweep`, `examine` or `design_trial`
        returned.
    folder : str or os.PathLike
        The folder to write.
    to : {"csv", "parquet", "xlsx", "r"}
        `csv` and `parquet`: a file for each table (Parquet columns carry unit and meaning too); `xlsx`: one workbook
        with a sheet for each but the trace of a run, which no sheet may be long enough for, and with 16 digits of a
        number, where the others keep all; `r`: CSV files, and `read.R`, which reads them with types, units and labels.
    overwrite : bool
        Whether an export that is there is replaced (nothing else ever is).

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        If the folder is there and is not to be replaced.
    FileFormatError
        In one line, for a folder that holds no result with tables, and for a table that is longer than a sheet.
    ParameterError
        For an unknown format, anything that is no result, and a place inside the folder that is exported.

    Examples
    --------
    >>> import pathlib, tempfile, simlead
    >>> firm = simlead.Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                                   "calendar.horizon_weeks": 2})
    >>> made = simlead.export(simlead.simulate(firm), pathlib.Path(tempfile.mkdtemp()) / "tables")
    >>> sorted(file.name for file in made.glob("*.csv"))
    ['dictionary.csv', 'managers.csv', 'measures.csv', 'opportunities.csv', 'reps.csv', 'trace.csv', 'weeks.csv']
    """
    to, place = checked_format(to), Path(folder)
    tables = tables_of(source)
    if isinstance(source, (str, os.PathLike)) and Path(source).resolve() in place.resolve().parents:
        raise ParameterError(f"{place}: is inside {source}, which is a result; choose a place beside it")
    if to == "xlsx":
        tables.pop("trace", None)
    with write_folder(place, KIND, overwrite=overwrite) as new:
        write_tables(tables, new.path, to)
        new.facts.update({"format": to, "of": _origin(source), "tables": {
            name: {"rows": len(table), "about": described_tables()[name].about,
                   "intervals": described_tables()[name].intervals or "none"} for name, table in tables.items()}})
    return place


def _origin(source: Any) -> dict[str, Any]:
    """What the tables were made of: kind, version, seed and hashes of a folder; the kind of an object."""
    if not isinstance(source, (str, os.PathLike)):
        return {"kind": type(source).__name__}
    kind = str(kind_of(Path(source)))
    stored = read_folder(Path(source), kind)
    return {"kind": kind, "version": stored.version,
            **{name: stored.facts[name] for name in _FACTS if name in stored.facts}}
