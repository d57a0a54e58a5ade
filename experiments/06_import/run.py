"""Import simulated exports whose truth is known: how often does the 90 % interval of each quantity hold it?

    python experiments/06_import/run.py [FIRMS] [FOLDER] [SEED]

Each firm is a replication of the same organisation, written as the export of both CRMs (Salesforce with people and
history, HubSpot without people) and imported. The truth of a parameter is the parameter. That of a quantity which
emerges is counted over all firms from what no CRM has: every deal's fate, every rep's weeks.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import simlead
from simlead.client.simulated_export import write_export
from simlead.results.provenance import source_hash
from simlead.statistics.logit import slopes

HERE = Path(__file__).parent
FIRM = {"organisation.teams": 2, "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 78}
SEED = 45
HOURS_PER_WEEK, WEEKS_TO_DECIDE = 40.0, 104

WITHOUT_TRUTH = ("organisation.ramped_revenue_per_year", "organisation.quota_per_year")
"""First guesses, which calibration replaces."""

SIZES = np.log(35_000.0) + np.linspace(-2.4, 2.4, 25)
"""Edges of groups of deals by the log of their value."""


class Truth:
    """Sums over the runs of what emerges."""

    def __init__(self) -> None:
        self.above: dict[str, float] = {}
        self.below: dict[str, float] = {}
        self.sizes = np.zeros((2, 3, len(SIZES) + 1))
        self.ages: dict[str, list[np.ndarray]] = {"won": [], "lost": []}

    def count(self, name: str, above: float, below: float) -> None:
        """Add to a ratio."""
        self.above[name] = self.above.get(name, 0.0) + float(above)
        self.below[name] = self.below.get(name, 0.0) + float(below)

    def add(self, run: simlead.Run, longer: simlead.Run) -> None:
        """Count a run, and the fates of its deals in the same run carried on until they were decided."""
        deals = run.opportunities()
        deals, old = deals[deals["noticed"]], longer.opportunities()
        end = (run.weeks()["week"].max() + 1) * HOURS_PER_WEEK
        all_of_them = old
        old = old[old["noticed"] & (old["arrived"] < end)]
        stage = old["stage"].cat.codes
        won = old["outcome"] == "won"
        self.count("discovery_rate", (stage >= 1).sum(), len(old))
        self.count("qualified_rate", (stage >= 2).sum(), (stage >= 1).sum())
        self.count("proposal_rate", won.sum(), (stage >= 2).sum())
        by_managers = ((all_of_them["outcome"] == "won_by_manager") & (all_of_them["arrived"] < end)).sum()
        self.count("win_rate", won.sum() + by_managers, len(old) + by_managers)
        late = (stage >= 2) & ~won & (old["outcome"] != "open")
        self.count("late_no_decision", (old["outcome"][late] == "no_decision").sum(), late.sum())
        early = (stage < 2) & (old["outcome"] != "open")
        self.count("early_no_decision", (old["outcome"][early] == "no_decision").sum(), early.sum())
        days = (old["decided"] - old["arrived"]) / HOURS_PER_WEEK * 7.0
        of_managers = all_of_them[(all_of_them["outcome"] == "won_by_manager") & (all_of_them["arrived"] < end)]
        self.ages["won"] += [days[won].to_numpy(),
                             ((of_managers["decided"] - of_managers["arrived"]) / HOURS_PER_WEEK * 7.0).to_numpy()]
        self.ages["lost"].append(days[~won & (old["outcome"] != "open")].to_numpy())
        value = np.log(np.where(won, old["won_value"], old["value"])) - np.log(
            1.0 + run.scenario.market.growth_per_year) * old["arrived"] / (52 * HOURS_PER_WEEK)
        for layer, passed in enumerate((stage >= 1, stage >= 2, won)):
            there = (stage >= layer).to_numpy()
            group = np.digitize(value[there], SIZES)
            self.sizes[0, layer] += np.bincount(group[passed[there].to_numpy()], minlength=len(SIZES) + 1)
            self.sizes[1, layer] += np.bincount(group, minlength=len(SIZES) + 1)
        reps, weeks = run.reps(), run.weeks()
        filled = reps[reps["filled"]]
        self.count("created_per_rep_year", len(deals), len(filled) / 52.0)
        self.count("leavers_per_rep_year", weeks["quits"].sum() + weeks["promotions"].sum(), len(filled) / 52.0)
        final = filled[filled["week"] >= weeks["week"].max() - 51]
        self.count("sales_per_rep_year", final["sales"].sum(), len(final) / 52.0)
        edges = [("ramp_first_quarter", 0, 13), ("ramp_second_quarter", 13, 26), ("ramp_third_quarter", 26, 39),
                 ("ramped", 52, math.inf)]
        for name, low, high in edges:
            those = filled[(filled["tenure_weeks"] > low) & (filled["tenure_weeks"] <= high)]
            self.count(name, those["wins"].sum(), len(those))

    def size_effect(self) -> float:
        """The fall of the logit with the log of the value as the CRM has it, over all gates."""
        edges = np.concatenate((SIZES[:1] - 0.1, SIZES, SIZES[-1:] + 0.1))
        return -float(slopes((edges[1:] + edges[:-1]) / 2, self.sizes[:1], self.sizes[1:])[0])

    def values(self, firm: simlead.Scenario) -> dict[str, float]:
        """What is true, by quantity."""
        found = {name: self.above[name] / self.below[name] for name in self.above}
        ramped = found.pop("ramped")
        for name in [name for name in found if name.startswith("ramp_")]:
            found[name] /= ramped
        won, lost = (np.concatenate(self.ages[end]) for end in ("won", "lost"))
        found["won_cycle_days"] = float(np.median(won))
        found["lost_over_won_age"] = float(np.median(lost) / np.median(won))
        years = firm.calendar.horizon_weeks / 52.0
        market = firm.market
        return found | {
            "deal_value_median": market.deal_value_median * (1.0 + market.growth_per_year) ** years,
            "deal_value_sigma": market.deal_value_sigma, "value_growth_per_year": market.growth_per_year,
            "size_effect": self.size_effect(), "quarter_end_share": market.quarter_end_share}


def imported(run: simlead.Run, vendor: str, folder: Path) -> simlead.Import:
    """A run, written and imported."""
    write_export(run, vendor, folder)
    extra = {name: folder / f"{name}.csv" for name in ("history", "people") if (folder / f"{name}.csv").exists()}
    return simlead.import_crm(folder / "deals.csv", **extra)


def parameters(found: simlead.Import) -> list[dict[str, object]]:
    """The parameters that follow from the estimates, with the 90 % intervals of their joint draws."""
    paths = [name for name in found.draws.columns if "." in name]
    return [{"name": path, "parameter": path, "estimate": found.scenario.value(path), "known": "learned",
             "low": found.draws[path].quantile(0.05), "high": found.draws[path].quantile(0.95)} for path in paths]


def main(firms: int, out: Path, seed: int) -> None:
    """Simulate, import and compare."""
    out.mkdir(parents=True, exist_ok=True)
    firm = simlead.Scenario().change(FIRM)
    longer = firm.change({"calendar.horizon_weeks": firm.calendar.horizon_weeks + WEEKS_TO_DECIDE})
    truth, lines = Truth(), []
    for number in range(firms):
        run = simlead.simulate(firm, seed=seed, replicate=number, engine="compiled")
        truth.add(run, simlead.simulate(longer, seed=seed, replicate=number, engine="compiled"))
        for vendor in ("salesforce", "hubspot"):
            with tempfile.TemporaryDirectory() as folder:
                found = imported(run, vendor, Path(folder))
            lines += [{"firm": number, "vendor": vendor, **row} for row in found.table.to_dict("records")
                      if row["known"] == "learned" or row["name"] in ("manager_spread", "rep_spread")]
            lines[-1]["separable"] = found.differences.separable
            lines += [{"firm": number, "vendor": vendor, **row} for row in parameters(found)]
        if number % 10 == 9:  # what there is, should the rest be stopped
            write(firm, truth, lines, number + 1, out)
    write(firm, truth, lines, firms, out)
    (out / "produced_by.json").write_text(json.dumps({
        "engine": "compiled", "firm": FIRM, "firms": firms, "script": "experiments/06_import/run.py", "seed": seed,
        "simlead": simlead.__version__, "sources": source_hash()}, indent=2) + "\n", encoding="utf-8")


def write(firm: simlead.Scenario, truth: Truth, lines: list[dict[str, object]], firms: int, out: Path) -> None:
    """Write the estimates and how often their intervals hold the truth."""
    table = pd.DataFrame(lines)
    values = truth.values(firm)
    values |= {path: firm.value(path) for path in table["name"] if "." in path and path not in WITHOUT_TRUTH}
    values["market.deal_value_median"] = values["deal_value_median"]  # in the money of the export's day
    table["truth"] = table["name"].map(values)
    table.drop(columns="unit").to_parquet(out / "estimates.parquet", index=False)
    summary = []
    for name, rows in table.groupby("name", sort=False):
        learned = rows[rows["known"] == "learned"]
        known = learned.dropna(subset=["truth", "low"])
        inside = (known["low"] <= known["truth"]) & (known["truth"] <= known["high"])
        summary.append({
            "quantity": name, "truth": values.get(name, math.nan), "firms": firms, "learned": len(learned),
            "mean estimate": learned["estimate"].mean(), "covered": inside.mean() if len(known) else math.nan,
            "covered_salesforce": inside[known["vendor"] == "salesforce"].mean() if len(known) else math.nan,
            "covered_hubspot": inside[known["vendor"] == "hubspot"].mean() if len(known) else math.nan,
            "median width": ((learned["high"] - learned["low"]) / learned["estimate"].abs()).median()})
    pd.DataFrame(summary).to_csv(out / "coverage.csv", index=False, float_format="%.4g")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 220, Path(sys.argv[2]) if len(sys.argv) > 2 else HERE,
         int(sys.argv[3]) if len(sys.argv) > 3 else SEED)
