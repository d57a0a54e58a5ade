"""An answer on disk: a folder of its own, or one within the folder of a comparison or a sweep.

    manifest.json     what was asked, the scenarios, and the decision's single numbers
    effects, drivers, switches, choices, learning, runs, worlds (.csv or .parquet)

All tables are read back as they were written, so that the same answer can be shown again without a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.results.export import harmless, save_table
from simlead.results.folder import NewFolder, Stored, read_folder
from simlead.results.manifest import MANIFEST, scenario_of, shaped
from simlead.statistics.decisions import Decision
from simlead.study.answers.result import Answer, frozen

KIND = "answer"
"""The kind of an answer's folder, and its name within that of a comparison."""

EXACT = (".parquet", ".csv")

_TABLES = {"effects": "table", "drivers": "drivers", "switches": "switches", "runs": "runs", "worlds": "worlds"}
_FACTS = ("status_quo", "measure", "unit", "smallest_effect", "reason", "confidence", "seed", "replications")
_NUMBERS = ("evpi", "evpi_low", "evpi_high")
_TEXTS = {"effect_sizes", "policy", "parameter", "measure", "unit", "limit", "switch", "conclusion", "tied_with",
          "scenario"}
_TRUTHS = {"coverage", "tied"}
_COUNTS = {"worlds", "replications", "rank", "n", "world", "replicate"}


def save_answer_data(found: Answer, new: NewFolder, suffix: str = ".csv") -> None:
    """Write an answer's tables and facts into a new folder, so that :func:`load_answer` finds them.

    >>> import tempfile
    >>> from simlead.results.folder import write_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with write_folder(Path(folder) / "new", KIND) as new:
    ...         save_answer_data(_example(), new)
    ...     load_answer(Path(folder) / "new").table.equals(_example().table)
    True
    """
    decisions = dict(found.decisions)
    tables = {name: getattr(found, attribute) for name, attribute in _TABLES.items()}
    tables |= {"choices": stacked({name: each.policies for name, each in decisions.items()}),
               "learning": stacked({name: each.learning for name, each in decisions.items()})}
    files = {}
    for name, table in tables.items():
        if len(table):
            files[name] = save_table(table, new.path / f"{name}{suffix}").name
            if suffix not in EXACT:  # a sheet does not keep a number to its last bit
                files[name] = save_table(table, new.path / f"{name}{EXACT[0]}").name
    new.facts.update({
        **{name: getattr(found, name) for name in _FACTS}, "tables": files,
        "scenarios": {name: scenario.values() for name, scenario in found.scenarios.items()},
        "decisions": {name: {"best": each.best, "best_by_regret": each.best_by_regret, "tied": list(each.tied),
                             **{number: getattr(each, number) for number in _NUMBERS}}
                      for name, each in decisions.items()}})


def load_answer(folder: Path) -> Answer:
    """The answer in a folder; FileFormatError, in one line, if there is none or it was damaged."""
    stored = read_folder(folder, KIND)
    facts = stored.facts
    with shaped(folder / MANIFEST):
        tables = {name: _table(stored, str(file)) for name, file in facts["tables"].items()}
        parts = {name: _parts(tables, name) for name in facts["decisions"]}
        decisions = {name: Decision(
            policies=parts[name]["policies"], learning=parts[name]["learning"], best=str(one["best"]),
            best_by_regret=str(one["best_by_regret"]), tied=tuple(map(str, one["tied"])), evpi=float(one["evpi"]),
            evpi_low=float(one["evpi_low"]), evpi_high=float(one["evpi_high"]), confidence=float(facts["confidence"]))
            for name, one in facts["decisions"].items()}
        read: dict[str, Any] = {attribute: tables.get(name, pd.DataFrame()) for name, attribute in _TABLES.items()}
        return Answer(
            **read, **{name: facts[name] for name in _FACTS}, decisions=frozen(decisions),
            scenarios=frozen({name: scenario_of(values) for name, values in facts["scenarios"].items()}))


def stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables by set of effect sizes as one, with a column that names the set."""
    parts = [table.assign(effect_sizes=name) for name, table in tables.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _parts(tables: Mapping[str, pd.DataFrame], effect_sizes: str) -> dict[str, Any]:
    found = {}
    for name, attribute in (("choices", "policies"), ("learning", "learning")):
        table = tables[name]
        found[attribute] = table[table["effect_sizes"] == effect_sizes].drop(
            columns="effect_sizes").reset_index(drop=True)
    return found


def _table(stored: Stored, name: str) -> pd.DataFrame:
    """A table as it was written; of CSV as text first, for a policy may be called "NA"."""
    if name.endswith(".parquet"):
        return stored.frame(name)
    text = stored.frame(name, dtype=str, keep_default_na=False)
    return pd.DataFrame({column: _column(str(column), text[column]) for column in text.columns})


def _column(name: str, cells: pd.Series[str]) -> Any:
    if name in _TEXTS:
        return [cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell for cell in cells]
    if name in _TRUTHS:
        return [cell == "True" for cell in cells]
    if name in _COUNTS:
        return [int(cell) for cell in cells]
    return [float(cell or "nan") for cell in cells]


def _example() -> Answer:
    """A small answer with a policy that is called NA."""
    effects = pd.DataFrame({"effect_sizes": ["evidence"], "policy": ["NA"], "mean": [0.1 + 0.2], "worlds": [16],
                            "limit": ["world"]})
    empty = pd.DataFrame()
    return Answer(effects, empty, empty, {}, empty, empty, {}, "status_quo", "revenue", "share", 0.01, "stated", 0.95,
                  0, 2)
