"""Payback: known curves, the same luck, and the cost in month 0."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.money import programme_cost, weekly_profit
from simlead.statistics.series import not_below_from
from simlead.study import runner
from simlead.study.payback import payback_in_one_world
from simlead.study.runner import RunSummary
from simlead.study.simulate import simulate

SMALL = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 10, "calendar.horizon_weeks": 52})


def invented(monkeypatch, gain, cost=0.0, noise=0.0):
    """Policy runs that earn `gain` a week more than the status quo, give or take luck."""
    def profits(job, engine=None):
        luck = np.random.default_rng(job.replicate).normal(size=52)
        more = gain(np.arange(52)) - cost * (np.arange(52) == 0) if job.scenario.policy.coaching_share > 0.2 else 0.0
        profit = 1000.0 * luck.cumsum() + more + noise * luck * (job.scenario.policy.coaching_share > 0.2)
        return RunSummary("", job.seed, job.replicate, {}, 0.0, {"profit": profit})

    monkeypatch.setattr(runner, "run_and_measure", profits)
    return payback_in_one_world(SMALL.change({"policy.coaching_share": 0.5}), SMALL, replications=30, workers=1)


def test_a_steady_gain_pays_back_its_cost_when_it_has_added_up(monkeypatch):
    found = invented(monkeypatch, lambda week: np.full(52, 100.0), cost=6000.0)
    cost = programme_cost(SMALL.change({"policy.coaching_share": 0.5}))
    assert found.table["earned"].iloc[0] == -cost
    assert not any("noise" in column for column in found.table)
    # 52 weeks of 100 are 5,200, less than 6,000.
    assert (found.months, found.months_low, found.months_high) == (math.inf, math.inf, math.inf)
    assert found.table["earned"].iloc[-1] == pytest.approx(-800.0)
    assert found.share_paid_back == 0.0


def test_a_dip_first_and_a_gain_later(monkeypatch):
    found = invented(monkeypatch, lambda week: np.where(week < 13, -100.0, 100.0), cost=10.0)
    # Down 1,310 by week 13; back above 0 during week 27, the seventh month.
    assert found.months == 7 == found.months_low == found.months_high
    assert found.share_paid_back == 1.0


def test_the_interval_of_the_month_holds_what_the_band_does_not_rule_out(monkeypatch):
    found = invented(monkeypatch, lambda week: np.full(52, 100.0), cost=1000.0, noise=500.0)
    band = found.table.set_index("month")
    assert found.months_low < found.months <= found.months_high
    assert band.loc[found.months_low - 1, "high"] < 0.0 <= band.loc[found.months_low, "high"]
    assert band.loc[found.months_high - 1, "low"] < 0.0 <= band.loc[found.months_high, "low"]


def test_it_is_the_difference_of_two_runs_profits():
    policy = SMALL.change({"policy.role_clarity": 0.9})
    found = payback_in_one_world(policy, SMALL, replications=2, seed=5, workers=1)
    gains = []
    for number in range(2):
        sums = []
        for scenario in (policy, SMALL):
            weeks = simulate(scenario, seed=5, replicate=number, engine="compiled", trace=False).records.weeks
            sums.append(weekly_profit(weeks[weeks["week"] >= 0], scenario).sum())
        gains.append(sums[0] - sums[1])
    assert found.table["earned"].iloc[-1] == pytest.approx(np.mean(gains))
    assert found.table["month"].tolist() == list(range(13))


@pytest.mark.slow  # starts workers, as test_compare.py does every day
def test_workers_change_nothing():
    policy = SMALL.change({"policy.coaching_share": 0.4})
    one, two = (payback_in_one_world(policy, SMALL, replications=3, workers=workers) for workers in (1, 2))
    assert one.table.equals(two.table)


def test_the_status_quo_costs_and_earns_nothing():
    found = payback_in_one_world(SMALL, SMALL, replications=2, workers=1)
    assert not found.table[["earned", "low", "high"]].to_numpy().any()
    assert (found.months, found.share_paid_back) == (0.0, 1.0)


@pytest.mark.parametrize(("earned", "month"), [
    ([-1, -1, 1], 2), ([-1, 1, -1, 1], 3), ([1, 1, -1], math.inf), ([0, 0], 0),
])
def test_the_month_from_which_on_it_is_not_below(earned, month):
    assert not_below_from(np.array(earned, float)) == month


def test_two_calendars_and_bad_arguments_are_refused():
    with pytest.raises(ParameterError, match="calendar"):
        payback_in_one_world(SMALL.change({"calendar.horizon_weeks": 60}), SMALL)
    with pytest.raises(ParameterError, match="replications = 1"):
        payback_in_one_world(SMALL, SMALL, replications=1)
    with pytest.raises(ParameterError, match="a Scenario is needed"):
        payback_in_one_world("leadership", SMALL)
