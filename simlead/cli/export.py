"""`simlead export`: all tables of a result for another program, with a data dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simlead.cli import options
from simlead.cli.documents import Parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.terminal import show_table, write

FORMATS = ("csv", "parquet", "xlsx", "r")
"""As `results.exported.FORMATS`, which is not loaded for `--help`."""

Folder = Annotated[Path, typer.Argument(
    metavar="DIR", help="Folder that run, compare, demo, payback, sweep, claims, trial or import wrote.")]
To = Annotated[str, typer.Option(
    "--to", metavar="NAME", help="csv, parquet, xlsx, or r: CSV with a script that reads it into R.",
    autocompletion=lambda: list(FORMATS))]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Save into this new folder (default: DIR-NAME, such as study-csv).")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FOLDER if it holds an export.")]


def export(
    folder: Folder, to: To, out: Out = None, overwrite: Overwrite = False, as_json: options.Json = False
) -> None:
    """Export all tables of a result for another program.

    With a data dictionary: type, unit and meaning of every column. XLSX has no trace, and 16 digits of a number; the
    other formats have all.
    """
    to = options.known("--to", to, FORMATS)
    for name, path in (("DIR", folder), ("--out", out)):
        if path is not None and not str(path).strip():
            raise Refusal(f"{name}: the name of a folder is needed, not {str(path)!r}")
    target = options.beside(folder, to) if out is None else out
    options.free(target, overwrite, "export")
    from simlead.results.folder import read_folder
    from simlead.study.export import KIND
    from simlead.study.export import export as exported

    exported(folder, target, to=to, overwrite=overwrite)
    stored = read_folder(target, KIND)
    rows = [(str(name), int(about["rows"]), str(about["about"])) for name, about in stored.facts["tables"].items()]
    if as_json:
        import pandas as pd  # half a second, which `--help` should not take

        suffix = {"xlsx": "", "parquet": ".parquet"}.get(to, ".csv")
        files = pd.DataFrame([(f"{name}{suffix}" if suffix else "tables.xlsx", name, count)
                              for name, count, _ in rows], columns=["file", "table", "rows"])
        print_document("export", Parts({"kind": stored.facts["of"]["kind"], "format": to}, {"files": files}),
                       seed=stored.facts["of"].get("seed"), saved=[target])
        return
    lines = [[name, f"{count:,}", about] for name, count, about in rows]
    show_table("", ["table", "rows", "what a row is"], lines, numbers={1})
    write(f"Saved to {target}; the table dictionary has type, unit and meaning of every column.")
