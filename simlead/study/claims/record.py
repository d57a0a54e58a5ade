"""An examination as a plain record of tables and facts, which a folder keeps; it loads no engine."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY
from simlead.results.files import FileFormatError, one_line
from simlead.results.folder import made_by, read_folder
from simlead.results.manifest import MANIFEST
from simlead.study.claims.protocol import CLAIMS
from simlead.study.records import CONCLUSIONS, KINDS, STANDINGS, VERDICTS

if TYPE_CHECKING:
    import pandas as pd

KIND = "claims"
COLUMNS = {
    "verdicts": (
        "number", "key", "effect_sizes", "kind", "standing", "verdict", "follows", "unit", "smallest", "effect", "low",
        "high", "p_holds", "p_holds_error", "p_no_difference", "p_reverse", "p_otherwise", "bound", "world_share",
        "limit", "worlds", "effective_worlds", "candidates", "candidates_left", "replications", "depends_on",
        "switching_value", "switching_low", "switching_high", "payback_months", "payback_low", "payback_high",
        "share_paid_back"),
    "parts": ("key", "effect_sizes", "about", "part", "mean", "low", "high", "probability", "realised"),
    "drivers": ("key", "effect_sizes", "parameter", "variance_share", "share_low", "share_high", "p_value", "value_low",
                "at_low", "value_high", "at_high", "switching_value", "switching_low", "switching_high"),
    "structures": ("key", "effect_sizes", "switch", "effect", "low", "high", "p_holds", "becomes", "conclusion"),
}
"""The columns that are read of each table. `effect` is the weakest of a claim's parts, `low` to `high` its 95 %
interval over both uncertainties; `p_` are the probabilities of what it can amount to; `world_share` is the world's
fraction of the variance; `bound` the effect at which the claim ends to hold, and `switching_value` where `depends_on`
brings it there. The worlds were taken from `candidates`, a share of which (`candidates_left`) no published fact rules
out. `conclusion` is what a structural switch makes of it: `records.CONCLUSIONS`."""

TABLES = tuple(COLUMNS)
TEXTS = ("key", "effect_sizes", "kind", "standing", "verdict", "follows", "unit", "limit", "depends_on", "about",
         "part", "parameter", "switch", "becomes", "conclusion")
"""Columns that are texts; all others are numbers."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimFacts:
    """A claim as data: its place in the table and its name, kind and standing, and who makes or contradicts it."""

    number: int
    key: str
    kind: str
    standing: str
    unit: str
    smallest: float
    sources: tuple[str, ...] = ()
    contradicted_by: tuple[str, ...] = ()
    by_us: bool = False


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class ExaminationRecord:
    """Hold what an examination found.

    Parameters
    ----------
    verdicts, parts, drivers, structures : pandas.DataFrame
        The tables of an `Examination`, with the columns :data:`COLUMNS`.
    about : dict
        Seed, runs, engine, worlds, replications, structures, changes, claims (facts of each by
        key), claims_in_all, and the hashes and versions that a result folder keeps.
    """

    verdicts: pd.DataFrame
    parts: pd.DataFrame
    drivers: pd.DataFrame
    structures: pd.DataFrame
    about: Mapping[str, Any]

    @property
    def claims(self) -> list[ClaimFacts]:
        """The claims that were examined, in the table's order."""
        rows = {row["key"]: row for row in self.verdicts.to_dict("records")}
        return [ClaimFacts(
            number=int(row["number"]), key=key, by_us=facts["by_us"], smallest=row["smallest"], kind=row["kind"],
            standing=row["standing"], unit=row["unit"], sources=tuple(facts["sources"]),
            contradicted_by=tuple(facts["contradicted_by"]))
            for key, row in rows.items() for facts in [self.about["claims"][key]]]

    @property
    def effect_sizes(self) -> tuple[str, ...]:
        """The sets of effect sizes that they were examined under."""
        return tuple(dict.fromkeys(self.verdicts["effect_sizes"]))

    def __repr__(self) -> str:
        return f"ExaminationRecord({len(self.claims)} claims under {' and '.join(self.effect_sizes)} effect sizes)"


@runtime_checkable
class HasRecord(Protocol):
    """An examination in memory, which can be shown as its record is."""

    def record(self) -> ExaminationRecord:
        """Return the record."""


def record_of(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> ExaminationRecord:
    """Return the record of an examination's tables and facts, with the six digits that a file keeps."""
    columns = {}
    for name, wanted in COLUMNS.items():
        table = tables[name][list(wanted)]
        columns[name] = table.assign(**{str(column): [float(f"{value:.6g}") for value in table[column]]
                                        for column in table.select_dtypes(float)})
    return ExaminationRecord(**columns, about=MappingProxyType({**made_by(), **facts}))


def load_examination(folder: Path) -> ExaminationRecord:
    """Read the record in a folder that `simlead claims --out` wrote.

    Raises FileFormatError, in one line, if there is none, and if a file was damaged.

    >>> load_examination(Path("no such folder"))    # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder ...
    """
    stored = read_folder(folder, KIND)
    texts = dict.fromkeys(TEXTS, str)
    tables = {name: stored.frame(f"{name}.csv", keep_default_na=False, dtype=texts) for name in COLUMNS}
    try:
        found = ExaminationRecord(about=stored.facts, **{
            name: _numbers(table[list(COLUMNS[name])]) for name, table in tables.items()})
        whole = ("worlds", "replications", "structures", "seed", "runs", "claims_in_all")
        for column, known in (("verdict", VERDICTS), ("follows", VERDICTS), ("kind", KINDS), ("standing", STANDINGS),
                              ("key", CLAIMS), ("depends_on", {"", *REGISTRY})):
            if unknown := set(found.verdicts[column]) - set(known):
                raise ValueError(f"{column} {sorted(unknown)[0]!r}")
        if unknown := set(found.structures["conclusion"]) - set(CONCLUSIONS):
            raise ValueError(f"conclusion {sorted(unknown)[0]!r}")
        sound = (found.claims and all(isinstance(found.about[name], int) for name in whole)
                 and all(isinstance(found.about[name], dict) for name in ("changes", "versions"))
                 and all(isinstance(found.about[name], str) for name in ("engine", "sources", "registry", "python")))
    except (KeyError, TypeError, ValueError, AttributeError, ParameterError) as trouble:
        raise FileFormatError(f"{folder} is no examination of claims: {one_line(trouble)}") from None
    if not sound:
        raise FileFormatError(f"{folder} is no examination of claims: its {MANIFEST} does not say how it was made")
    return found


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers in the columns of numbers, an empty cell being none."""
    return table.assign(**{name: [float(cell) if cell != "" else math.nan for cell in table[name]]
                           for name in table.columns if name not in TEXTS and table[name].dtype.kind not in "iuf"})
