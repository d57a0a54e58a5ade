"""What a trial can tell: false alarms, power and the smallest detectable effect of each outcome, and what is early."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

from simlead.results.seen import SEEN, ratio_of
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import Estimate
from simlead.statistics.over_worlds import moments, weighted_quantiles, without_noise
from simlead.statistics.percentiles import percentile_interval
from simlead.statistics.power import ALPHA, POWER
from simlead.statistics.trial_power import Readings, rate_over_firms, smallest_shift, t_test_power
from simlead.study.trial.alarms import MORE, counted_alarms, measured_alarms, missed, surely_too_many
from simlead.study.trial.plan import STEPPED, TEAMS, TrialPlan
from simlead.study.trial.reading import Floats, Whole, assignments, estimators_of, pair_of, panels, readings
from simlead.study.trial.runs import TrialRuns

MONTHS = (1, 2, 3, 4, 6, 9, 12, 15, 18, 24, 30, 36)
"""Lengths of trials that are looked at."""

MOST_TEAMS = 64
CURVE_POINTS = 25

LATER_MONTHS = 12
"""The revenue that an early indicator should predict is that of the horizon's last months."""


@dataclasses.dataclass(frozen=True, eq=False)
class Judged:
    """An outcome read by one analysis in all simulated firms: firms x trials."""

    outcome: str
    estimator: str
    null: Readings
    changed: Readings
    shape: tuple[int, int]
    changed_shape: tuple[int, int]
    weights: Floats

    def power(self, alpha: float = ALPHA) -> Estimate:
        """How often the change as simulated is seen, over random numbers and worlds."""
        return rate_over_firms(self.changed.p_values(0.0).reshape(self.changed_shape) <= _at(alpha), self.weights)

    def rate(self, shift: float, alpha: float = ALPHA) -> Estimate:
        """How often an effect of this size is seen where there is nothing else; at 0 the false-alarm rate."""
        return rate_over_firms(self.null.p_values(shift).reshape(self.shape) <= _at(alpha), self.weights)

    @property
    def noise(self) -> float:
        """Standard deviation of the estimate where there is no effect."""
        return float(np.sqrt(np.average((self.null.effect.reshape(self.shape) ** 2).mean(axis=1),
                                        weights=self.weights)))

    @property
    def estimates(self) -> Floats:
        """The estimated effect in each firm: the mean over its trials."""
        return np.asarray(self.changed.effect.reshape(self.changed_shape).mean(axis=1))


def _at(alpha: float) -> float:
    return alpha * (1.0 + 1e-9)


def judged(runs: TrialRuns, plan: TrialPlan, outcome: str, estimator: str, seed: int, months: int | None = None
           ) -> Judged:
    """Read an outcome in all firms, without the change and with it."""
    dealt = assignments(plan, len(runs.weights), seed)
    without, with_change = pair_of(runs.without, outcome), pair_of(runs.with_change, outcome)
    null = readings(_repeated(without, dealt), outcome, estimator, plan, _flat(dealt), months)
    if plan.arms == STEPPED:
        changed = readings(with_change, outcome, estimator, plan, runs.starts, months)
        return Judged(outcome, estimator, null, changed, dealt.shape[:2], (len(runs.weights), 1), runs.weights)
    treated = (dealt == 0)[:, :, None, :, None]
    mixed = np.where(treated, with_change[:, None], without[:, None])
    changed = readings(mixed.reshape(-1, *mixed.shape[2:]), outcome, estimator, plan, _flat(dealt), months)
    return Judged(outcome, estimator, null, changed, dealt.shape[:2], dealt.shape[:2], runs.weights)


def _repeated(seen: Floats, dealt: Whole) -> Floats:
    return np.repeat(seen, dealt.shape[1], axis=0)


def _flat(dealt: Whole) -> Whole:
    return dealt.reshape(-1, dealt.shape[2])


