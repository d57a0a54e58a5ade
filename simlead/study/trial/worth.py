"""What a trial is worth: roll out now, try first, or leave it; over worlds, in money of the whole firm.

The change earns G(t) in all teams in t months after a start, in dollars over what the firm would have earned (the
programme's price included). Over a horizon of H months, with team j starting in month s[j] of the trial,

    now    G(H)
    adopt  mean over j of G(H - s[j]); a team of the control starts when the trial ends, in month M
    drop   mean over j of G(M - s[j]) of those that started: what the trial itself earned or lost
    try    E max(adopt, drop) by what the trial shows, less the price of the trial

Deciding between adopt and drop by the trial's estimate is what `statistics.value_of_trial` values (EVSI). What a trial
tells of money it tells through its estimate: `adopt` and `drop` in a world are those that a line over the worlds gives
for what is shown there, so that a precise indicator which has nothing to do with money is worth nothing. The line's
slope is smaller by the part of it that chance explains.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_YEAR
from simlead.statistics.over_worlds import bootstrap_weights, moments, without_noise
from simlead.statistics.percentiles import percentile_interval
from simlead.statistics.trial_designs import NEVER
from simlead.statistics.value_of_trial import TrialValue, value_of_trial
from simlead.study.trial.judging import Judged, judged
from simlead.study.trial.plan import TEAMS, TrialPlan
from simlead.study.trial.reading import Floats
from simlead.study.trial.runs import TrialRuns

NOW, TRY, LEAVE = "now", "try", "leave"
OPTIONS = (NOW, TRY, LEAVE)

FROM, TO, ALWAYS, NEVER_ADOPT = "from", "to", "always", "never"
"""When to roll out after a trial: from an estimate on, up to one, or whatever it shows."""

BOOTSTRAPS = 100
MAP_MONTHS = (3, 6, 9, 12, 18, 24)
HOURS_PER_TEAM_MONTH = 2.0
"""Hours that a manager spends on a trial in a month: diaries, counts, and keeping to the plan."""


@dataclasses.dataclass(frozen=True, eq=False)
class Prior:
    """What is believed of each world before the trial, free of the noise of random numbers.

    `shown` is the mean of the trial's estimate there, `error` the standard error of it; `now` are dollars over the
    horizon, `adopt` and `drop` those that are expected where this is shown.
    """

    weights: Floats
    shown: Floats
    error: float
    now: Floats
    adopt: Floats
    drop: Floats

    def value(self, weights: Floats | None = None) -> TrialValue:
        """The value of deciding between adopt and drop after the trial."""
        return value_of_trial(np.column_stack([self.drop, self.adopt]), self.shown, max(self.error, self._least),
                              self.weights if weights is None else weights)

    def after(self, effect: float) -> Floats:
        """The worlds' weights after the trial has shown an effect: before, times the density of the estimate there.

        >>> prior = Prior(np.array([0.5, 0.5]), np.array([0.0, 2.0]), 1.0, *(np.zeros(2),) * 3)
        >>> prior.after(1.0).tolist(), bool(prior.after(9.0)[1] > 0.99)
        ([0.5, 0.5], True)
        """
        error = max(self.error, self._least)
        with np.errstate(divide="ignore"):
            logs = np.log(self.weights) - 0.5 * ((effect - self.shown) / error) ** 2
        shares = np.exp(logs - logs.max())
        return np.asarray(shares / shares.sum())

    def rule(self) -> tuple[str, float]:
        """From which estimate on rolling out has more expected money: `from` or `to` a limit, `always` or `never`.

        Estimates are looked at from 2.5 standard errors below what any world shows to as many above.

        >>> prior = Prior(np.array([0.5, 0.5]), np.array([0.0, 2.0]), 1.0, np.zeros(2), np.array([-1.0, 1.0]),
        ...               np.zeros(2))
        >>> kind, limit = prior.rule()
        >>> kind, round(limit, 6)
        ('from', 1.0)
        """
        reach = 2.5 * self.error
        ends = [float(self.shown.min()) - reach, float(self.shown.max()) + reach]

        def lead(effect: float) -> float:
            return float(self.after(effect) @ (self.adopt - self.drop))

        signs = [lead(end) > 0.0 for end in ends]
        if signs[0] == signs[1]:
            return (ALWAYS if signs[0] else NEVER_ADOPT), math.nan
        low, high = ends
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if (lead(middle) > 0.0) == signs[0] else (low, middle)
        return (TO if signs[0] else FROM), (low + high) / 2

    @property
    def _least(self) -> float:
        """A standard error so small that the trial shows the world."""
        return 1e-3 * max(float(np.ptp(self.shown)), 1e-12)

    def options(self, price: float, weights: Floats | None = None) -> dict[str, float]:
        """Expected dollars of each option."""
        own = self.weights if weights is None else weights
        best = max(float(own @ self.drop), float(own @ self.adopt))
        return {NOW: float(own @ self.now), TRY: best + self.value(own).evsi - price, LEAVE: 0.0}


def price_of(firm: Scenario, plan: TrialPlan) -> float:
    """Dollars that the trial itself costs: managers' hours in all teams, base months included.

    >>> from simlead.model.scenario import Scenario
    >>> round(price_of(Scenario(), TrialPlan("teams", 4, 2, 12, 12)))
    14769
    """
    hours = HOURS_PER_TEAM_MONTH * plan.teams * (plan.base_months + plan.months)
    return hours * firm.organisation.manager_salary_per_year / HOURS_PER_YEAR


def earned(runs: TrialRuns, plan: TrialPlan, months: int, horizon: int) -> dict[str, Floats]:
    """Dollars of each option in each firm."""
    total = np.concatenate([np.zeros((len(runs.gains), 1)), np.cumsum(runs.gains[:, :horizon], axis=1)], axis=1)
    starts = [min(start, months) for start in plan.starts]
    adopt = sum(total[:, horizon - start] for start in starts) / plan.teams
    drop = sum(total[:, months - start] for start in starts) / plan.teams
    return {"now": total[:, horizon], "adopt": np.asarray(adopt), "drop": np.asarray(drop)}


def prior_of(runs: TrialRuns, plan: TrialPlan, one: Judged, horizon: int) -> Prior:
    """What is believed of each world, from the runs; the noise of random numbers is taken out of all at once."""
    money = earned(runs, plan, plan.months, horizon)
    columns = [*money.values(), one.estimates]
    scales = [max(float(np.std(column)), 1e-12) for column in columns]
    values = np.stack([runs.by_world(column / scale) for column, scale in zip(columns, scales, strict=True)], axis=2)
    found = moments(values, runs.world_weights[None])
    clean = without_noise(values.mean(axis=1), found.mean[0], found.seen[0], found.world[0]) * np.array(scales)
    own, shown = runs.world_weights, clean[:, 3]
    return Prior(own, shown, one.noise, clean[:, 0], line_over(shown, clean[:, 1], own),
                 line_over(shown, clean[:, 2], own))


def line_over(shown: Floats, money: Floats, weights: Floats) -> Floats:
    """Expected money where something is shown: a line over the worlds, less steep by what chance explains of it.

    >>> shown = np.linspace(-1.0, 1.0, 9)
    >>> bool(np.allclose(line_over(shown, 3.0 + 2.0 * shown, np.full(9, 1 / 9)), 3.0 + 2.0 * shown))
    True
    >>> line_over(shown, np.tile([1.0, 2.0, 1.0], 3), np.full(9, 1 / 9)).round(3).tolist()[:2]
    [1.333, 1.333]
    """
    mean = float(weights @ money)
    x, y = shown - float(weights @ shown), money - mean
    across, along = float(weights @ (x * x)), float(weights @ (y * y))
    if across <= 0.0 or along <= 0.0:
        return np.full(len(shown), mean)
    slope = float(weights @ (x * y)) / across
    explained = slope**2 * across / along
    worlds = 1.0 / float(weights @ weights)
    left = max(0.0, 1.0 - (1.0 - explained) * (worlds - 1.0) / max(worlds - 2.0, 1.0))
    return mean + slope * math.sqrt(left / explained) * x if explained > 0.0 else np.full(len(shown), mean)


def worths(runs: TrialRuns, plan: TrialPlan, chosen: dict[str, Judged], price: float, horizon: int) -> pd.DataFrame:
    """What a trial that is decided by each outcome is worth, a row each, the most valuable first."""
    rows = []
    for outcome, one in chosen.items():
        prior = prior_of(runs, plan, one, horizon)
        value, options = prior.value(), prior.options(price)
        rows.append({"outcome": outcome, "estimator": one.estimator, "evsi": value.evsi, "evpi": value.evpi,
                     "chance_of_change": value.chance_of_change, "value_of_trying": options[TRY],
                     "over_the_best": options[TRY] - max(options[NOW], 0.0)})
    table = pd.DataFrame(rows, columns=["outcome", "estimator", "evsi", "evpi", "chance_of_change", "value_of_trying",
                                        "over_the_best"])
    return table.sort_values("value_of_trying", ascending=False, kind="stable", ignore_index=True)


def option_table(prior: Prior, price: float, seed: int) -> pd.DataFrame:
    """The three options with their expected dollars, the interval that the worlds leave, and how sure the best is."""
    draws = bootstrap_weights(prior.weights, BOOTSTRAPS, seed)
    values = pd.DataFrame([prior.options(price, row) for row in draws])
    here = prior.options(price)
    best = values.to_numpy(float).argmax(axis=1)
    rows = []
    for place, option in enumerate(OPTIONS):
        low, high = percentile_interval(values[option], 0.95)
        rows.append({"option": option, "expected": here[option], "low": float(low), "high": float(high),
                     "best_share": float((best == place).mean())})
    return pd.DataFrame(rows)


def decision_map(
    runs: TrialRuns, firm: Scenario, plan: TrialPlan, one: Judged, horizon: int, longest: int, seed: int
) -> pd.DataFrame:
    """The best option, and what trying is worth over the best of the others, by months and treated teams."""
    rows: list[dict[str, Any]] = []
    treated = range(1, plan.teams) if plan.arms == TEAMS else (plan.treated,)
    if plan.arms not in (TEAMS, "before-after"):
        return pd.DataFrame(columns=["treated", "months", "best", "over_the_best"])
    for number in list(treated)[:: max(1, math.ceil(len(list(treated)) / 8))]:
        for months in (month for month in MAP_MONTHS if month <= longest and month < horizon):
            other = dataclasses.replace(plan, treated=number, months=months)
            try:
                options = prior_of(runs, other, judged(
                    runs, other, one.outcome, one.estimator, seed), horizon).options(price_of(firm, other))
            except ValueError:
                continue
            best = max(options, key=lambda name: options[name])
            rows.append({"treated": number, "months": months, "best": best,
                         "over_the_best": options[TRY] - max(options[NOW], 0.0)})
    return pd.DataFrame(rows, columns=["treated", "months", "best", "over_the_best"])


def without_never(starts: tuple[int, ...]) -> list[int | None]:
    """Start months with nothing in place of never, as files have them.

    >>> without_never((0, NEVER))
    [0, None]
    """
    return [None if start == NEVER else start for start in starts]
