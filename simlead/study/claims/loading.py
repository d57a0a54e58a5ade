"""An examination read back from its folder, every line of it held against the claims that it is about.

    verdicts.csv      a row per claim and belief set
    details.csv       what else was looked at, and what came of it
    flips.csv         each candidate at the ends of its likely range
    provenance.json   seed, runs, sizes, hashes, versions

Nothing in the files is taken on trust: texts, criteria and candidates are those of the
table of claims, verdicts are computed again, and a table that is not whole is refused.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.model.presets import BELIEFS
from simlead.model.scenario import REGISTRY
from simlead.results.files import FileFormatError
from simlead.results.provenance import registry_hash
from simlead.study.claims.claim import DETAILS, Claim
from simlead.study.claims.examine import Examination
from simlead.study.claims.flips import consequence
from simlead.study.claims.saving import FLIPS, PROVENANCE, TABLES, VERDICTS, about_of
from simlead.study.claims.table import CLAIMS
from simlead.study.claims.verdict import ASSUMED, Effect, verdict

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    VERDICTS: ("number", "key", "beliefs", "verdict", "follows", "measure", "unit", "effect", "low", "high", "n",
               "holds_from", "holds_to", "payback_months", "payback_low", "payback_high"),
    "details.csv": ("key", "beliefs", *DETAILS),
    FLIPS: ("key", "beliefs", "parameter", "end", "value", "mean", "low", "high", "n", "verdict", "consequence"),
}
"""The columns that are read; what else there is follows from them, or is not told."""

CHANGES = ("change", "change_low", "change_high")
"""What an end of a parameter does to the effect; folders of earlier versions have no such columns of flips."""

WHOLE = frozenset({"number", "n"})
REAL = frozenset({"effect", "low", "high", "holds_from", "holds_to", "payback_months", "payback_low", "payback_high",
                  "mean", "value", *CHANGES})
COUNTED = ("seed", "runs", "replications", "details", "ends")

LARGEST = 1e12
"""No effect, price or count of ours is as large; a table that says so is not ours."""

LONGEST = 300
"""Letters of a name in a table, claims and lists of parameters among them."""

ROUNDED = 1e-5
"""Files have six digits: an end may have been on the other side of a criterion by this part of itself."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class StoredExamination:
    """What an examination found, as tables: of verdicts, details and flips the columns that are in :data:`COLUMNS`.

    Flips have :data:`CHANGES` too, without a number where the folder has none.

    `about` are seed, runs, engine, replications, details, ends, changes, sources, registry,
    python and versions.
    """

    verdicts: pd.DataFrame
    details: pd.DataFrame
    flips: pd.DataFrame
    about: Mapping[str, Any]

    @property
    def claims(self) -> list[Claim]:
        """The claims that were examined, in the order of their numbers."""
        keys = set(self.verdicts["key"])
        return [claim for claim in CLAIMS.values() if claim.key in keys]

    @property
    def beliefs(self) -> tuple[str, ...]:
        """The belief sets that they were examined under."""
        return tuple(dict.fromkeys(self.verdicts["beliefs"]))

    def __repr__(self) -> str:
        return f"StoredExamination({len(self.claims)} claims under {' and '.join(self.beliefs)} beliefs)"


def stored_of(examination: Examination) -> StoredExamination:
    """An examination that is in one's hands, as if it were read from a folder: with as many digits.

    Raises ParameterError for a claim of somebody's own, which no catalogue has words for.
    """
    for finding in examination.findings:
        if CLAIMS.get(finding.claim.key) is not finding.claim:
            raise ParameterError(f"claim {finding.claim.key}: there are words for simlead's own claims alone")
    tables = zip(TABLES, (examination.table, examination.details, examination.flips), strict=True)
    verdicts, details, flips = (
        table[[*COLUMNS[name], *(CHANGES if name == FLIPS else ())]].copy() for name, table in tables)
    for table in (verdicts, details, flips):
        for name in table.columns.intersection(sorted(REAL)):
            table[name] = [float(f"{value:.6g}") for value in table[name]]
    return StoredExamination(verdicts, details, flips, MappingProxyType(about_of(examination)))


