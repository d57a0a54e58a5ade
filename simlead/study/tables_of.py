"""Every table of a result, in memory or from its folder, by the names of the data dictionary."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.results.exported import read_table
from simlead.results.files import FileFormatError
from simlead.results.folder import kind_of, read_folder
from simlead.results.manifest import KINDS, MANIFEST
from simlead.results.measures import MEASURES
from simlead.results.own_measures import measure_named
from simlead.results.run import Run
from simlead.study.answers.files import load_answer, stacked
from simlead.study.answers.of_sweep import answer_of_sweep
from simlead.study.answers.result import Answer
from simlead.study.claims.record import ExaminationRecord, HasRecord, load_examination
from simlead.study.comparison import Comparison
from simlead.study.comparison_files import StoredComparison, load_comparison
from simlead.study.money.record import StoredMoney, load_payback
from simlead.study.money.result import Money
from simlead.study.sweeps.sweep import Sweep, open_sweep
from simlead.study.trial.result import TrialAnswer

Tables = dict[str, pd.DataFrame]

TRIAL = {"outcomes": "outcomes", "power": "power", "months": "trial_months", "teams": "teams",
         "surrogates": "surrogates", "worth": "worth", "options": "options", "decision_map": "decision_map",
         "randomisation": "randomisation", "data_template": "data_template"}
"""The tables in a trial's folder, and what the dictionary calls them."""

IMPORT = {"parameters": "import_quantities", "draws": "import_draws", "reps": "import_reps",
          "managers": "import_managers", "dropped": "import_dropped", "questions": "import_questions"}
"""The same in the folder of an import."""


def tables_of(source: Any) -> Tables:
    """Every table of a result that has rows, by name.

    Raises FileFormatError, in one line, for a folder that holds no result with tables, or a damaged one;
    ParameterError for anything else.

    >>> tables_of("no such folder")
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder: there is no such folder
    """
    found = _of_object(_read(Path(source)) if isinstance(source, (str, os.PathLike)) else source)
    return {name: table for name, table in found.items() if len(table)}


def _read(folder: Path) -> Any:
    if not folder.exists():
        raise FileFormatError(f"{folder}: there is no such folder")
    if folder.is_file() and not zipfile.is_zipfile(folder):
        raise FileFormatError(f"{folder}: is a file; name the folder that it is in")
    kind = kind_of(folder) or ""
    if kind in _READERS:
        return _READERS[kind](folder)
    there = KINDS.get(kind, f"no result of simlead's, for it has no {MANIFEST}")
    allowed = ", ".join(KINDS[each] for each in _READERS)
    raise FileFormatError(f"{folder} is {there}; tables are exported of {allowed}")


def _of_object(source: Any) -> Tables:
    if isinstance(source, HasRecord):
        source = source.record()
    for kind, tables in _OF_KIND:
        if isinstance(source, kind):
            return tables(source)
    raise ParameterError(f"{type(source).__name__}: tables are exported of a folder, a run, a comparison, an answer, "
                         "the money of policies, a sweep, an examination of claims or a designed trial")


def run_tables(run: Run) -> Tables:
    """The tables of a run, and its measures."""
    rows = [(name, value, unit_of(name), MEASURES[name].meaning if name in MEASURES else "")
            for name, value in run.measures().items()]
    tables = {"measures": pd.DataFrame(rows, columns=["measure", "value", "unit", "meaning"]),
              "opportunities": run.opportunities(), "reps": run.reps(), "managers": run.managers(),
              "weeks": run.weeks()}
    if run.records.trace is not None:
        tables["trace"] = pd.DataFrame(run.records.trace)
    return {name: table.assign(seed=run.seed, replicate=run.replicate) for name, table in tables.items()}


def answer_tables(found: Answer) -> Tables:
    """The tables of an answer over worlds."""
    decisions = dict(found.decisions)
    tables = {"effects": found.table, "drivers": found.drivers, "switches": found.switches,
              "choices": stacked({name: each.policies for name, each in decisions.items()}),
              "learning": stacked({name: each.learning for name, each in decisions.items()}),
              "answer_runs": found.runs, "worlds": found.worlds}
    return {name: table.assign(seed=found.seed) for name, table in tables.items()}