def outcome_table(runs: TrialRuns, plan: TrialPlan, seed: int) -> tuple[pd.DataFrame, dict[str, Judged]]:
    """A row per outcome and analysis, and of each outcome the offered analysis that sees the smallest effects."""
    rows: list[dict[str, Any]] = []
    chosen: dict[str, Judged] = {}
    for outcome in plan.outcomes:
        level, (effect, low, high) = level_of(runs, plan, outcome), plausible(runs, plan, outcome)
        known = {"outcome": outcome, "unit": SEEN[outcome].unit, "source": SEEN[outcome].source, "level": level,
                 "effect": effect, "effect_low": low, "effect_high": high}
        found: list[tuple[dict[str, Any], Judged]] = []
        for estimator, reason in estimators_of(plan).items():
            if reason:
                rows.append({**known, "estimator": estimator, "offered": False, "why": reason})
                continue
            try:
                one = judged(runs, plan, outcome, estimator, seed)
            except StatisticsError:
                rows.append({**known, "estimator": estimator, "offered": False, "why": "undefined"})
                continue
            row = {**known, "estimator": estimator, **_row_of(one, plan)}
            rows.append(row)
            found.append((row, one))
        # First those that keep alpha, or the most liberal test would look the best.
        offered = [(row["alarms"] == MORE, row["smallest"], place)
                   for place, (row, _) in enumerate(found) if row["offered"]]
        if offered:
            row, one = found[min(offered)[2]]
            row["chosen"] = True
            chosen[outcome] = one
    table = pd.DataFrame(rows)
    for column in ("power", "power_low", "power_high", "smallest", "smallest_low", "smallest_high", "false_alarms",
                   "false_low", "false_high", "alarm_firms", "own_alarms", "noise"):
        table[column] = table[column].astype(float) if column in table else math.nan
    table["alarms"] = table["alarms"].fillna("") if "alarms" in table else ""
    table["chosen"] = (table["chosen"] == True) if "chosen" in table else False  # noqa: E712 - nan is not chosen
    return table, chosen


def _row_of(one: Judged, plan: TrialPlan) -> dict[str, Any]:
    """Power, smallest detectable effect and false alarms; not offered where false alarms are surely too many."""
    power, own, noise = one.power(), one.rate(0.0), one.noise
    alarms = counted_alarms(own, measured_alarms(plan, one.estimator, one.outcome))
    smallest = smallest_shift(one.rate, noise)
    why = "too_many_alarms" if surely_too_many(alarms) else "" if noise > 0.0 else "no_noise"
    return {
        "power": power.mean, "power_low": power.low, "power_high": power.high, "smallest": smallest.value,
        "smallest_low": smallest.low, "smallest_high": smallest.high, "false_alarms": alarms.mean,
        "false_low": alarms.low, "false_high": alarms.high, "alarm_firms": alarms.n, "own_alarms": own.mean,
        "alarms": missed(alarms.mean), "noise": noise, "offered": not why, "why": why}


def level_of(runs: TrialRuns, plan: TrialPlan, outcome: str) -> float:
    """The mean level of an outcome in the trial's months without the change."""
    after = runs.without[:, :, :, plan.base_months:plan.base_months + plan.months].sum(axis=(2, 3))
    values = ratio_of(np.moveaxis(after, 1, 0), outcome)
    known = np.isfinite(values)
    return float(np.average(values[known], weights=runs.weights[known])) if known.any() else math.nan


def firm_effects(runs: TrialRuns, plan: TrialPlan, outcome: str, first: int = 0, last: int | None = None) -> Floats:
    """The difference that the change makes in each firm, all its teams together, over some months of the trial."""
    end = plan.months if last is None else last
    months = slice(plan.base_months + first, plan.base_months + end)

    def of(seen: Floats) -> Floats:
        return ratio_of(np.moveaxis(seen[:, :, :, months].sum(axis=(2, 3)), 1, 0), outcome)

    return np.nan_to_num(of(runs.with_change) - of(runs.without))


def plausible(runs: TrialRuns, plan: TrialPlan, outcome: str) -> tuple[float, float, float]:
    """The mean effect while the trial is looked at, and the range of nine worlds in ten.

    The noise of random numbers is taken out of the worlds' differences; the error of the mean that is left by it is
    added to the range, so that few runs do not make the effect look known.
    """
    effects, own = runs.by_world(firm_effects(runs, plan, outcome, plan.waiting_of(outcome)))[:, :, None], (
        runs.world_weights)
    found = moments(effects, own[None])
    clean = without_noise(effects.mean(axis=1), found.mean[0], found.seen[0], found.world[0])[:, 0]
    mean = float(found.mean[0, 0])
    error = 1.645 * math.sqrt(max(float(found.seen[0, 0, 0]), 0.0) * float(own @ own))
    low, high = weighted_quantiles(clean, own, np.array([0.05, 0.95]))
    return mean, mean - math.hypot(mean - float(low), error), mean + math.hypot(float(high) - mean, error)


def over_months(runs: TrialRuns, plan: TrialPlan, chosen: dict[str, Judged], longest: int, seed: int) -> pd.DataFrame:
    """Power of the change as simulated, and the smallest detectable effect, by the length of the trial."""
    rows = []
    lengths = () if plan.arms == STEPPED else [months for months in MONTHS if months <= longest]
    for outcome, one in chosen.items():
        for months in lengths:
            if estimators_of(dataclasses.replace(plan, months=months))[one.estimator]:
                continue
            here = one if months == plan.months else judged(
                runs, dataclasses.replace(plan, months=months), outcome, one.estimator, seed)
            power, noise = here.power(), here.noise
            rows.append({"outcome": outcome, "months": months, "power": power.mean, "low": power.low,
                         "high": power.high, "noise": noise,
                         "effect": float(np.average(here.estimates, weights=runs.weights))})
    return pd.DataFrame(rows, columns=["outcome", "months", "power", "low", "high", "noise", "effect"])


