"""An examination on disk: small tables that anybody can open, and where they come from."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from simlead.model.scenario import Scenario
from simlead.results.provenance import provenance
from simlead.study.claims.examine import Examination

VERDICTS, FLIPS, PROVENANCE = "verdicts.csv", "flips.csv", "provenance.json"
TABLES = (VERDICTS, "details.csv", FLIPS)


def about_of(examination: Examination) -> dict[str, Any]:
    """Where an examination comes from: what was asked for, and versions and hashes of what made it."""
    made = provenance(Scenario())
    return {
        "seed": examination.seed, "runs": examination.runs, "engine": examination.engine,
        **dataclasses.asdict(examination.size), "changes": dict(examination.changes),
        "sources": made.sources, "registry": made.registry, "python": made.python, "versions": made.versions}


def save_examination(examination: Examination, folder: Path) -> None:
    """Write verdicts, details and flips as CSV, and provenance as JSON, into a folder."""
    tables = (examination.table, examination.details, examination.flips)
    for name, table in zip(TABLES, tables, strict=True):
        table.to_csv(folder / name, index=False, float_format="%.6g", lineterminator="\n")
    text = json.dumps(about_of(examination), indent=1) + "\n"
    (folder / PROVENANCE).write_text(text, encoding="utf-8")


def is_examination(folder: Path) -> bool:
    """Whether a folder is one that :func:`save_examination` wrote, which may be overwritten."""
    return folder.is_dir() and (folder / VERDICTS).is_file()
