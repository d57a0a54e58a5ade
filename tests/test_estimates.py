"""Intervals with known answers, and coverage where they promise it.

A coverage test counts how many of many intervals hold the truth. With 4,000 intervals of
95 % the count is binomial; the band of four standard deviations and a half gives a
false alarm in less than one of 100,000 runs, and the seed is fixed besides.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simlead.model.parameters import ParameterError
from simlead.study.estimates import mean_interval, paired_difference, ratio_of_means

INTERVALS = 4_000
BAND = 4.5 * math.sqrt(0.95 * 0.05 / INTERVALS)  # false alarms: 7e-6 each


def coverage(interval, truth):
    return np.mean([estimate.low <= truth <= estimate.high for estimate in map(interval, range(INTERVALS))])


def test_a_mean_and_its_interval_by_the_book():
    values = [4.2, 3.9, 5.1, 4.4, 4.8]
    estimate = mean_interval(values)
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (estimate.mean, estimate.n) == (pytest.approx(4.48), 5)
    assert (estimate.low, estimate.high) == (pytest.approx(low), pytest.approx(high))
    assert estimate.half_width == pytest.approx((high - low) / 2)


def test_more_confidence_is_a_wider_interval():
    values = np.random.default_rng(0).normal(size=12)
    widths = [mean_interval(values, confidence).half_width for confidence in (0.5, 0.9, 0.95, 0.999)]
    assert widths == sorted(widths) and widths[0] > 0


def test_mean_intervals_hold_the_truth_as_often_as_they_promise():
    luck = np.random.default_rng(101)
    assert coverage(lambda _: mean_interval(luck.normal(7.0, 2.0, 6)), 7.0) == pytest.approx(0.95, abs=BAND)


def test_paired_intervals_hold_the_truth_as_often_as_they_promise():
    luck = np.random.default_rng(102)

    def one(_):
        shared = luck.normal(0.0, 10.0, 8)
        return paired_difference(shared + luck.normal(1.5, 1.0, 8), shared + luck.normal(0.0, 1.0, 8))

    assert coverage(one, 1.5) == pytest.approx(0.95, abs=BAND)


def test_pooled_ratios_hold_the_truth_nearly_as_often_as_they_promise():
    """The delta method is approximate: 1.5 points are granted on top of chance."""
    luck = np.random.default_rng(103)

    def one(_):
        managers = luck.integers(3, 6, 160)
        return ratio_of_means(luck.binomial(managers, 0.03), managers)

    assert coverage(one, 0.03) == pytest.approx(0.95, abs=BAND + 0.015)


def test_a_planted_fault_is_caught():
    """Intervals with the normal's 1.96 for six values promise too much; the same test says so."""
    luck = np.random.default_rng(104)

    def too_narrow(_):
        values = luck.normal(7.0, 2.0, 6)
        half = 1.96 * stats.sem(values)
        return type(mean_interval(values))(values.mean(), values.mean() - half, values.mean() + half, 6)

    assert coverage(too_narrow, 7.0) < 0.95 - BAND


def test_pairing_saves_what_the_shared_luck_explains():
    luck = np.random.default_rng(5)
    shared = luck.normal(0.0, 3.0, 20_000)
    a, b = shared + luck.normal(size=20_000), shared + luck.normal(size=20_000)
    assert paired_difference(a, b).variance_saved == pytest.approx(0.9, abs=0.01)  # correlation .9
    assert paired_difference(a, luck.permutation(b)).variance_saved == pytest.approx(0.0, abs=0.05)
    assert paired_difference(a, -a).variance_saved == pytest.approx(-1.0)


def test_the_interval_of_a_pair_is_that_of_its_differences():
    luck = np.random.default_rng(6)
    a, b = luck.normal(size=9), luck.normal(size=9)
    paired, alone = paired_difference(a, b), mean_interval(a - b)
    assert (paired.mean, paired.low, paired.high, paired.n) == (alone.mean, alone.low, alone.high, 9)
    mirrored = paired_difference(b, a)
    assert (mirrored.low, mirrored.high) == (pytest.approx(-paired.high), pytest.approx(-paired.low))


def test_a_replicate_without_the_measure_is_left_out():
    assert mean_interval([1.0, math.nan, 3.0]) == mean_interval([1.0, 3.0])
    paired = paired_difference([1.0, math.nan, 5.0, 7.0], [0.0, 1.0, math.nan, 3.0])
    assert (paired.mean, paired.n) == (2.5, 2)


def test_one_value_has_a_mean_and_no_interval():
    alone = mean_interval([3.0])
    assert (alone.mean, alone.n) == (3.0, 1) and math.isnan(alone.low) and math.isnan(alone.high)
    none = mean_interval([math.nan])
    assert none.n == 0 and math.isnan(none.mean)
    assert math.isnan(paired_difference([1.0], [2.0]).variance_saved)


def test_constants_have_an_interval_of_no_width():
    same = mean_interval([2.0, 2.0, 2.0])
    assert same.low == same.mean == same.high == 2.0
    assert math.isnan(paired_difference([2.0, 2.0], [1.0, 1.0]).variance_saved)


def test_a_pooled_ratio_divides_sums_not_ratios():
    pooled = ratio_of_means([1.0, 0.0, 5.0], [1.0, 0.0, 9.0])
    assert (pooled.mean, pooled.n) == (0.6, 3)
    assert math.isnan(ratio_of_means([0.0, 0.0], [0.0, 0.0]).mean)
    exact = ratio_of_means([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    assert exact.low == exact.mean == exact.high == 0.5


def test_a_pooled_ratio_over_ones_is_a_mean():
    values = np.random.default_rng(9).normal(size=11)
    pooled, plain = ratio_of_means(values, np.ones(11)), mean_interval(values)
    assert (pooled.mean, pooled.low, pooled.high) == (
        pytest.approx(plain.mean), pytest.approx(plain.low), pytest.approx(plain.high))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: paired_difference([1.0, 2.0], [1.0]), "2 and 1 values"),
    (lambda: ratio_of_means([1.0], [1.0, 2.0]), "1 and 2 values"),
    (lambda: mean_interval([[1.0, 2.0]]), "one number per replicate"),
    (lambda: mean_interval([1.0, 2.0], 1.0), "confidence = 1.0: allowed is more than 0 and less than 1"),
    (lambda: mean_interval([1.0, 2.0], math.nan), "confidence = nan"),
])
def test_what_cannot_be_estimated_is_refused_in_one_line(call, message):
    with pytest.raises(ParameterError, match=message) as refusal:
        call()
    assert "\n" not in str(refusal.value)
