"""What the trial designer claims, measured: false alarms without effect, claimed and realised power, and spill-over.

    python experiments/07_trial/run.py            # all; about eleven minutes of one core
    python experiments/07_trial/run.py --at-once  # false alarms of a start of all teams at once alone; about six
    python experiments/07_trial/run.py --light    # a tenth of the firms, to see that it runs
    python experiments/07_trial/run.py --shipped  # from false_alarms.csv what simlead itself knows of it

It writes `false_alarms.csv`, `power.csv`, `smallest.csv` and `spillover.csv` beside it; README.md says what they show.
The false alarms of the designer's own analyses go into `simlead/data/trial_alarms.csv`, by which it offers them or not.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import math
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.seen import COLUMNS, SEEN, seen_by_month
from simlead.statistics.logit import logistic
from simlead.statistics.trial_designs import NEVER
from simlead.statistics.trial_power import rate_over_firms, smallest_shift, t_test_power
from simlead.study.engines import engine_for, warm_up_compiler
from simlead.study.parallel import parallel_map
from simlead.study.runner import Job, Outcomes, run_records
from simlead.study.trial.design import lot
from simlead.study.trial.judging import judged, level_of
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.reading import ESTIMATORS, estimators_of, pair_of, readings
from simlead.study.trial.runs import TrialRuns

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "simlead" / "data" / "trial_alarms.csv"
FIRMS, REALISED, SPILL = 2000, 1500, 300
SEED, FRESH = 7, 1_000_000
BASE = MONTHS = 12
FIRM = Scenario().change({"calendar.horizon_weeks": 52})
PLANTED = (0.35, 0.5, 0.8)
"""Coaching shares that are tried; the status quo's is 0.2."""
TOLD = ("coaching_hours", "sessions_held", "customer_time", "revenue")

AT_ONCE = "before and after, 4"
PLANS = {
    "teams, 2 of 4": TrialPlan("teams", 4, 2, BASE, MONTHS),
    "teams, 1 of 4": TrialPlan("teams", 4, 1, BASE, MONTHS),
    "teams, 4 of 8": TrialPlan("teams", 8, 4, BASE, MONTHS),
    AT_ONCE: TrialPlan("before-after", 4, 4, BASE, MONTHS),
    "stepped, 4": TrialPlan("stepped", 4, 4, BASE, MONTHS, 0, 3, 1),
    "stepped, 8": TrialPlan("stepped", 8, 8, BASE, MONTHS, 0, 1, 1),
}

FEW = {
    "before and after, 2": TrialPlan("before-after", 2, 2, BASE, MONTHS),
    "before and after, 1": TrialPlan("before-after", 1, 1, BASE, MONTHS),
}
"""What a firm of one or two teams is offered; such firms are simulated as they are, and not put together."""


@dataclasses.dataclass(frozen=True)
class Task:
    """One firm: without the change, with each planted one everywhere, and rolled out to two teams drawn by lot."""

    replicate: int
    planted: bool
    rolled_out: bool
    alone: bool = False


def made(task: Task) -> dict[str, np.ndarray]:
    """The firm's columns by team and month in each run."""
    policies = {f"{share:g}": FIRM.change({"policy.coaching_share": share}) for share in PLANTED}
    engine = engine_for("compiled", [until_switch(FIRM)] * 2)
    starts = lot(PLANS["teams, 2 of 4"], task.replicate)
    weeks = {team: 0 for team, start in enumerate(starts, start=1) if start != NEVER}

    def run(scenario: Scenario):
        records = run_records(Job("", scenario, SEED, task.replicate, "compiled", Outcomes(measures=())), engine)
        return records, seen_by_month(records, scenario, -BASE, BASE + MONTHS)

    found = {"starts": np.array(starts)}
    if not task.alone:
        records, found["without"] = run(FIRM)
        found["seats"] = by_seat(records)
    for name, policy in policies.items():
        if task.planted:
            found[name] = run(policy)[1]
        if task.rolled_out:
            found[f"rolled out {name}"] = run(policy.rollout(weeks))[1]
    return found


