"""The published facts in versions 1 and 2 of the model, and what a clear role leaves for customers."""

from __future__ import annotations

import pandas as pd

from simlead.model.presets import EFFECT_SIZES, preset
from simlead.model.scenario import Scenario
from simlead.model.version_1 import version_1
from simlead.statistics.intervals import ratio_of_means
from simlead.study.facts import facts
from simlead.study.simulate import replicate

VERSIONS = (1, 2)
REPLICATIONS = 160
"""As `simlead facts` makes them unless told otherwise."""

CLARITIES = (0.4, 0.6, 0.8, 1.0)
"""The status quo's clarity, the step that was measured, the clarity of the preset `clear_role`, and the most."""

CUSTOMERS = "customer_time_share"


def firm_of(version: int, effect_sizes: str, firm: str = "default") -> Scenario:
    """A firm under its status quo; version 1 is version 2 with all that is new at its neutral value."""
    if version == 1:
        return version_1(effect_sizes, firm)
    found = preset("construction_group" if firm == "construction_group" else "status_quo", effect_sizes)
    return found.change({f"policy.{name}": value for name, value in vars(found.status_quo).items()})


def facts_of_versions(replications: int, workers: int | None) -> pd.DataFrame:
    """A row per version, set of effect sizes, fact and year."""
    tables = []
    for version in VERSIONS:
        for effect_sizes in EFFECT_SIZES:
            print("facts", version, effect_sizes, flush=True)
            table = facts(replications=replications, workers=workers, scenario=firm_of(version, effect_sizes),
                          progress=True)
            table.insert(0, "version", version)
            table.insert(1, "effect_sizes", effect_sizes)
            tables.append(table.assign(replications=replications))
    return pd.concat(tables, ignore_index=True)


def customer_time(replications: int, workers: int | None) -> pd.DataFrame:
    """A row per version, set of effect sizes and clarity of the role: customers' share of a rep's third year."""
    rows = []
    for version in VERSIONS:
        for effect_sizes in EFFECT_SIZES:
            for clarity in CLARITIES:
                print("customer time", version, effect_sizes, clarity, flush=True)
                firm = firm_of(version, effect_sizes).change({"policy.role_clarity": clarity})
                runs = replicate(firm, replications=replications, workers=workers, measures=[CUSTOMERS], parts=True)
                share = ratio_of_means(runs[f"{CUSTOMERS}.numerator"], runs[f"{CUSTOMERS}.denominator"])
                rows.append({
                    "version": version, "effect_sizes": effect_sizes, "role_clarity": clarity, "mean": share.mean,
                    "low": share.low, "high": share.high, "replications": replications})
    return pd.DataFrame(rows)
