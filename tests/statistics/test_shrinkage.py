"""Shrinkage and clusters against closed forms: balanced one-way layouts, exact standard errors, planted spreads."""

import numpy as np
import pytest

from simlead.statistics.clusters import cluster_weights, drawn
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import t_quantile
from simlead.statistics.logit import logistic, slopes
from simlead.statistics.shrinkage import nested_effects, shrunken_normal


def test_equal_errors_shrink_by_the_textbook_factor():
    values, error = np.array([1.0, 2.0, 4.0, 9.0]), 1.5
    mean, spread, shrunken = shrunken_normal(values, np.full(4, error))
    assert mean == pytest.approx(4.0)
    assert spread**2 == pytest.approx(values.var(ddof=1) - error**2)
    assert shrunken == pytest.approx(4.0 + (1 - error**2 / values.var(ddof=1)) * (values - 4.0))


def test_differences_no_larger_than_their_errors_vanish():
    _, spread, shrunken = shrunken_normal([1.0, 1.1, 0.9], [1.0, 1.0, 1.0])
    assert spread == 0.0
    assert shrunken == pytest.approx(np.full(3, 1.0))


def test_the_spread_of_units_is_that_of_a_balanced_layout():
    # REML of x ~ N(mean, error^2 + spread^2) with equal errors is the sample variance less the error's.
    x = np.array([-1.2, 0.3, 0.9, 2.2, -0.4, 1.0])
    found = nested_effects(x, np.full(6, 0.25), np.full(6, -1))
    assert found.units.value == pytest.approx(np.sqrt(x.var(ddof=1) - 0.25), rel=0.02)
    total = x.var(ddof=1)
    assert found.unit_effects == pytest.approx((x - x.mean()) * (1 - 0.25 / total), rel=0.03)


def test_the_spread_of_groups_is_that_of_a_balanced_nested_layout():
    # Analysis of variance: groups of n, within mean square w, between mean square b: spread^2 = (b - w) / n.
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(8), 5)
    x = rng.normal(0, 0.6, 8)[group] + rng.normal(0, 0.4, 40)
    error = 0.02
    means = x.reshape(8, 5).mean(axis=1)
    within = ((x - means[group]) ** 2).sum() / 32
    found = nested_effects(x, np.full(40, error), group)
    assert found.groups.value == pytest.approx(np.sqrt(means.var(ddof=1) - within / 5), rel=0.03)
    assert found.units.value == pytest.approx(np.sqrt(within - error), rel=0.03)
    assert found.groups.separated
    assert found.groups.low < found.groups.value < found.groups.high
    assert np.corrcoef(found.group_effects, means)[0, 1] > 0.999


def test_without_differences_none_is_separated():
    rng = np.random.default_rng(6)
    group = np.repeat(np.arange(8), 6)
    found = nested_effects(rng.normal(0, 0.2, 48), np.full(48, 0.04), group)
    assert not found.groups.separated
    assert not found.units.separated


def test_what_the_design_explains_is_no_groups_doing():
    group = np.repeat(np.arange(4), 6)
    product = (group >= 2).astype(float)  # two groups sell one product, two the other
    x = 3.0 * product + np.random.default_rng(7).normal(0, 0.1, 24)
    assert nested_effects(x, np.full(24, 0.01), group).groups.value > 1.0
    held = nested_effects(x, np.full(24, 0.01), group, product[:, None])
    assert held.groups.value < 0.1
    assert not held.groups.separated


def test_one_group_has_no_spread_that_could_be_told():
    found = nested_effects([0.0, 1.0, 2.0], [0.1, 0.1, 0.1], [0, 0, 0])
    assert (found.groups.low, found.groups.high) == (0.0, np.inf)


def test_draws_of_clusters_have_the_exact_standard_error_of_a_mean():
    x = np.random.default_rng(8).normal(5.0, 2.0, 30)
    weights = cluster_weights(30, 20_000, seed=1)
    found = drawn(weights @ x / weights.sum(axis=1), np.ones(30))
    exact = x.std(ddof=1) / np.sqrt(30)
    # Half the interval is t(29) times it; the spread of 20,000 draws is known to half a percent (3 % is 6 errors).
    assert (found.high - found.low) / 2 == pytest.approx(1.699 * exact, rel=0.03)
    assert found.value == pytest.approx(x.mean())
    assert np.std(found.draws) == pytest.approx(1.699 / 1.645 * exact, rel=0.03)


def test_unequal_clusters_have_the_standard_error_of_their_sum_on_average():
    # A weighted mean of independent values has the variance sum p^2; the mean of 400 squares of it is met within 30 %
    # (six standard errors). Two clusters of ten hold more than half.
    share = np.array([10.0] * 2 + [2.0] * 8)
    share /= share.sum()
    rng = np.random.default_rng(9)
    weights = cluster_weights(10, 400, seed=2)
    squares = []
    for _ in range(400):
        found = drawn((weights * share) @ rng.normal(0.0, 1.0, 10) / (weights @ share), share)
        squares.append(((found.high - found.low) / 2 / t_quantile(round(1 / (share**2).sum()) - 1, 0.9)) ** 2)
    assert np.mean(squares) == pytest.approx((share**2).sum(), rel=0.3)


def test_intervals_stay_in_range_on_their_scale():
    rates = np.array([0.02, 0.01, 0.05, 0.03, 0.015])
    found = drawn(rates, np.ones(5), "logit")
    assert 0.0 < found.low < 0.02 < found.high < 1.0
    assert ((found.draws > 0.0) & (found.draws < 1.0)).all()


def test_what_has_no_value_has_no_interval():
    assert np.isnan(drawn([np.nan, 1.0, 2.0], np.ones(10)).low)
    with pytest.raises(StatisticsError):
        drawn([1.0], np.ones(10))


def test_logistic_regression_solves_two_groups_exactly():
    b, covariance = logistic([[1.0, 0.0], [1.0, 1.0]], [30, 20], [100, 40])
    assert b == pytest.approx([np.log(30 / 70), np.log(20 / 20) - np.log(30 / 70)])
    assert covariance[1, 1] == pytest.approx(1 / 30 + 1 / 70 + 1 / 20 + 1 / 20)
    with pytest.raises(StatisticsError, match="not independent"):
        logistic([[1.0, 1.0], [1.0, 1.0]], [1, 2], [4, 4])


def test_slopes_agree_with_logistic_regression_on_each_weighting():
    position = np.array([-1.0, 0.0, 2.0])
    wins, trials = np.array([[3.0, 5, 9], [1, 4, 4]]), np.array([[10.0, 11, 12], [9, 9, 9]])
    found = slopes(position, np.stack([wins, wins * 3]), np.stack([trials, trials * 3]))
    layer = np.repeat([0, 1], 3)
    design = np.column_stack(((layer == 0), (layer == 1), np.tile(position, 2))).astype(float)
    b, _ = logistic(design, wins.ravel(), trials.ravel())
    assert found == pytest.approx([b[2], b[2]], rel=1e-6)
    assert np.isnan(slopes([0.0, 1.0], [[[0.0, 0.0]]], [[[2.0, 2.0]]]))