def curves(chosen: dict[str, Judged], table: pd.DataFrame) -> pd.DataFrame:
    """Power of each outcome's analysis against the size of the effect: outcome, effect, power, low, high."""
    rows = []
    for outcome, one in chosen.items():
        row = table[(table["outcome"] == outcome) & table["chosen"]].iloc[0]
        ends = [abs(float(row[name])) for name in ("effect_low", "effect_high")]
        smallest = float(row["smallest"])
        most = max(*ends, 1.6 * smallest if math.isfinite(smallest) else 0.0, 3.0 * one.noise)
        for effect in np.linspace(0.0, most, CURVE_POINTS):
            power = one.rate(float(effect))
            rows.append({"outcome": outcome, "effect": float(effect), "power": power.mean, "low": power.low,
                         "high": power.high})
    return pd.DataFrame(rows, columns=["outcome", "effect", "power", "low", "high"])


def over_teams(runs: TrialRuns, plan: TrialPlan, chosen: dict[str, Judged], table: pd.DataFrame) -> pd.DataFrame:
    """Teams, half of them treated, that would see the expected effect with the wanted power; inf if 64 do not.

    From the noncentral t distribution and the noise between teams, by differences in differences: that of the chosen
    analysis where teams are set against teams, else that of the change of single teams.
    """
    rows = []
    if plan.arms == STEPPED:
        return pd.DataFrame(columns=["outcome", "teams_enough"])
    for outcome in chosen if plan.arms == TEAMS else plan.outcomes:
        effect = abs(float(table.loc[table["outcome"] == outcome, "effect"].iloc[0]))
        if plan.arms == TEAMS:
            each = chosen[outcome].noise / math.sqrt(1.0 / plan.treated + 1.0 / (plan.teams - plan.treated))
        else:
            each = _noise_of_a_team(runs, plan, outcome)
        enough = next((teams for teams in range(4, MOST_TEAMS + 1, 2) if float(t_test_power(
            effect, each * math.sqrt(4.0 / teams), teams - 2.0)) >= POWER), math.inf)
        rows.append({"outcome": outcome, "teams_enough": float(enough)})
    return pd.DataFrame(rows)


def _noise_of_a_team(runs: TrialRuns, plan: TrialPlan, outcome: str) -> float:
    """Standard deviation of a team's change from before to after without the change of policy, within worlds."""
    made = panels(pair_of(runs.without, outcome), outcome, plan, np.zeros_like(runs.starts))
    change = runs.by_world(made[:, :, 1] - made[:, :, 0])
    variance = change.reshape(runs.worlds, -1).var(axis=1, ddof=1)
    return math.sqrt(float(runs.world_weights @ variance))


def surrogates(runs: TrialRuns, plan: TrialPlan, outcomes: list[str], horizon: int, seed: int) -> pd.DataFrame:
    """How well the effect on an outcome in the trial predicts that on revenue in the horizon's last year.

    `share` is the squared correlation over worlds, free of the noise of random numbers; `low` to `high` are 90 % of
    draws of the worlds.
    """
    from simlead.statistics.over_worlds import bootstrap_weights

    later = runs.by_world(firm_effects(runs, plan, "revenue", max(0, horizon - LATER_MONTHS), horizon))
    own = runs.world_weights
    draws = np.concatenate([own[None], bootstrap_weights(own, 200, seed)])
    spare = 1.0 - float((own**2).sum())
    rows = []
    for outcome in outcomes:
        now = runs.by_world(firm_effects(runs, plan, outcome, plan.waiting_of(outcome)))
        found = moments(np.stack([_unit(now), _unit(later)], axis=2), draws, own)
        # Unbiased, so that a variance can be estimated as negative: the share is then not known.
        clean = found.seen / spare - found.replicate / runs.replications
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = clean[:, 0, 1] ** 2 / (clean[:, 0, 0] * clean[:, 1, 1])
        known = (clean[:, 0, 0] > 0.0) & (clean[:, 1, 1] > 0.0)
        squares = np.where(known, np.clip(squares, 0.0, 1.0), np.nan)
        low, high = percentile_interval(squares[1:][known[1:]], 0.9) if known[1:].mean() > 0.5 else (math.nan,) * 2
        rows.append({"outcome": outcome, "share": float(squares[0]), "low": float(low), "high": float(high),
                     "sign": float(np.sign(clean[0, 0, 1]))})
    return pd.DataFrame(rows, columns=["outcome", "share", "low", "high", "sign"])


def _unit(values: Floats) -> Floats:
    spread = float(values.std())
    return values / spread if spread > 0.0 else values
