"""Quantiles: intervals that keep their promise for any distribution, and say so when they cannot."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import simlead.statistics.quantiles
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import bootstrap_interval
from simlead.statistics.quantiles import quantile_interval, quantiles

INTERVALS = 4_000


def coverage(draw, q, truth, intervals=INTERVALS, **options):
    """How many of many intervals hold the truth, and what they said about themselves."""
    found = [quantile_interval(draw(), q, **options) for _ in range(intervals)]
    return np.mean([one.low <= truth <= one.high for one in found]), found[0].coverage


@pytest.mark.parametrize(("n", "q"), [(20, 0.5), (80, 0.05), (80, 0.9), (200, 0.25)])
def test_intervals_hold_a_quantile_as_often_as_they_say_exactly(n, q):
    luck = np.random.default_rng(n)
    held, said = coverage(lambda: luck.lognormal(0.0, 1.0, n), q, math.exp(stats.norm.ppf(q)))
    assert said >= 0.95
    assert held == pytest.approx(said, abs=4.5 * math.sqrt(said * (1 - said) / INTERVALS))


def test_ties_only_make_them_hold_more_often():
    luck = np.random.default_rng(3)
    held, said = coverage(lambda: luck.poisson(1.3, 60), 0.75, stats.poisson.ppf(0.75, 1.3))
    assert held > said >= 0.95


def test_bootstrapped_quantiles_hold_nearly_as_often(monkeypatch):
    """No promise is kept exactly: three points are granted on top of chance (1 of 10^5)."""
    monkeypatch.setattr(
        simlead.statistics.quantiles, "bootstrap_interval", functools.partial(bootstrap_interval, resamples=400))
    luck = np.random.default_rng(4)
    held, said = coverage(lambda: luck.normal(size=100), 0.5, 0.0, intervals=400, method="bootstrap")
    assert math.isnan(said)
    assert held == pytest.approx(0.95, abs=0.03 + 4.5 * math.sqrt(0.95 * 0.05 / 400))


def test_ends_by_the_book():
    """The median of 11 values: the second smallest to the second largest (Conover's table)."""
    found = quantile_interval([11.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5)
    assert (found.value, found.low, found.high, found.n) == (6.0, 2.0, 10.0, 11)
    assert found.coverage == pytest.approx(1 - 2 * stats.binom.cdf(1, 11, 0.5))


def test_what_a_sample_cannot_tell_is_infinite():
    assert quantile_interval(np.arange(71.0), 0.05).low == -math.inf
    assert quantile_interval(np.arange(72.0), 0.05).low == 0.0
    assert quantile_interval(np.arange(71.0), 0.95).high == math.inf
    assert quantile_interval([5.0], 0.5).coverage == 1.0
    nothing = quantile_interval([math.nan], 0.5)
    assert nothing.n == 0 and math.isnan(nothing.value) and math.isnan(nothing.low)


def test_replicates_without_a_value_are_left_out():
    values = np.arange(30.0)
    assert quantile_interval([*values, math.nan], 0.5) == quantile_interval(values, 0.5)


def test_a_table_has_a_row_for_each_scenario_and_probability():
    luck = np.random.default_rng(6)
    runs = pd.DataFrame({"status_quo": luck.normal(size=90), "coaching": luck.normal(1.0, 1.0, 90)})
    table = quantiles(runs, [0.1, 0.5])
    assert table[["scenario", "probability"]].values.tolist() == [
        ["status_quo", 0.1], ["status_quo", 0.5], ["coaching", 0.1], ["coaching", 0.5]]
    alone = quantile_interval(runs["coaching"], 0.1)
    assert table.iloc[2][["value", "low", "high", "coverage", "n"]].tolist() == [
        alone.value, alone.low, alone.high, alone.coverage, 90]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: quantile_interval([1.0], 0.0), "quantile 0.0: allowed is more than 0 and less than 1"),
    (lambda: quantile_interval([1.0], 1.0), "quantile 1.0"),
    (lambda: quantile_interval([1.0], math.nan), "quantile nan"),
    (lambda: quantile_interval([1.0], 0.5, 1.0), "confidence = 1.0"),
    (lambda: quantile_interval([1.0], 0.5, method="magic"), "method 'magic': allowed is order | bootstrap"),
    (lambda: quantile_interval([[1.0]], 0.5), "one number per replicate"),
])
def test_what_is_no_quantile_is_refused_in_one_line(call, message):
    with pytest.raises(StatisticsError) as refusal:
        call()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