def load_examination(folder: Path) -> StoredExamination:
    """The examination in a folder that `simlead claims --out` wrote.

    Raises FileFormatError, in one line, if there is none, if a file was damaged, and if it
    was made by a version of simlead with other parameters or claims.

    >>> load_examination(Path("no such folder"))
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder holds no examination of claims: it has no verdicts.csv
    """
    if not (folder / VERDICTS).is_file():
        raise FileFormatError(f"{folder} holds no examination of claims: it has no {VERDICTS}")
    about = _about(folder / PROVENANCE)
    verdicts, details, flips = (_table(folder / name) for name in TABLES)
    _check(folder, verdicts, details, flips)
    return StoredExamination(verdicts, details, flips, MappingProxyType(about))


def _about(path: Path) -> dict[str, Any]:
    """What is told of an examination, each part of the kind that it should be."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as trouble:
        raise FileFormatError(f"{path} cannot be read: {_one_line(trouble)}") from None
    texts = ("engine", "sources", "registry", "python")
    if not isinstance(told, dict) or not (
            all(isinstance(told.get(name), int) and 0 <= told[name] <= 2**64 for name in COUNTED)
            and all(isinstance(told.get(name), str) and len(told[name]) <= LONGEST for name in texts)
            and all(isinstance(told.get(name), dict) and len(told[name]) <= LONGEST for name in ("changes", "versions"))
            and all(isinstance(version, str) for version in told["versions"].values())
            and all(path in REGISTRY and isinstance(value, (bool, int, float, str)) and len(str(value)) <= LONGEST
                    for path, value in told["changes"].items())):
        raise FileFormatError(f"{path} is damaged, or of another version of simlead")
    if told["registry"] != registry_hash():
        raise FileFormatError(
            f"{path.parent} was made by another version of simlead ({told['versions'].get('simlead', '')}; its "
            f"registry of parameters has the hash {told['registry']}, this one's {registry_hash()}); "
            "make the report with that version")
    return told


def _table(path: Path) -> pd.DataFrame:
    """The columns that are read of a table whose last line was written to its end."""
    import pandas as pd

    try:
        text = path.read_text(encoding="utf-8")
        head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (OSError, ValueError, csv.Error) as trouble:
        raise FileFormatError(f"{path} cannot be read: {_one_line(trouble)}") from None
    columns = COLUMNS[path.name]
    if path.name == FLIPS and set(CHANGES) <= set(head):
        columns += CHANGES
    if not set(columns) <= set(head) or len(set(head)) != len(head):
        raise FileFormatError(f"{path} is not a table of claims: its columns are others")
    if not text.endswith("\n") or any(len(row) != len(head) for row in rows):
        raise FileFormatError(f"{path} is damaged: a line of it is not whole")
    kinds: dict[str, Callable[[str], Any]] = {
        name: _whole if name in WHOLE else _real if name in REAL else _name for name in columns}
    try:
        read = {name: [kinds[name](row[head.index(name)]) for row in rows] for name in columns}
        # A table's columns that are not there are told by none: a folder of an earlier version.
        return pd.DataFrame(read).assign(
            **{name: math.nan for name in CHANGES if path.name == FLIPS and name not in columns})
    except ValueError as trouble:
        raise FileFormatError(f"{path} is damaged: {_one_line(trouble)}") from None


def _whole(cell: str) -> int:
    value = int(cell)
    if not 1 <= value <= LARGEST:
        raise ValueError(f"{value} counts nothing")
    return value


def _real(cell: str) -> float:
    """A number, nan for none; infinite are only months and the ends of a criterion, which are checked later."""
    value = float(cell or "nan")
    if math.isfinite(value) and abs(value) > LARGEST:
        raise ValueError(f"{value:g} is too large")
    return value


def _name(cell: str) -> str:
    if len(cell) > LONGEST:
        raise ValueError(f"a text of {len(cell)} letters")
    return cell


def _check(folder: Path, verdicts: pd.DataFrame, details: pd.DataFrame, flips: pd.DataFrame) -> None:
    """Refuse tables that do not fit together, or not the claims that they are about."""
    pairs = list(zip(verdicts["key"], verdicts["beliefs"], strict=True))
    keys, sets = list(dict.fromkeys(verdicts["key"])), list(dict.fromkeys(verdicts["beliefs"]))
    if not pairs or not set(sets) <= set(BELIEFS):
        raise FileFormatError(f"{folder / VERDICTS} is damaged: it has no verdict, or one under unknown beliefs")
    if unknown := [key for key in keys if key not in CLAIMS]:
        raise FileFormatError(f"{folder / VERDICTS}: there is no claim {unknown[0][:40]!r}")
    if sorted(pairs) != sorted(itertools.product(keys, sets)):
        raise FileFormatError(f"{folder / VERDICTS} is damaged: some claims have no verdict under some beliefs, or two")
    for name, table in (("details.csv", details), (FLIPS, flips)):
        if set(zip(table["key"], table["beliefs"], strict=True)) != set(pairs):
            raise FileFormatError(f"{folder / name} is damaged: it is not about the claims of {VERDICTS}")
        if not (_ordered(table["low"], table["high"]) and _in_reach(table, ["mean", "low", "high"])):
            raise FileFormatError(f"{folder / name} is damaged: an interval's ends are no ends")
    if not (_ordered(flips["change_low"], flips["change"]) and _ordered(flips["change"], flips["change_high"])
            and _in_reach(flips, list(CHANGES))):
        raise FileFormatError(f"{folder / FLIPS} is damaged: the ends of a change are no ends")
    for row in verdicts.to_dict("records"):
        mine = flips[(flips["key"] == row["key"]) & (flips["beliefs"] == row["beliefs"])]
        if fault := _fault(CLAIMS[str(row["key"])], row, mine):
            raise FileFormatError(f"{folder}: {row['key']} under {row['beliefs']} beliefs: {fault}; "
                                  "damaged, or of another version of simlead")


def _fault(claim: Claim, row: Mapping[Any, Any], flips: pd.DataFrame) -> str:
    """What is wrong with a verdict and its flips; nothing, if they are what this claim's would be."""
    if (row["number"], row["unit"], row["measure"]) != (claim.number, claim.unit, claim.measure):
        return "the effect is another"
    if (row["holds_from"], row["holds_to"]) != tuple(float(f"{end:.6g}") for end in (
            claim.region.low, claim.region.high)):
        return "the criterion is another"
    if row["follows"] not in _possible(claim, row["effect"], row["low"], row["high"], row["n"]):
        return "the verdict does not follow from interval and criterion"
    if row["verdict"] != (ASSUMED if claim.assumed else row["follows"]):
        return "the verdict does not follow from interval and criterion"
    endless = claim.unit == "months"
    if not endless and any(math.isinf(row[name]) for name in ("effect", "low", "high")):
        return "the effect is infinite"
    if row["low"] > row["high"] or row["payback_low"] > row["payback_high"]:
        return "an interval's ends are the wrong way round"
    if any(row[name] < 0.0 for name in ("payback_months", "payback_low", "payback_high")):
        return "it has paid back before it began"
    ends = list(zip(flips["parameter"], flips["end"], strict=True))
    if set(flips["parameter"]) != set(claim.candidates) or len(set(ends)) != len(ends):
        return "the parameters tried are others"
    for line in flips.to_dict("records"):
        said = str(line["verdict"])
        if line["end"] not in ("low", "high") or not math.isfinite(line["value"]):
            return "an end of a parameter is none"
        if said not in _possible(claim, line["mean"], line["low"], line["high"], line["n"]):
            return "a verdict at an end of a parameter does not follow from its interval"
        if line["consequence"] != consequence(str(row["follows"]), said):
            return "what an end of a parameter does to the verdict is something else"
    return ""


def _possible(claim: Claim, mean: float, low: float, high: float, n: int) -> set[str]:
    """The verdicts that an effect may have had before it was rounded."""
    nudges = (1.0 - ROUNDED, 1.0, 1.0 + ROUNDED)
    return {verdict(Effect(mean, low * one, high * other, n), claim.region)
            for one, other in itertools.product(nudges, nudges)}


def _ordered(low: pd.Series[float], high: pd.Series[float]) -> bool:
    return not bool((low > high).any())


def _in_reach(table: pd.DataFrame, columns: list[str]) -> bool:
    """Whether in these columns only months are infinite."""
    units = table["unit"] if "case" in table else table["key"].map(lambda key: CLAIMS[key].unit)
    numbers = table.loc[units != "months", columns]
    return not bool(numbers.isin([math.inf, -math.inf]).any(axis=None))


def _one_line(trouble: BaseException) -> str:
    lines = str(trouble).strip().splitlines()
    return lines[0][:200] if lines else type(trouble).__name__
