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

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import (
    bootstrap_interval,
    mean_interval,
    paired_difference,
    ratio_of_means,
    relative_difference,
    row_moments,
)

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


@pytest.mark.parametrize(("a", "b", "saved"), [
    ([1.0, 2.0, 4.0], [1.0, 2.0, 4.0], 1.0), ([0.81] * 7, [0.81] * 7, math.nan), ([0.73] * 7, [0.18] * 7, math.nan)])
def test_differences_that_do_not_vary_are_known_exactly(a, b, saved):
    found = paired_difference(a, b)
    assert (found.mean, found.low, found.high) == pytest.approx((a[0] - b[0],) * 3)
    assert found.variance_saved == pytest.approx(saved, nan_ok=True)


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


def firms(luck, n, noise=0.3, own=0.05, gain=0.25):
    """Revenue of pairs of firms: shared luck, luck of their own, and a true gain of 25 %."""
    shared = 1.0 + noise * luck.standard_normal(n)
    led, unled = (shared + own * luck.standard_normal(n) for _ in range(2))
    return 100.0 * (1 + gain) * led, 100.0 * unled


def test_relative_differences_hold_the_truth_as_often_as_they_promise():
    """Twenty pairs, a mean known to 7 %: the delta method's own error is granted one point."""
    luck = np.random.default_rng(107)
    assert coverage(lambda _: relative_difference(*firms(luck, 20)), 0.25) == pytest.approx(0.95, abs=BAND + 0.01)


def test_dividing_by_the_baselines_mean_as_if_known_promises_the_wrong_thing():
    """Where luck multiplies, the plain way is far too wide, and where it adds, it is too narrow."""
    luck = np.random.default_rng(108)

    def plain(a, b):
        paired = paired_difference(a, b)
        return type(paired)(*(value / b.mean() for value in (paired.mean, paired.low, paired.high)), paired.n, 0.0)

    assert coverage(lambda _: plain(*firms(luck, 20, own=0.02)), 0.25) > 0.95 + BAND

    def added(_):
        base = luck.normal(100.0, 30.0, 20)
        return plain(base + 200.0 + luck.normal(0.0, 2.0, 20), base)

    assert coverage(added, 2.0) < 0.5


def test_a_relative_difference_by_the_book():
    a, b = np.array([13.0, 21.0, 35.0, 38.0]), np.array([10.0, 20.0, 30.0, 40.0])
    gain = relative_difference(a, b)
    assert gain.mean == pytest.approx(a.sum() / b.sum() - 1.0)
    error = np.std(a - a.sum() / b.sum() * b, ddof=1) / b.mean() / 2.0
    assert gain.half_width == pytest.approx(stats.t.ppf(0.975, 3) * error)
    assert relative_difference(3.0 * b, b).half_width == pytest.approx(0.0, abs=1e-12)
    missing = relative_difference([13.0, math.nan, 35.0, 38.0, 1.0], [10.0, 20.0, 30.0, 40.0, math.nan])
    assert missing == relative_difference(a[[0, 2, 3]], b[[0, 2, 3]])


def test_a_part_of_nothing_or_of_a_loss_is_unknown():
    for b in ([0.0, 0.0], [-3.0, 1.0]):
        gain = relative_difference([1.0, 2.0], b)
        assert math.isnan(gain.mean) and math.isnan(gain.low) and gain.n == 2


BOOTSTRAPS = 1_000
BOOTSTRAP_BAND = 4.5 * math.sqrt(0.95 * 0.05 / BOOTSTRAPS)


def test_bootstrap_intervals_hold_the_truth_nearly_as_often_as_they_promise():
    """Forty skewed values: one point is granted to the bootstrap on top of chance."""
    luck = np.random.default_rng(109)
    held = 0
    for number in range(BOOTSTRAPS):
        found = bootstrap_interval(luck.gamma(4.0, 1.0, 40), np.mean, seed=number, resamples=400)
        held += found.low <= 4.0 <= found.high
    assert held / BOOTSTRAPS == pytest.approx(0.95, abs=BOOTSTRAP_BAND + 0.01)


def test_of_ten_values_a_bootstrap_is_too_narrow_as_it_says():
    luck = np.random.default_rng(110)
    held = 0
    for number in range(BOOTSTRAPS):
        found = bootstrap_interval(luck.normal(size=10), seed=number, resamples=400)
        held += found.low <= 0.0 <= found.high
    assert 0.86 < held / BOOTSTRAPS < 0.95 - 0.01


def test_a_bootstrap_is_the_same_for_the_same_seed_and_leaves_the_worlds_luck_alone():
    values = np.random.default_rng(111).normal(size=30)
    np.random.seed(5)  # noqa: NPY002 - the global state that must not move
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = bootstrap_interval(values, np.std, seed=3), bootstrap_interval(values, np.std, seed=3)
    assert first == again and first != bootstrap_interval(values, np.std, seed=4)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_a_bootstrap_of_nothing_new_has_no_width():
    assert bootstrap_interval([2.0, 2.0, math.nan]).half_width == 0.0
    assert math.isnan(bootstrap_interval([2.0]).low) and bootstrap_interval([2.0]).mean == 2.0
    assert bootstrap_interval([]).n == 0
    constant = bootstrap_interval([1.0, 2.0, 3.0], lambda values, axis: 0.0 * np.mean(values, axis=axis))
    assert constant.mean == 0.0 and not constant.low > 0.0  # no width, or unknown; never a false one


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
    (lambda: relative_difference([1.0], [1.0, 2.0]), "1 and 2 values"),
    (lambda: bootstrap_interval([1.0, 2.0], confidence=2.0), "confidence = 2.0"),
    (lambda: bootstrap_interval([1.0, 2.0], resamples=1), "resamples = 1"),
    (lambda: bootstrap_interval([1.0, 2.0], seed=-1), "seed = -1"),
])
def test_what_cannot_be_estimated_is_refused_in_one_line(call, message):
    with pytest.raises(StatisticsError, match=message) as refusal:
        call()
    assert "\n" not in str(refusal.value)


def test_rows_of_one_value_have_no_error_whatever_they_are_divided_by():
    random = np.random.default_rng(1)
    values, scale = random.random((2, 200, 1))
    n, mean, error = row_moments(values, scale)
    assert (n == 1.0).all() and mean == pytest.approx(values[:, 0] / scale[:, 0]) and np.isnan(error).all()
