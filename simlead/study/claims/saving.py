"""An examination on disk: small tables that anybody can open, and where they come from."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from simlead.model.scenario import Scenario
from simlead.results.provenance import provenance
from simlead.study.claims.examine import Examination

VERDICTS = "verdicts.csv"


def save_examination(examination: Examination, folder: Path) -> None:
    """Write verdicts, details and flips as CSV, and provenance as JSON, into a folder."""
    for name, table in ((VERDICTS, examination.table), ("details.csv", examination.details),
                        ("flips.csv", examination.flips)):
        table.to_csv(folder / name, index=False, float_format="%.6g", lineterminator="\n")
    made = provenance(Scenario())
    about = {
        "seed": examination.seed, "runs": examination.runs, "engine": examination.engine,
        **dataclasses.asdict(examination.size), "changes": dict(examination.changes),
        "sources": made.sources, "registry": made.registry, "python": made.python, "versions": made.versions}
    (folder / "provenance.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def is_examination(folder: Path) -> bool:
    """Whether a folder is one that :func:`save_examination` wrote, which may be overwritten."""
    return folder.is_dir() and (folder / VERDICTS).is_file()