def of_few(task: tuple[int, int]) -> np.ndarray:
    """The columns of a firm of so many teams, in which nothing is done."""
    teams, replicate = task
    firm = FIRM.change({"organisation.teams": teams})
    engine = engine_for("compiled", [until_switch(firm)] * 2)
    records = run_records(Job("", firm, SEED, replicate, "compiled", Outcomes(measures=())), engine)
    return seen_by_month(records, firm, -BASE, BASE + MONTHS)


def by_seat(records) -> np.ndarray:
    """Of each seat: value won, proposals won and closed, before and in the last nine months; and its team."""
    deals = records.opportunities
    seats = int(records.reps["seat"].max()) + 1
    out = np.zeros((seats, 2, 3))
    known = deals["noticed"]
    for place, (first, last) in enumerate(((-52, 0), (13, 52))):
        here = (deals["decided"] >= first * HOURS_PER_WEEK) & (deals["decided"] < last * HOURS_PER_WEEK)
        proposal, won = deals["stage"] == events.PROPOSAL, deals["outcome"] == events.WON
        for column, (chosen, weight) in enumerate((
                (here & won, deals["won_value"]), (here & known & won, None), (here & known & proposal, None))):
            out[:, place, column] = np.bincount(
                deals["seat"][chosen], None if weight is None else weight[chosen], seats)[:seats]
    return out


def runs_of(without: np.ndarray, changed: np.ndarray | None = None) -> TrialRuns:
    """Firms as a world of their own, so that judging can read them."""
    count = len(without)
    there = without if changed is None else changed
    return TrialRuns(without, there, np.zeros(there.shape[:1] + there.shape[2:3], np.int64),
                     np.zeros((count, MONTHS)), np.full(count, 1.0 / count), count, -BASE)


def firms_for(plan: TrialPlan, without: np.ndarray) -> np.ndarray:
    """Firms of as many teams as the plan has: two firms of four make one of eight."""
    times = plan.teams // without.shape[2]
    count = len(without) // times * times
    return np.concatenate([without[part:count:times] for part in range(times)], axis=2)


def rows_of(name: str, plan: TrialPlan, without: np.ndarray) -> list[dict[str, object]]:
    """A row for each analysis of a design and each outcome: how often it sees an effect where there is none."""
    rows, runs = [], runs_of(without)
    for estimator, reason in estimators_of(plan).items():
        for outcome in SEEN:
            row = {"design": name, "analysis": estimator, "outcome": outcome, "firms": len(runs.weights)}
            if reason:
                rows.append({**row, "why_not": reason})
                continue
            found = judged(runs, plan, outcome, estimator, SEED).rate(0.0)
            rows.append({**row, "rate": found.mean, "low": found.low, "high": found.high, "why_not": ""})
    return rows


def of_few_teams(firms: int, workers: int, plans: dict[str, TrialPlan] = FEW) -> pd.DataFrame:
    """The rows of firms with as many teams as the plans have."""
    rows = []
    for name, plan in plans.items():
        every = parallel_map(of_few, iter([(plan.teams, number) for number in range(firms)]), workers,
                             lambda _: None)
        rows += rows_of(name, plan, np.array(every))
    return pd.DataFrame(rows)


def false_alarms(without: np.ndarray, seats: np.ndarray, starts: np.ndarray) -> pd.DataFrame:
    """How often each analysis sees an effect where there is none."""
    rows = [row for name, plan in PLANS.items() for row in rows_of(name, plan, firms_for(plan, without))]
    for analysis, p_values in (("reps as units, t-test", reps_as_units(seats, starts)),
                               ("deal-level logit with rep effects", logits(seats, starts))):
        found = rate_over_firms((p_values <= 0.05)[:, None])
        rows.append({"design": "teams, 2 of 4", "analysis": analysis,
                     "outcome": "win_rate" if "logit" in analysis else "revenue", "firms": len(p_values),
                     "rate": found.mean, "low": found.low, "high": found.high, "why_not": ""})
    return pd.DataFrame(rows)


