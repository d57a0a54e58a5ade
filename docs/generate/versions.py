"""Old answers against new ones, from the committed comparison of versions 1 and 2 of the model."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simlead.show.format import difference

from .markdown import escaped, table

ANSWERS = Path(__file__).parents[2] / "experiments" / "04_version_2" / "answers.csv"
SETS = ("evidence", "practitioner")


def answers() -> str:
    """A row per preset and lever: the change of third-year revenue in both versions, under both sets."""
    found = _read()
    found = found[found["switch"].isna()]
    rows = []
    for policy in found["policy"].unique():
        rows.append([escaped(policy.replace("_", " ")), *(
            _cell(found, policy, effect_sizes, version) for effect_sizes in SETS for version in (1, 2))])
    header = [f"{effect_sizes}, version {version}" for effect_sizes in SETS for version in (1, 2)]
    return table(["policy", *header], rows)


def switches() -> str:
    """The answers of version 2 with each structural switch on, and with none."""
    found = _read()
    found = found[(found["version"] == 2) & (found["firm"] == "default")]
    policies = list(found[found["switch"].notna()]["policy"].unique())
    rows = []
    for switch in ["", *found["switch"].dropna().unique()]:
        mine = found[found["switch"].fillna("") == switch]
        rows.append([f"`structure.{switch}`" if switch else "none", *(
            _cell(mine, policy, effect_sizes, 2) for policy in policies for effect_sizes in SETS)])
    header = [f"{escaped(policy)}, {effect_sizes}" for policy in policies for effect_sizes in SETS]
    return table(["switch", *header], rows)


def _read() -> pd.DataFrame:
    return pd.read_csv(ANSWERS)


def _cell(found: pd.DataFrame, policy: str, effect_sizes: str, version: int) -> str:
    row = found[(found["policy"] == policy) & (found["effect_sizes"] == effect_sizes) & (found["version"] == version)]
    line = row.iloc[0]
    return difference(line["change"], line["low"], line["high"], "share of revenue", relative=True)