def money_tables(found: Money) -> Tables:
    """The tables of the money of policies."""
    tables = {"money": found.table, "money_months": found.months, "money_years": found.years, "ledger": found.ledger,
              "money_drivers": found.drivers, "money_learning": found.learning}
    return {name: table.assign(seed=found.seed) for name, table in tables.items()}


def comparison_tables(found: Comparison) -> Tables:
    """The tables of a comparison."""
    weekly = [found.weekly(series) for series in found.weekly_runs]
    return {"comparison": found.table.assign(seed=found.seed), "comparison_runs": found.runs,
            **({"comparison_weekly": pd.concat(weekly, ignore_index=True).assign(seed=found.seed)} if weekly else {})}


def _stored_comparison(found: StoredComparison) -> Tables:
    return {**comparison_tables(found.comparison), **(answer_tables(found.answer) if found.answer is not None else {}),
            **(money_tables(found.money) if found.money is not None else {})}


def sweep_tables(found: Sweep) -> Tables:
    """The tables of a sweep: its points and what they show, its runs, its failures, and the answer about it."""
    tables = {"design": found.design, "points": found.points(), "sweep_runs": found.runs(),
              "failures": found.failures()}
    if found.study.baseline:
        tables["differences"] = differences(found, found.measures)
    series = [found.weekly(name).assign(series=name) for name in found.weekly_series]
    if series:
        tables["weekly"] = pd.concat(series, ignore_index=True)
    there = answer_of_sweep(found)
    return {**tables, **(answer_tables(there) if there is not None else {})}


def differences(found: Sweep, measures: list[str]) -> pd.DataFrame:
    """Each point's difference from the baseline of the same effect sizes, a row per point and measure."""
    parts = [found.paired(name).assign(measure=name, unit=unit_of(name)) for name in measures]
    table = pd.concat(parts, ignore_index=True)
    return table[~table["baseline"]].drop(columns=[*found.study.factors, "baseline"]).reset_index(drop=True)


def unit_of(measure: str) -> str:
    """The unit of a measure, of the model or the user's own; empty where none is known."""
    known = MEASURES[measure] if measure in MEASURES else measure_named(measure)
    return "" if known is None else known.unit


def claims_tables(record: ExaminationRecord) -> Tables:
    """The tables of an examination of claims."""
    tables = {"verdicts": record.verdicts, "parts": record.parts, "claim_drivers": record.drivers,
              "structures": record.structures}
    return {name: table.assign(seed=record.about["seed"]) for name, table in tables.items()}


def trial_tables(found: TrialAnswer) -> Tables:
    """The tables of a designed trial."""
    tables = {"outcomes": found.table, "power": found.curves, "trial_months": found.months, "teams": found.teams,
              "surrogates": found.surrogates, "worth": found.worths, "options": found.options,
              "decision_map": found.map}
    return {name: table.assign(seed=found.seed) for name, table in tables.items()}


def _files(kind: str, names: Mapping[str, str]) -> Callable[[Path], Tables]:
    """A reader of folders whose tables are files."""
    def read(folder: Path) -> Tables:
        stored = read_folder(folder, kind)
        found = {}
        for file in stored.manifest.files:
            stem, _, suffix = file.rpartition(".")
            if stem in names and suffix in ("csv", "parquet", "xlsx"):
                found[names[stem]] = read_table(stored, file, names[stem])
        return found

    return read


_READERS: dict[str, Callable[[Path], Any]] = {
    "run": Run.load, "comparison": load_comparison, "answer": load_answer, "payback": load_payback,
    "sweep": open_sweep, "claims": load_examination, "trial": _files("trial", TRIAL),
    "import": _files("import", IMPORT)}

_OF_KIND: tuple[tuple[type, Callable[[Any], Tables]], ...] = (
    (Run, run_tables), (Comparison, comparison_tables), (StoredComparison, _stored_comparison),
    (Answer, answer_tables), (Money, money_tables), (StoredMoney, lambda stored: money_tables(stored.money)),
    (Sweep, sweep_tables), (ExaminationRecord, claims_tables), (TrialAnswer, trial_tables), (dict, dict))
