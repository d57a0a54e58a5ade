"""Batch means: what one long run can say, and what it must admit it cannot.

The series are AR(1), x[t] = phi x[t-1] + luck, whose mean is 0 and whose correlation at
lag k is phi^k. Coverage is judged over 1,000 series; four standard deviations and a half
of chance give a false alarm in less than one of 100,000 runs.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import mean_interval
from simlead.statistics.series import (
    batch_means,
    independent_length,
    lag1_correlation,
    lag1_limit,
    means_of_batches,
)

SERIES = 1_000
BAND = 4.5 * math.sqrt(0.95 * 0.05 / SERIES)


def ar1(luck, n, phi):
    steps = luck.normal(size=n)
    steps[0] /= math.sqrt(1.0 - phi * phi)  # so that it is steady from its first value on
    return lfilter([1.0], [1.0, -phi], steps)


def many(phi, n, seed):
    luck = np.random.default_rng(seed)
    return batch_means({str(number): ar1(luck, n, phi) for number in range(SERIES)})


def coverage(table):
    return ((table["low"] <= 0.0) & (table["high"] >= 0.0)).mean()


@pytest.mark.parametrize(("phi", "n", "granted"), [(0.0, 300, 0.0), (0.5, 1_000, 0.0), (0.9, 5_000, 0.02)])
def test_long_series_hold_their_mean_as_often_as_promised_and_few_are_warned_of(phi, n, granted):
    table = many(phi, n, seed=int(10 * phi))
    assert coverage(table) == pytest.approx(0.95, abs=BAND + granted)
    assert (table["doubt"] != "").mean() < 0.1


def test_taking_the_weeks_for_independent_holds_it_far_less_often():
    luck = np.random.default_rng(9)
    naive = [mean_interval(ar1(luck, 1_000, 0.9)) for _ in range(SERIES)]
    assert np.mean([one.low <= 0.0 <= one.high for one in naive]) < 0.5


def test_too_short_a_run_holds_it_less_often_and_is_mostly_warned_of():
    """A thousand values of a correlation of .98 are worth ten independent ones."""
    table = many(0.98, 1_000, seed=4)
    assert coverage(table) < 0.95 - BAND
    assert (table["doubt"] != "").mean() > 0.65


def test_batches_by_hand():
    line = batch_means([100.0, 1.0, 3.0, 2.0, 4.0, 6.0, 8.0], batches=3).iloc[0]
    assert (line["batches"], line["batch_length"], line["n"]) == (3, 2, 6)  # the first value fills no batch
    alone = mean_interval([2.0, 3.0, 7.0])
    assert (line["mean"], line["low"], line["high"]) == (alone.mean, alone.low, alone.high)
    assert line["lag1"] == pytest.approx(1.0 - 17.0 / 2.0 / 14.0)


def test_batches_that_are_too_many_are_warned_of():
    line = batch_means(ar1(np.random.default_rng(1), 10_000, 0.9), batches=2_000).iloc[0]
    assert line["batches"] == 2_000 and line["doubt"] == "batches too short"
    slow = batch_means(np.sin(np.arange(1_000) / 300.0)).iloc[0]
    assert slow["batches"] == 10 and slow["doubt"] == "run too short"


def test_batches_that_look_alike_by_chance_are_told_as_often_as_planned():
    """One of a hundred independent series is suspected for nothing; a few more for their length."""
    said = many(0.0, 300, seed=8)["doubt"]
    alike = said.str.startswith("neighbouring batches are correlated").mean()
    assert alike == pytest.approx(0.01, abs=4.5 * math.sqrt(0.01 * 0.99 / SERIES))


def test_von_neumanns_ratio_of_independent_values_is_as_he_said():
    luck = np.random.default_rng(5)
    ratios = np.array([lag1_correlation(luck.normal(size=12)) for _ in range(20_000)])
    assert ratios.mean() == pytest.approx(0.0, abs=4.5 * ratios.std() / math.sqrt(len(ratios)))
    assert ratios.var() == pytest.approx(10 / 143, rel=0.045)  # its own error is about 1 %
    assert np.mean(ratios > lag1_limit(12, 0.05)) == pytest.approx(0.05, abs=0.01)


def test_the_length_found_grows_with_the_correlation():
    luck = np.random.default_rng(6)
    found = [np.median([independent_length(ar1(luck, 20_000, phi)) or math.inf for _ in range(50)])
             for phi in (0.0, 0.5, 0.9)]
    assert found[0] == 1 and found[0] < found[1] < found[2] and found[2] > 20


def test_several_series_have_a_row_each():
    luck = np.random.default_rng(7)
    frame = pd.DataFrame({"revenue": luck.normal(size=300), "wins": luck.normal(size=300)})
    table = batch_means(frame)
    assert table["series"].tolist() == ["revenue", "wins"]
    pd.testing.assert_series_equal(
        table.iloc[1].drop("series"), batch_means(frame["wins"]).iloc[0].drop("series"), check_names=False)


def test_a_constant_series_is_known_exactly():
    line = batch_means(np.full(60, 3.0)).iloc[0]
    assert line["low"] == line["mean"] == line["high"] == 3.0 and line["doubt"] == ""
    assert batch_means(np.full(1_001, 0.1))["doubt"].item() == ""  # rounding is no correlation


def test_means_of_batches_drop_from_the_start():
    assert means_of_batches(np.array([9.0, 1.0, 3.0, 5.0, 7.0]), 2).tolist() == [2.0, 6.0]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: batch_means([1.0] * 19), "the series has 19 values: allowed is 20 or more, two to a batch"),
    (lambda: batch_means([1.0, 2.0, 3.0], batches=2), "3 values: allowed is 4"),
    (lambda: batch_means([1.0, 2.0, 3.0], batches=1), "batches = 1: allowed is 2 or more"),
    (lambda: batch_means({"wins": [1.0, math.nan] * 20}), "series 'wins' has gaps"),
    (lambda: batch_means(np.ones((30, 30))), "one number per replicate"),
])
def test_what_is_no_series_is_refused_in_one_line(call, message):
    with pytest.raises(StatisticsError) as refusal:
        call()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
