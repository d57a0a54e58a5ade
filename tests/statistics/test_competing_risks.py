"""Competing risks against closed forms: without censoring, with it, and with a fraction that never decides."""

import numpy as np
import pytest

from simlead.statistics.competing_risks import competing_risks
from simlead.statistics.errors import StatisticsError


def test_without_censoring_the_incidence_is_the_fraction_of_each_end():
    ends = np.array([[3, 0, 2, 1], [1, 2, 0, 1]])
    found = competing_risks(ends, np.zeros(4), least_at_risk=1)
    assert found.by_cause == pytest.approx([0.6, 0.4])
    assert found.incidence == pytest.approx(np.cumsum(ends, axis=1) / 10)
    assert found.never == pytest.approx(0.0)
    assert found.at_risk.tolist() == [10, 6, 4, 2]


def test_censored_lives_count_half_at_their_age_and_not_after():
    # Ten lives; two ends and four censored at age 0, then two ends of the other cause among the four that are left.
    found = competing_risks([[2, 0], [0, 2]], [4, 2], least_at_risk=1)
    first = 2 / 8
    assert found.by_cause == pytest.approx([first, (1 - first) * 2 / 3])
    assert found.never == pytest.approx((1 - first) / 3)


def test_it_is_kaplan_and_meier_when_there_is_one_cause():
    ends, censored = np.array([1, 2, 0, 3]), np.array([0, 2, 2, 2])
    at_risk = np.array([12, 11, 7, 5]) - censored / 2
    found = competing_risks(ends[None, :], censored, least_at_risk=1)
    assert found.survival == pytest.approx(np.cumprod(1 - ends / at_risk))


def test_who_never_decides_stays_in_the_survival_and_out_of_both_ends():
    rng = np.random.default_rng(3)
    age = np.where(rng.random(60_000) < 0.2, np.inf, rng.geometric(0.1, 60_000) - 1.0)  # a fifth never decide
    cause, seen = rng.random(60_000) < 0.3, rng.integers(60, 200, 60_000)
    ended = age < seen
    ends = np.stack([np.bincount(age[ended & which].astype(int), minlength=200) for which in (cause, ~cause)])
    found = competing_risks(ends, np.bincount(seen[~ended], minlength=200))
    # Four standard errors of a fraction of 60,000 are .0065.
    assert found.never == pytest.approx(0.2, abs=0.0065)
    assert found.by_cause == pytest.approx([0.24, 0.56], abs=0.009)


def test_a_late_cause_that_is_cut_off_has_its_share_in_the_end():
    """Half of all deals end as a loss, soon, the other half as no decision, late; all are seen for 100 days at most."""
    rng = np.random.default_rng(5)
    late = rng.random(40_000) < 0.5
    age = np.where(late, rng.geometric(0.02, 40_000), rng.geometric(0.1, 40_000)) - 1
    seen = rng.integers(40, 100, 40_000)
    ended = age < seen
    ends = np.stack([np.bincount(age[ended & which], minlength=100) for which in (~late, late)])
    found = competing_risks(ends, np.bincount(seen[~ended], minlength=100))
    assert found.by_cause[1] < 0.46  # cut off
    assert found.in_the_end() == pytest.approx([0.5, 0.5], abs=4 * 0.5 / 40_000**0.5 + 0.005)
    assert found.in_the_end().sum() == pytest.approx(1.0)


def test_the_median_is_that_of_the_ends_of_a_cause():
    found = competing_risks([[0, 4, 0, 4], [2, 2, 2, 2]], np.zeros(4), least_at_risk=1)
    assert found.quantile(0, 0.5) == pytest.approx(2.0)  # half of the first cause's ends have come when age 1 is over
    assert found.quantile(1, 0.25) == pytest.approx(1.0)
    assert np.isnan(competing_risks([[0, 0], [1, 1]], [0, 0], least_at_risk=1).quantile(0, 0.5))


def test_weighted_tables_are_estimated_side_by_side():
    ends, censored = np.array([[5, 3], [2, 4]]), np.array([1, 3])
    both = competing_risks(np.stack([ends, 10 * ends]), np.stack([censored, 10 * censored]), least_at_risk=1)
    assert both.by_cause[0] == pytest.approx(both.by_cause[1])
    assert both.by_cause[0] == pytest.approx(competing_risks(ends, censored, least_at_risk=1).by_cause)


def test_ages_with_few_lives_at_risk_are_not_reported():
    assert competing_risks([[9, 5, 1], [5, 5, 0]], [0, 0, 1], least_at_risk=10).last_age == 1


@pytest.mark.parametrize(("ends", "censored"), [([[1, 2]], [1]), ([1, 2], [1, 2]), ([[-1, 2]], [0, 0]), ([[]], [])])
def test_tables_that_do_not_fit_are_refused(ends, censored):
    with pytest.raises(StatisticsError):
        competing_risks(ends, censored)
