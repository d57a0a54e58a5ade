"""Money on disk: its tables beside a comparison's or in a folder of their own, and the manifest's facts."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.results.export import save_table
from simlead.results.files import FileFormatError
from simlead.results.folder import NewFolder, Stored, read_folder
from simlead.results.manifest import MANIFEST, scenario_of, shaped
from simlead.study.money.result import Money

KIND = "payback"
TABLES = ("table", "months", "years", "ledger", "drivers", "learning")
_FACTS = ("status_quo", "currency", "years_in_all", "worlds", "replications", "seed", "confidence")


@dataclasses.dataclass(frozen=True, eq=False)
class StoredMoney:
    """Money that was read from a folder, when it was made (ISO 8601, UTC), and by which versions."""

    money: Money
    made: str
    versions: dict[str, Any]


def save_money(found: Money, new: NewFolder) -> None:
    """Write the tables of money into a new folder, so that `load_money` finds them."""
    names = {}
    for name in TABLES:
        table: pd.DataFrame = getattr(found, name)
        if len(table):
            names[name] = save_table(table, new.path / f"money_{name}.parquet").name
    new.facts["money"] = {
        **{name: getattr(found, name) for name in _FACTS}, "tables": names,
        "seen_from": found.seen_from if math.isfinite(found.seen_from) else None,
        "scenarios": {name: scenario.values() for name, scenario in found.scenarios.items()}}


def money_in(stored: Stored) -> Money | None:
    """The money in a folder's tables; None where it has none.

    Raises FileFormatError for a folder that was damaged, and for one of another version.
    """
    facts = stored.facts.get("money")
    if facts is None:
        return None
    with shaped(stored.place / MANIFEST):
        tables = {name: stored.frame(str(facts["tables"][name])) if name in facts["tables"] else pd.DataFrame()
                  for name in TABLES}
        scenarios = {str(name): scenario_of(values) for name, values in facts["scenarios"].items()}
        firm = scenarios[str(facts["status_quo"])]
        found = Money(
            **tables, scenarios=scenarios, status_quo=str(facts["status_quo"]),
            currency=str(facts.get("currency", firm.organisation.currency)),
            years_in_all=float(facts["years_in_all"]), worlds=int(facts["worlds"]),
            replications=int(facts["replications"]), seed=int(facts["seed"]), confidence=float(facts["confidence"]),
            seen_from=math.nan if facts.get("seen_from") is None else float(facts["seen_from"]))
        for policy in found.policies:
            for name in found.effect_sizes:
                found.row(policy, name)
        if not math.isfinite(found.years_in_all):
            raise FileFormatError(f"{stored.place}: years_in_all is no number")
    return found


def load_payback(folder: Path) -> StoredMoney:
    """The money in a folder that `simlead payback --out` wrote.

    Raises FileFormatError, in one line, if there is none or if a file was damaged.
    """
    stored = read_folder(folder, KIND)
    found = money_in(stored)
    if found is None:
        raise FileFormatError(f"{folder / MANIFEST} does not fit this version: no money")
    with shaped(folder / MANIFEST):
        return StoredMoney(found, str(stored.facts["created"]), dict(stored.facts["versions"]))
