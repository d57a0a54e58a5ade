"""Warm-up: cuts of series whose transient is known, and a verdict on the firm's own."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import mean_interval
from simlead.statistics.warmup import marginal_standard_error, mser5
from simlead.study.simulate import simulate
from simlead.study.warmup import check_warm_up, steady_weeks


def ar1(luck, n, phi, start):
    """x[t] = phi x[t-1] + luck from x = start: its mean at t is start * phi^t, and in the end 0."""
    return start * phi ** np.arange(n) + lfilter([1.0], [1.0, -phi], luck.normal(size=n))


def waits(luck, customers, load):
    """Waiting times of an M/M/1 queue that begins empty; in the end load / (1 - load) services on average."""
    gain = luck.exponential(1.0, customers) - luck.exponential(1.0 / load, customers)
    walk = np.concatenate([[0.0], np.cumsum(gain[:-1])])
    return walk - np.minimum.accumulate(walk)  # Lindley's recursion, unrolled


# --- MSER-5


def test_a_known_transient_is_cut_and_hardly_more():
    """From 40 standard deviations down: at 40 phi^t = .5, value 42, the transient is lost in the noise."""
    luck = np.random.default_rng(1)
    cuts = np.array([mser5(ar1(luck, 1_000, 0.9, 40.0)).drop for _ in range(400)])
    assert (cuts >= 15).all() and 20 <= np.median(cuts) <= 45
    assert np.mean(cuts > 200) < 0.05  # now and then a wave of luck is cut as well


def test_what_is_left_of_a_series_has_the_right_mean():
    """Untruncated, the mean is off by 40 / (1 - .9) / 1000 = .4; its noise is .32 a series."""
    luck = np.random.default_rng(2)
    series = [ar1(luck, 1_000, 0.9, 40.0) for _ in range(400)]
    error = 10.0 / math.sqrt(1_000) / math.sqrt(400)  # of the mean of 400 means
    assert np.mean([one.mean() for one in series]) == pytest.approx(0.4, abs=4.5 * error)
    assert np.mean([mser5(one).mean for one in series]) == pytest.approx(0.0, abs=4.5 * 1.2 * error + 0.02)


def test_a_queue_that_begins_empty_is_cut_to_its_known_wait():
    """Seventy percent busy: 7/3 services in the end. 4,000 queues averaged, so that the transient shows."""
    luck = np.random.default_rng(3)
    queues = np.array([waits(luck, 600, 0.7) for _ in range(4_000)])
    found = mser5(queues.mean(axis=0))
    assert found.accepted and 30 <= found.drop <= 250
    kept, whole = (mean_interval(queues[:, drop:].mean(axis=1), 0.9999) for drop in (found.drop, 0))
    assert kept.mean == pytest.approx(found.mean) and kept.low < 7 / 3 < kept.high
    assert whole.high < 7 / 3


def test_a_steady_series_loses_little():
    luck = np.random.default_rng(4)
    found = [mser5(luck.normal(size=1_000)) for _ in range(400)]
    assert all(one.accepted for one in found) and np.median([one.drop for one in found]) <= 10


def test_strongly_correlated_short_series_are_sometimes_refused_as_the_docstring_says():
    luck = np.random.default_rng(5)
    refused = np.mean([not mser5(ar1(luck, 360, 0.9, 0.0)[100:]).accepted for _ in range(1_000)])
    assert 0.03 < refused < 0.13


@pytest.mark.parametrize("series", [np.arange(300.0), 100.0 * 0.995 ** np.arange(300.0), -np.sqrt(np.arange(100.0))])
def test_what_never_settles_is_refused(series):
    found = mser5(series)
    assert not found.accepted and math.isnan(found.mean)
    assert found.drop > len(series) / 2 and not found.accepted


def test_the_statistic_is_the_definition():
    values = np.random.default_rng(6).normal(1e6, 1.0, 50)
    by_hand = [((values[d:] - values[d:].mean()) ** 2).sum() / (50 - d) ** 2 for d in range(50)]
    np.testing.assert_allclose(marginal_standard_error(values), by_hand, rtol=1e-6, atol=1e-9)


def test_a_remainder_counts_as_dropped():
    series = np.concatenate([np.full(13, 50.0), np.sin(np.arange(140.0))])  # 153 values: 3 fill no batch
    found = mser5(series)
    assert found.drop == 13 and found.mean == pytest.approx(series[13:].mean())


@pytest.mark.parametrize(("series", "message"), [
    (np.arange(99.0), "99 values: allowed is 100 or more"), (np.full(200, math.nan), "gaps")])
def test_what_cannot_be_judged_is_refused_in_one_line(series, message):
    with pytest.raises((ParameterError, StatisticsError), match=message):
        mser5(series)


# --- a firm's weeks


def weeks(luck, replicates, half_life, warm_up=104, after=156, missing=0.7):
    """Weekly wins that begin with a part missing, which halves every `half_life` weeks."""
    number = np.arange(-warm_up, after)
    level = 10.0 * (1.0 - missing * 0.5 ** ((number + warm_up) / half_life))
    return pd.concat([
        pd.DataFrame({"replicate": replicate, "week": number, "wins": level + luck.normal(size=len(number))})
        for replicate in range(replicates)], ignore_index=True)


def true_bias(half_life, missing=0.7):
    left = missing * 0.5 ** (np.arange(260) / half_life)
    return (1.0 - left[52:104].mean()) / (1.0 - left[104:].mean()) - 1.0


def test_a_short_transient_is_well_within_the_warm_up():
    line = check_warm_up(weeks(np.random.default_rng(7), 40, half_life=4.0)).iloc[0]
    assert line["verdict"] == "suffices" and line["accepted"] and line["drop_weeks"] <= line["settling_weeks"] == 52
    assert line["verdict"] == "suffices"


def test_a_long_transient_is_not():
    line = check_warm_up(weeks(np.random.default_rng(8), 40, half_life=30.0)).iloc[0]
    assert true_bias(30.0) < -0.1
    assert line["verdict"] == "too short" and line["drop_weeks"] > 52
    assert line["low"] < true_bias(30.0) < line["high"]


def test_few_replicates_decide_nothing():
    line = check_warm_up(weeks(np.random.default_rng(9), 3, half_life=4.0), tolerance=0.002).iloc[0]
    assert line["verdict"] == "undecided"
    alone = check_warm_up(weeks(np.random.default_rng(9), 1, half_life=4.0)).iloc[0]
    assert alone["verdict"] == "undecided" and math.isnan(alone["low"])


def test_the_bias_interval_holds_the_known_bias_as_often_as_it_promises():
    luck = np.random.default_rng(10)
    truth = true_bias(15.0)
    lines = [check_warm_up(weeks(luck, 8, half_life=15.0)).iloc[0] for _ in range(200)]
    held = np.mean([line["low"] <= truth <= line["high"] for line in lines])
    assert held == pytest.approx(0.95, abs=4.5 * math.sqrt(0.95 * 0.05 / 200))


def test_each_column_has_its_row():
    both = weeks(np.random.default_rng(11), 5, 4.0).assign(revenue=lambda table: 1e5 * table["wins"])
    assert check_warm_up(both)["measure"].tolist() == ["wins", "revenue"]
    assert check_warm_up(both, ["revenue"])["measure"].tolist() == ["revenue"]


SMALL = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                           "policy.coaching_share": 0.6, "calendar.horizon_weeks": 52})


def test_steady_weeks_are_those_of_a_firm_left_alone():
    made = steady_weeks(SMALL, ["wins", "revenue"], replications=2, seed=3, workers=1)
    assert list(made.columns) == ["replicate", "week", "wins", "revenue"] and len(made) == 2 * 156
    alone = simulate(SMALL.change({"policy.coaching_share": 0.2, "market.growth_per_year": 0.0}),
                     seed=3, replicate=1, engine="compiled", trace=False).weeks()
    second = made[made["replicate"] == 1]
    assert second["revenue"].tolist() == alone["revenue"].tolist() and (alone["growth_index"] == 1.0).all()


def test_steady_weeks_are_without_people_plan_and_roll_out():
    firm = SMALL.change({"organisation.teams": 2})
    planned = firm.change({"plan": [{"week": 1, "team": 1, "hire": 3}]}).rollout({2: 20})
    made, plain = (steady_weeks(each, ["seats", "revenue"], replications=1, workers=1) for each in (planned, firm))
    assert made.equals(plain)


def test_steady_weeks_can_be_judged():
    stated = []
    made = steady_weeks(SMALL, replications=3, workers=1, progress=lambda done, total: stated.append((done, total)))
    table = check_warm_up(made)
    assert table["measure"].tolist() == ["revenue", "wins"] and (table["replications"] == 3).all()
    assert stated == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.slow
def test_the_default_warm_up_suffices_for_revenue_and_wins_and_a_shorter_one_does_not():
    """The firm itself; false alarms by luck: 99.99 % intervals, 120 firms."""
    table = check_warm_up(steady_weeks(replications=120), tolerance=0.06, confidence=0.9999)
    assert (table["verdict"] == "suffices").all() and table["accepted"].all()
    short = steady_weeks(Scenario().change({"calendar.warmup_weeks": 52}), replications=30)
    assert (check_warm_up(short, confidence=0.9999)["verdict"] == "too short").all()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: steady_weeks(SMALL, ["win"]), "'win': no such column of a week; did you mean wins?"),
    (lambda: steady_weeks("status_quo"), "a Scenario is needed"),
    (lambda: steady_weeks(SMALL, replications=0), "replications = 0"),
    (lambda: steady_weeks(SMALL, engine="simpi"), "did you mean simpy?"),
    (lambda: check_warm_up(weeks(np.random.default_rng(0), 2, 4.0, warm_up=40)), "weeks run from -40 to 155"),
    (lambda: check_warm_up(weeks(np.random.default_rng(0), 2, 4.0, after=40)), "weeks run from -104 to 39"),
    (lambda: check_warm_up(pd.DataFrame({"week": [0]})), "no column replicate"),
    (lambda: check_warm_up(weeks(np.random.default_rng(0), 2, 4.0), tolerance=0.0), "tolerance = 0.0"),
    (lambda: check_warm_up(weeks(np.random.default_rng(0), 2, 4.0), ["deals"]), "no column deals"),
])
def test_what_is_no_warm_up_is_refused_in_one_line(call, message):
    with pytest.raises((ParameterError, StatisticsError)) as refusal:
        call()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
