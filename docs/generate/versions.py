"""Old answers and facts against new ones, from the committed comparison of versions 1 and 2 of the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.show.format import difference, with_interval

from .markdown import escaped, table

FOLDER = Path(__file__).parents[2] / "experiments" / "04_version_2"
SETS = ("evidence", "practitioner")


def answers() -> str:
    """A row per preset and lever: the change of third-year revenue in both versions, under both sets."""
    found = _read("answers")
    found = found[found["switch"].isna()]
    rows = []
    for policy in found["policy"].unique():
        rows.append([escaped(policy.replace("_", " ")), *(
            _cell(found, policy, effect_sizes, version) for effect_sizes in SETS for version in (1, 2))])
    header = [f"{effect_sizes}, version {version}" for effect_sizes in SETS for version in (1, 2)]
    return table(["policy", *header], rows)


def switches() -> str:
    """The answers of version 2 with each structural switch on, and with none."""
    found = _read("answers")
    found = found[(found["version"] == 2) & (found["firm"] == "default")]
    policies = list(found[found["switch"].notna()]["policy"].unique())
    rows = []
    for switch in ["", *found["switch"].dropna().unique()]:
        mine = found[found["switch"].fillna("") == switch]
        rows.append([f"`structure.{switch}`" if switch else "none", *(
            _cell(mine, policy, effect_sizes, 2) for policy in policies for effect_sizes in SETS)])
    header = [f"{escaped(policy)}, {effect_sizes}" for policy in policies for effect_sizes in SETS]
    return table(["switch", *header], rows)


def step() -> str:
    """The step of clarity that was measured, in version 2: with the bound of clarity's effect, and without."""
    found = _read("step")
    (policy,) = found["policy"].unique()
    rows = [[effect_sizes, *(
        _cell(found[found["switch"].fillna("") == switch], policy, effect_sizes, 2)
        for switch in ("", "clarity_without_bound"))] for effect_sizes in SETS]
    return table(["effect sizes", "with the bound", "without it"], rows)


def fact(version: str, measure: str) -> str:
    """What a version of the model shows for a fact, the base year's where there are two: one number for each set.

    >>> fact("1", "coached_rep_weeks_share").count("%")
    2
    """
    return "; ".join(_shown(_fact(version, effect_sizes, measure)) for effect_sizes in SETS)


def twice_the_heads(version: str) -> str:
    """What twice the heads on the same buyers sell more, from the elasticity: 2 to its power, less 1.

    >>> twice_the_heads("published")
    '27 %'
    """
    if version == "published":
        return f"{100.0 * (2.0 ** _fact('2', SETS[0], 'effort_elasticity')['published'] - 1.0):.0f} %"
    rows = [_fact(version, effect_sizes, "effort_elasticity") for effect_sizes in SETS]
    return "; ".join(_percent(*(2.0 ** row[name] - 1.0 for name in _NAMES)) for row in rows)


def customer_time(version: str) -> str:
    """Customers' share of a rep's week under the status quo's clarity, and under the clearest role."""
    found = _read("customer_time")
    words = []
    for effect_sizes in SETS:
        mine = found[(found["version"] == int(version)) & (found["effect_sizes"] == effect_sizes)]
        first, last = (mine.sort_values("role_clarity").iloc[place] for place in (0, -1))
        words.append(f"{100.0 * first['mean']:.0f} % to {100.0 * last['mean']:.0f} %")
    return "; ".join(words)


def facts() -> str:
    """The facts that a version misses under a set of effect sizes; what is missed is in bold."""
    found = _read("facts")
    keys = ["fact", "when"]
    missed = found[~found["inside"]].drop_duplicates(keys)
    rows = []
    for place in found.drop_duplicates(keys).to_dict("records"):
        if not ((missed["fact"] == place["fact"]) & (missed["when"] == place["when"])).any():
            continue
        cells = []
        for version in (1, 2):
            for effect_sizes in SETS:
                row = _fact(str(version), effect_sizes, place["measure"], place["when"])
                cells.append(_shown(row) if row["inside"] else f"**{_shown(row)}**")
        rows.append([escaped(place["fact"]), place["when"], _tolerance(place), *cells])
    header = [f"version {version}, {effect_sizes}" for version in (1, 2) for effect_sizes in SETS]
    return table(["fact", "when", "tolerance", *header], rows)


def missed() -> str:
    """How many rows each version misses under each set of effect sizes, in a sentence."""
    found = _read("facts")
    rows = len(found[(found["version"] == 2) & (found["effect_sizes"] == SETS[0])])
    out = found[~found["inside"]].groupby(["version", "effect_sizes"]).size()
    words = [f"version {version} misses {' and '.join(str(out.get((version, name), 0)) for name in SETS)}"
             for version in (1, 2)]
    return f"Of {rows} rows, {', '.join(words)} (the first number is under `{SETS[0]}`, the second under `{SETS[1]}`)."


_NAMES = ("simulated", "simulated_low", "simulated_high")


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv")


def _fact(version: str, effect_sizes: str, measure: str, when: str | None = None) -> pd.Series:
    found = _read("facts")
    rows = found[(found["version"] == int(version)) & (found["effect_sizes"] == effect_sizes)
                 & (found["measure"] == measure)]
    return rows[rows["when"] == when].iloc[0] if when else rows.iloc[0]


def _shown(row: pd.Series) -> str:
    scale, unit = _scale(row)
    return with_interval(*(scale * float(row[name]) for name in _NAMES), unit)


def _tolerance(row: Mapping[str, Any]) -> str:
    scale, unit = _scale(row)
    return f"{scale * row['low']:.4g} to {scale * row['high']:.4g} {unit}".strip().replace("-", "\N{MINUS SIGN}")


def _scale(row: Mapping[str, Any] | pd.Series) -> tuple[float, str]:
    """What a fact is multiplied by where it is shown, and its unit: a difference of two shares counts points."""
    if row["measure"] == "win_rate_small_less_large":
        return 100.0, "points"
    return (100.0, "%") if row["unit"].startswith("share") else (1.0, "")


def _percent(mean: float, low: float, high: float) -> str:
    return with_interval(100.0 * mean, 100.0 * low, 100.0 * high, "%")


def _cell(found: pd.DataFrame, policy: str, effect_sizes: str, version: int) -> str:
    row = found[(found["policy"] == policy) & (found["effect_sizes"] == effect_sizes) & (found["version"] == version)]
    line = row.iloc[0]
    return difference(line["change"], line["low"], line["high"], "share of revenue", relative=True)