def treated_seats(seats: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Which seats are in a team with the change: eight seats a team, in order."""
    return np.repeat(starts == 0, seats.shape[1] // starts.shape[1], axis=1)


def reps_as_units(seats: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """A t-test on the change of each rep's monthly sales, as if a manager's reps were independent."""
    from scipy.stats import ttest_ind

    change = seats[:, :, 1, 0] / 9.0 - seats[:, :, 0, 0] / 12.0
    treated = treated_seats(seats, starts)
    return np.array([ttest_ind(row[mine], row[~mine]).pvalue for row, mine in zip(change, treated, strict=True)])


def logits(seats: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Wald tests of a logit of winning a proposal on rep, period, and change x period."""
    treated = treated_seats(seats, starts)
    found = []
    for firm, mine in zip(seats, treated, strict=True):
        count = len(firm)
        period = np.tile([0.0, 1.0], count)
        design = np.column_stack([np.repeat(np.eye(count), 2, axis=0), period, period * np.repeat(mine, 2)])
        wins, trials = firm[:, :, 1].ravel(), firm[:, :, 2].ravel()
        coefficients, covariance = logistic(design, wins, trials, 1e-3)
        z = coefficients[-1] / math.sqrt(covariance[-1, -1])
        found.append(2.0 * float(ndtr(-abs(z))))
    return np.array(found)


def power(results: list[dict[str, np.ndarray]], fresh: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Claimed power, put together from runs everywhere and nowhere, and that of real roll-outs with fresh seeds."""
    plan, rows = PLANS["teams, 2 of 4"], []
    half = [each for each in results if "0.5" in each]
    without = np.array([each["without"] for each in half])
    starts = np.array([each["starts"] for each in fresh])
    for share in (f"{share:g}" for share in PLANTED):
        runs = runs_of(without, np.array([each[share] for each in half]))
        rolled = np.array([each[f"rolled out {share}"] for each in fresh])
        for outcome in TOLD:
            one = judged(runs, plan, outcome, "difference_in_differences", SEED)
            claimed = one.power()
            read = readings(pair_of(rolled, outcome), outcome, "difference_in_differences", plan, starts)
            realised = rate_over_firms((read.p_values(0.0) <= 0.05)[:, None])
            formula = float(t_test_power(one.estimates.mean(), one.noise, 2.0))
            rows.append({"coaching_share": share, "outcome": outcome, "effect": one.estimates.mean(),
                         "level": level_of(runs, plan, outcome), "claimed": claimed.mean, "claimed_low": claimed.low,
                         "claimed_high": claimed.high, "realised": realised.mean, "realised_low": realised.low,
                         "realised_high": realised.high, "difference_points": 100.0 * (claimed.mean - realised.mean),
                         "by_noncentral_t": formula, "claimed_firms": len(half), "realised_firms": len(fresh)})
    return pd.DataFrame(rows)


def smallest(without: np.ndarray) -> pd.DataFrame:
    """From which effect on revenue is seen with 80 % power: by the t-test, and if the noise were known."""
    rows = []
    for name in ("before and after, 4", "teams, 2 of 4", "stepped, 4", "teams, 4 of 8", "stepped, 8"):
        for outcome in ("revenue", "deals_won", "win_rate", "coaching_hours"):
            for waiting in (0, 3):
                plan = dataclasses.replace(PLANS[name], waiting=waiting)
                runs = runs_of(firms_for(plan, without))
                estimator = next(each for each, why in estimators_of(plan).items() if not why)
                one = judged(runs, plan, outcome, estimator, SEED)
                level = level_of(runs, plan, outcome)
                found = smallest_shift(one.rate, one.noise)
                rows.append({"design": name, "outcome": outcome, "waiting": waiting, "analysis": estimator,
                             "smallest": found.value / level, "low": found.low / level, "high": found.high / level,
                             "if_noise_were_known": 2.8016 * one.noise / level, "firms": len(runs.weights)})
    return pd.DataFrame(rows)


def spillover(results: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """What a roll-out to two teams does in the two others, beside what it does in its own."""
    rows = []
    pairs = [each for each in results if "rolled out 0.5" in each]
    for outcome in TOLD:
        of = SEEN[outcome]
        top, bottom = COLUMNS.index(of.top), COLUMNS.index(of.bottom)
        for arm in ("treated", "control"):
            differences, alone = [], []
            for each in pairs:
                mine = (each["starts"] == 0) == (arm == "treated")
                values = [each[name][:, mine, BASE:].sum(axis=(1, 2)) for name in ("without", "rolled out 0.5", "0.5")]
                ratios = [value[top] / value[bottom] for value in values]
                differences.append(ratios[1] - ratios[0])
                alone.append(ratios[1] - ratios[2] if arm == "treated" else math.nan)
            error = np.std(differences, ddof=1) / math.sqrt(len(differences))
            rows.append({"outcome": outcome, "arm": arm, "difference": np.mean(differences), "error": error,
                         "less_than_everywhere": -np.mean(alone),
                         "less_error": np.std(alone, ddof=1) / math.sqrt(len(alone)), "pairs": len(pairs)})
    return pd.DataFrame(rows)


def shipped(alarms: pd.DataFrame) -> pd.DataFrame:
    """What the designer knows of measured false alarms: by arms, teams, treated teams, analysis and outcome."""
    plans = {**PLANS, **FEW}
    rows = alarms[alarms["rate"].notna() & alarms["analysis"].isin(ESTIMATORS)]
    named = [plans[name] for name in rows["design"]]
    return pd.DataFrame({"arms": [plan.arms for plan in named], "teams": [plan.teams for plan in named],
                         "treated": [plan.treated for plan in named],
                         **{name: rows[name].to_numpy() for name in ("analysis", "outcome", "firms", "rate", "low",
                                                                     "high")}})


def write_shipped() -> None:
    """Write what the designer knows from the file of false alarms."""
    table = shipped(pd.read_csv(HERE / "false_alarms.csv"))
    SHIPPED.write_text(written(table), encoding="utf-8", newline="")


def written(table: pd.DataFrame) -> str:
    """A table as it stands in its file."""
    return table.to_csv(index=False, float_format="%.5g", lineterminator="\n")


def main() -> None:
    """Make the runs and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--at-once", action="store_true")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    part = 10 if asked.light else 1
    firms, realised, spill = FIRMS // part, REALISED // part, SPILL // part
    if asked.shipped:
        return write_shipped()
    warm_up_compiler("compiled")
    if asked.at_once:
        new = of_few_teams(firms, asked.workers, {AT_ONCE: PLANS[AT_ONCE], **FEW})
        new = pd.read_csv(io.StringIO(written(new)), dtype=str, keep_default_na=False)
        old = pd.read_csv(HERE / "false_alarms.csv", dtype=str, keep_default_na=False)
        place = int((old["design"] == AT_ONCE).to_numpy().argmax())
        old, four = old[~old["design"].isin(new["design"])], new["design"] == AT_ONCE
        every = pd.concat([old.iloc[:place], new[four], old.iloc[place:], new[~four]])
        (HERE / "false_alarms.csv").write_text(written(every), encoding="utf-8", newline="")
        return write_shipped()
    tasks = [Task(number, number < firms // 2, number < spill) for number in range(firms)]
    tasks += [Task(FRESH + number, False, True, alone=True) for number in range(realised)]
    done = 0

    def finished(_: object) -> None:
        nonlocal done
        done += 1
        if done % 250 == 0:
            print(f"{done} of {len(tasks)}", flush=True)

    every = parallel_map(made, iter(tasks), asked.workers, finished)
    results, fresh = every[:firms], every[firms:]
    without = np.array([each["without"] for each in results])
    seats, starts = (np.array([each[name] for each in results]) for name in ("seats", "starts"))
    alarms = pd.concat([false_alarms(without, seats, starts), of_few_teams(firms, asked.workers)])
    for name, table in (("false_alarms", alarms), ("power", power(results, fresh)),
                        ("smallest", smallest(without)), ("spillover", spillover(results))):
        (HERE / f"{name}.csv").write_text(written(table), encoding="utf-8", newline="")
        print(f"\n{name}\n{table.to_string(index=False)}")
    write_shipped()


if __name__ == "__main__":
    main()
